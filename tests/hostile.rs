//! Incorrect implementations of the traits in safe code: the result is an error, a panic or a wrong value, but never
//! undefined behaviour. These tests are most useful under a sanitizer or Miri.

#![forbid(unsafe_code)]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use state_core::__private::{Checker, Image, Reader, Size, Writer};
use state_core::image::{SegmentBuffer, bare, dump_segments, stream};
use state_core::schema::Schema;
use state_core::{Inspection, Options, Record, Restore, State, check, dumps, load_into, loads};

/// Three bytes, of which `flag` must always be a valid bool, and `two` follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Liar<const HEAD: usize, const SAYS: u8> {
    flag: bool,
    two: u16,
}

/// The claims that it makes in its constants.
const HONEST: u8 = 0;
const NOT_DYNAMIC: u8 = 1;
const NOT_CHECKED: u8 = 2;

/// The way in which its methods lie.
#[derive(Clone, Copy, PartialEq)]
enum Lie {
    None,
    CountsMore,
    CountsLess,
    CountsTheWorld,
    PassesAll,
    PassesNone,
    WritesNothing,
    WritesTooMuch,
    GetsNone,
    ReadsAhead,
    Refuses,
    OtherSchema,
}

const LIES: [Lie; 12] = [
    Lie::None,
    Lie::CountsMore,
    Lie::CountsLess,
    Lie::CountsTheWorld,
    Lie::PassesAll,
    Lie::PassesNone,
    Lie::WritesNothing,
    Lie::WritesTooMuch,
    Lie::GetsNone,
    Lie::ReadsAhead,
    Lie::Refuses,
    Lie::OtherSchema,
];

thread_local! {
    // A thread-local instead of a type parameter, of which there would be hundreds.
    static LIE: Cell<Lie> = const { Cell::new(Lie::None) };
}

impl<const HEAD: usize, const SAYS: u8> State for Liar<HEAD, SAYS> {
    const HEAD: usize = HEAD;
    const DYNAMIC: bool = SAYS != NOT_DYNAMIC;
    const IMAGE: Image<Self> = state_core::__image!(flag: a: bool, two: b: u16);

    fn schema() -> &'static Schema {
        if LIE.get() == Lie::OtherSchema {
            <Vec<String> as State>::schema()
        } else {
            <(bool, u16, [u8; 3]) as State>::schema()
        }
    }

    fn size(&self, size: &mut Size) {
        match LIE.get() {
            Lie::CountsMore => size.run(3, 5),
            Lie::CountsLess => {}
            Lie::CountsTheWorld => {
                size.run(usize::MAX, usize::MAX);
                size.text(usize::MAX);
                size.raw(usize::MAX);
            }
            _ => size.text(2),
        }
    }

    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        match LIE.get() {
            Lie::WritesNothing => {}
            Lie::WritesTooMuch => {
                writer.text(&mut [0; 4], "too much");
                if let Some(run) = writer.run(1000, 1000) {
                    run.fill(1);
                }
                if let Some(raw) = writer.raw(100) {
                    raw.fill(2);
                }
                writer.length(&mut head[..4], usize::MAX);
            }
            _ => {
                head.fill(0xEE);
                writer.text(&mut [0; 4], "ab");
            }
        }
    }
}

impl<'de, const HEAD: usize, const SAYS: u8> Restore<'de> for Liar<HEAD, SAYS> {
    const CHECKED: bool = SAYS != NOT_CHECKED;

    fn check(_: &[u8], checker: &mut Checker<'_>) -> bool {
        match LIE.get() {
            Lie::PassesAll => true,
            Lie::PassesNone => false,
            Lie::ReadsAhead => checker.run(1, 1).is_some() && checker.raw(16).is_some(),
            _ => checker.text(2),
        }
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        match LIE.get() {
            Lie::GetsNone => return None,
            Lie::ReadsAhead => {
                reader.run(5, 5)?;
                reader.raw(1000)?;
                reader.length(head)?;
            }
            Lie::Refuses => {
                reader.refuse(state_core::Error::refused("never"));
                return None;
            }
            _ => {}
        }
        let text = reader.text(2)?;
        // At this point the head is untrusted: other types must not rely on it either.
        let other = <[bool; 2] as Restore<'de>>::get(head, reader);
        let vec = <Vec<bool> as Restore<'de>>::get(head, reader).unwrap_or_default();
        let flag = text.len() == 2 && other.is_some_and(|other| other[0]) && vec.iter().all(|&flag| flag);
        Some(Self { flag, two: 7 })
    }
}

/// Passes a value through all calls; any result is allowed, but values must be valid.
fn everything<T>(make: impl Fn() -> T)
where
    T: for<'de> Restore<'de> + State + Debug,
{
    let silent = AssertUnwindSafe(|| {
        let mut targets = [make(), make()];
        for mut buffer in [vec![0xAA; 64], header::<T>()] {
            let _ = state_core::dump_into(&targets[0], &mut buffer);
        }
        let _ = state_core::to_value(&targets[0]).map(|value| state_core::from_value::<T>(&value).is_ok());
        let _ = catch_unwind(AssertUnwindSafe(|| segments(&targets[0])));
        let _ = catch_unwind(AssertUnwindSafe(|| streamed(&mut targets)));
        let bytes = dumps(&targets[0]).unwrap_or_else(|_| header::<T>());
        for bytes in [bytes.clone(), stretched(&bytes), header::<T>()] {
            let _ = catch_unwind(AssertUnwindSafe(|| check::<T>(&bytes).is_ok()));
            let loaded = catch_unwind(AssertUnwindSafe(|| loads::<T>(&bytes)));
            let _ = loaded.map(|loaded| format!("{loaded:?}"));
            let _ = catch_unwind(AssertUnwindSafe(|| load_into(&bytes, &mut targets[1]).is_ok()));
            // Whatever happened, the targets can be formatted and dropped.
            assert!(format!("{:?}", targets[1]).len() < 1 << 20);
        }
        bare_bytes(&mut targets);
    });
    let _ = catch_unwind(silent);
}

/// Does the same without a header.
fn bare_bytes<T: for<'de> Restore<'de> + State + Debug>(targets: &mut [T; 2]) {
    let dumped = catch_unwind(AssertUnwindSafe(|| bare::dumps(&targets[0])));
    let bytes = dumped.ok().and_then(Result::ok).unwrap_or_default();
    let cut = bytes.len() / 2;
    let longer = [&bytes[..], &[0; 16]].concat();
    for bytes in [bytes.clone(), longer, bytes[..cut].to_vec(), vec![0; 6], vec![1; 40]] {
        let _ = catch_unwind(AssertUnwindSafe(|| bare::check::<T>(&bytes).is_ok()));
        let loaded = catch_unwind(AssertUnwindSafe(|| bare::loads::<T>(&bytes)));
        let _ = loaded.map(|loaded| format!("{loaded:?}"));
        let _ = catch_unwind(AssertUnwindSafe(|| bare::load_into(&bytes, &mut targets[1]).is_ok()));
        assert!(format!("{:?}", targets[1]).len() < 1 << 20);
    }
}

/// Writes a value as segments, and with its schema, by which it is then inspected.
fn segments<T: State>(value: &T) {
    let mut buffer = SegmentBuffer::new();
    if let Ok(segments) = dump_segments(value, &mut buffer) {
        assert_eq!(segments.iter().map(<[u8]>::len).sum::<usize>(), segments.total_len());
    }
    if let Ok(bytes) = Options::new().with_schema().dumps(value) {
        let _ = Inspection::open(&bytes).map(|inspection| (inspection.value().is_ok(), inspection.tree().is_ok()));
    }
}

/// Writes a stream of the first value, and reads it into the second.
fn streamed<T: for<'de> Restore<'de>>([value, target]: &mut [T; 2]) {
    let Ok(mut writer) = stream::StreamWriter::new(Vec::new()) else { return };
    let _ = writer.write(&*value);
    let bytes = writer.into_inner();
    let Ok(mut reader) = stream::StreamReader::new(&bytes[..]) else { return };
    let _ = reader.load_into(target);
}

/// A header of the type, with lengths for many bytes.
fn header<T: State>() -> Vec<u8> {
    let mut bytes = dumps(&Vec::<u8>::new()).unwrap();
    bytes.truncate(16);
    // The fingerprint is that of the schema, taken from the error of `Vec<T>`.
    if let Err(error) = loads::<Borrowed<T>>(&dumps(&0_u8).unwrap()) {
        let text = error.to_string();
        let digits = text.split("fingerprint ").nth(1).and_then(|rest| rest.get(..16));
        if let Some(Ok(fingerprint)) = digits.map(|digits| u64::from_str_radix(digits, 16)) {
            bytes[8..16].copy_from_slice(&fingerprint.to_le_bytes());
        }
    }
    bytes.extend([640_u64, 64, 64].map(u64::to_le_bytes).concat());
    bytes.resize(bytes.len() + T::HEAD.min(1000), 1);
    bytes.extend([1; 640]);
    bytes.extend([b'a'; 64]);
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytes.extend([3; 64]);
    bytes
}

/// Stands in for `T` where only the schema is needed.
struct Borrowed<T>(std::marker::PhantomData<T>);

impl<T: State> State for Borrowed<T> {
    const HEAD: usize = T::HEAD;

    fn schema() -> &'static Schema {
        T::schema()
    }

    fn size(&self, _: &mut Size) {}

    fn put(&self, _: &mut [u8], _: &mut Writer<'_, '_>) {}
}

impl<'de, T: State> Restore<'de> for Borrowed<T> {
    fn check(_: &[u8], _: &mut Checker<'_>) -> bool {
        false
    }

    fn get(_: &'de [u8], _: &mut Reader<'de>) -> Option<Self> {
        None
    }
}

/// The same bytes with every region longer than it should be.
fn stretched(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let raw = u64::from_le_bytes(bytes[32..40].try_into().unwrap());
    bytes[32..40].copy_from_slice(&(raw + 16).to_le_bytes());
    bytes.resize(bytes.len().next_multiple_of(16) + 16, 0);
    bytes
}

fn in_every_place<const HEAD: usize, const SAYS: u8>() {
    let liar = || Liar::<HEAD, SAYS> { flag: true, two: 5 };
    everything(liar);
    everything(|| vec![liar(); 3]);
    everything(|| VecDeque::from([liar(); 3]));
    everything(|| [liar(); 3]);
    everything(|| [[liar(); 2]; 2]);
    everything(|| vec![[liar(); 2]; 2]);
    everything(|| Box::<[_]>::from([liar(); 3]));
    everything(|| Arc::<[_]>::from([liar(); 3]));
    everything(|| Some(liar()));
    everything(|| vec![Some(Box::new(liar())); 2]);
    everything(|| BTreeSet::from([liar()]));
    everything(|| BTreeMap::from([(liar(), liar()), (Liar { two: 6, ..liar() }, liar())]));
    everything(|| (liar(), String::from("text"), liar()));
    everything(|| Ok::<_, ()>(liar()).ok());
    everything(|| std::cell::RefCell::new(liar()));
}

fn in_every_way<const HEAD: usize>() {
    for lie in LIES {
        LIE.set(lie);
        in_every_place::<HEAD, HONEST>();
        in_every_place::<HEAD, NOT_DYNAMIC>();
        in_every_place::<HEAD, NOT_CHECKED>();
    }
}

fn quietly(run: impl FnOnce()) {
    std::panic::set_hook(Box::new(|_| {}));
    run();
}

#[test]
fn heads_of_no_bytes() {
    quietly(in_every_way::<0>);
}

#[test]
fn heads_of_too_few_bytes() {
    quietly(in_every_way::<1>);
}

#[test]
fn heads_of_the_size_in_memory() {
    assert_eq!(size_of::<Liar<4, HONEST>>(), 4);
    quietly(in_every_way::<4>);
}

#[test]
fn heads_of_too_many_bytes() {
    quietly(in_every_way::<5>);
    quietly(in_every_way::<4096>);
}

/// A pair for which any bytes are valid, as its constants claim.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Short {
    a: u32,
    b: u32,
}

impl State for Short {
    const HEAD: usize = 4;
    const DYNAMIC: bool = false;
    const IMAGE: Image<Self> = state_core::__image!(a: a: u32, b: b: u32);

    fn schema() -> &'static Schema {
        <u32 as State>::schema()
    }

    fn size(&self, _: &mut Size) {}

    fn put(&self, head: &mut [u8], _: &mut Writer<'_, '_>) {
        head.copy_from_slice(&self.a.to_le_bytes());
    }
}

impl<'de> Restore<'de> for Short {
    const CHECKED: bool = false;

    fn check(_: &[u8], _: &mut Checker<'_>) -> bool {
        true
    }

    fn get(head: &'de [u8], _: &mut Reader<'de>) -> Option<Self> {
        Some(Self { a: u32::from_le_bytes(head.try_into().ok()?), b: 0 })
    }
}

#[derive(State, Clone, Copy, Debug, PartialEq)]
struct Pair {
    short: Short,
    c: u32,
}

#[test]
fn a_proof_counts_only_where_the_head_has_the_size_of_the_value() {
    let shorts = vec![Short { a: 1, b: 2 }, Short { a: 3, b: 4 }];
    let bytes = dumps(&shorts).unwrap();
    assert_eq!(bytes.len(), 40 + 4 + 8);
    assert_eq!(loads::<Vec<Short>>(&bytes).unwrap(), [Short { a: 1, b: 0 }, Short { a: 3, b: 0 }]);
    let pairs = [Pair { short: shorts[0], c: 5 }; 2];
    let bytes = dumps(&pairs).unwrap();
    assert_eq!(bytes.len(), 40 + 2 * 8);
    assert_eq!(loads::<[Pair; 2]>(&bytes).unwrap()[1], Pair { short: Short { a: 1, b: 0 }, c: 5 });
}

/// Has the method names of the runtime's tests for a proof, and returns true for all of them.
trait Hijack: Sized {
    #[expect(clippy::wrong_self_convention, reason = "a method that takes its value by value is found first")]
    fn is_same(self) -> bool {
        true
    }

    fn takes_any(self) -> bool {
        true
    }
}

impl<T> Hijack for Image<T> {}

#[derive(State, Clone, Debug, PartialEq)]
struct Switch {
    on: bool,
}

#[test]
fn no_proof_is_forged_with_methods_of_ones_own() {
    assert!(Hijack::is_same(bool::IMAGE) && Hijack::takes_any(bool::IMAGE));
    assert!(!Image::is_same(&Switch::IMAGE) && !Image::takes_any(&Switch::IMAGE));
    let mut bytes = dumps(&vec![Switch { on: true }; 2]).unwrap();
    *bytes.last_mut().unwrap() = 2;
    assert!(loads::<Vec<Switch>>(&bytes).is_err());
}

/// A record with a manual impl, for which not every byte is valid.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Gear {
    Low,
    High,
}

impl Record for Gear {
    fn schema() -> &'static Schema {
        <u8 as Record>::schema()
    }

    fn write(&self, bytes: &mut [u8]) {
        bytes.fill(*self as u8);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0] => Some(Self::Low),
            [1] => Some(Self::High),
            _ => None,
        }
    }
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Geared {
    gear: Gear,
    size: u16,
}

#[derive(State, Clone, Debug, PartialEq)]
struct Gears {
    #[state(bytes)]
    all: Vec<Gear>,
    #[state(bytes)]
    sized: Box<[Geared]>,
    #[state(bytes)]
    first: Gear,
    #[state(bytes)]
    pair: Option<[Gear; 2]>,
}

#[test]
fn a_record_by_hand_that_refuses_bytes_is_asked_before_anything_changes() {
    let gears = Gears {
        all: vec![Gear::Low, Gear::High],
        sized: [Geared { gear: Gear::High, size: 9 }; 2].into(),
        first: Gear::High,
        pair: Some([Gear::Low; 2]),
    };
    let bytes = dumps(&gears).unwrap();
    assert_eq!(loads::<Gears>(&bytes).unwrap(), gears);
    let raw = bytes.len() - 64;
    for at in [raw, raw + 1, raw + 16, raw + 20, raw + 32, raw + 48, raw + 49] {
        let mut damaged = bytes.clone();
        damaged[at] = 2;
        let mut target = gears.clone();
        target.all.clear();
        let before = target.clone();
        assert!(load_into(&damaged, &mut target).is_err(), "{at}");
        assert_eq!(target, before);
        assert!(check::<Gears>(&damaged).is_err());
    }
}

/// A value that grows whenever it is read.
#[derive(Debug, Default)]
struct Growing(Cell<usize>);

impl State for Growing {
    const HEAD: usize = 4;

    fn schema() -> &'static Schema {
        str::schema()
    }

    fn size(&self, size: &mut Size) {
        self.text().size(size);
    }

    fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
        writer.copied(&self.text(), head);
    }
}

impl Growing {
    fn text(&self) -> String {
        self.0.set(self.0.get() + 1);
        "x".repeat(self.0.get())
    }
}

#[test]
fn a_value_that_changes_while_it_is_written_is_an_error() {
    let mut buffer = vec![1, 2, 3];
    let error = state_core::dump_into(&vec![Growing::default()], &mut buffer).unwrap_err();
    assert_eq!(error.kind(), state_core::ErrorKind::Unwritable);
    assert!(buffer.is_empty());
}
