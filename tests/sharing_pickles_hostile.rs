//! Hostile references in pickles: whatever a pickle says of what is shared, it is refused with bounded work, or gives a
//! value in which each reference is of its own type; nothing leaks, and no depth overflows the stack.

#![allow(clippy::items_after_statements, reason = "a type beside what it is compared with")]

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::pickle::{self, PickleOptions as Options, Protocol};
use state_core::{ErrorKind, Restore, State};

thread_local! {
    static ALIVE: Cell<isize> = const { Cell::new(0) };
}

/// Counts itself while it lives.
struct Counted(u32);

impl Counted {
    fn new(number: u32) -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(number)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

mod counted {
    use super::Counted;

    pub type Slot = u32;

    pub fn get(counted: &Counted) -> u32 {
        counted.0
    }

    pub fn set(number: u32) -> Result<Counted, std::convert::Infallible> {
        Ok(Counted::new(number))
    }
}

#[derive(State)]
struct Leaf {
    #[state(with = counted)]
    counted: Counted,
}

#[derive(State)]
#[state(shared)]
struct Two {
    one: Rc<Leaf>,
    list: Vec<Rc<Leaf>>,
    text: [Rc<str>; 2],
    slice: (Arc<[u16]>, Arc<[u16]>),
    watch: Weak<Leaf>,
}

fn leaf(number: u32) -> Rc<Leaf> {
    Rc::new(Leaf { counted: Counted::new(number) })
}

fn two() -> Two {
    let (one, text, slice) = (leaf(7), Rc::<str>::from("text"), Arc::<[u16]>::from([1, 2]));
    Two {
        one: one.clone(),
        list: vec![leaf(1), one.clone()],
        text: [text.clone(), text],
        slice: (slice.clone(), slice),
        watch: Rc::downgrade(&one),
    }
}

type Link = Rc<RefCell<Node>>;

#[derive(State)]
#[state(shared, cyclic)]
struct Node {
    #[state(with = counted)]
    counted: Counted,
    next: Option<Link>,
    others: Vec<Link>,
    back: Weak<RefCell<Node>>,
}

fn node(number: u32) -> Link {
    Rc::new(RefCell::new(Node { counted: Counted::new(number), next: None, others: Vec::new(), back: Weak::new() }))
}

fn ring(len: usize) -> Link {
    let nodes: Vec<Link> = (0..len).map(|number| node(number as u32)).collect();
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

/// Opens all cycles that can be reached.
fn open(node: &Link) {
    let mut todo = vec![node.clone()];
    while let Some(node) = todo.pop() {
        let mut node = node.borrow_mut();
        todo.extend(node.next.take());
        todo.append(&mut node.others);
    }
}

/// Sets every byte of a pickle to every value.
fn each_byte<T: for<'a> Restore<'a>>(protocol: Protocol, honest: &T, live: impl Fn() -> T, close: impl Fn(T)) {
    let options = Options::new().protocol(protocol);
    let honest = options.dumps(honest).unwrap();
    let before = ALIVE.get();
    let mut passed = 0;
    let mut bytes = honest.clone();
    for at in 0..bytes.len() {
        for byte in 0..=255 {
            bytes[at] = byte;
            let loaded = pickle::loads::<T>(&bytes);
            let is_good = loaded.is_ok();
            if let Ok(value) = loaded {
                passed += 1;
                // What is taken can be taken out again.
                close(pickle::loads::<T>(&options.dumps(&value).unwrap()).unwrap());
                close(value);
            }
            let mut target = live();
            assert_eq!(pickle::load_into(&bytes, &mut target).is_ok(), is_good, "byte {at} = {byte}");
            close(target);
            assert_eq!(ALIVE.get(), before, "something leaks at byte {at} = {byte}");
        }
        bytes[at] = honest[at];
    }
    assert!(passed > 255, "hardly anything passed");
}

#[test]
fn every_byte_of_a_shared_state() {
    each_byte(Protocol::V4, &two(), two, drop);
}

#[test]
fn every_byte_of_a_ring() {
    for protocol in [Protocol::V0, Protocol::V2, Protocol::V5] {
        let honest = ring(2);
        each_byte(protocol, &honest, || ring(2), |node| open(&node));
        open(&honest);
    }
}

/// References to other places of the memo, in any number.
#[test]
fn random_references() {
    let honest = ring(3);
    let image = pickle::dumps(&honest).unwrap();
    let places: Vec<usize> = pickle::Pickle::open(&image)
        .unwrap()
        .operations()
        .filter_map(|operation| operation.to_string().contains("BINGET").then_some(operation.offset()))
        .collect();
    assert!(places.len() > 10);
    let (before, mut seed) = (ALIVE.get(), 1_u64);
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut passed = 0;
    for _ in 0..20_000 {
        let mut bytes = image.clone();
        for _ in 0..=random(4) {
            bytes[places[random(places.len())] + 1] = random(6) as u8;
        }
        if let Ok(node) = pickle::loads::<Link>(&bytes) {
            passed += 1;
            let again = pickle::dumps(&node).unwrap();
            open(&pickle::loads(&again).unwrap());
            open(&node);
        }
        assert_eq!(ALIVE.get(), before);
    }
    assert!(passed > 100, "{passed}");
    open(&honest);
}

/// A ring of `len` nodes as Python nests it, each in the one before.
fn nested(len: usize) -> Vec<u8> {
    let mut bytes = b"\x80\x04\x8c\x08__main__\x8c\x04Node\x93\x94".to_vec();
    for number in 0..len {
        bytes.extend_from_slice(b"h\x00)\x81\x94(");
        bytes.push(b'J');
        bytes.extend_from_slice(&(number as i32).to_le_bytes());
    }
    bytes.extend_from_slice(b"h\x01");
    for _ in 0..len {
        bytes.extend_from_slice(b"]Ntb");
    }
    bytes.push(b'.');
    bytes
}

#[test]
fn rings_that_are_too_deep_are_refused() {
    let before = ALIVE.get();
    for len in [1, 2, 50, 120, 1000, 100_000] {
        match pickle::loads::<Link>(&nested(len)) {
            Ok(node) => {
                assert!(len < 128);
                open(&node);
            }
            Err(error) => assert!(len > 128 && error.kind() == ErrorKind::Depth, "{len}: {error}"),
        }
        assert_eq!(ALIVE.get(), before, "{len}");
    }
    // So it is on the way out.
    for len in [60, 120, 250, 5000] {
        let long = ring(len);
        match pickle::dumps(&long) {
            Ok(bytes) => open(&pickle::loads(&bytes).unwrap()),
            Err(error) => assert!(len > 128 && error.kind() == ErrorKind::Depth, "{len}: {error}"),
        }
        open(&long);
    }
    assert_eq!(ALIVE.get(), before);
}

/// Twice the object before, again and again: as many objects as there are, where copies would be without end.
#[test]
fn doubled_references_stay_few() {
    #[derive(State)]
    #[state(shared)]
    struct Fork {
        #[state(with = counted)]
        counted: Counted,
        parts: Vec<Rc<Fork>>,
    }
    let mut bytes = b"\x80\x04\x8c\x08__main__\x8c\x04Fork\x93\x940".to_vec();
    for _ in 0..60 {
        bytes.extend_from_slice(b"h\x00)\x81K\x01](");
    }
    for level in 0..60_u8 {
        // The parts of a fork are the one before, twice.
        if level > 0 {
            bytes.extend_from_slice(&[b'h', level]);
        }
        bytes.extend_from_slice(b"e\x86b\x94");
    }
    bytes.push(b'.');
    let before = ALIVE.get();
    let fork = pickle::loads::<Rc<Fork>>(&bytes).unwrap();
    assert_eq!(ALIVE.get(), before + 60);
    assert!(Rc::ptr_eq(&fork.parts[0], &fork.parts[1]));
    let again = pickle::dumps(&fork).unwrap();
    assert!(again.len() < 60 * 20);
    drop(fork);
    assert_eq!(ALIVE.get(), before);
    // Without numbers the copies come to a limit.
    #[derive(State)]
    #[state(name = "Fork")]
    struct Copied {
        counted: u32,
        parts: Vec<Rc<Copied>>,
    }
    assert!(pickle::loads::<Rc<Copied>>(&bytes).is_err());
}

/// What a reference leads to is of its type, or the pickle is refused.
#[test]
fn a_reference_to_something_else_is_refused() {
    let honest = two();
    let bytes = pickle::dumps(&honest).unwrap();
    for number in 0..12 {
        let mut other = bytes.clone();
        for at in 0..other.len() - 1 {
            if other[at] == b'h' && other[at + 1] != 0 {
                other[at + 1] = number;
            }
        }
        let _ = pickle::loads::<Two>(&other);
    }
    // A weak reference to what is no object of the class.
    let weak = pickle::dumps(&honest).unwrap();
    let at = weak.iter().rposition(|&byte| byte == b'h').unwrap();
    let mut number = weak.clone();
    number.splice(at..at + 2, *b"K\x07");
    let error = pickle::loads::<Two>(&number).err().unwrap().to_string();
    assert!(error.contains("watch") && error.contains("Leaf"), "{error}");
}

/// What a hook refuses closes no cycle, whenever it refuses.
#[test]
fn refused_rings_leak_nothing() {
    thread_local! {
        static LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
    }

    #[derive(State)]
    #[state(shared, cyclic, after_set = Picky::judge)]
    struct Picky {
        #[state(with = counted)]
        counted: Counted,
        others: Vec<Rc<RefCell<Picky>>>,
    }

    impl Picky {
        fn judge(&mut self) -> Result<(), &'static str> {
            let _ = &self.counted;
            LEFT.set(LEFT.get().wrapping_sub(1));
            if LEFT.get() == 0 { Err("enough") } else { Ok(()) }
        }
    }

    let new = |number| Rc::new(RefCell::new(Picky { counted: Counted::new(number), others: Vec::new() }));
    let nodes = [new(0), new(1), new(2)];
    for node in &nodes {
        node.borrow_mut().others = nodes.to_vec();
    }
    let bytes = pickle::dumps(&nodes[0]).unwrap();
    let before = ALIVE.get();
    let mut calls = 0;
    for allowed in 1.. {
        LEFT.set(allowed);
        match pickle::loads::<Rc<RefCell<Picky>>>(&bytes) {
            Ok(back) => {
                assert_eq!(ALIVE.get(), before + 3);
                let all = std::mem::take(&mut back.borrow_mut().others);
                for node in &all {
                    node.borrow_mut().others.clear();
                }
                break;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Refused),
        }
        assert_eq!(ALIVE.get(), before, "call {allowed}");
        LEFT.set(allowed);
        let mut root = nodes[0].clone();
        assert!(pickle::load_into(&bytes, &mut root).is_err());
        assert!(Rc::ptr_eq(&root, &nodes[0]) && nodes[0].borrow().others.len() == 3);
        assert_eq!(ALIVE.get(), before, "call {allowed} in place");
        calls += 1;
    }
    assert!(calls >= 3);
    for node in &nodes {
        node.borrow_mut().others.clear();
    }
}
