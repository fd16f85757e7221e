// An array is one slot as it is: there is no count to leave out.
use state_core::State;

#[derive(State)]
struct Shop {
    #[state(array, uncounted)]
    prices: Vec<f64>,
}

fn take<T: State>() {}

fn main() {
    take::<Shop>();
}
