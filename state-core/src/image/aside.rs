//! A new value that is built aside, to be exchanged with a live one: what refuses it does so before, or is undone.

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

/// Which hooks are called on the live value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    None,
    /// Those that were left.
    Some,
    /// Those that can be reached there, although all were called on the new value, which some cannot be without: what they
    /// make of skipped fields is to be in the live ones. That they refuse was decided before.
    Again,
}

impl<T> Aside<T> {
    /// Builds a value from regions that were checked, and makes all its conversions.
    pub(super) fn build<'de>(regions: &Regions<'de>) -> Result<Self>
    where
        T: Restore<'de>,
    {
        Self::made(regions, Hooks::Leave)
    }

    /// The same with all hooks called on the new value.
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

    /// The same from regions without numbered references, with hooks called or left.
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
            // A type by hand is in the way, which does not pass `settle` on.
            return Self::made(regions, Hooks::Call);
        }
        Ok(Self { value, left: if left > 0 { Left::Some } else { Left::None } })
    }

    /// The new value.
    #[cfg(feature = "pyo3")]
    pub(crate) fn into_value(self) -> T {
        self.value
    }

    /// Exchanges the new value with the live one, or the reverse, with the allocations where nothing is skipped: what
    /// exchanges them part by part is not compiled then.
    #[cfg(feature = "pyo3")]
    pub(crate) fn swap<'de>(&mut self, live: &mut T)
    where
        T: Restore<'de>,
    {
        if const { T::SWAPPED } { core::mem::swap(live, &mut self.value) } else { self.exchange(live) }
    }

    /// Exchanges the new value with the live one, or the reverse.
    pub fn exchange<'de>(&mut self, live: &mut T)
    where
        T: Restore<'de>,
    {
        live.exchange(&mut self.value);
    }

    /// Calls the hooks that were left.
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

/// How many hooks are found that were left.
fn count<'de, T: Restore<'de>>(value: &mut T) -> usize {
    let mut reader = Reader::of_nothing(Hooks::Count);
    let _ = value.settle(&mut reader);
    reader.left()
}

/// Exchanges a live value with a new one, and calls the hooks that were left. Where one refuses, the old state is put
/// back, and the hooks are called again: they may have rebuilt skipped fields from the state that was refused.
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

/// A live value and the new one that has taken its state, exchanged back when a hook refuses or panics.
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
