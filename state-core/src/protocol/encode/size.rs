//! Counting of the space that an image needs.

use alloc::boxed::Box;
use alloc::format;

use crate::error::{Error, ErrorKind};
use crate::protocol::gather;
use crate::protocol::layout::{padded, stride};
use crate::protocol::stack::weight;
use crate::schema::{Kind, Nodes, Schema, Show, brief};
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
    /// Whether a pointer may be more than its value: a numbered reference, or one that a history holds.
    follows: bool,
    /// Whether a history holds the objects of fields that request it, and whether the value being counted is in such a
    /// field.
    holds: bool,
    holding: bool,
    /// Whether hooks are left uncalled.
    quiet: bool,
    /// Whether long lists of bytes are gathered like raw arrays.
    gathers_lists: bool,
    failure: Option<Failure>,
    /// The tracker, if references are numbered.
    tracker: Option<Box<Tracker>>,
}

/// Why a value cannot be written.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// The type of the value that cannot be written, unless the error names its place, and the lengths counted before
    /// it.
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

    /// A count for an image whose references are numbered.
    pub(crate) fn tracking(depth: u32, tracker: Tracker) -> Self {
        Self { follows: true, tracker: Some(Box::new(tracker)), ..Self::new(depth) }
    }

    /// The same count, in which a history holds the objects of fields that request it.
    pub(crate) fn holding(self) -> Self {
        Self { follows: true, holds: true, ..self }
    }

    /// The same count, of a value that was made only to be written, whose hooks are not called.
    pub(crate) fn quietly(self) -> Self {
        Self { quiet: true, ..self }
    }

    /// The same count, of a value whose long lists of bytes are gathered like raw arrays.
    #[cfg(feature = "pickle")]
    pub(crate) fn gathering_lists(self) -> Self {
        Self { gathers_lists: true, ..self }
    }

    /// Whether a list of this many bytes is counted as a raw array.
    #[inline]
    pub(crate) fn gathers_list(&self, len: usize) -> bool {
        self.gathers_lists && len >= gather::LARGE
    }

    /// Whether hooks are called.
    #[inline]
    pub(crate) fn calls_hooks(&self) -> bool {
        !self.quiet
    }

    /// Sets whether the pointers counted next are in a field whose objects a history holds; returns the former setting.
    pub(crate) fn hold(&mut self, holding: bool) -> bool {
        core::mem::replace(&mut self.holding, holding && self.holds)
    }

    pub(crate) fn is_holding(&self) -> bool {
        self.holding
    }

    /// Whether a pointer may be more than its value.
    #[inline]
    pub(crate) fn follows(&self) -> bool {
        self.follows
    }

    /// Whether references are tracked: shared objects stay one object, or may not occur twice.
    #[cfg(feature = "std")]
    pub(crate) fn shares(&self) -> bool {
        self.tracker.is_some()
    }

    #[inline]
    pub(crate) fn tracker(&mut self) -> Option<&mut Tracker> {
        self.tracker.as_deref_mut()
    }

    /// The tracker, rewound for the writer.
    pub(crate) fn into_tracker(mut self) -> Option<Box<Tracker>> {
        if let Some(tracker) = self.tracker() {
            tracker.rewind();
        }
        self.tracker
    }

    /// Counts a run of `count` heads in the tail.
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

    /// Counts text of `len` bytes.
    #[inline]
    pub fn text(&mut self, len: usize) {
        // Wraps only if shared text adds up to more than the address space. The writer then finds too little space.
        self.text = self.text.wrapping_add(len);
    }

    /// Counts a raw array of `len` bytes.
    #[inline]
    pub fn raw(&mut self, len: usize) {
        self.raw = self.raw.saturating_add(padded(len).unwrap_or(usize::MAX));
    }

    /// Counts the value behind a `T`, one level deeper; does nothing once the value cannot be written: a cycle of
    /// shared values has more paths than can be walked.
    #[inline]
    pub fn nested<T: State>(&mut self, inner: impl FnOnce(&mut Self)) {
        self.level::<T>(weight::<T>(), inner);
    }

    /// As [`nested`](Self::nested), for a `T` that counts as `weight` levels.
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
            None => self.fail_deep(T::schema()),
        }
    }

    /// Reports that the value cannot be written. The first reason is kept.
    #[cold]
    pub fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(Failure { error, object: None });
    }

    /// Reports that a part of this type is nested too deep. Only where objects own each other through an `Rc` or `Arc`
    /// can that be a cycle, which the tracker would have met if the type allowed it.
    #[cold]
    fn fail_deep(&mut self, schema: &'static Schema) {
        let is_shared = |node: &Schema| node.shared.is_some() && !matches!(node.kind, Kind::Str);
        let may_be_cycle = self.tracker.is_none() && Nodes::NONE.reach(schema, is_shared);
        let error = too_deep(Some(schema));
        self.fail(if may_be_cycle { error.with_hint(CYCLE) } else { error });
    }

    /// Reports that a hook of an object of type `T` refuses.
    #[cold]
    pub(crate) fn refuse<T: State>(&mut self, refusal: Error) {
        self.fail_at(T::schema(), refusal);
    }

    /// Reports that a value of this type, which follows what was counted so far, cannot be written.
    #[cold]
    pub(crate) fn fail_at(&mut self, schema: &'static Schema, error: Error) {
        let object = Some((schema, self.lengths()));
        self.failure.get_or_insert(Failure { error, object });
    }

    /// The type of the first value that cannot be written, and what was counted before it.
    pub(crate) fn refusing(&self) -> Option<(&'static Schema, [usize; 3])> {
        self.failure.as_ref().and_then(|failure| failure.object)
    }

    /// The total of the regions, a header and a head of `front` bytes in all, or why the value cannot be written.
    #[inline]
    pub(crate) fn total(&mut self, front: usize) -> Result<usize, Error> {
        if self.failure.is_some() {
            return Err(unwritable(self.failure.take().map(|failure| failure.error)));
        }
        total(front, self.lengths())
    }

    /// Counts a value whose references are not numbered. Inlined, because handing three counts back takes longer than
    /// counting a small value.
    #[inline]
    pub(crate) fn of<T: State + ?Sized>(value: &T, depth: u32) -> Result<[usize; 3], Error> {
        let mut size = Self::new(depth);
        value.size(&mut size);
        if size.failure.is_some() {
            return Err(unwritable(size.failure.take().map(|failure| failure.error)));
        }
        let lengths = size.lengths();
        // Nothing in it needs dropping.
        core::mem::forget(size);
        Ok(lengths)
    }
}

/// The total size of regions of these lengths that follow a header and a head of `front` bytes.
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

/// What to do about objects that refer back to themselves.
const CYCLE: &str = "objects in a cycle need `#[state(shared, cyclic)]` on their type";

/// The size from which a head may exceed the limit of depth by itself.
const LARGE: usize = 4096;

/// The error for a value without an image: that it is too large, unless another reason was given.
#[cold]
fn unwritable(said: Option<Error>) -> Error {
    said.unwrap_or_else(|| Error::new(ErrorKind::Unwritable, "", "a state larger than the address space"))
}

/// The error for parts that are nested too deep; `at` is the type of those one level too deep, if known.
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
