//! One slot in each of the generated methods. `__head` is what is left of the head that the slots are cut from.
//!
//! What a slot asks of its type is asked in the same words everywhere (`<#ty as _state::State>::..`): rustc reports
//! equal errors once.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;

use super::place;
use crate::ast::{Default, Field, Role, Variant, Via};
use crate::shape::{Bytes, Shape, Shown};

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
        Route::With(path) => member(path, "Slot"),
        _ => {
            let ty = &field.ty;
            quote!(#ty)
        }
    }
}

/// `module::name`, with the whole of it where the module is named.
fn member(module: &Path, name: &str) -> TokenStream {
    let place = module.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span());
    let name = Ident::new(name, place);
    quote!(#module::#name)
}

pub fn head(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(Bytes { optional, .. }) => quote!(_state::raw_head(#optional)),
        Route::Serde => quote!(_state::serde::HEAD),
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

/// What is written in a slot: the field, or what its module makes of it.
fn taken(field: &Field) -> TokenStream {
    let binding = &field.binding;
    match route(field) {
        Route::With(path) => {
            let with = with(field, path);
            quote!(&(#with.get)(#binding))
        }
        _ => quote!(#binding),
    }
}

pub fn size(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, &field.ty);
    match route(field) {
        Route::Plain | Route::Sorted | Route::With(_) => {
            let (ty, value) = (slot_type(field), taken(field));
            quote! {
                if <#ty as _state::State>::DYNAMIC {
                    <#ty as _state::State>::size(#value, __size);
                }
            }
        }
        Route::Bytes(bytes) => {
            let call = raw(field, bytes, "size", &quote!(#binding, __size));
            quote!(#call;)
        }
        Route::Serde => quote!(_state::serde::size::<#ty>(#binding, __size);),
    }
}

pub fn put(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, slot_type(field));
    match route(field) {
        Route::Plain => quote! {
            <#ty as _state::State>::put(
                #binding,
                _state::cut_mut(&mut __head, <#ty as _state::State>::HEAD),
                __writer,
            );
        },
        Route::With(_) => {
            let value = taken(field);
            quote! {
                _state::Writer::copied::<#ty>(
                    __writer,
                    #value,
                    _state::cut_mut(&mut __head, <#ty as _state::State>::HEAD),
                );
            }
        }
        Route::Bytes(bytes) => {
            let call = raw(field, bytes, "put", &quote!(#binding, &mut __head, __writer));
            quote!(#call;)
        }
        Route::Sorted => quote!(_state::put_sorted::<#ty>(#binding, &mut __head, __writer);),
        Route::Serde => quote!(_state::serde::put::<#ty>(#binding, &mut __head, __writer);),
    }
}

/// `cut(&mut __head, HEAD)`: the slot's own part of the head.
fn part(ty: &TokenStream) -> TokenStream {
    quote!(_state::cut(&mut __head, <#ty as _state::State>::HEAD))
}

/// An expression of type `bool`.
pub fn check(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(bytes) => raw(field, bytes, "check", &quote!(&mut __head, __checker)),
        Route::Serde => quote!(_state::serde::check(&mut __head, __checker)),
        Route::Plain | Route::Sorted | Route::With(_) => {
            let ty = slot_type(field);
            let part = part(&ty);
            quote!({
                let __part = #part;
                !<#ty as _state::Restore<'__de>>::CHECKED
                    || <#ty as _state::Restore<'__de>>::check(__part, __checker)
            })
        }
    }
}

/// An expression of the field's type, which leaves with the slot's name where there is no value.
pub fn get(field: &Field) -> TokenStream {
    if !is_slot(field) {
        return default(field);
    }
    let (value, name) = (optional(field), &field.name);
    quote! {
        match #value {
            _state::Some(__slot) => __slot,
            _state::None => break '__refused #name,
        }
    }
}

/// The field's value, if it was not refused.
fn optional(field: &Field) -> TokenStream {
    let ty = &field.ty;
    match route(field) {
        Route::Plain | Route::Sorted | Route::With(_) => {
            let ty = slot_type(field);
            let part = part(&ty);
            let value = quote!(<#ty as _state::Restore<'__de>>::get(#part, __reader));
            match route(field) {
                Route::With(path) => {
                    let with = with(field, path);
                    quote!({
                        let __slot = #value;
                        #with.set(__slot, <#ty as _state::Restore<'__de>>::settle, __reader)
                    })
                }
                _ => value,
            }
        }
        Route::Bytes(bytes) => raw(field, bytes, "get", &quote!(&mut __head, __reader)),
        Route::Serde => quote!(_state::serde::get::<#ty>(&mut __head, __reader)),
    }
}

pub fn set(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, &field.ty);
    match route(field) {
        Route::Sorted => quote!(_state::set_sorted::<#ty>(#binding, &mut __head, __reader);),
        Route::Plain => {
            let ty = slot_type(field);
            let part = part(&ty);
            quote!(<#ty as _state::Restore<'__de>>::set(#binding, #part, __reader);)
        }
        Route::Bytes(bytes) => {
            let call = raw(field, bytes, "set", &quote!(#binding, &mut __head, __reader));
            quote!(#call;)
        }
        Route::With(_) | Route::Serde => {
            let value = optional(field);
            quote!(_state::assign(#binding, #value);)
        }
    }
}

/// The local that the same field of another value is bound to.
pub fn other(field: &Field) -> Ident {
    format_ident!("{}_other", field.binding)
}

/// Exchanges the slot with that of another value.
pub fn exchange(field: &Field) -> TokenStream {
    let (binding, other, ty) = (&field.binding, other(field), &field.ty);
    match route(field) {
        Route::Plain | Route::Sorted => {
            quote!(<#ty as _state::Restore<'__de>>::exchange(#binding, #other);)
        }
        Route::Bytes(bytes) => {
            let call = raw(field, bytes, "exchange", &quote!(#binding, #other));
            quote!(#call;)
        }
        Route::With(_) | Route::Serde => quote!(_state::swap(#binding, #other);),
    }
}

/// Calls the hooks in the slot that were left, if it can hold any.
pub fn settle(field: &Field) -> Option<TokenStream> {
    let (binding, ty, name) = (&field.binding, &field.ty, &field.name);
    matches!(route(field), Route::Plain | Route::Sorted).then(
        || quote!(_state::settled(<#ty as _state::Restore<'__de>>::settle(#binding, __reader), #name, __reader)?;),
    )
}

/// What stands in a field that is not a slot, or in a slot that a state has no value for.
fn default(field: &Field) -> TokenStream {
    let ty = &field.ty;
    match &field.default {
        Some(Default::Path(path)) => quote!(_state::given::<#ty>(#path)),
        Some(Default::Trait) | None => quote!(<#ty as _state::Fallback>::fallback()),
    }
}

/// The slot in the schema.
pub fn schema(field: &Field) -> TokenStream {
    let (ty, name) = (&field.ty, &field.name);
    let slot = match route(field) {
        _ if matches!(field.role, Role::Parent) => quote!(_state::Slot::parent::<#ty>(#name)),
        Route::Plain => quote!(_state::Slot::new(#name, <#ty as _state::State>::schema)),
        Route::Sorted => quote!(_state::Slot::new(#name, <#ty as _state::State>::schema).sorted()),
        Route::Bytes(bytes) => {
            let (shape, element, kind) = (shape(bytes), &bytes.element, kind(bytes));
            let shown = match bytes.shown {
                Shown::Counted => quote!(_state::raw::COUNTED),
                Shown::Bytes => quote!(_state::raw::BYTES),
                Shown::Array => quote!(_state::raw::ARRAY),
            };
            quote!(_state::Slot::new(
                #name,
                || _state::raw::schema::<{ #shown }, #shape, #element, #ty, _>(#kind)
            ))
        }
        Route::With(path) => {
            let (ty, with) = (slot_type(field), with(field, path));
            quote! {
                _state::Slot::new(#name, <#ty as _state::State>::schema).refusing(#with.refuses)
            }
        }
        Route::Serde => quote!(_state::Slot::new(#name, _state::serde::schema)),
    };
    if field.default.is_none() {
        return slot;
    }
    let (binding, value, head) = (&field.binding, default(field), head(field));
    let (size, put) = (size(field), put(field));
    quote! {
        #slot.or(|__builder, __at| {
            let #binding = &#value;
            __builder.slot((__at, #head), |__size| { #size }, |mut __head, __writer| { #put })
        })
    }
}

/// The functions of a `with` module.
fn with(field: &Field, path: &Path) -> TokenStream {
    let (ty, slot) = (&field.ty, slot_type(field));
    let (get, set) = (member(path, "get"), member(path, "set"));
    quote_spanned!(place(path)=> _state::with::<#slot, #ty, _>(#get, #set))
}

/// A call of a function of the runtime for raw arrays, with the shape and the kind of the elements.
fn raw(field: &Field, bytes: &Bytes, function: &str, arguments: &TokenStream) -> TokenStream {
    let (ty, element) = (&field.ty, &bytes.element);
    let (shape, kind) = (shape(bytes), kind(bytes));
    let function = Ident::new(function, Span::call_site());
    quote!(_state::raw::#function::<#shape, #element, #ty, _>(#kind, #arguments))
}

/// Finds out whether the elements are described or opaque.
fn kind(bytes: &Bytes) -> TokenStream {
    let element = &bytes.element;
    let probe = quote_spanned!(place(element)=> (&_state::raw::Probe::<#element>::NEW).__raw_kind());
    // A `bool` has a raw form where its elements are told apart, and is no plain byte.
    let flags = (bytes.shown == Shown::Array).then(|| {
        quote!(
            use _state::raw::FlagKind as _;
        )
    });
    quote!({
        use _state::raw::{NoKind as _, OpaqueKind as _};
        #flags
        #probe
    })
}

fn shape(bytes: &Bytes) -> TokenStream {
    let shape = match bytes.shape {
        Shape::One => quote!(_state::raw::One),
        _ => quote!(_state::raw::Many),
    };
    match bytes.optional {
        true => quote!(_state::raw::Maybe<#shape>),
        false => shape,
    }
}
