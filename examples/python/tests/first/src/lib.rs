//! The shop as its first version was: people had a full name and a nickname, and no age, and a subclass of shops said
//! who founded them.

use pyo3::prelude::*;
use state_core::python::picklable;
use state_core::{Record, State};

#[pyclass(module = "shop", subclass)]
#[derive(State)]
struct Person {
    full_name: String,
    nick: Option<String>,
}

#[pymethods]
impl Person {
    #[new]
    #[pyo3(signature = (full_name, nick = None))]
    fn new(full_name: String, nick: Option<String>) -> Self {
        Self { full_name, nick }
    }
}

/// Its fields stood in another order.
#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    price: f64,
    gears: i32,
}

#[pyclass(module = "shop", subclass)]
#[derive(State)]
struct MyClass {
    #[state(bytes)]
    bicycles: Vec<Bicycle>,
}

#[pyclass(module = "shop", extends = MyClass, subclass)]
#[derive(State)]
struct MySubclass {
    founder: Option<Py<Person>>,
}

#[pymethods]
impl MySubclass {
    #[new]
    fn new(data: Vec<(i32, f64)>, founder: Option<Py<Person>>) -> PyClassInitializer<Self> {
        let bicycles = data.into_iter().map(|(gears, price)| Bicycle { price, gears }).collect();
        PyClassInitializer::from(MyClass { bicycles }).add_subclass(Self { founder })
    }
}

#[pymodule]
fn shop(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Person>(module)?;
    picklable::<MyClass>(module)?;
    picklable::<MySubclass>(module)
}
