//! A value at the root of an image, of any type: the code around it is compiled once for all types.

use super::encode::{Size, Writer};
use crate::schema::Schema;
use crate::state::State;

/// A value at the root of an image.
#[derive(Clone, Copy)]
pub struct Root<'a, 'v> {
    pub schema: &'static Schema,
    pub head: usize,
    /// Whether there is anything but the head.
    pub varies: bool,
    pub value: &'a dyn Whole<'v>,
}

impl<'a, 'v> Root<'a, 'v> {
    pub fn of<T: State + ?Sized>(value: &'a &'v T) -> Self {
        Self { schema: T::schema(), head: T::HEAD, varies: T::DYNAMIC, value }
    }
}

/// A value whose type is erased.
pub trait Whole<'v> {
    /// Counts the regions.
    fn size(&self, size: &mut Size);

    /// Writes the head, and whatever there is space for; returns how much of the regions was left, unless something
    /// failed.
    fn put(&self, head: &mut [u8], writer: Writer<'_, 'v>) -> Option<[usize; 3]>;
}

impl<'v, T: State + ?Sized> Whole<'v> for &'v T {
    fn size(&self, size: &mut Size) {
        if T::DYNAMIC {
            T::size(self, size);
        }
    }

    fn put(&self, head: &mut [u8], writer: Writer<'_, 'v>) -> Option<[usize; 3]> {
        writer.whole(*self, head)
    }
}
