// What has bytes that are no value cannot travel raw.
use state_core::State;

#[derive(State)]
struct Flags {
    #[state(bytes)]
    flags: Vec<bool>,
    #[state(bytes)]
    letters: Vec<char>,
    #[state(bytes)]
    names: Vec<String>,
    #[state(bytes)]
    sizes: Box<[usize]>,
    #[state(bytes)]
    one: bool,
    #[state(bytes)]
    pairs: Vec<(u8, u8)>,
}

fn main() {}
