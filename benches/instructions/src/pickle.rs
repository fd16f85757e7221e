//! The cells of the pickle format: a smaller set of each kind that the pickle benchmark measures, and the slower paths:
//! protocol 1, which has text for numbers and no opcode for objects, and dynamic values.

use std::collections::BTreeMap;
use std::hint::black_box;

use state_core::pickle::{PickleOptions, Protocol, load_value};
use state_core::{Record, RestoreOwned, State};

use crate::cells::Cells;
use crate::data::HashMap;
use crate::random::Random;

pub const NAME: &str = "pickle";
pub const ABOUT: &str = "lists of 5,000 objects, tuples and dicts, and an array of 50,000 bicycles";

const COUNT: usize = 5000;

#[derive(State)]
#[state(name = "example.Person")]
struct Person {
    name: String,
    age: i32,
}

/// A class whose attributes Python keeps in a dict.
#[derive(State)]
#[state(name = "example.Place", pickle = "dict")]
struct Place {
    name: String,
    street: String,
    city: String,
}

/// A class whose slots are small tuples.
#[derive(State)]
#[state(name = "example.Club")]
struct Club {
    members: Vec<Person>,
    rooms: BTreeMap<String, u16>,
    open: bool,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State)]
#[state(name = "example.MyClass")]
struct MyClass {
    #[state(bytes)]
    data: Vec<Bicycle>,
}

/// Adds the cells.
pub fn add(cells: &mut Cells<'_>) {
    let random = &mut Random::new(1);
    let usual = PickleOptions::new().protocol(Protocol::V4);
    both(cells, "persons", usual, list(random, person));
    both(cells, "tuples", usual, list(random, |random| (random.range(0, 1_000_000) as i64, random.unit())));
    both(cells, "dicts", usual, list(random, |random| HashMap::from_iter(entries(random))));
    both(cells, "sorted dicts", usual, list(random, |random| BTreeMap::from(entries(random))));
    both(cells, "attributes", usual, list(random, place));
    both(cells, "clubs", usual, list(random, club));
    let bicycle = |_| Bicycle { gears: random.range(1, 30) as i32, price: f64::from(random.signed(500.0)) };
    let bicycles = MyClass { data: (0..10 * COUNT).map(bicycle).collect() };
    both(cells, "bicycles", PickleOptions::new().protocol(Protocol::V5), bicycles);
    both(cells, "persons of protocol 1", PickleOptions::new().protocol(Protocol::V1), list(random, person));
    values(cells, "persons", &list(random, person));
    values(cells, "dicts", &list(random, |random| BTreeMap::from(entries(random))));
}

/// Adds cells for writing into a used buffer and for loading.
fn both<T: State + RestoreOwned + 'static>(cells: &mut Cells<'_>, name: &str, options: PickleOptions, value: T) {
    let pickle = options.dumps(&value).expect("the data can be written");
    let mut buffer = pickle.clone();
    cells.add(&format!("{name} dumps"), move || {
        options.dump_into(black_box(&value), &mut buffer).expect("it was written before");
    });
    cells.add(&format!("{name} loads"), move || {
        drop(black_box(options.loads::<T>(black_box(&pickle)).expect("it was written")));
    });
}

/// Adds cells for reading as dynamic values and for writing those.
fn values<T: State>(cells: &mut Cells<'_>, name: &str, value: &T) {
    let pickle = PickleOptions::new().dumps(value).expect("the data can be written");
    let value = load_value(&pickle).expect("it was written");
    cells.add(&format!("{name} as values dumps"), move || {
        drop(black_box(PickleOptions::new().dump_value(black_box(&value)).expect("it was read")));
    });
    cells.add(&format!("{name} as values loads"), move || {
        drop(black_box(load_value(black_box(&pickle)).expect("it was written")));
    });
}

fn list<T>(random: &mut Random, mut one: impl FnMut(&mut Random) -> T) -> Vec<T> {
    (0..COUNT).map(|_| one(random)).collect()
}

fn person(random: &mut Random) -> Person {
    Person { name: random.word(4, 12), age: random.range(0, 100) as i32 }
}

fn place(random: &mut Random) -> Place {
    Place { name: random.word(3, 10), street: random.word(5, 15), city: random.word(4, 12) }
}

fn club(random: &mut Random) -> Club {
    let rooms = random.many(0, 4, |random| (random.word(3, 10), random.range(0, 300) as u16));
    Club { members: random.many(0, 4, person), rooms: rooms.into_iter().collect(), open: random.chance(50) }
}

fn entries(random: &mut Random) -> [(String, String); 3] {
    let Place { name, street, city } = place(random);
    [("name", name), ("street", street), ("city", city)].map(|(key, part)| (key.to_owned(), part))
}
