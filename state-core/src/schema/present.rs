//! Which regions the images of a type can have: an image without a header says nothing of the others.

use super::{Enum, Kind, Nodes, Schema, Slot};
use crate::protocol::layout::{enum_is_inline, largest, option_is_inline};
use crate::standard::Known;

/// Which of tail, text and raw can have bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Present {
    pub tail: bool,
    pub text: bool,
    pub raw: bool,
}

impl Present {
    pub const NONE: Self = Self { tail: false, text: false, raw: false };
    const TAIL: Self = Self { tail: true, ..Self::NONE };
    const TEXT: Self = Self { text: true, ..Self::NONE };
    const RAW: Self = Self { raw: true, ..Self::NONE };

    /// Those of either.
    pub const fn with(self, other: Self) -> Self {
        Self { tail: self.tail | other.tail, text: self.text | other.text, raw: self.raw | other.raw }
    }
}

impl Schema {
    /// What this very node can have beside its head. A length of `u32::MAX` or more, which takes bytes in the tail, is
    /// left aside.
    pub(crate) fn present(&self) -> Present {
        let tail = match &self.kind {
            Kind::Str => return Present::TEXT,
            Kind::Raw(_) => return Present::RAW,
            Kind::Open(_) => return Present::TAIL.with(Present::TEXT).with(Present::RAW),
            Kind::Grid(..) => return Present::RAW.with(Present::TAIL),
            Kind::List(_) | Kind::Set(_) | Kind::Map(..) | Kind::Boxed(_) | Kind::Weak(_) | Kind::Serde => true,
            Kind::Known(known) => matches!(known, Known::Int | Known::Natural),
            Kind::Optional(of) => !option_is_inline(Nodes::NONE.get(*of).head),
            Kind::Enum(of) => !is_inline(of),
            _ => false,
        };
        if tail { Present::TAIL } else { Present::NONE }
    }
}

fn is_inline(of: &Enum) -> bool {
    let head = |slots: &[Slot]| slots.iter().map(|slot| Nodes::NONE.get(slot.ty).head).sum::<usize>();
    let heads: alloc::vec::Vec<usize> = of.variants.iter().map(|variant| head(&variant.slots)).collect();
    enum_is_inline(largest(&heads))
}
