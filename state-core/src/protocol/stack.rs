//! How much stack a level of depth stands for, so that what a depth lets through fits a thread, whatever its type.
//!
//! Depth counts where a type can hold itself: at lists, boxes and maps. Between two of them lie the frames of structs,
//! enums and tuples, of which a type has as many as its author likes. So each type says what its own may take, up to
//! where the next level is counted, and a level of heavy types counts as several. The numbers hold where nothing is
//! optimised, as the test `stack` shows; optimised frames are a small part of them.

use crate::protocol::memory::{Mode, run_mode};
use crate::state::State;

/// What one part takes, in bytes, in a walk by the schema: more than the frames of its own code where it is small.
pub(crate) const PART: usize = 1000;

/// Parts that stand inside one another in one level.
const PARTS: u32 = 13;

/// What a level stands for, in bytes: of 128, a thread of 2 MiB keeps a fifth for all else.
pub(crate) const LEVEL: usize = PARTS as usize * PART;

/// The stack used by the code of a type that handles values of `size` bytes and calls the code of its parts, the
/// largest of which uses `parts`. Without optimisation, values are copied between locals several times.
#[must_use]
pub const fn stack(size: usize, parts: usize) -> usize {
    let own = size.saturating_mul(5).saturating_add(300);
    parts.saturating_add(if own > PART { own } else { PART })
}

/// The largest of the stacks of a type's parts, of which one is in work at a time.
#[must_use]
pub const fn deepest(parts: &[usize]) -> usize {
    crate::protocol::layout::largest(parts)
}

/// For how many levels a list, a box or a map counts, and the part of a `T` that stands in it.
pub(crate) const fn weight<T: State>() -> u32 {
    // What holds the part has as many copies of it in its hands as two that go through it.
    const { levels_of(stack(size_of::<T>().saturating_mul(2), T::STACK)) }
}

/// The same for a box.
pub(crate) const fn boxed_weight<T: State>() -> u32 {
    const { levels_of(boxed_stack::<T>()) }
}

/// The same for a member of a list of types, whose functions are called through pointers.
pub(crate) const fn member_weight<T: State>() -> u32 {
    const { levels_of(boxed_stack::<T>().saturating_add(PART)) }
}

const fn boxed_stack<T: State>() -> usize {
    match T::BOXED {
        _ if is_copied::<T>() => PART,
        Some(stack) => stack,
        None => stack(size_of::<T>().saturating_mul(2), T::STACK),
    }
}

/// Whether a box counts a level for its value: that can hold more, or needs the stack of several levels.
pub(crate) const fn is_boxed_level<T: State>() -> bool {
    const { T::DYNAMIC || boxed_weight::<T>() > 1 }
}

/// Whether runs of values are copied to where they belong, which takes no stack whatever their size.
const fn is_copied<T: State>() -> bool {
    !matches!(run_mode(&T::IMAGE, T::HEAD), Mode::Apart)
}

const fn levels_of(stack: usize) -> u32 {
    let levels = stack.div_ceil(LEVEL);
    if levels > u32::MAX as usize { u32::MAX } else { levels as u32 }
}

/// Parts that no level counts: those of the root.
const ROOT: u32 = 192;

/// How many parts may stand inside one another in walks that call themselves for each, where so many levels may.
pub(crate) const fn parts(levels: u32) -> u32 {
    levels.saturating_mul(PARTS).saturating_add(ROOT)
}

/// For how many levels there is stack left where so many parts may follow.
pub(crate) const fn levels(parts: u32) -> u32 {
    parts.saturating_sub(ROOT).div_ceil(PARTS)
}
