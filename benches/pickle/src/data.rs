//! The data: lists as programs have them, and large arrays.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use state_core::{Record, State};

use crate::random::Random;

const COUNT: usize = 100_000;

#[derive(State, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[state(name = "example.Person")]
pub struct Person {
    name: String,
    age: i32,
}

/// A class whose attributes Python keeps in a dict.
#[derive(State, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[state(name = "example.Place", pickle = "dict")]
pub struct Place {
    name: String,
    street: String,
    city: String,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.MyClass")]
pub struct MyClass {
    #[state(bytes)]
    pub data: Vec<Bicycle>,
}

/// The same with numbers only: it has no padding, so its bytes can be written directly from memory.
#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.MyClass")]
pub struct Numbers {
    #[state(bytes)]
    pub data: Vec<f64>,
}

pub fn persons() -> Vec<Person> {
    let mut random = Random::new(1);
    (0..COUNT).map(|_| Person { name: random.word(4, 12), age: random.range(0, 100) as i32 }).collect()
}

pub fn tuples() -> Vec<(i64, f64)> {
    let mut random = Random::new(2);
    (0..COUNT).map(|_| (random.range(0, 1_000_000) as i64, f64::from(random.signed(1000.0)))).collect()
}

pub fn places() -> Vec<Place> {
    let mut random = Random::new(3);
    (0..COUNT)
        .map(|_| Place { name: random.word(3, 10), street: random.word(5, 15), city: random.word(4, 12) })
        .collect()
}

fn entries() -> impl Iterator<Item = [(String, String); 3]> {
    let part = |key: &str, value| (key.to_owned(), value);
    places()
        .into_iter()
        .map(move |place| [part("name", place.name), part("street", place.street), part("city", place.city)])
}

pub fn dicts() -> Vec<HashMap<String, String>> {
    entries().map(HashMap::from).collect()
}

pub fn sorted_dicts() -> Vec<BTreeMap<String, String>> {
    entries().map(BTreeMap::from).collect()
}

pub fn bicycles() -> MyClass {
    let mut random = Random::new(4);
    let one = |_| Bicycle { gears: random.range(1, 30) as i32, price: f64::from(random.signed(500.0)) };
    MyClass { data: (0..1_000_000).map(one).collect() }
}

pub fn bytes() -> Vec<u8> {
    let mut random = Random::new(5);
    (0..10_000_000 / 8).flat_map(|_| random.bits().to_le_bytes()).collect()
}

pub fn numbers() -> Numbers {
    let mut random = Random::new(6);
    Numbers { data: (0..2_000_000).map(|_| f64::from(random.unit())).collect() }
}
