//! Long lists of bytes in pickles: they are correct at any place, and copied only once when written and when read.

#[path = "pickle_hostile/counting.rs"]
mod counting;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Debug;
use std::num::NonZeroU8;
use std::sync::Arc;

use num_bigint::BigInt;
use state_core::pickle::{self, PickleOptions, PickleSegmentBuffer, Protocol};
use state_core::{Record, RestoreOwned, State};

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 + len) as u8).collect()
}

/// Lengths around the one from which lists of bytes are not copied into an image first.
const LENGTHS: [usize; 7] = [0, 1, 255, 256, 257, 1000, 70_000];

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Padded {
    small: u8,
    wide: u32,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "m.Parts", pickle = "dict")]
struct Parts {
    zeta: Vec<u8>,
    #[state(bytes)]
    records: Vec<Padded>,
    name: String,
    alpha: Box<[u8]>,
    #[state(bytes)]
    numbers: Vec<u16>,
    queue: VecDeque<u8>,
    cell: RefCell<Vec<u8>>,
    shared: Arc<[u8]>,
    maybe: Option<Vec<u8>>,
}

fn parts(len: usize) -> Parts {
    Parts {
        zeta: bytes(len),
        records: vec![Padded { small: 1, wide: 2 }; len],
        name: "n".repeat(len),
        alpha: bytes(len + 1).into(),
        numbers: vec![7; len],
        queue: bytes(len + 2).into(),
        cell: RefCell::new(bytes(len + 3)),
        shared: bytes(len + 4).into(),
        maybe: Some(bytes(len + 5)),
    }
}

/// Writes a value at each protocol, compares that with a pickle of an image that has all bytes in one place, and reads
/// it again.
#[track_caller]
fn holds<T: State + RestoreOwned + Debug + PartialEq>(value: &T) {
    for protocol in Protocol::ALL {
        let options = PickleOptions::new().protocol(protocol);
        let pickle = options.dumps(value).unwrap();
        // If objects are tracked, all bytes are in the image.
        assert!(options.refuse_copies().dumps(value).unwrap() == pickle, "{protocol:?}");
        assert!(options.loads::<T>(&pickle).unwrap() == *value, "{protocol:?}");
        let as_value = options.dump_value(&options.load_value(&pickle).unwrap()).unwrap();
        assert!(options.loads::<T>(&as_value).unwrap() == *value, "{protocol:?}");
    }
    let mut buffer = PickleSegmentBuffer::new();
    for _ in 0..2 {
        let segments = PickleOptions::new().dump_segments(value, &mut buffer).unwrap();
        assert!(PickleOptions::new().loads_with::<T>(segments.pickle, &segments.buffers).unwrap() == *value);
    }
}

#[test]
fn long_bytes_are_right_wherever_they_stand() {
    for len in LENGTHS {
        holds(&bytes(len));
        holds(&(bytes(len), 7_u8));
        holds(&("text".to_string(), Some(bytes(len)), [1.5, 2.5]));
        holds(&parts(len));
    }
    holds(&LENGTHS.map(bytes).to_vec());
    holds(&vec![parts(300), parts(3), parts(256)]);
    holds(&[(bytes(300), bytes(400)), (bytes(20), bytes(256))].into_iter().collect::<BTreeMap<_, _>>());
    holds(&[bytes(300), bytes(400)].into_iter().collect::<BTreeSet<_>>());
    // Elements of one byte that are not written as bytes.
    holds(&(vec![-1_i8; 300], vec![true; 300], vec![NonZeroU8::MAX; 300], (0..=255).collect::<BTreeSet<u8>>()));
    holds(&(BigInt::from(7).pow(2000), bytes(300), BigInt::from(-3).pow(2001)));
}

/// Returns the peak of the memory that `act` allocates, in bytes.
fn peak<R>(act: impl FnOnce() -> R) -> usize {
    let before = counting::start();
    drop(act());
    counting::peak() - before
}

#[test]
fn long_bytes_are_copied_once() {
    #[derive(State)]
    #[state(name = "m.Blob")]
    struct Blob {
        name: String,
        data: Vec<u8>,
        kind: u32,
    }

    const LEN: usize = 10_000_000;
    const ONCE: usize = LEN + LEN / 10;
    let (alone, blob) = (bytes(LEN), Blob { name: "b".into(), data: bytes(LEN), kind: 1 });
    let (pickle, of_blob) = (pickle::dumps(&alone).unwrap(), pickle::dumps(&blob).unwrap());
    let mut into = Vec::with_capacity(ONCE);
    assert!(peak(|| pickle::dumps(&alone).unwrap()) < ONCE);
    assert!(peak(|| pickle::dumps(&blob).unwrap()) < ONCE);
    assert!(peak(|| PickleOptions::new().dump_into(&blob, &mut into).unwrap()) < LEN / 10);
    assert!(peak(|| pickle::loads::<Vec<u8>>(&pickle).unwrap()) < ONCE);
    assert!(peak(|| pickle::loads::<Blob>(&of_blob).unwrap()) < ONCE);
    let mut target = bytes(LEN);
    assert!(peak(|| pickle::load_into(&pickle, &mut target).unwrap()) < LEN / 10);
}
