//! `state` itself.

use state_core::{Restore, State};

use super::{Peer, borrow};

pub struct StateCore(Vec<u8>);

impl<T: State + for<'de> Restore<'de>> Peer<T> for StateCore {
    const NAME: &'static str = "state";
    const RESTORES: bool = true;
    const CHECKS: bool = true;

    fn dumps(value: &T) -> Vec<u8> {
        state_core::dumps(value).unwrap()
    }

    fn new(size: usize) -> Self {
        Self(Vec::with_capacity(size))
    }

    fn write(&mut self, value: &T) -> &[u8] {
        state_core::dump_into(value, &mut self.0).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        state_core::loads(bytes).unwrap()
    }

    fn restore(&mut self, bytes: &[u8], live: &mut T) {
        state_core::load_into(bytes, live).unwrap();
    }

    fn check(&mut self, bytes: &[u8]) -> bool {
        state_core::check::<T>(bytes).is_ok()
    }
}

fn write<T: State>(value: &T) -> Vec<u8> {
    state_core::dumps(value).unwrap()
}

fn read<'a, T: Restore<'a>>(bytes: &'a [u8]) -> T {
    state_core::loads(bytes).unwrap()
}

borrow!(StateCore, write, read, [State], [Restore<'a>]);
