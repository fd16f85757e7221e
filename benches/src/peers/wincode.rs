//! wincode in its default configuration, except for the limit on preallocation, which a mesh exceeds.

use wincode::config::{Configuration, deserialize, serialize, serialize_into};
use wincode::{SchemaRead, SchemaWrite};

use super::{Peer, borrow};

const LIMIT: usize = 256 << 20;

type Config = Configuration<true, LIMIT>;

const CONFIG: Config = Configuration::default().with_preallocation_size_limit::<LIMIT>();

pub struct Wincode(Vec<u8>);

impl<T: for<'de> Plain<'de>> Peer<T> for Wincode {
    const NAME: &'static str = "wincode";

    fn dumps(value: &T) -> Vec<u8> {
        write(value)
    }

    fn new(size: usize) -> Self {
        Self(vec![0; size])
    }

    fn write(&mut self, value: &T) -> &[u8] {
        serialize_into(self.0.as_mut_slice(), value, CONFIG).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        read(bytes)
    }
}

fn write<T: SchemaWrite<Config, Src = T>>(value: &T) -> Vec<u8> {
    serialize(value, CONFIG).unwrap()
}

fn read<'de, T: SchemaRead<'de, Config, Dst = T>>(bytes: &'de [u8]) -> T {
    deserialize(bytes, CONFIG).unwrap()
}

/// A type that wincode encodes as itself: its traits can also describe another type.
pub trait Plain<'de>: SchemaWrite<Config, Src = Self> + SchemaRead<'de, Config, Dst = Self> {}

impl<'de, T: SchemaWrite<Config, Src = T> + SchemaRead<'de, Config, Dst = T>> Plain<'de> for T {}

borrow!(Wincode, write, read, [Plain<'a>], [Plain<'a>]);
