//! What an image needs is counted.

use alloc::boxed::Box;
use alloc::format;

use crate::error::{Error, ErrorKind};
use crate::protocol::gather;
use crate::protocol::layout::{padded, stride};
use crate::protocol::stack::weight;
use crate::schema::{Nodes, Schema, Show, brief};
use crate::sharing::Tracker;
use crate::state::State;

/// Counts the regions that a value's image needs.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Size {
    pub(crate) tail: usize,
    pub(crate) text: usize,
    pub(crate) raw: usize,
    depth: u32,
    /// Whether pointers may be more than their values.
    follows: bool,
    /// Whether a history holds the objects of fields that say so, and whether what is counted now is such a field.
    holds: bool,
    holding: bool,
    /// Whether no hook is called.
    quiet: bool,
    /// Whether long lists of bytes are gathered as raw arrays are.
    gathers_lists: bool,
    failure: Option<Failure>,
    /// Where references are numbered, what is known of them.
    tracker: Option<Box<Tracker>>,
}

/// Why a value cannot be written.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// The type of the value that is in the way, where nothing else tells its place, and what was counted before it.
    object: Option<(&'static Schema, [usize; 3])>,
}

impl Size {
    #[inline]
    pub(crate) fn new(depth: u32) -> Self {
        let (follows, holds, holding, quiet, gathers_lists) = (false, false, false, false, false);
        let (failure, tracker) = (None, None);
        Self { tail: 0, text: 0, raw: 0, depth, follows, holds, holding, quiet, gathers_lists, failure, tracker }
    }

    /// The lengths of tail, text and raw.
    #[inline]
    pub(crate) fn lengths(&self) -> [usize; 3] {
        [self.tail, self.text, self.raw]
    }

    /// The same of an image whose references are numbered.
    pub(crate) fn tracking(depth: u32, tracker: Tracker) -> Self {
        Self { follows: true, tracker: Some(Box::new(tracker)), ..Self::new(depth) }
    }

    /// The same, where a history holds the objects of fields that say so.
    pub(crate) fn holding(self) -> Self {
        Self { follows: true, holds: true, ..self }
    }

    /// The same of a value that was made to be written, of which hooks know nothing.
    pub(crate) fn quietly(self) -> Self {
        Self { quiet: true, ..self }
    }

    /// The same of a value whose long lists of bytes are gathered as raw arrays are.
    #[cfg(feature = "pickle")]
    pub(crate) fn gathering_lists(self) -> Self {
        Self { gathers_lists: true, ..self }
    }

    /// Whether a list of so many bytes is counted as a raw array.
    #[inline]
    pub(crate) fn gathers_list(&self, len: usize) -> bool {
        self.gathers_lists && len >= gather::LARGE
    }

    /// Whether hooks are called.
    #[inline]
    pub(crate) fn calls_hooks(&self) -> bool {
        !self.quiet
    }

    /// Counts pointers of such a field, or others; what was the case before.
    pub(crate) fn hold(&mut self, holding: bool) -> bool {
        core::mem::replace(&mut self.holding, holding && self.holds)
    }

    pub(crate) fn is_holding(&self) -> bool {
        self.holding
    }

    /// Whether pointers may be more than their values.
    #[inline]
    pub(crate) fn follows(&self) -> bool {
        self.follows
    }

    /// Whether shared objects stay one object, or may not be met twice.
    #[cfg(feature = "std")]
    pub(crate) fn shares(&self) -> bool {
        self.tracker.is_some()
    }

    #[inline]
    pub(crate) fn tracker(&mut self) -> Option<&mut Tracker> {
        self.tracker.as_deref_mut()
    }

    /// What is known of references, to write them.
    pub(crate) fn into_tracker(mut self) -> Option<Box<Tracker>> {
        if let Some(tracker) = self.tracker() {
            tracker.rewind();
        }
        self.tracker
    }

    /// A run of `count` heads in the tail.
    #[inline]
    pub fn run(&mut self, count: usize, head: usize) {
        self.tail = self.tail.saturating_add(count.saturating_mul(stride(head)));
    }

    /// Counts what a length needs besides its head.
    #[inline]
    pub fn length(&mut self, length: usize) {
        if length >= u32::MAX as usize {
            self.tail = self.tail.saturating_add(8);
        }
    }

    /// Text of `len` bytes.
    #[inline]
    pub fn text(&mut self, len: usize) {
        // It wraps only where text that is shared adds up to more than the address space. Then there is too little space
        // for it, as the writer finds.
        self.text = self.text.wrapping_add(len);
    }

    /// A raw array of `len` bytes.
    #[inline]
    pub fn raw(&mut self, len: usize) {
        self.raw = self.raw.saturating_add(padded(len).unwrap_or(usize::MAX));
    }

    /// Counts the value behind a `T`, one level deeper; does nothing once the value cannot be written, because a cycle
    /// of shared values has more paths than can be walked.
    #[inline]
    pub fn nested<T: State>(&mut self, inner: impl FnOnce(&mut Self)) {
        self.level::<T>(weight::<T>(), inner);
    }

    /// The same of a `T` that weighs so much.
    #[inline]
    pub(crate) fn level<T: State>(&mut self, weight: u32, inner: impl FnOnce(&mut Self)) {
        if self.failure.is_some() {
            return;
        }
        match self.depth.checked_sub(weight) {
            Some(depth) => {
                let outer = core::mem::replace(&mut self.depth, depth);
                inner(self);
                self.depth = outer;
            }
            None => self.fail(too_deep(Some(T::schema()))),
        }
    }

    /// Reports that the value cannot be written. The first reason is kept.
    #[cold]
    pub fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(Failure { error, object: None });
    }

    /// Reports that the hook of an object of type `T` refuses.
    #[cold]
    pub(crate) fn refuse<T: State>(&mut self, refusal: Error) {
        self.fail_at(T::schema(), refusal);
    }

    /// Reports that a value of this type cannot be written, behind what was counted so far.
    #[cold]
    pub(crate) fn fail_at(&mut self, schema: &'static Schema, error: Error) {
        let object = Some((schema, self.lengths()));
        self.failure.get_or_insert(Failure { error, object });
    }

    /// The type of the first value that cannot be written, and what was counted before it.
    pub(crate) fn refusing(&self) -> Option<(&'static Schema, [usize; 3])> {
        self.failure.as_ref().and_then(|failure| failure.object)
    }

    /// The regions' total with a header and a head of `front` bytes, or why there is none.
    #[inline]
    pub(crate) fn total(&mut self, front: usize) -> Result<usize, Error> {
        if self.failure.is_some() {
            return Err(unwritable(self.failure.take().map(|failure| failure.error)));
        }
        total(front, self.lengths())
    }

    /// Counts a value whose references are not numbered; a function of its own, so that what counts stays in registers.
    #[inline(never)]
    pub(crate) fn of<T: State + ?Sized>(value: &T, depth: u32) -> Result<[usize; 3], Error> {
        let mut size = Self::new(depth);
        value.size(&mut size);
        if size.failure.is_some() {
            return Err(unwritable(size.failure.take().map(|failure| failure.error)));
        }
        let lengths = size.lengths();
        // There is nothing in it to drop.
        core::mem::forget(size);
        Ok(lengths)
    }
}

/// The bytes of regions of these lengths behind a header and a head of `front` bytes.
///
/// # Errors
/// More than memory can hold.
#[inline]
pub(crate) fn total(front: usize, [tail, text, raw]: [usize; 3]) -> Result<usize, Error> {
    let text_end = front.checked_add(tail).and_then(|n| n.checked_add(text));
    let total = match raw {
        0 => text_end,
        raw => text_end.and_then(padded).and_then(|n| n.checked_add(raw)),
    };
    total.filter(|&n| isize::try_from(n).is_ok()).ok_or_else(|| unwritable(None))
}

/// A head that may be too much for the limit without anything around it.
const LARGE: usize = 4096;

/// Why a value has no image: it is too large if nothing else was said.
#[cold]
fn unwritable(said: Option<Error>) -> Error {
    said.unwrap_or_else(|| Error::new(ErrorKind::Unwritable, "", "a state larger than the address space"))
}

/// What is said where parts are nested too deep; the type of those that would be a level more, where it is known.
#[cold]
pub(crate) fn too_deep(at: Option<&'static Schema>) -> Error {
    let found = match at {
        Some(schema) if schema.head > LARGE => format!(
            "{} of {} bytes, which are built on the stack (an array behind a `Box` of its own is not)",
            brief(&Show(schema, Nodes::NONE)),
            schema.head
        ),
        Some(schema) => format!("{} nested deeper, or in a cycle", brief(&Show(schema, Nodes::NONE))),
        None => "parts nested deeper, or in a cycle".into(),
    };
    let expected = "objects nested no deeper than the limit (`Options::depth` raises it, which takes a larger stack)";
    Error::new(ErrorKind::Depth, expected, found)
}
