//! The numbered objects of an image, and how far each has been written.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::rest::{Rest, disagreement};
use crate::error::Result;
use crate::sharing::{Number, RECORD};

/// Where the value of an object stands in the image.
#[derive(Clone, Copy)]
pub(super) struct Place<'i, 'l> {
    pub row: usize,
    pub head: &'i [u8],
    /// What of the regions begins there.
    pub rest: Rest<'i, 'l>,
}

/// The objects of an image by their numbers.
pub(super) type Places<'i, 'l> = BTreeMap<(u8, u32), Place<'i, 'l>>;

/// How far an object is.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    Not,
    /// It is being written, and not in the memo.
    Open,
    /// It is, and so it is once more, for what leads back to it.
    Again,
    /// It is in the memo at this place, without its parts.
    Made(u32),
    /// It is in the memo, and what is in it may be without its parts.
    Parts(u32),
    /// It is in the memo, and its parts are or will be written.
    There(u32),
}

/// The objects of an image, as they are written.
pub(super) struct Objects<'i, 'l> {
    /// How far each is, by class and index.
    seen: Vec<Vec<Seen>>,
    /// Objects that have begun and are not in the memo, innermost last.
    pub begun: Vec<Number>,
    /// From where on they are those that what is written next is.
    pub fence: usize,
    /// The place in the memo of what is written next, if it was made before.
    pub made: Option<u32>,
    /// The root.
    pub root: Place<'i, 'l>,
    /// Where the objects are, once that has been asked.
    pub places: Option<Places<'i, 'l>>,
    /// How many rows may stand inside one another in objects that are written before their turn.
    pub ahead: usize,
    /// The numbers of values that are kept though nothing refers to them, by their row and where they are.
    pub kept: BTreeMap<(usize, usize), u32>,
    /// Whether a reference could not be written because too little is kept.
    pub is_knot: bool,
}

impl<'i, 'l> Objects<'i, 'l> {
    pub const fn new(head: &'i [u8], rest: Rest<'i, 'l>) -> Self {
        Self {
            seen: Vec::new(),
            begun: Vec::new(),
            fence: 0,
            made: None,
            root: Place { row: 0, head, rest },
            places: None,
            ahead: 0,
            kept: BTreeMap::new(),
            is_knot: false,
        }
    }

    /// Whether a pickle in which all is kept may have a form for what could not be written.
    pub const fn is_knot(&self) -> bool {
        self.is_knot
    }

    /// The head of the root.
    pub const fn root_head(&self) -> &'i [u8] {
        self.root.head
    }

    pub fn seen(&mut self, Number { class, index }: Number) -> Result<&mut Seen> {
        let (class, index) = (usize::from(class), index as usize);
        // Each has a record, or has been met.
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
