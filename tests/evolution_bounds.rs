//! The cost of upgrading hostile states of older forms: memory stays within the limit wherever one byte becomes many,
//! and time and allocations stay proportional to the state.

#![allow(clippy::large_enum_variant, clippy::large_stack_arrays, reason = "what is wide is asked for")]

mod made_up;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use state_core::{ErrorKind, Options, Record, State, loads_upgraded, upgrade};

thread_local! {
    static TOTAL: Cell<usize> = const { Cell::new(0) };
    static MOVED: Cell<usize> = const { Cell::new(0) };
}

/// Counts the bytes that each thread allocates, and those that may have been moved when blocks grew.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TOTAL.set(TOTAL.get().wrapping_add(layout.size()));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        TOTAL.set(TOTAL.get().wrapping_add(size.saturating_sub(layout.size())));
        MOVED.set(MOVED.get().wrapping_add(layout.size()));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// Returns the result, how many bytes were allocated, and how many may have been moved.
fn counted<R>(act: impl FnOnce() -> R) -> (R, usize, usize) {
    let (total, moved) = (TOTAL.get(), MOVED.get());
    let result = act();
    (result, TOTAL.get() - total, MOVED.get() - moved)
}

fn with_schema(state: &impl State) -> Vec<u8> {
    Options::new().with_schema().dumps(state).unwrap()
}

mod older {
    use super::{BTreeMap, BTreeSet, State};

    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "bounds.Tag")]
    pub struct Tag(pub u8);

    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "bounds.Key")]
    pub struct Key {
        pub tag: Tag,
        pub keys: BTreeSet<Key>,
        pub map: BTreeMap<Key, u8>,
    }

    #[derive(State, Clone)]
    #[state(name = "bounds.Item")]
    pub struct Item {
        pub list: Vec<u8>,
    }

    #[derive(State, Clone)]
    #[state(name = "bounds.Wide")]
    pub struct Wide {
        pub number: u8,
    }

    #[derive(State, Clone)]
    #[state(name = "bounds.Choice")]
    pub enum Choice {
        Wide,
        #[allow(dead_code, reason = "one more")]
        Other,
    }
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[state(name = "bounds.Tag", from(older::Tag))]
struct Tag(u16);

impl TryFrom<older::Tag> for Tag {
    type Error = String;

    fn try_from(older: older::Tag) -> Result<Self, String> {
        Ok(Self(u16::from(older.0) / 2))
    }
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[state(name = "bounds.Key")]
struct Key {
    tag: Tag,
    keys: BTreeSet<Key>,
    map: BTreeMap<Key, u8>,
}

fn key(tag: u8, keys: impl IntoIterator<Item = older::Key>) -> older::Key {
    older::Key { tag: older::Tag(tag), keys: keys.into_iter().collect(), map: BTreeMap::new() }
}

/// Each key is made once to be compared and once to stay; the number of times does not double with each level.
#[test]
fn keys_in_keys_are_compared_once_for_each_around_them() {
    let mut older = key(0, []);
    for level in 0..40 {
        older = match level % 2 {
            0 => key(level, [older]),
            _ => older::Key { map: BTreeMap::from([(older, 1)]), ..key(level, []) },
        };
    }
    let now = loads_upgraded::<Key>(&with_schema(&older)).unwrap();
    let (mut inner, mut levels) = (&now, 0);
    while let Some(key) = inner.keys.first().or(inner.map.keys().next()) {
        (inner, levels) = (key, levels + 1);
    }
    assert_eq!((levels, inner), (40, &Key { tag: Tag(0), keys: BTreeSet::new(), map: BTreeMap::new() }));
}

/// Keys inside keys are compared too.
#[test]
fn keys_in_keys_stay_different() {
    let fine = key(9, [key(1, [key(2, []), key(4, [])])]);
    assert_eq!(loads_upgraded::<Key>(&with_schema(&fine)).unwrap().keys.len(), 1);
    let outer = key(9, [key(2, []), key(3, [])]);
    let inner = key(9, [key(1, [key(2, []), key(3, [])])]);
    let innermost = key(9, [key(8, []), key(1, [key(0, [key(2, []), key(3, [])])])]);
    for older in [outer, inner, innermost] {
        let error = upgrade::<Key>(&with_schema(&older)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Identity);
        assert!(error.to_string().contains("expected keys that stay different"), "{error}");
    }
}

#[derive(State)]
#[state(name = "bounds.Item")]
struct Listed {
    list: Vec<u16>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "bounds.Item", from(Listed))]
struct Item {
    all: Vec<u16>,
}

impl From<Listed> for Item {
    fn from(Listed { list }: Listed) -> Self {
        Self { all: list }
    }
}

/// Parts that are made in separate images do not reserve memory for everything that follows them.
#[test]
fn each_converted_part_takes_memory_for_itself() {
    let items = vec![older::Item { list: vec![7; 100] }; 2000];
    let bytes = with_schema(&items);
    let (image, total, _) = counted(|| upgrade::<Vec<Item>>(&bytes).unwrap().into_owned());
    assert!(total < 50 * bytes.len(), "{total} for {}", bytes.len());
    let now = state_core::loads::<Vec<Item>>(&image).unwrap();
    assert_eq!((now.len(), &now[1999]), (2000, &Item { all: vec![7; 100] }));
}

#[derive(State, Debug, PartialEq)]
#[state(name = "bounds.Wide")]
struct Wide {
    number: u8,
    #[state(default)]
    more: [[u64; 16]; 16],
}

/// The image grows in steps that become larger, however much longer than the older one it becomes.
#[test]
fn what_becomes_much_longer_is_moved_a_few_times() {
    let lists: Vec<_> = (0..2000).map(|at| vec![older::Wide { number: at as u8 }]).collect();
    let bytes = with_schema(&lists);
    let (image, _, moved) = counted(|| upgrade::<Vec<Vec<Wide>>>(&bytes).unwrap().into_owned());
    assert!(moved < 4 * image.len(), "{moved} for {}", image.len());
    assert_eq!(state_core::loads::<Vec<Vec<Wide>>>(&image).unwrap()[1999][0].number, 207);
}

#[derive(State, Debug, PartialEq)]
#[state(name = "bounds.Choice")]
enum Choice {
    Wide {
        #[state(default)]
        more: [[u64; 16]; 16],
    },
    Other,
}

/// The limit applies behind pointers, options and variants as it does in lists.
#[test]
fn wide_parts_of_each_kind_stay_within_the_limit() {
    fn limited<T: State>(older: &impl State, count: usize) {
        let bytes = with_schema(older);
        let (refused, total, _) = counted(|| Options::new().memory(1 << 16).upgrade::<T>(&bytes).unwrap_err());
        assert_eq!(refused.kind(), ErrorKind::Memory, "{refused}");
        assert!(total < 64 * bytes.len() + (1 << 19), "{total}");
        let image = Options::new().memory(3000 * count).upgrade::<T>(&bytes).unwrap();
        assert!(image.len() > 2048 * count);
    }
    let wide = older::Wide { number: 1 };
    limited::<Vec<Wide>>(&vec![wide.clone(); 1000], 1000);
    limited::<Vec<Box<Wide>>>(&vec![wide.clone(); 1000], 1000);
    limited::<Vec<Option<Wide>>>(&vec![wide.clone(); 1000], 1000);
    limited::<Vec<Option<Wide>>>(&vec![Some(wide.clone()); 1000], 1000);
    limited::<Vec<Box<Wide>>>(&vec![Box::new(wide); 1000], 1000);
    limited::<Vec<Choice>>(&vec![older::Choice::Wide; 1000], 1000);
}

mod dots {
    #[derive(state_core::Record, Clone, Copy)]
    #[repr(C)]
    pub struct Dot {
        pub x: u8,
    }

    #[derive(state_core::State)]
    #[state(name = "bounds.Dots")]
    pub struct Dots {
        #[state(bytes)]
        pub dots: Vec<Dot>,
    }
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Dot {
    x: u8,
    #[state(default = marks)]
    marks: [u8; 255],
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bare {
    #[state(default)]
    number: u8,
}

fn marks() -> [u8; 255] {
    [3; 255]
}

#[derive(State)]
#[state(name = "bounds.Dots")]
struct Dots {
    #[state(bytes)]
    dots: Vec<Dot>,
}

#[derive(State)]
#[state(name = "bounds.Bares")]
struct Bares {
    #[state(bytes)]
    bares: Vec<Bare>,
}

/// The limit applies to fields that are added to records in raw arrays.
#[test]
fn wide_records_stay_within_the_limit() {
    let small = Options::new().memory(1 << 16);
    let bytes = with_schema(&dots::Dots { dots: vec![dots::Dot { x: 1 }; 1000] });
    let refused = small.upgrade::<Dots>(&bytes).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Memory, "{refused}");
    let now = Options::new().memory(256_000).loads_upgraded::<Dots>(&bytes).unwrap();
    assert_eq!((now.dots.len(), now.dots[999].x, now.dots[999].marks), (1000, 1, marks()));
}

/// A schema from any source may have elements without bytes, of which a count may announce any number.
#[test]
fn records_without_bytes_are_no_more_than_the_limit() {
    let schema = [b"\x0F\x0Cbounds.Bares\0\x01\x05bares".as_slice(), b"\x0E\x02\x11\x04Bare\0\0"].concat();
    for count in [1 << 20, 1 << 40, 1 << 62, u64::MAX] {
        let bytes = made_up::image(&schema, &count.to_le_bytes(), &[]);
        let refused = Options::new().memory(1 << 19).loads_upgraded::<Bares>(&bytes).err().unwrap();
        assert!(matches!(refused.kind(), ErrorKind::Memory | ErrorKind::Length | ErrorKind::Malformed), "{refused}");
    }
    let few = loads_upgraded::<Bares>(&made_up::image(&schema, &3_u64.to_le_bytes(), &[])).unwrap();
    assert_eq!(few.bares.iter().map(|bare| bare.number).collect::<Vec<_>>(), [0; 3]);
}
