//! The derive macros of `state-core`, which re-exports and documents them.
//! One pass for each: parse (`attr`) -> model (`ast`) -> check -> expand, or `fallback` if anything was wrong.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

#[expect(dead_code, reason = "the model is ahead of the expansion")]
mod ast;
mod attr;
mod check;
mod ctxt;
mod expand;
mod fallback;
#[expect(dead_code, reason = "the model is ahead of the expansion")]
mod shape;
mod suggest;
mod symbol;
mod value;

use crate::ast::Container;
use crate::ctxt::Ctxt;

/// Derives the state of a type: what `get_state` takes out of it and `set_state` puts back.
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
