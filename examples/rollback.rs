//! A simulation that saves every frame and often rolls back 8 frames, as networked games do when an input arrives late,
//! and two simulations that should be equal but have diverged.
//!
//! `cargo run --release --example rollback [ENTITIES [ROUNDS]]` times each method of saving and restoring a frame.

use std::array;
use std::hint::black_box;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use state_core::{History, State, dump_into, load_into, loads};

const BACK: u64 = 8;

#[derive(State, Clone, PartialEq)]
struct World {
    frame: u32,
    random: u64,
    entities: Vec<Entity>,
}

#[derive(State, Clone, PartialEq)]
struct Entity {
    name: String,
    position: [f32; 3],
    speed: [f32; 3],
    health: u16,
    target: Option<u32>,
    effects: Vec<Effect>,
}

#[derive(State, Clone, PartialEq)]
enum Effect {
    Burning { damage: u16, frames: u8 },
    Frozen(u8),
    Shielded,
}

impl World {
    fn new(entities: u16) -> Self {
        let entity = |number: u16| Entity {
            name: format!("entity {number}"),
            position: [0.0; 3],
            speed: [1.0, 0.5, f32::from(number)],
            health: 1000,
            target: None,
            effects: Vec::new(),
        };
        Self { frame: 0, random: 1, entities: (0..entities).map(entity).collect() }
    }

    fn step(&mut self) {
        for entity in &mut self.entities {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            entity.position = array::from_fn(|axis| entity.position[axis] + entity.speed[axis]);
            entity.target = (self.random >> 62 == 0).then_some((self.random >> 32) as u32);
            match self.random >> 60 {
                0 => entity.effects.push(Effect::Burning { damage: 3, frames: 9 }),
                1 => entity.effects.push(Effect::Frozen(4)),
                2 => entity.effects.push(Effect::Shielded),
                3..8 => entity.effects.clear(),
                _ if !entity.effects.is_empty() => entity.health = entity.health.saturating_sub(1),
                _ => {}
            }
        }
        self.frame += 1;
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse());
    let (entities, rounds): (u16, u16) = (numbers.next().unwrap_or(Ok(4000))?, numbers.next().unwrap_or(Ok(100))?);
    if cfg!(debug_assertions) {
        println!("built for debugging; for times that mean something: cargo run --release --example rollback");
    }

    let (mut world, mut times) = (World::new(entities), Times::default());
    let mut history = History::<World>::new().frames(12).bytes(256 << 20);
    let mut saved = Vec::new();
    let is_watched = stderr().is_terminal();
    for round in 0..u64::from(rounds) {
        if is_watched {
            eprint!("\rround {} of {rounds} ", round + 1);
        }
        let first = round * BACK;
        for frame in first..first + BACK {
            times.of("history: push", || history.push(frame, &world))?;
            times.of("history: checksum", || history.checksum(frame))?;
            times.of("save into a used buffer", || dump_into(&world, &mut saved))?;
            times.of("clone", || black_box(world.clone()));
            world.step();
        }
        // A late input: restore the oldest frame, and simulate the following ones again.
        let now = world.clone();
        world = now.clone();
        times.of("history: restore", || history.restore(first, &mut world))?;
        let oldest = &*history.image(first)?;
        times.of("load anew", || loads::<World>(oldest).map(black_box))?;
        world = now.clone();
        times.of("restore in place", || load_into(oldest, &mut world))?;
        for _ in 0..BACK {
            world.step();
        }
        assert!(world == now, "the same frames again end in another state");
    }

    if is_watched {
        eprintln!();
    }
    println!("{entities} entities, {} bytes, {rounds} times back {BACK} frames", saved.len());
    times.print();
    desync(&world)
}

/// Two machines that play the same game, until a bug on one of them makes them diverge.
fn desync(world: &World) -> Result<(), Box<dyn std::error::Error>> {
    let [mut ours, mut theirs] = [world.clone(), world.clone()];
    let mut here = History::<World>::new().frames(12);
    let mut there = History::<World>::new().frames(12);
    for frame in 0..60 {
        if frame == 40 {
            theirs.entities[3].position[0] += 0.25;
        }
        here.push(frame, &ours)?;
        there.push(frame, &theirs)?;
        // Only the checksum of a frame, eight bytes, goes over the network, and the whole frame if it differs.
        if here.checksum(frame)? != there.checksum(frame)? {
            println!("the machines differ from frame {frame} on:");
            for difference in here.compare(frame, &there.image(frame)?)?.take(3) {
                println!("  {difference}");
            }
            return Ok(());
        }
        ours.step();
        theirs.step();
    }
    Ok(())
}

#[derive(Default)]
struct Times(Vec<(&'static str, Vec<Duration>)>);

impl Times {
    /// Runs `job` and records its time, without that of dropping the result.
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
        println!("{:34} {:>9} {:>9} {:>9}   microseconds", "", "median", "25 %", "75 %");
        for (name, times) in &mut self.0 {
            times.sort();
            let quarter = |n: usize| times[(times.len() - 1) * n / 4].as_secs_f64() * 1e6;
            println!("{name:34} {:9.1} {:9.1} {:9.1}", quarter(2), quarter(1), quarter(3));
        }
    }
}
