//! Decoding of shared pointers, second half: the objects of an image by their numbers, as they are built.
//!
//! A reference to an object that does not exist yet is left out, and the innermost numbered object around it is marked
//! incomplete. At the end, when all objects exist, each incomplete one is read again: a new object is built again and
//! swaps its content, through its cell, with the copy, and a live one is restored again. No cycle is closed before
//! refusals have become impossible, so that nothing leaks after one.
//!
//! If a reference outside of all numbered objects is left out, a new root is built again. The first one is dropped, and
//! its `Drop` may change the objects that it leads to, such as take them apart to free cycles: so the objects of the
//! second one are built again too, in between.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::{Any, TypeId};

use super::links::Links;
use super::places::Places;
use super::pointer::{Kept, Shared, SharedPointer, Slot, Slots};
use super::record::{HELD_WEAKLY, Number, Numbered, Record};
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Mark, Reader, Regions};
use crate::protocol::hooks::Hooks;
use crate::protocol::layout::RECORD;

#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Shelf<'de> {
    classes: Vec<Class<'de>>,
    /// For each object that has begun and not ended, innermost last, whether a reference in it was left out.
    open: Vec<bool>,
    /// Whether a reference in the root itself was left out.
    root: bool,
    /// Whether a reference was just left out.
    left_out: bool,
    incomplete: Vec<Incomplete<'de>>,
    /// The new objects that are in no other numbered one, if the root may have to be built again.
    outermost: Vec<Begun<'de>>,
    numbered: Numbered<'de>,
    /// Whether the pointers being read are held by a history.
    holding: bool,
    /// How many held pointers have been read.
    held_read: usize,
    /// The live objects that have been restored: each can become only one object.
    claimed: Places,
    /// Keeps them alive, so that no other object gets the address of one.
    held: Vec<(TypeId, Box<dyn Any>)>,
    /// Whether all objects exist, and the incomplete ones are being read again.
    again: bool,
    /// How many hooks had been left at that time.
    left: usize,
    /// The links between the objects of a live value and those of a new one.
    links: Option<Box<dyn Linking<'de> + 'de>>,
}

/// [`Links`], which are dropped through a vtable: programs that link nothing do not contain the code.
trait Linking<'de> {
    fn links(&mut self) -> &mut Links<'de>;
}

impl<'de> Linking<'de> for Links<'de> {
    fn links(&mut self) -> &mut Links<'de> {
        self
    }
}

struct Class<'de> {
    slots: Box<dyn Any>,
    empty: fn() -> Box<dyn Any>,
    /// The end of each object in the image, if it will be needed.
    ends: Vec<Mark<'de>>,
    early: bool,
    /// The number of objects that were built again.
    fresh: usize,
    make: fn(&mut Reader<'de>, &Begun<'de>) -> Option<()>,
    again: fn(&mut Reader<'de>, &Incomplete<'de>) -> Option<()>,
    swap: fn(&mut dyn Any, usize) -> usize,
}

/// The place of an object in the image.
#[derive(Clone, Copy)]
struct Begun<'de> {
    number: Number,
    head: &'de [u8],
    start: Mark<'de>,
}

/// An object in which a reference was left out.
struct Incomplete<'de> {
    begun: Begun<'de>,
    /// Whether it is a live object that was restored in place.
    live: bool,
}

impl core::fmt::Debug for Shelf<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl<'de> Shelf<'de> {
    pub fn new(numbered: Numbered<'de>) -> Self {
        Self {
            classes: Vec::new(),
            open: Vec::new(),
            root: false,
            left_out: false,
            incomplete: Vec::new(),
            outermost: Vec::new(),
            numbered,
            holding: false,
            held_read: 0,
            claimed: Places::default(),
            held: Vec::new(),
            again: false,
            left: 0,
            links: None,
        }
    }

    /// A shelf for a live value and a new one that exchange their states.
    pub fn linking(numbered: Numbered<'de>) -> Self {
        Self { links: Some(Box::new(Links::new())), ..Self::new(numbered) }
    }

    pub fn links(&mut self) -> Option<&mut Links<'de>> {
        Some(self.links.as_mut()?.links())
    }

    /// Whether the pointers being read are held by a history.
    pub(super) fn holds(&self) -> bool {
        self.holding
    }

    /// Whether the pointers being read are more than their values: numbered, or held.
    pub fn counts(&self) -> bool {
        self.numbered.numbers || self.holding
    }

    pub fn numbers(&self) -> bool {
        self.numbered.numbers
    }

    /// Sets whether the pointers read next are in a held field, if there is a history; returns the former setting.
    pub(crate) fn hold_all(&mut self, holding: bool) -> bool {
        core::mem::replace(&mut self.holding, holding && self.numbered.held.is_some())
    }

    /// Breaks the cycles of the objects built so far: they get back the content that they had before the references
    /// were filled in.
    pub fn open_cycles(&mut self) {
        for Class { slots, fresh, swap, .. } in &mut self.classes {
            swap(&mut **slots, *fresh);
        }
    }

    /// How many held pointers have been read.
    pub fn held_read(&self) -> usize {
        self.held_read
    }

    pub fn set_held_read(&mut self, read: usize) {
        self.held_read = read;
    }

    /// The next held pointer.
    fn next_held<P: SharedPointer>(&mut self) -> Option<P> {
        let pointer = self.numbered.held?.pointer(self.held_read, &P::kept()?)?;
        self.held_read += 1;
        Some(pointer)
    }

    /// Whether a reference was just left out, in a place that may be empty.
    pub fn left_out(&mut self) -> bool {
        core::mem::take(&mut self.left_out)
    }

    /// Notes that a reference is left out.
    fn leave_out(&mut self) {
        match self.open.last_mut() {
            Some(incomplete) => *incomplete = true,
            None => self.root = true,
        }
    }

    fn class<P: Shared<'de>>(&mut self, number: u8, kept: &Kept<P>) -> Option<&mut Class<'de>> {
        let at = usize::from(number);
        if at == self.classes.len() {
            self.classes.push(Class {
                slots: (kept.shelf)(),
                empty: kept.shelf,
                ends: Vec::new(),
                early: self.numbered.early >> number & 1 == 1 && P::early(),
                fresh: 0,
                make: make::<P>,
                again: again::<P>,
                swap: swap::<P>,
            });
        }
        self.classes.get_mut(at)
    }

    /// Whether objects of a class may be referred to weakly while they are built. An object restored in place may not:
    /// nothing can refer to it then.
    fn is_early<P: Shared<'de>>(&mut self, number: u8, kept: &Kept<P>) -> bool {
        self.class(number, kept).is_some_and(|class| class.early)
    }

    fn slots<P: Shared<'de>>(&mut self, number: u8, kept: &Kept<P>) -> Option<&mut Slots<P>> {
        let class = self.class(number, kept)?;
        (kept.slots)(&mut *class.slots)
    }

    fn find<P: Shared<'de>>(&mut self, number: Number, kept: &Kept<P>) -> Option<P> {
        match self.slots(number.class, kept)?.slots.get(number.index as usize)? {
            Slot::There(pointer) => Some(pointer.clone()),
            _ => None,
        }
    }

    fn place<P: Shared<'de>>(&mut self, number: Number, kept: &Kept<P>, slot: Slot<P>) -> Option<()> {
        *self.slots(number.class, kept)?.slots.get_mut(number.index as usize)? = slot;
        Some(())
    }

    /// Begins the next object of a class, which is taken to end at `now` until its end is known.
    fn begin<P: Shared<'de>>(&mut self, class: u8, kept: &Kept<P>, now: Mark<'de>) -> Option<()> {
        self.slots(class, kept)?.slots.push(Slot::Open);
        if self.numbered.holes {
            self.class(class, kept)?.ends.push(now);
        }
        self.open.push(false);
        Some(())
    }

    /// Ends an object, and marks it if it is incomplete.
    fn end<P: Shared<'de>>(&mut self, incomplete: Incomplete<'de>, kept: &Kept<P>, end: Mark<'de>) -> Option<()> {
        let Number { class, index } = incomplete.begun.number;
        if self.numbered.holes {
            *self.class(class, kept)?.ends.get_mut(index as usize)? = end;
        }
        if self.open.pop() == Some(true) {
            self.incomplete.push(incomplete);
        }
        Some(())
    }

    /// Claims a live object for one of the image, unless it was claimed before. When objects are read again, each place
    /// has its own.
    fn claim<P: SharedPointer>(&mut self, pointer: &P, kept: &Kept<P>) -> bool {
        if self.again {
            return true;
        }
        if !self.claimed.insert(pointer.address() as u64, 0) {
            return false;
        }
        if !self.held.iter().any(|(key, _)| *key == kept.key) {
            self.held.push((kept.key, (kept.handles)()));
        }
        if let Some((_, held)) = self.held.iter_mut().find(|(key, _)| *key == kept.key) {
            (kept.hold)(&mut **held, pointer);
        }
        true
    }
}

/// Builds a pointer that a history holds, or whose record is in the tail.
#[cold]
pub(crate) fn get<'de, P: Shared<'de>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    if reader.shelf()?.holding {
        return reader.shelf()?.next_held();
    }
    match reader.run(1, RECORD).and_then(Record::read)? {
        Record::Own => P::build(head, reader),
        Record::New(number) => made(number, head, reader),
        Record::Back(number) => back(number, reader),
    }
}

/// Restores a pointer in place.
#[cold]
pub(crate) fn set<'de, P: Shared<'de>>(this: &mut P, head: &'de [u8], reader: &mut Reader<'de>) {
    let value = if reader.shelf().is_some_and(|shelf| shelf.holding) {
        reader.shelf().and_then(Shelf::next_held)
    } else {
        set_numbered(this, head, reader)
    };
    if let Some(value) = value.filter(|value| value.address() != this.address()) {
        *this = value;
    }
}

/// Restores a pointer whose record is in the tail; returns the pointer that replaces it, if it is another.
fn set_numbered<'de, P: Shared<'de>>(this: &mut P, head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    match reader.run(1, RECORD).and_then(Record::read) {
        Some(Record::Own) if this.set_unique(head, reader) || enter_own(this, head, reader) => None,
        Some(Record::Own) => P::build(head, reader),
        Some(Record::New(number)) => set_new(this, number, head, reader),
        Some(Record::Back(number)) => back(number, reader),
        None => None,
    }
}

/// The object with an earlier number, if it exists.
fn back<'de, P: Shared<'de>>(number: Number, reader: &mut Reader<'de>) -> Option<P> {
    let shelf = reader.shelf()?;
    let found = shelf.find(number, &P::kept()?);
    if found.is_none() {
        shelf.leave_out();
        shelf.left_out = true;
    }
    found
}

/// A new object with this number; if the image is read again, the existing one.
fn made<'de, P: Shared<'de>>(number: Number, head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    let kept = P::kept()?;
    if let Some(found) = found(number, &kept, reader) {
        return Some(found);
    }
    let begun = Begun { number, head, start: reader.mark() };
    let shelf = reader.shelf()?;
    if shelf.numbered.again && shelf.open.is_empty() {
        shelf.outermost.push(begun);
    }
    shelf.begin(number.class, &kept, begun.start)?;
    build(begun, &kept, reader)
}

/// The object with this number, if it exists; the reader is then moved to its end.
fn found<'de, P: Shared<'de>>(number: Number, kept: &Kept<P>, reader: &mut Reader<'de>) -> Option<P> {
    let shelf = reader.shelf()?;
    let found = shelf.find(number, kept)?;
    let end = *shelf.class(number.class, kept)?.ends.get(number.index as usize)?;
    reader.back_to(end);
    Some(found)
}

/// Builds an object that has begun.
fn build<'de, P: Shared<'de>>(begun: Begun<'de>, kept: &Kept<P>, reader: &mut Reader<'de>) -> Option<P> {
    let Begun { number, head, .. } = begun;
    let early = reader.shelf()?.class(number.class, kept)?.early;
    // An object that cannot be changed through its pointers is never exchanged with a live one.
    let hooks = reader.hooks();
    if !P::ENTERS && hooks == Hooks::Leave {
        reader.set_hooks(Hooks::Call);
    }
    let value = if early { P::build_early(head, reader, number.class) } else { P::build(head, reader) };
    reader.set_hooks(hooks);
    let value = value?;
    let end = reader.mark();
    let shelf = reader.shelf()?;
    shelf.place(number, kept, Slot::There(value.clone()))?;
    shelf.end(Incomplete { begun, live: false }, kept, end)?;
    Some(value)
}

/// Keeps a weak reference to the object of this class that began last.
pub(crate) fn offer<'de, P: Shared<'de>>(weak: &P::Weak, class: u8, reader: &mut Reader<'de>) {
    let (Some(kept), Some(shelf)) = (P::kept(), reader.shelf()) else { return };
    if let Some(last) = shelf.slots(class, &kept).and_then(|slots| slots.slots.last_mut()) {
        *last = Slot::Early(weak.clone());
    }
}

/// Restores in place an object that has only this reference in the image, but other handles in memory.
fn enter_own<'de, P: Shared<'de>>(this: &P, head: &'de [u8], reader: &mut Reader<'de>) -> bool {
    let Some(kept) = P::kept().filter(|_| P::ENTERS) else { return false };
    let Some(shelf) = reader.shelf() else { return false };
    shelf.claim(this, &kept) && this.enter(head, reader, false)
}

/// Restores a numbered object in place, if possible; otherwise returns the new one that replaces it.
fn set_new<'de, P: Shared<'de>>(this: &mut P, number: Number, head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    let kept = P::kept()?;
    if let Some(found) = found(number, &kept, reader) {
        return Some(found);
    }
    let begun = Begun { number, head, start: reader.mark() };
    let shelf = reader.shelf()?;
    shelf.begin(number.class, &kept, begun.start)?;
    let restored = if P::ENTERS && shelf.claim(this, &kept) {
        // Entered before its content is read, which may refer to it.
        shelf.place(number, &kept, Slot::There(this.clone()))?;
        let entered = this.enter(head, reader, false);
        if !entered {
            reader.shelf()?.place(number, &kept, Slot::Open)?;
        }
        entered
    } else if !shelf.numbered.holes && !shelf.is_early(number.class, &kept) && this.set_unique(head, reader) {
        reader.shelf()?.place(number, &kept, Slot::There(this.clone()))?;
        true
    } else {
        false
    };
    if !restored {
        return build(begun, &kept, reader);
    }
    let end = reader.mark();
    reader.shelf()?.end(Incomplete { begun, live: true }, &kept, end)?;
    None
}

/// The weak reference of a record; `None` if the object is gone or does not exist yet.
pub(crate) fn weak<'de, P: Shared<'de>>(head: &[u8], reader: &mut Reader<'de>) -> Option<P::Weak> {
    if head == HELD_WEAKLY {
        return reader.shelf()?.next_held::<P>().map(|object| object.downgrade());
    }
    let Record::Back(number) = Record::read(head)? else { return None };
    let (kept, shelf) = (P::kept()?, reader.shelf()?);
    let weak = match shelf.slots(number.class, &kept)?.slots.get(number.index as usize) {
        Some(Slot::There(pointer)) => Some(pointer.downgrade()),
        Some(Slot::Early(weak)) => Some(weak.clone()),
        Some(Slot::Open) | None => None,
    };
    if weak.is_none() {
        shelf.leave_out();
    }
    weak
}

/// Reads an incomplete object again.
fn again<'de, P: Shared<'de>>(reader: &mut Reader<'de>, object: &Incomplete<'de>) -> Option<()> {
    let (kept, Begun { number, head, start }) = (P::kept()?, object.begun);
    let pointer = reader.shelf()?.find(number, &kept)?;
    reader.back_to(start);
    if object.live {
        return pointer.enter(head, reader, true).then_some(());
    }
    let fresh = P::build(head, reader)?;
    let class = reader.shelf()?.class(number.class, &kept)?;
    class.fresh += 1;
    (kept.slots)(&mut *class.slots)?.fresh.push((number.index, fresh));
    Some(())
}

fn make<'de, P: Shared<'de>>(reader: &mut Reader<'de>, object: &Begun<'de>) -> Option<()> {
    reader.back_to(object.start);
    made::<P>(object.number, object.head, reader).map(drop)
}

/// Swaps the contents of the first `count` objects that were built again with those of the originals; returns how many
/// could be swapped.
fn swap<'de, P: Shared<'de>>(slots: &mut dyn Any, count: usize) -> usize {
    let Some(slots) = P::kept().and_then(|kept| (kept.slots)(slots)) else { return 0 };
    let swapped = slots.fresh.iter().take(count).take_while(|(index, fresh)| match slots.slots.get(*index as usize) {
        Some(Slot::There(pointer)) => pointer.swap_in(fresh),
        _ => false,
    });
    swapped.count()
}

/// Whether a new root must be built again, because a reference in it was left out.
pub(crate) fn is_root_incomplete(reader: &mut Reader<'_>) -> bool {
    reader.shelf().is_some_and(|shelf| shelf.root && shelf.numbered.again)
}

/// Builds all objects again for a root that is to be built again, once the first root was dropped.
#[cold]
pub(crate) fn make_again<'de>(reader: &mut Reader<'de>, regions: &Regions<'de>) -> Option<()> {
    reader.set_left(0);
    let shelf = reader.shelf()?;
    (shelf.root, shelf.numbered.again) = (false, false);
    shelf.incomplete.clear();
    for class in &mut shelf.classes {
        class.slots = (class.empty)();
        class.ends.clear();
    }
    // These begin in the same order, so that they get the same numbers.
    for object in core::mem::take(&mut shelf.outermost) {
        let make = reader.shelf()?.classes.get(usize::from(object.number.class))?.make;
        make(reader, &object)?;
    }
    reader.back_to(Mark::of(regions));
    Some(())
}

/// After the root was read, fills in all references that were left out; returns whether the root must be read again,
/// and this be called once more.
#[cold]
pub(crate) fn complete<'de>(reader: &mut Reader<'de>, regions: &Regions<'de>) -> Option<bool> {
    let shelf = reader.shelf()?;
    if !shelf.again {
        shelf.again = true;
        let (incomplete, root_too) = (core::mem::take(&mut shelf.incomplete), core::mem::take(&mut shelf.root));
        let left = reader.left();
        reader.shelf()?.left = left;
        for object in &incomplete {
            let again = reader.shelf()?.classes.get(usize::from(object.begun.number.class))?.again;
            again(reader, object)?;
        }
        if root_too {
            reader.back_to(Mark::of(regions));
            return Some(true);
        }
    }
    // The hooks of objects that were read again had been counted before.
    let left = reader.shelf()?.left;
    reader.set_left(left);
    if !close(&mut reader.shelf()?.classes) {
        reader.refuse(Error::new(ErrorKind::Refused, "", "an object on a cycle whose cell or lock a hook keeps"));
        return None;
    }
    Some(false)
}

/// Closes the cycles: all or none of them, so that no object leaks in one.
fn close(classes: &mut [Class<'_>]) -> bool {
    for at in 0..classes.len() {
        let Class { slots, fresh, swap, .. } = &mut classes[at];
        let swapped = swap(&mut **slots, *fresh);
        if swapped < *fresh {
            *fresh = swapped;
            for Class { slots, fresh, swap, .. } in &mut classes[..=at] {
                swap(&mut **slots, *fresh);
            }
            return false;
        }
    }
    true
}
