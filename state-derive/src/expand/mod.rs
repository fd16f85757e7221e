//! Turns a checked model into impls. Cannot fail.
//!
//! Generated code only names fields and calls the runtime: `_state` is its hidden module, which has all names that may
//! be used.

mod convert;
mod enumeration;
mod method;
mod owned;
mod record;
mod remote;
mod schema;
mod slot;
mod structure;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::ast::{Container, Data, Field, Variant};
use crate::bound::{self, Side};

pub use record::record;

/// The impls of `State` and `Restore`, and of `StateObject` for structs.
pub fn state(container: &Container) -> TokenStream {
    let (out, back) = match &container.data {
        Data::Struct(variant) => (structure::state(container, variant), structure::restore(container, variant)),
        Data::Enum(variants) => (enumeration::state(container, variants), enumeration::restore(container, variants)),
    };
    let (schema, share) = (schema::function(container), schema::share(container));
    let object = matches!(container.data, Data::Struct(_)).then(|| object(container));
    let remote = remote::of(container);
    let ident = &container.ident;
    let generics = bound::generics(container, Side::State);
    let restore_generics = bound::generics(container, Side::Restore);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, ty_generics, _) = container.generics.split_for_impl();
    let (restore_impl, _, restore_where) = restore_generics.split_for_impl();
    wrap(
        container,
        &quote! {
            #[automatically_derived]
            impl #impl_generics _state::State for #ident #ty_generics #where_clause {
                #out
                #share
                #schema
            }
            #[automatically_derived]
            impl #restore_impl _state::Restore<'__de> for #ident #ty_generics #restore_where {
                #back
            }
            #object
            #remote
        },
    )
}

fn object(container: &Container) -> TokenStream {
    let ident = &container.ident;
    let generics = bound::generics(container, Side::State);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, ty_generics, _) = container.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics _state::StateObject for #ident #ty_generics #where_clause {
            const DERIVED: _state::Derived = _state::Derived;
        }
    }
}

/// `const _: () = { use ::state_core::__private as _state; .. };`
pub fn wrap(container: &Container, impls: &TokenStream) -> TokenStream {
    let krate = &container.krate;
    // At the path, so that a wrong one is reported there.
    let place = krate.segments.last().map_or_else(Span::call_site, Spanned::span);
    let (names, alias) = (Ident::new("__private", place), Ident::new("_state", place));
    let shadows = shadows(container);
    quote! {
        #[allow(deprecated)]
        const _: () = {
            use #krate::#names as #alias;
            #shadows
            #impls
        };
    }
}

/// The locals of generated code and of the runtime's `image!` and `record!`; those of fields are added below.
const LOCALS: &[&str] = &[
    "__any",
    "__at",
    "__builder",
    "__bytes",
    "__checker",
    "__end",
    "__field",
    "__head",
    "__item",
    "__key",
    "__name",
    "__other",
    "__part",
    "__reader",
    "__same",
    "__size",
    "__settled",
    "__sizes",
    "__slot",
    "__this",
    "__value",
    "__whole",
    "__writer",
];

/// `use _state::{local as __head, ..};`: a local with the name of a constant, a static or a constructor would be taken
/// for that in a pattern. A function is not, and it hides outer names.
fn shadows(container: &Container) -> TokenStream {
    let locals = LOCALS.iter().map(|name| Ident::new(name, Span::call_site()));
    let both = |field: &Field| [field.binding.clone(), slot::other(field)];
    let bindings: BTreeSet<_> = container.fields().flat_map(both).collect();
    let bindings = bindings.into_iter().map(|binding| format_ident!("{binding}", span = Span::call_site()));
    let locals = locals.chain(bindings);
    quote! {
        #[allow(unused_imports)]
        use _state::{#(local as #locals),*};
    }
}

/// The place of something in the user's code, for a caret; the tokens still count as generated, also for lints.
fn place(of: &impl Spanned) -> Span {
    Span::call_site().located_at(of.span())
}

/// `{ a: __f0, b: __f1, c: _ }`: all fields of a variant, bound if they are slots.
fn pattern(variant: &Variant) -> TokenStream {
    bound(variant, |field| slot::is_slot(field).then(|| field.binding.clone()))
}

/// `{ a: __f0, b: _, c: _ }`: as [`pattern`], but only slots that may have hooks are bound.
fn pattern_of_hooks(variant: &Variant) -> TokenStream {
    bound(variant, |field| slot::settle(field).map(|_| field.binding.clone()))
}

/// `{ a: __f0_other, b: __f1_other, c: _ }`: as [`pattern`], for another value.
fn pattern_of_other(variant: &Variant) -> TokenStream {
    bound(variant, |field| slot::is_slot(field).then(|| slot::other(field)))
}

fn bound(variant: &Variant, binding: impl Fn(&Field) -> Option<Ident>) -> TokenStream {
    let fields = variant.fields.iter().map(|field| {
        let member = &field.member;
        match binding(field) {
            Some(binding) => quote!(#member: #binding),
            None => quote!(#member: _),
        }
    });
    quote!({ #(#fields),* })
}

/// `{ a: get(..)?, c: default() }`: a variant built from its slots.
fn built(variant: &Variant) -> TokenStream {
    let fields = variant.fields.iter().map(|field| {
        let member = &field.member;
        let value = slot::get(field);
        quote!(#member: #value)
    });
    quote!({ #(#fields),* })
}

/// The sum of the slots' heads.
fn head(variant: &Variant) -> TokenStream {
    let heads = slot::slots(variant).map(slot::head);
    quote!(0 #(+ #heads)*)
}

/// `before_get(self);`
fn before_get(container: &Container) -> TokenStream {
    match &container.before_get {
        Some(path) => {
            let hook = sourced(&quote_spanned!(place(path)=> _state::before_get::<Self, _>(#path)));
            quote!(#hook.run(self, __size);)
        }
        None => TokenStream::new(),
    }
}

/// The hook that runs after a restore.
fn after_set(container: &Container) -> Option<TokenStream> {
    after_set_form(container).as_ref().map(sourced)
}

/// The hook in a constant.
fn after_set_form(container: &Container) -> Option<TokenStream> {
    let path = container.after_set.as_ref()?;
    Some(quote_spanned!(place(path)=> _state::after_set::<Self, _>(#path)))
}

/// A hook or conversion that keeps its error as the source of ours, if its type allows.
fn sourced(refusing: &TokenStream) -> TokenStream {
    quote! {
        {
            #[allow(unused_imports)]
            use _state::Worded as _;
            #refusing.__sourced()
        }
    }
}

/// The body of `get`: builds the value, and calls the hook that may refuse it. All slots without a value share one
/// exit, which adds the slot's name.
fn accepted(container: &Container, value: &TokenStream) -> TokenStream {
    let hook = after_set(container).map(|hook| quote!(#hook.run(&mut __value, __reader)?;));
    let mutable = hook.is_some().then(|| quote!(mut));
    let accepted = quote! {
        let #mutable __value = #value;
        #hook
    };
    if !container.fields().any(slot::is_slot) {
        return quote! {
            #accepted
            _state::Some(__value)
        };
    }
    refused(&accepted)
}

/// The value that `accepted` makes or, if one of its slots has none, the refusal with that slot's name.
fn refused(accepted: &TokenStream) -> TokenStream {
    quote! {
        let __name = '__refused: {
            #accepted
            return _state::Some(__value);
        };
        _state::refused_within(__name, __reader)
    }
}

/// Whether whole values can be swapped: nothing is skipped, and all slots allow it.
fn whole(variants: &[Variant]) -> Option<TokenStream> {
    let fields: Vec<&Field> = variants.iter().flat_map(|variant| &variant.fields).collect();
    let all = |constant| fields.iter().map(|field| slot::whole(field, constant)).collect::<Option<Vec<_>>>();
    let (whole, swapped) = (all("WHOLE")?, all("SWAPPED")?);
    Some(quote! {
        const WHOLE: _state::bool = true #(&& #whole)*;
        const SWAPPED: _state::bool = true #(&& #swapped)*;
    })
}
