//! Advisory file locks, which end with the handle and with the process.

use std::fs::File;

/// Takes the lock of a file. Returns whether it is free; `None` if there are no such locks.
#[cfg(all(unix, file_lock))]
#[expect(clippy::incompatible_msrv, reason = "the build script asks the compiler")]
pub(super) fn take(file: &File) -> Option<bool> {
    match file.try_lock() {
        Ok(()) => Some(true),
        Err(std::fs::TryLockError::WouldBlock) => Some(false),
        Err(std::fs::TryLockError::Error(_)) => None,
    }
}

/// Locks on Windows exclude readers, and older compilers have no locks.
#[cfg(not(all(unix, file_lock)))]
pub(super) fn take(_: &File) -> Option<bool> {
    None
}

/// Waits for the lock of a file. Returns whether there are such locks.
#[cfg(all(unix, file_lock))]
#[expect(clippy::incompatible_msrv, reason = "the build script asks the compiler")]
pub(crate) fn wait_for(file: &File) -> bool {
    file.lock().is_ok()
}

/// There are no locks to wait for.
#[cfg(not(all(unix, file_lock)))]
pub(crate) fn wait_for(_: &File) -> bool {
    false
}
