#![doc = include_str!("../guide/links.md")]
#![doc = include_str!("../guide/objects_that_share.md")]

// If the header of an image says so, each `Rc` and `Arc` has a [`Record`] in the tail before its value, which says that
// nothing else refers to the object, that it gets a number, or that it already has one. No addresses, offsets or
// lengths are encoded. A number belongs to a class, which is one pointer type, so a reference can only mean a whole
// pointer of its own type. `tracker` finds and numbers objects that are visited more than once, and `table` checks the
// numbers without building anything. `read` builds and restores the pointers, with the numbered objects on the `shelf`,
// and `again` fills in the references that led to objects which did not exist yet. `links` pairs live objects with new
// ones if a new graph exchanges its state with a live one, in the walks of `trade`.

mod addresses;
mod again;
mod handle;
pub(crate) mod held;
pub(crate) mod links;
mod object;
#[cfg(feature = "std")]
mod of_thread;
mod out;
pub(crate) mod pointer;
pub(crate) mod proof;
mod read;
mod record;
mod shelf;
mod table;
mod tracker;
pub(crate) mod trade;
pub(crate) mod walked;

pub(crate) use crate::protocol::layout::RECORD;
pub(crate) use again::{complete, is_root_incomplete, make_again};
pub(crate) use held::{Held, Holder, Objects, drop_gone};
pub(crate) use out::{copied, count, count_weak, put, put_weak};
pub(crate) use pointer::{Erasure, Shared, SharedPointer};
pub(crate) use proof::{Part, Share, Through, share_parts, share_through};
pub(crate) use read::{get, offer, set, weak};
#[cfg(feature = "pickle")]
pub(crate) use record::CLASSES;
pub(crate) use record::{Number, Numbered, Record};
pub(crate) use shelf::Shelf;
pub(crate) use table::{Table, check, check_weak};
pub(crate) use tracker::{Lent, Tracker, name};
pub(crate) use trade::{exchange, settle, settle_weak};
