//! The clock: all peers of a cell run once a round, in an order that rotates, so that a disturbance affects all of
//! them.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::peers::Peer;

/// The timed operations; each call handles one state.
pub const CELLS: [&str; 4] = ["dumps", "dump_into", "loads", "load_into"];

/// The minimal duration of a cell in a round.
const BATCH: Duration = Duration::from_millis(1);

/// One peer in one cell.
struct Lane<'a> {
    peer: usize,
    cell: usize,
    run: Box<dyn FnMut() + 'a>,
    repeats: u32,
    times: Vec<f64>,
}

/// The lanes of a shape.
pub struct Bench<'a, T> {
    values: &'a [T],
    names: Vec<&'static str>,
    bytes: Vec<f64>,
    lanes: Vec<Lane<'a>>,
}

/// The results: for each peer its name and the average bytes of a state, and for each cell the nanoseconds per state,
/// one number a round.
pub struct Measured {
    pub peers: Vec<(&'static str, f64)>,
    /// By cell and peer.
    pub times: Vec<Vec<Vec<f64>>>,
}

impl<'a, T: Clone + PartialEq> Bench<'a, T> {
    pub fn new(values: &'a [T]) -> Self {
        Self { values, names: Vec::new(), bytes: Vec::new(), lanes: Vec::new() }
    }

    fn lane(&mut self, cell: usize, run: impl FnMut() + 'a) {
        self.lanes.push(Lane { peer: self.names.len(), cell, run: Box::new(run), repeats: 1, times: Vec::new() });
    }

    /// Adds a peer, after testing its round trip.
    pub fn peer<P: Peer<T> + 'a>(&mut self) -> &mut Self {
        let values = self.values;
        let images: Vec<Box<[u8]>> = values.iter().map(|value| P::dumps(value).into()).collect();
        let mut peer = P::default();
        let mut live = values[0].clone();
        for (value, image) in values.iter().zip(&images) {
            assert!(*peer.write(value) == **image, "{}: into a buffer", P::NAME);
            peer.restore(image, &mut live);
            assert!(live == *value && peer.load(image) == *value, "{}: a load", P::NAME);
        }
        let total: usize = images.iter().map(|image| image.len()).sum();
        self.lane(0, || values.iter().for_each(|value| drop(black_box(P::dumps(black_box(value))))));
        let mut peer = P::default();
        self.lane(1, move || {
            for value in values {
                black_box(peer.write(black_box(value)));
            }
        });
        let (mut peer, again) = (P::default(), images.clone());
        self.lane(2, move || again.iter().for_each(|image| drop(black_box(peer.load(black_box(image))))));
        let mut peer = P::default();
        self.lane(3, move || {
            for image in &images {
                peer.restore(black_box(image), black_box(&mut live));
            }
        });
        self.names.push(P::NAME);
        self.bytes.push(total as f64 / values.len() as f64);
        self
    }
}

impl Lane<'_> {
    fn once(&mut self, repeats: u32) -> Duration {
        let start = ThreadTime::now();
        for _ in 0..repeats {
            (self.run)();
        }
        start.elapsed()
    }

    fn calibrate(&mut self) {
        self.once(1);
        let one = self.once(1).min(self.once(1)).as_secs_f64().max(1e-8);
        self.repeats = (BATCH.as_secs_f64() / one).ceil().clamp(1.0, 1e6) as u32;
    }

    fn round(&mut self, states: f64) {
        self.once(1);
        let time = self.once(self.repeats).as_secs_f64() / f64::from(self.repeats);
        self.times.push(time * 1e9 / states);
    }
}

pub fn measure<T>(bench: Bench<'_, T>, rounds: usize) -> Measured {
    let Bench { values, names, bytes, mut lanes } = bench;
    lanes.sort_by_key(|lane| lane.cell);
    lanes.iter_mut().for_each(Lane::calibrate);
    for round in 0..rounds {
        for cell in lanes.chunk_by_mut(|a, b| a.cell == b.cell) {
            let (front, back) = cell.split_at_mut(round % names.len());
            back.iter_mut().chain(front).for_each(|lane| lane.round(values.len() as f64));
        }
    }
    let mut times = vec![vec![Vec::new(); names.len()]; CELLS.len()];
    for lane in lanes {
        times[lane.cell][lane.peer] = lane.times;
    }
    Measured { peers: names.into_iter().zip(bytes).collect(), times }
}
