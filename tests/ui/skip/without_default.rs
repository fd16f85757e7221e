// A skipped field is built by its default, so it needs one.
use state_core::State;

struct Socket;

#[derive(State)]
struct Client {
    name: String,
    #[state(skip)]
    socket: Socket,
}

fn main() {}
