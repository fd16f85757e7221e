//! Decoding of shared pointers, second half: pointers are built and restored in place, by what is on the shelf.

use super::again::{build_again, enter_again};
use super::pointer::{Erasure, Shared, Slot};
use super::record::{HELD_WEAKLY, Number, Record};
use super::shelf::{Again, Begun, Shelf};
use crate::protocol::decode::Reader;
use crate::protocol::hooks::Hooks;
use crate::protocol::layout::RECORD;

/// Builds a pointer that a history holds, or whose record is in the tail.
#[cold]
pub(crate) fn get<'de, P: Shared<'de>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    if reader.shelf()?.holds() {
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
    let value = if reader.shelf().is_some_and(|shelf| shelf.holds()) {
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
    let found = shelf.find(number, &P::erasure()?);
    if found.is_none() {
        shelf.leave_out();
        shelf.left_out = true;
    }
    found
}

/// A new object with this number; if the image is read again, the existing one.
fn made<'de, P: Shared<'de>>(number: Number, head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    let erasure = P::erasure()?;
    if let Some(found) = found(number, &erasure, reader) {
        return Some(found);
    }
    let begun = Begun { number, head, start: reader.mark() };
    let shelf = reader.shelf()?;
    if shelf.numbered.root_again && shelf.open.is_empty() {
        shelf
            .outermost
            .push(Again { begun, read: |begun, reader| made::<P>(begun.number, begun.head, reader).map(drop) });
    }
    shelf.begin(number.class, &erasure, begun.start)?;
    build(begun, &erasure, reader)
}

/// The object with this number, if it exists; the reader is then moved to its end.
fn found<'de, P: Shared<'de>>(number: Number, erasure: &Erasure<P>, reader: &mut Reader<'de>) -> Option<P> {
    let shelf = reader.shelf()?;
    let found = shelf.find(number, erasure)?;
    let end = *shelf.class(number.class, erasure)?.ends.get(number.index as usize)?;
    reader.back_to(end);
    Some(found)
}

/// Builds an object that has begun.
fn build<'de, P: Shared<'de>>(begun: Begun<'de>, erasure: &Erasure<P>, reader: &mut Reader<'de>) -> Option<P> {
    let Begun { number, head, .. } = begun;
    let early = reader.shelf()?.class(number.class, erasure)?.early;
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
    shelf.place(number, erasure, Slot::There(value.clone()))?;
    shelf.end(Again { begun, read: build_again::<P> }, erasure, end)?;
    Some(value)
}

/// Keeps a weak reference to the object of this class that began last.
pub(crate) fn offer<'de, P: Shared<'de>>(weak: &P::Weak, class: u8, reader: &mut Reader<'de>) {
    let (Some(erasure), Some(shelf)) = (P::erasure(), reader.shelf()) else { return };
    if let Some(last) = shelf.slots(class, &erasure).and_then(|slots| slots.slots.last_mut()) {
        *last = Slot::Early(weak.clone());
    }
}

/// Restores in place an object that has only this reference in the image, but other handles in memory.
fn enter_own<'de, P: Shared<'de>>(this: &P, head: &'de [u8], reader: &mut Reader<'de>) -> bool {
    let Some(erasure) = P::erasure().filter(|_| P::ENTERS) else { return false };
    let Some(shelf) = reader.shelf() else { return false };
    shelf.claim(this, &erasure) && this.enter(head, reader, false)
}

/// Restores a numbered object in place, if possible; otherwise returns the new one that replaces it.
fn set_new<'de, P: Shared<'de>>(this: &mut P, number: Number, head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    let erasure = P::erasure()?;
    if let Some(found) = found(number, &erasure, reader) {
        return Some(found);
    }
    let begun = Begun { number, head, start: reader.mark() };
    let shelf = reader.shelf()?;
    shelf.begin(number.class, &erasure, begun.start)?;
    let restored = if P::ENTERS && shelf.claim(this, &erasure) {
        // Entered before its content is read, which may refer to it.
        shelf.place(number, &erasure, Slot::There(this.clone()))?;
        let entered = this.enter(head, reader, false);
        if !entered {
            reader.shelf()?.place(number, &erasure, Slot::Open)?;
        }
        entered
    } else if !shelf.numbered.holes && !shelf.is_early(number.class, &erasure) && this.set_unique(head, reader) {
        reader.shelf()?.place(number, &erasure, Slot::There(this.clone()))?;
        true
    } else {
        false
    };
    if !restored {
        return build(begun, &erasure, reader);
    }
    let end = reader.mark();
    reader.shelf()?.end(Again { begun, read: enter_again::<P> }, &erasure, end)?;
    None
}

/// The weak reference of a record; `None` if the object is gone or does not exist yet.
pub(crate) fn weak<'de, P: Shared<'de>>(head: &[u8], reader: &mut Reader<'de>) -> Option<P::Weak> {
    if head == HELD_WEAKLY {
        return reader.shelf()?.next_held::<P>().map(|object| object.downgrade());
    }
    let Record::Back(number) = Record::read(head)? else { return None };
    let (erasure, shelf) = (P::erasure()?, reader.shelf()?);
    let weak = match shelf.slots(number.class, &erasure)?.slots.get(number.index as usize) {
        Some(Slot::There(pointer)) => Some(pointer.downgrade()),
        Some(Slot::Early(weak)) => Some(weak.clone()),
        Some(Slot::Open) | None => None,
    };
    if weak.is_none() {
        shelf.leave_out();
    }
    weak
}
