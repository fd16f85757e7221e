//! A program without std that uses each part of the derive and of the runtime. It is only built, for a target without
//! std: `cargo build -p no-std --target thumbv7em-none-eabihf`.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use state_core::{
    Dynamic, History, Inspection, Options, Record, Result, State, StateExt, dumps, dynamic, load_into, loads,
};

/// A sample.
#[derive(Record, Clone, Copy, Default)]
#[repr(C)]
pub struct Sample {
    /// In degrees.
    pub temperature: f32,
    /// In milliseconds.
    pub time: u64,
}

/// A parent with a raw array.
#[derive(State, Default)]
pub struct Log {
    /// Oldest first.
    #[state(bytes)]
    pub samples: Vec<Sample>,
}

/// A recursive enum.
#[derive(State, Default)]
pub enum Mode {
    /// Nothing is measured.
    #[default]
    Idle,
    /// One mode and then another.
    Then(Box<Mode>, Box<Mode>),
    /// Names of what is measured.
    Named {
        /// By number.
        names: BTreeMap<u8, String>,
    },
}

/// A child with hooks and a skipped slot.
#[derive(State, Default)]
#[state(after_set = Self::counted)]
pub struct Device {
    /// The parent.
    #[state(flatten_parent)]
    pub log: Log,
    /// The current mode.
    pub mode: Option<Mode>,
    /// Computed from the log.
    #[state(skip)]
    pub count: usize,
}

impl Device {
    fn counted(&mut self) {
        self.count = self.log.samples.len();
    }
}

/// Stores frames of a device, rolls back, and returns the differences.
///
/// # Errors
/// None that the runtime should give.
pub fn go_back(device: &mut Device) -> Result<String> {
    let mut history = History::new().frames(2).bytes(1 << 10);
    history.push(0, device)?;
    history.push(1, device)?;
    history.restore(0, device)?;
    let sum = history.checksum(1)?;
    let found = history.compare(0, &history.image(1)?)?.next();
    Ok(alloc::format!("{sum:x} {found:?}"))
}

/// Writes and reads a device's state in every format.
///
/// # Errors
/// None that the runtime should give.
pub fn round_trip(device: &mut Device) -> Result<String> {
    let bytes = Options::new().with_schema().dumps(device)?;
    load_into(&bytes, device)?;
    let mut other: Device = loads(&bytes)?;
    other.set_state(device.get_state()?)?;
    Inspection::open(&bytes)?.tree()
}

/// A source of measurements.
pub trait Sensor: Dynamic {
    /// The last sample.
    fn last(&self) -> Option<Sample>;
}

impl Sensor for Log {
    fn last(&self) -> Option<Sample> {
        self.samples.last().copied()
    }
}

impl Sensor for Device {
    fn last(&self) -> Option<Sample> {
        self.log.last()
    }
}

dynamic!(dyn Sensor = [Log, Device]);

/// Writes and reads sensors of different types.
///
/// # Errors
/// None that the runtime should give.
pub fn sensors(sensors: &[Box<dyn Sensor>]) -> Result<Vec<Box<dyn Sensor>>> {
    loads(&dumps(sensors)?)
}
