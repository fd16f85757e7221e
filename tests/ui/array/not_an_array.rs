// A single number is no array; and what stands behind an alias is not seen.
use state_core::State;

type Prices = Vec<f64>;

#[derive(State)]
struct Shop {
    #[state(array)]
    rent: f64,
    #[state(array)]
    prices: Prices,
}

fn take<T: State>() {}

fn main() {
    take::<Shop>();
}
