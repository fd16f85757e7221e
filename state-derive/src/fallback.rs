//! The output in place of an expansion if there are errors: stubs, so that the user sees only these errors. Without
//! them, each use of the type would add one about a trait that it does not implement.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, parse_quote};

use crate::ast::Container;
use crate::expand::wrap;
use crate::symbol;

/// The errors, and stubs of the traits that `#[derive(State)]` implements.
pub fn state(container: &Container, error: &syn::Error) -> TokenStream {
    let Container { ident, generics, .. } = container;
    let restore = restore_generics(generics);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let (restore_impl, _, restore_where) = restore.split_for_impl();
    let stubs = quote! {
        #[automatically_derived]
        impl #impl_generics _state::State for #ident #ty_generics #where_clause {
            const HEAD: _state::usize = 0;
            fn schema() -> &'static _state::Schema {
                <() as _state::State>::schema()
            }
            fn size(&self, _: &mut _state::Size) {}
            fn put(&self, _: &mut [_state::u8], _: &mut _state::Writer<'_, '_>) {}
        }
        #[automatically_derived]
        impl #restore_impl _state::Restore<'__de> for #ident #ty_generics #restore_where {
            fn check(_: &[_state::u8], _: &mut _state::Checker<'_>) -> _state::bool {
                false
            }
            fn get(_: &'__de [_state::u8], _: &mut _state::Reader<'__de>) -> _state::Option<Self> {
                _state::None
            }
        }
        #[automatically_derived]
        impl #impl_generics _state::StateObject for #ident #ty_generics #where_clause {
            const DERIVED: _state::Derived = _state::Derived;
        }
    };
    join(container, error, &stubs)
}

/// The errors, and a stub of the trait that `#[derive(Record)]` implements.
pub fn record(container: &Container, error: &syn::Error) -> TokenStream {
    let Container { ident, .. } = container;
    let generics = record_generics(&container.generics);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let stubs = quote! {
        #[automatically_derived]
        impl #impl_generics _state::Record for #ident #ty_generics #where_clause {
            fn schema() -> &'static _state::Schema {
                <() as _state::State>::schema()
            }
            fn write(&self, _: &mut [_state::u8]) {}
            fn read(_: &[_state::u8]) -> _state::Option<Self> {
                _state::None
            }
        }
    };
    join(container, error, &stubs)
}

fn join(container: &Container, error: &syn::Error, stubs: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    if container.attrs.has(symbol::CRATE) && container.attrs.module(symbol::CRATE).is_none() {
        // The runtime's path could not be read, so nothing in it can be named.
        return error;
    }
    let stubs = wrap(container, stubs);
    quote!(#error #stubs)
}

/// With `'__de` first, and only for sized types: a stub must not require more than the input satisfies.
fn restore_generics(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params.insert(0, parse_quote!('__de));
    let sized = parse_quote!(for<'__any> Self: _state::Sized);
    generics.make_where_clause().predicates.push(sized);
    generics
}

/// Requires what the trait itself requires, in a form that rustc does not test before the stub is used.
fn record_generics(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let copy = parse_quote!(for<'__any> Self: _state::Copy + 'static);
    generics.make_where_clause().predicates.push(copy);
    generics
}
