//! Shared objects keep their identity: what `Rc`, `Arc` and `Weak` share in the written value, they share in the
//! restored one.

#![allow(
    clippy::items_after_statements,
    clippy::redundant_allocation,
    clippy::assigning_clones,
    reason = "the shapes that are shared"
)]

mod in_place;
mod kept;
mod refused;
mod written;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::{Restore, State, dumps, loads};

/// Writes and loads a value, and checks that the result has the same bytes.
fn through<T: for<'a> Restore<'a>>(value: &T) -> T {
    let bytes = dumps(value).unwrap();
    let back = loads(&bytes).unwrap();
    assert_eq!(dumps(&back).unwrap(), bytes, "a second dump differs");
    back
}

#[derive(State, Debug, PartialEq)]
struct Leaf {
    number: u32,
    name: String,
}

fn leaf(number: u32) -> Leaf {
    Leaf { number, name: format!("leaf {number}") }
}

#[derive(State)]
#[state(shared)]
struct Two {
    one: Rc<Leaf>,
    list: Vec<Rc<Leaf>>,
    maybe: Option<Rc<Leaf>>,
    other: Arc<Leaf>,
    others: (Arc<Leaf>, [Arc<Leaf>; 2]),
}

#[derive(State)]
struct Tree {
    number: u32,
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

fn tree() -> Rc<Tree> {
    Rc::new_cyclic(|root| {
        let child = |number| {
            Rc::new_cyclic(|child: &Weak<Tree>| {
                let leaf = Tree { number: 10 * number, parent: child.clone(), children: Vec::new() };
                Tree { number, parent: root.clone(), children: vec![Rc::new(leaf)] }
            })
        };
        Tree { number: 0, parent: Weak::new(), children: (1..4).map(child).collect() }
    })
}

#[derive(State)]
#[state(shared, cyclic)]
struct Node {
    number: u32,
    next: Option<Rc<RefCell<Node>>>,
    friends: Vec<Rc<RefCell<Node>>>,
    named: BTreeMap<String, Rc<RefCell<Node>>>,
    back: Weak<RefCell<Node>>,
}

type Link = Rc<RefCell<Node>>;

fn node(number: u32) -> Link {
    let node = Node { number, next: None, friends: Vec::new(), named: BTreeMap::new(), back: Weak::new() };
    Rc::new(RefCell::new(node))
}

/// A ring in which all nodes refer to all.
fn ring(len: u32) -> Vec<Link> {
    let nodes: Vec<_> = (0..len).map(node).collect();
    for (at, one) in nodes.iter().enumerate() {
        let mut node = one.borrow_mut();
        node.next = Some(nodes[(at + 1) % nodes.len()].clone());
        node.friends = nodes.clone();
        node.named = nodes.iter().map(|node| (format!("{:p}", Rc::as_ptr(node)), node.clone())).collect();
        node.back = Rc::downgrade(&nodes[(at + nodes.len() - 1) % nodes.len()]);
    }
    nodes
}

fn open(ring: &Link) {
    let friends = std::mem::take(&mut ring.borrow_mut().friends);
    for node in &friends {
        let mut node = node.borrow_mut();
        (node.next, node.friends, node.named) = (None, Vec::new(), BTreeMap::new());
    }
}
