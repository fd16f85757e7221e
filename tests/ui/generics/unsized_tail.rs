// What is built and handed over has a size: one error, at the word that says otherwise.
use state_core::State;

#[derive(State)]
struct Tail<T: ?Sized>(T);

#[derive(State)]
struct Where<T>
where
    T: ?Sized,
{
    number: u8,
    tail: T,
}

fn main() {}
