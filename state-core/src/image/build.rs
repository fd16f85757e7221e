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
    let mut reader = Reader::building(regions, hooks);
    // Cut to its constant size, so that no slot needs a bounds check.
    let head = &regions.head[..T::HEAD];
    while let Some(mut value) = T::get(head, &mut reader) {
        if regions.has_holes() {
            value = match completed(value, &mut reader, regions) {
                Some(Some(value)) => value,
                Some(None) => continue,
                None => break,
            };
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

/// Fills in the references that were left out; returns the value, or `Some(None)` if it has to be built again. Apart
/// from `get`, whose code would be slower for values without such references.
#[cold]
#[inline(never)]
#[allow(clippy::option_option, reason = "refused, to be built again, or complete")]
fn completed<'de, T>(value: T, reader: &mut Reader<'de>, regions: &Regions<'de>) -> Option<Option<T>> {
    if sharing::is_root_incomplete(reader) {
        drop(value);
        return sharing::make_again(reader, regions).map(|()| None);
    }
    // The root can be incomplete only now if a wrong implementation of `Restore` read other references than `check`.
    let is_complete = !sharing::complete(reader, regions)?;
    is_complete.then_some(Some(value))
}

#[cold]
pub(super) fn refused(refusal: Option<Error>, schema: &Schema) -> Error {
    match refusal {
        Some(refusal) => refusal.within(root_name(schema)),
        None => Error::refused(WRONG),
    }
}
