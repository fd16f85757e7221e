// `bytes` and `array` are two ways to show the same elements.
use state_core::State;

#[derive(State)]
struct Shop {
    #[state(bytes, array)]
    prices: Vec<f64>,
}

fn take<T: State>() {}

fn main() {
    take::<Shop>();
}
