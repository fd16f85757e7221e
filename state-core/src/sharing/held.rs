//! Objects that a history keeps by their pointers: `#[state(held)]`.
//!
//! While a frame is written, a pointer in such a field puts no byte into the image; the object that it leads to is noted
//! in a list beside it, in the order in which pointers are met, and is owned by the history, once, for as long as a frame
//! needs it. What reads the frame meets the pointers in the same order.

use alloc::vec::Vec;
use core::any::TypeId;
use core::fmt;

use super::object::Object;
use super::pointer::{Kept, SharedPointer};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::decode::Reader;
use crate::protocol::encode::{Size, Writer};
use crate::protocol::root::Root;

/// Drops the objects of this thread that histories let go on other threads.
#[inline]
pub(crate) fn drop_gone() {
    #[cfg(feature = "std")]
    super::of_thread::drop_gone();
}

/// Of which type a pointer is, and where its object lies.
type Key = (usize, TypeId);

/// No object.
const NONE: u32 = u32::MAX;

/// The objects that the frames of a history hold, each once.
#[derive(Default)]
pub(crate) struct Objects {
    entries: Vec<Entry>,
    /// Entries that are empty.
    free: Vec<u32>,
    /// The first entry of each chain of keys; a power of two, or none.
    chains: Vec<u32>,
}

struct Entry {
    key: Key,
    /// `None` where the entry is free.
    object: Option<Object>,
    /// How often frames hold it.
    uses: usize,
    /// The next of its chain.
    next: u32,
    /// What was met behind it last, as it often is again.
    behind: u32,
    checksum: Option<u64>,
}

impl Entry {
    /// Whether it is the object of a pointer. One of another thread is not, as its address may have been given again.
    #[inline]
    fn is(&self, key: Key) -> bool {
        self.key == key && self.object.as_ref().is_some_and(Object::is_here)
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("count", &(self.entries.len() - self.free.len())).finish_non_exhaustive()
    }
}

impl Objects {
    /// Adds a use for each object of a frame.
    pub fn retain(&mut self, list: &[u32]) {
        for &at in list {
            self.entries[at as usize].uses += 1;
        }
    }

    /// Takes the uses of a frame back, and drops what no other frame holds.
    pub fn release(&mut self, list: &mut Vec<u32>) {
        let is_unused = |entry: &mut Entry| {
            entry.uses -= 1;
            entry.uses == 0
        };
        Released { objects: self, list, is_unused }.drop_all();
    }

    /// Drops what was met for a frame that was not written, unless others hold it.
    pub fn forget(&mut self, list: &mut Vec<u32>) {
        let is_unused = |entry: &mut Entry| entry.uses == 0 && entry.object.is_some();
        Released { objects: self, list, is_unused }.drop_all();
    }

    /// # Errors
    /// An object of a frame that belongs to another thread.
    pub fn are_here(&self, list: &[u32]) -> Result<()> {
        let is_here = |&at: &u32| self.object(at).is_some_and(Object::is_here);
        if list.iter().all(is_here) { Ok(()) } else { Err(elsewhere()) }
    }

    /// The checksum of an object as `sum` computes it, once.
    ///
    /// # Errors
    /// Those of `sum`, and an object that belongs to another thread.
    pub fn checksum(&mut self, at: u32, sum: impl Fn(Root<'_, '_>) -> Result<u64>) -> Result<u64> {
        if let Some(known) = self.entries[at as usize].checksum {
            return Ok(known);
        }
        let mut found = Err(elsewhere());
        self.object(at).and_then(|object| object.with(|handle| handle.root(&mut |root| found = sum(root))));
        let sum = found?;
        self.entries[at as usize].checksum = Some(sum);
        Ok(sum)
    }

    fn object(&self, at: u32) -> Option<&Object> {
        self.entries.get(at as usize)?.object.as_ref()
    }

    /// The pointer to an object.
    fn pointer<P: SharedPointer>(&self, at: u32, kept: &Kept<P>) -> Option<P> {
        self.object(at)?.with(|handle| (kept.found)(handle.pointer()))?
    }

    /// Where an object is, which is held from now on. `last` was met before it.
    fn hold<P: SharedPointer>(&mut self, pointer: &P, kept: &Kept<P>, last: Option<u32>) -> Option<u32> {
        let key = (pointer.address(), kept.key);
        let behind = last.and_then(|last| self.entries.get(last as usize)).map_or(0, |last| last.behind);
        let is_known = self.entries.get(behind as usize).is_some_and(|entry| entry.is(key));
        let at = match if is_known { Some(behind) } else { self.find(key) } {
            Some(at) => at,
            None => self.insert(key, (kept.object)(pointer)?)?,
        };
        if let Some(last) = last {
            self.entries[last as usize].behind = at;
        }
        Some(at)
    }

    fn chain(&self, (address, _): Key) -> Option<usize> {
        let hash = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Some((hash >> 32) as usize & self.chains.len().checked_sub(1)?)
    }

    fn find(&self, key: Key) -> Option<u32> {
        let mut at = self.chains[self.chain(key)?];
        while let Some(entry) = self.entries.get(at as usize) {
            if entry.is(key) {
                return Some(at);
            }
            at = entry.next;
        }
        None
    }

    fn insert(&mut self, key: Key, object: Object) -> Option<u32> {
        if self.entries.len() - self.free.len() == self.chains.len() {
            self.chains = alloc::vec![NONE; (2 * self.chains.len()).max(16)];
            for at in 0..self.entries.len() as u32 {
                if self.entries[at as usize].object.is_some() {
                    self.link(at);
                }
            }
        }
        let entry = Entry { key, object: Some(object), uses: 0, next: NONE, behind: 0, checksum: None };
        let at = match self.free.pop() {
            Some(at) => {
                self.entries[at as usize] = entry;
                at
            }
            None => {
                let at = u32::try_from(self.entries.len()).ok().filter(|&at| at != NONE)?;
                self.entries.push(entry);
                at
            }
        };
        self.link(at);
        Some(at)
    }

    fn link(&mut self, at: u32) {
        if let Some(chain) = self.chain(self.entries[at as usize].key) {
            self.entries[at as usize].next = core::mem::replace(&mut self.chains[chain], at);
        }
    }

    /// Drops an object. It is dropped last, as its own code may do anything.
    fn remove(&mut self, at: u32) {
        let Some(chain) = self.chain(self.entries[at as usize].key) else { return };
        let behind = self.entries[at as usize].next;
        if self.chains[chain] == at {
            self.chains[chain] = behind;
        } else {
            let mut before = self.chains[chain];
            while let Some(entry) = self.entries.get_mut(before as usize) {
                if entry.next == at {
                    entry.next = behind;
                    break;
                }
                before = entry.next;
            }
        }
        self.free.push(at);
        drop(self.entries[at as usize].object.take());
    }
}

/// Drops what is unused of a list, and goes on with the rest if the code of an object panics.
struct Released<'a> {
    objects: &'a mut Objects,
    list: &'a mut Vec<u32>,
    is_unused: fn(&mut Entry) -> bool,
}

impl Released<'_> {
    fn drop_all(&mut self) {
        while let Some(at) = self.list.pop() {
            if (self.is_unused)(&mut self.objects.entries[at as usize]) {
                self.objects.remove(at);
            }
        }
    }
}

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.drop_all();
    }
}

/// What is held on another thread.
#[cold]
fn elsewhere() -> Error {
    let expected = "a frame whose held objects belong to this thread (those behind an `Arc` to what is `Send` and `Sync` can \
                    be used on all)";
    Error::new(ErrorKind::Frame, expected, "objects that are held on another")
}

/// The objects of a history while one of its frames is written.
#[derive(Debug, Default)]
pub(crate) struct Holder {
    pub objects: Objects,
    /// Those of the frame, in the order in which they are met.
    pub list: Vec<u32>,
}

impl Holder {
    /// Notes a pointer; `None` where its object cannot be held.
    pub(super) fn hold<P: SharedPointer>(&mut self, pointer: &P, kept: &Kept<P>) -> Option<()> {
        let at = self.objects.hold(pointer, kept, self.list.last().copied())?;
        self.list.push(at);
        Some(())
    }

    /// Begins a frame again.
    pub fn restart(&mut self) {
        self.objects.forget(&mut self.list);
    }
}

/// The objects of a frame that is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'a> {
    pub objects: &'a Objects,
    pub list: &'a [u32],
}

impl Held<'_> {
    /// The pointer that was the one of this number as the frame was written.
    pub(super) fn pointer<P: SharedPointer>(&self, number: usize, kept: &Kept<P>) -> Option<P> {
        self.objects.pointer(*self.list.get(number)?, kept)
    }
}

/// Counts a field whose pointers a history holds.
#[inline]
pub fn hold_size(size: &mut Size, count: impl FnOnce(&mut Size)) {
    let outer = size.hold(true);
    count(size);
    size.hold(outer);
}

/// Writes such a field.
#[inline]
pub fn hold_put<'w, 'v>(writer: &mut Writer<'w, 'v>, put: impl FnOnce(&mut Writer<'w, 'v>)) {
    let outer = writer.tracker().is_some_and(|tracker| tracker.hold_all(true));
    put(writer);
    if let Some(tracker) = writer.tracker() {
        tracker.hold_all(outer);
    }
}

/// Builds such a field.
#[inline]
pub fn hold_get<'de, R>(reader: &mut Reader<'de>, get: impl FnOnce(&mut Reader<'de>) -> R) -> R {
    let outer = reader.shelf().is_some_and(|shelf| shelf.hold_all(true));
    let value = get(reader);
    if let Some(shelf) = reader.shelf() {
        shelf.hold_all(outer);
    }
    value
}

/// Restores such a field in place.
#[inline]
pub fn hold_set<'de>(reader: &mut Reader<'de>, set: impl FnOnce(&mut Reader<'de>)) {
    hold_get(reader, set);
}
