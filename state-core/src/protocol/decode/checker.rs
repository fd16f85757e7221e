//! Bytes that may be hostile are tested.

use super::regions::{Regions, cut, read_length};
use crate::protocol::layout::{padded, stride};
use crate::protocol::stack::weight;
use crate::protocol::text::Text;
use crate::schema::Schema;
use crate::sharing::Table;
use crate::state::State;

/// Checks an image. It allocates only for deeply nested numbered objects, and an image that it accepts can be built without further checks.
#[derive(Debug)]
pub struct Checker<'a> {
    tail: &'a [u8],
    text: Text<'a>,
    raw: &'a [u8],
    depth: u32,
    /// Bytes that what is counted by its size takes in memory.
    memory: usize,
    obstacle: Option<Obstacle>,
    /// Where references are numbered, the numbers.
    table: Option<&'a mut Table>,
}

/// What stands in a checker's way although every slot holds what it may.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Obstacle {
    /// Parts of this type are nested too deep.
    Depth(&'static Schema),
    Alignment(Left),
    Memory(Left),
    /// A list or text is longer than its type holds, so many elements or bytes at most.
    Capacity(usize, Left),
    /// A C string has a zero in it.
    Zero(Left),
    /// A type by hand expects this instead of the value at a place.
    Refused(&'static str, Place),
    /// A reference leads back into an object of this type, and cannot be given later.
    Cycle(&'static Schema, Left),
    /// So does a weak one, or it leads forward.
    Weak(&'static Schema),
}

/// How many bytes of all regions come from where the slot begins that stands in the way. They are read in one order, so
/// that it is a place.
pub(crate) type Left = usize;

/// Where a head is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    start: usize,
    len: usize,
}

impl Place {
    pub fn of(head: &[u8]) -> Self {
        Self { start: head.as_ptr() as usize, len: head.len() }
    }
}

impl<'a> Checker<'a> {
    #[inline]
    pub(crate) fn new(regions: &Regions<'a>, depth: u32) -> Self {
        let Regions { tail, text, raw, .. } = *regions;
        Self { tail, text, raw, depth, memory: 0, obstacle: None, table: None }
    }

    /// The same of an image whose references are numbered.
    #[inline]
    pub(crate) fn with_table(self, table: Option<&'a mut Table>) -> Self {
        Self { table, ..self }
    }

    #[inline]
    pub(crate) fn table(&mut self) -> Option<&mut Table> {
        self.table.as_deref_mut()
    }

    /// A run of `count` heads from the tail; `None` if it is shorter.
    #[inline]
    pub fn run(&mut self, count: usize, head: usize) -> Option<&'a [u8]> {
        cut(&mut self.tail, count.checked_mul(stride(head))?)
    }

    /// The length in a head of [`LENGTH`](crate::state::LENGTH) bytes. The long form of a short length is invalid.
    #[inline]
    pub fn length(&mut self, head: &[u8]) -> Option<usize> {
        read_length(head, &mut self.tail)
    }

    /// Whether there are `len` bytes of text that end at a character boundary.
    #[inline]
    #[must_use]
    pub fn text(&mut self, len: usize) -> bool {
        self.text.cut(len).is_some()
    }

    /// The same text.
    #[cfg(feature = "std")]
    pub(crate) fn text_of(&mut self, len: usize) -> Option<&'a str> {
        self.text.cut(len)
    }

    /// A raw array of `len` bytes, followed by zeros.
    #[inline]
    pub fn raw(&mut self, len: usize) -> Option<&'a [u8]> {
        let space = cut(&mut self.raw, padded(len)?)?;
        let (array, padding) = space.split_at(len);
        padding.iter().all(|&byte| byte == 0).then_some(array)
    }

    /// Refuses the value with this head; returns `false`, which [`check`](crate::Restore::check) must then return: the
    /// first refusal is the one that is reported. The error names the slot and says what was `expected`.
    ///
    /// ```
    /// # use state_core::state::Checker;
    /// fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
    ///     head[0] <= 100 || checker.refuse(head, "a percentage (0 to 100)")
    /// }
    /// ```
    #[cold]
    #[must_use]
    pub fn refuse(&mut self, head: &[u8], expected: &'static str) -> bool {
        self.stands_in_the_way(Obstacle::Refused(expected, Place::of(head)))
    }

    /// Checks the value behind a `T`, one level deeper.
    #[inline]
    #[must_use]
    pub fn nested<T: State>(&mut self, inner: impl FnOnce(&mut Self) -> bool) -> bool {
        self.level::<T>(weight::<T>(), inner)
    }

    /// The same of a `T` that weighs so much.
    #[inline]
    pub(crate) fn level<T: State>(&mut self, weight: u32, inner: impl FnOnce(&mut Self) -> bool) -> bool {
        match self.depth.checked_sub(weight) {
            Some(depth) => {
                let outer = core::mem::replace(&mut self.depth, depth);
                let passed = inner(self);
                self.depth = outer;
                passed
            }
            None => {
                self.obstacle.get_or_insert(Obstacle::Depth(T::schema()));
                false
            }
        }
    }

    /// Counts bytes of memory that a value takes beyond a small multiple of its image.
    #[inline]
    pub(crate) fn takes(&mut self, memory: usize) {
        self.memory = self.memory.saturating_add(memory);
    }

    /// What was counted so.
    #[inline]
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// Says that there may be nothing at the place that is tested next.
    #[inline]
    pub(crate) fn may_be_empty(&mut self) {
        if let Some(table) = self.table() {
            table.may_be_empty();
        }
    }

    /// How many bytes come, with so many before them that have been read.
    #[cold]
    pub(crate) fn left(&self, read: usize) -> Left {
        self.tail.len() + self.text.as_bytes().len() + self.raw.len() + read
    }

    /// Says what is in the way; always false.
    #[cold]
    pub(crate) fn stands_in_the_way(&mut self, obstacle: Obstacle) -> bool {
        self.obstacle.get_or_insert(obstacle);
        false
    }

    /// Says that an array to be borrowed does not lie as its elements must, or, where this machine has `other` elements
    /// in memory, that it never can.
    #[cold]
    pub(crate) fn not_to_borrow(&mut self, array: &[u8], other: bool) {
        let left = self.left(padded(array.len()).unwrap_or(0));
        self.obstacle.get_or_insert(if other { Obstacle::Memory(left) } else { Obstacle::Alignment(left) });
    }

    /// Whether no byte of the last run is zero.
    pub(crate) fn is_c_string(&mut self, bytes: &[u8]) -> bool {
        let has_zero = bytes.contains(&0);
        if has_zero {
            let left = self.left(bytes.len());
            self.obstacle.get_or_insert(Obstacle::Zero(left));
        }
        !has_zero
    }

    /// Whether a list or text is no longer than its type holds.
    #[inline]
    pub(crate) fn is_up_to(&mut self, most: usize, len: usize) -> bool {
        len <= most || self.is_beyond(most)
    }

    #[cold]
    fn is_beyond(&mut self, most: usize) -> bool {
        let left = self.left(0);
        self.stands_in_the_way(Obstacle::Capacity(most, left))
    }

    #[inline]
    pub(crate) fn obstacle(&self) -> Option<Obstacle> {
        self.obstacle
    }

    /// Whether the regions have been read to their ends.
    #[inline]
    pub(crate) fn finish(&self) -> bool {
        self.tail.is_empty() && self.text.is_empty() && self.raw.is_empty()
    }
}
