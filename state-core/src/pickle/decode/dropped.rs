//! Parts that a pickle makes and drops: which of them are calls that must be kept, and where.

use alloc::vec::Vec;
use core::iter::Zip;

use super::arena::{Arena, Id, Items, Tag};
use super::effects::Effects;
use super::parts::Parts;
use super::scan;
use super::shares::Bits;
use super::stack::Stack;
use super::strings::Strings;

/// The parts that were dropped from the stack while the opcodes ran, each with the number of words that the arena had
/// then.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    log: Vec<[u32; 2]>,
    /// How much was compared to find out whether parts are the same.
    compared: usize,
}

/// The bit beside the number of words that marks a part which was fetched from the memo before.
const KNOWN: u32 = 1 << 31;

impl Dropped {
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }

    /// Notes a dropped part, with the present end of the arena. `is_known` if it was fetched from the memo before: then
    /// it may still be used elsewhere.
    pub fn note(&mut self, arena: &Arena, id: Id, is_known: bool) {
        let Some(place) = id.place() else { return };
        if matches!(arena.tag(place), Tag::Global | Tag::Text | Tag::Bytes | Tag::Buffer) {
            return;
        }
        if self.log.len() == self.log.capacity() {
            self.log.reserve_exact(self.log.len() / 4 + 4);
        }
        self.log.push([place, arena.end() | if is_known { KNOWN } else { 0 }]);
    }

    /// Returns whether a dropped part is made like the one that replaces it. Python writes an object to which its own
    /// arguments refer once inside of these, and once more around them, and drops the second.
    pub fn is_again(&mut self, input: &[u8], arena: &Arena, strings: &Strings, pair: [Id; 2]) -> bool {
        let made = |id: Id| id.place().filter(|&place| is_made(arena.tag(place)));
        let [Some(dropped), Some(kept)] = pair.map(made) else { return false };
        if dropped == kept || arena.changes(dropped).next().is_some() {
            return false;
        }
        // All comparisons together read at most as much as the length of the pickle.
        let left = input.len().saturating_sub(self.compared);
        let mut same = Same { input, arena, strings, open: Vec::new(), left };
        let is_again = same.makings(dropped, kept) && same.rest();
        self.compared = input.len() - same.left;
        is_again
    }
}

/// The most levels that are compared.
const LEVELS: usize = 64;

/// A comparison of two parts.
struct Same<'a> {
    input: &'a [u8],
    arena: &'a Arena,
    strings: &'a Strings,
    open: Vec<Zip<Items<'a>, Items<'a>>>,
    /// How much more may be read.
    left: usize,
}

impl Same<'_> {
    /// Begins to compare how two objects are made, or the parts of two tuples.
    fn makings(&mut self, a: u32, b: u32) -> bool {
        let arena = self.arena;
        let is_alike = arena.tag(a) == arena.tag(b) && arena.count(a) == arena.count(b);
        self.open.push(arena.parts(a).zip(arena.parts(b)));
        is_alike && self.open.len() <= LEVELS
    }

    fn rest(&mut self) -> bool {
        while let Some(open) = self.open.last_mut() {
            match open.next() {
                Some((a, b)) if !self.spend(1) || a != b && !self.are_alike(a, b) => return false,
                Some(_) => {}
                None => drop(self.open.pop()),
            }
        }
        true
    }

    fn spend(&mut self, amount: usize) -> bool {
        let left = self.left.checked_sub(amount);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    fn are_alike(&mut self, a: Id, b: Id) -> bool {
        let arena = self.arena;
        match ((a.place(), b.place()), (a.offset(), b.offset())) {
            ((Some(a), Some(b)), _) => match (arena.tag(a), arena.tag(b)) {
                (one, other) if one != other => false,
                (Tag::Text | Tag::Bytes, _) => {
                    let (a, b) = (self.strings.decoded(arena, a), self.strings.decoded(arena, b));
                    self.spend(a.len().min(b.len())) && a == b
                }
                (Tag::List | Tag::Dict | Tag::Set, _) => {
                    let (a, b) = (arena.items(a), arena.items(b));
                    let is_alike = a.len() == b.len() && self.open.len() < LEVELS;
                    self.open.push(a.zip(b));
                    is_alike
                }
                (Tag::Tuple | Tag::FrozenSet | Tag::Global | Tag::Persistent, _) => self.makings(a, b),
                (tag, _) if is_made(tag) => {
                    arena.changes(a).next().is_none() && arena.changes(b).next().is_none() && self.makings(a, b)
                }
                _ => false,
            },
            (_, (Some(a), Some(b))) => {
                let (Some(a), Some(b)) = (leaf(self.input, a), leaf(self.input, b)) else { return false };
                self.spend(a.len().min(b.len())) && a == b
            }
            _ => false,
        }
    }
}

/// Returns the bytes of a leaf: its opcode and argument.
fn leaf(input: &[u8], offset: usize) -> Option<&[u8]> {
    input.get(offset..scan::op(input, offset).ok()?.end)
}

impl Effects {
    /// Selects the calls among the dropped parts: those that are used elsewhere, or have no side effect, are left out.
    pub fn new(parts: &Parts<'_>, dropped: Dropped) -> Self {
        let log = dropped.log;
        if log.is_empty() {
            return Self::default();
        }
        let mut reach = Reach { parts, seen: Bits::default(), late: Bits::default(), open: Stack::default() };
        reach.walk(parts.root, u32::MAX);
        let is_certain = |&[place, end]: &[u32; 2]| end & KNOWN == 0 && parts.is_effect(place);
        // From the last to the first: parts are late only if they are so for all calls that contain them.
        for &[place, end] in log.iter().rev().filter(|&entry| is_certain(entry)) {
            reach.walk(Id::node(place), end);
        }
        let (mut own, mut kept) = (Bits::default(), Vec::<[u32; 2]>::new());
        for entry in log {
            let place = entry[0];
            if is_certain(&entry) || reach.walk(Id::node(place), entry[1] & !KNOWN) {
                own.insert(place as usize);
                if kept.len() == kept.capacity() {
                    kept.reserve_exact(kept.len() / 4 + 4);
                }
                kept.push([place, entry[1] & !KNOWN]);
            }
        }
        Self::placed(parts, &reach, &own, kept)
    }

    /// Places each kept call before the next object that is used. Parts that are calls only at some protocols, as sets
    /// are, do not count as objects here.
    fn placed(parts: &Parts<'_>, used: &Reach<'_>, own: &Bits, kept: Vec<[u32; 2]>) -> Self {
        let mut effects = Self { ids: Vec::with_capacity(kept.len()), groups: Vec::new() };
        let mut kept = kept.into_iter().peekable();
        for (place, tag) in parts.arena.nodes() {
            if kept.peek().is_none() {
                break;
            }
            let is_object = is_made(tag) && parts.is_effect(place) && !parts.is_attribute(Id::node(place));
            if !is_object || !used.before(place) || own.contains(place as usize) {
                continue;
            }
            let before = effects.ids.len();
            while let Some([effect, _]) = kept.next_if(|&[_, end]| end <= place) {
                effects.ids.push(Id::node(effect));
            }
            if effects.ids.len() > before {
                effects.groups.push((place, effects.ids.len() as u32));
            }
        }
        effects.ids.extend(kept.map(|[effect, _]| Id::node(effect)));
        effects
    }
}

/// Returns whether a node is an object or the result of a call.
fn is_made(tag: Tag) -> bool {
    matches!(tag, Tag::New | Tag::NewKeywords | Tag::Call | Tag::Instance)
}

impl Parts<'_> {
    /// Returns whether a node is more than data: something is called to make it.
    fn is_effect(&self, place: u32) -> bool {
        match self.arena.tag(place) {
            Tag::Persistent => true,
            tag => is_made(tag) && self.builtin(tag, place).is_none(),
        }
    }
}

/// The nodes that are part of others.
struct Reach<'a> {
    parts: &'a Parts<'a>,
    seen: Bits,
    /// Nodes that were made only after all the calls of which they are part. Calls before such a node cannot be shown
    /// with it: one of them could contain it, and would then be shown nowhere but inside itself.
    late: Bits,
    open: Stack,
}

impl Reach<'_> {
    /// Visits a part and everything in it that was not seen before, and returns whether anything in it is a call. `end`
    /// is the end of the arena when the part was dropped.
    fn walk(&mut self, id: Id, end: u32) -> bool {
        let (arena, mut has_calls) = (&self.parts.arena, false);
        self.meet(id);
        while let Some(place) = self.open.pop() {
            if place >= end {
                self.late.insert(place as usize);
            }
            let tag = arena.tag(place);
            match tag {
                Tag::List | Tag::Dict | Tag::Set => arena.items(place).for_each(|id| self.meet(id)),
                Tag::Tuple | Tag::FrozenSet | Tag::Persistent => arena.parts(place).for_each(|id| self.meet(id)),
                tag if is_made(tag) => {
                    arena.parts(place).for_each(|id| self.meet(id));
                    arena.changes(place).for_each(|(_, items)| items.for_each(|id| self.meet(id)));
                }
                _ => {}
            }
            has_calls |= self.parts.is_effect(place);
        }
        has_calls
    }

    /// Returns whether the calls before a node can be shown with it.
    fn before(&self, place: u32) -> bool {
        self.seen.contains(place as usize) && !self.late.contains(place as usize)
    }

    fn meet(&mut self, id: Id) {
        if let Some(place) = id.place().filter(|&place| !self.seen.contains(place as usize)) {
            self.seen.insert(place as usize);
            self.open.push(place);
        }
    }
}
