// A number has no tag of its own.
use state_core::{Dynamic, dynamic};

trait Monster: Dynamic {}

impl Monster for u32 {}

dynamic!(dyn Monster = [u32]);

fn main() {}
