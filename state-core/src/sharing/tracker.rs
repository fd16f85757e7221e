//! What is known about shared objects while a state is saved: which occur more than once, and their numbers.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::any::{Any, TypeId};
use core::mem::take;

use super::addresses::Addresses;
use super::held::Holder;
use super::pointer::{Erasure, SharedPointer};
use super::record::{CLASSES, Number, Record};
use crate::error::{Error, ErrorKind};
use crate::protocol::layout::RECORD;
use crate::schema::{Kind, Nodes, Schema, Sharing, Show, brief};

/// What is known about shared objects while a state is saved.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Tracker {
    classes: Vec<Class>,
    /// The number of classes that have a number.
    numbered: usize,
    /// Whether references are numbered.
    pub(super) numbers: bool,
    /// Whether objects may not occur twice if references are not numbered.
    pub(super) refuses: bool,
    /// The objects of a history, while one of its frames is written.
    pub(super) holder: Option<Holder>,
    /// Whether the pointers being written are in a held field.
    pub(super) holding: bool,
    /// Whether references may lead back into an object that is being written.
    cycles: bool,
    /// Whether the place written next may be empty.
    may_be_empty: bool,
    /// Whether references in the object being written can be filled in later.
    pub(super) patches: bool,
    /// The weak references to objects that follow: the address of each record, and the class and index of its object.
    forward: Vec<(usize, usize, u32)>,
    error: Option<Error>,
}

/// The table of this many objects is in the cache, where a lookup takes less time than guessing.
const FEW: usize = 4096;

/// The pointers of one type.
struct Class {
    key: TypeId,
    number: Option<u8>,
    /// The number of its objects that have a number.
    begun: u32,
    places: Addresses,
    objects: Vec<Object>,
    /// The object found last through a pointer, that found last through a weak reference, and the one after the highest
    /// found: the next object is often one of these.
    likely: [u32; 3],
    /// Keeps all of them alive, so that no other object gets the address of one.
    held: Box<dyn Any>,
}

#[derive(Default)]
pub(super) struct Object {
    address: usize,
    /// The number of pointers found: none, one, or more.
    pub(super) strong: u8,
    pub(super) weak: bool,
    /// Whether a held field refers to it.
    pub(super) held: bool,
    index: Option<u32>,
    open: bool,
}

impl Class {
    fn find(&mut self, address: usize, weak: bool) -> Option<u32> {
        if self.objects.len() <= FEW {
            return self.places.find(address as u64);
        }
        let is_there = |&at: &u32| self.objects.get(at as usize).is_some_and(|object| object.address == address);
        let at = match self.likely.into_iter().find(is_there) {
            Some(at) => at,
            None => self.places.find(address as u64)?,
        };
        self.likely[usize::from(weak)] = at;
        // Objects are written in the order in which they were counted.
        self.likely[2] = self.likely[2].max(at + 1);
        Some(at)
    }
}

impl core::fmt::Debug for Tracker {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Tracker").finish_non_exhaustive()
    }
}

/// Lends the objects of a history to a writer, and returns them whatever happens.
#[derive(Debug)]
pub(crate) struct Lent<'a> {
    owner: &'a mut Holder,
    pub tracker: &'a mut Tracker,
}

impl<'a> Lent<'a> {
    pub fn new(owner: &'a mut Holder, tracker: &'a mut Tracker) -> Self {
        tracker.holder = Some(take(owner));
        Self { owner, tracker }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(holder) = self.tracker.holder.take() {
            *self.owner = holder;
        }
    }
}

impl Tracker {
    pub fn new(sharing: Sharing) -> Self {
        Self {
            classes: Vec::new(),
            numbered: 0,
            numbers: sharing.shared,
            refuses: false,
            holder: None,
            holding: false,
            cycles: sharing.cyclic,
            may_be_empty: false,
            patches: true,
            forward: Vec::new(),
            error: None,
        }
    }

    /// The same tracker, under which no object may occur twice.
    pub fn refusing(self, refuses: bool) -> Self {
        Self { refuses, ..self }
    }

    /// Sets whether the pointers that follow are in a held field, if there is a history; returns the former setting.
    pub(super) fn hold_all(&mut self, holding: bool) -> bool {
        core::mem::replace(&mut self.holding, holding && self.holder.is_some())
    }

    /// Announces that the place written next may be empty.
    pub fn may_be_empty(&mut self) {
        self.may_be_empty = true;
    }

    /// Whether any object has a number.
    pub fn has_numbers(&self) -> bool {
        self.numbered > 0
    }

    /// Prepares for writing what was counted.
    pub fn rewind(&mut self) {
        self.classes.iter_mut().for_each(|class| class.likely = [0; 3]);
    }

    /// Takes the reason why the value could not be written.
    pub fn error(&mut self) -> Option<Error> {
        self.error.take()
    }

    /// Writes the numbers of the objects of forward weak references. `body` contains the head and the regions after it.
    pub fn finish(&mut self, body: &mut [u8]) -> Option<()> {
        let start = body.as_ptr() as usize;
        for &(place, class, object) in &self.forward {
            let at = place.checked_sub(start)?;
            let class = &self.classes[class];
            let index = class.objects[object as usize].index?;
            let record = body.get_mut(at..at.checked_add(RECORD)?)?;
            Record::Back(Number { class: class.number?, index }).write(record);
        }
        Some(())
    }

    fn class<P: SharedPointer>(&mut self, erasure: &Erasure<P>) -> usize {
        if let Some(at) = self.classes.iter().position(|class| class.key == erasure.key) {
            return at;
        }
        self.classes.push(Class {
            key: erasure.key,
            number: None,
            begun: 0,
            places: Addresses::default(),
            objects: Vec::new(),
            likely: [0; 3],
            held: (erasure.handles)(),
        });
        self.classes.len() - 1
    }

    /// Registers a pointer, or the pointer of a weak reference; returns the object's entry.
    pub(super) fn meet<P: SharedPointer>(&mut self, pointer: &P, erasure: &Erasure<P>, weak: bool) -> &mut Object {
        let at = self.class(erasure);
        let class = &mut self.classes[at];
        let address = pointer.address();
        let object = class.find(address, weak).unwrap_or_else(|| {
            let object = class.objects.len() as u32;
            class.places.insert(address as u64, object);
            class.objects.push(Object { address, ..Object::default() });
            class.likely[usize::from(weak)] = object;
            (erasure.hold)(&mut *class.held, pointer);
            object
        });
        &mut class.objects[object as usize]
    }

    /// The class and index of an object that was registered.
    fn find<P: SharedPointer>(&mut self, pointer: &P, erasure: &Erasure<P>, weak: bool) -> Option<(usize, u32)> {
        let at = self.class(erasure);
        let object = self.classes[at].find(pointer.address(), weak)?;
        Some((at, object))
    }

    /// Registers a held pointer, so that another one to the same object that is not held can be detected.
    pub(super) fn count_held<P: SharedPointer>(&mut self, pointer: &P) {
        if let Some(erasure) = P::erasure().filter(|_| self.numbers && !pointer.is_unique()) {
            self.meet(pointer, &erasure, false).held = true;
        }
    }

    /// Holds an object; returns whether that is possible.
    pub(super) fn hold<P: SharedPointer>(&mut self, pointer: &P) -> bool {
        self.may_be_empty = false;
        let held = P::erasure().and_then(|erasure| self.holder.as_mut()?.hold(pointer, &erasure));
        if held.is_none() {
            self.fail(not_to_hold(P::leads_to()));
        }
        held.is_some()
    }

    fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    /// The number of a class, assigned when it is first used.
    fn number(&mut self, class: usize) -> Option<u8> {
        if self.classes[class].number.is_none() {
            if self.numbered == CLASSES {
                self.fail(too_many());
                return None;
            }
            self.classes[class].number = Some(self.numbered as u8);
            self.numbered += 1;
        }
        self.classes[class].number
    }

    /// The record before a pointer's value, and the object if it is a new one.
    pub(super) fn refer<P: SharedPointer>(&mut self, pointer: &P) -> Option<(Record, Option<(usize, u32)>)> {
        let may_be_empty = take(&mut self.may_be_empty);
        let own = Some((Record::Own, None));
        if pointer.is_unique() {
            return own;
        }
        let Some(erasure) = P::erasure() else { return own };
        let Some((class, at)) = self.find(pointer, &erasure, false) else { return own };
        let object = &self.classes[class].objects[at as usize];
        if object.held {
            self.fail(half_held(P::leads_to(), "an `Rc` or `Arc`"));
            return None;
        }
        if object.strong < 2 && !object.weak {
            return own;
        }
        let (index, open) = (object.index, object.open);
        let number = self.number(class)?;
        if let Some(index) = index {
            if open && !(self.cycles && may_be_empty && self.patches) {
                self.fail(self.no_cycle(P::leads_to(), may_be_empty));
                return None;
            }
            return Some((Record::Back(Number { class: number, index }), None));
        }
        let class_of = &mut self.classes[class];
        let index = class_of.begun;
        class_of.begun += 1;
        class_of.objects[at as usize].index = Some(index);
        Some((Record::New(Number { class: number, index }), Some((class, at))))
    }

    /// The record of a weak reference, whose address is `place`.
    pub(super) fn refer_weakly<P: SharedPointer>(&mut self, weak: &P::Weak, place: usize) -> Option<Record> {
        let gone = Some(Record::Own);
        let Some(pointer) = P::upgrade(weak) else { return gone };
        let Some(erasure) = P::erasure() else { return gone };
        let Some((class, at)) = self.find(&pointer, &erasure, true) else { return gone };
        let object = &self.classes[class].objects[at as usize];
        if object.held {
            self.fail(half_held(P::leads_to(), "a `Weak`"));
            return None;
        }
        if object.strong == 0 {
            return gone;
        }
        let (index, open) = (object.index, object.open);
        let number = self.number(class)?;
        if (index.is_none() || open && !P::early()) && !self.patches {
            self.fail(no_weak(P::leads_to(), index.is_none()));
            return None;
        }
        if index.is_none() {
            self.forward.push((place, class, at));
        }
        Some(Record::Back(Number { class: number, index: index.unwrap_or(0) }))
    }

    /// Sets whether an object is being written.
    pub(super) fn open(&mut self, (class, object): (usize, u32), open: bool) {
        self.classes[class].objects[object as usize].open = open;
    }

    #[cold]
    fn no_cycle(&self, schema: &Schema, may_be_empty: bool) -> Error {
        let expected = if !self.cycles {
            "no reference back to an object that contains it (`#[state(shared, cyclic)]` allows it; a `Weak` is always \
             allowed)"
        } else if !may_be_empty {
            "a reference that closes a cycle in an `Option`, a list or a map, which can be empty until its object is there"
        } else {
            "a reference that closes a cycle in an object behind a cell or lock, such as `Rc<RefCell<_>>`, which it can \
             be given later"
        };
        Error::new(ErrorKind::Unwritable, expected, format!("one to the {} that contains it", name(schema)))
    }
}

#[cold]
fn no_weak(schema: &Schema, forward: bool) -> Error {
    let found = if forward { "that follows it" } else { "that contains it, which a hook or conversion may refuse" };
    Error::new(
        ErrorKind::Unwritable,
        "a weak reference to an object that is there before it, or one behind a cell or lock, such as `Rc<RefCell<_>>`",
        format!("one to {} {found}", name(schema)),
    )
}

#[cold]
fn too_many() -> Error {
    let expected = format!("up to {CLASSES} types of shared pointers in one state");
    Error::new(ErrorKind::Unwritable, expected, "more of them")
}

/// The error for an object that a history holds, while another field would restore it as a new one.
#[cold]
fn half_held(schema: &Schema, pointer: &str) -> Error {
    let expected = "all references to an object in fields under `#[state(held)]`, or none, as references are numbered";
    Error::new(ErrorKind::Unwritable, expected, format!("{pointer} to {}, which is held elsewhere", name(schema)))
}

/// The error for an object that a history cannot hold.
#[cold]
fn not_to_hold(schema: &Schema) -> Error {
    Error::new(
        ErrorKind::Unwritable,
        "held pointers to types that borrow nothing, of which generic ones are marked `#[state(shared)]` (without `std`, \
         what an `Arc` leads to is `Send` and `Sync` as well)",
        format!("one to {}", name(schema)),
    )
}

/// The name of the type that a pointer leads to.
pub(crate) fn name(schema: &Schema) -> String {
    let mut schema = schema;
    while let Kind::Boxed(of) | Kind::Weak(of) = schema.kind {
        schema = Nodes::NONE.get(of);
    }
    brief(&Show(schema, Nodes::NONE))
}
