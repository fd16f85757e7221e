//! The Python classes for Rust's types: they are loaded, changed and pickled by the real Python as Rust has them, and are
//! what mypy takes.

#![cfg(target_endian = "little")]
#![allow(clippy::option_option, reason = "users have them")]
#![allow(dead_code, reason = "fields are read by Python")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use state_core::evolve::Form;
use state_core::pickle::{self, PickleOptions, Protocol, PythonModule, python_module, python_modules};
use state_core::{Options, Record, RestoreOwned, State};

mod python;

/// Modules from their sources, then what Python makes of a pickle and pickles itself: at each protocol, with C and
/// without. What `check` says of the object stands in the answer.
const SCRIPT: &str = r#"
import copy, io, pickle, sys, types

def load(data):
    return pickle.loads(data)

def case(frame):
    count, frame = int.from_bytes(frame[:8], "little"), frame[8:]
    parts = []
    for _ in range(count):
        size, frame = int.from_bytes(frame[:8], "little"), frame[8:]
        parts.append(frame[:size])
        frame = frame[size:]
    *sources, expression, data = parts
    names = [source.decode() for source in sources[::2]]
    for name in names:
        sys.modules[name] = types.ModuleType(name)
        if "." in name:
            outer = sys.modules.setdefault(name.rsplit(".", 1)[0], types.ModuleType(name.rsplit(".", 1)[0]))
            setattr(outer, name.rsplit(".", 1)[1], sys.modules[name])
    for name, source in zip(names, sources[1::2]):
        exec(compile(source.decode(), name, "exec"), sys.modules[name].__dict__)
    made = pickle.loads(data)
    module = sys.modules[names[0]]
    if expression:
        found = eval(expression.decode(), {**module.__dict__, "made": made, "module": module, "repr": repr})
        assert found, (expression, made)
    written = [pickle.dumps(made, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        slow = io.BytesIO()
        pickle._Pickler(slow, protocol).dump(made)
        written.append(slow.getvalue())
    written.append(pickle.dumps(copy.deepcopy(made)))
    return b"".join(len(part).to_bytes(4, "little") + part for part in written)
"#;

fn frame(parts: &[&[u8]]) -> Vec<u8> {
    let mut frame = (parts.len() as u64).to_le_bytes().to_vec();
    for part in parts {
        frame.extend((part.len() as u64).to_le_bytes());
        frame.extend_from_slice(part);
    }
    frame
}

/// Values that Python loads with the classes that are written for them, an expression that holds of each there, and
/// that come back as they were.
#[derive(Default)]
struct Cases {
    frames: Vec<Vec<u8>>,
    tests: Vec<Box<dyn Fn(&[u8])>>,
}

impl Cases {
    fn add<T: RestoreOwned + PartialEq + Debug + 'static>(&mut self, value: T, expression: &str) {
        let modules = python_modules::<T>().unwrap();
        let sources: Vec<&[u8]> =
            modules.iter().flat_map(|module| [module.name.as_bytes(), module.source.as_bytes()]).collect();
        for protocol in Protocol::ALL {
            let pickle = PickleOptions::new().protocol(protocol).dumps(&value).unwrap();
            self.frames.push(frame(&[&sources[..], &[expression.as_bytes(), &pickle]].concat()));
        }
        self.tests.push(Box::new(move |pickle| assert_eq!(pickle::loads::<T>(pickle).unwrap(), value)));
    }

    fn check(self) {
        let Some(answers) = python::answers(SCRIPT, &self.frames) else { return };
        for (number, answer) in answers.iter().enumerate() {
            if answer.starts_with(python::TOO_OLD.as_bytes()) {
                continue;
            }
            for pickle in python::parts(answer) {
                self.tests[number / Protocol::ALL.len()](pickle);
            }
        }
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Person")]
struct Person {
    name: String,
    age: Option<i32>,
    friends: Vec<Person>,
    boss: Option<Box<Person>>,
}

fn dave() -> Person {
    let friend = Person { name: "Eve".into(), age: None, friends: vec![], boss: None };
    Person { name: "Dave".into(), age: Some(30), friends: vec![friend.clone()], boss: Some(Box::new(friend)) }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Shape")]
enum Shape {
    Empty,
    Circle(f64),
    Tree { left: Box<Shape>, right: Option<Box<Shape>> },
    Raw(#[state(bytes)] Vec<u16>),
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Drawing")]
struct Drawing {
    shapes: Vec<Shape>,
    owners: BTreeMap<u8, (String, bool)>,
    fallible: Result<i32, String>,
    nested: Option<Option<u8>>,
    unit: (),
    blob: Vec<u8>,
    tags: BTreeSet<String>,
    letter: char,
    grid: [[u8; 2]; 2],
    pair: [i16; 2],
    wait: std::time::Duration,
}

#[test]
fn structs_and_enums_as_tuples() {
    let mut cases = Cases::default();
    cases.add(dave(), "made == Person('Dave', 30, [Person('Eve', None, [], None)], Person('Eve', None, [], None))");
    let leaf = Shape::Circle(0.5);
    let tree = Shape::Tree { left: Box::new(leaf.clone()), right: Some(Box::new(Shape::Empty)) };
    let drawing = Drawing {
        shapes: vec![Shape::Empty, leaf, tree, Shape::Raw(vec![1, 2])],
        owners: [(1, ("Ada".into(), true))].into(),
        fallible: Err("no".into()),
        nested: Some(None),
        unit: (),
        blob: vec![1, 2],
        tags: ["a".into()].into(),
        letter: 'ß',
        grid: [[1, 2], [3, 4]],
        pair: [-1, 1],
        wait: std::time::Duration::new(1, 2),
    };
    cases.add(drawing, "made.shapes[2] == ('Tree', ('Circle', 0.5), ('Empty',)) and made.nested == (None,)");
    cases.add(vec![(dave(), 1_u8)], "made[0][0].friends[0].name == 'Eve'");
    cases.add(7_u8, "made == 7");
    cases.check();
}

#[derive(Record, Debug, PartialEq, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Shop")]
struct Shop {
    #[state(bytes)]
    bicycles: Vec<Bicycle>,
    #[state(bytes)]
    spare: Option<Vec<u8>>,
    #[state(bytes, uncounted)]
    plain: Vec<u16>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.OwnedShop")]
struct OwnedShop {
    #[state(flatten_parent)]
    shop: Shop,
    owner: Person,
    plain: u8,
}

#[test]
fn counts_are_those_of_the_bytes_and_children_are_subclasses() {
    let shop = Shop { bicycles: vec![Bicycle { gears: 7, price: 1.5 }; 3], spare: None, plain: vec![1] };
    let owned = OwnedShop { shop: shop.clone(), owner: dave(), plain: 9 };
    let mut cases = Cases::default();
    cases.add(shop.clone(), "len(made.bicycles) == 48 and made.__getstate__()[1] == 3 and made.spare is None");
    cases.add(Shop { spare: Some(vec![1, 2]), ..shop }, "made.__getstate__()[3] == 2");
    // A slot of the parent's name has an attribute of its own.
    cases.add(
        owned,
        "isinstance(made, Shop) and made.owner.name == 'Dave' and (made.plain, made.plain_) == (b'\\1\\0', 9)",
    );
    cases.check();
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Plain", pickle = "dict")]
struct Plain {
    name: String,
    age: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Odd", pickle = "dict")]
struct Odd {
    #[state(flatten_parent)]
    plain: Plain,
    #[state(rename = "first name")]
    first: String,
    class: u8,
    r#async: u8,
    #[state(rename = "__init__")]
    init: u8,
    #[state(rename = "__private")]
    private: u8,
    größe: u8,
    list: Vec<u8>,
    #[state(rename = "Plain")]
    other: Option<Plain>,
    tuple: (u8, u8),
    #[state(rename = "'\\\"'")]
    quotes: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Fraction", pickle = "call")]
struct Fraction {
    numerator: i64,
    #[state(bytes)]
    data: Vec<u16>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Item", pickle = "cython")]
struct Item {
    name: String,
    zest: f64,
    extra: Vec<Item>,
    age: u64,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Special", pickle = "cython")]
struct Special {
    #[state(flatten_parent)]
    item: Item,
    #[state(rename = "from")]
    origin: u8,
}

#[derive(State, Debug, PartialEq, Clone, Copy)]
#[state(name = "forms.Colour", pickle = "enum")]
enum Colour {
    Red = -1,
    Green = 2,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms:Outer.Shade", pickle = "enum")]
enum Shade {
    None,
    #[state(rename = "very light")]
    Light,
    Mixed(u8, String),
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.All")]
struct All {
    odd: Odd,
    fraction: Fraction,
    special: Special,
    colours: Vec<Colour>,
    shades: Vec<Shade>,
    empty: Empty,
    range: std::ops::Range<u8>,
}

#[derive(State, Debug, PartialEq, Clone, Default)]
#[state(name = "forms.Empty")]
struct Empty {}

fn odd() -> Odd {
    let plain = Plain { name: "n".into(), age: 1 };
    Odd {
        plain: plain.clone(),
        first: "f".into(),
        class: 2,
        r#async: 3,
        init: 4,
        private: 5,
        größe: 6,
        list: vec![7],
        other: Some(plain),
        tuple: (8, 9),
        quotes: 11,
    }
}

fn item() -> Item {
    let leaf = Item { name: "leaf".into(), zest: 0.5, extra: vec![], age: 1 };
    Item { extra: vec![leaf.clone()], ..leaf }
}

fn all() -> All {
    All {
        odd: odd(),
        fraction: Fraction { numerator: 3, data: vec![1, 2] },
        special: Special { item: item(), origin: 5 },
        colours: vec![Colour::Red, Colour::Green],
        shades: vec![Shade::None, Shade::Light, Shade::Mixed(1, "x".into())],
        empty: Empty {},
        range: 1..9,
    }
}

#[test]
fn each_form_of_pickle_and_odd_names() {
    let mut cases = Cases::default();
    cases.add(Plain { name: "n".into(), age: 1 }, "made == Plain('n', 1)");
    cases.add(
        odd(),
        "(made.first_name, made.class_, made.async_, made._init__, made._private, made.größe) == ('f', 2, 3, 4, 5, 6) \
         and made.list == b'\\x07' and made.Plain_ == Plain('n', 1) and made.tuple == (8, 9) and made._ == 11",
    );
    cases.add(Fraction { numerator: 3, data: vec![1, 2] }, "made == Fraction(3, b'\\1\\0\\2\\0', 2)");
    cases.add(item(), "made.extra[0].name == 'leaf'");
    cases.add(all(), "made.special.from_ == 5 and isinstance(made.special, Item) and made.range == range(1, 9)");
    cases.add(
        (Colour::Red, Colour::Green, Shade::None, Shade::Light),
        "made[:2] == (Colour.Red, Colour.Green) and Colour.Red.value == -1 and made[3] is Outer.Shade['very light']",
    );
    cases.add(Empty {}, "made == Empty()");
    cases.check();
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
#[state(name = "keys.Place")]
struct Place {
    x: i8,
    names: (String, Option<Corner>),
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
#[state(name = "keys.Corner", pickle = "dict")]
struct Corner {
    y: u8,
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
#[state(name = "keys.Path")]
struct Path {
    steps: Vec<u16>,
}

#[test]
fn keys_are_hashed() {
    let place = |x| Place { x, names: ("n".into(), Some(Corner { y: 1 })) };
    let mut cases = Cases::default();
    let places: BTreeSet<Place> = [place(1), place(2)].into();
    cases.add(places, "Place(1, ('n', Corner(1))) in made");
    // A list is no key, so that such an object is one by itself.
    let paths: BTreeMap<Path, u8> = [(Path { steps: vec![1] }, 2)].into();
    cases.add(paths, "[path.steps for path in made] == [[1]]");
    cases.check();
}

mod elsewhere {
    #[derive(state_core::State, Debug, PartialEq, Clone)]
    #[state(name = "stock.parts.Wheel")]
    pub struct Wheel {
        pub size: u8,
        pub of: Option<Box<super::Bike>>,
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "stock.Bike")]
struct Bike {
    wheels: Vec<elsewhere::Wheel>,
    stock_parts: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "generic.Pair")]
struct Pair<T> {
    a: T,
    b: Vec<T>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "generic.Two")]
struct Two {
    numbers: Pair<u8>,
    texts: Pair<String>,
    results: (Result<u8, String>, Result<Pair<u8>, ()>),
}

#[test]
fn modules_that_name_each_other_and_types_with_parameters() {
    let inner = Bike { wheels: vec![], stock_parts: 1 };
    let bike = Bike { wheels: vec![elsewhere::Wheel { size: 28, of: Some(Box::new(inner)) }], stock_parts: 2 };
    let mut cases = Cases::default();
    cases.add(bike, "made.wheels[0].of == Bike([], 1) and type(made.wheels[0]).__module__ == 'stock.parts'");
    let two = Two {
        numbers: Pair { a: 1, b: vec![2] },
        texts: Pair { a: "x".into(), b: vec![] },
        results: (Ok(1), Ok(Pair { a: 3, b: vec![] })),
    };
    cases.add(two, "made.texts == Pair('x', []) and made.results[1][1].a == 3");
    cases.check();
    let error = python_module::<Bike>().unwrap_err().to_string();
    assert!(error.contains("found classes of stock, stock.parts"), "{error}");
}

#[test]
fn a_type_without_a_module_is_named_with_the_line_to_write() {
    #[derive(State)]
    struct Plain {
        size: u8,
    }
    #[derive(State)]
    #[state(name = "game.World")]
    struct World {
        plain: Plain,
    }
    let error = python_module::<World>().unwrap_err().to_string();
    assert!(error.ends_with("; `Plain` has no module: write `#[state(name = \"game.Plain\")]` on it"), "{error}");
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:Outer")]
struct Outer {
    inner: Inner,
    odd: OddClass,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:Outer.Inner")]
struct Inner {
    class: Keyword,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:Outer.Inner.class")]
struct Keyword(u8, Option<Box<Outer>>);

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:My Class", pickle = "cython")]
struct OddClass {
    list: List,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names.list")]
struct List {
    dataclass: Vec<u8>,
    items: Vec<Vec<u16>>,
    int: u8,
    optional: Option<i8>,
}

#[test]
fn classes_inside_others_and_of_names_that_python_has_itself() {
    let odd = OddClass { list: List { dataclass: vec![1], items: vec![vec![2]], int: 3, optional: None } };
    let outer = Outer { inner: Inner { class: Keyword(1, None) }, odd };
    let whole = Outer { inner: Inner { class: Keyword(1, Some(Box::new(outer.clone()))) }, ..outer };
    let mut cases = Cases::default();
    cases.add(
        whole,
        "type(made.inner.class__).__qualname__ == 'Outer.Inner.class' and type(made.odd).__name__ == 'My Class' \
         and made.inner.class__._0 == 1 and made.odd.list_.items == [[2]]",
    );
    cases.check();
}

#[test]
fn what_has_no_class_is_an_error() {
    #[derive(State)]
    #[state(name = "bad.Person")]
    struct Other {
        other: u8,
    }
    #[derive(State)]
    #[state(name = "bad.Person")]
    struct One {
        name: u8,
    }
    #[derive(State)]
    #[state(name = "bad.Twice", pickle = "dict")]
    struct Twice {
        #[state(flatten_parent)]
        one: One,
        name: u8,
    }
    #[derive(State)]
    #[state(name = "bad.Member", pickle = "enum")]
    enum Member {
        #[state(rename = "mro")]
        Mro,
    }
    let error = python_module::<(One, Other)>().unwrap_err().to_string();
    assert_eq!(
        error,
        "expected one type for each class of Python, found several that are called bad.Person and differ in more than the \
         types of their slots"
    );
    let error = python_module::<Twice>().unwrap_err().to_string();
    assert!(error.contains("two named name"), "{error}");
    let error = python_module::<Member>().unwrap_err().to_string();
    assert!(error.contains("the variant \"mro\" of bad.Member"), "{error}");
}

/// What a file says is enough, but for how the types are pickled, which one says.
#[test]
fn a_schema_that_was_read_gives_the_same_module() {
    let bytes = Options::new().with_schema().dumps(&dave()).unwrap();
    let modules = Form::open(&bytes).unwrap().python_modules().unwrap();
    assert_eq!(modules, python_modules::<Person>().unwrap());
    let bytes = Options::new().with_schema().dumps(&Plain { name: "n".into(), age: 1 }).unwrap();
    let form = Form::open(&bytes).unwrap();
    assert_ne!(form.python_modules().unwrap(), python_modules::<Plain>().unwrap());
    assert_eq!(form.with_pickle("dict").unwrap().python_modules().unwrap(), python_modules::<Plain>().unwrap());
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "arrays.Arrays")]
struct Arrays {
    #[state(array)]
    floats: Vec<f32>,
    #[state(array)]
    flags: Option<Box<[bool]>>,
    #[state(array)]
    bicycles: Vec<Bicycle>,
    grid: ndarray::Array2<i64>,
    moment: chrono::NaiveDateTime,
    date: chrono::NaiveDate,
    uuid: uuid::Uuid,
    big: num_bigint::BigInt,
    price: rust_decimal::Decimal,
}

fn every_module() -> Vec<PythonModule> {
    fn of<T: State>(modules: &mut Vec<PythonModule>) {
        modules.extend(python_modules::<T>().unwrap());
    }
    let mut modules = Vec::new();
    of::<(Person, Drawing, OwnedShop)>(&mut modules);
    of::<All>(&mut modules);
    of::<(BTreeSet<Place>, BTreeMap<Path, u8>)>(&mut modules);
    of::<(Bike, Two, Outer)>(&mut modules);
    of::<Arrays>(&mut modules);
    modules
}

/// Of mypy as strict as it can be; `.ci/run typing` installs it.
#[test]
#[ignore = "needs mypy"]
fn mypy_takes_every_module() {
    let room = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("python_module");
    let _ = std::fs::remove_dir_all(&room);
    let use_site = "\
from typing import Optional
import forms
import shop

def total(people: list[shop.Person]) -> int:
    return sum(person.age or 0 for person in people)

dave = shop.Person('Dave', 30, [], None)
age: Optional[int] = dave.age
shape: shop.Shape = ('Tree', ('Circle', 0.5), None)
drawing_shapes: list[shop.Shape] = [('Empty',), ('Raw', b'', 0), shape]
if shape[0] == 'Circle':
    radius: float = shape[1]
colour: forms.Colour = forms.Colour.Red
fraction = forms.Fraction(1, b'', 0)
dave.age = 'x'  # type: ignore[assignment]
wrong: shop.Shape = ('Square', 1)  # type: ignore[assignment]
shop.Person('Dave')  # type: ignore[call-arg]
";
    let modules = every_module();
    for module in &modules {
        let path = room.join(module.name.replace('.', "/"));
        // A module that holds others is a package.
        let is_package = modules.iter().any(|other| other.name.starts_with(&format!("{}.", module.name)));
        let file = if is_package { path.join("__init__.py") } else { path.with_extension("py") };
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &module.source).unwrap();
    }
    std::fs::write(room.join("use.py"), use_site).unwrap();
    let python = std::env::var("STATE_PYTHON").unwrap_or_else(|_| "python3".into());
    for version in ["3.9", "3.13"] {
        // A mypy that no longer knows so old a Python checks for the oldest that it does.
        let output = std::process::Command::new(&python)
            .args(["-m", "mypy", "--strict", "--warn-unused-ignores", "--python-version", version, "."])
            .current_dir(&room)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
    }
}
