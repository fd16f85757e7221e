// Behind an alias or in a type of one's own, what must live forever is not seen before the compiler checks lifetimes.
use state_core::State;

use std::borrow::Cow;

type Name = &'static str;
type Title = Cow<'static, str>;

#[derive(State)]
struct Own<T>(T);

#[derive(State)]
struct Person {
    age: u32,
    name: Name,
    title: Title,
    own: Own<Cow<'static, str>>,
}

#[derive(State)]
enum Kind {
    Named { name: Name },
}

fn main() {}
