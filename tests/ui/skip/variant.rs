// A skipped variant has no state, so nothing else can be said of it.
use state_core::State;

#[derive(State)]
enum Link {
    #[state(skip, rename = "Other")]
    Live(std::net::TcpStream),
    #[state(skip = true)]
    Closed,
}

fn main() {}
