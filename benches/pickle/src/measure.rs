//! The clock: every lane runs once a round, the lanes of a cell one after another, so that a disturbance of the machine
//! affects all of them. Here and in Python it counts the CPU time of the thread.

use std::io::Result;

use cpu_time::ThreadTime;

use crate::lanes::{Lane, Run};
use crate::python::Python;
use crate::report::{Entry, Row};
use crate::statistics::Spread;

/// The minimal seconds that a lane is measured in each round.
const BATCH: f64 = 2e-3;

struct Series<'a> {
    lane: Lane<'a>,
    repeats: u32,
    times: Vec<f64>,
}

impl Series<'_> {
    /// The average seconds of one repetition.
    fn once(&mut self, repeats: u32, python: &mut Python) -> Result<f64> {
        match &mut self.lane.run {
            Run::Python(what) => python.time(what, repeats),
            Run::Here(run) => {
                let start = ThreadTime::now();
                (0..repeats).for_each(|_| run());
                Ok(start.elapsed().as_secs_f64() / f64::from(repeats))
            }
        }
    }
}

/// Measures the lanes of a set, those of a cell interleaved.
///
/// # Errors
/// The Python process fails.
pub fn measure(mut lanes: Vec<Lane<'_>>, python: &mut Python, rounds: usize) -> Result<Vec<Row>> {
    lanes.sort_by_key(|lane| lane.cell);
    let mut all: Vec<_> = lanes.into_iter().map(|lane| Series { lane, repeats: 1, times: Vec::new() }).collect();
    for series in &mut all {
        series.once(1, python)?;
        let one = series.once(1, python)?.max(1e-8);
        series.repeats = (BATCH / one).ceil().clamp(1.0, 1e5) as u32;
    }
    for round in 0..rounds {
        for cell in all.chunk_by_mut(|a, b| a.lane.cell == b.lane.cell) {
            let first = round % cell.len();
            let (front, back) = cell.split_at_mut(first);
            for series in back.iter_mut().chain(front) {
                let time = series.once(series.repeats, python)?;
                series.times.push(time);
            }
        }
    }
    Ok(all.chunk_by(|a, b| a.lane.cell == b.lane.cell).map(row).collect())
}

fn row(series: &[Series<'_>]) -> Row {
    let state = series.iter().find(|series| series.lane.peer == "state");
    let entry = |one: &Series<'_>| Entry {
        peer: one.lane.peer.into(),
        time: Spread::of(one.times.iter().copied()),
        // Round by round: what slows a whole round cancels out.
        times_state: state.map(|state| Spread::of(one.times.iter().zip(&state.times).map(|(one, state)| one / state))),
    };
    Row { cell: series[0].lane.cell, entries: series.iter().map(entry).collect() }
}
