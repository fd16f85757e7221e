//! The memory that a container takes for its elements. It is counted while an image is checked, so that a state that
//! would take too much is refused before any of it is built.

use crate::protocol::decode::Checker;
use crate::protocol::layout::{FACTOR, LENGTH, stride};

/// An upper bound on what a container needs to hold its elements, and to be built or refilled.
pub struct Room {
    /// Places for each element, including those that stay empty.
    copies: usize,
    /// Bytes of overhead for each element.
    beside: usize,
    /// Additional places, as soon as there is one element.
    spare: usize,
}

/// A kind of container.
pub trait Holds {
    const ROOM: Room;

    /// Whether elements that do not exist yet can be left out, and added later.
    const MAY_MISS: bool;
}

macro_rules! holds {
    ($($(#[$doc:meta])* $name:ident: $copies:literal, $beside:literal, $spare:literal, $may_miss:literal;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Holds for $name {
            const ROOM: Room = Room { copies: $copies, beside: $beside, spare: $spare };
            const MAY_MISS: bool = $may_miss;
        }
    )*};
}

holds! {
    /// Elements side by side, or a single one.
    Run: 1, 0, 0, true;
    /// The same, moved behind a reference count once all of them exist.
    SharedRun: 2, 0, 0, true;
    /// A list whose elements point to their neighbours.
    Chain: 1, 16, 0, true;
    /// A hash table: at most 16/7 places for each element, and half as many again while it grows; one more byte for
    /// each place.
    #[cfg_attr(not(feature = "std"), allow(dead_code))]
    Table: 4, 4, 0, false;
    /// A B-tree: nodes of 11 places, of which at least 5 are used unless there is only one node. It is refilled from a
    /// list.
    Tree: 3, 24, 10, false;
    /// One value behind reference counts.
    SharedValue: 1, 16, 0, false;
}

impl Room {
    /// The number of bytes for `count` elements of this size.
    pub(crate) const fn bytes(&self, count: usize, size: usize) -> usize {
        if count == 0 {
            return 0;
        }
        let places = count.saturating_mul(self.copies).saturating_add(self.spare);
        places.saturating_mul(size).saturating_add(count.saturating_mul(self.beside))
    }

    /// Whether the elements can take more than [`FACTOR`] times the bytes of their heads.
    pub(crate) const fn is_wide(&self, size: usize, head: usize) -> bool {
        let each = self.copies.saturating_mul(size).saturating_add(self.beside);
        let one = self.bytes(1, size);
        each > FACTOR.saturating_mul(stride(head)) || one > FACTOR.saturating_mul(LENGTH + stride(head))
    }
}

/// Whether elements of type `T` with heads of this size are counted. Meant for constants, so that other types pay
/// nothing.
pub(crate) const fn is_wide<T, C: Holds>(head: usize) -> bool {
    C::ROOM.is_wide(size_of::<T>(), head)
}

/// Counts the memory of `count` wide elements.
#[inline]
pub(crate) fn count<T, C: Holds>(count: usize, checker: &mut Checker<'_>) {
    checker.takes(C::ROOM.bytes(count, size_of::<T>()));
}

/// The number of elements for which a table reserves room before it is filled. A table of wide elements grows as they
/// come, because a short image can hold the same key many times.
#[inline]
pub(crate) fn at_once<T>(count: usize) -> usize {
    /// Bytes that may be reserved in any case.
    const FREE: usize = 1 << 20;
    count.min(FREE / size_of::<T>().max(1))
}
