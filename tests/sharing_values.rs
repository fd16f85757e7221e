//! Shared objects in dynamic values: one object is one value, in both directions.

mod two;

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::value::{List, Object, Shared, Value};
use state_core::{State, StateExt, from_value, to_value};
use two::{Leaf, Two};

fn two() -> Two {
    let (one, text) = (Rc::new(Leaf { number: 7 }), Arc::<str>::from("text"));
    let watch = Rc::downgrade(&one);
    let list = vec![Rc::new(Leaf { number: 1 }), one.clone(), one.clone()];
    Two { one, list, text: (text.clone(), text), watch, unique: Rc::new(5) }
}

#[test]
fn one_object_is_one_value() {
    let state = two().get_state().unwrap();
    assert_eq!(state.to_string(), "(Leaf(7), [Leaf(1), Leaf(7), Leaf(7)], ('text', 'text'), Leaf(7), 5)");
    let one = state[0].as_shared().unwrap();
    let list = state[1].as_list().unwrap();
    assert!(list[0].as_shared().is_none() && state[4].as_shared().is_none());
    for other in [&list[1], &list[2], &state[3]] {
        assert!(Shared::same(one, other.as_shared().unwrap()));
    }
    let texts = state[2].as_tuple().unwrap();
    assert!(Shared::same(texts[0].as_shared().unwrap(), texts[1].as_shared().unwrap()));
}

#[test]
fn one_value_is_one_object() {
    let mut back = Two { one: Rc::new(Leaf { number: 0 }), list: vec![], ..two() };
    let unique = Rc::as_ptr(&back.unique);
    back.set_state(two().get_state().unwrap()).unwrap();
    assert!(Rc::ptr_eq(&back.one, &back.list[1]) && Rc::ptr_eq(&back.one, &back.list[2]));
    assert!(Rc::ptr_eq(&back.watch.upgrade().unwrap(), &back.one) && Arc::ptr_eq(&back.text.0, &back.text.1));
    assert_eq!((back.one.number, back.list[0].number, Rc::as_ptr(&back.unique)), (7, 1, unique));

    let leaf = Shared::new(Object::new("Leaf", [Value::from(3)]));
    let list =
        List::from([Value::from(leaf.clone()), leaf.clone().into(), Object::new("Leaf", [Value::from(3)]).into()]);
    let text = Value::from(("a", "a"));
    let state = (leaf, list, text, Value::None, 1);
    back.set_state(state).unwrap();
    assert!(Rc::ptr_eq(&back.one, &back.list[0]) && Rc::ptr_eq(&back.one, &back.list[1]));
    assert!(!Rc::ptr_eq(&back.one, &back.list[2]) && !Arc::ptr_eq(&back.text.0, &back.text.1));
    assert!(back.watch.upgrade().is_none());
}

#[derive(State, Debug)]
#[state(shared, cyclic)]
struct Node {
    number: u32,
    next: Vec<Rc<RefCell<Node>>>,
    parent: Weak<RefCell<Node>>,
}

#[test]
fn cycles_are_values_that_contain_themselves() {
    let node = |number| Rc::new(RefCell::new(Node { number, next: Vec::new(), parent: Weak::new() }));
    let (a, b) = (node(1), node(2));
    a.borrow_mut().next = vec![b.clone(), a.clone()];
    b.borrow_mut().next = vec![a.clone()];
    b.borrow_mut().parent = Rc::downgrade(&a);
    let value = to_value(&a).unwrap();
    assert_eq!(value.to_string(), "Node(1, [Node(2, [Node(...)], Node(...)), Node(...)], None)");
    let back: Rc<RefCell<Node>> = from_value(&value).unwrap();
    let other = back.borrow().next[0].clone();
    assert!(Rc::ptr_eq(&back.borrow().next[1], &back) && Rc::ptr_eq(&other.borrow().next[0], &back));
    assert!(Rc::ptr_eq(&other.borrow().parent.upgrade().unwrap(), &back));
    assert_eq!(to_value(&back).unwrap(), value);
    for node in [a, b, back, other] {
        node.borrow_mut().next.clear();
    }
}

#[test]
fn a_cycle_that_the_type_does_not_allow_is_refused() {
    #[derive(State, Debug)]
    #[state(shared)]
    struct Straight {
        next: Vec<Rc<RefCell<Straight>>>,
    }
    let endless = Shared::cyclic(|itself| Object::new("Straight", [List::from([Value::from(itself)])]).into());
    let error = from_value::<Rc<RefCell<Straight>>>(&endless.into()).unwrap_err().to_string();
    assert!(error.contains("`#[state(shared, cyclic)]`"), "{error}");
}

#[test]
fn weak_references_lead_forward() {
    #[derive(State, Debug)]
    struct Watch {
        before: Weak<Leaf>,
        gone: Weak<Leaf>,
        other: Weak<u8>,
        leaf: Rc<Leaf>,
    }
    let leaf = Rc::new(Leaf { number: 4 });
    let watch = Watch { before: Rc::downgrade(&leaf), gone: Weak::new(), other: Weak::new(), leaf };
    let value = to_value(&watch).unwrap();
    assert_eq!(value.to_string(), "Watch(Leaf(4), None, None, Leaf(4))");
    let back: Watch = from_value(&value).unwrap();
    assert!(Rc::ptr_eq(&back.before.upgrade().unwrap(), &back.leaf) && back.gone.upgrade().is_none());
    // A weak reference becomes empty if nothing in the state owns its object.
    let held = Shared::new(Object::new("Leaf", [Value::from(1)]));
    let other = Shared::new(9);
    let alone =
        Object::new("Watch", [held.into(), Value::None, other.into(), Object::new("Leaf", [Value::from(2)]).into()]);
    let back: Watch = from_value(&alone.into()).unwrap();
    assert!(back.before.upgrade().is_none() && back.other.upgrade().is_none() && back.leaf.number == 2);
}
