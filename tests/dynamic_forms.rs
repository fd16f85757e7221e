//! Trait objects in the dynamic forms: values, inspections, comparisons, older forms, and pickles of real Python, in
//! which each value is an object of its own class.

#![allow(
    clippy::large_stack_arrays,
    clippy::needless_raw_string_hashes,
    clippy::implicit_clone,
    reason = "values as large as the test is about, and text of Python's"
)]

use std::fmt::Debug;
use std::rc::Rc;

use state_core::pickle::Protocol;
use state_core::{
    Dynamic, ErrorKind, Inspection, Options, RestoreOwned, State, Value, dumps, dynamic, from_value, image, loads,
    loads_upgraded, pickle, to_value,
};

mod python;

trait Owner: Dynamic + Debug {}

#[derive(State, Debug, Clone)]
#[state(name = "shop.Person")]
struct Person {
    name: String,
    age: i32,
}

#[derive(State, Debug, Clone)]
#[state(name = "shop.Employee")]
struct Employee {
    #[state(flatten_parent)]
    person: Person,
    salary: f64,
    reports: Vec<Rc<dyn Owner>>,
}

#[derive(State, Debug, Clone)]
#[state(name = "shop.Robot", pickle = "dict")]
struct Robot<T> {
    serial: T,
}

impl Owner for Person {}
impl Owner for Employee {}
impl<T: State + Debug + 'static> Owner for Robot<T> {}
impl Owner for Mood {}
impl Owner for u32 {}

#[derive(State, Debug)]
enum Mood {
    Sad,
    Glad(u8),
}

dynamic!(dyn Owner = [
    Person,
    Employee,
    Robot<u8> as "shop.SmallRobot" | "shop.OldRobot",
    Robot<String> as "shop.TextRobot",
    Mood,
    u32 as "number",
]);

fn person(name: &str) -> Person {
    Person { name: name.into(), age: 30 }
}

fn owners() -> Vec<Rc<dyn Owner>> {
    let reports: Vec<Rc<dyn Owner>> = vec![Rc::new(person("Ann")), Rc::new(Robot { serial: 4_u8 })];
    vec![
        Rc::new(person("Dave")),
        Rc::new(Employee { person: person("Eve"), salary: 9.5, reports }),
        Rc::new(Robot { serial: 7_u8 }),
        Rc::new(Robot { serial: String::from("R2") }),
    ]
}

fn others() -> Vec<Rc<dyn Owner>> {
    vec![Rc::new(Mood::Glad(3)), Rc::new(Mood::Sad), Rc::new(8_u32)]
}

fn shown<T: Debug>(value: &T) -> String {
    format!("{value:?}")
}

#[test]
fn a_value_is_the_object_itself() {
    let value = to_value(&owners()).unwrap();
    assert_eq!(
        value.to_string(),
        "[Person('Dave', 30), Employee('Eve', 30, 9.5, [Person('Ann', 30), SmallRobot(4)]), SmallRobot(7), \
         TextRobot('R2')]"
    );
    assert_eq!(shown(&from_value::<Vec<Rc<dyn Owner>>>(&value).unwrap()), shown(&owners()));
    // A type without a class is written as a variant, by its tag.
    let value = to_value(&others()).unwrap();
    assert_eq!(shown(&from_value::<Vec<Rc<dyn Owner>>>(&value).unwrap()), shown(&others()));
}

#[test]
fn an_inspection_shows_the_list_as_an_enum() {
    let bytes = Options::new().with_schema().dumps(&owners()).unwrap();
    let inspection = Inspection::open(&bytes).unwrap();
    let tree = inspection.tree().unwrap();
    for part in ["Owner.shop.Employee", "'Eve'", "shop.TextRobot"] {
        assert!(tree.contains(part), "{part}: {tree}");
    }
}

#[test]
fn a_comparison_names_the_slots_of_an_object() {
    let ours = dumps(&owners()).unwrap();
    let mut theirs = owners();
    theirs[0] = Rc::new(Person { name: "Dave".into(), age: 31 });
    theirs[2] = Rc::new(Robot { serial: String::from("seven") });
    let theirs = dumps(&theirs).unwrap();
    let found: Vec<String> =
        image::compare::<Vec<Rc<dyn Owner>>>(&ours, &theirs).unwrap().map(|found| found.to_string()).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("[0].age"), "{found:?}");
    assert!(
        found[1].starts_with("[2]") && found[1].contains("SmallRobot") && found[1].contains("TextRobot"),
        "{found:?}"
    );
}

#[test]
fn a_damage_is_named_by_its_place() {
    let mut bytes = dumps(&owners()).unwrap();
    let at = bytes.windows(5).position(|five| five == [4, 0, 0, 0, 0]).unwrap();
    // After the length and the empty heads of the pointers.
    bytes[at + 8] = 6;
    let error = loads::<Vec<Rc<dyn Owner>>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    let text = error.to_string();
    assert!(text.contains("[0]") && text.contains("6 variants of Owner") && text.contains("variant 6"), "{text}");
}

const MODULES: &str = r#"
import sys, types
shop = types.ModuleType("shop")
sys.modules["shop"] = shop
exec('''
class Person:
    def __init__(self, name, age):
        self.name, self.age = name, age
    def __getstate__(self):
        return (self.name, self.age)
    def __setstate__(self, state):
        self.name, self.age = state
    def __repr__(self):
        return type(self).__name__ + repr(self.__getstate__())
class Employee(Person):
    def __getstate__(self):
        return Person.__getstate__(self) + (self.salary, self.reports)
    def __setstate__(self, state):
        Person.__setstate__(self, state[:2])
        self.salary, self.reports = state[2:]
class SmallRobot:
    def __repr__(self):
        return type(self).__name__ + repr(self.__dict__)
class TextRobot(SmallRobot): pass
class OldRobot(SmallRobot): pass
class Stranger(Person): pass
''', shop.__dict__)
"#;

#[test]
fn python_has_a_list_of_different_classes() {
    let script = [
        MODULES,
        python::LOAD,
        r#"
def case(data):
    owners = load(data)
    assert [type(owner) for owner in owners] == [shop.Person, shop.Employee, shop.SmallRobot, shop.TextRobot]
    assert isinstance(owners[1], shop.Person) and isinstance(owners[1].reports[1], shop.SmallRobot)
    owners[0].age += 1
    owners[1].reports.append(owners[2])
    return pickle.dumps(owners, 4)
"#,
    ]
    .concat();
    let pickles: Vec<Vec<u8>> = Protocol::ALL[2..]
        .iter()
        .map(|&protocol| pickle::PickleOptions::new().protocol(protocol).dumps(&owners()).unwrap())
        .collect();
    for own in &pickles {
        assert_eq!(shown(&pickle::loads::<Vec<Rc<dyn Owner>>>(own).unwrap()), shown(&owners()));
    }
    let Some(answers) = python::answers(&script, &pickles) else { return };
    let expected = shown(&owners()).replacen("age: 30", "age: 31", 1).replacen(
        "Robot { serial: 4 }",
        "Robot { serial: 4 }, Robot { serial: 7 }",
        1,
    );
    for answer in answers {
        if answer != python::TOO_OLD.as_bytes() {
            assert!(!answer.starts_with(b"PYTHON"), "{}", String::from_utf8_lossy(&answer));
            assert_eq!(shown(&pickle::loads::<Vec<Rc<dyn Owner>>>(&answer).unwrap()), expected);
        }
    }
}

#[test]
fn what_python_pickled_is_read_by_its_class() {
    let script = [
        MODULES,
        r#"
import pickle
def case(source):
    return pickle.dumps(eval(source), 2)
def made(name, **attributes):
    object = getattr(shop, name)()
    object.__dict__.update(attributes)
    return object
"#,
    ]
    .concat();
    let sources = [
        "[shop.Person('Ann', 1), made('TextRobot', serial='x')]",
        "[made('OldRobot', serial=9)]",
        "[shop.Stranger('Bob', 2)]",
        "[('number', 8), ('Mood', ('Glad', 3))]",
        "[shop.Person('Ann', 'old')]",
    ];
    let frames: Vec<Vec<u8>> = sources.iter().map(|source| source.as_bytes().to_vec()).collect();
    let Some(answers) = python::answers(&script, &frames) else { return };
    let read = |at: usize| pickle::loads::<Vec<Rc<dyn Owner>>>(&answers[at]);
    assert_eq!(shown(&read(0).unwrap()), "[Person { name: \"Ann\", age: 1 }, Robot { serial: \"x\" }]");
    assert_eq!(shown(&read(1).unwrap()), "[Robot { serial: 9 }]");
    let error = read(2).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("Stranger") && error.to_string().contains("Owner"), "{error}");
    assert_eq!(shown(&read(3).unwrap()), "[8, Glad(3)]");
    let error = read(4).unwrap_err();
    assert!(error.to_string().contains("[0]") && error.to_string().contains("age"), "{error}");
}

/// The versions of one list of types over time.
mod over_time {
    use super::*;

    #[derive(State, Debug)]
    struct Cat {
        lives: u8,
    }

    #[derive(State, Debug)]
    #[state(name = "zoo.Dog", alias("Dog"))]
    struct Dog {
        name: String,
        #[state(default)]
        age: u16,
    }

    #[derive(State, Debug)]
    struct Fish;

    mod v1 {
        use super::*;

        pub trait Animal: Dynamic + Debug {}
        impl Animal for Cat {}

        #[derive(State, Debug)]
        pub struct Dog {
            pub name: String,
        }
        impl Animal for Dog {}
        impl Animal for Fish {}

        dynamic!(dyn Animal = [Cat, Dog, Fish]);
    }

    trait Creature: Dynamic + Debug {}
    impl Creature for Fish {}
    impl Creature for Dog {}
    impl Creature for Cat {}
    impl Creature for Person {}

    dynamic!(dyn Creature as "zoo.Creature" | "Animal" = [Person, Fish, Dog, Cat as "zoo.Cat" | "Cat"]);

    #[test]
    fn a_list_grows_is_reordered_and_renamed() {
        let old: Vec<Box<dyn v1::Animal>> =
            vec![Box::new(Cat { lives: 9 }), Box::new(v1::Dog { name: "Rex".into() }), Box::new(Fish)];
        let bytes = Options::new().with_schema().dumps(&old).unwrap();
        assert_eq!(loads::<Vec<Box<dyn Creature>>>(&bytes).unwrap_err().kind(), ErrorKind::Identity);
        let new: Vec<Box<dyn Creature>> = loads_upgraded(&bytes).unwrap();
        assert_eq!(shown(&new), "[Cat { lives: 9 }, Dog { name: \"Rex\", age: 0 }, Fish]");
    }

    #[test]
    fn a_member_that_is_gone_is_an_error_that_names_it() {
        trait Small: Dynamic + Debug {}
        impl Small for Cat {}
        dynamic!(dyn Small as "Animal" = [Cat]);
        let dog = v1::Dog { name: "Rex".into() };
        let old: Vec<Box<dyn v1::Animal>> = vec![Box::new(Cat { lives: 9 }), Box::new(dog)];
        let bytes = Options::new().with_schema().dumps(&old).unwrap();
        let error = loads_upgraded::<Vec<Box<dyn Small>>>(&bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "[1]: expected a type in the list of `dyn Animal`, found `Dog` of another version; if the type was renamed, list it \
             as `Type as \"Type\" | \"Dog\"` in `dynamic!`; if it was removed, list a replacement in the same way, such as \
             `#[state(removed)] struct Gone {}`; if a newer version of the program added it, this one is too old for the state"
        );
    }

    /// As the error says.
    #[test]
    fn a_member_that_is_gone_has_a_replacement_that_drops_its_slots() {
        #[derive(State, Debug)]
        #[state(removed)]
        struct Gone {}

        trait Small: Dynamic + Debug {}
        impl Small for Cat {}
        impl Small for Gone {}
        dynamic!(dyn Small as "Animal" = [Cat, Gone as "Gone" | "Dog" | "Fish"]);
        let dog = v1::Dog { name: "Rex".into() };
        let old: Vec<Box<dyn v1::Animal>> = vec![Box::new(Cat { lives: 9 }), Box::new(dog), Box::new(Fish)];
        let bytes = Options::new().with_schema().dumps(&old).unwrap();
        let new: Vec<Box<dyn Small>> = loads_upgraded(&bytes).unwrap();
        assert_eq!(shown(&new), "[Cat { lives: 9 }, Gone, Gone]");
    }
}

/// A trait object with a hook that refuses.
mod with_hooks {
    use std::cell::Cell;

    use state_core::load_into;

    use super::*;

    thread_local! {
        static CALLS: Cell<usize> = const { Cell::new(0) };
    }

    trait Part: Dynamic + Debug {}

    #[derive(State, Debug)]
    #[state(after_set = Self::check)]
    struct Even {
        number: u32,
        #[state(skip)]
        cache: u32,
    }

    impl Even {
        fn check(&mut self) -> Result<(), String> {
            CALLS.set(CALLS.get() + 1);
            if self.number % 2 == 1 { Err(format!("{} is odd", self.number)) } else { Ok(()) }
        }
    }

    #[derive(State, Debug)]
    struct Free(u8);

    impl Part for Even {}
    impl Part for Free {}

    dynamic!(dyn Part = [Even, Free]);

    #[test]
    fn a_refusal_leaves_all_as_it_was_and_what_is_skipped_stays() {
        let even = |number| Even { number, cache: 0 };
        let saved: Vec<Box<dyn Part>> = vec![Box::new(Free(1)), Box::new(even(4)), Box::new(even(6))];
        let bytes = dumps(&saved).unwrap();
        let mut live: Vec<Box<dyn Part>> =
            vec![Box::new(Free(9)), Box::new(Even { number: 2, cache: 77 }), Box::new(Free(8))];
        CALLS.set(0);
        load_into(&bytes, &mut live).unwrap();
        assert_eq!(CALLS.get(), 2);
        assert_eq!(shown(&live), "[Free(1), Even { number: 4, cache: 77 }, Even { number: 6, cache: 0 }]");

        let mut odd = bytes.clone();
        let at = odd.iter().rposition(|&byte| byte == 6).unwrap();
        odd[at] = 7;
        let mut live: Vec<Box<dyn Part>> = vec![Box::new(Free(9)), Box::new(Even { number: 2, cache: 77 })];
        let error = load_into(&odd, &mut live).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("7 is odd") && error.to_string().contains("[2]"), "{error}");
        assert_eq!(shown(&live), "[Free(9), Even { number: 2, cache: 77 }]");
    }
}

/// Trait objects that contain others, to any depth.
mod limits {
    use super::*;

    trait Link: Dynamic {}

    #[derive(State)]
    struct Next(Option<Box<dyn Link>>);

    #[derive(State)]
    struct Wide([u64; 4000], Vec<u8>);

    impl Link for Next {}
    impl Link for Wide {}

    dynamic!(dyn Link = [Next, Wide]);

    fn chain(length: usize) -> Box<dyn Link> {
        let mut link: Box<dyn Link> = Box::new(Next(None));
        for _ in 1..length {
            link = Box::new(Next(Some(link)));
        }
        link
    }

    #[test]
    fn depth_is_counted_both_ways() {
        let bytes = dumps(&chain(50)).unwrap();
        loads::<Box<dyn Link>>(&bytes).unwrap();
        let error = dumps(&chain(1_000)).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Depth);
        let deep = Options::new().depth(400).dumps(&chain(300)).unwrap();
        assert_eq!(loads::<Box<dyn Link>>(&deep).err().unwrap().kind(), ErrorKind::Depth);
        assert!(Options::new().depth(400).loads::<Box<dyn Link>>(&deep).is_ok());
        // The same for values.
        let value = to_value(&chain(50)).unwrap();
        assert!(from_value::<Box<dyn Link>>(&value).is_ok());
    }

    /// A type that is large in memory but small in an image is counted before any of it is built.
    #[test]
    fn memory_is_counted() {
        trait Bag: Dynamic {}
        impl Bag for [Option<[u64; 64]>; 64] {}
        dynamic!(dyn Bag = [[Option<[u64; 64]>; 64] as "none"]);
        let bags: Vec<Rc<dyn Bag>> = (0..4).map(|_| Rc::new([None; 64]) as Rc<dyn Bag>).collect();
        let bytes = dumps(&bags).unwrap();
        let memory = 4 * size_of::<[Option<[u64; 64]>; 64]>();
        assert!(memory > 200 * bytes.len());
        assert!(Options::new().memory(4 * memory).loads::<Vec<Rc<dyn Bag>>>(&bytes).is_ok());
        let error = Options::new().memory(memory).loads::<Vec<Rc<dyn Bag>>>(&bytes).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Memory);
    }
}

/// A value that loads can be converted to a value and back again.
fn comes_back<T: RestoreOwned + Debug>(value: &Value) {
    let Ok(read) = from_value::<T>(value) else { return };
    assert_eq!(shown(&from_value::<T>(&to_value(&read).unwrap()).unwrap()), shown(&read));
}

#[test]
fn values_of_any_kind_are_taken_or_refused() {
    let owners = to_value(&owners()).unwrap();
    let Value::List(list) = &owners else { panic!("a list") };
    for value in [&owners, &list[0], &Value::None, &Value::from(1_u8), &to_value(&("shop.Person", 1)).unwrap()] {
        comes_back::<Vec<Rc<dyn Owner>>>(value);
        comes_back::<Rc<dyn Owner>>(value);
    }
    assert!(from_value::<Rc<dyn Owner>>(&Value::None).unwrap_err().to_string().contains("Owner"));
}

#[test]
fn the_classes_for_python_say_which_types_a_list_holds() {
    let modules = pickle::python_modules::<Vec<Rc<dyn Owner>>>().unwrap();
    let all: String = modules.iter().map(|module| module.source.to_string()).collect();
    for part in ["class Person", "class Employee(Person)", "class SmallRobot", "class TextRobot", "Owner = "] {
        assert!(all.contains(part), "{part}: {all}");
    }
}
