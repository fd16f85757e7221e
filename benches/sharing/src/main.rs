//! Graphs of shared objects, written and loaded: a tree of 111,111 nodes that know their parents, 100,000 things that
//! share 1000 materials, and 1000 rings of 100 links.
//!
//! `cargo run --release [ROUNDS]`; medians of thread CPU time over interleaved rounds, with the quartiles.

#![allow(clippy::used_underscore_binding, reason = "what derives of others write")]

mod fory_graphs;
mod graphs;

use std::hint::black_box;

use cpu_time::ThreadTime;

use graphs::{Dag, Ring, Tree};

/// One measurement: its name, the number of bytes written or read, and the code that is timed.
struct Lane<'a> {
    name: String,
    bytes: usize,
    run: Box<dyn Fn() + 'a>,
    times: Vec<f64>,
}

/// The lanes added so far.
#[derive(Default)]
struct Lanes<'a>(Vec<Lane<'a>>);

impl<'a> Lanes<'a> {
    /// Adds a peer's lanes: writing a value, and loading it if the peer can.
    fn add<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        dump: impl Fn() -> Result<Vec<u8>, E> + 'a,
        load: impl Fn(&[u8]) -> Result<T, E> + 'a,
    ) {
        let bytes = match dump() {
            Ok(bytes) => bytes,
            Err(error) => return println!("{name}: cannot be written: {error}"),
        };
        if let Err(error) = load(&bytes) {
            return println!("{name}: cannot be loaded: {error}");
        }
        let len = bytes.len();
        self.lane(format!("{name}: write"), len, move || drop(black_box(dump())));
        self.lane(format!("{name}: load and drop"), len, move || drop(black_box(load(&bytes))));
    }

    fn lane(&mut self, name: String, bytes: usize, run: impl Fn() + 'a) {
        self.0.push(Lane { name, bytes, run: Box::new(run), times: Vec::new() });
    }

    fn measure(mut self, title: &str, rounds: usize) {
        let count = self.0.len();
        for round in 0..rounds {
            for index in 0..count {
                let lane = &mut self.0[(round + index) % count];
                (lane.run)();
                let start = ThreadTime::now();
                (lane.run)();
                lane.times.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        println!("\n{title}; {rounds} rounds");
        for lane in &mut self.0 {
            lane.times.sort_by(f64::total_cmp);
            let at = |part: usize| lane.times[(lane.times.len() - 1) * part / 4];
            println!("{:45} {:9} bytes {:8.2} ms   {:8.2} to {:8.2}", lane.name, lane.bytes, at(2), at(1), at(3));
        }
    }
}

fn state<T: state_core::State + for<'a> state_core::Restore<'a>>(lanes: &mut Lanes<'_>, value: &'static T) {
    lanes.add("state", || state_core::dumps(value), |bytes| state_core::loads::<T>(bytes));
    lanes.add("state, pickle", || state_core::pickle::dumps(value), |bytes| state_core::pickle::loads::<T>(bytes));
}

fn serde<T: serde::Serialize + serde::de::DeserializeOwned>(lanes: &mut Lanes<'_>, name: &str, value: &'static T) {
    lanes.add(name, || postcard::to_allocvec(value), |bytes| postcard::from_bytes::<T>(bytes));
}

fn main() {
    let rounds = std::env::args().nth(1).map_or(20, |rounds| rounds.parse().expect("a number of rounds"));

    let tree: &'static Tree = Box::leak(Box::new(graphs::tree()));
    let mut lanes = Lanes::default();
    state(&mut lanes, tree);
    fory_graphs::tree(&mut lanes);
    serde(&mut lanes, "serde's rc, without parents", tree);
    lanes.add("rkyv", || graphs::rkyv_tree(tree), graphs::rkyv_load::<Tree>);
    lanes.measure("a tree with parents, 111,111 nodes", rounds);

    let dag: &'static Dag = Box::leak(Box::new(graphs::dag()));
    let mut lanes = Lanes::default();
    state(&mut lanes, dag);
    fory_graphs::dag(&mut lanes, dag);
    lanes.add("rkyv", || graphs::rkyv_dag(dag), graphs::rkyv_load::<Dag>);
    serde(&mut lanes, "serde's rc, which copies", dag);
    lanes.measure("100,000 things of 1000 materials", rounds);

    let ring: &'static Ring = Box::leak(Box::new(graphs::ring()));
    let mut lanes = Lanes::default();
    state(&mut lanes, ring);
    fory_graphs::ring(&mut lanes);
    lanes.measure("1000 rings of 100, each link of which refers weakly to the next", rounds);
}
