// Misspelt words: the nearest one is suggested, and what hangs on them adds no error.
use state_core::State;

#[derive(State)]
#[state(nmae = "example.Shop", aftr_set = Self::check)]
struct Shop {
    #[state(flaten_parent)]
    base: Base,
    #[state(byte, uncounted)]
    data: Vec<u8>,
    #[state(skpi, default = Vec::new)]
    cache: Vec<fn()>,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Shop>();
}
