//! The fast reader: it reads a pickle in one pass straight into an image, by a plan of the type, if the pickle is laid
//! out as the usual writers lay out that type.
//!
//! What it accepts has the result that the stack machine would give. A *row* is what one plan reads: the root, or an
//! item of a list, set or dict. A row that contains something unusual is read a second time, with care for rare forms;
//! what is not understood then is run by the machine, that part alone (`unusual.rs`). If this does not help either, or
//! if nearly everything is unusual, the reader gives up without an error, and the machine reads the pickle from its
//! start. So the reader may know little, and has no errors of its own.

mod bytes;
mod class;
mod cursor;
mod group;
mod memo;
mod number;
mod plan;
mod rows;
mod run;
mod skim;
mod standard;
mod text;
mod unordered;
mod unusual;
mod value;
mod variant;

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use self::memo::{Entry, NOTHING};
use self::plan::{Of, Plan, Plans};
use self::unusual::Unusual;
use super::scan;
use crate::pickle::opcode as op;
use crate::pickle::options::{PickleOptions, Strings};
use crate::protocol::stack;
use crate::schema::Schema;
use crate::value::Dtype;
use crate::walk::Filled;

/// The size of the blocks in which input is examined and text is copied.
const BLOCK: usize = 16;

/// Reads a pickle into an image; `None` if the machine has to read it.
pub(super) fn fill<'p>(
    schema: &'static Schema,
    pickle: &'p [u8],
    buffers: &'p [&'p [u8]],
    options: &PickleOptions,
) -> Option<Filled<'p>> {
    if pickle.len() > i32::MAX as usize || pickle.len() as u64 > options.max_size {
        return None;
    }
    let read = |learns| Reader::new(schema, pickle, buffers, (options, learns)).image(schema);
    // Rows that were read as learned do not record in the memo where their parts begin. If a part is needed from there
    // later, all is read once more without learning.
    read(true).or_else(|has_learned| if has_learned { read(false) } else { Err(false) }).ok()
}

/// A reader of one pickle.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are not the states of one thing")]
struct Reader<'p> {
    input: &'p [u8],
    at: usize,
    options: PickleOptions,
    buffers: &'p [&'p [u8]],
    /// The number of the next out-of-band buffer.
    buffer: usize,
    memo: Vec<Entry>,
    /// Where the lists, sets and dicts in the memo end, and where they begin.
    ends: Vec<(u32, u32)>,
    plans: Plans,
    old_names: bool,
    /// Whether the pickle has the objects, tuples and numbers of protocols 0 and 1. Lists, dicts and text are those of
    /// protocol 0 if `plans.is_text`.
    is_old: bool,
    /// Whether 8-bit strings are text.
    bytes_are_text: bool,
    /// The heads that are being filled: the root's, and those of lists whose length is not yet known. Those in use end
    /// at `top`; the bytes after it are zero.
    heads: Vec<u8>,
    top: usize,
    /// Space for the root's head, followed by the tail.
    tail: Vec<u8>,
    /// The text, which ends at `wrote`, and spare space after it.
    text: Vec<u8>,
    wrote: usize,
    raw: Vec<u8>,
    /// A raw array that is borrowed from the input, as long as it is the only one.
    lent: Option<&'p [u8]>,
    /// Whether the tail can only consist of a single list of bytes; `list` then borrows it from the input, with the
    /// position after it.
    has_one_list: bool,
    list: Option<(usize, &'p [u8])>,
    /// The number of raw arrays and buffers that were taken, which cannot be undone.
    taken: u32,
    /// How many more levels of parts may be nested here: the functions call each other once for each level.
    parts: u32,
    /// The memo entry of the function that encodes text as bytes.
    encoder: Entry,
    /// The memo entry of the last time zone, and its offset from UTC.
    zone: (Entry, i32),
    /// Whether a row is read for the second time.
    with_care: bool,
    /// Whether a part is being read again at its beginning, because it came from the memo.
    is_again: bool,
    /// The memo entry of the function that makes NumPy's scalars, and the last type of these with its entry.
    scalar: Entry,
    dtype: Option<(Entry, Dtype)>,
    /// The machine that reads unusual parts, once there is one.
    unusual: Option<Box<Unusual<'p>>>,
    /// Whether rows are compared with what was learned from those before.
    learns: bool,
    /// Whether the memo lacks the beginnings of some parts, because rows that contain them were read as learned.
    has_learned: bool,
    /// The memo entry of the tuple, object or class that was completed last, whether it is in the memo or not.
    last: Entry,
    /// Whether the pickle says under which numbers it puts parts in the memo.
    numbers_puts: bool,
    /// How many more bytes may be read by attempts that fail.
    left: usize,
    /// How many more bytes may be read again because they came from the memo.
    copies: usize,
}

/// The state to return to if an attempt fails.
struct Checkpoint {
    at: usize,
    memo: usize,
    top: usize,
    tail: usize,
    wrote: usize,
    taken: u32,
    parts: u32,
    with_care: bool,
}

impl<'p> Reader<'p> {
    fn new(
        schema: &'static Schema,
        pickle: &'p [u8],
        buffers: &'p [&'p [u8]],
        (options, learns): (&PickleOptions, bool),
    ) -> Self {
        Self {
            input: pickle,
            options: *options,
            buffers,
            old_names: options.fix_imports,
            bytes_are_text: options.strings != Strings::Bytes,
            tail: alloc::vec![0; schema.head],
            has_one_list: schema.byte_lists() == Some(1),
            parts: stack::parts(options.depth),
            encoder: NOTHING,
            zone: (NOTHING, 0),
            scalar: NOTHING,
            learns,
            left: 4 * pickle.len() + 1024,
            copies: pickle.len() + (1 << 20),
            ..Self::default()
        }
    }

    /// Returns the image of the pickle. If the fast reader gives up: whether the memo lacks the beginnings of some
    /// parts.
    fn image(mut self, schema: &'static Schema) -> Result<Filled<'p>, bool> {
        self.whole(schema).ok_or(self.has_learned)?;
        let Self { heads, mut tail, mut text, wrote, raw, lent, list, .. } = self;
        if list.is_some() && tail.len() != schema.head {
            return Err(false);
        }
        text.truncate(wrote);
        tail[..schema.head].copy_from_slice(&heads[..schema.head]);
        Ok(Filled::new(schema.head, (tail, text, raw)).lending(list.map(|(_, list)| list), lent))
    }

    fn whole(&mut self, schema: &'static Schema) -> Option<()> {
        self.protocol()?;
        let plan = self.plans.of(Of::Value(schema));
        let plan = self.plan(plan)?;
        self.row(&plan)?;
        self.code(op::STOP)?;
        (self.buffer == self.buffers.len()).then_some(())
    }

    fn protocol(&mut self) -> Option<()> {
        match self.input.get(..2) {
            Some(&[op::PROTO, protocol @ 0..=5]) => {
                self.at = 2;
                self.old_names = self.options.fix_imports && protocol < 3;
                Some(())
            }
            // Pickles of protocols 0 and 1 do not begin with PROTO.
            _ => {
                (self.is_old, self.plans.is_old) = (true, true);
                self.plans.is_text = is_text(self.input);
                Some(())
            }
        }
    }

    /// Allocates a zeroed head of `size` bytes, and returns where it begins.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn head(&mut self, size: usize) -> usize {
        let base = self.top;
        self.top += size;
        if self.top > self.heads.len() {
            self.more_heads();
        }
        base
    }

    #[cold]
    #[inline(never)]
    fn more_heads(&mut self) {
        self.heads.resize(self.top + self.top / 2 + 64, 0);
    }

    /// Moves the heads from `base` on to the tail, before everything that was added since the tail was `start` bytes
    /// long.
    fn settle(&mut self, start: usize, base: usize) {
        let heads = self.heads.get_mut(base..self.top).unwrap_or_default();
        let len = heads.len();
        let is_first = self.tail.len() == start;
        self.tail.extend_from_slice(heads);
        heads.fill(0);
        self.top = base;
        if !is_first {
            self.tail[start..].rotate_right(len);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn write<const N: usize>(&mut self, base: usize, at: u32, bytes: [u8; N]) -> Option<()> {
        *self.heads.get_mut(base + at as usize..)?.first_chunk_mut()? = bytes;
        Some(())
    }

    /// Writes a length in its short form; longer ones are left to the machine.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn length(&mut self, at: usize, length: usize) -> Option<()> {
        let length = u32::try_from(length).ok().filter(|length| *length != u32::MAX)?;
        self.write(at, 0, length.to_le_bytes())
    }

    /// Reads a value whose head is in the tail.
    fn behind(&mut self, plan: &Plan) -> Option<()> {
        let (start, base) = (self.tail.len(), self.head(plan.size));
        self.ops(plan.steps(), base)?;
        self.settle(start, base);
        Some(())
    }

    /// Returns the plan with a number, unless it nests deeper than `parts` allows.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plan(&mut self, number: u32) -> Option<Rc<Plan>> {
        let plan = self.plans.get(number)?;
        (plan.deepest <= self.parts).then_some(plan)
    }

    /// Reads by the plan with a number, `deep` levels of parts further down.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn inner(&mut self, (plan, deep): (u32, u32), read: impl FnOnce(&mut Self, &Plan) -> Option<()>) -> Option<()> {
        let outer = self.parts;
        self.parts = outer.checked_sub(deep)?;
        let plan = self.plan(plan)?;
        read(self, &plan)?;
        self.parts = outer;
        Some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            at: self.at,
            memo: self.memo.len(),
            top: self.top,
            tail: self.tail.len(),
            wrote: self.wrote,
            taken: self.taken,
            parts: self.parts,
            with_care: self.with_care,
        }
    }

    /// Goes back to a place, and charges what was read since; `None` if that exceeds `left`, or cannot be undone.
    fn back(&mut self, place: &Checkpoint) -> Option<()> {
        self.left = self.left.checked_sub(self.at.abs_diff(place.at) + 1)?;
        self.restore(place)
    }

    fn restore(&mut self, place: &Checkpoint) -> Option<()> {
        // Taken buffers, and a lent array that was copied, cannot be undone.
        if self.taken != place.taken {
            return None;
        }
        self.at = place.at;
        self.memo.truncate(place.memo);
        while self.ends.last().is_some_and(|&(end, _)| end as usize > place.at) {
            self.ends.pop();
        }
        self.heads.get_mut(place.top..self.top)?.fill(0);
        self.top = place.top;
        self.tail.truncate(place.tail);
        self.list = self.list.filter(|&(end, _)| end <= place.at);
        self.wrote = place.wrote;
        (self.parts, self.with_care) = (place.parts, place.with_care);
        Some(())
    }
}

/// Returns whether a pickle without PROTO has the lists, dicts and text of protocol 0, judged by the first opcode that
/// only one of protocols 0 and 1 uses.
fn is_text(input: &[u8]) -> bool {
    let mut at = 0;
    while let Ok(next) = scan::op(input, at) {
        match next.code {
            op::PUT | op::GET | op::LIST | op::DICT | op::UNICODE | op::FLOAT => return true,
            op::BINPUT | op::LONG_BINPUT | op::EMPTY_LIST | op::EMPTY_DICT | op::BINUNICODE | op::BINFLOAT => break,
            op::EMPTY_TUPLE | op::BININT | op::BININT1 | op::BININT2 | op::STOP => break,
            _ => at = next.end,
        }
    }
    false
}
