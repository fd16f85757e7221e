//! The peak memory of each way to read and write: the table of `docs/LIMITS.md`, row by row, with the worst known
//! input.

#![allow(clippy::zero_sized_map_values, clippy::large_stack_arrays, reason = "what is odd is asked too")]

#[path = "../pickle_hostile/counting.rs"]
mod counting;
#[path = "../made_up/mod.rs"]
mod made_up;
mod native;
mod unknown;
mod values;

use state_core::{ErrorKind, Options, RestoreOwned, loads};

/// The peak memory of `act`, beyond what was allocated before.
fn peak<R>(act: impl FnOnce() -> R) -> (R, usize) {
    let before = counting::start();
    let result = act();
    (result, counting::peak() - before)
}

/// 8008 bytes in memory, and one byte in an image if it is `None`.
type Wide = Option<[u64; 1000]>;

/// The memory that every state may take per byte of its image, whatever the limit.
const FACTOR: usize = 64;

/// Loads an image with several limits, each of which bounds the memory taken; returns the memory taken without a limit,
/// and the highest limit that refused it.
#[track_caller]
fn bounded<T: RestoreOwned + Default>(bytes: &[u8]) -> (usize, usize) {
    let name = std::any::type_name::<T>();
    let free = Options::new().memory(usize::MAX);
    let (value, full) = peak(|| free.loads::<T>(bytes));
    drop(value.unwrap_or_else(|error| panic!("{name}: {error}")));
    let mut highest = 0;
    for limit in [0, 1, bytes.len(), full / 8, full / 2, full, 8 * full] {
        let options = Options::new().memory(limit);
        let most = |times: usize| times * (FACTOR * bytes.len() + limit) + 512;
        let (loaded, took) = peak(|| options.loads::<T>(bytes));
        assert!(took <= most(1), "{name}: {took} of {} bytes with a limit of {limit}", bytes.len());
        let mut target = T::default();
        let (restored, took) = peak(|| options.load_into(bytes, &mut target));
        assert!(took <= most(2), "{name}: {took} of {} bytes in place with a limit of {limit}", bytes.len());
        let (checked, took) = peak(|| options.check::<T>(bytes).is_ok());
        assert_eq!((loaded.is_ok(), restored.is_ok()), (checked, checked), "{name}");
        if checked {
            assert_eq!(took, 0, "{name}: a check");
        } else {
            assert!(took < 4096, "{name}: {took} for an error");
            assert_eq!(loaded.err().map(|error| error.kind()), Some(ErrorKind::Memory), "{name}");
            highest = highest.max(limit);
        }
    }
    loads::<T>(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    (full, highest)
}

fn full() -> [u64; 1000] {
    [7; 1000]
}

fn leb(n: usize) -> Vec<u8> {
    made_up::leb(n as u64)
}

/// A schema with `count` maps of pairs, most of them different.
fn maps(count: usize) -> Vec<u8> {
    let leaf = |at: usize| [0, 1, 2, 5, 19][at % 5];
    let map = |at: usize| [10, 10, leaf(at), leaf(at / 5), 7 + (at / 25 % 3) as u8, leaf(at / 75)];
    [vec![12], leb(count), (0..count).flat_map(map).collect()].concat()
}

/// An entry of the type table: the type with this number in the set `s`.
fn entry(number: u32, schema: &[u8]) -> Vec<u8> {
    let tag = format!("{number:06}");
    [&[1, b's', 6][..], tag.as_bytes(), &[0], &(schema.len() as u32).to_le_bytes(), schema].concat()
}
