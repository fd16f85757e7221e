//! The schema of the type: constants that name functions, so that the schema of a recursive type does not depend on
//! itself.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::GenericParam;

use super::{after_set_form, place, slot};
use crate::ast::{Container, Data, Form, Role, Variant};
use crate::attr::Attrs;
use crate::symbol::{self, Symbol};

pub fn function(container: &Container) -> TokenStream {
    let tag = &container.name;
    let refuses = match after_set_form(container) {
        Some(hook) => quote!(#hook.refuses),
        None => quote!(false),
    };
    let counted_first = container.before_get.is_some();
    let sharing = sharing(&container.attrs).unwrap_or_else(|| quote!(_state::Sharing::NO));
    let skips = !container.fields().all(slot::is_slot);
    let has_parent = container.fields().any(|field| matches!(field.role, Role::Parent(_)));
    let (constructor, parts) = match &container.data {
        Data::Struct(variant) => (quote!(object), slots(variant)),
        Data::Enum(variants) => (quote!(enumeration), self::variants(container, variants)),
    };
    let form = match container.form {
        Form::State => quote!(State),
        Form::Dict => quote!(Dict),
        Form::Slots => quote!(Slots),
        Form::Cython => quote!(Cython),
        Form::Call => quote!(Call),
        Form::Enum => quote!(Enum),
    };
    let evolving = evolving(container, &[symbol::ALIAS, symbol::REMOVED, symbol::FROM, symbol::UPGRADE]);
    let known = known(container);
    // Never inlined, because each place where it was inlined would contain the constant again.
    quote! {
        const STATE_SCHEMA: _state::Schema = _state::Schema::#constructor(
            _state::Names { tag: #tag, id: _state::id::<Self> },
            <Self as _state::State>::HEAD,
            _state::Shape {
                has_parent: #has_parent,
                refuses: #refuses,
                skips: #skips,
                counted_first: #counted_first,
                sharing: #sharing,
                form: _state::Form::#form,
            },
            #parts,
        )#evolving;

        #[inline(never)]
        fn schema() -> &'static _state::Schema {
            const { &<Self as _state::State>::STATE_SCHEMA }
        }
        #known
    }
}

/// What the attributes say about shared objects, if anything.
pub fn sharing(attrs: &Attrs) -> Option<TokenStream> {
    match (attrs.has(symbol::SHARED), attrs.has(symbol::CYCLIC)) {
        (false, _) => None,
        (true, false) => Some(quote!(_state::Sharing::SHARED)),
        (true, true) => Some(quote!(_state::Sharing::CYCLIC)),
    }
}

/// The proof that the type borrows nothing, if that is known.
pub fn share(container: &Container) -> Option<TokenStream> {
    let generics = &container.generics;
    let is_known = generics.type_params().next().is_none() || container.attrs.has(symbol::SHARED);
    (is_known && generics.lifetimes().next().is_none()).then(|| {
        quote! {
            const SHARE: _state::Share<Self> = {
                use _state::OneThread as _;
                _state::Shares::<Self>::SHARE
            };
        }
    })
}

/// A static that caches what is known about the type, if it has no parameters: statics cannot depend on any.
fn known(container: &Container) -> Option<TokenStream> {
    let has_parameters = container.generics.params.iter().any(|param| !matches!(param, GenericParam::Lifetime(_)));
    (!has_parameters).then(|| {
        quote! {
            #[inline]
            fn known() -> _state::Option<&'static _state::Known> {
                static __KNOWN: _state::Known = _state::Known::new();
                _state::Some(&__KNOWN)
            }
        }
    })
}

/// `const { &[Slot::new("a", A::schema), ..] }`
fn slots(variant: &Variant) -> TokenStream {
    let slots = slot::slots(variant).map(slot::schema);
    quote!(const { &[#(#slots),*] })
}

fn variants(container: &Container, variants: &[Variant]) -> TokenStream {
    // Explicit discriminants are the values of Python's members.
    let valued = container.form == Form::Enum
        && variants.iter().any(|variant| variant.discriminant)
        && variants.iter().chain(&container.skipped).all(|variant| variant.unit);
    let variants = variants.iter().map(|variant| {
        let (name, ident, slots) = (&variant.name, &variant.ident, slots(variant));
        let value = valued.then(|| quote!(.valued(Self::#ident as i128)));
        quote!(_state::EnumVariant::new(#name, #slots) #value)
    });
    quote!(const { &[#(#variants),*] })
}

/// What the attributes say about older forms, if anything; of those on the type, only `words` count.
pub fn evolving(container: &Container, words: &[Symbol]) -> Option<TokenStream> {
    let attrs = &container.attrs;
    let given = |word: Symbol| words.contains(&word) && attrs.has(word);
    let parts: Vec<TokenStream> = aliases(container).collect();
    let other = container.variants().iter().find(|variant| variant.attrs.has(symbol::OTHER));
    if parts.is_empty() && other.is_none() && !words.iter().any(|&word| given(word)) {
        return None;
    }
    let option = |value: Option<TokenStream>| match value {
        Some(value) => quote!(_state::Some(#value)),
        None => quote!(_state::None),
    };
    let (had, forms, names) = (attrs.texts(symbol::ALIAS), attrs.types(symbol::FROM), attrs.texts(symbol::REMOVED));
    let removed = option(attrs.has(symbol::REMOVED).then(|| quote!(&[#(#names),*])));
    let other = option(other.map(|variant| variant.name.to_token_stream()));
    let forms = forms
        .iter()
        .filter(|_| given(symbol::FROM))
        .map(|form| quote_spanned!(place(form)=> _state::old_form::<#form, Self>()));
    let upgrade =
        option(attrs.function(symbol::UPGRADE).filter(|_| given(symbol::UPGRADE)).map(
            |path| quote_spanned!(place(path)=> _state::Upgrade::new(|__older: &mut _state::Older| _state::run_upgrade(#path, __older))),
        ));
    Some(quote! {
        .evolving(const {
            &_state::Evolution {
                aliases: &[#(#had),*],
                parts: &[#(#parts),*],
                removed: #removed,
                other: #other,
                forms: &[#(#forms),*],
                upgrade: #upgrade,
            }
        })
    })
}

/// The former names of variants and slots.
fn aliases(container: &Container) -> impl Iterator<Item = TokenStream> {
    let is_enum = matches!(container.data, Data::Enum(_));
    let alias = |variant: &str, name: &str, attrs: &Attrs| {
        let had = attrs.texts(symbol::ALIAS);
        let alias = quote!(_state::Alias { variant: #variant, name: #name, aliases: &[#(#had),*] });
        (!had.is_empty()).then_some(alias)
    };
    container.variants().iter().flat_map(move |variant| {
        let of = if is_enum { &*variant.name } else { "" };
        let fields = variant.fields.iter().filter_map(move |field| alias(of, &field.name, &field.attrs));
        is_enum.then(|| alias("", of, &variant.attrs)).flatten().into_iter().chain(fields)
    })
}
