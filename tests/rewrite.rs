//! Images over older ones of their type, which are not counted first: whatever the buffer contained, the image is the
//! same, and values that cannot be written are still reported.

#![allow(clippy::option_option, reason = "heads of each kind")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::sync::Mutex;

use state_core::image::{SegmentBuffer, Segments, dump_segments};
use state_core::schema::Schema;
use state_core::state::{Size, Writer};
use state_core::{ErrorKind, Options, Record, State, dump_into, dumps};

#[derive(Record, Clone, Copy, Debug)]
#[repr(C)]
struct Padded {
    small: u8,
    large: u64,
}

#[derive(State, Clone, Debug, Default)]
struct World {
    names: Vec<String>,
    kids: Vec<Option<Box<World>>>,
    #[state(bytes)]
    heights: Vec<f32>,
    #[state(bytes)]
    padded: Vec<Padded>,
    marks: Vec<Mark>,
}

/// Its head has parts that are unused for some values.
#[derive(State, Clone, Debug)]
struct Mark {
    small: Option<u32>,
    large: Option<[u8; 20]>,
    kind: Kind,
    outcome: Result<u8, u64>,
    pair: (Option<(bool, u16)>, Option<Option<char>>),
}

#[derive(State, Clone, Debug)]
enum Kind {
    Nothing,
    Byte(u8),
    Numbers(u64, i32),
}

fn mark(number: usize) -> Mark {
    let is = |of: usize| number % of == 0;
    Mark {
        small: is(2).then_some(u32::MAX),
        large: is(3).then_some([0xEE; 20]),
        kind: [Kind::Nothing, Kind::Byte(0xDD), Kind::Numbers(u64::MAX, -1)][number % 3].clone(),
        outcome: if is(2) { Err(u64::MAX) } else { Ok(1) },
        pair: (is(2).then_some((true, 0xFFFF)), is(5).then(|| is(2).then_some('x'))),
    }
}

/// The same number of heads is written over others.
#[test]
fn what_stands_for_nothing_is_zero_whatever_was_there() {
    let marks = |first: usize| (first..first + 12).map(mark).collect::<Vec<_>>();
    for (old, new) in (0..30).flat_map(|old| (0..6).map(move |new| (old, new))) {
        let expected = dumps(&marks(new)).unwrap();
        for mut buffer in [dumps(&marks(old)).unwrap(), vec![0xFF; expected.len()]] {
            dump_into(&marks(new), &mut buffer).unwrap();
            assert_eq!(buffer, expected, "{new} over {old}");
            let mut buffer = vec![0xFF; 400];
            dump_into(&mark(new), &mut buffer).unwrap();
            assert_eq!(buffer, dumps(&mark(new)).unwrap());
        }
    }
}

/// A world with these numbers of names, kids and elements of each array, in various lengths.
fn world(names: usize, kids: usize, elements: usize) -> World {
    World {
        names: (0..names).map(|at| "name".repeat(at % 7)).collect(),
        kids: (0..kids).map(|at| (at % 3 > 0).then(|| Box::new(world(at, 0, at)))).collect(),
        heights: vec![1.5; elements],
        padded: (0..elements).map(|at| Padded { small: 1, large: at as u64 }).collect(),
        marks: (0..9).map(|at| mark(at + names + elements)).collect(),
    }
}

/// Worlds that grow and shrink in each region, and in all of them.
fn worlds() -> Vec<World> {
    let counts = [(0, 0, 0), (90, 0, 0), (99, 0, 0), (90, 9, 0), (90, 10, 0), (90, 0, 9), (90, 0, 10), (200, 20, 20)];
    counts.into_iter().map(|(names, kids, elements)| world(names, kids, elements)).collect()
}

/// The same bytes at the end of an allocation with no room, a little room, and a lot.
fn rooms(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    [0, 200, 1 << 16].into_iter().map(|room| {
        let mut buffer = Vec::with_capacity(bytes.len() + room);
        buffer.extend_from_slice(bytes);
        buffer
    })
}

fn joined(segments: &Segments<'_>) -> Vec<u8> {
    segments.iter().flatten().copied().collect()
}

#[test]
fn any_state_over_any_other() {
    let worlds = worlds();
    let mut segments = SegmentBuffer::new();
    for options in [Options::new(), Options::new().with_schema()] {
        for (old, new) in worlds.iter().flat_map(|old| worlds.iter().map(move |new| (old, new))) {
            let expected = options.dumps(new).unwrap();
            for mut buffer in rooms(&options.dumps(old).unwrap()) {
                options.dump_into(new, &mut buffer).unwrap();
                assert_eq!(buffer, expected);
                // The other form of the header.
                Options::new().dump_into(old, &mut buffer).unwrap();
                assert_eq!(buffer, dumps(old).unwrap());
            }
            drop(options.dump_segments(old, &mut segments).unwrap());
            assert_eq!(joined(&options.dump_segments(new, &mut segments).unwrap()), expected);
        }
    }
}

#[test]
fn over_images_whose_header_lies() {
    let (new, old) = (world(90, 9, 9), dumps(&world(80, 12, 11)).unwrap());
    let expected = dumps(&new).unwrap();
    let number = |at: usize| u64::from_le_bytes(old[at..at + 8].try_into().unwrap());
    // No machine has as much memory as the largest.
    let lies = [0, 1, 16, 64, number(16), number(24), number(32), 1 << 50, u64::MAX - 15, u64::MAX];
    for (at, lie) in [16, 24, 32].into_iter().flat_map(|at| lies.map(|lie| (at, lie))) {
        let mut lying = old.clone();
        lying[at..at + 8].copy_from_slice(&lie.to_le_bytes());
        for other in [16, 24, 32] {
            // A sum that equals the buffer's length does not make it valid.
            let mut lying = lying.clone();
            let rest = number(other).wrapping_add(number(at)).wrapping_sub(lie);
            if other != at {
                lying[other..other + 8].copy_from_slice(&rest.to_le_bytes());
            }
            lying[40..].fill(0xFF);
            for mut buffer in rooms(&lying) {
                dump_into(&new, &mut buffer).unwrap();
                assert!(buffer == expected, "{lie} at {at}, {rest} at {other}");
            }
        }
    }
    for len in [0, 15, 16, 39, 40, 41, old.len() - 1] {
        let mut buffer = old[..len].to_vec();
        dump_into(&new, &mut buffer).unwrap();
        assert!(buffer == expected, "{len} bytes");
    }
}

#[test]
fn over_another_type() {
    let strings = vec!["text".to_string(); 200];
    let expected = dumps(&strings).unwrap();
    for mut buffer in rooms(&dumps(&world(90, 9, 9)).unwrap()) {
        dump_into(&strings, &mut buffer).unwrap();
        assert_eq!(buffer, expected);
    }
    let mut segments = SegmentBuffer::new();
    drop(dump_segments(&world(90, 9, 9), &mut segments).unwrap());
    assert_eq!(joined(&dump_segments(&strings, &mut segments).unwrap()), expected);
}

thread_local! {
    static COUNTED: Cell<usize> = const { Cell::new(0) };
}

/// A text that records how often it was counted.
struct Watched(String);

impl State for Watched {
    const HEAD: usize = <String as State>::HEAD;

    fn schema() -> &'static Schema {
        String::schema()
    }

    fn size(&self, size: &mut Size) {
        COUNTED.set(COUNTED.get() + 1);
        self.0.size(size);
    }

    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        self.0.put(head, writer);
    }
}

#[test]
fn only_what_outgrows_its_buffer_is_counted() {
    let text = |len: usize| Watched("x".repeat(len));
    let counted = |run: &mut dyn FnMut()| {
        COUNTED.set(0);
        run();
        COUNTED.get()
    };
    let mut buffer = Vec::new();
    let mut dump = |len| counted(&mut || dump_into(&text(len), &mut buffer).unwrap());
    assert_eq!([dump(1000), dump(1000), dump(900), dump(900)], [1, 0, 0, 0]);
    // The first growth shows that the lengths vary; from then on, an eighth is reserved.
    assert_eq!([dump(1000), dump(1100), dump(1200), dump(1000), dump(2000)], [1, 0, 0, 0, 1]);
    assert_eq!([dump(2200), dump(1900), dump(600), dump(2000), dump(2100)], [0, 0, 0, 1, 0]);

    let mut segments = SegmentBuffer::new();
    let mut dump = |len| counted(&mut || drop(dump_segments(&text(len), &mut segments).unwrap()));
    assert_eq!([dump(1000), dump(1000), dump(900), dump(900)], [1, 0, 0, 0]);
    assert_eq!([dump(1000), dump(1100), dump(1200), dump(1000), dump(2000)], [1, 0, 0, 0, 1]);
}

/// Checks that writing a value over an image of another one of its type gives the same error as writing it into a new
/// buffer.
#[track_caller]
fn is_refused<T: State>(value: &T, other: &T) -> ErrorKind {
    let expected = dumps(value).unwrap_err();
    let old = dumps(other).unwrap();
    assert!(old.len() > 600, "so long that it is looked at");
    for mut buffer in rooms(&old) {
        assert_eq!(dump_into(value, &mut buffer).unwrap_err().to_string(), expected.to_string());
        assert!(buffer.is_empty());
    }
    let mut segments = SegmentBuffer::new();
    drop(dump_segments(other, &mut segments).unwrap());
    assert_eq!(dump_segments(value, &mut segments).unwrap_err().to_string(), expected.to_string());
    assert_eq!(joined(&dump_segments(other, &mut segments).unwrap()), old);
    expected.kind()
}

/// A value next to enough text that the old image is used.
fn beside_text<T>(value: T) -> (String, Vec<T>) {
    ("text".repeat(200), vec![value])
}

#[test]
fn what_cannot_be_written_is_found() {
    let cell = beside_text(RefCell::new(1));
    let held = cell.1[0].borrow_mut();
    assert_eq!(is_refused(&cell, &beside_text(RefCell::new(1))), ErrorKind::Unwritable);
    drop(held);

    let lock = beside_text(Mutex::new(String::new()));
    let held = lock.1[0].lock().unwrap();
    assert_eq!(is_refused(&lock, &beside_text(Mutex::new(String::new()))), ErrorKind::Unwritable);
    drop(held);

    let mut range: RangeInclusive<u8> = 1..=3;
    range.by_ref().for_each(drop);
    assert_eq!(is_refused(&beside_text(range), &beside_text(1..=3)), ErrorKind::Unwritable);
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_unicode_is_found() {
    use std::os::unix::ffi::OsStringExt;
    use std::path::PathBuf;
    let path = PathBuf::from(std::ffi::OsString::from_vec(b"/caf\xE9".to_vec()));
    assert_eq!(is_refused(&beside_text(path), &beside_text("/caf".into())), ErrorKind::Unwritable);
}

#[derive(State, Clone, Debug)]
struct Link {
    name: String,
    next: Option<Box<Link>>,
    maps: BTreeMap<u8, Link>,
}

fn links(depth: usize) -> Link {
    let end = Link { name: "x".repeat(2000), next: None, maps: BTreeMap::new() };
    (0..depth).fold(end, |link, at| match at % 2 {
        0 => Link { name: String::new(), next: Some(Box::new(link)), maps: BTreeMap::new() },
        _ => Link { name: String::new(), next: None, maps: [(1, link)].into() },
    })
}

#[test]
fn what_is_nested_too_deep_is_found() {
    // The last map counts as a level too, and is empty.
    let (deepest, too_deep) = (links(127), links(128));
    for mut buffer in rooms(&dumps(&links(1)).unwrap()) {
        dump_into(&deepest, &mut buffer).unwrap();
        assert_eq!(buffer, dumps(&deepest).unwrap());
    }
    assert_eq!(is_refused(&too_deep, &deepest), ErrorKind::Depth);
    assert_eq!(is_refused(&too_deep, &links(1)), ErrorKind::Depth);
    let options = Options::new().depth(5);
    let mut buffer = dumps(&deepest).unwrap();
    assert_eq!(options.dump_into(&deepest, &mut buffer).unwrap_err().kind(), ErrorKind::Depth);
}

#[derive(State)]
struct Shared {
    text: String,
    both: Vec<Rc<Shared>>,
}

/// Each level is reached twice from the one above it: there are 2¹²⁸ paths to the place where it is too deep.
#[test]
fn more_ways_than_time_come_to_an_end() {
    let end = || Shared { text: "x".repeat(2000), both: vec![] };
    let wide = || Shared { text: String::new(), both: (0..1000).map(|_| Rc::new(end())).collect() };
    let value = (0..200).fold(end(), |shared, _| {
        let shared = Rc::new(shared);
        Shared { text: String::new(), both: vec![Rc::clone(&shared), shared] }
    });
    assert_eq!(is_refused(&value, &end()), ErrorKind::Depth);
    assert_eq!(is_refused(&value, &wide()), ErrorKind::Depth);
    // The links are dropped one by one.
    let mut next = value.both;
    while let Some(shared) = next.pop() {
        next.clear();
        if let Some(shared) = Rc::into_inner(shared) {
            next = shared.both;
        }
    }
}

/// A hook's changes are seen by everything written, even by fields before it.
#[derive(State, Debug)]
struct Prepared {
    before: Rc<Cell<u32>>,
    text: String,
    hooked: Vec<Hooked>,
}

#[derive(State, Debug)]
#[state(before_get = Self::prepare)]
struct Hooked {
    calls: Rc<Cell<u32>>,
}

impl Hooked {
    fn prepare(&self) {
        self.calls.set(self.calls.get() + 1);
    }
}

#[test]
fn hooks_are_called_once_and_before_anything_is_written() {
    let calls = Rc::new(Cell::new(0));
    let hooked = vec![Hooked { calls: Rc::clone(&calls) }];
    let value = Prepared { before: Rc::clone(&calls), text: "x".repeat(1000), hooked };
    let mut buffer = Vec::new();
    for call in 1..5 {
        dump_into(&value, &mut buffer).unwrap();
        assert_eq!(calls.get(), call);
        let seen: Prepared = state_core::loads(&buffer).unwrap();
        assert_eq!((seen.before.get(), seen.hooked[0].calls.get()), (call, call));
    }
}
