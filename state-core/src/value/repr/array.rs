//! Arrays as text, like NumPy's `repr`.

use alloc::{format, string::ToString};
use core::fmt::{self, Formatter};

use super::leaf;
use crate::array::descriptor::{write_list, write_shape};
use crate::array::scalar::{NOT_A_TIME, float, signed};
use crate::array::{ByteOrder, Dtype};
use crate::literal::{Float, Single, write_complex};
use crate::protocol::float::narrow;
use crate::value::Array;
use crate::value::kinds::array::element::complex;

/// Arrays with more elements than this show only the first and last ones.
const MOST_ELEMENTS: usize = 1000;

/// The maximum number of parts of elements that are shown: overlapping fields can make any number of them out of few
/// bytes.
const MOST_PARTS: usize = 100_000;

/// How many elements are shown at each end.
const EDGE: usize = 3;

/// Prints like NumPy's `repr`: `array([1, 2, 3])`, with the type unless NumPy would infer it, and with `...` for the
/// middle of more than 1000 elements.
///
/// Unlike NumPy, this prints on one line, does not pad numbers to one width, prints all digits of floats (`1.`, `0.1`),
/// and prints times as numbers of their unit.
impl fmt::Display for Array {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_scalar() {
            return self.write_scalar(f);
        }
        f.write_str("array(")?;
        if self.is_empty() {
            f.write_str("[]")?;
            if self.shape().len() != 1 {
                f.write_str(", shape=")?;
                write_shape(f, self.shape())?;
            }
        } else {
            let mut left = MOST_PARTS;
            self.write(f, &mut left, 0, 0)?;
        }
        if self.is_empty() || !is_default(self.dtype()) {
            write!(f, ", dtype={}", name(self.dtype()))?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Array {
    /// Prints like NumPy 2, except that times are numbers of their unit.
    fn write_scalar(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (dtype, bytes, mut left) = (self.dtype(), self.element(0), MOST_PARTS);
        let text = dtype.to_string();
        let unit = text.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
        match dtype {
            Dtype::Bool if bytes == [0] => return f.write_str("np.False_"),
            Dtype::Bool => return f.write_str("np.True_"),
            Dtype::Int(size, _) => write!(f, "np.int{}(", 8 * usize::from(*size))?,
            Dtype::UInt(size, _) => write!(f, "np.uint{}(", 8 * usize::from(*size))?,
            Dtype::Float(size, _) => write!(f, "np.float{}(", 8 * usize::from(*size))?,
            Dtype::Complex(size, _) => write!(f, "np.complex{}(", 8 * usize::from(*size))?,
            Dtype::Bytes(_) => f.write_str("np.bytes_(")?,
            Dtype::Str(..) => f.write_str("np.str_(")?,
            Dtype::Datetime(..) => f.write_str("np.datetime64(")?,
            Dtype::Timedelta(..) => f.write_str("np.timedelta64(")?,
            Dtype::Void(_) | Dtype::Structured(_) | Dtype::Subarray(_) => f.write_str("np.void(")?,
        }
        match dtype {
            Dtype::Float(4, order) => write!(f, "{}", Single(narrow(float(bytes, *order))))?,
            Dtype::Complex(8, order) => write_complex(f, parts(bytes, *order).map(narrow))?,
            Dtype::Float(..) | Dtype::Complex(..) => write!(f, "{}", dtype.read(bytes))?,
            _ => write_element(f, &mut left, dtype, bytes)?,
        }
        match (dtype, unit) {
            (Dtype::Datetime(..) | Dtype::Timedelta(..), Some(unit)) => write!(f, ", '{unit}')"),
            (Dtype::Structured(_), _) => write!(f, ", dtype={dtype})"),
            _ => f.write_str(")"),
        }
    }

    fn write(&self, f: &mut Formatter<'_>, left: &mut usize, depth: usize, place: usize) -> fmt::Result {
        let Some(&length) = self.shape().get(depth) else {
            return write_element(f, left, self.dtype(), self.element(place));
        };
        let is_short = self.len() > MOST_ELEMENTS;
        write_ends(f, left, length, is_short, |f, left, at| self.write(f, left, depth + 1, place * length + at))
    }
}

/// Writes a list, of which the middle may be left out.
fn write_ends(
    f: &mut Formatter<'_>,
    left: &mut usize,
    length: usize,
    is_short: bool,
    write: impl Fn(&mut Formatter<'_>, &mut usize, usize) -> fmt::Result,
) -> fmt::Result {
    f.write_str("[")?;
    let left_out = if is_short && length > 2 * EDGE { EDGE..length - EDGE } else { 0..0 };
    for at in (0..left_out.start).chain(left_out.end..length) {
        f.write_str(if at > 0 { ", " } else { "" })?;
        if at > 0 && at == left_out.end {
            f.write_str("..., ")?;
        }
        if *left == 0 {
            f.write_str("...")?;
            break;
        }
        write(f, left, at)?;
    }
    f.write_str("]")
}

/// Whether NumPy infers this type from the elements alone.
fn is_default(dtype: &Dtype) -> bool {
    let is_default = matches!(dtype, Dtype::Bool | Dtype::Int(8, _) | Dtype::Float(8, _) | Dtype::Complex(16, _));
    is_default && dtype.byte_order() != Some(ByteOrder::Big)
}

/// Returns a name such as `int32`, or else the quoted type code.
fn name(dtype: &Dtype) -> alloc::string::String {
    if dtype.byte_order() == Some(ByteOrder::Big) {
        return format!("'{dtype}'");
    }
    let bits = 8 * dtype.itemsize();
    match dtype {
        Dtype::Bool => "bool".to_string(),
        Dtype::Int(..) => format!("int{bits}"),
        Dtype::UInt(..) => format!("uint{bits}"),
        Dtype::Float(..) => format!("float{bits}"),
        Dtype::Complex(..) => format!("complex{bits}"),
        Dtype::Structured(_) => dtype.to_string(),
        _ => format!("'{dtype}'"),
    }
}

fn write_element(f: &mut Formatter<'_>, left: &mut usize, dtype: &Dtype, bytes: &[u8]) -> fmt::Result {
    if *left == 0 {
        return f.write_str("...");
    }
    *left -= 1;
    match dtype {
        Dtype::Float(size, order) => write_float(f, float(bytes, *order), *size),
        Dtype::Complex(size, order) => {
            let [re, im] = parts(bytes, *order);
            write_float(f, re, size / 2)?;
            f.write_str(if im.is_sign_negative() && !im.is_nan() { "" } else { "+" })?;
            write_float(f, im, size / 2)?;
            f.write_str("j")
        }
        Dtype::Datetime(_, order) | Dtype::Timedelta(_, order) => match signed(bytes, *order) {
            NOT_A_TIME => f.write_str("'NaT'"),
            units => write!(f, "{units}"),
        },
        Dtype::Structured(record) => {
            f.write_str("(")?;
            // Each further field is at least named in the type.
            write_list(f, record.fields(), |f, field| {
                let end = field.offset.saturating_add(field.dtype.itemsize());
                write_element(f, left, &field.dtype, bytes.get(field.offset..end).unwrap_or_default())
            })?;
            f.write_str(if record.fields().len() == 1 { ",)" } else { ")" })
        }
        Dtype::Subarray(array) => write_nested(f, left, array.dtype(), array.shape(), bytes),
        _ => leaf::write(f, &dtype.read(bytes)),
    }
}

fn write_nested(f: &mut Formatter<'_>, left: &mut usize, dtype: &Dtype, shape: &[usize], bytes: &[u8]) -> fmt::Result {
    let [length, rest @ ..] = shape else {
        return write_element(f, left, dtype, bytes);
    };
    let size = bytes.len() / (*length).max(1);
    let length = if size == 0 { 0 } else { *length };
    let is_short = bytes.len() / dtype.itemsize().max(1) > MOST_ELEMENTS;
    write_ends(f, left, length, is_short, |f, left, at| {
        write_nested(f, left, dtype, rest, bytes.get(at * size..(at + 1) * size).unwrap_or_default())
    })
}

fn parts(bytes: &[u8], order: ByteOrder) -> [f64; 2] {
    let number = complex(bytes, order);
    [number.re, number.im]
}

/// Writes a whole number with a point at its end, as NumPy does.
fn write_float(f: &mut Formatter<'_>, number: f64, size: u8) -> fmt::Result {
    let text = if size == 4 { Single(narrow(number)).to_string() } else { Float(number).to_string() };
    f.write_str(text.strip_suffix(".0").map_or(&*text, |whole| &text[..=whole.len()]))
}
