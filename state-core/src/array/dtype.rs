//! The types that the elements of an array can have.

use alloc::{boxed::Box, format, sync::Arc, vec::Vec};

use crate::error::{Error, ErrorKind, Result};

/// The limits on nesting and on the total number of fields of records: records are walked recursively for each element.
const DEEPEST: usize = 16;
const MOST_FIELDS: usize = 1 << 16;

/// The type of the elements of an [`Array`](crate::value::Array), with the order of their bytes. Sizes are in bytes.
///
/// It is parsed and printed as in NumPy, and cheap to clone.
///
/// ```
/// use state_core::value::{ByteOrder, Dtype};
///
/// let dtype: Dtype = ">u2".parse()?;
/// assert_eq!(dtype, Dtype::UInt(2, ByteOrder::Big));
/// assert_eq!((dtype.itemsize(), dtype.to_string().as_str()), (2, ">u2"));
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dtype {
    /// A truth value, in a byte.
    Bool,
    /// An integer of 1, 2, 4 or 8 bytes.
    Int(u8, ByteOrder),
    /// An integer that is not negative, of 1, 2, 4 or 8 bytes.
    UInt(u8, ByteOrder),
    /// A float of 2, 4 or 8 bytes.
    Float(u8, ByteOrder),
    /// A complex number of two floats, 8 or 16 bytes in all.
    Complex(u8, ByteOrder),
    /// Bytes of up to this number, padded with zeros: `S`.
    Bytes(usize),
    /// Text of up to this number of characters of 4 bytes each, padded with zeros: `U`.
    Str(usize, ByteOrder),
    /// Bytes without a meaning: `V`.
    Void(usize),
    /// A time since 1970 in units: `M8`.
    Datetime(TimeUnit, ByteOrder),
    /// A difference of times in units: `m8`.
    Timedelta(TimeUnit, ByteOrder),
    /// A record of fields by name.
    Structured(Structured),
    /// A nested array in each element: the type of a field.
    Subarray(Subarray),
}

/// The byte order of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ByteOrder {
    /// The least significant byte first.
    #[default]
    Little,
    /// The most significant byte first.
    Big,
}

/// The unit of times, with a multiple: `[25us]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeUnit {
    /// The multiple of the unit.
    pub multiple: u32,
    /// NumPy's name of the unit, `"us"`; empty for the generic unit.
    pub name: &'static str,
}

/// The names of all units.
pub(super) const UNITS: [&str; 13] = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];

impl TimeUnit {
    /// The unit of this name, with a multiple; `None` for a name that NumPy does not know. An empty name is the generic
    /// unit.
    #[must_use]
    pub fn new(multiple: u32, name: &str) -> Option<Self> {
        let name = if name.is_empty() { "" } else { UNITS.into_iter().find(|unit| *unit == name)? };
        (multiple > 0).then_some(Self { multiple, name })
    }
}

/// The layout of a record.
///
/// ```
/// use state_core::value::{Dtype, Field, Structured};
///
/// let gears = Field { name: "gears".into(), dtype: "<i4".parse()?, offset: 0 };
/// let price = Field { name: "price".into(), dtype: "<f8".parse()?, offset: 8 };
/// let bicycle = Dtype::Structured(Structured::new(vec![gears, price], 16, true)?);
/// assert_eq!(
///     bicycle.to_string(),
///     "{'names': ['gears', 'price'], 'formats': ['<i4', '<f8'], 'offsets': [0, 8], 'itemsize': 16, 'aligned': True}",
/// );
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Structured(Arc<Layout>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Layout {
    fields: Box<[Field]>,
    itemsize: usize,
    aligned: bool,
    weight: Weight,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field {
    /// Its name.
    pub name: Box<str>,
    /// Its type.
    pub dtype: Dtype,
    /// Its offset in bytes from the start of the record.
    pub offset: usize,
}

/// An array in each element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subarray(Arc<Repeated>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Repeated {
    dtype: Dtype,
    shape: Box<[usize]>,
    itemsize: usize,
    weight: Weight,
}

/// The cost of walking a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Weight {
    depth: usize,
    fields: usize,
}

impl Weight {
    /// The weight of a type that holds others.
    fn around(inner: impl Iterator<Item = Self>) -> Result<Self> {
        let start = Self { depth: 0, fields: 1 };
        let weight = inner.fold(start, |sum, one| Self {
            depth: sum.depth.max(one.depth),
            fields: sum.fields.saturating_add(one.fields),
        });
        if weight.depth >= DEEPEST || weight.fields > MOST_FIELDS {
            let expected = format!("an array type of at most {DEEPEST} levels and {MOST_FIELDS} fields");
            return Err(Error::new(ErrorKind::Depth, expected, "a larger one"));
        }
        Ok(Self { depth: weight.depth + 1, ..weight })
    }
}

impl Structured {
    /// Lays out a record of `itemsize` bytes. `aligned` means that the fields are laid out as in a C struct.
    ///
    /// # Errors
    /// If a field is not inside the record, or there are too many levels or fields: at most 16 levels and 65,536
    /// fields.
    pub fn new(fields: Vec<Field>, itemsize: usize, aligned: bool) -> Result<Self> {
        for field in &fields {
            field.dtype.check()?;
            if field.offset.checked_add(field.dtype.itemsize()).is_none_or(|end| end > itemsize) {
                let expected = format!("a field inside the {itemsize} bytes of its record");
                return Err(Error::new(ErrorKind::Malformed, expected, format!("{:?}", field.name)));
            }
        }
        let weight = Weight::around(fields.iter().map(|field| field.dtype.weight()))?;
        Ok(Self(Arc::new(Layout { fields: fields.into(), itemsize, aligned, weight })))
    }

    /// The fields in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.0.fields
    }

    /// The size of a record in bytes.
    #[must_use]
    pub fn itemsize(&self) -> usize {
        self.0.itemsize
    }

    /// Whether the fields are laid out as in a C struct.
    #[must_use]
    pub fn is_aligned(&self) -> bool {
        self.0.aligned
    }
}

impl Subarray {
    /// An array of this shape in each element, in C order.
    ///
    /// # Errors
    /// If the array is too large to count, or there are too many levels.
    pub fn new(dtype: Dtype, shape: impl Into<Box<[usize]>>) -> Result<Self> {
        let shape = shape.into();
        dtype.check()?;
        let weight = Weight::around([dtype.weight()].into_iter())?;
        let itemsize = super::count(&shape)
            .filter(|count| shape.len() <= DEEPEST && (*count == 0 || dtype.itemsize() > 0))
            .and_then(|count| count.checked_mul(dtype.itemsize()))
            .ok_or_else(|| Error::new(ErrorKind::Malformed, "an array that fits in memory", format!("{shape:?}")))?;
        Ok(Self(Arc::new(Repeated { dtype, shape, itemsize, weight })))
    }

    /// The type of its elements.
    #[must_use]
    pub fn dtype(&self) -> &Dtype {
        &self.0.dtype
    }

    /// The length of each dimension.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }
}

impl Dtype {
    /// The numbers for one of the codes by which Python's `array` module identifies machine formats; `None` for the
    /// formats of text.
    pub(crate) fn of_machine_format(format: u8) -> Option<Self> {
        let order = if format % 2 == 0 { ByteOrder::Little } else { ByteOrder::Big };
        Some(match format {
            0 => Self::UInt(1, ByteOrder::Little),
            1 => Self::Int(1, ByteOrder::Little),
            2 | 3 => Self::UInt(2, order),
            4 | 5 => Self::Int(2, order),
            6 | 7 => Self::UInt(4, order),
            8 | 9 => Self::Int(4, order),
            10 | 11 => Self::UInt(8, order),
            12 | 13 => Self::Int(8, order),
            14 | 15 => Self::Float(4, order),
            16 | 17 => Self::Float(8, order),
            _ => return None,
        })
    }

    /// The size of an element in bytes.
    #[must_use]
    pub fn itemsize(&self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Int(size, _) | Self::UInt(size, _) | Self::Float(size, _) | Self::Complex(size, _) => {
                usize::from(*size)
            }
            Self::Bytes(size) | Self::Void(size) => *size,
            Self::Str(length, _) => length.saturating_mul(4),
            Self::Datetime(..) | Self::Timedelta(..) => 8,
            Self::Structured(record) => record.itemsize(),
            Self::Subarray(array) => array.0.itemsize,
        }
    }

    /// The byte order; `None` if there is none, or each field has its own.
    #[must_use]
    pub const fn byte_order(&self) -> Option<ByteOrder> {
        match self {
            Self::Bool
            | Self::Int(1, _)
            | Self::UInt(1, _)
            | Self::Bytes(_)
            | Self::Void(_)
            | Self::Structured(_)
            | Self::Subarray(_) => None,
            Self::Int(_, order)
            | Self::UInt(_, order)
            | Self::Float(_, order)
            | Self::Complex(_, order)
            | Self::Str(_, order)
            | Self::Datetime(_, order)
            | Self::Timedelta(_, order) => Some(*order),
        }
    }

    /// Whether its elements are numbers of a unit of time, which mean nothing without the unit.
    pub(crate) const fn is_time(&self) -> bool {
        matches!(self, Self::Datetime(..) | Self::Timedelta(..))
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Structured(record) => record.0.weight,
            Self::Subarray(array) => array.0.weight,
            _ => Weight { depth: 0, fields: 1 },
        }
    }

    /// Whether the size is one that the kind can have.
    pub(crate) fn check(&self) -> Result<()> {
        let known = match self {
            Self::Int(size, _) | Self::UInt(size, _) => matches!(size, 1 | 2 | 4 | 8),
            Self::Float(size, _) => matches!(size, 2 | 4 | 8),
            Self::Complex(size, _) => matches!(size, 8 | 16),
            Self::Str(length, _) => length.checked_mul(4).is_some(),
            _ => true,
        };
        if known { Ok(()) } else { Err(Error::new(ErrorKind::Malformed, "a known array type", format!("{self}"))) }
    }
}
