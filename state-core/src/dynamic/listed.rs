//! The types behind a trait object as functions without their types, and the states of pointers to it: each function
//! finds the type in the list, by the value or by the tag in the bytes, and leaves the rest to it.

use alloc::boxed::Box;
use core::any::{Any, TypeId};

use super::Dynamic;
use crate::error::{Error, ErrorKind};
use crate::impls::pointer;
use crate::pointee::Pointer;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{enum_head, enum_is_inline, tag_head};
use crate::protocol::parts::assign;
use crate::protocol::room::Holds;
use crate::protocol::stack::member_weight;
use crate::protocol::variant::tag;
use crate::schema::Schema;
use crate::state::{RestoreOwned, State};

/// A trait object with a list of the types that can be behind it.
pub trait Listed: 'static {
    /// The types.
    const MEMBERS: &'static [Member<Self>];

    /// The access to a value.
    const ACCESS: Access<Self>;

    /// The size of the head of an enum of the members.
    const HEAD: usize = enum_head(Self::MEMBERS.len(), largest(Self::MEMBERS));

    /// The index of the value's type in the list.
    fn position(&self) -> Option<usize>;

    /// The schema of an enum of the members.
    fn listed() -> &'static Schema;
}

/// The methods of the supertrait [`Dynamic`], as functions. The bound is required in one place, so that its absence is
/// one error.
#[derive(Debug)]
pub struct Access<D: ?Sized> {
    pub(super) any: fn(&D) -> &dyn Any,
    pub(super) any_mut: fn(&mut D) -> &mut dyn Any,
    pub(super) type_name: fn(&D) -> &'static str,
}

/// The access to a value through the methods of its supertrait.
#[must_use]
pub const fn access<D: Dynamic + ?Sized>() -> Access<D> {
    Access { any: D::__any, any_mut: D::__any_mut, type_name: D::__type_name }
}

/// The value behind a trait object.
pub fn any<D: Listed + ?Sized>(value: &D) -> &dyn Any {
    (D::ACCESS.any)(value)
}

fn any_mut<D: Listed + ?Sized>(value: &mut D) -> &mut dyn Any {
    (D::ACCESS.any_mut)(value)
}

/// One type behind a trait object, as functions without its type. The values passed to them are of the type.
#[derive(Debug)]
pub struct Member<D: ?Sized> {
    pub(super) head: usize,
    /// The size in memory.
    pub(super) memory: usize,
    pub(super) size: fn(&dyn Any, &mut Size),
    pub(super) put: for<'v> fn(&'v dyn Any, &mut [u8], &mut Writer<'_, 'v>),
    pub(super) check: fn(&[u8], &mut Checker<'_>) -> bool,
    pub(super) get: Get<D>,
    pub(super) set: for<'de> fn(&mut dyn Any, &'de [u8], &mut Reader<'de>),
    pub(super) exchange: for<'de> fn(&mut dyn Any, &mut dyn Any, &mut Reader<'de>),
    pub(super) settle: for<'de> fn(&mut dyn Any, &mut Reader<'de>) -> Option<()>,
}

/// Builds a value behind a pointer.
type Get<D> = for<'de> fn(&'de [u8], &mut Reader<'de>) -> Option<Box<D>>;

impl<D: ?Sized> Member<D> {
    /// The functions of `T`.
    pub const fn of<T: RestoreOwned + Any>(get: Get<D>) -> Self {
        Self {
            head: T::HEAD,
            memory: size_of::<T>(),
            size: size::<T>,
            put: put::<T>,
            check: check::<T>,
            get,
            set: set::<T>,
            exchange: exchange::<T>,
            settle: settle::<T>,
        }
    }
}

/// Whether a member counts a level, as a box of it does.
const fn is_level<T: State>() -> bool {
    const { T::DYNAMIC || member_weight::<T>() > 1 }
}

fn size<T: RestoreOwned + Any>(value: &dyn Any, size: &mut Size) {
    if let (true, Some(value)) = (is_level::<T>(), value.downcast_ref::<T>()) {
        size.level::<T>(member_weight::<T>(), |size| T::size(value, size));
    }
}

fn put<'v, T: RestoreOwned + Any>(value: &'v dyn Any, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
    let Some(value) = value.downcast_ref::<T>() else { return };
    if is_level::<T>() {
        writer.level(member_weight::<T>(), |writer| T::put(value, head, writer));
    } else {
        T::put(value, head, writer);
    }
}

fn check<T: RestoreOwned + Any>(head: &[u8], checker: &mut Checker<'_>) -> bool {
    if is_level::<T>() {
        checker.level::<T>(member_weight::<T>(), |checker| T::check(head, checker))
    } else {
        !T::CHECKED || T::check(head, checker)
    }
}

/// Builds a value of a member, which the list then coerces to its trait object.
pub fn boxed<'de, T: RestoreOwned>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Box<T>> {
    pointer::build(head, reader)
}

fn set<'de, T: RestoreOwned + Any>(value: &mut dyn Any, head: &'de [u8], reader: &mut Reader<'de>) {
    if let Some(value) = value.downcast_mut::<T>() {
        T::set(value, head, reader);
    }
}

fn exchange<T: RestoreOwned + Any>(value: &mut dyn Any, other: &mut dyn Any, reader: &mut Reader<'_>) {
    if let (Some(value), Some(other)) = (value.downcast_mut::<T>(), other.downcast_mut::<T>()) {
        T::exchange_with(value, other, reader);
    }
}

fn settle<T: RestoreOwned + Any>(value: &mut dyn Any, reader: &mut Reader<'_>) -> Option<()> {
    value.downcast_mut::<T>().map_or(Some(()), |value| T::settle(value, reader))
}

/// The largest of the members' heads.
const fn largest<D: ?Sized>(members: &[Member<D>]) -> usize {
    let (mut largest, mut at) = (0, 0);
    while at < members.len() {
        if members[at].head > largest {
            largest = members[at].head;
        }
        at += 1;
    }
    largest
}

/// Whether the heads of members are beside the tag.
const fn is_inline<D: Listed + ?Sized>() -> bool {
    enum_is_inline(largest(D::MEMBERS))
}

/// The index of a value's type among `types`.
#[must_use]
pub fn position(value: &dyn Any, types: &[TypeId]) -> Option<usize> {
    let of = value.type_id();
    types.iter().position(|ty| *ty == of)
}

/// Counts the value behind a pointer.
pub fn size_listed<D: Listed + ?Sized>(value: &D, size: &mut Size) {
    size.run(1, D::HEAD);
    let Some(member) = member_of(value) else { return size.fail(unlisted(value)) };
    if !is_inline::<D>() && member.head > 0 {
        size.run(1, member.head);
    }
    (member.size)(any(value), size);
}

fn member_of<D: Listed + ?Sized>(value: &D) -> Option<&'static Member<D>> {
    D::MEMBERS.get(value.position()?)
}

#[cold]
fn unlisted<D: Listed + ?Sized>(value: &D) -> Error {
    let (list, found) = (core::any::type_name::<D>(), (D::ACCESS.type_name)(value));
    let expected = alloc::format!("a type of the list `state_core::dynamic!({list} = [..])`");
    Error::new(ErrorKind::Unwritable, expected, alloc::format!("{found}, which is to be added to it"))
}

/// Writes the value behind a pointer.
pub fn put_listed<'v, D: Listed + ?Sized>(value: &'v D, writer: &mut Writer<'_, 'v>) {
    let Some((at, member)) = value.position().and_then(|at| Some((at, D::MEMBERS.get(at)?))) else {
        writer.fail::<()>();
        return;
    };
    let Some(head) = writer.run(1, D::HEAD) else { return };
    let (tag, inline) = head.split_at_mut(tag_head(D::MEMBERS.len()));
    for (place, byte) in tag.iter_mut().zip(at.to_le_bytes()) {
        *place = byte;
    }
    if is_inline::<D>() || member.head == 0 {
        let (place, unused) = inline.split_at_mut(member.head);
        unused.fill(0);
        (member.put)(any(value), place, writer);
    } else if let Some(place) = writer.run(1, member.head) {
        (member.put)(any(value), place, writer);
    }
}

/// The member whose tag is in the head, and its own head, which `run` cuts from the tail if it is there.
fn member_in<'a, D: Listed + ?Sized>(
    head: &'a [u8],
    run: impl FnOnce(usize) -> Option<&'a [u8]>,
) -> Option<(&'static Member<D>, &'a [u8])> {
    let member = D::MEMBERS.get(tag(head, D::MEMBERS.len()))?;
    let place = if is_inline::<D>() || member.head == 0 {
        head.get(tag_head(D::MEMBERS.len())..)?.get(..member.head)?
    } else {
        run(member.head)?
    };
    Some((member, place))
}

/// Checks the value behind a pointer.
pub fn check_listed<D: Listed + ?Sized, P: Pointer<D>>(checker: &mut Checker<'_>) -> bool {
    let Some(head) = checker.run(1, D::HEAD) else { return false };
    let Some((member, place)) = member_in::<D>(head, |len| checker.run(1, len)) else { return false };
    // A shared one is built in a box, and moved.
    let room = &<P::Elements as Holds>::ROOM;
    if room.is_wide(member.memory, D::HEAD) {
        checker.takes(room.bytes(1, member.memory));
    }
    (member.check)(place, checker)
}

/// Builds the value behind a pointer.
pub fn get_listed<D: Listed + ?Sized, P: Pointer<D>>(reader: &mut Reader<'_>) -> Option<P> {
    let head = reader.run(1, D::HEAD)?;
    let (member, place) = member_in::<D>(head, |len| reader.run(1, len))?;
    (member.get)(place, reader).map(P::made)
}

/// Restores the value behind a pointer in place, if it is of the type in the image and nothing else refers to it.
pub fn set_listed<D: Listed + ?Sized, P: Pointer<D>>(pointer: &mut P, reader: &mut Reader<'_>) {
    let start = reader.mark();
    let count = D::MEMBERS.len();
    if let Some(value) = pointer.unique() {
        let Some(head) = reader.run(1, D::HEAD) else { return };
        if value.position() == Some(tag(head, count)) {
            if let Some((member, place)) = member_in::<D>(head, |len| reader.run(1, len)) {
                (member.set)(any_mut(value), place, reader);
            }
            return;
        }
        reader.back_to(start);
    }
    assign(pointer, get_listed::<D, P>(reader));
}

/// Exchanges two values of one type, otherwise the pointers.
pub fn exchange_listed<D: Listed + ?Sized, P: Pointer<D>>(pointer: &mut P, other: &mut P, reader: &mut Reader<'_>) {
    if let (Some(value), Some(theirs)) = (pointer.unique(), other.unique()) {
        if let (Some(at), true) = (value.position(), value.position() == theirs.position()) {
            return (D::MEMBERS[at].exchange)(any_mut(value), any_mut(theirs), reader);
        }
    }
    core::mem::swap(pointer, other);
}

/// Calls the hooks that were left.
pub fn settle_listed<D: Listed + ?Sized, P: Pointer<D>>(pointer: &mut P, reader: &mut Reader<'_>) -> Option<()> {
    let Some(value) = pointer.unique() else { return Some(()) };
    member_of(value).map_or(Some(()), |member| (member.settle)(any_mut(value), reader))
}
