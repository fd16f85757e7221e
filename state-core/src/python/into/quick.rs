//! The fast path for states of only numbers and text. It reports no errors: states that it does not accept are left to
//! the walk, which explains them.

use alloc::string::String;

use crate::protocol::decode::Regions;
use crate::protocol::float;
use crate::protocol::text::Text;
use crate::python::into::items::Items;
use crate::python::into::slot::Slot;
use crate::python::scalars::{SPACE, Simple, Step};
use crate::walk::Decoder;

impl Step {
    /// Writes the object of a slot, if it is of the expected type.
    fn fill<'v>(self, slot: Slot<'v, '_>, head: &mut [u8], texts: &mut Texts<'v>) -> Option<()> {
        let head = head.get_mut(self.at..)?;
        let (number, size) = match self.kind {
            Simple::Bool => (u64::from(slot.bool()?), 1),
            Simple::Int(size) => {
                let number = i64::try_from(slot.int()?).ok()?;
                let unused = 64 - 8 * size as u32;
                if number << unused >> unused != number {
                    return None;
                }
                (number as u64, size)
            }
            Simple::UInt(size) => {
                let number = u64::try_from(slot.int()?).ok()?;
                if number > u64::MAX >> (64 - 8 * size as u32) {
                    return None;
                }
                (number, size)
            }
            Simple::F32 => {
                let wide = slot.float()?;
                let narrow = float::narrow(wide);
                if narrow.is_infinite() && wide.is_finite() {
                    return None;
                }
                (narrow.to_bits().into(), 4)
            }
            Simple::F64 => (slot.float()?.to_bits(), 8),
            Simple::Str => {
                let text = slot.str()?;
                texts.push(text);
                // The largest number announces a longer length.
                (u32::try_from(text.len()).ok().filter(|&len| len < u32::MAX)?.into(), 4)
            }
        };
        if self.nonzero && number == 0 {
            return None;
        }
        head.get_mut(..size)?.copy_from_slice(&number.to_le_bytes()[..size]);
        Some(())
    }
}

/// The texts of an image, joined; a single one is only borrowed.
#[derive(Default)]
struct Texts<'v> {
    first: &'v str,
    /// All of them, if there are several.
    joined: String,
}

impl<'v> Texts<'v> {
    fn push(&mut self, text: &'v str) {
        if self.first.is_empty() {
            self.first = text;
            return;
        }
        if self.joined.is_empty() {
            self.joined.push_str(self.first);
        }
        self.joined.push_str(text);
    }

    fn all(&self) -> &str {
        if self.joined.is_empty() { self.first } else { &self.joined }
    }
}

/// An image that was filled by steps.
#[derive(Default)]
pub struct Quick<'v> {
    heads: Heads,
    head: usize,
    texts: Texts<'v>,
}

struct Heads([u8; SPACE]);

impl Default for Heads {
    fn default() -> Self {
        Self([0; SPACE])
    }
}

impl<'v> Quick<'v> {
    /// Fills the image of a state with exactly these slots; `None` leaves it to the walk.
    pub(super) fn fill(&mut self, head: usize, steps: &[Step], state: &Items<'v, '_>) -> Option<()> {
        if state.len() != steps.len() {
            return None;
        }
        self.head = head;
        let head = self.heads.0.get_mut(..head)?;
        for (step, slot) in steps.iter().zip(state.clone()) {
            step.fill(slot, head, &mut self.texts)?;
        }
        Some(())
    }

    pub(super) fn regions(&self) -> Regions<'_> {
        let head = self.heads.0.get(..self.head).unwrap_or_default();
        Regions { head, tail: &[], text: Text::of(self.texts.all()), raw: &[], numbered: None }
    }
}
