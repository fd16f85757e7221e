//! NumPy's arrays and scalars, in all the ways in which its versions write them: element type, shape and bytes, which
//! are not copied if they are contiguous.

mod dtype;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(super) use self::dtype::Dtypes;
use super::arena::{Id, Items, Tag};
use super::parts::Parts;
use super::view::{Name, View};
use crate::array::{ArrayParts, wrong_length};
use crate::error::Result;
use crate::value::{Dtype, Order};

/// The most dimensions that the newest NumPy allows.
const MOST_DIMENSIONS: usize = 64;

/// The parts of a pickle and its out-of-band buffers, in which arrays are found.
#[derive(Clone, Copy)]
pub(super) struct Numpy<'p> {
    pub parts: &'p Parts<'p>,
    pub buffers: &'p [&'p [u8]],
    /// Whether subclasses of arrays in NumPy count as arrays.
    pub derived: bool,
}

impl<'p> Numpy<'p> {
    /// Returns the array or scalar at a node; `None` if it is neither, or has a type that [`Dtype`] cannot represent,
    /// such as Python's objects.
    ///
    /// # Errors
    /// If an array does not have as many bytes as its type and shape require, or its type is impossible.
    pub fn array(&self, tag: Tag, place: u32, dtypes: &mut Dtypes) -> Result<Option<ArrayParts<'p>>> {
        let parts = self.parts;
        if tag != Tag::Call || parts.effects.group_of(place).is_some() || parts.is_long_name(parts.arena.part(place, 0))
        {
            return Ok(None);
        }
        let Some(Name { module, name }) = parts.name(parts.arena.part(place, 0)) else { return Ok(None) };
        let arguments = || parts.arguments(parts.arena.part(place, 1));
        let built = parts.arena.changes(place).next().is_some();
        match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => {
                self.reconstructed(place, arguments(), dtypes)
            }
            _ if built => Ok(None),
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => self.scalar(arguments(), dtypes),
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => self.over_buffer(arguments(), dtypes),
            ("numpy", "ndarray") => self.ndarray(arguments(), dtypes),
            _ => Ok(None),
        }
    }

    /// Returns whether a node is a scalar, as opposed to an array without dimensions.
    pub fn is_scalar(&self, place: u32) -> bool {
        let callable = self.parts.arena.part(place, 0);
        !self.parts.is_long_name(callable) && self.parts.name(callable).is_some_and(|name| name.name == "scalar")
    }

    /// Reads `_reconstruct(class, (0,), b'b')`, and the state: version, shape, type, whether in Fortran's order, bytes.
    fn reconstructed(&self, place: u32, mut args: Items<'p>, dtypes: &mut Dtypes) -> Result<Option<ArrayParts<'p>>> {
        let class = args.next().and_then(|class| self.parts.name(class));
        let is_array = class.is_some_and(|class| match (class.module, class.name) {
            ("numpy", "ndarray") => true,
            (module, _) => self.derived && (module == "numpy" || module.starts_with("numpy.")),
        });
        // NumPy gives it exactly one state; the meaning of further changes is unknown.
        let is_array = is_array && self.parts.arena.changes(place).nth(1).is_none();
        let Some(state) = self.parts.state(place).filter(|_| is_array) else { return Ok(None) };
        let View::Tuple(mut state) = self.parts.view(state) else { return Ok(None) };
        // The state of the oldest NumPy has no version.
        if state.len() == 5 && !matches!(state.next().map(|id| self.parts.view(id)), Some(View::Int(0 | 1))) {
            return Ok(None);
        }
        let (Some(shape), Some(dtype), Some(fortran), Some(bytes), None) =
            (state.next(), state.next(), state.next(), state.next(), state.next())
        else {
            return Ok(None);
        };
        let order = match self.parts.view(fortran) {
            View::Bool(false) | View::Int(0) => Order::C,
            View::Bool(true) | View::Int(_) => Order::Fortran,
            _ => return Ok(None),
        };
        let (Some(shape), Some(bytes)) = (self.parts.lengths(shape), self.bytes(bytes)) else { return Ok(None) };
        let Some(dtype) = dtypes.dtype(self.parts, dtype)? else { return Ok(None) };
        whole(dtype, shape, order, bytes)
    }

    /// Reads `scalar(type, bytes)`: an array without dimensions.
    fn scalar(&self, mut args: Items<'p>, dtypes: &mut Dtypes) -> Result<Option<ArrayParts<'p>>> {
        let (Some(dtype), Some(bytes), None) = (args.next(), args.next(), args.next()) else { return Ok(None) };
        let Some(bytes) = self.bytes(bytes) else { return Ok(None) };
        let Some(dtype) = dtypes.dtype(self.parts, dtype)? else { return Ok(None) };
        whole(dtype, Vec::new(), Order::C, bytes)
    }

    /// Reads `_frombuffer(buffer, type, shape, order)`, and since NumPy 2.3 the order of the axes for order `K`.
    fn over_buffer(&self, mut args: Items<'p>, dtypes: &mut Dtypes) -> Result<Option<ArrayParts<'p>>> {
        let (Some(buffer), Some(dtype), Some(shape), Some(order)) =
            (args.next(), args.next(), args.next(), args.next())
        else {
            return Ok(None);
        };
        let axes = args.next().filter(|&axes| !matches!(self.parts.view(axes), View::None));
        let (Some(shape), Some(bytes)) = (self.parts.lengths(shape), self.bytes(buffer)) else { return Ok(None) };
        let Some(dtype) = dtypes.dtype(self.parts, dtype)? else { return Ok(None) };
        match (self.parts.word(order), axes) {
            (Some("C"), None) => whole(dtype, shape, Order::C, bytes),
            (Some("F"), None) => whole(dtype, shape, Order::Fortran, bytes),
            (Some("K"), Some(axes)) => {
                let axes = self.parts.lengths(axes).filter(|axes| is_permutation(axes, shape.len()));
                let (Some(axes), Some(array)) = (axes, whole(dtype, shape, Order::C, bytes)?) else { return Ok(None) };
                Ok(Some(array.transposed(&axes)))
            }
            _ => Ok(None),
        }
    }

    /// Reads `ndarray(shape, type, buffer, offset, strides, order)`: part of a buffer that may be longer.
    fn ndarray(&self, mut args: Items<'p>, dtypes: &mut Dtypes) -> Result<Option<ArrayParts<'p>>> {
        let (Some(shape), Some(dtype), Some(buffer)) = (args.next(), args.next(), args.next()) else { return Ok(None) };
        let (offset, strides, order) = (args.next(), args.next(), args.next());
        let offset = match offset.map(|id| self.parts.view(id)) {
            None => 0,
            Some(View::Int(offset)) => usize::try_from(offset).unwrap_or(usize::MAX),
            _ => return Ok(None),
        };
        let (Some(shape), Some(bytes)) = (self.parts.lengths(shape), self.bytes(buffer)) else { return Ok(None) };
        let Some(dtype) = dtypes.dtype(self.parts, dtype)? else { return Ok(None) };
        let mut in_order = match order.map(|id| self.parts.view(id)) {
            None | Some(View::None | View::Text(b"C") | View::Bytes(b"C")) => Order::C,
            Some(View::Text(b"F") | View::Bytes(b"F")) => Order::Fortran,
            _ => return Ok(None),
        };
        if let Some(strides) = strides.filter(|&strides| !matches!(self.parts.view(strides), View::None)) {
            match self.parts.lengths(strides).and_then(|strides| order_of(&strides, &shape, dtype.itemsize())) {
                Some(order) => in_order = order,
                // The elements have gaps between them, or overlap.
                None => return Ok(None),
            }
        }
        let end = size(&dtype, &shape).and_then(|size| offset.checked_add(size));
        match end.and_then(|end| slice(&bytes, offset, end)) {
            Some(bytes) => whole(dtype, shape, in_order, bytes),
            None => Err(wrong_length(&dtype, &shape, (size(&dtype, &shape), bytes.len().saturating_sub(offset)))),
        }
    }

    /// Returns bytes of any kind, and strings of Python 2 as the bytes that they were.
    fn bytes(&self, id: Id) -> Option<Cow<'p, [u8]>> {
        match self.parts.view(id) {
            View::Bytes(bytes) | View::ByteArray(bytes) => Some(Cow::Borrowed(bytes)),
            View::Buffer(at) => self.buffers.get(at as usize).map(|bytes| Cow::Borrowed(*bytes)),
            View::Text(text) => {
                let text = core::str::from_utf8(text).ok()?;
                text.chars().map(|char| u8::try_from(char).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned)
            }
            _ => None,
        }
    }
}

impl Parts<'_> {
    /// Returns a name or code: text, or bytes, as which text of Python 2 may be read.
    fn word(&self, id: Id) -> Option<&str> {
        match self.view(id) {
            View::Text(word) | View::Bytes(word) => core::str::from_utf8(word).ok(),
            _ => None,
        }
    }

    /// Returns a tuple or list of lengths, or a single length.
    fn lengths(&self, id: Id) -> Option<Vec<usize>> {
        let items = match self.view(id) {
            View::Int(length) => return Some(alloc::vec![usize::try_from(length).ok()?]),
            View::Tuple(items) | View::List(items) if items.len() <= MOST_DIMENSIONS => items,
            _ => return None,
        };
        let length = |id| match self.view(id) {
            View::Int(length) => usize::try_from(length).ok(),
            _ => None,
        };
        items.map(length).collect()
    }
}

/// Returns the array of exactly these bytes.
fn whole(dtype: Dtype, shape: Vec<usize>, order: Order, bytes: Cow<'_, [u8]>) -> Result<Option<ArrayParts<'_>>> {
    match size(&dtype, &shape) {
        // There could be any number of elements without bytes, at no cost.
        Some(0) if !shape.contains(&0) => Ok(None),
        Some(size) if size == bytes.len() => Ok(Some(ArrayParts { dtype, shape, order, bytes })),
        size => Err(wrong_length(&dtype, &shape, (size, bytes.len()))),
    }
}

fn size(dtype: &Dtype, shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(dtype.itemsize(), |size, length| size.checked_mul(*length))
}

fn slice<'p>(bytes: &Cow<'p, [u8]>, from: usize, to: usize) -> Option<Cow<'p, [u8]>> {
    match bytes {
        Cow::Borrowed(bytes) => bytes.get(from..to).map(Cow::Borrowed),
        Cow::Owned(bytes) => bytes.get(from..to).map(|bytes| Cow::Owned(bytes.into())),
    }
}

fn is_permutation(axes: &[usize], count: usize) -> bool {
    axes.len() == count && (0..count).all(|axis| axes.contains(&axis))
}

/// Returns the order in which elements with these strides are contiguous.
fn order_of(strides: &[usize], shape: &[usize], itemsize: usize) -> Option<Order> {
    if strides.len() != shape.len() {
        return None;
    }
    if follow(itemsize, strides.iter().zip(shape).rev()) {
        return Some(Order::C);
    }
    follow(itemsize, strides.iter().zip(shape)).then_some(Order::Fortran)
}

/// Returns whether each dimension begins where the one before it ends.
fn follow<'a>(mut next: usize, mut pairs: impl Iterator<Item = (&'a usize, &'a usize)>) -> bool {
    pairs.all(|(&stride, &length)| {
        let follows = stride == next || length <= 1;
        next = next.saturating_mul(length);
        follows
    })
}
