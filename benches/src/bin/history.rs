//! A frame's work in a rollback game of 7,600 entities: what a history takes beside `clone` and wincode, the best of the
//! peers in these cells, and what a delta takes. All in one run, by turns; medians.
//!
//! `cargo run --release --bin history [ENTITIES [FRAMES]]`

use std::hint::black_box;
use std::time::{Duration, Instant};

use state_core::image::{checksum, delta_into, patch};
use state_core::{History, State, dump_into, load_into, loads};
use wincode::{SchemaRead, SchemaWrite};

#[derive(State, SchemaWrite, SchemaRead, Clone, PartialEq)]
struct World {
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

impl World {
    fn new(entities: usize) -> Self {
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

    /// A twentieth of the entities move, and nothing changes its length.
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

    /// The same, and one entity goes and another comes in the middle.
    fn coming_and_going(&mut self) {
        self.in_place();
        let len = self.entities.len();
        let (from, to) = (self.random() as usize % len, self.random() as usize % (len - 1));
        self.entities.remove(from);
        let born = self.entity(self.frame as usize);
        self.entities.insert(to, born);
    }
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().expect("a number"));
    let (entities, frames) = (numbers.next().unwrap_or(7600), numbers.next().unwrap_or(200));
    for (name, step) in
        [("in place", World::in_place as fn(&mut World)), ("one goes and one comes", World::coming_and_going)]
    {
        let mut world = World::new(entities);
        let mut times = Times::default();
        let bytes = run(&mut world, step, frames, &mut times);
        println!("{name}: {entities} entities, {bytes} bytes");
        times.print();
    }
}

fn run(world: &mut World, step: fn(&mut World), frames: usize, times: &mut Times) -> usize {
    let mut history = History::<World>::new().frames(9);
    let (mut saved, mut made, mut patched) = (Vec::new(), Vec::new(), Vec::new());
    let mut other = Vec::new();
    let mut sizes = Vec::new();
    for frame in 0..frames as u64 {
        times.of("history: push", || history.push(frame, world)).unwrap();
        times.of("history: checksum", || history.checksum(frame)).unwrap();
        times.of("dump_into", || dump_into(world, &mut saved)).unwrap();
        assert_eq!(history.checksum(frame).unwrap(), checksum(&saved));
        other.clear();
        times.of("wincode: serialize", || wincode::serialize_into(&mut other, world)).unwrap();
        times.of("clone", || drop(black_box(world.clone())));
        if frame >= 8 {
            let back = history.image(frame - 8).unwrap();
            let mut live = world.clone();
            times.of("history: restore 8 back", || history.restore(frame - 8, &mut live)).unwrap();
            let old = wincode::serialize(&live).unwrap();
            let mut live = world.clone();
            times.of("load_into 8 back", || load_into(&back, &mut live)).unwrap();
            let mut live = world.clone();
            times.of("loads, and assign", || live = loads(&back).unwrap());
            let mut live = world.clone();
            times.of("wincode: deserialize, and assign", || live = wincode::deserialize(&old).unwrap());
            black_box(live);
            let before = history.image(frame - 1).unwrap();
            times.of("delta to the frame before", || delta_into(&before, &saved, &mut made)).unwrap();
            times.of("patch", || patch(&before, &made, &mut patched)).unwrap();
            assert!(patched == saved);
            sizes.push(made.len());
        }
        step(world);
    }
    sizes.sort_unstable();
    println!("delta: {} bytes (median)", sizes.get(sizes.len() / 2).unwrap_or(&0));
    saved.len()
}

#[derive(Default)]
struct Times(Vec<(&'static str, Vec<Duration>)>);

impl Times {
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
        println!("{:34} {:>9} {:>9} {:>9}   microseconds", "", "median", "quarter", "to three");
        for (name, times) in &mut self.0 {
            times.sort();
            let quarter = |n: usize| times[(times.len() - 1) * n / 4].as_secs_f64() * 1e6;
            println!("{name:34} {:9.1} {:9.1} {:9.1}", quarter(2), quarter(1), quarter(3));
        }
        println!();
    }
}
