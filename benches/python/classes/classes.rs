//! Twelve classes of the kinds that extension modules have: without pickle support, with a derived state, and with
//! hand-written support.

use std::collections::{BTreeMap, HashMap};

use pyo3::prelude::*;

/// Each class, with its hand-written pickle support.
macro_rules! classes {
    ($($(#[$attribute:meta])* struct $name:ident { $($field:ident: $type:ty,)* })*) => {
        $(
            $(#[$attribute])*
            #[cfg_attr(feature = "derived", derive(state_core::State))]
            #[cfg_attr(feature = "by_hand", derive(serde::Serialize, serde::Deserialize))]
            #[derive(Clone, Default)]
            struct $name { $($field: $type,)* }

            #[pymethods]
            impl $name {
                #[new]
                fn new() -> Self {
                    Self::default()
                }

                #[cfg(feature = "by_hand")]
                fn __getstate__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyBytes>> {
                    let bytes = postcard::to_stdvec(self).map_err(refused)?;
                    Ok(pyo3::types::PyBytes::new(py, &bytes))
                }

                #[cfg(feature = "by_hand")]
                fn __setstate__(&mut self, state: &[u8]) -> PyResult<()> {
                    *self = postcard::from_bytes(state).map_err(refused)?;
                    Ok(())
                }
            }
        )*

        #[pymodule]
        fn classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                #[cfg(feature = "derived")]
                state_core::python::picklable::<$name>(module)?;
                #[cfg(not(feature = "derived"))]
                module.add_class::<$name>()?;
            )*
            Ok(())
        }
    };
}

#[cfg(feature = "by_hand")]
fn refused(error: postcard::Error) -> PyErr {
    pyo3::exceptions::PyValueError::new_err(error.to_string())
}

classes! {
    #[pyclass(module = "classes", get_all)]
    struct Person { name: String, age: i32, }

    #[pyclass(module = "classes", get_all)]
    struct Point { x: f64, y: f64, z: f64, }

    #[pyclass(module = "classes", get_all)]
    struct Token { text: String, start: usize, end: usize, special: bool, }

    #[pyclass(module = "classes", get_all)]
    struct Vocabulary { ids: HashMap<String, u32>, unknown: Option<String>, }

    #[pyclass(module = "classes", get_all)]
    struct Encoding { ids: Vec<u32>, tokens: Vec<String>, offsets: Vec<(usize, usize)>, }

    #[pyclass(module = "classes", get_all)]
    struct Graph { nodes: Vec<u64>, edges: Vec<(u32, u32, f64)>, directed: bool, }

    #[pyclass(module = "classes", get_all)]
    struct Series { name: String, values: Vec<f64>, missing: Vec<bool>, }

    #[pyclass(module = "classes", get_all)]
    struct Options { retries: u8, timeout: Option<f64>, headers: BTreeMap<String, String>, }

    #[pyclass(module = "classes", get_all)]
    struct Layer { weights: Vec<f32>, bias: Vec<f32>, shape: (usize, usize), }

    #[pyclass(module = "classes", get_all)]
    struct Counter { counts: BTreeMap<String, i64>, total: i64, }

    #[pyclass(module = "classes", get_all, subclass)]
    struct Shape { label: String, corners: Vec<(f64, f64)>, }

    #[pyclass(module = "classes", get_all)]
    struct Random { state: [u64; 4], seed: Option<u64>, }
}
