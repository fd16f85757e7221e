//! Decoding of shared pointers: the objects of an image by their numbers, as they are built.
//!
//! A reference to an object that does not exist yet is left out, and the innermost numbered object around it is marked
//! incomplete.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::{Any, TypeId};

use super::addresses::Addresses;
use super::links::Links;
use super::pointer::{Erasure, Shared, SharedPointer, Slot, Slots};
use super::record::{Number, Numbered};
use crate::protocol::decode::{Mark, Reader};

#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Shelf<'de> {
    classes: Vec<Class<'de>>,
    /// For each object that has begun and not ended, innermost last, whether a reference in it was left out.
    pub(super) open: Vec<bool>,
    /// Whether a reference in the root itself was left out.
    pub(super) root: bool,
    /// Whether a reference was just left out.
    pub(super) left_out: bool,
    /// The objects in which a reference was left out.
    pub(super) incomplete: Vec<Again<'de>>,
    /// The new objects that are in no other numbered one, if the root may have to be built again.
    pub(super) outermost: Vec<Again<'de>>,
    pub(super) numbered: Numbered<'de>,
    /// Whether the pointers being read are held by a history.
    holding: bool,
    /// How many held pointers have been read.
    held_read: usize,
    /// The live objects that have been restored: each can become only one object.
    claimed: Addresses,
    /// Keeps them alive, so that no other object gets the address of one.
    held: Vec<(TypeId, Box<dyn Any>)>,
    /// Whether all objects exist, and the incomplete ones are being read again.
    pub(super) again: bool,
    /// How many hooks had been left at that time.
    pub(super) left: usize,
    /// The links between the objects of a live value and those of a new one.
    links: Option<Box<dyn Linking<'de> + 'de>>,
}

/// [`Links`], which are dropped through a vtable: programs that link nothing do not contain the code.
trait Linking<'de> {
    fn links(&mut self) -> &mut Links<'de>;
}

impl<'de> Linking<'de> for Links<'de> {
    fn links(&mut self) -> &mut Links<'de> {
        self
    }
}

pub(super) struct Class<'de> {
    slots: Box<dyn Any>,
    empty: fn() -> Box<dyn Any>,
    /// The end of each object in the image, if it will be needed.
    pub(super) ends: Vec<Mark<'de>>,
    pub(super) early: bool,
    /// The number of objects that were built again.
    fresh: usize,
    swap: fn(&mut dyn Any, usize) -> usize,
}

/// The place of an object in the image.
#[derive(Clone, Copy)]
pub(super) struct Begun<'de> {
    pub(super) number: Number,
    pub(super) head: &'de [u8],
    pub(super) start: Mark<'de>,
}

/// An object that may be read again from its start, and how.
pub(super) struct Again<'de> {
    pub(super) begun: Begun<'de>,
    pub(super) read: fn(Begun<'de>, &mut Reader<'de>) -> Option<()>,
}

impl core::fmt::Debug for Shelf<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl<'de> Shelf<'de> {
    pub fn new(numbered: Numbered<'de>) -> Self {
        Self {
            classes: Vec::new(),
            open: Vec::new(),
            root: false,
            left_out: false,
            incomplete: Vec::new(),
            outermost: Vec::new(),
            numbered,
            holding: false,
            held_read: 0,
            claimed: Addresses::default(),
            held: Vec::new(),
            again: false,
            left: 0,
            links: None,
        }
    }

    /// A shelf for a live value and a new one that exchange their states.
    pub fn linking(numbered: Numbered<'de>) -> Self {
        Self { links: Some(Box::new(Links::new())), ..Self::new(numbered) }
    }

    pub fn links(&mut self) -> Option<&mut Links<'de>> {
        Some(self.links.as_mut()?.links())
    }

    /// Whether the pointers being read are held by a history.
    pub(super) fn holds(&self) -> bool {
        self.holding
    }

    /// Whether the pointers being read are more than their values: numbered, or held.
    pub fn counts(&self) -> bool {
        self.numbered.numbers || self.holding
    }

    pub fn numbers(&self) -> bool {
        self.numbered.numbers
    }

    /// Sets whether the pointers read next are in a held field, if there is a history; returns the former setting.
    pub(crate) fn hold_all(&mut self, holding: bool) -> bool {
        core::mem::replace(&mut self.holding, holding && self.numbered.held.is_some())
    }

    /// Drops the objects, so that they can be built again.
    pub(super) fn clear(&mut self) {
        self.incomplete.clear();
        for class in &mut self.classes {
            class.slots = (class.empty)();
            class.ends.clear();
        }
    }

    /// Adds a copy of an object, to swap content with it.
    pub(super) fn add_fresh<P: Shared<'de>>(&mut self, number: Number, fresh: P) -> Option<()> {
        let erasure = P::erasure()?;
        let class = self.class(number.class, &erasure)?;
        class.fresh += 1;
        (erasure.slots)(&mut *class.slots)?.fresh.push((number.index, fresh));
        Some(())
    }

    /// Swaps the contents of objects that were built again with those of the originals, which closes the cycles: of all
    /// or none of them, so that no object leaks in one.
    pub(super) fn close_cycles(&mut self) -> bool {
        for at in 0..self.classes.len() {
            let class = &mut self.classes[at];
            let swapped = class.swap();
            if swapped < class.fresh {
                class.fresh = swapped;
                for class in &mut self.classes[..=at] {
                    class.swap();
                }
                return false;
            }
        }
        true
    }

    /// Breaks the cycles of the objects built so far: they get back the content that they had before the references
    /// were filled in.
    pub fn open_cycles(&mut self) {
        for class in &mut self.classes {
            class.swap();
        }
    }

    /// How many held pointers have been read.
    pub fn held_read(&self) -> usize {
        self.held_read
    }

    pub fn set_held_read(&mut self, read: usize) {
        self.held_read = read;
    }

    /// The next held pointer.
    pub(super) fn next_held<P: SharedPointer>(&mut self) -> Option<P> {
        let pointer = self.numbered.held?.pointer(self.held_read, &P::erasure()?)?;
        self.held_read += 1;
        Some(pointer)
    }

    /// Whether a reference was just left out, in a place that may be empty.
    pub fn left_out(&mut self) -> bool {
        core::mem::take(&mut self.left_out)
    }

    /// Notes that a reference is left out.
    pub(super) fn leave_out(&mut self) {
        match self.open.last_mut() {
            Some(incomplete) => *incomplete = true,
            None => self.root = true,
        }
    }

    pub(super) fn class<P: Shared<'de>>(&mut self, number: u8, erasure: &Erasure<P>) -> Option<&mut Class<'de>> {
        let at = usize::from(number);
        if at == self.classes.len() {
            self.classes.push(Class {
                slots: (erasure.shelf)(),
                empty: erasure.shelf,
                ends: Vec::new(),
                early: self.numbered.early >> number & 1 == 1 && P::early(),
                fresh: 0,
                swap: swap::<P>,
            });
        }
        self.classes.get_mut(at)
    }

    /// Whether objects of a class may be referred to weakly while they are built. An object restored in place may not:
    /// nothing can refer to it then.
    pub(super) fn is_early<P: Shared<'de>>(&mut self, number: u8, erasure: &Erasure<P>) -> bool {
        self.class(number, erasure).is_some_and(|class| class.early)
    }

    pub(super) fn slots<P: Shared<'de>>(&mut self, number: u8, erasure: &Erasure<P>) -> Option<&mut Slots<P>> {
        let class = self.class(number, erasure)?;
        (erasure.slots)(&mut *class.slots)
    }

    pub(super) fn find<P: Shared<'de>>(&mut self, number: Number, erasure: &Erasure<P>) -> Option<P> {
        match self.slots(number.class, erasure)?.slots.get(number.index as usize)? {
            Slot::There(pointer) => Some(pointer.clone()),
            _ => None,
        }
    }

    pub(super) fn place<P: Shared<'de>>(&mut self, number: Number, erasure: &Erasure<P>, slot: Slot<P>) -> Option<()> {
        *self.slots(number.class, erasure)?.slots.get_mut(number.index as usize)? = slot;
        Some(())
    }

    /// Begins the next object of a class, which is taken to end at `now` until its end is known.
    pub(super) fn begin<P: Shared<'de>>(&mut self, class: u8, erasure: &Erasure<P>, now: Mark<'de>) -> Option<()> {
        self.slots(class, erasure)?.slots.push(Slot::Open);
        if self.numbered.holes {
            self.class(class, erasure)?.ends.push(now);
        }
        self.open.push(false);
        Some(())
    }

    /// Ends an object, and marks it if it is incomplete.
    pub(super) fn end<P: Shared<'de>>(
        &mut self,
        object: Again<'de>,
        erasure: &Erasure<P>,
        end: Mark<'de>,
    ) -> Option<()> {
        let Number { class, index } = object.begun.number;
        if self.numbered.holes {
            *self.class(class, erasure)?.ends.get_mut(index as usize)? = end;
        }
        if self.open.pop() == Some(true) {
            self.incomplete.push(object);
        }
        Some(())
    }

    /// Claims a live object for one of the image, unless it was claimed before. When objects are read again, each place
    /// has its own.
    pub(super) fn claim<P: SharedPointer>(&mut self, pointer: &P, erasure: &Erasure<P>) -> bool {
        if self.again {
            return true;
        }
        if !self.claimed.insert(pointer.address() as u64, 0) {
            return false;
        }
        if !self.held.iter().any(|(key, _)| *key == erasure.key) {
            self.held.push((erasure.key, (erasure.handles)()));
        }
        if let Some((_, held)) = self.held.iter_mut().find(|(key, _)| *key == erasure.key) {
            (erasure.hold)(&mut **held, pointer);
        }
        true
    }
}

impl Class<'_> {
    /// Swaps the contents of the objects that were built again with those of the originals, up to the first where that
    /// is impossible; returns how many were swapped.
    fn swap(&mut self) -> usize {
        (self.swap)(&mut *self.slots, self.fresh)
    }
}

fn swap<'de, P: Shared<'de>>(slots: &mut dyn Any, count: usize) -> usize {
    let Some(slots) = P::erasure().and_then(|erasure| (erasure.slots)(slots)) else { return 0 };
    let swapped = slots.fresh.iter().take(count).take_while(|(index, fresh)| match slots.slots.get(*index as usize) {
        Some(Slot::There(pointer)) => pointer.swap_in(fresh),
        _ => false,
    });
    swapped.count()
}
