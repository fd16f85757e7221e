//! The lanes of a set; a lane is one peer in one cell. Each lane's round trip is asserted here, before anything is
//! timed.

use std::fmt::Debug;
use std::hint::black_box;
use std::io::Result;

use serde::Serialize;
use serde::de::DeserializeOwned;
use state_core::pickle::{PickleOptions, PickleSegmentBuffer, Protocol};
use state_core::{RestoreOwned, State};

use crate::python::Python;
use crate::report::Cell;

/// The code that a lane runs in a round.
pub enum Run<'a> {
    Here(Box<dyn FnMut() + 'a>),
    /// The command for the Python process.
    Python(&'static str),
}

/// One peer in one cell.
pub struct Lane<'a> {
    pub peer: &'static str,
    pub cell: Cell,
    pub run: Run<'a>,
}

/// How the pickles of a set are written.
#[derive(Clone, Copy)]
pub struct Way {
    pub protocol: Protocol,
    pub number: u8,
    pub out_of_band: bool,
}

impl Way {
    pub const fn new(protocol: Protocol, number: u8) -> Self {
        Self { protocol, number, out_of_band: false }
    }

    pub const fn out_of_band(mut self) -> Self {
        self.out_of_band = true;
        self
    }
}

fn here<'a>(peer: &'static str, cell: Cell, run: impl FnMut() + 'a) -> Lane<'a> {
    Lane { peer, cell, run: Run::Here(Box::new(run)) }
}

/// The lanes of `state`, of CPython, and of the lower bounds, which are copying the value and copying the pickle.
/// `state` reads what CPython wrote.
///
/// # Errors
/// The Python process fails.
pub fn both<'a, T>(python: &mut Python, value: &'a T, way: Way) -> Result<Vec<Lane<'a>>>
where
    T: State + RestoreOwned + Clone + Debug + PartialEq + 'a,
{
    let options = PickleOptions::new().protocol(way.protocol);
    let own = options.dumps(value).expect("the data can be written");
    let written = python.take(&own, way.number, way.out_of_band)?;
    let given: Vec<Vec<u8>> = if way.out_of_band { vec![written.buffer] } else { Vec::new() };
    let pickle = written.pickle;
    let load = move |pickle: &[u8], given: &[Vec<u8>]| {
        let buffers: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
        options.loads_with::<T>(pickle, &buffers).expect("Python wrote it")
    };
    assert!(load(&pickle, &given) == *value, "what Python wrote is another value");

    let mut lanes = vec![
        Lane { peer: "CPython", cell: Cell::Dumps, run: Run::Python("dumps") },
        Lane { peer: "CPython", cell: Cell::Loads, run: Run::Python("loads") },
        here("clone", Cell::Loads, move || drop(black_box(black_box(value).clone()))),
    ];
    if way.out_of_band {
        let mut buffer = PickleSegmentBuffer::new();
        lanes.push(here("state", Cell::Dumps, move || {
            black_box(options.dump_segments(black_box(value), &mut buffer).expect("the data can be written"));
        }));
    } else {
        let (mut buffer, mut copy) = (own.clone(), own.clone());
        lanes.push(here("state", Cell::Dumps, move || {
            options.dump_into(black_box(value), &mut buffer).expect("the data can be written");
        }));
        lanes.push(here("memcpy", Cell::Dumps, move || {
            copy.copy_from_slice(black_box(&own));
            black_box(&mut copy);
        }));
    }
    let (again, buffers) = (pickle.clone(), given.clone());
    lanes.push(here("state", Cell::Loads, move || drop(black_box(load(black_box(&again), &buffers)))));
    if !way.out_of_band {
        lanes.extend(values(options, pickle.clone()));
    }
    let mut live = value.clone();
    lanes.push(here("state", Cell::LoadInto, move || {
        let buffers: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
        options.load_into_with(black_box(&pickle), &buffers, &mut live).expect("Python wrote it");
    }));
    Ok(lanes)
}

/// The lanes of dynamic values, compared with the objects that CPython makes of the same pickle. The written bytes may
/// differ in the memo, which Python also keeps for objects that occur only once.
fn values<'a>(options: PickleOptions, pickle: Vec<u8>) -> Vec<Lane<'a>> {
    let value = options.load_value(&pickle).expect("Python wrote it");
    let written = options.dump_value(&value).expect("it was read");
    assert!(options.load_value(&written).expect("it was written") == value, "another value is read than was written");
    vec![
        Lane { peer: "CPython", cell: Cell::LoadValue, run: Run::Python("loads") },
        Lane { peer: "CPython", cell: Cell::DumpValue, run: Run::Python("dumps") },
        here("state", Cell::LoadValue, move || {
            drop(black_box(options.load_value(black_box(&pickle)).expect("Python wrote it")));
        }),
        here("state", Cell::DumpValue, move || {
            drop(black_box(options.dump_value(black_box(&value)).expect("it was read")));
        }),
    ]
}

/// The lanes of serde-pickle, which reads its own output: it does not support classes, and writes protocol 3.
pub fn serde_pickle<'a, T>(value: &'a T) -> Vec<Lane<'a>>
where
    T: Serialize + DeserializeOwned + PartialEq + 'a,
{
    let pickle = serde_pickle::to_vec(value, serde_pickle::SerOptions::new()).expect("the data can be written");
    let load = |pickle: &[u8]| -> T {
        serde_pickle::from_slice(pickle, serde_pickle::DeOptions::new()).expect("it was written before")
    };
    assert!(load(&pickle) == *value, "serde-pickle reads another value than it wrote");
    let mut buffer = pickle.clone();
    vec![
        here("serde-pickle", Cell::Dumps, move || {
            buffer.clear();
            serde_pickle::to_writer(&mut buffer, black_box(value), serde_pickle::SerOptions::new())
                .expect("the data can be written");
        }),
        here("serde-pickle", Cell::Loads, move || drop(black_box(load(black_box(&pickle))))),
    ]
}
