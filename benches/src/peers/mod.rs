//! The adapters: how each peer performs each cell, in the way its documentation names as the fastest.

pub mod bincode;
pub mod bitcode;
pub mod borsh;
pub mod postcard;
pub mod rkyv;
pub mod savefile;
pub mod speedy;
pub mod state;
pub mod wincode;

use crate::data::Set;

/// The names, in the order of the report.
pub const NAMES: [&str; 9] =
    ["state", "wincode", "bitcode", "speedy", "rkyv", "savefile", "borsh", "postcard", "bincode-next"];

/// A serializer that takes values of type `T`. Calls that its documentation promises to succeed are unwrapped: a
/// failure ends the benchmark.
pub trait Peer<T> {
    const NAME: &'static str;

    /// Whether [`restore`](Peer::restore) is more than an assignment.
    const RESTORES: bool = false;

    /// Whether [`check`](Peer::check) exists.
    const CHECKS: bool = false;

    fn dumps(value: &T) -> Vec<u8>;

    /// Makes a peer with room for an image of `size` bytes.
    fn new(size: usize) -> Self;

    /// Writes into the buffer that the peer keeps.
    fn write(&mut self, value: &T) -> &[u8];

    fn load(&mut self, bytes: &[u8]) -> T;

    fn restore(&mut self, bytes: &[u8], live: &mut T) {
        *live = self.load(bytes);
    }

    fn check(&mut self, _: &[u8]) -> bool {
        unreachable!("a peer that checks nothing alone is not asked to")
    }
}

/// A peer that loads `T` without copying its text or arrays.
pub trait Borrow<T: Set> {
    fn dumps(value: &T) -> Vec<u8>;

    /// Loads the view, and drops it.
    fn borrow(&mut self, bytes: &[u8]);

    /// Whether the view equals that of `value`.
    fn agrees(&mut self, bytes: &[u8], value: &T) -> bool;
}

/// Implements [`Borrow`] for a peer with a function that loads views.
macro_rules! borrow {
    ($peer:ident, $write:path, $read:path, [$($write_bound:tt)*], [$($read_bound:tt)*]) => {
        impl<T: $crate::data::Lend> $crate::peers::Borrow<T> for $peer
        where
            for<'a> T::View<'a>: $($write_bound)* + $($read_bound)*,
        {
            fn dumps(value: &T) -> Vec<u8> {
                $write(&value.lend())
            }

            fn borrow(&mut self, bytes: &[u8]) {
                let view: T::View<'_> = $read(bytes);
                std::hint::black_box(view);
            }

            fn agrees(&mut self, bytes: &[u8], value: &T) -> bool {
                fn both<'a, T: $crate::data::Lend>(bytes: &'a [u8], value: &'a T) -> bool
                where
                    T::View<'a>: $($read_bound)*,
                {
                    let view: T::View<'a> = $read(bytes);
                    view == value.lend()
                }
                both(bytes, value)
            }
        }
    };
}

pub(crate) use borrow;
