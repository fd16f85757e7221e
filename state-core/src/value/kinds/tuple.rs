//! The tuple: the flat state of one object, slot by slot.

use core::ops::{Add, AddAssign};

use crate::value::kinds::children::Children;
use crate::value::kinds::named::{NamedValue, SlotNames};

/// The state of an object, and [`Value::Tuple`](crate::value::Value::Tuple) if it is itself in a slot.
///
/// It dereferences to the slice of its slots, so they are indexed, sliced, iterated and split like any slice. Made from
/// a Rust tuple of up to 16 items, and compared with one:
///
/// ```
/// use state_core::value::Tuple;
///
/// let mut state = Tuple::from(("Dave", 30));
/// assert_eq!(state[0], "Dave");
/// assert_eq!(state, ("Dave", 30));
///
/// state[1] = 31.into();
/// state += (true,);
/// assert_eq!(state.to_string(), "('Dave', 31, True)");
/// assert_eq!(Tuple::from(&state[..2]), ("Dave", 31));
/// assert!(state > Tuple::from(("Dave", 30)));
/// ```
#[derive(Clone, Default)]
pub struct Tuple(pub(in crate::value) Children, pub(in crate::value) Option<SlotNames>);

impl Tuple {
    pub(in crate::value) fn with_names(self, names: Option<SlotNames>) -> Self {
        Self(self.0, names)
    }

    /// The slots by name, if the state was read with its names.
    pub(in crate::value) fn named(&self) -> Option<impl Iterator<Item = NamedValue<'_>>> {
        self.1.as_ref()?.of(self)
    }
}

/// Joins two states: `state + (owner,)`.
impl<T: Into<Tuple>> Add<T> for Tuple {
    type Output = Self;

    fn add(mut self, other: T) -> Self {
        self += other;
        self
    }
}

/// Joins two states and leaves the first as it is.
impl<T: Into<Tuple>> Add<T> for &Tuple {
    type Output = Tuple;

    fn add(self, other: T) -> Tuple {
        self.clone() + other
    }
}

impl<T: Into<Tuple>> AddAssign<T> for Tuple {
    fn add_assign(&mut self, other: T) {
        self.0.append(&mut other.into().0);
    }
}
