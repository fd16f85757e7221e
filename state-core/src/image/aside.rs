//! A new value that is built separately and then exchanged with a live one, so that a refusal comes before the exchange
//! or undoes it.

use super::build::{Rest, get, refused};
use crate::error::Result;
use crate::protocol::decode::{Reader, Regions};
use crate::protocol::hooks::Hooks;
use crate::state::Restore;

/// A new value, to be exchanged with a live one.
pub struct Aside<T> {
    value: T,
    left: Left,
}

/// Which hooks must be called on the live value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    None,
    /// Those that were not called on the new value.
    Some,
    /// All that the live value can reach, although each was called on the new value, as some can only be called there:
    /// what they rebuild in skipped fields must be in the live value. Refusals were decided on the new value.
    Again,
}

impl<T> Aside<T> {
    /// Builds a value from checked regions, and runs all of its conversions.
    pub(super) fn build<'de>(regions: &Regions<'de>) -> Result<Self>
    where
        T: Restore<'de>,
    {
        Self::made(regions, Hooks::Leave)
    }

    /// Builds a value from checked regions, and calls all hooks on it.
    pub(super) fn called<'de>(regions: &Regions<'de>) -> Result<Self>
    where
        T: Restore<'de>,
    {
        Ok(Self { left: Left::Again, ..Self::made(regions, Hooks::Call)? })
    }

    /// Gives a live value the new state.
    pub(super) fn restore<'de>(mut self, target: &mut T) -> Result<()>
    where
        T: Restore<'de>,
    {
        exchange(target, &mut self, |live, aside| aside.exchange(live), |live, aside, hooks| aside.settle(live, hooks))
    }

    /// Builds a value from checked regions without numbered references, with its hooks called or left.
    #[cfg(feature = "pyo3")]
    pub(crate) fn unshared<'de>(regions: &Regions<'de>, hooks: Hooks) -> Result<Self>
    where
        T: Restore<'de>,
    {
        Self::made(regions, hooks)
    }

    fn made<'de>(regions: &Regions<'de>, hooks: Hooks) -> Result<Self>
    where
        T: Restore<'de>,
    {
        let mut rest = Rest::default();
        let mut value: T = get(regions, hooks, Some(&mut rest))?;
        let left = rest.left;
        if left > 0 && count(&mut value) != left {
            // An implementation by hand does not pass `settle` on to some of them.
            return Self::made(regions, Hooks::Call);
        }
        Ok(Self { value, left: if left > 0 { Left::Some } else { Left::None } })
    }

    /// The new value.
    #[cfg(feature = "pyo3")]
    pub(crate) fn into_value(self) -> T {
        self.value
    }

    /// Exchanges the new value with the live one, or back. If nothing is skipped, the values are swapped as a whole, so
    /// that the code that exchanges their parts is not compiled.
    #[cfg(feature = "pyo3")]
    pub(crate) fn swap<'de>(&mut self, live: &mut T)
    where
        T: Restore<'de>,
    {
        if const { T::SWAPPED } { core::mem::swap(live, &mut self.value) } else { self.exchange(live) }
    }

    /// Exchanges the new value with the live one, or back.
    pub fn exchange<'de>(&mut self, live: &mut T)
    where
        T: Restore<'de>,
    {
        live.exchange(&mut self.value);
    }

    /// Calls the hooks that were left, on the live value.
    pub fn settle<'de>(&self, live: &mut T, hooks: Hooks) -> Result<()>
    where
        T: Restore<'de>,
    {
        if self.left != Left::None {
            let hooks = if self.left == Left::Again { Hooks::Again } else { hooks };
            let mut reader = Reader::of_nothing(hooks);
            if live.settle(&mut reader).is_none() {
                return Err(refused(reader.into_refusal(), T::schema()));
            }
        }
        Ok(())
    }
}

/// Counts the left hooks that can be reached.
fn count<'de, T: Restore<'de>>(value: &mut T) -> usize {
    let mut reader = Reader::of_nothing(Hooks::Count);
    let _ = value.settle(&mut reader);
    reader.left()
}

/// Exchanges a live value with a new one, and calls the hooks that were left. If one refuses, the old state is put
/// back, and the hooks are called again, because they may have rebuilt skipped fields from the refused state.
pub(crate) fn exchange<L: ?Sized, A>(
    live: &mut L,
    aside: &mut A,
    exchange: fn(&mut L, &mut A),
    settle: fn(&mut L, &mut A, Hooks) -> Result<()>,
) -> Result<()> {
    exchange(live, aside);
    let mut exchanged = Exchanged { live, aside, exchange, keep: false };
    let settled = settle(exchanged.live, exchanged.aside, Hooks::Call);
    exchanged.keep = settled.is_ok();
    drop(exchanged);
    if settled.is_err() {
        settle(live, aside, Hooks::Again)?;
    }
    settled
}

/// A live value that has exchanged its state with a new one. They are exchanged back if a hook refuses or panics.
struct Exchanged<'a, L: ?Sized, A> {
    live: &'a mut L,
    aside: &'a mut A,
    exchange: fn(&mut L, &mut A),
    keep: bool,
}

impl<L: ?Sized, A> Drop for Exchanged<'_, L, A> {
    fn drop(&mut self) {
        if !self.keep {
            (self.exchange)(self.live, self.aside);
        }
    }
}
