// Where a module converts a part of a field, `with` is written as the field's type is.
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

type Ids = Vec<u64>;

#[derive(State)]
struct Shapes {
    #[state(with = Option<hex>)]
    another: Vec<u64>,
    #[state(with = Vec<hex>)]
    alias: Ids,
    #[state(with = HashMap<hex>)]
    too_few: HashMap<u8, u64>,
    #[state(with = (hex, hex))]
    tuple: (u64, u64, u64),
    #[state(with = Vec<_>)]
    nothing: Vec<u64>,
    #[state(with = Own<hex>)]
    own: Own<u64>,
    #[state(with = "Vec<hex>")]
    quoted: Vec<u64>,
}

struct Own<T>(T);

fn main() {}
