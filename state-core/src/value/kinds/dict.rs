//! The dict: pairs of a key and its value in insertion order.

use alloc::vec::{self, Vec};
use core::{iter::FusedIterator, slice};

use crate::value::Value;
use crate::value::kinds::children::Children;

/// Keys with their values: [`Value::Dict`].
///
/// The pairs keep their order and are stored as given: the caller must make sure that no key occurs twice. Keys may be
/// of any kind. Two dicts are equal if they have equal pairs, in any order; only pairs with the same key, which should
/// not exist, are compared in order.
///
/// ```
/// use state_core::value::Dict;
///
/// let mut gears = Dict::from_iter([("city", 7), ("race", 21)]);
/// gears.push("kids", 1);
/// assert_eq!(*gears.get("race").unwrap(), 21);
/// assert_eq!(gears.to_string(), "{'city': 7, 'race': 21, 'kids': 1}");
/// ```
#[derive(Clone, Default)]
pub struct Dict(pub(in crate::value) Children);

impl Dict {
    /// Makes an empty dict, without allocating.
    #[must_use]
    pub const fn new() -> Self {
        Self(Children::new())
    }

    /// Makes an empty dict with capacity for this many pairs.
    #[must_use]
    pub fn with_capacity(pairs: usize) -> Self {
        Self(Vec::with_capacity(pairs.saturating_mul(2)).into())
    }

    /// Makes a dict of alternating keys and values; a key without a value is dropped.
    #[cfg(feature = "pickle")]
    pub(crate) fn of_turns(turns: Vec<Value>) -> Self {
        let mut dict = Self::new();
        dict.add_turns(turns);
        dict
    }

    /// Appends alternating keys and values.
    #[cfg(feature = "pickle")]
    pub(crate) fn add_turns(&mut self, mut turns: Vec<Value>) {
        turns.truncate(turns.len() & !1);
        match self.is_empty() {
            true => self.0 = turns.into(),
            false => self.0.extend(turns),
        }
    }

    /// The number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len() / 2
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends a pair, without looking for the key.
    pub fn push(&mut self, key: impl Into<Value>, value: impl Into<Value>) {
        self.0.extend([key.into(), value.into()]);
    }

    /// Finds the value of a key, with a linear search from the end: if a pickle has several pairs with one key, the
    /// last one counts, as in Python.
    pub fn get<K: ?Sized>(&self, key: &K) -> Option<&Value>
    where
        Value: PartialEq<K>,
    {
        self.iter().rev().find(|(own, _)| *own == key).map(|(_, value)| value)
    }

    /// Like [`get`](Self::get), to change the value.
    ///
    /// ```
    /// use state_core::value::Dict;
    ///
    /// let mut gears = Dict::from_iter([("city", 7), ("race", 21)]);
    /// *gears.get_mut("city").unwrap() = 8.into();
    /// assert_eq!(gears.to_string(), "{'city': 8, 'race': 21}");
    /// ```
    pub fn get_mut<K: ?Sized>(&mut self, key: &K) -> Option<&mut Value>
    where
        Value: PartialEq<K>,
    {
        self.iter_mut().rev().find(|(own, _)| *own == key).map(|(_, value)| value)
    }

    /// The pairs in order.
    #[must_use]
    pub fn iter(&self) -> Pairs<'_> {
        Pairs(self.0.iter())
    }

    /// The pairs in order, with mutable references to the values.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Value, &mut Value)> {
        self.0.chunks_exact_mut(2).filter_map(|pair| match pair {
            [key, value] => Some((&*key, value)),
            _ => None,
        })
    }

    /// Mutable references to the values, in the order of their keys.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.iter_mut().skip(1).step_by(2)
    }
}

impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut dict = Self::new();
        dict.extend(pairs);
        dict
    }
}

impl<K: Into<Value>, V: Into<Value>> Extend<(K, V)> for Dict {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        let pairs = pairs.into_iter();
        self.0.reserve(pairs.size_hint().0.saturating_mul(2));
        pairs.for_each(|(key, value)| self.push(key, value));
    }
}

impl From<Vec<(Value, Value)>> for Dict {
    fn from(pairs: Vec<(Value, Value)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl IntoIterator for Dict {
    type Item = (Value, Value);
    type IntoIter = IntoPairs;

    fn into_iter(self) -> IntoPairs {
        IntoPairs(self.0.into_vec().into_iter())
    }
}

impl<'a> IntoIterator for &'a Dict {
    type Item = (&'a Value, &'a Value);
    type IntoIter = Pairs<'a>;

    fn into_iter(self) -> Pairs<'a> {
        self.iter()
    }
}

/// The pairs of a [`Dict`]: see [`Dict::iter`].
#[derive(Clone, Debug)]
pub struct Pairs<'a>(slice::Iter<'a, Value>);

/// An iterator over the pairs of a [`Dict`], by value.
#[derive(Clone, Debug)]
pub struct IntoPairs(vec::IntoIter<Value>);

macro_rules! pairs {
    ([$($generics:tt)*] $Type:ty, $Item:ty) => {
        impl<$($generics)*> Iterator for $Type {
            type Item = ($Item, $Item);

            fn next(&mut self) -> Option<Self::Item> {
                Some((self.0.next()?, self.0.next()?))
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                let pairs = self.0.len() / 2;
                (pairs, Some(pairs))
            }
        }

        impl<$($generics)*> DoubleEndedIterator for $Type {
            fn next_back(&mut self) -> Option<Self::Item> {
                let value = self.0.next_back()?;
                Some((self.0.next_back()?, value))
            }
        }

        impl<$($generics)*> ExactSizeIterator for $Type {}
        impl<$($generics)*> FusedIterator for $Type {}
    };
}

pairs!(['a] Pairs<'a>, &'a Value);
pairs!([] IntoPairs, Value);
