//! Objects that stay with a thread, as those behind an `Rc` do, while what owns them can go anywhere: they lie in a table
//! of the thread, and the owner has a place in it. On other threads the place is empty.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::cell::RefCell;
use std::thread::{self, ThreadId};

use super::held::Handle;

/// Where an object lies.
///
/// The address of what it owns tells it from all others: that of an owner which is gone is not given again as long as its
/// entry is there.
#[derive(Debug)]
pub struct Place {
    owner: Arc<()>,
    thread: ThreadId,
}

struct Entry {
    handle: Rc<dyn Handle>,
    owner: Weak<()>,
}

#[derive(Default)]
struct Table {
    entries: BTreeMap<usize, Entry>,
    /// As many entries as there may be before it is looked for owners that have gone on another thread.
    most: usize,
}

std::thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
    static THREAD: ThreadId = thread::current().id();
}

/// The number of the thread, without what it costs to ask for it.
fn this_thread() -> ThreadId {
    THREAD.try_with(|thread| *thread).unwrap_or_else(|_| thread::current().id())
}

impl Place {
    pub fn new(handle: impl Handle + 'static) -> Self {
        let place = Self { owner: Arc::new(()), thread: this_thread() };
        let entry = Entry { handle: Rc::new(handle), owner: Arc::downgrade(&place.owner) };
        let gone = TABLE.try_with(|table| table.borrow_mut().insert(place.key(), entry));
        // Outside, as what is dropped may hold others.
        drop(gone);
        place
    }

    /// Whether the object belongs to this thread.
    #[inline]
    pub fn is_here(&self) -> bool {
        self.thread == this_thread()
    }

    /// The object, if it belongs to this thread.
    pub fn handle(&self) -> Option<Rc<dyn Handle>> {
        if !self.is_here() {
            return None;
        }
        TABLE.try_with(|table| table.borrow().find(self.key())).ok()?
    }

    fn key(&self) -> usize {
        Arc::as_ptr(&self.owner) as usize
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.handle().is_some() {
            let entry = TABLE.try_with(|table| table.borrow_mut().entries.remove(&self.key()));
            drop(entry);
        }
    }
}

impl Table {
    fn find(&self, key: usize) -> Option<Rc<dyn Handle>> {
        Some(self.entries.get(&key)?.handle.clone())
    }

    /// Enters an object; those whose owners are gone.
    fn insert(&mut self, key: usize, entry: Entry) -> Vec<Entry> {
        let mut gone = Vec::new();
        if self.entries.len() >= self.most {
            let keys: Vec<usize> =
                self.entries.iter().filter(|(_, of)| of.owner.strong_count() == 0).map(|e| *e.0).collect();
            gone.extend(keys.iter().filter_map(|key| self.entries.remove(key)));
            self.most = (2 * self.entries.len()).max(64);
        }
        self.entries.insert(key, entry);
        gone
    }
}
