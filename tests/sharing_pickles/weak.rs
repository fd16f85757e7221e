//! Weak references, and references to later objects.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use state_core::State;
use state_core::pickle::{self, PickleOptions as Options};

use super::{Chain, Chains, Leaf, Loose, PROTOCOLS, Watch, both_ways};

/// A reference to a later object creates it without its state; an object that can only be created complete is written
/// at the first reference.
#[test]
fn weak_references_lead_forward_and_to_nothing() {
    let (leaf, name) = (Rc::new(Leaf { number: 4 }), Rc::new(String::from("name")));
    let all = Rc::new(vec![name.clone(), Rc::new("other".into())]);
    let watch = Watch {
        before: Rc::downgrade(&leaf),
        gone: Rc::downgrade(&Rc::new(Leaf { number: 9 })),
        names: (Rc::downgrade(&name), Rc::downgrade(&all), vec![name], all),
        leaf,
    };
    let graph = "Watch(@1=Leaf(4), None, (@2=name, @3=[@2, other], [@2], @3), @1)";
    both_ways(&watch, graph, |watch| {
        assert!(Rc::ptr_eq(&watch.before.upgrade().unwrap(), &watch.leaf) && watch.gone.upgrade().is_none());
        let (name, all, names, list) = &watch.names;
        assert!(Rc::ptr_eq(&name.upgrade().unwrap(), &names[0]) && Rc::ptr_eq(&names[0], &list[0]));
        assert!(Rc::ptr_eq(&all.upgrade().unwrap(), list));
        assert_eq!((&**names[0], list.len(), watch.leaf.number), ("name", 2, 4));
    });
}

#[test]
fn weak_references_to_text_and_slices() {
    let text = Rc::<str>::from("text");
    let list = Rc::<[Rc<str>]>::from([text.clone(), "other".into()]);
    let loose = Loose {
        text: Rc::downgrade(&text),
        list: Rc::downgrade(&list),
        all: (text.clone(), list, Rc::downgrade(&text)),
    };
    drop(text);
    both_ways(&loose, "Loose(@1=text, @2=[@1, other], (@1, @2, @1))", |Loose { text, list, all }| {
        assert!(Rc::ptr_eq(&text.upgrade().unwrap(), &all.0) && Rc::ptr_eq(&list.upgrade().unwrap(), &all.1));
        assert!(Rc::ptr_eq(&all.0, &all.1[0]) && Rc::ptr_eq(&all.2.upgrade().unwrap(), &all.0));
        assert_eq!((&*all.0, &*all.1[1]), ("text", "other"));
    });
}

fn chains(count: u32) -> Chains {
    let all: Vec<_> = (0..count).map(|number| Rc::new(RefCell::new(Chain { number, next: Weak::new() }))).collect();
    for (at, chain) in all.iter().enumerate() {
        chain.borrow_mut().next = Rc::downgrade(&all[(at + 1) % all.len()]);
    }
    Chains { all }
}

/// However long a chain of forward references is, nothing nests.
#[test]
fn long_chains_of_references_forward() {
    for protocol in PROTOCOLS {
        let pickle = Options::new().protocol(protocol).dumps(&chains(20_000)).unwrap();
        let back: Chains = pickle::loads(&pickle).unwrap();
        assert_eq!(back.all.len(), 20_000);
        for (at, chain) in back.all.iter().enumerate() {
            let next = chain.borrow().next.upgrade().unwrap();
            assert!(Rc::ptr_eq(&next, &back.all[(at + 1) % 20_000]) && chain.borrow().number as usize == at);
        }
    }
    both_ways(&chains(3), "Chains([@1=Chain(0, @2=Chain(1, @3=Chain(2, @1))), @2, @3])", |chains| {
        for at in 0..3 {
            assert!(Rc::ptr_eq(&chains.all[at].borrow().next.upgrade().unwrap(), &chains.all[(at + 1) % 3]));
        }
    });
}

/// The types behind a trait are determined by their places, so forward references do not nest there either.
#[test]
fn chains_of_references_forward_behind_a_trait() {
    trait Item: state_core::Dynamic {
        fn next(&mut self) -> &mut Weak<RefCell<Box<dyn Item>>>;
    }
    #[derive(State)]
    #[state(name = "Chain")]
    struct Linked {
        number: u32,
        next: Weak<RefCell<Box<dyn Item>>>,
    }
    impl Item for Linked {
        fn next(&mut self) -> &mut Weak<RefCell<Box<dyn Item>>> {
            assert!(self.number < 5000);
            &mut self.next
        }
    }
    state_core::dynamic!(dyn Item = [Linked]);
    let item = |number| Rc::new(RefCell::new(Box::new(Linked { number, next: Weak::new() }) as Box<dyn Item>));
    let all: Vec<_> = (0..5000).map(item).collect();
    for at in 0..all.len() {
        *all[at].borrow_mut().next() = Rc::downgrade(&all[(at + 1) % all.len()]);
    }
    let back: Vec<Rc<RefCell<Box<dyn Item>>>> = pickle::loads(&pickle::dumps(&all).unwrap()).unwrap();
    for (at, item) in back.iter().enumerate() {
        assert!(Rc::ptr_eq(&item.borrow_mut().next().upgrade().unwrap(), &back[(at + 1) % back.len()]));
    }
}
