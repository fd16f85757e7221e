//! How much there is to a part, found without looking at all of it.

use super::arena::{Arena, Id, Tag};
use super::parts::Parts;
use super::scan;
use super::strings::Strings;
use super::view::View;
use crate::pickle::opcode::{Argument, Opcode};

/// What takes no more bytes than this is shown, copied or looked at as often as it is referenced.
pub(super) const SHORT: usize = 64;

/// Names of more bytes than this are not compared with those that are known.
pub(super) const NAME: usize = 1000;

impl Parts<'_> {
    /// Whether a part is a leaf, or a name, of few bytes. Takes no more time for one of many.
    pub(super) fn is_short(&self, id: Id) -> bool {
        takes_at_most(SHORT, self.input, &self.arena, &self.strings, id)
    }

    /// Whether a part is a name that would have to be read again and again to find out that it is none that is known.
    pub(super) fn is_long_name(&self, id: Id) -> bool {
        id.place().is_none_or(|place| self.arena.tag(place) == Tag::Global)
            && !takes_at_most(NAME, self.input, &self.arena, &self.strings, id)
    }

    /// Whether no other part shows the same text: not so for a name whose texts are fetched from the memo.
    pub(super) fn is_own(&self, id: Id) -> bool {
        match id.place() {
            Some(place) if self.arena.tag(place) == Tag::Global => {
                (0..2).all(|at| !self.shares.contains(self.arena.part(place, at)))
            }
            _ => true,
        }
    }

    /// About how much work it is to look at a part, less what is in its parts.
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

/// Whether a part is a leaf of so many bytes, or a name of texts or lines of so many. Lines are looked at as far as
/// they may go.
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
