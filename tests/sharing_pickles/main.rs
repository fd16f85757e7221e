//! Shared objects in pickles: an object shared in Rust is shared in Python (`x is y`), and the reverse, including
//! cycles.

mod apart;
mod calls;
#[path = "../numbers/mod.rs"]
mod numbers;
#[path = "../python/mod.rs"]
mod python;
mod rings;
#[path = "../two/mod.rs"]
mod two;
mod weak;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use state_core::pickle::{self, PickleOptions as Options, Protocol};
use state_core::{State, from_value, to_value};
use two::{Leaf, Two};

const PROTOCOLS: [Protocol; 6] = [Protocol::V0, Protocol::V1, Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// The Python classes of the types below, and `graph`, which shows shared objects: an object that occurs again gets a
/// number, and later occurrences are only the number.
const CLASSES: &str = r#"
import pickle, io

class Slots:
    NAMES = ()
    def __setstate__(self, state):
        for name, value in zip(self.NAMES, state):
            setattr(self, name, value)
    def __getstate__(self):
        return tuple(getattr(self, name) for name in self.NAMES)

def slots(name, names):
    globals()[name] = type(name, (Slots,), {"NAMES": tuple(names.split())})

slots("Leaf", "number")
slots("Two", "one list text watch unique")
slots("Folder", "name parent folders")
slots("Node", "number next parent")
slots("Watch", "before gone names leaf")
slots("Chain", "number next")
slots("Loose", "text list all")
slots("Chains", "all")
slots("Shape", "kind others")
slots("Part", "list pair")
slots("Pairs", "pairs")

class Plain:
    pass

class Named:
    pass

class Sorted:
    def __setstate__(self, state):
        self.a, self.b, self.c, self.d = state
    def __reduce__(self):
        return globals()['__pyx_unpickle_Sorted'], (Sorted, Sorted.SUM, None), (self.a, self.b, self.c, self.d)

def __pyx_unpickle_Sorted(cls, checksum, state):
    cls.SUM = checksum
    return cls.__new__(cls)

class Member:
    def __setstate__(self, state):
        self.next, self.number = state
    def __reduce__(self):
        return globals()['__pyx_unpickle_Member'], (Member, Member.SUM, None), (self.next, self.number)

def __pyx_unpickle_Member(cls, checksum, state):
    cls.SUM = checksum
    return cls.__new__(cls)

class Called:
    def __init__(self, left, right, parent):
        self.left, self.right, self.parent = left, right, parent
    def __reduce__(self):
        return Called, (self.left, self.right, self.parent)

import enum

class Color(enum.Enum):
    Red = 1
    Green = 2

ATOMS = (int, float, bool, type(None))

def graph(root):
    counts, kept = {}, []
    def count(value):
        if isinstance(value, ATOMS):
            return
        counts[id(value)] = counts.get(id(value), 0) + 1
        if counts[id(value)] == 1:
            for part in parts(value):
                count(part)
    def parts(value):
        if isinstance(value, (list, tuple, set)):
            return list(value)
        if isinstance(value, dict):
            return [part for pair in value.items() for part in pair]
        if isinstance(value, (str, bytes, enum.Enum)):
            return []
        kept.append(value.__getstate__() if isinstance(value, Slots) else tuple(vars(value).values()))
        return list(kept[-1])
    numbers = {}
    def show(value):
        if isinstance(value, ATOMS):
            return repr(value)
        mark = ""
        if counts[id(value)] > 1:
            if id(value) in numbers:
                return "@%d" % numbers[id(value)]
            numbers[id(value)] = len(numbers) + 1
            mark = "@%d=" % numbers[id(value)]
        if isinstance(value, (str, bytes, enum.Enum)):
            return mark + str(value)
        inner = ", ".join(map(show, parts(value)))
        if isinstance(value, list):
            return mark + "[" + inner + "]"
        if isinstance(value, tuple):
            return mark + "(" + inner + ")"
        if isinstance(value, dict):
            return mark + "{" + inner + "}"
        return mark + type(value).__name__ + "(" + inner + ")"
    count(root)
    return show(root)
"#;

/// Returns the graph of a pickle, and the pickles that Python makes of it at all protocols.
const AGAIN: &str = r#"
def case(data):
    ways = [pickle.loads(data), pickle._loads(data)]
    texts = {graph(way) for way in ways}
    assert len(texts) == 1, texts
    again = []
    for protocol in range(6):
        slow = io.BytesIO()
        pickle._Pickler(slow, protocol).dump(ways[0])
        again += [pickle.dumps(ways[0], protocol), slow.getvalue()]
    return b"".join(len(part).to_bytes(4, "little") + part for part in [texts.pop().encode()] + again)
"#;

/// The same as [`pickled`], and also through values, which only have the plain form.
fn both_ways<T: State + for<'a> state_core::Restore<'a>>(value: &T, graph: &str, test: impl Fn(T)) {
    test(pickle::loads(&pickle::dump_value(&to_value(value).unwrap()).unwrap()).unwrap());
    pickled(value, graph, test);
}

/// Pickles a value at each protocol, compares Python's result with `graph`, and reads what Python pickles again; `test`
/// checks each loaded value.
fn pickled<T: State + for<'a> state_core::Restore<'a>>(value: &T, graph: &str, test: impl Fn(T)) {
    let pickles: Vec<Vec<u8>> =
        PROTOCOLS.iter().map(|&protocol| Options::new().protocol(protocol).dumps(value).unwrap()).collect();
    for (protocol, pickle) in PROTOCOLS.iter().zip(&pickles) {
        let back: T = pickle::loads(pickle).unwrap();
        assert_eq!(&Options::new().protocol(*protocol).dumps(&back).unwrap(), pickle, "{protocol:?}");
        test(back);
        let value = Options::new().sharing().load_value(pickle).unwrap();
        test(from_value(&value).unwrap());
        test(pickle::loads(&pickle::dump_value(&value).unwrap()).unwrap());
    }
    let Some(answers) = python::answers(&[CLASSES, AGAIN].concat(), &pickles) else { return };
    for answer in &answers {
        let parts = python::parts(answer);
        assert_eq!(std::str::from_utf8(parts[0]).unwrap(), graph);
        for pickle in &parts[1..] {
            test(pickle::loads(pickle).unwrap());
        }
    }
}

#[derive(State, Debug)]
struct Folder {
    name: String,
    parent: Weak<Folder>,
    folders: Vec<Rc<Folder>>,
}

type Link = Rc<RefCell<Node>>;

#[derive(State, Debug)]
#[state(shared, cyclic)]
struct Node {
    number: u32,
    next: Vec<Link>,
    parent: Option<Link>,
}

fn node(number: u32) -> Link {
    Rc::new(RefCell::new(Node { number, next: vec![], parent: None }))
}

/// Breaks all cycles that can be reached from here.
fn open(node: &Link) {
    let (next, parent) = {
        let mut node = node.borrow_mut();
        (std::mem::take(&mut node.next), node.parent.take())
    };
    next.iter().chain(&parent).for_each(open);
}

#[derive(State, Debug)]
#[state(shared, cyclic, pickle = "dict")]
struct Named {
    next: Vec<Rc<RefCell<Named>>>,
    number: u32,
}

#[derive(State, Debug)]
#[state(shared, cyclic, pickle = "cython")]
struct Member {
    number: u32,
    next: Option<Arc<Mutex<Member>>>,
}

#[derive(State)]
#[state(shared, cyclic)]
struct Part {
    list: Option<Rc<RefCell<Vec<Link2>>>>,
    pair: Option<Rc<RefCell<[Option<Link2>; 2]>>>,
}

type Link2 = Rc<RefCell<Part>>;

#[derive(State)]
struct Watch {
    before: Weak<Leaf>,
    gone: Weak<Leaf>,
    names: (Weak<String>, Weak<Vec<Rc<String>>>, Vec<Rc<String>>, Rc<Vec<Rc<String>>>),
    leaf: Rc<Leaf>,
}

#[derive(State)]
struct Loose {
    text: Weak<str>,
    list: Weak<[Rc<str>]>,
    all: (Rc<str>, Rc<[Rc<str>]>, Weak<str>),
}

#[derive(State)]
struct Chain {
    number: u32,
    next: Weak<RefCell<Chain>>,
}

#[derive(State)]
struct Chains {
    all: Vec<Rc<RefCell<Chain>>>,
}

type Called2 = Rc<RefCell<Called>>;

#[derive(State, Debug)]
#[state(shared, cyclic, pickle = "call")]
struct Called {
    left: u32,
    right: Vec<Called2>,
    parent: Weak<RefCell<Called>>,
}

#[derive(State, Debug)]
#[state(shared, cyclic, name = "Pairs")]
#[allow(clippy::type_complexity, reason = "each is a pointer to a tuple")]
struct Pairs {
    pairs: Vec<Rc<RefCell<(u8, Vec<Rc<RefCell<Pairs>>>)>>>,
}

type Mixed2 = Rc<RefCell<Mixed>>;

#[derive(State)]
#[state(shared, cyclic)]
enum Mixed {
    None,
    Some(Vec<Mixed2>, Weak<RefCell<Mixed>>),
    Call(Maker, u8),
    Plain { plain: Keeper },
}

#[derive(State)]
#[state(pickle = "call")]
struct Maker {
    items: Vec<Mixed2>,
    map: BTreeMap<u8, Mixed2>,
    watch: Weak<RefCell<Mixed>>,
}

#[derive(State)]
struct Keeper {
    pair: (Option<Mixed2>, Option<Rc<RefCell<(u8, Vec<Mixed2>)>>>),
    watch: Weak<RefCell<Mixed>>,
}
