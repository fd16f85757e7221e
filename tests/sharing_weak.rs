//! Weak references to unsized targets: text, slices, paths, trait objects.

use std::ffi::{CStr, OsStr};
use std::path::Path;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Weak as ArcWeak};

use state_core::{Dynamic, Inspection, Options, State, dumps, dynamic, from_value, load_into, loads, to_value};

trait Creature: Dynamic {
    fn legs(&self) -> u32;
}

#[derive(State)]
#[state(name = "Spider")]
struct Spider {
    name: String,
    parent: Weak<dyn Creature>,
}

#[derive(State)]
#[state(name = "Egg")]
struct Egg;

impl Creature for Spider {
    fn legs(&self) -> u32 {
        8
    }
}

impl Creature for Egg {
    fn legs(&self) -> u32 {
        0
    }
}

dynamic!(dyn Creature = [Egg, Spider]);

#[derive(State)]
struct Watch {
    text: Weak<str>,
    slice: Weak<[u16]>,
    texts: ArcWeak<[Arc<str>]>,
    path: ArcWeak<Path>,
    creature: Weak<dyn Creature>,
    gone: (Weak<str>, Weak<[u8]>, Weak<dyn Creature>, ArcWeak<dyn Creature>, ArcWeak<OsStr>, Weak<CStr>),
    held: Held,
    after: (Weak<str>, Weak<dyn Creature>),
}

#[derive(State)]
struct Held {
    text: Rc<str>,
    slice: Rc<[u16]>,
    texts: Arc<[Arc<str>]>,
    path: Arc<Path>,
    creatures: Vec<Rc<dyn Creature>>,
}

fn watch() -> Watch {
    let egg: Rc<dyn Creature> = Rc::new(Egg);
    let spider: Rc<dyn Creature> = Rc::new(Spider { name: "Tek".into(), parent: Rc::downgrade(&egg) });
    let held = Held {
        text: "text".into(),
        slice: [1, 2].into(),
        texts: ["a".into()].into(),
        path: Path::new("a/b").into(),
        creatures: vec![egg, spider],
    };
    Watch {
        text: Rc::downgrade(&held.text),
        slice: Rc::downgrade(&held.slice),
        texts: Arc::downgrade(&held.texts),
        path: Arc::downgrade(&held.path),
        creature: Rc::downgrade(&held.creatures[1]),
        gone: (
            Rc::downgrade(&Rc::from("gone")),
            Weak::<[u8; 0]>::new(),
            Weak::<Egg>::new(),
            ArcWeak::<Spider>::new(),
            Arc::downgrade(&Arc::from(OsStr::new(""))),
            Rc::downgrade(&Rc::from(c"gone")),
        ),
        after: (Rc::downgrade(&held.text), Rc::downgrade(&held.creatures[0])),
        held,
    }
}

fn is_whole(watch: &Watch) {
    let held = &watch.held;
    assert!(Rc::ptr_eq(&watch.text.upgrade().unwrap(), &held.text) && &*held.text == "text");
    assert!(Rc::ptr_eq(&watch.after.0.upgrade().unwrap(), &held.text));
    assert!(Rc::ptr_eq(&watch.slice.upgrade().unwrap(), &held.slice) && *held.slice == [1, 2]);
    assert!(Arc::ptr_eq(&watch.texts.upgrade().unwrap(), &held.texts) && &*held.texts[0] == "a");
    assert!(Arc::ptr_eq(&watch.path.upgrade().unwrap(), &held.path) && &*held.path == Path::new("a/b"));
    let creature = watch.creature.upgrade().unwrap();
    assert!(Rc::ptr_eq(&creature, &held.creatures[1]) && creature.legs() == 8);
    assert!(Rc::ptr_eq(&watch.after.1.upgrade().unwrap(), &held.creatures[0]));
    assert!(watch.gone.0.upgrade().is_none() && watch.gone.1.upgrade().is_none() && watch.gone.2.upgrade().is_none());
    assert!(watch.gone.3.upgrade().is_none() && watch.gone.4.upgrade().is_none() && watch.gone.5.upgrade().is_none());
    let value = to_value(&held.creatures[1]);
    assert!(value.is_ok_and(|value| format!("{value}") == "Spider('Tek', None)"), "alone, its parent is nobody's");
}

#[test]
fn they_lead_where_they_led() {
    let bytes = dumps(&watch()).unwrap();
    let back: Watch = loads(&bytes).unwrap();
    is_whole(&back);
    assert_eq!(dumps(&back).unwrap(), bytes);
}

#[test]
fn they_are_restored_in_place() {
    let bytes = dumps(&watch()).unwrap();
    let mut live = watch();
    live.text = Rc::downgrade(&Rc::from("other"));
    live.creature = Rc::downgrade(&live.held.creatures[0]);
    live.gone.2 = Rc::downgrade(&live.held.creatures[0]);
    live.held.creatures.swap(0, 1);
    load_into(&bytes, &mut live).unwrap();
    is_whole(&live);
    assert_eq!(dumps(&live).unwrap(), bytes);
}

#[test]
fn values_and_inspections_know_them() {
    let value = to_value(&watch()).unwrap();
    is_whole(&from_value(&value).unwrap());
    let bytes = Options::new().with_schema().dumps(&watch()).unwrap();
    let tree = Inspection::open(&bytes).unwrap().tree().unwrap();
    assert!(tree.starts_with("Watch\n  text: <shared 1>\n  slice: <shared 2>\n"), "{tree}");
    assert!(tree.contains("    text: <shared 1> 'text'\n"), "{tree}");
    assert!(tree.ends_with("  after: tuple of 2\n    <shared 1>\n    <shared 6>\n"), "{tree}");
}

#[test]
fn every_byte_changed_is_a_state_or_an_error() {
    let honest = dumps(&watch()).unwrap();
    for at in 40..honest.len() {
        for change in [1, 2, 3, 0x80, 0xFF] {
            let mut bytes = honest.clone();
            bytes[at] ^= change;
            if let Ok(back) = loads::<Watch>(&bytes) {
                let again = dumps(&back).unwrap();
                assert_eq!(dumps(&loads::<Watch>(&again).unwrap()).unwrap(), again, "byte {at}");
            }
        }
    }
}

/// An optional weak reference: `None`, one whose object is gone, and one to an object, in every format.
mod in_options {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::rc::{Rc, Weak};

    use state_core::{State, dumps, from_value, load_into, loads, pickle, to_value};

    use super::{Creature, Egg};

    #[derive(State)]
    #[state(name = "game.Node")]
    struct Node {
        number: u32,
        to: Option<Weak<RefCell<Node>>>,
    }

    #[derive(State)]
    struct Wrapper<T>(T);

    #[derive(State)]
    #[state(shared)]
    #[allow(clippy::option_option, reason = "one of the shapes")]
    struct All {
        node: Rc<RefCell<Node>>,
        egg: Rc<dyn Creature>,
        list: Rc<RefCell<Vec<Option<u8>>>>,
        nodes: Vec<Option<Weak<RefCell<Node>>>>,
        twice: Vec<Option<Option<Weak<RefCell<Node>>>>>,
        boxed: Vec<Option<Box<Weak<RefCell<Node>>>>>,
        wrapped: Vec<Option<Wrapper<Weak<RefCell<Node>>>>>,
        eggs: BTreeMap<u8, Option<Weak<dyn Creature>>>,
        lists: Vec<Option<Weak<RefCell<Vec<Option<u8>>>>>>,
        number: Vec<Option<Weak<u32>>>,
        gone: Weak<u32>,
    }

    fn all() -> All {
        let node = Rc::new(RefCell::new(Node { number: 1, to: None }));
        node.borrow_mut().to = Some(Rc::downgrade(&node));
        let weak = || Rc::downgrade(&node);
        let egg: Rc<dyn Creature> = Rc::new(Egg);
        let gone: Weak<dyn Creature> = Weak::<Egg>::new();
        let list = Rc::new(RefCell::new(vec![None]));
        All {
            nodes: vec![None, Some(Weak::new()), Some(weak()), Some(Weak::new())],
            twice: vec![None, Some(None), Some(Some(Weak::new())), Some(Some(weak()))],
            boxed: vec![None, Some(Box::default()), Some(Box::new(weak()))],
            wrapped: vec![None, Some(Wrapper(Weak::new())), Some(Wrapper(weak()))],
            eggs: [(1, None), (2, Some(gone)), (3, Some(Rc::downgrade(&egg)))].into(),
            lists: vec![None, Some(Weak::new()), Some(Rc::downgrade(&list))],
            number: vec![None, Some(Weak::new())],
            gone: Weak::new(),
            node,
            egg,
            list,
        }
    }

    /// Which of the three it is, and whether it refers to that object.
    fn seen<T: ?Sized>(of: Option<&Weak<T>>, object: &Rc<T>) -> u8 {
        match of.map(Weak::upgrade) {
            None => 0,
            Some(None) => 1,
            Some(Some(to)) => 2 + u8::from(Rc::ptr_eq(&to, object)),
        }
    }

    fn test(all: &All, how: &str) {
        let nodes: Vec<_> = all.nodes.iter().map(|of| seen(of.as_ref(), &all.node)).collect();
        assert_eq!(nodes, [0, 1, 3, 1], "{how}");
        assert!(all.twice[0].is_none() && matches!(all.twice[1], Some(None)), "{how}");
        let twice: Vec<_> = all.twice[2..].iter().map(|of| seen(of.as_ref().unwrap().as_ref(), &all.node)).collect();
        assert_eq!(twice, [1, 3], "{how}");
        let boxed: Vec<_> = all.boxed.iter().map(|of| seen(of.as_deref(), &all.node)).collect();
        assert_eq!(boxed, [0, 1, 3], "{how}");
        let wrapped: Vec<_> = all.wrapped.iter().map(|of| seen(of.as_ref().map(|of| &of.0), &all.node)).collect();
        assert_eq!(wrapped, [0, 1, 3], "{how}");
        let eggs: Vec<_> =
            all.eggs.values().map(|of| of.as_ref().map(|of| of.upgrade().map(|egg| egg.legs()))).collect();
        assert_eq!(eggs, [None, Some(None), Some(Some(0))], "{how}");
        let lists: Vec<_> = all.lists.iter().map(|of| seen(of.as_ref(), &all.list)).collect();
        assert_eq!(lists, [0, 1, 3], "{how}");
        let numbers: Vec<_> = all.number.iter().map(|of| of.as_ref().map(|of| of.upgrade().is_none())).collect();
        assert_eq!(numbers, [None, Some(true)], "{how}");
        assert_eq!(seen(all.node.borrow().to.as_ref(), &all.node), 3, "{how}");
    }

    #[test]
    fn what_is_gone_is_not_nothing() {
        let saved = all();
        test(&saved, "as made");
        let bytes = dumps(&saved).unwrap();
        test(&loads(&bytes).unwrap(), "bytes");
        let value = to_value(&saved).unwrap();
        test(&from_value(&value).unwrap(), "value");
        for protocol in pickle::Protocol::ALL {
            let options = pickle::PickleOptions::new().protocol(protocol);
            let pickled = options.dumps(&saved).unwrap();
            let back: All = pickle::loads(&pickled).unwrap();
            test(&back, &format!("{protocol:?}"));
            assert_eq!(dumps(&back).unwrap(), bytes);
            let mut live = all();
            live.nodes.reverse();
            pickle::load_into(&pickled, &mut live).unwrap();
            test(&live, "pickled in place");
        }
        let mut live = all();
        live.nodes.reverse();
        load_into(&bytes, &mut live).unwrap();
        test(&live, "in place");
    }

    const TUPLE1: u8 = 0x85;

    /// A reference to an object is written as the object itself: only one whose object is gone is wrapped in a tuple.
    #[test]
    fn what_leads_to_an_object_is_not_wrapped() {
        let node = Rc::new(RefCell::new(Node { number: 1, to: None }));
        node.borrow_mut().to = Some(Rc::downgrade(&node));
        assert!(!pickle::dumps(&node).unwrap().contains(&TUPLE1));
        node.borrow_mut().to = Some(Weak::new());
        assert!(pickle::dumps(&node).unwrap().contains(&TUPLE1));
    }
}
