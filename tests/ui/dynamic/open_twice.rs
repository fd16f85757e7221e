// A trait has one list of its types, be it open or closed.
use state_core::{Dynamic, State, dynamic};

trait Plugin: Dynamic {}

#[derive(State)]
struct Echo;

impl Plugin for Echo {}

dynamic!(dyn Plugin = open);
dynamic!(dyn Plugin = [Echo]);

fn main() {}
