//! The parts of a pickle while it is read: leaves are offsets of the input, all others take a few words each.
//!
//! ```text
//! id      0 | offset of the leaf's opcode        1 | place of the node's first word
//! node    1 | tag:4 | count:27, items..          fixed: tuples and frozen sets
//!         1 | tag:4 | 0, parts.., changes        calls and instances; `changes` is a cell's word or 0
//!         0 | place of the last chunk            cell: a list, dict or set that has items
//! chunk   1 | tag:4 | count:27, place of the next chunk (of the last: the first), items..
//! ```
//! An opcode of one byte makes at most eight bytes here, including the word on the stack.

use super::blocks::Blocks;
use super::limit::too_many;
use super::stack::Stack;
use crate::error::Result;

/// A part of a pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(pub u32);

const NODE: u32 = 1 << 31;
const COUNT: u32 = (1 << 27) - 1;

impl Id {
    pub fn leaf(offset: usize) -> Self {
        // The input was tested to be short enough for 31 bits.
        Self(offset as u32)
    }

    pub fn node(at: u32) -> Self {
        Self(NODE | at)
    }

    /// Returns the offset of the opcode, for a leaf.
    #[inline]
    pub fn offset(self) -> Option<usize> {
        (self.0 & NODE == 0).then_some(self.0 as usize)
    }

    /// Returns the place of the first word, for a node.
    #[inline]
    pub fn place(self) -> Option<u32> {
        (self.0 & NODE != 0).then_some(self.0 & !NODE)
    }
}

/// What a node or a chunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Tag {
    Tuple,
    FrozenSet,
    /// `[class, arguments]`: `class.__new__(class, *arguments)`.
    New,
    /// `[class, arguments, keywords]`.
    NewKeywords,
    /// `[callable, arguments]`.
    Call,
    /// `[class, arguments]` of Python 2; without arguments, no constructor runs.
    Instance,
    /// `[id]`.
    Persistent,
    /// `count` is the number of the buffer.
    Buffer,
    /// `[module, name]`.
    Global,
    /// `[start, length]` in the decoded text.
    Text,
    /// `[start, length]` in the decoded text.
    Bytes,
    List,
    Dict,
    Set,
    /// The state that BUILD gave to an object.
    State,
    /// A call with the object among its arguments, whose result was dropped.
    Step,
}

const TAGS: [Tag; 16] = [
    Tag::Tuple,
    Tag::FrozenSet,
    Tag::New,
    Tag::NewKeywords,
    Tag::Call,
    Tag::Instance,
    Tag::Persistent,
    Tag::Buffer,
    Tag::Global,
    Tag::Text,
    Tag::Bytes,
    Tag::List,
    Tag::Dict,
    Tag::Set,
    Tag::State,
    Tag::Step,
];

fn first_word(tag: Tag, count: u32) -> u32 {
    NODE | (tag as u32) << 27 | count
}

fn split(word: u32) -> (Tag, u32) {
    let tag = TAGS.get((word >> 27 & 15) as usize).copied().unwrap_or(Tag::Tuple);
    (tag, word & COUNT)
}

fn counted(items: usize) -> Result<u32> {
    u32::try_from(items).ok().filter(|count| *count <= COUNT).ok_or_else(too_many)
}

#[derive(Debug)]
pub(super) struct Arena {
    words: Blocks,
}

impl Arena {
    pub fn new(few: usize) -> Self {
        let mut words = Blocks::new(few);
        // Place 0 is never used, so that it can mean none.
        let _ = words.push(0);
        Self { words }
    }

    /// Adds a tuple or frozen set, or any other node that counts its parts.
    #[inline]
    pub fn fixed(&mut self, tag: Tag, items: &[u32]) -> Result<Id> {
        let count = counted(items.len())?;
        let place = self.words.len();
        self.words.push(first_word(tag, count))?;
        self.words.extend(items)?;
        Ok(Id::node(place))
    }

    /// Adds such a node of the items on the stack from `from` on, and removes these.
    #[inline]
    pub fn collect(&mut self, tag: Tag, stack: &mut Stack, from: usize) -> Result<Id> {
        let count = counted(stack.len() - from)?;
        let place = self.words.len();
        self.words.push(first_word(tag, count))?;
        stack.take(from, |items| self.words.extend(items))?;
        Ok(Id::node(place))
    }

    /// Adds a node that is only a number.
    pub fn numbered(&mut self, tag: Tag, number: u32) -> Result<Id> {
        let place = self.words.len();
        self.words.push(first_word(tag, number & COUNT))?;
        Ok(Id::node(place))
    }

    /// Adds a node that can be changed later.
    pub fn changeable(&mut self, tag: Tag, parts: &[u32]) -> Result<Id> {
        let id = self.fixed(tag, parts)?;
        self.words.push(0)?;
        Ok(id)
    }

    /// Adds an empty list, dict or set.
    #[inline]
    pub fn cell(&mut self, tag: Tag) -> Result<Id> {
        let place = self.words.len();
        self.words.push(first_word(tag, 0))?;
        Ok(Id::node(place))
    }

    #[inline]
    pub fn tag(&self, place: u32) -> Tag {
        let word = self.words.get(place);
        split(if word & NODE == 0 { self.words.get(word) } else { word }).0
    }

    /// Returns the parts of a node that is not a cell.
    pub fn parts(&self, place: u32) -> Items<'_> {
        let (_, count) = split(self.words.get(place));
        Items { arena: self, at: place + 1, in_chunk: count, left: count, next: 0 }
    }

    /// Returns one part of a node that is not a cell.
    pub fn part(&self, place: u32, at: u32) -> Id {
        Id(self.words.get(place + 1 + at))
    }

    /// Returns the number in the first word.
    pub fn count(&self, place: u32) -> u32 {
        split(self.words.get(place)).1
    }

    /// Returns the items of a list, dict or set; those of a dict are alternating keys and values.
    pub fn items(&self, place: u32) -> Items<'_> {
        match self.words.get(place) {
            last if last & NODE == 0 => self.chained(last),
            _ => Items::empty(self),
        }
    }

    /// Returns the items of all chunks, of which this is the last.
    fn chained(&self, last: u32) -> Items<'_> {
        let left = self.chunks(last).map(|chunk| self.count(chunk)).sum();
        let first = self.words.get(last + 1);
        Items { arena: self, at: first + 2, in_chunk: self.count(first), left, next: self.words.get(first + 1) }
    }

    /// Returns the items that were added to an instance, if it was changed only by adding items under this tag, and
    /// then by states.
    pub fn added(&self, place: u32, tag: Tag) -> Option<Items<'_>> {
        let last = self.words.get(place + 1 + self.count(place));
        if last == 0 {
            return Some(Items::empty(self));
        }
        let kind = |chunk| split(self.words.get(chunk)).0;
        let is_added = |chunk: &u32| kind(*chunk) == tag;
        if !self.chunks(last).skip_while(is_added).all(|chunk| kind(chunk) == Tag::State) {
            return None;
        }
        let left = self.chunks(last).take_while(is_added).map(|chunk| self.count(chunk)).sum();
        Some(Items { left, ..self.chained(last) })
    }

    /// Returns the changes of an instance, in order: their tags, and the parts that they add.
    pub fn changes(&self, place: u32) -> Changes<'_> {
        let last = self.words.get(place + 1 + self.count(place));
        let next = if last == 0 { 0 } else { self.words.get(last + 1) };
        Changes { arena: self, next, last }
    }

    /// Returns all names that consist of two texts, in the order in which they were added.
    pub fn globals(&self) -> impl Iterator<Item = Id> {
        self.nodes().filter(|&(_, tag)| tag == Tag::Global).map(|(place, _)| Id::node(place))
    }

    /// Returns the number of words: the place of the next node.
    pub fn end(&self) -> u32 {
        self.words.len()
    }

    /// Returns all nodes and chunks, in the order in which they were added.
    pub fn nodes(&self) -> impl Iterator<Item = (u32, Tag)> {
        self.nodes_from(1)
    }

    /// Returns those that were added since the arena had this end, or all for 0.
    pub fn nodes_from(&self, end: u32) -> impl Iterator<Item = (u32, Tag)> {
        let mut at = end.max(1);
        core::iter::from_fn(move || {
            while at < self.words.len() {
                let place = at;
                let word = self.words.get(place);
                let (tag, count) = split(word);
                // Chunks are never empty, and a list, dict or set with items is only the place of its last chunk.
                at += match tag {
                    _ if word & NODE == 0 => 1,
                    Tag::Buffer => 1,
                    Tag::List | Tag::Dict | Tag::Set | Tag::State | Tag::Step if count == 0 => 1,
                    Tag::Tuple | Tag::FrozenSet | Tag::Persistent | Tag::Global | Tag::Text | Tag::Bytes => 1 + count,
                    // Chunks, and nodes that can be changed.
                    _ => 2 + count,
                };
                if word & NODE != 0 {
                    return Some((place, tag));
                }
            }
            None
        })
    }

    fn chunks(&self, last: u32) -> impl Iterator<Item = u32> {
        let first = self.words.get(last + 1);
        core::iter::successors(Some(first), move |&chunk| (chunk != last).then(|| self.words.get(chunk + 1)))
    }

    /// Adds the items on the stack from `from` on to a list, dict or set, and removes them from the stack.
    #[inline]
    pub fn extend(&mut self, place: u32, tag: Tag, stack: &mut Stack, from: usize) -> Result<()> {
        let last = self.words.get(place);
        let last = if last & NODE == 0 { last } else { 0 };
        self.chunk(place, last, tag, stack, from)
    }

    /// Adds a change to a node that can be changed.
    pub fn change(&mut self, place: u32, tag: Tag, stack: &mut Stack, from: usize) -> Result<()> {
        let cell = place + 1 + self.count(place);
        self.chunk(cell, self.words.get(cell), tag, stack, from)
    }

    fn chunk(&mut self, cell: u32, last: u32, tag: Tag, stack: &mut Stack, from: usize) -> Result<()> {
        let items = stack.len() - from;
        if last != 0 {
            // A chunk at the end can grow in place, except for states, which count one by one.
            let (last_tag, count) = split(self.words.get(last));
            let more = count as usize + items;
            if last_tag == tag && tag != Tag::State && last + 2 + count == self.words.len() && more <= COUNT as usize {
                self.words.set(last, first_word(tag, more as u32));
                return stack.take(from, |items| self.words.extend(items));
            }
        }
        let count = counted(items)?;
        let place = self.words.len();
        self.words.push(first_word(tag, count))?;
        let first = if last == 0 { place } else { self.words.get(last + 1) };
        self.words.push(first)?;
        stack.take(from, |items| self.words.extend(items))?;
        if last != 0 {
            self.words.set(last + 1, place);
        }
        self.words.set(cell, place);
        Ok(())
    }
}

/// The changes of an instance, one by one.
#[derive(Clone, Debug)]
pub(super) struct Changes<'a> {
    arena: &'a Arena,
    next: u32,
    last: u32,
}

impl<'a> Iterator for Changes<'a> {
    type Item = (Tag, Items<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == 0 {
            return None;
        }
        let chunk = self.next;
        self.next = if chunk == self.last { 0 } else { self.arena.words.get(chunk + 1) };
        let (tag, count) = split(self.arena.words.get(chunk));
        Some((tag, Items { arena: self.arena, at: chunk + 2, in_chunk: count, left: count, next: 0 }))
    }
}

/// The items of a node, chunk by chunk.
#[derive(Clone, Debug)]
pub(super) struct Items<'a> {
    arena: &'a Arena,
    at: u32,
    in_chunk: u32,
    left: u32,
    next: u32,
}

impl<'a> Items<'a> {
    pub fn empty(arena: &'a Arena) -> Self {
        Self { arena, at: 0, in_chunk: 0, left: 0, next: 0 }
    }

    pub fn len(&self) -> usize {
        self.left as usize
    }

    /// Returns the first `count` items, or all if there are fewer, and the others.
    pub fn split(mut self, count: usize) -> (Self, Self) {
        let first = Self { left: self.left.min(u32::try_from(count).unwrap_or(u32::MAX)), ..self.clone() };
        for _ in 0..first.len() {
            self.next();
        }
        (first, self)
    }
}

impl Iterator for Items<'_> {
    type Item = Id;

    #[inline]
    fn next(&mut self) -> Option<Id> {
        self.left = self.left.checked_sub(1)?;
        if self.in_chunk == 0 {
            let chunk = self.next;
            self.in_chunk = self.arena.count(chunk);
            self.at = chunk + 2;
            self.next = self.arena.words.get(chunk + 1);
        }
        let id = self.arena.words.get(self.at);
        self.at += 1;
        // Chunks are never empty: nothing is added where there are no items.
        self.in_chunk = self.in_chunk.saturating_sub(1);
        Some(Id(id))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl ExactSizeIterator for Items<'_> {}
