//! The stack that a level of depth stands for, so that a state within the limit of depth fits the stack of a thread,
//! whatever its type.
//!
//! Depth counts where a type can hold itself: at lists, boxes and maps. Between two of these are the frames of structs,
//! enums and tuples, any number of them. So each type declares how much stack its frames may use before the next level
//! is counted, and a level of heavy types counts as several. The numbers hold for unoptimised code, as the test `stack`
//! shows; optimised frames are much smaller.

use crate::protocol::memory::{Mode, run_mode};
use crate::state::State;

/// The stack that one part uses in a walk by the schema, in bytes: if the part is small, more than the frames of its
/// generated code.
pub(crate) const PART: usize = 1000;

/// The parts that may be nested within one level.
const PARTS: u32 = 13;

/// The stack that a level stands for, in bytes: with 128 levels, a thread of 2 MiB keeps a fifth for everything else.
pub(crate) const LEVEL: usize = PARTS as usize * PART;

/// The stack used by the code of a type that handles values of `size` bytes and calls the code of its parts, the
/// largest of which uses `parts`. Without optimisation, values are copied between locals several times.
#[must_use]
pub const fn stack(size: usize, parts: usize) -> usize {
    let own = size.saturating_mul(5).saturating_add(300);
    parts.saturating_add(if own > PART { own } else { PART })
}

/// The largest of the stacks of a type's parts, only one of which is active at a time.
#[must_use]
pub const fn deepest(parts: &[usize]) -> usize {
    crate::protocol::layout::largest(parts)
}

/// How many levels a list, box or map and the `T` in it count for.
pub(crate) const fn weight<T: State>() -> u32 {
    // The container's frames hold as many copies of the part as two types around it would.
    const { levels_of(stack(size_of::<T>().saturating_mul(2), T::STACK)) }
}

/// As [`weight`], for a box.
pub(crate) const fn boxed_weight<T: State>() -> u32 {
    const { levels_of(boxed_stack::<T>()) }
}

/// As [`boxed_weight`], for a member of a list of types, whose functions are called through pointers.
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

/// Whether a box counts a level for its value: if the value can hold more, or needs the stack of several levels.
pub(crate) const fn is_boxed_level<T: State>() -> bool {
    const { T::DYNAMIC || boxed_weight::<T>() > 1 }
}

/// Whether runs of values are copied into place, which takes no stack, whatever their size.
const fn is_copied<T: State>() -> bool {
    !matches!(run_mode(&T::IMAGE, T::HEAD), Mode::Apart)
}

const fn levels_of(stack: usize) -> u32 {
    let levels = stack.div_ceil(LEVEL);
    if levels > u32::MAX as usize { u32::MAX } else { levels as u32 }
}

/// The parts that no level counts: those of the root.
const ROOT: u32 = 192;

/// How many parts may be nested in walks that recurse for each, if that many levels may be.
pub(crate) const fn parts(levels: u32) -> u32 {
    levels.saturating_mul(PARTS).saturating_add(ROOT)
}

/// The number of levels for which stack is left if this many parts may follow.
pub(crate) const fn levels(parts: u32) -> u32 {
    parts.saturating_sub(ROOT).div_ceil(PARTS)
}
