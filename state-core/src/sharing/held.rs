//! Objects that a history holds through pointers: `#[state(held)]`.
//!
//! While a frame is written, a pointer in such a field adds no bytes to the image; its object is added to a list beside
//! the image, in the order in which pointers are visited, and the history owns it, once, for as long as a frame needs
//! it. A reader of the frame visits the pointers in the same order.

use alloc::vec::Vec;
use core::any::TypeId;
use core::fmt;

use super::object::Object;
use super::pointer::{Erasure, SharedPointer};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::decode::Reader;
use crate::protocol::encode::{Size, Writer};
use crate::protocol::root::Root;

/// Drops the objects of this thread that histories released on other threads.
#[inline]
pub(crate) fn drop_gone() {
    #[cfg(feature = "std")]
    super::of_thread::drop_gone();
}

/// The address of an object, and the type of the pointer to it.
type Key = (usize, TypeId);

/// The index of no object.
const NONE: u32 = u32::MAX;

/// The objects that the frames of a history hold, each once.
#[derive(Default)]
pub(crate) struct Objects {
    entries: Vec<Entry>,
    /// The entries that are free.
    free: Vec<u32>,
    /// The first entry of each hash chain; their number is a power of two, or 0.
    chains: Vec<u32>,
}

struct Entry {
    key: Key,
    /// `None` if the entry is free.
    object: Option<Object>,
    /// How many times frames hold it.
    uses: usize,
    /// The next entry of its chain.
    next: u32,
    /// The entry that followed it when it was last visited, as it often does again.
    behind: u32,
    checksum: Option<u64>,
}

impl Entry {
    /// Whether it is the object of a pointer. An object of another thread is not, because its address may have been
    /// reused.
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

    /// Removes the uses of a frame, and drops the objects that no other frame holds.
    pub fn release(&mut self, list: &mut Vec<u32>) {
        let is_unused = |entry: &mut Entry| {
            entry.uses -= 1;
            entry.uses == 0
        };
        Released { objects: self, list, is_unused }.drop_all();
    }

    /// Drops the objects visited for a frame that was not written, unless frames hold them.
    pub fn forget(&mut self, list: &mut Vec<u32>) {
        let is_unused = |entry: &mut Entry| entry.uses == 0 && entry.object.is_some();
        Released { objects: self, list, is_unused }.drop_all();
    }

    /// # Errors
    ///
    /// If an object of a frame belongs to another thread.
    pub fn are_here(&self, list: &[u32]) -> Result<()> {
        let is_here = |&at: &u32| self.object(at).is_some_and(Object::is_here);
        if list.iter().all(is_here) { Ok(()) } else { Err(elsewhere()) }
    }

    /// The checksum of an object, which `sum` computes once.
    ///
    /// # Errors
    /// Those of `sum`, or if the object belongs to another thread.
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
    fn pointer<P: SharedPointer>(&self, at: u32, erasure: &Erasure<P>) -> Option<P> {
        self.object(at)?.with(|handle| (erasure.found)(handle.pointer()))?
    }

    /// Returns the index of an object, which is held from now on. `last` was visited before it.
    fn hold<P: SharedPointer>(&mut self, pointer: &P, erasure: &Erasure<P>, last: Option<u32>) -> Option<u32> {
        let key = (pointer.address(), erasure.key);
        let behind = last.and_then(|last| self.entries.get(last as usize)).map_or(0, |last| last.behind);
        let is_known = self.entries.get(behind as usize).is_some_and(|entry| entry.is(key));
        let at = match if is_known { Some(behind) } else { self.find(key) } {
            Some(at) => at,
            None => self.insert(key, (erasure.object)(pointer)?)?,
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

    /// Drops an object. The drop comes last, because its code may do anything.
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

/// Drops the unused objects of a list; if the code of one panics, the rest is still dropped.
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

/// The error for objects that are held on another thread.
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
    /// The objects of the frame, in the order in which they are visited.
    pub list: Vec<u32>,
}

impl Holder {
    /// Adds the object of a pointer to the frame; `None` if it cannot be held.
    pub(super) fn hold<P: SharedPointer>(&mut self, pointer: &P, erasure: &Erasure<P>) -> Option<()> {
        let at = self.objects.hold(pointer, erasure, self.list.last().copied())?;
        self.list.push(at);
        Some(())
    }

    /// Begins the frame again.
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
    /// The pointer that was visited with this number when the frame was written.
    pub(super) fn pointer<P: SharedPointer>(&self, number: usize, erasure: &Erasure<P>) -> Option<P> {
        self.objects.pointer(*self.list.get(number)?, erasure)
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
