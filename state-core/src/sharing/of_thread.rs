//! Objects that stay with a thread, such as those behind an `Rc`, while their owner can go anywhere: the objects are in
//! a table of the thread, and the owner has a place in it. On other threads the place is empty.
//!
//! Objects released on another thread are noted for their own, which drops them the next time that it uses a history.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem::take;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use super::handle::Handle;

/// The place of an object in the table of its thread.
#[derive(Debug)]
pub struct Entry {
    /// The number of this place among all of the thread.
    number: u64,
    thread: ThreadId,
    gone: Arc<Gone>,
    /// Takes the object out of the table. Reached only through places, so that programs without any do not link it.
    take: fn(u64),
}

/// The places of a thread that were released on others.
#[derive(Debug, Default)]
struct Gone {
    /// Whether there are any, so that a thread without any need not take the lock.
    any: AtomicBool,
    numbers: Mutex<Vec<u64>>,
}

impl Gone {
    fn note(&self, number: u64) {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).push(number);
        self.any.store(true, Ordering::Release);
    }

    fn take(&self) -> Vec<u64> {
        if !self.any.swap(false, Ordering::Acquire) {
            return Vec::new();
        }
        take(&mut *self.numbers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[derive(Default)]
struct Table {
    entries: BTreeMap<u64, Rc<dyn Handle>>,
    next: u64,
    gone: Arc<Gone>,
}

std::thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
    static THREAD: ThreadId = thread::current().id();
    /// Whether the thread has a table.
    static USED: Cell<bool> = const { Cell::new(false) };
}

/// The id of this thread, without the cost of `thread::current`.
fn this_thread() -> ThreadId {
    THREAD.try_with(|thread| *thread).unwrap_or_else(|_| thread::current().id())
}

/// Drops the objects of this thread that were released on others.
#[inline]
pub fn drop_gone() {
    if USED.get() {
        drop_noted();
    }
}

#[cold]
fn drop_noted() {
    let gone = TABLE.try_with(|table| {
        let Ok(mut table) = table.try_borrow_mut() else { return Vec::new() };
        let numbers = table.gone.take();
        numbers.iter().filter_map(|number| table.entries.remove(number)).collect()
    });
    // Outside the borrow, because the dropped objects may hold others.
    drop(gone);
}

impl Entry {
    pub fn new(handle: impl Handle + 'static) -> Self {
        let handle: Rc<dyn Handle> = Rc::new(handle);
        USED.set(true);
        let entered = TABLE.try_with(|table| {
            let mut table = table.borrow_mut();
            let number = table.next;
            table.next += 1;
            table.entries.insert(number, handle);
            (number, table.gone.clone())
        });
        // While the thread ends there is no table, and the place stays empty.
        let (number, gone) = entered.unwrap_or_default();
        Self { number, thread: this_thread(), gone, take: take_out }
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
        TABLE.try_with(|table| table.borrow().entries.get(&self.number).cloned()).ok()?
    }
}

fn take_out(number: u64) {
    let entry = TABLE.try_with(|table| table.borrow_mut().entries.remove(&number));
    // Outside the borrow, as in `drop_noted`.
    drop(entry);
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.is_here() {
            (self.take)(self.number);
        } else {
            self.gone.note(self.number);
        }
    }
}
