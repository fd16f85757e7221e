//! The checks of bytes that may be hostile.

use alloc::string::String;

use super::regions::{Regions, cut, read_length};
use crate::protocol::layout::{padded, stride};
use crate::protocol::stack::weight;
use crate::protocol::text::Text;
use crate::schema::{Kind, Schema};
use crate::sharing::Table;
use crate::state::State;

/// Checks an image. It allocates only for deeply nested numbered objects, and an image that it accepts can be built
/// without further checks.
#[derive(Debug)]
pub struct Checker<'a> {
    tail: &'a [u8],
    text: Text<'a>,
    raw: &'a [u8],
    depth: u32,
    /// The bytes that values counted by their size would occupy in memory.
    memory: usize,
    obstacle: Option<Obstacle>,
    /// The table of numbered objects, if references are numbered.
    table: Option<&'a mut Table>,
}

/// Why a checker refuses an image although every slot holds a possible value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Obstacle {
    /// Parts of this type are nested too deep.
    Depth(&'static Schema),
    Alignment(Left),
    Memory(Left),
    /// A list or text is longer than its type can hold: the most elements or bytes that fit.
    Capacity(usize, Left),
    /// A C string contains a zero byte.
    Zero(Left),
    /// An implementation by hand expected this instead of the value at a place.
    Refused(&'static str, Location, NumberText),
    /// A strong reference leads back into an object of this type that is still being read, and cannot be filled in
    /// later.
    Cycle(&'static Schema, Left),
    /// The same of a weak reference, or one that leads forward.
    Weak(&'static Schema),
}

/// The number of bytes that remain in all regions where the refused slot begins. Because regions are read in one fixed
/// order, this identifies the slot.
pub(crate) type Left = usize;

/// Prints a head of a kind, if it is a number. Only what refuses values refers to the function, so programs in which
/// nothing does link none of the code that prints floats.
pub(crate) type NumberText = fn(&Kind, &[u8]) -> Option<String>;

/// The location of a head in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    start: usize,
    len: usize,
}

impl Location {
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

    /// The same checker, for an image whose references are numbered.
    #[inline]
    pub(crate) fn with_table(self, table: Option<&'a mut Table>) -> Self {
        Self { table, ..self }
    }

    #[inline]
    pub(crate) fn table(&mut self) -> Option<&mut Table> {
        self.table.as_deref_mut()
    }

    /// Cuts a run of `count` heads from the tail; `None` if the tail is shorter.
    #[inline]
    pub fn run(&mut self, count: usize, head: usize) -> Option<&'a [u8]> {
        cut(&mut self.tail, count.checked_mul(stride(head))?)
    }

    /// Reads the length in a head of [`LENGTH`](crate::state::LENGTH) bytes. The long form of a short length is
    /// invalid.
    #[inline]
    pub fn length(&mut self, head: &[u8]) -> Option<usize> {
        read_length(head, &mut self.tail)
    }

    /// Cuts `len` bytes of text; returns whether there are that many, ending at a character boundary.
    #[inline]
    #[must_use]
    pub fn text(&mut self, len: usize) -> bool {
        self.text.cut(len).is_some()
    }

    /// As [`text`](Self::text), returning the text.
    #[cfg(feature = "std")]
    pub(crate) fn text_of(&mut self, len: usize) -> Option<&'a str> {
        self.text.cut(len)
    }

    /// Cuts a raw array of `len` bytes, whose padding must be zeros.
    #[inline]
    pub fn raw(&mut self, len: usize) -> Option<&'a [u8]> {
        let space = cut(&mut self.raw, padded(len)?)?;
        let (array, padding) = space.split_at(len);
        padding.iter().all(|&byte| byte == 0).then_some(array)
    }

    /// Refuses the value with this head, and returns `false`, as [`check`](crate::Restore::check) must then do too. The
    /// first refusal is reported. The error names the slot and says what was `expected`.
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
        self.record_obstacle(Obstacle::Refused(expected, Location::of(head), Kind::number))
    }

    /// Checks the value behind a `T`, one level deeper.
    #[inline]
    #[must_use]
    pub fn nested<T: State>(&mut self, inner: impl FnOnce(&mut Self) -> bool) -> bool {
        self.level::<T>(weight::<T>(), inner)
    }

    /// As [`nested`](Self::nested), for a `T` that counts as `weight` levels.
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

    /// Counts bytes of memory that a value occupies beyond a small multiple of its image.
    #[inline]
    pub(crate) fn takes(&mut self, memory: usize) {
        self.memory = self.memory.saturating_add(memory);
    }

    /// The bytes that [`takes`](Self::takes) has counted.
    #[inline]
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// Announces that the place checked next may be empty.
    #[inline]
    pub(crate) fn may_be_empty(&mut self) {
        if let Some(table) = self.table() {
            table.may_be_empty();
        }
    }

    /// The number of bytes left in all regions, plus `read` bytes that were just cut.
    #[cold]
    pub(crate) fn left(&self, read: usize) -> Left {
        self.tail.len() + self.text.as_bytes().len() + self.raw.len() + read
    }

    /// Records what is in the way, unless something was already; returns `false`.
    #[cold]
    pub(crate) fn record_obstacle(&mut self, obstacle: Obstacle) -> bool {
        self.obstacle.get_or_insert(obstacle);
        false
    }

    /// Records that an array to be borrowed is not aligned for its elements or, if elements have an `other` form in
    /// this machine's memory, that it can never be borrowed.
    #[cold]
    pub(crate) fn not_to_borrow(&mut self, array: &[u8], other: bool) {
        let left = self.left(padded(array.len()).unwrap_or(0));
        self.obstacle.get_or_insert(if other { Obstacle::Memory(left) } else { Obstacle::Alignment(left) });
    }

    /// Checks that the run just cut contains no zero byte.
    pub(crate) fn is_c_string(&mut self, bytes: &[u8]) -> bool {
        let has_zero = bytes.contains(&0);
        if has_zero {
            let left = self.left(bytes.len());
            self.obstacle.get_or_insert(Obstacle::Zero(left));
        }
        !has_zero
    }

    /// Checks that a list or text is no longer than its type can hold.
    #[inline]
    pub(crate) fn is_up_to(&mut self, most: usize, len: usize) -> bool {
        len <= most || self.is_beyond(most)
    }

    #[cold]
    fn is_beyond(&mut self, most: usize) -> bool {
        let left = self.left(0);
        self.record_obstacle(Obstacle::Capacity(most, left))
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
