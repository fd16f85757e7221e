// A type that is registered behind a trait object implements the trait.
use state_core::{Dynamic, State, dynamic, member};

trait Plugin: Dynamic {}

#[derive(State)]
struct Echo;

dynamic!(dyn Plugin = open);

fn main() {
    let _ = <dyn Plugin>::register([member!(Echo)]);
}
