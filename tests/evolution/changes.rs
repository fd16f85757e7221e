//! Everything that can change, and what would be lost.

use state_core::{ErrorKind, State, dumps, load_into, loads, loads_upgraded, upgrade};

use super::{World, made_up, old, upgraded, world};

#[test]
fn everything_changes_at_once() {
    let bytes = old(&world());
    assert_eq!(loads_upgraded::<World>(&bytes).unwrap(), upgraded());
    let upgrade = upgrade::<World>(&bytes).unwrap();
    assert_eq!(loads::<World>(&upgrade).unwrap(), upgraded());
    let mut target = World { entities: vec![], paused: true, players: std::collections::HashMap::default(), tick: 0 };
    load_into(&upgrade, &mut target).unwrap();
    assert_eq!(target, upgraded());
}

#[test]
fn what_has_not_changed_is_borrowed() {
    let bytes = dumps(&upgraded()).unwrap();
    assert!(matches!(upgrade::<World>(&bytes).unwrap(), std::borrow::Cow::Borrowed(same) if same == bytes));
}

#[test]
fn from_and_upgrade() {
    mod v1 {
        #[derive(state_core::State)]
        pub struct Person {
            pub name: String,
            pub age: u8,
        }
        #[derive(state_core::State)]
        pub struct Team {
            pub people: Vec<Person>,
            pub lead: Option<Person>,
            pub km: Speed,
        }
        #[derive(state_core::State)]
        pub struct Speed {
            pub kmh: f32,
            pub note: String,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(from(v1::Person))]
    struct Person {
        first: String,
        last: String,
        age: u16,
    }
    impl TryFrom<v1::Person> for Person {
        type Error = String;
        fn try_from(old: v1::Person) -> Result<Self, String> {
            let (first, last) = old.name.split_once(' ').ok_or_else(|| format!("{} has one name", old.name))?;
            Ok(Self { first: first.into(), last: last.into(), age: old.age.into() })
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(upgrade = faster)]
    struct Speed {
        note: String,
        #[state(default)]
        unit: Option<String>,
        ms: f64,
    }
    fn faster(older: &mut state_core::Older) -> Result<(), String> {
        let kmh = older.take("kmh").and_then(|kmh| kmh.as_f64()).ok_or("no speed")?;
        older.set("ms", kmh / 3.6);
        Ok(())
    }
    #[derive(State, Debug, PartialEq)]
    struct Team {
        km: Speed,
        lead: Option<Person>,
        people: Vec<Person>,
    }

    let person = |name: &str| v1::Person { name: name.into(), age: 30 };
    let team = v1::Team {
        people: vec![person("Ada Lovelace"), person("Grace Hopper")],
        lead: Some(person("A B")),
        km: v1::Speed { kmh: 36.0, note: "n".into() },
    };
    let expected = |first: &str, last: &str| Person { first: first.into(), last: last.into(), age: 30 };
    assert_eq!(
        loads_upgraded::<Team>(&old(&team)).unwrap(),
        Team {
            km: Speed { note: "n".into(), unit: None, ms: 10.0 },
            lead: Some(expected("A", "B")),
            people: vec![expected("Ada", "Lovelace"), expected("Grace", "Hopper")],
        }
    );
    let team = v1::Team { people: vec![person("Ada Lovelace"), person("Grace")], ..team };
    let error = loads_upgraded::<Team>(&old(&team)).unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Refused, "Team.people[1]: Grace has one name".into()));
}

#[test]
fn files_and_streams_upgrade_by_themselves() {
    let directory = std::env::temp_dir().join(format!("state-evolution-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("world.state");
    state_core::image::save(&path, &world()).unwrap();
    assert_eq!(state_core::image::load_file::<World>(&path).unwrap(), upgraded());

    #[derive(State, Debug, PartialEq)]
    #[state(name = "World", removed)]
    struct View<'a> {
        #[state(alias("names"))]
        players: std::collections::BTreeMap<u8, &'a str>,
        tick: u32,
    }
    let mut mapped = state_core::image::Mapped::read(&path).unwrap();
    assert_eq!(mapped.view::<View>().unwrap_err().kind(), ErrorKind::Identity);
    mapped.upgrade::<View>().unwrap();
    let view = View { players: [(1, "Ada"), (2, "Grace")].into(), tick: 7 };
    assert_eq!(mapped.view::<View>().unwrap(), view);

    let path = directory.join("worlds.states");
    let mut writer = state_core::image::stream::StreamWriter::create(&path).unwrap();
    let mut second = world();
    second.tick = 8;
    for world in [&world(), &second, &world()] {
        writer.write(world).unwrap();
    }
    drop(writer);
    let mut reader = state_core::image::stream::StreamReader::open(&path).unwrap();
    assert_eq!(reader.load::<World>().unwrap().unwrap(), upgraded());
    let mut target = World { entities: vec![], paused: true, players: std::collections::HashMap::default(), tick: 0 };
    assert!(reader.load_into(&mut target).unwrap());
    assert_eq!(target, World { tick: 8, ..upgraded() });
    // The same stream is read as another type of the same name, which borrows.
    assert_eq!(reader.load::<View>().unwrap().unwrap(), view);
    assert!(reader.load::<World>().unwrap().is_none());
    std::fs::remove_dir_all(directory).unwrap();
}

/// A change that no attribute covers is refused when the forms are resolved, before a state is read, with what to
/// write.
#[test]
fn what_would_be_lost_or_made_up_is_refused() {
    macro_rules! refused {
        ($old:item $new:item $error:literal) => {{
            mod old {
                #[derive(state_core::State)]
                #[allow(dead_code)]
                $old
            }
            #[derive(State, Debug)]
            #[allow(dead_code)]
            $new
            // The list has no elements, so nothing is wrong with the state itself.
            let error = loads_upgraded::<Vec<T>>(&old(&Vec::<old::T>::new())).unwrap_err();
            assert_eq!((error.kind(), error.offset()), (ErrorKind::Identity, None));
            assert_eq!(error.to_string(), $error);
        }};
    }
    refused! {
        pub struct T { a: u8, b: u8 }
        struct T { a: u8 }
        "[]: expected no slot `b`, found a state of another version that has it: u8; if it was removed, write `#[state(removed(\"b\"))]` on `T`; if it was renamed, `#[state(alias(\"b\"))]` on the field; if a newer version of the program added it, this one is too old for the state"
    }
    refused! {
        pub struct T { a: u8 }
        struct T { a: u8, b: u8 }
        "[].b: expected u8, found a state of another version without it; write `#[state(default)]` on the field"
    }
    refused! {
        pub struct T { a: u8, old: u16 }
        struct T { a: u8, b: u16 }
        "[].b: expected u16, found a state of another version without it; write `#[state(default)]` on the field, or `alias(\"old\")` if that is what it was called; if it is made from older slots, see `upgrade` and `from`; and 1 more difference (`evolve::Form::obstacles` and the test `evolve::testing::recorded` list them)"
    }
    // A name is suggested only if its slot could become the missing one.
    refused! {
        pub struct T { a: u8, old: f32, more: Option<Vec<u8>> }
        struct T { a: u8, b: Vec<u16> }
        "[].b: expected list of u16, found a state of another version without it; write `#[state(default)]` on the field, or `alias(\"more\")` if that is what it was called; if it is made from older slots, see `upgrade` and `from`; and 2 more differences (`evolve::Form::obstacles` and the test `evolve::testing::recorded` list them)"
    }
    refused! {
        pub struct T { a: u16 }
        struct T { a: u8 }
        "[].a: expected u8, found u16; nothing is narrowed or converted without `#[state(from(..))]` or `#[state(upgrade = ..)]` on the type that contains it"
    }
    refused! {
        pub struct T { a: Option<u16> }
        struct T { a: u16 }
        "[].a: expected u16, found optional u16; nothing is narrowed or converted without `#[state(from(..))]` or `#[state(upgrade = ..)]` on the type that contains it"
    }
    refused! {
        pub struct T { a: u32 }
        struct T { a: f32 }
        "[].a: expected f32, found u32; nothing is narrowed or converted without `#[state(from(..))]` or `#[state(upgrade = ..)]` on the type that contains it"
    }
    refused! {
        pub struct T (u16, u8);
        struct T (u8, u16);
        "[].0: expected u8, found u16; nothing is narrowed or converted without `#[state(from(..))]` or `#[state(upgrade = ..)]` on the type that contains it"
    }
}

/// Every change of one byte is detected, or gives another state; nothing panics.
#[test]
fn damaged_states_and_schemas() {
    let bytes = old(&world());
    let (mut loaded, mut refused) = (0, 0);
    for at in 0..bytes.len() {
        for change in [1, 2, 0x40, 0x80, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            match loads_upgraded::<World>(&damaged) {
                Ok(_) => loaded += 1,
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
        }
        assert!(loads_upgraded::<World>(&bytes[..at]).is_err());
    }
    assert!(loaded > 100 && refused > 1000, "{loaded} {refused}");
    // The fingerprint is adjusted to the damaged schema, so that the schema itself must be found invalid.
    let schema = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    for at in 44..44 + schema {
        for change in [1, 3, 0x10, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            let hash = made_up::fingerprint(&damaged[44..44 + schema]);
            damaged[8..16].copy_from_slice(&hash.to_le_bytes());
            let _ = loads_upgraded::<World>(&damaged).map_err(|error| error.to_string());
        }
    }
}

/// The same change in several slots gives as many differences.
#[test]
fn each_slot_is_told() {
    mod v1 {
        #[derive(state_core::State)]
        #[state(name = "Numbers")]
        pub struct Numbers {
            pub a: i64,
            pub b: i64,
            pub c: Vec<i64>,
            pub d: Vec<i64>,
        }
    }
    #[derive(State, Debug)]
    #[state(name = "Numbers")]
    #[allow(dead_code)]
    struct Numbers {
        a: i32,
        b: i32,
        c: Vec<i32>,
        d: Vec<i32>,
    }
    let bytes = old(&v1::Numbers { a: 1, b: 2, c: vec![], d: vec![] });
    let error = loads_upgraded::<Numbers>(&bytes).unwrap_err().to_string();
    assert!(error.starts_with("Numbers.a: ") && error.contains("; and 3 more differences ("), "{error}");
    let present = state_core::evolve::Form::of::<Numbers>().unwrap().keep(&state_core::evolve::Amendments::default());
    let obstacles = present.obstacles(&state_core::evolve::Form::open(&bytes).unwrap());
    let places: Vec<&str> = obstacles.iter().filter_map(|obstacle| Some(obstacle.split_once(':')?.0)).collect();
    assert_eq!(places, ["Numbers.a", "Numbers.b", "Numbers.c[]", "Numbers.d[]"]);
}
