//! borsh, which has only one way to read and write.

use borsh::{BorshDeserialize, BorshSerialize};

use super::Peer;

pub struct Borsh(Vec<u8>);

impl<T: BorshSerialize + BorshDeserialize> Peer<T> for Borsh {
    const NAME: &'static str = "borsh";

    fn dumps(value: &T) -> Vec<u8> {
        borsh::to_vec(value).unwrap()
    }

    fn new(size: usize) -> Self {
        Self(Vec::with_capacity(size))
    }

    fn write(&mut self, value: &T) -> &[u8] {
        self.0.clear();
        borsh::to_writer(&mut self.0, value).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        borsh::from_slice(bytes).unwrap()
    }
}
