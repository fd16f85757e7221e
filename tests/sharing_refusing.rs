//! Graphs that are restored in place where something can refuse: live objects stay the objects that they are, with what
//! they skip, and after a refusal or a panic all is as it was.

#![allow(clippy::default_constructed_unit_structs, reason = "it counts what is made")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use state_core::image::compare;
use state_core::{Dynamic, History, State, dumps, dynamic, from_value, load_into, loads, member, pickle, to_value};

/// What each part refuses, and at what it panics.
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

/// Restores what was saved of a value into another, in each way in which that is done in place.
fn in_place<T: state_core::RestoreOwned>(saved: &T, make: impl Fn() -> T, test: impl Fn(&str, T, &dyn Fn(&mut T))) {
    let bytes = dumps(saved).unwrap();
    test("bytes", make(), &|live| load_into(&bytes, live).unwrap());
    let pickled = pickle::dumps(saved).unwrap();
    test("pickle", make(), &|live| pickle::load_into(&pickled, live).unwrap());
    let mut history = History::new();
    history.push(1, saved).unwrap();
    test("history", make(), &|live| history.restore(1, live).unwrap());
}

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

/// A scene: parents, references forward, shared text, and parts that are not there.
trait Plugin: Dynamic {}

#[derive(State)]
struct Echo {
    #[state(with = checked)]
    delay: u32,
}

impl Plugin for Echo {}

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

#[test]
fn a_scene_keeps_its_entities() {
    member_once();
    in_place(&scene(), scene, |how, mut live, load| {
        let handles: Vec<_> = all(&live).iter().map(Rc::downgrade).collect();
        for entity in all(&live) {
            entity.borrow_mut().value += 500;
        }
        load(&mut live);
        let after = all(&live);
        assert_eq!(after.len(), 10, "{how}");
        for (entity, handle) in after.iter().zip(&handles) {
            assert!(Rc::ptr_eq(entity, &handle.upgrade().unwrap()), "{how}");
            let entity = entity.borrow();
            assert!(entity.value < 500 && entity.gpu == entity.value + 1000, "{how}: {}", entity.value);
            for child in &entity.children {
                assert!(child.borrow().parent.as_ptr() == handle.as_ptr(), "{how}");
            }
        }
        assert!(Rc::ptr_eq(&live.selected.upgrade().unwrap(), &after[2]), "{how}");
        let next = after[1].borrow().next.clone().unwrap();
        assert!(Rc::ptr_eq(&next.upgrade().unwrap(), &after[2]), "{how}");
        assert_eq!(dumps(&live).unwrap(), dumps(&scene()).unwrap(), "{how}");
    });
    // And by values.
    let mut live = scene();
    let handles: Vec<_> = all(&live).iter().map(Rc::downgrade).collect();
    live.root.borrow_mut().value = 9;
    let other: Scene = from_value(&to_value(&scene()).unwrap()).unwrap();
    load_into(&dumps(&other).unwrap(), &mut live).unwrap();
    assert!(
        all(&live)
            .iter()
            .zip(&handles)
            .all(|(entity, handle)| entity.borrow().gpu >= 1000 && handle.as_ptr() == Rc::as_ptr(entity))
    );
}

fn member_once() {
    <dyn Plugin>::register([member!(Echo)]).unwrap();
}

/// A refusal anywhere: nothing has changed, and nobody has lost a handle.
#[test]
fn a_refusal_leaves_the_graph_as_it_was() {
    member_once();
    let refused: [fn(&mut Scene); 3] = [
        |scene| scene.plugins.push(Box::new(Echo { delay: BAD })),
        |scene| all(scene)[4].borrow_mut().parts.push(Box::new(Timer { left: BAD })),
        |scene| {
            scene.plugins.push(Box::new(Echo { delay: 1 }));
            scene.plugins.push(Box::new(Echo { delay: PANICS }));
        },
    ];
    for spoil in refused {
        let mut saved = scene();
        spoil(&mut saved);
        saved.root.borrow_mut().children.remove(1);
        let bytes = dumps(&saved).unwrap();
        let mut live = scene();
        let (before, handles) = (dumps(&live).unwrap(), all(&live));
        let done = catch_unwind(AssertUnwindSafe(|| load_into(&bytes, &mut live)));
        assert!(!matches!(done, Ok(Ok(()))));
        assert_eq!(dumps(&live).unwrap(), before);
        assert!(all(&live).iter().zip(&handles).all(|(entity, handle)| Rc::ptr_eq(entity, handle)));
        assert!(handles.iter().all(|entity| entity.borrow().gpu == entity.borrow().value + 1000));
    }
}

/// Hooks of objects that skip something are called on the live objects, once, with all references set; where one refuses,
/// all states are exchanged back.
mod hooked {
    use super::*;

    thread_local! {
        pub static CALLS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
        pub static ALIVE: Cell<isize> = const { Cell::new(0) };
    }

    #[derive(Debug)]
    pub struct Counted;

    impl Default for Counted {
        fn default() -> Self {
            ALIVE.set(ALIVE.get() + 1);
            Self
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            ALIVE.set(ALIVE.get() - 1);
        }
    }

    #[derive(State)]
    #[state(shared, cyclic, after_set = Self::after_set)]
    pub struct Linked {
        pub value: u32,
        #[state(skip)]
        pub cache: u32,
        #[state(skip)]
        pub counted: Counted,
        pub links: Vec<Rc<RefCell<Linked>>>,
        pub watch: Weak<RefCell<Linked>>,
        pub fixed: Option<Rc<Fixed>>,
        pub text: Rc<str>,
    }

    impl Linked {
        fn after_set(&mut self) -> Result<(), String> {
            CALLS.with_borrow_mut(|calls| calls.push(self.value));
            assert_ne!(self.value, PANICS, "this one panics");
            if self.value == BAD {
                return Err("bad".into());
            }
            self.cache = self.value * 2;
            Ok(())
        }
    }

    /// Without a cell: what refers to something from here cannot be changed.
    #[derive(State)]
    #[state(shared, after_set = Self::after_set)]
    pub struct Fixed {
        pub value: u32,
        #[state(skip)]
        pub cache: u32,
        pub to: Option<Rc<RefCell<Leaf>>>,
    }

    impl Fixed {
        fn after_set(&mut self) {
            self.cache = self.value * 3;
        }
    }

    #[derive(State)]
    #[state(after_set = Self::after_set)]
    pub struct Leaf {
        pub value: u32,
        #[state(skip)]
        pub cache: u32,
    }

    impl Leaf {
        fn after_set(&mut self) {
            self.cache = self.value * 4;
        }
    }

    #[derive(State)]
    pub struct Graph {
        pub nodes: Vec<Rc<RefCell<Linked>>>,
        pub leaves: Vec<Rc<RefCell<Leaf>>>,
    }

    pub struct Random(pub u64);

    impl Random {
        pub fn below(&mut self, most: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % most
        }
    }

    /// Where `acyclic`, nodes refer to later ones alone. Where `deep`, objects without a cell lead to some with one.
    pub fn graph(random: &mut Random, len: usize, acyclic: bool, deep: bool) -> Graph {
        let leaves: Vec<_> = (0..3).map(|value| Rc::new(RefCell::new(Leaf { value, cache: value * 4 }))).collect();
        let texts: Vec<Rc<str>> = (0..2).map(|at| format!("text {at}").into()).collect();
        let fixed: Vec<_> = (0..3)
            .map(|at| {
                let value = random.below(50) as u32;
                let to = (at > 0 && deep).then(|| leaves[random.below(3)].clone());
                Rc::new(Fixed { value, cache: value * 3, to })
            })
            .collect();
        let nodes: Vec<_> = (0..len)
            .map(|_| {
                let value = random.below(100) as u32;
                Rc::new(RefCell::new(Linked {
                    value,
                    cache: value * 2,
                    counted: Counted::default(),
                    links: Vec::new(),
                    watch: Weak::new(),
                    fixed: (random.below(3) > 0).then(|| fixed[random.below(3)].clone()),
                    text: texts[random.below(2)].clone(),
                }))
            })
            .collect();
        for (at, node) in nodes.iter().enumerate() {
            for _ in 0..random.below(3) {
                let to = if acyclic { at + 1 + random.below(len) } else { random.below(len) };
                if let Some(to) = nodes.get(to) {
                    node.borrow_mut().links.push(to.clone());
                }
            }
            node.borrow_mut().watch = Rc::downgrade(&nodes[random.below(len)]);
        }
        let leaves = if random.below(2) == 0 { leaves } else { Vec::new() };
        Graph { nodes, leaves }
    }

    pub fn open(nodes: &[Rc<RefCell<Linked>>]) {
        let mut todo = nodes.to_vec();
        while let Some(node) = todo.pop() {
            todo.append(&mut node.borrow_mut().links);
        }
    }

    /// Each node's skipped field is what its hook makes of its value.
    pub fn is_rebuilt(graph: &Graph) -> bool {
        graph.nodes.iter().all(|node| {
            let node = node.borrow();
            let fixed = node.fixed.as_ref().is_none_or(|fixed| {
                fixed.cache == fixed.value * 3
                    && fixed.to.as_ref().is_none_or(|leaf| leaf.borrow().cache == leaf.borrow().value * 4)
            });
            node.cache == node.value * 2 && fixed
        }) && graph.leaves.iter().all(|leaf| leaf.borrow().cache == leaf.borrow().value * 4)
    }
}

#[test]
fn random_graphs_with_hooks_become_what_a_load_gives() {
    use hooked::{ALIVE, Graph, Linked, Random, graph, is_rebuilt, open};
    let before = ALIVE.get();
    let mut random = Random(3);
    for round in 0..if cfg!(miri) { 8 } else { 400 } {
        let (acyclic, deep) = (round % 2 == 0, round % 4 > 1);
        let lens = [1 + random.below(5), 1 + random.below(5)];
        let saved = graph(&mut random, lens[0], acyclic, deep);
        let mut live = graph(&mut random, lens[1], acyclic, deep);
        let bytes = dumps(&saved).unwrap();
        let same = |graph: &Graph, bytes: &[u8], how: &str| {
            let theirs = dumps(graph).unwrap();
            let found = compare::<Graph>(bytes, &theirs).unwrap().next().map(|found| found.to_string());
            assert_eq!(found, None, "{how}, {round}");
            assert!(is_rebuilt(graph), "{how}, {round}");
        };
        let fresh: Graph = loads(&bytes).unwrap();
        same(&fresh, &bytes, "loaded");
        let held: Vec<Rc<RefCell<Linked>>> = live.nodes.clone();

        // Refused, or a panic, at each node.
        let was = dumps(&live).unwrap();
        for (at, spoiled) in saved.nodes.iter().enumerate() {
            let value = spoiled.borrow().value;
            spoiled.borrow_mut().value = if at % 2 == 0 { BAD } else { PANICS };
            let spoiled_bytes = dumps(&saved).unwrap();
            spoiled.borrow_mut().value = value;
            let done = catch_unwind(AssertUnwindSafe(|| load_into(&spoiled_bytes, &mut live)));
            if let Ok(done) = done {
                let error = done.unwrap_err().to_string();
                assert!(error.contains("Graph.nodes["), "{error}");
            }
            assert_eq!(dumps(&live).unwrap(), was, "refused, {round}");
            assert!(live.nodes.iter().zip(&held).all(|(node, held)| Rc::ptr_eq(node, held)), "refused, {round}");
        }

        let borrowed = (round % 3 == 1).then(|| held[random.below(lens[1])].borrow());
        load_into(&bytes, &mut live).unwrap();
        drop(borrowed);
        same(&live, &bytes, "in place");
        if round % 3 != 1 && acyclic && !deep {
            for (node, held) in live.nodes.iter().zip(&held) {
                assert!(Rc::ptr_eq(node, held), "{round}");
            }
        }
        // What is replaced may be a ring.
        let first = live.nodes.clone();
        load_into(&bytes, &mut live).unwrap();
        same(&live, &bytes, "in place again");
        for nodes in [&saved.nodes, &fresh.nodes, &held, &first, &live.nodes] {
            open(nodes);
        }
        drop((saved, fresh, held, first, live));
        assert_eq!(ALIVE.get(), before, "leaks, {round}");
    }
}

/// What a hook does to the live value before it refuses.
#[derive(State)]
#[state(shared, after_set = Shelf::arrange)]
struct Shelf {
    items: Vec<Rc<RefCell<Node>>>,
    plain: Rc<Plain>,
    first: Option<Rc<RefCell<Node>>>,
    way: u32,
    #[state(skip)]
    taken: Vec<Rc<Plain>>,
}

#[derive(State)]
struct Plain {
    to: Rc<RefCell<Node>>,
}

impl Shelf {
    fn new(value: u32, way: u32) -> Self {
        let new = |value| Rc::new(RefCell::new(node(value)));
        let items = vec![new(value), new(value + 1), new(value + 2)];
        let plain = Rc::new(Plain { to: new(value + 3) });
        Self { first: Some(items[0].clone()), items, plain, way, taken: Vec::new() }
    }

    fn arrange(&mut self) -> Result<(), &'static str> {
        match self.way {
            0 => return Ok(()),
            1 => self.items.clear(),
            2 => self.items.reverse(),
            3 => self.items.truncate(1),
            4 => self.items.push(Rc::new(RefCell::new(node(99)))),
            5 => self.taken.push(self.plain.clone()),
            6 => self.first = Some(self.items[2].clone()),
            7 => self.items[0] = self.items[1].clone(),
            8 => self.items[1].borrow_mut().value = 1000,
            9 => {
                self.items.rotate_left(1);
                panic!("in the middle of it");
            }
            _ => self.first = None,
        }
        Err("no")
    }
}

#[test]
fn what_a_hook_changed_before_it_refused_is_as_it_was() {
    for way in 1..=10 {
        let saved = Shelf::new(101, way);
        let (bytes, pickled) = (dumps(&saved).unwrap(), pickle::dumps(&saved).unwrap());
        let mut history = History::new();
        history.push(1, &saved).unwrap();
        for how in 0..3 {
            let mut live = Shelf::new(1, 0);
            let (items, plain, to) = (live.items.clone(), live.plain.clone(), live.plain.to.clone());
            // With a second owner it is replaced as a whole, and without one entered.
            let plain = (way % 2 == 0).then_some(plain);
            let failed = catch_unwind(AssertUnwindSafe(|| match how {
                0 => load_into(&bytes, &mut live).is_err(),
                1 => pickle::load_into(&pickled, &mut live).is_err(),
                _ => history.restore(1, &mut live).is_err(),
            }));
            assert!(failed.unwrap_or(true), "{way} {how}");
            assert_eq!((live.way, live.items.len()), (0, 3), "{way} {how}");
            for (at, item) in items.iter().enumerate() {
                assert!(Rc::ptr_eq(item, &live.items[at]), "{way} {how}");
                assert_eq!((item.borrow().value, item.borrow().gpu), (1 + at as u32, 7), "{way} {how}");
            }
            assert!(Rc::ptr_eq(live.first.as_ref().unwrap(), &items[0]), "{way} {how}");
            assert!(Rc::ptr_eq(&live.plain.to, &to) && to.borrow().value == 4, "{way} {how}");
            assert!(plain.is_none_or(|plain| Rc::ptr_eq(&plain, &live.plain)), "{way} {how}");
        }
    }
}

#[test]
fn a_lock_that_the_caller_holds_is_not_waited_for() {
    #[derive(State)]
    #[state(shared, after_set = Locked::judge)]
    struct Locked {
        held: Arc<Mutex<Node>>,
        again: Arc<Mutex<Node>>,
        read: [Arc<RwLock<Node>>; 2],
        free: [Arc<Mutex<Node>>; 2],
        is_good: bool,
        #[state(skip)]
        calls: u32,
    }
    impl Locked {
        fn judge(&mut self) -> Result<(), &'static str> {
            self.calls += 1;
            if self.is_good { Ok(()) } else { Err("no") }
        }
    }
    let new = |value, is_good| {
        let (held, free) = (Arc::new(Mutex::new(node(value))), Arc::new(Mutex::new(node(value + 1))));
        let read = Arc::new(RwLock::new(node(value + 2)));
        let (again, read, free) = (held.clone(), [read.clone(), read], [free.clone(), free]);
        Locked { held, again, read, free, is_good, calls: 0 }
    };
    let value = |of: &Arc<Mutex<Node>>| of.lock().unwrap().value;
    let mut live = new(1, true);
    let (held, read, free) = (live.held.clone(), live.read[0].clone(), live.free[0].clone());
    let guards = (held.lock().unwrap(), read.read().unwrap());
    assert!(load_into(&dumps(&new(101, false)).unwrap(), &mut live).is_err());
    assert!(Arc::ptr_eq(&live.held, &held) && Arc::ptr_eq(&live.again, &held) && Arc::ptr_eq(&live.read[1], &read));
    assert_eq!((guards.0.value, guards.1.value, value(&free)), (1, 3, 2));
    load_into(&dumps(&new(101, true)).unwrap(), &mut live).unwrap();
    // What is held is replaced, and what is free is entered.
    assert!(!Arc::ptr_eq(&live.held, &held) && Arc::ptr_eq(&live.held, &live.again));
    assert!(Arc::ptr_eq(&live.free[1], &free));
    assert_eq!((guards.0.value, guards.1.value, value(&free), value(&live.held)), (1, 3, 102, 101));
    assert_eq!(live.read[0].read().unwrap().value, 103);
}

#[test]
fn hooks_of_parts_come_before_those_of_wholes() {
    #[derive(State)]
    #[state(after_set = Leaf::double)]
    struct Leaf {
        value: u32,
        #[state(skip)]
        doubled: u32,
    }
    #[derive(State)]
    #[state(after_set = Branch::sum)]
    struct Branch {
        leaves: Vec<Rc<RefCell<Leaf>>>,
        below: Option<Rc<RefCell<Branch>>>,
        #[state(skip)]
        sum: u32,
    }
    #[derive(State)]
    #[state(shared)]
    struct Tree {
        leaves: Vec<Rc<RefCell<Leaf>>>,
        branches: Vec<Rc<RefCell<Branch>>>,
        #[state(with = checked)]
        refuses: u32,
    }
    impl Leaf {
        fn double(&mut self) {
            self.doubled = 2 * self.value;
        }
    }
    impl Branch {
        fn sum(&mut self) {
            let below = self.below.as_ref().map_or(0, |below| below.borrow().sum);
            self.sum = below + self.leaves.iter().map(|leaf| leaf.borrow().doubled).sum::<u32>();
        }
    }
    let tree = |value: u32| {
        let leaves: Vec<_> = (0..4).map(|at| Rc::new(RefCell::new(Leaf { value: value + at, doubled: 0 }))).collect();
        let branch = |at: usize, below: Option<&Rc<RefCell<Branch>>>| {
            let leaves = vec![leaves[at].clone(), leaves[3 - at].clone()];
            Rc::new(RefCell::new(Branch { leaves, below: below.cloned(), sum: 0 }))
        };
        let low = branch(0, None);
        let middle = branch(1, Some(&low));
        let high = branch(2, Some(&middle));
        Tree { leaves: leaves.clone(), branches: vec![middle, low, high], refuses: 0 }
    };
    in_place(
        &tree(10),
        || tree(1),
        |how, mut live, load| {
            let branches = live.branches.clone();
            load(&mut live);
            assert!(live.branches.iter().zip(&branches).all(|(now, was)| Rc::ptr_eq(now, was)), "{how}");
            let sums: Vec<u32> = live.branches.iter().map(|branch| branch.borrow().sum).collect();
            assert_eq!(sums, [2 * 46, 46, 3 * 46], "{how}");
        },
    );
}

/// Hooks that cannot all be left for the live value are called on the new one. What they make of skipped fields is in the
/// live one too: the root's, and that of objects which are restored where they are.
mod called_early {
    use super::*;

    /// Where hooks are: in a cycle, behind objects without a cell, and in what is converted.
    #[derive(State)]
    #[state(shared, cyclic, after_set = Self::rebuild)]
    pub struct World {
        pub value: u32,
        #[state(skip)]
        pub doubled: u32,
        #[state(skip)]
        pub gpu: u32,
        pub own: Rc<Part>,
        pub list: Vec<Part>,
        pub ring: Option<Rc<RefCell<Ring>>>,
        pub plain: [Rc<Plain>; 2],
        #[state(with = in_a_tuple)]
        pub converted: (Rc<RefCell<Part>>, Rc<RefCell<Part>>),
    }

    mod in_a_tuple {
        use super::*;

        pub type Slot = (Rc<RefCell<Part>>, Rc<RefCell<Part>>);

        pub fn get(pair: &Slot) -> Slot {
            pair.clone()
        }

        pub fn set(pair: Slot) -> Result<Slot, &'static str> {
            Ok(pair)
        }
    }

    #[derive(State)]
    #[state(after_set = Self::rebuild)]
    pub struct Part {
        pub value: u32,
        #[state(skip)]
        pub doubled: u32,
        #[state(skip)]
        pub gpu: u32,
    }

    #[derive(State)]
    pub struct Ring {
        pub value: u32,
        pub next: Option<Rc<RefCell<Ring>>>,
    }

    #[derive(State)]
    pub struct Plain {
        pub part: Rc<RefCell<Part>>,
    }

    impl World {
        fn rebuild(&mut self) -> Result<(), &'static str> {
            self.doubled = 2 * self.value;
            if self.value == BAD / 4 { Err("no") } else { Ok(()) }
        }
    }

    impl Part {
        #[allow(clippy::unnecessary_wraps, reason = "what could refuse is built aside")]
        fn rebuild(&mut self) -> Result<(), &'static str> {
            self.doubled = 2 * self.value;
            Ok(())
        }

        fn new(value: u32) -> Self {
            Self { value, doubled: 2 * value, gpu: value }
        }

        fn is_rebuilt(&self) -> bool {
            self.doubled == 2 * self.value
        }
    }

    impl World {
        /// The hooks that cannot be left, by which of three ways.
        pub fn new(value: u32, way: usize) -> Self {
            let part = |value| Rc::new(RefCell::new(Part::new(value)));
            let (shared, plain) = (part(value + 3), Rc::new(Plain { part: part(value + 4) }));
            let alone = Rc::new(Plain { part: part(value + 4) });
            let ring = Rc::new(RefCell::new(Ring { value, next: None }));
            if way == 0 {
                ring.borrow_mut().next = Some(ring.clone());
            }
            Self {
                value,
                doubled: 2 * value,
                gpu: value,
                own: Rc::new(Part::new(value + 1)),
                list: vec![Part::new(value + 2)],
                ring: Some(ring),
                plain: if way == 1 { [plain.clone(), plain] } else { [plain, alone] },
                converted: if way == 2 { (shared.clone(), shared) } else { (shared, part(value)) },
            }
        }

        pub fn is_rebuilt(&self) -> bool {
            let converted = [&self.converted.0, &self.converted.1];
            let plain = self.plain.iter().map(|plain| &plain.part);
            self.doubled == 2 * self.value
                && self.own.is_rebuilt()
                && self.list.iter().all(Part::is_rebuilt)
                && converted.into_iter().chain(plain).all(|part| part.borrow().is_rebuilt())
        }

        pub fn open(&self) {
            if let Some(ring) = &self.ring {
                ring.borrow_mut().next = None;
            }
        }
    }
}

#[test]
fn skipped_fields_are_rebuilt_where_hooks_could_not_wait() {
    use called_early::World;
    for way in 0..4 {
        let saved = World::new(100, way);
        in_place(
            &saved,
            || World::new(1, way),
            |how, mut live, load| {
                let (own, old_ring) = (Rc::as_ptr(&live.own), live.ring.clone().unwrap());
                load(&mut live);
                assert!(live.value == 100 && live.is_rebuilt(), "{how} {way}");
                assert_eq!((live.gpu, live.own.gpu, live.list[0].gpu), (1, 2, 3), "{how} {way}");
                assert_eq!(Rc::as_ptr(&live.own), own, "{how} {way}");
                assert_eq!(dumps(&live).unwrap(), dumps(&saved).unwrap(), "{how} {way}");
                let before = dumps(&live).unwrap();
                let bad = World::new(BAD / 4, way);
                assert!(load_into(&dumps(&bad).unwrap(), &mut live).is_err());
                assert!(live.value == 100 && live.is_rebuilt() && dumps(&live).unwrap() == before, "{how} {way}");
                old_ring.borrow_mut().next = None;
                [bad, live].iter().for_each(World::open);
            },
        );
        saved.open();
    }
}
