//! Recursive types: their heads and schemas are finite, and their values round-trip.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use state_core::{ErrorKind, RestoreOwned, State, dumps, load_into, loads};

#[track_caller]
fn comes_back<T: RestoreOwned + PartialEq + Debug>(value: &T, mut other: T) {
    let bytes = dumps(value).unwrap();
    assert_eq!(&loads::<T>(&bytes).unwrap(), value);
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(&other, value);
}

#[derive(State, Debug, PartialEq, Default)]
struct Node {
    name: String,
    next: Option<Box<Node>>,
    list: Vec<Node>,
    deque: VecDeque<Node>,
    map: BTreeMap<String, Node>,
    table: HashMap<u8, Node>,
    shared: Option<Rc<Node>>,
    atomic: Vec<Arc<Node>>,
    slice: Box<[Node]>,
    pairs: Vec<(u8, Option<Node>)>,
    cell: Vec<RefCell<Node>>,
}

fn node(name: &str) -> Node {
    Node { name: name.into(), ..Node::default() }
}

#[allow(clippy::arc_with_non_send_sync, reason = "a node shows every holder at once")]
fn full() -> Node {
    Node {
        name: "root".into(),
        next: Some(Box::new(Node { next: Some(Box::new(node("b"))), ..node("a") })),
        list: vec![node("c"), node("d")],
        deque: [node("e")].into(),
        map: [("f".into(), node("g"))].into(),
        table: [(1, node("h"))].into(),
        shared: Some(Rc::new(node("i"))),
        atomic: vec![Arc::new(node("j"))],
        slice: [node("k")].into(),
        pairs: vec![(2, Some(node("l"))), (3, None)],
        cell: vec![RefCell::new(node("m"))],
    }
}

#[test]
fn through_every_holder() {
    comes_back(&full(), node("x"));
    comes_back(&node("x"), full());
    let mut deep = full();
    deep.list[0] = full();
    deep.map.insert("n".into(), full());
    comes_back(&deep, full());
    comes_back(&full(), deep);
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ordered {
    rank: u8,
    inner: BTreeSet<Ordered>,
}

#[test]
fn through_a_set() {
    let leaf = |rank| Ordered { rank, inner: BTreeSet::new() };
    comes_back(&Ordered { rank: 1, inner: [leaf(2), leaf(3)].into() }, leaf(4));
}

#[derive(State, Debug, PartialEq)]
struct Item {
    name: String,
    kind: Kind,
}

#[derive(State, Debug, PartialEq)]
enum Kind {
    File(u64),
    Folder(Folder),
    Link { target: Box<Item> },
}

#[derive(State, Debug, PartialEq)]
struct Folder(Vec<Item>, BTreeMap<String, Kind>);

#[test]
fn mutually() {
    let file = |name: &str| Item { name: name.into(), kind: Kind::File(3) };
    let link = Item { name: "link".into(), kind: Kind::Link { target: Box::new(file("target")) } };
    let folder = Folder(vec![file("a"), link], [("b".into(), Kind::Folder(Folder(vec![], BTreeMap::new())))].into());
    let value = Item { name: "folder".into(), kind: Kind::Folder(folder) };
    comes_back(&value, file("other"));
    comes_back(&file("other"), value);
}

/// Two generic types that contain each other.
#[derive(State, Debug, PartialEq)]
struct Even<T> {
    value: T,
    next: Option<Box<Odd<T>>>,
}

#[derive(State, Debug, PartialEq)]
struct Odd<T> {
    value: Vec<T>,
    next: Option<Box<Even<T>>>,
}

#[test]
fn generics() {
    let last = Even { value: 3_u8, next: None };
    let value = Even { value: 1, next: Some(Box::new(Odd { value: vec![2], next: Some(Box::new(last)) })) };
    comes_back(&value, Even { value: 0, next: None });
}

#[derive(State, Debug, PartialEq)]
struct Base {
    id: u8,
    children: Vec<Derived>,
}

#[derive(State, Debug, PartialEq)]
struct Derived {
    #[state(flatten_parent)]
    base: Base,
    extra: Option<Box<Derived>>,
}

#[test]
fn through_a_parent() {
    let derived = |id, children, extra| Derived { base: Base { id, children }, extra };
    let value = derived(1, vec![derived(2, vec![], None)], Some(Box::new(derived(3, vec![], None))));
    comes_back(&value, derived(4, vec![], None));
}

#[derive(State, Debug, PartialEq)]
struct Borrowing<'a> {
    name: &'a str,
    inner: Vec<Borrowing<'a>>,
}

#[test]
fn with_a_lifetime() {
    let value = Borrowing { name: "a", inner: vec![Borrowing { name: "b", inner: vec![] }] };
    let bytes = dumps(&value).unwrap();
    assert_eq!(loads::<Borrowing<'_>>(&bytes).unwrap(), value);
}

/// A value nested too deeply is an error before it is written, instead of a stack overflow.
#[test]
fn depth_has_a_limit() {
    let chain = |depth| {
        (0..depth).fold(Even { value: 0_u8, next: None }, |even, _| Even {
            value: 0,
            next: Some(Box::new(Odd { value: vec![], next: Some(Box::new(even)) })),
        })
    };
    comes_back(&chain(20), chain(1));
    assert_eq!(dumps(&chain(1_000)).unwrap_err().kind(), ErrorKind::Depth);
}
