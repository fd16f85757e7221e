//! savefile without its schema, which its documentation names as the smaller and faster way.

use savefile::prelude::{Deserialize, Packed, Serialize};

use super::Peer;

pub struct Savefile(Vec<u8>);

impl<T: Serialize + Deserialize + Packed> Peer<T> for Savefile {
    const NAME: &'static str = "savefile";

    fn dumps(value: &T) -> Vec<u8> {
        let mut bytes = Vec::new();
        savefile::save_noschema(&mut bytes, 0, value).unwrap();
        bytes
    }

    fn new(size: usize) -> Self {
        Self(Vec::with_capacity(size))
    }

    fn write(&mut self, value: &T) -> &[u8] {
        self.0.clear();
        savefile::save_noschema(&mut self.0, 0, value).unwrap();
        &self.0
    }

    fn load(&mut self, mut bytes: &[u8]) -> T {
        savefile::load_noschema(&mut bytes, 0).unwrap()
    }
}
