//! Classes of an older version and the current one: `OldX` and `NewX` are two forms of one class `X`.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use state_core::python::{packed, picklable};
use state_core::{Older, Record, State};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    sizes::add(module)?;
    bases::add(module)?;
    packed::<OldPacket>(module)?;
    packed::<NewPacket>(module)?;
    picklable::<OldPaint>(module)?;
    picklable::<NewPaint>(module)?;
    picklable::<OldLight>(module)?;
    picklable::<NewLight>(module)?;
    picklable::<OldShape>(module)?;
    picklable::<NewShape>(module)?;
    picklable::<OldSpeed>(module)?;
    picklable::<NewSpeed>(module)?;
    picklable::<OldRing>(module)?;
    picklable::<NewRing>(module)?;
    picklable::<OldOwn>(module)?;
    picklable::<NewOwn>(module)?;
    picklable::<OldStrict>(module)?;
    picklable::<NewStrict>(module)
}

/// Slots of the same type in another order, and every attribute for changed types.
mod sizes {
    use super::*;

    pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
        picklable::<OldSize>(module)?;
        picklable::<NewSize>(module)?;
        picklable::<OldPerson>(module)?;
        picklable::<NewPerson>(module)
    }

    #[pyclass(module = "zoo", get_all, set_all, subclass)]
    #[derive(State)]
    #[state(name = "Size")]
    struct OldSize {
        width: f64,
        height: f64,
    }

    #[pymethods]
    impl OldSize {
        #[new]
        fn new(width: f64, height: f64) -> Self {
            Self { width, height }
        }
    }

    #[pyclass(module = "zoo", get_all, set_all, subclass)]
    #[derive(State)]
    #[state(name = "Size")]
    struct NewSize {
        height: f64,
        width: f64,
    }

    #[derive(State, Clone)]
    #[state(name = "Address")]
    struct OldAddress {
        street: String,
        town: String,
    }

    #[derive(State, Clone)]
    #[state(name = "Address")]
    struct NewAddress {
        town: String,
        street: String,
    }

    #[pyclass(module = "zoo", subclass)]
    #[derive(State)]
    #[state(name = "Person")]
    struct OldPerson {
        name: String,
        addresses: Vec<OldAddress>,
        age: u8,
        nick: String,
        #[state(bytes)]
        marks: Vec<i32>,
    }

    #[pymethods]
    impl OldPerson {
        #[new]
        fn new(name: String) -> Self {
            let address = OldAddress { street: "Elm".into(), town: "Oslo".into() };
            Self { name, addresses: vec![address; 2], age: 30, nick: "D".into(), marks: vec![1, -2] }
        }
    }

    #[pyclass(module = "zoo", subclass)]
    #[derive(State)]
    #[state(name = "Person", removed("nick"))]
    struct NewPerson {
        #[state(bytes)]
        marks: Vec<i32>,
        #[state(default)]
        others: BTreeMap<String, String>,
        age: Option<u64>,
        #[state(alias("name"))]
        full_name: String,
        addresses: Vec<NewAddress>,
        #[state(default = NewPerson::shoe)]
        shoe: u8,
    }

    impl NewPerson {
        fn shoe() -> u8 {
            42
        }
    }

    #[pymethods]
    impl NewPerson {
        #[getter]
        fn shown(&self) -> String {
            let Self { marks, others, age, full_name, addresses, shoe } = self;
            let towns: Vec<_> = addresses.iter().map(|of| format!("{} in {}", of.street, of.town)).collect();
            format!("{full_name} {age:?} {towns:?} {marks:?} {others:?} {shoe}")
        }
    }
}

/// A base that grew a slot with a default below a child, and a base inserted between two classes.
mod bases {
    use super::*;

    pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
        picklable::<OldBase>(module)?;
        picklable::<NewBase>(module)?;
        picklable::<OldChild>(module)?;
        picklable::<NewChild>(module)?;
        picklable::<OldCat>(module)?;
        picklable::<NewFelid>(module)?;
        picklable::<NewCat>(module)
    }

    #[pyclass(module = "zoo", get_all, subclass)]
    #[derive(State)]
    #[state(name = "Base")]
    struct OldBase {
        first: u32,
    }

    #[pyclass(module = "zoo", get_all, subclass)]
    #[derive(State)]
    #[state(name = "Base")]
    struct NewBase {
        first: u32,
        #[state(default)]
        second: u32,
    }

    #[pyclass(module = "zoo", extends = OldBase, get_all, subclass)]
    #[derive(State)]
    #[state(name = "Child")]
    struct OldChild {
        own: u32,
    }

    #[pymethods]
    impl OldChild {
        #[new]
        fn new(first: u32, own: u32) -> PyClassInitializer<Self> {
            PyClassInitializer::from(OldBase { first }).add_subclass(Self { own })
        }
    }

    #[pyclass(module = "zoo", extends = NewBase, get_all, subclass)]
    #[derive(State)]
    #[state(name = "Child")]
    struct NewChild {
        #[state(default)]
        own: u32,
    }

    #[pyclass(module = "zoo", extends = OldBase, get_all)]
    #[derive(State)]
    #[state(name = "Cat")]
    struct OldCat {
        lives: u8,
    }

    #[pymethods]
    impl OldCat {
        #[new]
        fn new(first: u32, lives: u8) -> PyClassInitializer<Self> {
            PyClassInitializer::from(OldBase { first }).add_subclass(Self { lives })
        }
    }

    #[pyclass(module = "zoo", extends = NewBase, get_all, subclass)]
    #[derive(State)]
    #[state(name = "Felid")]
    struct NewFelid {
        #[state(default)]
        claws: bool,
    }

    #[pyclass(module = "zoo", extends = NewFelid, get_all)]
    #[derive(State)]
    #[state(name = "Cat")]
    struct NewCat {
        lives: u16,
    }
}

macro_rules! changed {
    ($($(#[$attribute:meta])* $name:ident($($field:ident: $ty:ty),*) $body:tt)*) => {$(
        #[pyclass(module = "zoo", get_all, set_all, subclass)]
        #[derive(State)]
        $(#[$attribute])*
        struct $name $body

        #[pymethods]
        impl $name {
            #[new]
            fn new($($field: $ty),*) -> Self {
                let mut made = Self::default();
                $(made.$field = $field;)*
                made
            }
        }
    )*};
}

changed! {
    #[derive(Default)]
    #[state(name = "Packet")]
    OldPacket(name: String, number: u16) { number: u16, name: String }

    #[derive(Default)]
    #[state(name = "Packet")]
    NewPacket(name: String) { name: String, number: u32, #[state(default)] sent: bool }

    #[derive(Default)]
    #[state(name = "Speed")]
    OldSpeed(name: String, kmh: f64) { name: String, kmh: f64 }

    #[derive(Default)]
    #[state(name = "Speed", upgrade = NewSpeed::upgrade)]
    NewSpeed(name: String, speed: f64) { name: String, speed: f64 }

    #[derive(Default)]
    #[state(name = "Strict")]
    OldStrict(kept: i64, gone: i64) { kept: i64, gone: i64 }

    #[derive(Default)]
    #[state(name = "Strict")]
    NewStrict(kept: i64, new: i64) { kept: i64, new: i64 }
}

impl NewSpeed {
    fn upgrade(older: &mut Older) -> Result<(), String> {
        if let Some(speed) = older.take("kmh") {
            older.set("speed", speed.as_f64().ok_or("a speed that is no number")? / 3.6);
        }
        Ok(())
    }
}

#[derive(Record, Clone, Copy)]
#[state(name = "Dot")]
#[repr(C)]
struct OldDot {
    x: f32,
    y: f32,
}

#[derive(Record, Clone, Copy, Debug)]
#[state(name = "Dot")]
#[repr(C)]
struct NewDot {
    y: f32,
    x: f32,
}

/// Records in a raw array, with their fields in another order.
#[pyclass(module = "zoo")]
#[derive(State)]
#[state(name = "Paint")]
struct OldPaint {
    #[state(bytes)]
    dots: Vec<OldDot>,
}

#[pymethods]
impl OldPaint {
    #[new]
    fn new() -> Self {
        Self { dots: vec![OldDot { x: 1.0, y: 2.0 }; 2] }
    }
}

#[pyclass(module = "zoo")]
#[derive(State)]
#[state(name = "Paint")]
struct NewPaint {
    #[state(bytes)]
    dots: Vec<NewDot>,
}

#[pymethods]
impl NewPaint {
    #[getter]
    fn dots(&self) -> Vec<(f32, f32)> {
        self.dots.iter().map(|dot| (dot.x, dot.y)).collect()
    }
}

#[pyclass(module = "zoo", eq, eq_int)]
#[derive(State, PartialEq, Clone, Copy)]
#[state(name = "Light")]
enum OldLight {
    Red,
    Amber,
    Green,
}

#[pyclass(module = "zoo", eq, eq_int)]
#[derive(State, PartialEq, Clone, Copy)]
#[state(name = "Light")]
enum NewLight {
    Green,
    #[state(alias("Amber"))]
    Yellow,
    #[state(other)]
    Unknown,
}

#[pyclass(module = "zoo", get_all)]
#[derive(State)]
#[state(name = "Shape")]
enum OldShape {
    Circle { radius: f32 },
    Rect { width: f32, height: f32 },
}

#[pyclass(module = "zoo", get_all)]
#[derive(State)]
#[state(name = "Shape")]
enum NewShape {
    #[state(alias("Rect"))]
    Box_ {
        height: f64,
        width: f64,
        #[state(default)]
        round: bool,
    },
    Circle {
        radius: f64,
    },
}

macro_rules! ring {
    ($($(#[$attribute:meta])* $name:ident $body:tt)*) => {$(
        #[pyclass(module = "zoo", get_all, set_all, subclass)]
        #[derive(State, Default)]
        #[state(name = "Ring")]
        struct $name $body

        #[pymethods]
        impl $name {
            #[new]
            fn new() -> Self {
                Self::default()
            }
        }
    )*};
}

ring! {
    OldRing { next: Option<Py<PyAny>>, name: String, others: Vec<Py<PyAny>> }
    NewRing { others: Vec<Py<PyAny>>, #[state(default)] count: u32, name: String, next: Option<Py<PyAny>> }
}

/// Its new form converts older states in its own `__setstate__`.
#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State, Default)]
#[state(name = "Own")]
struct OldOwn {
    text: String,
}

#[pymethods]
impl OldOwn {
    #[new]
    fn new(text: String) -> Self {
        Self { text }
    }
}

#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State, Default)]
#[state(name = "Own")]
struct NewOwn {
    number: i64,
}

#[pymethods]
impl NewOwn {
    #[new]
    fn new(number: i64) -> Self {
        Self { number }
    }

    fn __setstate__(&mut self, state: (Bound<'_, PyAny>,)) -> PyResult<()> {
        self.number = match state.0.extract::<String>() {
            Ok(text) => text.parse()?,
            Err(_) => state.0.extract()?,
        };
        Ok(())
    }
}
