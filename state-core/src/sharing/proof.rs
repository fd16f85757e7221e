//! The proof that a type borrows nothing, which allows a pointer to it to be kept with its type erased, and how the
//! proof follows from those of a type's parts.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, VecDeque};
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::state::State;

/// The proof that a type borrows nothing, required by tables that erase types.
///
/// A bound would exclude pointers to types that borrow. So the proof is a value that can be made only where the type is
/// known to borrow nothing, and that can run a visitor in that place.
#[derive(Debug)]
pub struct Share<T: ?Sized>(Option<fn(&mut dyn Visit<T>)>);

/// What to do where a type is known to borrow nothing.
pub trait Visit<T: ?Sized> {
    /// Runs the visitor.
    fn visit(&mut self)
    where
        T: 'static;

    /// Runs the visitor where several threads are also known to be able to use the type at once.
    fn visit_threads(&mut self)
    where
        T: 'static + Send + Sync,
    {
        self.visit();
    }
}

impl<T: ?Sized> Share<T> {
    /// No proof.
    pub const NO: Self = Self(None);

    /// The proof that follows from one of another type.
    pub const fn of(visit: fn(&mut dyn Visit<T>)) -> Self {
        Self(Some(visit))
    }

    /// Runs the visitor, if there is a proof.
    pub fn visit(&self, visitor: &mut dyn Visit<T>) {
        if let Some(visit) = self.0 {
            visit(visitor);
        }
    }
}

impl<T: ?Sized + 'static> Share<T> {
    /// The proof.
    pub const YES: Self = Self(Some(|visitor| visitor.visit()));
}

impl<T: ?Sized + 'static + Send + Sync> Share<T> {
    /// The proof of a type that several threads can use at once.
    pub const THREADS: Self = Self(Some(|visitor| visitor.visit_threads()));
}

/// Finds the proof of a concrete type: an inherent associated constant takes precedence over that of [`OneThread`], and
/// exists for types that several threads can use.
#[derive(Debug)]
pub struct Shares<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: ?Sized + 'static + Send + Sync> Shares<T> {
    /// The proof.
    pub const SHARE: Share<T> = Share::THREADS;
}

/// The proof of other types.
pub trait OneThread<T: ?Sized> {
    /// The proof.
    const SHARE: Share<T>;
}

impl<T: ?Sized + 'static> OneThread<T> for Shares<T> {
    const SHARE: Share<T> = Share::YES;
}

/// Passes a visitor of a wrapper on to the wrapped type, where that is known to borrow nothing.
#[allow(missing_debug_implementations, reason = "it is never shown")]
pub struct Through<'a, T: ?Sized>(pub &'a mut dyn Visit<T>);

/// Proofs of wrappers, which follow from those of what they wrap.
macro_rules! through {
    ($([$($param:tt)*] $wrapper:ty $(, $threads:ident)?;)*) => {$(
        impl<$($param)*> Visit<T> for Through<'_, $wrapper> {
            fn visit(&mut self)
            where
                T: 'static,
            {
                self.0.visit();
            }

            $(fn $threads(&mut self)
            where
                T: 'static + Send + Sync,
            {
                self.0.$threads();
            })?
        }
    )*};
}

through! {
    [T] [T], visit_threads;
    [T, const N: usize] [T; N], visit_threads;
    [T] BTreeSet<T>, visit_threads;
    [T] BinaryHeap<T>, visit_threads;
    [T] LinkedList<T>, visit_threads;
    [T] core::cmp::Reverse<T>, visit_threads;
    [T] core::num::Saturating<T>, visit_threads;
    [T] core::num::Wrapping<T>, visit_threads;
    [T] core::ops::Bound<T>, visit_threads;
    [T] core::ops::Range<T>, visit_threads;
    [T] core::ops::RangeFrom<T>, visit_threads;
    [T] core::ops::RangeInclusive<T>, visit_threads;
    [T] core::ops::RangeTo<T>, visit_threads;
    [T] core::ops::RangeToInclusive<T>, visit_threads;
    [T] Option<T>, visit_threads;
    [T] Vec<T>, visit_threads;
    [T] VecDeque<T>, visit_threads;
    [T: ?Sized] Box<T>, visit_threads;
    [T: ?Sized] Arc<T>, visit_threads;
    [T: ?Sized] Rc<T>;
    [T] core::cell::Cell<T>;
    [T] core::cell::OnceCell<T>;
    [T] core::cell::RefCell<T>;
}
#[cfg(feature = "std")]
through! {
    [T] std::sync::Mutex<T>, visit_threads;
    [T] std::sync::OnceLock<T>, visit_threads;
    [T] std::sync::RwLock<T>, visit_threads;
    [T, S: Send + Sync + 'static] std::collections::HashSet<T, S>, visit_threads;
}
#[cfg(feature = "arrayvec")]
through! {
    [T, const N: usize] arrayvec::ArrayVec<T, N>, visit_threads;
}
#[cfg(feature = "indexmap")]
through! {
    [T, S: Send + Sync + 'static] indexmap::IndexSet<T, S>, visit_threads;
}

/// Visits part number `AT` of a type, where the parts before it are known to borrow nothing, and to be usable by
/// several threads.
#[allow(missing_debug_implementations, reason = "it is never shown")]
pub struct Part<'a, T: ?Sized, const AT: usize>(pub &'a mut dyn Visit<T>);

/// As [`Part`], where one of them may be usable by one thread only.
#[allow(missing_debug_implementations, reason = "it is never shown")]
pub struct PartOfThread<'a, T: ?Sized, const AT: usize>(&'a mut dyn Visit<T>);

/// The proofs of types with several parts, which are visited one after another.
macro_rules! parts {
    ($([$($part:ident)+ $(; $($other:tt)+)?] $whole:ty;)*) => {$(
        parts!(@ $whole, [$($($other)+)?], [], 0, $($part)+);
    )*};
    (@ $whole:ty, [$($other:tt)*], [$($known:ident)*], $at:expr, $last:ident) => {
        impl<$($known: 'static + Send + Sync,)* $last, $($other)*> Visit<$last> for Part<'_, $whole, { $at }> {
            fn visit(&mut self)
            where
                $last: 'static,
            {
                self.0.visit();
            }

            fn visit_threads(&mut self)
            where
                $last: 'static + Send + Sync,
            {
                self.0.visit_threads();
            }
        }

        impl<$($known: 'static,)* $last, $($other)*> Visit<$last> for PartOfThread<'_, $whole, { $at }> {
            fn visit(&mut self)
            where
                $last: 'static,
            {
                self.0.visit();
            }
        }
    };
    (@ $whole:ty, [$($other:tt)*], [$($known:ident)*], $at:expr, $part:ident $next:ident $($rest:ident)*) => {
        impl<$($known: 'static + Send + Sync,)* $part, $next: State $(, $rest: State)*, $($other)*> Visit<$part>
            for Part<'_, $whole, { $at }>
        {
            fn visit(&mut self)
            where
                $part: 'static,
            {
                $next::SHARE.visit(&mut PartOfThread::<$whole, { $at + 1 }>(self.0));
            }

            fn visit_threads(&mut self)
            where
                $part: 'static + Send + Sync,
            {
                $next::SHARE.visit(&mut Part::<$whole, { $at + 1 }>(self.0));
            }
        }

        impl<$($known: 'static,)* $part, $next: State $(, $rest: State)*, $($other)*> Visit<$part>
            for PartOfThread<'_, $whole, { $at }>
        {
            fn visit(&mut self)
            where
                $part: 'static,
            {
                $next::SHARE.visit(&mut PartOfThread::<$whole, { $at + 1 }>(self.0));
            }
        }

        parts!(@ $whole, [$($other)*], [$($known)* $part], $at + 1, $next $($rest)*);
    };
}

parts! {
    [A] (A,);
    [A B] (A, B);
    [A B C] (A, B, C);
    [A B C D] (A, B, C, D);
    [A B C D E] (A, B, C, D, E);
    [A B C D E F] (A, B, C, D, E, F);
    [K V] BTreeMap<K, V>;
    [T E] Result<T, E>;
    [B C] core::ops::ControlFlow<B, C>;
}
#[cfg(feature = "std")]
parts! {
    [K V; S: Send + Sync + 'static] std::collections::HashMap<K, V, S>;
}
#[cfg(feature = "indexmap")]
parts! {
    [K V; S: Send + Sync + 'static] indexmap::IndexMap<K, V, S>;
}

/// The proof of a wrapper.
macro_rules! share_through {
    ($inner:ident) => {
        const SHARE: $crate::sharing::Share<Self> =
            $crate::sharing::Share::of(|visitor| $inner::SHARE.visit(&mut $crate::sharing::Through(visitor)));
    };
}

/// The proof of a type with several parts, of which the first is given.
macro_rules! share_parts {
    ($first:ident) => {
        const SHARE: $crate::sharing::Share<Self> =
            $crate::sharing::Share::of(|visitor| $first::SHARE.visit(&mut $crate::sharing::Part::<Self, 0>(visitor)));
    };
}

pub(crate) use {share_parts, share_through};
