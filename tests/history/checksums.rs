//! Checksums are equal on all machines, or refused.

use std::collections::{BTreeMap, HashMap, HashSet};

use state_core::image::checksum;
use state_core::{ErrorKind, History, State, dumps};

use super::World;

#[derive(State)]
struct Numbers {
    small: [u16; 3],
    float: f64,
    text: String,
    map: BTreeMap<u8, Option<char>>,
    #[state(bytes)]
    raw: Vec<u32>,
}

/// The checksums are the same on every machine, including big-endian ones.
#[test]
fn checksums_are_these_on_all_machines() {
    let numbers = Numbers {
        small: [1, 2, 0x0304],
        float: 0.1,
        text: "caf\u{e9}".into(),
        map: BTreeMap::from([(1, None), (2, Some('x'))]),
        raw: vec![1, 0x0102_0304],
    };
    let mut history = History::new();
    history.push(7, &numbers).unwrap();
    assert_eq!(history.checksum(7).unwrap(), NUMBERS);
    assert_eq!(history.checksum(7).unwrap(), NUMBERS, "and the same when it is asked again");
    assert_eq!(checksum(&dumps(&numbers).unwrap()), NUMBERS);

    let mut world = World::new(20);
    let mut worlds = History::new();
    for frame in 0..40 {
        worlds.push(frame, &world).unwrap();
        world.live();
    }
    assert_eq!(worlds.checksum(39).unwrap(), WORLD);
}

const NUMBERS: u64 = 0x0CA7_ED19_6EED_6C23;

const WORLD: u64 = 0x44A7_9CEC_80ED_7E41;

#[test]
fn a_new_frame_has_a_new_checksum() {
    let (mut world, mut history) = (World::new(20), History::new().frames(3));
    let mut seen = HashSet::new();
    for frame in 0..20 {
        history.push(frame, &world).unwrap();
        let sum = history.checksum(frame).unwrap();
        assert_eq!(sum, checksum(&history.image(frame).unwrap()));
        assert!(seen.insert(sum));
        world.step();
    }
    history.push(18, &world).unwrap();
    assert!(seen.insert(history.checksum(18).unwrap()), "the same number again");
}

#[derive(State, Default)]
struct Tree {
    name: String,
    children: Vec<Tree>,
    index: HashMap<String, u32>,
}

#[derive(State, Default)]
struct Deep {
    #[state(sorted)]
    sorted: HashMap<u8, Vec<HashSet<u16>>>,
    pairs: Vec<(u8, Option<Box<Kind>>)>,
}

#[derive(State)]
enum Kind {
    Named { tags: HashSet<u8> },
}

/// A type that occurs first in a sorted field, and then in one that is not.
#[derive(State, Default)]
struct Twice {
    #[state(sorted)]
    first: HashMap<u8, Inner>,
    second: Vec<Inner>,
}

#[derive(State, Default)]
struct Inner {
    set: HashSet<u8>,
}

#[derive(State, Default)]
struct Sorted {
    #[state(sorted)]
    map: HashMap<u8, Inner>,
    #[state(sorted)]
    set: HashSet<String>,
    tree: BTreeMap<u8, Vec<u8>>,
}

fn refusal<T: State + Default>() -> String {
    let mut history = History::<T>::new();
    history.push(0, &T::default()).unwrap();
    let error = history.checksum(0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Identity);
    assert!(error.to_string().ends_with(
        "expected elements in a fixed order, which checksums require, found a hash map or set without one; \
         write `#[state(sorted)]` on the field"
    ));
    error.path().into()
}

/// Open sets contain the types registered so far; the frames of a history are checked as well.
mod open_sets {
    use std::rc::Rc;

    use state_core::{Dynamic, State, dynamic, member};

    use super::{ErrorKind, HashMap, HashSet, History};

    pub trait Plugin: Dynamic {}

    #[derive(State)]
    struct Plain(u8);

    #[derive(State)]
    struct Sorted {
        #[state(sorted)]
        map: HashMap<u8, u8>,
        inner: Vec<Box<dyn Plugin>>,
    }

    #[derive(State)]
    #[state(name = "app.Unsorted")]
    struct Unsorted {
        sets: Vec<HashSet<u8>>,
    }

    impl Plugin for Plain {}
    impl Plugin for Sorted {}
    impl Plugin for Unsorted {}

    dynamic!(dyn Plugin = open);

    #[derive(State)]
    struct World {
        plugins: Vec<Box<dyn Plugin>>,
    }

    #[derive(State)]
    struct Holds {
        #[state(held)]
        shared: Option<Rc<dyn Plugin>>,
    }

    fn refused<T>(sum: state_core::Result<T>) -> String {
        let error = sum.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Identity);
        error.path().into()
    }

    #[test]
    fn checksums_of_open_sets_ask_for_the_types_that_are_registered() {
        <dyn Plugin>::register([member!(Plain), member!(Sorted)]).unwrap();
        let (mut world, mut holds, mut list) = (History::new(), History::new(), History::new());
        let sorted = Sorted { map: HashMap::from([(1, 2)]), inner: vec![Box::new(Plain(1))] };
        world.push(0, &World { plugins: vec![Box::new(sorted), Box::new(Plain(1))] }).unwrap();
        holds.push(0, &Holds { shared: Some(Rc::new(Plain(3))) }).unwrap();
        list.push(0, &Vec::<Box<dyn Plugin>>::new()).unwrap();
        let sum = world.checksum(0).unwrap();
        assert_eq!(world.checksum(0).unwrap(), sum);
        holds.checksum(0).unwrap();
        list.checksum(0).unwrap();

        <dyn Plugin>::register([member!(Unsorted)]).unwrap();
        assert_eq!(refused(world.checksum(0)), "World.plugins[].Sorted.inner[].app.Unsorted.sets[]");
        assert_eq!(refused(holds.checksum(0)), "Holds.shared.Sorted.inner[].app.Unsorted.sets[]");
        assert_eq!(refused(list.checksum(0)), "[].Sorted.inner[].app.Unsorted.sets[]");
    }
}

#[test]
fn checksums_of_unsorted_hash_maps_are_refused() {
    assert_eq!(refusal::<Tree>(), "Tree.index");
    assert_eq!(refusal::<Deep>(), "Deep.pairs[].1.Named.tags");
    assert_eq!(refusal::<Twice>(), "Twice.second[].set");
    assert_eq!(refusal::<HashMap<u8, u8>>(), "");

    let sorted = |order: &mut dyn Iterator<Item = u8>| {
        let mut history = History::<Sorted>::new();
        let keys: Vec<u8> = order.collect();
        let inner = || Inner { set: keys.iter().copied().collect() };
        let world = Sorted {
            map: keys.iter().map(|&key| (key, inner())).collect(),
            set: keys.iter().map(u8::to_string).collect(),
            tree: BTreeMap::new(),
        };
        history.push(0, &world).unwrap();
        history.checksum(0).unwrap()
    };
    assert_eq!(sorted(&mut (0..100)), sorted(&mut (0..100).rev()));
}
