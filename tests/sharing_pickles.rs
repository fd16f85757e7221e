//! Shared objects in pickles: what is one object in Rust is one in Python (`x is y`), and the reverse, cycles included.

mod python;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use state_core::pickle::{self, PickleOptions as Options, Protocol};
use state_core::{State, from_value, to_value};

const PROTOCOLS: [Protocol; 6] = [Protocol::V0, Protocol::V1, Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// Classes of the types below, and `graph`, which shows what is one object: whatever is met twice gets a number, and the
/// number alone stands where it is met again.
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
slots("Two", "one list text watch")
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

/// The graph of a pickle, and the pickles that Python makes of it at all protocols.
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

/// As [`pickled`], and by way of values too, which know of no form but the plain one.
fn both_ways<T: State + for<'a> state_core::Restore<'a>>(value: &T, graph: &str, test: impl Fn(T)) {
    test(pickle::loads(&pickle::dump_value(&to_value(value).unwrap()).unwrap()).unwrap());
    pickled(value, graph, test);
}

/// Pickles a value at each protocol, holds what Python makes of it against `graph`, and reads what Python pickles again;
/// `test` takes each of the values that come back.
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
struct Leaf {
    number: u32,
}

#[derive(State, Debug)]
#[state(shared)]
struct Two {
    one: Rc<Leaf>,
    list: Vec<Rc<Leaf>>,
    text: (Arc<str>, Arc<str>),
    watch: Weak<Leaf>,
}

#[test]
fn one_object_is_one_object_in_python() {
    let (one, text) = (Rc::new(Leaf { number: 7 }), Arc::<str>::from("text"));
    let two = Two {
        watch: Rc::downgrade(&one),
        list: vec![Rc::new(Leaf { number: 7 }), one.clone(), one.clone()],
        one,
        text: (text.clone(), text),
    };
    both_ways(&two, "Two(@1=Leaf(7), [Leaf(7), @1, @1], (@2=text, @2), @1)", |two| {
        assert!(Rc::ptr_eq(&two.one, &two.list[1]) && Rc::ptr_eq(&two.one, &two.list[2]));
        assert!(!Rc::ptr_eq(&two.one, &two.list[0]) && Arc::ptr_eq(&two.text.0, &two.text.1));
        assert!(Rc::ptr_eq(&two.watch.upgrade().unwrap(), &two.one));
        assert_eq!((two.one.number, two.list[0].number, &*two.text.0), (7, 7, "text"));
    });
}

#[derive(State, Debug)]
struct Folder {
    name: String,
    parent: Weak<Folder>,
    folders: Vec<Rc<Folder>>,
}

#[test]
fn children_know_their_parents() {
    let root = Rc::new_cyclic(|root| {
        let folder = |name: &str| Rc::new(Folder { name: name.into(), parent: root.clone(), folders: vec![] });
        Folder { name: "/".into(), parent: Weak::new(), folders: vec![folder("home"), folder("tmp")] }
    });
    both_ways(&root, "@1=Folder(/, None, [Folder(home, @1, []), Folder(tmp, @1, [])])", |root| {
        assert!(root.parent.upgrade().is_none());
        for folder in &root.folders {
            assert!(Rc::ptr_eq(&folder.parent.upgrade().unwrap(), &root));
        }
        assert_eq!(root.folders[1].name, "tmp");
    });
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

/// Opens all cycles that can be reached from here.
fn open(node: &Link) {
    let (next, parent) = {
        let mut node = node.borrow_mut();
        (std::mem::take(&mut node.next), node.parent.take())
    };
    next.iter().chain(&parent).for_each(open);
}

#[test]
fn rings_are_rings_in_python() {
    let (a, b, c) = (node(1), node(2), node(3));
    a.borrow_mut().next = vec![b.clone(), a.clone()];
    b.borrow_mut().next = vec![c.clone()];
    b.borrow_mut().parent = Some(a.clone());
    c.borrow_mut().next = vec![a.clone(), b.clone()];
    both_ways(&a, "@1=Node(1, [@2=Node(2, [Node(3, [@1, @2], None)], @1), @1], None)", |a| {
        let b = a.borrow().next[0].clone();
        let c = b.borrow().next[0].clone();
        assert!(Rc::ptr_eq(&a.borrow().next[1], &a) && Rc::ptr_eq(b.borrow().parent.as_ref().unwrap(), &a));
        assert!(Rc::ptr_eq(&c.borrow().next[0], &a) && Rc::ptr_eq(&c.borrow().next[1], &b));
        assert_eq!((a.borrow().number, b.borrow().number, c.borrow().number), (1, 2, 3));
        open(&a);
    });
    open(&a);
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

#[test]
fn rings_of_each_form_that_is_made_before_its_state() {
    let named = Rc::new(RefCell::new(Named { next: vec![], number: 3 }));
    named.borrow_mut().next = vec![named.clone()];
    pickled(&named, "@1=Named([@1], 3)", |named| {
        assert!(Rc::ptr_eq(&named.borrow().next[0], &named) && named.borrow().number == 3);
        named.borrow_mut().next.clear();
    });
    named.borrow_mut().next.clear();

    let member = Arc::new(Mutex::new(Member { number: 4, next: None }));
    let other = Arc::new(Mutex::new(Member { number: 5, next: Some(member.clone()) }));
    member.lock().unwrap().next = Some(other);
    pickled(&member, "@1=Member(Member(@1, 5), 4)", |member| {
        let other = member.lock().unwrap().next.take().unwrap();
        assert!(Arc::ptr_eq(other.lock().unwrap().next.as_ref().unwrap(), &member));
        assert_eq!((member.lock().unwrap().number, other.lock().unwrap().number), (4, 5));
    });
    member.lock().unwrap().next = None;
}

#[derive(State)]
#[state(shared, cyclic)]
struct Part {
    list: Option<Rc<RefCell<Vec<Link2>>>>,
    pair: Option<Rc<RefCell<[Option<Link2>; 2]>>>,
}

type Link2 = Rc<RefCell<Part>>;

/// Lists and fixed arrays are there before their items too.
#[test]
fn rings_through_lists_and_arrays() {
    let part = || Rc::new(RefCell::new(Part { list: None, pair: None }));
    let (first, second) = (part(), part());
    let list = Rc::new(RefCell::new(vec![first.clone(), second.clone()]));
    let pair = Rc::new(RefCell::new([None, Some(first.clone())]));
    first.borrow_mut().list = Some(list.clone());
    first.borrow_mut().pair = Some(pair);
    second.borrow_mut().list = Some(list.clone());
    both_ways(&list, "@1=[@2=Part(@1, [None, @2]), Part(@1, None)]", |list| {
        let parts = std::mem::take(&mut *list.borrow_mut());
        assert!(parts.iter().all(|part| Rc::ptr_eq(part.borrow().list.as_ref().unwrap(), &list)));
        let pair = parts[0].borrow_mut().pair.take().unwrap();
        assert!(pair.borrow()[0].is_none() && Rc::ptr_eq(pair.borrow()[1].as_ref().unwrap(), &parts[0]));
    });
    list.borrow_mut().clear();
    first.borrow_mut().pair = None;
}

/// The members of Cython's objects are written in the order of their names, in which a reference may come before its
/// object.
#[test]
fn members_in_the_order_of_their_names() {
    #[derive(State)]
    #[state(shared, pickle = "cython")]
    struct Sorted {
        d: Rc<Leaf>,
        c: Rc<str>,
        b: Rc<str>,
        a: Vec<Rc<Leaf>>,
    }
    let (leaf, text) = (Rc::new(Leaf { number: 2 }), Rc::<str>::from("text"));
    let sorted = Sorted { a: vec![leaf.clone(), leaf.clone()], b: text.clone(), c: text, d: leaf };
    pickled(&(sorted, 7_u8), "(Sorted([@1=Leaf(2), @1], @2=text, @2, @1), 7)", |(sorted, seven)| {
        assert!(Rc::ptr_eq(&sorted.a[0], &sorted.a[1]) && Rc::ptr_eq(&sorted.a[0], &sorted.d));
        assert!(Rc::ptr_eq(&sorted.b, &sorted.c));
        assert_eq!((sorted.d.number, &*sorted.c, seven), (2, "text", 7));
    });
}

#[derive(State)]
struct Watch {
    before: Weak<Leaf>,
    gone: Weak<Leaf>,
    names: (Weak<String>, Weak<Vec<Rc<String>>>, Vec<Rc<String>>, Rc<Vec<Rc<String>>>),
    leaf: Rc<Leaf>,
}

/// A reference to an object that follows makes it without its state, and what can only be whole is written where it comes
/// first.
#[test]
fn weak_references_lead_forward_and_to_nothing() {
    let (leaf, name) = (Rc::new(Leaf { number: 4 }), Rc::new(String::from("name")));
    let all = Rc::new(vec![name.clone(), Rc::new("other".into())]);
    let watch = Watch {
        before: Rc::downgrade(&leaf),
        gone: Rc::downgrade(&Rc::new(Leaf { number: 9 })),
        names: (Rc::downgrade(&name), Rc::downgrade(&all), vec![name], all),
        leaf,
    };
    let graph = "Watch(@1=Leaf(4), None, (@2=name, @3=[@2, other], [@2], @3), @1)";
    both_ways(&watch, graph, |watch| {
        assert!(Rc::ptr_eq(&watch.before.upgrade().unwrap(), &watch.leaf) && watch.gone.upgrade().is_none());
        let (name, all, names, list) = &watch.names;
        assert!(Rc::ptr_eq(&name.upgrade().unwrap(), &names[0]) && Rc::ptr_eq(&names[0], &list[0]));
        assert!(Rc::ptr_eq(&all.upgrade().unwrap(), list));
        assert_eq!((&**names[0], list.len(), watch.leaf.number), ("name", 2, 4));
    });
}

#[derive(State)]
struct Loose {
    text: Weak<str>,
    list: Weak<[Rc<str>]>,
    all: (Rc<str>, Rc<[Rc<str>]>, Weak<str>),
}

#[test]
fn weak_references_to_text_and_slices() {
    let text = Rc::<str>::from("text");
    let list = Rc::<[Rc<str>]>::from([text.clone(), "other".into()]);
    let loose = Loose {
        text: Rc::downgrade(&text),
        list: Rc::downgrade(&list),
        all: (text.clone(), list, Rc::downgrade(&text)),
    };
    drop(text);
    both_ways(&loose, "Loose(@1=text, @2=[@1, other], (@1, @2, @1))", |Loose { text, list, all }| {
        assert!(Rc::ptr_eq(&text.upgrade().unwrap(), &all.0) && Rc::ptr_eq(&list.upgrade().unwrap(), &all.1));
        assert!(Rc::ptr_eq(&all.0, &all.1[0]) && Rc::ptr_eq(&all.2.upgrade().unwrap(), &all.0));
        assert_eq!((&*all.0, &*all.1[1]), ("text", "other"));
    });
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

fn chains(count: u32) -> Chains {
    let all: Vec<_> = (0..count).map(|number| Rc::new(RefCell::new(Chain { number, next: Weak::new() }))).collect();
    for (at, chain) in all.iter().enumerate() {
        chain.borrow_mut().next = Rc::downgrade(&all[(at + 1) % all.len()]);
    }
    Chains { all }
}

/// However long a chain of references forward is, nothing nests.
#[test]
fn long_chains_of_references_forward() {
    for protocol in PROTOCOLS {
        let pickle = Options::new().protocol(protocol).dumps(&chains(20_000)).unwrap();
        let back: Chains = pickle::loads(&pickle).unwrap();
        assert_eq!(back.all.len(), 20_000);
        for (at, chain) in back.all.iter().enumerate() {
            let next = chain.borrow().next.upgrade().unwrap();
            assert!(Rc::ptr_eq(&next, &back.all[(at + 1) % 20_000]) && chain.borrow().number as usize == at);
        }
    }
    both_ways(&chains(3), "Chains([@1=Chain(0, @2=Chain(1, @3=Chain(2, @1))), @2, @3])", |chains| {
        for at in 0..3 {
            assert!(Rc::ptr_eq(&chains.all[at].borrow().next.upgrade().unwrap(), &chains.all[(at + 1) % 3]));
        }
    });
}

type Called2 = Rc<RefCell<Called>>;

#[derive(State, Debug)]
#[state(shared, cyclic, pickle = "call")]
struct Called {
    left: u32,
    right: Vec<Called2>,
    parent: Weak<RefCell<Called>>,
}

fn called(left: u32) -> Called2 {
    Rc::new(RefCell::new(Called { left, right: vec![], parent: Weak::new() }))
}

/// What a call makes is there after its arguments; a cycle that leads back to it goes through a list in these, which
/// Python has before what is in it.
#[test]
fn cycles_close_at_calls() {
    let alone = called(1);
    alone.borrow_mut().right.push(alone.clone());
    let close = |called: &Called2| called.borrow_mut().right.clear();
    pickled(&alone, "@1=Called(1, [@1], None)", |alone| {
        assert!(Rc::ptr_eq(&alone.borrow().right[0], &alone) && alone.borrow().left == 1);
        close(&alone);
    });
    close(&alone);

    // A tree whose leaves know their parents, several levels deep, and each other.
    let (root, child, leaf) = (called(1), called(2), called(3));
    leaf.borrow_mut().parent = Rc::downgrade(&child);
    child.borrow_mut().parent = Rc::downgrade(&root);
    child.borrow_mut().right = vec![leaf.clone(), called(4), root.clone()];
    root.borrow_mut().right = vec![child.clone(), leaf.clone()];
    pickled(
        &root,
        "@1=Called(1, [@2=Called(2, [@3=Called(3, [], @2), Called(4, [], None), @1], @1), @3], None)",
        |root| {
            let [child, leaf] = &*root.borrow_mut().right.split_off(0) else { panic!("others") };
            assert!(
                Rc::ptr_eq(&child.borrow().parent.upgrade().unwrap(), &root)
                    && Rc::ptr_eq(&child.borrow().right[0], leaf)
            );
            assert!(
                Rc::ptr_eq(&leaf.borrow().parent.upgrade().unwrap(), child)
                    && Rc::ptr_eq(&child.borrow().right[2], &root)
            );
            assert_eq!((leaf.borrow().left, child.borrow().right[1].borrow().left), (3, 4));
            close(child);
        },
    );
    close(&child);
}

#[derive(State, Debug)]
#[state(shared, cyclic)]
enum Tagged {
    None,
    Some(Vec<Rc<RefCell<Tagged>>>, u8),
    Both { left: Option<Rc<RefCell<Tagged>>>, pair: BTreeMap<u8, Rc<RefCell<Tagged>>> },
}

#[derive(State, Debug)]
#[state(shared, cyclic, name = "Pairs")]
#[allow(clippy::type_complexity, reason = "each is a pointer to a tuple")]
struct Pairs {
    pairs: Vec<Rc<RefCell<(u8, Vec<Rc<RefCell<Pairs>>>)>>>,
}

/// An enum with slots is a tuple, as what is in one.
#[test]
fn cycles_close_at_enums_and_tuples() {
    let tagged = Rc::new(RefCell::new(Tagged::None));
    let other = Rc::new(RefCell::new(Tagged::Both { left: None, pair: BTreeMap::from([(7, tagged.clone())]) }));
    *tagged.borrow_mut() = Tagged::Some(vec![tagged.clone(), other.clone(), tagged.clone()], 5);
    let graph = "@1=(Some, [@1, (Both, None, {7, @1}), @1], 5)";
    pickled(&tagged, graph, |tagged| {
        let Tagged::Some(items, 5) = tagged.replace(Tagged::None) else { panic!("another") };
        assert!(Rc::ptr_eq(&items[0], &tagged) && Rc::ptr_eq(&items[2], &tagged));
        let Tagged::Both { left: None, pair } = &*items[1].borrow() else { panic!("another") };
        assert!(Rc::ptr_eq(&pair[&7], &tagged));
    });
    tagged.replace(Tagged::None);

    let part = Rc::new(RefCell::new(Pairs { pairs: vec![] }));
    let pair = Rc::new(RefCell::new((7, vec![part.clone()])));
    part.borrow_mut().pairs = vec![pair.clone(), pair.clone()];
    pickled(&pair, "@1=(7, [Pairs([@1, @1])])", |pair| {
        let part = pair.borrow_mut().1.remove(0);
        let pairs = std::mem::take(&mut part.borrow_mut().pairs);
        assert!(Rc::ptr_eq(&pairs[0], &pair) && Rc::ptr_eq(&pairs[1], &pair));
    });
    part.borrow_mut().pairs.clear();
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

/// Python, to load and pickle again.
const BY_PYTHON: &str = r"
class Maker:
    def __init__(self, *args):
        self.args = args
    def __reduce__(self):
        return Maker, self.args

def case(data):
    slow = io.BytesIO()
    pickle._Pickler(slow, 4).dump(pickle.loads(data))
    return slow.getvalue()
";

/// Whatever Python can make comes back as it was, and all else is an error.
#[test]
fn random_graphs_of_calls_tuples_and_enums() {
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let (mut passed, mut refused, mut pickles, mut images) = (0, 0, Vec::new(), Vec::new());
    for round in 0..if cfg!(miri) { 8 } else { 600 } {
        let nodes: Vec<Mixed2> = (0..=round % 7).map(|_| Rc::new(RefCell::new(Mixed::None))).collect();
        for node in &nodes {
            let mut any = || nodes[random(nodes.len())].clone();
            let (items, one, watched) = (vec![any(), any()], any(), any());
            let watch = if round % 3 == 0 { Rc::downgrade(&watched) } else { Weak::new() };
            *node.borrow_mut() = match random(4) {
                0 => Mixed::None,
                1 => Mixed::Some(items, watch),
                2 => Mixed::Call(Maker { items, map: BTreeMap::from([(1, one)]), watch }, 7),
                _ => {
                    let pair = Rc::new(RefCell::new((round as u8, items)));
                    Mixed::Plain { plain: Keeper { pair: (Some(one), Some(pair)), watch } }
                }
            };
        }
        let image = state_core::dumps(&nodes).unwrap();
        let open = |nodes: &[Mixed2]| nodes.iter().for_each(|node| drop(node.replace(Mixed::None)));
        let protocol = PROTOCOLS[round % 6];
        match Options::new().protocol(protocol).dumps(&nodes) {
            Ok(pickle) => {
                let back: Vec<Mixed2> = pickle::loads(&pickle).unwrap();
                assert!(state_core::dumps(&back).unwrap() == image, "{round} {protocol:?}");
                assert_eq!(Options::new().protocol(protocol).dumps(&back).unwrap(), pickle);
                open(&back);
                passed += 1;
                pickles.push(pickle);
                images.push(image);
            }
            Err(error) => {
                // Only `watch` leads from one to another without a list, dict or object between them.
                assert!(round % 3 == 0 && error.to_string().contains("before its parts"), "{round}: {error}");
                refused += 1;
            }
        }
        open(&nodes);
    }
    assert!(passed > 4 * refused, "{passed} of {refused}");
    let classes = [CLASSES, "\nslots('Keeper', 'pair watch')\n", BY_PYTHON].concat();
    let Some(answers) = python::answers(&classes, &pickles) else { return };
    for (answer, image) in answers.iter().zip(&images) {
        let back: Vec<Mixed2> = pickle::loads(answer).unwrap();
        assert!(state_core::dumps(&back).unwrap() == *image);
        for node in &back {
            node.replace(Mixed::None);
        }
    }
}

#[derive(State)]
#[state(shared, cyclic, pickle = "call", name = "Called")]
struct Self_ {
    own: Option<Rc<RefCell<Self_>>>,
}

/// What is in itself without anything that Python can make before its parts.
#[test]
fn cycles_that_python_cannot_make_are_errors() {
    let left = Rc::new(RefCell::new(Tagged::None));
    *left.borrow_mut() = Tagged::Both { left: Some(left.clone()), pair: BTreeMap::new() };
    let own = Rc::new(RefCell::new(Self_ { own: None }));
    own.borrow_mut().own = Some(own.clone());
    for error in [pickle::dumps(&left).unwrap_err(), pickle::dumps(&own).unwrap_err()] {
        let error = error.to_string();
        assert!(error.contains("before its parts: a struct that is not pickled by a call"), "{error}");
    }
    left.replace(Tagged::None);
    own.borrow_mut().own = None;
}

/// Types behind a trait are known by their places, so references forward do not nest there either.
#[test]
fn chains_of_references_forward_behind_a_trait() {
    trait Item: state_core::Dynamic {
        fn next(&mut self) -> &mut Weak<RefCell<Box<dyn Item>>>;
    }
    #[derive(State)]
    #[state(name = "Chain")]
    struct Linked {
        number: u32,
        next: Weak<RefCell<Box<dyn Item>>>,
    }
    impl Item for Linked {
        fn next(&mut self) -> &mut Weak<RefCell<Box<dyn Item>>> {
            assert!(self.number < 5000);
            &mut self.next
        }
    }
    state_core::dynamic!(dyn Item = [Linked]);
    let item = |number| Rc::new(RefCell::new(Box::new(Linked { number, next: Weak::new() }) as Box<dyn Item>));
    let all: Vec<_> = (0..5000).map(item).collect();
    for at in 0..all.len() {
        *all[at].borrow_mut().next() = Rc::downgrade(&all[(at + 1) % all.len()]);
    }
    let back: Vec<Rc<RefCell<Box<dyn Item>>>> = pickle::loads(&pickle::dumps(&all).unwrap()).unwrap();
    for (at, item) in back.iter().enumerate() {
        assert!(Rc::ptr_eq(&item.borrow_mut().next().upgrade().unwrap(), &back[(at + 1) % back.len()]));
    }
}

/// An enum with slots in a struct can be on a cycle.
#[test]
fn enums_in_structs_can_be_on_cycles() {
    #[derive(State)]
    enum Kind {
        Leaf,
        Fork(Vec<Rc<RefCell<Shape>>>),
    }
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Shape {
        kind: Kind,
        others: Vec<Rc<Kind>>,
    }
    let shape = Rc::new(RefCell::new(Shape { kind: Kind::Leaf, others: vec![] }));
    let leaf = Rc::new(Kind::Leaf);
    shape.borrow_mut().others = vec![leaf.clone(), leaf, Rc::new(Kind::Leaf)];
    shape.borrow_mut().kind = Kind::Fork(vec![shape.clone()]);
    both_ways(&shape, "@1=Shape((Fork, [@1]), [@2=(@3=Leaf), @2, (@3)])", |shape| {
        let kind = std::mem::replace(&mut shape.borrow_mut().kind, Kind::Leaf);
        let Kind::Fork(items) = kind else { panic!("another variant") };
        assert!(Rc::ptr_eq(&items[0], &shape));
        let shape = shape.borrow();
        assert!(Rc::ptr_eq(&shape.others[0], &shape.others[1]) && !Rc::ptr_eq(&shape.others[0], &shape.others[2]));
    });
    shape.borrow_mut().kind = Kind::Leaf;
}

/// Cells that hold one member of a Python enum are several, though Python has the member once.
#[test]
fn cells_of_one_member_stay_apart() {
    #[derive(State, Debug, PartialEq, Clone, Copy)]
    #[state(pickle = "enum")]
    enum Color {
        Red = 1,
        Green = 2,
    }
    let cell = |color| Rc::new(Cell::new(color));
    let (red, other, green) = (cell(Color::Red), cell(Color::Red), cell(Color::Green));
    let cells = vec![red.clone(), red, other.clone(), other, cell(Color::Red), green];
    for protocol in PROTOCOLS {
        let options = Options::new().protocol(protocol).sharing();
        let back: Vec<Rc<Cell<Color>>> = options.loads(&options.dumps(&cells).unwrap()).unwrap();
        back[0].set(Color::Green);
        let colors: Vec<Color> = back.iter().map(|cell| cell.get()).collect();
        assert_eq!(colors, [Color::Green, Color::Green, Color::Red, Color::Red, Color::Red, Color::Green]);
        back[2].set(Color::Green);
        assert_eq!((back[3].get(), back[4].get()), (Color::Green, Color::Red));
    }
}

#[test]
fn types_that_say_nothing_have_copies_or_refuse_them() {
    let text = Rc::<str>::from("text");
    let two = vec![text.clone(), text];
    let shared = Options::new().sharing().dumps(&two).unwrap();
    for pickle in [&shared, &pickle::dumps(&two).unwrap()] {
        let back: Vec<Rc<str>> = pickle::loads(pickle).unwrap();
        assert!(!Rc::ptr_eq(&back[0], &back[1]) && *back[0] == *back[1]);
    }
    let back: Vec<Rc<str>> = Options::new().sharing().loads(&shared).unwrap();
    assert!(Rc::ptr_eq(&back[0], &back[1]));
    let refusing = Options::new().refuse_copies();
    for error in [refusing.dumps(&two).unwrap_err(), refusing.loads::<Vec<Rc<str>>>(&shared).unwrap_err()] {
        let error = error.to_string();
        assert!(error.contains("two shared pointers refer to") && error.contains("`Options::sharing`"), "{error}");
    }
    // What is no shared pointer is always a copy.
    let back: Vec<String> = refusing.loads(&shared).unwrap();
    assert_eq!(back, ["text", "text"]);
    let back: Vec<Rc<str>> = refusing.loads(&pickle::dumps(&two).unwrap()).unwrap();
    assert_eq!(back.len(), 2);

    let value = state_core::Options::new().sharing().to_value(&two).unwrap();
    assert!(value.as_list().unwrap()[0].as_shared().is_some());
    assert!(to_value(&two).unwrap().as_list().unwrap()[0].as_shared().is_none());
    let back: Vec<Rc<str>> = state_core::Options::new().sharing().from_value(&value).unwrap();
    assert!(Rc::ptr_eq(&back[0], &back[1]));
    let refusing = state_core::Options::new().refuse_copies();
    assert!(refusing.to_value(&two).is_err() && refusing.from_value::<Vec<Rc<str>>>(&value).is_err());
    let back: Vec<Rc<str>> = from_value(&value).unwrap();
    assert!(!Rc::ptr_eq(&back[0], &back[1]));
}

/// A cycle needs its word, whoever asks for sharing.
#[test]
fn cycles_are_only_for_types_that_say_so() {
    #[derive(State)]
    #[state(shared, name = "Node")]
    struct Straight {
        number: u32,
        next: Vec<Rc<RefCell<Straight>>>,
        parent: Option<Rc<RefCell<Straight>>>,
    }
    let ring = node(1);
    ring.borrow_mut().next.push(ring.clone());
    let pickle = pickle::dumps(&ring).unwrap();
    let error = pickle::loads::<Rc<RefCell<Straight>>>(&pickle).err().unwrap().to_string();
    assert!(error.contains("`#[state(shared, cyclic)]`"), "{error}");
    open(&ring);
    let straight = Rc::new(RefCell::new(Straight { number: 1, next: vec![], parent: None }));
    straight.borrow_mut().next.push(straight.clone());
    let error = pickle::dumps(&straight).unwrap_err().to_string();
    assert!(error.contains("`#[state(shared, cyclic)]`"), "{error}");
    straight.borrow_mut().next.clear();
}

/// A live object behind a cell is restored where it is, for all who hold it.
#[test]
fn restores_in_place_keep_cells_that_others_hold() {
    let (a, b) = (node(1), node(2));
    a.borrow_mut().next = vec![b.clone()];
    b.borrow_mut().next = vec![a.clone()];
    let pickle = pickle::dumps(&a).unwrap();
    a.borrow_mut().number = 8;
    b.borrow_mut().number = 9;
    let mut root = a.clone();
    pickle::load_into(&pickle, &mut root).unwrap();
    assert!(Rc::ptr_eq(&root, &a) && Rc::ptr_eq(&a.borrow().next[0], &b) && Rc::ptr_eq(&b.borrow().next[0], &a));
    assert_eq!((a.borrow().number, b.borrow().number), (1, 2));
    // What is refused changes nothing.
    let at = pickle.iter().rposition(|&byte| byte == b'h').unwrap();
    let mut other = pickle.clone();
    other[at + 1] = 0;
    a.borrow_mut().number = 8;
    assert!(pickle::load_into(&other, &mut root).is_err());
    assert_eq!((a.borrow().number, a.borrow().next.len()), (8, 1));
    open(&a);
}

#[test]
fn slots_that_are_left_out_have_no_numbers() {
    #[derive(State)]
    #[state(shared, pickle = "dict")]
    struct Plain {
        one: Rc<Leaf>,
        two: Rc<Leaf>,
        #[state(default = five)]
        three: Rc<Leaf>,
        #[state(default)]
        parent: Weak<Leaf>,
    }
    fn five() -> Rc<Leaf> {
        Rc::new(Leaf { number: 5 })
    }
    const SCRIPT: &str = "
def case(frame):
    plain = Plain()
    plain.one = plain.two = Leaf()
    plain.one.number = 6
    return pickle.dumps(plain, 4)
";
    let Some(answers) = python::answers(&[CLASSES, SCRIPT].concat(), &[vec![]]) else { return };
    let plain: Plain = pickle::loads(&answers[0]).unwrap();
    assert!(Rc::ptr_eq(&plain.one, &plain.two) && plain.parent.upgrade().is_none());
    assert_eq!((plain.one.number, plain.three.number), (6, 5));
}

/// Arrays that leave the pickle do so once.
#[test]
fn arrays_beside_the_pickle_are_shared() {
    #[derive(State)]
    #[state(shared)]
    struct Mesh {
        #[state(bytes)]
        data: Vec<u8>,
    }
    let mesh = Rc::new(Mesh { data: vec![7; 1000] });
    let meshes = vec![mesh.clone(), mesh];
    let mut buffer = pickle::PickleSegmentBuffer::new();
    let segments = Options::new().dump_segments(&meshes, &mut buffer).unwrap();
    assert_eq!(segments.buffers.len(), 1);
    let back: Vec<Rc<Mesh>> = Options::new().loads_with(segments.pickle, &segments.buffers).unwrap();
    assert!(Rc::ptr_eq(&back[0], &back[1]) && back[0].data == [7; 1000]);
}

/// The classes that Rust writes for Python take what Rust writes.
#[test]
fn generated_classes_know_their_parents() {
    let module = pickle::python_module::<Folder>().unwrap();
    assert!(module.contains("parent: Optional[\"Folder\"]") || module.contains("parent: Optional[Folder]"), "{module}");
}

/// In states without shared objects too: see `pickle_containers`.
#[test]
fn a_set_beside_shared_objects_has_each_item_once() {
    #[derive(State, Debug)]
    #[state(name = "m.Both", shared)]
    struct Both {
        one: Rc<Vec<u16>>,
        numbers: Vec<i64>,
        again: Rc<Vec<u16>>,
        names: Vec<Option<String>>,
        last: Rc<Vec<u16>>,
        pairs: Vec<(Rc<Vec<u16>>, u8)>,
    }
    let pickle = b"\x80\x04cm\nBoth\n)\x81(]q\x00K\x05a(K\x01K\x02K\x01\x91h\x00(X\x01\x00\x00\x00aN\
                   X\x01\x00\x00\x00bX\x01\x00\x00\x00aN\x91h\x00](h\x00K\x01\x86(K\x07lK\x01\x86etb.";
    let value = pickle::load_value(pickle).unwrap();
    for both in [pickle::loads::<Both>(pickle).unwrap(), from_value(&value).unwrap()] {
        assert_eq!(both.numbers, [1, 2]);
        assert_eq!(both.names, [Some("a".into()), None, Some("b".into())]);
        assert!(Rc::ptr_eq(&both.one, &both.again) && Rc::ptr_eq(&both.one, &both.last));
        assert!(Rc::ptr_eq(&both.one, &both.pairs[0].0));
        assert_eq!((&**both.one, &**both.pairs[1].0), (&[5][..], &[7][..]));
        let again: Both = pickle::loads(&pickle::dumps(&both).unwrap()).unwrap();
        assert_eq!((again.numbers, again.names.len()), (both.numbers, 3));
    }
}
