//! Counts live objects.

use std::cell::Cell;

thread_local! {
    static ALIVE: Cell<isize> = const { Cell::new(0) };
}

/// The number of objects alive in this thread.
pub fn alive() -> isize {
    ALIVE.get()
}

#[derive(Debug)]
pub struct Alive(());

impl Default for Alive {
    fn default() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}
