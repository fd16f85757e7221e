//! The fast way in: a pickle that is laid out as the writers of pickles lay out such a type, read straight into an image
//! by a plan of that type, in one pass over the bytes.
//!
//! What it takes, it takes for what the stack machine would leave. Where a row holds something unusual, the row is read
//! once more with care for what seldom comes; what is not understood then is run by the machine, that part alone
//! (`unusual.rs`). Where that does not help either, or nearly all is unusual, it gives up without a word, and the machine
//! reads the pickle from its start: so it may know little, and has no errors of its own.

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

use self::memo::{Kept, NOTHING};
use self::plan::{Of, Plan, Plans};
use self::unusual::Unusual;
use super::scan;
use crate::pickle::opcode as op;
use crate::pickle::options::{PickleOptions, Strings};
use crate::protocol::stack;
use crate::schema::Schema;
use crate::value::Dtype;
use crate::walk::Filled;

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
#[derive(Default)]
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
    /// Whether the tail holds one list of bytes and nothing else. If that stays where it came from, up to where the pickle
    /// was then read, and the list.
    has_one_list: bool,
    list: Option<(usize, &'p [u8])>,
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

    /// The image of the pickle; or, where there is no fast way, whether parts of it have been forgotten.
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
    fn behind(&mut self, plan: &Plan) -> Option<()> {
        let (start, base) = (self.tail.len(), self.head(plan.size));
        self.ops(plan.steps(), base)?;
        self.settle(start, base);
        Some(())
    }

    /// The plan with a number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plan(&mut self, number: u32) -> Option<Rc<Plan>> {
        let plan = self.plans.get(number)?;
        (plan.deepest <= self.parts).then_some(plan)
    }

    /// Reads by the plan with a number, so many parts deeper.
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
        self.list = self.list.filter(|&(end, _)| end <= place.at);
        self.wrote = place.wrote;
        (self.parts, self.with_care) = (place.parts, place.with_care);
        Some(())
    }
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
