//! Shared pointers and weak references: each object is made where the present form first refers to it.

use core::mem;

use super::{Cursor, Run, damaged};
use crate::error::Result;
use crate::evolve::numbers::{Product, class, identity, parted};
use crate::evolve::op::{At, Pointers};
use crate::protocol::decode::Regions;
use crate::schema::PointerKey;
use crate::sharing::{Number, RECORD, Record};

impl<'a> Run<'_, 'a> {
    /// Makes a part that is a shared pointer in at least one of the forms.
    pub(super) fn pointer(
        &mut self,
        (Pointers { theirs, ours }, of): (Pointers, At),
        head: &'a [u8],
        to: usize,
    ) -> Result<()> {
        let record = match theirs {
            Some(_) => Record::read(self.run(1, RECORD)?).ok_or_else(damaged)?,
            None => Record::Own,
        };
        let place = ours.map(|_| self.out.run(1, RECORD));
        let (number, is_here) = match record {
            Record::Own => return self.value(of, head, to),
            Record::New(number) => (number, true),
            Record::Back(number) => (number, false),
        };
        let class = ours.and_then(|key| class(key, number));
        let numbers = self.numbers.as_mut().ok_or_else(damaged)?;
        let (Some(place), Some(class)) = (place, class) else {
            // The value of a pointer that is not shared: nothing else may refer to it.
            let is_first = numbers.made(number).is_none();
            numbers.makes(number, Product::Value)?;
            return if is_first && is_here { self.value(of, head, to) } else { Err(parted()) };
        };
        numbers.makes(number, Product::Object(class))?;
        match (numbers.given.strong(place, class, identity(number)), is_here) {
            (true, true) => self.value(of, head, to),
            (true, false) => self.elsewhere(of, number, to),
            (false, true) => theirs.map_or(Ok(()), |over| self.skip(over, head)),
            (false, false) => Ok(()),
        }
    }

    /// Makes the value of a pointer. The two count as one part.
    fn value(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        self.parts += 1;
        self.part(of, head, to)?;
        self.parts -= 1;
        Ok(())
    }

    /// Makes an object from its place in the older image.
    fn elsewhere(&mut self, of: At, number: Number, to: usize) -> Result<()> {
        let numbers = self.numbers.as_ref().ok_or_else(damaged)?;
        let Regions { head, tail, text, raw, .. } = *numbers.objects.get(number).ok_or_else(damaged)?;
        let there = Cursor { tail, text, raw };
        let (here, whole) = (mem::replace(&mut self.at, there), mem::replace(&mut self.whole, there));
        self.value(of, head, to)?;
        (self.at, self.whole) = (here, whole);
        Ok(())
    }

    /// Makes a weak reference.
    pub(super) fn weak(&mut self, key: PointerKey, head: &[u8], to: usize) -> Result<()> {
        let number = match Record::read(head).ok_or_else(damaged)? {
            Record::Own => return Ok(()),
            Record::New(_) => return Err(damaged()),
            Record::Back(number) => number,
        };
        let (Some(class), Some(numbers)) = (class(key, number), self.numbers.as_mut()) else { return Ok(()) };
        numbers.weak.push((number, class));
        numbers.given.weak(to, class, identity(number));
        Ok(())
    }
}
