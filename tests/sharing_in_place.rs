//! Graphs restored into other graphs: whatever the live graph is, the result equals that of a load, for each container
//! in which a reference can be missing until its object exists.

#![allow(clippy::zero_sized_map_values, reason = "containers are filled with all kinds of pointers")]

#[path = "counted/alive.rs"]
mod alive;
mod numbers;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use alive::{Alive, alive};
use numbers::Random;
use state_core::image::compare;
use state_core::{ErrorKind, State, check, dumps, from_value, load_into, loads, pickle, to_value};

/// A container of references.
trait Holds<P>: Sized {
    fn of(all: Vec<P>) -> Self;
    fn take(&mut self) -> Vec<P>;
}

macro_rules! holds {
    ($($holder:ty: $of:expr, $take:expr;)*) => {$(
        impl<P> Holds<P> for $holder {
            fn of(all: Vec<P>) -> Self {
                let of: fn(Vec<P>) -> Self = $of;
                of(all)
            }

            fn take(&mut self) -> Vec<P> {
                let take: fn(Self) -> Vec<P> = $take;
                take(std::mem::replace(self, <Self as Holds<P>>::of(Vec::new())))
            }
        }
    )*};
}

/// Numbers the items in another order than that of the list, so that the keys of two maps differ.
fn keys<P>(all: Vec<P>) -> impl Iterator<Item = (u32, P)> {
    let len = all.len() as u32;
    all.into_iter().enumerate().map(move |(at, item)| ((at as u32 * 7 + len) % 11 + at as u32 * 11, item))
}

holds! {
    Option<P>: |all| all.into_iter().next(), |option| option.into_iter().collect();
    Vec<P>: |all| all, |all| all;
    VecDeque<P>: VecDeque::from, Vec::from;
    LinkedList<P>: |all| all.into_iter().collect(), |list| list.into_iter().collect();
    BTreeMap<u32, P>: |all| keys(all).collect(), |map| map.into_values().collect();
    HashMap<u32, P>: |all| keys(all).collect(), |map| map.into_values().collect();
    (Option<P>, Vec<P>): |all| { let mut all = all.into_iter(); (all.next(), all.collect()) },
        |(first, rest)| first.into_iter().chain(rest).collect();
    [Option<P>; 3]: |all| { let mut all = all.into_iter(); [(); 3].map(|()| all.next()) },
        |all| all.into_iter().flatten().collect();
    Box<Vec<P>>: Box::new, |all| *all;
    Vec<Vec<P>>: |all| all.into_iter().map(|item| vec![item]).collect(), |all| all.into_iter().flatten().collect();
    VecDeque<Option<P>>: |all| all.into_iter().map(Some).collect(), |all| all.into_iter().flatten().collect();
    BTreeMap<String, Vec<P>>: |all| keys(all).map(|(key, item)| (key.to_string(), vec![item])).collect(),
        |map| map.into_values().flatten().collect();
    Kind<P>: |all| if all.is_empty() { Kind::None } else { Kind::Some { first: 1, all } }, |kind| match kind {
        Kind::None => Vec::new(),
        Kind::Some { all, .. } => all,
    };
    Rc<RefCell<Vec<P>>>: |all| Rc::new(RefCell::new(all)), |all| RefCell::take(&all);
    Rc<RefCell<HashMap<u32, P>>>: |all| Rc::new(RefCell::new(keys(all).collect())), |all| RefCell::take(&all).into_values().collect();
    Arc<Mutex<(u8, VecDeque<P>)>>: |all| Arc::new(Mutex::new((1, all.into()))),
        |all| std::mem::take(&mut all.lock().unwrap().1).into();
}

#[derive(State, Debug)]
enum Kind<P> {
    None,
    Some { first: u8, all: Vec<P> },
}

const KINDS: usize = 3;

/// Creates tests with random graphs of nodes that contain a holder of references; each graph is restored into each
/// other one.
macro_rules! graphs {
    ($($test:ident: $($holder:ty),+;)*) => {$(
        #[test]
        fn $test() {
            $({
                type Link = Rc<RefCell<Node>>;

                #[derive(State)]
                #[state(shared, cyclic, name = "Node")]
                struct Node {
                    number: u32,
                    // Skipped, so that nothing in a graph can refuse: a graph that can refuse is built separately.
                    #[state(skip)]
                    _alive: Alive,
                    holder: $holder,
                    text: Rc<str>,
                    other: Rc<u32>,
                    watch: Weak<RefCell<Node>>,
                }

                fn graph(random: &mut Random, len: usize) -> Vec<Link> {
                    let texts: Vec<Rc<str>> = (0..3).map(|n| format!("text {n}").into()).collect();
                    let others: Vec<Rc<u32>> = (0..3).map(Rc::new).collect();
                    let nodes: Vec<Link> = (0..len)
                        .map(|number| {
                            Rc::new(RefCell::new(Node {
                                number: number as u32,
                                _alive: Alive::default(),
                                holder: <$holder as Holds<Link>>::of(Vec::new()),
                                text: texts[random.below(3)].clone(),
                                other: others[random.below(3)].clone(),
                                watch: Weak::new(),
                            }))
                        })
                        .collect();
                    for node in &nodes {
                        let all = (0..random.below(4)).map(|_| nodes[random.below(len)].clone()).collect();
                        node.borrow_mut().holder = Holds::of(all);
                        node.borrow_mut().watch = Rc::downgrade(&nodes[random.below(len)]);
                    }
                    nodes
                }

                fn open(nodes: &[Link]) {
                    let mut todo = nodes.to_vec();
                    while let Some(node) = todo.pop() {
                        let taken = <$holder as Holds<Link>>::take(&mut node.borrow_mut().holder);
                        todo.extend(taken);
                    }
                }

                let before = alive();
                let mut random = Random(1);
                for round in 0..if cfg!(miri) { 3 } else { 60 } {
                    let lens = [1 + random.below(5), 1 + random.below(5)];
                    let (saved, live) = (graph(&mut random, lens[0]), graph(&mut random, lens[1]));
                    let bytes = dumps(&saved).unwrap();
                    check::<Vec<Link>>(&bytes).unwrap();
                    let fresh: Vec<Link> = loads(&bytes).unwrap();
                    let same = |nodes: &Vec<Link>, how: &str| {
                        let theirs = dumps(nodes).unwrap();
                        let found = compare::<Vec<Link>>(&bytes, &theirs).unwrap().next().map(|found| found.to_string());
                        assert_eq!(found, None, "{how}, {} {round}", stringify!($holder));
                    };
                    same(&fresh, "loaded");
                    let held = live.clone();
                    let borrowed = (round % KINDS == 1).then(|| held[random.below(lens[1])].borrow());
                    let mut target = if round % KINDS == 2 {
                        vec![live[0].clone(), live[0].clone()]
                    } else {
                        live.clone()
                    };
                    drop(live);
                    load_into(&bytes, &mut target).unwrap();
                    drop(borrowed);
                    same(&target, "in place");
                    // Again, into a graph that is already equal.
                    load_into(&bytes, &mut target).unwrap();
                    same(&target, "in place again");
                    let valued: Vec<Link> = from_value(&to_value(&saved).unwrap()).unwrap();
                    same(&valued, "by a value");
                    let pickled: Vec<Link> = pickle::loads(&pickle::dumps(&saved).unwrap()).unwrap();
                    same(&pickled, "pickled");
                    let mut pickled_into = held.clone();
                    pickle::load_into(&pickle::dumps(&saved).unwrap(), &mut pickled_into).unwrap();
                    same(&pickled_into, "pickled in place");
                    for nodes in [&saved, &fresh, &held, &target, &valued, &pickled, &pickled_into] {
                        open(nodes);
                    }
                    drop((saved, fresh, held, target, valued, pickled, pickled_into));
                    assert_eq!(alive(), before, "{} leaks", stringify!($holder));
                }
            })+
        }
    )*};
}

graphs! {
    in_options_and_lists: Option<Link>, Vec<Link>, VecDeque<Link>, LinkedList<Link>;
    in_maps: BTreeMap<u32, Link>, HashMap<u32, Link>, BTreeMap<String, Vec<Link>>;
    in_what_is_nested: (Option<Link>, Vec<Link>), [Option<Link>; 3], Box<Vec<Link>>, Vec<Vec<Link>>, VecDeque<Option<Link>>;
    in_variants: Kind<Link>;
    behind_other_pointers: Rc<RefCell<Vec<Link>>>, Rc<RefCell<HashMap<u32, Link>>>, Arc<Mutex<(u8, VecDeque<Link>)>>;
}

/// The elements of a set must be complete when they are inserted, so a cycle cannot go through one: it is an error when
/// it is written, not only when it is read.
#[test]
fn a_cycle_in_a_set_is_an_error() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Item {
        number: u32,
        items: BTreeSet<Rc<RefCell<Item>>>,
    }
    impl PartialEq for Item {
        fn eq(&self, other: &Self) -> bool {
            self.number == other.number
        }
    }
    impl Eq for Item {}
    impl PartialOrd for Item {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Item {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            self.number.cmp(&other.number)
        }
    }
    let item = |number| Rc::new(RefCell::new(Item { number, items: BTreeSet::new() }));
    let (first, second) = (item(1), item(2));
    first.borrow_mut().items.insert(second.clone());
    let both = vec![first.clone(), second.clone()];
    let back: Vec<Rc<RefCell<Item>>> = loads(&dumps(&both).unwrap()).unwrap();
    assert!(Rc::ptr_eq(back[0].borrow().items.first().unwrap(), &back[1]));
    second.borrow_mut().items.insert(first.clone());
    let error = dumps(&first).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("in an `Option`, a list or a map"), "{error}");
    first.borrow_mut().items.clear();
}

/// Cells of numbers and atomics are restored in place, for all their owners.
#[test]
fn cells_and_atomics_are_entered() {
    #[derive(State)]
    #[state(shared)]
    struct Counters {
        cells: [Rc<Cell<u32>>; 2],
        atomics: Vec<Arc<AtomicU32>>,
        own: Arc<AtomicU32>,
    }
    let counters = |number| {
        let (cell, atomic) = (Rc::new(Cell::new(number)), Arc::new(AtomicU32::new(number)));
        let own = Arc::new(AtomicU32::new(number));
        Counters { cells: [cell.clone(), cell], atomics: vec![atomic.clone(), atomic], own }
    };
    let bytes = dumps(&counters(7)).unwrap();
    let mut live = counters(1);
    let (cell, atomic, own) = (live.cells[0].clone(), live.atomics[1].clone(), live.own.clone());
    load_into(&bytes, &mut live).unwrap();
    assert_eq!((cell.get(), atomic.load(Ordering::Relaxed), own.load(Ordering::Relaxed)), (7, 7, 7));
    assert!(
        Rc::ptr_eq(&cell, &live.cells[1]) && Arc::ptr_eq(&atomic, &live.atomics[0]) && Arc::ptr_eq(&own, &live.own)
    );
    let back: Counters = loads(&bytes).unwrap();
    assert!(Rc::ptr_eq(&back.cells[0], &back.cells[1]) && Arc::ptr_eq(&back.atomics[0], &back.atomics[1]));
}

/// A parent without a cell is referred to before it exists, and is therefore built again; a live child is never without
/// its parent.
#[test]
fn parents_without_cells_are_led_to() {
    #[derive(State)]
    struct Folder {
        number: u32,
        parent: Weak<Folder>,
        folders: Vec<Rc<Folder>>,
    }
    fn folder(number: u32, depth: u32, parent: &Weak<Folder>) -> Rc<Folder> {
        Rc::new_cyclic(|this| Folder {
            number,
            parent: parent.clone(),
            folders: (0..2).filter(|_| depth > 0).map(|at| folder(10 * number + at, depth - 1, this)).collect(),
        })
    }
    fn is_whole(folder: &Rc<Folder>) -> bool {
        folder.folders.iter().all(|child| child.parent.as_ptr() == Rc::as_ptr(folder) && is_whole(child))
    }
    for (depth, live_depth) in [(1, 0), (2, 0), (0, 1), (2, 1), (2, 2)] {
        let saved = folder(1, depth, &Weak::new());
        let (bytes, pickled) = (dumps(&saved).unwrap(), pickle::dumps(&saved).unwrap());
        let live = || folder(7, live_depth, &Weak::new());
        let (mut first, mut second, mut list) = (live(), live(), vec![live(), live()]);
        load_into(&bytes, &mut first).unwrap();
        pickle::load_into(&pickled, &mut second).unwrap();
        let list_bytes = dumps(&vec![saved.clone(), folder(5, 0, &Rc::downgrade(&saved))]).unwrap();
        load_into(&list_bytes, &mut list).unwrap();
        for (root, how) in [(&first, "bytes"), (&second, "pickle"), (&list[0], "list")] {
            assert_eq!(dumps(root).unwrap(), bytes, "{how}, {depth} into {live_depth}");
            assert!(is_whole(root), "{how}, {depth} into {live_depth}");
        }
        assert!(Weak::ptr_eq(&list[1].parent, &Rc::downgrade(&list[0])), "{depth} into {live_depth}");
    }
}

/// A state has no identities, so live objects are paired with saved ones by their position, also in long lists. Parts
/// without handles move to their positions with their allocations, as elsewhere.
#[test]
fn handles_stay_in_their_places_when_a_list_shifts() {
    #[derive(State)]
    #[state(shared)]
    struct World {
        objects: Vec<(u32, Rc<RefCell<String>>)>,
        names: Vec<(u32, String)>,
        table: HashMap<u32, String>,
        again: Option<Rc<RefCell<String>>>,
    }

    let name = |number: u32| format!("the object with the number {number}");
    let objects: Vec<_> = (0..200).map(|number| (number, Rc::new(RefCell::new(name(number))))).collect();
    let names = || (0..200).map(|number| (number, name(number)));
    let again = Some(objects[150].1.clone());
    let mut world = World { objects, names: names().collect(), table: names().collect(), again };
    let saved = dumps(&world).unwrap();

    world.objects.remove(0);
    world.names.remove(0);
    world.table = world.table.into_iter().map(|(number, name)| (number + 1000, name)).collect();
    let handles: Vec<_> = world.objects.iter().map(|(_, object)| object.clone()).collect();
    let places: Vec<_> = world.names.iter().map(|(number, name)| (*number, name.as_ptr())).collect();
    let texts: Vec<_> = world.table.values().map(|name| name.as_ptr()).collect();
    load_into(&saved, &mut world).unwrap();

    assert!(world.objects.iter().map(|(number, object)| (*number, object.borrow().clone())).eq(names()));
    assert!(world.names.iter().cloned().eq(names()) && world.table == names().collect());
    assert!(Rc::ptr_eq(world.again.as_ref().unwrap(), &world.objects[150].1));
    for (index, handle) in handles.iter().enumerate() {
        assert!(Rc::ptr_eq(handle, &world.objects[index].1), "{index}");
        assert_eq!(*handle.borrow(), name(index as u32));
    }
    let stayed = places.iter().filter(|(number, place)| world.names[*number as usize].1.as_ptr() == *place).count();
    assert!(stayed >= 190, "{stayed}");
    let lent = world.table.values().filter(|name| texts.contains(&name.as_ptr())).count();
    assert!(lent >= 180, "{lent}");
}
