//! The operations of a plan, one after another.

use alloc::vec::Vec;
use core::slice::Iter;

use super::learned::Trace;
use super::plan::{Around, Made, NESTED, Op, Plan, Span, Steps, tuple_code};
use super::scalar::{FLOAT, bool_of, is_get, single, usual_char, usual_float, usual_int, usual_wide};
use super::{Kept, Place, Reader, start_of};
use crate::pickle::opcode::{
    BININT, BININT1, BININT2, BINPUT, BUILD, DICT, EMPTY_TUPLE, LONG_BINPUT, LONG1, MARK, MEMOIZE, NEWOBJ, NONE,
    REDUCE, SETITEM, TUPLE, TUPLE1, TUPLE2,
};

/// A place where nothing begins.
const NOWHERE: u32 = u32::MAX;

/// Where an object begins whose attributes are added one by one.
const EACH: u32 = u32::MAX - 1;

/// The operations of a plan, those that are still to come, and how many of these belong to the one that was met.
type Rest<'r, 'o> = (&'o [Op], &'r mut Iter<'o, Op>, u32);

/// Where the tuples and objects of a plan began: of an object that was given its state, nowhere.
type Begins = [u32; NESTED + 1];

impl Reader<'_> {
    /// Reads a row of its own: once, and where that fails, once more with care.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn row(&mut self, plan: &Plan) -> Option<()> {
        let place = self.place();
        if self.row_once(plan).is_some() { Some(()) } else { self.row_with_care(plan, &place) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn row_once(&mut self, plan: &Plan) -> Option<()> {
        let base = self.head(plan.size);
        self.run_once(&plan.ops, base)
    }

    /// Reads a row anew.
    #[cold]
    #[inline(never)]
    pub(super) fn row_with_care(&mut self, plan: &Plan, place: &Place) -> Option<()> {
        self.back(place)?;
        let base = self.head(plan.size);
        self.with_care = true;
        let read = self.ops(plan.steps(), base);
        self.with_care = place.with_care;
        read
    }

    /// What belongs to a row, in it or in the tail.
    pub(super) fn ops(&mut self, (ops, spans): Steps<'_>, base: usize) -> Option<()> {
        if self.with_care { self.run_with_care((ops, spans), base) } else { self.run_once(ops, base) }
    }

    #[inline(never)]
    fn run_once(&mut self, ops: &[Op], base: usize) -> Option<()> {
        self.run::<false>(ops, base, &mut Trace::new())
    }

    /// One after another; where they began is noted for what is learned from it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn run<const IS_NOTED: bool>(&mut self, ops: &[Op], base: usize, trace: &mut Trace) -> Option<()> {
        let (mut begins, mut next) = ([NOWHERE; NESTED + 1], ops.iter());
        while let Some(op) = next.next() {
            if IS_NOTED {
                trace.push(((ops.len() - next.len() - 1) as u32, self.at, self.memo.len()));
            }
            let is_told = self.step::<false>(op, (ops, &mut next), &mut begins, base)?;
            if IS_NOTED && !is_told {
                trace.push((u32::MAX, 0, 0));
            }
        }
        Some(())
    }

    /// The same with care for what seldom comes. Of the values that an operation fails in, the innermost is read by the
    /// machine.
    #[cold]
    #[inline(never)]
    fn run_with_care(&mut self, (ops, mut spans): Steps<'_>, base: usize) -> Option<()> {
        let (mut begins, mut next) = ([NOWHERE; NESTED + 1], ops.iter());
        let mut open: Vec<(&Span, Place)> = Vec::new();
        loop {
            self.peek()?;
            let number = (ops.len() - next.len()) as u32;
            open.retain(|(span, _)| span.to > number);
            while let Some((span, rest)) = spans.split_first().filter(|(span, _)| span.from <= number) {
                if span.from == number {
                    open.push((span, self.place()));
                }
                spans = rest;
            }
            let Some(op) = next.next() else { return Some(()) };
            if self.step::<true>(op, (ops, &mut next), &mut begins, base).is_none() {
                next = ops.get(self.innermost(&mut open, base)?..)?.iter();
            }
        }
    }

    /// Has the machine read the innermost of the values that are open which it can; the operation behind it.
    fn innermost(&mut self, open: &mut Vec<(&Span, Place)>, base: usize) -> Option<usize> {
        while let Some((span, place)) = open.pop() {
            self.back(&place)?;
            let at = base + span.at;
            self.heads.get_mut(at..at + span.schema.head)?.fill(0);
            if self.part(span.schema, at).is_some() {
                return Some(span.to as usize);
            }
        }
        None
    }

    /// One operation; `false` where a value was read of which no operation tells.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn step<'o, const WITH_CARE: bool>(
        &mut self,
        op: &'o Op,
        (ops, next): (&'o [Op], &mut Iter<'o, Op>),
        begins: &mut Begins,
        base: usize,
    ) -> Option<bool> {
        match op {
            Op::Tuple { marked, depth, skip, is_plain } => {
                if (WITH_CARE || !is_plain) && is_get(*self.input.get(self.at)?) {
                    let at = self.at;
                    if let Some(kept) = self.composite() {
                        if self.is_part(kept, (ops, next.clone(), *skip), base) {
                            return self.part_again(kept, (ops, next, *skip), base).map(|()| false);
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
                let is_rebuilt = made.is_old && self.rebuilt(made.class.tag, &made.class.seen)?;
                if !is_rebuilt {
                    if let Some(kept) = self.class(&made.class)? {
                        return self.part_again(kept, (ops, next, made.skip), base).map(|()| false);
                    }
                }
                let begin = begins.get_mut(usize::from(made.depth))?;
                *begin = NOWHERE;
                if is_rebuilt {
                    // It is there, and takes its state.
                } else if self.input.get(self.at..)?.starts_with(&[EMPTY_TUPLE, NEWOBJ]) && made.takes_state {
                    self.at += 2;
                    self.put(self.made(start))?;
                } else if self.takes_arguments(made, start)? {
                    *begin = start;
                }
                if WITH_CARE && self.attributes(made, base)? {
                    *next = next.as_slice().get(made.skip as usize - 1..)?.iter();
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
                    *next = next.as_slice().get(*skip as usize..)?.iter();
                } else {
                    self.write(base, *at, [1])?;
                }
            }
            Op::Seconds { skip, .. } => {
                if !matches!(*self.input.get(self.at)?, BININT1 | BININT2 | BININT | LONG1 | MARK) {
                    return self.seconds(op, (ops, next, *skip), base).map(|()| false);
                }
            }
            Op::Cython(made) => {
                if let Some(kept) = self.made_by_cython(made)? {
                    return self.part_again(kept, (ops, next, made.skip), base).map(|()| false);
                }
            }
            Op::Attributes { depth, at } => self.around_attributes(*at, begins.get_mut(usize::from(*depth))?)?,
            value => self.value(value, base)?,
        }
        Some(true)
    }

    /// What stands around the attributes of protocol 0; `begin` says meanwhile whether they are added one by one.
    #[inline(never)]
    fn around_attributes(&mut self, at: Around, begin: &mut u32) -> Option<()> {
        let is_each = *begin == EACH;
        match at {
            Around::Open => {
                let start = self.at;
                self.code(MARK)?;
                if self.peek()? == DICT {
                    *begin = EACH;
                    self.at += 1;
                    self.put(start as Kept)?;
                }
                Some(())
            }
            Around::Each if is_each => self.code(SETITEM),
            Around::Close if !is_each => self.code(DICT).and_then(|()| self.put(self.at as Kept)),
            Around::Close => {
                *begin = NOWHERE;
                Some(())
            }
            Around::Each => Some(()),
        }
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
            Op::Char(at) => {
                let (value, len) = usual_char(rest)?;
                self.write(base, *at, value.to_le_bytes())?;
                self.put_at(from + len, from as Kept)
            }
            Op::Wide { at, signed } => {
                let (value, len) = usual_wide(rest)?;
                (*signed || value >= 0).then_some(())?;
                self.write(base, *at, value.to_le_bytes())?;
                Some(from + len)
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
                let value = self.bool()?;
                self.write(base, *at, [value.into()])
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
                self.ops(plan.steps(), base + *at as usize)?;
                self.parts = outer;
                Some(())
            }
            Op::EndRange => {
                let has_step = !matches!(self.peek()?, TUPLE2 | TUPLE);
                if has_step && self.int()? != 1 {
                    return None;
                }
                self.code(tuple_code(if has_step { 3 } else { 2 }, self.is_old))?;
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
    fn is_part<'o>(&mut self, kept: Kept, mut rest: (&'o [Op], Iter<'o, Op>, u32), base: usize) -> bool {
        let place = self.place();
        let aside = self.head(self.top - base);
        let is_part = self.part_again(kept, (rest.0, &mut rest.1, rest.2), aside).is_some();
        self.restore(&place).is_some() && is_part
    }

    /// Reads a part that comes from the memo by the operations that begin with the one before `next`; where it goes on.
    #[cold]
    #[inline(never)]
    fn part_again(&mut self, kept: Kept, (ops, next, skip): Rest<'_, '_>, base: usize) -> Option<()> {
        let (_, rest) = next.as_slice().split_at_checked(skip as usize)?;
        let end = ops.len() - rest.len();
        let part = ops.get((end - skip as usize).checked_sub(1)?..end)?;
        self.again(kept, |this| this.ops((part, &[]), base))?;
        *next = rest.iter();
        Some(())
    }

    #[cold]
    #[inline(never)]
    fn seconds(&mut self, op: &Op, (ops, next, skip): Rest<'_, '_>, base: usize) -> Option<()> {
        let Op::Seconds { at, signed, .. } = op else { return None };
        // A tuple may come from the memo too.
        let number = self.composite();
        if let Some(kept) = number {
            let code = *self.input.get(start_of(kept))?;
            if matches!(code, BININT1 | BININT2 | BININT | LONG1 | MARK) {
                return self.part_again(kept, (ops, next, skip), base);
            }
            self.again(kept, |this| this.seconds_of_python(*signed, base + *at as usize))?;
        } else {
            self.seconds_of_python(*signed, base + *at as usize)?;
        }
        *next = next.as_slice().get(skip as usize..)?.iter();
        Some(())
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
