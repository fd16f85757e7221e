//! States outlive their types: what an older form wrote becomes a state of the present one, or is refused with what to
//! write.

#![allow(
    clippy::items_after_statements,
    clippy::vec_box,
    reason = "types stand where the test uses them, as users write them"
)]

use state_core::{ErrorKind, Options, State, dumps, load_into, loads, loads_upgraded, upgrade};

/// The bytes of an older form, with its schema.
fn old<T: State>(value: &T) -> Vec<u8> {
    Options::new().with_schema().dumps(value).unwrap()
}

mod v1 {
    use state_core::State;

    #[derive(State, Debug, Clone)]
    pub struct World {
        pub tick: u32,
        pub wind: f32,
        pub entities: Vec<Entity>,
        pub names: std::collections::BTreeMap<u8, String>,
    }

    #[derive(State, Debug, Clone)]
    pub struct Entity {
        pub name: String,
        pub at: (f32, f32),
        pub kind: Kind,
        pub child: Option<Box<Entity>>,
        pub junk: String,
    }

    #[derive(State, Debug, Clone)]
    pub enum Kind {
        Player,
        Monster { health: u8, loot: Vec<String> },
        Rock(f32),
    }
}

#[derive(State, Debug, PartialEq)]
#[state(removed("wind"))]
struct World {
    entities: Vec<Entity>,
    #[state(default)]
    paused: bool,
    #[state(alias("names"))]
    players: std::collections::HashMap<u16, String>,
    tick: u64,
}

#[derive(State, Debug, PartialEq)]
#[state(removed("junk"))]
struct Entity {
    child: Option<Box<Entity>>,
    kind: Kind,
    name: Option<String>,
    #[state(default = spawn)]
    tags: Vec<String>,
    at: (f64, f64),
}

fn spawn() -> Vec<String> {
    vec!["new".into(), "old".into()]
}

#[derive(State, Debug, PartialEq)]
enum Kind {
    #[state(other)]
    Unknown,
    Monster {
        loot: Vec<String>,
        health: i32,
        #[state(default)]
        mood: i8,
    },
    #[state(alias("Player"))]
    Hero,
}

fn world() -> v1::World {
    let goblin = v1::Kind::Monster { health: 9, loot: vec!["gold".into(), "rüstung".into()] };
    let child =
        v1::Entity { name: "kid".into(), at: (1.0, 2.0), kind: v1::Kind::Player, child: None, junk: "x".into() };
    v1::World {
        tick: 7,
        wind: 0.5,
        entities: vec![
            v1::Entity {
                name: "a".into(),
                at: (0.5, -1.0),
                kind: goblin,
                child: Some(Box::new(child)),
                junk: "yy".into(),
            },
            v1::Entity {
                name: String::new(),
                at: (0.0, f32::MIN),
                kind: v1::Kind::Rock(1.0),
                child: None,
                junk: String::new(),
            },
        ],
        names: [(1, "Ada".into()), (2, "Grace".into())].into(),
    }
}

fn upgraded() -> World {
    let monster = Kind::Monster { loot: vec!["gold".into(), "rüstung".into()], health: 9, mood: 0 };
    let child = Entity { child: None, kind: Kind::Hero, name: Some("kid".into()), tags: spawn(), at: (1.0, 2.0) };
    let entities = vec![
        Entity { child: Some(Box::new(child)), kind: monster, name: Some("a".into()), tags: spawn(), at: (0.5, -1.0) },
        Entity {
            child: None,
            kind: Kind::Unknown,
            name: Some(String::new()),
            tags: spawn(),
            at: (0.0, f32::MIN.into()),
        },
    ];
    World { entities, paused: false, players: [(1, "Ada".into()), (2, "Grace".into())].into(), tick: 7 }
}

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
    // Another type of the same name, of the same stream, which borrows.
    assert_eq!(reader.load::<View>().unwrap().unwrap(), view);
    assert!(reader.load::<World>().unwrap().is_none());
    std::fs::remove_dir_all(directory).unwrap();
}

/// What is not said is refused when the forms are resolved, before a state is looked at, with what to write.
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
            // A list without elements: nothing is wrong with the state itself.
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
        "[].b: expected u16, found a state of another version without it; write `#[state(default)]` on the field, or `alias(\"old\")` if that is what it was called; and 1 more difference (`evolve::Form::obstacles` and the test `evolve::testing::recorded` list all)"
    }
    // A name is offered only for what its slot could become.
    refused! {
        pub struct T { a: u8, old: f32, more: Option<Vec<u8>> }
        struct T { a: u8, b: Vec<u16> }
        "[].b: expected list of u16, found a state of another version without it; write `#[state(default)]` on the field, or `alias(\"more\")` if that is what it was called; and 2 more differences (`evolve::Form::obstacles` and the test `evolve::testing::recorded` list all)"
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

/// A parent's slots stand in their place, on both sides.
#[test]
fn slots_move_into_a_parent_and_out_of_it() {
    mod flat {
        #[derive(state_core::State, Debug, PartialEq, Clone)]
        pub struct Employee {
            pub name: String,
            pub age: u8,
            pub staff: Vec<String>,
            pub salary: f32,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Person {
        name: String,
        age: u8,
    }
    #[derive(State, Debug, PartialEq)]
    struct Employee {
        #[state(flatten_parent)]
        person: Person,
        salary: f64,
        staff: Vec<String>,
    }
    mod grown {
        #[derive(state_core::State, Debug, PartialEq)]
        pub struct Being {
            pub age: u16,
        }
        #[derive(state_core::State, Debug, PartialEq)]
        #[state(removed("salary"))]
        pub struct Person {
            #[state(flatten_parent)]
            pub being: Being,
            #[state(alias("name"))]
            pub names: String,
        }
        #[derive(state_core::State, Debug, PartialEq)]
        pub struct Employee {
            #[state(flatten_parent)]
            pub person: Person,
            #[state(default)]
            pub boss: Option<String>,
            pub staff: Vec<String>,
        }
    }
    let flat = flat::Employee { name: "Ada".into(), age: 36, staff: vec!["Bob".into(), "Eve".into()], salary: 1.5 };
    let nested: Employee = loads_upgraded(&old(&flat)).unwrap();
    let expected = Employee { person: Person { name: "Ada".into(), age: 36 }, salary: 1.5, staff: flat.staff.clone() };
    assert_eq!(nested, expected);
    let grown: grown::Employee = loads_upgraded(&old(&nested)).unwrap();
    let person = grown::Person { being: grown::Being { age: 36 }, names: "Ada".into() };
    assert_eq!(grown, grown::Employee { person, boss: None, staff: flat.staff.clone() });
    // And out of it, but for what was made wider.
    let error = loads_upgraded::<flat::Employee>(&old(&nested)).unwrap_err();
    assert!(error.to_string().starts_with("Employee.salary: expected f32, found f64"), "{error}");
}

/// A slot of a parent and one of its child may have one name.
#[test]
fn names_that_two_slots_have_are_told_apart_by_their_types() {
    mod v1 {
        #[derive(state_core::State)]
        pub struct Base {
            pub id: u8,
        }
        #[derive(state_core::State)]
        pub struct Child {
            #[state(flatten_parent)]
            pub base: Base,
            pub id: u8,
            pub more: u8,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Base {
        id: u16,
    }
    #[derive(State, Debug, PartialEq)]
    struct Child {
        #[state(flatten_parent)]
        base: Base,
        more: u8,
        id: u16,
    }
    #[derive(State, Debug)]
    #[state(name = "Child", removed("more"))]
    struct Flat {
        #[allow(dead_code)]
        id: u8,
    }
    let bytes = old(&v1::Child { base: v1::Base { id: 1 }, id: 2, more: 3 });
    assert_eq!(loads_upgraded::<Child>(&bytes).unwrap(), Child { base: Base { id: 1 }, more: 3, id: 2 });
    let error = loads_upgraded::<Flat>(&bytes).unwrap_err();
    assert!(error.to_string().starts_with("Child: expected no slot `id`"), "{error}");
}

#[test]
fn records_by_the_names_of_their_fields() {
    mod v1 {
        #[derive(state_core::Record, Clone, Copy)]
        #[repr(C)]
        pub struct Bike {
            pub gears: u8,
            pub price: f64,
            pub size: u16,
            pub junk: [u8; 3],
        }
        #[derive(state_core::State)]
        pub struct Shop {
            #[state(bytes)]
            pub bikes: Vec<Bike>,
            pub name: String,
            #[state(bytes)]
            pub more: Option<Vec<u16>>,
        }
    }
    #[derive(state_core::Record, Clone, Copy, Debug, PartialEq)]
    #[state(removed("junk"))]
    #[repr(C)]
    struct Bike {
        size: u32,
        #[state(alias("price"))]
        cost: f64,
        gears: i16,
    }
    #[derive(State, Debug, PartialEq)]
    struct Shop {
        #[state(bytes)]
        more: Option<Vec<u16>>,
        name: String,
        #[state(bytes)]
        bikes: Vec<Bike>,
    }
    let bike = |gears| v1::Bike { gears, price: f64::from(gears) * 1.5, size: 300, junk: [9; 3] };
    let shop = v1::Shop { bikes: vec![bike(3), bike(200)], name: "x".into(), more: Some(vec![1, 2, 3]) };
    let bike = |gears: u8| Bike { gears: gears.into(), cost: f64::from(gears) * 1.5, size: 300 };
    let expected = Shop { bikes: vec![bike(3), bike(200)], name: "x".into(), more: Some(vec![1, 2, 3]) };
    assert_eq!(loads_upgraded::<Shop>(&old(&shop)).unwrap(), expected);
}

#[test]
fn fields_that_records_did_not_have() {
    mod v1 {
        #[derive(state_core::Record, Clone, Copy)]
        #[repr(C)]
        pub struct Point {
            pub x: f32,
        }
        #[derive(state_core::Record, Clone, Copy)]
        #[repr(C)]
        pub struct Bike {
            pub gears: u8,
            pub at: [Point; 2],
        }
        #[derive(state_core::State)]
        pub struct Shop {
            #[state(bytes)]
            pub bikes: Vec<Bike>,
            #[state(array)]
            pub first: [Bike; 1],
        }
    }
    #[derive(state_core::Record, Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Point<T> {
        #[state(default)]
        y: T,
        x: f32,
    }
    #[derive(state_core::Record, Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Bike {
        gears: u8,
        #[state(default = seven)]
        price: u64,
        at: [Point<i16>; 2],
        #[state(default)]
        marks: [u8; 3],
    }
    #[derive(State, Debug, PartialEq)]
    struct Shop {
        #[state(bytes)]
        bikes: Vec<Bike>,
        #[state(array)]
        first: [Bike; 1],
    }
    fn seven() -> u64 {
        7
    }

    let bike = |gears| v1::Bike { gears, at: [v1::Point { x: 1.5 }, v1::Point { x: f32::MAX }] };
    let bytes = old(&v1::Shop { bikes: vec![bike(3), bike(200)], first: [bike(1)] });
    let bike = |gears| Bike { gears, price: 7, at: [1.5, f32::MAX].map(|x| Point { y: 0, x }), marks: [0; 3] };
    let expected = Shop { bikes: vec![bike(3), bike(200)], first: [bike(1)] };
    assert_eq!(loads_upgraded::<Shop>(&bytes).unwrap(), expected);
    assert_eq!(
        loads_upgraded::<Shop>(&old(&v1::Shop {
            bikes: vec![],
            first: [v1::Bike { gears: 0, at: [v1::Point { x: 0.0 }; 2] }]
        }))
        .unwrap()
        .bikes,
        []
    );

    #[derive(state_core::Record, Clone, Copy, Debug)]
    #[state(name = "Point")]
    #[repr(C)]
    struct Unsaid {
        x: f32,
        y: f32,
    }
    let bytes = old(&Raw { points: vec![v1::Point { x: 1.0 }] });
    #[derive(State)]
    #[state(name = "Raw")]
    struct Raw<T: state_core::Record> {
        #[state(bytes)]
        points: Vec<T>,
    }
    let error = loads_upgraded::<Raw<Unsaid>>(&bytes).map(drop).unwrap_err().to_string();
    assert!(
        error.starts_with("Raw.points[].y: expected this field, found a record of another version without it"),
        "{error}"
    );
    assert!(error.contains("write `#[state(default)]` on the field"), "{error}");
}

#[test]
fn types_that_contain_themselves() {
    mod v1 {
        #[derive(state_core::State, Clone)]
        pub struct Tree {
            pub name: String,
            pub kids: Vec<Tree>,
            pub by: std::collections::BTreeMap<u8, Tree>,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Tree {
        kids: Vec<Box<Tree>>,
        by: std::collections::BTreeMap<u16, Tree>,
        #[state(default)]
        weight: u8,
        name: Option<String>,
    }
    let leaf = |name: &str| v1::Tree { name: name.into(), kids: vec![], by: [].into() };
    let tree = v1::Tree { name: "root".into(), kids: vec![leaf("a"), leaf("b")], by: [(1, leaf("c"))].into() };
    let leaf = |name: &str| Tree { kids: vec![], by: [].into(), weight: 0, name: Some(name.into()) };
    let expected = Tree {
        kids: vec![Box::new(leaf("a")), Box::new(leaf("b"))],
        by: [(1, leaf("c"))].into(),
        weight: 0,
        name: Some("root".into()),
    };
    assert_eq!(loads_upgraded::<Tree>(&old(&tree)).unwrap(), expected);
    let mut deep = leaf_of(100);
    assert!(loads_upgraded::<Tree>(&old(&deep)).is_err(), "boxes and lists are a level each");
    deep = leaf_of(60);
    assert!(loads_upgraded::<Tree>(&old(&deep)).is_ok());

    fn leaf_of(depth: u8) -> v1::Tree {
        let kids = if depth == 0 { vec![] } else { vec![leaf_of(depth - 1)] };
        v1::Tree { name: depth.to_string(), kids, by: [].into() }
    }
}

/// Every change of one byte is found, or makes another state: there is no panic.
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
    // The schema is not asked for its fingerprint where that is made to fit it.
    let schema = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    for at in 44..44 + schema {
        for change in [1, 3, 0x10, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            let hash = damaged[44..44 + schema]
                .iter()
                .fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
            damaged[8..16].copy_from_slice(&hash.to_le_bytes());
            let _ = loads_upgraded::<World>(&damaged).map_err(|error| error.to_string());
        }
    }
}

/// An inspected file knows the names of its slots: a value of it goes into the present type by name.
#[test]
fn values_of_files_are_matched_by_name() {
    let bytes = old(&world());
    let value = state_core::Inspection::open(&bytes).unwrap().value().unwrap();
    assert_eq!(value.as_object().unwrap().slot("tick"), Some(&7.into()));
    assert_eq!(state_core::from_value::<World>(&value).unwrap(), upgraded());

    mod swapped {
        #[derive(state_core::State, Debug, PartialEq)]
        pub struct Size {
            pub height: u8,
            pub width: u8,
            #[state(bytes)]
            pub raw: Vec<u16>,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Size {
        #[state(bytes)]
        raw: Vec<u16>,
        width: u8,
        height: u8,
    }
    let bytes = old(&swapped::Size { height: 1, width: 2, raw: vec![3, 4] });
    let value = state_core::Inspection::open(&bytes).unwrap().value().unwrap();
    let size: Size = state_core::from_value(&value).unwrap();
    assert_eq!(size, Size { raw: vec![3, 4], width: 2, height: 1 });

    #[derive(State, Debug)]
    #[state(name = "Size")]
    struct Less {
        #[allow(dead_code)]
        width: u8,
        #[allow(dead_code)]
        raw: u8,
    }
    let error = state_core::from_value::<Less>(&value).unwrap_err();
    assert!(error.to_string().starts_with("Size.raw: expected u8"), "{error}");
    // Changed by the program, it is a flat state as any other.
    let mut object = value.as_object().unwrap().clone();
    *object.state_mut().unwrap() = (1, 2).into();
    assert!(object.slot("width").is_none());
}

/// Pickles of attributes by name, of classes and members that had other names, at each protocol.
#[test]
fn pickles_by_name() {
    mod v1 {
        #[derive(state_core::State, Clone)]
        #[state(name = "shop.Human", pickle = "dict")]
        pub struct Human {
            pub junk: Vec<u8>,
            pub years: u8,
            pub name: String,
            pub color: Color,
        }
        #[derive(state_core::State, Clone)]
        #[state(name = "shop.Paint", pickle = "enum")]
        pub enum Color {
            Red,
            Blue,
        }
        #[derive(state_core::State)]
        #[state(name = "shop.Pair")]
        pub struct Pair(pub u8, pub String);
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "shop.Person", alias("shop.Human"), pickle = "dict", removed("junk"))]
    struct Person {
        name: String,
        #[state(alias("years"))]
        age: u16,
        #[state(default)]
        email: Option<String>,
        color: Color,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "shop.Color", alias("shop.Paint"), pickle = "enum")]
    enum Color {
        #[state(other)]
        Unknown,
        #[state(alias("Red"))]
        Crimson,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "shop.Two", alias("shop.Pair"))]
    struct Two(u8, String, #[state(default)] bool);

    let human = |color| v1::Human { junk: vec![1], years: 30, name: "Ada".into(), color };
    let humans = vec![human(v1::Color::Red), human(v1::Color::Blue), human(v1::Color::Red)];
    let person = |color| Person { name: "Ada".into(), age: 30, email: None, color };
    let people = [person(Color::Crimson), person(Color::Unknown), person(Color::Crimson)];
    for protocol in state_core::pickle::Protocol::ALL {
        let options = state_core::pickle::PickleOptions::new().protocol(protocol);
        let bytes = options.dumps(&humans).unwrap();
        assert_eq!(state_core::pickle::loads::<Vec<Person>>(&bytes).unwrap(), people, "{protocol:?}");
        let pairs = options.dumps(&vec![v1::Pair(1, "one".into()), v1::Pair(2, "two".into())]).unwrap();
        let twos = [Two(1, "one".into(), false), Two(2, "two".into(), false)];
        assert_eq!(state_core::pickle::loads::<Vec<Two>>(&pairs).unwrap(), twos, "{protocol:?}");
        let value = state_core::pickle::load_value(&bytes).unwrap();
        assert_eq!(state_core::from_value::<Vec<Person>>(&value).unwrap(), people, "{protocol:?}");
    }
}

/// Keys that differ stay different: what drops a part of them is refused, and is none of a value's business.
#[test]
fn no_two_keys_become_one() {
    mod v1 {
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord, Clone)]
        pub struct Place {
            pub x: u8,
            pub y: u8,
        }
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Color {
            Red,
            Blue,
        }
        #[derive(state_core::State)]
        pub struct Maps {
            pub by_place: std::collections::BTreeMap<Place, Place>,
            pub colors: std::collections::BTreeSet<Color>,
        }
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Debug)]
    #[state(removed("y"))]
    struct Place {
        x: u8,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Debug)]
    enum Color {
        #[state(other)]
        Gone,
    }
    #[derive(State, Debug)]
    #[state(name = "Maps", removed("colors"))]
    struct Keys {
        #[allow(dead_code)]
        by_place: std::collections::BTreeMap<Place, Place>,
    }
    #[derive(State, Debug)]
    #[state(name = "Maps", removed("by_place"))]
    struct Elements {
        #[allow(dead_code)]
        colors: std::collections::BTreeSet<Color>,
    }
    #[derive(State, Debug)]
    #[state(name = "Maps", removed("by_place"))]
    struct List {
        colors: Vec<Color>,
    }
    let place = |y| v1::Place { x: 1, y };
    let by_place = [(place(1), place(1)), (place(2), place(2))].into();
    let bytes = old(&v1::Maps { by_place, colors: [v1::Color::Red, v1::Color::Blue].into() });
    let error = loads_upgraded::<Keys>(&bytes).unwrap_err().to_string();
    assert!(error.starts_with("Maps.by_place[]: expected keys that stay different, found keys of which"), "{error}");
    let error = loads_upgraded::<Elements>(&bytes).unwrap_err().to_string();
    assert!(error.starts_with("Maps.colors[]: expected keys that stay different"), "{error}");
    assert_eq!(loads_upgraded::<List>(&bytes).unwrap().colors, [Color::Gone, Color::Gone]);
}

/// The same change in several slots is as many differences.
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
