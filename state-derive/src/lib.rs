//! The derive macros of `state-core`, which re-exports and documents them.
//! One pass for each: parse (`attr`) -> model (`ast`) -> check -> expand, or `fallback` if anything was wrong.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod ast;
mod attr;
mod bound;
mod check;
mod ctxt;
mod expand;
mod fallback;
mod shape;
mod suggest;
mod symbol;
mod value;

use crate::ast::Container;
use crate::ctxt::Ctxt;

/// Derives the state of a struct or an enum: what `get_state` takes out of it and `set_state` puts back.
///
/// Each field is one slot, in the order of the source, unless `#[state(..)]` says otherwise. Several words may share
/// a list, and several lists may stand above each other.
///
/// | on | word | meaning |
/// |---|---|---|
/// | type | `name = "example.Person"` | the type tag; without it, the identifier |
/// | type | `crate = path` | where the runtime is; without it, `::state_core` |
/// | type | `bound = "T: Trait"` | the where predicates of the impls, in place of the inferred ones |
/// | type | `before_get = path` | a function that is called before the state is taken |
/// | type | `after_set = path` | a function that is called after the state is restored |
/// | field | `bytes` | a raw array: two slots, the bytes and the count |
/// | field | `bytes, uncounted` | a raw array in one slot |
/// | field | `flatten_parent` | the first field: its slots begin this type's own |
/// | field | `skip` | no slot; restored from `Default` |
/// | field | `skip, default = path` | no slot; restored by calling the function |
/// | field | `with = path` | a module encodes and decodes the field |
/// | field | `sorted` | a hash map or set in the order of its keys, so that equal states give equal bytes |
/// | field | `serde` | a field that has serde's traits alone |
/// | field, variant | `rename = "other"` | the name of the slot or variant |
///
/// What is misused is reported at its place, all of it at once.
#[proc_macro_derive(State, attributes(state))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let cx = Ctxt::new();
    let container = Container::new(&cx, &input);
    check::state(&cx, &container);
    match cx.check() {
        Ok(()) => expand::state(&container).into(),
        Err(error) => fallback::state(&container, &error).into(),
    }
}

/// Describes the layout of a `#[repr(C)]` struct, so that arrays of it travel as raw bytes under `#[state(bytes)]`.
///
/// Takes `#[state(name = "..")]` and `#[state(crate = path)]` on the struct and `#[state(rename = "..")]` on its fields.
/// The other words of `#[derive(State)]` may stand there for its sake, and change nothing here.
#[proc_macro_derive(Record, attributes(state))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let cx = Ctxt::new();
    let container = Container::new(&cx, &input);
    check::record(&cx, &container);
    match cx.check() {
        Ok(()) => expand::record(&container).into(),
        Err(error) => fallback::record(&container, &error).into(),
    }
}
