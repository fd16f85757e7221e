// A value of a type that stands in a list twice could be written in two ways.
use state_core::{Dynamic, State, dynamic};

trait Monster: Dynamic {}

#[derive(State)]
struct Goblin;

impl Monster for Goblin {}

dynamic!(dyn Monster = [Goblin as "a", Goblin as "b"]);

fn main() {}
