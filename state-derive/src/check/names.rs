//! The rules of names, by which slots and variants are identified.

use std::collections::HashMap;

use quote::ToTokens;

use crate::ast::{Container, Data, Field, Role, Variant};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::symbol::{self, Symbol};
use crate::value::LONGEST_NAME;

/// Errors and schemas name slots, and formats such as Python's make attributes of them. A parent's slots are not known
/// here.
pub fn slots_differ(cx: &Ctxt, variant: &Variant) {
    let slots = variant.fields.iter().filter(|field| matches!(field.role, Role::Slot(_)));
    differ(cx, "slots", slots.map(named));
}

/// The fields of a record become fields of a dtype, which are found by name. Fields that `State` skips are included.
pub fn record_fields_differ(cx: &Ctxt, variant: &Variant) {
    differ(cx, "fields", variant.fields.iter().map(named));
}

/// A variant is found by its name when it is restored.
pub fn variants_differ(cx: &Ctxt, container: &Container) {
    if let Data::Enum(variants) = &container.data {
        let variants = variants.iter();
        differ(cx, "variants", variants.map(|variant| (variant.name.as_str(), variant.name_place())));
    }
}

/// Schemas that are read accept no longer names, so that a short file cannot produce much text. Names in attributes
/// were measured when they were read.
pub fn are_short(cx: &Ctxt, container: &Container, in_schema: fn(&Field) -> bool) {
    short(cx, &container.attrs, symbol::NAME, (&container.name, &container.ident));
    for variant in container.variants() {
        if let Data::Enum(_) = container.data {
            short(cx, &variant.attrs, symbol::RENAME, (&variant.name, &variant.ident));
        }
        for field in variant.fields.iter().filter(|field| in_schema(field)) {
            short(cx, &field.attrs, symbol::RENAME, (&field.name, field.place()));
        }
    }
}

fn short(cx: &Ctxt, attrs: &Attrs, symbol: Symbol, (name, place): Named<'_>) {
    if name.len() > LONGEST_NAME && !attrs.has(symbol) {
        let usage = symbol.usage;
        let message = format!("a name in a schema has at most {LONGEST_NAME} bytes; write `{usage}`");
        cx.error(place, message);
    }
}

/// A name and its place.
type Named<'a> = (&'a str, &'a dyn ToTokens);

fn named(field: &Field) -> Named<'_> {
    (&field.name, field.name_place())
}

fn differ<'a>(cx: &Ctxt, what: &str, names: impl Iterator<Item = Named<'a>>) {
    let mut seen: HashMap<&str, &dyn ToTokens> = HashMap::new();
    for (name, place) in names {
        if let Some(first) = seen.get(name) {
            let message = format!("two {what} are named `{name}`; rename one of them");
            cx.error(place, message);
            cx.error(first, format!("the first `{name}` is here"));
        } else {
            seen.insert(name, place);
        }
    }
}
