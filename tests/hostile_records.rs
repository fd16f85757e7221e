//! Records with incorrect manual impls in safe code: of their layout, of what they write, and of what they read after a
//! successful check. The result is an error, a panic or a wrong value, but never undefined behaviour.

#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Once};

use state_core::image::{SegmentBuffer, dump_segments};
use state_core::schema::Schema;
use state_core::{Options, Record, Restore, State, check, dumps, from_value, load_into, loads, to_value};

/// Four bytes in memory, of which `flag` is a bool, whatever its bytes hold.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Sly {
    flag: bool,
    size: u16,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Lie {
    None,
    SmallerLayout,
    LargerLayout,
    LayoutOfText,
    WritesNothing,
    WritesAll,
    ReadsNothing,
    ReadsOnlyOnce,
    PanicsAtSecond,
}

const LIES: [Lie; 9] = [
    Lie::None,
    Lie::SmallerLayout,
    Lie::LargerLayout,
    Lie::LayoutOfText,
    Lie::WritesNothing,
    Lie::WritesAll,
    Lie::ReadsNothing,
    Lie::ReadsOnlyOnce,
    Lie::PanicsAtSecond,
];

thread_local! {
    static LIE: Cell<Lie> = const { Cell::new(Lie::None) };
    static READS: Cell<usize> = const { Cell::new(0) };
}

impl Record for Sly {
    fn schema() -> &'static Schema {
        match LIE.get() {
            Lie::SmallerLayout => <u8 as Record>::schema(),
            Lie::LargerLayout => <[u64; 1000] as Record>::schema(),
            Lie::LayoutOfText => <String as State>::schema(),
            _ => <[u16; 2] as Record>::schema(),
        }
    }

    fn write(&self, bytes: &mut [u8]) {
        match LIE.get() {
            Lie::WritesNothing => {}
            Lie::WritesAll => bytes.fill(0xFF),
            _ => bytes.copy_from_slice(&[u8::from(self.flag), 0, self.size as u8, (self.size >> 8) as u8]),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let reads = READS.replace(READS.get() + 1);
        match LIE.get() {
            Lie::ReadsNothing => return None,
            Lie::ReadsOnlyOnce if reads > 3 => return None,
            Lie::PanicsAtSecond => assert!(reads != 1, "as it was told"),
            _ => {}
        }
        Some(Self { flag: *bytes.first()? != 0, size: u16::from_le_bytes(bytes.get(2..4)?.try_into().ok()?) })
    }
}

/// A derived record that contains another; its proof is that of its parts.
#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Outer {
    before: u8,
    sly: Sly,
    after: [u32; 2],
}

const SLY: Sly = Sly { flag: true, size: 0x0302 };
const OUTER: Outer = Outer { before: 1, sly: SLY, after: [2, 3] };

#[derive(State, Debug)]
struct Owned {
    #[state(bytes)]
    list: Vec<Sly>,
    #[state(bytes)]
    boxed: Box<[Outer]>,
    #[state(bytes)]
    counted: Rc<[Sly]>,
    #[state(bytes)]
    shared: Option<Arc<[Outer]>>,
    #[state(bytes)]
    array: [Sly; 3],
    #[state(bytes)]
    single: Outer,
    #[state(bytes, uncounted)]
    maybe: Option<[Sly; 2]>,
    #[state(bytes)]
    large: Vec<Outer>,
}

#[derive(State, Debug)]
struct Borrowed<'a> {
    #[state(bytes)]
    slice: Cow<'a, [Sly]>,
    #[state(bytes)]
    maybe: Option<Cow<'a, [Outer]>>,
}

fn owned(count: usize) -> Owned {
    Owned {
        list: vec![SLY; count],
        boxed: vec![OUTER; 2].into(),
        counted: vec![SLY; 3].into(),
        shared: Some(vec![OUTER; count].into()),
        array: [SLY; 3],
        single: OUTER,
        maybe: Some([SLY; 2]),
        large: vec![OUTER; if cfg!(miri) { 1 } else { 20 } * count],
    }
}

fn attempt<R>(run: impl FnOnce() -> R) -> Option<R> {
    READS.set(0);
    catch_unwind(AssertUnwindSafe(run)).ok()
}

/// Miri is a thousand times slower.
const STEP: usize = if cfg!(miri) { 97 } else { 7 };

/// The bytes, and copies with one of them changed.
fn damages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let damaged = |at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 0xFF;
        bytes
    };
    [bytes.to_vec()].into_iter().chain((40..bytes.len().min(400)).step_by(STEP).map(damaged)).collect()
}

fn look<T: Debug>(value: &T) {
    assert!(format!("{value:?}").len() < 1 << 20);
}

fn everything<T: State + for<'de> Restore<'de> + Debug>(value: &T, make: impl Fn() -> T) {
    for lie in LIES {
        LIE.set(lie);
        let bytes = attempt(|| dumps(value).ok()).flatten();
        attempt(|| dump_segments(value, &mut SegmentBuffer::new()).map(|segments| segments.total_len()));
        attempt(|| Options::new().with_schema().dumps(value));
        let state = attempt(|| to_value(value).ok()).flatten();
        state.map(|state| attempt(|| from_value::<T>(&state).map(|value| look(&value))));
        for bytes in damages(&bytes.unwrap_or_default()) {
            attempt(|| check::<T>(&bytes));
            attempt(|| loads::<T>(&bytes).map(|value| look(&value)));
            let mut target = make();
            attempt(|| load_into(&bytes, &mut target));
            look(&target);
        }
    }
    LIE.set(Lie::None);
}

fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if LIE.get() == Lie::None {
                tell(panic);
            }
        }));
    });
}

#[test]
fn owned_records_that_lie_are_no_worse_than_wrong() {
    hush();
    everything(&owned(3), || owned(1));
    everything(&owned(1), || owned(4));
    if cfg!(miri) {
        return;
    }
    everything(&owned(3), || owned(3));
    everything(&owned(0), || owned(2));
}

#[test]
fn borrowed_records_that_lie_are_no_worse_than_wrong() {
    hush();
    let (slice, maybe) = ([SLY; 3], [OUTER; 2]);
    let value = Borrowed { slice: Cow::Borrowed(&slice), maybe: Some(Cow::Borrowed(&maybe)) };
    for lie in LIES {
        LIE.set(lie);
        let bytes = attempt(|| dumps(&value).ok()).flatten().unwrap_or_default();
        for bytes in damages(&bytes) {
            attempt(|| {
                loads::<Borrowed<'_>>(&bytes).map(|value| {
                    look(&value);
                    // Nothing proves that any bytes are valid, so none are borrowed.
                    assert!(matches!(value.slice, Cow::Owned(_)));
                })
            });
        }
    }
    LIE.set(Lie::None);
}

#[test]
fn what_is_true_comes_back() {
    let value = owned(3);
    let bytes = dumps(&value).unwrap();
    let mut target = owned(1);
    load_into(&bytes, &mut target).unwrap();
    assert_eq!(format!("{target:?}"), format!("{value:?}"));
}
