//! postcard: a slice of the right size; it restores with serde's own in-place deserialization, which only serde's
//! formats have.

use postcard::Deserializer;
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned};

use super::{Peer, borrow};

pub struct Postcard(Vec<u8>);

impl<T: Serialize + DeserializeOwned> Peer<T> for Postcard {
    const NAME: &'static str = "postcard";
    const RESTORES: bool = true;

    fn dumps(value: &T) -> Vec<u8> {
        write(value)
    }

    fn new(size: usize) -> Self {
        Self(vec![0; size])
    }

    fn write(&mut self, value: &T) -> &[u8] {
        postcard::to_slice(value, &mut self.0).unwrap()
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        read(bytes)
    }

    fn restore(&mut self, bytes: &[u8], live: &mut T) {
        T::deserialize_in_place(&mut Deserializer::from_bytes(bytes), live).unwrap();
    }
}

fn write<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap()
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> T {
    postcard::from_bytes(bytes).unwrap()
}

borrow!(Postcard, write, read, [Serialize], [Deserialize<'a>]);
