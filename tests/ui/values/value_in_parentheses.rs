// The value in parentheses, as some other derives have it.
use state_core::State;

#[derive(State)]
#[state(name("example.Person"))]
struct Person {
    #[state(default(Vec::new), skip)]
    cache: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}
