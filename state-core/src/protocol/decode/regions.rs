//! The regions of an image, and how they are cut.

use crate::protocol::text::Text;
use crate::sharing::Numbered;

/// The four parts of an image behind its header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Regions<'a> {
    pub head: &'a [u8],
    pub tail: &'a [u8],
    pub text: Text<'a>,
    pub raw: &'a [u8],
    /// What is needed for references that are numbered or held by a history.
    pub numbered: Option<Numbered<'a>>,
}

impl<'a> Regions<'a> {
    /// The regions of a value that has nothing but its head.
    #[inline]
    pub const fn flat(head: &'a [u8]) -> Self {
        Self { head, tail: &[], text: Text::EMPTY, raw: &[], numbered: None }
    }

    /// Whether some reference leads to an object that does not exist yet when the reference is read.
    #[inline]
    pub fn has_holes(&self) -> bool {
        self.numbered.is_some_and(|numbered| numbered.holes)
    }
}

#[inline]
pub(super) fn cut<'a>(region: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
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

/// A state has only one image, so the long form is valid only for lengths that need it.
#[cold]
fn read_long_length(tail: &[u8]) -> Option<(usize, &[u8])> {
    let (long, rest) = tail.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*long)).ok()?;
    (length >= u32::MAX as usize).then_some((length, rest))
}
