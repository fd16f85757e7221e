//! The reading of images that have been checked.

use alloc::boxed::Box;
use alloc::string::String;

use super::regions::{Regions, cut, read_length};
use crate::error::{Error, index};
use crate::protocol::hooks::Hooks;
use crate::protocol::layout::{padded, stride};
use crate::protocol::text::Text;
use crate::sharing::links::Links;
use crate::sharing::{Numbered, Shelf};
use crate::state::Restore;

/// Reads the parts of a checked image.
#[derive(Debug)]
pub struct Reader<'de> {
    tail: &'de [u8],
    text: Text<'de>,
    raw: &'de [u8],
    refusal: Option<Error>,
    hooks: Hooks,
    /// The number of hooks that were left to be called or, in a walk that counts them, found so far.
    left: usize,
    /// Whether elements of lists may change places, as none has anything that must stay.
    moves: bool,
    /// The objects, if references are numbered or held by a history.
    shelf: Option<Box<Shelf<'de>>>,
}

/// The error if no value could be built from an image that passed its check.
pub(crate) const WRONG: &str = "a wrong implementation of `Restore`: `check` and `get` disagree";

/// A position in an image to return to; see [`Reader::mark`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark<'de> {
    tail: &'de [u8],
    text: Text<'de>,
    raw: &'de [u8],
    /// How many pointers held by a history precede it.
    held: usize,
}

impl<'de> Reader<'de> {
    /// For a value that is restored in place.
    #[inline]
    pub(crate) fn in_place(regions: &Regions<'de>) -> Self {
        Self::of(regions, Hooks::Call, |numbered| Shelf::new(Numbered { root_again: false, ..numbered }))
    }

    /// For a value that is built.
    #[inline]
    pub(crate) fn building(regions: &Regions<'de>, hooks: Hooks) -> Self {
        Self::of(regions, hooks, Shelf::new)
    }

    #[inline]
    fn of(regions: &Regions<'de>, hooks: Hooks, shelf: fn(Numbered<'de>) -> Shelf<'de>) -> Self {
        let Regions { tail, text, raw, .. } = *regions;
        // Made first, so that the reader is written once, where it stays.
        let shelf = if regions.numbered.is_some() { shelf_of(regions, shelf) } else { None };
        Self { tail, text, raw, refusal: None, hooks, left: 0, moves: false, shelf }
    }

    /// The same reader, which may move list elements if every part of the type allows it.
    #[inline]
    pub(crate) fn moving(self, moves: bool) -> Self {
        let moves = moves && !self.shelf.as_deref().is_some_and(Shelf::numbers);
        Self { moves, ..self }
    }

    /// Whether elements of lists may change places.
    pub(crate) fn moves(&self) -> bool {
        self.moves
    }

    /// A reader of no bytes, for [`Restore::settle`](crate::Restore::settle).
    #[inline]
    pub(crate) fn of_nothing(hooks: Hooks) -> Self {
        Self { tail: &[], text: Text::EMPTY, raw: &[], refusal: None, hooks, left: 0, moves: false, shelf: None }
    }

    /// Builds a value that has nothing but its head; also returns its refusal.
    #[inline]
    pub(crate) fn flat<T: Restore<'de>>(head: &'de [u8]) -> (Option<T>, Option<Error>) {
        let mut reader = Self::of_nothing(Hooks::Call);
        let value = T::get(head, &mut reader);
        (value, reader.into_refusal())
    }

    /// Restores a value that has nothing but its head in place; returns its refusal. The head is cut to its constant
    /// size, so that no slot needs a bounds check.
    #[inline]
    pub(crate) fn flat_into<T: Restore<'de>>(head: &'de [u8], moves: bool, target: &mut T) -> Option<Error> {
        let mut reader = Self::of_nothing(Hooks::Call).moving(moves);
        target.set(&head[..T::HEAD], &mut reader);
        reader.into_refusal()
    }

    #[inline]
    pub(crate) fn shelf(&mut self) -> Option<&mut Shelf<'de>> {
        self.shelf.as_deref_mut()
    }

    /// Takes the objects out of the reader.
    #[inline]
    pub(crate) fn take_shelf(&mut self) -> Option<Box<Shelf<'de>>> {
        self.shelf.take()
    }

    /// The links between the objects of a live value and those of a new one.
    #[inline]
    pub(crate) fn links(&mut self) -> Option<&mut Links<'de>> {
        self.shelf().and_then(Shelf::links)
    }

    /// Whether to wait for a lock that is held.
    #[cfg(feature = "std")]
    pub(crate) fn waits(&mut self) -> bool {
        self.links().is_none_or(|links| links.waits())
    }

    /// A reader of no bytes, for a live value and a new one that exchange their states.
    pub(crate) fn linking(numbered: Numbered<'de>) -> Self {
        Self { shelf: Some(Box::new(Shelf::linking(numbered))), ..Self::of_nothing(Hooks::Count) }
    }

    /// Whether the pointer just requested was left out, to be filled in later.
    pub(crate) fn left_out(&mut self) -> bool {
        self.shelf().is_some_and(Shelf::left_out)
    }

    /// Whether references are numbered, or held by a history.
    #[inline]
    pub(crate) fn is_numbered(&self) -> bool {
        self.shelf.as_deref().is_some_and(Shelf::counts)
    }

    /// Cuts a run of `count` heads from the tail.
    #[inline]
    pub fn run(&mut self, count: usize, head: usize) -> Option<&'de [u8]> {
        cut(&mut self.tail, count.checked_mul(stride(head))?)
    }

    /// Reads the length in a head of [`LENGTH`](crate::state::LENGTH) bytes.
    #[inline]
    pub fn length(&mut self, head: &[u8]) -> Option<usize> {
        read_length(head, &mut self.tail)
    }

    /// Cuts text of `len` bytes.
    #[inline]
    pub fn text(&mut self, len: usize) -> Option<&'de str> {
        self.text.cut(len)
    }

    /// Cuts text of `len` bytes, as a `String`.
    #[inline]
    pub(crate) fn string(&mut self, len: usize) -> Option<String> {
        self.text.cut_string(len)
    }

    /// Cuts a raw array of `len` bytes.
    #[inline]
    pub fn raw(&mut self, len: usize) -> Option<&'de [u8]> {
        cut(&mut self.raw, padded(len)?)?.get(..len)
    }

    /// Refuses the state; the restore fails with the first refusal.
    ///
    /// If the schema says that the type can refuse, as the schemas of derived types do, a new value is built first, so
    /// that the target stays unchanged. An implementation by hand says so with
    /// [`Schema::refusing`](crate::schema::Schema::refusing), or refuses in [`check`](Restore::check).
    #[inline]
    pub fn refuse(&mut self, error: Error) {
        self.refusal = first(self.refusal.take(), error);
    }

    /// Refuses the state, unless something has: no value was built from a checked image, and no reason was given.
    #[cold]
    pub(crate) fn refuse_without_reason(&mut self) {
        if self.refusal.is_none() {
            self.refuse(Error::refused(WRONG));
        }
    }

    /// Adds to the refusal that it occurred in the part `name`.
    #[inline]
    pub(crate) fn within(&mut self, name: &str) {
        self.refusal = within(self.refusal.take(), name);
    }

    /// As [`within`](Self::within), for the element `at` of a list.
    #[inline]
    pub(crate) fn within_element(&mut self, at: usize) {
        self.refusal = within_element(self.refusal.take(), at);
    }

    /// Skips these bytes if the regions continue with them; otherwise moves nothing.
    #[inline]
    pub(crate) fn pass(&mut self, tail: &[u8], text: &[u8], raw: &[u8]) -> bool {
        let (Some(tail), Some(raw)) = (self.tail.strip_prefix(tail), self.raw.strip_prefix(raw)) else { return false };
        if !self.text.as_bytes().starts_with(text) || self.text.cut(text.len()).is_none() {
            return false;
        }
        (self.tail, self.raw) = (tail, raw);
        true
    }

    pub(crate) fn mark(&self) -> Mark<'de> {
        let held = self.shelf.as_deref().map_or(0, Shelf::held_read);
        Mark { tail: self.tail, text: self.text, raw: self.raw, held }
    }

    pub(crate) fn back_to(&mut self, mark: Mark<'de>) {
        (self.tail, self.text, self.raw) = (mark.tail, mark.text, mark.raw);
        if let Some(shelf) = self.shelf() {
            shelf.set_held_read(mark.held);
        }
    }

    /// Calls the hooks of a part that were left for later, because the part is used before the live value exists: it is
    /// a key, or is converted.
    #[inline]
    pub(crate) fn complete<T: Restore<'de>>(&mut self, part: &mut T) -> Option<()> {
        if self.hooks == Hooks::Leave { part.settle(self) } else { Some(()) }
    }

    #[inline]
    pub(crate) fn hooks(&self) -> Hooks {
        self.hooks
    }

    /// Adds to the count of hooks that are left.
    pub(crate) fn note(&mut self, left: isize) {
        self.left = self.left.wrapping_add_signed(left);
    }

    pub(crate) fn left(&self) -> usize {
        self.left
    }

    pub(crate) fn set_left(&mut self, left: usize) {
        self.left = left;
    }

    /// Changes what is done with hooks; returns what was done before.
    pub(crate) fn set_hooks(&mut self, hooks: Hooks) -> Hooks {
        core::mem::replace(&mut self.hooks, hooks)
    }

    /// Takes the refusal out of the reader.
    pub(crate) fn take_refusal(&mut self) -> Option<Error> {
        self.refusal.take()
    }

    /// The refusal, of a reader that is done.
    #[inline]
    pub(crate) fn into_refusal(self) -> Option<Error> {
        // Field by field, because passing the whole reader on would copy it.
        let Self { refusal, shelf, .. } = self;
        if refusal.is_none() && shelf.is_none() {
            // Nothing needs dropping: testing this here is faster than dropping.
            core::mem::forget((refusal, shelf));
            return None;
        }
        without(refusal, shelf)
    }
}

impl<'de> Mark<'de> {
    /// The start of the regions.
    pub(crate) fn of(regions: &Regions<'de>) -> Self {
        Self { tail: regions.tail, text: regions.text, raw: regions.raw, held: 0 }
    }
}

// Rare code is in separate functions that take and return values: if one borrowed the reader, its positions would live
// in memory, and each cut would wait for the one before.

#[cold]
#[inline(never)]
fn shelf_of<'de>(regions: &Regions<'de>, new: fn(Numbered<'de>) -> Shelf<'de>) -> Option<Box<Shelf<'de>>> {
    regions.numbered.map(|numbered| Box::new(new(numbered)))
}

#[cold]
#[inline(never)]
fn without(refusal: Option<Error>, _: Option<Box<Shelf<'_>>>) -> Option<Error> {
    refusal
}

#[cold]
fn first(refusal: Option<Error>, error: Error) -> Option<Error> {
    refusal.or(Some(error))
}

#[cold]
fn within(refusal: Option<Error>, name: &str) -> Option<Error> {
    refusal.map(|error| error.within(name))
}

#[cold]
fn within_element(refusal: Option<Error>, at: usize) -> Option<Error> {
    within(refusal, &index(at))
}
