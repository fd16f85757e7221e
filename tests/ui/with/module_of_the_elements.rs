// The module converts what the list holds: the answer shows what it takes, and the field that it was given.
use state_core::State;

mod hex {
    pub type Slot = String;

    pub fn get(number: &u64) -> String {
        format!("{number:x}")
    }

    pub fn set(text: String) -> Result<u64, std::num::ParseIntError> {
        u64::from_str_radix(&text, 16)
    }
}

#[derive(State)]
struct Keys {
    #[state(with = hex)]
    keys: Vec<u64>,
}

fn main() {}
