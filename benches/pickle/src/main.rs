//! Measures the pickle format against serde-pickle and CPython's C implementation, on the same data in interleaved
//! rounds.
//!
//! `cargo run --release [-- ROUNDS [FOLDER]]` prints a table, and writes `pickle.md` and `pickle.json` into the folder,
//! which is `results` beside the benchmark's own without it.

mod data;
mod lanes;
#[path = "../../src/machine.rs"]
mod machine;
mod measure;
mod python;
#[path = "../../src/random.rs"]
#[allow(dead_code, reason = "the benchmark's data needs more of it")]
mod random;
mod report;
#[path = "../../src/statistics.rs"]
#[allow(dead_code, reason = "the benchmark's report tells of ties")]
mod statistics;

use std::fmt::Debug;
use std::fs;
use std::io::{Error, Result};
use std::path::PathBuf;
use std::process::ExitCode;

use serde_bytes::ByteBuf;
use state_core::pickle::Protocol;
use state_core::{RestoreOwned, State};

use lanes::{Lane, Way};
use python::Python;
use report::{Report, SetResult};

/// The aims for lists of objects: how many times as fast as CPython's dumps and loads, and as serde-pickle's loads.
const OBJECTS: Option<[f64; 3]> = Some([30.0, 8.0, 10.0]);

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let rounds = match words.next() {
        None => 31,
        Some(word) => {
            let rounds = word.parse().ok().filter(|&rounds: &usize| rounds > 0);
            rounds.ok_or_else(|| Error::other(format!("{word}: not a number of rounds above zero")))?
        }
    };
    let out = words.next().map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../results").into(), PathBuf::from);
    let sets = sets(&mut Bench { python: Python::start()?, rounds })?;
    let report = Report { machine: machine::describe(), rounds, sets };
    let text = report::markdown(&report);
    print!("{text}");
    fs::create_dir_all(&out)?;
    fs::write(out.join("pickle.md"), text)?;
    fs::write(out.join("pickle.json"), serde_json::to_string_pretty(&report)?)
}

fn sets(bench: &mut Bench) -> Result<Vec<SetResult>> {
    let usual = Way::new(Protocol::V4, 4);
    let (persons, tuples, dicts) = (data::persons(), data::tuples(), data::dicts());
    let (sorted, places, bicycles) = (data::sorted_dicts(), data::places(), data::bicycles());
    let (numbers, bytes, buffer) = (data::numbers(), data::bytes(), ByteBuf::from(data::bytes()));
    let latest = Way::new(Protocol::V5, 5);
    Ok(vec![
        bench.set("100,000 Person", OBJECTS, &persons, usual, lanes::serde_pickle(&persons))?,
        bench.set("100,000 (int, float)", OBJECTS, &tuples, usual, lanes::serde_pickle(&tuples))?,
        bench.set("100,000 dicts, HashMap", OBJECTS, &dicts, usual, lanes::serde_pickle(&dicts))?,
        bench.set("100,000 dicts, BTreeMap", OBJECTS, &sorted, usual, lanes::serde_pickle(&sorted))?,
        bench.set("100,000 with attributes", OBJECTS, &places, usual, lanes::serde_pickle(&places))?,
        bench.set("1,000,000 bicycles, p2", None, &bicycles, Way::new(Protocol::V2, 2), Vec::new())?,
        bench.set("1,000,000 bicycles, p5", None, &bicycles, latest, Vec::new())?,
        bench.set("1,000,000 bicycles, out of band", None, &bicycles, latest.out_of_band(), Vec::new())?,
        bench.set("2,000,000 floats, out of band", None, &numbers, latest.out_of_band(), Vec::new())?,
        bench.set("10 MB of bytes", None, &bytes, usual, lanes::serde_pickle(&buffer))?,
    ])
}

struct Bench {
    python: Python,
    rounds: usize,
}

impl Bench {
    /// Measures a set: the lanes of `state` and CPython, and those of other peers.
    fn set<T>(
        &mut self,
        name: &'static str,
        aims: Option<[f64; 3]>,
        value: &T,
        way: Way,
        others: Vec<Lane<'_>>,
    ) -> Result<SetResult>
    where
        T: State + RestoreOwned + Clone + Debug + PartialEq,
    {
        eprintln!("{name}: {} rounds", self.rounds);
        let mut lanes = lanes::both(&mut self.python, value, way)?;
        lanes.extend(others);
        Ok(SetResult { name, aims, rows: measure::measure(lanes, &mut self.python, self.rounds)? })
    }
}
