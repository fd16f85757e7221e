//! Shared objects stay one object, and references keep their targets.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::{State, dumps, from_value, load_into, loads, pickle, to_value};

use super::{Leaf, Two, leaf, open, ring, through, tree};

#[test]
fn the_same_object_is_the_same_object() {
    let (one, other) = (Rc::new(leaf(7)), Arc::new(leaf(8)));
    let two = Two {
        one: one.clone(),
        list: vec![Rc::new(leaf(1)), one.clone(), one.clone()],
        maybe: Some(one),
        other: other.clone(),
        others: (Arc::new(leaf(9)), [other.clone(), other]),
    };
    let back = through(&two);
    assert!(Rc::ptr_eq(&back.one, &back.list[1]) && Rc::ptr_eq(&back.one, &back.list[2]));
    assert!(Rc::ptr_eq(&back.one, back.maybe.as_ref().unwrap()));
    assert!(Arc::ptr_eq(&back.other, &back.others.1[0]) && Arc::ptr_eq(&back.other, &back.others.1[1]));
    assert_eq!((&*back.one, &*back.list[0], &*back.other, &*back.others.0), (&leaf(7), &leaf(1), &leaf(8), &leaf(9)));
    assert_eq!((Rc::strong_count(&back.one), Arc::strong_count(&back.other)), (4, 3));
    drop(two);
}

#[test]
fn what_is_unique_is_written_once_and_has_no_number() {
    #[derive(State)]
    #[state(shared)]
    struct Few {
        a: Rc<u32>,
        b: Rc<u32>,
    }
    let few = Few { a: Rc::new(1), b: Rc::new(2) };
    let bytes = dumps(&few).unwrap();
    assert_eq!(bytes.len(), 40 + 2 * (8 + 4));
    let _other_handle = few.a.clone();
    assert_eq!(dumps(&few).unwrap(), bytes, "handles outside the state change nothing");
    let back = through(&few);
    assert_eq!((*back.a, *back.b), (1, 2));
}

#[test]
fn children_know_their_parents() {
    let back = through(&tree());
    assert_eq!(back.children.iter().map(|child| child.number).collect::<Vec<_>>(), [1, 2, 3]);
    for child in &back.children {
        assert!(Rc::ptr_eq(&child.parent.upgrade().unwrap(), &back));
        assert!(Rc::ptr_eq(&child.children[0].parent.upgrade().unwrap(), child));
        assert_eq!(child.children[0].number, 10 * child.number);
    }
    assert!(back.parent.upgrade().is_none());
    assert_eq!(Rc::strong_count(&back), 1);
}

#[derive(State)]
struct Watch {
    before: Vec<Weak<Leaf>>,
    owned: Vec<Rc<Leaf>>,
    after: Weak<Leaf>,
}

#[test]
fn weak_references_lead_forward_and_back_and_to_nothing() {
    let owned: Vec<_> = (0..3).map(|number| Rc::new(leaf(number))).collect();
    let elsewhere = Rc::new(leaf(9));
    let gone = Rc::downgrade(&Rc::new(leaf(8)));
    let watch = Watch {
        before: owned.iter().rev().map(Rc::downgrade).chain([Rc::downgrade(&elsewhere), gone, Weak::new()]).collect(),
        after: Rc::downgrade(&owned[1]),
        owned,
    };
    let back = through(&watch);
    let number = |weak: &Weak<Leaf>| weak.upgrade().map(|leaf| leaf.number);
    assert_eq!(back.before.iter().map(number).collect::<Vec<_>>(), [Some(2), Some(1), Some(0), None, None, None]);
    assert!(Rc::ptr_eq(&back.before[0].upgrade().unwrap(), &back.owned[2]));
    assert!(Rc::ptr_eq(&back.after.upgrade().unwrap(), &back.owned[1]));
}

#[test]
fn rings_come_back_as_rings() {
    for len in [1, 2, 5] {
        let nodes = ring(len);
        let back = through(&nodes[0]);
        let all = back.borrow().friends.clone();
        assert_eq!(all.iter().map(|node| node.borrow().number).collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
        assert!(Rc::ptr_eq(&all[0], &back));
        for (at, one) in all.iter().enumerate() {
            let node = one.borrow();
            let (next, before) = (&all[(at + 1) % all.len()], &all[(at + all.len() - 1) % all.len()]);
            assert!(Rc::ptr_eq(node.next.as_ref().unwrap(), next));
            assert!(Rc::ptr_eq(&node.back.upgrade().unwrap(), before));
            assert!(node.friends.iter().zip(&all).all(|(one, other)| Rc::ptr_eq(one, other)));
            assert_eq!(node.named.len(), all.len());
        }
        drop(all);
        open(&back);
        assert_eq!(Rc::strong_count(&back), 1);
        open(&nodes[0]);
    }
}

#[test]
fn hash_maps_with_shared_keys_and_values() {
    #[derive(State)]
    #[state(shared)]
    struct Maps {
        by_name: HashMap<String, Rc<Leaf>>,
        queue: VecDeque<Rc<Leaf>>,
        by_leaf: HashMap<Rc<u32>, Rc<Leaf>>,
    }
    let one = Rc::new(leaf(1));
    let key = Rc::new(5);
    let maps = Maps {
        by_name: HashMap::from([("a".to_owned(), one.clone())]),
        queue: VecDeque::from([one.clone(), one.clone()]),
        by_leaf: HashMap::from([(key, one)]),
    };
    let mut back = through(&maps);
    assert!(Rc::ptr_eq(&back.by_name["a"], &back.queue[1]) && Rc::ptr_eq(&back.by_leaf[&5], &back.queue[1]));
    let saved = dumps(&maps).unwrap();
    back.queue.pop_back();
    back.by_leaf.clear();
    load_into(&saved, &mut back).unwrap();
    assert_eq!(dumps(&back).unwrap(), saved);
}

#[test]
fn text_slices_and_what_is_in_them() {
    #[derive(State)]
    #[state(shared)]
    struct Kinds {
        text: (Rc<str>, Arc<str>, Rc<str>),
        slices: (Arc<[Rc<str>]>, Arc<[Rc<str>]>),
        lists: (Rc<Vec<u8>>, Rc<Vec<u8>>),
        boxes: [Rc<Option<Box<u32>>>; 2],
        arrays: [Arc<[u16; 3]>; 2],
        path: [Arc<std::path::Path>; 2],
    }
    let (text, slice_text) = (Rc::<str>::from("text"), Rc::<str>::from(""));
    let slice: Arc<[Rc<str>]> = Arc::from([text.clone(), slice_text.clone(), slice_text]);
    let (list, array, path) =
        (Rc::new(vec![1, 2]), Arc::new([7; 3]), Arc::<std::path::Path>::from(std::path::Path::new("a/b")));
    let boxed = Rc::new(Some(Box::new(5)));
    let kinds = Kinds {
        text: (text.clone(), Arc::from("text"), text),
        slices: (slice.clone(), slice),
        lists: (list.clone(), list),
        boxes: [boxed.clone(), boxed],
        arrays: [array.clone(), array],
        path: [path.clone(), path],
    };
    let check = |back: &Kinds| {
        assert!(Rc::ptr_eq(&back.text.0, &back.text.2) && Rc::ptr_eq(&back.text.0, &back.slices.0[0]));
        assert!(Arc::ptr_eq(&back.slices.0, &back.slices.1) && Rc::ptr_eq(&back.slices.0[1], &back.slices.0[2]));
        assert!(Rc::ptr_eq(&back.lists.0, &back.lists.1) && Rc::ptr_eq(&back.boxes[0], &back.boxes[1]));
        assert!(Arc::ptr_eq(&back.arrays[0], &back.arrays[1]) && Arc::ptr_eq(&back.path[0], &back.path[1]));
        assert_eq!((&*back.text.0, &*back.text.1, &*back.slices.0[1]), ("text", "text", ""));
        assert_eq!((&*back.lists.0, &*back.boxes[0], &*back.arrays[1]), (&vec![1, 2], &Some(Box::new(5)), &[7; 3]));
    };
    let mut back = through(&kinds);
    check(&back);
    // In place, equal text keeps its handle, and other text is replaced.
    let saved = dumps(&kinds).unwrap();
    let held = back.text.0.clone();
    back.text.1 = Arc::from("other");
    back.lists.0 = Rc::new(vec![]);
    load_into(&saved, &mut back).unwrap();
    check(&back);
    assert!(Rc::ptr_eq(&held, &back.text.0));
}

#[test]
fn generic_types_are_followed_once_they_are_marked() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Knot<T> {
        value: T,
        next: Option<Rc<RefCell<Knot<T>>>>,
    }
    let knot = Rc::new(RefCell::new(Knot { value: vec![1_u8], next: None }));
    knot.borrow_mut().next = Some(knot.clone());
    let back = through(&knot);
    let next = back.borrow_mut().next.take().unwrap();
    assert!(Rc::ptr_eq(&next, &back) && back.borrow().value == [1]);
    knot.borrow_mut().next = None;
}

#[test]
fn hooks_see_whole_objects_in_the_end() {
    #[derive(State)]
    #[state(shared, cyclic, after_set = Seen::look)]
    struct Seen {
        next: Option<Rc<RefCell<Seen>>>,
        #[state(skip)]
        has_next: bool,
    }
    impl Seen {
        fn look(&mut self) {
            self.has_next = self.next.is_some();
        }
    }
    let (a, b) = (Seen { next: None, has_next: true }, Seen { next: None, has_next: true });
    let (a, b) = (Rc::new(RefCell::new(a)), Rc::new(RefCell::new(b)));
    a.borrow_mut().next = Some(b.clone());
    b.borrow_mut().next = Some(a.clone());
    let mut back = through(&a);
    let other = back.borrow().next.clone().unwrap();
    assert!(back.borrow().has_next && other.borrow().has_next);
    other.borrow_mut().has_next = false;
    load_into(&dumps(&a).unwrap(), &mut back).unwrap();
    assert!(other.borrow().has_next);
    back.borrow_mut().next = None;
    a.borrow_mut().next = None;
}

/// Whether references to an object can be set later depends on the object that encloses the reference, not on one
/// before it.
#[test]
fn a_cycle_closes_behind_a_shared_object_that_takes_no_references_later() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Node {
        texts: [Rc<String>; 2],
        next: Option<Rc<RefCell<Node>>>,
    }
    let node = |text: &str| {
        let text = Rc::new(text.to_string());
        Rc::new(RefCell::new(Node { texts: [text.clone(), text], next: None }))
    };
    let (first, second) = (node("first"), node("second"));
    first.borrow_mut().next = Some(second.clone());
    second.borrow_mut().next = Some(first.clone());
    let bytes = dumps(&first).unwrap();
    let back: Rc<RefCell<Node>> = loads(&bytes).unwrap();
    let next = back.borrow().next.clone().unwrap();
    assert!(Rc::ptr_eq(next.borrow().next.as_ref().unwrap(), &back));
    assert!(Rc::ptr_eq(&next.borrow().texts[0], &next.borrow().texts[1]));
    assert_eq!(*next.borrow().texts[0], "second");
    for node in [first, back] {
        node.borrow_mut().next = None;
    }
}

/// A world of units that know one another, whose cycles are opened when it is dropped.
#[derive(State)]
struct World {
    chosen: Weak<RefCell<Unit>>,
    first: Rc<Place>,
    units: Vec<Rc<RefCell<Unit>>>,
}

#[derive(State)]
#[state(shared, cyclic)]
struct Unit {
    number: u32,
    friends: Vec<Rc<RefCell<Unit>>>,
    place: Rc<Place>,
}

/// An object without a cell around it.
#[derive(State)]
struct Place {
    names: RefCell<Vec<String>>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.first.names.borrow_mut().clear();
        for unit in &self.units {
            unit.borrow_mut().friends.clear();
        }
    }
}

#[test]
fn a_root_that_is_built_twice_and_takes_its_objects_apart_has_all_of_them() {
    let place = Rc::new(Place { names: RefCell::new(vec!["here".into()]) });
    let unit = |number| Rc::new(RefCell::new(Unit { number, friends: Vec::new(), place: place.clone() }));
    let units = [unit(0), unit(1), unit(2)];
    for (at, unit) in units.iter().enumerate() {
        unit.borrow_mut().friends.extend([units[(at + 1) % 3].clone(), units[(at + 2) % 3].clone()]);
    }
    let world = World { chosen: Rc::downgrade(&units[2]), first: place.clone(), units: units.into() };
    let test = |world: &World, how: &str| {
        assert!(Rc::ptr_eq(&world.chosen.upgrade().unwrap(), &world.units[2]), "{how}");
        assert_eq!(*world.first.names.borrow(), ["here"], "{how}");
        for (at, unit) in world.units.iter().enumerate() {
            let unit = unit.borrow();
            let friends: Vec<u32> = unit.friends.iter().map(|friend| friend.borrow().number).collect();
            assert_eq!((unit.number, friends), (at as u32, vec![(at as u32 + 1) % 3, (at as u32 + 2) % 3]), "{how}");
            assert!(Rc::ptr_eq(&unit.friends[0], &world.units[(at + 1) % 3]), "{how}");
            assert!(Rc::ptr_eq(&unit.place, &world.first), "{how}");
        }
    };
    test(&through(&world), "bytes");
    test(&from_value(&to_value(&world).unwrap()).unwrap(), "a value");
    test(&pickle::loads(&pickle::dumps(&world).unwrap()).unwrap(), "a pickle");
    let mut live = through(&world);
    live.units.truncate(1);
    load_into(&dumps(&world).unwrap(), &mut live).unwrap();
    test(&live, "in place");
}
