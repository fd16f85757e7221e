//! Segments: together they are the bytes of `dumps`, they borrow the raw arrays, and every kind of writer gets all of
//! them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::sync::{Arc, Mutex};

use state_core::image::{SegmentBuffer, Segments, dump_segments};
use state_core::{Options, Record, State, dumps};

/// Counts the allocations of this thread.
struct Counting;

thread_local!(static ALLOCATIONS: Cell<usize> = const { Cell::new(0) });

// SAFETY: every call is passed on unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's obligations are those of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Padded {
    gears: i32,
    price: f64,
}

#[derive(State)]
struct Arrays {
    name: String,
    #[state(bytes)]
    floats: Vec<f64>,
    #[state(bytes)]
    odd: Box<[u8]>,
    #[state(bytes)]
    padded: Vec<Padded>,
    #[state(bytes)]
    maybe: Option<Arc<[u16]>>,
    #[state(bytes, uncounted)]
    fixed: [u32; 100],
    plain: Vec<u64>,
}

mod doubled {
    pub type Slot = super::Made;

    pub fn get(value: &u8) -> Slot {
        super::Made { bytes: vec![*value; 1000] }
    }

    pub fn set(slot: Slot) -> Result<u8, &'static str> {
        slot.bytes.into_iter().next().ok_or("no bytes")
    }
}

#[derive(State)]
struct Made {
    #[state(bytes)]
    bytes: Vec<u8>,
}

#[derive(State)]
enum Either {
    Left(Box<Arrays>),
    Right { all: Vec<Arrays>, last: Made },
}

#[derive(State)]
struct World {
    first: Arrays,
    cell: RefCell<Arrays>,
    number: Cell<u8>,
    lock: Mutex<Made>,
    #[state(with = doubled)]
    made: u8,
    either: Vec<Either>,
    map: BTreeMap<String, Arrays>,
    #[state(sorted)]
    sorted: HashMap<u8, Made>,
    last: Made,
}

fn arrays(len: usize) -> Arrays {
    Arrays {
        name: format!("Größe {len}"),
        floats: (0..len as u32).map(f64::from).collect(),
        odd: (0..len).map(|i| i as u8).collect(),
        padded: (0..len).map(|i| Padded { gears: i as i32, price: -1.0 }).collect(),
        maybe: (len % 2 == 0).then(|| (0..len).map(|i| i as u16).collect()),
        fixed: [len as u32; 100],
        plain: (0..len as u64).collect(),
    }
}

fn world(len: usize) -> World {
    let made = |len| Made { bytes: vec![1; len] };
    World {
        first: arrays(len),
        cell: RefCell::new(arrays(len + 1)),
        number: Cell::new(3),
        lock: Mutex::new(made(len)),
        made: 7,
        either: vec![
            Either::Left(Box::new(arrays(len + 2))),
            Either::Right { all: vec![arrays(0), arrays(len)], last: made(999) },
        ],
        map: [("a".to_string(), arrays(1)), ("b".to_string(), arrays(len))].into(),
        sorted: [(3, made(300)), (1, made(len)), (2, made(0))].into(),
        last: made(len + 5),
    }
}

fn joined(segments: &Segments<'_>) -> Vec<u8> {
    segments.iter().flatten().copied().collect()
}

#[test]
fn together_they_are_the_image() {
    let mut buffer = SegmentBuffer::new();
    // Shorter ones after longer ones too: the padding contains nothing of the previous ones.
    for len in [0, 1, 2, 15, 16, 17, 31, 32, 33, 255, 256, 257, 5000, 257, 33, 15, 1, 0] {
        let world = world(len);
        let segments = dump_segments(&world, &mut buffer).unwrap();
        assert!(segments.iter().all(|segment| !segment.is_empty()));
        assert_eq!(segments.total_len(), joined(&segments).len());
        assert_eq!(joined(&segments), dumps(&world).unwrap(), "{len}");
        drop(segments);
        let options = Options::new().with_schema();
        let segments = options.dump_segments(&world, &mut buffer).unwrap();
        assert_eq!(joined(&segments), options.dumps(&world).unwrap(), "{len}");
    }
    let segments = dump_segments("text", &mut buffer).unwrap();
    assert_eq!(joined(&segments), dumps("text").unwrap());
}

#[cfg(target_endian = "little")]
#[test]
fn arrays_stay_where_they_are() {
    let value = arrays(100_000);
    let mut buffer = SegmentBuffer::new();
    let segments = dump_segments(&value, &mut buffer).unwrap();
    let starts: Vec<_> = segments.iter().map(<[u8]>::as_ptr).collect();
    assert!(starts.contains(&value.floats.as_ptr().cast()));
    assert!(starts.contains(&value.odd.as_ptr()));
    assert!(starts.contains(&value.maybe.as_ref().unwrap().as_ptr().cast()));
    assert!(starts.contains(&value.fixed.as_ptr().cast()));
}

#[test]
fn a_large_array_costs_what_its_header_costs() {
    let large = Made { bytes: vec![7; 6 << 20] };
    let mut buffer = SegmentBuffer::new();
    drop(dump_segments(&large, &mut buffer).unwrap());
    let before = ALLOCATIONS.get();
    for _ in 0..3 {
        let segments = dump_segments(&large, &mut buffer).unwrap();
        // The image's header, the array's count, and the padding before the array.
        assert_eq!(segments.iter().next().unwrap().len(), 48);
        assert_eq!(segments.iter().count(), 2);
    }
    assert_eq!(ALLOCATIONS.get(), before);
}

/// A writer like those of operating systems: it accepts any part of the bytes, sometimes none.
struct Moody {
    taken: Vec<u8>,
    mood: usize,
}

impl Write for Moody {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.mood = (self.mood * 7 + 3) % 1009;
        if self.mood % 5 == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        let some: Vec<u8> = pieces.iter().flat_map(|piece| piece.iter().copied()).take(1 + self.mood).collect();
        self.taken.extend_from_slice(&some);
        Ok(some.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn partial_writes_lose_nothing() {
    let world = world(700);
    let mut buffer = SegmentBuffer::new();
    let segments = dump_segments(&world, &mut buffer).unwrap();
    for mood in 0..20 {
        let mut sink = Moody { taken: Vec::new(), mood };
        segments.write_to(&mut sink).unwrap();
        assert_eq!(sink.taken, joined(&segments));
    }
    drop(segments);
    // More arrays than fit into one call.
    let many: Vec<_> = (0..300).map(|i| Made { bytes: vec![i as u8; 256 + i] }).collect();
    let segments = dump_segments(&many, &mut buffer).unwrap();
    let mut sink = Vec::new();
    segments.write_to(&mut sink).unwrap();
    assert_eq!(sink, dumps(&many).unwrap());
}

/// A writer that returns a wrong count.
struct Wrong(usize);

impl Write for Wrong {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Ok(self.0)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn wrong_writers_are_errors() {
    let value = arrays(300);
    let mut buffer = SegmentBuffer::new();
    let segments = dump_segments(&value, &mut buffer).unwrap();
    assert_eq!(segments.write_to(&mut Wrong(0)).unwrap_err().kind(), ErrorKind::WriteZero);
    assert_eq!(segments.write_to(&mut Wrong(usize::MAX)).unwrap_err().kind(), ErrorKind::Other);
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let cell = RefCell::new(arrays(1));
    let borrowed = cell.borrow_mut();
    let mut buffer = SegmentBuffer::new();
    assert!(dump_segments(&cell, &mut buffer).is_err());
    drop(borrowed);
    assert_eq!(joined(&dump_segments(&cell, &mut buffer).unwrap()), dumps(&cell).unwrap());
}
