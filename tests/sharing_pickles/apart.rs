//! Which values are the same object, and which are not.

use std::cell::Cell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::pickle::{self, PickleOptions as Options};
use state_core::{State, from_value, to_value};

use super::{CLASSES, Leaf, PROTOCOLS, Two, both_ways, node, open, python};

#[test]
fn one_object_is_one_object_in_python() {
    let (one, text) = (Rc::new(Leaf { number: 7 }), Arc::<str>::from("text"));
    let two = Two {
        watch: Rc::downgrade(&one),
        list: vec![Rc::new(Leaf { number: 7 }), one.clone(), one.clone()],
        one,
        text: (text.clone(), text),
        unique: Rc::new(5),
    };
    both_ways(&two, "Two(@1=Leaf(7), [Leaf(7), @1, @1], (@2=text, @2), @1, 5)", |two| {
        assert!(Rc::ptr_eq(&two.one, &two.list[1]) && Rc::ptr_eq(&two.one, &two.list[2]));
        assert!(!Rc::ptr_eq(&two.one, &two.list[0]) && Arc::ptr_eq(&two.text.0, &two.text.1));
        assert!(Rc::ptr_eq(&two.watch.upgrade().unwrap(), &two.one));
        assert_eq!((two.one.number, two.list[0].number, &*two.text.0, *two.unique), (7, 7, "text", 5));
    });
}

/// Cells that contain the same member of a Python enum are different objects, although Python has the member only once.
#[test]
fn cells_of_one_member_stay_apart() {
    #[derive(State, Debug, PartialEq, Clone, Copy)]
    #[state(pickle = "enum")]
    enum Color {
        Red = 1,
        Green = 2,
    }
    let cell = |color| Rc::new(Cell::new(color));
    let (red, other, green) = (cell(Color::Red), cell(Color::Red), cell(Color::Green));
    let cells = vec![red.clone(), red, other.clone(), other, cell(Color::Red), green];
    for protocol in PROTOCOLS {
        let options = Options::new().protocol(protocol).sharing();
        let back: Vec<Rc<Cell<Color>>> = options.loads(&options.dumps(&cells).unwrap()).unwrap();
        back[0].set(Color::Green);
        let colors: Vec<Color> = back.iter().map(|cell| cell.get()).collect();
        assert_eq!(colors, [Color::Green, Color::Green, Color::Red, Color::Red, Color::Red, Color::Green]);
        back[2].set(Color::Green);
        assert_eq!((back[3].get(), back[4].get()), (Color::Green, Color::Red));
    }
}

#[test]
fn types_that_say_nothing_have_copies_or_refuse_them() {
    let text = Rc::<str>::from("text");
    let two = vec![text.clone(), text];
    let shared = Options::new().sharing().dumps(&two).unwrap();
    for pickle in [&shared, &pickle::dumps(&two).unwrap()] {
        let back: Vec<Rc<str>> = pickle::loads(pickle).unwrap();
        assert!(!Rc::ptr_eq(&back[0], &back[1]) && *back[0] == *back[1]);
    }
    let back: Vec<Rc<str>> = Options::new().sharing().loads(&shared).unwrap();
    assert!(Rc::ptr_eq(&back[0], &back[1]));
    let refusing = Options::new().refuse_copies();
    for error in [refusing.dumps(&two).unwrap_err(), refusing.loads::<Vec<Rc<str>>>(&shared).unwrap_err()] {
        let error = error.to_string();
        assert!(error.contains("two shared pointers refer to") && error.contains("`Options::sharing`"), "{error}");
    }
    // A value outside of a shared pointer is always copied.
    let back: Vec<String> = refusing.loads(&shared).unwrap();
    assert_eq!(back, ["text", "text"]);
    let back: Vec<Rc<str>> = refusing.loads(&pickle::dumps(&two).unwrap()).unwrap();
    assert_eq!(back.len(), 2);

    let value = state_core::Options::new().sharing().to_value(&two).unwrap();
    assert!(value.as_list().unwrap()[0].as_shared().is_some());
    assert!(to_value(&two).unwrap().as_list().unwrap()[0].as_shared().is_none());
    let back: Vec<Rc<str>> = state_core::Options::new().sharing().from_value(&value).unwrap();
    assert!(Rc::ptr_eq(&back[0], &back[1]));
    let refusing = state_core::Options::new().refuse_copies();
    assert!(refusing.to_value(&two).is_err() && refusing.from_value::<Vec<Rc<str>>>(&value).is_err());
    let back: Vec<Rc<str>> = from_value(&value).unwrap();
    assert!(!Rc::ptr_eq(&back[0], &back[1]));
}

/// A live object behind a cell is restored in place, for all its owners.
#[test]
fn restores_in_place_keep_cells_that_others_hold() {
    let (a, b) = (node(1), node(2));
    a.borrow_mut().next = vec![b.clone()];
    b.borrow_mut().next = vec![a.clone()];
    let pickle = pickle::dumps(&a).unwrap();
    a.borrow_mut().number = 8;
    b.borrow_mut().number = 9;
    let mut root = a.clone();
    pickle::load_into(&pickle, &mut root).unwrap();
    assert!(Rc::ptr_eq(&root, &a) && Rc::ptr_eq(&a.borrow().next[0], &b) && Rc::ptr_eq(&b.borrow().next[0], &a));
    assert_eq!((a.borrow().number, b.borrow().number), (1, 2));
    // A refused restore changes nothing.
    let at = pickle.iter().rposition(|&byte| byte == b'h').unwrap();
    let mut other = pickle.clone();
    other[at + 1] = 0;
    a.borrow_mut().number = 8;
    assert!(pickle::load_into(&other, &mut root).is_err());
    assert_eq!((a.borrow().number, a.borrow().next.len()), (8, 1));
    open(&a);
}

#[test]
fn slots_that_are_left_out_have_no_numbers() {
    #[derive(State)]
    #[state(shared, pickle = "dict")]
    struct Plain {
        one: Rc<Leaf>,
        two: Rc<Leaf>,
        #[state(default = five)]
        three: Rc<Leaf>,
        #[state(default)]
        parent: Weak<Leaf>,
    }
    fn five() -> Rc<Leaf> {
        Rc::new(Leaf { number: 5 })
    }
    const SCRIPT: &str = "
def case(frame):
    plain = Plain()
    plain.one = plain.two = Leaf()
    plain.one.number = 6
    return pickle.dumps(plain, 4)
";
    let Some(answers) = python::answers(&[CLASSES, SCRIPT].concat(), &[vec![]]) else { return };
    let plain: Plain = pickle::loads(&answers[0]).unwrap();
    assert!(Rc::ptr_eq(&plain.one, &plain.two) && plain.parent.upgrade().is_none());
    assert_eq!((plain.one.number, plain.three.number), (6, 5));
}

/// Out-of-band arrays are written only once.
#[test]
fn arrays_beside_the_pickle_are_shared() {
    #[derive(State)]
    #[state(shared)]
    struct Mesh {
        #[state(bytes)]
        data: Vec<u8>,
    }
    let mesh = Rc::new(Mesh { data: vec![7; 1000] });
    let meshes = vec![mesh.clone(), mesh];
    let mut buffer = pickle::PickleSegmentBuffer::new();
    let segments = Options::new().dump_segments(&meshes, &mut buffer).unwrap();
    assert_eq!(segments.buffers.len(), 1);
    let back: Vec<Rc<Mesh>> = Options::new().loads_with(segments.pickle, &segments.buffers).unwrap();
    assert!(Rc::ptr_eq(&back[0], &back[1]) && back[0].data == [7; 1000]);
}

/// In states without shared objects too: see `pickle_containers`.
#[test]
fn a_set_beside_shared_objects_has_each_item_once() {
    #[derive(State, Debug)]
    #[state(name = "m.Both", shared)]
    struct Both {
        one: Rc<Vec<u16>>,
        numbers: Vec<i64>,
        again: Rc<Vec<u16>>,
        names: Vec<Option<String>>,
        last: Rc<Vec<u16>>,
        pairs: Vec<(Rc<Vec<u16>>, u8)>,
    }
    let pickle = b"\x80\x04cm\nBoth\n)\x81(]q\x00K\x05a(K\x01K\x02K\x01\x91h\x00(X\x01\x00\x00\x00aN\
                   X\x01\x00\x00\x00bX\x01\x00\x00\x00aN\x91h\x00](h\x00K\x01\x86(K\x07lK\x01\x86etb.";
    let value = pickle::load_value(pickle).unwrap();
    for both in [pickle::loads::<Both>(pickle).unwrap(), from_value(&value).unwrap()] {
        assert_eq!(both.numbers, [1, 2]);
        assert_eq!(both.names, [Some("a".into()), None, Some("b".into())]);
        assert!(Rc::ptr_eq(&both.one, &both.again) && Rc::ptr_eq(&both.one, &both.last));
        assert!(Rc::ptr_eq(&both.one, &both.pairs[0].0));
        assert_eq!((&**both.one, &**both.pairs[1].0), (&[5][..], &[7][..]));
        let again: Both = pickle::loads(&pickle::dumps(&both).unwrap()).unwrap();
        assert_eq!((again.numbers, again.names.len()), (both.numbers, 3));
    }
}
