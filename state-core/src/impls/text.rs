//! `str`, `String`, and borrowed text. The head is the length; the bytes are in the text region.

use alloc::string::String;

use super::pointee::immutable_pointee;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::protocol::memory;
use crate::schema::{Kind, Schema};
use crate::sharing::{Share, SharedPointer};
use crate::state::{Restore, State};

impl State for str {
    const HEAD: usize = LENGTH;
    const SHARE: Share<Self> = Share::THREADS;

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Str, LENGTH) }
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        size.length(self.len());
        size.text(self.len());
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        writer.text(head, self);
    }
}

#[inline]
pub(super) fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
    checker.length(head).is_some_and(|len| checker.text(len))
}

#[inline]
pub(super) fn get<'de>(head: &[u8], reader: &mut Reader<'de>) -> Option<&'de str> {
    let len = reader.length(head)?;
    reader.text(len)
}

impl State for String {
    const HEAD: usize = LENGTH;
    const SHARE: Share<Self> = Share::THREADS;

    fn schema() -> &'static Schema {
        str::schema()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        str::size(self, size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        str::put(self, head, writer);
    }
}

impl<'de> Restore<'de> for String {
    const WHOLE: bool = true;

    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        check(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let len = reader.length(head)?;
        reader.string(len)
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        if let Some(text) = get(head, reader) {
            memory::assign(self, text);
        }
    }

    fn exchange_with(&mut self, other: &mut Self, _: &mut Reader<'de>) {
        exchange(self, other);
    }
}

immutable_pointee!(str, shared_schema::<P>(), check, get, |a, b| a == b, "";);

/// The schema of shared text.
pub(super) fn shared_schema<P: SharedPointer>() -> &'static Schema {
    const { &Schema::leaf(Kind::Str, LENGTH).shared(P::key) }
}

/// Moves each text into the other's allocation, as long as the first has the space.
fn exchange(this: &mut String, other: &mut String) {
    let len = other.len();
    if this.capacity() < len {
        return core::mem::swap(this, other);
    }
    let mut short = [0; memory::SHORT];
    if let Some(old) = short.get_mut(..this.len()) {
        old.copy_from_slice(this.as_bytes());
        memory::assign(this, other);
        // It is the text just copied; validating it takes less time than allocating.
        return memory::assign(other, core::str::from_utf8(old).unwrap_or_default());
    }
    other.push_str(this);
    memory::assign(this, &other[..len]);
    other.drain(..len);
}

impl<'a, 'de: 'a> Restore<'de> for &'a str {
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        check(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        get(head, reader)
    }
}
