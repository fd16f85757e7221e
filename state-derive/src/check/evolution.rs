//! The rules of the attributes about older forms: a former name of a part must not be the present name of one.

use std::collections::HashMap;

use quote::quote;
use syn::LitStr;

use crate::ast::{Container, Data, Role, Variant};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::symbol;

/// Only objects have slots that can be changed by name.
pub fn upgrade_is_of_a_struct(cx: &Ctxt, container: &Container) {
    if let (Data::Enum(_), Some(upgrade)) = (&container.data, container.attrs.get(symbol::UPGRADE)) {
        let message = "`upgrade` changes the slots of a struct by name; an enum is converted with `from(v1::Shape)`, \
            and takes `alias` and `other` on its variants";
        cx.error(&upgrade.word, message);
    }
}

/// The variant that replaces others holds none of their contents.
pub fn one_other(cx: &Ctxt, container: &Container) {
    let mut others =
        container.variants().iter().filter_map(|variant| Some((variant.attrs.get(symbol::OTHER)?, variant)));
    let Some((first, variant)) = others.next() else { return };
    let mut named = vec![(first, variant)];
    for (second, variant) in others {
        let message = "a second `other`; one variant replaces all removed ones, so keep one of the two";
        cx.conflict(&first.word, &second.word, message.to_owned());
        named.push((second, variant));
    }
    for (other, variant) in named {
        if variant.fields.iter().any(|field| !matches!(field.role, Role::Skip)) {
            let message =
                "`other` replaces removed variants, whose fields are dropped; write it on a variant without fields";
            cx.error(&other.word, message);
        }
    }
}

/// A part that exists is not removed, and a dropped value is not used by another part.
pub fn removed_is_gone(cx: &Ctxt, container: &Container) {
    let (what, parts): (_, Vec<(&str, &Attrs)>) = match &container.data {
        Data::Enum(variants) => ("variant", variants.iter().map(|variant| (&*variant.name, &variant.attrs)).collect()),
        Data::Struct(variant) => ("slot", slots(variant).collect()),
    };
    let mut seen: Vec<String> = Vec::new();
    for removed in container.attrs.texts(symbol::REMOVED) {
        let name = removed.value();
        let had = |attrs: &Attrs| attrs.texts(symbol::ALIAS).iter().any(|alias| alias.value() == name);
        if parts.iter().any(|(other, _)| *other == name) {
            cx.error(removed, format!("there is still a {what} named `{name}`; remove the name from the list"));
        } else if parts.iter().any(|(_, attrs)| had(attrs)) {
            cx.error(removed, format!("`{name}` is also an `alias`, which keeps the value; remove one of the two"));
        } else if seen.contains(&name) {
            cx.error(removed, format!("`{name}` is listed twice; remove one of the two"));
        }
        seen.push(name);
    }
}

/// An older form is another type, and a former name another name.
pub fn older_is_not_present(cx: &Ctxt, container: &Container) {
    let name = &container.name;
    for alias in container.attrs.texts(symbol::ALIAS).iter().filter(|alias| alias.value() == *name) {
        cx.error(alias, format!("`{name}` is the current name of the type; an `alias` must be a former name"));
    }
    let mut seen: Vec<String> = Vec::new();
    for form in container.attrs.types(symbol::FROM) {
        let written = quote!(#form).to_string();
        if written == "Self" || container.ident == written {
            cx.error(
                form,
                "a type cannot be its own older form; keep the older form as a type of its own: `from(v1::Person)`",
            );
        } else if seen.contains(&written) {
            cx.error(form, "this older form is listed twice; remove one of the two");
        }
        seen.push(written);
    }
}

pub fn variants_had_other_names(cx: &Ctxt, container: &Container) {
    if let Data::Enum(variants) = &container.data {
        differ(cx, "variant", variants.iter().map(|variant| (&*variant.name, &variant.attrs)).collect());
    }
}

pub fn slots_had_other_names(cx: &Ctxt, variant: &Variant) {
    differ(cx, "slot", slots(variant).collect());
}

fn slots(variant: &Variant) -> impl Iterator<Item = (&str, &Attrs)> {
    let slots = variant.fields.iter().filter(|field| !matches!(field.role, Role::Skip | Role::Parent(_)));
    slots.map(|field| (&*field.name, &field.attrs))
}

/// Each former name leads to one part.
fn differ(cx: &Ctxt, what: &str, parts: Vec<(&str, &Attrs)>) {
    let mut seen: HashMap<String, &LitStr> = HashMap::new();
    for (_, attrs) in &parts {
        for alias in attrs.texts(symbol::ALIAS) {
            let name = alias.value();
            if parts.iter().any(|(other, _)| *other == name) {
                cx.error(alias, format!("`{name}` is the current name of a {what}; an `alias` must be a former name"));
            } else if let Some(first) = seen.get(&name) {
                cx.error(alias, format!("two {what}s have the alias `{name}`; remove one of the two"));
                cx.error(first, format!("the first `{name}` is here"));
            } else {
                seen.insert(name, alias);
            }
        }
    }
}
