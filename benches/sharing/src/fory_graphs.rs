//! The same graphs for Fory, which has a weak reference of its own.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use fory::{Fory, ForyStruct, RcWeak};

use crate::Lanes;
use crate::graphs::{self, Dag, Material, Thing};

#[derive(ForyStruct)]
struct Tree {
    root: Rc<Node>,
}

#[derive(ForyStruct)]
struct Node {
    number: u32,
    name: String,
    parent: RcWeak<Node>,
    children: Vec<Rc<Node>>,
}

#[derive(ForyStruct)]
struct Ring {
    links: Vec<Rc<RefCell<Link>>>,
}

#[derive(ForyStruct)]
struct Link {
    number: u32,
    next: RcWeak<RefCell<Link>>,
}

fn new() -> Fory {
    Fory::builder().xlang(false).compatible(false).track_ref(true).max_dyn_depth(1000).build()
}

fn node(from: &graphs::Node, parent: Weak<Node>) -> Rc<Node> {
    Rc::new_cyclic(|this| Node {
        number: from.number,
        name: from.name.clone(),
        parent: RcWeak::from_std(parent),
        children: from.children.iter().map(|child| node(child, this.clone())).collect(),
    })
}

fn add<T: fory::Serializer<Target = T> + 'static>(lanes: &mut Lanes<'_>, fory: Fory, value: &'static T) {
    let fory: &'static Fory = Box::leak(Box::new(fory));
    lanes.add("fory", || fory.serialize(value), |bytes| fory.deserialize::<T>(bytes));
}

pub fn tree(lanes: &mut Lanes<'_>) {
    let mut fory = new();
    fory.register::<Tree>(1).expect("a new number");
    fory.register::<Node>(2).expect("a new number");
    let tree = Tree { root: node(&graphs::tree().root, Weak::new()) };
    add(lanes, fory, Box::leak(Box::new(tree)));
}

pub fn dag(lanes: &mut Lanes<'_>, dag: &'static Dag) {
    let mut fory = new();
    fory.register::<Dag>(1).expect("a new number");
    fory.register::<Thing>(2).expect("a new number");
    fory.register::<Material>(3).expect("a new number");
    add(lanes, fory, dag);
}

pub fn ring(lanes: &mut Lanes<'_>) {
    let mut fory = new();
    fory.register::<Ring>(1).expect("a new number");
    fory.register::<Link>(2).expect("a new number");
    let link = |number| Rc::new(RefCell::new(Link { number, next: RcWeak::new() }));
    let links: Vec<_> = (0..100_000).map(link).collect();
    for (at, link) in links.iter().enumerate() {
        link.borrow_mut().next = RcWeak::from(&links[graphs::next(at)]);
    }
    add(lanes, fory, Box::leak(Box::new(Ring { links })));
}
