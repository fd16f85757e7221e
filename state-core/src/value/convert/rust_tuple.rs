//! Rust tuples of up to 16 items, as states and in comparisons with them.

use alloc::vec;

use crate::value::{Tuple, Value};

macro_rules! rust_tuple {
    ($($T:ident $item:ident)*) => {
        impl<$($T: Into<Value>),*> From<($($T,)*)> for Tuple {
            fn from(($($item,)*): ($($T,)*)) -> Self {
                Self::from(vec![$($item.into()),*])
            }
        }

        impl<$($T: Into<Value>),*> From<($($T,)*)> for Value {
            fn from(items: ($($T,)*)) -> Self {
                Self::Tuple(Tuple::from(items))
            }
        }

        impl<$($T),*> PartialEq<($($T,)*)> for Tuple
        where
            $(Value: PartialEq<$T>,)*
        {
            fn eq(&self, ($($item,)*): &($($T,)*)) -> bool {
                let mut slots = self.iter();
                $(slots.next().is_some_and(|slot| slot == $item) &&)* slots.next().is_none()
            }
        }

        impl<$($T),*> PartialEq<($($T,)*)> for Value
        where
            $(Value: PartialEq<$T>,)*
        {
            fn eq(&self, other: &($($T,)*)) -> bool {
                matches!(self.see(), Self::Tuple(tuple) if tuple == other)
            }
        }
    };
}

macro_rules! rust_tuples {
    () => {
        rust_tuple!();
    };
    ($T:ident $item:ident $($rest:ident)*) => {
        rust_tuple!($T $item $($rest)*);
        rust_tuples!($($rest)*);
    };
}

rust_tuples! {
    A item0 B item1 C item2 D item3 E item4 F item5 G item6 H item7
    I item8 J item9 K item10 L item11 M item12 N item13 O item14 P item15
}
