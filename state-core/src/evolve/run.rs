//! Makes an image of ours from one of theirs, as a plan says. It trusts neither the bytes nor what they say of lengths.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::keys::Made;
use super::numbers::Numbers;
use super::op::{At, Case, Cases, Op, Step};
use super::plan::Plan;
use super::slots::{SlotStep, Slots};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::protocol::decode::{Regions, read_length};
use crate::protocol::encode::too_deep;
use crate::protocol::float::widen;
use crate::protocol::layout::{FACTOR, option_is_inline, padded, stride};
use crate::protocol::stack;
use crate::protocol::text::Text;
use crate::schema::Convert;
use crate::walk::Limits;

/// Where the parts behind the heads go on.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub tail: &'a [u8],
    pub text: Text<'a>,
    pub raw: &'a [u8],
}

pub(super) struct Run<'p, 'a> {
    pub plan: &'p Plan,
    pub at: Cursor<'a>,
    pub out: Builder,
    /// Where the slots of the objects begin whose order is another.
    marks: Vec<Cursor<'a>>,
    pub levels: u32,
    pub parts: u32,
    /// Where references are numbered, the objects.
    pub numbers: Option<Numbers<'a>>,
}

impl Plan {
    /// Makes our image of theirs.
    pub(crate) fn run<'a>(&'a self, regions: &Regions<'a>, limits: Limits) -> Result<Builder> {
        let Regions { head, tail, text, raw, .. } = *regions;
        let numbers = match self.numbering.is_any() {
            true => Some(Numbers::of(self.theirs(), regions, limits.depth)?),
            false => None,
        };
        let root = &self.steps[self.root];
        let mut run = Run {
            plan: self,
            at: Cursor { tail, text, raw },
            out: Builder {
                memory: limits.memory,
                numbered: self.numbering.ours,
                ..Builder::new(root.to, limits.depth)
            },
            marks: Vec::new(),
            levels: limits.depth,
            parts: stack::parts(limits.depth),
            numbers,
        };
        // Ours is about as long as theirs: without that, it is moved a dozen times as it grows.
        run.out.heads.reserve(tail.len() + tail.len() / 4);
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

    /// Whether the plan was made for images of so much text, with or without numbers.
    pub(crate) fn fits(&self, regions: &Regions<'_>) -> bool {
        let is_numbered = regions.numbered.is_some() == self.numbering.theirs;
        is_numbered && self.keeps.fits(regions.text.as_bytes().len()).text == self.keeps.text
    }
}

/// What the walk by their schema says better.
#[cold]
pub(super) fn damaged() -> Error {
    Error::new(ErrorKind::Malformed, "an image of its schema", "a damaged one")
}

/// Converts a part behind whose head nothing lies. `from` and `to` are its heads.
fn flat(steps: &[Step], at: At, from: &[u8], to: &mut [u8]) -> Result<()> {
    match &steps[at].op {
        Op::Copy => to.copy_from_slice(from),
        Op::Int { signed } => to.copy_from_slice(&wide(from, *signed)[..to.len()]),
        Op::IntToFloat { signed } => int_to_float(&wide(from, *signed), *signed, to),
        Op::Widen => {
            let number = f32::from_le_bytes(*from.first_chunk().ok_or_else(damaged)?);
            to.copy_from_slice(&widen(number).to_le_bytes());
        }
        Op::Flat(segments) => {
            for segment in segments {
                let from = &from[segment.from..][..segment.len];
                match segment.by {
                    None => to[segment.to..][..segment.len].copy_from_slice(from),
                    Some(by) => flat(steps, by, from, &mut to[segment.to..][..steps[by].to])?,
                }
            }
        }
        Op::Default(default) => default(to),
        Op::FlatArray { count, of } => elements(steps, (*count, *of), from, to)?,
        _ => return Err(damaged()),
    }
    Ok(())
}

/// Converts elements that lie side by side, without the bytes that stand for empty heads.
fn elements(steps: &[Step], (count, of): (usize, At), from: &[u8], to: &mut [u8]) -> Result<()> {
    let (size, new) = (steps[of].from, steps[of].to);
    if matches!(steps[of].op, Op::Copy) {
        to.copy_from_slice(from);
        return Ok(());
    }
    for at in 0..count {
        flat(steps, of, &from[at * size..][..size], &mut to[at * new..][..new])?;
    }
    Ok(())
}

/// Integers of at most half the float's bits are exact in it.
fn int_to_float(wide: &[u8; 16], signed: bool, to: &mut [u8]) {
    let [a, b, c, d, ..] = *wide;
    if let Ok(to) = <&mut [u8; 4]>::try_from(&mut *to) {
        let bytes = [a, b];
        *to = if signed { f32::from(i16::from_le_bytes(bytes)) } else { f32::from(u16::from_le_bytes(bytes)) }
            .to_le_bytes();
    } else {
        let bytes = [a, b, c, d];
        let float = if signed { f64::from(i32::from_le_bytes(bytes)) } else { f64::from(u32::from_le_bytes(bytes)) };
        to.copy_from_slice(&float.to_le_bytes());
    }
}

/// An integer in the widest two's complement.
fn wide(from: &[u8], signed: bool) -> [u8; 16] {
    let negative = signed && from.last().is_some_and(|&byte| byte >= 0x80);
    let mut wide = [if negative { 0xFF } else { 0 }; 16];
    wide[..from.len()].copy_from_slice(from);
    wide
}

impl<'a> Run<'_, 'a> {
    fn cut(&mut self, len: Option<usize>) -> Result<&'a [u8]> {
        let (cut, rest) = len.and_then(|len| self.at.tail.split_at_checked(len)).ok_or_else(damaged)?;
        self.at.tail = rest;
        Ok(cut)
    }

    pub(super) fn run(&mut self, count: usize, head: usize) -> Result<&'a [u8]> {
        self.cut(count.checked_mul(stride(head)))
    }

    /// Space for heads of ours. Where one of ours stands for much less of theirs, it is counted.
    pub(super) fn grow(&mut self, count: usize, from: usize, new: usize) -> Result<usize> {
        if new > FACTOR.saturating_mul(from.max(1)) {
            self.out.takes(count.saturating_mul(new))?;
        }
        self.space(count, new)
    }

    /// The same, where a count of theirs may be more than there can be of ours.
    fn space(&mut self, count: usize, new: usize) -> Result<usize> {
        let end = count.checked_mul(stride(new)).and_then(|len| len.checked_add(self.out.heads.len()));
        end.ok_or_else(damaged)?;
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

    /// Makes one part from its head in theirs, at a place of ours.
    pub(super) fn part(&mut self, at: At, head: &'a [u8], to: usize) -> Result<()> {
        self.parts = self.parts.checked_sub(1).ok_or_else(|| too_deep(None))?;
        match self.plan.steps[at].pointers.is_any() {
            true => self.pointer(at, head, to)?,
            false => self.op(at, head, to)?,
        }
        self.parts += 1;
        Ok(())
    }

    /// Where nothing is optimised, a frame holds the locals of all arms: so what leads to further parts has functions of
    /// its own that keep little.
    pub(super) fn op(&mut self, at: At, head: &'a [u8], to: usize) -> Result<()> {
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
                let place = self.some(*of, to);
                self.part(*of, head, place)
            }
            Op::Boxed { of } => self.boxed(*of),
            Op::Box { of } => {
                let place = self.out.run(1, plan.steps[*of].to);
                self.level(*of, head, place)
            }
            Op::Unbox { of } => {
                let run = self.run(1, plan.steps[*of].from)?;
                self.level(*of, run, to)
            }
            Op::Enum(cases) => self.variant(cases, head, to),
            Op::Members(set) => self.member(*set, head, to),
            Op::Converted { of, head: size, convert } => self.converted((*of, *size), *convert, head, to),
            Op::Upgraded { theirs, ours } => self.upgraded(&plan.theirs, (*theirs, ours), head, to),
            _ => self.leaf(at, head, to),
        }
    }

    /// A part that leads to no further ones, but for those of arrays.
    fn leaf(&mut self, at: At, head: &'a [u8], to: usize) -> Result<()> {
        let steps = &self.plan.steps;
        let step = &steps[at];
        match &step.op {
            Op::Copy => self.out.write(to, &head[..step.from]),
            Op::Int { .. } | Op::IntToFloat { .. } | Op::Widen | Op::Flat(_) | Op::FlatArray { .. } => {
                flat(steps, at, &head[..step.from], &mut self.out.heads[to..][..step.to])?;
            }
            Op::Text => self.text(head, to)?,
            Op::Raw { from_optional, to_optional, of } => {
                self.raw((*from_optional, *to_optional, *of), head, to)?;
            }
            Op::RawToList { of } => self.raw_to_list(*of, head, to)?,
            Op::ListToRaw { of } => self.list_to_raw(*of, head, to)?,
            Op::RawToArray { count, of } => self.raw_to_array((*count, *of), head, to)?,
            Op::ArrayToRaw { count, of } => self.array_to_raw((*count, *of), &head[..step.from], to)?,
            Op::Grid { of } => self.grid(*of, head, to)?,
            Op::Weak(key) => self.weak(*key, head, to)?,
            Op::CharToText => {
                let char = head.first_chunk().and_then(|char| char::from_u32(u32::from_le_bytes(*char)));
                let char = char.ok_or_else(damaged)?;
                let mut text = [0; 4];
                let text = char.encode_utf8(&mut text);
                self.out.length(to, text.len());
                self.out.text.extend_from_slice(text.as_bytes());
            }
            Op::IntToBig { signed, natural } => {
                self.int_to_big(wide(&head[..step.from], *signed), (*signed, *natural), to);
            }
            Op::BigToSigned => {
                let count = self.length(head)?;
                let bytes = self.run(count, 1)?;
                let zero = bytes.last().is_some_and(|&byte| byte >= 0x80);
                self.out.length(to, count + usize::from(zero));
                let place = self.out.run(count + usize::from(zero), 1);
                self.out.write(place, bytes);
            }
            // The others were tried before.
            _ => return Err(damaged()),
        }
        Ok(())
    }

    /// The levels that there is stack left for.
    pub(super) fn levels_left(&self) -> u32 {
        stack::levels(self.parts)
    }

    /// A part one level deeper.
    pub(super) fn level(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        self.nested(|this| this.part(of, head, to))
    }

    fn boxed(&mut self, of: At) -> Result<()> {
        let run = self.run(1, self.plan.steps[of].from)?;
        let place = self.out.run(1, self.plan.steps[of].to);
        self.level(of, run, place)
    }

    fn array_to_list(&mut self, (count, of): (usize, At), head: &'a [u8], to: usize) -> Result<()> {
        let step = &self.plan.steps[of];
        self.out.length(to, count);
        let place = self.grow(count, step.from, step.to)?;
        self.nested(|this| this.each((count, of), head, (step.from, place, stride(step.to))))
    }

    fn converted(&mut self, (of, size): (At, usize), convert: Convert, head: &'a [u8], to: usize) -> Result<()> {
        let outer = core::mem::replace(&mut self.out, Builder::new(size, self.levels));
        (self.out.memory, self.out.numbered) = (outer.memory, outer.numbered);
        self.part(of, head, 0)?;
        let made = core::mem::replace(&mut self.out, outer);
        self.out.depth = self.levels_left();
        convert_made(&made, size, convert, (&mut self.out, to))
    }

    fn text(&mut self, head: &'a [u8], to: usize) -> Result<()> {
        let len = self.length(head)?;
        let text = self.at.text.cut(len).ok_or_else(damaged)?;
        self.out.length(to, len);
        self.out.text.extend_from_slice(text.as_bytes());
        Ok(())
    }

    pub(super) fn list(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let steps = &self.plan.steps;
        let (from, new) = (steps[of].from, steps[of].to);
        let count = self.length(head)?;
        let run = self.run(count, from)?;
        self.out.length(to, count);
        let place = self.grow(count, from, new)?;
        if matches!(steps[of].op, Op::Copy) {
            self.out.write(place, run);
            return Ok(());
        }
        self.nested(|this| this.each((count, of), run, (stride(from), place, stride(new))))
    }

    /// The elements of a run, or of an array: so many bytes apart in theirs, and in ours from a place on.
    fn each(
        &mut self,
        (count, of): (usize, At),
        run: &'a [u8],
        (apart, place, new_apart): (usize, usize, usize),
    ) -> Result<()> {
        let steps = &self.plan.steps;
        let (from, new) = (steps[of].from, steps[of].to);
        if let Op::Flat(_) | Op::Int { .. } | Op::Widen | Op::IntToFloat { .. } | Op::FlatArray { .. } = &steps[of].op {
            for at in 0..count {
                flat(steps, of, &run[at * apart..][..from], &mut self.out.heads[place + at * new_apart..][..new])?;
            }
            return Ok(());
        }
        for at in 0..count {
            let head = &run[at * apart..][..from];
            self.part(of, head, place + at * new_apart).map_err(|error| error.within(&index(at)))?;
        }
        Ok(())
    }

    fn array(&mut self, (count, of): (usize, At), head: &'a [u8], to: usize) -> Result<()> {
        let (from, new) = (self.plan.steps[of].from, self.plan.steps[of].to);
        self.each((count, of), head, (from, to, new))
    }

    fn map(&mut self, (key, value): (At, At), head: &'a [u8], to: usize) -> Result<()> {
        let steps = &self.plan.steps;
        let (from, new) = (steps[key].from + steps[value].from, steps[key].to + steps[value].to);
        self.entries((from, new), head, to, |this, head, to, made| {
            let (first, second) = head.split_at(steps[key].from);
            this.differs(key, first, made)?;
            this.part(key, first, to)?;
            this.part(value, second, to + steps[key].to)
        })
    }

    /// The entries of a map, or the elements of a set.
    pub(super) fn entries(
        &mut self,
        (from, new): (usize, usize),
        head: &'a [u8],
        to: usize,
        mut each: impl FnMut(&mut Self, &'a [u8], usize, &mut Made) -> Result<()>,
    ) -> Result<()> {
        let count = self.length(head)?;
        let run = self.run(count, from)?;
        self.out.length(to, count);
        let place = self.grow(count, from, new)?;
        let mut made = Made::default();
        self.nested(|this| {
            for at in 0..count {
                let head = &run[at * stride(from)..][..from];
                each(this, head, place + at * stride(new), &mut made).map_err(|error| error.within(&index(at)))?;
            }
            Ok(())
        })
    }

    fn optional(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let from = self.plan.steps[of].from;
        match head.split_first() {
            Some((0, _)) => Ok(()),
            Some((1, inline)) => {
                let head = if option_is_inline(from) { &inline[..from] } else { self.run(1, from)? };
                let place = self.some(of, to);
                self.part(of, head, place)
            }
            _ => Err(damaged()),
        }
    }

    /// Writes that an optional value is there; where its head goes.
    fn some(&mut self, of: At, to: usize) -> usize {
        let new = self.plan.steps[of].to;
        self.out.write(to, &[1]);
        if option_is_inline(new) { to + 1 } else { self.out.run(1, new) }
    }

    fn variant(&mut self, cases: &Cases, head: &'a [u8], to: usize) -> Result<()> {
        let (tag, inline) = head.split_at(cases.from.size);
        let case = cases.variants.get(number(tag)).ok_or_else(damaged)?;
        let Case { name, from, ours, slots } = case;
        let Some((index, size)) = *ours else { return Err(gone(name)) };
        let head = if cases.from.inline || *from == 0 { &inline[..*from] } else { self.run(1, *from)? };
        self.out.write(to, &index.to_le_bytes()[..cases.to.size]);
        let place = if cases.to.inline || size == 0 { to + cases.to.size } else { self.out.run(1, size) };
        self.slots(slots, head, place).map_err(|error| error.within(name))
    }

    fn slots(&mut self, slots: &Slots, head: &'a [u8], to: usize) -> Result<()> {
        let marks = self.marks.len();
        self.survey(slots, head)?;
        let end = self.at;
        if let (Some(first), false) = (self.marks.get(marks), slots.survey.is_empty()) {
            self.at = *first;
        }
        for step in &slots.steps {
            match step {
                SlotStep::Part { name, from, len, to: at, of } => {
                    self.part(*of, &head[*from..][..*len], to + at).map_err(|error| error.within(name))?;
                }
                SlotStep::Skip { from, len, over } => self.skip(*over, &head[*from..][..*len])?,
                _ => self.slot(step, head, to, marks)?,
            }
        }
        if !slots.survey.is_empty() {
            self.at = end;
            self.marks.truncate(marks);
        }
        Ok(())
    }

    /// Marks where each slot begins, if they go to another order.
    fn survey(&mut self, slots: &Slots, head: &'a [u8]) -> Result<()> {
        for &(from, len, over) in &slots.survey {
            self.marks.push(self.at);
            self.skip(over, &head[from..][..len])?;
        }
        Ok(())
    }

    /// A slot that has no part to it.
    fn slot(&mut self, step: &SlotStep, head: &'a [u8], to: usize, marks: usize) -> Result<()> {
        match step {
            SlotStep::Copy { from, to: at, len } => self.out.write(to + at, &head[*from..][..*len]),
            SlotStep::Default { name, to: at, by } => {
                self.out.depth = self.levels_left();
                by(&mut self.out, to + at).map_err(|error| error.within(name))?;
            }
            SlotStep::Seek(number) => self.at = *self.marks.get(marks + number).ok_or_else(damaged)?,
            SlotStep::Part { .. } | SlotStep::Skip { .. } => return Err(damaged()),
        }
        Ok(())
    }

    fn raw(&mut self, (from_optional, to_optional, of): (bool, bool, At), head: &'a [u8], to: usize) -> Result<()> {
        let (tag, count) = head.split_at(usize::from(from_optional));
        match tag {
            [] | [1] => {}
            // An absent array leaves zeros.
            [0] => return Ok(()),
            _ => return Err(damaged()),
        }
        if to_optional {
            self.out.write(to, &[1]);
        }
        self.out.write(to + usize::from(to_optional), count);
        if self.plan.keeps.raw {
            return Ok(());
        }
        let count = whole(count)?;
        let array = self.raw_array(count, of)?;
        self.put_raw(count, of, array)
    }

    fn raw_array(&mut self, count: usize, of: At) -> Result<&'a [u8]> {
        let len = count.checked_mul(self.plan.steps[of].from).ok_or_else(damaged)?;
        let space = padded(len).ok_or_else(damaged)?;
        let (space, rest) = self.at.raw.split_at_checked(space).ok_or_else(damaged)?;
        self.at.raw = rest;
        Ok(&space[..len])
    }

    fn put_raw(&mut self, count: usize, of: At, array: &[u8]) -> Result<()> {
        let at = self.out.raw.len();
        let end = count.checked_mul(self.plan.steps[of].to).and_then(|len| len.checked_add(at)).ok_or_else(damaged)?;
        self.out.raw.resize(end, 0);
        elements(&self.plan.steps, (count, of), array, &mut self.out.raw[at..])?;
        self.out.raw(&[]);
        Ok(())
    }

    fn raw_to_list(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let new = self.plan.steps[of].to;
        let count = whole(head)?;
        let array = self.raw_array(count, of)?;
        self.out.length(to, count);
        let place = self.space(count, new)?;
        elements(&self.plan.steps, (count, of), array, &mut self.out.heads[place..][..count * new])
    }

    fn list_to_raw(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let count = self.length(head)?;
        let from = self.plan.steps[of].from;
        let run = self.run(count, from)?;
        // Without the bytes that stand for empty heads.
        self.array_to_raw((count, of), &run[..count * from], to)
    }

    fn array_to_raw(&mut self, (count, of): (usize, At), array: &'a [u8], to: usize) -> Result<()> {
        self.out.write(to, &(count as u64).to_le_bytes());
        self.put_raw(count, of, array)
    }

    fn raw_to_array(&mut self, (count, of): (usize, At), head: &'a [u8], to: usize) -> Result<()> {
        if whole(head)? != count {
            return Err(damaged());
        }
        let array = self.raw_array(count, of)?;
        let len = count * self.plan.steps[of].to;
        elements(&self.plan.steps, (count, of), array, &mut self.out.heads[to..][..len])
    }

    fn grid(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let dimensions = self.length(head)?;
        let lengths = self.run(dimensions, 8)?;
        self.out.length(to, dimensions);
        let place = self.out.run(dimensions, 8);
        self.out.write(place, lengths);
        if self.plan.keeps.raw {
            return Ok(());
        }
        let count = grid(lengths, self.plan.steps[of].from)?;
        let array = self.raw_array(count, of)?;
        self.put_raw(count, of, array)
    }

    /// Two's complement as short as can be, or the number if it cannot be negative.
    fn int_to_big(&mut self, wide: [u8; 16], (signed, natural): (bool, bool), to: usize) {
        let fill = if signed && wide[15] >= 0x80 { 0xFF } else { 0 };
        let mut len = wide.iter().rposition(|&byte| byte != fill).map_or(0, |last| last + 1);
        // One more where the highest bit would say another sign. Of nothing, it says that of zero.
        let negative = len > 0 && wide[len - 1] >= 0x80;
        if !natural && negative != (fill == 0xFF) {
            len += 1;
        }
        let bytes = [wide, [fill; 16]].concat();
        self.out.length(to, len);
        let place = self.out.run(len, 1);
        self.out.write(place, &bytes[..len]);
    }
}

/// Has a part converted that was made by itself.
pub(crate) fn convert_made(
    made: &Builder,
    size: usize,
    convert: Convert,
    (out, to): (&mut Builder, usize),
) -> Result<()> {
    let (head, tail) = made.heads.split_at(size);
    let text = Text::new(&made.text).map_err(|_| damaged())?;
    convert(&Regions { head, tail, text, raw: &made.raw, numbered: None }, out, to)
}

pub(super) fn number(tag: &[u8]) -> usize {
    tag.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
}

/// A count of 8 bytes.
pub(super) fn whole(count: &[u8]) -> Result<usize> {
    let count = count.first_chunk().map(|count| u64::from_le_bytes(*count));
    count.and_then(|count| usize::try_from(count).ok()).ok_or_else(damaged)
}

/// The number of elements of an array with these dimensions.
pub(super) fn grid(lengths: &[u8], size: usize) -> Result<usize> {
    let shape: Result<Vec<usize>> = lengths.chunks_exact(8).map(whole).collect();
    crate::protocol::layout::grid_count(&shape?, size).ok_or_else(damaged)
}

fn index(at: usize) -> String {
    format!("[{at}]")
}

#[cold]
fn gone(variant: &str) -> Error {
    let expected = "a variant that the enum still has (`#[state(other)]` on one without fields takes the others)";
    Error::new(ErrorKind::Identity, expected, format!("an older `{}`", crate::error::Escaped(variant)))
}
