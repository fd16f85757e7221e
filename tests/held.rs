//! `#[state(held)]`: a history keeps what `Rc` and `Arc` lead to by the pointers.

#![allow(
    clippy::arc_with_non_send_sync,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::many_single_char_names,
    reason = "small whole numbers, and types as users have them"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};
use std::thread;

use state_core::image::checksum;
use state_core::{Dynamic, ErrorKind, History, Options, State, dumps, dynamic, loads, member};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator as it came; the counter is a thread-local cell of a number
// without a destructor, whose use allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[derive(State, Debug, PartialEq)]
struct Mesh {
    name: String,
    points: Vec<[f32; 3]>,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Body {
    position: [f32; 3],
    #[state(held)]
    mesh: Arc<Mesh>,
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct World {
    tick: u64,
    bodies: Vec<Body>,
    #[state(held)]
    title: Option<Arc<str>>,
    #[state(held)]
    tables: BTreeMap<u8, Arc<[u16]>>,
}

fn mesh(name: &str) -> Arc<Mesh> {
    Arc::new(Mesh { name: name.into(), points: vec![[1.0, 2.0, 3.0]; 10_000] })
}

fn body(n: u16, mesh: &Arc<Mesh>) -> Body {
    Body { position: [f32::from(n); 3], mesh: mesh.clone() }
}

fn world() -> World {
    let (ball, cube) = (mesh("ball"), mesh("cube"));
    World {
        tick: 0,
        bodies: vec![body(0, &ball), body(1, &cube), body(2, &ball)],
        title: Some("a title".into()),
        tables: BTreeMap::from([(1, vec![1, 2, 3].into()), (2, vec![].into())]),
    }
}

fn assert_same_pointers(world: &World, other: &World) {
    assert_eq!(world, other);
    assert!(world.bodies.iter().zip(&other.bodies).all(|(a, b)| Arc::ptr_eq(&a.mesh, &b.mesh)));
    assert!(Arc::ptr_eq(world.title.as_ref().unwrap(), other.title.as_ref().unwrap()));
    assert!(world.tables.values().zip(other.tables.values()).all(|(a, b)| Arc::ptr_eq(a, b)));
}

#[test]
fn a_restore_gives_back_the_very_same_pointers() {
    let mut world = world();
    let mut history = History::<World>::new();
    history.push(0, &world).unwrap();
    assert!(history.bytes_held() < 1000, "{} bytes", history.bytes_held());
    let before = world.clone();

    world.tick = 7;
    world.bodies[0].mesh = mesh("other");
    world.bodies.swap(1, 2);
    world.bodies.push(body(9, &mesh("new")));
    world.title = None;
    world.tables.insert(1, vec![9].into());
    world.tables.insert(5, vec![5].into());
    for _ in 0..2 {
        history.restore(0, &mut world).unwrap();
        assert_same_pointers(&world, &before);
        world = World::default();
    }
}

#[test]
fn files_have_the_objects_in_full() {
    let mut world = world();
    let bytes = dumps(&world).unwrap();
    assert!(bytes.len() > 3 * 120_000);
    assert_eq!(loads::<World>(&bytes).unwrap(), world);
    let mut history = History::<World>::new();
    history.push(3, &world).unwrap();
    assert_eq!(history.image(3).unwrap(), bytes);
    world.bodies[1].position[2] = 0.5;
    let differences = history.compare(3, &dumps(&world).unwrap()).unwrap().map(|d| d.to_string()).collect::<Vec<_>>();
    assert_eq!(differences, ["World.bodies[1].position[2]: 1.0, theirs 0.5"]);
    world.bodies[1] = body(1, &mesh("sphere"));
    let differences = history.compare(3, &dumps(&world).unwrap()).unwrap().map(|d| d.to_string()).collect::<Vec<_>>();
    assert_eq!(differences, ["World.bodies[1].mesh.name: 'cube', theirs 'sphere'"]);
}

#[test]
fn checksums_are_of_what_is_held_and_not_of_where_it_lies() {
    let (mut ours, mut theirs) = (History::<World>::new(), History::<World>::new());
    let (mut a, b) = (world(), world());
    theirs.push(8, &World { tick: 9, ..b.clone() }).unwrap();
    for frame in 10..13 {
        ours.push(frame, &a).unwrap();
        theirs.push(frame, &b).unwrap();
        assert_eq!(ours.checksum(frame).unwrap(), theirs.checksum(frame).unwrap());
    }
    // Two meshes that are equal, where there was one twice.
    a.bodies[2].mesh = mesh("ball");
    ours.push(20, &a).unwrap();
    assert_eq!(ours.checksum(20).unwrap(), theirs.checksum(12).unwrap());
    a.bodies[2].mesh = mesh("bale");
    ours.push(21, &a).unwrap();
    assert_ne!(ours.checksum(21).unwrap(), theirs.checksum(12).unwrap());
    a.bodies.swap(1, 2);
    for body in &mut a.bodies {
        body.position = [0.0; 3];
    }
    ours.push(22, &a).unwrap();
    a.bodies.swap(1, 2);
    ours.push(23, &a).unwrap();
    assert_ne!(ours.checksum(22).unwrap(), ours.checksum(23).unwrap());
}

#[test]
fn a_checksum_is_written_down() {
    #[derive(State)]
    struct Small {
        n: u16,
        #[state(held)]
        text: Option<Arc<str>>,
    }
    let mut history = History::<Small>::new();
    history.push(0, &Small { n: 1, text: Some("abc".into()) }).unwrap();
    let image = dumps(&Small { n: 1, text: Some("".into()) }).unwrap();
    let parts = [checksum(&image), checksum(&dumps(&Arc::<str>::from("abc")).unwrap())].map(u64::to_le_bytes);
    assert_eq!(history.checksum(0).unwrap(), checksum(parts.as_flattened()));
    // Where nothing is held, it is that of the bytes.
    history.push(1, &Small { n: 2, text: None }).unwrap();
    assert_eq!(history.checksum(1).unwrap(), checksum(&dumps(&Small { n: 2, text: None }).unwrap()));
}

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

    // And frames that are forgotten because a rollback went on otherwise.
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
    // Two bodies and the history have the ball, one and the history the cube.
    let mut counts: Vec<usize> = world.bodies.iter().map(|body| Arc::strong_count(&body.mesh)).collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 3, 3]);
}

#[test]
fn restores_go_forwards_and_back_in_any_order() {
    let mut history = History::<World>::new().frames(10).long(1 << 20);
    let mut world = world();
    let mut kept = Vec::new();
    for frame in 0..40 {
        world.tick = frame;
        match frame % 5 {
            0 => world.bodies.push(body(frame as u16, &mesh(&frame.to_string()))),
            1 => drop(world.bodies.remove(1)),
            2 => world.title = Some(format!("title {frame}").into()),
            _ => world.bodies[0].position[1] += 0.25,
        }
        history.push(frame, &world).unwrap();
        kept.push(world.clone());
    }
    assert!(history.frames_kept().eq(0..40));
    let sums: Vec<u64> = (0..40).map(|frame| history.checksum(frame).unwrap()).collect();
    for step in 0..200 {
        let frame = step * 17 % 40;
        history.restore(frame, &mut world).unwrap();
        assert_same_pointers(&world, &kept[frame as usize]);
        let mut other = History::<World>::new();
        other.push(0, &world).unwrap();
        assert_eq!(other.checksum(0).unwrap(), sums[frame as usize]);
    }
    drop(world);
    let meshes: Vec<_> = kept.iter().flat_map(|world| &world.bodies).map(|body| Arc::downgrade(&body.mesh)).collect();
    drop(kept);
    assert!(meshes.iter().all(|mesh| mesh.strong_count() == 1));
    drop(history);
    assert!(meshes.iter().all(|mesh| mesh.strong_count() == 0));
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

#[test]
fn pointers_of_one_thread_are_held_as_well() {
    #[derive(State, Default)]
    struct Scene {
        #[state(held)]
        walls: Vec<Rc<RefCell<String>>>,
        #[state(held)]
        floor: Option<Arc<Cell<u8>>>,
        #[state(held)]
        by_name: HashMap<String, Rc<[u8]>>,
    }
    let wall = Rc::new(RefCell::new("stone".to_owned()));
    let mut scene = Scene {
        walls: vec![wall.clone(), wall.clone()],
        floor: Some(Arc::new(Cell::new(3))),
        by_name: HashMap::from([("a".into(), vec![1].into()), ("b".into(), vec![2].into())]),
    };
    let (floor, bytes) = (scene.floor.clone().unwrap(), scene.by_name["b"].clone());
    let mut history = History::<Scene>::new();
    history.push(0, &scene).unwrap();
    scene = Scene::default();
    // It is the user's word that what is held stays as it is: what is behind the pointer is not the history's.
    wall.borrow_mut().push('!');
    history.restore(0, &mut scene).unwrap();
    assert!(Rc::ptr_eq(&scene.walls[0], &wall) && Rc::ptr_eq(&scene.walls[1], &wall));
    assert!(Arc::ptr_eq(scene.floor.as_ref().unwrap(), &floor) && Rc::ptr_eq(&scene.by_name["b"], &bytes));
    drop(scene);
    assert_eq!(Rc::strong_count(&wall), 2);

    // A history goes to another thread; what belongs to this one does not.
    let history = thread::spawn(move || {
        let error = history.restore(0, &mut Scene::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Frame);
        assert_eq!(
            error.to_string(),
            "Scene: expected a frame whose held objects belong to this thread (those behind an `Arc` to what is `Send` and \
             `Sync` can be used on all), found objects that are held on another"
        );
        assert!(history.image(0).is_err());
        history
    });
    let history = history.join().unwrap();
    let mut scene = Scene::default();
    history.restore(0, &mut scene).unwrap();
    assert!(Rc::ptr_eq(&scene.walls[1], &wall));
    drop((scene, history));
    assert_eq!(Rc::strong_count(&wall), 1);
}

/// What other threads let go is dropped when its own thread next does anything with a history.
#[test]
fn what_another_thread_lets_go_is_dropped_at_the_next_call() {
    #[derive(State)]
    struct Scene {
        #[state(held)]
        wall: Rc<Cell<u64>>,
    }
    type Next = fn(&mut History<Scene>, &mut History<Vec<u8>>);
    let scene = |wall: &Rc<Cell<u64>>| Scene { wall: wall.clone() };
    let first = Rc::new(Cell::new(0));
    let mut other = History::<Vec<u8>>::new();
    let mut kept = History::<Scene>::new();
    kept.push(0, &scene(&Rc::new(Cell::new(1)))).unwrap();
    let next: [Next; 6] = [
        |_, _| drop(History::<u8>::new()),
        |_, other| other.push(0, &vec![1]).unwrap(),
        |_, other| other.clear(),
        |kept, _| {
            let mut live = Scene { wall: Rc::new(Cell::new(2)) };
            kept.restore(0, &mut live).unwrap();
            assert_eq!(live.wall.get(), 1);
        },
        |kept, _| kept.push(1, &Scene { wall: Rc::new(Cell::new(3)) }).unwrap(),
        |kept, _| kept.clear(),
    ];
    for next in next {
        for _ in 0..50 {
            let mut history = History::<Scene>::new();
            history.push(0, &scene(&first)).unwrap();
            thread::spawn(move || drop(history)).join().unwrap();
        }
        // Overwritten and cleared there, too; the worker's own stay out of it.
        let mut history = History::<Scene>::new().frames(1);
        history.push(0, &scene(&first)).unwrap();
        let history = thread::spawn(move || {
            let mut history = history;
            let wall = Rc::new(Cell::new(5));
            history.push(1, &Scene { wall: wall.clone() }).unwrap();
            history.clear();
            assert_eq!(Rc::strong_count(&wall), 1);
            history
        });
        let history = history.join().unwrap();
        assert!(Rc::strong_count(&first) <= 1 + 51);
        next(&mut kept, &mut other);
        assert_eq!(Rc::strong_count(&first), 1);
        drop(history);
    }
}

/// What is dropped so may itself hold histories.
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
fn worlds_go_with_their_history_to_other_threads() {
    fn is_sent<T: Send + Sync>(_: &T) {}
    let mut history = History::<World>::new();
    is_sent(&history);
    let world = world();
    history.push(0, &world).unwrap();
    let back = thread::spawn(move || {
        let mut back = World::default();
        history.restore(0, &mut back).unwrap();
        assert_eq!(history.image(0).unwrap(), dumps(&back).unwrap());
        back
    });
    assert_same_pointers(&back.join().unwrap(), &world);
}

trait Shape: Dynamic + Send + Sync {
    fn volume(&self) -> f32;
}

#[derive(State)]
struct Ball(f32);

#[derive(State)]
struct Hull {
    points: Vec<[f32; 3]>,
}

impl Shape for Ball {
    fn volume(&self) -> f32 {
        self.0 * 4.0
    }
}

impl Shape for Hull {
    fn volume(&self) -> f32 {
        self.points.len() as f32
    }
}

state_core::dynamic!(dyn Shape = [Ball, Hull]);

/// A type of another crate around a pointer.
#[derive(Clone)]
struct Handle(Arc<Hull>);

mod handle {
    use super::{Arc, Handle, Hull};

    pub type Slot = Arc<Hull>;

    pub fn get(handle: &Handle) -> Slot {
        handle.0.clone()
    }

    pub fn set(hull: Slot) -> Result<Handle, std::convert::Infallible> {
        Ok(Handle(hull))
    }
}

#[test]
fn trait_objects_enums_tuples_and_conversions_are_held() {
    #[derive(State)]
    enum Part {
        Empty,
        Shaped(#[state(held)] Arc<dyn Shape>, u8),
        Two {
            #[state(held)]
            both: (Arc<str>, [Arc<Ball>; 2]),
        },
        Handled(#[state(held, with = Option<handle>)] Option<Handle>),
    }
    let shape: Arc<dyn Shape> = Arc::new(Hull { points: vec![[0.0; 3]; 5] });
    let (text, ball, hull) = (Arc::<str>::from("t"), Arc::new(Ball(2.0)), Arc::new(Hull { points: Vec::new() }));
    let mut parts = vec![
        Part::Empty,
        Part::Shaped(shape.clone(), 1),
        Part::Two { both: (text.clone(), [ball.clone(), ball.clone()]) },
        Part::Handled(Some(Handle(hull.clone()))),
        Part::Handled(None),
    ];
    let mut history = History::<Vec<Part>>::new();
    history.push(0, &parts).unwrap();
    let bytes = dumps(&parts).unwrap();
    assert_eq!(history.image(0).unwrap(), bytes);
    parts.rotate_right(2);
    history.restore(0, &mut parts).unwrap();
    let [Part::Empty, Part::Shaped(a, 1), Part::Two { both: (b, [c, d]) }, Part::Handled(Some(e)), Part::Handled(None)] =
        &parts[..]
    else {
        panic!("other parts");
    };
    assert!(Arc::ptr_eq(a, &shape) && a.volume() == 5.0);
    assert!(Arc::ptr_eq(b, &text) && Arc::ptr_eq(c, &ball) && Arc::ptr_eq(d, &ball) && Arc::ptr_eq(&e.0, &hull));
    assert_eq!(dumps(&parts).unwrap(), bytes);
}

#[test]
fn all_pointers_of_a_field_are_held_however_deep() {
    #[derive(State, Default)]
    struct Deep {
        #[state(held)]
        models: Vec<Model>,
        free: Option<Arc<u64>>,
    }
    #[derive(State)]
    struct Model {
        name: String,
        mesh: Option<Arc<Mesh>>,
        parts: Vec<Model>,
    }
    let part = mesh("part");
    let mut deep = Deep { models: Vec::new(), free: Some(Arc::new(4)) };
    deep.models.push(Model {
        name: "a".into(),
        mesh: None,
        parts: vec![Model { name: "b".into(), mesh: Some(part.clone()), parts: vec![] }],
    });
    let mut history = History::<Deep>::new();
    history.push(0, &deep).unwrap();
    assert!(history.bytes_held() < 1000);
    let free = deep.free.clone().unwrap();
    deep = Deep::default();
    history.restore(0, &mut deep).unwrap();
    assert!(Arc::ptr_eq(deep.models[0].parts[0].mesh.as_ref().unwrap(), &part));
    assert!(!Arc::ptr_eq(deep.free.as_ref().unwrap(), &free) && deep.free == Some(free));
    assert_eq!(deep.models[0].name, "a");
    assert_eq!(deep.models[0].parts[0].name, "b");
}

/// Panics or refuses as it is told to.
#[derive(State, Clone)]
#[state(before_get = Self::ready, after_set = Self::judge)]
struct Moody {
    level: u8,
    #[state(held)]
    first: Arc<Mesh>,
    inner: Bomb,
    #[state(held)]
    last: Arc<Mesh>,
}

#[derive(State, Clone)]
struct Bomb(#[state(with = fuse)] u8);

mod fuse {
    pub type Slot = u8;

    pub fn get(level: &u8) -> Slot {
        assert_ne!(*level, 99, "it goes off");
        *level
    }

    pub fn set(level: Slot) -> Result<u8, std::convert::Infallible> {
        Ok(level)
    }
}

impl Moody {
    fn ready(&self) -> Result<(), &'static str> {
        if self.level == 50 { Err("not ready") } else { Ok(()) }
    }

    fn judge(&mut self) -> Result<(), &'static str> {
        match self.level {
            7 => Err("no sevens"),
            8 => panic!("no eights"),
            _ => Ok(()),
        }
    }
}

#[test]
fn a_failed_push_loses_no_frame_and_holds_nothing() {
    let moody = Moody { level: 1, first: mesh("a"), inner: Bomb(0), last: mesh("b") };
    let mut history = History::<Moody>::new().frames(2);
    history.push(0, &moody).unwrap();
    let bad = Moody { level: 50, first: mesh("c"), ..moody.clone() };
    let bomb = Moody { inner: Bomb(99), first: mesh("d"), ..moody.clone() };
    for _ in 0..3 {
        assert!(history.push(1, &bad).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| history.push(1, &bomb))).is_err());
        assert!(history.frames_kept().eq(0..1));
    }
    assert!(history.push(1, &bad).is_err());
    assert_eq!((Arc::strong_count(&bad.first), Arc::strong_count(&bomb.first)), (1, 1));
    let mut back = Moody { level: 4, first: mesh("x"), inner: Bomb(5), last: mesh("y") };
    history.restore(0, &mut back).unwrap();
    assert!(Arc::ptr_eq(&back.first, &moody.first) && Arc::ptr_eq(&back.last, &moody.last));
    assert_eq!(Arc::strong_count(&moody.first), 3);
    drop(history);
    assert_eq!(Arc::strong_count(&moody.first), 2);
}

#[test]
fn a_restore_that_is_refused_changes_no_pointer() {
    let moody = Moody { level: 7, first: mesh("a"), inner: Bomb(0), last: mesh("b") };
    let mut history = History::<Moody>::new();
    history.push(0, &moody).unwrap();
    history.push(1, &Moody { level: 8, ..moody.clone() }).unwrap();
    let (first, last) = (mesh("x"), mesh("y"));
    let mut live = Moody { level: 3, first: first.clone(), inner: Bomb(1), last: last.clone() };
    assert_eq!(history.restore(0, &mut live).unwrap_err().kind(), ErrorKind::Refused);
    assert!(catch_unwind(AssertUnwindSafe(|| history.restore(1, &mut live))).is_err());
    assert!(Arc::ptr_eq(&live.first, &first) && Arc::ptr_eq(&live.last, &last));
    assert_eq!((live.level, live.inner.0, Arc::strong_count(&first)), (3, 1, 2));
    // To write a frame out, no hook is asked what it thinks of it.
    assert_eq!(history.image(0).unwrap(), dumps(&moody).unwrap());
    assert_eq!(history.image(1).unwrap(), dumps(&Moody { level: 8, ..moody }).unwrap());
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

/// A frame is written in full by a value that is made for it. No hook knows of this value, and nothing of it stays.
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
fn types_that_share_hold_too() {
    #[derive(State, Default)]
    #[state(shared)]
    struct Scene {
        #[state(held)]
        meshes: Vec<Rc<Mesh>>,
        #[state(held)]
        best: Option<Rc<Mesh>>,
        names: Vec<Rc<str>>,
        name: Option<Rc<str>>,
        nodes: Vec<Rc<Node>>,
    }
    #[derive(State)]
    struct Node {
        parent: Weak<Node>,
        id: u8,
    }
    let cube = Rc::new(Mesh { name: "cube".into(), points: vec![[0.0; 3]; 1000] });
    let (name, root) = (Rc::<str>::from("n"), Rc::new(Node { parent: Weak::new(), id: 0 }));
    let leaf = Rc::new(Node { parent: Rc::downgrade(&root), id: 1 });
    let mut scene = Scene {
        meshes: vec![cube.clone(), cube.clone()],
        best: Some(cube.clone()),
        names: vec![name.clone(), name.clone()],
        name: Some(name),
        nodes: vec![root, leaf],
    };
    let bytes = dumps(&scene).unwrap();
    let mut history = History::<Scene>::new();
    history.push(0, &scene).unwrap();
    assert!(history.bytes_held() < 1000);
    assert_eq!(history.image(0).unwrap(), bytes);
    for _ in 0..2 {
        history.restore(0, &mut scene).unwrap();
        assert!(scene.meshes.iter().chain(&scene.best).all(|mesh| Rc::ptr_eq(mesh, &cube)));
        assert!(
            Rc::ptr_eq(&scene.names[0], &scene.names[1]) && Rc::ptr_eq(&scene.names[0], scene.name.as_ref().unwrap())
        );
        assert!(Rc::ptr_eq(&scene.nodes[1].parent.upgrade().unwrap(), &scene.nodes[0]));
        assert_eq!(dumps(&scene).unwrap(), bytes);
        scene = Scene::default();
    }
}

#[test]
fn an_object_is_not_half_held_where_references_are_numbered() {
    #[derive(State)]
    #[state(shared)]
    struct Scene {
        plain: Option<Rc<Mesh>>,
        #[state(held)]
        held: Rc<Mesh>,
        weak: Weak<Mesh>,
    }
    let mesh = Rc::new(Mesh { name: "m".into(), points: vec![] });
    let mut scene = Scene { plain: Some(mesh.clone()), held: mesh.clone(), weak: Weak::new() };
    let mut history = History::<Scene>::new();
    let error = history.push(0, &scene).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Scene: expected all references to an object in fields under `#[state(held)]`, or none, as references are numbered, \
         found an `Rc` or `Arc` to Mesh, which is held elsewhere"
    );
    scene.plain = None;
    scene.weak = Rc::downgrade(&mesh);
    assert!(
        history.push(0, &scene).unwrap_err().to_string().contains("found a `Weak` to Mesh, which is held elsewhere")
    );
    scene.weak = Weak::new();
    history.push(0, &scene).unwrap();
}

#[test]
fn what_cannot_be_held_is_an_error() {
    #[derive(State)]
    struct Borrowing<'a> {
        text: &'a str,
    }
    #[derive(State)]
    struct Around<'a> {
        #[state(held)]
        inner: Rc<Borrowing<'a>>,
    }
    let text = String::from("text");
    let around = Around { inner: Rc::new(Borrowing { text: &text }) };
    let mut history = History::<Around<'_>>::new();
    let error = history.push(0, &around).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("expected held pointers to types that borrow nothing"), "{error}");
    assert_eq!(loads::<Around<'_>>(&dumps(&around).unwrap()).unwrap().inner.text, "text");
}

#[test]
fn a_generic_type_holds_where_it_is_marked() {
    #[derive(State)]
    #[state(shared)]
    struct Grid<T> {
        cells: Vec<T>,
    }
    #[derive(State)]
    struct Level<T: 'static + Send + Sync> {
        #[state(held)]
        grid: Arc<Grid<T>>,
    }
    let grid = Arc::new(Grid { cells: vec![1_u16; 500] });
    let mut level = Level { grid: grid.clone() };
    let mut history = History::<Level<u16>>::new();
    history.push(0, &level).unwrap();
    level.grid = Arc::new(Grid { cells: vec![] });
    history.restore(0, &mut level).unwrap();
    assert!(Arc::ptr_eq(&level.grid, &grid) && level.grid.cells.len() == 500);
}

#[test]
fn options_of_a_history_count() {
    let mut history = History::<World>::new().options(Options::new().with_schema().refuse_copies());
    let mut world = world();
    for frame in 0..3 {
        history.push(frame, &world).unwrap();
        history.restore(frame, &mut world).unwrap();
    }
    let carried = Options::new().with_schema().dumps(&world).unwrap();
    // What is held is not written, and so it is not written twice; elsewhere it would be.
    assert!(history.image(1).is_err() && Options::new().refuse_copies().dumps(&world).is_err());
    let mut history = History::<World>::new().options(Options::new().with_schema());
    history.push(1, &world).unwrap();
    assert_eq!(history.image(1).unwrap(), carried);
}

/// Which types an open set has is not known to the schema around it; their held fields are held all the same.
#[test]
fn types_of_open_sets_hold() {
    trait Part: Dynamic {
        fn mesh(&self) -> &Arc<Mesh>;
    }
    dynamic!(dyn Part = open);
    #[derive(State)]
    #[state(name = "Model")]
    struct Model {
        #[state(held)]
        mesh: Arc<Mesh>,
        place: u8,
    }
    impl Part for Model {
        fn mesh(&self) -> &Arc<Mesh> {
            assert_eq!(self.place, 1);
            &self.mesh
        }
    }
    <dyn Part>::register([member!(Model)]).unwrap();
    let mesh = mesh("mesh");
    let mut parts: Vec<Box<dyn Part>> = vec![Box::new(Model { mesh: mesh.clone(), place: 1 })];
    let mut history = History::<Vec<Box<dyn Part>>>::new();
    history.push(0, &parts).unwrap();
    assert_eq!(history.image(0).unwrap(), dumps(&parts).unwrap());
    parts.clear();
    history.restore(0, &mut parts).unwrap();
    assert!(Arc::ptr_eq(parts[0].mesh(), &mesh));
}

/// What is behind a pointer can be any type that borrows nothing.
#[test]
fn maps_and_tuples_are_held() {
    type Table = Arc<Mutex<HashMap<u8, String>>>;
    #[derive(State)]
    struct Assets {
        #[state(held)]
        names: Table,
        #[state(held)]
        pair: Arc<(String, BTreeMap<u8, u8>)>,
        #[state(held)]
        sets: Rc<BTreeSet<u8>>,
    }
    #[derive(State)]
    struct Sent {
        #[state(held)]
        names: Table,
    }
    let assets = || Assets {
        names: Arc::new(Mutex::new(HashMap::from([(1, "one".into())]))),
        pair: Arc::new(("pair".into(), BTreeMap::new())),
        sets: Rc::new(BTreeSet::from([1, 2])),
    };
    let (mut live, mut history) = (assets(), History::<Assets>::new());
    let (names, pair, sets) = (live.names.clone(), live.pair.clone(), live.sets.clone());
    history.push(0, &live).unwrap();
    live = assets();
    history.restore(0, &mut live).unwrap();
    assert!(Arc::ptr_eq(&live.names, &names) && Arc::ptr_eq(&live.pair, &pair) && Rc::ptr_eq(&live.sets, &sets));
    // Such objects can be used on all threads, though they are more than one type.
    let (mut history, sent) = (History::<Sent>::new(), Sent { names: names.clone() });
    history.push(0, &sent).unwrap();
    let sent = thread::spawn(move || {
        let mut sent = sent;
        sent.names = Arc::default();
        history.restore(0, &mut sent).unwrap();
        sent
    });
    assert!(Arc::ptr_eq(&sent.join().unwrap().names, &names));
}

thread_local! {
    static UNTIL_IT_BURNS: Cell<u32> = const { Cell::new(u32::MAX) };
}

mod countdown {
    use super::UNTIL_IT_BURNS;

    pub type Slot = u8;

    pub fn get(level: &u8) -> Slot {
        UNTIL_IT_BURNS.set(UNTIL_IT_BURNS.get().checked_sub(1).expect("it burns"));
        *level
    }

    pub fn set(level: Slot) -> Result<u8, std::convert::Infallible> {
        Ok(level)
    }
}

#[test]
fn a_frame_behind_one_whose_writing_panicked_has_its_own_pointers() {
    #[derive(State, Clone)]
    struct Fused {
        #[state(held)]
        first: Arc<Mesh>,
        #[state(with = countdown)]
        inner: u8,
        #[state(held)]
        last: Arc<Mesh>,
    }
    let fused = Fused { first: mesh("a"), inner: 1, last: mesh("b") };
    let mut panics = 0;
    for calls in 0..10 {
        let mut history = History::<Fused>::new().frames(3);
        history.push(0, &fused).unwrap();
        let bad = Fused { first: mesh("d"), ..fused.clone() };
        UNTIL_IT_BURNS.set(calls);
        panics += u32::from(catch_unwind(AssertUnwindSafe(|| history.push(1, &bad))).is_err());
        UNTIL_IT_BURNS.set(u32::MAX);
        let good = Fused { first: mesh("c"), inner: 7, last: mesh("e") };
        history.push(2, &good).unwrap();
        let mut back = bad.clone();
        history.restore(2, &mut back).unwrap();
        assert!(Arc::ptr_eq(&back.first, &good.first) && Arc::ptr_eq(&back.last, &good.last));
        history.restore(0, &mut back).unwrap();
        assert!(Arc::ptr_eq(&back.first, &fused.first) && Arc::ptr_eq(&back.last, &fused.last));
    }
    assert!((1..10).contains(&panics), "{panics}");
}

/// An object on a cycle is read twice: it has its own pointers both times.
#[test]
fn objects_on_a_cycle_have_the_pointers_that_they_hold() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Node {
        next: Option<Rc<RefCell<Node>>>,
        #[state(held)]
        mesh: Arc<Mesh>,
    }
    let meshes = [mesh("a"), mesh("b"), mesh("c")];
    let node = |mesh: &Arc<Mesh>| Rc::new(RefCell::new(Node { next: None, mesh: mesh.clone() }));
    let ring = |meshes: [&Arc<Mesh>; 3]| {
        let nodes = meshes.map(node);
        for at in 0..3 {
            nodes[at].borrow_mut().next = Some(nodes[(at + 1) % 3].clone());
        }
        nodes
    };
    let mut history = History::<Option<Rc<RefCell<Node>>>>::new();
    let saved = ring([&meshes[0], &meshes[1], &meshes[2]]);
    history.push(0, &Some(saved[0].clone())).unwrap();
    // New objects, one that lives, live ones of another order, and those that were saved.
    let others = ring([&meshes[2], &meshes[2], &meshes[0]]);
    for live in [None, Some(node(&meshes[1])), Some(others[0].clone()), Some(saved[0].clone())] {
        let mut root = live.clone();
        history.restore(0, &mut root).unwrap();
        let root = root.unwrap();
        let mut at = root.clone();
        for mesh in &meshes {
            assert!(Arc::ptr_eq(&at.borrow().mesh, mesh), "{} for {}", at.borrow().mesh.name, mesh.name);
            let next = at.borrow().next.clone().unwrap();
            at = next;
        }
        assert!(Rc::ptr_eq(&at, &root));
        for node in [Some(root), live].into_iter().flatten() {
            node.borrow_mut().next = None;
        }
    }
}

#[test]
fn deltas_that_are_forgotten_give_up_what_they_hold() {
    let mut history = History::<World>::new().frames(2).long(100_000);
    let mut world = world();
    // So much that a change of one is a small part of it.
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
    // The rollback goes on behind a frame among the deltas of the first key frame.
    history.push(5, &world).unwrap();
    let alive: Vec<usize> = (0..40).filter(|&at| meshes[at].strong_count() > 0).collect();
    assert_eq!(alive, [0, 1, 2, 3, 4]);
}

mod weak {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;
    use std::rc::{Rc, Weak};
    use std::sync::{self, Arc};

    use state_core::{ErrorKind, History, State, dumps, loads};

    #[derive(State)]
    struct Level {
        number: u32,
    }

    #[derive(State)]
    struct World {
        tick: u32,
        #[state(held)]
        level: Weak<RefCell<Level>>,
        #[state(held)]
        maybe: Option<Weak<RefCell<Level>>>,
        #[state(held)]
        many: BTreeMap<u8, Vec<sync::Weak<str>>>,
        #[state(held)]
        owner: Option<Rc<RefCell<Level>>>,
    }

    /// A weak reference under `held` is the same reference again, whether the state holds its object or not.
    #[test]
    fn weak_references_are_held_as_well() {
        let level = |number| Rc::new(RefCell::new(Level { number }));
        let (outside, owned, text) = (level(1), level(2), Arc::<str>::from("text"));
        let mut world = World {
            tick: 0,
            level: Rc::downgrade(&outside),
            maybe: Some(Rc::downgrade(&owned)),
            many: [(1, vec![Arc::downgrade(&text), Arc::downgrade(&text)])].into(),
            owner: Some(owned.clone()),
        };
        let mut history = History::new().frames(2);
        history.push(0, &world).unwrap();
        history.checksum(0).unwrap();
        (world.tick, world.level, world.maybe, world.owner) = (9, Weak::new(), None, None);
        world.many.clear();
        history.push(1, &world).unwrap();
        outside.borrow_mut().number = 7;

        history.restore(0, &mut world).unwrap();
        assert!(Rc::ptr_eq(&world.level.upgrade().unwrap(), &outside));
        assert!(Rc::ptr_eq(&world.maybe.as_ref().unwrap().upgrade().unwrap(), &owned));
        assert!(Rc::ptr_eq(world.owner.as_ref().unwrap(), &owned));
        assert!(world.many[&1].iter().all(|weak| Arc::ptr_eq(&weak.upgrade().unwrap(), &text)));
        assert_eq!((world.tick, outside.borrow().number), (0, 7));
        history.restore(1, &mut world).unwrap();
        assert!(world.level.upgrade().is_none() && world.maybe.is_none() && world.many.is_empty());

        // In full, weak references to what the state does not own are gone, as elsewhere.
        let mut loaded: World = loads(&history.image(0).unwrap()).unwrap();
        assert!(loaded.level.upgrade().is_none());
        assert!(Rc::ptr_eq(&loaded.maybe.take().unwrap().upgrade().unwrap(), loaded.owner.as_ref().unwrap()));
        assert_eq!(history.compare(0, &history.image(0).unwrap()).unwrap().count(), 0);

        // As long as a frame refers to it, and no longer.
        let seen = Rc::downgrade(&outside);
        drop(outside);
        history.restore(0, &mut world).unwrap();
        assert_eq!(world.level.upgrade().unwrap().borrow().number, 7);
        history.clear();
        assert!(seen.upgrade().is_none());
        assert!(world.level.upgrade().is_none());
    }

    /// A frame that refers to an object by a pointer that is held and by one that is not is refused, and what the error
    /// advises can be done.
    #[test]
    #[allow(clippy::items_after_statements, reason = "each type where it is used")]
    fn an_object_is_held_by_all_or_by_none() {
        #[derive(State)]
        struct Half {
            #[state(held)]
            owner: Rc<Cell<u8>>,
            watch: Weak<Cell<u8>>,
        }
        let owner = Rc::new(Cell::new(1));
        let half = Half { watch: Rc::downgrade(&owner), owner };
        let error = History::new().push(0, &half).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unwritable);
        assert!(error.to_string().contains("under `#[state(held)]`"), "{error}");
        assert!(dumps(&half).is_ok());

        #[derive(State)]
        struct All {
            #[state(held)]
            owner: Rc<Cell<u8>>,
            #[state(held)]
            watch: Weak<Cell<u8>>,
        }
        let mut all = All { watch: half.watch.clone(), owner: half.owner.clone() };
        let mut history = History::new();
        history.push(0, &all).unwrap();
        (all.owner, all.watch) = (Rc::new(Cell::new(3)), Weak::new());
        history.restore(0, &mut all).unwrap();
        assert!(Rc::ptr_eq(&all.owner, &half.owner) && Rc::ptr_eq(&all.watch.upgrade().unwrap(), &half.owner));
    }

    /// The record of a held reference is none that foreign bytes may have.
    #[test]
    fn foreign_bytes_hold_nothing() {
        let bytes = dumps(&Weak::<u32>::new()).unwrap();
        let at = bytes.len() - 8;
        for how in [3, 4, 255] {
            let mut bytes = bytes.clone();
            bytes[at] = how;
            assert!(loads::<Weak<u32>>(&bytes).is_err());
        }
    }
}
