//! Filling of the space that was counted.

use alloc::vec::Vec;
use core::mem::take;

use crate::error::{Error, ErrorKind};
use crate::protocol::gather::{Borrowed, Copied, Gather};
use crate::protocol::layout::{padded, stride};
use crate::protocol::memory::{self, SHORT};
use crate::protocol::stack::weight;
use crate::sharing::Tracker;
use crate::state::State;

/// Fills the regions that [`Size`](super::Size) counted, or that are as long as those of an older image.
///
/// If a value needs more space, methods return `None`, and the writer remembers the failure. If the value had been
/// counted, it changed while it was saved, or an implementation of [`State`] is wrong; otherwise it is counted now.
///
/// `'w` is the lifetime of the regions, `'v` that of the value, whose raw arrays may be borrowed instead of copied.
#[derive(Debug)]
pub struct Writer<'w, 'v> {
    tail: &'w mut [u8],
    text: &'w mut [u8],
    raw: &'w mut [u8],
    /// Receives the raw arrays in place of `raw`.
    gather: Option<Gather<'w, 'v>>,
    depth: u32,
    /// Whether hash maps and sets are written in an order that does not depend on their hashing.
    sorted: bool,
    broken: bool,
    /// The tracker, if references are numbered.
    tracker: Option<&'w mut Tracker>,
}

impl<'w, 'v> Writer<'w, 'v> {
    /// A writer for regions that follow one another in `regions`.
    #[inline]
    pub(crate) fn new([tail, text, raw]: [usize; 3], depth: u32, regions: &'w mut [u8]) -> Self {
        let (tail, rest) = regions.split_at_mut(tail.min(regions.len()));
        let (text, rest) = rest.split_at_mut(text.min(rest.len()));
        let gap = rest.len().saturating_sub(raw);
        let (gap, raw) = rest.split_at_mut(gap);
        if !gap.is_empty() {
            gap.fill(0);
        }
        Self::over(tail, text, raw, depth)
    }

    /// A writer for regions at any addresses.
    #[inline]
    pub(crate) fn over(tail: &'w mut [u8], text: &'w mut [u8], raw: &'w mut [u8], depth: u32) -> Self {
        Self { tail, text, raw, gather: None, depth, sorted: false, broken: false, tracker: None }
    }

    /// The same writer, for an image whose references are numbered.
    pub(crate) fn tracking(self, tracker: Option<&'w mut Tracker>) -> Self {
        Self { tracker, ..self }
    }

    #[inline]
    pub(crate) fn tracker(&mut self) -> Option<&mut Tracker> {
        self.tracker.as_deref_mut()
    }

    /// Announces that the place written next may be empty.
    #[inline]
    pub(crate) fn may_be_empty(&mut self) {
        if let Some(tracker) = self.tracker() {
            tracker.may_be_empty();
        }
    }

    /// As [`new`](Self::new), with regions that end before the raw arrays. An array is borrowed if its memory is its
    /// image, and copied otherwise.
    #[inline]
    pub(crate) fn gathering(
        [tail, text, raw]: [usize; 3],
        depth: u32,
        regions: &'w mut [u8],
        (copied, borrowed): (&'w mut Copied, &'w mut Vec<Borrowed<'v>>),
    ) -> Self {
        let gather = Some(Gather::new(copied, borrowed, raw));
        Self { gather, ..Self::new([tail, text, 0], depth, regions) }
    }

    /// Whether long lists of bytes are gathered.
    pub(crate) fn gathers_lists(&self) -> bool {
        self.gather.as_ref().is_some_and(Gather::takes_lists)
    }

    /// Gathers a list of bytes.
    pub(crate) fn gather_list(&mut self, bytes: &'v [u8]) {
        let left = self.tail.len();
        self.broken |= self.gather.as_mut().and_then(|gather| gather.list(bytes, left)).is_none();
    }

    /// Cuts a run of `count` heads from the tail, to be filled in order.
    #[inline]
    pub fn run(&mut self, count: usize, head: usize) -> Option<&'w mut [u8]> {
        let len = count.checked_mul(stride(head));
        cut_mut(&mut self.tail, len).or_else(|| self.fail())
    }

    /// Writes a length into its head of [`LENGTH`](crate::state::LENGTH) bytes: as a `u32` or, from `u32::MAX` on, as
    /// `u32::MAX` there and a `u64` in the tail.
    #[inline]
    pub fn length(&mut self, head: &mut [u8], length: usize) {
        let short = u32::try_from(length).unwrap_or(u32::MAX);
        head.copy_from_slice(&short.to_le_bytes());
        if short == u32::MAX {
            if let Some(long) = self.run(8, 1) {
                long.copy_from_slice(&(length as u64).to_le_bytes());
            }
        }
    }

    /// Writes text, and its length into a head of [`LENGTH`](crate::state::LENGTH) bytes.
    #[inline]
    pub fn text(&mut self, head: &mut [u8], text: &str) {
        if text.len() > SHORT {
            self.length(head, text.len());
            match cut_mut(&mut self.text, Some(text.len())) {
                Some(space) => space.copy_from_slice(text.as_bytes()),
                None => self.broken = true,
            }
            return;
        }
        // A single test, which rules out both a long length and a long copy.
        head.copy_from_slice(&(text.len() as u32).to_le_bytes());
        match cut_mut(&mut self.text, Some(text.len())) {
            Some(space) => memory::copy(text.as_bytes(), space),
            None => self.broken = true,
        }
    }

    /// Writes a raw array that does not change for `'v`.
    #[inline]
    pub fn raw_bytes(&mut self, bytes: &'v [u8]) {
        if let Some(gather) = &mut self.gather {
            self.broken |= gather.array(bytes).is_none();
        } else if let Some(space) = self.raw(bytes.len()) {
            space.copy_from_slice(bytes);
        }
    }

    /// Cuts space for a raw array of `len` bytes, and writes its padding.
    #[inline]
    pub fn raw(&mut self, len: usize) -> Option<&mut [u8]> {
        let space = match &mut self.gather {
            Some(gather) => gather.space(len),
            None => cut_mut(&mut self.raw, padded(len)).map(|space| {
                let (array, padding) = space.split_at_mut(len);
                padding.fill(0);
                array
            }),
        };
        self.broken |= space.is_none();
        space
    }

    /// Writes the value behind a `T`, one level deeper, as [`Size::nested`](super::Size::nested) counts it. Each level
    /// needs space in the tail, so even a cycle of shared values that was not counted ends soon.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn nested<T: State>(&mut self, inner: impl FnOnce(&mut Self)) {
        self.level(weight::<T>(), inner);
    }

    /// As [`nested`](Self::nested), for a value that counts as `weight` levels.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn level(&mut self, weight: u32, inner: impl FnOnce(&mut Self)) {
        match self.depth.checked_sub(weight) {
            Some(depth) => {
                self.depth = depth;
                inner(self);
                self.depth = self.depth.wrapping_add(weight);
            }
            None => {
                self.fail::<()>();
            }
        }
    }

    /// Writes a value such that equal hash maps and sets in it, at any depth, give equal bytes.
    #[cfg(feature = "std")]
    pub(crate) fn sorted(&mut self, inner: impl FnOnce(&mut Self)) {
        let outer = core::mem::replace(&mut self.sorted, true);
        inner(self);
        self.sorted = outer;
    }

    /// If equal hash maps and sets must give equal bytes: how deep their keys may nest.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn is_sorted(&self) -> Option<u32> {
        self.sorted.then_some(self.depth)
    }

    /// Writes a value that does not live for `'v`, because it was created for writing or is borrowed from a guard. Its
    /// raw arrays are copied.
    #[inline]
    pub fn copied<T: State + ?Sized>(&mut self, value: &T, head: &mut [u8]) {
        if !T::DYNAMIC {
            // Known at compile time: there is only the head, so no state of the writer has to be lent and taken back.
            let mut writer = Writer::over(&mut [], &mut [], &mut [], 0);
            value.put(head, &mut writer);
            self.broken |= writer.broken;
            return;
        }
        let mut writer = Writer {
            tail: &mut *self.tail,
            text: &mut *self.text,
            raw: &mut *self.raw,
            gather: self.gather.as_mut().map(Gather::copying),
            depth: self.depth,
            sorted: self.sorted,
            broken: self.broken,
            tracker: self.tracker.as_deref_mut(),
        };
        value.put(head, &mut writer);
        let Writer { tail, text, raw, gather, broken, .. } = writer;
        let (tail, text, raw, left) = (tail.len(), text.len(), raw.len(), gather.map(|gather| gather.left()));
        keep_last(&mut self.tail, tail);
        keep_last(&mut self.text, text);
        keep_last(&mut self.raw, raw);
        if let (Some(gather), Some(left)) = (&mut self.gather, left) {
            gather.resume(left);
        }
        self.broken = broken;
    }

    /// Lends the rest of the tail to `fill`, which moves it behind what it writes; returns the length written.
    #[cfg(feature = "serde")]
    pub(crate) fn fill(&mut self, fill: impl FnOnce(&mut &'w mut [u8]) -> bool) -> usize {
        let before = self.tail.len();
        self.broken |= !fill(&mut self.tail);
        before - self.tail.len()
    }

    /// Reports that the value cannot be written. The value is then counted, and [`Size::fail`](super::Size::fail)
    /// receives the reason.
    #[cold]
    pub fn fail<T>(&mut self) -> Option<T> {
        self.broken = true;
        None
    }

    /// Writes a whole value; returns how much of tail, text and raw was left, unless something failed. The writer is
    /// moved into this frame, where no other function sees it, so it stays in registers; and because `put` is called
    /// only here, it is inlined. The head is cut to its constant size, so that no slot needs a bounds check.
    #[inline(never)]
    pub(crate) fn whole<T: State + ?Sized>(self, value: &'v T, head: &mut [u8]) -> Option<[usize; 3]> {
        let Self { tail, text, raw, gather, depth, sorted, broken, tracker } = self;
        let mut writer = Self { tail, text, raw, gather, depth, sorted, broken, tracker };
        value.put(&mut head[..T::HEAD], &mut writer);
        writer.left()
    }

    /// How much of tail, text and raw was left, unless something failed.
    #[inline]
    pub(crate) fn left(self) -> Option<[usize; 3]> {
        let raw = self.gather.map_or(self.raw.len(), |gather| gather.left());
        (!self.broken).then_some([self.tail.len(), self.text.len(), raw])
    }

    /// Checks that exactly the counted space was filled.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.left() == Some([0; 3]) { Ok(()) } else { Err(changed()) }
    }
}

/// The error for a value that needed other space than was counted.
#[cold]
pub(crate) fn changed() -> Error {
    Error::new(
        ErrorKind::Unwritable,
        "a value that does not change while it is saved",
        "one that changed, or a wrong implementation of `State`",
    )
}

#[inline]
fn cut_mut<'a>(region: &mut &'a mut [u8], len: Option<usize>) -> Option<&'a mut [u8]> {
    let len = len.filter(|&len| len <= region.len())?;
    let (cut, rest) = take(region).split_at_mut(len);
    *region = rest;
    Some(cut)
}

/// Cuts off all but the last `len` bytes.
#[inline]
fn keep_last(region: &mut &mut [u8], len: usize) {
    let done = region.len().checked_sub(len);
    cut_mut(region, done);
}
