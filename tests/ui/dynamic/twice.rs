// A trait has one list, and one type stands in it once.
use state_core::{Dynamic, State, dynamic};

trait Monster: Dynamic {}

#[derive(State)]
struct Goblin;

impl Monster for Goblin {}

dynamic!(dyn Monster = [Goblin]);
dynamic!(dyn Monster = [Goblin as "a"]);

fn main() {}
