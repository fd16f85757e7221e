//! The fast way in: a pickle that is laid out as the writers of pickles lay out such a type, read straight into an image
//! by a plan of that type, in one pass over the bytes.
//!
//! What it takes, it takes for what the stack machine would leave. Where a row holds something unusual, the row is read
//! once more with care for what seldom comes; what is not understood then is run by the machine, that part alone
//! (`part.rs`). Where that does not help either, or nearly all is unusual, it gives up without a word, and the machine
//! reads the pickle from its start: so it may know little, and has no errors of its own.

mod bytes;
mod class;
mod group;
mod learned;
mod ops;
mod part;
mod plan;
mod planner;
mod scalar;
mod skim;
mod standard;
mod unordered;
mod variant;

use alloc::boxed::Box;
use alloc::vec::Vec;

use self::part::Unusual;
use self::plan::Plan;
use self::planner::Plans;
use super::scan;
use crate::pickle::opcode as op;
use crate::pickle::options::{PickleOptions, Strings};
use crate::protocol::stack;
use crate::schema::Schema;
use crate::value::Dtype;
use crate::walk::Filled;

/// What stands at a number of the memo: where it begins, and of what can begin with other parts, as tuples, classes and
/// objects do, in the upper half, where it was there.
type Kept = u64;

/// The bit beside the place where a class or function begins.
const CLASS: u32 = 1 << 31;

/// What nothing in the memo is.
const NOTHING: Kept = Kept::MAX;

/// The bytes that are looked at at once, and the blocks in which text is copied.
const BLOCK: usize = 16;

/// Fills the image of a pickle that holds nothing unusual.
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
    // What was learned says nothing of where parts begin that come from the memo later.
    read(true).or_else(|has_learned| if has_learned { read(false) } else { Err(false) }).ok()
}

/// A reader of one pickle.
#[allow(clippy::struct_excessive_bools, reason = "they are not the states of one thing")]
struct Reader<'p> {
    input: &'p [u8],
    at: usize,
    options: PickleOptions,
    buffers: &'p [&'p [u8]],
    /// The buffer that comes next.
    buffer: usize,
    memo: Vec<Kept>,
    plans: Plans,
    old_names: bool,
    /// Whether objects, tuples and numbers are those of protocols 0 and 1, and whether lists and dicts are those of 0.
    is_old: bool,
    /// Whether 8-bit strings are text.
    bytes_are_text: bool,
    /// The heads that are being filled: the root's, and those of lists whose number is not yet known. Those in use end at
    /// `top`; what is behind them is zero.
    heads: Vec<u8>,
    top: usize,
    /// Space for the root's head, and the tail.
    tail: Vec<u8>,
    /// The text, which ends at `wrote`, and space for more.
    text: Vec<u8>,
    wrote: usize,
    raw: Vec<u8>,
    /// A raw array that stands where it came from, as long as it is the only one.
    lent: Option<&'p [u8]>,
    /// How many raw arrays and buffers were taken.
    taken: u32,
    /// How many parts may stand inside one another here: the functions call one another for each.
    parts: u32,
    /// The function that encodes text as bytes, in the memo.
    encoder: Kept,
    /// The time zone that was met last, in the memo, and how far it is ahead.
    zone: (Kept, i32),
    /// Whether a row is read for the second time.
    with_care: bool,
    /// Whether a part is read for the second time, as it came from the memo.
    is_again: bool,
    /// The function that makes NumPy's scalars, in the memo, and their type that was met last.
    scalar: Kept,
    dtype: Option<(Kept, Dtype)>,
    /// What reads the parts that are unusual, once there is one.
    unusual: Option<Box<Unusual<'p>>>,
    /// Whether rows are read as those before were.
    learns: bool,
    /// Whether it was not kept for some parts where they begin.
    has_learned: bool,
    /// How many bytes may be read in vain.
    left: usize,
    /// How many bytes may be read again, as they came from the memo.
    copies: usize,
}

/// What to return to, if what was tried is not there.
struct Place {
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
            at: 0,
            options: *options,
            buffers,
            buffer: 0,
            memo: Vec::new(),
            plans: Plans::default(),
            old_names: options.fix_imports,
            is_old: false,
            bytes_are_text: options.strings != Strings::Bytes,
            heads: Vec::new(),
            top: 0,
            tail: alloc::vec![0; schema.head],
            text: Vec::new(),
            wrote: 0,
            raw: Vec::new(),
            lent: None,
            taken: 0,
            parts: stack::parts(options.depth),
            encoder: NOTHING,
            zone: (NOTHING, 0),
            with_care: false,
            is_again: false,
            scalar: NOTHING,
            dtype: None,
            unusual: None,
            learns,
            has_learned: false,
            left: 4 * pickle.len() + 1024,
            copies: pickle.len() + (1 << 20),
        }
    }

    /// The image of the pickle; or, where there is no fast way, whether parts of it have been forgotten.
    fn image(mut self, schema: &'static Schema) -> Result<Filled<'p>, bool> {
        self.whole(schema).ok_or(self.has_learned)?;
        let Self { heads, mut tail, mut text, wrote, raw, lent, .. } = self;
        text.truncate(wrote);
        tail[..schema.head].copy_from_slice(&heads[..schema.head]);
        Ok(Filled::new(schema.head, (tail, text, raw), lent))
    }

    fn whole(&mut self, schema: &'static Schema) -> Option<()> {
        self.protocol()?;
        let plan = self.plans.of_value(schema);
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
            // Protocols 0 and 1 do not say so.
            _ => {
                (self.is_old, self.plans.is_old) = (true, true);
                self.plans.is_text = is_text(self.input);
                Some(())
            }
        }
    }

    /// A zeroed head of so many bytes: where it begins.
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

    /// Moves the heads from `base` on to the tail, before those that were put there since it was `start` bytes long.
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

    /// A length in its short form; longer ones are left to the machine.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn length(&mut self, at: usize, length: usize) -> Option<()> {
        let length = u32::try_from(length).ok().filter(|length| *length != u32::MAX)?;
        self.write(at, 0, length.to_le_bytes())
    }

    /// A value whose head stands in the tail.
    fn behind(&mut self, plan: u32, deep: u32) -> Option<()> {
        let outer = self.deeper(deep)?;
        let plan = self.plan(plan)?;
        let (start, base) = (self.tail.len(), self.head(plan.size));
        self.ops(plan.steps(), base)?;
        self.settle(start, base);
        self.parts = outer;
        Some(())
    }

    /// The plan with a number.
    fn plan(&mut self, number: u32) -> Option<alloc::rc::Rc<Plan>> {
        let plan = self.plans.get(number)?;
        (plan.deepest <= self.parts).then_some(plan)
    }

    /// Goes so many parts deeper; what to go back to.
    fn deeper(&mut self, deep: u32) -> Option<u32> {
        let outer = self.parts;
        self.parts = outer.checked_sub(deep)?;
        Some(outer)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place(&self) -> Place {
        Place {
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

    /// Forgets what was read since; `None` where too much was.
    fn back(&mut self, place: &Place) -> Option<()> {
        self.left = self.left.checked_sub(self.at.abs_diff(place.at) + 1)?;
        self.restore(place)
    }

    fn restore(&mut self, place: &Place) -> Option<()> {
        // What was lent may have been copied, and buffers were taken: that is not undone.
        if self.taken != place.taken {
            return None;
        }
        self.at = place.at;
        self.memo.truncate(place.memo);
        self.heads.get_mut(place.top..self.top)?.fill(0);
        self.top = place.top;
        self.tail.truncate(place.tail);
        self.wrote = place.wrote;
        (self.parts, self.with_care) = (place.parts, place.with_care);
        Some(())
    }

    /// Reads what came from the memo where it stands; `None` if something else begins there.
    fn again<T>(&mut self, kept: Kept, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (at, memo, is_again, parts) = (self.at, self.memo.len(), self.is_again, self.parts);
        let start = start_of(kept);
        self.at = start;
        self.is_again = true;
        // What holds itself never ends.
        let read = self.deeper(plan::LEAST).and_then(|_| read(self));
        let copied = self.at.abs_diff(start);
        // Of several parts that begin there, the last is the largest, and the one that was read.
        let met = self.memo.get(memo..).unwrap_or_default().iter().rfind(|met| **met as u32 == kept as u32);
        let is_same = met == Some(&kept);
        self.memo.truncate(memo);
        (self.at, self.is_again, self.parts) = (at, is_again, parts);
        self.copies = self.copies.checked_sub(copied)?;
        read.filter(|_| is_same)
    }

    /// What to keep of something that began at `start` and is there now.
    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn made(&self, start: u32) -> Kept {
        (self.at as Kept) << 32 | start as Kept
    }
}

/// Whether something is a tuple, an object or what a call has made.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn is_composite(kept: Kept) -> bool {
    kept >> 32 != 0 && kept as u32 & CLASS == 0
}

/// Whether a pickle that does not say its protocol has the lists, dicts and text of protocol 0: the first opcodes that
/// only one of the two has.
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

const fn start_of(kept: Kept) -> usize {
    (kept as u32 & !CLASS) as usize
}
