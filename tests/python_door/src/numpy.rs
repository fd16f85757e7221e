//! Arrays that are NumPy arrays in Python: raw ones that show their elements, and those of ndarray.

use ndarray::{Array1, Array2, ArrayD, IxDyn, ShapeBuilder};
use pyo3::prelude::*;
use state_core::python::{self, picklable};
use state_core::{Record, State};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Arrays>(module)?;
    picklable::<Grids>(module)?;
    picklable::<Lists>(module)
}

/// Has padding after `kind`.
#[derive(Record, Clone, Copy, Debug)]
#[repr(C)]
struct Point {
    kind: u8,
    at: [f32; 2],
    id: i64,
}

/// Has no padding.
#[derive(Record, Clone, Copy, Debug)]
#[repr(C)]
struct Wide {
    gears: i64,
    price: f64,
}

#[pyclass(module = "zoo")]
#[derive(State)]
struct Arrays {
    #[state(array)]
    floats: Vec<f64>,
    #[state(array)]
    shorts: Option<Vec<i16>>,
    #[state(array)]
    flags: Vec<bool>,
    #[state(array)]
    small: Vec<u8>,
    #[state(array)]
    points: Vec<Point>,
    #[state(array)]
    wide: Vec<Wide>,
    #[state(array)]
    fixed: [f32; 3],
    #[state(array)]
    vectors: Vec<[f64; 2]>,
    #[state(array)]
    huge: Vec<u128>,
    #[state(bytes, uncounted)]
    one: [i32; 1],
}

#[pymethods]
impl Arrays {
    #[new]
    #[pyo3(signature = (floats = Vec::new()))]
    fn new(floats: Vec<f64>) -> Self {
        Self {
            floats,
            shorts: None,
            flags: vec![true, false],
            small: vec![0, 255],
            points: vec![Point { kind: 1, at: [0.5, -0.5], id: -1 }, Point { kind: 2, at: [1.0, 2.0], id: 3 }],
            wide: vec![Wide { gears: 7, price: 199.0 }; 20],
            fixed: [1.0, 2.0, 3.0],
            vectors: vec![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
            huge: vec![1 << 100],
            one: [-5],
        }
    }

    /// Rust's text for the arrays.
    fn shown(&self) -> String {
        let Self { floats, shorts, flags, small, points, wide, fixed, vectors, huge, one } = self;
        format!("{floats:?} {shorts:?} {flags:?} {small:?} {points:?} {wide:?} {fixed:?} {vectors:?} {huge:?} {one:?}")
    }

    fn bits(&self) -> Vec<u64> {
        self.floats.iter().map(|float| float.to_bits()).collect()
    }

    fn clear(&mut self) {
        *self = Self::new(Vec::new());
    }

    /// A copy of the array in a field.
    fn array<'py>(&self, py: Python<'py>, field: &str) -> PyResult<Bound<'py, PyAny>> {
        match field {
            "floats" => python::array(py, &self.floats),
            "flags" => python::array(py, &self.flags),
            "points" => python::array(py, &self.points),
            "wide" => python::array(py, &*self.wide),
            "fixed" => python::array(py, &self.fixed),
            "vectors" => python::array(py, &self.vectors),
            _ => python::array(py, &self.huge),
        }
    }

    /// A view of it.
    fn view<'py>(slf: &Bound<'py, Self>, field: &str) -> PyResult<Bound<'py, PyAny>> {
        match field {
            "floats" => python::view(slf, |this| &this.floats),
            "flags" => python::view(slf, |this| &this.flags),
            "points" => python::view(slf, |this| &this.points),
            "wide" => python::view(slf, |this| &this.wide),
            "fixed" => python::view(slf, |this| &this.fixed),
            "vectors" => python::view(slf, |this| &this.vectors),
            _ => python::view(slf, |this| &*this.huge),
        }
    }
}

/// Arrays of ndarray.
#[pyclass(module = "zoo")]
#[derive(State)]
struct Grids {
    line: Array1<i32>,
    table: Array2<f64>,
    any: ArrayD<i16>,
    points: Array1<Point>,
    pixels: Array2<u8>,
}

#[pymethods]
impl Grids {
    #[new]
    #[pyo3(signature = (rows = 2, columns = 3))]
    fn new(rows: usize, columns: usize) -> Self {
        Self {
            line: Array1::from_vec(vec![1, 2, 3]),
            table: Array2::from_shape_fn((rows, columns), |(row, column)| (10 * row + column) as f64),
            any: ArrayD::zeros(IxDyn(&[2, 1, 2])),
            points: Array1::from_elem(2, Point { kind: 3, at: [0.0, 1.0], id: 9 }),
            pixels: Array2::from_elem((1, 2), 7),
        }
    }

    /// Changes the table to Fortran's order in memory.
    fn turn(&mut self) {
        let mut turned = Array2::zeros(self.table.dim().f());
        turned.assign(&self.table);
        self.table = turned;
    }

    fn shown(&self) -> String {
        let Self { line, table, any, points, pixels } = self;
        format!("{line} {table} {any} {points:?} {pixels}")
    }

    #[getter]
    fn table<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        python::view(slf, |this| &this.table)
    }

    #[getter]
    fn any<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        python::array(py, &self.any)
    }
}

/// Lists of numbers, single numbers, and bytes, which also accept arrays and scalars.
#[pyclass(module = "zoo")]
#[derive(State)]
struct Lists {
    floats: Vec<f64>,
    words: Vec<String>,
    bytes: Vec<u8>,
    int: i32,
    float: f32,
    flag: bool,
    #[state(bytes)]
    raw: Vec<f64>,
}

#[pymethods]
impl Lists {
    #[new]
    fn new() -> Self {
        Self {
            floats: Vec::new(),
            words: Vec::new(),
            bytes: Vec::new(),
            int: 0,
            float: 0.0,
            flag: false,
            raw: Vec::new(),
        }
    }
}
