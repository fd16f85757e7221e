//! The functions of a `with` module, which convert between a field and its slot.

use core::fmt::Display;

use super::hooks::{Sourced, Worded};
use crate::error::Error;
use crate::protocol::decode::Reader;
use crate::protocol::hooks::Hooks;
use crate::state::can_fail;

impl<S, T, E> Worded for With<S, T, E> {}

/// Converts a field by the `get` of a `with` module. The result may borrow from the field.
///
/// If a function does not fit, rustc shows the signature below, so its names say what is expected.
#[inline]
#[rustfmt::skip]
pub fn taken<'v, Slot, Field>(get: fn(&'v Field) -> Slot, field: &'v Field) -> Slot { // in a list: `with = Vec<module>`
    get(field)
}

/// The `set` of a `with` module, which converts a slot to a field. As for [`AfterSet`](super::hooks::AfterSet), its
/// signature is checked once.
#[derive(Debug)]
pub struct With<S, T, E> {
    set: fn(S) -> Result<T, E>,
    refusal: fn(E) -> Error,
    /// Whether it can refuse a state.
    pub refuses: bool,
}

/// Wraps a `set`. As for [`taken`], the names say what is expected.
#[inline]
#[must_use]
pub const fn with<Slot, Field, E: Display>(set: fn(Slot) -> Result<Field, E>) -> With<Slot, Field, E> {
    With { set, refusal: Error::refused, refuses: can_fail::<E>() }
}

impl<S, T, E: Sourced> With<S, T, E> {
    /// Keeps the error as the source of ours.
    #[inline]
    #[must_use]
    pub fn __sourced(self) -> Self {
        Self { refusal: Error::refused_by, ..self }
    }
}

impl<S, T, E> With<S, T, E> {
    /// Converts a slot, after calling its hooks; an error of the conversion refuses the state.
    #[inline]
    pub fn set<'de>(
        &self,
        slot: Option<S>,
        settle: fn(&mut S, &mut Reader<'de>) -> Option<()>,
        reader: &mut Reader<'de>,
    ) -> Option<T> {
        let mut slot = slot?;
        if reader.hooks() == Hooks::Leave {
            settle(&mut slot, reader)?;
        }
        match (self.set)(slot) {
            Ok(value) => Some(value),
            Err(reason) => {
                reader.refuse((self.refusal)(reason));
                None
            }
        }
    }
}
