//! The rules of `flatten_parent`: the place of the one field whose slots begin the tuple.

use quote::ToTokens;
use syn::Type;

use super::exclude;
use crate::ast::{Container, Data, Field, Role, Variant};
use crate::attr::Item;
use crate::ctxt::Ctxt;
use crate::shape;
use crate::symbol;

/// A variant's slots follow its name, so they cannot extend those of another type.
pub fn not_in_an_enum(cx: &Ctxt, container: &Container) {
    if let Data::Enum(_) = container.data {
        for (parent, _) in container.fields().filter_map(parent) {
            let message = "`flatten_parent` does not belong on a field of a variant, because only a struct can extend a parent; \
                remove it";
            cx.error(&parent.word, message);
        }
    }
}

/// A tuple has only one prefix.
pub fn at_most_one(cx: &Ctxt, variant: &Variant) {
    let mut parents = variant.fields.iter().filter_map(parent);
    if let Some((first, _)) = parents.next() {
        for (other, _) in parents {
            let message = "a second `flatten_parent`; a type has one parent, so keep one of the two";
            cx.error(&other.word, message);
            cx.error(&first.word, "the first `flatten_parent` is here");
        }
    }
}

/// The parent's slots are the prefix of the tuple, and fields become slots in the order in which they are written.
pub fn comes_first(cx: &Ctxt, variant: &Variant) {
    let mut slots = variant.fields.iter().filter(|field| !matches!(field.role, Role::Skip));
    let Some(before) = slots.next() else { return };
    // A second parent is reported as such, and a field that could not be read may be meant to be skipped.
    if parent(before).is_some() || before.attrs.torn {
        return;
    }
    if let Some((parent, _)) = slots.find_map(parent) {
        let name = before.member.to_token_stream();
        let message =
            format!("`flatten_parent` must be on the first field that is not skipped; move this field before `{name}`");
        cx.error(&parent.word, message);
        cx.error(before.place(), format!("`{name}` comes before the parent"));
    }
}

/// A parent's slots get their names and encoding from its own type.
pub fn stands_alone(cx: &Ctxt, field: &Field) {
    let found = parent(field);
    if let Some((parent, _)) = found {
        for other in field.attrs.iter() {
            if other.symbol != symbol::FLATTEN_PARENT {
                exclude(cx, parent, other, "a parent's slots are those of its own type");
            }
        }
    }
}

/// A type that begins with its own slots would be infinite.
pub fn is_another_type(cx: &Ctxt, container: &Container, field: &Field) {
    let own = |ty: &&&Type| match ty {
        Type::Path(ty) if ty.path.segments.len() == 1 => {
            let name = &ty.path.segments[0].ident;
            name == "Self" || *name == container.ident
        }
        _ => false,
    };
    if let Some((_, ty)) = parent(field) {
        let held = shape::held(ty);
        if let Some(own) = held.iter().find(own) {
            let message = "a type cannot be its own parent; remove `flatten_parent`, so that the field is one slot";
            cx.error(own, message);
        }
    }
}

/// The attribute and the type, if the field is a parent.
fn parent(field: &Field) -> Option<(&Item, &Type)> {
    match field.role {
        Role::Parent(_) => Some((field.attrs.get(symbol::FLATTEN_PARENT)?, &field.ty)),
        Role::Slot(_) | Role::Skip => None,
    }
}
