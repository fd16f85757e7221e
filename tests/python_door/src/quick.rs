//! Classes with only numbers and texts.

use std::num::NonZeroU8;
use std::sync::atomic::{AtomicU32, Ordering};

use pyo3::prelude::*;
use state_core::State;
use state_core::python::picklable;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Simple>(module)?;
    picklable::<Nothing>(module)
}

/// One of each.
#[pyclass(module = "zoo", subclass)]
#[derive(State)]
#[state(before_get = Simple::taken, after_set = Simple::given)]
struct Simple {
    flag: bool,
    tiny: i8,
    short: u16,
    medium: i32,
    long: i64,
    huge: u64,
    some: NonZeroU8,
    single: f32,
    double: f64,
    name: String,
    other: Box<str>,
    #[state(skip)]
    times_taken: AtomicU32,
    #[state(skip)]
    times_given: u32,
}

impl Simple {
    fn taken(&self) {
        self.times_taken.fetch_add(1, Ordering::Relaxed);
    }

    fn given(&mut self) -> Result<(), &'static str> {
        self.times_given += 1;
        if self.tiny == 13 { Err("tiny is 13") } else { Ok(()) }
    }
}

#[pymethods]
impl Simple {
    #[staticmethod]
    fn make() -> Self {
        Self {
            flag: true,
            tiny: -1,
            short: 1,
            medium: -1,
            long: 1,
            huge: 1,
            some: NonZeroU8::MIN,
            single: 1.5,
            double: -0.0,
            name: "name".into(),
            other: "other".into(),
            times_taken: AtomicU32::new(0),
            times_given: 0,
        }
    }

    /// How often the state was written and restored.
    #[getter]
    fn times(&self) -> (u32, u32) {
        (self.times_taken.load(Ordering::Relaxed), self.times_given)
    }
}

/// A class without slots.
#[pyclass(module = "zoo")]
#[derive(State)]
struct Nothing {}

#[pymethods]
impl Nothing {
    #[new]
    fn new() -> Self {
        Self {}
    }
}
