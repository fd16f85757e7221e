//! Structs of the standard library that are objects with named slots: ranges and socket addresses. Also the addresses
//! in socket addresses, which are encoded as their octets.

use core::any::type_name;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use core::ops::{Bound, Range, RangeBounds, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use super::number::leaf;
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::Image;
use crate::protocol::parts::{check, cut_mut, get, set, settled, size};
use crate::protocol::stack::{deepest, stack};
use crate::schema::form::Shape;
use crate::schema::{Form, Kind, Link, Names, Schema, Slot};
use crate::sharing::{Share, share_through};
use crate::state::{Restore, State, StateObject};

/// A type whose values can be refused is always visited.
macro_rules! is_visited {
    ($refusal:expr) => {
        true
    };
}

/// Objects, given an expression for the reference to each slot, and one that builds the object from its slots. If the
/// slots are public fields, they are named again and restored in place.
macro_rules! objects {
    ($(
        [$($param:ident)?] $ty:ty, $tag:literal $(as $form:ident)?, |$this:ident| { $($slot:ident: $of:ty = $part:expr),* } => $built:expr
        $(, in place: $($field:ident)*)? $(, unless: $refusal:expr)?;
    )*) => {$(
        impl$(<$param: State>)? State for $ty {
            const HEAD: usize = 0 $(+ <$of>::HEAD)*;
            objects!(@share $($param)?);
            const DYNAMIC: bool = false $(|| <$of>::DYNAMIC)* $(|| is_visited!($refusal))?;
            const STACK: usize = stack(size_of::<Self>(), deepest(&[$(<$of>::STACK),*]));

            fn schema() -> &'static Schema {
                const {
                    &Schema::object(
                        Names { tag: $tag, id: type_name::<Self> },
                        Self::HEAD,
                        Shape { $(form: Form::$form,)? ..Shape::PLAIN },
                        const { &[$(Slot::new(stringify!($slot), <$of as State>::schema)),*] },
                    )
                }
            }

            #[inline]
            fn size(&self, all: &mut Size) {
                let $this = self;
                $(if let Some(error) = $refusal {
                    all.fail(error);
                })?
                $(size::<$of>($part, all);)*
            }

            #[inline]
            fn put(&self, mut head: &mut [u8], writer: &mut Writer<'_, '_>) {
                let $this = self;
                $(if $refusal.is_some() {
                    writer.fail::<()>();
                    return;
                })?
                $(writer.copied::<$of>($part, cut_mut(&mut head, <$of>::HEAD));)*
            }
        }

        impl<'de, $($param: Restore<'de>)?> Restore<'de> for $ty {
            const CHECKED: bool = false $(|| <$of>::CHECKED)*;

            #[inline]
            fn check(mut head: &[u8], checker: &mut Checker<'_>) -> bool {
                true $(&& check::<$of>(&mut head, checker))*
            }

            #[inline]
            fn get(mut head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                $(let $slot = get::<$of>(&mut head, reader)?;)*
                Some($built)
            }

            $(
                #[inline]
                fn set(&mut self, mut head: &'de [u8], reader: &mut Reader<'de>) {
                    $(set(&mut self.$field, &mut head, reader);)*
                }

                #[inline]
                fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                    $(self.$field.exchange_with(&mut other.$field, reader);)*
                }

                #[inline]
                fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                    $(settled(self.$field.settle(reader), stringify!($field), reader)?;)*
                    Some(())
                }
            )?
        }

        impl$(<$param: State>)? StateObject for $ty {
            const DERIVED: crate::state::Derived = crate::state::Derived;
        }
    )*};
    (@share) => { const SHARE: Share<Self> = Share::THREADS; };
    (@share $param:ident) => { share_through!($param); };
}

objects! {
    [T] Range<T>, "Range" as Range, |this| { start: T = &this.start, end: T = &this.end } => start..end, in place: start end;
    [T] RangeFrom<T>, "RangeFrom", |this| { start: T = &this.start } => start.., in place: start;
    [T] RangeTo<T>, "RangeTo", |this| { end: T = &this.end } => ..end, in place: end;
    [T] RangeToInclusive<T>, "RangeToInclusive", |this| { end: T = &this.end } => ..=end, in place: end;
    [T] RangeInclusive<T>, "RangeInclusive", |this| { start: T = this.start(), end: T = this.end() } => start..=end,
        unless: exhausted(this);
    [] SocketAddrV4, "SocketAddrV4", |this| { ip: Ipv4Addr = this.ip(), port: u16 = &this.port() } => Self::new(ip, port);
    [] SocketAddrV6, "SocketAddrV6", |this| {
        ip: Ipv6Addr = this.ip(),
        port: u16 = &this.port(),
        flowinfo: u32 = &this.flowinfo(),
        scope_id: u32 = &this.scope_id()
    } => Self::new(ip, port, flowinfo, scope_id);
}

/// An exhausted range has a flag besides its two ends, and cannot be rebuilt from them: it would be restored as a full
/// range.
fn exhausted<T>(range: &RangeInclusive<T>) -> Option<Error> {
    match range.end_bound() {
        Bound::Excluded(_) => Some(Error::new(
            ErrorKind::Unwritable,
            "a range that its ends describe",
            "a `RangeInclusive` that was iterated to its end",
        )),
        _ => None,
    }
}

leaf!(RangeFull, 0, Kind::Unit, image: Image::NO, checked: false,
    put: |_| [], valid: |_: [u8; 0]| true, get: |_: [u8; 0]| Some(..));

macro_rules! octets {
    ($($ty:ident: $count:literal;)*) => {$(
        leaf!($ty, $count, Kind::Array(Link::To(<u8 as State>::schema), $count), image: Image::NO, checked: false,
            put: |address: $ty| address.octets(), valid: |_: [u8; $count]| true,
            get: |octets: [u8; $count]| Some($ty::from(octets)));
    )*};
}

octets! {
    Ipv4Addr: 4;
    Ipv6Addr: 16;
}
