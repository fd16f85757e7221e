// What is loaded borrows from the bytes at most; wherever the reference hides.
use state_core::State;

use std::collections::HashMap;
use std::marker::PhantomData;

#[derive(State)]
struct Person {
    name: &'static str,
    tags: Vec<Option<&'static str>>,
    ages: (u8, HashMap<&'static str, i32>),
    marker: PhantomData<&'static str>,
    #[state(skip)]
    label: &'static str,
    #[state(with = interned)]
    title: &'static str,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}
