//! The arrays of `ndarray`: the lengths of their dimensions, and their elements as a raw array. In Python they are
//! NumPy arrays.
//!
//! Elements are numbers or records. They are encoded in the order of their indices, the last one changing fastest,
//! whatever their order in memory; an array that is already in this order is copied as a whole.

use alloc::vec::Vec;

use ndarray::{Array, ArrayD, Dimension, IxDyn};

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{LENGTH, grid_count};
use crate::protocol::memory::{self, Image, Mode};
use crate::raw::items::Many;
use crate::raw::kind::Described;
use crate::raw::{Collect, Raw, Record};
use crate::schema::{Kind, Link, Schema};
use crate::state::{Restore, State};

/// The size of an element in an image.
const fn element<T: Record>() -> usize {
    <T as Raw<Described>>::SIZE
}

const fn image<T: Record>() -> Image<T> {
    <T as Raw<Described>>::IMAGE
}

/// The number of dimensions, if the type fixes it.
const fn dimensions<D: Dimension>() -> Option<u8> {
    match D::NDIM {
        Some(count) => Some(count as u8),
        None => None,
    }
}

impl<T: Record, D: Dimension> State for Array<T, D> {
    const HEAD: usize = LENGTH;

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Grid(Link::To(T::schema), dimensions::<D>()), LENGTH) }
    }

    fn size(&self, size: &mut Size) {
        const { assert!(size_of::<T>() > 0 && element::<T>() > 0, "an element of a raw array has at least one byte") };
        size.length(self.ndim());
        size.run(self.ndim(), 8);
        size.raw(self.len().saturating_mul(element::<T>()));
    }

    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        writer.length(head, self.ndim());
        let Some(run) = writer.run(self.ndim(), 8) else { return };
        for (space, length) in run.chunks_exact_mut(8).zip(self.shape()) {
            space.copy_from_slice(&(*length as u64).to_le_bytes());
        }
        if let (Mode::Same, Some(items)) = (image::<T>().mode(), self.as_slice()) {
            if let Some(bytes) = memory::bytes_of(items, &image::<T>()) {
                return writer.raw_bytes(bytes);
            }
        }
        let Some(space) = writer.raw(self.len().saturating_mul(element::<T>())) else { return };
        for (item, space) in self.iter().zip(space.chunks_exact_mut(element::<T>())) {
            item.write(space);
        }
    }
}

/// Reads the lengths of the dimensions.
fn shape(run: &[u8]) -> Option<Vec<usize>> {
    let length = |length: &[u8]| usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok();
    run.chunks_exact(8).map(length).collect()
}

fn read<'de, T: Record>(head: &[u8], reader: &mut Reader<'de>) -> Option<(Vec<usize>, &'de [u8])> {
    let count = reader.length(head)?;
    let shape = shape(reader.run(count, 8)?)?;
    let bytes = reader.raw(grid_count(&shape, element::<T>())?.checked_mul(element::<T>())?)?;
    Some((shape, bytes))
}

fn make<T: Record, D: Dimension>(shape: &[usize], bytes: &[u8]) -> Option<Array<T, D>> {
    let items = <Vec<T> as Collect<'_, Many, T, Described>>::collect(Some(bytes))?;
    ArrayD::from_shape_vec(IxDyn(shape), items).ok()?.into_dimensionality().ok()
}

impl<'de, T: Record, D: Dimension> Restore<'de> for Array<T, D> {
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        let lengths = checker.length(head).filter(|count| D::NDIM.is_none_or(|fixed| fixed == *count));
        let Some(shape) = lengths.and_then(|count| checker.run(count, 8)).and_then(shape) else { return false };
        let len = grid_count(&shape, element::<T>()).and_then(|count| count.checked_mul(element::<T>()));
        let Some(bytes) = len.and_then(|len| checker.raw(len)) else { return false };
        image::<T>().takes_any() || bytes.chunks_exact(element::<T>()).all(|bytes| T::read(bytes).is_some())
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let (shape, bytes) = read::<T>(head, reader)?;
        make(&shape, bytes)
    }

    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let Some((shape, bytes)) = read::<T>(head, reader) else { return };
        if *self.shape() == *shape {
            if let Some(items) = self.as_slice_mut() {
                if memory::overwrite(items, bytes, &image::<T>()) {
                    return;
                }
            }
        }
        if let Some(array) = make(&shape, bytes) {
            *self = array;
        }
    }

    fn exchange_with(&mut self, other: &mut Self, _: &mut Reader<'de>) {
        if self.shape() == other.shape() {
            if let (Some(items), Some(others)) = (self.as_slice_mut(), other.as_slice_mut()) {
                return items.swap_with_slice(others);
            }
        }
        core::mem::swap(self, other);
    }
}
