// The trait of an open set has no supertrait `Dynamic`, so that nothing tells which type is behind an object of it.
use state_core::dynamic;

trait Plugin {}

dynamic!(dyn Plugin = open);

fn main() {}
