//! Classes with open sets whose types changed in every way: `OldX` and `NewX` are two forms of one class `X`.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use state_core::python::{packed, picklable};
use state_core::{Dynamic, Older, Options, Record, State, dynamic, loads_upgraded, member};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    old::register()?;
    new::register()?;
    picklable::<old::OldDesk>(module)?;
    picklable::<new::NewDesk>(module)?;
    picklable::<old::OldStudio>(module)?;
    picklable::<new::NewStudio>(module)?;
    packed::<old::OldCase>(module)?;
    packed::<new::NewCase>(module)?;
    picklable::<old::OldShelf>(module)?;
    picklable::<new::NewShelf>(module)?;
    picklable::<old::OldSafe>(module)?;
    picklable::<new::NewSafe>(module)?;
    picklable::<old::OldLoop>(module)?;
    picklable::<new::NewLoop>(module)?;
    module.add_function(wrap_pyfunction!(register_late, module)?)
}

/// As a plugin that is imported later.
#[pyfunction]
fn register_late() -> PyResult<()> {
    <dyn old::Effect>::register([member!(old::Late)])?;
    Ok(<dyn new::Effect>::register([member!(new::Late)])?)
}

#[derive(Record, Clone, Copy, Debug)]
#[state(name = "desk.Dot")]
#[repr(C)]
struct OldDot {
    x: f32,
    y: f32,
}

#[derive(Record, Clone, Copy, Debug)]
#[state(name = "desk.Dot")]
#[repr(C)]
struct NewDot {
    y: f32,
    x: f32,
}

#[derive(State)]
#[state(name = "desk.Shift")]
pub struct OldShift {
    by: i32,
}

mod old {
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

    /// The set of knobs is in effects alone.
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

    /// An effect that is told as a tuple of its name and its slots.
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

    /// A struct that is no class, with a set.
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
}

mod new {
    use std::fmt::Debug;

    use super::*;

    pub trait Effect: Dynamic + Debug + Send + Sync {}
    dynamic!(dyn Effect as "desk.Effect" = open);
    pub trait Knob: Dynamic + Debug + Send + Sync {}
    dynamic!(dyn Knob as "desk.Knob" = open);

    /// Slots of one type in another order.
    #[derive(State, Debug)]
    #[state(name = "desk.Filter")]
    struct Filter {
        high: f64,
        low: f64,
    }

    /// A slot removed, one renamed, one wider, one added, in another order; and another name.
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

    /// All but `Mute`, which is gone.
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

        /// What becomes of native bytes.
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

    /// It has no open set any more.
    #[pyclass(module = "zoo", get_all)]
    #[derive(State)]
    #[state(name = "Shelf", removed("effects"))]
    pub struct NewShelf {
        name: String,
    }

    /// Takes care of older states that cannot be matched.
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
}
