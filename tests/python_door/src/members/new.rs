//! The current forms.

use std::fmt::Debug;

use super::*;

pub trait Effect: Dynamic + Debug + Send + Sync {}
dynamic!(dyn Effect as "desk.Effect" = open);
pub trait Knob: Dynamic + Debug + Send + Sync {}
dynamic!(dyn Knob as "desk.Knob" = open);

/// Slots of the same type in another order.
#[derive(State, Debug)]
#[state(name = "desk.Filter")]
struct Filter {
    high: f64,
    low: f64,
}

/// A slot removed, one renamed, one widened, one added, in another order; and another type name.
#[derive(State, Debug)]
#[state(name = "desk.Delay", alias("desk.Echo"), removed("wet"))]
struct Delay {
    #[state(alias("label"))]
    title: String,
    #[state(default = three)]
    taps: u8,
    delay: f64,
}

fn three() -> u8 {
    3
}

#[derive(State, Debug)]
#[state(name = "desk.Chain")]
struct Chain {
    rest: Vec<Box<dyn Effect>>,
    #[state(default)]
    on: bool,
    first: Option<Box<dyn Effect>>,
}

#[derive(State, Debug)]
#[state(name = "desk.Panel")]
struct Panel {
    knobs: Vec<Box<dyn Knob>>,
}

#[derive(State, Debug)]
#[state(name = "desk.Gain")]
struct Gain(u64);

#[derive(State, Debug)]
#[state(name = "desk.Speed", upgrade = Speed::upgrade)]
struct Speed {
    speed: f64,
}

impl Speed {
    fn upgrade(older: &mut Older) -> Result<(), String> {
        if let Some(speed) = older.take("kmh") {
            let speed = speed.as_f64().ok_or("a speed that is no number")?;
            if speed > 200.0 {
                return Err("too fast".into());
            }
            older.set("speed", speed / 3.6);
        }
        Ok(())
    }
}

#[derive(State, Debug)]
#[state(name = "desk.Shift", from(OldShift))]
struct Shift {
    text: String,
}

impl From<OldShift> for Shift {
    fn from(old: OldShift) -> Self {
        Self { text: format!("by {}", old.by) }
    }
}

#[derive(State, Debug)]
#[state(name = "desk.Strict")]
struct Strict {
    kept: i64,
    new: i64,
}

#[derive(State, Debug)]
#[state(name = "desk.Wave")]
struct Wave {
    #[state(array)]
    grid: Vec<[f32; 2]>,
    #[state(bytes)]
    dots: Vec<NewDot>,
}

#[derive(State, Debug)]
#[state(name = "desk.Late")]
pub struct Late {
    second: u8,
    first: u8,
}

impl Effect for Filter {}
impl Effect for Delay {}
impl Effect for Chain {}
impl Effect for Panel {}
impl Effect for Speed {}
impl Effect for Shift {}
impl Effect for Strict {}
impl Effect for Wave {}
impl Effect for Late {}
impl Effect for u32 {}
impl Knob for Gain {}

/// Registers all but `Mute`, which was removed.
pub fn register() -> PyResult<()> {
    <dyn Effect>::register([
        member!(u32 as "wide" | "number"),
        member!(Wave),
        member!(Strict),
        member!(Shift),
        member!(Speed),
        member!(Panel),
        member!(Chain),
        member!(Delay),
        member!(Filter),
    ])?;
    Ok(<dyn Knob>::register([member!(Gain)])?)
}

#[pyclass(module = "zoo", subclass)]
#[derive(State, Debug)]
#[state(name = "Desk")]
pub struct NewDesk {
    name: String,
    #[state(default)]
    number: u8,
    effects: Vec<Box<dyn Effect>>,
}

#[pymethods]
impl NewDesk {
    #[getter]
    fn shown(&self) -> String {
        format!("{self:?}")
    }

    /// The result of upgrading native bytes.
    #[staticmethod]
    fn upgraded(bytes: &[u8]) -> PyResult<String> {
        Ok(format!("{:?}", loads_upgraded::<Self>(bytes)?))
    }
}

#[pyclass(module = "zoo", extends = NewDesk)]
#[derive(State, Debug)]
#[state(name = "Studio")]
pub struct NewStudio {
    title: String,
    main: Option<Box<dyn Effect>>,
}

#[pymethods]
impl NewStudio {
    #[getter]
    fn own(&self) -> String {
        format!("{self:?}")
    }
}

#[pyclass(module = "zoo")]
#[derive(State, Debug)]
#[state(name = "Case")]
pub struct NewCase {
    number: u32,
    effects: Vec<Box<dyn Effect>>,
}

#[pymethods]
impl NewCase {
    #[getter]
    fn shown(&self) -> String {
        format!("{self:?}")
    }
}

/// Its open set was removed.
#[pyclass(module = "zoo", get_all)]
#[derive(State)]
#[state(name = "Shelf", removed("effects"))]
pub struct NewShelf {
    name: String,
}

/// Converts older states that cannot be matched in its own `__setstate__`.
#[pyclass(module = "zoo")]
#[derive(State)]
#[state(name = "Safe")]
pub struct NewSafe {
    #[state(default)]
    #[pyo3(get)]
    given: String,
    effects: Vec<Box<dyn Effect>>,
}

#[pymethods]
impl NewSafe {
    fn __setstate__(&mut self, state: &Bound<'_, PyAny>) -> PyResult<()> {
        self.given = format!("{:?} {}", self.effects, state.repr()?);
        Ok(())
    }
}

#[pyclass(module = "zoo")]
#[derive(State, Default)]
#[state(name = "Loop")]
pub struct NewLoop {
    part: Part,
    #[pyo3(get)]
    next: Option<Py<PyAny>>,
}

#[derive(State, Default, Debug)]
#[state(name = "desk.Part")]
struct Part {
    effects: Vec<Box<dyn Effect>>,
}

#[pymethods]
impl NewLoop {
    #[getter]
    fn shown(&self) -> String {
        format!("{:?}", self.part)
    }
}
