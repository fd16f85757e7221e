//! The owner of an object that a history holds.

use alloc::boxed::Box;

use super::handle::Handle;
#[cfg(feature = "std")]
use super::of_thread::Entry;
use crate::state::State;

/// The owner of an object.
#[allow(missing_debug_implementations, reason = "it is never shown")]
pub enum Object {
    /// One that can go to other threads.
    OfAll(Box<dyn Handle + Send + Sync>),
    /// One that stays with its thread.
    #[cfg(feature = "std")]
    OfThread(Entry),
}

impl Object {
    pub(super) fn of_all<P: State + Send + Sync + 'static>(pointer: P) -> Self {
        Self::OfAll(Box::new(pointer))
    }

    #[cfg(feature = "std")]
    #[allow(clippy::unnecessary_wraps, reason = "without `std` there is no place")]
    pub(super) fn of_thread<P: State + 'static>(pointer: P) -> Option<Self> {
        Some(Self::OfThread(Entry::new(pointer)))
    }

    #[cfg(not(feature = "std"))]
    pub(super) fn of_thread<P: State + 'static>(_: P) -> Option<Self> {
        None
    }

    /// Whether it belongs to all threads, or to this one.
    #[inline]
    pub(super) fn is_here(&self) -> bool {
        match self {
            Self::OfAll(_) => true,
            #[cfg(feature = "std")]
            Self::OfThread(place) => place.is_here(),
        }
    }

    /// Passes the pointer to `look`, unless it belongs to another thread.
    pub(super) fn with<R>(&self, look: impl FnOnce(&dyn Handle) -> R) -> Option<R> {
        match self {
            Self::OfAll(handle) => Some(look(&**handle)),
            #[cfg(feature = "std")]
            Self::OfThread(place) => place.handle().map(|handle| look(&*handle)),
        }
    }
}
