// The elements of an array lie side by side as plain bytes, which text does not.
use state_core::State;

#[derive(State)]
struct Shop {
    #[state(array)]
    names: Vec<String>,
}

fn take<T: State>() {}

fn main() {
    take::<Shop>();
}
