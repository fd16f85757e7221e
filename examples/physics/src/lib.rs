//! A rapier world with rollback: its types come from another crate, so they get a state through a conversion.
//!
//! Positions and velocities alone are not enough: contacts, islands and the caches of the solver affect the next step.
//! All of them have serde's traits, and are written as in rapier's own snapshots. [`Game`] uses `with`, which is
//! smaller and faster; [`Described`] uses `serde`, which describes each byte and needs no code. [`Level`] uses `with`
//! and `held`, so that a frame does not copy the shapes.

use std::sync::Arc;

use rapier3d::prelude::{ColliderBuilder, ColliderSet, PhysicsWorld, RigidBodyBuilder, Vector};
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

/// The same for worlds with large shapes: a history keeps pointers to these.
#[derive(State)]
pub struct Level {
    pub frame: u64,
    #[state(with = shared)]
    pub physics: PhysicsWorld,
}

/// What rapier has traits of serde for, as the bytes of its own snapshots.
pub mod snapshot {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    pub type Slot = Vec<u8>;

    #[must_use]
    pub fn get<T: Serialize>(of: &T) -> Slot {
        bincode::serialize(of).expect("memory takes all")
    }

    /// # Errors
    /// If the bytes are not those of a `T`.
    pub fn set<T: DeserializeOwned>(bytes: Slot) -> bincode::Result<T> {
        bincode::deserialize(&bytes)
    }
}

/// The colliders of a frame. A clone of them shares their shapes.
#[derive(State)]
pub struct Colliders(#[state(with = snapshot)] ColliderSet);

/// A world whose colliders a history keeps as they are; all else is the bytes of a snapshot.
#[derive(State)]
pub struct Parts {
    rest: Vec<u8>,
    #[state(held)]
    colliders: Arc<Colliders>,
}

/// The conversion between a world and its parts.
pub mod shared {
    use std::sync::Arc;

    use rapier3d::prelude::PhysicsWorld;

    use crate::{Colliders, Parts, snapshot};

    pub type Slot = Parts;

    #[must_use]
    pub fn get(physics: &PhysicsWorld) -> Slot {
        let PhysicsWorld { gravity, integration_parameters, islands, broad_phase, narrow_phase, .. } = physics;
        let PhysicsWorld { bodies, colliders, impulse_joints, multibody_joints, soft_bodies, .. } = physics;
        let phases = (islands, broad_phase, narrow_phase);
        let sets = (bodies, impulse_joints, multibody_joints, soft_bodies);
        Parts {
            rest: snapshot::get(&(gravity, integration_parameters, phases, sets)),
            colliders: Arc::new(Colliders(colliders.clone())),
        }
    }

    /// # Errors
    /// If the bytes are not those of the parts of a world.
    pub fn set(parts: Slot) -> bincode::Result<PhysicsWorld> {
        let (gravity, integration_parameters, phases, sets) = snapshot::set(parts.rest)?;
        let (islands, broad_phase, narrow_phase) = phases;
        let (bodies, impulse_joints, multibody_joints, soft_bodies) = sets;
        Ok(PhysicsWorld {
            gravity,
            integration_parameters,
            islands,
            broad_phase,
            narrow_phase,
            bodies,
            colliders: parts.colliders.0.clone(),
            impulse_joints,
            multibody_joints,
            soft_bodies,
            ..PhysicsWorld::new()
        })
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
    falling(bodies, ColliderBuilder::cuboid(50.0, 0.1, 50.0))
}

/// The same above hills of `2 * side * side` triangles.
#[must_use]
pub fn hills(bodies: u16, side: u16) -> PhysicsWorld {
    let height = |x: u16, z: u16| f32::from((x * 7 + z * 5) % 6) * 0.05;
    let middle = f32::from(side) / 2.0;
    let place = |x: u16, z: u16| Vector::new(f32::from(x) - middle, height(x, z), f32::from(z) - middle);
    let points = (0..=side).flat_map(|z| (0..=side).map(move |x| (x, z))).map(|(x, z)| place(x, z)).collect();
    let row = u32::from(side) + 1;
    let corners = (0..u32::from(side)).flat_map(|z| (0..u32::from(side)).map(move |x| z * row + x));
    let triangles = corners.flat_map(|at| [[at, at + row, at + 1], [at + 1, at + row, at + row + 1]]).collect();
    falling(bodies, ColliderBuilder::trimesh(points, triangles).expect("triangles of three corners"))
}

fn falling(bodies: u16, ground: ColliderBuilder) -> PhysicsWorld {
    let mut world = PhysicsWorld::new();
    world.insert(RigidBodyBuilder::fixed(), ground);
    for number in 0..bodies {
        let [x, y, z] = [number % 9, number / 81, number / 9 % 9].map(f32::from);
        let place = Vector::new(x * 1.1 + y * 0.05, 1.0 + y * 1.2, z * 1.1 - y * 0.05);
        let shape = if number % 3 == 0 { ColliderBuilder::ball(0.5) } else { ColliderBuilder::cuboid(0.5, 0.4, 0.45) };
        world.insert(RigidBodyBuilder::dynamic().translation(place), shape);
    }
    world
}
