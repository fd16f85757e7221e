//! Hostile reference numbers: whatever references an image claims, it is refused, or gives a value in which each
//! reference has the right type and nothing leaks.

#![allow(
    clippy::items_after_statements,
    clippy::unused_self,
    reason = "the shapes that are shared, and what a hook is given"
)]

mod counted;
mod numbers;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use counted::{Counted, Link, alive, open, ring, two};
use numbers::Random;
use state_core::{ErrorKind, Options, RestoreOwned, State, check, dumps, load_into, loads};

#[derive(State)]
struct Tree {
    #[state(with = counted::number)]
    counted: Counted,
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

fn tree() -> Rc<Tree> {
    Rc::new_cyclic(|root| {
        let child =
            |number| Rc::new(Tree { counted: Counted::new(number), parent: root.clone(), children: Vec::new() });
        Tree { counted: Counted::new(0), parent: Weak::new(), children: (1..3).map(child).collect() }
    })
}

fn each_byte<T: RestoreOwned>(honest: &T, live: impl Fn() -> T, close: impl Fn(T)) {
    let loads = |bytes: &[u8]| {
        let loaded = loads::<T>(bytes);
        assert_eq!(check::<T>(bytes).is_ok(), loaded.is_ok(), "{bytes:?}");
        loaded
    };
    counted::each_byte(
        dumps(honest).unwrap(),
        live,
        close,
        |value| dumps(value).unwrap(),
        loads,
        |bytes, live| load_into(bytes, live),
    );
}

#[test]
fn every_byte_of_a_shared_state() {
    each_byte(&two(), two, drop);
}

#[test]
fn every_byte_of_a_tree_with_parents() {
    each_byte(&tree(), tree, drop);
}

#[test]
fn every_byte_of_a_ring() {
    let honest = ring(3);
    each_byte(&honest, || ring(3), |node| open(&node));
    open(&honest);
}

/// Random records at random places of a ring.
#[test]
fn random_records() {
    let honest = ring(3);
    let image = dumps(&honest).unwrap();
    let (before, mut random) = (alive(), Random(1));
    for _ in 0..20_000 {
        let mut bytes = image.clone();
        for _ in 0..=random.below(3) {
            let at = 40 + random.below(bytes.len() - 48);
            bytes[at..at + 8].copy_from_slice(&[
                random.below(4) as u8,
                random.below(3) as u8,
                0,
                0,
                random.below(5) as u8,
                0,
                0,
                0,
            ]);
        }
        if let Ok(node) = loads::<Link>(&bytes) {
            let again = dumps(&node).unwrap();
            open(&loads(&again).unwrap());
            open(&node);
        }
        assert_eq!(alive(), before);
    }
    open(&honest);
}

#[test]
fn cycles_are_only_for_types_that_say_so() {
    #[derive(State)]
    #[state(shared, name = "Node")]
    struct Straight {
        #[state(with = counted::number)]
        counted: Counted,
        next: Option<Rc<RefCell<Straight>>>,
        others: Vec<Rc<RefCell<Straight>>>,
        back: Weak<RefCell<Straight>>,
    }
    let honest = ring(3);
    let before = alive();
    let error = loads::<Rc<RefCell<Straight>>>(&dumps(&honest).unwrap()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("`#[state(shared, cyclic)]`"), "{error}");
    assert_eq!(alive(), before);
    open(&honest);
}

/// The header flag does not make references of bytes that are not.
#[test]
fn flags_alone_are_refused() {
    let plain = dumps(&(Rc::new(7_u32), Rc::new(8_u32))).unwrap();
    for flags in 2..8 {
        let mut bytes = plain.clone();
        bytes[5] = flags;
        assert!(loads::<(Rc<u32>, Rc<u32>)>(&bytes).is_err());
    }
    let mut bytes = dumps(&5_u32).unwrap();
    bytes[5] = 2;
    assert_eq!(loads::<u32>(&bytes).unwrap(), 5, "no references are numbered");
    bytes[5] = 4;
    assert_eq!(loads::<u32>(&bytes).unwrap_err().kind(), ErrorKind::Version);
}

#[test]
fn an_object_cannot_be_taken_for_one_of_another_type() {
    let shared = Options::new().sharing();
    type Same = (Rc<[u8; 4]>, Rc<[u8; 4]>);
    type Other = (Rc<[u8; 4]>, Rc<(u8, u8, u8, u8)>);
    let one = Rc::new([1, 2, 3, 4]);
    let same: Same = (one.clone(), one);
    let mut bytes = shared.dumps(&same).unwrap();
    let other: Other = (Rc::new([0; 4]), Rc::new((0, 0, 0, 0)));
    bytes[8..16].copy_from_slice(&dumps(&other).unwrap()[8..16]);
    assert!(loads::<Other>(&bytes).is_err());
}

#[test]
fn refused_rings_leak_nothing() {
    counted::refused_rings_leak_nothing(
        |root| dumps(root).unwrap(),
        |bytes| loads(bytes),
        |bytes, live| load_into(bytes, live),
    );
}

/// A weak reference to an object that can be refused is set once the object exists.
#[test]
fn weak_references_to_what_can_be_refused() {
    #[derive(State)]
    #[state(after_set = Parent::accept)]
    struct Parent {
        number: u32,
        child: Option<Rc<RefCell<Child>>>,
    }
    #[derive(State)]
    struct Child {
        parent: Weak<RefCell<Parent>>,
    }
    impl Parent {
        fn accept(&mut self) -> Result<(), &'static str> {
            if self.number < 100 { Ok(()) } else { Err("too large") }
        }
    }
    let family = |number| {
        let parent = Rc::new(RefCell::new(Parent { number, child: None }));
        parent.borrow_mut().child = Some(Rc::new(RefCell::new(Child { parent: Rc::downgrade(&parent) })));
        parent
    };
    let bytes = dumps(&family(7)).unwrap();
    let back: Rc<RefCell<Parent>> = loads(&bytes).unwrap();
    let child = back.borrow().child.clone().unwrap();
    assert!(Rc::ptr_eq(&child.borrow().parent.upgrade().unwrap(), &back));
    assert_eq!(dumps(&back).unwrap(), bytes);
    assert_eq!(loads::<Rc<RefCell<Parent>>>(&dumps(&family(700)).unwrap()).err().unwrap().kind(), ErrorKind::Refused);
}

/// The image with its only occurrence of `from` replaced.
fn with(bytes: &[u8], from: [u8; 8], to: [u8; 8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let places: Vec<_> = bytes.windows(8).enumerate().filter(|(_, window)| *window == from).map(|(at, _)| at).collect();
    assert_eq!(places.len(), 1, "{bytes:?}");
    bytes[places[0]..][..8].copy_from_slice(&to);
    bytes
}

#[test]
fn numbers_have_one_form() {
    #[derive(State, Debug)]
    #[state(shared)]
    struct Pairs {
        one: (Rc<str>, Rc<str>),
        two: (Rc<str>, Rc<str>),
    }
    let (one, two) = (Rc::<str>::from("one"), Rc::<str>::from("three"));
    let bytes = dumps(&Pairs { one: (one.clone(), one), two: (two.clone(), two) }).unwrap();
    loads::<Pairs>(&bytes).unwrap();
    // The second object as the first of another class, although its type already has one.
    let other = with(&bytes, [1, 0, 0, 0, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0]);
    let other = with(&other, [2, 0, 0, 0, 1, 0, 0, 0], [2, 1, 0, 0, 0, 0, 0, 0]);
    loads::<Pairs>(&other).unwrap_err();
    // Skips a number.
    let other = with(&bytes, [1, 0, 0, 0, 1, 0, 0, 0], [1, 0, 0, 0, 2, 0, 0, 0]);
    let other = with(&other, [2, 0, 0, 0, 1, 0, 0, 0], [2, 0, 0, 0, 2, 0, 0, 0]);
    loads::<Pairs>(&other).unwrap_err();
    // A value together with a reference back.
    assert_eq!(bytes[40..56], [3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
    for at in (44..48).chain(52..56) {
        let mut other = bytes.clone();
        other[at] = 1;
        loads::<Pairs>(&other).unwrap_err();
        check::<Pairs>(&other).unwrap_err();
    }
}

#[test]
fn a_weak_reference_to_an_object_that_never_comes_is_refused() {
    #[derive(State, Debug)]
    #[state(shared)]
    struct Watch {
        before: Weak<u32>,
        object: Rc<u32>,
    }
    let object = Rc::new(5);
    let bytes = dumps(&Watch { before: Rc::downgrade(&object), object }).unwrap();
    assert_eq!(*loads::<Watch>(&bytes).unwrap().before.upgrade().unwrap(), 5);
    for index in [1, 2, 255] {
        let other = with(&bytes, [2, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, index, 0, 0, 0]);
        loads::<Watch>(&other).unwrap_err();
        check::<Watch>(&other).unwrap_err();
    }
}

#[test]
fn references_go_back_to_objects_that_have_ended_however_deep_they_were() {
    #[derive(State, Debug)]
    struct Link {
        next: Option<Rc<Link>>,
    }
    #[derive(State, Debug)]
    #[state(shared)]
    struct Chain {
        first: Option<Rc<Link>>,
        all: Vec<Rc<Link>>,
    }
    let mut chain = Chain { first: None, all: Vec::new() };
    for _ in 0..300 {
        let link = Rc::new(Link { next: chain.first.take() });
        chain.all.push(link.clone());
        chain.first = Some(link);
    }
    let options = Options::new().depth(1000);
    std::thread::scope(|scope| {
        let bytes = options.dumps(&chain).unwrap();
        let run = move || {
            let back: Chain = options.loads(&bytes).unwrap();
            assert!(Rc::ptr_eq(back.first.as_ref().unwrap(), back.all.last().unwrap()));
            assert!(back.all.windows(2).all(|two| Rc::ptr_eq(&two[0], two[1].next.as_ref().unwrap())));
        };
        std::thread::Builder::new().stack_size(32 << 20).spawn_scoped(scope, run).unwrap();
    });
}

/// Where a value may be missing, a reference can be set later; inside it, where none may be missing, it cannot.
#[test]
fn a_cycle_through_a_pointer_that_must_be_there_is_refused() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Owner {
        pet: Option<Rc<RefCell<Pet>>>,
        id: u8,
    }
    #[derive(State)]
    struct Pet {
        owner: Rc<RefCell<Owner>>,
    }
    #[derive(State)]
    struct House {
        other: Rc<RefCell<Owner>>,
        owner: Rc<RefCell<Owner>>,
        again: Rc<RefCell<Owner>>,
    }
    let leaf_owner = || Rc::new(RefCell::new(Owner { pet: None, id: 1 }));
    let other = leaf_owner();
    let pet = Rc::new(RefCell::new(Pet { owner: other.clone() }));
    let owner = Rc::new(RefCell::new(Owner { pet: Some(pet), id: 9 }));
    let bytes = dumps(&House { other, owner: owner.clone(), again: owner }).unwrap();
    loads::<House>(&bytes).unwrap();
    // The pet's owner is the one that contains it.
    let hostile = with(&bytes, [2, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 1, 0, 0, 0]);
    for found in [check::<House>(&hostile), loads::<House>(&hostile).map(drop)] {
        assert_eq!(found.unwrap_err().path(), "House.owner.pet.owner");
    }
    // It is not written either.
    let pet = Rc::new(RefCell::new(Pet { owner: leaf_owner() }));
    let owner = Rc::new(RefCell::new(Owner { pet: Some(pet.clone()), id: 2 }));
    pet.borrow_mut().owner = owner.clone();
    let error = dumps(&owner).unwrap_err().to_string();
    assert!(error.contains("a reference that closes a cycle in an `Option`, a list or a map"), "{error}");
    pet.borrow_mut().owner = leaf_owner();
}
