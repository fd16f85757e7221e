//! Cycles through values that can only be built from their parts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use state_core::State;
use state_core::pickle::{self, PickleOptions as Options};

use super::numbers::Random;
use super::{CLASSES, Called, Called2, Keeper, Maker, Mixed, Mixed2, PROTOCOLS, Pairs, pickled, python};

fn called(left: u32) -> Called2 {
    Rc::new(RefCell::new(Called { left, right: vec![], parent: Weak::new() }))
}

/// The result of a call exists after its arguments; a cycle back to it goes through a list in the arguments, which
/// Python creates before its items.
#[test]
fn cycles_close_at_calls() {
    let alone = called(1);
    alone.borrow_mut().right.push(alone.clone());
    let close = |called: &Called2| called.borrow_mut().right.clear();
    pickled(&alone, "@1=Called(1, [@1], None)", |alone| {
        assert!(Rc::ptr_eq(&alone.borrow().right[0], &alone) && alone.borrow().left == 1);
        close(&alone);
    });
    close(&alone);

    // A tree whose leaves know their parents, several levels deep, and each other.
    let (root, child, leaf) = (called(1), called(2), called(3));
    leaf.borrow_mut().parent = Rc::downgrade(&child);
    child.borrow_mut().parent = Rc::downgrade(&root);
    child.borrow_mut().right = vec![leaf.clone(), called(4), root.clone()];
    root.borrow_mut().right = vec![child.clone(), leaf.clone()];
    pickled(
        &root,
        "@1=Called(1, [@2=Called(2, [@3=Called(3, [], @2), Called(4, [], None), @1], @1), @3], None)",
        |root| {
            let [child, leaf] = &*root.borrow_mut().right.split_off(0) else { panic!("others") };
            assert!(
                Rc::ptr_eq(&child.borrow().parent.upgrade().unwrap(), &root)
                    && Rc::ptr_eq(&child.borrow().right[0], leaf)
            );
            assert!(
                Rc::ptr_eq(&leaf.borrow().parent.upgrade().unwrap(), child)
                    && Rc::ptr_eq(&child.borrow().right[2], &root)
            );
            assert_eq!((leaf.borrow().left, child.borrow().right[1].borrow().left), (3, 4));
            close(child);
        },
    );
    close(&child);
}

#[derive(State, Debug)]
#[state(shared, cyclic)]
enum Tagged {
    None,
    Some(Vec<Rc<RefCell<Tagged>>>, u8),
    Both { left: Option<Rc<RefCell<Tagged>>>, pair: BTreeMap<u8, Rc<RefCell<Tagged>>> },
}

/// An enum with slots is a tuple, like a value in a tuple.
#[test]
fn cycles_close_at_enums_and_tuples() {
    let tagged = Rc::new(RefCell::new(Tagged::None));
    let other = Rc::new(RefCell::new(Tagged::Both { left: None, pair: BTreeMap::from([(7, tagged.clone())]) }));
    *tagged.borrow_mut() = Tagged::Some(vec![tagged.clone(), other.clone(), tagged.clone()], 5);
    let graph = "@1=(Some, [@1, (Both, None, {7, @1}), @1], 5)";
    pickled(&tagged, graph, |tagged| {
        let Tagged::Some(items, 5) = tagged.replace(Tagged::None) else { panic!("another") };
        assert!(Rc::ptr_eq(&items[0], &tagged) && Rc::ptr_eq(&items[2], &tagged));
        let Tagged::Both { left: None, pair } = &*items[1].borrow() else { panic!("another") };
        assert!(Rc::ptr_eq(&pair[&7], &tagged));
    });
    tagged.replace(Tagged::None);

    let part = Rc::new(RefCell::new(Pairs { pairs: vec![] }));
    let pair = Rc::new(RefCell::new((7, vec![part.clone()])));
    part.borrow_mut().pairs = vec![pair.clone(), pair.clone()];
    pickled(&pair, "@1=(7, [Pairs([@1, @1])])", |pair| {
        let part = pair.borrow_mut().1.remove(0);
        let pairs = std::mem::take(&mut part.borrow_mut().pairs);
        assert!(Rc::ptr_eq(&pairs[0], &pair) && Rc::ptr_eq(&pairs[1], &pair));
    });
    part.borrow_mut().pairs.clear();
}

/// The Python code that loads and pickles again.
const BY_PYTHON: &str = r"
class Maker:
    def __init__(self, *args):
        self.args = args
    def __reduce__(self):
        return Maker, self.args

def case(data):
    slow = io.BytesIO()
    pickle._Pickler(slow, 4).dump(pickle.loads(data))
    return slow.getvalue()
";

/// Every graph that Python can build round-trips, and every other one is an error.
#[test]
fn random_graphs_of_calls_tuples_and_enums() {
    let mut random = Random(1);
    let (mut passed, mut refused, mut pickles, mut images) = (0, 0, Vec::new(), Vec::new());
    for round in 0..if cfg!(miri) { 8 } else { 600 } {
        let nodes: Vec<Mixed2> = (0..=round % 7).map(|_| Rc::new(RefCell::new(Mixed::None))).collect();
        for node in &nodes {
            let mut any = || nodes[random.below(nodes.len())].clone();
            let (items, one, watched) = (vec![any(), any()], any(), any());
            let watch = if round % 3 == 0 { Rc::downgrade(&watched) } else { Weak::new() };
            *node.borrow_mut() = match random.below(4) {
                0 => Mixed::None,
                1 => Mixed::Some(items, watch),
                2 => Mixed::Call(Maker { items, map: BTreeMap::from([(1, one)]), watch }, 7),
                _ => {
                    let pair = Rc::new(RefCell::new((round as u8, items)));
                    Mixed::Plain { plain: Keeper { pair: (Some(one), Some(pair)), watch } }
                }
            };
        }
        let image = state_core::dumps(&nodes).unwrap();
        let open = |nodes: &[Mixed2]| nodes.iter().for_each(|node| drop(node.replace(Mixed::None)));
        let protocol = PROTOCOLS[round % 6];
        match Options::new().protocol(protocol).dumps(&nodes) {
            Ok(pickle) => {
                let back: Vec<Mixed2> = pickle::loads(&pickle).unwrap();
                assert!(state_core::dumps(&back).unwrap() == image, "{round} {protocol:?}");
                assert_eq!(Options::new().protocol(protocol).dumps(&back).unwrap(), pickle);
                open(&back);
                passed += 1;
                pickles.push(pickle);
                images.push(image);
            }
            Err(error) => {
                // Only `watch` refers from one to another without a list, dict or object between them.
                assert!(round % 3 == 0 && error.to_string().contains("before its parts"), "{round}: {error}");
                refused += 1;
            }
        }
        open(&nodes);
    }
    assert!(passed > 4 * refused, "{passed} of {refused}");
    let classes = [CLASSES, "\nslots('Keeper', 'pair watch')\n", BY_PYTHON].concat();
    let Some(answers) = python::answers(&classes, &pickles) else { return };
    for (answer, image) in answers.iter().zip(&images) {
        let back: Vec<Mixed2> = pickle::loads(answer).unwrap();
        assert!(state_core::dumps(&back).unwrap() == *image);
        for node in &back {
            node.replace(Mixed::None);
        }
    }
}

#[derive(State)]
#[state(shared, cyclic, pickle = "call", name = "Called")]
struct Self_ {
    own: Option<Rc<RefCell<Self_>>>,
}

/// A value that contains itself without anything that Python can create before its parts.
#[test]
fn cycles_that_python_cannot_make_are_errors() {
    let left = Rc::new(RefCell::new(Tagged::None));
    *left.borrow_mut() = Tagged::Both { left: Some(left.clone()), pair: BTreeMap::new() };
    let own = Rc::new(RefCell::new(Self_ { own: None }));
    own.borrow_mut().own = Some(own.clone());
    for error in [pickle::dumps(&left).unwrap_err(), pickle::dumps(&own).unwrap_err()] {
        let error = error.to_string();
        assert!(error.contains("before its parts: a struct that is not pickled by a call"), "{error}");
    }
    left.replace(Tagged::None);
    own.borrow_mut().own = None;
}
