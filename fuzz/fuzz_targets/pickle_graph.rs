//! Changed pickles of graphs, with references to any place of the memo: what passes is a graph whose own pickle passes,
//! and what is refused leaks nothing (the sanitizer looks for that).

#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use libfuzzer_sys::fuzz_target;
use state_core::pickle::{self, PickleOptions, Protocol};
use state_core::{State, dumps};

type Link = Rc<RefCell<Node>>;

#[derive(State)]
#[state(shared, cyclic)]
struct Node {
    name: Rc<str>,
    next: Option<Link>,
    others: Vec<Link>,
    named: BTreeMap<u8, Link>,
    pair: Rc<RefCell<(u8, Vec<Link>)>>,
    kind: Rc<RefCell<Kind>>,
    made: Rc<Made>,
    watch: Weak<RefCell<Node>>,
}

#[derive(State)]
enum Kind {
    None,
    Some(Vec<Link>, Weak<RefCell<Kind>>),
    Named { kinds: Vec<Rc<RefCell<Kind>>> },
}

#[derive(State)]
#[state(pickle = "call")]
struct Made {
    numbers: Rc<[u16]>,
    links: RefCell<Vec<Link>>,
}

fn honest() -> Link {
    let (text, numbers) = (Rc::<str>::from("text"), Rc::<[u16]>::from([1, 2]));
    let kind = Rc::new(RefCell::new(Kind::None));
    let node = || {
        let made = Rc::new(Made { numbers: numbers.clone(), links: RefCell::default() });
        let pair = Rc::new(RefCell::new((7, Vec::new())));
        let (others, named, watch) = (Vec::new(), BTreeMap::new(), Weak::new());
        Rc::new(RefCell::new(Node {
            name: text.clone(),
            next: None,
            others,
            named,
            pair,
            kind: kind.clone(),
            made,
            watch,
        }))
    };
    let nodes = [node(), node(), node()];
    for at in 0..3 {
        let mut node = nodes[at].borrow_mut();
        node.next = Some(nodes[(at + 1) % 3].clone());
        node.others = nodes.to_vec();
        node.named = BTreeMap::from([(1, nodes[at].clone())]);
        node.pair.borrow_mut().1 = vec![nodes[0].clone()];
        node.made.links.borrow_mut().push(nodes[at].clone());
        node.watch = Rc::downgrade(&nodes[(at + 2) % 3]);
    }
    let named = Kind::Named { kinds: vec![kind.clone()] };
    // Not to itself: Python makes an enum with slots after its parts.
    *kind.borrow_mut() = Kind::Some(nodes.to_vec(), Weak::new());
    nodes[1].borrow_mut().kind = Rc::new(RefCell::new(named));
    nodes[0].clone()
}

/// Opens all cycles that can be reached.
fn open(node: Link) {
    let mut todo = vec![node];
    let mut kinds = Vec::new();
    while let Some(node) = todo.pop() {
        let mut node = node.borrow_mut();
        todo.extend(node.next.take());
        todo.append(&mut node.others);
        todo.extend(std::mem::take(&mut node.named).into_values());
        todo.append(&mut node.pair.borrow_mut().1);
        todo.append(&mut node.made.links.borrow_mut());
        kinds.push(node.kind.clone());
        while let Some(kind) = kinds.pop() {
            match kind.replace(Kind::None) {
                Kind::None => {}
                Kind::Some(mut nodes, _) => todo.append(&mut nodes),
                Kind::Named { kinds: mut more } => kinds.append(&mut more),
            }
        }
    }
}

fuzz_target!(|input: (u8, Vec<(u16, u8, u8)>)| {
    let (protocol, changes) = input;
    let options = PickleOptions::new().protocol(Protocol::ALL[usize::from(protocol) % 6]);
    let live = honest();
    let mut bytes = options.dumps(&live).unwrap();
    for (at, byte, how) in changes {
        let at = usize::from(at) % bytes.len();
        match how % 4 {
            0 => bytes.insert(at, byte),
            1 if bytes.len() > 1 => drop(bytes.remove(at)),
            _ => bytes[at] = byte,
        }
    }
    let mut target = live.clone();
    let loaded = pickle::loads::<Link>(&bytes);
    assert_eq!(pickle::load_into(&bytes, &mut target).is_ok(), loaded.is_ok());
    if let Ok(node) = loaded {
        let image = dumps(&node).unwrap();
        // What Python cannot make, as a cycle of tuples alone, cannot be written.
        if let Ok(again) = options.dumps(&node) {
            let node_again = pickle::loads::<Link>(&again).unwrap();
            assert!(dumps(&node_again).unwrap() == image);
            open(node_again);
        }
        open(node);
    }
    open(target);
    open(live);
});
