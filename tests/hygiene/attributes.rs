//! Attributes for the user's own compiler: deprecated, hidden, private and unused types, fields and variants.

use crate::std::string::String;
use crate::std::{cmp, fmt};

use crate::renamed::State;

use crate::{comes_back, renamed, std};

/// A deprecated type.
#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
#[deprecated]
pub struct Old {
    /// Its number.
    #[deprecated = "use something else"]
    pub number: u32,
    #[deprecated]
    hidden: String,
}

/// An enum with a deprecated variant.
#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
pub enum Kind {
    /// Deprecated.
    #[deprecated]
    Old {
        /// Deprecated too.
        #[deprecated]
        number: u32,
    },
    /// Deprecated, and empty.
    #[deprecated]
    Older,
    /// Not deprecated.
    New(u8),
}

/// A deprecated record.
#[derive(renamed::Record, std::clone::Clone, std::marker::Copy)]
#[state(crate = renamed)]
#[repr(C)]
#[deprecated]
pub struct Place {
    #[deprecated]
    x: f32,
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
struct Private {
    number: u32,
}

/// A public type that contains private ones.
#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
pub struct Public {
    #[state(flatten_parent)]
    private: Private,
    inner: inner::Inner,
}

mod inner {
    use crate::renamed;
    use crate::std::{cmp, fmt};

    /// Nobody outside can name it.
    #[derive(renamed::State, cmp::PartialEq, fmt::Debug)]
    #[state(crate = renamed)]
    #[allow(unreachable_pub, reason = "the point of it")]
    pub struct Inner(pub(super) u8, #[cfg(any())] Missing, #[doc(hidden)] pub u8);
}

/// `#[non_exhaustive]` and `#[must_use]` change nothing here.
#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
#[non_exhaustive]
#[must_use]
pub enum Open {
    /// With a number.
    #[non_exhaustive]
    One {
        /// The number.
        number: u8,
    },
    /// Without.
    Two,
}

/// The underscore marks a field that the user never reads; the use by generated code does not count.
#[derive(State)]
#[state(crate = renamed)]
struct Padded<'a> {
    _reserved: u8,
    #[state(skip)]
    _buffer: [u8; 2],
    #[state(bytes)]
    _rest: &'a [u8],
}

#[test]
fn reserved_fields_are_slots() {
    let schema = std::format!("{:?}", <Padded<'_> as State>::schema());
    std::assert!(schema.contains("_reserved") && !schema.contains("_buffer"), "{schema}");
}

#[test]
#[allow(deprecated, reason = "here the user uses them")]
fn attributes_change_nothing() {
    let old = |number| Old { number, hidden: String::new() };
    comes_back(&old(3), old(0));
    comes_back(&Kind::Old { number: 1 }, Kind::Old { number: 0 });
    comes_back(&Kind::Older, Kind::New(1));
    let place = Place { x: 1.0 };
    std::assert_eq!(place.x.to_bits(), 1_f32.to_bits());
    let public = |number| Public { private: Private { number }, inner: inner::Inner(1, 2) };
    comes_back(&public(3), public(0));
    comes_back(&Open::One { number: 1 }, Open::Two);
    comes_back(&Open::Two, Open::One { number: 1 });
}
