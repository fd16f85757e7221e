//! Rings of objects, as Python makes them.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use state_core::State;
use state_core::pickle;

use super::{Folder, Leaf, Member, Named, Part, both_ways, node, open, pickled};

#[test]
fn children_know_their_parents() {
    let root = Rc::new_cyclic(|root| {
        let folder = |name: &str| Rc::new(Folder { name: name.into(), parent: root.clone(), folders: vec![] });
        Folder { name: "/".into(), parent: Weak::new(), folders: vec![folder("home"), folder("tmp")] }
    });
    both_ways(&root, "@1=Folder(/, None, [Folder(home, @1, []), Folder(tmp, @1, [])])", |root| {
        assert!(root.parent.upgrade().is_none());
        for folder in &root.folders {
            assert!(Rc::ptr_eq(&folder.parent.upgrade().unwrap(), &root));
        }
        assert_eq!(root.folders[1].name, "tmp");
    });
}

#[test]
fn rings_are_rings_in_python() {
    let (a, b, c) = (node(1), node(2), node(3));
    a.borrow_mut().next = vec![b.clone(), a.clone()];
    b.borrow_mut().next = vec![c.clone()];
    b.borrow_mut().parent = Some(a.clone());
    c.borrow_mut().next = vec![a.clone(), b.clone()];
    both_ways(&a, "@1=Node(1, [@2=Node(2, [Node(3, [@1, @2], None)], @1), @1], None)", |a| {
        let b = a.borrow().next[0].clone();
        let c = b.borrow().next[0].clone();
        assert!(Rc::ptr_eq(&a.borrow().next[1], &a) && Rc::ptr_eq(b.borrow().parent.as_ref().unwrap(), &a));
        assert!(Rc::ptr_eq(&c.borrow().next[0], &a) && Rc::ptr_eq(&c.borrow().next[1], &b));
        assert_eq!((a.borrow().number, b.borrow().number, c.borrow().number), (1, 2, 3));
        open(&a);
    });
    open(&a);
}

#[test]
fn rings_of_each_form_that_is_made_before_its_state() {
    let named = Rc::new(RefCell::new(Named { next: vec![], number: 3 }));
    named.borrow_mut().next = vec![named.clone()];
    pickled(&named, "@1=Named([@1], 3)", |named| {
        assert!(Rc::ptr_eq(&named.borrow().next[0], &named) && named.borrow().number == 3);
        named.borrow_mut().next.clear();
    });
    named.borrow_mut().next.clear();

    let member = Arc::new(Mutex::new(Member { number: 4, next: None }));
    let other = Arc::new(Mutex::new(Member { number: 5, next: Some(member.clone()) }));
    member.lock().unwrap().next = Some(other);
    pickled(&member, "@1=Member(Member(@1, 5), 4)", |member| {
        let other = member.lock().unwrap().next.take().unwrap();
        assert!(Arc::ptr_eq(other.lock().unwrap().next.as_ref().unwrap(), &member));
        assert_eq!((member.lock().unwrap().number, other.lock().unwrap().number), (4, 5));
    });
    member.lock().unwrap().next = None;
}

/// Lists and fixed arrays exist before their items too.
#[test]
fn rings_through_lists_and_arrays() {
    let part = || Rc::new(RefCell::new(Part { list: None, pair: None }));
    let (first, second) = (part(), part());
    let list = Rc::new(RefCell::new(vec![first.clone(), second.clone()]));
    let pair = Rc::new(RefCell::new([None, Some(first.clone())]));
    first.borrow_mut().list = Some(list.clone());
    first.borrow_mut().pair = Some(pair);
    second.borrow_mut().list = Some(list.clone());
    both_ways(&list, "@1=[@2=Part(@1, [None, @2]), Part(@1, None)]", |list| {
        let parts = std::mem::take(&mut *list.borrow_mut());
        assert!(parts.iter().all(|part| Rc::ptr_eq(part.borrow().list.as_ref().unwrap(), &list)));
        let pair = parts[0].borrow_mut().pair.take().unwrap();
        assert!(pair.borrow()[0].is_none() && Rc::ptr_eq(pair.borrow()[1].as_ref().unwrap(), &parts[0]));
    });
    list.borrow_mut().clear();
    first.borrow_mut().pair = None;
}

/// The members of Cython's objects are written in the order of their names, in which a reference may precede its
/// object.
#[test]
fn members_in_the_order_of_their_names() {
    #[derive(State)]
    #[state(shared, pickle = "cython")]
    struct Sorted {
        d: Rc<Leaf>,
        c: Rc<str>,
        b: Rc<str>,
        a: Vec<Rc<Leaf>>,
    }
    let (leaf, text) = (Rc::new(Leaf { number: 2 }), Rc::<str>::from("text"));
    let sorted = Sorted { a: vec![leaf.clone(), leaf.clone()], b: text.clone(), c: text, d: leaf };
    pickled(&(sorted, 7_u8), "(Sorted([@1=Leaf(2), @1], @2=text, @2, @1), 7)", |(sorted, seven)| {
        assert!(Rc::ptr_eq(&sorted.a[0], &sorted.a[1]) && Rc::ptr_eq(&sorted.a[0], &sorted.d));
        assert!(Rc::ptr_eq(&sorted.b, &sorted.c));
        assert_eq!((sorted.d.number, &*sorted.c, seven), (2, "text", 7));
    });
}

/// An enum with slots in a struct can be on a cycle.
#[test]
fn enums_in_structs_can_be_on_cycles() {
    #[derive(State)]
    enum Kind {
        Leaf,
        Fork(Vec<Rc<RefCell<Shape>>>),
    }
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Shape {
        kind: Kind,
        others: Vec<Rc<Kind>>,
    }
    let shape = Rc::new(RefCell::new(Shape { kind: Kind::Leaf, others: vec![] }));
    let leaf = Rc::new(Kind::Leaf);
    shape.borrow_mut().others = vec![leaf.clone(), leaf, Rc::new(Kind::Leaf)];
    shape.borrow_mut().kind = Kind::Fork(vec![shape.clone()]);
    both_ways(&shape, "@1=Shape((Fork, [@1]), [@2=(@3=Leaf), @2, (@3)])", |shape| {
        let kind = std::mem::replace(&mut shape.borrow_mut().kind, Kind::Leaf);
        let Kind::Fork(items) = kind else { panic!("another variant") };
        assert!(Rc::ptr_eq(&items[0], &shape));
        let shape = shape.borrow();
        assert!(Rc::ptr_eq(&shape.others[0], &shape.others[1]) && !Rc::ptr_eq(&shape.others[0], &shape.others[2]));
    });
    shape.borrow_mut().kind = Kind::Leaf;
}

/// A cycle needs the type's attribute, also with sharing options.
#[test]
fn cycles_are_only_for_types_that_say_so() {
    #[derive(State)]
    #[state(shared, name = "Node")]
    struct Straight {
        number: u32,
        next: Vec<Rc<RefCell<Straight>>>,
        parent: Option<Rc<RefCell<Straight>>>,
    }
    let ring = node(1);
    ring.borrow_mut().next.push(ring.clone());
    let pickle = pickle::dumps(&ring).unwrap();
    let error = pickle::loads::<Rc<RefCell<Straight>>>(&pickle).err().unwrap().to_string();
    assert!(error.contains("`#[state(shared, cyclic)]`"), "{error}");
    open(&ring);
    let straight = Rc::new(RefCell::new(Straight { number: 1, next: vec![], parent: None }));
    straight.borrow_mut().next.push(straight.clone());
    let error = pickle::dumps(&straight).unwrap_err().to_string();
    assert!(error.contains("`#[state(shared, cyclic)]`"), "{error}");
    straight.borrow_mut().next.clear();
}

/// The classes generated for Python accept what Rust writes.
#[test]
fn generated_classes_know_their_parents() {
    let module = pickle::python_module::<Folder>().unwrap();
    assert!(module.contains("parent: Optional[\"Folder\"]") || module.contains("parent: Optional[Folder]"), "{module}");
}
