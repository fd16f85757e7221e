//! A naval game's updates to its players: many tiny lists beside small structs.

use super::{Set, data};
use crate::random::Random;

data! {
    #[derive(Clone, Copy, bincode_next::Encode)]
    pub enum Kind {
        Barge,
        Corvette,
        Cruiser,
        Destroyer,
        Dredger,
        Ferry,
        Frigate,
        Hovercraft,
        Mine,
        Missile,
        Plane,
        Rocket,
        Shell,
        Submarine,
        Torpedo,
        Trawler,
    }

    #[derive(Clone, Copy, bincode_next::Encode)]
    pub struct Course {
        pub heading: u16,
        pub speed: u16,
    }

    #[derive(Clone, Copy, bincode_next::Encode)]
    pub struct Place {
        pub altitude: i8,
        pub angle: u16,
        pub x: f32,
        pub y: f32,
        pub speed: u16,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Contact {
        pub damage: u8,
        pub id: u32,
        pub kind: Option<Kind>,
        pub course: Course,
        pub place: Place,
        pub player: Option<u16>,
        pub loaded: Vec<bool>,
        pub turrets: Vec<u16>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Chunk {
        pub at: (i8, i8),
        pub heights: Vec<u8>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Update {
        pub contacts: Vec<Contact>,
        pub score: u32,
        pub world_radius: f32,
        pub terrain: Vec<Chunk>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Game {
        pub updates: Vec<Update>,
    }
}

const KINDS: [Kind; 16] = [
    Kind::Barge,
    Kind::Corvette,
    Kind::Cruiser,
    Kind::Destroyer,
    Kind::Dredger,
    Kind::Ferry,
    Kind::Frigate,
    Kind::Hovercraft,
    Kind::Mine,
    Kind::Missile,
    Kind::Plane,
    Kind::Rocket,
    Kind::Shell,
    Kind::Submarine,
    Kind::Torpedo,
    Kind::Trawler,
];

/// Generates a short list: most contacts have few guns, or none.
fn few<T>(random: &mut Random, one: impl FnMut(&mut Random) -> T) -> Vec<T> {
    let limit = random.pick(&[1, 1, 3, 6, 10]);
    random.many(0, limit, one)
}

impl Contact {
    fn generate(random: &mut Random) -> Self {
        Self {
            damage: random.bits() as u8,
            id: random.bits() as u32,
            kind: random.maybe(90, |random| random.pick(&KINDS)),
            course: Course { heading: random.bits() as u16, speed: random.bits() as u16 },
            place: Place {
                altitude: random.bits() as i8,
                angle: random.bits() as u16,
                x: random.signed(5000.0),
                y: random.signed(5000.0),
                speed: random.bits() as u16,
            },
            player: random.maybe(50, |random| random.bits() as u16),
            loaded: few(random, |random| random.chance(50)),
            turrets: few(random, |random| random.bits() as u16),
        }
    }
}

impl Update {
    fn generate(random: &mut Random) -> Self {
        let chunk = |random: &mut Random| Chunk {
            at: (random.bits() as i8, random.bits() as i8),
            heights: random.many(20, 60, |random| random.bits() as u8),
        };
        Self {
            contacts: random.many(20, 41, Contact::generate),
            score: random.bits() as u32,
            world_radius: random.unit() * 10_000.0,
            terrain: random.many(3, 11, chunk),
        }
    }
}

impl Set for Game {
    const NAME: &'static str = "mk48";
    const ABOUT: &'static str = "1,000 updates of 20 to 40 contacts with tiny lists, and terrain";

    fn generate(random: &mut Random) -> Self {
        Self { updates: (0..1000).map(|_| Update::generate(random)).collect() }
    }
}
