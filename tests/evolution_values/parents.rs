//! A parent that changes its own part of a state: by its function, or by an older form.

use super::*;

mod v1 {
    #[derive(state_core::State, Clone)]
    #[state(name = "zoo.Animal", pickle = "dict")]
    pub struct Animal {
        pub age: u32,
        pub name: String,
    }
    #[derive(state_core::State, Clone)]
    #[state(name = "zoo.Dog", pickle = "dict")]
    pub struct Dog {
        #[state(flatten_parent)]
        pub animal: Animal,
        pub tame: bool,
        pub toys: u8,
    }
    #[derive(state_core::State, Clone)]
    #[state(name = "zoo.Puppy", pickle = "dict")]
    pub struct Puppy {
        #[state(flatten_parent)]
        pub dog: Dog,
        pub weeks: u16,
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Animal", pickle = "dict", upgrade = months)]
struct Animal {
    name: String,
    months: u32,
}
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Dog", pickle = "dict", removed("toys"))]
struct Dog {
    #[state(flatten_parent)]
    animal: Animal,
    #[state(alias("tame"))]
    is_tame: bool,
}
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Puppy", pickle = "dict")]
struct Puppy {
    #[state(flatten_parent)]
    dog: Dog,
    #[state(default)]
    owner: String,
    weeks: u32,
}

/// Only what belongs to the animal is given.
fn months(older: &mut Older) -> Result<(), String> {
    let names: Vec<&str> = older.iter().map(|(name, _)| name).collect();
    if older.tag() != "zoo.Animal" || names != ["age", "name"] {
        return Err(format!("{}: {names:?}", older.tag()));
    }
    let years: u32 = older.take("age").and_then(|age| from_value(&age).ok()).ok_or("no age")?;
    older.set("months", 12 * years);
    Ok(())
}

/// Loads an old state as bytes, as a value, and as a pickle.
pub(super) fn each<T: state_core::RestoreOwned>(old: &impl State) -> Vec<state_core::Result<T>> {
    let mut all = vec![
        loads_upgraded(&Options::new().with_schema().dumps(old).unwrap()),
        from_value(&shown(old)),
        from_value(&pickle::load_value(&pickle::dumps(old).unwrap()).unwrap()),
    ];
    for protocol in pickle::Protocol::ALL {
        all.push(pickle::loads(&pickle::PickleOptions::new().protocol(protocol).dumps(old).unwrap()));
    }
    all
}

fn puppy() -> v1::Puppy {
    let animal = v1::Animal { age: 3, name: "Rex".into() };
    v1::Puppy { dog: v1::Dog { animal, tame: true, toys: 2 }, weeks: 9 }
}

#[test]
fn the_function_of_a_parent_is_given_what_belongs_to_it() {
    let animal = |name: &str| Animal { months: 36, name: name.into() };
    for dog in each::<Dog>(&puppy().dog) {
        assert_eq!(dog.unwrap(), Dog { animal: animal("Rex"), is_tame: true });
    }
    let new = || Puppy { dog: Dog { animal: animal("Rex"), is_tame: true }, owner: String::new(), weeks: 9 };
    for puppy in each::<Puppy>(&puppy()) {
        assert_eq!(puppy.unwrap(), new());
    }
    // The slots of a present parent are not given to it.
    for puppy in each::<Puppy>(&new()) {
        assert_eq!(puppy.unwrap(), new());
    }
}

/// A type with a function of its own, which is called first if its own slots changed, and only then.
#[test]
fn a_function_of_the_type_itself_leaves_the_parent_its_own() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Dog", pickle = "dict", upgrade = toys)]
    struct Dog {
        #[state(flatten_parent)]
        animal: Animal,
        tame: bool,
        toys: Vec<u8>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Dog", pickle = "dict", upgrade = never)]
    struct Same {
        #[state(flatten_parent)]
        animal: Animal,
        tame: bool,
        toys: u8,
    }
    fn toys(older: &mut Older) -> Result<(), state_core::Error> {
        let count: u8 = from_value(&older.take("toys").unwrap_or_default())?;
        older.set("toys", vec![1; count.into()]);
        Ok(())
    }
    fn never(_: &mut Older) -> Result<(), String> {
        Err("called".into())
    }
    let animal = || Animal { months: 36, name: "Rex".into() };
    for dog in each::<Dog>(&puppy().dog) {
        assert_eq!(dog.unwrap(), Dog { animal: animal(), tame: true, toys: vec![1; 2] });
    }
    for dog in each::<Same>(&puppy().dog) {
        assert_eq!(dog.unwrap(), Same { animal: animal(), tame: true, toys: 2 });
    }
}

#[test]
fn an_older_form_of_a_parent_is_converted() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Animal", pickle = "dict", from(v1::Animal))]
    struct Animal {
        label: String,
        months: u32,
    }
    impl From<v1::Animal> for Animal {
        fn from(older: v1::Animal) -> Self {
            Self { label: older.name, months: 12 * older.age }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Dog", pickle = "dict", removed("toys"))]
    struct Dog {
        #[state(flatten_parent)]
        animal: Animal,
        tame: bool,
    }
    for dog in each::<Dog>(&puppy().dog) {
        let animal = Animal { months: 36, label: "Rex".into() };
        assert_eq!(dog.unwrap(), Dog { animal, tame: true });
    }
}

/// The parent was called otherwise then, and the state has no name of its own.
#[test]
fn an_older_form_of_a_parent_that_was_renamed_is_converted() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Creature", alias("zoo.Thing", "zoo.Animal"), pickle = "dict", from(v1::Animal))]
    struct Creature {
        label: String,
        months: u32,
    }
    impl From<v1::Animal> for Creature {
        fn from(older: v1::Animal) -> Self {
            Self { label: older.name, months: 12 * older.age }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Dog", pickle = "dict", removed("toys"))]
    struct Dog {
        #[state(flatten_parent)]
        creature: Creature,
        tame: bool,
    }
    for dog in each::<Dog>(&puppy().dog) {
        let creature = Creature { months: 36, label: "Rex".into() };
        assert_eq!(dog.unwrap(), Dog { creature, tame: true });
    }
}

/// A slot of the type itself that is missing is reported with its line, and not with what belongs to the parent.
#[test]
fn what_is_missing_beside_a_parent_is_told_with_its_line() {
    #[derive(State, Debug)]
    #[state(name = "zoo.Dog", pickle = "dict")]
    struct Dog {
        #[state(flatten_parent)]
        _animal: Animal,
        _is_tame: bool,
        toys: u8,
    }
    let error = pickle::loads::<Dog>(&pickle::dumps(&puppy().dog).unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("Dog._is_tame: expected bool, found a state of another version without it"), "{error}");
    assert!(error.contains("alias(\"tame\")") && !error.contains("age"), "{error}");
    let _ = |dog: Dog| dog.toys;
}
