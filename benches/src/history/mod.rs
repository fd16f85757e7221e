//! A frame's work in a rollback game: the cost of a history against `clone` and wincode, the best of the peers in these
//! cells, and the cost of a delta. Everything is interleaved in one run; times are medians.

mod states;

use std::hint::black_box;
use std::time::{Duration, Instant};

use state_core::image::{checksum, delta_into, patch};
use state_core::{History, RestoreOwned, State, dump_into, load_into, loads};
use wincode::config::DefaultConfig;
use wincode::{SchemaRead, SchemaWrite};

use states::{Arena, Components};

/// A world whose frames are kept.
trait Frames:
    State
    + RestoreOwned
    + Clone
    + SchemaWrite<DefaultConfig, Src = Self>
    + for<'a> SchemaRead<'a, DefaultConfig, Dst = Self>
{
    /// Moves a twentieth of the entities without changing any length.
    fn in_place(&mut self);

    /// Does the same, and removes one entity and inserts another in the middle.
    fn coming_and_going(&mut self);
}

/// Prints the tables and the aims of all worlds.
///
/// # Panics
/// If an argument is not a number.
pub fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().expect("a number"));
    let (entities, frames) = (numbers.next().unwrap_or(7600), numbers.next().unwrap_or(200));
    let name = format!("{entities} entities of names, lists and targets");
    both(&name, || Arena::new(entities), frames as u64);
    both("the set `world`: arrays of 8,000 components, 2,000 units", Components::new, frames as u64);
}

fn both<W: Frames>(name: &str, world: impl Fn() -> W, frames: u64) {
    for (change, is_in_place) in [("in place", true), ("one goes and one comes", false)] {
        let (mut world, mut times) = (world(), Times::default());
        let step = if is_in_place { W::in_place } else { W::coming_and_going };
        let bytes = run(&mut world, step, frames, &mut times);
        println!("{name}, {change}: {bytes} bytes");
        times.print();
        times.aim(("history: push", "wincode: serialize"), 1.0);
        times.aim(("history: push", "clone"), 0.35);
        match is_in_place {
            true => times.aim(("history: restore 8 back", "wincode: deserialize, and assign"), 0.45),
            false => times.aim(("history: restore 8 back", "loads, and assign"), 1.0),
        }
        times.aim(("history: checksum", "history: push"), 0.6);
        println!();
    }
}

fn run<W: Frames>(world: &mut W, step: fn(&mut W), frames: u64, times: &mut Times) -> usize {
    let mut history = History::<W>::new().frames(9);
    let (mut saved, mut made, mut patched) = (Vec::new(), Vec::new(), Vec::new());
    let mut other = Vec::new();
    let mut sizes = Vec::new();
    for frame in 0..frames {
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
        for (_, times) in &mut self.0 {
            times.sort();
        }
        println!("{:34} {:>9} {:>9} {:>9}   microseconds", "", "median", "quarter", "to three");
        for (name, times) in &self.0 {
            let quarter = |n: usize| times[(times.len() - 1) * n / 4].as_secs_f64() * 1e6;
            println!("{name:34} {:9.1} {:9.1} {:9.1}", quarter(2), quarter(1), quarter(3));
        }
    }

    fn median(&self, name: &str) -> f64 {
        let (_, times) = self.0.iter().find(|(known, _)| *known == name).expect("it was measured");
        times[times.len() / 2].as_secs_f64()
    }

    /// Prints the ratio of the times of two jobs, and whether it is within its limit.
    fn aim(&self, (job, of): (&str, &str), most: f64) {
        let ratio = self.median(job) / self.median(of);
        let verdict = if ratio <= most { "met" } else { "MISSED" };
        println!("{job} : {of}: {ratio:.2} of {most:.2}, {verdict}");
    }
}
