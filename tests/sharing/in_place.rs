//! Live objects that have other owners too.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use state_core::{State, dumps, load_into};

use super::{Leaf, Link, Two, leaf, open, ring};

#[test]
fn restores_in_place_keep_cells_that_others_hold() {
    let nodes = ring(3);
    let saved = dumps(&nodes[0]).unwrap();
    let mut root = nodes[0].clone();
    for node in &nodes {
        node.borrow_mut().number += 100;
    }
    nodes[1].borrow_mut().friends.clear();
    load_into(&saved, &mut root).unwrap();
    assert!(Rc::ptr_eq(&root, &nodes[0]));
    assert_eq!(nodes.iter().map(|node| node.borrow().number).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(Rc::ptr_eq(&nodes[1].borrow().friends[2], &nodes[2]));
    assert_eq!(dumps(&root).unwrap(), saved);
    open(&root);
}

#[derive(State)]
#[state(shared)]
struct Pair {
    a: Rc<RefCell<u32>>,
    b: Rc<RefCell<u32>>,
}

#[test]
fn one_live_object_never_stands_for_two() {
    let two = dumps(&Pair { a: Rc::new(RefCell::new(1)), b: Rc::new(RefCell::new(2)) }).unwrap();
    let live = Rc::new(RefCell::new(0));
    let mut pair = Pair { a: live.clone(), b: live.clone() };
    load_into(&two, &mut pair).unwrap();
    assert_eq!((*pair.a.borrow(), *pair.b.borrow()), (1, 2));
    assert!(Rc::ptr_eq(&pair.a, &live) && !Rc::ptr_eq(&pair.b, &live));
}

#[test]
fn two_live_objects_become_one() {
    let one = Rc::new(RefCell::new(7));
    let saved = dumps(&Pair { a: one.clone(), b: one }).unwrap();
    let mut pair = Pair { a: Rc::new(RefCell::new(1)), b: Rc::new(RefCell::new(2)) };
    let held = pair.a.clone();
    load_into(&saved, &mut pair).unwrap();
    assert!(Rc::ptr_eq(&pair.a, &pair.b) && Rc::ptr_eq(&pair.a, &held));
    assert_eq!(*held.borrow(), 7);
}

#[test]
fn what_is_borrowed_is_replaced() {
    let mut pair = Pair { a: Rc::new(RefCell::new(1)), b: Rc::new(RefCell::new(2)) };
    let saved = dumps(&pair).unwrap();
    let held = pair.a.clone();
    let borrowed = held.borrow_mut();
    load_into(&saved, &mut pair).unwrap();
    assert!(!Rc::ptr_eq(&pair.a, &held));
    assert_eq!((*pair.a.borrow(), *borrowed), (1, 1));
}

#[test]
fn plain_objects_that_others_hold_are_replaced() {
    let one = Rc::new(leaf(1));
    let mut two = Two {
        one: one.clone(),
        list: vec![one.clone()],
        maybe: None,
        other: Arc::new(leaf(2)),
        others: (Arc::new(leaf(3)), [Arc::new(leaf(4)), Arc::new(leaf(5))]),
    };
    let saved = dumps(&two).unwrap();
    let unique = Arc::as_ptr(&two.other);
    Arc::get_mut(&mut two.other).unwrap().number = 99;
    load_into(&saved, &mut two).unwrap();
    assert!(Rc::ptr_eq(&two.one, &two.list[0]) && !Rc::ptr_eq(&two.one, &one));
    assert_eq!((two.other.number, Arc::as_ptr(&two.other)), (2, unique));
}

#[test]
fn locks_are_entered_unless_they_are_held() {
    #[derive(State)]
    #[state(shared)]
    struct Locks {
        a: Arc<Mutex<Leaf>>,
        b: Arc<Mutex<Leaf>>,
        c: Arc<RwLock<u8>>,
    }
    let (mutex, lock) = (Arc::new(Mutex::new(leaf(1))), Arc::new(RwLock::new(3)));
    let mut locks = Locks { a: mutex.clone(), b: mutex.clone(), c: lock.clone() };
    let saved = dumps(&locks).unwrap();
    *mutex.lock().unwrap() = leaf(5);
    *lock.write().unwrap() = 6;
    let held = lock.read().unwrap();
    load_into(&saved, &mut locks).unwrap();
    assert_eq!(*mutex.lock().unwrap(), leaf(1));
    assert!(Arc::ptr_eq(&locks.a, &locks.b) && Arc::ptr_eq(&locks.a, &mutex));
    assert!(!Arc::ptr_eq(&locks.c, &lock));
    assert_eq!((*held, *locks.c.read().unwrap()), (6, 3));
}

#[test]
fn a_history_keeps_shared_objects() {
    let mut history = state_core::History::<Link>::new();
    let mut root = ring(3)[0].clone();
    history.push(1, &root).unwrap();
    let held = root.borrow().friends[1].clone();
    held.borrow_mut().number = 9;
    history.push(2, &root).unwrap();
    for (frame, number) in [(1, 1), (2, 9), (1, 1)] {
        history.restore(frame, &mut root).unwrap();
        assert_eq!(held.borrow().number, number);
        assert!(Rc::ptr_eq(&root.borrow().friends[1], &held));
    }
    open(&root);
}
