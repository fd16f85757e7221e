//! The types for which Python has a class: they become objects of these, and accept objects of these and of subclasses.
//!
//! The classes are called by name, not through their C interface, which the stable ABI does not have.

use alloc::vec::Vec;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyTuple, PyType};

use crate::standard::{Known, date, datetime, decimal, time, timedelta, timezone};
use crate::value::Int;

/// The classes of `datetime`.
struct Classes {
    date: Py<PyType>,
    time: Py<PyType>,
    datetime: Py<PyType>,
    timedelta: Py<PyType>,
    timezone: Py<PyType>,
}

impl Classes {
    fn get(py: Python<'_>) -> PyResult<&'static Self> {
        static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();
        CLASSES.get_or_try_init(py, || {
            let module = py.import("datetime")?;
            let class = |name| Ok::<_, PyErr>(module.getattr(name)?.cast_into::<PyType>()?.unbind());
            Ok(Self {
                date: class("date")?,
                time: class("time")?,
                datetime: class("datetime")?,
                timedelta: class("timedelta")?,
                timezone: class("timezone")?,
            })
        })
    }

    /// A fixed time zone; that of offset 0 is Python's only object for it.
    fn zone<'py>(&self, py: Python<'py>, offset: i32) -> PyResult<Bound<'py, PyAny>> {
        let [days, seconds, micros] = timezone::numbers(offset);
        self.timezone.bind(py).call1((self.timedelta.bind(py).call1((days, seconds, micros))?,))
    }
}

fn uuid(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "uuid", "UUID")
}

fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "decimal", "Decimal")
}

/// The object of one of these types, from its head or, for an integer, its bytes. A value that Python's class cannot
/// hold becomes the tuple of the numbers in the head.
pub(in crate::python) fn object<'py>(py: Python<'py>, known: Known, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let packed = |packed: &[u8]| PyBytes::new(py, packed);
    let classes = || Classes::get(py);
    let made = match known {
        Known::Int | Known::Natural => return int(py, bytes, known == Known::Int),
        Known::Uuid => {
            let number = bytes.try_into().map(u128::from_be_bytes).map_err(|_| PyTypeError::new_err("no UUID"))?;
            let named = PyDict::new(py);
            named.set_item(intern!(py, "int"), number)?;
            return uuid(py)?.call((), Some(&named));
        }
        Known::Date => date::pack(bytes).map(|date| classes()?.date.bind(py).call1((packed(&date),))),
        Known::Time => time::pack(bytes).map(|time| classes()?.time.bind(py).call1((packed(&time),))),
        Known::DateTime => datetime::pack(bytes, 0).map(|both| classes()?.datetime.bind(py).call1((packed(&both),))),
        Known::Utc | Known::Zoned => {
            let offset = if known == Known::Zoned { timezone::offset(bytes).unwrap_or(0) } else { 0 };
            datetime::pack(bytes, offset).map(|both| {
                let of = classes()?;
                of.datetime.bind(py).call1((packed(&both), of.zone(py, offset)?))
            })
        }
        Known::Delta => timedelta::numbers(bytes)
            .map(|[days, seconds, micros]| classes()?.timedelta.bind(py).call1((days, seconds, micros))),
        Known::Decimal => decimal::text(bytes).map(|text| decimal_class(py)?.call1((text,))),
    };
    made.unwrap_or_else(|| numbers(py, known, bytes))
}

fn numbers<'py>(py: Python<'py>, known: Known, mut head: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let parts = known.parts().iter().map_while(|&size| {
        let (part, rest) = head.split_at_checked(size)?;
        head = rest;
        i128::try_from(&Int::from_le_bytes_signed(part)).ok()
    });
    PyTuple::new(py, parts.collect::<Vec<_>>()).map(Bound::into_any)
}

fn int<'py>(py: Python<'py>, bytes: &[u8], is_signed: bool) -> PyResult<Bound<'py, PyAny>> {
    if bytes.len() < 8 {
        let mut whole = [if is_signed && bytes.last().is_some_and(|&last| last >= 0x80) { 0xFF } else { 0 }; 8];
        whole[..bytes.len()].copy_from_slice(bytes);
        return i64::from_le_bytes(whole).into_bound_py_any(py);
    }
    let bytes = (PyBytes::new(py, bytes), intern!(py, "little"));
    py.get_type::<PyInt>().call_method(intern!(py, "from_bytes"), bytes, Some(&signed(py, is_signed)?))
}

fn signed(py: Python<'_>, is_signed: bool) -> PyResult<Bound<'_, PyDict>> {
    let named = PyDict::new(py);
    named.set_item(intern!(py, "signed"), is_signed)?;
    Ok(named)
}

/// The arguments from which Python would make an object of `datetime` or a `Decimal`, if it is of this class.
///
/// For an object of a subclass they are those of its base. If it holds more, as pandas' times do with fractions of a
/// microsecond, it does not equal the object made from them, and the result is `None`.
pub(in crate::python) fn arguments<'py>(
    object: &Bound<'py, PyAny>,
    class: &str,
) -> PyResult<Option<Bound<'py, PyTuple>>> {
    let py = object.py();
    if class == "decimal.Decimal" {
        let wanted = decimal_class(py)?;
        if !object.is_instance(wanted)? {
            return Ok(None);
        }
        // The text of the class itself, whatever a subclass prints.
        return PyTuple::new(py, [wanted.call_method1(intern!(py, "__str__"), (object,))?]).map(Some);
    }
    let of = Classes::get(py)?;
    let wanted = match class {
        "datetime.date" if !object.is_instance(of.datetime.bind(py))? => &of.date,
        "datetime.time" => &of.time,
        "datetime.datetime" => &of.datetime,
        "datetime.timedelta" => &of.timedelta,
        "datetime.timezone" => &of.timezone,
        _ => return Ok(None),
    };
    let wanted = wanted.bind(py);
    if !object.is_instance(wanted)? {
        return Ok(None);
    }
    if class == "datetime.timezone" {
        return PyTuple::new(py, [object.call_method1(intern!(py, "utcoffset"), (py.None(),))?]).map(Some);
    }
    let reduced = wanted.call_method1(intern!(py, "__reduce__"), (object,))?;
    let arguments = reduced.get_item(1)?.cast_into::<PyTuple>()?;
    if !object.get_type().is(wanted) && !wanted.call1(&arguments)?.eq(object)? {
        return Ok(None);
    }
    if class == "datetime.datetime" && arguments.len() == 2 {
        // Whatever the time zone is, it has one offset at this moment.
        let zone = of.timezone.bind(py).call1((object.call_method0(intern!(py, "utcoffset"))?,))?;
        return PyTuple::new(py, [arguments.get_item(0)?, zone]).map(Some);
    }
    Ok(Some(arguments))
}

/// The number of an object, if it is a UUID.
pub(in crate::python) fn uuid_number<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    if object.is_instance(uuid(py)?)? { object.getattr(intern!(py, "int")).map(Some) } else { Ok(None) }
}

/// The two's complement of an integer of any size, lowest byte first.
pub(in crate::python) fn bytes(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u8>>> {
    let py = object.py();
    if !object.is_instance_of::<PyInt>() || object.is_instance_of::<PyBool>() {
        return Ok(None);
    }
    // The methods of `int` itself, whatever a subclass overrides.
    let of = py.get_type::<PyInt>();
    let bits: usize = of.call_method1(intern!(py, "bit_length"), (object,))?.extract()?;
    let arguments = (object, bits / 8 + 1, intern!(py, "little"));
    let bytes = of.call_method(intern!(py, "to_bytes"), arguments, Some(&signed(py, true)?))?;
    let bytes = bytes.cast_into::<PyBytes>()?;
    Ok(Some(Int::from_le_bytes_signed(bytes.as_bytes()).to_le_bytes_signed()))
}
