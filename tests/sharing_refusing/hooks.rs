//! Hooks and locks during the restore of a graph that is accepted or refused.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use state_core::{History, State, dumps, load_into, pickle};

use super::{BAD, Node, checked, in_place, node};

/// Defines a hook that changes the live value before it refuses.
#[derive(State)]
#[state(shared, after_set = Shelf::arrange)]
struct Shelf {
    items: Vec<Rc<RefCell<Node>>>,
    plain: Rc<Plain>,
    first: Option<Rc<RefCell<Node>>>,
    way: u32,
    #[state(skip)]
    taken: Vec<Rc<Plain>>,
}

#[derive(State)]
struct Plain {
    to: Rc<RefCell<Node>>,
}

impl Shelf {
    fn new(value: u32, way: u32) -> Self {
        let new = |value| Rc::new(RefCell::new(node(value)));
        let items = vec![new(value), new(value + 1), new(value + 2)];
        let plain = Rc::new(Plain { to: new(value + 3) });
        Self { first: Some(items[0].clone()), items, plain, way, taken: Vec::new() }
    }

    fn arrange(&mut self) -> Result<(), &'static str> {
        match self.way {
            0 => return Ok(()),
            1 => self.items.clear(),
            2 => self.items.reverse(),
            3 => self.items.truncate(1),
            4 => self.items.push(Rc::new(RefCell::new(node(99)))),
            5 => self.taken.push(self.plain.clone()),
            6 => self.first = Some(self.items[2].clone()),
            7 => self.items[0] = self.items[1].clone(),
            8 => self.items[1].borrow_mut().value = 1000,
            9 => {
                self.items.rotate_left(1);
                panic!("in the middle of it");
            }
            _ => self.first = None,
        }
        Err("no")
    }
}

#[test]
fn what_a_hook_changed_before_it_refused_is_as_it_was() {
    for way in 1..=10 {
        let saved = Shelf::new(101, way);
        let (bytes, pickled) = (dumps(&saved).unwrap(), pickle::dumps(&saved).unwrap());
        let mut history = History::new();
        history.push(1, &saved).unwrap();
        for how in 0..3 {
            let mut live = Shelf::new(1, 0);
            let (items, plain, to) = (live.items.clone(), live.plain.clone(), live.plain.to.clone());
            // With a second owner it is replaced as a whole, without one it is restored in place.
            let plain = (way % 2 == 0).then_some(plain);
            let failed = catch_unwind(AssertUnwindSafe(|| match how {
                0 => load_into(&bytes, &mut live).is_err(),
                1 => pickle::load_into(&pickled, &mut live).is_err(),
                _ => history.restore(1, &mut live).is_err(),
            }));
            assert!(failed.unwrap_or(true), "{way} {how}");
            assert_eq!((live.way, live.items.len()), (0, 3), "{way} {how}");
            for (at, item) in items.iter().enumerate() {
                assert!(Rc::ptr_eq(item, &live.items[at]), "{way} {how}");
                assert_eq!((item.borrow().value, item.borrow().gpu), (1 + at as u32, 7), "{way} {how}");
            }
            assert!(Rc::ptr_eq(live.first.as_ref().unwrap(), &items[0]), "{way} {how}");
            assert!(Rc::ptr_eq(&live.plain.to, &to) && to.borrow().value == 4, "{way} {how}");
            assert!(plain.is_none_or(|plain| Rc::ptr_eq(&plain, &live.plain)), "{way} {how}");
        }
    }
}

#[test]
fn a_lock_that_the_caller_holds_is_not_waited_for() {
    #[derive(State)]
    #[state(shared, after_set = Locked::judge)]
    struct Locked {
        held: Arc<Mutex<Node>>,
        again: Arc<Mutex<Node>>,
        read: [Arc<RwLock<Node>>; 2],
        free: [Arc<Mutex<Node>>; 2],
        is_good: bool,
        #[state(skip)]
        calls: u32,
    }
    impl Locked {
        fn judge(&mut self) -> Result<(), &'static str> {
            self.calls += 1;
            if self.is_good { Ok(()) } else { Err("no") }
        }
    }
    let new = |value, is_good| {
        let (held, free) = (Arc::new(Mutex::new(node(value))), Arc::new(Mutex::new(node(value + 1))));
        let read = Arc::new(RwLock::new(node(value + 2)));
        let (again, read, free) = (held.clone(), [read.clone(), read], [free.clone(), free]);
        Locked { held, again, read, free, is_good, calls: 0 }
    };
    let value = |of: &Arc<Mutex<Node>>| of.lock().unwrap().value;
    let mut live = new(1, true);
    let (held, read, free) = (live.held.clone(), live.read[0].clone(), live.free[0].clone());
    let guards = (held.lock().unwrap(), read.read().unwrap());
    assert!(load_into(&dumps(&new(101, false)).unwrap(), &mut live).is_err());
    assert!(Arc::ptr_eq(&live.held, &held) && Arc::ptr_eq(&live.again, &held) && Arc::ptr_eq(&live.read[1], &read));
    assert_eq!((guards.0.value, guards.1.value, value(&free)), (1, 3, 2));
    load_into(&dumps(&new(101, true)).unwrap(), &mut live).unwrap();
    // A locked object is replaced, and a free one is restored in place.
    assert!(!Arc::ptr_eq(&live.held, &held) && Arc::ptr_eq(&live.held, &live.again));
    assert!(Arc::ptr_eq(&live.free[1], &free));
    assert_eq!((guards.0.value, guards.1.value, value(&free), value(&live.held)), (1, 3, 102, 101));
    assert_eq!(live.read[0].read().unwrap().value, 103);
}

#[test]
fn hooks_of_parts_come_before_those_of_wholes() {
    #[derive(State)]
    #[state(after_set = Leaf::double)]
    struct Leaf {
        value: u32,
        #[state(skip)]
        doubled: u32,
    }
    #[derive(State)]
    #[state(after_set = Branch::sum)]
    struct Branch {
        leaves: Vec<Rc<RefCell<Leaf>>>,
        below: Option<Rc<RefCell<Branch>>>,
        #[state(skip)]
        sum: u32,
    }
    #[derive(State)]
    #[state(shared)]
    struct Tree {
        leaves: Vec<Rc<RefCell<Leaf>>>,
        branches: Vec<Rc<RefCell<Branch>>>,
        #[state(with = checked)]
        refuses: u32,
    }
    impl Leaf {
        fn double(&mut self) {
            self.doubled = 2 * self.value;
        }
    }
    impl Branch {
        fn sum(&mut self) {
            let below = self.below.as_ref().map_or(0, |below| below.borrow().sum);
            self.sum = below + self.leaves.iter().map(|leaf| leaf.borrow().doubled).sum::<u32>();
        }
    }
    let tree = |value: u32| {
        let leaves: Vec<_> = (0..4).map(|at| Rc::new(RefCell::new(Leaf { value: value + at, doubled: 0 }))).collect();
        let branch = |at: usize, below: Option<&Rc<RefCell<Branch>>>| {
            let leaves = vec![leaves[at].clone(), leaves[3 - at].clone()];
            Rc::new(RefCell::new(Branch { leaves, below: below.cloned(), sum: 0 }))
        };
        let low = branch(0, None);
        let middle = branch(1, Some(&low));
        let high = branch(2, Some(&middle));
        Tree { leaves: leaves.clone(), branches: vec![middle, low, high], refuses: 0 }
    };
    in_place(
        &tree(10),
        || tree(1),
        |how, mut live, load| {
            let branches = live.branches.clone();
            load(&mut live);
            assert!(live.branches.iter().zip(&branches).all(|(now, was)| Rc::ptr_eq(now, was)), "{how}");
            let sums: Vec<u32> = live.branches.iter().map(|branch| branch.borrow().sum).collect();
            assert_eq!(sums, [2 * 46, 46, 3 * 46], "{how}");
        },
    );
}

/// Hooks that cannot be delayed until the exchange are called on the new value. Skipped fields that they change are
/// also updated in the live value: those of the root, and of objects that are restored in place.
mod called_early {
    use super::*;

    /// Has hooks in a cycle, behind objects without a cell, and in a converted field.
    #[derive(State)]
    #[state(shared, cyclic, after_set = Self::rebuild)]
    pub struct World {
        pub value: u32,
        #[state(skip)]
        pub doubled: u32,
        #[state(skip)]
        pub gpu: u32,
        pub own: Rc<Part>,
        pub list: Vec<Part>,
        pub ring: Option<Rc<RefCell<Ring>>>,
        pub plain: [Rc<Plain>; 2],
        #[state(with = in_a_tuple)]
        pub converted: (Rc<RefCell<Part>>, Rc<RefCell<Part>>),
    }

    mod in_a_tuple {
        use super::*;

        pub type Slot = (Rc<RefCell<Part>>, Rc<RefCell<Part>>);

        pub fn get(pair: &Slot) -> Slot {
            pair.clone()
        }

        pub fn set(pair: Slot) -> Result<Slot, &'static str> {
            Ok(pair)
        }
    }

    #[derive(State)]
    #[state(after_set = Self::rebuild)]
    pub struct Part {
        pub value: u32,
        #[state(skip)]
        pub doubled: u32,
        #[state(skip)]
        pub gpu: u32,
    }

    #[derive(State)]
    pub struct Ring {
        pub value: u32,
        pub next: Option<Rc<RefCell<Ring>>>,
    }

    #[derive(State)]
    pub struct Plain {
        pub part: Rc<RefCell<Part>>,
    }

    impl World {
        fn rebuild(&mut self) -> Result<(), &'static str> {
            self.doubled = 2 * self.value;
            if self.value == BAD / 4 { Err("no") } else { Ok(()) }
        }
    }

    impl Part {
        #[allow(clippy::unnecessary_wraps, reason = "what could refuse is built aside")]
        fn rebuild(&mut self) -> Result<(), &'static str> {
            self.doubled = 2 * self.value;
            Ok(())
        }

        fn new(value: u32) -> Self {
            Self { value, doubled: 2 * value, gpu: value }
        }

        fn is_rebuilt(&self) -> bool {
            self.doubled == 2 * self.value
        }
    }

    impl World {
        /// The hooks that cannot be delayed, in one of three ways.
        pub fn new(value: u32, way: usize) -> Self {
            let part = |value| Rc::new(RefCell::new(Part::new(value)));
            let (shared, plain) = (part(value + 3), Rc::new(Plain { part: part(value + 4) }));
            let alone = Rc::new(Plain { part: part(value + 4) });
            let ring = Rc::new(RefCell::new(Ring { value, next: None }));
            if way == 0 {
                ring.borrow_mut().next = Some(ring.clone());
            }
            Self {
                value,
                doubled: 2 * value,
                gpu: value,
                own: Rc::new(Part::new(value + 1)),
                list: vec![Part::new(value + 2)],
                ring: Some(ring),
                plain: if way == 1 { [plain.clone(), plain] } else { [plain, alone] },
                converted: if way == 2 { (shared.clone(), shared) } else { (shared, part(value)) },
            }
        }

        pub fn is_rebuilt(&self) -> bool {
            let converted = [&self.converted.0, &self.converted.1];
            let plain = self.plain.iter().map(|plain| &plain.part);
            self.doubled == 2 * self.value
                && self.own.is_rebuilt()
                && self.list.iter().all(Part::is_rebuilt)
                && converted.into_iter().chain(plain).all(|part| part.borrow().is_rebuilt())
        }

        pub fn open(&self) {
            if let Some(ring) = &self.ring {
                ring.borrow_mut().next = None;
            }
        }
    }
}

#[test]
fn skipped_fields_are_rebuilt_where_hooks_could_not_wait() {
    use called_early::World;
    for way in 0..4 {
        let saved = World::new(100, way);
        in_place(
            &saved,
            || World::new(1, way),
            |how, mut live, load| {
                let (own, old_ring) = (Rc::as_ptr(&live.own), live.ring.clone().unwrap());
                load(&mut live);
                assert!(live.value == 100 && live.is_rebuilt(), "{how} {way}");
                assert_eq!((live.gpu, live.own.gpu, live.list[0].gpu), (1, 2, 3), "{how} {way}");
                assert_eq!(Rc::as_ptr(&live.own), own, "{how} {way}");
                assert_eq!(dumps(&live).unwrap(), dumps(&saved).unwrap(), "{how} {way}");
                let before = dumps(&live).unwrap();
                let bad = World::new(BAD / 4, way);
                assert!(load_into(&dumps(&bad).unwrap(), &mut live).is_err());
                assert!(live.value == 100 && live.is_rebuilt() && dumps(&live).unwrap() == before, "{how} {way}");
                old_ring.borrow_mut().next = None;
                [bad, live].iter().for_each(World::open);
            },
        );
        saved.open();
    }
}
