//! The operations on shared pointers, and how pointers are kept if their type is erased.

use alloc::boxed::Box;
use alloc::rc::{self, Rc};
use alloc::sync::{self, Arc};
use alloc::vec::Vec;
use core::any::{Any, TypeId};

use super::object::Object;
use super::proof::{Share, Visit};
use crate::protocol::decode::Reader;
use crate::schema::Schema;
use crate::state::State;

/// A shared pointer.
pub trait SharedPointer: State + Clone {
    /// The weak reference to an object.
    type Weak: Clone;

    /// The address of the object, which is the same for all pointers of a type to it, and which no other live object
    /// has.
    fn address(&self) -> usize;

    /// Whether nothing else refers to the object, not even weakly.
    fn is_unique(&self) -> bool;

    /// The numbers of owners and of weak references to the object.
    fn references(&self) -> [usize; 2];

    /// A weak reference to the object.
    fn downgrade(&self) -> Self::Weak;

    /// The object that a weak reference leads to, if it lives.
    fn upgrade(weak: &Self::Weak) -> Option<Self>;

    /// The operations on pointers of the type with the type erased, if it borrows nothing.
    fn erasure() -> Option<Erasure<Self>>;

    /// The id of the type, if it borrows nothing.
    #[must_use]
    fn key() -> Option<TypeId> {
        Self::erasure().map(|erasure| erasure.key)
    }

    /// Whether objects can be referred to weakly while they are built.
    fn early() -> bool;

    /// Whether references in the object can be filled in later, because it is a cell or lock.
    const PATCHES: bool;

    /// The schema of a pointer to such an object.
    fn leads_to() -> &'static Schema;
}

/// The operations on shared pointers that restore needs.
pub trait Shared<'de>: SharedPointer {
    /// Builds the object.
    fn build(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self>;

    /// Builds the object, and offers weak references to it meanwhile.
    fn build_early(head: &'de [u8], reader: &mut Reader<'de>, class: u8) -> Option<Self>;

    /// Restores the object in place, if nothing else refers to it; returns whether it did.
    fn set_unique(&mut self, head: &'de [u8], reader: &mut Reader<'de>) -> bool;

    /// Whether [`enter`](Shared::enter) can restore anything.
    const ENTERS: bool;

    /// Restores an object in place that others refer to; if that is impossible, the reader does not move. With `wait`,
    /// it waits for a lock that is held.
    fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool;

    /// A weak reference to no object.
    fn gone() -> Option<Self::Weak>;

    /// Swaps the contents of two objects; returns whether that was possible.
    fn swap_in(&self, other: &Self) -> bool;

    /// As [`Restore::exchange_with`](crate::Restore::exchange_with), for pointers that nothing else refers to.
    fn exchange_values(&mut self, other: &mut Self, reader: &mut Reader<'de>);

    /// As [`Restore::settle`](crate::Restore::settle), for a pointer that nothing else refers to.
    fn settle_value(&mut self, reader: &mut Reader<'de>) -> Option<()>;

    /// Whether the states of two objects that others refer to can be exchanged now.
    fn trades(&self, other: &Self) -> bool;

    /// Exchanges the states of two such objects.
    fn trade(&self, other: &Self, reader: &mut Reader<'de>);

    /// As [`Restore::settle`](crate::Restore::settle), for an object that others refer to.
    fn settle_in(&self, reader: &mut Reader<'de>) -> Option<()>;
}

/// The handles of one kind of pointers.
pub struct Handles<P> {
    /// The objects to be walked.
    pub objects: Vec<P>,
    pub pairs: Vec<Pair<P>>,
}

pub struct Pair<P> {
    pub live: P,
    pub new: P,
}

impl<P> Default for Handles<P> {
    fn default() -> Self {
        Self { objects: Vec::new(), pairs: Vec::new() }
    }
}

/// The objects of one pointer type.
pub struct Slots<P: SharedPointer> {
    pub slots: Vec<Slot<P>>,
    /// Objects to swap content with, each after the index of its slot.
    pub fresh: Vec<(u32, P)>,
}

impl<P: SharedPointer> Default for Slots<P> {
    fn default() -> Self {
        Self { slots: Vec::new(), fresh: Vec::new() }
    }
}

pub enum Slot<P: SharedPointer> {
    /// It does not exist yet.
    Open,
    /// It does not exist yet, but it can be referred to weakly.
    Early(P::Weak),
    There(P),
}

/// The operations on pointers of a type, for tables that have erased it.
pub struct Erasure<P: SharedPointer> {
    /// The id of the type.
    pub key: TypeId,
    /// An empty list of handles.
    pub handles: fn() -> Box<dyn Any>,
    /// Adds the pointer to a list of handles, which keeps the object alive.
    pub hold: fn(&mut dyn Any, &P),
    /// An empty list of numbered objects.
    pub shelf: fn() -> Box<dyn Any>,
    pub slots: fn(&mut dyn Any) -> Option<&mut Slots<P>>,
    /// Empty lists of objects to be walked, and of pairs.
    pub linked: fn() -> Box<dyn Any>,
    pub handles_in: fn(&mut dyn Any) -> Option<&mut Handles<P>>,
    /// A handle to the object for a history; `None` if it could not stay with its thread.
    pub object: fn(&P) -> Option<Object>,
    /// The pointer in a handle to an object.
    pub found: fn(&dyn Any) -> Option<P>,
}

impl<P: SharedPointer + 'static> Erasure<P>
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
            linked: || Box::new(Handles::<P>::default()),
            handles_in: |handles| handles.downcast_mut(),
            object: |pointer| Object::of_thread(pointer.clone()),
            found: |handle| handle.downcast_ref().cloned(),
        }
    }
}

impl<P: SharedPointer + Send + Sync + 'static> Erasure<P>
where
    P::Weak: 'static,
{
    /// The operations on pointers that can go to other threads.
    pub fn threads() -> Self {
        Self { object: |pointer| Some(Object::of_all(pointer.clone())), ..Self::new() }
    }
}

/// Obtains an [`Erasure`] from a proof.
pub struct Asked<P: SharedPointer>(Option<Erasure<P>>);

macro_rules! asked {
    ($($pointer:ident $weak:ident $($threads:ident)?;)*) => {$(
        impl<T: ?Sized> Visit<T> for Asked<$pointer<T>>
        where
            $pointer<T>: SharedPointer<Weak = $weak::Weak<T>>,
        {
            fn visit(&mut self)
            where
                T: 'static,
            {
                self.0 = Some(Erasure::new());
            }

            $(fn visit_threads(&mut self)
            where
                T: 'static + Send + Sync,
            {
                self.0 = Some(Erasure::$threads());
            })?
        }
    )*};
}

asked! {
    Rc rc;
    Arc sync threads;
}

impl<P: SharedPointer> Erasure<P> {
    /// The operations on pointers to a `T`, if there is a proof that it borrows nothing.
    pub fn ask<T: ?Sized>(share: &Share<T>) -> Option<Self>
    where
        Asked<P>: Visit<T>,
    {
        let mut asked = Asked(None);
        share.visit(&mut asked);
        asked.0
    }
}
