//! Objects live as long as a frame refers to them, and are counted once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::thread;

use state_core::{ErrorKind, History, State, dumps};

use super::{ALLOCATIONS, Mesh, World, body, mesh, world};

#[test]
fn objects_live_as_long_as_a_frame_has_them() {
    let mut history = History::<World>::new().frames(3);
    let mut first = world();
    let ball = Arc::downgrade(&first.bodies[0].mesh);
    history.push(0, &first).unwrap();
    drop(first.bodies.drain(..));
    assert_eq!(ball.strong_count(), 1);
    for frame in 1..3 {
        history.push(frame, &first).unwrap();
    }
    let mut back = World::default();
    history.restore(0, &mut back).unwrap();
    assert!(Arc::ptr_eq(&back.bodies[0].mesh, &ball.upgrade().unwrap()));
    drop(back);
    history.push(3, &first).unwrap();
    assert_eq!(ball.strong_count(), 0);

    // The same for frames that are discarded because a rollback continued differently.
    let second = world();
    let cube = Arc::downgrade(&second.bodies[1].mesh);
    history.push(4, &second).unwrap();
    drop(second);
    assert_eq!(cube.strong_count(), 1);
    history.push(4, &first).unwrap();
    assert_eq!(cube.strong_count(), 0);

    let third = world();
    let cube = Arc::downgrade(&third.bodies[1].mesh);
    history.push(5, &third).unwrap();
    drop(third);
    history.clear();
    assert_eq!(cube.strong_count(), 0);
}

#[test]
fn once_it_is_full_a_push_allocates_nothing() {
    let small = world();
    let large = World { bodies: small.bodies.iter().cycle().take(90).cloned().collect(), ..small.clone() };
    for mut world in [small, large] {
        let mut history = History::<World>::new().frames(4);
        for frame in 0..50 {
            world.bodies.swap(0, frame as usize % 3);
            world.tick = frame;
            let before = ALLOCATIONS.get();
            history.push(frame, &world).unwrap();
            assert!(frame < 6 || ALLOCATIONS.get() == before, "frame {frame}");
        }
    }
}

#[test]
fn each_object_is_counted_once() {
    let world = world();
    let mut history = History::<World>::new();
    for frame in 0..9 {
        history.push(frame, &world).unwrap();
    }
    // Two bodies and the history hold the ball, one body and the history the cube.
    let mut counts: Vec<usize> = world.bodies.iter().map(|body| Arc::strong_count(&body.mesh)).collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 3, 3]);
}

#[test]
fn older_frames_give_up_what_they_hold() {
    let mut history = History::<World>::new().frames(2).long(6000);
    let mut world = world();
    let mut meshes = Vec::new();
    for frame in 0..600 {
        let new = mesh(&frame.to_string());
        meshes.push(Arc::downgrade(&new));
        world.bodies[frame as usize % 3].mesh = new;
        history.push(frame, &world).unwrap();
        assert!(history.bytes_held() <= 6000 + 3 * 600);
    }
    let frames = history.frames_kept().count();
    let alive = meshes.iter().filter(|mesh| mesh.strong_count() > 0).count();
    assert!(frames > 4 && alive >= frames && alive <= 3 * frames + 3, "{alive} of {frames} frames");
    for frame in history.frames_kept().collect::<Vec<_>>() {
        history.restore(frame, &mut world).unwrap();
        assert_eq!(world.bodies[frame as usize % 3].mesh.name, frame.to_string());
    }
}

/// A dropped object may itself hold histories.
#[test]
fn what_is_let_go_may_let_others_go() {
    #[derive(State)]
    struct Scene {
        #[state(held)]
        wall: Rc<Wall>,
    }
    #[derive(State)]
    struct Wall {
        #[allow(dead_code, reason = "it is dropped with the wall")]
        #[state(skip)]
        history: Option<RefCell<History<Scene>>>,
    }
    let inner = Rc::new(Wall { history: None });
    let mut history = History::new();
    history.push(0, &Scene { wall: inner.clone() }).unwrap();
    let outer = Rc::new(Wall { history: Some(history.into()) });
    let mut history = History::new();
    history.push(0, &Scene { wall: outer }).unwrap();
    thread::spawn(move || drop(history)).join().unwrap();
    assert_eq!(Rc::strong_count(&inner), 2);
    drop(History::<u8>::new());
    assert_eq!(Rc::strong_count(&inner), 1);
}

#[test]
fn budgets_count_what_stands_for_the_pointers() {
    let mut world = world();
    world.bodies = vec![world.bodies[0].clone(); 100];
    let alone = {
        let mut history = History::<World>::new();
        history.push(0, &world).unwrap();
        history.bytes_held()
    };
    for budget in [alone, 2 * alone, 5 * alone + 1] {
        let mut history = History::<World>::new().bytes(budget).frames(100);
        for frame in 0..30 {
            history.push(frame, &world).unwrap();
            assert!(history.bytes_held() <= budget, "{} of {budget}", history.bytes_held());
        }
        history.restore(29, &mut world).unwrap();
    }
    let mut history = History::<World>::new().bytes(1600);
    let error = history.push(0, &world).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable, "{error}");
    assert_eq!(history.frames_kept().count(), 0);
}

/// A frame is written in full through a temporary value. Hooks do not see this value, and nothing of it remains.
#[test]
fn a_frame_that_is_written_in_full_leaves_nothing_behind() {
    thread_local! {
        static ALIVE: Cell<isize> = const { Cell::new(0) };
        static HOOKS: Cell<usize> = const { Cell::new(0) };
    }
    struct Counted(u8);
    impl Default for Counted {
        fn default() -> Self {
            ALIVE.set(ALIVE.get() + 1);
            Self(0)
        }
    }
    impl Drop for Counted {
        fn drop(&mut self) {
            ALIVE.set(ALIVE.get() - 1 - isize::from(self.0));
        }
    }
    mod goes_off {
        thread_local! {
            pub static GOES_OFF: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
        }

        pub type Slot = u8;

        pub fn get(value: &u8) -> Slot {
            assert!(!GOES_OFF.get(), "it goes off");
            *value
        }

        pub fn set(slot: Slot) -> Result<u8, std::convert::Infallible> {
            Ok(slot)
        }
    }
    #[derive(State)]
    #[state(shared, cyclic, before_get = Self::is_ready, after_set = Self::judge)]
    struct Node {
        #[state(skip)]
        is_ready: bool,
        #[state(skip)]
        _counted: Counted,
        next: Option<Rc<RefCell<Node>>>,
        others: Vec<Rc<RefCell<Node>>>,
        by_name: BTreeMap<String, Rc<RefCell<Node>>>,
        back: Weak<RefCell<Node>>,
        #[state(held)]
        mesh: Rc<Mesh>,
        #[state(with = goes_off)]
        bomb: u8,
    }
    impl Node {
        fn is_ready(&self) -> Result<(), &'static str> {
            HOOKS.set(HOOKS.get() + 1);
            if self.is_ready { Ok(()) } else { Err("it was never made ready") }
        }

        fn judge(&mut self) -> Result<(), &'static str> {
            HOOKS.set(HOOKS.get() + 1);
            if self.bomb == 0 { Ok(()) } else { Err("a bomb") }
        }
    }
    let mesh = Rc::new(Mesh { name: "cube".into(), points: vec![[0.0; 3]; 1000] });
    let node = || Node {
        is_ready: true,
        _counted: Counted::default(),
        next: None,
        others: Vec::new(),
        by_name: BTreeMap::new(),
        back: Weak::new(),
        mesh: mesh.clone(),
        bomb: 0,
    };
    let nodes = [(); 4].map(|()| Rc::new(RefCell::new(node())));
    for (at, node) in nodes.iter().enumerate() {
        let mut node = node.borrow_mut();
        node.next = Some(nodes[(at + 1) % 4].clone());
        node.others = vec![nodes[at].clone(), nodes[3].clone()];
        node.by_name = [("first".into(), nodes[0].clone())].into();
        node.back = Rc::downgrade(&nodes[(at + 3) % 4]);
    }
    let world = nodes.to_vec();
    let bytes = dumps(&world).unwrap();
    let mut history = History::<Vec<Rc<RefCell<Node>>>>::new();
    history.push(0, &world).unwrap();
    let before = (ALIVE.get(), HOOKS.get(), Rc::strong_count(&mesh));
    for _ in 0..2 {
        assert_eq!(history.image(0).unwrap(), bytes);
        assert_eq!(history.compare(0, &bytes).unwrap().count(), 0);
    }
    goes_off::GOES_OFF.set(true);
    assert!(catch_unwind(AssertUnwindSafe(|| history.image(0).map(|_| ()))).is_err());
    assert_eq!((ALIVE.get(), HOOKS.get(), Rc::strong_count(&mesh)), before);
    for node in &nodes {
        let mut node = node.borrow_mut();
        (node.next, node.others, node.by_name) = (None, Vec::new(), BTreeMap::new());
    }
}

#[test]
fn deltas_that_are_forgotten_give_up_what_they_hold() {
    let mut history = History::<World>::new().frames(2).long(100_000);
    let mut world = world();
    // Large enough that one change is a small part of it.
    let ground = mesh("ground");
    world.bodies.extend((0..500).map(|number| body(number, &ground)));
    let mut meshes = Vec::new();
    for frame in 0..40 {
        let new = mesh(&frame.to_string());
        meshes.push(Arc::downgrade(&new));
        world.bodies[0].mesh = new;
        history.push(frame, &world).unwrap();
    }
    world.bodies.clear();
    // The rollback continues after a frame among the deltas of the first key frame.
    history.push(5, &world).unwrap();
    let alive: Vec<usize> = (0..40).filter(|&at| meshes[at].strong_count() > 0).collect();
    assert_eq!(alive, [0, 1, 2, 3, 4]);
}
