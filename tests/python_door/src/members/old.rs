//! The older forms.

use super::*;

pub trait Effect: Dynamic + Send + Sync {}
dynamic!(dyn Effect as "desk.Effect" = open);
pub trait Knob: Dynamic + Send + Sync {}
dynamic!(dyn Knob as "desk.Knob" = open);

#[derive(State)]
#[state(name = "desk.Filter")]
struct Filter {
    low: f64,
    high: f64,
}

#[derive(State)]
#[state(name = "desk.Echo")]
struct Echo {
    delay: f32,
    wet: u8,
    label: String,
}

#[derive(State)]
#[state(name = "desk.Chain")]
struct Chain {
    first: Option<Box<dyn Effect>>,
    rest: Vec<Box<dyn Effect>>,
}

/// Its set of knobs occurs only inside effects.
#[derive(State)]
#[state(name = "desk.Panel")]
struct Panel {
    knobs: Vec<Box<dyn Knob>>,
}

#[derive(State)]
#[state(name = "desk.Gain")]
struct Gain(u16);

#[derive(State)]
#[state(name = "desk.Speed")]
struct Speed {
    kmh: f64,
}

#[derive(State)]
#[state(name = "desk.Mute")]
struct Mute;

#[derive(State)]
#[state(name = "desk.Strict")]
struct Strict {
    kept: i64,
    gone: i64,
}

#[derive(State)]
#[state(name = "desk.Wave")]
struct Wave {
    #[state(bytes)]
    dots: Vec<OldDot>,
    #[state(array)]
    grid: Vec<[f32; 2]>,
}

#[derive(State)]
#[state(name = "desk.Late")]
pub struct Late {
    first: u8,
    second: u8,
}

impl Effect for Filter {}
impl Effect for Echo {}
impl Effect for Chain {}
impl Effect for Panel {}
impl Effect for Speed {}
impl Effect for OldShift {}
impl Effect for Mute {}
impl Effect for Strict {}
impl Effect for Wave {}
impl Effect for Late {}
impl Effect for u8 {}
impl Knob for Gain {}

pub fn register() -> PyResult<()> {
    <dyn Effect>::register([
        member!(Filter),
        member!(Echo),
        member!(Chain),
        member!(Panel),
        member!(Speed),
        member!(OldShift),
        member!(Mute),
        member!(Strict),
        member!(Wave),
        member!(u8 as "number"),
    ])?;
    Ok(<dyn Knob>::register([member!(Gain)])?)
}

/// Makes an effect from a tuple of its name and its slots.
fn effect(told: &Bound<'_, PyAny>) -> PyResult<Box<dyn Effect>> {
    let name: String = told.get_item(0)?.extract()?;
    let number = |at| told.get_item(at)?.extract::<u8>();
    Ok(match &*name {
        "filter" => Box::new(Filter { low: number(1)?.into(), high: number(2)?.into() }),
        "echo" => Box::new(Echo { delay: number(1)?.into(), wet: number(2)?, label: told.get_item(3)?.extract()? }),
        "chain" => {
            let first = told.get_item(1)?;
            let first = if first.is_none() { None } else { Some(effect(&first)?) };
            Box::new(Chain { first, rest: effects(&told.get_item(2)?)? })
        }
        "panel" => {
            let gains: Vec<u16> = told.get_item(1)?.extract()?;
            Box::new(Panel { knobs: gains.into_iter().map(|gain| Box::new(Gain(gain)) as Box<dyn Knob>).collect() })
        }
        "speed" => Box::new(Speed { kmh: number(1)?.into() }),
        "shift" => Box::new(OldShift { by: number(1)?.into() }),
        "strict" => Box::new(Strict { kept: number(1)?.into(), gone: number(2)?.into() }),
        "wave" => {
            let (x, y) = (number(1)?.into(), number(2)?.into());
            Box::new(Wave { dots: vec![OldDot { x, y }; 2], grid: vec![[x, y]; 3] })
        }
        "late" => Box::new(Late { first: number(1)?, second: number(2)? }),
        "number" => Box::new(number(1)?),
        _ => Box::new(Mute),
    })
}

fn effects(told: &Bound<'_, PyAny>) -> PyResult<Vec<Box<dyn Effect>>> {
    told.try_iter()?.map(|told| effect(&told?)).collect()
}

#[pyclass(module = "zoo", subclass)]
#[derive(State)]
#[state(name = "Desk")]
pub struct OldDesk {
    effects: Vec<Box<dyn Effect>>,
    name: String,
}

#[pymethods]
impl OldDesk {
    #[new]
    #[pyo3(signature = (told, *_rest))]
    fn new(told: &Bound<'_, PyAny>, _rest: &Bound<'_, PyTuple>) -> PyResult<Self> {
        Ok(Self { effects: effects(told)?, name: "desk".into() })
    }

    /// The native bytes, with the schemas.
    fn native<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &Options::new().with_schema().dumps(self)?))
    }
}

#[pyclass(module = "zoo", extends = OldDesk)]
#[derive(State)]
#[state(name = "Studio")]
pub struct OldStudio {
    main: Box<dyn Effect>,
    title: String,
}

#[pymethods]
impl OldStudio {
    #[new]
    fn new(told: &Bound<'_, PyAny>, main: &Bound<'_, PyAny>) -> PyResult<PyClassInitializer<Self>> {
        let desk = OldDesk { effects: effects(told)?, name: "base".into() };
        Ok(PyClassInitializer::from(desk).add_subclass(Self { main: effect(main)?, title: "studio".into() }))
    }
}

#[pyclass(module = "zoo")]
#[derive(State)]
#[state(name = "Case")]
pub struct OldCase {
    effects: Vec<Box<dyn Effect>>,
    number: u16,
}

#[pymethods]
impl OldCase {
    #[new]
    fn new(told: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { effects: effects(told)?, number: 65535 })
    }
}

#[pyclass(module = "zoo")]
#[derive(State)]
#[state(name = "Shelf")]
pub struct OldShelf {
    effects: Vec<Box<dyn Effect>>,
    name: String,
}

#[pymethods]
impl OldShelf {
    #[new]
    fn new(told: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { effects: effects(told)?, name: "shelf".into() })
    }
}

#[pyclass(module = "zoo")]
#[derive(State)]
#[state(name = "Safe")]
pub struct OldSafe {
    effects: Vec<Box<dyn Effect>>,
}

#[pymethods]
impl OldSafe {
    #[new]
    fn new(told: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { effects: effects(told)? })
    }
}

#[pyclass(module = "zoo")]
#[derive(State, Default)]
#[state(name = "Loop")]
pub struct OldLoop {
    #[pyo3(get, set)]
    next: Option<Py<PyAny>>,
    part: Part,
}

/// A struct that is not a class, with an open set.
#[derive(State, Default)]
#[state(name = "desk.Part")]
struct Part {
    effects: Vec<Box<dyn Effect>>,
}

#[pymethods]
impl OldLoop {
    #[new]
    fn new(told: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { next: None, part: Part { effects: effects(told)? } })
    }
}
