//! Older states in the dynamic formats: they are matched by name if the names are known, and their types can change
//! them first.

#![allow(
    clippy::float_cmp,
    clippy::items_after_statements,
    reason = "floats that stay, and types where the test uses them"
)]

use state_core::value::{Object, Tuple, Value};
use state_core::{ErrorKind, Inspection, Older, Options, State, StateExt, from_value, loads_upgraded, pickle};

mod v1 {
    #[derive(state_core::State, Clone)]
    #[state(name = "game.Monster")]
    pub struct Monster {
        pub name: String,
        pub kmh: f64,
        pub level: String,
        pub pet: Option<Box<Monster>>,
    }

    #[derive(state_core::State, Clone)]
    #[state(name = "game.Monster", pickle = "dict")]
    pub struct Pickled {
        pub name: String,
        pub kmh: f64,
        pub level: String,
        pub pet: Option<Box<Pickled>>,
    }
}

#[derive(State, Debug, PartialEq, Default)]
#[state(name = "game.Monster", upgrade = Monster::upgrade, pickle = "dict")]
struct Monster {
    level: u8,
    name: String,
    speed: f64,
    pet: Option<Box<Monster>>,
}

impl Monster {
    fn upgrade(older: &mut Older) -> Result<(), String> {
        assert_eq!(older.tag(), "game.Monster");
        if let Some(kmh) = older.take("kmh") {
            older.set("speed", kmh.as_f64().ok_or("no number")? / 3.6);
        }
        if let Some(level) = older.get("level").and_then(Value::as_str) {
            let level: u8 = level.parse().map_err(|_| format!("level {level:?}"))?;
            older.set("level", level);
        }
        Ok(())
    }
}

fn old(level: &str) -> v1::Monster {
    let pet = v1::Monster { name: "Rat".into(), kmh: 18.0, level: "1".into(), pet: None };
    v1::Monster { name: "Orc".into(), kmh: 36.0, level: level.into(), pet: Some(Box::new(pet)) }
}

fn new() -> Monster {
    let pet = Monster { level: 1, name: "Rat".into(), speed: 5.0, pet: None };
    Monster { level: 7, name: "Orc".into(), speed: 10.0, pet: Some(Box::new(pet)) }
}

/// Returns the value of an inspected file.
fn shown<T: State>(value: &T) -> Value {
    Inspection::open(&Options::new().with_schema().dumps(value).unwrap()).unwrap().value().unwrap()
}

fn state_of(value: Value) -> Object {
    match value {
        Value::Object(object) => *object,
        other => panic!("{other}"),
    }
}

#[test]
fn upgrade_is_given_the_slots_of_an_inspected_file() {
    assert_eq!(from_value::<Monster>(&shown(&old("7"))).unwrap(), new());
    assert_eq!(from_value::<Vec<Monster>>(&shown(&vec![old("7"), old("7")])).unwrap(), [new(), new()]);
    let error = from_value::<Monster>(&shown(&old("seven"))).unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Refused, "Monster: level \"seven\"".into()));
    // A state with the present slots is not changed.
    let mut today = new();
    today.speed = 36.0;
    assert_eq!(from_value::<Monster>(&shown(&today)).unwrap(), today);
}

#[test]
fn states_that_know_their_names_are_set_by_name() {
    let state = state_of(shown(&old("7"))).into_state();
    let mut monster = Monster::default();
    monster.set_state(state.clone()).unwrap();
    assert_eq!(monster, new());
    // This is all or nothing too.
    let error = monster.set_state(state_of(shown(&old("x"))).into_state()).unwrap_err();
    assert_eq!(error.to_string(), "Monster: level \"x\"");
    assert_eq!(monster, new());

    #[derive(State, Debug, PartialEq)]
    #[state(name = "game.Point", alias("game.Place"), removed("z"))]
    struct Point {
        #[state(alias("latitude"))]
        y: i64,
        x: i64,
        #[state(default)]
        label: String,
    }
    #[derive(State)]
    #[state(name = "game.Place")]
    struct Place {
        x: i8,
        z: bool,
        latitude: u8,
    }
    let state = state_of(shown(&Place { x: 1, z: true, latitude: 2 })).into_state();
    let mut point = Point { y: 0, x: 0, label: "old".into() };
    point.set_state(state.clone()).unwrap();
    assert_eq!(point, Point { y: 2, x: 1, label: String::new() });
    // A state that was put together by the program is matched by position again.
    assert!(point.set_state(state + (1,)).is_err());
    point.set_state((5, 6)).unwrap();
    assert_eq!((point.y, point.x), (5, 6));
    assert_eq!(size_of::<Value>(), if cfg!(target_pointer_width = "64") { 32 } else { 20 });
}

/// The names survive a clone and a change of a value; a state that grew or shrank has none.
#[test]
fn names_stay_with_their_values() {
    let mut object = state_of(shown(&old("7")).clone());
    object.state_mut().unwrap()[1] = 18.into();
    let mut monster = Monster::default();
    monster.set_state(object.state().clone()).unwrap();
    assert_eq!(monster, Monster { speed: 5.0, ..new() });
    let longer = Tuple::from(object.state().iter().cloned().chain([Value::None]).collect::<Vec<_>>());
    assert!(monster.set_state(longer).is_err());
}

#[test]
fn upgrade_is_given_the_attributes_of_a_pickle() {
    fn pickled(monster: &v1::Monster) -> v1::Pickled {
        let v1::Monster { name, kmh, level, pet } = monster.clone();
        v1::Pickled { name, kmh, level, pet: pet.map(|pet| Box::new(pickled(&pet))) }
    }
    for protocol in pickle::Protocol::ALL {
        let bytes = pickle::PickleOptions::new().protocol(protocol).dumps(&pickled(&old("7"))).unwrap();
        assert_eq!(pickle::loads::<Monster>(&bytes).unwrap(), new());
        assert_eq!(from_value::<Monster>(&pickle::load_value(&bytes).unwrap()).unwrap(), new());
        let mut monster = Monster::default();
        pickle::load_into(&bytes, &mut monster).unwrap();
        assert_eq!(monster, new());
        let bytes = pickle::PickleOptions::new().protocol(protocol).dumps(&pickled(&old("x"))).unwrap();
        let error = pickle::load_into(&bytes, &mut monster).unwrap_err();
        assert_eq!((error.to_string(), &monster), ("Monster: level \"x\"".into(), &new()));
        // A pickle of the present version is read as it is.
        let bytes = pickle::PickleOptions::new().protocol(protocol).dumps(&Monster { speed: 36.0, ..new() }).unwrap();
        assert_eq!(pickle::loads::<Monster>(&bytes).unwrap().speed, 36.0);
    }
}

/// A part that many objects refer to is not copied for each of them without limit.
#[test]
fn shared_parts_are_not_given_without_end() {
    let object = |name: &[u8]| {
        let slots = b"X\x03\0\0\0kmhK\x01X\x05\0\0\0levelX\x01\0\0\x007X\x03\0\0\0petN";
        [b"cgame\nMonster\n)\x81}(X\x04\0\0\0name", name, slots, b"ub"].concat()
    };
    let long = [&b"X\0\0\x01\0"[..], &b"x".repeat(1 << 16), b"q\x01"].concat();
    let mut bytes = [&b"\x80\x02]("[..], &object(&long)].concat();
    for _ in 0..20_000 {
        bytes.extend(object(b"h\x01"));
    }
    bytes.extend(b"e.");
    let error = pickle::loads::<Vec<Monster>>(&bytes).unwrap_err();
    assert!(error.to_string().contains("`PickleOptions::expansion`"), "{error}");
}

/// Keys with two variants that became one are refused in values and pickles, as in bytes.
#[test]
fn no_two_keys_become_one_by_value_or_pickle() {
    use std::collections::{BTreeMap, BTreeSet, HashMap};

    mod v1 {
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord, Hash, Clone, Copy)]
        #[state(name = "game.Color")]
        pub enum Color {
            Red,
            Crimson,
            Blue,
        }
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord, Hash, Clone, Copy)]
        #[state(name = "game.Place", pickle = "dict")]
        pub struct Place {
            pub x: u8,
            pub y: u8,
        }
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    #[state(name = "game.Color")]
    enum Color {
        #[state(alias("Crimson"))]
        Red,
        #[state(other)]
        Other,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    #[state(name = "game.Place", pickle = "dict", removed("y"))]
    struct Place {
        x: u8,
    }
    /// Loads the value of an inspection, a pickle, and bytes.
    #[track_caller]
    fn each<T: state_core::RestoreOwned>(old: &impl State, refused: bool) {
        let bytes = Options::new().with_schema().dumps(old).unwrap();
        let value = Inspection::open(&bytes).unwrap().value().unwrap();
        let pickled = pickle::dumps(old).unwrap();
        let slow = pickle::load_value(&pickled).unwrap();
        for loaded in [from_value::<T>(&value), from_value::<T>(&slow), pickle::loads::<T>(&pickled)] {
            match loaded {
                Ok(_) => assert!(!refused),
                Err(error) => {
                    assert!(refused && error.to_string().contains("expected keys that stay different"), "{error}");
                }
            }
        }
    }
    use v1::Color as Old;
    for (colors, refused) in [
        (vec![Old::Red, Old::Blue], false),
        (vec![Old::Red, Old::Crimson], true),
        (vec![Old::Crimson, Old::Blue], false),
        (vec![], false),
    ] {
        let map: BTreeMap<Old, u8> = colors.iter().map(|color| (*color, 1)).collect();
        each::<BTreeMap<Color, u8>>(&map, refused);
        each::<HashMap<Color, u8>>(&map, refused);
        let set: BTreeSet<Old> = colors.iter().copied().collect();
        each::<BTreeSet<Color>>(&set, refused);
        let nested: BTreeMap<(Option<Old>, u8), String> =
            colors.iter().map(|color| ((Some(*color), 3), "text".into())).collect();
        each::<BTreeMap<(Option<Color>, u8), String>>(&nested, refused);
        each::<Vec<Color>>(&colors, false);
    }
    for (places, refused) in [(vec![(1, 1), (2, 1)], false), (vec![(1, 1), (1, 2)], true)] {
        let map: BTreeMap<v1::Place, u8> = places.iter().map(|&(x, y)| (v1::Place { x, y }, 1)).collect();
        each::<BTreeMap<Place, u8>>(&map, refused);
    }
}

/// So are keys that differ only in former names of a type or slot.
#[test]
fn no_two_keys_become_one_by_former_names() {
    use std::collections::{BTreeMap, BTreeSet};

    use state_core::to_value;
    use state_core::value::Dict;

    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "game.Spot")]
    struct Former {
        #[state(rename = "old")]
        x: u8,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "game.Field")]
    struct Other {
        #[state(rename = "new")]
        x: u8,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Debug)]
    #[state(name = "game.Spot")]
    struct Spot {
        #[state(rename = "new", alias("old"))]
        x: u8,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Debug)]
    #[state(name = "game.Spot", alias("game.Field"))]
    struct Named {
        #[state(rename = "new")]
        x: u8,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Debug)]
    enum Either {
        Spot {
            #[state(rename = "new", alias("old"))]
            x: u8,
        },
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "Either")]
    enum FormerEither {
        Spot {
            #[state(rename = "old")]
            x: u8,
        },
    }
    #[track_caller]
    fn each<K: state_core::RestoreOwned + Ord + std::fmt::Debug>(keys: [Value; 2], refused: bool)
    where
        BTreeMap<K, u8>: state_core::RestoreOwned,
    {
        let value = Value::Dict(keys.into_iter().zip([1_u8, 2]).collect::<Dict>());
        let by_value = from_value::<BTreeMap<K, u8>>(&value);
        let by_pickle = pickle::loads::<BTreeMap<K, u8>>(&pickle::dump_value(&value).unwrap());
        for loaded in [by_value, by_pickle] {
            assert_eq!(loaded.is_err(), refused, "{loaded:?}");
            if let Err(error) = loaded {
                assert!(error.to_string().contains("expected keys that stay different"), "{error}");
            }
        }
    }
    let value = |key: &dyn Fn() -> state_core::Result<Value>| key().unwrap();
    for x in [3, 4] {
        let refused = x == 3;
        each::<Spot>([value(&|| to_value(&Former { x: 3 })), value(&|| to_value(&Spot { x }))], refused);
        each::<Named>([value(&|| to_value(&Other { x: 3 })), value(&|| to_value(&Named { x }))], refused);
        let former = value(&|| to_value(&FormerEither::Spot { x: 3 }));
        each::<Either>([former, value(&|| to_value(&Either::Spot { x }))], refused);
    }
    let set: BTreeSet<Spot> = [Spot { x: 1 }, Spot { x: 2 }].into();
    assert_eq!(from_value::<BTreeSet<Spot>>(&to_value(&set).unwrap()).unwrap(), set);
}

/// If a state does not fit after a function has changed it, the error says which line to write, as it does without a
/// function.
#[test]
fn what_does_not_fit_after_an_upgrade_is_told_with_its_line() {
    mod older {
        #[derive(state_core::State)]
        #[state(name = "game.Save")]
        pub struct Save {
            pub player: String,
            pub level: u8,
            pub monster: Monster,
        }
        #[derive(state_core::State)]
        #[state(name = "game.Kind")]
        pub enum Monster {
            Slime,
            Ghost,
        }
    }

    #[derive(State, Debug)]
    #[state(name = "game.Kind")]
    enum Kind {
        Slime,
        Goblin,
    }

    #[derive(State, Debug)]
    #[state(name = "game.Save", upgrade = nothing, removed("level"))]
    struct Unnamed {
        hero: String,
        monster: Kind,
    }

    #[derive(State, Debug)]
    #[state(name = "game.Save", upgrade = nothing)]
    struct Named {
        #[state(alias("player"))]
        hero: String,
        level: u8,
        monster: Kind,
    }

    fn nothing(_: &mut Older) {}

    let old = |monster| {
        let save = older::Save { player: "Ada".into(), level: 7, monster };
        Options::new().with_schema().dumps(&save).unwrap()
    };
    let error = loads_upgraded::<Unnamed>(&old(older::Monster::Slime)).unwrap_err().to_string();
    assert_eq!(
        error,
        "Save.hero: expected text, found a state of another version without it; write `#[state(default)]` on the field, or \
         `alias(\"player\")` if that is what it was called"
    );
    let error = loads_upgraded::<Named>(&old(older::Monster::Ghost)).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "Save.monster: expected a variant of game.Kind (Slime, Goblin), found `Ghost` of another version; if it was \
             renamed, write `#[state(alias(\"Ghost\"))]` on the variant; if it was removed, `#[state(other)]`"
        ),
        "{error}"
    );
    assert!(matches!(loads_upgraded::<Named>(&old(older::Monster::Slime)).unwrap().monster, Kind::Slime));
}
