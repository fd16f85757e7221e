// A list is written in brackets, and a tag is text.
use state_core::{Dynamic, State, dynamic};

trait Monster: Dynamic {}

#[derive(State)]
struct Goblin;

impl Monster for Goblin {}

dynamic!(dyn Monster = Goblin);
dynamic!(dyn Monster = [Goblin as Orc]);
dynamic!(dyn Monster);

fn main() {}
