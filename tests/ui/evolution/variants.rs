// One variant without fields stands for those that are gone; an enum has no slots to be upgraded.
use state_core::{Older, State};

#[derive(State)]
#[state(upgrade = Shape::upgrade)]
enum Shape {
    #[state(other)]
    Unknown,
    #[state(other)]
    Gone(u8),
}

impl Shape {
    fn upgrade(_: &mut Older) {}
}

fn main() {}
