//! `Mutex` and `RwLock`, which are encoded as their values.
//!
//! Saving never waits for a lock: one that is held is an error, because waiting for a lock of the same thread would
//! never end. So is a poisoned one, whose value a panic may have left half-changed. Restoring needs no lock, and clears
//! the poison.

use std::sync::{Mutex, PoisonError, RwLock, TryLockError};

use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::stack::stack;
use crate::schema::Schema;
use crate::sharing::share_through;
use crate::state::{Restore, State};

#[cold]
fn unreadable<T>(error: &TryLockError<T>) -> Error {
    let found = match error {
        TryLockError::Poisoned(_) => "one that is poisoned",
        TryLockError::WouldBlock => "one that is held",
    };
    Error::new(ErrorKind::Unwritable, "a lock that can be read", found)
}

macro_rules! locks {
    ($($lock:ident, $read:ident, $try_write:ident, $write:ident;)*) => {$(
        impl<T: State> State for $lock<T> {
            const HEAD: usize = T::HEAD;
            // Always visited, to find out whether it can be read.
            const DYNAMIC: bool = true;
            const CELL: bool = true;
            share_through!(T);
            const STACK: usize = stack(size_of::<Self>(), T::STACK);

            fn schema() -> &'static Schema {
                T::schema()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                match self.$read() {
                    Ok(value) => T::size(&value, size),
                    Err(error) => size.fail(unreadable(&error)),
                }
            }

            #[inline]
            fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
                match self.$read() {
                    Ok(value) => writer.copied(&*value, head),
                    Err(_) => {
                        writer.fail::<()>();
                    }
                }
            }
        }

        impl<'de, T: Restore<'de>> Restore<'de> for $lock<T> {
            const CHECKED: bool = T::CHECKED;

            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                T::check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                T::get(head, reader).map(Self::new)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                self.get_mut().unwrap_or_else(PoisonError::into_inner).set(head, reader);
                // Last, so that a value whose restore panics stays poisoned.
                self.clear_poison();
            }

            fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool {
                let entered = match self.$try_write() {
                    Ok(mut value) => {
                        value.set(head, reader);
                        true
                    }
                    Err(TryLockError::Poisoned(value)) => {
                        value.into_inner().set(head, reader);
                        true
                    }
                    Err(TryLockError::WouldBlock) if wait => {
                        self.$write().unwrap_or_else(PoisonError::into_inner).set(head, reader);
                        true
                    }
                    Err(TryLockError::WouldBlock) => false,
                };
                if entered {
                    self.clear_poison();
                }
                entered
            }

            fn swap_in(&self, other: &Self) -> bool {
                match (self.$try_write(), other.$try_write()) {
                    (Ok(mut value), Ok(mut other)) => core::mem::swap(&mut *value, &mut *other),
                    _ => return false,
                }
                true
            }

            /// A poisoned lock is replaced: its poison leaves with the old state.
            fn trades_in(&self, other: &Self) -> bool {
                self.$try_write().is_ok() && other.$try_write().is_ok()
            }

            fn trade_in(&self, other: &Self, reader: &mut Reader<'de>) {
                let mut value = self.$write().unwrap_or_else(PoisonError::into_inner);
                let mut others = other.$write().unwrap_or_else(PoisonError::into_inner);
                value.exchange_with(&mut others, reader);
                // If a hook has panicked in one, it now holds another state.
                self.clear_poison();
                other.clear_poison();
            }

            fn settle_in(&self, reader: &mut Reader<'de>) -> Option<()> {
                match self.$try_write() {
                    Ok(mut value) => value.settle(reader),
                    Err(TryLockError::Poisoned(value)) => value.into_inner().settle(reader),
                    Err(TryLockError::WouldBlock) if reader.waits() => {
                        self.$write().unwrap_or_else(PoisonError::into_inner).settle(reader)
                    }
                    Err(TryLockError::WouldBlock) => Some(()),
                }
            }

            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                let changes = self.is_poisoned() != other.is_poisoned();
                let value = self.get_mut().unwrap_or_else(PoisonError::into_inner);
                let others = other.get_mut().unwrap_or_else(PoisonError::into_inner);
                value.exchange_with(others, reader);
                if changes {
                    // The poison leaves with the old state, while skipped fields stay.
                    core::mem::swap(value, others);
                    core::mem::swap(self, other);
                }
            }

            #[inline]
            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                self.get_mut().unwrap_or_else(PoisonError::into_inner).settle(reader)
            }
        }
    )*};
}

locks! {
    Mutex, try_lock, try_lock, lock;
    RwLock, try_read, try_write, write;
}
