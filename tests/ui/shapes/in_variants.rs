// The fields of variants are held to the same rules.
use state_core::State;

#[derive(State)]
enum Event {
    Say(&'static str),
    Call { back: fn() },
}

fn take<T: State>() {}

fn main() {
    take::<Event>();
}
