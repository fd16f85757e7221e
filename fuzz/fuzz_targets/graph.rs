//! Changed images of graphs, with records of references at any place: what passes is a graph whose own image passes.

#![no_main]

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use libfuzzer_sys::fuzz_target;
use state_core::image::compare;
use state_core::{State, check, dumps, load_into, loads};

#[derive(State)]
#[state(shared, cyclic)]
struct Node {
    name: Rc<str>,
    next: Option<Link>,
    others: Vec<Link>,
    watch: Weak<RefCell<Node>>,
    leaf: Rc<Leaf>,
}

#[derive(State)]
struct Leaf {
    numbers: Vec<u16>,
    leaves: Vec<Rc<Leaf>>,
    parent: Weak<Leaf>,
}

type Link = Rc<RefCell<Node>>;

fn honest() -> Link {
    let leaf = Rc::new_cyclic(|parent: &Weak<Leaf>| {
        let child = Rc::new(Leaf { numbers: vec![1], leaves: vec![], parent: parent.clone() });
        Leaf { numbers: vec![2, 3], leaves: vec![child.clone(), child], parent: Weak::new() }
    });
    let node = |name: &str| {
        let node = Node { name: name.into(), next: None, others: vec![], watch: Weak::new(), leaf: leaf.clone() };
        Rc::new(RefCell::new(node))
    };
    let nodes = [node("a"), node("b"), node("c")];
    for at in 0..3 {
        let mut node = nodes[at].borrow_mut();
        node.next = Some(nodes[(at + 1) % 3].clone());
        node.others = nodes.to_vec();
        node.watch = Rc::downgrade(&nodes[(at + 2) % 3]);
    }
    nodes[0].clone()
}

/// Opens all cycles that can be reached.
fn open(node: Link) {
    let mut todo = vec![node];
    while let Some(node) = todo.pop() {
        let mut node = node.borrow_mut();
        todo.extend(node.next.take());
        todo.append(&mut node.others);
    }
}

fuzz_target!(|changes: Vec<(u16, [u8; 8], bool)>| {
    let live = honest();
    let mut bytes = dumps(&live).unwrap();
    for (at, record, whole) in changes {
        let at = 40 + usize::from(at) % (bytes.len() - 48);
        let count = if whole { 8 } else { 1 };
        bytes[at..at + count].copy_from_slice(&record[..count]);
    }
    let mut target = live.clone();
    let loaded = loads::<Link>(&bytes);
    assert_eq!(check::<Link>(&bytes).is_ok(), loaded.is_ok());
    assert_eq!(load_into(&bytes, &mut target).is_ok(), loaded.is_ok());
    if let Ok(node) = loaded {
        let again = dumps(&node).unwrap();
        // Numbers that nothing needed are gone, and it is the same graph.
        for theirs in [&bytes, &again] {
            assert_eq!(compare::<Link>(&bytes, theirs).unwrap().next(), None);
        }
        let node_again = loads::<Link>(&again).unwrap();
        assert_eq!(dumps(&node_again).unwrap(), again);
        open(node_again);
        open(node);
    }
    open(target);
    open(live);
});
