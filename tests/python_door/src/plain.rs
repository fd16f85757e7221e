//! Classes without bases: mutable, frozen, of immutable type, bound to a thread, with hooks, with every kind of slot.

use std::collections::{BTreeMap, BTreeSet};

use pyo3::prelude::*;
use state_core::State;
use state_core::python::{packed, picklable};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Person>(module)?;
    picklable::<Frozen>(module)?;
    #[cfg(all(Py_3_10, not(Py_LIMITED_API)))]
    picklable::<fixed::Fixed>(module)?;
    picklable::<Bound_>(module)?;
    picklable::<Refusing>(module)?;
    picklable::<Library>(module)?;
    picklable::<Kinds>(module)?;
    packed::<Packed>(module)?;
    picklable::<Open>(module)
}

/// Pickled as native bytes.
#[pyclass(module = "zoo", subclass, get_all, set_all)]
#[derive(State)]
struct Packed {
    name: String,
    age: i32,
}

#[pymethods]
impl Packed {
    #[new]
    fn new(name: String, age: i32) -> Self {
        Self { name, age }
    }
}

#[pyclass(module = "zoo", subclass, get_all, set_all)]
#[derive(State)]
pub struct Person {
    name: String,
    age: i32,
}

#[pymethods]
impl Person {
    #[new]
    fn new(name: String, age: i32) -> PyResult<Self> {
        if age < 0 {
            return Err(pyo3::exceptions::PyRuntimeError::new_err("constructors run"));
        }
        Ok(Self { name, age })
    }
}

/// Has no constructor in Python.
#[pyclass(module = "zoo", frozen, subclass, get_all)]
#[derive(State)]
struct Frozen {
    label: String,
    weights: Vec<f64>,
}

#[pymethods]
impl Frozen {
    #[staticmethod]
    fn make(label: String, weights: Vec<f64>) -> Self {
        Self { label, weights }
    }
}

/// Python has immutable types since 3.10, and in the stable ABI since 3.14.
#[cfg(all(Py_3_10, not(Py_LIMITED_API)))]
mod fixed {
    use pyo3::prelude::*;
    use state_core::State;

    #[pyclass(module = "zoo", immutable_type, get_all)]
    #[derive(State)]
    pub struct Fixed {
        value: u64,
    }

    #[pymethods]
    impl Fixed {
        #[staticmethod]
        fn make(value: u64) -> Self {
            Self { value }
        }
    }
}

#[pyclass(module = "zoo", unsendable)]
#[derive(State)]
struct Bound_ {
    #[pyo3(get)]
    value: u64,
    #[state(skip)]
    not_send: std::marker::PhantomData<*const u8>,
}

#[pymethods]
impl Bound_ {
    #[staticmethod]
    fn make(value: u64) -> Self {
        Self { value, not_send: std::marker::PhantomData }
    }
}

/// Its hook can refuse a state, and rebuilds a skipped field.
#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State)]
#[state(after_set = Refusing::rebuild)]
struct Refusing {
    low: i64,
    high: i64,
    #[state(skip)]
    width: i64,
}

impl Refusing {
    fn rebuild(&mut self) -> Result<(), &'static str> {
        self.width = self.high.checked_sub(self.low).filter(|&width| width >= 0).ok_or("low is above high")?;
        Ok(())
    }
}

#[pymethods]
impl Refusing {
    #[new]
    fn new(low: i64, high: i64) -> Self {
        Self { low, high, width: high - low }
    }
}

#[derive(State)]
struct Book {
    title: String,
    #[state(skip)]
    lent: u32,
}

/// Objects with skipped fields in a list and in a map.
#[pyclass(module = "zoo")]
#[derive(State)]
struct Library {
    shelf: Vec<Book>,
    desk: BTreeMap<u8, Book>,
}

#[pymethods]
impl Library {
    #[new]
    fn new(shelf: Vec<String>, desk: BTreeMap<u8, String>) -> Self {
        let book = |title| Book { title, lent: 0 };
        Self {
            shelf: shelf.into_iter().map(book).collect(),
            desk: desk.into_iter().map(|(place, title)| (place, book(title))).collect(),
        }
    }

    fn lend(&mut self) {
        self.shelf.iter_mut().chain(self.desk.values_mut()).for_each(|book| book.lent += 1);
    }

    fn books(&self) -> Vec<(String, u32)> {
        self.shelf.iter().chain(self.desk.values()).map(|book| (book.title.clone(), book.lent)).collect()
    }
}

#[derive(State)]
struct Inner {
    x: u8,
    name: Option<String>,
}

#[derive(State)]
enum Shape {
    Empty,
    Circle { radius: f32 },
    Both(Box<Shape>, Box<Shape>),
}

/// Every kind of slot that is not a Python object.
#[pyclass(module = "zoo")]
#[derive(State)]
struct Kinds {
    truth: bool,
    letter: char,
    small: i8,
    large: u128,
    low: i128,
    float: f64,
    text: String,
    maybe: Option<u16>,
    nested: Option<Option<u8>>,
    list: Vec<(i32, String)>,
    bytes: Vec<u8>,
    set: BTreeSet<String>,
    map: BTreeMap<String, Vec<u32>>,
    inner: Inner,
    shapes: Vec<Shape>,
    triple: [i16; 3],
    unit: (),
    #[state(default)]
    later: u32,
}

#[pymethods]
impl Kinds {
    #[staticmethod]
    fn make() -> Self {
        Self {
            truth: true,
            letter: 'ß',
            small: -128,
            large: u128::MAX,
            low: i128::MIN,
            float: -0.0,
            text: "Grüße 🚲".into(),
            maybe: None,
            nested: Some(None),
            list: vec![(1, "one".into()), (-2, String::new())],
            bytes: vec![0, 255, 10],
            set: ["b", "a"].map(String::from).into(),
            map: [("k".to_string(), vec![1, 2])].into(),
            inner: Inner { x: 7, name: Some("in".into()) },
            shapes: vec![
                Shape::Empty,
                Shape::Circle { radius: 0.5 },
                Shape::Both(Box::new(Shape::Empty), Box::new(Shape::Circle { radius: 1.0 })),
            ],
            triple: [1, -2, 3],
            unit: (),
            later: 9,
        }
    }
}

/// Has its own `__dict__`.
#[pyclass(module = "zoo", dict, weakref, get_all)]
#[derive(State)]
struct Open {
    value: u8,
}

#[pymethods]
impl Open {
    #[new]
    fn new(value: u8) -> Self {
        Self { value }
    }
}
