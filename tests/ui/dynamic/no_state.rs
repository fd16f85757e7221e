// A type without a state cannot have the supertrait `Dynamic`.
use state_core::{Dynamic, State, dynamic};

trait Monster: Dynamic {}

#[derive(State)]
struct Goblin;

struct Ghost;

impl Monster for Goblin {}
impl Monster for Ghost {}

dynamic!(dyn Monster = [Goblin]);

fn main() {}
