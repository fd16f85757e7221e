//! Measures what a frame of a rapier world costs with each method, in one run.
//!
//! `cargo run --release [BODIES [FRAMES]]`

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use physics::{Described, Game, Level, Seen, heap, hills, snapshot};
use rapier3d::prelude::{PhysicsWorld, Vector};
use state_core::image::{compare, delta};
use state_core::{History, dumps};

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u16>());
    let (bodies, frames) = (numbers.next().unwrap_or(Ok(800))?, numbers.next().unwrap_or(Ok(120))?);
    println!("{bodies} bodies on a plane, {frames} frames");
    let physics = measure(|| heap(bodies), frames)?;
    println!("{bodies} bodies on 20,000 triangles, {frames} frames");
    measure(|| hills(bodies, 100), frames)?;

    // Two machines, one of which pushes a body that the other does not.
    let mut theirs: PhysicsWorld = snapshot::set(snapshot::get(&physics))?;
    let (handle, _) = theirs.bodies.iter().nth(3).ok_or("no such body")?;
    let body = theirs.bodies.get_mut(handle).ok_or("no such body")?;
    body.set_translation(body.translation() + Vector::Y * 0.25, true);
    let (ours, theirs) = (dumps(&Seen::of(&physics))?, dumps(&Seen::of(&theirs))?);
    for difference in compare::<Seen>(&ours, &theirs)?.take(3) {
        println!("{difference}");
    }
    Ok(())
}

/// Steps a world, and keeps each frame in all ways; the world in the end.
fn measure(world: impl Fn() -> PhysicsWorld, frames: u16) -> Result<PhysicsWorld, Box<dyn Error>> {
    let mut game = Game { frame: 0, physics: world() };
    let mut level = Level { frame: 0, physics: world() };
    let mut described = Described { frame: 0, physics: world() };
    let mut history = History::<Game>::new().frames(12).bytes(256 << 20);
    let mut shared = History::<Level>::new().frames(12).bytes(256 << 20);
    let mut named = History::<Described>::new().frames(4);
    let mut times = Times::default();
    let (mut before, mut deltas) = (dumps(&game)?, Vec::new());
    let mut bytes = Bytes::default();
    for frame in 0..u64::from(frames) {
        times.of("rapier: step", || game.physics.step());
        described.physics.step();
        level.physics.step();
        (game.frame, level.frame) = (frame, frame);
        times.of("history: push, by `with`", || history.push(frame, &game))?;
        times.of("history: checksum", || history.checksum(frame))?;
        times.of("history: restore, by `with`", || history.restore(frame, &mut game))?;
        times.of("history: push, by `with` and `held`", || shared.push(frame, &level))?;
        times.of("history: restore, by `with` and `held`", || shared.restore(frame, &mut level))?;
        if frame % 8 == 0 {
            times.of("history: push, by `serde`", || named.push(frame, &described))?;
            times.of("history: restore, by `serde`", || named.restore(frame, &mut described))?;
            bytes.named = named.image(frame)?.len();
        }
        let saved = times.of("bincode: serialize", || bincode::serialize(&game.physics))?;
        let loaded: PhysicsWorld = times.of("bincode: deserialize", || bincode::deserialize(&saved))?;
        let small = times.of("postcard: to_allocvec", || postcard::to_allocvec(&game.physics))?;
        let other: PhysicsWorld = times.of("postcard: from_bytes", || postcard::from_bytes(&small))?;
        (bytes.bincode, bytes.postcard) = (saved.len(), small.len());
        black_box((loaded, other));
        let image = history.image(frame)?;
        let made = times.of("delta to the frame before", || delta(&before, &image))?;
        deltas.push(made.len());
        before = image.to_vec();
    }
    deltas.sort_unstable();
    (bytes.with, bytes.delta) = (before.len(), deltas[deltas.len() / 2]);
    bytes.held = shared.bytes_held() / shared.frames_kept().count();
    println!("{bytes:#?}");
    times.print();
    Ok(game.physics)
}

/// What the last frame takes, and a delta in the median; of the frames that hold their colliders, the buffers of each.
#[derive(Default, Debug)]
#[allow(dead_code, reason = "they are printed")]
struct Bytes {
    with: usize,
    held: usize,
    named: usize,
    bincode: usize,
    postcard: usize,
    delta: usize,
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
        println!("{:40} {:>9} {:>9} {:>9}   microseconds", "", "median", "quarter", "to three");
        for (name, times) in &mut self.0 {
            times.sort();
            let quarter = |n: usize| times[(times.len() - 1) * n / 4].as_secs_f64() * 1e6;
            println!("{name:40} {:9.1} {:9.1} {:9.1}", quarter(2), quarter(1), quarter(3));
        }
        println!();
    }
}
