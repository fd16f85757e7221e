//! Unusual parts: the machine runs each of them alone, and its image is inserted into the larger one.

use alloc::boxed::Box;
use core::cell::{Cell, RefCell};
use core::mem;

use super::Reader;
use super::memo::{CLASS, Entry, start_of};
use super::skim::Skim;
use crate::pickle::decode::arena::Id;
use crate::pickle::decode::forms::{Forms, Shape};
use crate::pickle::decode::machine::Machine;
use crate::pickle::decode::node::Node;
use crate::pickle::decode::numpy::Dtypes;
use crate::pickle::decode::scan;
use crate::pickle::decode::source::Source;
use crate::pickle::opcode as op;
use crate::protocol::builder::Builder;
use crate::protocol::stack;
use crate::schema::{Kind, Schema};
use crate::value::Dtype;
use crate::walk::{self, Limits};

/// The deepest chain of memo entries that are made of other entries; deeper ones are left to the machine.
const DEEPEST: u32 = 16;

/// One in this many bytes of the pickle may be read part by part before it is considered whether that is worthwhile.
const PREFIX: usize = 128;

/// The machine, and the state that is kept from one part to the next.
pub(super) struct Unusual<'p> {
    machine: Machine<'p>,
    image: Builder,
    dtypes: Dtypes,
    forms: Forms,
    /// How many more bytes shared parts may expand to.
    left: u64,
    /// The values that were skimmed last.
    skim: Skim,
    /// The number of bytes that were read part by part.
    read: usize,
}

impl<'p> Reader<'p> {
    fn unusual(&mut self) -> &mut Unusual<'p> {
        let (input, options, old_names) = (self.input, self.options, self.old_names);
        let given = self.buffers.iter().fold(0, |sum: usize, buffer| sum.saturating_add(buffer.len()));
        let buffers = u32::try_from(self.buffers.len()).unwrap_or(u32::MAX);
        self.unusual.get_or_insert_with(|| {
            let mut machine = Machine::new(input, &options, buffers);
            machine.parts.old_names = old_names;
            let memory = options.limits(input.len().saturating_add(given)).memory;
            Box::new(Unusual {
                machine,
                image: Builder { memory, ..Builder::default() },
                dtypes: Dtypes::new(input.len()),
                forms: Forms::default(),
                left: (input.len() as u64).saturating_mul(options.expansion).saturating_add(1 << 20),
                skim: Skim::default(),
                read: 0,
            })
        })
    }

    /// Returns where the value that begins at `start` ends.
    fn extent(&mut self, start: usize, is_tuple: bool) -> Option<usize> {
        if let Some(end) = self.unusual().skim.find(start, is_tuple) {
            return Some(end);
        }
        let skim = self.skim(start, is_tuple)?;
        let end = skim.end_of(0);
        let last = &mut self.unusual().skim;
        // The values of a whole group are looked up one after another.
        if skim.starts.len() >= 8 || last.end <= start {
            *last = skim;
        }
        Some(end)
    }

    /// Skims the values from a position on; the first can be a tuple only if `is_tuple`.
    pub(super) fn skim(&mut self, start: usize, is_tuple: bool) -> Option<Skim> {
        let skim = match is_tuple {
            true => Skim::of(self.input, start..self.input.len(), None)?,
            false => Skim::of_item(self.input, start)?,
        };
        self.left = self.left.checked_sub(skim.end - start)?;
        (!skim.starts.is_empty()).then_some(skim)
    }

    /// Remembers values whose positions will be looked up.
    pub(super) fn expect(&mut self, skim: Skim) {
        self.unusual().skim = skim;
    }

    /// Has the machine read the value that begins here, and inserts its image at position `at` of the heads.
    #[cold]
    #[inline(never)]
    pub(super) fn part(&mut self, schema: &'static Schema, at: usize) -> Option<()> {
        let (start, parts) = (self.at, self.parts);
        let (id, skim) = self.run_machine(is_tuple(schema))?;
        let (buffers, surrogates, options) = (self.buffers, self.options.surrogates, self.options);
        let Unusual { machine, image, dtypes, forms, left, .. } = self.unusual();
        let limits = Limits { memory: image.memory, ..options.limits(0) };
        let most = left.saturating_add(9 * (skim.end - start) as u64);
        let source = Source {
            parts: &machine.parts,
            buffers,
            surrogates,
            left: Cell::new(most),
            dtypes: RefCell::new(mem::replace(dtypes, Dtypes::new(0))),
            class: RefCell::default(),
            forms: mem::take(forms),
            limits,
        };
        let mut part = mem::take(image);
        part.heads.clear();
        part.heads.resize(schema.head, 0);
        part.text.clear();
        part.raw.clear();
        part.depth = stack::levels(parts);
        let root = Node::new(&source, id, Shape::NONE);
        let (part, filled) = walk::fill_at(part, schema, root, parts);
        let is_filled = filled.is_ok() && !source.is_spent();
        *left = source.left.get().min(*left);
        *dtypes = source.dtypes.into_inner();
        *forms = source.forms.later();
        let taken = if is_filled { self.take(&part, schema.head, at) } else { None };
        self.unusual().image = part;
        self.end(skim);
        taken
    }

    /// Inserts an image: its head at `at`, its other regions at the end of theirs.
    fn take(&mut self, part: &Builder, head: usize, at: usize) -> Option<()> {
        let (head, tail) = part.heads.split_at_checked(head)?;
        self.fill(at, head)?;
        self.tail.extend_from_slice(tail);
        self.write_text(&part.text)?;
        if !part.raw.is_empty() {
            self.taken += 1;
            self.whole_raw().extend_from_slice(&part.raw);
        }
        Some(())
    }

    /// Has the machine run the opcodes of the value that begins here, unless too much is unusual.
    fn run_machine(&mut self, is_tuple: bool) -> Option<(Id, Skim)> {
        self.peek()?;
        let start = self.at;
        let end = self.extent(start, is_tuple)?;
        let (len, at) = (self.input.len(), self.at);
        let unusual = self.unusual();
        unusual.read += end - start;
        if unusual.read > len / PREFIX + 256 && unusual.read > at / 4 * 3 {
            // Nearly everything is unusual: let the machine read the whole pickle at once.
            self.left = 0;
            return None;
        }
        let memo = (!self.is_again).then_some(self.memo.len());
        let skim = Skim::of(self.input, start..end, memo).filter(|skim| skim.starts.len() == 1)?;
        let known = self.memo.len();
        let machine = &mut self.unusual().machine;
        machine.memo.take_below(known);
        for &number in skim.gets.iter().filter(|&&number| number < known) {
            self.fetch(number, start, DEEPEST)?;
        }
        let (is_again, taken) = (self.is_again, self.buffer);
        if is_again && skim.buffers > 0 {
            return None;
        }
        let machine = &mut self.unusual().machine;
        machine.parts.buffers = taken as u32;
        let id = machine.part(start..end, is_again)?;
        Some((id, skim))
    }

    /// Continues after a part that was read.
    fn end(&mut self, skim: Skim) {
        self.at = skim.end;
        self.last = skim.entry();
        self.memo.extend(skim.puts);
        // Taken buffers cannot be undone.
        self.buffer += skim.buffers as usize;
        self.taken += skim.buffers;
    }

    /// Has the machine run the part under a number of the memo, unless it has done so.
    fn fetch(&mut self, number: usize, before: usize, depth: u32) -> Option<()> {
        if self.unusual().machine.memo.get(number as u64).is_some() {
            return Some(());
        }
        let depth = depth.checked_sub(1)?;
        let kept = *self.memo.get(number)?;
        let start = start_of(kept);
        let end = self.end_of_kept(kept)?;
        // It contains itself, or is not complete yet.
        if start >= before || end > before {
            return None;
        }
        self.left = self.left.checked_sub(end - start)?;
        let skim = Skim::of(self.input, start..end, None)?;
        if skim.starts.len() != 1 || skim.buffers > 0 {
            return None;
        }
        for number in skim.gets {
            self.fetch(number, start, depth)?;
        }
        let machine = &mut self.unusual().machine;
        let id = machine.part(start..end, true)?;
        machine.memo.set(number, id);
        Some(())
    }

    /// Returns where a part ends that is in the memo, with what was added to it there.
    pub(super) fn end_of_kept(&mut self, kept: Entry) -> Option<usize> {
        let (start, end) = (start_of(kept), (kept >> 32) as usize);
        let first = scan::op(self.input, start).ok()?;
        let is_open = match self.input.get(end.wrapping_sub(1)) {
            Some(last) if end > 0 => !matches!(*last, op::TUPLE | op::TUPLE1..=op::TUPLE3 | op::FROZENSET),
            _ => matches!(first.code, op::MARK | op::EMPTY_LIST | op::EMPTY_DICT | op::EMPTY_SET),
        };
        let end = end.max(first.end);
        if !is_open || kept as u32 & CLASS != 0 {
            return Some(end);
        }
        // Lists and dicts of protocol 0 begin with a mark.
        let end = if first.code == op::MARK { first.end + 1 } else { end };
        let skim = Skim::of_kept(self.input, start, end)?;
        self.left = self.left.checked_sub(skim.end - start)?;
        Some(skim.first)
    }

    /// Reads the type of NumPy elements that comes next, and remembers the last one with its memo entry.
    pub(super) fn dtype(&mut self) -> Option<Dtype> {
        let at = self.at;
        let kept = self.composite();
        if let Some((known, dtype)) = &self.dtype {
            if kept == Some(*known) {
                return Some(dtype.clone());
            }
        }
        self.at = at;
        let (id, skim) = self.run_machine(false)?;
        let Unusual { machine, dtypes, .. } = self.unusual();
        let dtype = dtypes.dtype(&machine.parts, id).ok()??;
        let kept = kept.or_else(|| made_at(&skim, at));
        self.end(skim);
        self.dtype = kept.map(|kept| (kept, dtype.clone()));
        Some(dtype)
    }
}

/// Returns whether values of a type can be pickled as tuples.
fn is_tuple(schema: &Schema) -> bool {
    matches!(
        schema.kind,
        Kind::Tuple(_) | Kind::Enum(_) | Kind::Seconds { .. } | Kind::Optional(_) | Kind::Boxed(_) | Kind::Unit
    )
}

/// Returns the memo entry of the value that begins at a position.
fn made_at(skim: &Skim, start: usize) -> Option<Entry> {
    skim.puts.iter().copied().rfind(|&kept| start_of(kept) == start && kept as u32 & CLASS == 0 && kept >> 32 != 0)
}
