//! Constants, statics and constructors around a type with the same names as locals of generated code.
#![allow(
    non_upper_case_globals,
    non_camel_case_types,
    dead_code,
    clippy::used_underscore_items,
    reason = "the names are the test"
)]

use crate::std::string::String;
use crate::std::{boxed, clone, cmp, convert, fmt, marker, result, vec};

use crate::renamed::{Record, State};

use crate::{comes_back, renamed, std};

const __head: u8 = 1;
const __any: i8 = -1;
const __reader: &str = "";
const __f0: u8 = 0;
static __writer: [u8; 2] = [1, 2];
static __slot: u8 = 0;
static __f1: u8 = 0;
struct __checker;
struct __value();
struct __size(u8);
const __part: () = ();
const __name: () = ();
const __builder: () = ();
const __at: () = ();
const __field: () = ();
const __bytes: () = ();
const __sizes: () = ();
const __whole: () = ();
const __this: () = ();
const end: () = ();
const same: () = ();
const this: () = ();
const any: () = ();

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed, after_set = hook, before_get = look)]
struct Struct {
    number: u32,
    #[state(default)]
    text: String,
    #[state(bytes)]
    raw: vec::Vec<Pixel>,
    #[state(with = same_value)]
    with: u8,
    plain: (Plain, Plain),
    either: boxed::Box<[Enum]>,
}

fn hook(_: &mut Struct) {}

fn look(_: &Struct) {}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
struct Plain(u16, u16);

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
enum Enum {
    One(u8, String),
    Other { number: u64 },
    Nothing,
}

#[derive(Record, clone::Clone, marker::Copy, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
#[repr(C)]
struct Pixel(u8, u32);

#[allow(clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps, reason = "the form that `with` asks for")]
mod same_value {
    use crate::std;

    pub(super) type Slot = u8;

    pub(super) fn get(value: &u8) -> u8 {
        *value
    }

    pub(super) fn set(slot: u8) -> std::result::Result<u8, super::convert::Infallible> {
        super::result::Result::Ok(slot)
    }
}

#[test]
fn what_stands_around_is_not_taken_for_a_local() {
    let value = |number| Struct {
        number,
        text: String::new(),
        raw: std::vec![Pixel(1, 2)],
        with: 3,
        plain: (Plain(1, 2), Plain(3, 4)),
        either: boxed::Box::new([Enum::One(1, String::new()), Enum::Other { number: 2 }, Enum::Nothing]),
    };
    comes_back(&value(1), value(2));
}
