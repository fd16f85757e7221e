//! bitcode: its native derive (not serde's), with a `Buffer` that keeps its allocations.

use bitcode::{Buffer, Decode, DecodeOwned, Encode};

use super::{Peer, borrow};

#[derive(Default)]
pub struct Bitcode(Buffer);

impl<T: Encode + DecodeOwned> Peer<T> for Bitcode {
    const NAME: &'static str = "bitcode";

    fn dumps(value: &T) -> Vec<u8> {
        bitcode::encode(value)
    }

    fn new(_: usize) -> Self {
        Self::default()
    }

    fn write(&mut self, value: &T) -> &[u8] {
        self.0.encode(value)
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        self.0.decode(bytes).unwrap()
    }
}

fn write<T: Encode + ?Sized>(value: &T) -> Vec<u8> {
    bitcode::encode(value)
}

/// Uses the plain function, since the lifetime of a view in a `Buffer` would be that of the buffer.
fn read<'a, T: Decode<'a>>(bytes: &'a [u8]) -> T {
    bitcode::decode(bytes).unwrap()
}

borrow!(Bitcode, write, read, [Encode], [Decode<'a>]);
