// The module is asked for the type that stands in its place.
use state_core::State;

use std::collections::HashMap;

mod hex {
    pub type Slot = String;

    pub fn get(value: &u64) -> String {
        value.to_string()
    }

    pub fn set(slot: String) -> Result<u64, std::num::ParseIntError> {
        slot.parse()
    }
}

#[derive(State)]
struct Shapes {
    #[state(with = Vec<hex>)]
    another: Vec<u32>,
    #[state(with = HashMap<_, hex>)]
    key_that_cannot_be_cloned: HashMap<Key, u64>,
}

#[derive(State, PartialEq, Eq, Hash)]
struct Key(u8);

fn main() {}
