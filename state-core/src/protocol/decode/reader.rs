//! The way in: [`Checker`] reads bytes that may be hostile, [`Reader`] reads what has been checked.
//!
//! Both cut their regions from the front, in the order in which [`Writer`](crate::state::Writer) filled them.

use alloc::boxed::Box;
use alloc::string::String;

use crate::error::{Error, index};
use crate::protocol::hooks::Hooks;
use crate::protocol::layout::{padded, stride};
use crate::protocol::stack::weight;
use crate::protocol::text::Text;
use crate::schema::Schema;
use crate::sharing::links::Links;
use crate::sharing::{Numbered, Shelf, Table};
use crate::state::{Restore, State};

/// The four parts of an image behind its header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Regions<'a> {
    pub head: &'a [u8],
    pub tail: &'a [u8],
    pub text: Text<'a>,
    pub raw: &'a [u8],
    /// Where references are numbered, or held by a history, what that needs.
    pub numbered: Option<Numbered<'a>>,
}

impl<'a> Regions<'a> {
    /// Those of a value that has nothing beside its head.
    #[inline]
    pub const fn flat(head: &'a [u8]) -> Self {
        Self { head, tail: &[], text: Text::EMPTY, raw: &[], numbered: None }
    }

    /// Whether a reference leads to an object that is not there yet when it is read.
    #[inline]
    pub fn has_holes(&self) -> bool {
        self.numbered.is_some_and(|numbered| numbered.holes)
    }
}

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
    /// A reference leads back into an object of this type, and cannot be given later.
    Cycle(&'static Schema, Left),
    /// So does a weak one, or it leads forward.
    Weak(&'static Schema),
}

/// How many bytes of all regions come from where the slot begins that stands in the way. They are read in one order, so
/// that it is a place.
pub(crate) type Left = usize;

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

/// Reads the parts of a checked image.
#[derive(Debug)]
pub struct Reader<'de> {
    tail: &'de [u8],
    text: Text<'de>,
    raw: &'de [u8],
    refusal: Option<Error>,
    hooks: Hooks,
    /// The hooks that were left or, by now, found.
    left: usize,
    /// Whether no element of any list has a place to keep.
    moves: bool,
    /// Where references are numbered, the objects.
    shelf: Option<Box<Shelf<'de>>>,
}

/// A place in an image, to come back to; see [`Reader::mark`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark<'de> {
    tail: &'de [u8],
    text: Text<'de>,
    raw: &'de [u8],
    /// How many pointers that a history holds come before it.
    held: usize,
}

impl<'de> Reader<'de> {
    /// Not inlined: the loops of what is built would keep less in registers.
    pub(crate) fn new(regions: &Regions<'de>) -> Self {
        Self::with_hooks(regions, Hooks::Call)
    }

    pub(crate) fn with_hooks(regions: &Regions<'de>, hooks: Hooks) -> Self {
        let Regions { tail, text, raw, .. } = *regions;
        Self { tail, text, raw, refusal: None, hooks, left: 0, moves: false, shelf: regions.numbered.map(shelf) }
    }

    /// The same reader, of a type of which all may be moved.
    #[inline]
    pub(crate) fn moving(self, moves: bool) -> Self {
        let moves = moves && !self.shelf.as_deref().is_some_and(Shelf::numbers);
        Self { moves, ..self }
    }

    /// Whether it is known that elements of lists may change places.
    pub(crate) fn moves(&self) -> bool {
        self.moves
    }

    /// A reader of nothing, for [`Restore::settle`](crate::Restore::settle).
    #[inline]
    pub(crate) fn of_nothing(hooks: Hooks) -> Self {
        Self { tail: &[], text: Text::EMPTY, raw: &[], refusal: None, hooks, left: 0, moves: false, shelf: None }
    }

    /// A value that has nothing beside its head, and what refused it.
    #[inline]
    pub(crate) fn flat<T: Restore<'de>>(head: &'de [u8]) -> (Option<T>, Option<Error>) {
        let mut reader = Self::of_nothing(Hooks::Call);
        let value = T::get(head, &mut reader);
        (value, reader.refusal)
    }

    /// Restores such a value in place; what refused it.
    #[inline]
    pub(crate) fn flat_into<T: Restore<'de>>(head: &'de [u8], moves: bool, target: &mut T) -> Option<Error> {
        let mut reader = Self::of_nothing(Hooks::Call).moving(moves);
        target.set(head, &mut reader);
        reader.refusal
    }

    #[inline]
    pub(crate) fn shelf(&mut self) -> Option<&mut Shelf<'de>> {
        self.shelf.as_deref_mut()
    }

    /// The objects, which the reader forgets.
    #[inline]
    pub(crate) fn take_shelf(&mut self) -> Option<Box<Shelf<'de>>> {
        self.shelf.take()
    }

    /// What links the objects of a live value and those of a new one.
    #[inline]
    pub(crate) fn links(&mut self) -> Option<&mut Links<'de>> {
        self.shelf().and_then(Shelf::links)
    }

    /// Whether a lock that is held is waited for.
    #[cfg(feature = "std")]
    pub(crate) fn waits(&mut self) -> bool {
        self.links().is_none_or(|links| links.waits())
    }

    /// A reader of nothing, for a live value and a new one that exchange their states.
    pub(crate) fn linking(numbered: Numbered<'de>) -> Self {
        Self { shelf: Some(Box::new(Shelf::linking(numbered))), ..Self::of_nothing(Hooks::Count) }
    }

    /// Whether the pointer that was just asked for is left out, to be given later.
    pub(crate) fn left_out(&mut self) -> bool {
        self.shelf().is_some_and(Shelf::left_out)
    }

    /// Whether references are numbered, or held by a history.
    #[inline]
    pub(crate) fn is_numbered(&self) -> bool {
        self.shelf.as_deref().is_some_and(Shelf::counts)
    }

    /// A run of `count` heads from the tail.
    #[inline]
    pub fn run(&mut self, count: usize, head: usize) -> Option<&'de [u8]> {
        cut(&mut self.tail, count.checked_mul(stride(head))?)
    }

    /// The length in a head of [`LENGTH`](crate::state::LENGTH) bytes.
    #[inline]
    pub fn length(&mut self, head: &[u8]) -> Option<usize> {
        read_length(head, &mut self.tail)
    }

    /// Text of `len` bytes.
    #[inline]
    pub fn text(&mut self, len: usize) -> Option<&'de str> {
        self.text.cut(len)
    }

    /// Text of `len` bytes as a string of its own.
    #[inline]
    pub(crate) fn string(&mut self, len: usize) -> Option<String> {
        self.text.cut_string(len)
    }

    /// A raw array of `len` bytes.
    #[inline]
    pub fn raw(&mut self, len: usize) -> Option<&'de [u8]> {
        cut(&mut self.raw, padded(len)?)?.get(..len)
    }

    /// Refuses the state; the restore fails with the first refusal.
    ///
    /// The target is unchanged if the schema says that the type can refuse, as those of derived types do: then a new
    /// value is built first. The schema of an implementation by hand cannot say so, and fields that were restored before
    /// it have changed: it refuses in [`check`](Restore::check), or is a conversion (`#[state(with = module)]`).
    #[inline]
    pub fn refuse(&mut self, error: Error) {
        self.refusal = first(self.refusal.take(), error);
    }

    /// Says that what was refused stands in the part `name`.
    #[inline]
    pub(crate) fn within(&mut self, name: &str) {
        self.refusal = within(self.refusal.take(), name);
    }

    /// The same of the element of a list.
    #[inline]
    pub(crate) fn within_element(&mut self, at: usize) {
        self.refusal = within_element(self.refusal.take(), at);
    }

    /// Goes behind these bytes if the regions go on with them; else stays where it is.
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

    /// Calls the hooks of a part that were left, because it is used before the live value is there: a key, or what is
    /// converted.
    #[inline]
    pub(crate) fn complete<T: Restore<'de>>(&mut self, part: &mut T) -> Option<()> {
        if self.hooks == Hooks::Leave { part.settle(self) } else { Some(()) }
    }

    #[inline]
    pub(crate) fn hooks(&self) -> Hooks {
        self.hooks
    }

    /// Where hooks that were left are called or counted, notes one.
    pub(crate) fn note(&mut self, left: isize) {
        self.left = self.left.wrapping_add_signed(left);
    }

    pub(crate) fn left(&self) -> usize {
        self.left
    }

    pub(crate) fn set_left(&mut self, left: usize) {
        self.left = left;
    }

    /// Changes what is done about hooks; what was done before.
    pub(crate) fn set_hooks(&mut self, hooks: Hooks) -> Hooks {
        core::mem::replace(&mut self.hooks, hooks)
    }

    /// What was refused, once.
    pub(crate) fn take_refusal(&mut self) -> Option<Error> {
        self.refusal.take()
    }

    pub(crate) fn into_refusal(self) -> Option<Error> {
        self.refusal
    }
}

impl<'de> Mark<'de> {
    /// Where the regions begin.
    pub(crate) fn of(regions: &Regions<'de>) -> Self {
        Self { tail: regions.tail, text: regions.text, raw: regions.raw, held: 0 }
    }
}

// What is rare stands in functions of its own that take and give values: one that was lent the reader would keep its
// places in memory, where each cut waits for the one before.

#[cold]
fn shelf(numbered: Numbered<'_>) -> Box<Shelf<'_>> {
    Box::new(Shelf::new(numbered))
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

#[inline]
fn cut<'a>(region: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (cut, rest) = region.split_at_checked(len)?;
    *region = rest;
    Some(cut)
}

#[inline]
pub(crate) fn read_length(head: &[u8], tail: &mut &[u8]) -> Option<usize> {
    match u32::from_le_bytes(head.try_into().ok()?) {
        u32::MAX => {
            let (length, rest) = read_long_length(tail)?;
            *tail = rest;
            Some(length)
        }
        short => usize::try_from(short).ok(),
    }
}

/// One state has one image: the long form stands only for lengths that need it.
#[cold]
fn read_long_length(tail: &[u8]) -> Option<(usize, &[u8])> {
    let (long, rest) = tail.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*long)).ok()?;
    (length >= u32::MAX as usize).then_some((length, rest))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use crate::protocol::decode::{Checker, Reader, Regions};
    use crate::protocol::encode::{Size, Writer};
    use crate::protocol::text::Text;

    /// A length as it is written: its head, and the tail.
    fn written(length: usize) -> ([u8; 4], Vec<u8>) {
        let mut size = Size::new(0);
        size.length(length);
        let (mut head, mut tail) = ([0xAA; 4], alloc::vec![0xAA; size.tail]);
        let mut writer = Writer::new(size.lengths(), 0, &mut tail);
        writer.length(&mut head, length);
        writer.finish().unwrap();
        (head, tail)
    }

    fn read(head: &[u8], tail: &[u8]) -> (Option<usize>, bool) {
        let regions = Regions { head, tail, text: Text::new(b"").unwrap(), raw: &[], numbered: None };
        let mut checker = Checker::new(&regions, 0);
        let checked = checker.length(head);
        if checked.is_some() {
            assert_eq!(Reader::new(&regions).length(head), checked);
        }
        (checked, checker.finish())
    }

    #[test]
    fn lengths_have_two_forms() {
        let limit = u32::MAX as usize;
        for length in [0, 1, 255, 256, limit - 1] {
            let (head, tail) = written(length);
            assert_eq!((head, &*tail), ((length as u32).to_le_bytes(), &[][..]));
            assert_eq!(read(&head, &tail), (Some(length), true));
        }
        for length in [limit, limit.saturating_add(1), usize::MAX] {
            let (head, tail) = written(length);
            assert_eq!((head, &*tail), ([0xFF; 4], &(length as u64).to_le_bytes()[..]));
            assert_eq!(read(&head, &tail), (Some(length), true));
        }
    }

    #[test]
    fn the_long_form_of_a_short_length_is_none() {
        for length in [0, 1, u64::from(u32::MAX) - 1] {
            assert_eq!(read(&[0xFF; 4], &length.to_le_bytes()).0, None);
        }
        for tail in [&[][..], &[0xFF; 7]] {
            assert_eq!(read(&[0xFF; 4], tail).0, None);
        }
        for head in [&[][..], &[1], &[0; 3], &[0; 5]] {
            assert_eq!(read(head, &[]).0, None);
        }
    }

    #[test]
    fn runs_and_arrays_take_no_more_than_is_there() {
        let (tail, raw) = ([0; 10], [0; 32]);
        let regions = Regions {
            head: &[],
            tail: &tail,
            text: Text::new("\u{df}a".as_bytes()).unwrap(),
            raw: &raw,
            numbered: None,
        };
        let mut checker = Checker::new(&regions, 0);
        for (count, head) in [(11, 0), (11, 1), (4, 3), (usize::MAX, 2), (2, usize::MAX), (usize::MAX, usize::MAX)] {
            assert_eq!(checker.run(count, head), None);
        }
        for len in [33, usize::MAX - 15, usize::MAX] {
            assert_eq!(checker.raw(len), None);
        }
        assert!(!checker.text(1) && !checker.text(4) && !checker.text(usize::MAX));
        assert!(!checker.nested::<u8>(|_| true));
        assert!(checker.run(10, 0).is_some() && checker.text(3) && checker.raw(17).is_some() && checker.finish());
    }
}
