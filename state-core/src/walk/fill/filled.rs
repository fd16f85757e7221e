//! The image that filling produces.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "pyo3")]
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::protocol::text::Text;

/// An image that was filled from a dynamic value.
pub(crate) struct Filled<'v> {
    pub(super) head: usize,
    pub(super) heads: Vec<u8>,
    pub(super) text: Vec<u8>,
    pub(super) raw: Vec<u8>,
    pub(super) lent: Option<Cow<'v, [u8]>>,
    /// The tail, if it is borrowed too.
    pub(super) list: Option<&'v [u8]>,
}

#[cfg(feature = "pickle")]
impl<'v> Filled<'v> {
    /// Makes an image from the root's head and tail, the text and the raw arrays.
    pub fn new(head: usize, (heads, text, raw): (Vec<u8>, Vec<u8>, Vec<u8>)) -> Self {
        Self { head, heads, text, raw, lent: None, list: None }
    }

    /// Adds the borrowed bytes of the only list in the tail, and of the only raw array.
    pub fn lending(self, list: Option<&'v [u8]>, array: Option<&'v [u8]>) -> Self {
        Self { list, lent: array.map(Cow::Borrowed), ..self }
    }
}

#[cfg(feature = "pyo3")]
impl Filled<'static> {
    /// Makes an image from one that was built elsewhere, whose root has a head of `head` bytes.
    pub fn of(head: usize, image: Builder) -> Self {
        Self { head, heads: image.heads, text: image.text, raw: image.raw, lent: None, list: None }
    }
}

impl Filled<'_> {
    /// Returns the allocations, for reuse.
    #[cfg(feature = "pyo3")]
    pub fn into_space(self) -> Builder {
        Builder { heads: self.heads, text: self.text, raw: self.raw, ..Builder::default() }
    }

    pub fn regions(&self) -> Result<Regions<'_>> {
        let (head, tail) = self.heads.split_at(self.head);
        let tail = self.list.unwrap_or(tail);
        let text = Text::new(&self.text).map_err(|_| Error::new(ErrorKind::Malformed, "UTF-8 text", "other bytes"))?;
        Ok(Regions { head, tail, text, raw: self.lent.as_deref().unwrap_or(&self.raw), numbered: None })
    }
}
