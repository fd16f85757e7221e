//! What a shared pointer can do, and the proof that one can be kept where its type is forgotten.

use alloc::boxed::Box;
use alloc::rc::{self, Rc};
use alloc::sync::{self, Arc};
use alloc::vec::Vec;
use core::any::{Any, TypeId};

use super::shelf::Slots;
use crate::pointee::Pointer;
use crate::protocol::decode::Reader;
use crate::schema::Schema;

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

/// Acts on a wrapper where what is wrapped is known to borrow nothing.
#[allow(missing_debug_implementations, reason = "it is never shown")]
pub struct Through<'a, T: ?Sized>(pub &'a mut dyn Visit<T>);

/// A shared pointer.
pub trait SharedPointer: Clone {
    /// The weak reference to an object.
    type Weak: Clone;

    /// Where the object lies, which is the same for all pointers of a type to it, and of no other object that lives.
    fn address(&self) -> usize;

    /// Whether nobody else refers to the object, not even weakly.
    fn is_unique(&self) -> bool;

    /// A weak reference to the object.
    fn downgrade(&self) -> Self::Weak;

    /// The object that a weak reference leads to, if it lives.
    fn upgrade(weak: &Self::Weak) -> Option<Self>;

    /// What can be done with pointers of the type where it is forgotten, if it borrows nothing.
    fn kept() -> Option<Kept<Self>>;

    /// Tells the type from others.
    #[must_use]
    fn key() -> Option<TypeId> {
        Self::kept().map(|kept| kept.key)
    }

    /// Whether objects can be referred to weakly while they are made.
    fn early() -> bool;

    /// Whether a reference in the object can be given to it later, because it has a cell or lock around it.
    const PATCHES: bool;

    /// Of what the object is.
    fn schema() -> &'static Schema;
}

/// The same as it is restored.
pub trait Shared<'de>: SharedPointer {
    /// Builds the object.
    fn build(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self>;

    /// Builds the object, and hands out weak references to it while it does.
    fn build_early(head: &'de [u8], reader: &mut Reader<'de>, class: u8) -> Option<Self>;

    /// Restores the object in place, if nobody else refers to it.
    fn set_unique(&mut self, head: &'de [u8], reader: &mut Reader<'de>) -> bool;

    /// Whether [`enter`](Shared::enter) can do anything.
    const ENTERS: bool;

    /// Restores an object in place that others refer to; if it cannot be, the reader stays where it was. With `wait`, a
    /// lock that is held is waited for.
    fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool;

    /// A weak reference that leads nowhere.
    fn gone() -> Option<Self::Weak>;

    /// Gives an object the content of another, and the reverse.
    fn swap_in(&self, other: &Self) -> bool;
}

/// A shared pointer whose object can be referred to while it is made.
#[doc(hidden)]
pub trait Early<'de, T: ?Sized>: Pointer<T> + Shared<'de> {
    /// Makes the object.
    fn cyclic(make: impl FnOnce(&Self::Weak) -> T) -> Self
    where
        T: Sized;
}

/// What can be done with pointers of a type in tables that have forgotten it.
pub struct Kept<P: SharedPointer> {
    /// Tells the type from others.
    pub key: TypeId,
    /// An empty list of handles.
    pub handles: fn() -> Box<dyn Any>,
    /// Keeps the object alive as long as the list.
    pub hold: fn(&mut dyn Any, &P),
    /// An empty list of numbered objects.
    pub shelf: fn() -> Box<dyn Any>,
    pub slots: fn(&mut dyn Any) -> Option<&mut Slots<P>>,
}

impl<P: SharedPointer + 'static> Kept<P>
where
    P::Weak: 'static,
{
    pub fn new() -> Self {
        Self {
            key: TypeId::of::<P>(),
            handles: || Box::new(Vec::<P>::new()),
            hold: |handles, pointer| {
                if let Some(handles) = handles.downcast_mut::<Vec<P>>() {
                    handles.push(pointer.clone());
                }
            },
            shelf: || Box::new(Slots::<P>::default()),
            slots: |slots| slots.downcast_mut(),
        }
    }
}

/// Asks a proof for [`Kept`].
pub struct Asked<P: SharedPointer>(Option<Kept<P>>);

macro_rules! asked {
    ($($pointer:ident $weak:ident;)*) => {$(
        impl<T: ?Sized> Visit<T> for Asked<$pointer<T>>
        where
            $pointer<T>: SharedPointer<Weak = $weak::Weak<T>>,
        {
            fn visit(&mut self)
            where
                T: 'static,
            {
                self.0 = Some(Kept::new());
            }
        }
    )*};
}

asked! {
    Rc rc;
    Arc sync;
}

impl<P: SharedPointer> Kept<P> {
    /// What can be done with pointers to a `T`, if there is a proof that it borrows nothing.
    pub fn ask<T: ?Sized>(share: &Share<T>) -> Option<Self>
    where
        Asked<P>: Visit<T>,
    {
        let mut asked = Asked(None);
        share.visit(&mut asked);
        asked.0
    }
}

/// Proofs of wrappers, which follow from those of what they wrap.
macro_rules! through {
    ($($wrapper:ty;)*) => {$(
        impl<T> Visit<T> for Through<'_, $wrapper> {
            fn visit(&mut self)
            where
                T: 'static,
            {
                self.0.visit();
            }
        }
    )*};
}

through! {
    [T];
    Option<T>;
    Vec<T>;
    core::cell::Cell<T>;
    core::cell::OnceCell<T>;
    core::cell::RefCell<T>;
    alloc::collections::VecDeque<T>;
}
#[cfg(feature = "std")]
through! {
    std::sync::Mutex<T>;
    std::sync::OnceLock<T>;
    std::sync::RwLock<T>;
}

impl<T: ?Sized> Visit<T> for Through<'_, Box<T>> {
    fn visit(&mut self)
    where
        T: 'static,
    {
        self.0.visit();
    }
}

impl<T: ?Sized> Visit<T> for Through<'_, Rc<T>> {
    fn visit(&mut self)
    where
        T: 'static,
    {
        self.0.visit();
    }
}

impl<T: ?Sized> Visit<T> for Through<'_, Arc<T>> {
    fn visit(&mut self)
    where
        T: 'static,
    {
        self.0.visit();
    }
}

impl<T, const N: usize> Visit<T> for Through<'_, [T; N]> {
    fn visit(&mut self)
    where
        T: 'static,
    {
        self.0.visit();
    }
}

/// The proof of a wrapper.
macro_rules! share_through {
    ($inner:ident) => {
        const SHARE: $crate::sharing::Share<Self> =
            $crate::sharing::Share::of(|visitor| $inner::SHARE.visit(&mut $crate::sharing::Through(visitor)));
    };
}
pub(crate) use share_through;
