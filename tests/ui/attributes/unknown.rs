// A word that resembles none of ours: the message lists what may stand there.
use state_core::State;

#[derive(State)]
#[state(transparent)]
struct Person {
    #[state(endian)]
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}
