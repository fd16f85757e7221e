//! The game: ships of two players among many things that drift, burn and drop what they carry.

use state_core::State;
use wincode::{SchemaRead, SchemaWrite};

#[derive(State, bincode_next::Encode, bincode_next::Decode, SchemaWrite, SchemaRead, Clone, Debug, PartialEq)]
pub struct World {
    pub tick: u64,
    random: u64,
    pub ships: Vec<Ship>,
    pub things: Vec<Thing>,
}

#[derive(State, bincode_next::Encode, bincode_next::Decode, SchemaWrite, SchemaRead, Clone, Debug, PartialEq)]
pub struct Ship {
    pub position: [f32; 2],
    pub speed: [f32; 2],
    pub score: u32,
}

#[derive(State, bincode_next::Encode, bincode_next::Decode, SchemaWrite, SchemaRead, Clone, Debug, PartialEq)]
pub struct Thing {
    pub name: String,
    pub position: [f32; 2],
    pub speed: [f32; 2],
    pub target: Option<u32>,
    pub cargo: Vec<Cargo>,
}

#[derive(State, bincode_next::Encode, bincode_next::Decode, SchemaWrite, SchemaRead, Clone, Debug, PartialEq)]
pub enum Cargo {
    Ore { tons: u16 },
    Fuel(f32),
    Passenger(String),
}

/// Buttons of a player.
pub const LEFT: u8 = 1;
pub const RIGHT: u8 = 2;
pub const FIRE: u8 = 4;

impl World {
    #[must_use]
    pub fn new(things: u16) -> Self {
        let thing = |number: u16| Thing {
            name: format!("rock {number}"),
            position: [f32::from(number % 97), f32::from(number / 97)],
            speed: [f32::from(number % 7) / 8.0, f32::from(number % 5) / 8.0],
            target: None,
            cargo: (0..number % 3).map(|tons| Cargo::Ore { tons }).collect(),
        };
        let ship = |x: u8| Ship { position: [f32::from(x), 0.0], speed: [0.0; 2], score: 0 };
        Self { tick: 0, random: 1, ships: vec![ship(20), ship(70)], things: (0..things).map(thing).collect() }
    }

    fn random(&mut self) -> u32 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) as u32
    }

    /// One frame. Everything that decides is in the world: equal worlds with equal inputs stay equal.
    pub fn step(&mut self, inputs: impl Iterator<Item = u8>) {
        self.tick += 1;
        for (ship, buttons) in inputs.enumerate() {
            self.steer(ship, buttons);
        }
        for at in 0..self.things.len() {
            let random = self.random();
            let thing = &mut self.things[at];
            for axis in 0..2 {
                thing.position[axis] += thing.speed[axis];
            }
            match random % 256 {
                0 => thing.cargo.push(Cargo::Passenger(format!("passenger {}", random % 1000))),
                1 => thing.cargo.push(Cargo::Fuel(1.5)),
                2..=4 => drop(thing.cargo.pop()),
                5 => thing.target = Some(random >> 8),
                6 => thing.target = None,
                _ => {}
            }
        }
    }

    fn steer(&mut self, ship: usize, buttons: u8) {
        let Some(Ship { position, speed, score }) = self.ships.get_mut(ship) else { return };
        if buttons & LEFT != 0 {
            speed[0] -= 0.25;
        }
        if buttons & RIGHT != 0 {
            speed[0] += 0.25;
        }
        for axis in 0..2 {
            position[axis] += speed[axis];
        }
        if buttons & FIRE != 0 && !self.things.is_empty() {
            *score += 1;
            // Objects that were hit are removed, and new ones appear elsewhere.
            let at = self.random() as usize % self.things.len();
            let mut hit = self.things.remove(at);
            hit.cargo.clear();
            let to = self.random() as usize % (self.things.len() + 1);
            self.things.insert(to, hit);
        }
    }
}
