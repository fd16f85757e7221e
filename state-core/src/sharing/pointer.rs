//! What a shared pointer can do, and how one is kept where its type is forgotten.

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

    /// Where the object lies, which is the same for all pointers of a type to it, and of no other object that lives.
    fn address(&self) -> usize;

    /// Whether nobody else refers to the object, not even weakly.
    fn is_unique(&self) -> bool;

    /// How many refer to the object: owners, and weak references.
    fn references(&self) -> [usize; 2];

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
    fn leads_to() -> &'static Schema;
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

    /// As [`Restore::exchange_with`](crate::Restore::exchange_with), of pointers that nobody else has.
    fn exchange_values(&mut self, other: &mut Self, reader: &mut Reader<'de>);

    /// As [`Restore::settle`](crate::Restore::settle), of a pointer that nobody else has.
    fn settle_value(&mut self, reader: &mut Reader<'de>) -> Option<()>;

    /// Whether the states of two objects that others refer to can be exchanged now.
    fn trades(&self, other: &Self) -> bool;

    /// Exchanges them.
    fn trade(&self, other: &Self, reader: &mut Reader<'de>);

    /// As [`Restore::settle`](crate::Restore::settle), of an object that others refer to.
    fn settle_in(&self, reader: &mut Reader<'de>) -> Option<()>;
}

/// The handles of one kind of pointers.
pub struct Handles<P> {
    /// Objects to be walked.
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
    /// Objects to take content from, and whose place it is.
    pub fresh: Vec<(u32, P)>,
}

impl<P: SharedPointer> Default for Slots<P> {
    fn default() -> Self {
        Self { slots: Vec::new(), fresh: Vec::new() }
    }
}

pub enum Slot<P: SharedPointer> {
    /// Not there yet.
    Open,
    /// Not there yet, but it can be referred to weakly.
    Early(P::Weak),
    There(P),
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
    /// Empty lists of objects that are walked, and of pairs of them.
    pub linked: fn() -> Box<dyn Any>,
    pub handles_in: fn(&mut dyn Any) -> Option<&mut Handles<P>>,
    /// A handle to the object for a history; `None` where such a handle could not stay with its thread.
    pub object: fn(&P) -> Option<Object>,
    /// The pointer that a handle to an object is.
    pub found: fn(&dyn Any) -> Option<P>,
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
            linked: || Box::new(Handles::<P>::default()),
            handles_in: |handles| handles.downcast_mut(),
            object: |pointer| Object::of_thread(pointer.clone()),
            found: |handle| handle.downcast_ref().cloned(),
        }
    }
}

impl<P: SharedPointer + Send + Sync + 'static> Kept<P>
where
    P::Weak: 'static,
{
    /// The same of pointers that can go to other threads.
    pub fn threads() -> Self {
        Self { object: |pointer| Some(Object::of_all(pointer.clone())), ..Self::new() }
    }
}

/// Asks a proof for [`Kept`].
pub struct Asked<P: SharedPointer>(Option<Kept<P>>);

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
                self.0 = Some(Kept::new());
            }

            $(fn visit_threads(&mut self)
            where
                T: 'static + Send + Sync,
            {
                self.0 = Some(Kept::$threads());
            })?
        }
    )*};
}

asked! {
    Rc rc;
    Arc sync threads;
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
