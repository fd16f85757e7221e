//! The places of pointers that a history holds, and other uses of such states: all formats, and other threads.

#![allow(clippy::redundant_allocation, reason = "a pointer to a pointer is a case of its own")]

use std::cell::Cell;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::BuildHasherDefault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use state_core::image::{delta, patch};
use state_core::value::StateExt;
use state_core::{History, State, dumps, load_into, loads};

#[derive(State, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Mesh {
    name: String,
    points: Vec<u32>,
}

fn mesh(name: &str) -> Arc<Mesh> {
    Arc::new(Mesh { name: name.into(), points: vec![7; 500] })
}

/// A hasher with which the order of a map depends on the order of its insertions.
#[derive(Default)]
struct Colliding(DefaultHasher);

impl std::hash::Hasher for Colliding {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }
}

type Order = BuildHasherDefault<Colliding>;

#[derive(State, Default)]
struct Sorted {
    #[state(held, sorted)]
    by_mesh: HashMap<Arc<Mesh>, Arc<str>, Order>,
    #[state(held, sorted)]
    meshes: HashSet<Arc<Mesh>, Order>,
    #[state(held, sorted)]
    inside: Vec<HashMap<Arc<str>, Arc<Mesh>, Order>>,
    #[state(held, sorted)]
    deeper: BTreeMap<u8, Option<HashSet<Arc<str>, Order>>>,
}

fn sorted(order: impl Iterator<Item = u8> + Clone) -> Sorted {
    let text = |n: u8| Arc::<str>::from(format!("text {n}"));
    let name = |n: u8| format!("mesh {n}");
    Sorted {
        by_mesh: order.clone().map(|n| (mesh(&name(n)), text(n))).collect(),
        meshes: order.clone().map(|n| mesh(&name(n))).collect(),
        inside: vec![order.clone().map(|n| (text(n), mesh(&name(n)))).collect(), HashMap::default()],
        deeper: BTreeMap::from([(3, Some(order.map(text).collect())), (4, None)]),
    }
}

#[test]
fn sorted_maps_and_sets_of_held_keys_have_one_order() {
    let (ours, theirs) = (sorted(0..20), sorted((0..20).rev()));
    let (mut a, mut b) = (History::<Sorted>::new(), History::<Sorted>::new());
    a.push(0, &ours).unwrap();
    b.push(0, &theirs).unwrap();
    assert_eq!(a.image(0).unwrap(), b.image(0).unwrap());
    assert_eq!(a.checksum(0).unwrap(), b.checksum(0).unwrap());
    assert_eq!(a.image(0).unwrap(), dumps(&ours).unwrap());

    for mut live in [sorted(0..20), sorted(5..40), Sorted::default()] {
        a.restore(0, &mut live).unwrap();
        assert!(live.by_mesh == ours.by_mesh && live.meshes == ours.meshes);
        assert!(live.inside == ours.inside && live.deeper == ours.deeper);
        let same = |map: &HashMap<Arc<Mesh>, Arc<str>, Order>, key: &Arc<Mesh>| {
            map.iter().any(|(other, text)| Arc::ptr_eq(other, key) && Arc::ptr_eq(text, &ours.by_mesh[key]))
        };
        assert!(ours.by_mesh.keys().all(|key| same(&live.by_mesh, key)));
        assert!(ours.meshes.iter().all(|mesh| live.meshes.iter().any(|other| Arc::ptr_eq(mesh, other))));
        assert_eq!(dumps(&live).unwrap(), dumps(&ours).unwrap());
    }
}

trait Shape: state_core::Dynamic + Send + Sync {
    fn mesh(&self) -> Option<&Arc<Mesh>>;
}

#[derive(State, Default)]
struct Point;

#[derive(State)]
struct Hull {
    scale: f32,
    mesh: Arc<Mesh>,
}

impl Shape for Point {
    fn mesh(&self) -> Option<&Arc<Mesh>> {
        None
    }
}

impl Shape for Hull {
    fn mesh(&self) -> Option<&Arc<Mesh>> {
        Some(&self.mesh)
    }
}

state_core::dynamic!(dyn Shape = [Point, Hull]);

#[derive(State)]
struct Places {
    #[state(held)]
    boxed: Vec<Box<dyn Shape>>,
    #[state(held)]
    queue: VecDeque<[Option<Arc<Mesh>>; 2]>,
    #[state(held)]
    keys: BTreeMap<Arc<str>, Box<(u8, Arc<Mesh>)>>,
    #[state(held)]
    result: Result<Arc<Mesh>, Arc<str>>,
    #[state(held)]
    pointer: Arc<Arc<Mesh>>,
    #[state(held)]
    zero: Vec<Arc<Point>>,
    #[state(held)]
    own: std::sync::Mutex<Option<Arc<Mesh>>>,
}

fn places(mesh: &Arc<Mesh>) -> Places {
    let other = Arc::new(Mesh::default());
    Places {
        boxed: vec![Box::new(Point), Box::new(Hull { scale: 2.0, mesh: mesh.clone() })],
        queue: VecDeque::from([[None, Some(mesh.clone())], [Some(other.clone()), None]]),
        keys: BTreeMap::from([("a".into(), Box::new((1, other))), ("b".into(), Box::new((2, mesh.clone())))]),
        result: Ok(mesh.clone()),
        pointer: Arc::new(mesh.clone()),
        zero: vec![Arc::new(Point), Arc::new(Point)],
        own: std::sync::Mutex::new(Some(mesh.clone())),
    }
}

fn same(a: &Places, b: &Places) {
    let of = |places: &Places| {
        let mut all: Vec<*const Mesh> = places.boxed.iter().filter_map(|shape| shape.mesh()).map(Arc::as_ptr).collect();
        all.extend(places.queue.iter().flatten().flatten().map(Arc::as_ptr));
        all.extend(places.keys.values().map(|value| Arc::as_ptr(&value.1)));
        all.extend(places.result.iter().map(Arc::as_ptr));
        all.extend(places.own.lock().unwrap().iter().map(Arc::as_ptr));
        all.push(Arc::as_ptr(&places.pointer));
        all
    };
    assert_eq!(of(a), of(b));
    assert!(Arc::ptr_eq(&a.pointer, &b.pointer));
    let texts = |places: &Places| places.keys.keys().map(Arc::as_ptr).collect::<Vec<_>>();
    assert_eq!(texts(a), texts(b));
    assert!(a.zero.iter().zip(&b.zero).all(|(a, b)| Arc::ptr_eq(a, b)));
    assert_eq!(dumps(a).unwrap(), dumps(b).unwrap());
}

#[test]
fn pointers_come_back_wherever_they_are() {
    let mesh = mesh("one");
    let first = places(&mesh);
    let mut history = History::<Places>::new();
    history.push(0, &first).unwrap();
    let mut other = places(&Arc::new(Mesh { name: "two".into(), points: vec![] }));
    other.boxed.pop();
    other.queue.clear();
    other.keys.clear();
    other.result = Err("no".into());
    history.push(1, &other).unwrap();
    let mut live = places(&Arc::new(Mesh::default()));
    for _ in 0..3 {
        history.restore(0, &mut live).unwrap();
        same(&live, &first);
        history.restore(1, &mut live).unwrap();
        same(&live, &other);
    }
    assert_eq!(history.image(0).unwrap(), dumps(&first).unwrap());
}

#[test]
fn what_is_held_is_an_ordinary_state_elsewhere() {
    #[derive(State, Debug, PartialEq)]
    struct Body {
        #[state(held)]
        mesh: Option<Arc<Mesh>>,
        at: u8,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Body")]
    struct Plain {
        mesh: Option<Box<Mesh>>,
        at: u8,
    }
    let body = Body { mesh: Some(mesh("m")), at: 3 };
    let plain = Plain { mesh: Some(Box::new(Mesh { name: "m".into(), points: vec![7; 500] })), at: 3 };
    let bytes = dumps(&body).unwrap();
    assert_eq!(bytes, dumps(&plain).unwrap());
    assert_eq!(loads::<Plain>(&bytes).unwrap(), plain);
    assert_eq!(body.get_state().unwrap(), plain.get_state().unwrap());
    let mut back = Body { mesh: None, at: 0 };
    back.set_state(body.get_state().unwrap()).unwrap();
    assert_eq!(back, body);
    assert_eq!(loads::<Body>(&dumps(&plain).unwrap()).unwrap(), body);

    let mut history = History::<Body>::new();
    history.push(0, &body).unwrap();
    let other = Body { mesh: Some(mesh("n")), at: 3 };
    history.push(1, &other).unwrap();
    let (old, new) = (history.image(0).unwrap(), history.image(1).unwrap());
    let difference = delta(&old, &new).unwrap();
    assert!(difference.len() < 200, "{}", difference.len());
    let mut patched = Vec::new();
    patch(&old, &difference, &mut patched).unwrap();
    assert_eq!(patched, *new);
    load_into(&patched, &mut back).unwrap();
    assert_eq!(back, other);
}

#[test]
fn what_is_held_holds_others() {
    #[derive(State)]
    struct Model {
        #[state(held)]
        mesh: Arc<Mesh>,
        name: String,
    }
    #[derive(State)]
    struct Scene {
        #[state(held)]
        models: Vec<Arc<Model>>,
        #[state(held)]
        mesh: Arc<Mesh>,
    }
    let mesh = mesh("m");
    let model = Arc::new(Model { mesh: mesh.clone(), name: "model".into() });
    let mut scene = Scene { models: vec![model.clone(), model.clone()], mesh: mesh.clone() };
    let bytes = dumps(&scene).unwrap();
    let mut history = History::<Scene>::new();
    history.push(0, &scene).unwrap();
    let sum = history.checksum(0).unwrap();
    scene.models.clear();
    scene.mesh = Arc::new(Mesh::default());
    history.restore(0, &mut scene).unwrap();
    assert!(scene.models.iter().all(|of| Arc::ptr_eq(of, &model)) && Arc::ptr_eq(&scene.mesh, &mesh));
    assert_eq!(history.image(0).unwrap(), bytes);
    let other: Scene = loads(&bytes).unwrap();
    let mut theirs = History::<Scene>::new();
    theirs.push(9, &other).unwrap();
    assert_eq!(theirs.checksum(9).unwrap(), sum);
}

#[test]
fn a_budget_for_older_frames_that_is_set_again_gives_them_up() {
    #[derive(State)]
    struct Body {
        #[state(held)]
        mesh: Arc<Mesh>,
    }
    let body = Body { mesh: mesh("m") };
    let mut history = History::<Body>::new().frames(2).long(1 << 20);
    for frame in 0..9 {
        history.push(frame, &body).unwrap();
    }
    history = history.long(1 << 21);
    let other = Body { mesh: mesh("n") };
    for frame in 9..12 {
        history.push(frame, &other).unwrap();
    }
    history = history.long(0);
    assert_eq!(Arc::strong_count(&body.mesh), 1);
    history.clear();
    assert_eq!(Arc::strong_count(&other.mesh), 1);
}

/// Objects of a thread that has ended leave their addresses for reuse.
#[test]
fn objects_of_another_thread_are_not_taken_for_those_of_this() {
    #[derive(State)]
    struct Scene {
        #[state(held)]
        walls: Vec<Rc<u64>>,
    }
    let scene = |n: u64| Scene { walls: (0..50).map(|at| Rc::new(100 * n + at)).collect() };
    let mut history = History::<Scene>::new().frames(100);
    for number in 0..20 {
        history = thread::spawn(move || {
            let mut live = scene(number);
            history.push(number, &live).unwrap();
            let before: Vec<_> = live.walls.clone();
            live.walls.clear();
            history.restore(number, &mut live).unwrap();
            assert!(live.walls.iter().zip(&before).all(|(a, b)| Rc::ptr_eq(a, b)) && live.walls.len() == 50);
            assert!(number == 0 || history.restore(number - 1, &mut live).is_err());
            history
        })
        .join()
        .unwrap();
    }
}

/// Panics once when it is dropped.
#[derive(State)]
struct Grenade(u8, #[state(skip)] Cell<bool>);

impl Drop for Grenade {
    fn drop(&mut self) {
        assert!(!self.1.get(), "it goes off");
    }
}

#[test]
fn an_object_whose_drop_panics_takes_nothing_along() {
    #[derive(State)]
    struct Scene {
        tick: u64,
        #[state(held)]
        first: Option<Arc<Mesh>>,
        #[state(held)]
        all: Vec<Rc<Grenade>>,
        #[state(held)]
        last: Option<Arc<Mesh>>,
    }
    for way in 0..3 {
        let (mesh, other) = (mesh("m"), mesh("o"));
        let grenade = |armed| Rc::new(Grenade(1, Cell::new(armed)));
        let mut history = History::<Scene>::new().frames(3);
        let scene = Scene {
            tick: 0,
            first: Some(mesh.clone()),
            all: vec![grenade(true), grenade(false)],
            last: Some(other.clone()),
        };
        history.push(0, &scene).unwrap();
        drop(scene);
        let mut live = Scene { tick: 1, first: None, all: Vec::new(), last: None };
        let mut panics = 0;
        for frame in 1..40 {
            live.tick = frame;
            let pushed = catch_unwind(AssertUnwindSafe(|| match way {
                0 if frame == 2 => history.clear(),
                1 if frame == 2 => history.push(0, &live).unwrap(),
                _ => history.push(frame, &live).unwrap(),
            }));
            panics += usize::from(pushed.is_err());
        }
        assert_eq!(panics, 1, "{way}");
        assert_eq!(
            (Arc::strong_count(&mesh), Arc::strong_count(&other)),
            (1, 1),
            "{way}: what comes behind it is given up too"
        );
        history.push(100, &live).unwrap();
        history.restore(100, &mut live).unwrap();
        assert_eq!(live.tick, 39);
    }
}
