//! speedy: a buffer of the right size, little-endian.

use speedy::{LittleEndian, Readable, Writable};

use super::{Peer, borrow};

pub struct Speedy(Vec<u8>);

impl<T: Writable<LittleEndian> + for<'a> Readable<'a, LittleEndian>> Peer<T> for Speedy {
    const NAME: &'static str = "speedy";

    fn dumps(value: &T) -> Vec<u8> {
        write(value)
    }

    fn new(size: usize) -> Self {
        Self(vec![0; size])
    }

    fn write(&mut self, value: &T) -> &[u8] {
        value.write_to_buffer_with_ctx(LittleEndian {}, &mut self.0).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        read(bytes)
    }
}

fn write<T: Writable<LittleEndian>>(value: &T) -> Vec<u8> {
    value.write_to_vec_with_ctx(LittleEndian {}).unwrap()
}

fn read<'a, T: Readable<'a, LittleEndian>>(bytes: &'a [u8]) -> T {
    T::read_from_buffer_with_ctx(LittleEndian {}, bytes).unwrap()
}

borrow!(Speedy, write, read, [Writable<LittleEndian>], [Readable<'a, LittleEndian>]);
