//! The measured states: those that people put into packets, channels and database columns, one at a time.

use crate::random::Random;

/// A set of states of one type, each of which is written and loaded by a call of its own.
pub trait Shape: Sized + Clone + PartialEq + 'static {
    const NAME: &'static str;
    const ABOUT: &'static str;
    const COUNT: usize;

    fn generate(random: &mut Random) -> Self;

    fn all() -> Vec<Self> {
        let mut random = Random::new(1);
        (0..Self::COUNT).map(|_| Self::generate(&mut random)).collect()
    }
}

macro_rules! data {
    ($($item:item)*) => {
        $(
            #[derive(
                Debug,
                Clone,
                PartialEq,
                state_core::State,
                bitcode::Encode,
                bitcode::Decode,
                rkyv::Archive,
                rkyv::Serialize,
                rkyv::Deserialize,
                savefile::prelude::Savefile,
                serde::Serialize,
                serde::Deserialize,
                speedy::Readable,
                speedy::Writable,
                wincode::SchemaRead,
                wincode::SchemaWrite,
            )]
            $item
        )*
    };
}

data! {
    pub struct Pair {
        pub key: u32,
        pub value: f64,
    }

    pub struct Numbers {
        pub id: u64,
        pub tick: u32,
        pub kind: u16,
        pub level: u8,
        pub alive: bool,
        pub x: f32,
        pub y: f32,
        pub z: f32,
        pub score: i64,
        pub health: f64,
    }

    pub struct Player {
        pub id: u64,
        pub name: String,
        pub kind: Kind,
        pub position: [f32; 3],
        pub health: f32,
        pub level: u16,
        pub alive: bool,
        pub target: Option<u32>,
        pub items: Vec<u16>,
        pub seen: i64,
    }

    #[derive(Copy)]
    pub enum Kind {
        Human,
        Robot,
        Ghost,
    }

    pub enum Message {
        Ping(u64),
        Join { name: String, version: u16 },
        Moved { id: u32, position: [f32; 3], speed: [f32; 3] },
        Said { from: u32, text: String },
        Hit { by: u32, whom: u32, damage: u16, at: Option<u8> },
        Seen(Vec<Entity>),
        Inventory { id: u32, items: Vec<(u16, u32)> },
        Left(u32),
    }

    pub struct Entity {
        pub id: u32,
        pub name: String,
        pub position: [f32; 3],
    }
}

fn place(random: &mut Random) -> [f32; 3] {
    std::array::from_fn(|_| random.signed(1000.0))
}

impl Shape for Pair {
    const NAME: &'static str = "pair";
    const ABOUT: &'static str = "{u32, f64}";
    const COUNT: usize = 1000;

    fn generate(random: &mut Random) -> Self {
        Self { key: random.bits() as u32, value: f64::from(random.signed(1e6)) }
    }
}

impl Shape for Numbers {
    const NAME: &'static str = "numbers";
    const ABOUT: &'static str = "ten numbers";
    const COUNT: usize = 1000;

    fn generate(random: &mut Random) -> Self {
        let [x, y, z] = place(random);
        Self {
            id: random.bits(),
            tick: random.bits() as u32,
            kind: random.bits() as u16,
            level: random.bits() as u8,
            alive: random.chance(50),
            x,
            y,
            z,
            score: random.range(0, 1 << 40).cast_signed(),
            health: f64::from(random.unit()),
        }
    }
}

impl Shape for Player {
    const NAME: &'static str = "fields";
    const ABOUT: &'static str = "ten fields: numbers, a name, an enum, an option and a list";
    const COUNT: usize = 1000;

    fn generate(random: &mut Random) -> Self {
        Self {
            id: random.bits(),
            name: random.word(3, 12),
            kind: random.pick(&[Kind::Human, Kind::Robot, Kind::Ghost]),
            position: place(random),
            health: random.unit(),
            level: random.bits() as u16,
            alive: random.chance(80),
            target: random.maybe(50, |random| random.bits() as u32),
            items: random.many(0, 8, |random| random.bits() as u16),
            seen: random.range(0, 1 << 40).cast_signed(),
        }
    }
}

impl Shape for Message {
    const NAME: &'static str = "protocol";
    const ABOUT: &'static str = "50,000 messages of a game's protocol";
    const COUNT: usize = 50_000;

    fn generate(random: &mut Random) -> Self {
        match random.range(0, 12) {
            0 => Self::Ping(random.bits()),
            1 => Self::Join { name: random.word(3, 12), version: random.bits() as u16 },
            2..=5 => Self::Moved { id: random.bits() as u32, position: place(random), speed: place(random) },
            6 => Self::Said {
                from: random.bits() as u32,
                text: random.many(1, 12, |random| random.word(2, 9)).join(" "),
            },
            7 | 8 => Self::Hit {
                by: random.bits() as u32,
                whom: random.bits() as u32,
                damage: random.bits() as u16,
                at: random.maybe(50, |random| random.bits() as u8),
            },
            9 => Self::Seen(random.many(0, 6, |random| Entity {
                id: random.bits() as u32,
                name: random.word(3, 12),
                position: place(random),
            })),
            10 => Self::Inventory {
                id: random.bits() as u32,
                items: random.many(0, 10, |random| (random.bits() as u16, random.range(1, 100) as u32)),
            },
            _ => Self::Left(random.bits() as u32),
        }
    }
}
