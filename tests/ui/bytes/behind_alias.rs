// A macro sees the name alone: the message says that an alias hides the shape.
use state_core::State;

type Samples = Vec<f32>;

#[derive(State)]
struct Series {
    #[state(bytes)]
    samples: Samples,
}

fn main() {}
