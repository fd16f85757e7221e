//! A game's world as a rollback saves and restores it every frame: component arrays, and the data that does not fit
//! into them.

use super::{Lend, Set, data};
use crate::random::Random;

data! {
    #[derive(Clone, Copy, bincode_next::Encode, state_core::Record)]
    #[savefile_unsafe_and_fast]
    #[repr(C)]
    pub struct Vector {
        pub x: f32,
        pub y: f32,
    }

    #[derive(Clone, Copy, bincode_next::Encode, state_core::Record)]
    #[savefile_unsafe_and_fast]
    #[repr(C)]
    pub struct Body {
        pub position: Vector,
        pub velocity: Vector,
        pub angle: f32,
        pub spin: f32,
    }

    #[derive(Clone, Copy, bincode_next::Encode, state_core::Record)]
    #[savefile_unsafe_and_fast]
    #[repr(C)]
    pub struct Health {
        pub points: i32,
        pub shield: i32,
    }

    #[derive(Clone, Copy, bincode_next::Encode)]
    pub enum Order {
        Idle,
        Move { to: Vector },
        Attack { target: u32, ticks: u16 },
        Guard(u32),
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Unit {
        pub entity: u32,
        pub order: Order,
        pub path: Vec<u16>,
        pub cargo: Option<u32>,
        pub alive: bool,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Team {
        pub name: String,
        pub gold: u64,
        pub wood: u64,
        pub researched: Vec<bool>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct World {
        pub frame: u64,
        pub random: [u64; 4],
        #[state(bytes)]
        pub bodies: Vec<Body>,
        #[state(bytes)]
        pub healths: Vec<Health>,
        #[state(bytes)]
        pub owners: Vec<u32>,
        pub units: Vec<Unit>,
        pub teams: Vec<Team>,
    }
}

/// The part that a renderer or a network thread reads: the arrays, borrowed.
#[derive(Debug, PartialEq, state_core::State)]
pub struct WorldView<'a> {
    pub frame: u64,
    #[state(bytes)]
    pub bodies: &'a [Body],
    #[state(bytes)]
    pub healths: &'a [Health],
    #[state(bytes)]
    pub owners: &'a [u32],
}

const ENTITIES: u64 = 8000;

impl Vector {
    fn generate(random: &mut Random) -> Self {
        Self { x: random.signed(4096.0), y: random.signed(4096.0) }
    }
}

impl Body {
    fn generate(random: &mut Random) -> Self {
        Self {
            position: Vector::generate(random),
            velocity: Vector::generate(random),
            angle: random.signed(180.0),
            spin: random.signed(1.0),
        }
    }
}

impl Order {
    fn generate(random: &mut Random) -> Self {
        match random.range(0, 4) {
            0 => Self::Idle,
            1 => Self::Move { to: Vector::generate(random) },
            2 => Self::Attack { target: random.bits() as u32, ticks: random.range(0, 300) as u16 },
            _ => Self::Guard(random.bits() as u32),
        }
    }
}

impl Unit {
    fn generate(random: &mut Random) -> Self {
        let longest = random.pick(&[1, 4, 12, 32]);
        Self {
            entity: random.range(0, ENTITIES) as u32,
            order: Order::generate(random),
            path: random.many(0, longest, |random| random.bits() as u16),
            cargo: random.maybe(30, |random| random.range(0, 50) as u32),
            alive: random.chance(95),
        }
    }
}

impl Set for World {
    const NAME: &'static str = "world";
    const ABOUT: &'static str = "a frame of a rollback game: three arrays of 8,000 components, 2,000 units, 8 teams";

    fn generate(random: &mut Random) -> Self {
        let health =
            |random: &mut Random| Health { points: random.range(0, 100) as i32, shield: random.range(0, 50) as i32 };
        let team = |random: &mut Random| Team {
            name: random.word(4, 12),
            gold: random.range(0, 10_000),
            wood: random.range(0, 10_000),
            researched: random.many(40, 41, |random| random.chance(30)),
        };
        Self {
            frame: random.range(0, 100_000),
            random: [(); 4].map(|()| random.bits()),
            bodies: random.many(ENTITIES, ENTITIES + 1, Body::generate),
            healths: random.many(ENTITIES, ENTITIES + 1, health),
            owners: random.many(ENTITIES, ENTITIES + 1, |random| random.range(0, 8) as u32),
            units: random.many(2000, 2001, Unit::generate),
            teams: random.many(8, 9, team),
        }
    }
}

impl Lend for World {
    type View<'a> = WorldView<'a>;

    fn lend(&self) -> WorldView<'_> {
        WorldView { frame: self.frame, bodies: &self.bodies, healths: &self.healths, owners: &self.owners }
    }
}
