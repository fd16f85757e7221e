//! Objects from a flat state, and the slots that it leaves to defaults.

use alloc::format;
use alloc::string::ToString;

use super::Fill;
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::layout::FACTOR;
use crate::schema::{Kind, Nodes, Object, Raw, Schema, Slot};
use crate::walk::Decoder;
use crate::walk::form::count_slots;

impl<'v, 's> Fill<'v, 's> {
    /// Fills an object from a flat state, which must end with the last slot.
    #[inline(always)]
    pub(super) fn whole_state<D: Decoder<'v>>(
        &mut self,
        object: &'s Object,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        self.state(object, state, at)?;
        match state.next() {
            None => Ok(()),
            Some(more) => Err(one_more((object, self.nodes), more)),
        }
    }

    /// Fills the parent's slots, then the own slots.
    #[inline(always)]
    fn state<D: Decoder<'v>>(
        &mut self,
        object: &'s Object,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        match &*object.slots {
            [parent, own @ ..] if object.has_parent => {
                self.inherited(parent, state, at)?;
                self.slots(own, state, at + self.target(parent.ty).head)
            }
            own => self.slots(own, state, at),
        }
    }

    fn inherited<D: Decoder<'v>>(
        &mut self,
        parent: &'s Slot,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        let Kind::Object(object) = &self.target(parent.ty).kind else { return Ok(()) };
        let outer = self.deeper()?;
        self.state(object, state, at).map_err(|error| error.within(&parent.name))?;
        self.parts = outer;
        Ok(())
    }

    pub(super) fn slots<D: Decoder<'v>>(
        &mut self,
        slots: &'s [Slot],
        state: &mut impl ExactSizeIterator<Item = D>,
        mut at: usize,
    ) -> Result<()> {
        for slot in slots {
            let schema = self.target(slot.ty);
            self.slot(slot, state, at).map_err(|error| error.within(&slot.name))?;
            at += schema.head;
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn slot<D: Decoder<'v>>(
        &mut self,
        slot: &'s Slot,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        let schema = self.target(slot.ty);
        match (state.next(), slot.default, &schema.kind) {
            (Some(value), _, Kind::Raw(raw)) => self.raw_slot(raw, value, state, at),
            (Some(value), _, _) => self.node(schema, value, at),
            (None, Some(default), _) => default(self.whole(), at),
            (None, None, _) => Err(missing(&self.show(schema))),
        }
    }

    fn raw_slot<D: Decoder<'v>>(
        &mut self,
        raw: &Raw,
        value: D,
        state: &mut impl Iterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        let count = if raw.counted { Some(state.next().ok_or_else(|| missing(&"the count"))?) } else { None };
        self.raw(raw, value, count, at)
    }
}

/// Returns how many bytes of a head belong to slots with defaults.
pub(super) fn left_out(nodes: &Nodes, schema: &Schema) -> usize {
    if schema.head <= FACTOR {
        return 0;
    }
    match &schema.kind {
        Kind::Object(object) => slots_left_out(nodes, &object.slots),
        Kind::Tuple(items) => items.iter().map(|&item| left_out(nodes, nodes.get(item))).fold(0, usize::saturating_add),
        Kind::Array(of, len) => {
            left_out(nodes, nodes.get(*of)).saturating_mul(usize::try_from(*len).unwrap_or(usize::MAX))
        }
        _ => 0,
    }
}

/// Returns how many bytes of the heads of these slots belong to slots with defaults.
pub(super) fn slots_left_out(nodes: &Nodes, slots: &[Slot]) -> usize {
    let of = |slot: &Slot| {
        if slot.default.is_some() { nodes.get(slot.ty).head } else { left_out(nodes, nodes.get(slot.ty)) }
    };
    slots.iter().map(of).fold(0, usize::saturating_add)
}

#[cold]
fn one_more<'v, D: Decoder<'v>>((object, nodes): (&Object, &Nodes), more: D) -> Error {
    let expected = format!("a state of {} slots", count_slots(nodes, object));
    Error::new(ErrorKind::Malformed, expected, format!("one more: {}", more.describe()))
}

#[cold]
pub(super) fn missing(what: &impl ToString) -> Error {
    Error::new(ErrorKind::Malformed, what.to_string(), "a state without it")
}
