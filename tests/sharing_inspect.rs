//! Inspections of bytes with shared objects, without their types.

#![allow(dead_code, reason = "types are written, and read by their schema alone")]

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::image::stream;
use state_core::value::{Shared, Value};
use state_core::{ErrorKind, Inspection, Options, State, dumps, to_value};

fn carried<T: State>(value: &T) -> Vec<u8> {
    Options::new().with_schema().dumps(value).unwrap()
}

fn tree(bytes: &[u8]) -> String {
    Inspection::open(bytes).unwrap().tree().unwrap()
}

#[derive(State)]
#[state(name = "Leaf")]
struct Leaf {
    number: u32,
}

#[derive(State)]
#[state(name = "Two", shared)]
struct Two {
    before: Weak<Leaf>,
    one: Rc<Leaf>,
    list: Vec<Rc<Leaf>>,
    text: (Arc<str>, Arc<str>, Rc<str>),
    numbers: [Rc<[u16]>; 2],
    unique: Rc<Leaf>,
    gone: Weak<Leaf>,
}

fn two() -> Two {
    let (one, text, numbers) = (Rc::new(Leaf { number: 7 }), Arc::<str>::from("text"), Rc::<[u16]>::from([1, 2]));
    Two {
        before: Rc::downgrade(&one),
        list: vec![Rc::new(Leaf { number: 1 }), one.clone(), one.clone()],
        one,
        text: (text.clone(), text, "text".into()),
        numbers: [numbers.clone(), numbers],
        unique: Rc::new(Leaf { number: 5 }),
        gone: Weak::new(),
    }
}

const TREE: &str = "\
Two
  before: <shared 1>
  one: <shared 1> Leaf
    number: 7
  list: list of 3
    Leaf
      number: 1
    <shared 1>
    <shared 1>
  text: tuple of 3
    <shared 2> 'text'
    <shared 2>
    'text'
  numbers: list of 2
    <shared 3> list of 2
      1
      2
    <shared 3>
  unique: Leaf
    number: 5
  gone: None
";

#[test]
fn a_tree_shows_an_object_once_and_its_number_elsewhere() {
    assert_eq!(tree(&carried(&two())), TREE);
    let mut text = String::new();
    Inspection::open(&carried(&two())).unwrap().write_tree(&mut text).unwrap();
    assert_eq!(text, TREE);
}

#[test]
fn a_value_keeps_what_is_shared() {
    let bytes = carried(&two());
    let value = Inspection::open(&bytes).unwrap().value().unwrap();
    assert_eq!(value, to_value(&two()).unwrap());
    let state = value.as_object().unwrap().state();
    let one = state[1].as_shared().unwrap();
    let list = state[2].as_list().unwrap();
    assert!(Shared::same(one, list[1].as_shared().unwrap()) && Shared::same(one, state[0].as_shared().unwrap()));
    assert!(list[0].as_shared().is_none());
}

#[derive(State)]
#[state(name = "Node", shared, cyclic)]
struct Node {
    number: u32,
    next: Vec<Rc<RefCell<Node>>>,
    parent: Weak<RefCell<Node>>,
}

fn ring() -> Rc<RefCell<Node>> {
    let node = |number| Rc::new(RefCell::new(Node { number, next: Vec::new(), parent: Weak::new() }));
    let (a, b) = (node(1), node(2));
    a.borrow_mut().next = vec![b.clone(), a.clone()];
    b.borrow_mut().parent = Rc::downgrade(&a);
    b.borrow_mut().next = vec![a.clone()];
    a
}

#[test]
fn cycles_end() {
    let ring = ring();
    let bytes = carried(&ring);
    let expected = "<shared 1> Node\n  number: 1\n  next: list of 2\n    Node\n      number: 2\n      next: list of 1\n        \
                    <shared 1>\n      parent: <shared 1>\n    <shared 1>\n  parent: None\n";
    assert_eq!(tree(&bytes), expected);
    let value = Inspection::open(&bytes).unwrap().value().unwrap();
    assert_eq!(value.to_string(), "Node(1, [Node(2, [Node(...)], Node(...)), Node(...)], None)");
    ring.borrow_mut().next.clear();
}

#[test]
fn streams_say_which_types_are_shared_pointers() {
    let mut writer = stream::StreamWriter::new(Vec::new()).unwrap();
    writer.write(&two()).unwrap();
    writer.write(&two()).unwrap();
    let bytes = writer.into_inner();
    let mut reader = stream::StreamReader::new(&bytes[..]).unwrap();
    for _ in 0..2 {
        assert!(reader.advance().unwrap());
        assert_eq!(reader.inspect().unwrap().tree().unwrap(), TREE);
    }
}

#[test]
fn what_shares_where_asked_alone_is_seen_too() {
    let one = Rc::new(3_u8);
    let bytes = Options::new().with_schema().sharing().dumps(&vec![one.clone(), one]).unwrap();
    assert_eq!(tree(&bytes), "list of 2\n  <shared 1> 3\n  <shared 1>\n");
}

#[test]
fn every_byte_changed_shows_something_or_is_an_error() {
    let honest = carried(&two());
    for at in 0..honest.len() {
        for change in [1, 2, 0x80, 0xFF] {
            let mut bytes = honest.clone();
            bytes[at] ^= change;
            let Ok(inspection) = Inspection::open(&bytes) else { continue };
            let (value, tree) = (inspection.value(), inspection.tree());
            assert_eq!(value.is_ok(), tree.is_ok(), "byte {at}");
        }
    }
}

#[test]
fn references_to_nothing_are_damage_with_a_place() {
    let honest = carried(&two());
    let end = honest.len();
    // The weak reference that comes first refers to an object that has no owner.
    let at = (0..end).find(|&at| honest[at..].starts_with(&[2, 0, 0, 0, 0, 0, 0, 0])).unwrap();
    let mut bytes = honest;
    bytes[at + 4] = 9;
    let error = Inspection::open(&bytes).unwrap().tree().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert_eq!(error.to_string(), "Two: expected as many objects as weak references lead to, found fewer");
}

#[test]
fn a_value_takes_no_more_memory_than_it_may() {
    let one = Rc::new(RefCell::new(1_u8));
    let bytes = Options::new().with_schema().sharing().dumps(&vec![one; 10_000]).unwrap();
    let inspection = Options::new().memory(100_000).inspect(&bytes).unwrap();
    assert_eq!(inspection.value().unwrap_err().kind(), ErrorKind::Memory);
    let value = Options::new().memory(10_000_000).inspect(&bytes).unwrap().value().unwrap();
    assert!(matches!(value, Value::List(_)));
}

#[test]
fn bytes_without_their_schema_are_told_so() {
    assert_eq!(Inspection::open(&dumps(&two()).unwrap()).unwrap_err().kind(), ErrorKind::Identity);
}
