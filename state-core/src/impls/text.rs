//! `str`, `String`, and borrowed, boxed and shared text. The head is the length; the bytes stand in the text region.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::protocol::memory;
use crate::schema::{Kind, Schema};
use crate::state::{Restore, State};

impl State for str {
    const HEAD: usize = LENGTH;

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

#[inline]
fn get_string(head: &[u8], reader: &mut Reader<'_>) -> Option<String> {
    let len = reader.length(head)?;
    reader.string(len)
}

#[inline]
fn get_owned<'de, T: From<&'de str>>(head: &[u8], reader: &mut Reader<'de>) -> Option<T> {
    get(head, reader).map(T::from)
}

/// Owners of text: they write as `str` does, and are made from one.
macro_rules! text {
    ($($ty:ty, $get:expr, $set:expr, $exchange:expr;)*) => {$(
        impl State for $ty {
            const HEAD: usize = LENGTH;

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

        impl<'de> Restore<'de> for $ty {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                $get(head, reader)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                if let Some(text) = get(head, reader) {
                    let set: fn(&mut Self, &str) = $set;
                    set(self, text);
                }
            }

            fn exchange(&mut self, other: &mut Self) {
                let exchange: fn(&mut Self, &mut Self) = $exchange;
                exchange(self, other);
            }
        }
    )*};
}

/// Text that cannot be changed in place is kept where it is equal, and made anew where it is not.
macro_rules! replace_if_other {
    () => {
        |this, text| {
            if **this != *text {
                *this = text.into();
            }
        }
    };
}

text! {
    String, get_string, memory::assign, exchange;
    Box<str>, get_owned, replace_if_other!(), exchange_if_other;
    Rc<str>, get_owned, replace_if_other!(), exchange_if_other;
    Arc<str>, get_owned, replace_if_other!(), exchange_if_other;
}

pub(super) fn exchange_if_other<T: PartialEq>(this: &mut T, other: &mut T) {
    if this != other {
        core::mem::swap(this, other);
    }
}

/// Each text goes into the other's allocation, as long as the first has the space.
fn exchange(this: &mut String, other: &mut String) {
    let len = other.len();
    if this.capacity() < len {
        return core::mem::swap(this, other);
    }
    let mut short = [0; memory::SHORT];
    if let Some(old) = short.get_mut(..this.len()) {
        old.copy_from_slice(this.as_bytes());
        memory::assign(this, other);
        // It is the text that it was, and tested faster than an allocation is made for it.
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
