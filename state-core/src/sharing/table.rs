//! Decoding of shared pointers, first half: checks that each number in an image belongs to an object of the right type
//! that begins before it is used, or whose reference can be filled in later. Builds nothing, and allocates nothing
//! unless more than [`OPEN`] objects are nested.

use core::any::TypeId;

use super::pointer::SharedPointer;
use super::record::{CLASSES, Number, Numbered, Record};
use crate::places::Places;
use crate::protocol::decode::{Checker, Obstacle};
use crate::protocol::layout::RECORD;

/// How many objects can be nested before memory is allocated for them: the default depth.
const OPEN: usize = 128;

#[derive(Debug)]
pub(crate) struct Table {
    classes: [Class; CLASSES],
    count: usize,
    /// Objects that have begun and not ended, innermost last.
    open: [Number; OPEN],
    depth: usize,
    /// The open objects beyond those.
    deeper: Places,
    /// Whether references may lead back into an object that has not ended.
    cycles: bool,
    may_be_empty: bool,
    /// Whether references in the innermost open object can be filled in later.
    patches: bool,
    found: Numbered<'static>,
}

#[derive(Clone, Copy, Debug)]
struct Class {
    key: Option<TypeId>,
    begun: u32,
    /// How many objects the weak references require.
    needed: u32,
    early: bool,
}

impl Table {
    pub fn new(cycles: bool) -> Self {
        Self {
            classes: [Class { key: None, begun: 0, needed: 0, early: false }; CLASSES],
            count: 0,
            open: [Number { class: 0, index: 0 }; OPEN],
            depth: 0,
            deeper: Places::default(),
            cycles,
            may_be_empty: false,
            patches: true,
            found: Numbered { numbers: true, holes: false, root_again: false, rings: false, early: 0, held: None },
        }
    }

    /// Announces that the place checked next may be empty.
    pub fn may_be_empty(&mut self) {
        self.may_be_empty = true;
    }

    /// What is known about the image, if all weak references lead to objects.
    pub fn finish(&self) -> Option<Numbered<'static>> {
        self.classes.iter().all(|class| class.needed <= class.begun).then_some(self.found)
    }

    /// The class with this number, if it is of this pointer type; the next unused number becomes a new class.
    fn class<P: SharedPointer>(&mut self, number: u8) -> Option<&mut Class> {
        let at = usize::from(number);
        let key = P::erasure()?.key;
        if at == self.count && at < CLASSES {
            if self.classes[..at].iter().any(|class| class.key == Some(key)) {
                return None;
            }
            self.classes[at] = Class { key: Some(key), early: P::early(), ..self.classes[at] };
            self.count += 1;
        }
        self.classes.get_mut(at).filter(|class| class.key == Some(key))
    }

    fn begin<P: SharedPointer>(&mut self, number: Number) -> Option<()> {
        let class = self.class::<P>(number.class)?;
        if number.index != class.begun {
            return None;
        }
        class.begun = class.begun.checked_add(1)?;
        match self.open.get_mut(self.depth) {
            Some(place) => *place = number,
            None => {
                self.deeper.meet(number.key());
            }
        }
        self.depth += 1;
        Some(())
    }

    fn end(&mut self, number: Number) {
        self.depth -= 1;
        if self.depth >= OPEN {
            self.deeper.remove(number.key());
        }
    }

    fn is_open(&self, number: Number) -> bool {
        self.open[..self.depth.min(OPEN)].contains(&number) || self.deeper.has(number.key())
    }

    /// Whether a pointer may lead back to this object; `None` if there is no object with that number.
    fn back<P: SharedPointer>(&mut self, number: Number, may_be_empty: bool) -> Option<bool> {
        if number.index >= self.class::<P>(number.class)?.begun {
            return None;
        }
        if !self.is_open(number) {
            return Some(true);
        }
        (self.found.holes, self.found.rings) = (true, true);
        Some(self.cycles && may_be_empty && self.patches)
    }

    fn weak<P: SharedPointer>(&mut self, number: Number) -> Option<bool> {
        let class = self.class::<P>(number.class)?;
        let (follows, early) = (number.index >= class.begun, class.early);
        if follows {
            class.needed = class.needed.max(number.index.checked_add(1)?);
        } else if !self.is_open(number) {
            return Some(true);
        } else if early {
            self.found.early |= 1 << number.class;
            return Some(true);
        }
        self.found.holes = true;
        self.found.root_again |= self.depth == 0;
        Some(self.patches)
    }
}

/// Checks a pointer's record and, if its value follows, the value through `content`.
#[cold]
pub(crate) fn check<'c, P: SharedPointer>(
    head: &[u8],
    checker: &mut Checker<'c>,
    content: impl FnOnce(&[u8], &mut Checker<'c>) -> bool,
) -> bool {
    let record = checker.run(1, RECORD).and_then(Record::read);
    let Some(table) = checker.table() else { return false };
    let may_be_empty = core::mem::take(&mut table.may_be_empty);
    match record {
        Some(Record::Own) => content(head, checker),
        Some(Record::New(number)) => {
            if table.begin::<P>(number).is_none() {
                return false;
            }
            let outer = core::mem::replace(&mut table.patches, P::PATCHES);
            let passed = content(head, checker);
            if let Some(table) = checker.table() {
                table.patches = outer;
                table.end(number);
            }
            passed
        }
        Some(Record::Back(number)) => {
            let is_zero = head.iter().all(|&byte| byte == 0);
            match table.back::<P>(number, may_be_empty) {
                Some(false) => {
                    let left = checker.left(RECORD);
                    checker.record_obstacle(Obstacle::Cycle(P::leads_to(), left))
                }
                allowed => is_zero && allowed == Some(true),
            }
        }
        None => false,
    }
}

/// Checks the record of a weak reference.
pub(crate) fn check_weak<P: SharedPointer>(head: &[u8], checker: &mut Checker<'_>) -> bool {
    let Some(table) = checker.table() else { return false };
    match Record::read(head) {
        Some(Record::Own) => true,
        Some(Record::Back(number)) => match table.weak::<P>(number) {
            Some(false) => checker.record_obstacle(Obstacle::Weak(P::leads_to())),
            allowed => allowed == Some(true),
        },
        _ => false,
    }
}
