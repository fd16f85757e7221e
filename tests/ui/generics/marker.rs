// A parameter that only marks a type is not seen to be one in another type's field.
use std::marker::PhantomData;

use state_core::{State, dumps};

struct Texture;

#[derive(State)]
struct Id<T> {
    number: u32,
    marker: PhantomData<T>,
}

#[derive(State)]
struct Scene<T> {
    ids: Vec<Id<T>>,
}

#[derive(State)]
#[state(bound = "")]
struct Bound<T> {
    ids: Vec<Id<T>>,
}

fn main() {
    let _ = dumps(&Bound::<Texture> { ids: Vec::new() });
    let _ = dumps(&Scene::<Texture> { ids: Vec::new() });
}
