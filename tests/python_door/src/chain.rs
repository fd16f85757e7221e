//! Classes that extend one another, and exception classes.

use pyo3::prelude::*;
use state_core::State;
use state_core::python::picklable;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Animal>(module)?;
    picklable::<Dog>(module)?;
    picklable::<Puppy>(module)?;
    picklable::<Horse>(module)?;
    picklable::<Rider>(module)?;
    module.add_class::<Stray>()?;
    #[cfg(not(feature = "abi3"))]
    exceptions::add(module)?;
    Ok(())
}

#[pyclass(module = "zoo", subclass, get_all, set_all)]
#[derive(State)]
struct Animal {
    name: String,
    #[state(bytes)]
    weights: Vec<f32>,
}

#[pymethods]
impl Animal {
    #[new]
    fn new(name: String) -> Self {
        Self { name, weights: vec![1.5; 3] }
    }
}

#[pyclass(module = "zoo", extends = Animal, subclass, get_all, set_all)]
#[derive(State)]
struct Dog {
    legs: u8,
}

#[pymethods]
impl Dog {
    #[new]
    fn new(name: String, legs: u8) -> PyClassInitializer<Self> {
        PyClassInitializer::from(Animal::new(name)).add_subclass(Self { legs })
    }
}

#[pyclass(module = "zoo", extends = Dog, subclass, get_all, set_all)]
#[derive(State)]
struct Puppy {
    weeks: u16,
    owner: Option<Py<PyAny>>,
}

#[pymethods]
impl Puppy {
    #[new]
    fn new(name: String, weeks: u16) -> PyClassInitializer<Self> {
        Dog::new(name, 4).add_subclass(Self { weeks, owner: None })
    }
}

/// A base class with a skipped field that a hook rebuilds.
#[pyclass(module = "zoo", subclass, get_all, set_all)]
#[derive(State)]
#[state(after_set = Horse::count)]
struct Horse {
    name: String,
    #[state(skip)]
    saddle: Option<Py<PyAny>>,
    #[state(skip)]
    letters: usize,
}

impl Horse {
    fn count(&mut self) {
        self.letters = self.name.len();
    }
}

#[pymethods]
impl Horse {
    #[new]
    fn new(name: String) -> Self {
        Self { letters: name.len(), name, saddle: None }
    }
}

/// A subclass that also has a skipped field, and a hook that may refuse.
#[pyclass(module = "zoo", extends = Horse, get_all, set_all)]
#[derive(State)]
#[state(after_set = Rider::fits)]
struct Rider {
    weight: u32,
    #[state(skip)]
    limit: Option<u32>,
}

impl Rider {
    fn fits(&mut self) -> Result<(), &'static str> {
        assert!(self.weight != 13, "thirteen");
        if self.limit.is_some_and(|limit| self.weight > limit) { Err("too heavy") } else { Ok(()) }
    }
}

#[pymethods]
impl Rider {
    #[new]
    fn new(name: String, weight: u32) -> PyClassInitializer<Self> {
        PyClassInitializer::from(Horse::new(name)).add_subclass(Self { weight, limit: None })
    }
}

/// A class that is not picklable, between a picklable base and Python subclasses.
#[pyclass(module = "zoo", extends = Animal, subclass)]
struct Stray {
    #[pyo3(get)]
    secret: Vec<u64>,
}

#[pymethods]
impl Stray {
    #[new]
    fn new() -> PyClassInitializer<Self> {
        PyClassInitializer::from(Animal::new("stray".into())).add_subclass(Self { secret: vec![1, 2, 3] })
    }
}

/// The stable ABI has no exceptions as bases before Python 3.12.
#[cfg(not(feature = "abi3"))]
mod exceptions {
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;
    use state_core::State;
    use state_core::python::picklable;

    pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
        picklable::<Escaped>(module)
    }

    #[pyclass(module = "zoo", extends = PyValueError, subclass, get_all)]
    #[derive(State)]
    struct Escaped {
        animal: String,
        code: i32,
    }

    #[pymethods]
    impl Escaped {
        #[new]
        #[pyo3(signature = (animal, code, *_rest))]
        fn new(animal: String, code: i32, _rest: &Bound<'_, PyTuple>) -> Self {
            Self { animal, code }
        }
    }
}
