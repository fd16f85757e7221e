//! The types that have a natural class in Python.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use num_bigint::{BigInt, BigUint};
use pyo3::prelude::*;
use rust_decimal::Decimal;
use state_core::State;
use state_core::python::picklable;
use uuid::Uuid;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Natural>(module)?;
    picklable::<Diary>(module)
}

/// One of each.
#[pyclass(module = "zoo", subclass)]
#[derive(State)]
struct Natural {
    date: NaiveDate,
    time: NaiveTime,
    naive: NaiveDateTime,
    utc: DateTime<Utc>,
    zoned: DateTime<FixedOffset>,
    delta: TimeDelta,
    id: Uuid,
    whole: BigInt,
    natural: BigUint,
    price: Decimal,
    lasting: Duration,
    since: SystemTime,
}

#[pymethods]
impl Natural {
    #[staticmethod]
    fn make() -> Self {
        Self {
            date: NaiveDate::default(),
            time: NaiveTime::default(),
            naive: NaiveDateTime::default(),
            utc: DateTime::default(),
            zoned: DateTime::default(),
            delta: TimeDelta::default(),
            id: Uuid::nil(),
            whole: BigInt::default(),
            natural: BigUint::default(),
            price: Decimal::ZERO,
            lasting: Duration::ZERO,
            since: SystemTime::UNIX_EPOCH,
        }
    }

    /// Rust's text for each of them.
    fn shown(&self) -> Vec<String> {
        let Self { date, time, naive, utc, zoned, delta, id, whole, natural, price, lasting, .. } = self;
        vec![
            format!("{date:?}"),
            format!("{time:?}"),
            format!("{naive:?}"),
            format!("{utc:?}"),
            format!("{zoned:?}"),
            format!("{:?}", (delta.num_seconds(), delta.subsec_nanos())),
            format!("{id:?}"),
            whole.to_string(),
            natural.to_string(),
            price.to_string(),
            format!("{lasting:?}"),
        ]
    }
}

/// Used next to a Python object, and inside others.
#[pyclass(module = "zoo")]
#[derive(State)]
struct Diary {
    owner: Py<PyAny>,
    pages: BTreeMap<NaiveDate, Vec<Option<BigInt>>>,
}

#[pymethods]
impl Diary {
    #[new]
    fn new(owner: Py<PyAny>) -> Self {
        Self { owner, pages: BTreeMap::from([(NaiveDate::MAX, vec![None]), (NaiveDate::default(), Vec::new())]) }
    }
}
