//! Nested values of any depth.

use pyo3::prelude::*;
use state_core::State;
use state_core::python::{packed, picklable};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Tower>(module)?;
    packed::<PackedTower>(module)?;
    module.add_function(wrap_pyfunction!(set_depth, module)?)
}

#[pyfunction]
fn set_depth(levels: u32) {
    state_core::python::set_depth(levels);
}

/// One floor of a tower, with other types between two levels.
#[derive(State, Default)]
struct Floor {
    name: Option<String>,
    above: (u8, Vec<Kind>),
}

#[derive(State)]
enum Kind {
    Full { floor: Floor, windows: [u16; 4] },
    Roof,
}

fn floors(levels: u32) -> Floor {
    (0..levels).fold(Floor { name: Some("top".into()), above: (0, vec![]) }, |floor, _| Floor {
        name: None,
        above: (1, vec![Kind::Full { floor, windows: [7; 4] }, Kind::Roof]),
    })
}

fn count(mut floor: &Floor) -> u32 {
    let mut levels = 0;
    while let Some(Kind::Full { floor: next, .. }) = floor.above.1.first() {
        (floor, levels) = (next, levels + 1);
    }
    levels
}

macro_rules! towers {
    ($($tower:ident)*) => {$(
        #[pyclass(module = "zoo")]
        #[derive(State)]
        struct $tower {
            floors: Floor,
        }

        #[pymethods]
        impl $tower {
            #[new]
            fn new(levels: u32) -> Self {
                Self { floors: floors(levels) }
            }

            #[getter]
            fn levels(&self) -> u32 {
                count(&self.floors)
            }
        }
    )*};
}

towers!(Tower PackedTower);
