//! Open sets: the types behind a trait object that a program adds, at run time, to the list of a library. The bytes
//! identify a value's type by its tag and the fingerprint of its schema, so that each type is checked by itself.

use alloc::boxed::Box;
use alloc::format;
use alloc::rc;
use alloc::sync;
use alloc::vec::Vec;
use core::any::{Any, TypeId};
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use super::listed::{Access, Member};
use crate::error::{Error, ErrorKind, Result};
use crate::pointee::Pointer;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::protocol::parts::assign;
use crate::protocol::room::Holds;
use crate::schema::fingerprint::identity;
use crate::schema::{KnownMember, KnownSet, OPEN_HEAD, Schema, unregistered};
use crate::state::{RestoreOwned, State};

/// A trait object whose types are registered at run time.
pub trait OpenSet: 'static {
    /// The name of the set outside the program.
    const NAME: &'static str;

    /// The access to a value.
    const ACCESS: Access<Self>;

    /// The types.
    fn registry() -> &'static Registry<Self>;

    /// The schema of the set.
    fn open() -> &'static Schema;
}

/// A type to register behind a trait object, made by [`member!`](crate::member).
#[derive(Debug)]
pub struct OpenMember<D: ?Sized> {
    ty: TypeId,
    type_name: fn() -> &'static str,
    known: KnownMember,
    member: Member<D>,
    gone_rc: fn() -> rc::Weak<D>,
    gone_arc: fn() -> sync::Weak<D>,
}

impl<D: ?Sized + 'static> OpenMember<D> {
    /// The functions of `T`.
    #[doc(hidden)]
    #[must_use]
    pub fn of<T: RestoreOwned + Any>(
        (tag, aliases): (&'static str, &'static [&'static str]),
        schema: fn() -> &'static Schema,
        get: for<'de> fn(&'de [u8], &mut Reader<'de>) -> Option<Box<D>>,
        (gone_rc, gone_arc): (fn() -> rc::Weak<D>, fn() -> sync::Weak<D>),
    ) -> Self {
        Self {
            ty: TypeId::of::<T>(),
            type_name: core::any::type_name::<T>,
            known: KnownMember { tag, aliases, schema },
            member: Member::of::<T>(get),
            gone_rc,
            gone_arc,
        }
    }
}

/// The types of an open set. They are kept as long as the program runs.
#[doc(hidden)]
#[derive(Debug)]
pub struct Registry<D: ?Sized + 'static>(RwLock<Vec<&'static OpenMember<D>>>);

impl<D: OpenSet + ?Sized> Registry<D> {
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for statics alone")]
    pub const fn new() -> Self {
        Self(RwLock::new(Vec::new()))
    }

    /// Adds types; types that are already registered remain as they are.
    ///
    /// # Errors
    /// Two types with the same tag, or one type with two; then none is added.
    pub fn register(&self, members: impl IntoIterator<Item = OpenMember<D>>) -> Result<()> {
        // Before locking, because the iterator may use the registry.
        let members: Vec<OpenMember<D>> = members.into_iter().collect();
        let mut registered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut new: Vec<OpenMember<D>> = Vec::new();
        for member in members {
            let mut all = registered.iter().copied().chain(&new);
            match all.find(|other| other.ty == member.ty || other.known.tag == member.known.tag) {
                None => new.push(member),
                Some(same) if same.ty == member.ty && same.known.tag == member.known.tag => {}
                Some(same) => return Err(twice::<D>(same, &member)),
            }
        }
        let count = new.len();
        registered.extend(new.into_iter().map(|member| &*Box::leak(Box::new(member))));
        REGISTERED.fetch_add(count, Ordering::Release);
        Ok(())
    }

    fn find(&self, is: impl Fn(&OpenMember<D>) -> bool) -> Option<&'static OpenMember<D>> {
        let registered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        registered.iter().copied().find(|member| is(member))
    }

    /// The types that are registered now.
    pub(crate) fn known(&self) -> Vec<KnownMember> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().map(|member| member.known).collect()
    }
}

/// The number of types registered in all sets of the program.
static REGISTERED: AtomicUsize = AtomicUsize::new(0);

/// A number that changes whenever types are registered.
pub(crate) fn registered_so_far() -> usize {
    REGISTERED.load(Ordering::Acquire)
}

/// What is known about a set without its trait.
#[must_use]
pub const fn known_set<D: OpenSet + ?Sized>() -> KnownSet {
    KnownSet::new(|| D::registry().known(), core::any::type_name::<D>)
}

#[cold]
fn twice<D: OpenSet + ?Sized>(there: &OpenMember<D>, new: &OpenMember<D>) -> Error {
    let expected = format!("each type of the open set {} once, under a tag of its own", D::NAME);
    let (name, there_name) = ((new.type_name)(), (there.type_name)());
    let found = match new.ty == there.ty {
        true => format!("{:?} for `{name}`, which is already registered as {:?}", new.known.tag, there.known.tag),
        false => format!(
            "{:?} for `{name}`, a tag that already belongs to `{there_name}`; `member!(Type as \"tag\")` gives a type one \
             of its own",
            new.known.tag
        ),
    };
    Error::new(ErrorKind::Identity, expected, found)
}

fn any<D: OpenSet + ?Sized>(value: &D) -> &dyn Any {
    (D::ACCESS.any)(value)
}

fn member_of<D: OpenSet + ?Sized>(value: &D) -> Option<&'static OpenMember<D>> {
    let ty = any(value).type_id();
    D::registry().find(|member| member.ty == ty)
}

/// Counts the value behind a pointer.
pub fn size_open<D: OpenSet + ?Sized>(value: &D, size: &mut Size) {
    // Counted even for a type that cannot be written, because the error looks for the value after its head.
    size.run(1, OPEN_HEAD);
    let Some(OpenMember { known, member, .. }) = member_of(value) else {
        return size.fail_at(D::open(), unlisted(value));
    };
    if identity((known.schema)()).sharing.shared && !size.shares() {
        return size.fail_at(D::open(), copying(value));
    }
    size.length(known.tag.len());
    size.text(known.tag.len());
    size.run(1, member.head);
    (member.size)(any(value), size);
}

#[cold]
fn unlisted<D: OpenSet + ?Sized>(value: &D) -> Error {
    let found = format!("{}, which is not", (D::ACCESS.type_name)(value));
    Error::new(ErrorKind::Unwritable, unregistered(core::any::type_name::<D>()), found)
}

/// The error for a type that shares in a state that copies: the schema around the set does not know its types.
#[cold]
fn copying<D: OpenSet + ?Sized>(value: &D) -> Error {
    let expected = "a state whose shared objects stay one object (`#[state(shared)]` on a type or field around the open \
                    set, or `Options::sharing`)";
    Error::new(ErrorKind::Unwritable, expected, format!("{} in one that copies them", (D::ACCESS.type_name)(value)))
}

/// Writes the value behind a pointer.
pub fn put_open<'v, D: OpenSet + ?Sized>(value: &'v D, writer: &mut Writer<'_, 'v>) {
    let Some(head) = writer.run(1, OPEN_HEAD) else { return };
    let Some(OpenMember { known, member, .. }) = member_of(value) else {
        writer.fail::<()>();
        return;
    };
    let (tag, fingerprint) = head.split_at_mut(LENGTH);
    fingerprint.copy_from_slice(&known.fingerprint().to_le_bytes());
    State::put(&known.tag, tag, writer);
    if let Some(run) = writer.run(1, member.head) {
        let (place, filler) = run.split_at_mut(member.head);
        filler.fill(0);
        (member.put)(any(value), place, writer);
    }
}

/// The type in an image, found by its tag and fingerprint.
fn member_in<D: OpenSet + ?Sized>(tag: &str, head: &[u8]) -> Option<&'static OpenMember<D>> {
    let found = D::registry().find(|member| member.known.tag == tag)?;
    (head.get(LENGTH..)? == found.known.fingerprint().to_le_bytes()).then_some(found)
}

/// Checks the value behind a pointer.
pub fn check_open<D: OpenSet + ?Sized, P: Pointer<D>>(checker: &mut Checker<'_>) -> bool {
    let Some(head) = checker.run(1, OPEN_HEAD) else { return false };
    let Some(tag) = checker.length(&head[..LENGTH]).and_then(|len| checker.text_of(len)) else { return false };
    let Some(OpenMember { member, .. }) = member_in::<D>(tag, head) else { return false };
    let Some(run) = checker.run(1, member.head) else { return false };
    let (place, filler) = run.split_at(member.head);
    let room = &<P::Elements as Holds>::ROOM;
    if room.is_wide(member.memory, OPEN_HEAD) {
        checker.takes(room.bytes(1, member.memory));
    }
    filler.iter().all(|&byte| byte == 0) && (member.check)(place, checker)
}

/// Reads the type and head of the next value.
fn next<'de, D: OpenSet + ?Sized>(reader: &mut Reader<'de>) -> Option<(&'static OpenMember<D>, &'de [u8])> {
    let head = reader.run(1, OPEN_HEAD)?;
    let len = reader.length(&head[..LENGTH])?;
    let found = member_in::<D>(reader.text(len)?, head)?;
    Some((found, &reader.run(1, found.member.head)?[..found.member.head]))
}

/// Builds the value behind a pointer.
pub fn get_open<D: OpenSet + ?Sized, P: Pointer<D>>(reader: &mut Reader<'_>) -> Option<P> {
    let (found, place) = next::<D>(reader)?;
    (found.member.get)(place, reader).map(P::made)
}

/// Restores the value behind a pointer in place, if it is of the type in the image and nothing else refers to it.
pub fn set_open<D: OpenSet + ?Sized, P: Pointer<D>>(pointer: &mut P, reader: &mut Reader<'_>) {
    let Some((found, place)) = next::<D>(reader) else { return };
    match pointer.unique() {
        Some(value) if any(value).type_id() == found.ty => {
            (found.member.set)((D::ACCESS.any_mut)(value), place, reader);
        }
        _ => assign(pointer, (found.member.get)(place, reader).map(P::made)),
    }
}

/// Exchanges two values of one type, otherwise the pointers.
pub fn exchange_open<D: OpenSet + ?Sized, P: Pointer<D>>(pointer: &mut P, other: &mut P, reader: &mut Reader<'_>) {
    if let (Some(value), Some(theirs)) = (pointer.unique(), other.unique()) {
        let same = any(value).type_id() == any(theirs).type_id();
        if let (Some(found), true) = (member_of(value), same) {
            return (found.member.exchange)((D::ACCESS.any_mut)(value), (D::ACCESS.any_mut)(theirs), reader);
        }
    }
    core::mem::swap(pointer, other);
}

/// Calls the hooks that were left.
pub fn settle_open<D: OpenSet + ?Sized, P: Pointer<D>>(pointer: &mut P, reader: &mut Reader<'_>) -> Option<()> {
    let Some(value) = pointer.unique() else { return Some(()) };
    member_of(value).map_or(Some(()), |found| (found.member.settle)((D::ACCESS.any_mut)(value), reader))
}

/// A weak `Rc` reference to no value, made from any registered type.
#[must_use]
pub fn gone_rc_open<D: OpenSet + ?Sized>() -> Option<rc::Weak<D>> {
    D::registry().find(|_| true).map(|found| (found.gone_rc)())
}

/// As [`gone_rc_open`], for `Arc`.
#[must_use]
pub fn gone_arc_open<D: OpenSet + ?Sized>() -> Option<sync::Weak<D>> {
    D::registry().find(|_| true).map(|found| (found.gone_arc)())
}

/// Describes a type for the `register` of an open set, which lets a program add types to a trait object of a library.
///
/// The library writes `dynamic!(dyn Plugin = open)` beside the trait. A type without a tag of its own, or a generic
/// one, gets one here: `member!(Slime<u8> as "SmallSlime")`, followed by its former tags:
/// `member!(Echo as "audio.Echo" | "Echo")`. See [`dynamic!`](crate::dynamic!#open-sets).
#[macro_export]
macro_rules! member {
    ($member:ty $(as $tag:literal $(| $had:literal)*)?) => {{
        use $crate::__private as __state;

        const _: () = __state::assert_tags(&[__state::member_tag::<$member>(&[$($tag)?])]);
        __state::OpenMember::of::<$member>(
            (
                __state::member_tag::<$member>(&[$($tag)?]),
                __state::member_aliases::<$member>(&[$(&[$tag $(, $had)*])?]),
            ),
            __state::member_schema::<$member>(&[$({
                fn renamed() -> &'static __state::Schema {
                    const {
                        &__state::renamed_member::<$member>($tag, const { &__state::older_member::<$member>(&[$($had),*]) })
                    }
                }
                renamed as fn() -> _
            })?]),
            |head, reader| __state::Some(__state::boxed::<$member>(head, reader)?),
            (|| __state::RcWeak::<$member>::new(), || __state::ArcWeak::<$member>::new()),
        )
    }};
    ($($other:tt)*) => {
        ::core::compile_error!(
            "a type to register is written `member!(Type)`, with a tag of its own as text: `member!(Type as \"tag\")`, and its \
             former tags after that: `member!(Type as \"tag\" | \"former\")`"
        )
    };
}
