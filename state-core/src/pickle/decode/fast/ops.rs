//! The operations of a plan, one after another.

use core::slice::Iter;

use super::learned::Trace;
use super::plan::{Made, NESTED, Op, Plan};
use super::scalar::{FLOAT, bool_of, single, usual_float, usual_int};
use super::{Kept, Place, Reader, start_of};
use crate::pickle::opcode::{
    BINGET, BININT, BININT1, BININT2, BINPUT, BUILD, EMPTY_TUPLE, LONG_BINGET, LONG_BINPUT, LONG1, MARK, MEMOIZE,
    NEWOBJ, NONE, REDUCE, TUPLE1, TUPLE2, TUPLE3,
};

/// A place where nothing begins.
const NOWHERE: u32 = u32::MAX;

/// The operations of a plan, those that are still to come, and how many of these belong to the one that was met.
type Rest<'o> = (&'o [Op], Iter<'o, Op>, u32);

/// Where the tuples and objects of a plan began: of an object that was given its state, nowhere.
type Begins = [u32; NESTED + 1];

impl Reader<'_> {
    /// Reads a row of its own: once, and where that fails, once more with care.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn row(&mut self, plan: &Plan, read: impl FnOnce(&mut Self, &Plan, &Place) -> Option<()>) -> Option<()> {
        let place = self.place();
        self.head(plan.size);
        if read(self, plan, &place).is_some() { Some(()) } else { self.row_with_care(plan, &place) }
    }

    #[cold]
    #[inline(never)]
    fn row_with_care(&mut self, plan: &Plan, place: &Place) -> Option<()> {
        if self.with_care {
            return None;
        }
        self.back(place)?;
        let base = self.head(plan.size);
        self.with_care = true;
        let read = self.ops(&plan.ops, base);
        self.with_care = false;
        read
    }

    pub(super) fn by_ops(&mut self, plan: &Plan, place: &Place) -> Option<()> {
        self.ops(&plan.ops, place.top)
    }

    /// What belongs to a row, in it or in the tail.
    #[inline(never)]
    pub(super) fn ops(&mut self, ops: &[Op], base: usize) -> Option<()> {
        match self.with_care {
            true => self.run::<true, false>(ops, base, &mut Trace::new()),
            false => self.run::<false, false>(ops, base, &mut Trace::new()),
        }
    }

    /// One after another; where they began is noted for what is learned from it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn run<const WITH_CARE: bool, const IS_NOTED: bool>(
        &mut self,
        ops: &[Op],
        base: usize,
        trace: &mut Trace,
    ) -> Option<()> {
        let mut begins: Begins = [NOWHERE; NESTED + 1];
        let mut next = ops.iter();
        while let Some(op) = next.next() {
            if WITH_CARE {
                self.peek()?;
            }
            if IS_NOTED {
                trace.push(((ops.len() - next.len() - 1) as u32, self.at, self.memo.len()));
            }
            match op {
                Op::Tuple { marked, depth, skip, is_plain } => {
                    if (WITH_CARE || !is_plain) && matches!(*self.input.get(self.at)?, BINGET | LONG_BINGET) {
                        let at = self.at;
                        if let Some(kept) = self.composite() {
                            if self.is_part(kept, (ops, next.clone(), *skip), base) {
                                next = self.part_again(kept, (ops, next, *skip), base)?;
                                unlearned(IS_NOTED, trace);
                                continue;
                            }
                            // It is the first of its items.
                            self.at = at;
                        }
                    }
                    if let Some(begin) = begins.get_mut(usize::from(*depth)) {
                        *begin = self.at as u32;
                    }
                    if *marked {
                        self.code(MARK)?;
                    }
                }
                Op::EndTuple { code, depth } => {
                    self.code(*code)?;
                    let begin = begins.get(usize::from(*depth)).copied().unwrap_or(NOWHERE);
                    self.put(self.made(begin))?;
                }
                Op::Object(made) => {
                    let start = self.at as u32;
                    if let Some(kept) = self.class(&made.class)? {
                        next = self.part_again(kept, (ops, next, made.skip), base)?;
                        unlearned(IS_NOTED, trace);
                        continue;
                    }
                    let begin = begins.get_mut(usize::from(made.depth))?;
                    *begin = NOWHERE;
                    if self.input.get(self.at..)?.starts_with(&[EMPTY_TUPLE, NEWOBJ]) && made.takes_state {
                        self.at += 2;
                        self.put(self.made(start))?;
                    } else if self.takes_arguments(made, start)? {
                        *begin = start;
                    }
                    if WITH_CARE && self.attributes(made, base)? {
                        next = next.as_slice().get(made.skip as usize - 1..)?.iter();
                    }
                }
                Op::EndObject { depth } => self.end_object(*begins.get(usize::from(*depth))?)?,
                Op::Put(code) => {
                    let start = self.at;
                    self.code(*code)?;
                    self.put(start as Kept)?;
                }
                Op::Code(code) => self.code(*code)?,
                Op::Name { name, seen } => self.name_of(name, seen)?,
                Op::Optional { at, skip, wrapped } => {
                    let is_none = *self.input.get(self.at)? == NONE;
                    if is_none && !(*wrapped && self.is_wrapped(next.as_slice().get(*skip as usize..)?)) {
                        self.at += 1;
                        next = next.as_slice().get(*skip as usize..)?.iter();
                    } else {
                        self.write(base, *at, [1])?;
                    }
                }
                Op::Seconds { skip, .. } => {
                    if !matches!(*self.input.get(self.at)?, BININT1 | BININT2 | BININT | LONG1) {
                        next = self.seconds(op, (ops, next, *skip), base)?;
                        unlearned(IS_NOTED, trace);
                    }
                }
                Op::Cython(made) => {
                    if let Some(kept) = self.made_by_cython(made)? {
                        next = self.part_again(kept, (ops, next, made.skip), base)?;
                        unlearned(IS_NOTED, trace);
                    }
                }
                value => self.value(value, base)?,
            }
        }
        Some(())
    }

    /// A value that is a single operation.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value(&mut self, op: &Op, base: usize) -> Option<()> {
        match self.usual(op, base, self.at) {
            Some(at) => {
                self.at = at;
                Some(())
            }
            None => self.other(op, base),
        }
    }

    /// A number or text in the form that most have; where it ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn usual(&mut self, op: &Op, base: usize, from: usize) -> Option<usize> {
        let rest = self.input.get(from..)?;
        macro_rules! usual {
            ($type:ty, $at:ident) => {{
                let (value, len) = usual_int(rest)?;
                self.write(base, *$at, <$type>::try_from(value).ok()?.to_le_bytes())?;
                Some(from + len)
            }};
        }
        match op {
            Op::I32(at) => usual!(i32, at),
            Op::I64(at) => {
                let (value, len) = usual_int(rest)?;
                self.write(base, *at, value.to_le_bytes())?;
                Some(from + len)
            }
            Op::U32(at) => usual!(u32, at),
            Op::Text(at) => self.usual_text(base + *at as usize, from),
            Op::Double(at) => {
                self.write(base, *at, usual_float(rest)?.to_le_bytes())?;
                Some(from + FLOAT)
            }
            Op::Single(at) => {
                self.write(base, *at, single(usual_float(rest)?)?.to_le_bytes())?;
                Some(from + FLOAT)
            }
            Op::Bool(at) => {
                self.write(base, *at, [bool_of(*rest.first()?)?])?;
                Some(from + 1)
            }
            Op::I8(at) => usual!(i8, at),
            Op::I16(at) => usual!(i16, at),
            Op::U8(at) => usual!(u8, at),
            Op::U16(at) => usual!(u16, at),
            Op::U64(at) => usual!(u64, at),
            _ => None,
        }
    }

    /// Values of all other forms, and those that take their time.
    #[inline(never)]
    pub(super) fn other(&mut self, op: &Op, base: usize) -> Option<()> {
        match op {
            Op::Group(group) => self.group(base, group),
            Op::Text(at) => self.text(base + *at as usize),
            Op::Double(at) => {
                let value = self.float()?;
                self.write(base, *at, value.to_le_bytes())
            }
            Op::Single(at) => {
                let value = single(self.float()?)?;
                self.write(base, *at, value.to_le_bytes())
            }
            Op::Bool(at) => {
                self.peek()?;
                let [code] = *self.bytes(1)?.first_chunk()?;
                self.write(base, *at, [bool_of(code)?])
            }
            Op::Char(at) => {
                let value = self.char()?;
                self.write(base, *at, value.to_le_bytes())
            }
            Op::NonZero { at, size } => {
                let at = base + *at as usize;
                let bytes = self.heads.get(at..at + *size as usize)?;
                bytes.iter().any(|&byte| byte != 0).then_some(())
            }
            Op::Wide { at, signed } => self.int_of_128(base + *at as usize, *signed),
            Op::Bytes(at) => self.byte_list(base + *at as usize),
            Op::ByteArray { at, len } => self.byte_array(*len as usize, base + *at as usize),
            Op::Raw { at, raw, counted } => self.raw_array(raw, *counted, base + *at as usize),
            Op::Standard(of) => self.standard(base, of),
            Op::Enum(of) => self.variant(base, of),
            Op::Boxed { plan, deep } => self.behind(*plan, *deep),
            Op::Slots(slots) => self.members(slots, base),
            Op::Part { at, plan, deep } => {
                let outer = self.deeper(*deep)?;
                let plan = self.plan(*plan)?;
                self.ops(&plan.ops, base + *at as usize)?;
                self.parts = outer;
                Some(())
            }
            Op::EndRange => {
                let has_step = self.peek()? != TUPLE2;
                if has_step && self.int()? != 1 {
                    return None;
                }
                self.code(if has_step { TUPLE3 } else { TUPLE2 })?;
                self.put(self.made(NOWHERE))
            }
            number => self.other_int(number, base),
        }
    }

    /// An integer in any of its forms.
    fn other_int(&mut self, op: &Op, base: usize) -> Option<()> {
        let value = self.wide_int()?;
        match op {
            Op::I8(at) => self.write(base, *at, i8::try_from(value).ok()?.to_le_bytes()),
            Op::I16(at) => self.write(base, *at, i16::try_from(value).ok()?.to_le_bytes()),
            Op::I32(at) => self.write(base, *at, i32::try_from(value).ok()?.to_le_bytes()),
            Op::I64(at) => self.write(base, *at, i64::try_from(value).ok()?.to_le_bytes()),
            Op::U8(at) => self.write(base, *at, u8::try_from(value).ok()?.to_le_bytes()),
            Op::U16(at) => self.write(base, *at, u16::try_from(value).ok()?.to_le_bytes()),
            Op::U32(at) => self.write(base, *at, u32::try_from(value).ok()?.to_le_bytes()),
            Op::U64(at) => self.write(base, *at, u64::try_from(value).ok()?.to_le_bytes()),
            _ => None,
        }
    }

    /// Whether what the memo has is the part that the operations from the one before `next` on read.
    #[cold]
    #[inline(never)]
    fn is_part(&mut self, kept: Kept, rest: Rest<'_>, base: usize) -> bool {
        let place = self.place();
        let aside = self.head(self.top - base);
        let is_part = self.part_again(kept, rest, aside).is_some();
        self.restore(&place).is_some() && is_part
    }

    /// Reads a part that comes from the memo by the operations that begin with the one before `next`; where it goes on.
    #[cold]
    #[inline(never)]
    fn part_again<'o>(&mut self, kept: Kept, (ops, next, skip): Rest<'o>, base: usize) -> Option<Iter<'o, Op>> {
        let (_, rest) = next.as_slice().split_at_checked(skip as usize)?;
        let end = ops.len() - rest.len();
        let part = ops.get((end - skip as usize).checked_sub(1)?..end)?;
        self.again(kept, |this| this.ops(part, base))?;
        Some(rest.iter())
    }

    fn seconds<'o>(&mut self, op: &Op, (ops, next, skip): Rest<'o>, base: usize) -> Option<Iter<'o, Op>> {
        let Op::Seconds { at, signed, .. } = op else { return None };
        // A tuple may come from the memo too.
        let number = self.composite();
        if let Some(kept) = number {
            let code = *self.input.get(start_of(kept))?;
            if matches!(code, BININT1 | BININT2 | BININT | LONG1) {
                return self.part_again(kept, (ops, next, skip), base);
            }
            self.again(kept, |this| this.seconds_of_python(*signed, base + *at as usize))?;
        } else {
            self.seconds_of_python(*signed, base + *at as usize)?;
        }
        Some(next.as_slice().get(skip as usize..)?.iter())
    }

    /// Whether the nothing that comes next stands in a tuple that is not one of those which the operations end.
    #[cold]
    fn is_wrapped(&self, ops: &[Op]) -> bool {
        let others = ops.iter().take_while(|op| matches!(op, Op::EndTuple { code: TUPLE1, .. })).count();
        let mut rest = self.input.get(self.at + 1..).unwrap_or_default();
        let mut tuples = 0;
        loop {
            rest = match rest {
                [TUPLE1, rest @ ..] => {
                    tuples += 1;
                    rest
                }
                [MEMOIZE, rest @ ..] | [BINPUT, _, rest @ ..] | [LONG_BINPUT, _, _, _, _, rest @ ..] => rest,
                _ => return tuples > others,
            };
        }
    }

    /// Whether an object is made of arguments, which come next; and if it is made of none and ends here, `false`.
    #[inline(never)]
    fn takes_arguments(&mut self, made: &Made, start: u32) -> Option<bool> {
        if self.peek()? != EMPTY_TUPLE {
            return (made.takes_arguments && !made.is_bare).then_some(true);
        }
        self.at += 1;
        let code = self.peek()?;
        let is_made = code == NEWOBJ && made.takes_state || code == REDUCE && made.is_bare && made.takes_arguments;
        if !is_made {
            return None;
        }
        self.at += 1;
        self.put(self.made(start))?;
        Some(false)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end_object(&mut self, begin: u32) -> Option<()> {
        match (*self.input.get(self.at)?, begin) {
            (BUILD, NOWHERE) => {
                self.at += 1;
                Some(())
            }
            (_, NOWHERE) => None,
            (REDUCE | NEWOBJ, begin) => {
                self.at += 1;
                self.put(self.made(begin))
            }
            _ => None,
        }
    }
}

/// Says that a row holds values of which no operation tells.
fn unlearned(is_noted: bool, trace: &mut Trace) {
    if is_noted {
        trace.push((u32::MAX, 0, 0));
    }
}
