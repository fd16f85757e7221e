//! The classes of the blog post that this project originates from: a person, a shop of bicycles, and a shop with an
//! owner.

#![allow(dead_code, reason = "each test uses some of them")]

use state_core::{Record, State};

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.Person")]
pub struct Person {
    pub name: String,
    pub age: i32,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Bicycle {
    pub gears: i32,
    pub price: f64,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.MyClass")]
pub struct MyClass {
    #[state(bytes)]
    pub data: Vec<Bicycle>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.MySubclass")]
pub struct MySubclass {
    #[state(flatten_parent)]
    pub base: MyClass,
    pub owner: Option<Person>,
}

/// Makes bicycles from gears and prices.
pub fn bicycles<const N: usize>(each: [(i32, f64); N]) -> Vec<Bicycle> {
    each.map(|(gears, price)| Bicycle { gears, price }).into()
}

/// The three bicycles of the blog post.
pub fn class() -> MyClass {
    MyClass { data: bicycles([(1, 50.0), (7, 199.0), (21, 399.0)]) }
}

/// The same bicycles in Dave's shop.
pub fn shop() -> MySubclass {
    MySubclass { base: class(), owner: Some(dave()) }
}

pub fn dave() -> Person {
    Person { name: "Dave".into(), age: 30 }
}
