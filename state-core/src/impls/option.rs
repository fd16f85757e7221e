//! `Option`: a tag, and the value's head, behind the tag if it is small, otherwise in the tail.

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{option_head, option_is_inline};
use crate::protocol::stack::stack;
use crate::schema::{Kind, Link, Schema};
use crate::sharing::share_through;
use crate::state::{Restore, State};

impl<T: State> State for Option<T> {
    const HEAD: usize = option_head(T::HEAD);
    const DYNAMIC: bool = T::DYNAMIC || !option_is_inline(T::HEAD);
    share_through!(T);
    const STACK: usize = stack(size_of::<Self>(), T::STACK);

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Optional(Link::To(T::schema)), option_head(T::HEAD)) }
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        if let Some(value) = self {
            if !option_is_inline(T::HEAD) {
                size.run(1, T::HEAD);
            }
            if T::DYNAMIC {
                value.size(size);
            }
        }
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        let (tag, inline) = head.split_at_mut(1);
        tag[0] = u8::from(self.is_some());
        if T::POINTER && self.is_some() {
            writer.may_be_empty();
        }
        match self {
            None => inline.fill(0),
            Some(value) if option_is_inline(T::HEAD) => value.put(inline, writer),
            Some(value) => {
                if let Some(head) = writer.run(1, T::HEAD) {
                    value.put(head, writer);
                }
            }
        }
    }
}

impl<'de, T: Restore<'de>> Restore<'de> for Option<T> {
    const WHOLE: bool = T::WHOLE;
    const SWAPPED: bool = T::SWAPPED;

    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        if T::POINTER && head.first() == Some(&1) {
            checker.may_be_empty();
        }
        match head {
            [0, ..] => true,
            [1, inline @ ..] if option_is_inline(T::HEAD) => !T::CHECKED || T::check(inline, checker),
            [1, ..] => match checker.run(1, T::HEAD) {
                Some(head) => !T::CHECKED || T::check(head, checker),
                None => false,
            },
            _ => false,
        }
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        match head.split_first()? {
            // Without a branch, which could not be predicted.
            (tag, inline) if is_plain::<T>() => {
                let value = T::get(inline, reader);
                Some(if *tag == 0 { None } else { value })
            }
            (0, _) => Some(None),
            (_, inline) => match T::get(place::<T>(inline, reader)?, reader) {
                None if T::POINTER && reader.left_out() => Some(None),
                value => value.map(Some),
            },
        }
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        match (self, head) {
            (Some(value), [1, inline @ ..]) if !is_plain::<T>() => {
                if let Some(head) = place::<T>(inline, reader) {
                    value.set(head, reader);
                }
            }
            (this, _) => {
                if let Some(value) = Self::get(head, reader) {
                    *this = value;
                }
            }
        }
    }

    #[inline]
    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        match (self, other) {
            (Some(value), Some(other)) => value.exchange_with(other, reader),
            (this, other) => core::mem::swap(this, other),
        }
    }

    #[inline]
    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        self.as_mut().map_or(Some(()), |value| value.settle(reader))
    }
}

/// Whether every head is a value that has no hooks.
const fn is_plain<T: State>() -> bool {
    T::IMAGE.is_same() && option_is_inline(T::HEAD)
}

/// The place of the value's head.
#[inline]
pub(super) fn place<'de, T: State>(inline: &'de [u8], reader: &mut Reader<'de>) -> Option<&'de [u8]> {
    if option_is_inline(T::HEAD) { Some(inline) } else { reader.run(1, T::HEAD) }
}
