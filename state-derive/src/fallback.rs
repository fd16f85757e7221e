//! What is emitted instead of an expansion when there are errors: stubs, so that the user sees these errors alone.
//! Without them, each use of the type would add one more about a trait that it does not implement.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, parse_quote};

use crate::ast::Container;
use crate::symbol;

/// The errors, and stubs of the traits that `#[derive(State)]` implements.
pub fn state(container: &Container, error: &syn::Error) -> TokenStream {
    let Container { ident, generics, .. } = container;
    let restore = with_lifetime(generics);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let (restore_generics, _, _) = restore.split_for_impl();
    let stubs = quote! {
        #[automatically_derived]
        impl #impl_generics _state::State for #ident #ty_generics #where_clause {}
        #[automatically_derived]
        impl #restore_generics _state::Restore<'__de> for #ident #ty_generics #where_clause {}
        #[automatically_derived]
        impl #impl_generics _state::Object for #ident #ty_generics #where_clause {}
    };
    join(container, error, &stubs)
}

/// The errors, and a stub of the trait that `#[derive(Record)]` implements.
pub fn record(container: &Container, error: &syn::Error) -> TokenStream {
    let Container { ident, generics, .. } = container;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let stubs = quote! {
        #[automatically_derived]
        impl #impl_generics _state::Record for #ident #ty_generics #where_clause {}
    };
    join(container, error, &stubs)
}

fn join(container: &Container, error: &syn::Error, stubs: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    if container.attrs.has(symbol::CRATE) && container.attrs.module(symbol::CRATE).is_none() {
        // The runtime's path could not be read, so nothing of it can be named.
        return error;
    }
    let krate = &container.krate;
    quote! {
        #error
        const _: () = {
            use #krate as _state;
            #stubs
        };
    }
}

fn with_lifetime(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params.insert(0, parse_quote!('__de));
    generics
}
