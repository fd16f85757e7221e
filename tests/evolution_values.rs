//! What types say of their older forms beyond names, in values and pickles as in native files: functions and forms of
//! parents, forms of another kind, and parts with shared objects.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    clippy::items_after_statements,
    reason = "small numbers, floats that stay, and types where the test uses them"
)]

use state_core::value::{Tuple, Value};
use state_core::{ErrorKind, Inspection, Older, Options, State, StateExt, from_value, loads_upgraded, pickle};

/// Returns the value of an inspected file.
fn shown<T: State>(value: &T) -> Value {
    Inspection::open(&Options::new().with_schema().dumps(value).unwrap()).unwrap().value().unwrap()
}

fn state_of(value: Value) -> Tuple {
    match value {
        Value::Object(object) => object.into_state(),
        other => panic!("{other}"),
    }
}

/// A part with shared objects is not changed by itself, as in native files.
#[test]
fn a_part_with_shared_objects_is_not_changed_by_itself() {
    use std::rc::Rc;

    mod older {
        #[derive(state_core::State)]
        #[state(name = "game.Unit", pickle = "dict")]
        pub struct Unit {
            pub health: f32,
            pub skin: std::rc::Rc<u8>,
        }
        #[derive(state_core::State)]
        #[state(name = "game.Army", pickle = "dict", shared)]
        pub struct Army {
            pub units: Vec<Unit>,
        }
    }
    #[derive(State)]
    #[state(name = "game.Unit", pickle = "dict", upgrade = halve)]
    struct Upgraded {
        hearts: f32,
        skin: Rc<u8>,
    }
    fn halve(older: &mut Older) {
        if let Some(health) = older.take("health").and_then(|health| health.as_f64()) {
            older.set("hearts", health / 2.0);
        }
    }
    #[derive(State)]
    #[state(name = "game.Unit", pickle = "dict", from(older::Unit))]
    struct Converted {
        hearts: f32,
        skin: Rc<u8>,
    }
    impl From<older::Unit> for Converted {
        fn from(older: older::Unit) -> Self {
            Self { hearts: older.health / 2.0, skin: older.skin }
        }
    }
    #[derive(State)]
    #[state(name = "game.Army", pickle = "dict", shared)]
    struct Army<T: State> {
        units: Vec<T>,
    }
    fn refused<T: State + 'static>(old: &older::Army, army: &mut Army<T>)
    where
        Army<T>: state_core::RestoreOwned,
    {
        let state = state_of(shown(old));
        let pickled = pickle::dumps(old).unwrap();
        let before = army.units.len();
        let errors = [
            from_value::<Army<T>>(&shown(old)).err(),
            from_value::<Army<T>>(&pickle::load_value(&pickled).unwrap()).err(),
            pickle::load_into(&pickled, army).err(),
            army.set_state(state).err(),
        ];
        for error in errors {
            let error = error.unwrap();
            let start = "Army.units[0]: expected a part without shared objects, because `from` or `upgrade` changes it";
            assert!(error.kind() == ErrorKind::Identity && error.to_string().starts_with(start), "{error}");
        }
        assert_eq!(army.units.len(), before);
    }
    let skin = Rc::new(7);
    let unit = |health| older::Unit { health, skin: skin.clone() };
    let old = older::Army { units: vec![unit(2.0), unit(4.0)] };
    let mut army = Army { units: vec![Upgraded { hearts: 1.0, skin: skin.clone() }] };
    refused(&old, &mut army);
    assert_eq!((army.units[0].hearts, *army.units[0].skin), (1.0, 7));
    refused::<Converted>(&old, &mut Army { units: vec![] });
    // Without numbered references each has its own copy.
    let units = from_value::<Vec<Upgraded>>(&shown(&old.units)).unwrap();
    assert_eq!((units[1].hearts, *units[1].skin), (2.0, 7));
    let units = pickle::loads::<Vec<Converted>>(&pickle::dumps(&old.units).unwrap()).unwrap();
    assert_eq!((units[1].hearts, *units[1].skin), (2.0, 7));
    // A state of the present form is shared.
    let army = Army { units: vec![Upgraded { hearts: 1.0, skin: skin.clone() }, Upgraded { hearts: 2.0, skin }] };
    let army: Army<Upgraded> = pickle::loads(&pickle::dumps(&army).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&army.units[0].skin, &army.units[1].skin));
}

mod parents {
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
        assert!(
            error.starts_with("Dog._is_tame: expected bool, found a state of another version without it"),
            "{error}"
        );
        assert!(error.contains("alias(\"tame\")") && !error.contains("age"), "{error}");
        let _ = |dog: Dog| dog.toys;
    }
}

/// A truth value, number or text is converted if one older form has its kind.
#[test]
fn values_of_another_kind_are_older_forms() {
    mod older {
        #[derive(state_core::State)]
        #[state(name = "zoo.Cat", pickle = "dict")]
        pub struct Cat {
            pub mood: bool,
            pub moods: Vec<Option<bool>>,
            pub weight: f64,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(from(bool, String))]
    enum Mood {
        Tame,
        Wild,
    }
    impl From<bool> for Mood {
        fn from(tame: bool) -> Self {
            if tame { Self::Tame } else { Self::Wild }
        }
    }
    impl TryFrom<String> for Mood {
        type Error = String;
        fn try_from(name: String) -> Result<Self, String> {
            if name == "tame" { Ok(Self::Tame) } else { Err(name) }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(from(f64))]
    struct Weight {
        grams: u32,
    }
    impl From<f64> for Weight {
        fn from(kilos: f64) -> Self {
            Self { grams: (kilos * 1000.0) as u32 }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Cat", pickle = "dict")]
    struct Cat {
        mood: Mood,
        moods: Vec<Option<Mood>>,
        weight: Weight,
    }
    let old = older::Cat { mood: true, moods: vec![Some(false), None], weight: 2.5 };
    let new = Cat { mood: Mood::Tame, moods: vec![Some(Mood::Wild), None], weight: Weight { grams: 2500 } };
    let pickled = pickle::dumps(&old).unwrap();
    assert_eq!(pickle::loads::<Cat>(&pickled).unwrap(), new);
    assert_eq!(from_value::<Cat>(&pickle::load_value(&pickled).unwrap()).unwrap(), new);
    assert_eq!(from_value::<Cat>(&shown(&old)).unwrap(), new);
    assert_eq!(pickle::loads::<Cat>(&pickle::dumps(&new).unwrap()).unwrap(), new);
    assert_eq!(from_value::<Mood>(&"tame".into()).unwrap(), Mood::Tame);
    assert_eq!(from_value::<Mood>(&"calm".into()).unwrap_err().to_string(), "Mood: calm");
    let error = from_value::<Mood>(&1.into()).unwrap_err().to_string();
    assert_eq!(error, "Mood: expected a variant of Mood, found int 1");
    let error = from_value::<Weight>(&1.into()).unwrap_err().to_string();
    assert!(error.starts_with("Weight: expected"), "{error}");

    // If several have it, nothing tells which one it was.
    #[derive(State, Debug)]
    #[state(from(u8, u16))]
    enum Level {
        Low,
    }
    impl From<u8> for Level {
        fn from(_: u8) -> Self {
            Self::Low
        }
    }
    impl From<u16> for Level {
        fn from(_: u16) -> Self {
            Self::Low
        }
    }
    let error = from_value::<Level>(&5.into()).unwrap_err().to_string();
    assert_eq!(
        error,
        "Level: expected a value of one of the older forms of Level, found int 5, which several of them can be"
    );
    assert!(from_value::<Level>(&300.into()).is_ok());
}

/// A variant that the present enum does not have is read by the older form that has it, however it is written.
mod variants {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use state_core::pickle::{self, Protocol};
    use state_core::value::{Dict, Value};
    use state_core::{Options, RestoreOwned, State, from_value, loads_upgraded, to_value};

    use super::shown;

    mod v0 {
        #[derive(state_core::State)]
        #[state(name = "zoo.Gait")]
        pub enum Gait {
            Still,
            Hop(u8),
        }
    }

    mod v1 {
        use super::v0;

        #[derive(state_core::State)]
        #[state(name = "zoo.Gait", from(v0::Gait))]
        pub enum Gait {
            Rest,
            Walk { kmh: f64 },
            Run(f64, bool),
        }
        impl From<v0::Gait> for Gait {
            fn from(older: v0::Gait) -> Self {
                match older {
                    v0::Gait::Still => Self::Rest,
                    v0::Gait::Hop(hops) => Self::Run(f64::from(hops), true),
                }
            }
        }
        #[derive(state_core::State)]
        #[state(name = "zoo.Dog", pickle = "dict")]
        pub struct Dog {
            pub gait: Gait,
            pub gaits: Vec<Option<Gait>>,
        }
    }

    #[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "zoo.Gait", from(v1::Gait))]
    enum Gait {
        Rest,
        Walk {
            mm_per_second: u32,
            leash: bool,
        },
        Run(u32),
        #[state(other)]
        Unknown,
    }
    impl TryFrom<v1::Gait> for Gait {
        type Error = String;
        fn try_from(older: v1::Gait) -> Result<Self, String> {
            Ok(match older {
                v1::Gait::Rest => Self::Rest,
                v1::Gait::Walk { kmh } => Self::Walk { mm_per_second: (kmh / 0.0036) as u32, leash: true },
                v1::Gait::Run(kmh, _) if kmh > 50.0 => return Err(format!("{kmh} km/h is too fast")),
                v1::Gait::Run(kmh, _) => Self::Run((kmh / 0.0036) as u32),
            })
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Dog", pickle = "dict")]
    struct Dog {
        gait: Gait,
        gaits: Vec<Option<Gait>>,
    }

    /// Reads an older value in each way.
    #[track_caller]
    fn each<T: State + RestoreOwned>(old: &impl State) -> Vec<state_core::Result<T>> {
        let pickles = Protocol::ALL.map(|protocol| pickle::PickleOptions::new().protocol(protocol).dumps(old).unwrap());
        let mut read = vec![
            loads_upgraded(&Options::new().with_schema().dumps(old).unwrap()),
            from_value(&shown(old)),
            from_value(&to_value(old).unwrap()),
        ];
        for pickle in pickles {
            read.push(pickle::loads(&pickle));
            read.push(from_value(&pickle::load_value(&pickle).unwrap()));
        }
        read
    }

    #[test]
    fn of_an_older_form_are_converted() {
        let old = |gait| v1::Dog { gait, gaits: vec![Some(v1::Gait::Run(3.6, true)), None, Some(v1::Gait::Rest)] };
        let new = |gait| Dog { gait, gaits: vec![Some(Gait::Run(1000)), None, Some(Gait::Rest)] };
        for dog in each::<Dog>(&old(v1::Gait::Walk { kmh: 36.0 })) {
            assert_eq!(dog.unwrap(), new(Gait::Walk { mm_per_second: 10_000, leash: true }));
        }
        for dog in each::<Dog>(&old(v1::Gait::Run(72.0, false))) {
            let error = dog.unwrap_err().to_string();
            assert_eq!(error.replace("zoo.", ""), "Dog.gait: 72 km/h is too fast");
        }
        for gait in [Gait::Walk { mm_per_second: 1, leash: false }, Gait::Run(70_000), Gait::Unknown] {
            let dog = new(gait);
            for read in each::<Dog>(&dog) {
                assert_eq!(read.unwrap(), dog);
            }
        }
        for gait in each::<Gait>(&v0::Gait::Hop(36)) {
            assert_eq!(gait.unwrap(), Gait::Run(10_000));
        }
        // What no form has is the variant for all others.
        let unknown = Value::from(("Swim", 3));
        assert_eq!(from_value::<Gait>(&unknown).unwrap(), Gait::Unknown);
        assert_eq!(pickle::loads::<Gait>(&pickle::dump_value(&unknown).unwrap()).unwrap(), Gait::Unknown);
    }

    #[test]
    fn of_an_older_form_of_an_older_form_are_converted() {
        #[derive(State, Debug, PartialEq)]
        #[state(name = "zoo.Gait", from(v1::Gait))]
        enum Speed {
            Kmh(f64),
        }
        impl From<v1::Gait> for Speed {
            fn from(older: v1::Gait) -> Self {
                match older {
                    v1::Gait::Rest => Self::Kmh(0.0),
                    v1::Gait::Walk { kmh } | v1::Gait::Run(kmh, _) => Self::Kmh(kmh),
                }
            }
        }
        for speed in each::<Speed>(&v0::Gait::Hop(36)) {
            assert_eq!(speed.unwrap(), Speed::Kmh(36.0));
        }
        for speed in each::<Speed>(&v1::Gait::Walk { kmh: 3.5 }) {
            assert_eq!(speed.unwrap(), Speed::Kmh(3.5));
        }
        let unknown = Value::from(("Swim", 3));
        let error = from_value::<Speed>(&unknown).unwrap_err().to_string();
        assert!(error.starts_with("Gait: expected a variant of zoo.Gait (Kmh), found"), "{error}");
    }

    /// The present type has the variant, so its value is not that of the older form, even if it does not fit.
    #[test]
    fn that_the_present_type_has_are_its_own() {
        let fast = Value::from(("Run", -1));
        let error = from_value::<Gait>(&fast).unwrap_err().to_string();
        assert!(error.starts_with("Gait.Run.0: expected u32, found"), "{error}");
        let error = pickle::loads::<Gait>(&pickle::dump_value(&fast).unwrap()).unwrap_err().to_string();
        assert!(error.starts_with("Gait.Run.0: expected u32, found"), "{error}");
    }

    /// Two keys that a conversion makes equal are refused, in this way too.
    #[test]
    fn that_become_equal_keys_are_refused() {
        for (a, b, refused) in [(3.6, 7.2, false), (3.6, 3.600_000_1, true)] {
            let keys = [a, b].map(|kmh| Value::from(("Run", kmh, true)));
            let value = Value::Dict(keys.into_iter().zip([1_u8, 2]).collect::<Dict>());
            let by_value = from_value::<BTreeMap<Gait, u8>>(&value);
            let by_pickle = pickle::loads::<BTreeMap<Gait, u8>>(&pickle::dump_value(&value).unwrap());
            for read in [by_value, by_pickle] {
                assert_eq!(read.is_err(), refused, "{read:?}");
            }
        }
    }

    mod python {
        #[derive(state_core::State, Debug, PartialEq)]
        #[state(name = "zoo.Size", pickle = "enum")]
        pub enum Size {
            Small = 1,
            Large = 2,
        }
    }

    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Size", pickle = "enum", from(python::Size, bool))]
    enum Size {
        Small = 10,
        Big = 20,
    }
    impl From<python::Size> for Size {
        fn from(older: python::Size) -> Self {
            match older {
                python::Size::Small => Self::Small,
                python::Size::Large => Self::Big,
            }
        }
    }
    impl From<bool> for Size {
        fn from(big: bool) -> Self {
            if big { Self::Big } else { Self::Small }
        }
    }

    #[test]
    fn that_are_members_of_python_enums_are_converted() {
        for (old, new) in [(python::Size::Small, Size::Small), (python::Size::Large, Size::Big)] {
            for size in each::<Size>(&old) {
                assert_eq!(size.unwrap(), new);
            }
        }
        for size in each::<Size>(&true) {
            assert_eq!(size.unwrap(), Size::Big);
        }
        // `pickle.dumps(zoo.Size(2), 2)` in Python.
        let by_value = b"\x80\x02czoo\nSize\nK\x02\x85R.";
        assert_eq!(pickle::loads::<Size>(by_value).unwrap(), Size::Big);
        assert_eq!(from_value::<Size>(&pickle::load_value(by_value).unwrap()).unwrap(), Size::Big);
        let error = pickle::loads::<Size>(b"\x80\x02czoo\nSize\nK\x03\x85R.").unwrap_err().to_string();
        assert_eq!(error, "Size: expected a variant of zoo.Size, found the value 3");
    }

    /// Nothing tells which of two forms it was.
    #[test]
    fn of_several_older_forms_are_refused() {
        #[derive(State)]
        #[state(name = "zoo.Gait")]
        enum Stand {
            Still,
        }
        #[derive(State, Debug, PartialEq)]
        #[state(name = "zoo.Gait", from(v1::Gait, v0::Gait, Stand))]
        enum Now {
            Moves,
            Stands,
        }
        impl From<Stand> for Now {
            fn from(_: Stand) -> Self {
                Self::Stands
            }
        }
        impl From<v1::Gait> for Now {
            fn from(_: v1::Gait) -> Self {
                Self::Moves
            }
        }
        impl From<v0::Gait> for Now {
            fn from(_: v0::Gait) -> Self {
                Self::Moves
            }
        }
        // `v1::Gait` reads `Hop` by its own older form, but the form that has it is nearer.
        assert_eq!(from_value::<Now>(&("Hop", 1_u8).into()).unwrap(), Now::Moves);
        let still = Value::from(("Still",));
        for read in [from_value::<Now>(&still), pickle::loads(&pickle::dump_value(&still).unwrap())] {
            let error = read.unwrap_err().to_string();
            assert!(
                error.starts_with("Gait: expected a value of one of the older forms of zoo.Gait, found")
                    && error.ends_with(", which several of them can be"),
                "{error}"
            );
        }
        assert_eq!(from_value::<Now>(&("Rest",).into()).unwrap(), Now::Moves);
    }
}

/// Forms of forms: each step is a conversion of its own.
mod chains {
    use state_core::State;

    use super::parents::each;

    mod v0 {
        #[derive(state_core::State)]
        #[state(name = "zoo.Keeper", pickle = "dict")]
        pub struct Keeper {
            pub name: String,
        }
    }
    mod v1 {
        use super::v0;

        #[derive(state_core::State)]
        #[state(name = "zoo.Keeper", pickle = "dict", from(v0::Keeper))]
        pub struct Keeper {
            pub first: String,
            pub last: String,
        }
        impl From<v0::Keeper> for Keeper {
            fn from(older: v0::Keeper) -> Self {
                let (first, last) = older.name.split_once(' ').unwrap_or((&older.name, ""));
                Self { first: first.into(), last: last.into() }
            }
        }
    }
    /// A form that has the present type as one of its own.
    mod detour {
        #[derive(state_core::State)]
        #[state(name = "zoo.Keeper", pickle = "dict", from(super::Keeper))]
        pub struct Keeper {
            pub badge: u32,
        }
        impl TryFrom<super::Keeper> for Keeper {
            type Error = &'static str;
            fn try_from(_: super::Keeper) -> Result<Self, Self::Error> {
                Err("a keeper has no badge")
            }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Keeper", pickle = "dict", from(detour::Keeper, v1::Keeper))]
    struct Keeper {
        initials: String,
    }
    impl From<detour::Keeper> for Keeper {
        fn from(older: detour::Keeper) -> Self {
            Self { initials: older.badge.to_string() }
        }
    }
    impl From<v1::Keeper> for Keeper {
        fn from(older: v1::Keeper) -> Self {
            Self { initials: [older.first, older.last].iter().filter_map(|name| name.chars().next()).collect() }
        }
    }

    #[test]
    fn of_objects_take_the_shortest_way() {
        let ann = || Keeper { initials: "AL".into() };
        for keeper in each::<Keeper>(&v0::Keeper { name: "Ann Lee".into() }) {
            assert_eq!(keeper.unwrap(), ann());
        }
        for keeper in each::<Keeper>(&v1::Keeper { first: "Ann".into(), last: "Lee".into() }) {
            assert_eq!(keeper.unwrap(), ann());
        }
        for keeper in each::<Keeper>(&detour::Keeper { badge: 7 }) {
            assert_eq!(keeper.unwrap(), Keeper { initials: "7".into() });
        }
        for keeper in each::<Keeper>(&ann()) {
            assert_eq!(keeper.unwrap(), ann());
        }
        for keeper in each::<detour::Keeper>(&v0::Keeper { name: "Ann Lee".into() }) {
            assert!(keeper.err().unwrap().to_string().contains("a keeper has no badge"));
        }
    }

    /// Two forms with the same slots, of which the nearer one has another name.
    mod renamed {
        pub mod v0 {
            #[derive(state_core::State)]
            #[state(name = "zoo.Probe", pickle = "dict")]
            pub struct Probe {
                pub celsius: u32,
            }
        }
        pub mod v1 {
            #[derive(state_core::State)]
            #[state(name = "zoo.Gauge", pickle = "dict", from(super::v0::Probe))]
            pub struct Gauge {
                pub celsius: u32,
            }
            impl From<super::v0::Probe> for Gauge {
                fn from(older: super::v0::Probe) -> Self {
                    Self { celsius: older.celsius + 100 }
                }
            }
        }
        #[derive(state_core::State, Debug, PartialEq)]
        #[state(name = "zoo.Meter", pickle = "dict", alias("zoo.Gauge", "zoo.Probe"), from(v1::Gauge))]
        pub struct Meter {
            pub kelvin: u32,
        }
        impl From<v1::Gauge> for Meter {
            fn from(older: v1::Gauge) -> Self {
                Self { kelvin: older.celsius + 273 }
            }
        }
    }

    #[test]
    fn with_the_same_slots_are_told_apart_by_name() {
        use renamed::{Meter, v0, v1};

        for meter in each::<Meter>(&v1::Gauge { celsius: 1 }) {
            assert_eq!(meter.unwrap(), Meter { kelvin: 274 });
        }
        for meter in each::<Meter>(&v0::Probe { celsius: 1 }) {
            assert_eq!(meter.unwrap(), Meter { kelvin: 374 });
        }
    }

    /// Two forms of which nothing tells which one a state went through.
    mod diamond {
        pub mod v0 {
            #[derive(state_core::State)]
            #[state(name = "zoo.Door")]
            pub enum Door {
                Ajar,
            }
        }
        pub mod v1 {
            #[derive(state_core::State)]
            #[state(name = "zoo.Door", from(super::v0::Door))]
            pub enum Door {
                Wide,
            }
            impl From<super::v0::Door> for Door {
                fn from(_: super::v0::Door) -> Self {
                    Self::Wide
                }
            }
        }
        pub mod left {
            #[derive(state_core::State)]
            #[state(name = "zoo.Door", from(super::v1::Door))]
            pub enum Door {
                Left,
            }
            impl From<super::v1::Door> for Door {
                fn from(_: super::v1::Door) -> Self {
                    Self::Left
                }
            }
        }
        pub mod right {
            #[derive(state_core::State)]
            #[state(name = "zoo.Door", from(super::v1::Door))]
            pub enum Door {
                Right,
            }
            impl From<super::v1::Door> for Door {
                fn from(_: super::v1::Door) -> Self {
                    Self::Right
                }
            }
        }
        #[derive(state_core::State, Debug, PartialEq)]
        #[state(name = "zoo.Door", from(left::Door, right::Door))]
        pub enum Door {
            Shut,
            Open,
        }
        impl From<left::Door> for Door {
            fn from(_: left::Door) -> Self {
                Self::Shut
            }
        }
        impl From<right::Door> for Door {
            fn from(_: right::Door) -> Self {
                Self::Open
            }
        }
    }

    /// The ways to it part before a form that both have.
    #[test]
    fn with_two_ways_of_one_length_are_refused() {
        use state_core::from_value;

        for variant in ["Left", "Right"] {
            assert!(from_value::<diamond::Door>(&(variant,).into()).is_ok());
        }
        for variant in ["Wide", "Ajar"] {
            let error = from_value::<diamond::Door>(&(variant,).into()).unwrap_err().to_string();
            assert!(error.ends_with(", which several of them can be"), "{variant}: {error}");
        }
    }
}
