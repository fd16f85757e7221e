//! Arrays of any number of dimensions, as NumPy has them.

pub(in crate::value) mod element;

use alloc::{borrow::Cow, boxed::Box, format, vec, vec::Vec};
use core::cmp::Ordering;

use crate::array::{ByteOrder, Dtype, Elements, Order, count, wrong_length};
use crate::error::{Error, ErrorKind, Result};
use crate::value::{List, Value};

/// The maximum of the newest NumPy.
const MOST_DIMENSIONS: usize = 64;

/// An array: [`Value::Array`].
///
/// The bytes are those of NumPy's memory, in either byte order. Arrays are equal if their types, shapes and elements
/// are, in whichever order these are stored; elements are compared by their bytes, unlike floats elsewhere. NumPy
/// scalars have this type too, and never equal an array.
///
/// ```
/// use state_core::value::{Array, Order};
///
/// let bytes = [1_i32, 2, 3, 4].iter().flat_map(|n| n.to_le_bytes()).collect();
/// let array = Array::new("<i4".parse()?, [2, 2], Order::C, bytes)?;
/// assert_eq!(array.get(&[1, 0]), Some(3.into()));
/// assert_eq!(array.to_string(), "array([[1, 2], [3, 4]], dtype=int32)");
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Array {
    dtype: Dtype,
    shape: Box<[usize]>,
    order: Order,
    bytes: Vec<u8>,
    is_scalar: bool,
}

impl Array {
    /// Makes an array from a raw array; elements that are arrays add their dimensions.
    pub(crate) fn of_elements(elements: Elements<'_>, shape: &[usize], bytes: &[u8]) -> Result<Self> {
        let (dtype, inner) = Dtype::of_elements(elements.schema, elements.nodes)?;
        Self::new(dtype, [shape, &inner].concat(), Order::C, bytes.into())
    }

    /// Makes an array from the memory of its elements.
    ///
    /// # Errors
    /// If the number of bytes does not match the type and shape, elements have no bytes, or there are more than 64
    /// dimensions.
    pub fn new(dtype: Dtype, shape: impl Into<Box<[usize]>>, order: Order, bytes: Vec<u8>) -> Result<Self> {
        let shape = shape.into();
        if shape.len() > MOST_DIMENSIONS {
            let expected = format!("at most {MOST_DIMENSIONS} dimensions");
            return Err(Error::new(ErrorKind::Malformed, expected, format!("{}", shape.len())));
        }
        dtype.check()?;
        let size = count(&shape).and_then(|count| {
            let size = count.checked_mul(dtype.itemsize())?;
            // Elements without bytes would take time for nothing.
            (count == 0 || size > 0).then_some(size)
        });
        if size != Some(bytes.len()) {
            return Err(wrong_length(&dtype, &shape, (size, bytes.len())));
        }
        Ok(Self { dtype, shape, order, bytes, is_scalar: false })
    }

    /// Makes a NumPy scalar, such as `numpy.int64(1)`: a single element, which is not an array and can be a key.
    ///
    /// ```
    /// use state_core::value::Array;
    ///
    /// let one = Array::scalar("<i8".parse()?, 1_i64.to_le_bytes().into())?;
    /// assert_eq!(one.to_string(), "np.int64(1)");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Array::new`].
    pub fn scalar(dtype: Dtype, bytes: Vec<u8>) -> Result<Self> {
        Ok(Self { is_scalar: true, ..Self::new(dtype, [], Order::C, bytes)? })
    }

    /// Whether it is a scalar, not an array without dimensions.
    #[must_use]
    pub const fn is_scalar(&self) -> bool {
        self.is_scalar
    }

    /// The type of the elements.
    #[must_use]
    pub const fn dtype(&self) -> &Dtype {
        &self.dtype
    }

    /// The length of each dimension; a single element has none.
    #[must_use]
    pub const fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The order in which elements are stored.
    #[must_use]
    pub const fn order(&self) -> Order {
        self.order
    }

    /// The memory of the elements.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The memory of the elements, to be changed.
    ///
    /// ```
    /// use state_core::value::{Array, ByteOrder, Dtype, Order};
    ///
    /// let mut array = Array::new(Dtype::Int(2, ByteOrder::Little), [2], Order::C, vec![1, 0, 2, 0])?;
    /// array.bytes_mut()[2..].copy_from_slice(&7_i16.to_le_bytes());
    /// assert_eq!(array.to_list().to_string(), "[1, 7]");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Returns the memory of the elements.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() / self.dtype.itemsize().max(1)
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The element at an index for each dimension: numbers and text as such, a record as a tuple of its fields, a time
    /// as its number of units, or `None` for a not-a-time value.
    #[must_use]
    pub fn get(&self, index: &[usize]) -> Option<Value> {
        if index.len() != self.shape.len() {
            return None;
        }
        let place = index.iter().zip(&self.shape).try_fold(0, |place, (at, length)| {
            // This cannot overflow, because it stays below the number of elements.
            (at < length).then(|| place * length + at)
        })?;
        Some(self.dtype.read(self.element(place)))
    }

    /// The elements in C order: those that differ only in the last index are adjacent.
    #[must_use]
    pub fn elements(&self) -> impl ExactSizeIterator<Item = Value> {
        (0..self.len()).map(|place| self.dtype.read(self.element(place)))
    }

    /// The elements as nested lists, like NumPy's `tolist`; an array without dimensions is its element.
    #[must_use]
    pub fn to_list(&self) -> Value {
        self.list(0, 0)
    }

    fn list(&self, depth: usize, place: usize) -> Value {
        let Some(&length) = self.shape.get(depth) else {
            return self.dtype.read(self.element(place));
        };
        if self.is_empty() && depth + 1 < self.shape.len() {
            // An array without elements can contain any number of empty lists.
            return List::new().into();
        }
        (0..length).map(|at| self.list(depth + 1, place * length + at)).collect::<List>().into()
    }

    /// Returns the bytes of the element at an index in C order.
    pub(crate) fn element(&self, mut place: usize) -> &[u8] {
        if self.order == Order::Fortran {
            let (mut at, mut step) = (0, 1);
            let mut rest = self.len();
            for length in &self.shape {
                rest /= length.max(&1);
                at += place / rest.max(1) * step;
                place %= rest.max(1);
                step *= length;
            }
            place = at;
        }
        let size = self.dtype.itemsize();
        self.bytes.get(place * size..(place + 1) * size).unwrap_or_default()
    }

    /// Returns the elements' bytes in C order.
    fn in_c_order(&self) -> Cow<'_, [u8]> {
        if self.order == Order::C || self.shape.len() < 2 {
            return Cow::Borrowed(&self.bytes);
        }
        (0..self.len()).map(|place| self.element(place)).collect::<Vec<_>>().concat().into()
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Array {}

impl Ord for Array {
    fn cmp(&self, other: &Self) -> Ordering {
        let heads = (&self.dtype, &self.shape, self.is_scalar).cmp(&(&other.dtype, &other.shape, other.is_scalar));
        heads.then_with(|| match self.order == other.order {
            true => self.bytes.cmp(&other.bytes),
            false => self.in_c_order().cmp(&other.in_c_order()),
        })
    }
}

impl PartialOrd for Array {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Makes a one-dimensional array of Rust's numbers.
macro_rules! from_numbers {
    ($($Type:ident => $kind:ident;)*) => {$(
        impl From<&[$Type]> for Array {
            fn from(numbers: &[$Type]) -> Self {
                Self {
                    dtype: Dtype::$kind(size_of::<$Type>() as u8, ByteOrder::Little),
                    shape: vec![numbers.len()].into(),
                    order: Order::C,
                    bytes: numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
                    is_scalar: false,
                }
            }
        }
    )*};
}

from_numbers! {
    i8 => Int; i16 => Int; i32 => Int; i64 => Int;
    u8 => UInt; u16 => UInt; u32 => UInt; u64 => UInt;
    f32 => Float; f64 => Float;
}

#[cfg(test)]
mod tests;
