//! One slot in each of the generated methods. `__head` is what is left of the head that the slots are cut from.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use crate::ast::{Container, Default, Field, Role, Variant, Via};
use crate::shape::{Bytes, Shape};

pub fn is_slot(field: &Field) -> bool {
    !matches!(field.role, Role::Skip)
}

pub fn slots(variant: &Variant) -> impl Iterator<Item = &Field> {
    variant.fields.iter().filter(|field| is_slot(field))
}

/// Through which functions of the runtime a slot goes.
enum Route<'a> {
    Plain,
    Bytes(&'a Bytes),
    With(&'a Path),
    Sorted,
    Serde,
}

fn route(field: &Field) -> Route<'_> {
    match &field.role {
        Role::Slot(Via::Bytes(bytes)) => Route::Bytes(bytes),
        Role::Slot(Via::With(path)) => Route::With(path),
        Role::Slot(Via::Sorted) => Route::Sorted,
        Role::Slot(Via::Serde) => Route::Serde,
        Role::Slot(Via::Plain) | Role::Parent | Role::Skip => Route::Plain,
    }
}

/// The type whose `State` the slot has, for slots that have one.
fn slot_type(field: &Field) -> TokenStream {
    match route(field) {
        Route::With(path) => quote!(#path::Slot),
        _ => {
            let ty = &field.ty;
            quote!(#ty)
        }
    }
}

pub fn head(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(Bytes { optional, .. }) => quote!(_state::__private::raw_head(#optional)),
        Route::Serde => quote!(_state::__private::serde::HEAD),
        _ => {
            let ty = slot_type(field);
            quote!(<#ty as _state::State>::HEAD)
        }
    }
}

pub fn dynamic(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(_) | Route::Sorted | Route::Serde => quote!(true),
        Route::Plain | Route::With(_) => {
            let ty = slot_type(field);
            quote!(<#ty as _state::State>::DYNAMIC)
        }
    }
}

pub fn size(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, &field.ty);
    match route(field) {
        Route::Plain | Route::Sorted => quote!(_state::__private::size::<#ty>(#binding, __size);),
        Route::Bytes(bytes) => raw(field, bytes, "size", &quote!(#binding, __size)),
        Route::With(path) => quote!(_state::__private::size::<#path::Slot>(&#path::get(#binding), __size);),
        Route::Serde => quote!(_state::__private::serde::size(#binding, __size);),
    }
}

pub fn put(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, &field.ty);
    match route(field) {
        Route::Plain => quote!(_state::__private::put::<#ty>(#binding, &mut __head, __writer);),
        Route::Bytes(bytes) => raw(field, bytes, "put", &quote!(#binding, &mut __head, __writer)),
        Route::With(path) => {
            quote!(_state::__private::put::<#path::Slot>(&#path::get(#binding), &mut __head, __writer);)
        }
        Route::Sorted => quote!(_state::__private::put_sorted::<#ty>(#binding, &mut __head, __writer);),
        Route::Serde => quote!(_state::__private::serde::put(#binding, &mut __head, __writer);),
    }
}

/// An expression of type `bool`.
pub fn check(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(bytes) => raw(field, bytes, "check", &quote!(&mut __head, __checker)),
        Route::Serde => quote!(_state::__private::serde::check(&mut __head, __checker)),
        _ => {
            let ty = slot_type(field);
            quote!(_state::__private::check::<#ty>(&mut __head, __checker))
        }
    }
}

/// An expression of the field's type, which leaves the function where there is no value.
pub fn get(container: &Container, field: &Field) -> TokenStream {
    let (ty, name) = (&field.ty, &field.name);
    let value = match route(field) {
        _ if !is_slot(field) => return default(container, field),
        Route::Plain | Route::Sorted => quote!(_state::__private::get::<#ty>(&mut __head, __reader)),
        Route::Bytes(bytes) => raw(field, bytes, "get", &quote!(&mut __head, __reader)),
        Route::With(path) => quote!(_state::__private::get_with(&mut __head, __reader, #path::set)),
        Route::Serde => quote!(_state::__private::serde::get(&mut __head, __reader)),
    };
    quote!(_state::__private::within(#value, #name, __reader)?)
}

pub fn set(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, &field.ty);
    match route(field) {
        Route::Plain => quote!(_state::__private::set::<#ty>(#binding, &mut __head, __reader);),
        Route::Sorted => quote!(_state::__private::set_sorted::<#ty>(#binding, &mut __head, __reader);),
        Route::Bytes(bytes) => {
            let call = raw(field, bytes, "set", &quote!(#binding, &mut __head, __reader));
            quote!(#call;)
        }
        Route::With(path) => {
            let value = quote!(_state::__private::get_with(&mut __head, __reader, #path::set));
            quote!(_state::__private::assign(#binding, #value);)
        }
        Route::Serde => {
            quote!(_state::__private::assign(#binding, _state::__private::serde::get(&mut __head, __reader));)
        }
    }
}

/// What stands in a field that is not a slot.
fn default(_: &Container, field: &Field) -> TokenStream {
    let ty = &field.ty;
    match &field.default {
        Some(Default::Path(path)) => quote!(#path()),
        Some(Default::Trait) | None => quote!(<#ty as _state::__private::Default>::default()),
    }
}

/// The slot in the schema.
pub fn schema(field: &Field) -> TokenStream {
    let (ty, name) = (&field.ty, &field.name);
    let slot = match route(field) {
        _ if matches!(field.role, Role::Parent) => quote!(_state::__private::Slot::parent::<#ty>(#name)),
        Route::Plain | Route::Sorted => {
            quote!(_state::__private::Slot::new(#name, <#ty as _state::State>::schema))
        }
        Route::Bytes(bytes) => {
            let (shape, element, counted) = (shape(bytes), &bytes.element, bytes.counted);
            let kind = kind(bytes);
            quote!(_state::__private::Slot::new(
                #name,
                || _state::__private::raw::schema::<#counted, #shape, #element, #ty, _>(#kind)
            ))
        }
        Route::With(path) => quote! {
            _state::__private::Slot::new(#name, <#path::Slot as _state::State>::schema)
                .refusing(_state::__private::refuses_with(#path::set))
        },
        Route::Serde => quote!(_state::__private::Slot::new(#name, _state::__private::serde::schema)),
    };
    match &field.default {
        Some(default) => {
            let value = match default {
                Default::Path(path) => quote!(#path()),
                Default::Trait => quote!(<#ty as _state::__private::Default>::default()),
            };
            let value = match route(field) {
                Route::With(path) => quote!(#path::get(&#value)),
                _ => value,
            };
            quote!(#slot.or(|__builder, __at| __builder.value(__at, &#value)))
        }
        None => slot,
    }
}

/// A call of a function of the runtime for raw arrays, with the shape and the kind of the elements.
fn raw(field: &Field, bytes: &Bytes, function: &str, arguments: &TokenStream) -> TokenStream {
    let (ty, element) = (&field.ty, &bytes.element);
    let (shape, kind) = (shape(bytes), kind(bytes));
    let function = proc_macro2::Ident::new(function, proc_macro2::Span::call_site());
    let end = (function == "size" || function == "put").then(|| quote!(;));
    quote!(_state::__private::raw::#function::<#shape, #element, #ty, _>(#kind, #arguments) #end)
}

/// Finds out whether the elements are described or opaque.
fn kind(bytes: &Bytes) -> TokenStream {
    let element = &bytes.element;
    let probe = quote_spanned!(element.span()=> (&_state::__private::raw::Probe::<#element>::NEW).kind());
    quote!({
        use _state::__private::raw::{NoKind as _, OpaqueKind as _};
        #probe
    })
}

fn shape(bytes: &Bytes) -> TokenStream {
    let shape = match bytes.shape {
        Shape::One => quote!(_state::__private::raw::One),
        _ => quote!(_state::__private::raw::Many),
    };
    match bytes.optional {
        true => quote!(_state::__private::raw::Maybe<#shape>),
        false => shape,
    }
}
