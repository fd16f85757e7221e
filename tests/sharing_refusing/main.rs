//! Graphs that are restored in place where something can refuse: live objects keep their identity and their skipped
//! fields, and after a refusal or a panic everything is unchanged.

macro_rules! cells {
    ($($test:ident: $of:ty, $weak:ty, $new:expr, $see:expr;)*) => {$(
        #[test]
        fn $test() {
            #[derive(State)]
            struct World {
                first: $of,
                again: Option<$of>,
                list: Vec<$of>,
                watch: $weak,
                map: BTreeMap<u8, $weak>,
                #[state(with = checked)]
                refuses: u32,
            }
            let new: fn(u32) -> $of = $new;
            let see: fn(&$of) -> (u32, u32) = $see;
            let make = |value| {
                let (first, second) = (new(value), new(value + 1));
                World {
                    watch: <$of>::downgrade(&first),
                    map: [(3, <$of>::downgrade(&second)), (4, <$weak>::new())].into(),
                    again: Some(first.clone()),
                    list: vec![second.clone(), new(value + 2), second],
                    first,
                    refuses: 0,
                }
            };
            in_place(&make(100), || make(1), |how, mut live, load| {
                let (outside, weak, third) = (live.first.clone(), live.map[&3].clone(), live.list[1].clone());
                load(&mut live);
                assert_eq!((see(&live.first), see(&live.list[0]), see(&live.list[1])), ((100, 7), (101, 7), (102, 7)), "{how}");
                assert!(<$of>::ptr_eq(&outside, &live.first), "{how}");
                assert!(<$of>::ptr_eq(&outside, live.again.as_ref().unwrap()), "{how}");
                assert!(<$of>::ptr_eq(&outside, &live.watch.upgrade().unwrap()), "{how}");
                assert!(<$of>::ptr_eq(&live.list[0], &live.list[2]), "{how}");
                assert!(<$of>::ptr_eq(&live.list[0], &weak.upgrade().unwrap()), "{how}");
                assert!(<$of>::ptr_eq(&live.list[0], &live.map[&3].upgrade().unwrap()), "{how}");
                assert!(<$of>::ptr_eq(&live.list[1], &third), "{how}");
                assert!(live.map[&4].upgrade().is_none(), "{how}");
            });
        }
    )*};
}

#[path = "../counted/alive.rs"]
mod alive;
mod dropped;
mod hooks;
#[path = "../numbers/mod.rs"]
mod numbers;
mod random;
mod scene;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use state_core::{Dynamic, History, State, dumps, dynamic, load_into, pickle};

/// The values that each part refuses, and at which it panics.
const BAD: u32 = u32::MAX;

const PANICS: u32 = u32::MAX - 1;

mod checked {
    pub type Slot = u32;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that `with` asks for")]
    pub fn get(value: &u32) -> u32 {
        *value
    }

    pub fn set(slot: u32) -> Result<u32, &'static str> {
        assert_ne!(slot, super::PANICS, "this one panics");
        if slot == super::BAD { Err("too much") } else { Ok(slot) }
    }
}

#[derive(State, Debug)]
struct Node {
    value: u32,
    #[state(skip)]
    gpu: u32,
}

fn node(value: u32) -> Node {
    Node { value, gpu: 7 }
}

/// Restores a saved value into another, in each way of restoring in place.
fn in_place<T: state_core::RestoreOwned>(saved: &T, make: impl Fn() -> T, test: impl Fn(&str, T, &dyn Fn(&mut T))) {
    let bytes = dumps(saved).unwrap();
    test("bytes", make(), &|live| load_into(&bytes, live).unwrap());
    let pickled = pickle::dumps(saved).unwrap();
    test("pickle", make(), &|live| pickle::load_into(&pickled, live).unwrap());
    let mut history = History::new();
    history.push(1, saved).unwrap();
    test("history", make(), &|live| history.restore(1, live).unwrap());
}

cells! {
    ref_cells: Rc<RefCell<Node>>, Weak<RefCell<Node>>, |value| Rc::new(RefCell::new(node(value))),
        |of| (of.borrow().value, of.borrow().gpu);
    mutexes: Arc<Mutex<Node>>, std::sync::Weak<Mutex<Node>>, |value| Arc::new(Mutex::new(node(value))),
        |of| { let of = of.lock().unwrap(); (of.value, of.gpu) };
    locks: Arc<RwLock<Node>>, std::sync::Weak<RwLock<Node>>, |value| Arc::new(RwLock::new(node(value))),
        |of| { let of = of.read().unwrap(); (of.value, of.gpu) };
    boxes_in_cells: Rc<RefCell<Box<Node>>>, Weak<RefCell<Box<Node>>>, |value| Rc::new(RefCell::new(Box::new(node(value)))),
        |of| (of.borrow().value, of.borrow().gpu);
    plain_cells: Rc<Cell<u32>>, Weak<Cell<u32>>, |value| Rc::new(Cell::new(value)), |of| (of.get(), 7);
    atomics: Arc<AtomicU32>, std::sync::Weak<AtomicU32>, |value| Arc::new(AtomicU32::new(value)),
        |of| (of.load(Ordering::Relaxed), 7);
}

/// A scene: parents, references forward, shared text, and absent parts.
trait Plugin: Dynamic {}

dynamic!(dyn Plugin = open);

trait Part: Dynamic {}

#[derive(State)]
struct Sprite {
    target: Weak<RefCell<Entity>>,
}

#[derive(State)]
#[state(after_set = Self::after_set)]
struct Timer {
    left: u32,
}

impl Timer {
    fn after_set(&mut self) -> Result<(), &'static str> {
        if self.left == BAD { Err("too long") } else { Ok(()) }
    }
}

impl Part for Sprite {}

impl Part for Timer {}

dynamic!(dyn Part = [Sprite, Timer]);

#[derive(State)]
#[state(shared)]
struct Entity {
    value: u32,
    name: Rc<str>,
    #[state(skip)]
    gpu: u32,
    parent: Weak<RefCell<Entity>>,
    children: Vec<Rc<RefCell<Entity>>>,
    next: Option<Weak<RefCell<Entity>>>,
    parts: Vec<Box<dyn Part>>,
}

#[derive(State)]
struct Scene {
    root: Rc<RefCell<Entity>>,
    selected: Weak<RefCell<Entity>>,
    plugins: Vec<Box<dyn Plugin>>,
}

fn entity(value: u32, name: &Rc<str>, parent: &Weak<RefCell<Entity>>) -> Rc<RefCell<Entity>> {
    Rc::new(RefCell::new(Entity {
        value,
        name: name.clone(),
        gpu: value + 1000,
        parent: parent.clone(),
        children: Vec::new(),
        next: None,
        parts: Vec::new(),
    }))
}

/// A tree of three levels, in which each child knows the next.
fn scene() -> Scene {
    let name: Rc<str> = "entity".into();
    let root = entity(0, &name, &Weak::new());
    for at in 1..4 {
        let child = entity(at, &name, &Rc::downgrade(&root));
        for below in 1..3 {
            let leaf = entity(at * 10 + below, &name, &Rc::downgrade(&child));
            child.borrow_mut().children.push(leaf);
        }
        root.borrow_mut().children.push(child);
    }
    let children = root.borrow().children.clone();
    for pair in children.windows(2) {
        pair[0].borrow_mut().next = Some(Rc::downgrade(&pair[1]));
    }
    let target = Rc::downgrade(&children[2].borrow().children[1]);
    children[0].borrow_mut().parts.push(Box::new(Sprite { target }));
    Scene { selected: Rc::downgrade(&children[1]), root, plugins: Vec::new() }
}

/// All entities, parents first.
fn all(scene: &Scene) -> Vec<Rc<RefCell<Entity>>> {
    let mut all = vec![scene.root.clone()];
    let mut at = 0;
    while at < all.len() {
        let children = all[at].borrow().children.clone();
        all.extend(children);
        at += 1;
    }
    all
}
