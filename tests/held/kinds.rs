//! All pointers in a held field are held, whatever its type.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread;

use state_core::{Dynamic, History, State, dumps, dynamic, member};

use super::{Ball, Hull, Mesh, Shape, mesh};

/// A type from another crate that contains a pointer.
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

/// The types of an open set are not known to the schema that contains it; their held fields are held nevertheless.
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

/// A pointer's target can be any type that borrows nothing.
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
    // Such objects can be used on all threads, although they have several types.
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

    /// A weak reference under `held` is restored as the same reference, whether the state holds its object or not.
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

        // In a full image, weak references to objects that the state does not own are empty, as elsewhere.
        let mut loaded: World = loads(&history.image(0).unwrap()).unwrap();
        assert!(loaded.level.upgrade().is_none());
        assert!(Rc::ptr_eq(&loaded.maybe.take().unwrap().upgrade().unwrap(), loaded.owner.as_ref().unwrap()));
        assert_eq!(history.compare(0, &history.image(0).unwrap()).unwrap().count(), 0);

        // The object lives as long as a frame refers to it.
        let seen = Rc::downgrade(&outside);
        drop(outside);
        history.restore(0, &mut world).unwrap();
        assert_eq!(world.level.upgrade().unwrap().borrow().number, 7);
        history.clear();
        assert!(seen.upgrade().is_none());
        assert!(world.level.upgrade().is_none());
    }

    /// A frame that refers to an object both by a held pointer and by one that is not held is refused, and the error's
    /// advice works.
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

    /// The record of a held reference is not allowed in foreign bytes.
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
