//! The worlds whose frames are kept.

use state_core::State;
use wincode::{SchemaRead, SchemaWrite};

use super::Frames;
use crate::data::Set;
use crate::data::world::{Order, World};
use crate::random::Random;

/// Entities with names, lists and targets.
#[derive(State, SchemaWrite, SchemaRead, Clone, PartialEq)]
pub struct Arena {
    frame: u32,
    random: u64,
    entities: Vec<Entity>,
}

#[derive(State, SchemaWrite, SchemaRead, Clone, PartialEq)]
struct Entity {
    name: String,
    position: [f32; 3],
    speed: [f32; 3],
    health: u16,
    target: Option<u32>,
    items: Vec<Item>,
    effects: Vec<Effect>,
}

#[derive(State, SchemaWrite, SchemaRead, Clone, PartialEq)]
struct Item {
    kind: u16,
    count: u32,
}

#[derive(State, SchemaWrite, SchemaRead, Clone, PartialEq)]
enum Effect {
    Burning { damage: u16, frames: u8 },
    Frozen(u8),
    Shielded,
}

impl Arena {
    pub fn new(entities: usize) -> Self {
        let mut world = Self { frame: 0, random: 1, entities: Vec::new() };
        for number in 0..entities {
            let entity = world.entity(number);
            world.entities.push(entity);
        }
        world
    }

    fn random(&mut self) -> u32 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) as u32
    }

    fn entity(&mut self, number: usize) -> Entity {
        let [a, b, c] = [self.random(), self.random(), self.random()];
        let effect = |n| match n % 3 {
            0 => Effect::Burning { damage: 3, frames: 9 },
            1 => Effect::Frozen(4),
            _ => Effect::Shielded,
        };
        Entity {
            name: format!("entity {number}"),
            position: [a as f32 / 1e6, b as f32 / 1e6, 0.0],
            speed: [c as f32 / 1e8, 0.5, 0.25],
            health: 1000,
            target: (a % 3 == 0).then_some(b),
            items: (0..c % 7).map(|n| Item { kind: (a >> n) as u16, count: 1 + (b >> n) % 5 }).collect(),
            effects: (0..b % 3).map(effect).collect(),
        }
    }
}

impl Frames for Arena {
    fn in_place(&mut self) {
        self.frame += 1;
        for at in 0..self.entities.len() {
            if self.random().is_multiple_of(20) {
                let entity = &mut self.entities[at];
                entity.position = std::array::from_fn(|axis| entity.position[axis] + entity.speed[axis]);
                entity.health -= 1;
            }
        }
    }

    fn coming_and_going(&mut self) {
        self.in_place();
        let len = self.entities.len();
        let (from, to) = (self.random() as usize % len, self.random() as usize % (len - 1));
        self.entities.remove(from);
        let born = self.entity(self.frame as usize);
        self.entities.insert(to, born);
    }
}

/// The data set of the main benchmark, with the code that changes it.
#[derive(State, SchemaWrite, SchemaRead, Clone, PartialEq)]
pub struct Components {
    world: World,
    random: u64,
}

impl Components {
    pub fn new() -> Self {
        Self { world: World::generate(&mut Random::new(7)), random: 7 }
    }

    fn random(&mut self) -> Random {
        self.random += 1;
        Random::new(self.random)
    }
}

impl Frames for Components {
    fn in_place(&mut self) {
        let mut random = self.random();
        let world = &mut self.world;
        world.frame += 1;
        for (body, health) in world.bodies.iter_mut().zip(&mut world.healths) {
            if random.chance(5) {
                body.position.x += body.velocity.x;
                body.position.y += body.velocity.y;
                health.points -= 1;
            }
        }
        for unit in &mut world.units {
            if random.chance(5) {
                unit.order = Order::Guard(random.bits() as u32);
            }
        }
    }

    fn coming_and_going(&mut self) {
        self.in_place();
        let mut random = self.random();
        let world = &mut self.world;
        let from = random.range(0, world.units.len() as u64) as usize;
        let mut unit = world.units.remove(from);
        unit.path = random.many(0, 32, |random| random.bits() as u16);
        let to = random.range(0, world.units.len() as u64) as usize;
        world.units.insert(to, unit);
        let at = random.range(0, world.bodies.len() as u64) as usize;
        let body = world.bodies.swap_remove(at);
        world.bodies.push(body);
    }
}
