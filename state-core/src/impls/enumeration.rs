//! Enums of the standard library, laid out like derived ones: `Result`, `Ordering`, `Bound`, `ControlFlow`, and the
//! network addresses of two families.

use core::any::type_name;
use core::cmp::Ordering;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use core::ops::{Bound, ControlFlow};

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{enum_head, enum_is_inline, largest};
use crate::protocol::stack::{deepest, stack};
use crate::protocol::{parts, variant};
use crate::schema::form::Shape;
use crate::schema::{EnumVariant, Names, Schema, Slot};
use crate::sharing::{Share, share_parts, share_through};
use crate::state::{Restore, State};

/// Enums whose variants have one slot or none, each with its index.
macro_rules! enums {
    ($([$($param:ident)*] $ty:ty, $tag:literal { $($at:literal $variant:ident $(($value:ident: $slot:ty))?),* })*) => {$(
        impl<$($param: State),*> State for $ty {
            enums!(@share $($param)*);
            const HEAD: usize = enum_head([$($at),*].len(), largest(&[$(0 $(+ <$slot>::HEAD)?),*]));
            const DYNAMIC: bool = !enum_is_inline(largest(&[$(0 $(+ <$slot>::HEAD)?),*])) $($(|| <$slot>::DYNAMIC)?)*;
            const STACK: usize = stack(2 * size_of::<Self>(), deepest(&[$($(<$slot>::STACK,)?)*]));

            fn schema() -> &'static Schema {
                const {
                    &Schema::enumeration(
                        Names { tag: $tag, id: type_name::<Self> },
                        Self::HEAD,
                        Shape::PLAIN,
                        const {
                            &[$(EnumVariant::new(
                                stringify!($variant),
                                const { &[$(Slot::new("0", <$slot as State>::schema))?] },
                            )),*]
                        },
                    )
                }
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                const COUNT: usize = [$($at),*].len();
                match self {
                    $(Self::$variant $(($value))? => {
                        variant::size_variant::<Self>(0 $(+ <$slot>::HEAD)?, COUNT, size);
                        $(parts::size::<$slot>($value, size);)?
                    })*
                }
            }

            #[inline]
            #[allow(unused_variables, reason = "a variant without slots has a place all the same")]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                const COUNT: usize = [$($at),*].len();
                match self {
                    $(Self::$variant $(($value))? => {
                        let slots = 0 $(+ <$slot>::HEAD)?;
                        if let Some(place) = variant::put_variant::<Self>(head, ($at, COUNT), slots, writer) {
                            $($value.put(place, writer);)?
                        }
                    })*
                }
            }
        }

        impl<'de, $($param: Restore<'de>),*> Restore<'de> for $ty {
            #[inline]
            #[allow(unused_variables, reason = "a variant without slots has a place all the same")]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                const COUNT: usize = [$($at),*].len();
                match variant::tag(head, COUNT) {
                    $($at => match variant::check_variant::<Self>(head, COUNT, 0 $(+ <$slot>::HEAD)?, checker) {
                        Some(place) => true $(&& (!<$slot>::CHECKED || <$slot>::check(place, checker)))?,
                        None => false,
                    },)*
                    _ => false,
                }
            }

            #[inline]
            #[allow(unused_variables, reason = "a variant without slots has a place all the same")]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                const COUNT: usize = [$($at),*].len();
                Some(match variant::tag(head, COUNT) {
                    $($at => {
                        let place = variant::get_variant::<Self>(head, COUNT, 0 $(+ <$slot>::HEAD)?, reader)?;
                        Self::$variant $((<$slot>::get(place, reader)?))?
                    })*
                    _ => return None,
                })
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                const COUNT: usize = [$($at),*].len();
                match (variant::tag(head, COUNT), &mut *self) {
                    $($(($at, Self::$variant($value)) => {
                        if let Some(place) = variant::get_variant::<Self>(head, COUNT, <$slot>::HEAD, reader) {
                            $value.set(place, reader);
                        }
                    })?)*
                    _ => parts::assign(self, Self::get(head, reader)),
                }
            }

            #[inline]
            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                let _ = &*reader;
                match (self, other) {
                    $($((Self::$variant($value), Self::$variant(other)) => $value.exchange_with(other, reader),)?)*
                    (this, other) => core::mem::swap(this, other),
                }
            }

            #[inline]
            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                let _ = &reader;
                match self {
                    $($(Self::$variant($value) => $value.settle(reader),)?)*
                    #[allow(unreachable_patterns, reason = "all variants may have a slot")]
                    _ => Some(()),
                }
            }
        }
    )*};
    (@share) => { const SHARE: Share<Self> = Share::THREADS; };
    (@share $only:ident) => { share_through!($only); };
    (@share $first:ident $($other:ident)+) => { share_parts!($first); };
}

enums! {
    [T E] Result<T, E>, "Result" { 0 Ok(value: T), 1 Err(value: E) }
    [] Ordering, "Ordering" { 0 Less, 1 Equal, 2 Greater }
    [T] Bound<T>, "Bound" { 0 Included(value: T), 1 Excluded(value: T), 2 Unbounded }
    [B C] ControlFlow<B, C>, "ControlFlow" { 0 Continue(value: C), 1 Break(value: B) }
    [] IpAddr, "IpAddr" { 0 V4(value: Ipv4Addr), 1 V6(value: Ipv6Addr) }
    [] SocketAddr, "SocketAddr" { 0 V4(value: SocketAddrV4), 1 V6(value: SocketAddrV6) }
}
