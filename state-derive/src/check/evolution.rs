//! The rules of the attributes that speak of older forms: a name that a part had is no name that one has.

use std::collections::HashMap;

use syn::LitStr;

use crate::ast::{Container, Data, Role, Variant};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::symbol;

/// Only objects have slots that could be changed by name.
pub fn upgrade_is_of_a_struct(cx: &Ctxt, container: &Container) {
    if let (Data::Enum(_), Some(upgrade)) = (&container.data, container.attrs.get(symbol::UPGRADE)) {
        let message = "`upgrade` changes the slots of a struct by name; an enum is converted with `from(v1::Shape)`, \
            and takes `alias` and `other` on its variants";
        cx.error(&upgrade.word, message);
    }
}

/// It holds nothing of the variants that it stands for.
pub fn one_other(cx: &Ctxt, container: &Container) {
    let mut others =
        container.variants().iter().filter_map(|variant| Some((variant.attrs.get(symbol::OTHER)?, variant)));
    let Some((first, variant)) = others.next() else { return };
    let mut named = vec![(first, variant)];
    for (second, variant) in others {
        let message = "a second `other`; one variant stands for all that are gone, so keep one of the two";
        cx.conflict(&first.word, &second.word, message.to_owned());
        named.push((second, variant));
    }
    for (other, variant) in named {
        if variant.fields.iter().any(|field| !matches!(field.role, Role::Skip)) {
            let message = "`other` stands for variants of which nothing is kept; write it on one without fields";
            cx.error(&other.word, message);
        }
    }
}

/// What is there is not gone.
pub fn removed_is_gone(cx: &Ctxt, container: &Container) {
    let (what, names): (_, Vec<&str>) = match &container.data {
        Data::Enum(variants) => ("variant", variants.iter().map(|variant| &*variant.name).collect()),
        Data::Struct(variant) => ("slot", slots(variant).map(|field| field.0).collect()),
    };
    for removed in container.attrs.texts(symbol::REMOVED) {
        if names.contains(&&*removed.value()) {
            let name = removed.value();
            cx.error(removed, format!("there is a {what} named `{name}`, so it is not removed; leave the name out"));
        }
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

/// Each name that a part had leads to one part.
fn differ(cx: &Ctxt, what: &str, parts: Vec<(&str, &Attrs)>) {
    let mut seen: HashMap<String, &LitStr> = HashMap::new();
    for (_, attrs) in &parts {
        for alias in attrs.texts(symbol::ALIAS) {
            let name = alias.value();
            if parts.iter().any(|(other, _)| *other == name) {
                cx.error(alias, format!("a {what} has the name `{name}` now; an `alias` is a name that none has"));
            } else if let Some(first) = seen.get(&name) {
                cx.error(alias, format!("two {what}s had the name `{name}`; leave one of the two out"));
                cx.error(first, format!("the first `{name}` is here"));
            } else {
                seen.insert(name, alias);
            }
        }
    }
}
