//! Makes an image of the present form from an older one, by a plan. This trusts neither the bytes nor the lengths in
//! them.

mod arrays;
mod flat;
mod leaf;
mod lists;
mod pointers;
mod skip;
mod slots;

use crate::places::Words;
use alloc::vec::Vec;

use super::numbers::Numbers;
use super::op::{At, Op};
use super::plan::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::protocol::decode::{Regions, read_length};
use crate::protocol::encode::too_deep;
use crate::protocol::layout::{FACTOR, option_is_inline, stride};
use crate::protocol::stack;
use crate::protocol::text::Text;
use crate::walk::Limits;

/// Where the data outside the heads continues.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub tail: &'a [u8],
    pub text: Text<'a>,
    pub raw: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn place(&self) -> Mark {
        Mark { tail: self.tail.len(), text: self.text.as_bytes().len(), raw: self.raw.len() }
    }

    /// Returns the cursor at a place.
    fn from(&self, place: Mark) -> Option<Self> {
        let left = |bytes: &'a [u8], left: usize| bytes.get(bytes.len().checked_sub(left)?..);
        Some(Self {
            tail: left(self.tail, place.tail)?,
            text: self.text.left(place.text)?,
            raw: left(self.raw, place.raw)?,
        })
    }
}

/// A place, as the number of bytes that remain.
#[derive(Clone, Copy)]
struct Mark {
    tail: usize,
    text: usize,
    raw: usize,
}

pub(super) struct Run<'p, 'a> {
    pub plan: &'p Plan,
    /// The whole older image.
    pub older: Regions<'a>,
    pub at: Cursor<'a>,
    /// The cursor at the start of the image that is being read.
    pub whole: Cursor<'a>,
    pub out: Builder,
    /// The marked places in slots whose order changes.
    marks: Vec<Mark>,
    pub levels: u32,
    pub parts: u32,
    /// Whether keys are compared where they are made; those inside a key that is itself compared are not.
    pub compares: bool,
    /// Whether a part is being made in a separate image, so that later parts are not made here.
    pub is_apart: bool,
    /// The numbered objects, where references are numbered.
    pub numbers: Option<Numbers<'a>>,
}

impl Plan {
    /// Makes an image of the present form from an older one.
    pub(crate) fn run<'a>(&'a self, regions: &Regions<'a>, limits: Limits) -> Result<Builder> {
        let Regions { head, tail, text, raw, .. } = *regions;
        let numbers = match self.numbering.is_any() {
            true => Some(Numbers::of(self.theirs(), regions, limits.depth)?),
            false => None,
        };
        let root = &self.steps[self.root];
        let whole = Cursor { tail, text, raw };
        let mut run = Run {
            plan: self,
            older: *regions,
            at: whole,
            whole,
            out: Builder {
                memory: limits.memory,
                numbered: self.numbering.ours,
                ..Builder::new(root.to, limits.depth)
            },
            marks: Vec::new(),
            levels: limits.depth,
            parts: stack::parts(limits.depth),
            compares: true,
            is_apart: false,
            numbers,
        };
        run.out.text.reserve(if self.keeps.text { 0 } else { text.as_bytes().len() });
        run.part(self.root, head, 0)?;
        let Run { at, mut out, numbers, .. } = run;
        numbers.map_or(Ok(()), |numbers| numbers.write(&mut out))?;
        if self.keeps.text {
            out.text = text.as_bytes().to_vec();
        } else if !at.text.is_empty() {
            return Err(damaged());
        }
        if self.keeps.raw {
            out.raw = raw.to_vec();
        } else if !at.raw.is_empty() {
            return Err(damaged());
        }
        if at.tail.is_empty() { Ok(out) } else { Err(damaged()) }
    }

    /// Whether the plan was made for images with as much text, and with or without numbered references.
    pub(crate) fn fits(&self, regions: &Regions<'_>) -> bool {
        let is_numbered = regions.numbered.is_some() == self.numbering.theirs;
        is_numbered && self.keeps.fits(regions.text.as_bytes().len()).text == self.keeps.text
    }
}

/// An error that the walk by the older schema replaces with a precise one.
#[cold]
pub(super) fn damaged() -> Error {
    Error::new(ErrorKind::Malformed, "an image of its schema", "a damaged one")
}

/// The keys of one map, or the elements of one set, that were made so far.
#[derive(Default)]
pub(super) struct MadeKeys(pub Words);

impl<'a> Run<'_, 'a> {
    fn cut(&mut self, len: Option<usize>) -> Result<&'a [u8]> {
        let (cut, rest) = len.and_then(|len| self.at.tail.split_at_checked(len)).ok_or_else(damaged)?;
        self.at.tail = rest;
        Ok(cut)
    }

    pub(super) fn run(&mut self, count: usize, head: usize) -> Result<&'a [u8]> {
        self.cut(count.checked_mul(stride(head)))
    }

    /// Appends space for new heads. It is counted if it is much larger than the older heads.
    pub(super) fn grow(&mut self, count: usize, from: usize, new: usize) -> Result<usize> {
        if new > FACTOR.saturating_mul(from.max(1)) {
            self.out.takes(count.saturating_mul(new))?;
        }
        self.space(count, new)
    }

    /// Appends space for new heads, of which an untrusted count may ask for more than can exist.
    fn space(&mut self, count: usize, new: usize) -> Result<usize> {
        let len = count.checked_mul(stride(new)).ok_or_else(damaged)?;
        let heads = &mut self.out.heads;
        if len > heads.capacity() - heads.len() {
            // What follows is seldom more than twice as long as the rest of the older image; without this reserve,
            // everything is moved a dozen times as it grows. The reserve is at least half the length, so that an image
            // that becomes much longer is not moved for each of its parts.
            let rest = if self.is_apart { 0 } else { self.at.tail.len() };
            heads.reserve_exact(len.saturating_add(2 * rest).max(heads.len() / 2));
        }
        Ok(self.out.run(count, new))
    }

    pub(super) fn length(&mut self, head: &[u8]) -> Result<usize> {
        read_length(head, &mut self.at.tail).ok_or_else(damaged)
    }

    pub(super) fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.levels = self.levels.checked_sub(1).ok_or_else(|| too_deep(None))?;
        inner(self)?;
        self.levels += 1;
        Ok(())
    }

    /// Makes one part from its older head, at a place in the new image.
    pub(super) fn part(&mut self, at: At, head: &'a [u8], to: usize) -> Result<()> {
        self.parts = self.parts.checked_sub(1).ok_or_else(|| too_deep(None))?;
        self.op(at, head, to)?;
        self.parts += 1;
        Ok(())
    }

    /// Makes a part by its operation. In builds without optimisation, a frame contains the locals of all arms, so each
    /// operation with further parts has its own function, which keeps few locals.
    fn op(&mut self, at: At, head: &'a [u8], to: usize) -> Result<()> {
        let plan = self.plan;
        match &plan.steps[at].op {
            Op::Slots(slots) => self.slots(slots, head, to),
            Op::List { of } => self.list(*of, head, to),
            Op::Set { of } => self.set(*of, head, to),
            Op::Map { key, value } => self.map((*key, *value), head, to),
            Op::Array { count, of } => self.array((*count, *of), head, to),
            Op::ArrayToList { count, of } => self.array_to_list((*count, *of), head, to),
            Op::Optional { of } => self.optional(*of, head, to),
            Op::Some { of } => {
                let place = self.some(*of, to)?;
                self.part(*of, head, place)
            }
            Op::Boxed { of } => self.boxed(*of),
            Op::Box { of } => {
                let place = self.grow(1, plan.steps[*of].from, plan.steps[*of].to)?;
                self.level(*of, head, place)
            }
            Op::Unbox { of } => {
                let run = self.run(1, plan.steps[*of].from)?;
                self.level(*of, run, to)
            }
            Op::Enum(cases) => self.variant(cases, head, to),
            Op::Pointer { pointers, of } => self.pointer((*pointers, *of), head, to),
            Op::Members(set) => self.member(*set, head, to),
            Op::Converted { of, head: size, convert } => self.converted((*of, *size), *convert, head, to),
            Op::Upgraded { theirs, ours } => self.upgraded(&plan.theirs, (*theirs, ours), head, to),
            _ => self.leaf(at, head, to),
        }
    }

    /// The number of levels for which stack remains.
    pub(super) fn levels_left(&self) -> u32 {
        stack::levels(self.parts)
    }

    /// Makes a part one level deeper.
    pub(super) fn level(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        self.nested(|this| this.part(of, head, to))
    }

    fn boxed(&mut self, of: At) -> Result<()> {
        let run = self.run(1, self.plan.steps[of].from)?;
        let place = self.grow(1, self.plan.steps[of].from, self.plan.steps[of].to)?;
        self.level(of, run, place)
    }

    fn optional(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let from = self.plan.steps[of].from;
        match head.split_first() {
            Some((0, _)) => Ok(()),
            Some((1, inline)) => {
                let head = if option_is_inline(from) { &inline[..from] } else { self.run(1, from)? };
                let place = self.some(of, to)?;
                self.part(of, head, place)
            }
            _ => Err(damaged()),
        }
    }

    /// Writes that an optional value is present. Returns the place of its head.
    fn some(&mut self, of: At, to: usize) -> Result<usize> {
        let (from, new) = (self.plan.steps[of].from, self.plan.steps[of].to);
        self.out.write(to, &[1]);
        if option_is_inline(new) { Ok(to + 1) } else { self.grow(1, from, new) }
    }
}

pub(super) fn number(tag: &[u8]) -> usize {
    tag.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
}
