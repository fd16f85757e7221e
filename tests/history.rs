//! `History`: what goes back comes back, within its budgets, whatever fails; and what it allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use state_core::image::checksum;
use state_core::{ErrorKind, History, Options, State, dumps};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// The bytes that are allocated; a thread may free those of others.
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize, allocations: usize) {
    ALLOCATIONS.set(ALLOCATIONS.get() + allocations);
    LIVE.set(LIVE.get() + bytes);
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator as it came; the counters are thread-local cells of numbers
// without a destructor, whose use allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize, 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize), 0);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize, 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(act: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    act();
    ALLOCATIONS.get() - before
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct World {
    tick: u64,
    random: u64,
    entities: Vec<Entity>,
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct Entity {
    name: String,
    position: [f32; 3],
    target: Option<u32>,
    effects: Vec<Effect>,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Effect {
    Burning { damage: u16, frames: u8 },
    Frozen(u8),
    Shielded,
}

impl World {
    fn new(entities: usize) -> Self {
        let entity = |n| Entity { name: format!("entity {n}"), ..Entity::default() };
        Self { tick: 0, random: 1, entities: (0..entities).map(entity).collect() }
    }

    fn random(&mut self) -> usize {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) as usize
    }

    /// Moves things; no list changes its length.
    fn step(&mut self) {
        self.tick += 1;
        for at in 0..self.entities.len() {
            let random = self.random();
            self.entities[at].position[random % 3] += 1.5;
            self.entities[at].target = (random % 5 == 0).then_some(random as u32);
        }
    }

    /// Moves things, and lets entities and effects come and go.
    fn live(&mut self) {
        self.step();
        let (at, sort) = (self.random(), self.random() % 8);
        match sort {
            0 | 1 if self.entities.len() < 60 => {
                self.entities.insert(at % (self.entities.len() + 1), World::new(1).entities.remove(0));
            }
            2 if self.entities.len() > 10 => drop(self.entities.remove(at % self.entities.len())),
            _ => {
                let len = self.entities.len();
                let effects = &mut self.entities[at % len].effects;
                match sort {
                    3 => effects.clear(),
                    4 => effects.push(Effect::Frozen(4)),
                    5 => effects.push(Effect::Burning { damage: 3, frames: 9 }),
                    _ => effects.push(Effect::Shielded),
                }
            }
        }
    }
}

fn kept<T>(history: &History<T>) -> Vec<u64> {
    history.frames_kept().collect()
}

#[test]
fn frames_come_back_in_any_order_as_often_as_one_likes() {
    let mut world = World::new(30);
    let mut history = History::new().frames(20);
    let mut worlds = Vec::new();
    for frame in 0..50 {
        history.push(frame, &world).unwrap();
        worlds.push(world.clone());
        world.live();
    }
    assert_eq!(kept(&history), (30..50).collect::<Vec<_>>());
    for round in 0..200 {
        let frame = 30 + (round * 7 + world.random()) % 20;
        history.restore(frame as u64, &mut world).unwrap();
        assert_eq!(world, worlds[frame], "{frame}");
        assert_eq!(*history.image(frame as u64).unwrap(), dumps(&worlds[frame]).unwrap());
    }
    assert_eq!(kept(&history), (30..50).collect::<Vec<_>>(), "a restore keeps the frames");
}

#[test]
fn going_on_after_a_restore_drops_the_later_frames() {
    let mut world = World::new(5);
    let mut history = History::new().frames(10);
    for frame in [3, 4, 7, 20, 21] {
        world.tick = frame;
        history.push(frame, &world).unwrap();
    }
    history.restore(7, &mut world).unwrap();
    assert_eq!((world.tick, kept(&history)), (7, vec![3, 4, 7, 20, 21]));
    world.tick = 100;
    history.push(8, &world).unwrap();
    assert_eq!(kept(&history), [3, 4, 7, 8]);
    world.tick = 200;
    history.push(8, &world).unwrap();
    history.restore(8, &mut world).unwrap();
    assert_eq!((world.tick, kept(&history)), (200, vec![3, 4, 7, 8]), "the same number again takes its place");
    history.push(1, &world).unwrap();
    assert_eq!(kept(&history), [1]);
}

#[test]
fn frames_that_are_not_there_are_named() {
    let mut world = World::new(1);
    let mut history = History::new().frames(3);
    let error = history.restore(0, &mut world).unwrap_err();
    assert_eq!(error.to_string(), "World: expected a frame that the history keeps (it keeps none), found 0");
    history.push(5, &world).unwrap();
    let error = history.image(4).unwrap_err();
    assert_eq!(error.to_string(), "World: expected a frame that the history keeps (5), found 4");
    for frame in 6..10 {
        history.push(frame, &world).unwrap();
    }
    for frame in [0, 6, 10, u64::MAX] {
        let before = world.clone();
        let error = history.restore(frame, &mut world).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Frame);
        assert_eq!(
            error.to_string(),
            format!("World: expected a frame that the history keeps (7 to 9), found {frame}")
        );
        assert_eq!(history.checksum(frame).unwrap_err().kind(), ErrorKind::Frame);
        assert_eq!(world, before);
    }
    history.clear();
    assert_eq!(history.restore(9, &mut world).unwrap_err().kind(), ErrorKind::Frame);
}

#[test]
fn numbers_reach_to_the_last_and_start_again() {
    let mut world = World::new(1);
    let mut history = History::new().frames(1).long(300);
    for (tick, frame) in [0, u64::MAX - 1, u64::MAX].into_iter().enumerate() {
        world.tick = tick as u64;
        history.push(frame, &world).unwrap();
    }
    history.restore(u64::MAX, &mut world).unwrap();
    assert_eq!(world.tick, 2);
    history.push(u64::MAX.wrapping_add(1), &world).unwrap();
    assert_eq!(kept(&history), [0], "a count that starts again is a history that does");
}

#[test]
fn a_full_history_allocates_nothing() {
    let mut world = World::new(200);
    let mut history = History::new().frames(8);
    for frame in 0..9 {
        history.push(frame, &world).unwrap();
        world.step();
    }
    history.checksum(8).unwrap(); // which asks once whether the type has any
    for frame in 9..100 {
        let count = allocations(|| {
            history.push(frame, &world).unwrap();
            history.restore(frame - 7, &mut world).unwrap();
            history.checksum(frame - 3).unwrap();
            for again in frame - 6..=frame {
                history.push(again, &world).unwrap();
            }
        });
        assert_eq!(count, 0);
        world.step();
    }
    assert_eq!(history.frames_kept().count(), 8);
}

#[test]
fn a_history_full_of_bytes_allocates_nothing() {
    let mut world = World::new(200);
    let image = dumps(&world).unwrap().len();
    // Five buffers, of which one is for the next frame.
    let mut history = History::new().frames(usize::MAX).bytes(5 * image + image / 2);
    for frame in 0..20 {
        history.push(frame, &world).unwrap();
    }
    assert_eq!(kept(&history), [16, 17, 18, 19]);
    for frame in 20..100 {
        assert_eq!(allocations(|| history.push(frame, &world).unwrap()), 0);
        assert_eq!(history.bytes_held(), 5 * image);
        world.step();
    }
}

#[test]
fn budgets_hold_to_the_byte() {
    let mut world = World::new(30);
    let longest = 40_000;
    for budget in (4000..longest).step_by(997) {
        let mut history = History::new().frames(12).bytes(budget);
        let mut last = world.clone();
        for frame in 0..120 {
            history.push(frame, &world).unwrap();
            last.clone_from(&world);
            world.live();
            assert!(history.bytes_held() <= budget, "{} of {budget}", history.bytes_held());
            assert!((1..=12).contains(&history.frames_kept().count()));
            assert_eq!(history.frames_kept().next_back(), Some(frame));
        }
        let mut back = World::default();
        history.restore(119, &mut back).unwrap();
        assert_eq!(back, last);
    }
}

#[test]
fn a_frame_alone_may_take_the_whole_budget_and_no_byte_more() {
    let (small, mut world) = (World::new(3), World::new(100));
    let image = dumps(&world).unwrap().len();
    let mut history = History::new().bytes(image);
    history.push(0, &small).unwrap();
    history.push(1, &world).unwrap();
    assert_eq!((kept(&history), history.bytes_held()), (vec![1], image));
    history.push(2, &world).unwrap();
    assert_eq!((kept(&history), history.bytes_held()), (vec![2], image));

    world.entities[0].name.push('!');
    let mut error = None;
    let count = allocations(|| error = history.push(3, &world).err());
    let error = error.unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "World: expected a state within the budget of {image} bytes, found one of {} bytes (`History::bytes` sets the \
             budget)",
            image + 1
        )
    );
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(count < 20, "what it takes to say so: {count}");
    assert_eq!((kept(&history), history.bytes_held()), (vec![2], image), "nothing is lost for what cannot be kept");

    let mut nothing = History::new().bytes(0);
    assert!(nothing.push(0, &small).is_err());
    assert_eq!((kept(&nothing), nothing.bytes_held()), (vec![], 0));
}

#[test]
fn budgets_can_be_set_later() {
    let world = World::new(100);
    let image = dumps(&world).unwrap().len();
    let mut history = History::new();
    for frame in 0..16 {
        history.push(frame, &world).unwrap();
    }
    history = history.bytes(8 * image);
    assert_eq!(kept(&history), (9..16).collect::<Vec<_>>());
    history = history.frames(3);
    assert_eq!(kept(&history), [13, 14, 15]);
    history = history.bytes(usize::MAX).frames(4);
    history.push(16, &world).unwrap();
    assert_eq!(kept(&history), [13, 14, 15, 16]);
    history = history.frames(0);
    history.push(17, &world).unwrap();
    assert_eq!((kept(&history), history.bytes_held()), (vec![], 0), "it is turned off");
}

#[test]
fn states_without_bytes_have_frames_too() {
    #[derive(State, Debug, PartialEq)]
    struct Nothing;
    let mut history = History::new().frames(2);
    for frame in 0..5 {
        history.push(frame, &Nothing).unwrap();
    }
    history.restore(4, &mut Nothing).unwrap();
    assert_eq!(kept(&history), [3, 4]);
    assert_eq!(history.checksum(3).unwrap(), history.checksum(4).unwrap());
}

#[derive(State, Debug, PartialEq)]
#[state(before_get = Self::before, after_set = Self::after)]
struct Moody {
    number: u32,
    list: Vec<u8>,
    #[state(skip)]
    mood: Cell<u8>,
}

thread_local! {
    static AFTER: Cell<u8> = const { Cell::new(0) };
}

impl Moody {
    fn before(&self) -> Result<(), &'static str> {
        match self.mood.get() {
            0 => Ok(()),
            1 => Err("not now"),
            _ => panic!("a hook panics"),
        }
    }

    #[expect(clippy::unused_self, reason = "a hook")]
    fn after(&mut self) -> Result<(), &'static str> {
        match AFTER.get() {
            0 => Ok(()),
            1 => Err("not this"),
            _ => panic!("a hook panics"),
        }
    }
}

fn moody(number: u32) -> Moody {
    Moody { number, list: vec![7; number as usize * 100], mood: Cell::new(0) }
}

#[test]
fn a_push_that_fails_loses_no_frame() {
    let mut history = History::new().frames(4).bytes(4000);
    for number in 0..6 {
        history.push(number.into(), &moody(number)).unwrap();
    }
    let before = kept(&history);
    let held = history.bytes_held();
    let mut target = moody(0);
    for round in 0..10 {
        for mood in [1, 2] {
            let bad = Moody { mood: Cell::new(mood), ..moody(20) };
            // An old number too: what stands behind it would be forgotten if it came in.
            for frame in [3, 6] {
                let pushed = catch_unwind(AssertUnwindSafe(|| history.push(frame, &bad)));
                match mood {
                    1 => assert_eq!(pushed.unwrap().unwrap_err().to_string(), "Moody: not now"),
                    _ => assert!(pushed.is_err()),
                }
                assert_eq!(kept(&history), before);
            }
        }
        for &frame in &before {
            history.restore(frame, &mut target).unwrap();
            assert_eq!(target, moody(frame as u32), "{round}");
        }
    }
    assert!(history.bytes_held() <= held.max(4000));
    history.push(6, &moody(6)).unwrap();
    assert_eq!(kept(&history).last(), Some(&6));
}

/// Text that is longer when it is written than when it is counted.
mod fickle {
    use std::cell::Cell;

    pub type Slot = String;

    pub fn get(asked: &Cell<usize>) -> String {
        asked.set(asked.get() + 1);
        "x".repeat(5000 + asked.get())
    }

    pub fn set(_: String) -> Result<Cell<usize>, &'static str> {
        Err("it was never written")
    }
}

#[derive(State, Debug)]
enum Text {
    Steady(String),
    Fickle(#[state(with = fickle)] Cell<usize>),
}

/// Counts how often it is asked.
mod counted {
    use std::cell::Cell;
    use std::convert::Infallible;

    thread_local! {
        pub static ASKED: Cell<usize> = const { Cell::new(0) };
    }

    pub type Slot = Vec<u8>;

    #[expect(clippy::ptr_arg, reason = "as the derive asks for it")]
    pub fn get(numbers: &Vec<u32>) -> Slot {
        ASKED.set(ASKED.get() + 1);
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    pub fn set(bytes: Slot) -> Result<Vec<u32>, Infallible> {
        Ok(bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap_or_default())).collect())
    }
}

/// A conversion is the most expensive part of some states, and need not be made to count.
#[test]
fn a_world_that_grows_is_converted_once() {
    #[derive(State)]
    struct Grown {
        #[state(with = counted)]
        numbers: Vec<u32>,
    }
    // In parts per thousand of what there is; the budget has place for all, or for few.
    for (growth, budget) in [(0, usize::MAX), (5, usize::MAX), (30, usize::MAX), (5, 100_000)] {
        let mut history = History::<Grown>::new().frames(12).bytes(budget);
        let mut grown = Grown { numbers: vec![7; 2000] };
        let mut asked = 0;
        for frame in 0..100 {
            counted::ASKED.set(0);
            history.push(frame, &grown).unwrap();
            asked += if frame < 13 { 0 } else { counted::ASKED.get() };
            grown.numbers.resize(grown.numbers.len() + grown.numbers.len() * growth / 1000, frame as u32);
            assert!(history.bytes_held() <= budget);
        }
        assert!(asked < 87 + 5, "{growth}, {budget}: {asked}");
        let mut back = Grown { numbers: vec![] };
        history.restore(95, &mut back).unwrap();
        assert_eq!(back.numbers.last(), Some(&if growth == 0 { 7 } else { 94 }));
    }
}

/// Its buffer was made by then, and is no frame that could give way.
#[test]
fn a_push_that_fails_late_keeps_to_the_budget() {
    let mut history = History::<Text>::new().bytes(9000);
    history.push(0, &Text::Steady("y".repeat(6000))).unwrap();
    history.push(1, &Text::Fickle(Cell::new(0))).unwrap_err();
    assert!(history.bytes_held() <= 9000, "{}", history.bytes_held());
    let mut target = Text::Steady(String::new());
    history.restore(0, &mut target).unwrap();
    assert!(matches!(target, Text::Steady(text) if text.len() == 6000));
}

#[test]
fn a_restore_that_fails_changes_neither_target_nor_history() {
    let mut history = History::new();
    history.push(0, &moody(3)).unwrap();
    let mut target = moody(5);
    AFTER.set(1);
    assert_eq!(history.restore(0, &mut target).unwrap_err().to_string(), "Moody: not this");
    AFTER.set(2);
    assert!(catch_unwind(AssertUnwindSafe(|| history.restore(0, &mut target))).is_err());
    AFTER.set(0);
    assert_eq!(target, moody(5));
    history.restore(0, &mut target).unwrap();
    assert_eq!(target, moody(3));
}

#[derive(State)]
struct Numbers {
    small: [u16; 3],
    float: f64,
    text: String,
    map: BTreeMap<u8, Option<char>>,
    #[state(bytes)]
    raw: Vec<u32>,
}

/// On every machine, a big-endian one too.
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

/// The type is first met where it is sorted, and then where it is not.
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

/// Open sets have the types that are registered by then; what a history holds is looked at as well.
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

#[test]
fn what_is_nested_up_to_the_limit_comes_back() {
    #[derive(State, Debug, PartialEq, Default)]
    struct Nest(Option<Box<Nest>>);
    let nest = |depth: u32| (0..depth).fold(Nest(None), |inner, _| Nest(Some(Box::new(inner))));
    let mut history = History::new().options(Options::new().depth(60));
    history.push(0, &nest(60)).unwrap();
    assert_eq!(history.push(1, &nest(61)).unwrap_err().kind(), ErrorKind::Depth);
    let mut target = Nest(None);
    history.restore(0, &mut target).unwrap();
    assert_eq!(target, nest(60));
}

/// Minutes of frames, with a rollback every tenth of a second: what it holds does not grow.
#[test]
fn memory_stays_flat_in_a_long_run() {
    soak(60 * 60 * 3, 0);
    soak(60 * 60, 100_000);
}

/// The same for an hour: `cargo test --test history -- --ignored`.
#[test]
#[ignore = "it takes minutes"]
fn memory_stays_flat_for_an_hour() {
    soak(60 * 60 * 60, 0);
    soak(60 * 60 * 60, 100_000);
}

/// With so many bytes for older frames, if any.
fn soak(frames: u64, older: usize) {
    let before_all = LIVE.get();
    let (mut world, mut history) = (World::new(30), History::new().frames(10));
    if older > 0 {
        history = history.long(older);
    }
    let (mut early, mut late, mut allocated) = ([0; 2], [0; 2], 0);
    for frame in 0..frames {
        let before = ALLOCATIONS.get();
        history.push(frame, &world).unwrap();
        allocated += if frame > frames / 2 { ALLOCATIONS.get() - before } else { 0 };
        if frame % 6 == 0 && frame > 8 {
            let now = history.checksum(frame).unwrap();
            history.restore(frame - 8, &mut world).unwrap();
            for again in frame - 7..=frame {
                world.live();
                history.push(again, &world).unwrap();
            }
            assert_eq!(history.checksum(frame).unwrap(), now, "the same frames again end in another state");
        }
        let most = if frame < frames / 2 { &mut early } else { &mut late };
        *most = [most[0].max(history.bytes_held()), most[1].max((LIVE.get() - before_all) as usize)];
        world.live();
    }
    assert!(older > 0 || allocated < 100, "{allocated}");
    println!("{frames} frames: {early:?} and {late:?} bytes of buffers and in all, {allocated} allocations");
    assert!(late[0] <= early[0] + early[0] / 4 && late[1] <= early[1] + early[1] / 4, "{late:?} after {early:?}");
    drop((history, world));
    let live = LIVE.get() - before_all;
    assert!(live < 4096, "{live} bytes are left");
}

/// A world in which little changes, as most do.
fn quiet(world: &mut World) {
    world.tick += 1;
    for _ in 0..3 {
        let (at, axis) = (world.random() % world.entities.len(), world.random() % 3);
        world.entities[at].position[axis] += 1.5;
    }
    if world.tick % 50 == 0 {
        let at = world.random() % world.entities.len();
        world.entities.swap_remove(at);
        world.entities.push(World::new(1).entities.remove(0));
    }
}

#[test]
fn a_long_history_goes_back_for_minutes() {
    let (mut world, budget) = (World::new(100), 200_000);
    let mut history = History::new().frames(10).long(budget);
    let mut worlds = Vec::new();
    let image = dumps(&world).unwrap().len();
    for frame in 0..6000 {
        history.push(frame, &world).unwrap();
        worlds.push(world.clone());
        quiet(&mut world);
        assert!(history.bytes_held() <= budget + 11 * 2 * image, "{}", history.bytes_held());
    }
    let frames = kept(&history);
    assert!(frames.is_sorted() && frames.len() > 2 * budget / image, "{} frames", frames.len());
    assert_eq!((frames[0], frames.last()), (0, Some(&5999)));
    for &frame in frames.iter().rev().step_by(7).chain(&frames[..20]) {
        history.restore(frame, &mut world).unwrap();
        assert!(world == worlds[frame as usize], "{frame}");
        let bytes = dumps(&world).unwrap();
        assert_eq!(*history.image(frame).unwrap(), bytes);
        assert_eq!(history.checksum(frame).unwrap(), checksum(&bytes));
        assert!(history.compare(frame, &bytes).unwrap().next().is_none());
    }
    // The further back, the further apart.
    let gap = |back: u64| {
        let behind = frames.partition_point(|&frame| frame < 5999 - back);
        frames[behind] - frames[behind - 1]
    };
    assert!(gap(5) == 1 && gap(4000) > 3 * gap(400), "{} {}", gap(400), gap(4000));
    for back in [100, 1000, 3000, 5000] {
        assert!(gap(back) < back, "{}", gap(back));
    }
}

#[test]
fn a_long_history_goes_on_from_where_it_went_back_to() {
    let mut world = World::new(50);
    let mut history = History::new().frames(4).long(100_000);
    for frame in 0..200 {
        history.push(frame, &world).unwrap();
        quiet(&mut world);
    }
    let frames = kept(&history);
    let back = frames[frames.len() / 2];
    history.restore(back, &mut world).unwrap();
    assert_eq!(world.tick, back);
    world.tick = 7777;
    history.push(back + 1, &world).unwrap();
    let left: Vec<u64> = frames.iter().copied().filter(|&frame| frame <= back).chain([back + 1]).collect();
    assert_eq!(kept(&history), left);
    for &frame in &left {
        history.restore(frame, &mut world).unwrap();
        assert_eq!(world.tick, if frame > back { 7777 } else { frame });
    }
    history.clear();
    assert_eq!(kept(&history), [0_u64; 0]);
    assert_eq!(history.restore(3, &mut world).unwrap_err().kind(), ErrorKind::Frame);
}

#[test]
fn the_budget_of_a_long_history_holds_whatever_it_is() {
    for budget in [0, 1, 500, 2000, 5000, 20_000, 60_000] {
        let mut world = World::new(40);
        let mut history = History::new().frames(3).long(budget);
        for frame in 0..400 {
            history.push(frame, &world).unwrap();
            world.live();
            let ring = 4 * 2 * 4096;
            assert!(history.bytes_held() <= budget + ring, "{budget}: {}", history.bytes_held());
            assert_eq!(history.frames_kept().next_back(), Some(frame));
        }
        let first = history.frames_kept().next().unwrap();
        history.restore(first, &mut world).unwrap();
        assert_eq!(world.tick, first);
    }
}
