//! How long a part is, found without reading all of it.

use super::arena::{Arena, Id, Tag};
use super::parts::Parts;
use super::scan;
use super::strings::Strings;
use super::view::View;
use crate::pickle::opcode::{Argument, Opcode};

/// Parts of at most this many bytes are shown, copied or read each time they are referenced.
pub(super) const SHORT: usize = 64;

/// Longer names are not compared with known ones.
pub(super) const NAME: usize = 1000;

impl Parts<'_> {
    /// Returns whether a part is a leaf, or a name, of few bytes. This takes no longer for long ones.
    pub(super) fn is_short(&self, id: Id) -> bool {
        takes_at_most(SHORT, self.input, &self.arena, &self.strings, id)
    }

    /// Returns whether a part is a long name, which no known name is; reading it again and again to find that out would
    /// take too long.
    pub(super) fn is_long_name(&self, id: Id) -> bool {
        id.place().is_none_or(|place| self.arena.tag(place) == Tag::Global)
            && !takes_at_most(NAME, self.input, &self.arena, &self.strings, id)
    }

    /// Returns whether no other part prints the same text. A name whose texts come from the memo may share them with
    /// others.
    pub(super) fn is_own(&self, id: Id) -> bool {
        match id.place() {
            Some(place) if self.arena.tag(place) == Tag::Global => {
                (0..2).all(|at| !self.shares.contains(self.arena.part(place, at)))
            }
            _ => true,
        }
    }

    /// Estimates how much work it is to look at a part, without the parts in it.
    pub(super) fn weight(&self, id: Id, view: &View<'_>) -> usize {
        if let Some(offset) = id.offset() {
            return scan::op(self.input, offset).map_or(1, |op| op.end - offset);
        }
        match view {
            View::Text(bytes) | View::Bytes(bytes) | View::ByteArray(bytes) => bytes.len() + 1,
            View::Tuple(items) | View::List(items) | View::Dict(items) | View::Set(items) | View::FrozenSet(items) => {
                items.len() + 1
            }
            View::Global(name) => name.module.len() + name.name.len() + 1,
            View::Object(_, place) => self.arena.changes(*place).count() + 1,
            _ => 1,
        }
    }
}

/// Returns whether a part is a leaf of at most `most` bytes, or a name of two texts or lines that are. Lines are read
/// no further than that.
pub(super) fn takes_at_most(most: usize, input: &[u8], arena: &Arena, strings: &Strings, id: Id) -> bool {
    let is_short_text = |id: Id| match id.place() {
        Some(place) if matches!(arena.tag(place), Tag::Text | Tag::Bytes) => {
            strings.decoded(arena, place).len() <= most
        }
        Some(_) => false,
        None => id.offset().is_some_and(|offset| leaf_takes_at_most(most, input, offset)),
    };
    match id.place() {
        Some(place) if arena.tag(place) == Tag::Global => (0..2).all(|at| is_short_text(arena.part(place, at))),
        _ => is_short_text(id),
    }
}

fn leaf_takes_at_most(most: usize, input: &[u8], offset: usize) -> bool {
    let rest = input.get(offset..).unwrap_or_default();
    let lines = match rest.first().and_then(|&code| Opcode::of(code)).map(|opcode| opcode.argument) {
        Some(Argument::Line) => 1,
        Some(Argument::Lines) => 2,
        _ => return scan::op(input, offset).is_ok_and(|op| op.bytes.len() <= most),
    };
    rest.iter().take(most + 3).filter(|&&byte| byte == b'\n').nth(lines - 1).is_some()
}
