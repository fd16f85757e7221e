// `default` alone takes what the trait gives, so the type needs the trait.
use state_core::State;

#[derive(State)]
enum Mode {
    Fast,
}

#[derive(State)]
struct Client {
    #[state(default)]
    mode: Mode,
}

fn main() {}
