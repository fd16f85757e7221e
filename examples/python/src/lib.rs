//! A bicycle shop for Python: four classes, each made picklable by one line where the module is built.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use state_core::python::{self, picklable};
use state_core::{Record, State};

/// Somebody who can own a shop.
///
/// Pickle stores the name and the age, and calls no constructor when it loads them. The first version of the shop had a
/// nickname, which is dropped, and no age.
#[pyclass(module = "shop", subclass, get_all, set_all)]
#[derive(State)]
#[state(removed("nick"))]
struct Person {
    /// What they are called.
    #[state(alias("full_name"))]
    name: String,
    /// In years.
    #[state(default)]
    age: i32,
}

#[pymethods]
impl Person {
    #[new]
    fn new(name: String, age: i32) -> Self {
        Self { name, age }
    }

    fn __repr__(&self) -> String {
        format!("Person({:?}, {})", self.name, self.age)
    }
}

/// In the layout of C: 16 bytes, 4 of them padding.
#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

/// Bicycles, in one Rust array.
#[pyclass(module = "shop", subclass)]
#[derive(State)]
struct MyClass {
    #[state(bytes)]
    bicycles: Vec<Bicycle>,
}

#[pymethods]
impl MyClass {
    #[new]
    #[pyo3(signature = (data = Vec::new()))]
    fn new(data: Vec<(i32, f64)>) -> Self {
        let bicycles = data.into_iter().map(|(gears, price)| Bicycle { gears, price }).collect();
        Self { bicycles }
    }

    /// The bicycles as a list of ``(gears, price)``. Assigning a list with an invalid item changes nothing.
    #[getter]
    fn data(&self) -> Vec<(i32, f64)> {
        self.bicycles.iter().map(|of| (of.gears, of.price)).collect()
    }

    #[setter]
    fn set_data(&mut self, data: Vec<(i32, f64)>) {
        *self = Self::new(data);
    }

    fn __len__(&self) -> usize {
        self.bicycles.len()
    }
}

/// A shop with an owner, who can own others too.
#[pyclass(module = "shop", extends = MyClass, subclass)]
#[derive(State)]
struct MySubclass {
    /// Who owns it.
    #[pyo3(get, set)]
    #[state(alias("founder"))]
    owner: Option<Py<Person>>,
}

#[pymethods]
impl MySubclass {
    #[new]
    #[pyo3(signature = (data = Vec::new(), owner = None))]
    fn new(data: Vec<(i32, f64)>, owner: Option<Py<Person>>) -> PyClassInitializer<Self> {
        PyClassInitializer::from(MyClass::new(data)).add_subclass(Self { owner })
    }

    /// The average price of a bicycle, or ``None`` if there are none.
    fn get_average_price(slf: PyRef<'_, Self>) -> Option<f64> {
        let bicycles = &slf.as_super().bicycles;
        let sum: f64 = bicycles.iter().map(|of| of.price).sum();
        (!bicycles.is_empty()).then(|| sum / bicycles.len() as f64)
    }
}

/// Prices alone. Their layout in memory is that of the pickle, so protocol 5 passes them on without a copy.
#[pyclass(module = "shop")]
#[derive(State)]
struct Prices {
    #[state(bytes)]
    prices: Vec<f64>,
}

#[pymethods]
impl Prices {
    #[new]
    fn new(prices: Vec<f64>) -> Self {
        Self { prices }
    }

    /// Multiplies every price.
    fn raise_by(&mut self, factor: f64) {
        self.prices.iter_mut().for_each(|price| *price *= factor);
    }

    /// The prices as a NumPy array that shares their memory. While it exists, they cannot be raised.
    fn view<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        python::view(slf, |this| &this.prices)
    }

    fn __len__(&self) -> usize {
        self.prices.len()
    }

    fn __getitem__(&self, place: usize) -> PyResult<f64> {
        self.prices.get(place).copied().ok_or_else(|| PyIndexError::new_err("no such price"))
    }
}

/// A bicycle shop, written in Rust.
#[pymodule]
fn shop(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Person>(module)?;
    picklable::<MyClass>(module)?;
    picklable::<MySubclass>(module)?;
    picklable::<Prices>(module)
}
