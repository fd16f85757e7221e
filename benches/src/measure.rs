//! The clock: every lane runs once a round, the lanes of a cell one after another, so that a disturbance of the machine
//! affects all of them. It counts the CPU time of the thread, which excludes other programs.

use std::time::Duration;

use cpu_time::ThreadTime;

use crate::arguments::Arguments;
use crate::bench::{Bench, Lane};
use crate::data::Set;
use crate::report::{Entry, Row, SetResult, terminal};
use crate::statistics::Spread;

/// The times of a lane in seconds, one for each round.
struct Series<'a> {
    lane: Lane<'a>,
    repeats: u32,
    times: Vec<f64>,
}

impl Series<'_> {
    fn once(&mut self, repeats: u32) -> Duration {
        let start = ThreadTime::now();
        for _ in 0..repeats {
            (self.lane.run)();
        }
        start.elapsed()
    }

    /// Computes how often the lane must run in a round to fill `batch`.
    fn calibrate(&mut self, batch: Duration) {
        self.once(1);
        let one = self.once(1).min(self.once(1)).as_secs_f64().max(1e-8);
        self.repeats = (batch.as_secs_f64() / one).ceil().clamp(1.0, 1e6) as u32;
    }

    /// Times the lane, after one run that brings its data into the caches: the previous lane has filled them with other
    /// data.
    fn round(&mut self) {
        self.once(1);
        let time = self.once(self.repeats).as_secs_f64() / f64::from(self.repeats);
        self.times.push(time);
    }
}

/// Measures the lanes of a set.
pub fn measure<T: Set>(bench: Bench<'_, T>, arguments: &Arguments) -> SetResult {
    let Bench { mut lanes, sizes, refusals, .. } = bench;
    lanes.sort_by_key(|lane| lane.cell);
    let series = |lane| Series { lane, repeats: 1, times: Vec::new() };
    let mut all: Vec<Series<'_>> = lanes.into_iter().map(series).collect();
    for series in &mut all {
        series.calibrate(arguments.batch);
    }
    for round in 0..arguments.rounds {
        terminal::progress(T::NAME, round, arguments.rounds);
        for cell in all.chunk_by_mut(|a, b| a.lane.cell == b.lane.cell) {
            // Rotates the order, so that no lane is always first or always after the same other one.
            let first = round % cell.len();
            let (front, back) = cell.split_at_mut(first);
            back.iter_mut().chain(front).for_each(Series::round);
        }
    }
    terminal::progress_end();
    let rows = all.chunk_by(|a, b| a.lane.cell == b.lane.cell).map(row).collect();
    SetResult { name: T::NAME.into(), about: T::ABOUT.into(), rows, sizes, refusals }
}

/// Summarizes the series of a cell.
fn row(series: &[Series<'_>]) -> Row {
    let entry = |series: &Series<'_>| Entry {
        peer: series.lane.peer.into(),
        time: Spread::of(series.times.iter().copied()),
        to_best: None,
    };
    let mut entries: Vec<Entry> = series.iter().map(entry).collect();
    // Compares each peer with the best of the others within each round: what slows a whole round cancels out.
    for (at, one) in series.iter().enumerate() {
        let others = (0..series.len()).filter(|&other| other != at);
        let best = others.min_by(|&a, &b| entries[a].time.median.total_cmp(&entries[b].time.median));
        entries[at].to_best =
            best.map(|best| Spread::of(one.times.iter().zip(&series[best].times).map(|(one, best)| one / best)));
    }
    Row { cell: series[0].lane.cell, entries }
}
