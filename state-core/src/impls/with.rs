//! The functions of a `with` module, between a field and its slot.

use core::fmt::Display;

use super::hooks::{Sourced, Worded};
use crate::error::Error;
use crate::protocol::decode::Reader;
use crate::protocol::hooks::Hooks;
use crate::state::can_fail;

impl<S, T, E> Worded for With<S, T, E> {}

/// What the `get` of a `with` module makes of a field. What is made may borrow from it.
///
/// Where a function does not fit, rustc shows the line of this one, so that it says what belongs there.
#[inline]
#[rustfmt::skip]
pub fn taken<'v, Slot, Field>(get: fn(&'v Field) -> Slot, field: &'v Field) -> Slot { // in a list: `with = Vec<module>`
    get(field)
}

/// The `set` of a `with` module, between a slot and a field. As for [`AfterSet`](super::hooks::AfterSet), its form is asked once.
#[derive(Debug)]
pub struct With<S, T, E> {
    set: fn(S) -> Result<T, E>,
    refusal: fn(E) -> Error,
    /// Whether it can refuse a state.
    pub refuses: bool,
}

/// As for [`taken`], its names say what belongs there.
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
    /// Converts a slot, whose hooks are called first; the conversion's error refuses the state.
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
