//! Tuples of up to 16 parts: their heads, side by side.

use alloc::borrow::Cow;

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::parts::{check, get, put, refused_within, set, settled, size};
use crate::protocol::stack::{deepest, stack};
use crate::schema::{Kind, Link, Schema};
use crate::sharing::share_parts;
use crate::state::{Restore, State};

macro_rules! tuples {
    ($([$($share:tt)*] $($name:ident $at:tt),+;)*) => {$(
        impl<$($name: State),+> State for ($($name,)+) {
            const HEAD: usize = 0 $(+ $name::HEAD)+;
            $($share)*
            const DYNAMIC: bool = false $(|| $name::DYNAMIC)+;
            const STACK: usize = stack(size_of::<Self>(), deepest(&[$($name::STACK),+]));

            fn schema() -> &'static Schema {
                const { &Schema::leaf(Kind::Tuple(Cow::Borrowed(&[$(Link::To($name::schema)),+])), 0 $(+ $name::HEAD)+) }
            }

            #[inline]
            fn size(&self, all: &mut Size) {
                $(size(&self.$at, all);)+
            }

            #[inline]
            fn put<'v>(&'v self, mut head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                $(put(&self.$at, &mut head, writer);)+
            }
        }

        impl<'de, $($name: Restore<'de>),+> Restore<'de> for ($($name,)+) {
            const CHECKED: bool = false $(|| $name::CHECKED)+;
            const WHOLE: bool = true $(&& $name::WHOLE)+;
            const SWAPPED: bool = true $(&& $name::SWAPPED)+;

            #[inline]
            fn check(mut head: &[u8], checker: &mut Checker<'_>) -> bool {
                true $(&& check::<$name>(&mut head, checker))+
            }

            #[inline]
            fn get(mut head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                Some(($(match get::<$name>(&mut head, reader) {
                    Some(part) => part,
                    None => return refused_within(stringify!($at), reader),
                },)+))
            }

            #[inline]
            fn set(&mut self, mut head: &'de [u8], reader: &mut Reader<'de>) {
                $(set(&mut self.$at, &mut head, reader);)+
            }

            #[inline]
            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                $(self.$at.exchange_with(&mut other.$at, reader);)+
            }

            #[inline]
            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                $(settled(self.$at.settle(reader), stringify!($at), reader)?;)+
                Some(())
            }
        }
    )*};
}

// That longer ones borrow nothing is not proven: it takes an impl for each part of each, which together would take a
// tenth of the time to build this crate.
tuples! {
    [share_parts!(A);] A 0;
    [share_parts!(A);] A 0, B 1;
    [share_parts!(A);] A 0, B 1, C 2;
    [share_parts!(A);] A 0, B 1, C 2, D 3;
    [share_parts!(A);] A 0, B 1, C 2, D 3, E 4;
    [share_parts!(A);] A 0, B 1, C 2, D 3, E 4, F 5;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14;
    [] A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15;
}
