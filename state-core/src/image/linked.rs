//! Restores in place if something can refuse and references are numbered: as in [`in_place`](super::in_place), but
//! shared objects keep their identity, by [`trade`].

use super::aside::{self, Aside};
use super::build::{Rest, get, refused};
use crate::error::Result;
use crate::protocol::decode::{Reader, Regions};
use crate::protocol::hooks::Hooks;
use crate::schema::fingerprint::Identity;
use crate::sharing::{Numbered, trade};
use crate::state::Restore;

/// Restores a value from checked regions.
#[inline(never)]
pub(super) fn restore<'de, T: Restore<'de>>(
    regions: &Regions<'de>,
    numbered: Numbered<'de>,
    identity: &Identity,
    target: &mut T,
) -> Result<()> {
    // A hook that refuses on a live value, or cannot be left for it, would leave cycles of new objects that nobody
    // frees.
    if numbered.rings && identity.sharing.cyclic && identity.skips {
        return Aside::called(regions)?.restore(target);
    }
    let mut rest = Rest::default();
    let mut value: T = get(regions, Hooks::Leave, Some(&mut rest))?;
    let left = rest.left;
    // The objects in it would count as references.
    drop(rest);
    let mut reader = Reader::linking(numbered);
    trade::count(&mut |reader| value.settle(reader), &mut reader);
    if left > 0 && left != reader.left() {
        drop(reader);
        return Aside::called(regions)?.restore(target);
    }
    let cyclic = identity.sharing.cyclic;
    let mut linked = Linked { value: Some(value), reader, left: left > 0, cyclic, is_out: false };
    aside::exchange(
        target,
        &mut linked,
        |live, linked| linked.exchange(live),
        |live, linked, hooks| linked.settle(live, hooks),
    )
}

/// A new value that is exchanged with a live one.
struct Linked<'de, T: Restore<'de>> {
    /// Some until this is dropped.
    value: Option<T>,
    reader: Reader<'de>,
    /// Whether hooks were left for the live value.
    left: bool,
    /// Whether objects may own each other in cycles.
    cyclic: bool,
    /// Whether the new state is in the live value.
    is_out: bool,
}

impl<'de, T: Restore<'de>> Linked<'de, T> {
    /// Exchanges the new value with the live one, or back.
    fn exchange(&mut self, live: &mut T) {
        self.quiet();
        if self.is_out {
            self.link_new();
        }
        let Self { value: Some(value), reader, is_out, .. } = self else { return };
        trade::trade_all(
            &mut |reader| {
                live.exchange_with(value, reader);
                Some(())
            },
            reader,
        );
        trade::link_live(&mut |reader| live.settle(reader), reader);
        *is_out = !*is_out;
    }

    /// Calls no hooks from here on.
    fn quiet(&mut self) {
        self.reader.set_hooks(Hooks::Never);
        // A hook that panicked may have left objects held.
        if let Some(shelf) = self.reader.shelf() {
            shelf.hold_all(false);
        }
    }

    /// Makes the references of the value lead to its own objects, not to the live ones.
    fn link_new(&mut self) {
        if let Self { value: Some(value), reader, .. } = self {
            trade::link_new(&mut |reader| value.settle(reader), reader);
        }
    }

    /// Calls the hooks that were left, on the live value.
    fn settle(&mut self, live: &mut T, hooks: Hooks) -> Result<()> {
        if self.left {
            self.reader.set_hooks(hooks);
            if trade::settle_all(&mut |reader| live.settle(reader), &mut self.reader).is_none() {
                return Err(refused(self.reader.take_refusal(), T::schema()));
            }
        }
        Ok(())
    }
}

/// The value may have a `Drop` that takes apart what it leads to, such as to free cycles: that must not be the live
/// objects. Cycles that it leaves are opened after it.
impl<'de, T: Restore<'de>> Drop for Linked<'de, T> {
    fn drop(&mut self) {
        self.quiet();
        self.link_new();
        self.value = None;
        if self.cyclic {
            trade::part_new(&mut self.reader);
        }
    }
}
