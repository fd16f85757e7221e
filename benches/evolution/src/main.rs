//! A world of 4000 entities that an older version of a program wrote, loaded by the current one, compared with loading
//! the same type, and with what users use today for types that change.
//!
//! `cargo run --release [ROUNDS]`; medians of thread CPU time over interleaved rounds, with the quartiles.

use std::hint::black_box;

use cpu_time::ThreadTime;
use state_core::evolve::testing::plan;
use state_core::{Options, dumps, loads, loads_upgraded, upgrade};

mod peers;
mod types;

use types::{added, base, changed};

/// One measurement: its name and the code that is timed.
struct Lane<'a> {
    name: &'static str,
    run: Box<dyn Fn() + 'a>,
    times: Vec<f64>,
}

fn lane<'a, T>(name: &'static str, run: impl Fn() -> T + 'a) -> Lane<'a> {
    Lane { name, run: Box::new(move || drop(black_box(run()))), times: Vec::new() }
}

fn main() {
    let rounds = std::env::args().nth(1).map_or(60, |rounds| rounds.parse().expect("a number of rounds"));
    let world = base::World::sample(4000);
    let bytes = Options::new().with_schema().dumps(&world).expect("a state");
    let now = dumps(&loads_upgraded::<added::World>(&bytes).expect("the older state")).expect("a state");
    let peers = peers::Bytes::new(&world);
    let mut lanes = vec![
        lane("load of the same type", || loads::<base::World>(&bytes).unwrap()),
        lane("load of the same type, one slot more", || loads::<added::World>(&now).unwrap()),
        lane("one slot added: load", || loads_upgraded::<added::World>(&bytes).unwrap()),
        lane("one slot added: upgrade alone", || upgrade::<added::World>(&bytes).unwrap()),
        lane("everything changed: load", || loads_upgraded::<changed::World>(&bytes).unwrap()),
        lane("everything changed: upgrade alone", || upgrade::<changed::World>(&bytes).unwrap()),
        lane("one slot added: plan", || plan::<added::World>(&bytes).unwrap()),
        lane("everything changed: plan", || plan::<changed::World>(&bytes).unwrap()),
        lane("rmp-serde, named: load of the same type", || peers.messagepack::<base::World>()),
        lane("rmp-serde, named: one slot added", || peers.messagepack::<added::World>()),
        lane("savefile: load of the same type", || peers.savefile_same()),
        lane("savefile: one slot added", || peers.savefile_added()),
        lane("revision: load of the same type", || peers.revision_same()),
        lane("revision: one slot added", || peers.revision_added()),
    ];
    for round in 0..rounds {
        let count = lanes.len();
        for index in 0..count {
            let lane = &mut lanes[(round + index) % count];
            (lane.run)();
            let start = ThreadTime::now();
            (lane.run)();
            lane.times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    println!("{} bytes with schema; {rounds} rounds", bytes.len());
    let mut first = None;
    for lane in &mut lanes {
        lane.times.sort_by(f64::total_cmp);
        let at = |part: usize| lane.times[(lane.times.len() - 1) * part / 4];
        let base = *first.get_or_insert(at(2));
        println!("{:45} {:9.1} us   {:9.1} to {:9.1}   {:6.2}", lane.name, at(2), at(1), at(3), at(2) / base);
    }
}
