//! Hooks, as generated code calls them.

use crate::error::Error;
use crate::protocol::decode::Reader;
use crate::protocol::encode::Size;
use crate::protocol::hooks::Hooks;
use crate::schema::Schema;
use crate::schema::fingerprint::identity;
use crate::state::{Outcome, State};

/// A refusal keeps its error as the source of ours if it is an error type: the inherent method `__sourced` then takes
/// precedence over this one, with which only its text is kept.
pub trait Worded: Sized {
    /// Returns it unchanged.
    #[must_use]
    fn __sourced(self) -> Self {
        self
    }
}

impl<T, O> Worded for BeforeGet<T, O> {}

impl<T, O> Worded for AfterSet<T, O> {}

/// A `before_get` hook.
#[derive(Debug)]
pub struct BeforeGet<T, O> {
    hook: fn(&T) -> O,
    refusal: fn(O) -> Option<Error>,
}

/// Wraps a hook, with the meaning of its outcome.
#[inline]
#[must_use]
pub const fn before_get<T, O: Outcome>(hook: fn(&T) -> O) -> BeforeGet<T, O> {
    BeforeGet { hook, refusal: O::refusal }
}

impl<T: State, O> BeforeGet<T, O> {
    /// Calls the hook before the value is counted.
    #[inline]
    pub fn run(&self, value: &T, size: &mut Size) {
        if size.calls_hooks() {
            if let Some(refusal) = (self.refusal)((self.hook)(value)) {
                size.refuse::<T>(refusal);
            }
        }
    }
}

impl<T, E: Sourced> BeforeGet<T, Result<(), E>> {
    /// Keeps the error as the source of ours.
    #[inline]
    #[must_use]
    pub fn __sourced(self) -> Self {
        Self { refusal: refused_by, ..self }
    }
}

/// An error that can be the source of another.
pub trait Sourced: core::error::Error + Send + Sync + 'static {}

impl<E: core::error::Error + Send + Sync + 'static> Sourced for E {}

fn refused_by<E: Sourced>(outcome: Result<(), E>) -> Option<Error> {
    outcome.err().map(Error::refused_by)
}

/// An `after_set` hook. Its signature is checked once, by [`after_set`], so that a wrong one gives one error.
#[derive(Debug)]
pub struct AfterSet<T, O> {
    hook: fn(&mut T) -> O,
    refusal: fn(O) -> Option<Error>,
    schema: fn() -> &'static Schema,
    /// Whether it can refuse a state.
    pub refuses: bool,
}

/// Wraps a hook, with the meaning of its outcome.
#[inline]
#[must_use]
pub const fn after_set<T: State, O: Outcome>(hook: fn(&mut T) -> O) -> AfterSet<T, O> {
    AfterSet { hook, refusal: O::refusal, schema: T::schema, refuses: O::REFUSES }
}

impl<T, E: Sourced> AfterSet<T, Result<(), E>> {
    /// Keeps the error as the source of ours.
    #[inline]
    #[must_use]
    pub fn __sourced(self) -> Self {
        Self { refusal: refused_by, ..self }
    }
}

impl<T, O> AfterSet<T, O> {
    /// Calls the hook, unless it is to be called later on the live value.
    #[inline]
    pub fn run(&self, value: &mut T, reader: &mut Reader<'_>) -> Option<()> {
        match reader.hooks() {
            Hooks::Leave if self.is_left() => {
                reader.note(1);
                Some(())
            }
            Hooks::Never => Some(()),
            _ => self.call(value, reader),
        }
    }

    /// Calls the hook if it was left.
    #[inline]
    pub fn settle(&self, value: &mut T, reader: &mut Reader<'_>) -> Option<()> {
        if !self.is_left() {
            return Some(());
        }
        match reader.hooks() {
            Hooks::Count => reader.note(1),
            Hooks::Leave => {
                reader.note(-1);
                self.call(value, reader)?;
            }
            Hooks::Call => self.call(value, reader)?,
            Hooks::Never => {}
            Hooks::Again => drop((self.refusal)((self.hook)(value))),
        }
        Some(())
    }

    /// Whether the hook sees more in a live value than in a new one.
    fn is_left(&self) -> bool {
        identity((self.schema)()).skips
    }

    #[inline]
    fn call(&self, value: &mut T, reader: &mut Reader<'_>) -> Option<()> {
        match (self.refusal)((self.hook)(value)) {
            None => Some(()),
            Some(refusal) => {
                reader.refuse(refusal);
                None
            }
        }
    }
}
