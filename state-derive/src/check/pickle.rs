//! The rules of `pickle`, the form of objects and variants in a pickle.

use quote::ToTokens;
use syn::Member;

use crate::ast::{Container, Data, Field, Form, Role, Variant};
use crate::ctxt::Ctxt;
use crate::symbol;

/// Members belong to enums, and fields by name to structs.
pub fn fits_the_type(cx: &Ctxt, container: &Container) {
    let Some(word) = container.attrs.text(symbol::PICKLE) else { return };
    let message = match (&container.data, container.form) {
        (Data::Struct(_), Form::Enum) => {
            "a struct cannot be a Python enum; write `pickle = \"dict\"`, `\"slots\"`, `\"cython\"` or \
                `\"call\"`, or leave it out for the tuple of its slots"
        }
        (Data::Enum(_), Form::Dict | Form::Slots | Form::Cython | Form::Call) => {
            "an enum cannot be pickled like a struct; write `pickle = \"enum\"`, or leave it out"
        }
        _ => return,
    };
    cx.error(word, message);
}

/// A member of a Python enum has no fields that would be restored.
pub fn has_a_unit_variant(cx: &Ctxt, container: &Container) {
    let (Data::Enum(variants), Form::Enum) = (&container.data, container.form) else { return };
    if !variants.is_empty() && variants.iter().all(|variant| slots(variant).next().is_some()) {
        if let Some(word) = container.attrs.text(symbol::PICKLE) {
            let message = "the members of a Python enum have no fields, but every variant has; leave `pickle` out";
            cx.error(word, message);
        }
    }
}

/// Python finds an attribute by its name, and `0` is not one.
pub fn slots_have_names(cx: &Ctxt, container: &Container, variant: &Variant) {
    if !matches!((&container.data, container.form), (Data::Struct(_), Form::Dict | Form::Slots | Form::Cython)) {
        return;
    }
    let unnamed = |field: &&Field| matches!(field.member, Member::Unnamed(_)) && !field.attrs.has(symbol::RENAME);
    for field in slots(variant).filter(unnamed).filter(|field| !field.attrs.torn) {
        let index = field.member.to_token_stream();
        let usage = symbol::RENAME.usage;
        let message = format!("field {index} has no name in Python; write `{usage}`");
        cx.error(field.place(), message);
    }
}

/// The variant's own slots; a parent's get their names from its type.
fn slots(variant: &Variant) -> impl Iterator<Item = &Field> {
    variant.fields.iter().filter(|field| matches!(field.role, Role::Slot(_)))
}
