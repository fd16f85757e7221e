//! The containers that are a sequence of values: the code that tuples, lists and sets have in common, because they
//! differ only in meaning.

use alloc::vec::{self, Vec};
use core::{
    ops::{Deref, DerefMut},
    slice,
};

use crate::value::kinds::children::Children;
use crate::value::{Tuple, Value};

/// A sequence of any length: [`Value::List`]. It dereferences to the slice of its items.
///
/// ```
/// use state_core::value::List;
///
/// let mut gears = List::from([1, 7]);
/// gears.push(21);
/// assert_eq!(gears.to_string(), "[1, 7, 21]");
/// ```
#[derive(Clone, Default)]
pub struct List(pub(in crate::value) Children);

/// Items whose order has no meaning: [`Value::Set`]. It dereferences to the slice of its items.
///
/// The items keep their insertion order and are stored as given: the caller must make sure that none occurs twice.
///
/// ```
/// use state_core::value::Set;
///
/// assert_eq!(Set::from([1, 2]), Set::from([2, 1]));
/// assert_eq!(Set::new().to_string(), "set()");
/// ```
#[derive(Clone, Default)]
pub struct Set(pub(in crate::value) Children);

macro_rules! sequence {
    ($Type:ident $(, $names:expr)?) => {
        impl $Type {
            /// Makes an empty one, without allocating.
            #[must_use]
            pub const fn new() -> Self {
                Self(Children::new() $(, $names)?)
            }

            /// Makes an empty one with capacity for this many items.
            #[must_use]
            pub fn with_capacity(capacity: usize) -> Self {
                Self::from(Vec::with_capacity(capacity))
            }

            /// Appends an item.
            pub fn push(&mut self, item: impl Into<Value>) {
                self.0.push(item.into());
            }

            /// Removes the last item and returns it.
            pub fn pop(&mut self) -> Option<Value> {
                self.0.pop()
            }

            /// Moves the items from the index `at` on into a new one; none if `at` is past the end.
            #[must_use]
            pub fn split_off(&mut self, at: usize) -> Self {
                let at = at.min(self.0.len());
                Self::from(self.0.split_off(at))
            }

            /// Returns the items as a vector.
            #[must_use]
            pub fn into_vec(self) -> Vec<Value> {
                self.0.into_vec()
            }
        }

        impl Deref for $Type {
            type Target = [Value];

            fn deref(&self) -> &[Value] {
                &self.0
            }
        }

        impl DerefMut for $Type {
            fn deref_mut(&mut self) -> &mut [Value] {
                &mut self.0
            }
        }

        impl From<Vec<Value>> for $Type {
            fn from(items: Vec<Value>) -> Self {
                Self(Children::from(items) $(, $names)?)
            }
        }

        impl From<&[Value]> for $Type {
            fn from(items: &[Value]) -> Self {
                Self::from(items.to_vec())
            }
        }

        impl<T: Into<Value>, const N: usize> From<[T; N]> for $Type {
            fn from(items: [T; N]) -> Self {
                items.into_iter().collect()
            }
        }

        impl<T: Into<Value>> FromIterator<T> for $Type {
            fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
                Self::from(items.into_iter().map(T::into).collect::<Vec<_>>())
            }
        }

        impl<T: Into<Value>> Extend<T> for $Type {
            fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
                self.0.extend(items.into_iter().map(T::into));
            }
        }

        impl IntoIterator for $Type {
            type Item = Value;
            type IntoIter = vec::IntoIter<Value>;

            fn into_iter(self) -> Self::IntoIter {
                self.into_vec().into_iter()
            }
        }

        impl<'a> IntoIterator for &'a $Type {
            type Item = &'a Value;
            type IntoIter = slice::Iter<'a, Value>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl<'a> IntoIterator for &'a mut $Type {
            type Item = &'a mut Value;
            type IntoIter = slice::IterMut<'a, Value>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter_mut()
            }
        }
    };
}

sequence!(Tuple, None);
sequence!(List);
sequence!(Set);
