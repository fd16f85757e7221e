//! States with shared objects, written by older forms of their types.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::evolve::{Amendments, Form};
use state_core::image::{load_file, save, stream};
use state_core::{
    ErrorKind, Inspection, Options, Restore, State, check, dumps, load_into, loads, loads_upgraded, upgrade,
};

fn carried<T: State>(value: &T) -> Vec<u8> {
    Options::new().with_schema().dumps(value).unwrap()
}

/// The result of upgrading an older state, in both ways.
fn upgraded<T: State + for<'a> Restore<'a>>(older: &impl State) -> T {
    let bytes = carried(older);
    let made = upgrade::<T>(&bytes).unwrap();
    check::<T>(&made).unwrap();
    let value = loads_upgraded::<T>(&bytes).unwrap();
    assert_eq!(dumps(&value).unwrap(), *made, "a dump of it gives the same bytes");
    value
}

mod v1 {
    use super::{Rc, RefCell, State, Weak};

    #[derive(State)]
    #[state(name = "Leaf")]
    pub struct Leaf {
        pub number: u16,
    }

    #[derive(State)]
    #[state(name = "Scene", shared)]
    pub struct Scene {
        pub floor: Rc<Leaf>,
        pub walls: Vec<Rc<Leaf>>,
        pub text: (Rc<str>, Rc<str>),
        pub favourite: Weak<Leaf>,
        pub gone: Rc<Leaf>,
    }

    #[derive(State)]
    #[state(name = "Node", shared, cyclic)]
    pub struct Node {
        pub name: String,
        pub next: Vec<Rc<RefCell<Node>>>,
        pub parent: Weak<RefCell<Node>>,
    }
}

/// The next version: slots added, removed, moved and renamed, and numbers widened.
mod v2 {
    use super::{Rc, RefCell, State, Weak};

    #[derive(State)]
    #[state(name = "Leaf")]
    pub struct Leaf {
        #[state(default = new)]
        pub name: Rc<str>,
        pub number: u32,
    }

    fn new() -> Rc<str> {
        "new".into()
    }

    #[derive(State)]
    #[state(name = "Scene", shared, removed("gone"))]
    pub struct Scene {
        pub favourite: Weak<Leaf>,
        pub text: (Rc<str>, Rc<str>),
        #[state(alias("walls"))]
        pub sides: Vec<Rc<Leaf>>,
        pub floor: Rc<Leaf>,
        #[state(default)]
        pub watched: Weak<Leaf>,
    }

    #[derive(State)]
    #[state(name = "Node", shared, cyclic)]
    pub struct Node {
        pub parent: Weak<RefCell<Node>>,
        #[state(default)]
        pub age: Option<u8>,
        pub next: Vec<Rc<RefCell<Node>>>,
        pub name: String,
    }
}

fn scene() -> v1::Scene {
    let leaf = |number| Rc::new(v1::Leaf { number });
    let (stone, straw, text) = (leaf(7), leaf(8), Rc::<str>::from("text"));
    v1::Scene {
        floor: stone.clone(),
        walls: vec![leaf(1), stone, straw.clone()],
        text: (text.clone(), text),
        favourite: Rc::downgrade(&straw),
        gone: straw,
    }
}

fn is_scene(scene: &v2::Scene) {
    let numbers: Vec<_> = scene.sides.iter().map(|leaf| leaf.number).collect();
    assert_eq!((numbers, scene.floor.number), (vec![1, 7, 8], 7));
    assert!(scene.sides.iter().all(|leaf| &*leaf.name == "new"));
    assert!(Rc::ptr_eq(&scene.floor, &scene.sides[1]) && Rc::strong_count(&scene.sides[2]) == 1);
    assert!(Rc::ptr_eq(&scene.favourite.upgrade().unwrap(), &scene.sides[2]) && scene.watched.upgrade().is_none());
    assert!(Rc::ptr_eq(&scene.text.0, &scene.text.1) && &*scene.text.0 == "text");
}

#[test]
fn an_object_that_grew_a_slot_stays_one_object() {
    is_scene(&upgraded::<v2::Scene>(&scene()));
}

#[test]
fn an_object_is_made_where_it_is_first_referred_to_now() {
    // Its first reference was in a removed slot, or after one that comes first now.
    let mut older = scene();
    older.gone = older.floor.clone();
    older.floor = older.walls[2].clone();
    older.walls.reverse();
    let back = upgraded::<v2::Scene>(&older);
    assert!(Rc::ptr_eq(&back.floor, &back.sides[0]) && (back.floor.number, back.sides[1].number) == (8, 7));
    assert_eq!(Rc::strong_count(&back.sides[1]), 1, "nothing refers to it any more");
}

#[test]
fn cycles_and_parents_come_along() {
    let node = |name: &str| Rc::new(RefCell::new(v1::Node { name: name.into(), next: vec![], parent: Weak::new() }));
    let (a, b, c) = (node("a"), node("b"), node("c"));
    a.borrow_mut().next = vec![b.clone(), c.clone(), a.clone()];
    b.borrow_mut().next = vec![c.clone(), a.clone()];
    b.borrow_mut().parent = Rc::downgrade(&c);
    c.borrow_mut().parent = Rc::downgrade(&a);

    let back: Rc<RefCell<v2::Node>> = upgraded(&a);
    let (next, name) = (
        |node: &Rc<RefCell<v2::Node>>, at: usize| node.borrow().next[at].clone(),
        |node: &Rc<RefCell<v2::Node>>| node.borrow().name.clone(),
    );
    let (b2, c2) = (next(&back, 0), next(&back, 1));
    assert_eq!((name(&back), name(&b2), name(&c2)), ("a".into(), "b".into(), "c".into()));
    assert!(Rc::ptr_eq(&next(&back, 2), &back) && Rc::ptr_eq(&next(&b2, 0), &c2) && Rc::ptr_eq(&next(&b2, 1), &back));
    assert!(Rc::ptr_eq(&b2.borrow().parent.upgrade().unwrap(), &c2));
    assert!(Rc::ptr_eq(&c2.borrow().parent.upgrade().unwrap(), &back) && back.borrow().age.is_none());
    for cycle in [a, b] {
        cycle.borrow_mut().next.clear();
    }
    for cycle in [back, b2] {
        cycle.borrow_mut().next.clear();
    }
}

#[test]
fn a_live_scene_is_restored_from_an_older_one() {
    let bytes = carried(&scene());
    let mut live: v2::Scene = loads_upgraded(&bytes).unwrap();
    let floor = live.floor.clone();
    live.sides.remove(0);
    load_into(&upgrade::<v2::Scene>(&bytes).unwrap(), &mut live).unwrap();
    is_scene(&live);
    drop(floor);
}

#[test]
fn files_and_streams_are_upgraded() {
    let path = std::env::temp_dir().join(format!("state-sharing-upgrade-{}", std::process::id()));
    save(&path, &scene()).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    is_scene(&loads_upgraded(&bytes).unwrap());
    let older: v1::Scene = load_file(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(Rc::ptr_eq(&older.floor, &older.walls[1]));

    let mut writer = stream::StreamWriter::new(Vec::new()).unwrap();
    for _ in 0..3 {
        writer.write(&scene()).unwrap();
    }
    let bytes = writer.into_inner();
    let mut reader = stream::StreamReader::new(&bytes[..]).unwrap();
    let mut live: v2::Scene = reader.load().unwrap().unwrap();
    is_scene(&live);
    assert!(reader.load_into(&mut live).unwrap());
    is_scene(&live);
    is_scene(&reader.load().unwrap().unwrap());
}

#[test]
fn a_program_without_the_types_upgrades_them() {
    let older = carried(&scene());
    let mut amendments = Amendments::default();
    amendments.default = true;
    amendments.removed.push("gone".into());
    amendments.aliases.push(("walls".into(), "sides".into()));
    let present = Form::of::<v2::Scene>().unwrap().keep(&amendments);
    let bytes = present.resolve(&Form::open(&older).unwrap()).unwrap().upgrade(&older).unwrap();
    let back: v2::Scene = loads(&bytes).unwrap();
    assert!(Rc::ptr_eq(&back.floor, &back.sides[1]) && back.floor.name.is_empty());
    assert!(Inspection::open(&bytes).unwrap().tree().unwrap().contains("<shared 1>"));

    let mut writer = stream::StreamWriter::new(Vec::new()).unwrap();
    writer.write(&scene()).unwrap();
    let stream = writer.into_inner();
    let mut made = Vec::new();
    assert_eq!(stream::StreamReader::new(&stream[..]).unwrap().upgrade_into(present, &mut made).unwrap(), 1);
    let back: v2::Scene = stream::StreamReader::new(&made[..]).unwrap().load().unwrap().unwrap();
    assert!(Rc::ptr_eq(&back.text.0, &back.text.1) && Rc::ptr_eq(&back.floor, &back.sides[1]));
}

#[test]
fn a_state_from_before_it_was_shared_becomes_one_that_shares() {
    mod plain {
        #[derive(state_core::State)]
        #[state(name = "Pair")]
        pub struct Pair {
            pub a: std::rc::Rc<u8>,
            pub b: Box<u8>,
            pub c: u8,
        }
    }
    #[derive(State)]
    #[state(name = "Pair", shared)]
    struct Pair {
        a: Rc<u16>,
        #[state(default)]
        watch: Weak<u16>,
        b: Rc<u8>,
        c: Rc<u8>,
    }
    let back: Pair = upgraded(&plain::Pair { a: Rc::new(1), b: Box::new(2), c: 3 });
    assert_eq!((*back.a, *back.b, *back.c, back.watch.upgrade()), (1, 2, 3, None));
}

/// Which pointers share is not part of the fingerprint, but of the bytes.
#[test]
fn a_pointer_that_no_longer_shares_is_another_form_with_the_same_fingerprint() {
    mod older {
        #[derive(state_core::State)]
        #[state(name = "Twins", shared)]
        pub struct Twins {
            pub a: std::rc::Rc<u64>,
            pub b: std::rc::Rc<u64>,
        }
    }
    #[derive(State, Debug)]
    #[state(name = "Twins", shared)]
    struct Twins {
        a: Box<u64>,
        b: Rc<u64>,
    }
    let apart = carried(&older::Twins { a: Rc::new(1), b: Rc::new(2) });
    let twins = loads_upgraded::<Twins>(&apart).unwrap();
    assert_eq!((*twins.a, *twins.b), (1, 2));
    assert_eq!(*loads::<Twins>(&upgrade::<Twins>(&apart).unwrap()).unwrap().b, 2);
    let mut writer = stream::StreamWriter::new(Vec::new()).unwrap();
    writer.write(&older::Twins { a: Rc::new(3), b: Rc::new(4) }).unwrap();
    let file = writer.into_inner();
    let read = stream::StreamReader::new(&file[..]).unwrap().states::<Twins>().next().unwrap().unwrap();
    assert_eq!((*read.a, *read.b), (3, 4));

    let one = Rc::new(1);
    let shared = carried(&older::Twins { a: one.clone(), b: one });
    let error = loads_upgraded::<Twins>(&shared).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Identity);
    assert_eq!(
        error.to_string(),
        "Twins.b: expected shared pointers of one type wherever they lead to one object, found an older state in which an \
         object is shared that the present form does not share, or only by pointers of several types; keep these pointers as \
         they were, or load the state as the older types and convert it in the program"
    );
    let error = loads::<Twins>(&apart).unwrap_err();
    assert_eq!(
        (error.kind(), &*error.to_string()),
        (
            ErrorKind::Identity,
            "Twins: expected a state with the shared pointers of this type, found one of another version with others; \
             `loads_upgraded` accepts older states"
        )
    );
}

#[test]
fn an_object_of_its_own_may_leave_its_pointer_and_a_shared_one_may_not() {
    mod older {
        #[derive(state_core::State)]
        #[state(name = "Pair", shared)]
        pub struct Pair {
            pub a: std::rc::Rc<u8>,
            pub b: std::rc::Rc<u8>,
        }
    }
    #[derive(State, Debug)]
    #[state(name = "Pair", shared)]
    struct Pair {
        a: u8,
        b: Rc<u8>,
    }
    #[derive(State, Debug)]
    #[state(name = "Pair", shared)]
    struct Mixed {
        a: Arc<u8>,
        b: Rc<u16>,
    }
    let pair: Pair = upgraded(&older::Pair { a: Rc::new(1), b: Rc::new(2) });
    assert_eq!((pair.a, *pair.b), (1, 2));
    let one = Rc::new(1);
    let bytes = carried(&older::Pair { a: one.clone(), b: one });
    for error in [loads_upgraded::<Pair>(&bytes).unwrap_err(), loads_upgraded::<Mixed>(&bytes).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Identity, "{error}");
        assert!(error.to_string().contains("shared pointers of one type wherever they lead to one object"), "{error}");
    }
}

#[test]
fn what_is_borrowed_is_borrowed_from_the_upgraded_bytes() {
    #[derive(State, Debug)]
    #[state(name = "Scene", shared, removed("gone", "favourite", "walls"))]
    struct Looks<'a> {
        text: (&'a str, &'a str),
        floor: Rc<v2::Number>,
    }
    mod v2 {
        #[derive(state_core::State, Debug)]
        #[state(name = "Leaf")]
        pub struct Number {
            pub number: u64,
        }
    }
    mod owned {
        #[derive(state_core::State)]
        #[state(name = "Scene", shared)]
        pub struct Scene {
            pub floor: std::rc::Rc<super::v1::Leaf>,
            pub text: (String, String),
        }
    }
    let older = owned::Scene { floor: Rc::new(v1::Leaf { number: 3 }), text: ("a".into(), "b".into()) };
    let bytes = carried(&older);
    let made = upgrade::<Looks<'_>>(&bytes).unwrap();
    let looks: Looks<'_> = loads(&made).unwrap();
    assert_eq!((looks.text, looks.floor.number), (("a", "b"), 3));
}

#[test]
fn a_part_with_shared_objects_is_not_converted_by_itself() {
    mod older {
        #[derive(state_core::State)]
        #[state(name = "Held")]
        pub struct Held {
            pub leaf: std::rc::Rc<super::v1::Leaf>,
        }
        #[derive(state_core::State)]
        #[state(name = "All", shared)]
        pub struct All {
            pub held: Vec<Held>,
        }
    }
    #[derive(State, Debug)]
    #[state(name = "Held", from(older::Held))]
    struct Held {
        number: u32,
    }
    impl TryFrom<older::Held> for Held {
        type Error = String;
        fn try_from(old: older::Held) -> Result<Self, String> {
            Ok(Self { number: old.leaf.number.into() })
        }
    }
    #[derive(State, Debug)]
    #[state(name = "All", shared)]
    struct All {
        held: Vec<Held>,
    }
    let leaf = Rc::new(v1::Leaf { number: 1 });
    let bytes = carried(&older::All { held: vec![older::Held { leaf: leaf.clone() }, older::Held { leaf }] });
    let error = loads_upgraded::<All>(&bytes).unwrap_err();
    assert!(error.to_string().starts_with("All.held[]: expected a part without shared objects"), "{error}");
    assert!(error.to_string().contains("put these on parts without shared objects, or load the state as"), "{error}");
}

#[test]
fn every_byte_changed_is_a_scene_or_an_error() {
    let honest = carried(&scene());
    for at in 0..honest.len() {
        for change in [1, 2, 3, 0x80, 0xFF] {
            let mut bytes = honest.clone();
            bytes[at] ^= change;
            let made = upgrade::<v2::Scene>(&bytes);
            let loaded = loads_upgraded::<v2::Scene>(&bytes);
            if let Ok(made) = made {
                assert_eq!(check::<v2::Scene>(&made).is_ok(), loaded.is_ok(), "byte {at}");
            }
        }
    }
}
