//! Which regions the images of a type can have: an image without a header has no lengths for the others.

#[cfg(feature = "pickle")]
use super::Link;
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

    /// The regions of either.
    pub const fn with(self, other: Self) -> Self {
        Self { tail: self.tail | other.tail, text: self.text | other.text, raw: self.raw | other.raw }
    }

    /// How the ends of the regions are found in an image without a header.
    pub const fn ends(self) -> Ends {
        let Self { tail, text, raw } = self;
        let (tail, text) = (End::of(tail, text || raw), End::of(text, raw));
        Ends { tail, text, raw, short: [tail.short(), text.short()], lengths: tail.lengths() + text.lengths() }
    }
}

/// How the ends of tail and text are found in an image without a header, and whether there can be a raw region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    pub tail: End,
    pub text: End,
    pub raw: bool,
    /// The most bytes of tail and text that can be there if each length takes one byte.
    pub short: [u8; 2],
    /// How many lengths are written.
    pub lengths: u8,
}

/// How the end of a region is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The type does not have the region: it ends where it starts.
    Start,
    /// Its length is written.
    Length,
    /// It is the last one, and has the rest of the bytes.
    Last,
}

impl End {
    const fn of(is_there: bool, is_followed: bool) -> Self {
        match (is_there, is_followed) {
            (false, _) => Self::Start,
            (true, true) => Self::Length,
            (true, false) => Self::Last,
        }
    }

    const fn short(self) -> u8 {
        if matches!(self, Self::Start) { 0 } else { 0x7F }
    }

    const fn lengths(self) -> u8 {
        matches!(self, Self::Length) as u8
    }
}

impl Schema {
    /// The number of lists of bytes in the tail of a value, if the tail holds nothing else; `None` if there are other
    /// parts, or parts that are not always there.
    #[cfg(feature = "pickle")]
    pub(crate) fn byte_lists(&self) -> Option<u64> {
        match &self.kind {
            Kind::List(of) if Nodes::NONE.get(*of).is_byte() => Some(1),
            Kind::Object(object) => sum(object.slots.iter().map(|slot| slot.ty)),
            Kind::Tuple(items) => sum(items.iter().copied()),
            Kind::Array(of, len) => Nodes::NONE.get(*of).byte_lists()?.checked_mul(*len),
            Kind::Optional(of) if option_is_inline(Nodes::NONE.get(*of).head) => Nodes::NONE.get(*of).byte_lists(),
            Kind::Enum(_) => None,
            _ => (!self.present().tail).then_some(0),
        }
    }

    /// The regions that this node itself can have besides its head. A length of `u32::MAX` or more, which takes bytes
    /// in the tail, is ignored.
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

#[cfg(feature = "pickle")]
fn sum(mut parts: impl Iterator<Item = Link>) -> Option<u64> {
    parts.try_fold(0, |sum: u64, part| sum.checked_add(Nodes::NONE.get(part).byte_lists()?))
}

fn is_inline(of: &Enum) -> bool {
    let head = |slots: &[Slot]| slots.iter().map(|slot| Nodes::NONE.get(slot.ty).head).sum::<usize>();
    let heads: alloc::vec::Vec<usize> = of.variants.iter().map(|variant| head(&variant.slots)).collect();
    enum_is_inline(largest(&heads))
}
