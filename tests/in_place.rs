//! Allocations of restores in place: none, if the state fits the live value. A check does not allocate either, whatever
//! the bytes, nor does saving a state into a large enough buffer.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock};

use state_core::{Record, RestoreOwned, State, check, dump_into, dumps, load_into, loads};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator; the counters are thread-local cells of numbers without
// destructors, whose use allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get() + layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get() + size);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Returns the result of `act`, the number of its allocations, and their total size in bytes.
fn cost<R>(act: impl FnOnce() -> R) -> (R, usize, usize) {
    let (allocations, bytes) = (ALLOCATIONS.get(), BYTES.get());
    let result = act();
    (result, ALLOCATIONS.get() - allocations, BYTES.get() - bytes)
}

fn allocations<R>(act: impl FnOnce() -> R) -> usize {
    let (result, allocations, _) = cost(act);
    drop(result);
    allocations
}

/// Asserts that a restore of `saved` into `target` allocates nothing and gives `saved`, and that a check, and saving
/// the state into a buffer of its size, allocate nothing.
#[track_caller]
fn fits<T: RestoreOwned>(saved: &T, target: &mut T) {
    let bytes = dumps(saved).unwrap();
    // The first use of a type computes its fingerprint.
    let mut buffer = dumps(target).unwrap();
    buffer.resize(bytes.len().max(buffer.len()), 0);
    assert_eq!(allocations(|| check::<T>(&bytes).unwrap()), 0, "check");
    assert_eq!(allocations(|| load_into(&bytes, target).unwrap()), 0, "restore");
    assert_eq!(allocations(|| dump_into(target, &mut buffer).unwrap()), 0, "dump");
    assert_eq!(buffer, bytes);
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct Unit {
    id: u64,
    name: String,
    path: Vec<(f32, f32)>,
    target: Option<Box<Unit>>,
    order: Order,
    tags: [String; 2],
}

#[derive(State, Debug, PartialEq, Clone, Default)]
enum Order {
    #[default]
    Stay,
    Go {
        way: Vec<u8>,
        note: String,
    },
}

#[derive(Record, Clone, Copy, Debug, PartialEq, Default)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct Shop {
    #[state(bytes)]
    bicycles: Vec<Bicycle>,
    #[state(bytes)]
    boxed: Box<[u32]>,
    #[state(bytes)]
    fixed: [Bicycle; 4],
    #[state(bytes)]
    maybe: Option<Vec<u64>>,
}

fn unit(id: u16, text: &str) -> Unit {
    let inner = Unit { id: u64::from(id) + 1, name: text.into(), ..Unit::default() };
    Unit {
        id: id.into(),
        name: text.into(),
        path: vec![(id.into(), 0.5); 3],
        target: Some(Box::new(inner)),
        order: Order::Go { way: vec![1; text.len()], note: text.into() },
        tags: [text.into(), text.into()],
    }
}

#[test]
fn lists_and_text() {
    fits(&"short".to_string(), &mut "somewhat longer".to_string());
    fits(&vec![1_u32, 2, 3], &mut vec![9; 8]);
    fits(&vec![true], &mut vec![false; 8]);
    fits(&vec!["a".to_string(), "b".into()], &mut vec!["longer".to_string(); 5]);
    fits(&vec![vec![1_u8], vec![]], &mut vec![vec![1; 9]; 4]);
    fits(&VecDeque::from([1_u16, 2, 3]), &mut VecDeque::from([1; 5]));
    fits(&VecDeque::from(["a".to_string()]), &mut VecDeque::from(["longer".to_string(), String::new()]));
    fits(&LinkedList::from(["a".to_string()]), &mut LinkedList::from(["longer".to_string(), String::new()]));
    fits(&BinaryHeap::from(["a".to_string()]), &mut BinaryHeap::from(["longer".to_string(), "longest".into()]));
    fits(&PathBuf::from("/a"), &mut PathBuf::from("/longer"));
    fits(&Box::<[u64]>::from([1, 2, 3]), &mut Box::from([0; 3]));
    fits(&Box::<str>::from("same"), &mut Box::from("same"));
    fits(&["a".to_string(), "b".into()], &mut ["longer".to_string(), "longer".into()]);
    fits(&[[1_u64; 3]; 40], &mut [[0; 3]; 40]);
}

#[test]
fn objects_and_what_they_own() {
    let mut target = unit(7, "a text that is long enough");
    let places = |unit: &Unit| {
        let Order::Go { way, note } = &unit.order else { unreachable!() };
        let target = std::ptr::from_ref(unit.target.as_deref().unwrap());
        let texts = [unit.name.as_ptr(), unit.tags[1].as_ptr(), way.as_ptr(), note.as_ptr()];
        (unit.path.as_ptr(), target, texts)
    };
    let before = places(&target);
    fits(&unit(1, "shorter"), &mut target);
    assert_eq!(target, unit(1, "shorter"));
    assert_eq!(places(&target), before);
    fits(&vec![unit(1, "a"), unit(2, "bc")], &mut vec![unit(3, "longer"), unit(4, "longer"), unit(5, "longer")]);
}

#[test]
fn pointers_and_cells() {
    fits(&Box::new(1_u64), &mut Box::new(2));
    fits(&Some("a".to_string()), &mut Some("longer".to_string()));
    fits(&None, &mut Some("longer".to_string()));
    fits(&Some(Some([1_u64; 9])), &mut Some(None));
    fits(&Ok::<String, u8>("a".into()), &mut Ok("longer".into()));
    fits(&(1_u8, "a".to_string()), &mut (2, "longer".to_string()));
    fits(&Rc::new("a".to_string()), &mut Rc::new("longer".to_string()));
    fits(&Arc::<[u8]>::from([1, 2]), &mut Arc::from([3, 4]));
    fits(&RefCell::new(vec![1_u8]), &mut RefCell::new(vec![1; 8]));
    fits(&Mutex::new("a".to_string()), &mut Mutex::new("longer".to_string()));
    fits(&OnceLock::from("a".to_string()), &mut OnceLock::from("longer".to_string()));
}

#[test]
fn raw_arrays() {
    let shop = |count, price| Shop {
        bicycles: vec![Bicycle { gears: 7, price }; count],
        boxed: vec![count as u32; 5].into(),
        fixed: [Bicycle { gears: 1, price }; 4],
        maybe: Some(vec![9; count]),
    };
    let mut target = shop(20, 9.5);
    let places = |shop: &Shop| (shop.bicycles.as_ptr(), shop.boxed.as_ptr(), shop.maybe.as_ref().unwrap().as_ptr());
    let before = places(&target);
    fits(&shop(3, 1.5), &mut target);
    assert_eq!(target, shop(3, 1.5));
    assert_eq!(places(&target), before);
}

#[test]
fn maps_and_sets_whose_keys_agree() {
    let keys = ["one", "two", "three", "a key that is longer than the others"];
    let entries = |value: &str| keys.map(|key| (key.to_string(), vec![value.to_string()]));
    let mut tree = BTreeMap::from(entries("a longer value"));
    let before = tree["two"][0].as_ptr();
    fits(&BTreeMap::from(entries("short")), &mut tree);
    assert_eq!(tree, BTreeMap::from(entries("short")));
    assert_eq!(tree["two"][0].as_ptr(), before);

    // A clone of a hash map has the same order.
    let mut map = HashMap::from(entries("a longer value"));
    let mut saved = map.clone();
    for value in saved.values_mut() {
        value[0] = "short".into();
    }
    let before = map["two"][0].as_ptr();
    fits(&saved, &mut map);
    assert_eq!(map, saved);
    assert_eq!(map["two"][0].as_ptr(), before);

    fits(&BTreeSet::from(keys.map(str::to_string)), &mut BTreeSet::from(keys.map(str::to_string)));
    let set = HashSet::from(keys.map(str::to_string));
    fits(&set, &mut set.clone());
    fits(&BTreeMap::from([((1_u8, 'a'), 1)]), &mut BTreeMap::from([((1, 'a'), 2)]));
}

#[test]
fn a_sorted_map_costs_one_list_each_way() {
    #[derive(State)]
    struct Sorted {
        #[state(sorted)]
        map: HashMap<String, String>,
    }
    let map = |value: &str| (0..100).map(|n| (n.to_string(), value.to_string())).collect();
    let bytes = dumps(&Sorted { map: map("short") }).unwrap();
    let mut target = Sorted { map: map("longer") };
    assert_eq!(allocations(|| load_into(&bytes, &mut target).unwrap()), 1);
    assert!(target.map.values().all(|value| value == "short"));
    let mut buffer = bytes.clone();
    assert_eq!(allocations(|| dump_into(&target, &mut buffer).unwrap()), 1);
    assert_eq!(buffer, bytes);
}

/// Invalid bytes cost the memory of an error, which does not grow with them.
#[test]
fn hostile_bytes_cost_no_memory() {
    const ERROR: usize = 4096;
    let state = vec![unit(1, "some text"), unit(2, "more"), Unit::default()];
    let bytes = dumps(&state).unwrap();
    let mut target = loads::<Vec<Unit>>(&bytes).unwrap();
    // Miri takes a thousand times as long.
    for at in (0..bytes.len()).step_by(if cfg!(miri) { 53 } else { 1 }) {
        for change in [1, 0x80, 0xFF] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            let (checked, allocations, size) = cost(|| check::<Vec<Unit>>(&bytes));
            if checked.is_ok() {
                assert_eq!(allocations, 0);
            }
            assert!(size < ERROR, "{size} bytes for {checked:?}");
            if checked.is_err() {
                let (_, _, size) = cost(|| load_into(&bytes, &mut target));
                assert!(size < ERROR, "{size} bytes for {checked:?}");
            }
        }
    }
    assert_eq!(target, state);
}

/// Shared objects are saved as values. The slots that shared one have one each afterwards, and other owners keep
/// theirs.
#[test]
fn what_is_shared_becomes_two() {
    #[derive(State)]
    struct Team {
        lead: Rc<RefCell<u32>>,
        deputy: Rc<RefCell<u32>>,
        alone: Rc<RefCell<u32>>,
    }

    let shared = Rc::new(RefCell::new(1));
    let mut team = Team { lead: shared.clone(), deputy: shared.clone(), alone: Rc::new(RefCell::new(2)) };
    let bytes = dumps(&team).unwrap();
    let loaded: Team = loads(&bytes).unwrap();
    *loaded.lead.borrow_mut() = 9;
    assert_eq!(*loaded.deputy.borrow(), 1);
    *shared.borrow_mut() = 5;
    let alone = Rc::as_ptr(&team.alone);
    load_into(&bytes, &mut team).unwrap();
    assert_eq!((*team.lead.borrow(), *team.deputy.borrow(), *shared.borrow()), (1, 1, 5));
    assert!(!Rc::ptr_eq(&team.lead, &shared) && !Rc::ptr_eq(&team.lead, &team.deputy));
    assert_eq!(Rc::as_ptr(&team.alone), alone, "a handle that is alone is restored in place");
}
