//! Builds a value from the checked regions of an image.

use alloc::boxed::Box;

use crate::error::{Error, Result};
use crate::protocol::decode::{Reader, Regions, WRONG};
use crate::protocol::hooks::Hooks;
use crate::schema::{Schema, root_name};
use crate::sharing::{self, Shelf};
use crate::state::Restore;

/// Builds a value from checked regions.
#[inline]
pub(crate) fn build<'de, T: Restore<'de>>(regions: &Regions<'de>) -> Result<T> {
    get(regions, Hooks::Call, None)
}

/// What remains after a value was built.
#[derive(Debug, Default)]
pub(super) struct Rest<'de> {
    /// How many hooks were left.
    pub left: usize,
    /// The shared objects of the value, where references are numbered.
    pub shelf: Option<Box<Shelf<'de>>>,
}

/// Builds a value. This is the only caller of the root's `get`, which is therefore inlined.
#[inline(never)]
pub(super) fn get<'de, T: Restore<'de>>(
    regions: &Regions<'de>,
    hooks: Hooks,
    rest: Option<&mut Rest<'de>>,
) -> Result<T> {
    let mut reader = Reader::with_hooks(regions, hooks);
    // Cut to its constant size, so that no slot needs a bounds check.
    let head = &regions.head[..T::HEAD];
    while let Some(value) = T::get(head, &mut reader) {
        if regions.has_holes() {
            if sharing::is_root_incomplete(&mut reader) {
                drop(value);
                match sharing::make_again(&mut reader, regions) {
                    Some(()) => continue,
                    None => break,
                }
            }
            if sharing::complete(&mut reader, regions).is_none() {
                break;
            }
        }
        if let Some(rest) = rest {
            *rest = Rest { left: reader.left(), shelf: reader.take_shelf() };
        }
        return match reader.into_refusal() {
            None => Ok(value),
            refusal => Err(refused(refusal, T::schema())),
        };
    }
    Err(refused(reader.into_refusal(), T::schema()))
}

#[cold]
pub(super) fn refused(refusal: Option<Error>, schema: &Schema) -> Error {
    match refusal {
        Some(refusal) => refusal.within(root_name(schema)),
        None => Error::refused(WRONG),
    }
}
