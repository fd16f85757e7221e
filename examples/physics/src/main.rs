//! Measures what a frame of a rapier world costs with each method, in one run.
//!
//! `cargo run --release [BODIES [FRAMES]]`

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use physics::{Described, Game, Seen, heap, snapshot};
use state_core::{History, dumps, image::compare, image::delta};

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u16>());
    let (bodies, frames) = (numbers.next().unwrap_or(Ok(800))?, numbers.next().unwrap_or(Ok(120))?);
    let mut game = Game { frame: 0, physics: heap(bodies) };
    let mut described = Described { frame: 0, physics: heap(bodies) };
    let mut history = History::<Game>::new().frames(12).bytes(256 << 20);
    let mut named = History::<Described>::new().frames(4);
    let mut times = Times::default();
    let (mut before, mut deltas) = (dumps(&game)?, Vec::new());
    for frame in 0..u64::from(frames) {
        times.of("rapier: step", || game.physics.step());
        described.physics.step();
        game.frame = frame;
        times.of("history: push, by `with`", || history.push(frame, &game))?;
        times.of("history: checksum", || history.checksum(frame))?;
        times.of("history: restore, by `with`", || history.restore(frame, &mut game))?;
        if frame % 8 == 0 {
            times.of("history: push, by `serde`", || named.push(frame, &described))?;
            times.of("history: restore, by `serde`", || named.restore(frame, &mut described))?;
        }
        let bytes = times.of("bincode: serialize", || bincode::serialize(&game.physics))?;
        let loaded = times.of("bincode: deserialize", || snapshot::set(bytes))?;
        black_box(loaded);
        let made = times.of("delta to the frame before", || delta(&before, &history.image(frame)?))?;
        deltas.push(made.len());
        before = history.image(frame)?.to_vec();
    }
    deltas.sort_unstable();
    let last = u64::from(frames) - 1;
    println!("{bodies} bodies, {frames} frames; bytes of the last frame, of a delta:");
    println!("  by `with` {}, delta {} (median)", history.image(last)?.len(), deltas[deltas.len() / 2]);
    println!("  by `serde` {}", named.image(last / 8 * 8)?.len());
    times.print();

    // Two machines, one of which pushes a body that the other does not.
    let mut theirs = Game { frame: last, physics: heap(0) };
    history.restore(last, &mut theirs)?;
    let (handle, _) = theirs.physics.bodies.iter().nth(3).ok_or("no such body")?;
    let body = theirs.physics.bodies.get_mut(handle).ok_or("no such body")?;
    body.set_translation(body.translation() + rapier3d::prelude::Vector::Y * 0.25, true);
    let (ours, theirs) = (dumps(&Seen::of(&game.physics))?, dumps(&Seen::of(&theirs.physics))?);
    for difference in compare::<Seen>(&ours, &theirs)?.take(3) {
        println!("{difference}");
    }
    Ok(())
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
        println!("{:30} {:>9} {:>9} {:>9}   microseconds", "", "median", "quarter", "to three");
        for (name, times) in &mut self.0 {
            times.sort();
            let quarter = |n: usize| times[(times.len() - 1) * n / 4].as_secs_f64() * 1e6;
            println!("{name:30} {:9.1} {:9.1} {:9.1}", quarter(2), quarter(1), quarter(3));
        }
    }
}
