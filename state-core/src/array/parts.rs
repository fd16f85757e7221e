//! Arrays in dynamic formats as elements of a type: converted to the layout, order and byte order of an image.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Dtype, Order};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Kind, Nodes, Schema};

/// An array of any number of dimensions: the type of its elements, its shape, and its memory.
///
/// The memory has exactly as many bytes as type and shape require, and each element has at least one.
#[derive(Clone, Debug)]
pub struct ArrayParts<'v> {
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) order: Order,
    pub(crate) bytes: Cow<'v, [u8]>,
}

/// Bytes of an element that have another place in an image.
struct Move {
    from: usize,
    to: usize,
    size: usize,
    swapped: bool,
}

impl<'v> ArrayParts<'v> {
    /// Describes the array in words.
    pub(crate) fn describe(&self) -> String {
        match &*self.shape {
            [] => format!("a single element of {}", self.dtype),
            shape => format!("an array of shape {shape:?} of {}", self.dtype),
        }
    }

    /// Whether it has only the dimensions that an element of the type has itself.
    pub(crate) fn is_one(&self, element: &Schema, nodes: &Nodes) -> bool {
        let (mut element, mut inner) = (element, 0);
        while let Kind::Array(of, _) = &element.kind {
            (element, inner) = (nodes.get(*of), inner + 1);
        }
        self.shape.len() == inner
    }

    /// Whether its elements have the kind and size of the type; also for larger floats, which are refused later, not
    /// rounded.
    pub(crate) fn is_of(&self, element: &Schema, nodes: &Nodes) -> bool {
        Dtype::of_elements(element, nodes).is_ok_and(|(wanted, _)| match (&self.dtype, &wanted) {
            (Dtype::Float(given, _), Dtype::Float(wanted, _)) => given >= wanted,
            (given, wanted) => moved(given, wanted, (0, 0), &mut Vec::new()),
        })
    }

    /// The dimensions outside the elements, whose number may be given, and the bytes of the elements as in an image.
    pub(crate) fn elements(
        self,
        (schema, nodes): (&Schema, &Nodes),
        dimensions: Option<usize>,
    ) -> Result<(Vec<usize>, Cow<'v, [u8]>)> {
        let (wanted, inner) = Dtype::of_elements(schema, nodes)?;
        let outer = self.shape.strip_suffix(&*inner).map(<[usize]>::len);
        let outer = outer.filter(|outer| dimensions.is_none_or(|dimensions| dimensions == *outer));
        let mut moves = Vec::new();
        let (Some(outer), true) = (outer, moved(&self.dtype, &wanted, (0, 0), &mut moves)) else {
            let (any, count) = dimensions.map_or(("..", 1), |count| ("n", count));
            let lengths = core::iter::repeat_n(any.to_string(), count);
            let lengths: Vec<_> = lengths.chain(inner.iter().map(usize::to_string)).collect();
            let expected = format!("an array of shape [{}] of {wanted}", lengths.join(", "));
            return Err(Error::new(ErrorKind::Malformed, expected, self.describe()));
        };
        let shape = self.shape[..outer].to_vec();
        Ok((shape, self.arranged(&moves, wanted.itemsize())))
    }

    /// The elements in C order, with their bytes at the places that `moves` gives in elements of `size` bytes.
    fn arranged(self, moves: &[Move], size: usize) -> Cow<'v, [u8]> {
        let given = self.dtype.itemsize();
        let stays = moves.iter().all(|part| part.from == part.to && !part.swapped) && given == size;
        let in_order = self.order == Order::C || self.shape.len() < 2;
        if stays && in_order {
            return self.bytes;
        }
        let mut arranged = alloc::vec![0; self.bytes.len() / given.max(1) * size];
        for (place, element) in arranged.chunks_exact_mut(size.max(1)).enumerate() {
            let place = if in_order { place } else { in_fortran(&self.shape, place) };
            let source = self.bytes.get(place * given..).unwrap_or_default();
            for part in moves {
                let from = source.get(part.from..part.from + part.size);
                let to = element.get_mut(part.to..part.to + part.size);
                if let (Some(from), Some(to)) = (from, to) {
                    to.copy_from_slice(from);
                    if part.swapped {
                        to.reverse();
                    }
                }
            }
        }
        Cow::Owned(arranged)
    }

    /// The same elements with the dimensions in the order of `axes`, which names each once.
    #[cfg(feature = "pickle")]
    pub(crate) fn transposed(self, axes: &[usize]) -> Self {
        let shape: Vec<usize> = axes.iter().map(|&axis| self.shape[axis]).collect();
        if axes.iter().enumerate().all(|(at, &axis)| at == axis) {
            return self;
        }
        if axes.iter().rev().enumerate().all(|(at, &axis)| at == axis) {
            return Self { shape, order: Order::Fortran, ..self };
        }
        let mut steps = alloc::vec![0; self.shape.len()];
        let mut step = self.dtype.itemsize();
        for (at, length) in self.shape.iter().enumerate().rev() {
            steps[at] = step;
            step = step.saturating_mul(*length);
        }
        let size = self.dtype.itemsize().max(1);
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for place in 0..self.bytes.len() / size {
            let (mut rest, mut from) = (place, 0);
            for (&axis, &length) in axes.iter().zip(&shape).rev() {
                from += rest % length.max(1) * steps[axis];
                rest /= length.max(1);
            }
            bytes.extend_from_slice(self.bytes.get(from..from + size).unwrap_or_default());
        }
        Self { dtype: self.dtype, shape, order: Order::C, bytes: Cow::Owned(bytes) }
    }
}

/// The index in Fortran order of the element whose index in C order this is.
fn in_fortran(shape: &[usize], mut place: usize) -> usize {
    let (mut rest, mut step, mut at) = (shape.iter().product::<usize>(), 1, 0);
    for length in shape {
        rest /= length.max(&1);
        at += place / rest.max(1) * step;
        place %= rest.max(1);
        step *= length;
    }
    at
}

/// Adds the moves that convert an element of the type `given` to the type `wanted`; returns `false` if that is
/// impossible.
fn moved(given: &Dtype, wanted: &Dtype, (from, to): (usize, usize), moves: &mut Vec<Move>) -> bool {
    let mut one = |size: usize| {
        let swapped = given.byte_order() != wanted.byte_order();
        match moves.last_mut() {
            Some(last) if !last.swapped && !swapped && last.from + last.size == from && last.to + last.size == to => {
                last.size += size;
            }
            _ => moves.push(Move { from, to, size, swapped }),
        }
        true
    };
    match (given, wanted) {
        (Dtype::Bool, Dtype::Bool) => one(1),
        (Dtype::Int(a, _), Dtype::Int(b, _))
        | (Dtype::UInt(a, _), Dtype::UInt(b, _))
        | (Dtype::Float(a, _), Dtype::Float(b, _)) => a == b && one(usize::from(*a)),
        (Dtype::Void(a), Dtype::Void(b)) => a == b && one(*a),
        (Dtype::Structured(given), Dtype::Structured(wanted)) => {
            let fields = wanted.fields();
            given.fields().len() == fields.len()
                && fields.iter().enumerate().all(|(at, field)| {
                    let here = given.fields().get(at).filter(|other| other.name == field.name);
                    here.or_else(|| given.fields().iter().find(|other| other.name == field.name)).is_some_and(|other| {
                        moved(&other.dtype, &field.dtype, (from + other.offset, to + field.offset), moves)
                    })
                })
        }
        (Dtype::Subarray(given), Dtype::Subarray(wanted)) => {
            let (given_size, size) = (given.dtype().itemsize(), wanted.dtype().itemsize());
            let count: usize = wanted.shape().iter().product();
            given.shape() == wanted.shape()
                && (0..count).all(|at| {
                    let places = (from + at * given_size, to + at * size);
                    moved(given.dtype(), wanted.dtype(), places, moves)
                })
        }
        _ => false,
    }
}
