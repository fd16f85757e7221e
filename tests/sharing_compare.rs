//! Differences between states with shared objects.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::{Rc, Weak};

use state_core::image::compare;
use state_core::{Inspection, Options, State, dumps};

/// The differences of two states, found by their type and by the schemas in their bytes.
fn differences<T: State + for<'a> state_core::Restore<'a>>(ours: &T, theirs: &T) -> Vec<String> {
    let (a, b) = (dumps(ours).unwrap(), dumps(theirs).unwrap());
    let found: Vec<_> = compare::<T>(&a, &b).unwrap().map(|found| found.to_string()).collect();
    let [a, b] = [ours, theirs].map(|state| Options::new().with_schema().dumps(state).unwrap());
    let looked = Inspection::open(&a).unwrap().compare(&Inspection::open(&b).unwrap(), 1000).unwrap();
    assert_eq!(looked.iter().map(ToString::to_string).collect::<Vec<_>>(), found, "by the schema");
    found
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Leaf {
    number: u32,
}

#[derive(State)]
#[state(shared)]
struct Scene {
    favourite: Weak<Leaf>,
    floor: Rc<Leaf>,
    walls: Vec<Rc<Leaf>>,
    name: Rc<str>,
    nick: Rc<str>,
}

/// A scene of leaves with these numbers, one object for each number; the first is the floor, and the leaf with the
/// number `favourite` is the favourite.
fn scene(walls: &[u32], favourite: u32) -> Scene {
    let mut leaves: BTreeMap<u32, Rc<Leaf>> = BTreeMap::new();
    let walls: Vec<_> =
        walls.iter().map(|&number| leaves.entry(number).or_insert_with(|| Rc::new(Leaf { number })).clone()).collect();
    let favourite = leaves.get(&favourite).map_or_else(Weak::new, Rc::downgrade);
    Scene { favourite, floor: walls[0].clone(), walls, name: "a".into(), nick: "a".into() }
}

#[test]
fn equal_states_have_no_differences() {
    assert_eq!(differences(&scene(&[1, 2, 1, 3], 2), &scene(&[1, 2, 1, 3], 2)), [""; 0]);
}

#[test]
fn a_change_in_a_shared_object_is_told_once() {
    let found = differences(&scene(&[1, 2, 1, 2], 1), &scene(&[1, 5, 1, 5], 1));
    assert_eq!(found, ["Scene.walls[1].number: 2, theirs 5"]);
    assert_eq!(differences(&scene(&[1, 1], 1), &scene(&[4, 4], 4)), ["Scene.floor.number: 1, theirs 4"]);
}

/// References in a part that only one side has are reported with their targets on that side.
#[test]
fn references_in_added_parts_are_told_where_they_lead() {
    #[derive(State)]
    #[state(shared)]
    struct World {
        floor: Rc<Leaf>,
        pairs: Vec<(u8, Rc<Leaf>, Option<Weak<Leaf>>)>,
    }
    let world = |pairs: u8| {
        let floor = Rc::new(Leaf { number: 7 });
        let pairs = (0..pairs).map(|at| (at, floor.clone(), Some(Rc::downgrade(&floor)))).collect();
        World { floor, pairs }
    };
    let object = "<the object at World.floor>";
    let found = differences(&world(1), &world(2));
    assert_eq!(found[1..], [format!("World.pairs[1]: absent, theirs (1, {object}, {object})")]);
    let found = differences(&world(2), &world(1));
    assert_eq!(found[1..], [format!("World.pairs[1]: (1, {object}, {object}), theirs absent")]);
}

#[test]
fn a_reference_to_another_object_is_told_where_it_is() {
    // The objects are equal, so that only the references differ.
    let (ours, mut theirs) = (scene(&[1, 2, 1], 1), scene(&[1, 2, 1], 1));
    theirs.walls[2] = Rc::new(Leaf { number: 1 });
    let expected = ["Scene.walls[2]: the object at Scene.floor, theirs an object of its own"];
    assert_eq!(differences(&ours, &theirs), expected);

    let mut theirs = scene(&[1, 2, 1], 1);
    theirs.walls[2] = theirs.walls[1].clone();
    let expected = ["Scene.walls[2]: the object at Scene.floor, theirs the object at Scene.walls[1]"];
    assert_eq!(differences(&ours, &theirs), expected);
}

#[test]
fn a_weak_reference_that_leads_elsewhere_is_told_before_what_it_leads_to() {
    let expected = ["Scene.favourite: the object at Scene.floor, theirs the object at Scene.walls[1]"];
    assert_eq!(differences(&scene(&[1, 2, 3], 1), &scene(&[1, 2, 3], 2)), expected);
    let expected = ["Scene.favourite: None, theirs the object at Scene.walls[2]"];
    assert_eq!(differences(&scene(&[1, 2, 3], 9), &scene(&[1, 2, 3], 3)), expected);
}

#[test]
fn shared_text_is_compared_too() {
    let (ours, mut theirs) = (scene(&[1], 1), scene(&[1], 1));
    theirs.nick = theirs.name.clone();
    let expected = ["Scene.nick: an object of its own, theirs the object at Scene.name"];
    assert_eq!(differences(&ours, &theirs), expected);
    theirs.name = "b".into();
    theirs.nick = theirs.name.clone();
    let expected = ["Scene.name: 'a', theirs 'b'", "Scene.nick: an object of its own, theirs the object at Scene.name"];
    assert_eq!(differences(&ours, &theirs), expected);
}

#[test]
fn elements_that_came_and_went_are_found_whatever_their_numbers() {
    let (ours, theirs) = (scene(&[1, 2, 3, 2, 4, 4], 4), scene(&[1, 3, 2, 4, 4], 4));
    let found = differences(&ours, &theirs);
    assert_eq!(found[0], "Scene.walls: 6 elements, theirs 5");
    assert!(found.len() > 1, "{found:?}");

    // An inserted object changes the numbers of all objects after it.
    let found = differences(&scene(&[1, 7, 2, 3, 4, 2, 3], 3), &scene(&[1, 2, 3, 4, 2, 3], 3));
    assert_eq!(found, ["Scene.walls: 7 elements, theirs 6", "Scene.walls[1]: Leaf(7), theirs absent"]);
}

#[derive(State)]
#[state(shared, cyclic)]
struct Node {
    number: u32,
    next: Vec<Rc<RefCell<Node>>>,
}

fn ring(numbers: &[u32]) -> Rc<RefCell<Node>> {
    let nodes: Vec<_> =
        numbers.iter().map(|&number| Rc::new(RefCell::new(Node { number, next: Vec::new() }))).collect();
    for (at, node) in nodes.iter().enumerate() {
        node.borrow_mut().next = vec![nodes[(at + 1) % nodes.len()].clone(), nodes[0].clone()];
    }
    nodes[0].clone()
}

/// Breaks a ring, so that nothing leaks.
fn open(mut node: Rc<RefCell<Node>>) {
    while let Some(next) = { node.clone().borrow_mut().next.drain(..).next() } {
        node = next;
    }
}

#[test]
fn cycles_are_compared_once() {
    let (a, b, c) = (ring(&[1, 2, 3]), ring(&[1, 2, 3]), ring(&[1, 2, 4]));
    assert_eq!(differences(&a, &b), [""; 0]);
    assert_eq!(differences(&a, &c), ["Node.next[0].next[0].number: 3, theirs 4"]);
    // In a shorter ring, the reference that closes it comes sooner.
    let d = ring(&[1, 2]);
    let found = differences(&a, &d);
    assert!(found[0].starts_with("Node.next[0].next[0]: "), "{found:?}");
    assert!(found[0].ends_with("theirs the object at Node"), "{found:?}");
    [a, b, c, d].into_iter().for_each(open);
}

#[test]
fn maps_and_sets_come_in_any_order() {
    #[derive(State)]
    #[state(shared)]
    struct Maps {
        by_name: HashMap<String, Rc<Leaf>>,
        sets: BTreeSet<Rc<Leaf>>,
        keys: BTreeMap<Rc<str>, Rc<Leaf>>,
    }
    let maps = |count: u32, changed: u32| {
        let leaves: Vec<_> = (0..count).map(|number| Rc::new(Leaf { number: number / 2 })).collect();
        let name = |at: usize| format!("name {at}");
        let mut by_name: HashMap<_, _> = (0..).map(name).zip(leaves.iter().cloned()).collect();
        by_name.extend((0..count as usize).map(|at| (format!("again {at}"), leaves[at].clone())));
        by_name.insert("changed".into(), leaves[changed as usize].clone());
        let keys = leaves.iter().rev().enumerate().map(|(at, leaf)| (name(at).into(), leaf.clone())).collect();
        Maps { by_name, sets: leaves.iter().step_by(2).cloned().collect(), keys }
    };
    for _ in 0..5 {
        assert_eq!(differences(&maps(20, 4), &maps(20, 4)), [""; 0]);
        let found = differences(&maps(20, 4), &maps(20, 5));
        // Which of the references to it is named depends on the order of the maps.
        assert!(
            !found.is_empty() && found.iter().all(|found| found.contains("the object at Maps.by_name[")),
            "{found:?}"
        );
    }
    let found = differences(&maps(20, 4), &maps(22, 4));
    assert!(found.iter().any(|found| found == "Maps.sets[Leaf(10)]: absent, theirs present"), "{found:?}");
}

#[test]
fn a_state_that_shares_and_one_that_does_not_differ_in_what_is_shared() {
    let one = Rc::new(5_u8);
    let list = vec![one.clone(), Rc::new(6), one];
    let ours = Options::new().sharing().dumps(&list).unwrap();
    let theirs = dumps(&list).unwrap();
    let found: Vec<_> = compare::<Vec<Rc<u8>>>(&ours, &theirs).unwrap().map(|found| found.to_string()).collect();
    assert_eq!(found, ["[2]: the object at [0], theirs an object of its own"]);
}

/// Equal elements at either end of lists of different lengths are the same objects.
#[test]
fn elements_alike_at_the_ends_of_lists_are_the_same_objects() {
    #[derive(State)]
    #[state(shared)]
    struct Shelf {
        items: Vec<Rc<Leaf>>,
        favourites: [Rc<Leaf>; 2],
    }
    let leaf = |number| Rc::new(Leaf { number });
    let (ours, theirs) = (leaf(1), leaf(1));
    let favourites = |of: &Rc<Leaf>| [of.clone(), of.clone()];
    for at_the_start in [true, false] {
        let mut items = vec![leaf(1), leaf(2)];
        if !at_the_start {
            items.reverse();
        }
        let one = Shelf { items: vec![ours.clone()], favourites: favourites(&ours) };
        let other = Shelf { items, favourites: favourites(&theirs) };
        let more = if at_the_start { "Shelf.items[1]: absent, theirs Leaf(2)" } else { "" };
        let found = differences(&one, &other);
        assert_eq!(found[0], "Shelf.items: 1 elements, theirs 2");
        assert!(found[1].starts_with("Shelf.items[") && (!at_the_start || found[1] == more), "{found:?}");
        assert_eq!(
            found[2..],
            [
                "Shelf.favourites[0]: the object at Shelf.items[0], theirs the object at Shelf.favourites[0]",
                "Shelf.favourites[1]: the object at Shelf.items[0], theirs the object at Shelf.favourites[0]"
            ]
        );
    }
}
