//! The variants of enums, by name or, as the members of Python's enums, by what they are worth.

use alloc::format;

use super::{Fill, target};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{enum_is_inline, tag_head};
use crate::schema::{Enum, Form, Slot};
use crate::walk::Decoder;

impl<'v> Fill<'v> {
    /// A member of a Python enum that comes by its value.
    fn member<D: Decoder<'v>>(&mut self, of: &Enum, value: D, at: usize) -> Result<()> {
        let wrong = |found| Error::new(ErrorKind::Malformed, format!("a variant of {}", of.name), found);
        let Some(worth) = value.member(&of.name).filter(|_| of.form == Form::Enum) else {
            return Err(wrong(value.describe()));
        };
        match of.variants.iter().position(|variant| variant.value == Some(worth)) {
            Some(place) => {
                self.builder.write(at, &place.to_le_bytes()[..tag_head(of.variants.len())]);
                Ok(())
            }
            None if of.variants.iter().all(|variant| variant.value.is_none()) => {
                let found = format!("the value {worth}, which discriminants (`Red = {worth}`) would give a variant");
                Err(wrong(found))
            }
            None => Err(wrong(format!("the value {worth}"))),
        }
    }

    pub(super) fn enumeration<D: Decoder<'v>>(&mut self, of: &Enum, value: D, at: usize) -> Result<()> {
        let wrong = |found| Error::new(ErrorKind::Malformed, format!("a variant of {}", of.name), found);
        let Some((name, mut state)) = value.variant(&of.name) else {
            return self.member(of, value, at);
        };
        let Some((place, variant)) = of.variants.iter().enumerate().find(|(_, variant)| variant.name == name) else {
            return Err(wrong(format!("one named {name}")));
        };
        let tag = tag_head(of.variants.len());
        self.builder.write(at, &place.to_le_bytes()[..tag]);
        let head_of = |slots: &[Slot]| slots.iter().map(|slot| target(slot.ty).head).sum::<usize>();
        let size = head_of(&variant.slots);
        let largest = of.variants.iter().map(|variant| head_of(&variant.slots)).max().unwrap_or(0);
        let inline = enum_is_inline(largest) || size == 0;
        let slots_at = if inline { at + tag } else { self.builder.run(1, size) };
        let within = |error: Error| error.within(&variant.name);
        self.slots(&variant.slots, &mut state, slots_at).map_err(within)?;
        match state.next() {
            None => Ok(()),
            Some(more) => Err(within(wrong(format!("one more slot: {}", more.describe())))),
        }
    }
}
