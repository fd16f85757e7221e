// A type of the list does not implement the trait.
use state_core::{Dynamic, State, dynamic};

trait Monster: Dynamic {}

#[derive(State)]
struct Goblin;

#[derive(State)]
struct Rock;

impl Monster for Goblin {}

dynamic!(dyn Monster = [Goblin, Rock]);

fn main() {}
