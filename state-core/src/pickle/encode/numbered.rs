//! The numbered objects of an image, and how much of each has been written.

use alloc::vec::Vec;

use super::rest::{Rest, disagreement};
use crate::error::Result;
use crate::places::{Places, Table};
use crate::sharing::{Number, RECORD};

/// Where the value of an object is in the image.
#[derive(Clone, Copy)]
pub(super) struct Start<'i, 'l> {
    pub row: usize,
    pub head: &'i [u8],
    /// The regions from there on.
    pub rest: Rest<'i, 'l>,
}

/// The objects of an image by their numbers.
pub(super) type Starts<'i, 'l> = Table<Start<'i, 'l>>;

/// How much of an object has been written.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    Not,
    /// It is being written, and is not yet in the memo.
    Open,
    /// It is being written, and inside that once more, for a reference that leads back to it.
    Again,
    /// It is in the memo under this number, without its parts.
    Made(u32),
    /// It is in the memo, but what is inside it may lack its parts.
    Parts(u32),
    /// It is in the memo, and its parts are or will be written.
    There(u32),
}

/// The objects of an image while they are written.
pub(super) struct Objects<'i, 'l> {
    /// How much of each has been written, by class and index.
    seen: Vec<Vec<Seen>>,
    /// Objects that have begun and are not in the memo, innermost last.
    pub begun: Vec<Number>,
    /// The index in `begun` from which on the objects are the one that is written next.
    pub fence: usize,
    /// The memo number of what is written next, if it was made before.
    pub made: Option<u32>,
    pub root: Start<'i, 'l>,
    /// Where the objects are, once that was needed.
    pub starts: Option<Starts<'i, 'l>>,
    /// The depth of rows in objects that are being written before their turn.
    pub ahead: usize,
    /// The numbers of values that are kept though nothing refers to them, by their row and address.
    pub kept: Places,
    /// Whether a reference could not be written because too little is kept.
    pub is_knot: bool,
}

impl<'i, 'l> Objects<'i, 'l> {
    pub fn new(head: &'i [u8], rest: Rest<'i, 'l>) -> Self {
        Self {
            seen: Vec::new(),
            begun: Vec::new(),
            fence: 0,
            made: None,
            root: Start { row: 0, head, rest },
            starts: None,
            ahead: 0,
            kept: Places::default(),
            is_knot: false,
        }
    }

    /// Returns whether what could not be written may be possible in a pickle in which everything is kept.
    pub const fn is_knot(&self) -> bool {
        self.is_knot
    }

    pub const fn root_head(&self) -> &'i [u8] {
        self.root.head
    }

    pub fn seen(&mut self, Number { class, index }: Number) -> Result<&mut Seen> {
        let (class, index) = (usize::from(class), index as usize);
        // Every object has a record, or is in `kept`.
        if index > self.root.rest.tail.len() / RECORD && index >= self.kept.len() {
            return Err(disagreement());
        }
        if class >= self.seen.len() {
            self.seen.resize_with(class + 1, Vec::new);
        }
        let seen = &mut self.seen[class];
        if index >= seen.len() {
            seen.resize(index + 1, Seen::Not);
        }
        Ok(&mut seen[index])
    }
}
