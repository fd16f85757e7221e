//! The types of elements as text, in NumPy's notation: `<f8`, or the fields of a record.

use alloc::{format, string::ToString};
use core::{
    fmt::{self, Formatter, Write},
    str::FromStr,
};

use super::{ByteOrder, Dtype, Structured, TimeUnit};
use crate::error::{Error, ErrorKind};
use crate::literal::Text;

/// Reads NumPy's short form, `<f8`; records have none.
impl FromStr for Dtype {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).ok_or_else(|| Error::new(ErrorKind::Malformed, "a known array type", format!("{text:?}")))
    }
}

fn parse(text: &str) -> Option<Dtype> {
    let (order, text) = match text.as_bytes().first()? {
        b'<' | b'|' => (ByteOrder::Little, &text[1..]),
        b'>' => (ByteOrder::Big, &text[1..]),
        b'=' => (native(), &text[1..]),
        _ => (native(), text),
    };
    let kind = text.chars().next()?;
    let rest = text.get(kind.len_utf8()..)?;
    if matches!(kind, 'M' | 'm') {
        let unit = parse_unit(rest.strip_prefix('8')?)?;
        return Some(if kind == 'M' { Dtype::Datetime(unit, order) } else { Dtype::Timedelta(unit, order) });
    }
    if kind == '?' && rest.is_empty() {
        return Some(Dtype::Bool);
    }
    let is_number = rest.bytes().all(|byte| byte.is_ascii_digit());
    // Kinds of any size may have no size yet: `S`.
    let size: usize = if rest.is_empty() { 0 } else { rest.parse().ok().filter(|_| is_number)? };
    let small = u8::try_from(size).ok();
    let dtype = match kind {
        'b' if size == 1 => Dtype::Bool,
        'i' => Dtype::Int(small?, order),
        'u' => Dtype::UInt(small?, order),
        'f' => Dtype::Float(small?, order),
        'c' => Dtype::Complex(small?, order),
        'S' | 'a' => Dtype::Bytes(size),
        'U' => Dtype::Str(size, order),
        'V' => Dtype::Void(size),
        _ => return None,
    };
    dtype.check().ok().map(|()| without_needless_order(dtype))
}

const fn native() -> ByteOrder {
    if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little }
}

/// Removes the order of a single byte, so that equal types are equal.
fn without_needless_order(dtype: Dtype) -> Dtype {
    match dtype {
        Dtype::Int(1, _) => Dtype::Int(1, ByteOrder::Little),
        Dtype::UInt(1, _) => Dtype::UInt(1, ByteOrder::Little),
        dtype => dtype,
    }
}

fn parse_unit(text: &str) -> Option<TimeUnit> {
    if text.is_empty() {
        return TimeUnit::new(1, "");
    }
    let text = text.strip_prefix('[')?.strip_suffix(']')?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (multiple, name) = text.split_at(digits);
    let multiple = if multiple.is_empty() { 1 } else { multiple.parse().ok()? };
    TimeUnit::new(multiple, name).filter(|unit| !unit.name.is_empty())
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.name, self.multiple) {
            ("", _) => Ok(()),
            (name, 1) => write!(f, "[{name}]"),
            (name, multiple) => write!(f, "[{multiple}{name}]"),
        }
    }
}

/// Prints an argument of NumPy's `dtype`: `<f8`; for a record, the list of its fields or, if there are gaps between
/// them, the whole layout.
impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let order = match self.byte_order() {
            None => '|',
            Some(ByteOrder::Little) => '<',
            Some(ByteOrder::Big) => '>',
        };
        match self {
            Self::Bool => f.write_str("|b1"),
            Self::Int(size, _) => write!(f, "{order}i{size}"),
            Self::UInt(size, _) => write!(f, "{order}u{size}"),
            Self::Float(size, _) => write!(f, "{order}f{size}"),
            Self::Complex(size, _) => write!(f, "{order}c{size}"),
            Self::Bytes(size) => write!(f, "{order}S{size}"),
            Self::Str(size, _) => write!(f, "{order}U{size}"),
            Self::Void(size) => write!(f, "{order}V{size}"),
            Self::Datetime(unit, _) => write!(f, "{order}M8{unit}"),
            Self::Timedelta(unit, _) => write!(f, "{order}m8{unit}"),
            Self::Structured(record) if record.is_packed() => write_fields(f, record),
            Self::Structured(record) => write_layout(f, record),
            Self::Subarray(array) => {
                f.write_char('(')?;
                write_format(f, array.dtype())?;
                f.write_str(", ")?;
                write_shape(f, array.shape())?;
                f.write_char(')')
            }
        }
    }
}

impl Structured {
    /// Whether the fields follow one another without gaps, in order.
    pub(super) fn is_packed(&self) -> bool {
        let mut end = 0;
        let in_order = self.fields().iter().all(|field| {
            let follows = field.offset == end;
            end = field.offset + field.dtype.itemsize();
            follows
        });
        in_order && end == self.itemsize() && !self.is_aligned()
    }
}

pub(crate) fn write_shape(f: &mut Formatter<'_>, shape: &[usize]) -> fmt::Result {
    f.write_char('(')?;
    write_list(f, shape, |f, length| write!(f, "{length}"))?;
    f.write_str(if shape.len() == 1 { ",)" } else { ")" })
}

/// Writes a format in a list: quoted, unless it is an expression itself.
fn write_format(f: &mut Formatter<'_>, dtype: &Dtype) -> fmt::Result {
    match dtype {
        Dtype::Structured(_) | Dtype::Subarray(_) => write!(f, "{dtype}"),
        _ => write!(f, "'{dtype}'"),
    }
}

fn write_fields(f: &mut Formatter<'_>, record: &Structured) -> fmt::Result {
    f.write_char('[')?;
    write_list(f, record.fields(), |f, field| {
        write!(f, "({}, ", quoted(&field.name))?;
        match &field.dtype {
            Dtype::Subarray(array) => {
                write_format(f, array.dtype())?;
                f.write_str(", ")?;
                write_shape(f, array.shape())?;
            }
            dtype => write_format(f, dtype)?,
        }
        f.write_char(')')
    })?;
    f.write_char(']')
}

fn write_layout(f: &mut Formatter<'_>, record: &Structured) -> fmt::Result {
    f.write_str("{'names': [")?;
    write_list(f, record.fields(), |f, field| f.write_str(&quoted(&field.name)))?;
    f.write_str("], 'formats': [")?;
    write_list(f, record.fields(), |f, field| write_format(f, &field.dtype))?;
    f.write_str("], 'offsets': [")?;
    write_list(f, record.fields(), |f, field| write!(f, "{}", field.offset))?;
    write!(f, "], 'itemsize': {}", record.itemsize())?;
    f.write_str(if record.is_aligned() { ", 'aligned': True}" } else { "}" })
}

fn quoted(name: &str) -> alloc::string::String {
    Text(name).to_string()
}

pub(crate) fn write_list<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    mut write: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (place, item) in items.iter().enumerate() {
        f.write_str(if place > 0 { ", " } else { "" })?;
        write(f, item)?;
    }
    Ok(())
}
