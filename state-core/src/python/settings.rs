//! Settings of all classes of a module.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::image::Options;

/// The size from which the space of an image is freed.
pub(super) const LARGE: usize = 0x1_0000;

static DEPTH: AtomicU32 = AtomicU32::new(DEFAULT.levels());

const DEFAULT: Options = Options::new();

/// Sets how deeply the states of this module's classes may be nested; see [`Options::depth`].
///
/// It applies to all of them, and to all threads, from the moment it is called; call it where the module is built.
/// Python's main thread usually has a stack of 8 MiB, and others have `threading.stack_size`. Pickle itself recurses
/// too, and raises a `RecursionError` at some hundred nested lists and tuples.
pub fn set_depth(levels: u32) {
    DEPTH.store(levels, Ordering::Relaxed);
}

/// The settings of all classes.
pub(super) fn options() -> Options {
    DEFAULT.depth(DEPTH.load(Ordering::Relaxed))
}
