// Paths are written as paths, so that the compiler and the editor see them.
use state_core::State;

#[derive(State)]
#[state(crate = "state_core", after_set = "Self::rebuild", before_get = "not a path")]
struct Person {
    #[state(with = "hex")]
    key: u64,
    #[state(skip, default = "Vec::new")]
    cache: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}
