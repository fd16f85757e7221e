// A single number is a slot as it is; its bytes would only be harder to read.
use state_core::State;

#[derive(State)]
struct Lamp {
    #[state(bytes)]
    watts: u32,
    #[state(bytes, uncounted)]
    volts: Option<f64>,
}

fn main() {}
