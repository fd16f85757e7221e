//! Implementations of the traits that fail midway: they panic, refuse, or return `None` at one of many calls.
//! Everything built so far is dropped once, and a live value that was being restored is still valid.

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::sync::{Arc, Mutex, Once};

use state_core::__private::{Checker, Reader, Size, Writer};
use state_core::image::{SegmentBuffer, dump_segments};
use state_core::schema::Schema;
use state_core::{Error, Restore, State, check, dumps, from_value, load_into, loads, to_value};

/// The point at which an owner fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Never,
    Size,
    Put,
    Check,
    Get,
    Set,
    SetHalfway,
    Compare,
    /// The two that do not panic.
    Refuse,
    GiveNone,
}

const FAULTS: [Fault; 10] = [
    Fault::Never,
    Fault::Size,
    Fault::Put,
    Fault::Check,
    Fault::Get,
    Fault::Set,
    Fault::SetHalfway,
    Fault::Compare,
    Fault::Refuse,
    Fault::GiveNone,
];

thread_local! {
    /// The fault, and how many calls that could have it succeed before.
    static FAULT: Cell<(Fault, usize)> = const { Cell::new((Fault::Never, 0)) };
    static ALIVE: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static BORN: Cell<u64> = const { Cell::new(0) };
    static DROPPED_AGAIN: Cell<bool> = const { Cell::new(false) };
}

fn is_time_for(fault: Fault) -> bool {
    let (next, left) = FAULT.get();
    if next != fault || fault == Fault::Never {
        return false;
    }
    FAULT.set((next, left.wrapping_sub(1)));
    left == 0
}

fn may_panic(fault: Fault) {
    if is_time_for(fault) {
        panic_any(Told);
    }
}

/// The payload of intended panics.
struct Told;

/// Silences intended panics, and no others.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.payload().is::<Told>() {
                tell(panic);
            }
        }));
    });
}

/// A text on the heap that is registered until it is dropped.
#[derive(Debug)]
struct Owner {
    id: u64,
    text: String,
}

impl Owner {
    fn new(text: String) -> Self {
        let id = BORN.get();
        BORN.set(id + 1);
        ALIVE.with_borrow_mut(|alive| alive.insert(id));
        Self { id, text }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if !ALIVE.with_borrow_mut(|alive| alive.remove(&self.id)) {
            DROPPED_AGAIN.set(true);
        }
    }
}

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Owner {}

impl PartialOrd for Owner {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Owner {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        may_panic(Fault::Compare);
        self.text.cmp(&other.text)
    }
}

impl Hash for Owner {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        may_panic(Fault::Compare);
        self.text.hash(hasher);
    }
}

impl State for Owner {
    const HEAD: usize = <String as State>::HEAD;

    fn schema() -> &'static Schema {
        String::schema()
    }

    fn size(&self, size: &mut Size) {
        may_panic(Fault::Size);
        self.text.size(size);
    }

    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        may_panic(Fault::Put);
        self.text.put(head, writer);
    }
}

impl<'de> Restore<'de> for Owner {
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        may_panic(Fault::Check);
        String::check(head, checker)
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        may_panic(Fault::Get);
        if is_time_for(Fault::GiveNone) {
            return None;
        }
        if is_time_for(Fault::Refuse) {
            reader.refuse(Error::refused("never"));
            return None;
        }
        String::get(head, reader).map(Self::new)
    }

    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        may_panic(Fault::Set);
        self.text.set(head, reader);
        may_panic(Fault::SetHalfway);
    }
}

/// Writes one value and loads it into another, with every fault at each of the first calls.
fn everything<T: for<'de> Restore<'de> + Debug>(make: impl Fn(&str) -> T) {
    hush();
    for fault in FAULTS {
        // Miri is a thousand times slower.
        for after in if cfg!(miri) { 1..2 } else { 0..7 } {
            DROPPED_AGAIN.set(false);
            once(&make, (fault, after));
            let name = std::any::type_name::<T>();
            assert!(!DROPPED_AGAIN.get(), "{name}: {fault:?} after {after}: something was dropped twice");
            let left = ALIVE.with_borrow_mut(std::mem::take);
            assert!(left.is_empty(), "{name}: {fault:?} after {after}: {} are left", left.len());
        }
    }
}

fn once<T: for<'de> Restore<'de> + Debug>(make: &impl Fn(&str) -> T, fault: (Fault, usize)) {
    let (value, mut target) = (make("new"), make("older"));
    let (bytes, state) = (dumps(&value).unwrap(), to_value(&value).unwrap());
    let attempt = |run: &mut dyn FnMut()| {
        FAULT.set(fault);
        let _ = catch_unwind(AssertUnwindSafe(run));
        FAULT.set((Fault::Never, 0));
    };
    attempt(&mut || drop(dumps(&value)));
    attempt(&mut || drop(dump_segments(&value, &mut SegmentBuffer::new()).map(|segments| segments.total_len())));
    attempt(&mut || drop(to_value(&value)));
    attempt(&mut || drop(check::<T>(&bytes)));
    attempt(&mut || drop(loads::<T>(&bytes)));
    attempt(&mut || drop(from_value::<T>(&state)));
    attempt(&mut || drop(load_into(&bytes, &mut target)));
    // Whatever happened, the value can be formatted, written, and restored.
    assert!(format!("{target:?}").len() < 1 << 20);
    let _ = dumps(&target);
    let restored = load_into(&bytes, &mut target);
    if fault.0 == Fault::Never {
        restored.unwrap();
        // Hash sets and maps are written in any order.
        assert_eq!(dumps(&target).unwrap().len(), bytes.len());
    }
}

fn owner(text: &str) -> Owner {
    Owner::new(text.to_owned())
}

/// Three different owners, ordered by their texts.
fn three(text: &str) -> [Owner; 3] {
    ["a", "b", "c"].map(|letter| Owner::new(format!("{letter}{text}")))
}

#[derive(State, Debug)]
struct Both {
    one: Owner,
    #[state(skip)]
    _hidden: u8,
    many: Vec<Owner>,
    next: Option<Box<Both>>,
}

#[derive(State, Debug)]
enum Either {
    Left(Owner, Owner),
    Right { all: Vec<Owner>, last: Box<Owner> },
}

fn both(text: &str) -> Both {
    let inner = Both { one: owner(text), _hidden: 0, many: Vec::new(), next: None };
    Both { one: owner(text), _hidden: 1, many: three(text).into(), next: Some(Box::new(inner)) }
}

#[test]
fn alone() {
    everything(owner);
    everything(|text| Box::new(owner(text)));
    everything(|text| Rc::new(owner(text)));
    everything(|text| Arc::new(owner(text)));
    everything(|text| Some(owner(text)));
    everything(|text| RefCell::new(owner(text)));
    everything(|text| Mutex::new(owner(text)));
    everything(|text| Ok::<_, Owner>(owner(text)));
    everything(|text| (owner(text), 1_u8, owner(text)));
}

#[test]
fn in_lists() {
    everything(|text| Vec::from(three(text)));
    everything(|text| VecDeque::from(three(text)));
    everything(|text| LinkedList::from(three(text)));
    everything(|text| Box::<[_]>::from(three(text)));
    everything(|text| Rc::<[_]>::from(three(text)));
    everything(|text| Arc::<[_]>::from(three(text)));
    everything(three);
    everything(|text| Box::new(three(text)));
    everything(|text| Rc::new(three(text)));
    everything(|text| [three(text), three(text)]);
    everything(|text| vec![three(text), three(text)]);
    everything(|text| vec![Vec::from(three(text)), Vec::new(), Vec::from(three(text))]);
    // A list that must grow, and one that must shrink.
    everything(|text| three(text).into_iter().take(text.len() - 2).collect::<Vec<_>>());
    everything(|text| three(text).into_iter().skip(text.len() - 3).collect::<VecDeque<_>>());
}

#[test]
fn in_maps_and_sets() {
    everything(|text| BTreeSet::from(three(text)));
    everything(|text| HashSet::<_>::from(three(text)));
    everything(|text| BinaryHeap::from(three(text)));
    // Equal keys, and different keys.
    everything(|text| three("").into_iter().zip(three(text)).collect::<BTreeMap<_, _>>());
    everything(|text| three(text).into_iter().zip(three(text)).collect::<BTreeMap<_, _>>());
    everything(|text| three("").into_iter().zip(three(text)).collect::<HashMap<_, _>>());
    everything(|text| three(text).into_iter().zip(three(text)).collect::<HashMap<_, _>>());
}

#[test]
fn in_derived_types() {
    everything(both);
    everything(|text| vec![both(text), both(text)]);
    everything(|text| match text {
        "new" => Either::Left(owner(text), owner(text)),
        _ => Either::Right { all: three(text).into(), last: Box::new(owner(text)) },
    });
    everything(|text| match text {
        "new" => Either::Right { all: three(text).into(), last: Box::new(owner(text)) },
        _ => Either::Left(owner(text), owner(text)),
    });
    everything(|text| vec![Either::Left(owner(text), owner(text)), Either::Left(owner(text), owner(text))]);
}

/// A field that may refuse next to one that fails: a new value is built and exchanged with the live one.
#[derive(State, Debug)]
#[state(after_set = Beside::look)]
struct Beside<T> {
    value: T,
    #[state(skip)]
    hidden: Option<Owner>,
}

impl<T> Beside<T> {
    #[allow(clippy::unused_self, reason = "hooks have this shape")]
    fn look(&mut self) -> Result<(), &'static str> {
        may_panic(Fault::SetHalfway);
        if is_time_for(Fault::Refuse) { Err("never") } else { Ok(()) }
    }
}

#[test]
fn beside_what_may_refuse() {
    fn beside<T>(value: T) -> Beside<T> {
        Beside { value, hidden: Some(owner("hidden")) }
    }
    everything(|text| beside(owner(text)));
    everything(|text| three(text).map(beside));
    everything(|text| Vec::from(three(text).map(beside)));
    everything(|text| beside(three(text).into_iter().take(text.len() - 2).collect::<VecDeque<_>>()));
    everything(|text| beside(three(text).into_iter().skip(text.len() - 3).collect::<LinkedList<_>>()));
    everything(|text| beside(BTreeSet::from(three(text))));
    everything(|text| beside(HashSet::<_>::from(three(text))));
    everything(|text| beside(BinaryHeap::from(three(text))));
    everything(|text| beside(three("").into_iter().zip(three(text).map(beside)).collect::<BTreeMap<_, _>>()));
    everything(|text| beside(three(text).into_iter().zip(three(text).map(beside)).collect::<HashMap<_, _>>()));
    everything(|text| beside(Mutex::new(both(text))));
}
