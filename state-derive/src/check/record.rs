//! The rules of `#[derive(Record)]`. Attributes that only `#[derive(State)]` uses are allowed, and ignored.

use super::{evolution, names, types};
use crate::ast::{Container, Data, Variant};
use crate::ctxt::Ctxt;

pub fn record(cx: &Ctxt, container: &Container) {
    if let Some(variant) = only_a_struct(cx, container) {
        laid_out_as_in_c(cx, container);
        some_field(cx, container, variant);
        names::record_fields_differ(cx, variant);
        names::are_short(cx, container, |_| true);
        evolution::slots_had_other_names(cx, variant);
        evolution::removed_is_gone(cx, container);
        for field in &variant.fields {
            types::record(cx, field);
        }
    }
}

/// Every bit pattern of a record is a value of it, and all of its fields are live.
fn only_a_struct<'a>(cx: &Ctxt, container: &'a Container) -> Option<&'a Variant> {
    if let Some(union) = container.union {
        let message = "a union cannot be a record, because its active field is unknown; use a struct";
        cx.error(union, message);
        return None;
    }
    match &container.data {
        Data::Struct(variant) => Some(variant),
        Data::Enum(_) => {
            let message = "an enum cannot be a record, because not all bytes are valid values of it; \
                use a struct, or derive `State` instead";
            cx.error(&container.ident, message);
            None
        }
    }
}

/// Rust may order the fields of other structs arbitrarily, and differently in each build.
fn laid_out_as_in_c(cx: &Ctxt, container: &Container) {
    if container.repr.c.is_some() {
        return;
    }
    if let Some(transparent) = &container.repr.transparent {
        let message = "a record is laid out as in C; write `#[repr(C)]`, which lays out one field the same";
        cx.error(transparent, message);
    } else {
        let message = "a record is laid out as in C; add `#[repr(C)]`";
        cx.error(&container.ident, message);
    }
}

/// An array of empty records would be a count without bytes.
fn some_field(cx: &Ctxt, container: &Container, variant: &Variant) {
    if variant.fields.is_empty() {
        let message = "a record without fields has no bytes; add a field, or derive `State` instead";
        cx.error(&container.ident, message);
    }
}
