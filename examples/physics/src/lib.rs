//! A rapier world with rollback: its types come from another crate, so they get a state through a conversion.
//!
//! Positions and velocities alone are not enough: contacts, islands and the caches of the solver affect the next step.
//! All of them have serde's traits, and are written as in rapier's own snapshots. [`Game`] uses `with`, which is
//! smaller and faster; [`Described`] uses `serde`, which describes each byte and needs no code.

use rapier3d::prelude::{ColliderBuilder, PhysicsWorld, RigidBodyBuilder, Vector};
use state_core::State;

/// A game whose physics are one slot.
#[derive(State)]
pub struct Game {
    pub frame: u64,
    #[state(with = snapshot)]
    pub physics: PhysicsWorld,
}

/// The same with physics that describe themselves.
#[derive(State)]
pub struct Described {
    pub frame: u64,
    #[state(serde)]
    pub physics: PhysicsWorld,
}

/// The world as the bytes of rapier's own snapshots.
pub mod snapshot {
    use rapier3d::prelude::PhysicsWorld;

    pub type Slot = Vec<u8>;

    #[must_use]
    pub fn get(physics: &PhysicsWorld) -> Slot {
        bincode::serialize(physics).expect("memory takes all")
    }

    /// # Errors
    /// If the bytes are not those of a world.
    pub fn set(bytes: Slot) -> bincode::Result<PhysicsWorld> {
        bincode::deserialize(&bytes)
    }
}

/// The visible part of a body, to describe where two worlds differ.
#[derive(State, Debug, PartialEq)]
pub struct Seen {
    pub bodies: Vec<Body>,
}

#[derive(State, Debug, PartialEq)]
pub struct Body {
    pub position: [f32; 3],
    pub rotation: [f32; 4],
    pub speed: [f32; 3],
    pub spin: [f32; 3],
}

impl Seen {
    #[must_use]
    pub fn of(physics: &PhysicsWorld) -> Self {
        let bodies = physics.bodies.iter().map(|(_, body)| Body {
            position: body.translation().to_array(),
            rotation: body.rotation().to_array(),
            speed: body.linvel().to_array(),
            spin: body.angvel().to_array(),
        });
        Self { bodies: bodies.collect() }
    }
}

/// A heap of balls and boxes that falls to the ground.
#[must_use]
pub fn heap(bodies: u16) -> PhysicsWorld {
    let mut world = PhysicsWorld::new();
    world.insert(RigidBodyBuilder::fixed(), ColliderBuilder::cuboid(50.0, 0.1, 50.0));
    for number in 0..bodies {
        let [x, y, z] = [number % 9, number / 81, number / 9 % 9].map(f32::from);
        let place = Vector::new(x * 1.1 + y * 0.05, 1.0 + y * 1.2, z * 1.1 - y * 0.05);
        let shape = if number % 3 == 0 { ColliderBuilder::ball(0.5) } else { ColliderBuilder::cuboid(0.5, 0.4, 0.45) };
        world.insert(RigidBodyBuilder::dynamic().translation(place), shape);
    }
    world
}
