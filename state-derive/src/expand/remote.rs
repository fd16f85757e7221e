//! A type that describes one of another crate: the conversions between the two.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Generics, Ident, Type, parse_quote};

use super::{bound as bindings, place, slot};
use crate::ast::{Container, Data, Field, Variant};

/// The impl of `Remote`, if the type describes another.
pub fn of(container: &Container) -> Option<TokenStream> {
    let remote = container.remote.as_ref()?;
    let (ident, generics) = (&container.ident, cloning(&container.generics));
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let (of, made) = (taken(container), made(container, remote));
    let error = match has_getters(container) {
        true => quote_spanned!(place(remote)=> <#remote as _state::MadeFrom<Self>>::Error),
        false => quote!(_state::Infallible),
    };
    let alias = alias(container, remote);
    Some(quote! {
        #alias
        #[automatically_derived]
        impl #impl_generics _state::Remote for #ident #ty_generics #where_clause {
            type Of = #remote;
            type Error = #error;

            fn of(__value: &Self::Of) -> Self {
                #of
            }

            fn made(self) -> _state::Result<Self::Of, Self::Error> {
                #made
            }
        }
    })
}

/// The generics with `Clone` for each parameter, because fields are cloned.
fn cloning(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let params: Vec<Ident> = generics.type_params().map(|param| param.ident.clone()).collect();
    let predicates = &mut generics.make_where_clause().predicates;
    predicates
        .extend::<Vec<syn::WherePredicate>>(params.iter().map(|param| parse_quote!(#param: _state::Clone)).collect());
    generics
}

/// `type __Remote<T> = path::Of<T>;`: a type with arguments cannot be written before the braces of a value or pattern.
fn alias(container: &Container, remote: &Type) -> TokenStream {
    let mut generics = container.generics.clone();
    generics.where_clause = None;
    for param in generics.type_params_mut() {
        param.bounds.clear();
        param.default = None;
    }
    quote_spanned!(place(remote)=> type __Remote #generics = #remote;)
}

fn has_getters(container: &Container) -> bool {
    container.fields().any(|field| field.getter().is_some())
}

fn taken(container: &Container) -> TokenStream {
    match &container.data {
        Data::Struct(variant) => {
            let fields = variant.fields.iter().map(|field| {
                let member = &field.member;
                let value = taken_field(field);
                quote!(#member: #value)
            });
            quote!(Self { #(#fields),* })
        }
        Data::Enum(variants) => {
            let arms = variants.iter().chain(&container.skipped).map(|variant| {
                let (ident, pattern) = (&variant.ident, all(variant));
                let fields = variant.fields.iter().map(|field| {
                    let (member, binding, ty) = (&field.member, &field.binding, &field.ty);
                    quote!(#member: <#ty as _state::Clone>::clone(#binding))
                });
                quote_spanned!(place(ident)=> __Remote::#ident #pattern => Self::#ident { #(#fields),* },)
            });
            quote!(match __value { #(#arms)* })
        }
    }
}

fn taken_field(field: &Field) -> TokenStream {
    let (member, ty) = (&field.member, &field.ty);
    if !slot::is_slot(field) {
        return slot::default(field);
    }
    match field.getter() {
        Some(getter) => quote_spanned!(place(getter)=> <#ty as _state::Got<_>>::got(#getter(__value))),
        None => {
            let member = member_at(field, member);
            quote_spanned!(place(ty)=> <#ty as _state::Clone>::clone(&__value.#member))
        }
    }
}

/// The member at its place in the source, so that a private or unknown one is reported there.
fn member_at(field: &Field, member: &impl ToTokens) -> TokenStream {
    let at = place(&field.place());
    member
        .to_token_stream()
        .into_iter()
        .map(|mut token| {
            token.set_span(at.resolved_at(token.span()));
            token
        })
        .collect()
}

fn made(container: &Container, remote: &Type) -> TokenStream {
    if has_getters(container) {
        return quote_spanned!(place(remote)=> <#remote as _state::MadeFrom<Self>>::made_from(self));
    }
    let built = |variant: &Variant| {
        let fields = variant.fields.iter().map(|field| {
            let (member, binding) = (member_at(field, &field.member), &field.binding);
            quote!(#member: #binding)
        });
        quote!({ #(#fields),* })
    };
    match &container.data {
        Data::Struct(variant) => {
            let (pattern, built) = (all(variant), built(variant));
            quote!({
                let Self #pattern = self;
                _state::Ok(__Remote #built)
            })
        }
        Data::Enum(variants) => {
            let arms = variants.iter().chain(&container.skipped).map(|variant| {
                let (ident, pattern, built) = (&variant.ident, all(variant), built(variant));
                quote!(Self::#ident #pattern => __Remote::#ident #built,)
            });
            quote!(_state::Ok(match self { #(#arms)* }))
        }
    }
}

/// `{ a: __f0, b: __f1 }`: all fields of a variant, bound.
fn all(variant: &Variant) -> TokenStream {
    bindings(variant, |field| Some(Ident::new(&field.binding.to_string(), Span::call_site())))
}
