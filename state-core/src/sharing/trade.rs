//! The walks of a restore in place that exchanges the objects of a live value with those of a new one: references to
//! the new objects are counted, pairs exchange their states, references are made to lead to the live objects, and hooks
//! are called.
//!
//! Values are walked by `settle`, and pairs of them by `exchange_with`. Neither enters an object behind a reference:
//! the object is queued, and walked when the current one has ended. So walks do not nest along references, no two locks
//! are held at a time, and each object is visited once.

use alloc::vec::Vec;

use super::links::{HandleId, Links, Met, Side, Walk};
use super::pointer::Shared;
use crate::protocol::decode::Reader;
use crate::protocol::hooks::Hooks;

/// The step of a walk at an owner, which can be made to refer to another object.
#[cold]
pub(crate) fn settle<'de, P: Shared<'de>>(this: &mut P, reader: &mut Reader<'de>) -> Option<()> {
    if reader.shelf().is_some_and(|shelf| shelf.holds()) {
        return Some(());
    }
    let is_walked = reader.links().is_some();
    let (true, Some(erasure)) = (P::ENTERS && is_walked, P::erasure()) else {
        return this.settle_value(reader);
    };
    let links = reader.links()?;
    let walk = links.walk;
    match walk {
        Walk::Count => {
            links.count(this, &erasure, 0)?;
            links.meet(this, &erasure)
        }
        Walk::Link(side) => {
            if let Some(other) = links.other(this, &erasure, side) {
                *this = other;
            }
            reader.links()?.meet(this, &erasure)
        }
        Walk::Part => {
            if let Some(other) = links.other(this, &erasure, Side::Live) {
                *this = other;
            }
            Some(())
        }
        Walk::Find(key) if key == links.key(this, &erasure) => None,
        Walk::Find(_) | Walk::Settle | Walk::Exchange => Some(()),
    }
}

/// The step of a walk at a weak reference.
#[cold]
pub(crate) fn settle_weak<'de, P: Shared<'de>>(this: &mut P::Weak, reader: &mut Reader<'de>) {
    if reader.shelf().is_some_and(|shelf| shelf.holds()) {
        return;
    }
    let Some(links) = reader.links().filter(|_| P::ENTERS) else { return };
    let (Some(erasure), Some(object)) = (P::erasure(), P::upgrade(this)) else { return };
    match links.walk {
        Walk::Count => {
            links.count(&object, &erasure, 1);
        }
        Walk::Link(side) => {
            if let Some(other) = links.other(&object, &erasure, side) {
                *this = other.downgrade();
            }
        }
        Walk::Part | Walk::Exchange | Walk::Settle | Walk::Find(_) => {}
    }
}

/// Exchanges two owners: the states of their objects if these are a pair, otherwise the references.
#[cold]
pub(crate) fn exchange<'de, P: Shared<'de>>(this: &mut P, other: &mut P, reader: &mut Reader<'de>) {
    if reader.shelf().is_some_and(|shelf| shelf.holds()) {
        return core::mem::swap(this, other);
    }
    let is_walked = reader.links().is_some();
    let (true, Some(erasure)) = (P::ENTERS && is_walked, P::erasure()) else {
        return this.exchange_values(other, reader);
    };
    if reader.links().and_then(|links| links.pair(this, other, &erasure)) != Some(true) {
        core::mem::swap(this, other);
    }
}

/// The walk of a value, as a function without its type.
pub(crate) type Root<'r, 'de> = &'r mut dyn FnMut(&mut Reader<'de>) -> Option<()>;

/// Counts the references to the objects of a new value, and the hooks that were left in it.
pub(crate) fn count<'de>(root: Root<'_, 'de>, reader: &mut Reader<'de>) {
    walk(Walk::Count, root, reader);
    if let Some(links) = reader.links() {
        links.end_count();
    }
}

/// Exchanges two values through `root`, and then all pairs of objects.
pub(crate) fn trade_all<'de>(root: Root<'_, 'de>, reader: &mut Reader<'de>) {
    let mut all = |reader: &mut Reader<'de>| {
        root(reader)?;
        reader.links().map(Links::meet_pairs)
    };
    walk_with(Walk::Exchange, &mut all, reader, |reader, kind, place| {
        if let Some(trade) = reader.links().and_then(|links| Some(links.kinds.get(kind)?.trade)) {
            trade(reader, place);
        }
    });
}

/// Makes all references of the live value lead to live objects.
pub(crate) fn link_live<'de>(root: Root<'_, 'de>, reader: &mut Reader<'de>) {
    walk(Walk::Link(Side::Live), root, reader);
}

/// Makes all references of the value that was taken out lead to the objects that now hold its state.
pub(crate) fn link_new<'de>(root: Root<'_, 'de>, reader: &mut Reader<'de>) {
    walk(Walk::Link(Side::New), root, reader);
}

/// Redirects the references of the objects that the last walk met, and of new objects in pairs: those that hold what
/// was live would otherwise own each other in cycles.
pub(crate) fn part_new(reader: &mut Reader<'_>) {
    let Some(links) = reader.links() else { return };
    // The objects stay: this walk goes to no others.
    links.walk = Walk::Part;
    let met: Vec<HandleId> = links.met.iter().map(|met| met.place).collect();
    for place in met {
        if let Some(settle) = reader.links().and_then(|links| Some(links.kinds.get(place.0)?.settle)) {
            settle(reader, place);
        }
    }
    let Some(links) = reader.links() else { return };
    let pairs: Vec<HandleId> = links.live_places().collect();
    for place in pairs {
        if let Some(part) = reader.links().and_then(|links| Some(links.kinds.get(place.0)?.part)) {
            part(reader, place);
        }
    }
}

fn walk<'de>(walk: Walk, root: Root<'_, 'de>, reader: &mut Reader<'de>) {
    walk_with(walk, root, reader, |reader, kind, place| {
        if let Some(settle) = reader.links().and_then(|links| Some(links.kinds.get(kind)?.settle)) {
            settle(reader, place);
        }
    });
}

fn walk_with<'de>(
    walk: Walk,
    root: Root<'_, 'de>,
    reader: &mut Reader<'de>,
    each: fn(&mut Reader<'de>, usize, HandleId),
) {
    let Some(links) = reader.links() else { return };
    links.begin(walk);
    root(reader);
    let mut at = 0;
    while let Some(place) = reader.links().and_then(|links| {
        links.at = Some(at);
        Some(links.met.get(at)?.place)
    }) {
        each(reader, place.0, place);
        at += 1;
    }
}

/// Calls the hooks that were left in the value that was linked last: those of the objects that an object refers to come
/// before its own.
pub(crate) fn settle_all<'de>(root: Root<'_, 'de>, reader: &mut Reader<'de>) -> Option<()> {
    let links = reader.links()?;
    links.walk = Walk::Settle;
    for at in links.parts_first() {
        if settle_at(at, reader).is_none() {
            name(at, root, reader);
            return None;
        }
    }
    root(reader)
}

fn settle_at(at: usize, reader: &mut Reader<'_>) -> Option<()> {
    let links = reader.links()?;
    let place = links.met.get(at)?.place;
    let settle = links.kinds.get(place.0)?.settle;
    settle(reader, place)
}

/// Adds to the error the path to the object in which a hook refused.
fn name<'de>(at: usize, root: Root<'_, 'de>, reader: &mut Reader<'de>) {
    let hooks = reader.set_hooks(Hooks::Never);
    let mut next = Some(at);
    while let Some(Met { key, within, .. }) =
        next.and_then(|at| reader.links().and_then(|links| links.met.get(at).copied()))
    {
        if let Some(links) = reader.links() {
            links.walk = Walk::Find(key);
        }
        let _ = match within {
            Some(within) => settle_at(within, reader),
            None => root(reader),
        };
        next = within;
    }
    reader.set_hooks(hooks);
}
