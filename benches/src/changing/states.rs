//! The states: two worlds in which entities come and go, the messages of a protocol, and the steps of an editor.

use state_core::State;
use wincode::{SchemaRead, SchemaWrite};

use super::Row;
use crate::random::Random;

macro_rules! states {
    ($($item:item)*) => {$(
        #[derive(State, SchemaWrite, SchemaRead, Clone, PartialEq)]
        $item
    )*};
}

states! {
    /// A world of many small entities.
    pub struct World {
        frame: u32,
        entities: Vec<Entity>,
    }

    pub struct Entity {
        id: u64,
        name: String,
        position: [f32; 3],
        speed: [f32; 3],
        health: u16,
        target: Option<u32>,
        items: Vec<Item>,
        effects: Vec<Effect>,
    }

    pub struct Item {
        kind: u16,
        count: u32,
    }

    pub enum Effect {
        Burning { damage: u16, frames: u8 },
        Frozen(u8),
        Shielded,
    }

    /// A world of few large entities.
    pub struct Camp {
        tick: u64,
        people: Vec<Person>,
        log: Vec<String>,
    }

    pub struct Person {
        id: u32,
        kind: Kind,
        name: String,
        bag: Vec<Thing>,
        tags: Vec<String>,
        path: Vec<(f32, f32)>,
        note: Option<String>,
    }

    pub enum Kind {
        Player { account: String, score: u64 },
        Guard { script: String, mood: u8 },
        Crate,
        Door(bool),
    }

    pub struct Thing {
        name: String,
        count: u32,
    }

    pub struct Protocol {
        messages: Vec<Message>,
    }

    pub enum Message {
        Join { name: String, token: u64 },
        Leave(u32),
        Say { from: u32, text: String },
        Move { id: u32, x: f32, y: f32 },
        Batch(Vec<u32>),
        Error { code: u16, reason: String, detail: Option<String> },
        Ping,
        Trade { from: u32, to: u32, items: Vec<Item> },
    }

    pub struct Editor {
        lines: Vec<String>,
        done: Vec<Edit>,
        undone: Vec<Edit>,
    }

    pub enum Edit {
        Insert { at: u32, text: String },
        Delete { at: u32, text: String },
        Replace { at: u32, old: String, new: String },
        Move { from: u32, to: u32, len: u32 },
        Style { from: u32, to: u32, name: String },
        Group(Vec<Edit>),
    }
}

impl Entity {
    fn generate(random: &mut Random) -> Self {
        let item = |random: &mut Random| Item { kind: random.bits() as u16, count: random.range(0, 9) as u32 };
        let effect = |random: &mut Random| match random.range(0, 3) {
            0 => Effect::Burning { damage: 3, frames: 9 },
            1 => Effect::Frozen(4),
            _ => Effect::Shielded,
        };
        Self {
            id: random.range(0, 1 << 32),
            name: random.word(4, 19),
            position: [(); 3].map(|()| random.signed(4096.0)),
            speed: [(); 3].map(|()| random.signed(20.0)),
            health: 1000,
            target: random.maybe(33, |random| random.bits() as u32),
            items: random.many(0, 7, item),
            effects: random.many(0, 3, effect),
        }
    }
}

impl Person {
    fn generate(random: &mut Random) -> Self {
        let thing = |random: &mut Random| Thing { name: random.word(3, 15), count: random.range(0, 99) as u32 };
        Self {
            id: random.bits() as u32,
            kind: match random.range(0, 4) {
                0 => Kind::Player { account: random.word(6, 21), score: random.range(0, 10_000) },
                1 => Kind::Guard { script: random.word(8, 25), mood: 3 },
                2 => Kind::Crate,
                _ => Kind::Door(true),
            },
            name: random.word(4, 19),
            bag: random.many(0, 4, thing),
            tags: random.many(0, 3, |random| random.word(3, 11)),
            path: random.many(0, 6, |random| (random.signed(4096.0), random.signed(4096.0))),
            note: random.maybe(25, |random| random.word(10, 41)),
        }
    }
}

impl Message {
    fn generate(random: &mut Random) -> Self {
        let id = |random: &mut Random| random.bits() as u32;
        let item = |random: &mut Random| Item { kind: 3, count: random.range(0, 9) as u32 };
        match random.range(0, 8) {
            0 => Self::Join { name: random.word(4, 15), token: random.bits() },
            1 => Self::Leave(id(random)),
            2 => Self::Say { from: id(random), text: random.word(5, 61) },
            3 => Self::Move { id: id(random), x: random.signed(4096.0), y: random.signed(4096.0) },
            4 => Self::Batch(random.many(0, 8, id)),
            5 => Self::Error { code: 3, reason: random.word(10, 31), detail: random.maybe(50, |r| r.word(10, 41)) },
            6 => Self::Ping,
            _ => Self::Trade { from: id(random), to: id(random), items: random.many(1, 5, item) },
        }
    }
}

impl Edit {
    fn generate(random: &mut Random, depth: u64) -> Self {
        let at = random.range(0, 100_000) as u32;
        match random.range(0, 5 + depth) {
            0 => Self::Insert { at, text: random.word(1, 31) },
            1 => Self::Delete { at, text: random.word(1, 31) },
            2 => Self::Replace { at, old: random.word(1, 21), new: random.word(1, 21) },
            3 => Self::Move { from: at, to: at + 9, len: 9 },
            4 => Self::Style { from: at, to: at + 40, name: random.word(4, 11) },
            _ => Self::Group(random.many(2, 6, |random| Self::generate(random, depth - 1))),
        }
    }
}

/// The number of pairs in a row.
const PAIRS: usize = 8;

/// Removes random elements, and inserts others at random places.
fn come_and_go<T>(list: &mut Vec<T>, times: usize, random: &mut Random, make: fn(&mut Random) -> T) {
    for _ in 0..times {
        let count = list.len() as u64;
        list.remove(random.range(0, count) as usize);
        let new = make(random);
        list.insert(random.range(0, count) as usize, new);
    }
}

/// Makes a row of frames of a world, each paired with the one `back` frames later, which is the live value.
fn frames<T: Clone>(name: &'static str, back: usize, mut world: T, mut step: impl FnMut(&mut T)) -> Row<T> {
    let next = |_| {
        step(&mut world);
        world.clone()
    };
    let frames: Vec<T> = (0..PAIRS + back).map(next).collect();
    Row { name, pairs: (0..PAIRS).map(|at| (frames[at + back].clone(), frames[at].clone())).collect() }
}

pub fn worlds() -> Vec<Row<World>> {
    let mut random = Random::new(1);
    let world = World { frame: 0, entities: random.many(10_300, 10_301, Entity::generate) };
    let row = |name, changes, back| {
        let mut random = Random::new(2);
        frames(name, back, world.clone(), move |world: &mut World| {
            world.frame += 1;
            for entity in &mut world.entities {
                if random.chance(5) {
                    entity.position = std::array::from_fn(|axis| entity.position[axis] + entity.speed[axis]);
                    entity.health -= 1;
                }
            }
            come_and_go(&mut world.entities, changes, &mut random, Entity::generate);
        })
    };
    vec![
        row("world: none comes or goes, 8 frames", 0, 8),
        row("world: 1 comes and goes, 1 frame", 1, 1),
        row("world: 1 comes and goes, 8 frames", 1, 8),
        row("world: 5 come and go, 8 frames", 5, 8),
    ]
}

pub fn camps() -> Vec<Row<Camp>> {
    let mut random = Random::new(3);
    let camp = Camp {
        tick: 0,
        people: random.many(6_000, 6_001, Person::generate),
        log: random.many(200, 201, |random| random.word(10, 61)),
    };
    let row = |name, changes, back| {
        let mut random = Random::new(4);
        frames(name, back, camp.clone(), move |camp: &mut Camp| {
            camp.tick += 1;
            for person in &mut camp.people {
                if let Kind::Player { score, .. } = &mut person.kind {
                    *score += 1;
                }
            }
            come_and_go(&mut camp.people, changes, &mut random, Person::generate);
            camp.log.drain(..changes);
            camp.log.extend((0..changes).map(|_| random.word(10, 61)));
        })
    };
    vec![
        row("camp: none comes or goes, 8 frames", 0, 8),
        row("camp: 3 come and go, 1 frame", 3, 1),
        row("camp: 3 come and go, 8 frames", 3, 8),
    ]
}

/// Makes a row of pairs of states that have nothing in common.
fn others<T>(name: &'static str, mut make: impl FnMut(&mut Random) -> T) -> Row<T> {
    let mut one = |seed: usize| make(&mut Random::new(seed as u64));
    Row { name, pairs: (0..PAIRS).map(|at| (one(10 + 2 * at), one(11 + 2 * at))).collect() }
}

pub fn protocol() -> Row<Protocol> {
    others("protocol: 10,000 other messages", |random| Protocol {
        messages: random.many(10_000, 10_001, Message::generate),
    })
}

pub fn undo() -> Row<Editor> {
    let edit = |random: &mut Random| Edit::generate(random, 1);
    others("undo: 5,000 other edits", move |random| Editor {
        lines: random.many(2_000, 2_001, |random| random.word(0, 81)),
        done: random.many(4_000, 4_001, edit),
        undone: random.many(1_000, 1_001, edit),
    })
}
