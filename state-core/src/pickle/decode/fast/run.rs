//! Runs the operations of a plan, one after another.

use alloc::vec::Vec;
use core::mem;
use core::slice::Iter;

use super::memo::{Entry, NOWHERE, is_composite, is_get, start_of};
use super::plan::{Around, NESTED, ObjectOp, Op, Plan, Span, Steps};
use super::{Checkpoint, Reader};
use crate::pickle::opcode::{
    BININT, BININT1, BININT2, BINPUT, BUILD, DICT, EMPTY_TUPLE, LONG_BINPUT, LONG1, MARK, MEMOIZE, NEWOBJ, NONE,
    REDUCE, SETITEM, TUPLE1,
};

/// In `begins`: the attributes of the object are added one by one.
const EACH: u32 = u32::MAX - 1;

/// Operations that are being run.
pub(super) struct Run<'o> {
    ops: &'o [Op],
    /// The operations that remain.
    pub next: Iter<'o, Op>,
    /// Where the open tuples and objects began; `NOWHERE` for an object that is given its state later.
    begins: [u32; NESTED + 1],
    /// Where the head begins.
    base: usize,
}

impl<'o> Run<'o> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn new(ops: &'o [Op], base: usize) -> Self {
        Self { ops, next: ops.iter(), begins: [NOWHERE; NESTED + 1], base }
    }

    /// Returns the index of the next operation.
    pub fn number(&self) -> usize {
        self.ops.len() - self.next.len()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn skip(&mut self, count: u32) -> Option<()> {
        self.next = self.next.as_slice().get(count as usize..)?.iter();
        Some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin(&mut self, depth: u8) -> Option<&mut u32> {
        self.begins.get_mut(usize::from(depth))
    }
}

impl Reader<'_> {
    /// Reads a row: once, and if that fails, once more with care.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn row(&mut self, plan: &Plan) -> Option<()> {
        let place = self.checkpoint();
        if self.row_once(plan).is_some() { Some(()) } else { self.row_with_care(plan, &place) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn row_once(&mut self, plan: &Plan) -> Option<()> {
        let base = self.head(plan.size);
        self.run_once(&plan.ops, base)
    }

    /// Reads a row again, with care for rare forms.
    #[cold]
    #[inline(never)]
    pub(super) fn row_with_care(&mut self, plan: &Plan, place: &Checkpoint) -> Option<()> {
        self.back(place)?;
        let base = self.head(plan.size);
        self.with_care = true;
        let read = self.ops(plan.steps(), base);
        self.with_care = place.with_care;
        read
    }

    /// Runs the operations of a row, or of a part of it in the tail.
    pub(super) fn ops(&mut self, (ops, spans): Steps<'_>, base: usize) -> Option<()> {
        if self.with_care { self.run_with_care((ops, spans), base) } else { self.run_once(ops, base) }
    }

    #[inline(never)]
    fn run_once(&mut self, ops: &[Op], base: usize) -> Option<()> {
        let mut run = Run::new(ops, base);
        while let Some(op) = run.next.next() {
            self.step::<false>(op, &mut run)?;
        }
        Some(())
    }

    /// Runs operations with care for rare forms. If one fails, the machine reads the innermost value around it.
    #[cold]
    #[inline(never)]
    fn run_with_care(&mut self, (ops, mut spans): Steps<'_>, base: usize) -> Option<()> {
        let mut run = Run::new(ops, base);
        let mut open: Vec<(&Span, Checkpoint)> = Vec::new();
        loop {
            self.peek()?;
            let number = run.number() as u32;
            open.retain(|(span, _)| span.to > number);
            while let Some((span, rest)) = spans.split_first().filter(|(span, _)| span.from <= number) {
                if span.from == number {
                    open.push((span, self.checkpoint()));
                }
                spans = rest;
            }
            let Some(op) = run.next.next() else { return Some(()) };
            if self.step::<true>(op, &mut run).is_none() {
                run.next = ops.get(self.innermost(&mut open, base)?..)?.iter();
            }
        }
    }

    /// Has the machine read the innermost of the open values that it can, and returns the index of the operation after
    /// that.
    fn innermost(&mut self, open: &mut Vec<(&Span, Checkpoint)>, base: usize) -> Option<usize> {
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

    /// Runs one operation.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn step<const WITH_CARE: bool>(&mut self, op: &Op, run: &mut Run<'_>) -> Option<()> {
        match op {
            Op::Tuple { marked, depth, skip } => {
                if is_get(*self.input.get(self.at)?) && self.tuple_again(run, *skip)? {
                    return Some(());
                }
                if let Some(begin) = run.begin(*depth) {
                    *begin = self.at as u32;
                }
                if *marked { self.code(MARK) } else { Some(()) }
            }
            Op::EndTuple { code, depth } => {
                self.code(*code)?;
                let begin = run.begin(*depth).copied().unwrap_or(NOWHERE);
                self.put_made(begin)
            }
            Op::Object(made) => {
                let start = self.at as u32;
                let is_rebuilt = made.is_old && self.rebuilt(made.class.tag, &made.class.seen)?;
                if !is_rebuilt {
                    let kept = self.class(&made.class)?;
                    if is_composite(kept) {
                        return self.part_again(kept, run, made.skip);
                    }
                }
                let begin = run.begin(made.depth)?;
                *begin = NOWHERE;
                if is_rebuilt {
                    // The object exists already, and is given its state.
                } else if self.input.get(self.at..)?.starts_with(&[EMPTY_TUPLE, NEWOBJ]) && made.takes_state {
                    self.at += 2;
                    self.put_made(start)?;
                } else if self.takes_arguments(made, start)? {
                    *begin = start;
                }
                if WITH_CARE && self.attributes(made, run.base)? { run.skip(made.skip - 1) } else { Some(()) }
            }
            Op::EndObject { depth } => self.end_object(*run.begin(*depth)?),
            Op::Put(code) => {
                let start = self.at;
                self.code(*code)?;
                self.put(start as Entry)
            }
            Op::Code(code) => self.code(*code),
            Op::Name { name, seen } => self.name_of(name, seen),
            Op::Optional { at, skip, wrapped } => {
                let is_none = *self.input.get(self.at)? == NONE;
                if is_none && !(*wrapped && self.is_wrapped(run.next.as_slice().get(*skip as usize..)?)) {
                    self.at += 1;
                    return run.skip(*skip);
                }
                self.write(run.base, *at, [1])
            }
            Op::Seconds { at, signed, skip } => match begins_pair(*self.input.get(self.at)?) {
                true => Some(()),
                false => self.seconds((*at, *signed), run, *skip),
            },
            Op::Cython(made) => {
                let kept = self.made_by_cython(made)?;
                if is_composite(kept) { self.part_again(kept, run, made.skip) } else { Some(()) }
            }
            Op::Attributes { depth, at } => self.around_attributes(*at, run.begin(*depth)?),
            value => self.value(value, run.base),
        }
    }

    /// Reads the opcodes around the attributes of protocol 0. In between, `begin` tells whether they are added one by
    /// one.
    #[inline(never)]
    pub(super) fn around_attributes(&mut self, at: Around, begin: &mut u32) -> Option<()> {
        let is_each = *begin == EACH;
        match at {
            Around::Open => {
                let start = self.at;
                self.code(MARK)?;
                if self.peek()? == DICT {
                    *begin = EACH;
                    self.at += 1;
                    self.put(start as Entry)?;
                }
                Some(())
            }
            Around::Each if is_each => self.code(SETITEM),
            Around::Close if !is_each => self.code(DICT).and_then(|()| self.put(self.at as Entry)),
            Around::Close => {
                *begin = NOWHERE;
                Some(())
            }
            Around::Each => Some(()),
        }
    }

    /// Reads a tuple that comes from the memo; `false` if what comes from there is its first item instead.
    #[cold]
    #[inline(never)]
    fn tuple_again(&mut self, run: &mut Run<'_>, skip: u32) -> Option<bool> {
        let at = self.at;
        let Some(kept) = self.composite() else { return Some(false) };
        let (place, next) = (self.checkpoint(), run.next.clone());
        let aside = self.head(self.top - run.base);
        let base = mem::replace(&mut run.base, aside);
        let is_tuple = self.part_again(kept, run, skip).is_some();
        (run.base, run.next) = (base, next);
        if self.restore(&place).is_some() && is_tuple {
            return self.part_again(kept, run, skip).map(|()| true);
        }
        self.at = at;
        Some(false)
    }

    /// Reads a part that comes from the memo, by the operation that found it and the `skip` operations after that.
    #[cold]
    #[inline(never)]
    fn part_again(&mut self, kept: Entry, run: &mut Run<'_>, skip: u32) -> Option<()> {
        let next = run.number();
        let part = run.ops.get(next.checked_sub(1)?..next + skip as usize)?;
        self.again(kept, |this| this.ops((part, &[]), run.base))?;
        run.skip(skip)
    }

    #[cold]
    #[inline(never)]
    fn seconds(&mut self, (at, signed): (u32, bool), run: &mut Run<'_>, skip: u32) -> Option<()> {
        let at = run.base + at as usize;
        // The tuple of two numbers may come from the memo too.
        match self.composite() {
            Some(kept) if begins_pair(*self.input.get(start_of(kept))?) => return self.part_again(kept, run, skip),
            Some(kept) => self.again(kept, |this| this.seconds_of_python(signed, at))?,
            None => self.seconds_of_python(signed, at)?,
        }
        run.skip(skip)
    }

    /// Returns whether the next `None` is inside a tuple, besides those that the following operations end.
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

    /// Returns whether an object is made from arguments, which follow; `false` if it has none and is complete.
    #[inline(never)]
    fn takes_arguments(&mut self, made: &ObjectOp, start: u32) -> Option<bool> {
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
        self.put_made(start)?;
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
                self.put_made(begin)
            }
            _ => None,
        }
    }
}

/// Returns whether a tuple of two numbers can begin with an opcode.
const fn begins_pair(code: u8) -> bool {
    matches!(code, BININT1 | BININT2 | BININT | LONG1 | MARK)
}
