//! bincode-next: the maintained successor of bincode 2, with fixed-size integers, which avoids decoding them.
//!
//! bincode 3.0.0 is an empty final release and 2 is not maintained; of the forks, this one is in active development.

use bincode_next::config::{self, Configuration, Fixint, LittleEndian};
use bincode_next::{BorrowDecode, Decode, Encode};

use super::{Peer, borrow};

pub struct Bincode(Vec<u8>);

const CONFIG: Configuration<LittleEndian, Fixint> = config::standard().with_fixed_int_encoding();

impl<T: Encode + Decode<()>> Peer<T> for Bincode {
    const NAME: &'static str = "bincode-next";

    fn dumps(value: &T) -> Vec<u8> {
        write(value)
    }

    fn new(size: usize) -> Self {
        Self(vec![0; size])
    }

    fn write(&mut self, value: &T) -> &[u8] {
        let size = bincode_next::encode_into_slice(value, &mut self.0, CONFIG).unwrap();
        &self.0[..size]
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        bincode_next::decode_from_slice(bytes, CONFIG).unwrap().0
    }
}

fn write<T: Encode>(value: &T) -> Vec<u8> {
    bincode_next::encode_to_vec(value, CONFIG).unwrap()
}

fn read<'a, T: BorrowDecode<'a, ()>>(bytes: &'a [u8]) -> T {
    bincode_next::borrow_decode_from_slice(bytes, CONFIG).unwrap().0
}

borrow!(Bincode, write, read, [Encode], [BorrowDecode<'a, ()>]);
