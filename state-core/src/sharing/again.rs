//! Decoding of shared pointers, at the end: references to objects that did not exist yet are filled in.
//!
//! When all objects exist, each incomplete one is read again: a new object is built again and swaps its content,
//! through its cell, with the copy, and a live one is restored again. No cycle is closed before refusals have become
//! impossible, so that nothing leaks after one.
//!
//! If a reference outside of all numbered objects is left out, a new root is built again. The first one is dropped, and
//! its `Drop` may change the objects that it leads to, such as take them apart to free cycles: so the objects of the
//! second one are built again too, in between.

use alloc::vec::Vec;
use core::mem::take;

use super::pointer::Shared;
use super::shelf::{Again, Begun};
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Mark, Reader, Regions};

/// Builds an incomplete object again.
pub(super) fn build_again<'de, P: Shared<'de>>(begun: Begun<'de>, reader: &mut Reader<'de>) -> Option<()> {
    let fresh = P::build(begun.head, reader)?;
    reader.shelf()?.add_fresh(begun.number, fresh)
}

/// Restores an incomplete live object again.
pub(super) fn enter_again<'de, P: Shared<'de>>(begun: Begun<'de>, reader: &mut Reader<'de>) -> Option<()> {
    let pointer: P = reader.shelf()?.find(begun.number, &P::erasure()?)?;
    pointer.enter(begun.head, reader, true).then_some(())
}

/// Reads objects, in this order.
fn read<'de>(objects: Vec<Again<'de>>, reader: &mut Reader<'de>) -> Option<()> {
    objects.into_iter().try_for_each(|Again { begun, read }| {
        reader.back_to(begun.start);
        read(begun, reader)
    })
}

/// Whether a new root must be built again, because a reference in it was left out.
pub(crate) fn is_root_incomplete(reader: &mut Reader<'_>) -> bool {
    reader.shelf().is_some_and(|shelf| shelf.root && shelf.numbered.root_again)
}

/// Builds all objects again for a root that is to be built again, once the first root was dropped.
#[cold]
pub(crate) fn make_again<'de>(reader: &mut Reader<'de>, regions: &Regions<'de>) -> Option<()> {
    reader.set_left(0);
    let shelf = reader.shelf()?;
    (shelf.root, shelf.numbered.root_again) = (false, false);
    shelf.clear();
    // These begin in the same order, so that they get the same numbers.
    let outermost = take(&mut shelf.outermost);
    read(outermost, reader)?;
    reader.back_to(Mark::of(regions));
    Some(())
}

/// After the root was read, fills in all references that were left out; returns whether the root must be read again,
/// and this be called once more.
#[cold]
pub(crate) fn complete<'de>(reader: &mut Reader<'de>, regions: &Regions<'de>) -> Option<bool> {
    let left = reader.left();
    let shelf = reader.shelf()?;
    if !shelf.again {
        (shelf.again, shelf.left) = (true, left);
        let (incomplete, root_too) = (take(&mut shelf.incomplete), take(&mut shelf.root));
        read(incomplete, reader)?;
        if root_too {
            reader.back_to(Mark::of(regions));
            return Some(true);
        }
    }
    // The hooks of objects that were read again had been counted before.
    let left = reader.shelf()?.left;
    reader.set_left(left);
    if !reader.shelf()?.close_cycles() {
        reader.refuse(Error::new(ErrorKind::Refused, "", "an object on a cycle whose cell or lock a hook keeps"));
        return None;
    }
    Some(false)
}
