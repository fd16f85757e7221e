//! The identity matrix in pickles: each pointer, target and position, at each protocol, in both directions, with
//! CPython comparing by `is`.

#![allow(clippy::arc_with_non_send_sync, reason = "each pointer leads to each cell")]

mod python;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use state_core::pickle::{PickleOptions as Options, Protocol, dump_value};
use state_core::{Restore, State, from_value, to_value};

const PROTOCOLS: [Protocol; 6] = [Protocol::V0, Protocol::V1, Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// The first byte of a frame says whether two equal values are different objects in Python. The script compares objects
/// by `is`, and pickles them again at each protocol.
const SCRIPT: &str = r#"
import enum, io, pickle

class Slots:
    def __setstate__(self, state):
        self.state = state
    def __getstate__(self):
        return self.state

class Leaf(Slots):
    pass

class Unit:
    pass

class Plain:
    pass

class Slotted:
    __slots__ = "a", "b"
    # As Python has it from protocol 2 on.
    def __getstate__(self):
        return None, {"a": self.a, "b": self.b}

class Sorted:
    def __setstate__(self, state):
        self.state = state
    def __reduce__(self):
        return globals()['__pyx_unpickle_Sorted'], (Sorted, Sorted.SUM, None), self.state

def __pyx_unpickle_Sorted(cls, checksum, state):
    cls.SUM = checksum
    return cls.__new__(cls)

class Called:
    def __init__(self, *args):
        self.args = args
    def __reduce__(self):
        return Called, self.args

class Color(enum.Enum):
    Red = 1
    Green = 2

def case(frame):
    differ, data = frame[0], frame[1:]
    answers = []
    for load in pickle.loads, pickle._loads:
        held = load(data)
        one, same, other = held.values() if isinstance(held, dict) else held
        assert one is same, (one, same)
        assert not differ or one is not other, (one, other)
    for protocol in range(6):
        slow = io.BytesIO()
        pickle._Pickler(slow, protocol).dump(held)
        answers += [pickle.dumps(held, protocol), slow.getvalue()]
    return b"".join(len(part).to_bytes(4, "little") + part for part in answers)
"#;

trait Same: Clone {
    fn same(&self, other: &Self) -> bool;
}

impl<T: ?Sized> Same for Rc<T> {
    fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(self, other)
    }
}

impl<T: ?Sized> Same for Arc<T> {
    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other)
    }
}

/// The position of three pointers.
trait Held<P>: State + for<'a> Restore<'a> {
    fn of(parts: [P; 3]) -> Self;
    fn parts(self) -> Vec<P>;
}

macro_rules! held {
    ($($type:ty: $of:expr, $parts:expr;)*) => {$(
        impl<P: State + for<'a> Restore<'a>> Held<P> for $type {
            fn of(parts: [P; 3]) -> Self {
                let of: fn([P; 3]) -> Self = $of;
                of(parts)
            }

            fn parts(self) -> Vec<P> {
                let parts: fn(Self) -> Vec<P> = $parts;
                parts(self)
            }
        }
    )*};
}

held! {
    Vec<P>: Vec::from, |all| all;
    VecDeque<P>: VecDeque::from, Vec::from;
    [P; 3]: |all| all, Vec::from;
    (P, P, P): |[a, b, c]| (a, b, c), |(a, b, c)| vec![a, b, c];
    Box<[P]>: |all| Box::new(all), Vec::from;
    Vec<Option<P>>: |all| all.into_iter().map(Some).collect(), |all| all.into_iter().flatten().collect();
    BTreeMap<u8, P>: |all| (0..).zip(all).collect(), |all| all.into_values().collect();
    Vec<RefCell<P>>: |all| all.into_iter().map(RefCell::new).collect(), |all| all.into_iter().map(RefCell::into_inner).collect();
    Rc<(Box<P>, P, Box<P>)>: |[a, b, c]| Rc::new((Box::new(a), b, Box::new(c))), |all| {
        let (a, b, c) = Rc::into_inner(all).expect("it is alone");
        vec![*a, b, *c]
    };
}

/// The frames sent to Python, and the tests of its answers.
#[derive(Default)]
struct Cases {
    frames: Vec<Vec<u8>>,
    tests: Vec<Box<dyn Fn(&[u8])>>,
}

impl Cases {
    /// Adds a case: `one` and `other` are two objects. Python has two as well if they `differ` there, and keeps their
    /// identities in a pickle if it `keeps` those.
    fn add<P: Same + State + for<'a> Restore<'a> + 'static>(
        &mut self,
        [one, other]: [P; 2],
        differ: bool,
        keeps: bool,
    ) {
        self.held::<P, Vec<P>>([&one, &other], differ, keeps);
        self.held::<P, BTreeMap<u8, P>>([&one, &other], differ, keeps);
    }

    /// Does the same in each container.
    fn everywhere<P: Same + State + for<'a> Restore<'a> + 'static>(&mut self, [one, other]: [P; 2]) {
        self.add([one.clone(), other.clone()], true, true);
        self.held::<P, VecDeque<P>>([&one, &other], true, true);
        self.held::<P, [P; 3]>([&one, &other], true, true);
        self.held::<P, (P, P, P)>([&one, &other], true, true);
        self.held::<P, Box<[P]>>([&one, &other], true, true);
        self.held::<P, Vec<RefCell<P>>>([&one, &other], true, true);
        self.held::<P, Vec<Option<P>>>([&one, &other], true, true);
        self.held::<P, Rc<(Box<P>, P, Box<P>)>>([&one, &other], true, true);
    }

    fn held<P: Same + 'static, H: Held<P> + 'static>(&mut self, [one, other]: [&P; 2], differ: bool, keeps: bool) {
        let held = H::of([one.clone(), one.clone(), other.clone()]);
        let sharing = Options::new().sharing();
        let test = |held: H, differ: bool| {
            let parts = held.parts();
            assert!(parts[0].same(&parts[1]), "{}", std::any::type_name::<H>());
            assert!(!differ || !parts[0].same(&parts[2]), "{}", std::any::type_name::<H>());
        };
        for protocol in PROTOCOLS {
            let options = sharing.protocol(protocol);
            let pickle = options.dumps(&held).unwrap();
            let back: H = options.loads(&pickle).unwrap();
            assert_eq!(options.dumps(&back).unwrap(), pickle, "{} {protocol:?}", std::any::type_name::<H>());
            test(back, true);
            self.frames.push([&[u8::from(differ)], &*pickle].concat());
            self.tests.push(Box::new(move |answer| {
                for pickle in python::parts(answer) {
                    let back: H =
                        sharing.loads(pickle).unwrap_or_else(|error| panic!("{}: {error}", std::any::type_name::<H>()));
                    if keeps {
                        test(back, differ);
                    }
                }
            }));
        }
        let native = state_core::Options::new().sharing();
        let value = native.to_value(&held).unwrap();
        let again = sharing.load_value(&dump_value(&value).unwrap()).unwrap();
        test(native.from_value(&again).unwrap(), differ);
        // Options without sharing give copies, even if the pickle shares.
        let copies: H = state_core::pickle::loads(&sharing.dumps(&held).unwrap()).unwrap();
        let parts = copies.parts();
        assert!(!parts[0].same(&parts[1]));
        assert!(from_value::<H>(&to_value(&held).unwrap()).is_ok());
    }

    fn ask(&self) {
        let Some(answers) = python::answers(SCRIPT, &self.frames) else { return };
        for (test, answer) in self.tests.iter().zip(&answers) {
            test(answer);
        }
    }
}

macro_rules! cells {
    ($cases:ident, $make:expr, $differ:expr, $keeps:expr) => {
        $cases.add([Rc::new(RefCell::new($make)), Rc::new(RefCell::new($make))], $differ, $keeps);
        $cases.add([Rc::new($make), Rc::new($make)], $differ, $keeps);
        $cases.add([Arc::new(Mutex::new($make)), Arc::new(Mutex::new($make))], $differ, $keeps);
    };
}

#[derive(State, Clone, Debug, PartialEq)]
struct Leaf {
    number: u32,
    text: String,
}

fn leaf() -> Leaf {
    Leaf { number: 1, text: "leaf".into() }
}

#[test]
fn structs_of_each_form() {
    #[derive(State, Clone)]
    struct Unit;
    #[derive(State, Clone)]
    #[state(pickle = "dict")]
    struct Plain {
        a: u8,
    }
    #[derive(State, Clone)]
    #[state(pickle = "slots")]
    struct Slotted {
        a: u8,
        b: Leaf,
    }
    #[derive(State, Clone)]
    #[state(pickle = "cython")]
    struct Sorted {
        b: u8,
        a: Vec<u8>,
    }
    #[derive(State, Clone)]
    #[state(pickle = "call")]
    struct Called {
        a: u8,
        b: Leaf,
    }
    let mut cases = Cases::default();
    cells!(cases, leaf(), true, true);
    cells!(cases, Unit, true, true);
    cells!(cases, Plain { a: 1 }, true, true);
    cells!(cases, Slotted { a: 1, b: leaf() }, true, true);
    cells!(cases, Sorted { b: 1, a: vec![2] }, true, true);
    cells!(cases, Called { a: 1, b: leaf() }, true, true);
    cases.ask();
}

#[test]
fn each_container_cell_and_lock() {
    let mut cases = Cases::default();
    cases.everywhere([Rc::new(leaf()), Rc::new(leaf())]);
    cases.everywhere([Arc::new(RefCell::new(leaf())), Arc::new(RefCell::new(leaf()))]);
    let once = || OnceCell::from(leaf());
    cases.add([Rc::new(once()), Rc::new(once())], true, true);
    cases.add([Arc::new(OnceLock::from(leaf())), Arc::new(OnceLock::from(leaf()))], true, true);
    cases.add([Arc::new(RwLock::new(leaf())), Arc::new(RwLock::new(leaf()))], true, true);
    cases.add([Rc::new(Cell::new(1.5_f64)), Rc::new(Cell::new(1.5_f64))], true, false);
    cases.add([Rc::new(Rc::new(leaf())), Rc::new(Rc::new(leaf()))], true, true);
    cases.add([Rc::new(Box::new(leaf())), Rc::new(Box::new(leaf()))], true, true);
    cases.add([Arc::new(RefCell::new(Some(leaf()))), Arc::new(RefCell::new(Some(leaf())))], true, true);
    cases.ask();
}

#[test]
fn lists_and_slices() {
    let mut cases = Cases::default();
    cells!(cases, vec![1_u32, 2], true, true);
    cells!(cases, Vec::<String>::new(), true, true);
    cells!(cases, VecDeque::from([leaf()]), true, true);
    cells!(cases, [1_u16, 2], true, true);
    cases.add([Rc::<[u16]>::from([1, 2]), Rc::from([1, 2])], true, true);
    cases.add([Arc::<[String]>::from(["a".to_string()]), Arc::from(["a".to_string()])], true, true);
    cases.ask();
}

/// Python's empty tuple is a single object, and numbers have no identity there.
#[test]
fn maps_sets_and_tuples() {
    let names = || [(1_u8, "one".to_string()), (2, "two".to_string())];
    let table = || HashMap::from([(1_u8, leaf())]);
    let numbers = || [300_u32, 400];
    let mut cases = Cases::default();
    cells!(cases, BTreeMap::from(names()), true, true);
    cells!(cases, table(), true, true);
    cells!(cases, BTreeMap::<u8, u8>::new(), true, true);
    cells!(cases, BTreeSet::from(numbers()), true, true);
    cells!(cases, HashSet::from([300_u32]), true, true);
    cells!(cases, HashSet::<u32>::new(), true, true);
    cells!(cases, BinaryHeap::from(numbers()), true, true);
    cells!(cases, LinkedList::from(numbers()), true, true);
    cells!(cases, (leaf(), "text".to_string()), true, true);
    cells!(cases, (1_u8,), true, true);
    cells!(cases, (1_u8, 2.5_f64, leaf(), true, 'c'), true, true);
    cells!(cases, ((1_u8, 2_u8), vec![leaf()]), true, true);
    cells!(cases, (), false, false);
    cells!(cases, std::time::Duration::from_millis(1500), true, true);
    cells!(cases, 1_u32..400, true, true);
    cells!(cases, Ok::<u8, String>(1), true, true);
    cells!(cases, Err::<u8, String>("no".into()), true, true);
    cells!(cases, std::cmp::Reverse("text".to_string()), true, true);
    cells!(cases, std::net::Ipv4Addr::LOCALHOST, true, true);
    cells!(cases, std::net::IpAddr::from([127, 0, 0, 1]), true, true);
    cases.everywhere([Rc::new(RefCell::new(table())), Rc::new(RefCell::new(table()))]);
    cases.everywhere([Rc::new((leaf(), leaf())), Rc::new((leaf(), leaf()))]);
    cases.add([Arc::new(AtomicU32::new(7)), Arc::new(AtomicU32::new(7))], false, false);
    cases.ask();
}

/// Texts and bytes of at most one character are single objects in Python, so these are longer.
#[test]
fn text_bytes_and_numbers() {
    let mut cases = Cases::default();
    cells!(cases, "some text".to_string(), true, true);
    cells!(cases, b"some bytes".to_vec(), true, true);
    cells!(cases, 7_u32, false, false);
    cells!(cases, 1_000_000_i64, false, false);
    cells!(cases, 1.5_f32, true, false);
    cells!(cases, true, false, false);
    cells!(cases, Some(leaf()), true, true);
    cells!(cases, None::<u8>, false, false);
    cases.add([Rc::<str>::from("some text"), Rc::from("some text")], true, true);
    cases.add([Arc::<str>::from("some \u{e9}"), Arc::from("some \u{e9}")], true, true);
    cases.add([Rc::<[u8]>::from(*b"some bytes"), Rc::from(*b"some bytes")], true, true);
    cases.add([Rc::<std::path::Path>::from("a/b".as_ref()), Rc::from("a/b".as_ref())], true, true);
    cases.ask();
}

#[test]
fn enums() {
    #[derive(State, Clone)]
    #[allow(dead_code, reason = "one of them is enough")]
    enum Shape {
        Point,
        Circle(f64),
        Named { name: String },
    }
    #[derive(State, Clone)]
    #[state(pickle = "enum")]
    #[allow(dead_code, reason = "one of them is enough")]
    enum Color {
        Red = 1,
        Green = 2,
    }
    let mut cases = Cases::default();
    cells!(cases, Shape::Point, true, true);
    cells!(cases, Shape::Circle(1.5), true, true);
    cells!(cases, Shape::Named { name: "name".into() }, true, true);
    cells!(cases, Color::Red, false, true);
    cases.ask();
}

#[test]
fn objects_behind_traits() {
    trait Monster: state_core::Dynamic {}
    #[derive(State)]
    #[state(name = "Leaf")]
    struct Goblin {
        number: u32,
    }
    impl Monster for Goblin {}
    state_core::dynamic!(dyn Monster = [Goblin]);
    let goblin = || -> Rc<dyn Monster> { Rc::new(Goblin { number: 1 }) };
    let mut cases = Cases::default();
    cases.add([goblin(), goblin()], true, true);
    cases.ask();
}
