//! Encoding of shared pointers: objects that occur more than once are found while a value is counted, and numbered
//! while it is written.

use alloc::format;

use super::pointer::SharedPointer;
use super::record::{HELD_WEAKLY, Record};
use super::tracker::name;
use crate::error::{Error, ErrorKind};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::RECORD;
use crate::schema::Schema;

/// The error for an object that would be written twice, and become two objects.
#[cold]
pub(crate) fn copied(kind: ErrorKind, schema: &Schema) -> Error {
    let expected = "objects that nothing else in the state refers to (`#[state(shared)]` and `Options::sharing` keep shared \
                    ones)";
    Error::new(kind, expected, format!("{} that two shared pointers refer to", name(schema)))
}

/// The error for an object that might occur twice, but whose type cannot be tracked.
#[cold]
fn untracked(schema: &Schema) -> Error {
    Error::new(
        ErrorKind::Unwritable,
        "shared pointers to types that borrow nothing, of which generic ones are marked `#[state(shared)]` (what else \
         cannot be followed can be in a struct)",
        format!("one to {} that others refer to", name(schema)),
    )
}

/// Counts a pointer's record; returns whether its value follows.
#[cold]
pub(crate) fn count<P: SharedPointer>(pointer: &P, size: &mut Size) -> bool {
    if size.is_holding() {
        if let Some(tracker) = size.tracker() {
            tracker.count_held(pointer);
        }
        return false;
    }
    let Some(tracker) = size.tracker() else { return true };
    if !tracker.numbers && !tracker.refuses {
        return true;
    }
    if tracker.numbers {
        size.run(1, RECORD);
    }
    if pointer.is_unique() {
        return true;
    }
    let Some(erasure) = P::erasure() else {
        size.fail(untracked(P::leads_to()));
        return false;
    };
    let Some(tracker) = size.tracker() else { return true };
    let object = tracker.meet(pointer, &erasure, false);
    object.strong = (object.strong + 1).min(2);
    let is_first = object.strong == 1;
    if !is_first && !tracker.numbers {
        size.fail(copied(ErrorKind::Unwritable, P::leads_to()));
    }
    is_first
}

/// Counts a weak reference.
pub(crate) fn count_weak<P: SharedPointer>(weak: &P::Weak, size: &mut Size) {
    if size.tracker().is_none() {
        return size.fail(Error::new(
            ErrorKind::Unwritable,
            "a state as native bytes, in which references are numbered",
            "a weak reference in another form of it",
        ));
    }
    let Some(pointer) = P::upgrade(weak) else { return };
    if size.is_holding() {
        // Counted as a held one: nothing else has the pointer that was just made from it.
        if let (Some(erasure), Some(tracker)) = (P::erasure(), size.tracker()) {
            tracker.meet(&pointer, &erasure, true).held = true;
        }
        return;
    }
    let Some(tracker) = size.tracker() else { return };
    match P::erasure() {
        Some(erasure) => tracker.meet(&pointer, &erasure, true).weak = true,
        None => size.fail(untracked(P::leads_to())),
    }
}

/// Writes a pointer's record and, if its value follows, the value through `content`.
#[cold]
pub(crate) fn put<'v, P: SharedPointer>(
    pointer: &P,
    head: &mut [u8],
    writer: &mut Writer<'_, 'v>,
    content: impl FnOnce(&mut [u8], &mut Writer<'_, 'v>),
) {
    match writer.tracker() {
        Some(tracker) if tracker.holding => {
            head.fill(0);
            if !tracker.hold(pointer) {
                writer.fail::<()>();
            }
            return;
        }
        Some(tracker) if !tracker.numbers => return content(head, writer),
        _ => {}
    }
    let Some(place) = writer.run(1, RECORD) else { return };
    let Some(tracker) = writer.tracker() else { return };
    let Some((record, new)) = tracker.refer(pointer) else {
        writer.fail::<()>();
        return;
    };
    record.write(place);
    match record {
        Record::Own => content(head, writer),
        Record::Back(_) => head.fill(0),
        Record::New(_) => {
            let outer = tracker.patches;
            tracker.patches = P::PATCHES;
            if let Some(new) = new {
                tracker.open(new, true);
            }
            content(head, writer);
            if let Some(tracker) = writer.tracker() {
                tracker.patches = outer;
                if let Some(new) = new {
                    tracker.open(new, false);
                }
            }
        }
    }
}

/// Writes the record of a weak reference.
pub(crate) fn put_weak<P: SharedPointer>(weak: &P::Weak, head: &mut [u8], writer: &mut Writer<'_, '_>) {
    let place = head.as_ptr() as usize;
    if let Some(tracker) = writer.tracker().filter(|tracker| tracker.holding) {
        match P::upgrade(weak) {
            None => Record::Own.write(head),
            Some(object) if tracker.hold(&object) => head.copy_from_slice(&HELD_WEAKLY),
            Some(_) => {
                writer.fail::<()>();
            }
        }
        return;
    }
    match writer.tracker().and_then(|tracker| tracker.refer_weakly::<P>(weak, place)) {
        Some(record) => record.write(head),
        None => {
            writer.fail::<()>();
        }
    }
}
