//! The user's types, traits, values and macros with the names of std's.
#![allow(dead_code, unused_macros, non_camel_case_types, reason = "what shadows is there for its name alone")]

use crate::std::{assert_eq, clone, cmp, fmt};

use crate::{comes_back, renamed, std};

struct Result;
struct Option;
struct Ok;
struct Some;
struct None;
struct Err;
struct String;
struct Vec;
struct Box;
trait Default {}
trait Clone {}
trait Copy {}
trait Sized {}
trait From {}
trait State {}
trait Restore {}
trait Object {}
trait Record {}
trait Outcome {}
mod core {}
mod state_core {}
mod alloc {}
type u8 = ();
type usize = ();
type bool = ();
type str = ();

macro_rules! panic {
    () => {};
}
macro_rules! matches {
    () => {};
}

/// Its methods, which every type has, must not be confused with those of the runtime.
trait Meddler {
    fn kind(&self) {}
    fn size(&self) {}
    fn put(&self) {}
    fn check(&self) {}
    fn get(&self) {}
    fn set(&self) {}
    fn or(&self) {}
    fn value(&self) {}
    fn fill(&self) {}
    fn converted(&self) {}
    fn run(&self) {}
}

impl<T> Meddler for T {}

#[derive(renamed::State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed, after_set = Struct::hook, before_get = Struct::look)]
struct Struct<T> {
    a: i32,
    #[state(skip)]
    b: i64,
    #[state(default)]
    c: T,
    #[state(bytes)]
    raw: [i16; 2],
    #[state(with = double)]
    with: i32,
}

impl<T> Struct<T> {
    fn hook(&mut self) {
        self.b = 7;
    }

    fn look(&self) {
        assert_eq!(self.raw.len(), 2);
    }
}

/// The slot is twice the field.
#[allow(clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps, reason = "the form that `with` asks for")]
mod double {
    use crate::std;

    pub(crate) type Slot = i64;

    pub(crate) fn get(value: &i32) -> Slot {
        use std::convert::Into;
        Slot::wrapping_mul(2, (*value).into())
    }

    pub(crate) fn set(slot: Slot) -> std::result::Result<i32, std::num::TryFromIntError> {
        use crate::std::convert::TryFrom;
        i32::try_from(slot / 2)
    }
}

#[derive(renamed::State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
enum Enum {
    None,
    Some(i32),
    Ok { err: i64 },
    Err(#[state(skip)] i8, std::vec::Vec<i32>),
}

#[derive(renamed::Record, clone::Clone, std::marker::Copy, fmt::Debug)]
#[state(crate = renamed)]
#[repr(C)]
struct Pair {
    left: i16,
    right: f64,
}

#[derive(renamed::State)]
#[state(crate = renamed)]
struct Raw {
    #[state(bytes)]
    pairs: std::vec::Vec<Pair>,
    #[state(bytes)]
    opaque: std::vec::Vec<std::num::Wrapping<i16>>,
}

#[test]
fn shadows_change_nothing() {
    let value = Struct { a: 1, b: 7, c: 2_i32, raw: [3, 4], with: 5 };
    comes_back(&value, Struct { a: 0, b: 0, c: 0, raw: [0, 0], with: 0 });
    comes_back(&Enum::Some(3), Enum::Some(4));
    comes_back(&Enum::Ok { err: 3 }, Enum::None);
    comes_back(&Enum::None, Enum::Ok { err: 3 });
    comes_back(&Enum::Err(0, std::vec![1]), Enum::Err(0, std::vec![]));
    let bytes = renamed::dumps(&Raw { pairs: std::vec![Pair { left: 1, right: 2.0 }], opaque: std::vec![] });
    let raw: Raw = renamed::loads(&bytes.unwrap()).unwrap();
    assert_eq!(std::format!("{:?}", raw.pairs), "[Pair { left: 1, right: 2.0 }]");
    assert_eq!(raw.opaque.len(), 0);
}
