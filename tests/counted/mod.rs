//! Graphs of counted objects: after hostile input, the number alive is the same as before.

#![allow(dead_code, clippy::unused_self, reason = "each test uses some of them, and a hook is given the object")]

pub mod alive;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use alive::Alive;
pub use alive::alive;
use state_core::{Error, ErrorKind, State};

thread_local! {
    static CALLS_LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// An object that is counted while it lives.
pub struct Counted {
    number: u32,
    _alive: Alive,
}

impl Counted {
    pub fn new(number: u32) -> Self {
        Self { number, _alive: Alive::default() }
    }
}

/// `with = counted::number`: the state of a counted object.
pub mod number {
    use std::convert::Infallible;

    use super::Counted;

    pub type Slot = u32;

    pub fn get(counted: &Counted) -> u32 {
        counted.number
    }

    pub fn set(number: u32) -> Result<Counted, Infallible> {
        Ok(Counted::new(number))
    }
}

#[derive(State)]
pub struct Leaf {
    #[state(with = number)]
    counted: Counted,
}

#[derive(State)]
#[state(shared)]
pub struct Two {
    one: Rc<Leaf>,
    list: Vec<Rc<Leaf>>,
    text: [Rc<str>; 2],
    slice: (Arc<[u16]>, Arc<[u16]>),
    lock: Option<Arc<Mutex<Leaf>>>,
    watch: Weak<Leaf>,
}

fn leaf(number: u32) -> Rc<Leaf> {
    Rc::new(Leaf { counted: Counted::new(number) })
}

pub fn two() -> Two {
    let (one, text, slice) = (leaf(7), Rc::<str>::from("text"), Arc::<[u16]>::from([1, 2]));
    Two {
        one: one.clone(),
        list: vec![leaf(1), one.clone()],
        text: [text.clone(), text],
        slice: (slice.clone(), slice),
        lock: Some(Arc::new(Mutex::new(Leaf { counted: Counted::new(3) }))),
        watch: Rc::downgrade(&one),
    }
}

pub type Link = Rc<RefCell<Node>>;

#[derive(State)]
#[state(shared, cyclic)]
pub struct Node {
    #[state(with = number)]
    counted: Counted,
    next: Option<Link>,
    others: Vec<Link>,
    back: Weak<RefCell<Node>>,
}

/// A ring, in which each node also refers to all nodes if there are few.
pub fn ring(len: usize) -> Link {
    let node = |number| Node { counted: Counted::new(number), next: None, others: Vec::new(), back: Weak::new() };
    let nodes: Vec<Link> = (0..len).map(|number| Rc::new(RefCell::new(node(number as u32)))).collect();
    for at in 0..len {
        let mut node = nodes[at].borrow_mut();
        node.next = Some(nodes[(at + 1) % len].clone());
        node.back = Rc::downgrade(&nodes[(at + len - 1) % len]);
        if len < 10 {
            node.others.clone_from(&nodes);
        }
    }
    nodes[0].clone()
}

/// Breaks all cycles reachable from `node`.
pub fn open(node: &Link) {
    let mut todo = vec![node.clone()];
    while let Some(node) = todo.pop() {
        let mut node = node.borrow_mut();
        todo.extend(node.next.take());
        todo.append(&mut node.others);
    }
}

#[derive(State)]
#[state(shared, cyclic, after_set = Picky::judge)]
pub struct Picky {
    #[state(with = number)]
    counted: Counted,
    others: Vec<Rc<RefCell<Picky>>>,
}

impl Picky {
    fn judge(&mut self) -> Result<(), &'static str> {
        CALLS_LEFT.set(CALLS_LEFT.get().wrapping_sub(1));
        if CALLS_LEFT.get() == 0 { Err("enough") } else { Ok(()) }
    }
}

/// A refusal by a hook, at any call, leaves no unreachable cycle, and changes nothing in place.
pub fn refused_rings_leak_nothing(
    dumps: impl Fn(&Rc<RefCell<Picky>>) -> Vec<u8>,
    loads: impl Fn(&[u8]) -> Result<Rc<RefCell<Picky>>, Error>,
    load_into: impl Fn(&[u8], &mut Rc<RefCell<Picky>>) -> Result<(), Error>,
) {
    let new = |number| Rc::new(RefCell::new(Picky { counted: Counted::new(number), others: Vec::new() }));
    let nodes = [new(0), new(1), new(2)];
    for node in &nodes {
        node.borrow_mut().others = nodes.to_vec();
    }
    let bytes = dumps(&nodes[0]);
    let before = alive();
    let mut calls = 0;
    for allowed in 1.. {
        CALLS_LEFT.set(allowed);
        match loads(&bytes) {
            Ok(back) => {
                assert_eq!(alive(), before + 3);
                let all = std::mem::take(&mut back.borrow_mut().others);
                assert_eq!(all.len(), 3);
                for node in &all {
                    node.borrow_mut().others.clear();
                }
                break;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Refused),
        }
        assert_eq!(alive(), before, "call {allowed}");
        CALLS_LEFT.set(allowed);
        let mut root = nodes[0].clone();
        assert!(load_into(&bytes, &mut root).is_err());
        assert!(Rc::ptr_eq(&root, &nodes[0]) && nodes[0].borrow().others.len() == 3);
        assert_eq!(alive(), before, "call {allowed} in place");
        calls += 1;
    }
    assert!(calls >= 3);
    // With no refusal, the new objects, which received the old states, are freed, although they were a ring too.
    CALLS_LEFT.set(u32::MAX);
    let mut root = nodes[0].clone();
    load_into(&bytes, &mut root).unwrap();
    assert!(Rc::ptr_eq(&root, &nodes[0]) && Rc::ptr_eq(&root.borrow().others[1], &nodes[1]));
    assert_eq!(alive(), before);
    for node in &nodes {
        node.borrow_mut().others.clear();
    }
}

/// Sets every byte to every value: a loaded value can be written and loaded again, `load_into` agrees, and nothing
/// leaks.
pub fn each_byte<T>(
    honest: Vec<u8>,
    live: impl Fn() -> T,
    close: impl Fn(T),
    dumps: impl Fn(&T) -> Vec<u8>,
    loads: impl Fn(&[u8]) -> Result<T, Error>,
    load_into: impl Fn(&[u8], &mut T) -> Result<(), Error>,
) {
    let before = alive();
    let mut passed = 0;
    let mut bytes = honest.clone();
    for at in 0..bytes.len() {
        for byte in 0..=255 {
            bytes[at] = byte;
            let loaded = loads(&bytes);
            let is_good = loaded.is_ok();
            if let Ok(value) = loaded {
                passed += 1;
                loads(&dumps(&value)).map(&close).unwrap();
                close(value);
            }
            let mut target = live();
            assert_eq!(load_into(&bytes, &mut target).is_ok(), is_good, "byte {at} = {byte}");
            close(target);
            assert_eq!(alive(), before, "something leaks at byte {at} = {byte}");
        }
        bytes[at] = honest[at];
    }
    // Each byte had its own value once.
    assert!(passed > honest.len(), "no change passed");
}
