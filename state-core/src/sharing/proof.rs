//! The proof that a type borrows nothing, so that a pointer to it can be kept where its type is forgotten: how it follows
//! from those of a type's parts.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, VecDeque};
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::state::State;

/// The proof that a type borrows nothing, which a table that forgets types needs.
///
/// A bound would stand in the way of pointers to types that borrow. So it is a value that can only be made where the
/// type is known to borrow nothing, and who has it can ask it to act there.
#[derive(Debug)]
pub struct Share<T: ?Sized>(Option<fn(&mut dyn Visit<T>)>);

/// What is done where a type is known to borrow nothing.
pub trait Visit<T: ?Sized> {
    /// Does it.
    fn visit(&mut self)
    where
        T: 'static;

    /// The same where the type is known to be used by several threads at once, too.
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

    /// Acts, if there is a proof.
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

/// Finds the proof of a type that is known where it is asked: an associated constant of its own goes before that of
/// [`OneThread`], and is there for types that several threads can use.
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

/// Acts on a wrapper where what is wrapped is known to borrow nothing.
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

/// Acts on a type of several parts where those before the one of this number are known to borrow nothing, and to be for
/// several threads.
#[allow(missing_debug_implementations, reason = "it is never shown")]
pub struct Part<'a, T: ?Sized, const AT: usize>(pub &'a mut dyn Visit<T>);

/// The same where one of them may be for one thread.
#[allow(missing_debug_implementations, reason = "it is never shown")]
pub struct PartOfThread<'a, T: ?Sized, const AT: usize>(&'a mut dyn Visit<T>);

/// Proofs of types of several parts, each of which is asked once those before it have been.
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

/// The proof of a type of several parts, of which the first is given.
macro_rules! share_parts {
    ($first:ident) => {
        const SHARE: $crate::sharing::Share<Self> =
            $crate::sharing::Share::of(|visitor| $first::SHARE.visit(&mut $crate::sharing::Part::<Self, 0>(visitor)));
    };
}

pub(crate) use {share_parts, share_through};
