//! Shared objects: how one object that is referred to from several places stays one object, even in a cycle.
//!
//! # One object, or copies
//! An `Rc` or `Arc` is written as its value. An object that two of them share is loaded as two objects, and a cycle
//! never ends: it is refused as too deep. Most types want this, and serde's `rc` does the same. A type that needs one
//! object says so:
//!
//! ```
//! use std::rc::Rc;
//!
//! use state_core::{State, dumps, loads};
//!
//! #[derive(State)]
//! struct Material { color: u32 }
//!
//! #[derive(State)]
//! #[state(shared)]
//! struct Scene { walls: Vec<Rc<Material>>, floor: Rc<Material> }
//!
//! let stone = Rc::new(Material { color: 7 });
//! let scene = Scene { walls: vec![stone.clone(), stone.clone()], floor: stone };
//! let scene: Scene = loads(&dumps(&scene)?)?;
//! assert!(Rc::ptr_eq(&scene.walls[0], &scene.walls[1]) && Rc::ptr_eq(&scene.walls[0], &scene.floor));
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! `#[state(shared)]` is written on a type or a field, and applies to every state that contains it: whether two
//! references point to one object can only be decided for a whole state. [`Options::sharing`](crate::Options::sharing)
//! turns it on for one call, whatever the types say, and [`Options::refuse_copies`](crate::Options::refuse_copies)
//! finds the types that need it. All shared pointers are then followed: `Rc` and `Arc` of structs and enums, of `str`
//! and slices, paths, cells and locks. The attribute can be added to or removed from a type without losing its files.
//!
//! # Parents
//! A [`Weak`](std::rc::Weak) reference needs no attribute. It points to an object that something else in the state
//! owns, and to nothing if nothing does. It can refer to anything that can be shared: `Weak<str>`, `Weak<[T]>`,
//! `Weak<dyn Trait>`.
//!
//! ```
//! use std::rc::{Rc, Weak};
//!
//! use state_core::{State, dumps, loads};
//!
//! #[derive(State)]
//! struct Folder { name: String, parent: Weak<Folder>, folders: Vec<Rc<Folder>> }
//!
//! let root = Rc::new_cyclic(|root| {
//!     let home = Rc::new(Folder { name: "home".into(), parent: root.clone(), folders: vec![] });
//!     Folder { name: "/".into(), parent: Weak::new(), folders: vec![home] }
//! });
//! let root: Rc<Folder> = loads(&dumps(&root)?)?;
//! assert!(Rc::ptr_eq(&root.folders[0].parent.upgrade().unwrap(), &root));
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! # Cycles
//! Owning references may form cycles if `#[state(shared, cyclic)]` allows it. This must be requested separately because
//! objects in a cycle are never freed until it is broken, and foreign bytes should not be able to create one: a type
//! without it refuses cycles.
//!
//! ```
//! use std::cell::RefCell;
//! use std::rc::Rc;
//!
//! use state_core::{State, dumps, loads};
//!
//! #[derive(State)]
//! #[state(shared, cyclic)]
//! struct Room { name: String, doors: Vec<Rc<RefCell<Room>>> }
//!
//! let room = |name: &str| Rc::new(RefCell::new(Room { name: name.into(), doors: vec![] }));
//! let (hall, attic) = (room("hall"), room("attic"));
//! hall.borrow_mut().doors.push(attic.clone());
//! attic.borrow_mut().doors.push(hall.clone());
//!
//! let back: Rc<RefCell<Room>> = loads(&dumps(&hall)?)?;
//! let attic_again = back.borrow().doors[0].clone();
//! assert!(Rc::ptr_eq(&attic_again.borrow().doors[0], &back));
//! # attic_again.borrow_mut().doors.clear();
//! # hall.borrow_mut().doors.clear();
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! The reference that closes a cycle is set once all objects exist. So it must be in a place that can be empty until
//! then (an `Option`, a `Vec` or `VecDeque`, the values of a map), in an object behind a cell or lock:
//! `Rc<RefCell<_>>`, `Arc<Mutex<_>>`, `Arc<RwLock<_>>`. The same applies to a `Weak` that points to an object further
//! on. Anything else is an error when the state is saved, which says what to change. The `after_set` hooks of such an
//! object are called twice, the second time with all references set.
//!
//! # Restores in place
//! [`load_into`](crate::load_into) keeps live objects where it can. An object that nothing else refers to is restored
//! in place, and so is one behind a cell or lock (an atomic is one too), whoever else holds it: all handles to it see
//! the restored contents.
//! An object without a cell that others refer to, one whose cell is borrowed, and one whose lock is held, is replaced
//! by a new one, and the other handles keep the old one. One live object never becomes two objects of the state. If a
//! hook or conversion can refuse, new objects are built first and then replace the old ones. While an object is
//! restored, its cell is borrowed and its lock is held: the `Drop` of its old contents must not access them.
//!
//! # Which references share
//! Identity is per pointer type. An object seen as `Arc<[u8]>` and as `Arc<[u8; 4]>`, or as `Rc<Goblin>` and as
//! `Rc<dyn Monster>`, becomes two. Anything that borrows nothing can be shared: structs and enums, numbers, text, lists,
//! maps, sets, tuples of up to six parts, and cells and locks of them (`Rc<RefCell<HashMap<..>>>`). A type that borrows
//! cannot be, and is an error if others refer to it; so are a `Cow`, a `SmallVec` and an array of `ndarray` directly
//! behind a pointer, unless they are wrapped in a struct. A generic type can be shared once it is marked
//! `#[state(shared)]`, which makes its parameters `'static`. One state has at most 64 types of shared pointers.
//!
//! # Long chains
//! Objects nest along their references: a list of a million `Rc` nodes is a million levels deep. Saving and loading it
//! fails with an error of the kind [`Depth`](crate::ErrorKind::Depth), unless [`Options::depth`](crate::Options::depth)
//! is raised, and with it the stack of the thread, by up to 13 kB a level without optimisation. Dropping such a list
//! recurses as well, using stack that is not counted here: that is up to the program, as it is where the list was
//! built, and a loop that takes each node out of the one before it avoids it. In an arena such a list is one level deep
//! (see below).
//!
//! ```
//! use std::rc::Rc;
//! use state_core::{ErrorKind, Options, State, dumps};
//!
//! #[derive(State)]
//! #[state(shared)]
//! struct Node { next: Option<Rc<Node>> }
//!
//! let mut list = Rc::new(Node { next: None });
//! for _ in 0..200 {
//!     list = Rc::new(Node { next: Some(list) });
//! }
//! assert_eq!(dumps(&list).unwrap_err().kind(), ErrorKind::Depth);
//! let bytes = Options::new().depth(201).dumps(&list)?;
//! let mut list: Rc<Node> = Options::new().depth(201).loads(&bytes)?;
//!
//! // Dropped node by node.
//! while let Some(next) = Rc::get_mut(&mut list).and_then(|node| node.next.take()) {
//!     list = next;
//! }
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! # Which formats support it
//! Native bytes, pickles and values ([`to_value`](crate::to_value), [`from_value`](crate::from_value)) support
//! references: in a value, a shared object is a [`Shared`](crate::value::Shared). [Bytes without a
//! header](crate::image::bare#shared-objects) refuse states that share.
//!
//! # Inspecting, comparing, upgrading
//! The [tree](crate::Inspection::tree) of an inspection shows an object at its first place, as `<shared 1>` and its
//! slots, and `<shared 1>` alone at each reference to it; its [value](crate::Inspection::value) shares as the state
//! does. [`compare`](crate::image::compare) pairs the objects of two states as it meets them, whatever their numbers:
//! it reports a change in an object once, and a reference to a different object at the place of the reference.
//!
//! ```
//! # use std::rc::Rc;
//! # use state_core::{State, dumps, image::compare};
//! #[derive(State)]
//! #[state(shared)]
//! struct Scene { floor: Rc<u32>, walls: Vec<Rc<u32>> }
//!
//! let (stone, straw) = (Rc::new(7), Rc::new(7));
//! let ours = Scene { floor: stone.clone(), walls: vec![straw.clone(), stone.clone()] };
//! let theirs = Scene { floor: stone, walls: vec![straw.clone(), straw] };
//! let (ours, theirs) = (dumps(&ours)?, dumps(&theirs)?);
//! let found = compare::<Scene>(&ours, &theirs)?.next().unwrap();
//! assert_eq!(found.to_string(), "Scene.walls[1]: the object at Scene.floor, theirs the object at Scene.walls[0]");
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! States of [older forms](crate::evolve) keep their shared objects when they are upgraded, wherever slots were added,
//! removed or moved. An object that two pointers share must stay behind shared pointers of one type; `from` and
//! `upgrade` change only parts without shared objects. A recorded [history](crate::SchemaHistory) does not contain
//! which types are shared pointers, so states that share can be upgraded from files, streams, and bytes [with their
//! schema](crate::Options::with_schema).
//!
//! # In Python
//! A pickle of a state that shares has one Python object for each Rust object, so `x is y` holds there, in cycles too;
//! and one object that Python pickled is one `Rc` or `Arc` if the type is marked.
//!
//! ```
//! use std::cell::RefCell;
//! use std::rc::{Rc, Weak};
//!
//! use state_core::{State, pickle};
//!
//! #[derive(State)]
//! #[state(name = "tree.Node")]
//! struct Node { parent: Weak<RefCell<Node>>, children: Vec<Rc<RefCell<Node>>> }
//!
//! let root = Rc::new(RefCell::new(Node { parent: Weak::new(), children: vec![] }));
//! let child = Node { parent: Rc::downgrade(&root), children: vec![] };
//! root.borrow_mut().children.push(Rc::new(RefCell::new(child)));
//!
//! // In Python: `root = pickle.loads(..)`, and `root.children[0].parent is root`.
//! let root: Rc<RefCell<Node>> = pickle::loads(&pickle::dumps(&root)?)?;
//! let child = root.borrow().children[0].clone();
//! assert!(Rc::ptr_eq(&child.borrow().parent.upgrade().unwrap(), &root));
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! A `Weak` becomes an ordinary reference, or `None`. As with Python's own pickler, an object exists before its state,
//! and a list or dict before its items, so a cycle can refer back to it. What has all its parts before it exists (what a
//! constructor makes, `pickle = "call"`; a tuple; an enum with slots, which is a tuple) can be in a cycle that passes
//! through such an object, list or dict; a cycle of these alone cannot be made in Python, and is an error when the state
//! is saved. Wrapping the enum or tuple in a struct helps.
//!
//! An object that is one in Python is loaded as one, even where Rust would not expect it: Python has each member of an
//! enum once, and equal strings and bytes often, so two cells with such a value may come back from Python as one. It
//! does not keep the identity of numbers, `True`, `False` and `None` when it pickles them. Unmarked types are copied,
//! as with native bytes; the options of pickles also have [`sharing`](crate::pickle::PickleOptions::sharing) and
//! [`refuse_copies`](crate::pickle::PickleOptions::refuse_copies). [`load_value`](crate::pickle::load_value) copies
//! short strings unless sharing is turned on.
//!
//! # Objects that a history holds
//! A [`History`](crate::History) need not write what does not change: under `#[state(held)]` it [keeps the
//! pointers](crate::guide::rolling_back#what-stays-as-it-is), whether or not the type shares.
//!
//! # When an arena is the better choice
//! A graph of many small nodes with one owner is better kept as a `Vec` of nodes that refer to each other by index, or
//! as a map with keys. There are no reference counts, nothing leaks, depth does not matter, a node is as large as its
//! contents, and its state needs none of the above: it is written in one pass and compared, diffed and inspected like
//! any other. `Rc` and `Arc` are for objects that several owners keep alive.

// An image whose header says so has, for each `Rc` and `Arc`, a [`Record`] in the tail before its value: nobody else
// refers to it, or it is an object with a number, or it is one that came before. No address, offset or length stands on
// the wire. A number belongs to a class, which is one pointer type; so a reference can only mean a whole pointer of its
// own type. `out` finds what is met more than once and numbers it, `table` tests the numbers without building anything,
// and `shelf` keeps what has a number while a state is put back.

pub(crate) mod held;
#[cfg(feature = "std")]
mod of_thread;
mod out;
mod places;
pub(crate) mod pointer;
pub(crate) mod proof;
mod shelf;
mod table;
pub(crate) mod walked;

pub(crate) use crate::protocol::layout::RECORD;
pub(crate) use held::{Held, Holder, Lent, Objects};
#[cfg(feature = "pickle")]
pub(crate) use out::name;
pub(crate) use out::{Tracker, copied, count, count_weak, put, put_weak};
pub(crate) use pointer::{Early, Kept, Shared, SharedPointer};
pub(crate) use proof::{Part, Share, Through, share_parts, share_through};
pub(crate) use shelf::{Shelf, complete, get, offer, set, weak};
pub(crate) use table::{Table, check, check_weak};

use crate::schema::form::Sharing;

/// Pointer types that may have numbered objects in one image.
pub(crate) const CLASSES: usize = 64;

/// What stands before the value of a pointer, or for a weak reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// Nobody else refers to the object; for a weak reference, it is gone.
    Own,
    /// An object that others refer to: the next of its class.
    New(Number),
    /// An object that has begun before, and for a weak reference one that may follow.
    Back(Number),
}

/// The number of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Number {
    /// The pointer type.
    pub class: u8,
    /// The object.
    pub index: u32,
}

impl Record {
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let &[how, class, 0, 0, a, b, c, d] = bytes else { return None };
        let number = Number { class, index: u32::from_le_bytes([a, b, c, d]) };
        match how {
            0 => (number == Number { class: 0, index: 0 }).then_some(Self::Own),
            1 => Some(Self::New(number)),
            2 => Some(Self::Back(number)),
            _ => None,
        }
    }

    pub fn write(self, place: &mut [u8]) {
        let (how, Number { class, index }) = match self {
            Self::Own => (0, Number { class: 0, index: 0 }),
            Self::New(number) => (1, number),
            Self::Back(number) => (2, number),
        };
        let [a, b, c, d] = index.to_le_bytes();
        place.copy_from_slice(&[how, class, 0, 0, a, b, c, d]);
    }
}

/// What an image is known to need whose references are numbered, or held by a history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbered<'a> {
    /// Whether they are numbered.
    pub numbers: bool,
    /// Whether a reference leads to an object that is not there yet when it is read.
    pub holes: bool,
    /// The classes with an object that is referred to weakly while it is made, a bit for each.
    pub early: u64,
    /// The objects that a history holds.
    pub held: Option<&'a Held<'a>>,
}

impl<'a> Numbered<'a> {
    /// What holds of any image.
    pub const ANY: Self = Self { numbers: true, holes: true, early: u64::MAX, held: None };

    /// What holds of any image of a history.
    pub fn of_history(sharing: Sharing, held: Option<&'a Held<'a>>) -> Option<Self> {
        let numbered = if sharing.shared { Self::ANY } else { Self { numbers: false, holes: false, ..Self::ANY } };
        (sharing.shared || held.is_some()).then_some(Self { held, ..numbered })
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Record};

    #[test]
    fn records_read_as_they_are_written() {
        let number = Number { class: 63, index: 0x0102_0304 };
        for record in [Record::Own, Record::New(number), Record::Back(number)] {
            let mut bytes = [0xAA; super::RECORD];
            record.write(&mut bytes);
            assert_eq!(Record::read(&bytes), Some(record));
        }
    }

    #[test]
    fn other_bytes_are_no_record() {
        for bytes in
            [[3, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0, 0, 0]]
        {
            assert_eq!(Record::read(&bytes), None);
        }
        assert_eq!(Record::read(&[0; 7]), None);
    }
}
