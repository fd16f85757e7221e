// The trait has no supertrait `Dynamic`, so that nothing tells which type is behind an object of it.
use state_core::{State, dynamic};

trait Monster {}

#[derive(State)]
struct Goblin;

impl Monster for Goblin {}

dynamic!(dyn Monster = [Goblin]);

fn main() {}
