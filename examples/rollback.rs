//! A simulation that saves every frame and often goes back 8 of them, as networked games do when a late input comes.
//!
//! `cargo run --release --example rollback [ENTITIES [ROUNDS]]` times each way to save a frame and to go back.

use std::array;
use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use state_core::{State, dump_into, load_into, loads};

const BACK: usize = 8;

#[derive(State, Serialize, Deserialize, Clone, PartialEq)]
struct World {
    frame: u64,
    random: u64,
    entities: Vec<Entity>,
}

#[derive(State, Serialize, Deserialize, Clone, PartialEq)]
struct Entity {
    name: String,
    position: [f32; 3],
    speed: [f32; 3],
    health: u16,
    target: Option<u32>,
    effects: Vec<Effect>,
}

#[derive(State, Serialize, Deserialize, Clone, PartialEq)]
enum Effect {
    Burning { damage: u16, frames: u8 },
    Frozen(u8),
    Shielded,
}

impl World {
    fn new(entities: u32) -> Self {
        let entity = |number| Entity {
            name: format!("entity {number}"),
            position: [number as f32, 0.0, 0.0],
            speed: [1.0, 0.5, 0.25],
            health: 1000,
            target: None,
            effects: Vec::new(),
        };
        Self { frame: 0, random: 1, entities: (0..entities).map(entity).collect() }
    }

    fn step(&mut self) {
        let count = self.entities.len() as u64;
        for entity in &mut self.entities {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            entity.position = array::from_fn(|axis| entity.position[axis] + entity.speed[axis]);
            entity.target = (self.random >> 62 == 0).then_some((self.random >> 32) as u32 % count as u32);
            match self.random >> 60 {
                0 => entity.effects.push(Effect::Burning { damage: 3, frames: 9 }),
                1 => entity.effects.push(Effect::Frozen(4)),
                2 => entity.effects.push(Effect::Shielded),
                3..8 => entity.effects.clear(),
                _ => entity.health = entity.health.saturating_sub(entity.effects.len() as u16),
            }
        }
        self.frame += 1;
    }
}

/// The last frames, each in a buffer that is used again and again.
#[derive(Default)]
struct Ring([Vec<u8>; BACK]);

impl Ring {
    fn at(&mut self, frame: u64) -> &mut Vec<u8> {
        &mut self.0[frame as usize % BACK]
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse());
    let (entities, rounds): (u32, u32) = (numbers.next().unwrap_or(Ok(4000))?, numbers.next().unwrap_or(Ok(100))?);
    if cfg!(debug_assertions) {
        println!("built for debugging; for times that mean something: cargo run --release --example rollback");
    }

    let (mut world, mut ring, mut times) = (World::new(entities.max(1)), Ring::default(), Times::default());
    for _ in 0..rounds.max(1) {
        for _ in 0..BACK {
            times.of("save into a used buffer", || dump_into(&world, ring.at(world.frame)))?;
            other_ways(&world, ring.at(world.frame), &mut times)?;
            world.step();
        }
        // A late input: back to the oldest frame, and through the same ones once more.
        let (now, oldest) = (world.clone(), ring.at(world.frame));
        times.of("restore in place", || load_into(oldest, &mut world))?;
        times.of("load anew", || loads::<World>(oldest).map(black_box))?;
        assert_eq!(world.frame + BACK as u64, now.frame);
        (0..BACK).for_each(|_| world.step());
        assert!(world == now, "the same frames again end in another state");
    }

    println!("{entities} entities, {} bytes, {rounds} times back {BACK} frames", ring.at(0).len());
    times.print();
    Ok(())
}

/// What a program without a state of its own would do, interleaved so that all meet the same weather.
fn other_ways(world: &World, saved: &[u8], times: &mut Times) -> postcard::Result<()> {
    times.of("clone", || black_box(world.clone()));
    let mut buffer = vec![0; 2 * saved.len()];
    let bytes = times.of("postcard: save into a used buffer", || postcard::to_slice(world, &mut buffer))?;
    times.of("postcard: load anew", || postcard::from_bytes::<World>(bytes).map(black_box))?;
    Ok(())
}

#[derive(Default)]
struct Times(Vec<(&'static str, Vec<Duration>)>);

impl Times {
    /// Runs `job` and keeps its time; what it returns is dropped by the caller, as a program would.
    fn of<T>(&mut self, name: &'static str, job: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = job();
        let time = start.elapsed();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, times)) => times.push(time),
            None => self.0.push((name, vec![time])),
        }
        result
    }

    fn print(&mut self) {
        println!("{:34} {:>9} {:>9} {:>9}   microseconds per frame", "", "median", "quarter", "to three");
        for (name, times) in &mut self.0 {
            times.sort();
            let quarter = |n: usize| times[(times.len() - 1) * n / 4].as_secs_f64() * 1e6;
            println!("{name:34} {:9.1} {:9.1} {:9.1}", quarter(2), quarter(1), quarter(3));
        }
    }
}
