//! Paths and operating system strings, which are encoded as text, so that they mean the same on every system. One that
//! is not Unicode cannot be saved.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::pointee::immutable_pointee;
use super::text;
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::schema::Schema;
use crate::sharing::Share;
use crate::state::{Restore, State};

/// Types that can be saved, each with an expression for its text.
macro_rules! written {
    ($($ty:ty, |$this:ident| $text:expr;)*) => {$(
        impl State for $ty {
            const HEAD: usize = LENGTH;
            const SHARE: Share<Self> = Share::THREADS;

            fn schema() -> &'static Schema {
                str::schema()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                let $this = self;
                match $text {
                    Some(text) => text.size(size),
                    None => size.fail(not_unicode()),
                }
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                let $this = self;
                match $text {
                    Some(text) => text.put(head, writer),
                    None => {
                        writer.fail::<()>();
                    }
                }
            }
        }
    )*};
}

#[cold]
fn not_unicode() -> Error {
    Error::new(ErrorKind::Unwritable, "a path that is Unicode", "one that is not")
}

written! {
    Path, |this| this.to_str();
    OsStr, |this| this.to_str();
    PathBuf, |this| this.to_str();
    OsString, |this| this.to_str();
}

/// Types that can be restored, each with an expression that makes it from text and, if it can be restored in place,
/// functions for that.
macro_rules! restored {
    ($([$($lifetime:lifetime)?] $ty:ty, |$text:ident| $get:expr $(, $set:expr, $exchange:expr)?;)*) => {$(
        impl<$($lifetime,)? 'de $(: $lifetime)?> Restore<'de> for $ty {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                text::check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                let $text = text::get(head, reader)?;
                Some($get)
            }

            $(
                #[inline]
                fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                    if let Some(text) = text::get(head, reader) {
                        let set: fn(&mut Self, &str) = $set;
                        set(self, text);
                    }
                }

                fn exchange_with(&mut self, other: &mut Self, _: &mut Reader<'de>) {
                    let exchange: fn(&mut Self, &mut Self) = $exchange;
                    exchange(self, other);
                }
            )?
        }
    )*};
}

fn overwrite(this: &mut OsString, text: &str) {
    this.clear();
    this.push(text);
}

/// Moves each text into the other's allocation, as long as the first has the space.
fn exchange(this: &mut OsString, other: &mut OsString) {
    if this.capacity() < other.len() {
        return core::mem::swap(this, other);
    }
    let new = core::mem::replace(other, this.clone());
    this.clear();
    this.push(new);
}

restored! {
    ['a] &'a Path, |text| Path::new(text);
    ['a] &'a OsStr, |text| OsStr::new(text);
    [] PathBuf, |text| text.into(), |this, text| overwrite(this.as_mut_os_string(), text),
        |this, other| exchange(this.as_mut_os_string(), other.as_mut_os_string());
    [] OsString, |text| text.into(), overwrite, exchange;
}

fn path<'de>(head: &[u8], reader: &mut Reader<'de>) -> Option<&'de Path> {
    text::get(head, reader).map(Path::new)
}

fn os_str<'de>(head: &[u8], reader: &mut Reader<'de>) -> Option<&'de OsStr> {
    text::get(head, reader).map(OsStr::new)
}

immutable_pointee! {
    Path, text::shared_schema::<P>(), text::check, path, |a, b| a.as_os_str() == b.as_os_str(), Path::new("");
    OsStr, text::shared_schema::<P>(), text::check, os_str, |a, b| a == b, OsStr::new("");
}
