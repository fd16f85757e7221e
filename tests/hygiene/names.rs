//! Names of the user's that generated code also uses, and names that only a raw identifier can spell.
#![allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    clippy::struct_field_names,
    clippy::used_underscore_items,
    clippy::enum_variant_names,
    reason = "the names are the test"
)]

use crate::std::string::ToString;
use crate::std::{assert, assert_eq, cmp, fmt};

use crate::renamed::State;

use crate::{comes_back, renamed, std};

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
struct _state<__private, const __writer: usize, Self_>
where
    Self_: std::clone::Clone,
{
    _state: __private,
    __head: [u8; __writer],
    __f0: Self_,
    size: u8,
    put: u8,
    __size: u8,
    __writer: u8,
    __f1: u8,
    Self_: u8,
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
enum __head<T> {
    _state(T),
    __head { __head: T, __reader: u8, __writer: u8, __value: u8, __checker: u8 },
    Self_,
    T,
    State,
    Restore(of_f0::__f0),
}

// Constructors with these names are in a separate module, because no local can shadow a constructor in its scope.
mod of_f0 {
    use crate::renamed;
    use crate::std::{cmp, fmt};

    #[derive(renamed::State, cmp::PartialEq, fmt::Debug)]
    #[state(crate = renamed)]
    pub(super) struct __f0(
        pub(super) super::of_value::__value,
        pub(super) super::of_reader::__reader,
        pub(super) super::of_part::__part,
    );
}

mod of_value {
    use crate::renamed;
    use crate::std::{cmp, fmt};

    #[derive(renamed::State, cmp::PartialEq, fmt::Debug)]
    #[state(crate = renamed)]
    pub(super) struct __value;
}

mod of_reader {
    use crate::renamed;
    use crate::std::{cmp, fmt};

    #[derive(renamed::State, cmp::PartialEq, fmt::Debug)]
    #[state(crate = renamed)]
    pub(super) struct __reader();
}

mod of_part {
    use crate::renamed;
    use crate::std::{cmp, fmt};

    #[derive(renamed::State, cmp::PartialEq, fmt::Debug)]
    #[state(crate = renamed)]
    pub(super) struct __part {}
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
struct Lifetimes<'__de, '__v, '_b> {
    text: &'__de str,
    bytes: &'__v [u8],
    #[state(bytes)]
    raw: &'_b [u8],
    inner: [u8; '__refused: {
        break '__refused 2;
    }],
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed, bound = "T: renamed::RestoreOwned + '__de, &'__de T: fmt::Debug")]
struct BoundLifetime<'__de, T> {
    text: &'__de str,
    value: T,
}

trait _state_ {}

impl<T> _state_ for T {}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed, bound = "_state: renamed::RestoreOwned + _state_")]
struct Bound<_state>(_state);

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[r#state(crate = renamed, r#name = "names.Spelt")]
struct Spelt {
    kept: u8,
    #[r#state(r#skip)]
    skipped: u8,
    #[r#state(r#rename = "other")]
    renamed: u8,
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed, name = "Restore")]
struct Both<Restore, Object> {
    state: Restore,
    head: Object,
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
struct r#struct<'r#fn, r#type> {
    r#type: r#type,
    r#match: &'r#fn str,
    r#crate_: u8,
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed, after_set = r#struct_::r#loop)]
struct r#struct_ {
    #[state(with = r#mod)]
    r#async: u8,
    #[state(skip, default = r#mod::r#final)]
    r#await: u8,
}

impl r#struct_ {
    fn r#loop(&mut self) {
        self.r#await = 1;
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps, reason = "the form that `with` asks for")]
mod r#mod {
    use crate::std;

    pub(crate) type Slot = u8;

    pub(crate) fn get(value: &u8) -> u8 {
        *value
    }

    pub(crate) fn set(slot: u8) -> std::result::Result<u8, std::convert::Infallible> {
        std::result::Result::Ok(slot)
    }

    pub(crate) fn r#final() -> u8 {
        3
    }
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
enum r#enum {
    r#do { r#in: u8, r#ref: r#struct_ },
    r#if(u8),
    r#else,
}

#[test]
fn generated_names_give_way() {
    let value = _state {
        _state: 1_u8,
        __head: [2; 3],
        __f0: 4_u32,
        size: 5,
        put: 6,
        __size: 7,
        __writer: 8,
        __f1: 9,
        Self_: 10,
    };
    let other = _state {
        _state: 0_u8,
        __head: [0; 3],
        __f0: 0_u32,
        size: 0,
        put: 0,
        __size: 0,
        __writer: 0,
        __f1: 0,
        Self_: 0,
    };
    comes_back(&value, other);
    let whole = || __head::__head { __head: 1_u64, __reader: 2, __writer: 3, __value: 4, __checker: 5 };
    comes_back(&whole(), __head::__head { __head: 0, __reader: 0, __writer: 0, __value: 0, __checker: 0 });
    comes_back(&whole(), __head::_state(2));
    comes_back(&__head::_state(2), whole());
    comes_back(&__head::<u8>::Self_, __head::T);
    comes_back(
        &__head::<u8>::Restore(of_f0::__f0(of_value::__value, of_reader::__reader(), of_part::__part {})),
        __head::State,
    );
    comes_back(&Both { state: 1_u8, head: 2_u8 }, Both { state: 0, head: 0 });
}

#[test]
fn lifetimes_and_bounds_give_way() {
    let bytes = renamed::dumps(&Lifetimes { text: "a", bytes: b"b", raw: b"c", inner: [1, 2] }).unwrap();
    let back: Lifetimes<'_, '_, '_> = renamed::loads(&bytes).unwrap();
    assert_eq!(back, Lifetimes { text: "a", bytes: b"b", raw: b"c", inner: [1, 2] });
    comes_back(&Bound(1_u8), Bound(2));
    let bytes = renamed::dumps(&BoundLifetime { text: "a", value: 1_u8 }).unwrap();
    let back: BoundLifetime<'_, u8> = renamed::loads(&bytes).unwrap();
    assert_eq!(back, BoundLifetime { text: "a", value: 1 });
}

#[test]
fn attributes_are_read_however_they_are_spelt() {
    let spelt = |kept| Spelt { kept, skipped: 1, renamed: 2 };
    let bytes = renamed::dumps(&spelt(3)).unwrap();
    assert_eq!(renamed::loads::<Spelt>(&bytes).unwrap(), Spelt { kept: 3, skipped: 0, renamed: 2 });
    let schema = <Spelt as State>::schema();
    assert_eq!(schema.tag(), std::option::Option::Some("names.Spelt"));
    let schema = std::format!("{schema:?}");
    assert!(schema.contains("\"other\"") && !schema.contains("skipped"), "{schema}");
}

#[test]
fn raw_identifiers_are_called_without_their_mark() {
    let bytes = renamed::dumps(&r#struct { r#type: 1_u8, r#match: "a", r#crate_: 2 }).unwrap();
    let back: r#struct<'_, u8> = renamed::loads(&bytes).unwrap();
    assert_eq!(back, r#struct { r#type: 1, r#match: "a", r#crate_: 2 });
    comes_back(&r#struct_ { r#async: 5, r#await: 1 }, r#struct_ { r#async: 0, r#await: 0 });
    let inner = || r#struct_ { r#async: 5, r#await: 1 };
    comes_back(&r#enum::r#do { r#in: 1, r#ref: inner() }, r#enum::r#if(3));
    comes_back(&r#enum::r#if(3), r#enum::r#else);
    let error = renamed::loads::<r#enum>(&bytes).unwrap_err().to_string();
    assert!(error.contains("enum") && !error.contains("r#"), "{error}");
    let schema = std::format!("{:?}", <r#struct_ as State>::schema());
    assert!(!schema.contains("r#"), "{schema}");
}
