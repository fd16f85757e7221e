//! `image::compare`: which slots differ, as text, in the order of the slots.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use chrono::NaiveDate;
use ndarray::array;
use num_bigint::BigInt;
use state_core::image::compare;
use state_core::{ErrorKind, History, Inspection, Options, Record, Restore, State, dumps, loads};

/// The differences between two values, one per line.
fn lines<T: State + for<'de> Restore<'de>>(ours: &T, theirs: &T) -> Vec<String> {
    let (ours, theirs) = (dumps(ours).unwrap(), dumps(theirs).unwrap());
    let found = compare::<T>(&ours, &theirs).unwrap().map(|found| found.to_string()).collect();
    let mirrored = compare::<T>(&theirs, &ours).unwrap().count();
    assert!(compare::<T>(&ours, &ours).unwrap().next().is_none());
    assert!(compare::<T>(&theirs, &theirs).unwrap().next().is_none());
    let found: Vec<String> = found;
    assert_eq!(found.len(), mirrored);
    found
}

#[derive(State, Clone)]
#[state(name = "game.World")]
struct World {
    tick: u64,
    entities: Vec<Entity>,
    wind: Option<[f32; 2]>,
}

#[derive(State, Clone)]
struct Entity {
    name: String,
    position: [f32; 3],
    effects: Vec<Effect>,
    #[state(skip)]
    cache: u8,
}

#[derive(State, Clone)]
enum Effect {
    Burning { damage: u16, frames: u8 },
    Frozen(u8),
    Shielded,
}

fn world() -> World {
    let entity = |n: u16| Entity {
        name: format!("entity {n}"),
        position: [1.5, f32::from(n), 0.1],
        effects: vec![Effect::Burning { damage: n, frames: 9 }, Effect::Shielded],
        cache: 0,
    };
    World { tick: 7, entities: (0..10).map(entity).collect(), wind: None }
}

/// The differences between the world and one that `change` was applied to.
fn changed(change: impl FnOnce(&mut World)) -> Vec<String> {
    let mut theirs = world();
    change(&mut theirs);
    lines(&world(), &theirs)
}

#[test]
fn a_slot_is_told_by_its_path() {
    assert_eq!(
        changed(|world| world.entities[3].position[0] = 1.25),
        ["World.entities[3].position[0]: 1.5, theirs 1.25"]
    );
    assert_eq!(changed(|world| world.tick = 8), ["World.tick: 7, theirs 8"]);
    assert_eq!(
        changed(|world| world.entities[9].name.push('s')),
        ["World.entities[9].name: 'entity 9', theirs 'entity 9s'"]
    );
    assert_eq!(
        changed(|world| world.entities[4].effects[0] = Effect::Burning { damage: 5, frames: 8 }),
        [
            "World.entities[4].effects[0].Burning.damage: 4, theirs 5",
            "World.entities[4].effects[0].Burning.frames: 9, theirs 8"
        ]
    );
    assert_eq!(
        changed(|world| world.entities[4].effects[0] = Effect::Frozen(1)),
        ["World.entities[4].effects[0]: Effect.Burning(4, 9), theirs Effect.Frozen(1)"]
    );
    assert_eq!(
        changed(|world| world.entities[4].effects[1] = Effect::Frozen(1)),
        ["World.entities[4].effects[1]: Effect.Shielded, theirs Effect.Frozen(1)"]
    );
    assert_eq!(changed(|world| world.wind = Some([0.0, 1e-9])), ["World.wind: None, theirs [0.0, 1e-9]"]);
    assert!(changed(|world| world.entities[0].cache = 1).is_empty(), "what is skipped is no part of the state");
}

#[test]
fn the_first_comes_first_and_what_is_behind_it_is_found_too() {
    let found = changed(|world| {
        world.tick = 1;
        world.entities[0].effects.clear();
        world.entities[5].effects.push(Effect::Shielded);
        world.entities[8].position[2] = 0.2;
        world.wind = Some([1.0, 2.0]);
    });
    assert_eq!(
        found,
        [
            "World.tick: 7, theirs 1",
            "World.entities[0].effects: 2 elements, theirs 0",
            "World.entities[0].effects[0]: Effect.Burning(0, 9), theirs absent",
            "World.entities[0].effects[1]: Effect.Shielded, theirs absent",
            "World.entities[5].effects: 2 elements, theirs 3",
            "World.entities[5].effects[2]: absent, theirs Effect.Shielded",
            "World.entities[8].position[2]: 0.1, theirs 0.2",
            "World.wind: None, theirs [1.0, 2.0]",
        ]
    );
}

#[test]
fn an_element_more_or_less_is_named_itself() {
    let entity = "Entity('entity 4', [1.5, 4.0, 0.1], [Effect.Burning(4, 9), Effect.Shielded])";
    assert_eq!(
        changed(|world| drop(world.entities.remove(4))),
        ["World.entities: 10 elements, theirs 9".into(), format!("World.entities[4]: {entity}, theirs absent")]
    );
    assert_eq!(
        changed(|world| {
            let mut born = world.entities[4].clone();
            born.name = "born".into();
            world.entities.insert(2, born);
        })[1],
        format!("World.entities[2]: absent, theirs {}", entity.replace("entity 4", "born"))
    );
    let found = changed(|world| {
        world.entities[1].position[0] = 0.0;
        world.entities.remove(3);
        world.entities[8].position[0] = 0.0;
        world.tick = 0;
    });
    assert_eq!(
        found[..3],
        [
            "World.tick: 7, theirs 0",
            "World.entities: 10 elements, theirs 9",
            "World.entities[1].position[0]: 1.5, theirs 0.0"
        ]
    );
    let emptied = changed(|world| world.entities.clear());
    assert_eq!((emptied.len(), &*emptied[0]), (11, "World.entities: 10 elements, theirs 0"));
}

#[test]
fn as_many_are_told_as_are_asked_for() {
    let ours: Vec<u32> = (0..1000).collect();
    let theirs: Vec<u32> = (1..1001).collect();
    let (ours, theirs) = (dumps(&ours).unwrap(), dumps(&theirs).unwrap());
    for most in [0, 1, 2, 4, 5, 31, 32, 33, 500, 1000, 2000] {
        let found: Vec<_> = compare::<Vec<u32>>(&ours, &theirs).unwrap().take(most).collect();
        assert_eq!(found.len(), most.min(1000));
        for (at, found) in found.iter().enumerate() {
            assert_eq!(
                (found.path(), found.ours(), found.theirs()),
                (&*format!("[{at}]"), &*at.to_string(), &*(at + 1).to_string())
            );
        }
    }
    let mut all = compare::<Vec<u32>>(&ours, &theirs).unwrap();
    assert_eq!((all.by_ref().count(), all.next()), (1000, None));
}

#[derive(State, Clone, Default)]
struct Maps {
    tree: BTreeMap<String, Vec<u8>>,
    table: HashMap<u16, Option<String>>,
    set: BTreeSet<(u8, char)>,
    words: HashSet<String>,
}

#[test]
fn maps_and_sets_are_compared_by_key() {
    let maps = |order: &mut dyn Iterator<Item = u16>| {
        let numbers: Vec<u16> = order.collect();
        Maps {
            tree: numbers.iter().map(|n| (format!("key {n}"), vec![7; usize::from(*n)])).collect(),
            table: numbers.iter().map(|n| (*n, Some(format!("value {n}")))).collect(),
            set: numbers.iter().map(|n| (*n as u8, 'x')).collect(),
            words: numbers.iter().map(u16::to_string).collect(),
        }
    };
    let (ours, mut theirs) = (maps(&mut (0..50)), maps(&mut (0..50).rev()));
    assert!(lines(&ours, &theirs).is_empty(), "the order of a hash map is none");

    theirs.tree.get_mut("key 3").unwrap()[1] = 8;
    theirs.tree.remove("key 7");
    theirs.tree.insert("new".into(), Vec::new());
    theirs.table.insert(5, None);
    theirs.table.remove(&6);
    theirs.table.insert(99, Some("late".into()));
    theirs.set.remove(&(4, 'x'));
    theirs.words.insert("more".into());
    let found = lines(&ours, &theirs);
    assert_eq!(
        found,
        [
            "Maps.tree['key 3'][1]: 7, theirs 8",
            r"Maps.tree['key 7']: b'\x07\x07\x07\x07\x07\x07\x07', theirs absent",
            "Maps.tree['new']: absent, theirs b''",
            // These are in our order, which is the hash map's.
            &*found[3],
            &*found[4],
            "Maps.table[99]: absent, theirs 'late'",
            "Maps.set[(4, 'x')]: present, theirs absent",
            "Maps.words['more']: absent, theirs present",
        ]
    );
    let mut two = [&*found[3], &*found[4]];
    two.sort_unstable();
    assert_eq!(two, ["Maps.table[5]: 'value 5', theirs None", "Maps.table[6]: 'value 6', theirs absent"]);
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: u8,
    price: f64,
    size: [u16; 2],
}

#[derive(State)]
struct Raws {
    #[state(bytes)]
    bicycles: Vec<Bicycle>,
    #[state(bytes)]
    heights: Box<[f32]>,
    #[state(bytes)]
    maybe: Option<Vec<i16>>,
    grid: ndarray::Array2<i32>,
    blob: Vec<u8>,
}

#[test]
fn raw_arrays_are_compared_by_element_and_field() {
    let raws = || Raws {
        bicycles: (0..9).map(|n| Bicycle { gears: n, price: f64::from(n) * 1.5, size: [n.into(), 2] }).collect(),
        heights: vec![0.25; 100].into(),
        maybe: Some(vec![1, -2, 3]),
        grid: array![[1, 2, 3], [4, 5, 6]],
        blob: vec![1, 2, 3],
    };
    let mut theirs = raws();
    theirs.bicycles[2].price = -0.0;
    theirs.bicycles[3].size[1] = 700;
    theirs.heights[99] = f32::NAN;
    theirs.maybe.as_mut().unwrap()[1] = 2;
    theirs.grid[(1, 2)] = 7;
    theirs.blob = vec![1, 9, 2, 3];
    assert_eq!(
        lines(&raws(), &theirs),
        [
            "Raws.bicycles[2].price: 3.0, theirs -0.0",
            "Raws.bicycles[3].size[1]: 2, theirs 700",
            "Raws.heights[99]: 0.25, theirs NaN",
            "Raws.maybe[1]: -2, theirs 2",
            "Raws.grid[1][2]: 6, theirs 7",
            "Raws.blob: 3 bytes, theirs 4",
            "Raws.blob[1]: absent, theirs 9",
        ]
    );
    let mut theirs = raws();
    theirs.bicycles.remove(4);
    theirs.maybe = None;
    theirs.grid = array![[1, 2], [3, 4], [5, 6]];
    assert_eq!(
        lines(&raws(), &theirs),
        [
            "Raws.bicycles: 9 elements, theirs 8",
            "Raws.bicycles[4]: {gears: 4, price: 6.0, size: [4, 2]}, theirs absent",
            "Raws.maybe: 3 elements, theirs None",
            "Raws.grid: an array of shape [2, 3], theirs one of shape [3, 2]",
        ]
    );
}

#[derive(State, Clone)]
struct Base {
    x: i64,
}

#[derive(State, Clone)]
#[expect(clippy::box_collection, clippy::option_option, reason = "they are states too")]
struct Kinds {
    #[state(flatten_parent)]
    base: Base,
    unit: (),
    flag: bool,
    letter: char,
    wide: u128,
    time: Duration,
    date: NaiveDate,
    large: BigInt,
    tuple: (u8, Box<String>),
    twice: Option<Option<Box<u64>>>,
    float: f64,
    single: f32,
    #[state(serde)]
    foreign: Vec<u8>,
}

#[test]
fn every_kind_of_slot_is_compared() {
    let kinds = Kinds {
        base: Base { x: -1 },
        unit: (),
        flag: false,
        letter: 'a',
        wide: u128::MAX,
        time: Duration::from_millis(1500),
        date: NaiveDate::from_ymd_opt(2024, 2, 29).unwrap(),
        large: BigInt::from(10).pow(30),
        tuple: (1, Box::new("one".into())),
        twice: Some(None),
        float: f64::NAN,
        single: 0.1,
        foreign: vec![1, 2],
    };
    let theirs = Kinds {
        base: Base { x: 1 },
        unit: (),
        flag: true,
        letter: '\n',
        wide: 0,
        time: Duration::from_millis(1501),
        date: NaiveDate::from_ymd_opt(2024, 3, 1).unwrap(),
        large: BigInt::from(-1),
        tuple: (1, Box::new("two".into())),
        twice: Some(Some(Box::new(3))),
        float: f64::from_bits(f64::NAN.to_bits() + 1),
        single: 0.2,
        foreign: vec![1, 3],
    };
    assert_eq!(
        lines(&kinds, &theirs),
        [
            "Kinds.base.x: -1, theirs 1",
            "Kinds.flag: False, theirs True",
            r"Kinds.letter: 'a', theirs '\n'",
            "Kinds.wide: 340282366920938463463374607431768211455, theirs 0",
            "Kinds.time: (1, 500000000), theirs (1, 501000000)",
            "Kinds.date: datetime.date(2024, 2, 29), theirs datetime.date(2024, 3, 1)",
            "Kinds.large: 1000000000000000000000000000000, theirs -1",
            "Kinds.tuple.1: 'one', theirs 'two'",
            "Kinds.twice: None, theirs 3",
            "Kinds.float: NaN (bits 7ff8000000000000), theirs NaN (bits 7ff8000000000001)",
            "Kinds.single: 0.1, theirs 0.2",
            "Kinds.foreign[1]: 2, theirs 3",
        ]
    );
}

#[test]
fn long_text_is_shown_where_it_differs() {
    let ours = "a".repeat(1000) + "\u{e9}" + &"b".repeat(1000);
    let theirs = ours.replace('\u{e9}', "x");
    let (a, b) = ("a".repeat(20), "b".repeat(59));
    assert_eq!(lines(&ours, &theirs), [format!("...'{a}\u{e9}{b}'..., theirs ...'{a}x{b}'...")]);
    assert_eq!(lines(&"short".to_string(), &String::new()), ["'short', theirs ''"]);
    let cut = lines(&None, &Some(vec![vec!["x".repeat(1000); 30]; 30]));
    assert!(cut[0].len() < 300 && cut[0].ends_with("..."), "{cut:?}");
}

#[test]
fn recursive_types_are_compared_too() {
    #[derive(State, Clone, Default)]
    struct Tree {
        name: String,
        children: Vec<Tree>,
    }
    let mut ours = Tree::default();
    for at in 0..60 {
        ours = Tree { name: at.to_string(), children: vec![Tree::default(), ours] };
    }
    let mut theirs = ours.clone();
    let mut place = &mut theirs;
    for _ in 0..60 {
        place = &mut place.children[1];
    }
    place.name.push('!');
    assert_eq!(lines(&ours, &theirs), [format!("Tree{}.name: '', theirs '!'", ".children[1]".repeat(60))]);
    theirs.children.push(Tree::default());
    assert_eq!(lines(&ours, &theirs).len(), 3);
}

#[test]
fn bytes_that_do_not_pass_the_check_are_refused() {
    let ours = dumps(&world()).unwrap();
    let mut cut = ours.clone();
    cut.pop();
    assert_eq!(compare::<World>(&ours, &cut).unwrap_err().kind(), ErrorKind::Length);
    assert_eq!(compare::<World>(&cut, &ours).unwrap_err().kind(), ErrorKind::Length);
    assert_eq!(compare::<World>(&ours, &dumps(&7).unwrap()).unwrap_err().kind(), ErrorKind::Identity);
    for at in 40..ours.len() {
        let mut damaged = ours.clone();
        damaged[at] ^= 0x55;
        // The result is an error, differences, or nothing if the byte is not compared; never a panic.
        if let Ok(found) = compare::<World>(&ours, &damaged) {
            let same = dumps(&loads::<World>(&damaged).unwrap()).unwrap() == ours;
            assert_eq!(found.count() == 0, same, "{at}");
        }
    }
}

#[test]
fn a_history_compares_with_what_another_machine_sends() {
    let (mut ours, mut theirs) = (History::new().options(Options::new().with_schema()), History::new());
    let mut other = world();
    other.entities[3].position[0] = 1.25;
    ours.push(9, &world()).unwrap();
    theirs.push(9, &other).unwrap();
    assert_ne!(ours.checksum(9).unwrap(), theirs.checksum(9).unwrap());
    let found: Vec<_> = ours.compare(9, &theirs.image(9).unwrap()).unwrap().map(|found| found.to_string()).collect();
    assert_eq!(found, ["World.entities[3].position[0]: 1.5, theirs 1.25"]);
    assert_eq!(ours.compare(8, &[]).unwrap_err().kind(), ErrorKind::Frame);
    assert_eq!(ours.compare(9, &[]).unwrap_err().kind(), ErrorKind::NotState);
}

/// What is counted for one part of an image of an unknown type is not counted for the next.
#[test]
fn many_parts_side_by_side_are_compared_without_their_type() {
    let parts = |last: u8| -> Vec<(u8, Option<Vec<(u8, Option<Box<u8>>)>>)> {
        let part = |number: u8| (number, Some(vec![(number, Some(Box::new(number))); 3]));
        (0..3000).map(|_| part(1)).chain([part(last)]).collect()
    };
    let bytes = |last| Options::new().with_schema().dumps(&parts(last)).unwrap();
    let (ours, theirs) = (bytes(2), bytes(3));
    let (ours, theirs) = (Inspection::open(&ours).unwrap(), Inspection::open(&theirs).unwrap());
    let found = ours.compare(&theirs, 100).unwrap();
    assert_eq!(found.len(), 7);
    assert_eq!(found[0].to_string(), "[3000].0: 2, theirs 3");
    assert!(ours.compare(&ours, 100).unwrap().is_empty());
}

/// A walk by a schema that came with the bytes is limited by the stack and by the number of bytes.
#[test]
fn states_of_unknown_types_are_compared_as_far_as_they_may_go() {
    #[derive(State, Clone)]
    struct Nothing;
    let bytes = |count: usize| Options::new().with_schema().dumps(&vec![Nothing; count]).unwrap();
    let (many, fewer) = (bytes(1_200_000), bytes(1_199_999));
    let of = |bytes| Inspection::open(bytes).unwrap();
    assert_eq!(of(&many).compare(&of(&many), 9).unwrap().len(), 0);
    assert_eq!(of(&many).compare(&of(&fewer), 9).unwrap().len(), 2);
}
