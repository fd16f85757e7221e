//! Validates the model: one function and one reason for each rule that spans attributes, fields or the whole type.
//! `expand` relies on what passes here.

mod evolution;
mod names;
mod parent;
mod pickle;
mod record;
mod remote;
mod sharing;
mod types;

pub use record::record;

use crate::ast::{Container, Field, Role};
use crate::attr::{Attrs, Item};
use crate::ctxt::Ctxt;
use crate::symbol::{self, Symbol};

/// The rules of `#[derive(State)]`.
pub fn state(cx: &Ctxt, container: &Container) {
    if let Some(union) = container.union {
        // Nothing says which of its fields is live; other errors do not matter.
        let message = "a union cannot have a state, because its active field is unknown; \
            use an enum, or put the union in a field of a struct and convert it: `with = path::to::module`";
        cx.error(union, message);
        return;
    }
    not_packed(cx, container);
    sharing::cyclic_is_shared(cx, &container.attrs);
    names::variants_differ(cx, container);
    names::are_short(cx, container, |field| !matches!(field.role, Role::Skip));
    parent::not_in_an_enum(cx, container);
    pickle::fits_the_type(cx, container);
    pickle::has_a_unit_variant(cx, container);
    remote::getters_have_a_type(cx, container);
    evolution::upgrade_is_of_a_struct(cx, container);
    evolution::one_other(cx, container);
    evolution::removed_is_gone(cx, container);
    evolution::older_is_not_present(cx, container);
    evolution::variants_had_other_names(cx, container);
    for variant in container.variants() {
        parent::at_most_one(cx, variant);
        parent::comes_first(cx, variant);
        names::slots_differ(cx, variant);
        evolution::slots_had_other_names(cx, variant);
        pickle::slots_have_names(cx, container, variant);
    }
    for variant in &container.skipped {
        skip_stands_alone(cx, &variant.attrs, "a skipped variant has no state");
    }
    for field in container.fields() {
        skip_stands_alone(cx, &field.attrs, "a skipped field has no slot");
        parent::stands_alone(cx, field);
        parent::is_another_type(cx, container, field);
        one_way_to_encode(cx, field);
        sharing::cyclic_is_shared(cx, &field.attrs);
        sharing::field_holds_pointers(cx, field);
        sharing::pointers_are_there(cx, field);
        uncounted_needs_bytes(cx, field);
        array_is_not_counted(cx, field);
        types::array(cx, field);
        types::bytes(cx, field);
        types::sorted(cx, field);
        types::keys(cx, field);
        types::state(cx, field);
        types::param_is_sized(cx, container, field);
    }
}

/// The walk borrows each field, and a reference to an unaligned field is not allowed.
fn not_packed(cx: &Ctxt, container: &Container) {
    if let Some(packed) = &container.repr.packed {
        let message = "the fields of a `packed` struct cannot be borrowed; \
            remove `packed`, or derive only `Record` and mark the field that contains the struct `bytes`";
        cx.error(packed, message);
    }
}

/// A skipped field or variant has no slot, so there is nothing for another attribute to act on.
fn skip_stands_alone(cx: &Ctxt, attrs: &Attrs, reason: &str) {
    if let Some(skip) = attrs.get(symbol::SKIP) {
        let fits = |symbol| symbol == symbol::SKIP || symbol == symbol::DEFAULT;
        for other in attrs.iter().filter(|item| !fits(item.symbol)) {
            exclude(cx, skip, other, reason);
        }
    }
}

/// Each of these determines completely how the field becomes a slot.
fn one_way_to_encode(cx: &Ctxt, field: &Field) {
    const WAYS: &[Symbol] = &[symbol::BYTES, symbol::ARRAY, symbol::WITH, symbol::SORTED, symbol::SERDE];
    if !matches!(field.role, Role::Slot(_)) {
        return;
    }
    let mut ways = field.attrs.iter().filter(|item| WAYS.contains(&item.symbol));
    if let Some(first) = ways.next() {
        for other in ways {
            exclude(cx, first, other, "each says how to encode the field");
        }
    }
}

/// The count that it leaves out is that of a raw array.
fn uncounted_needs_bytes(cx: &Ctxt, field: &Field) {
    let found = field.attrs.get(symbol::UNCOUNTED);
    if let (Some(uncounted), Role::Slot(_)) = (found, &field.role) {
        let raw = field.attrs.has(symbol::BYTES) || field.attrs.has(symbol::ARRAY);
        if !raw && !field.attrs.torn {
            let message = "`uncounted` leaves out the count of a raw array; write `bytes, uncounted`";
            cx.error(&uncounted.word, message);
        }
    }
}

/// An array already contains its length.
fn array_is_not_counted(cx: &Ctxt, field: &Field) {
    let found = (field.attrs.get(symbol::ARRAY), field.attrs.get(symbol::UNCOUNTED));
    if let ((Some(array), Some(uncounted)), Role::Slot(_)) = (found, &field.role) {
        let message = "an `array` is already one slot; remove `uncounted`";
        cx.conflict(&array.word, &uncounted.word, message.to_owned());
    }
}

/// Reports two attributes of one field that exclude each other.
fn exclude(cx: &Ctxt, a: &Item, b: &Item, reason: &str) {
    let message = format!("{} and {} exclude each other, because {reason}; remove one of them", a.symbol, b.symbol);
    cx.conflict(&a.word, &b.word, message);
}
