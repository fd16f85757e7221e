//! One slot in each of the generated methods. `__head` is the rest of the head from which slots are cut.
//!
//! The requirements of a slot on its type are written in the same words everywhere (`<#ty as _state::State>::..`):
//! rustc reports equal errors once.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

use super::{convert, owned, place};
use crate::ast::{Default, Field, Role, Variant, Via};
use crate::convert::Convert;
use crate::shape::{Bytes, Shape, Shown};
use crate::symbol;

pub fn is_slot(field: &Field) -> bool {
    !matches!(field.role, Role::Skip)
}

pub fn slots(variant: &Variant) -> impl Iterator<Item = &Field> {
    variant.fields.iter().filter(|field| is_slot(field))
}

/// The functions of the runtime that a slot uses.
enum Route<'a> {
    Plain,
    /// Saved by the functions of its type, and restored by those of a type that borrows from the bytes.
    Owned(&'a Convert),
    OfNone(&'a Type),
    /// A parent in a `Box`, whose slots become the type's own.
    Boxed(&'a Type),
    Bytes(&'a Bytes),
    With(&'a Convert),
    Sorted,
    Serde,
}

fn route(field: &Field) -> Route<'_> {
    match &field.role {
        Role::Slot(Via::Owned(convert)) => Route::Owned(convert),
        Role::Slot(Via::OfNone(element)) => Route::OfNone(element),
        Role::Slot(Via::Bytes(bytes)) => Route::Bytes(bytes),
        Role::Slot(Via::With(convert)) => Route::With(convert),
        Role::Slot(Via::Sorted) => Route::Sorted,
        Role::Slot(Via::Serde) => Route::Serde,
        Role::Parent(Some(inside)) => Route::Boxed(inside),
        Role::Slot(Via::Plain) | Role::Parent(None) | Role::Skip => Route::Plain,
    }
}

/// The type whose `State` the slot uses, if any.
fn slot_type(field: &Field) -> TokenStream {
    match route(field) {
        Route::With(convert) => {
            let ty = convert::slot_type(convert);
            quote!(#ty)
        }
        Route::Boxed(ty) => quote!(#ty),
        _ => {
            let ty = &field.ty;
            quote!(#ty)
        }
    }
}

/// The type whose `Restore` the slot uses.
pub fn restored_type(field: &Field) -> TokenStream {
    match route(field) {
        Route::Owned(convert) => {
            let ty = convert::slot_type(convert);
            quote!(#ty)
        }
        _ => slot_type(field),
    }
}

pub fn head(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(Bytes { optional, .. }) => quote!(_state::raw_head(#optional)),
        Route::Serde => quote!(_state::serde::HEAD),
        Route::OfNone(_) => quote!(0),
        _ => {
            let ty = slot_type(field);
            quote!(<#ty as _state::State>::HEAD)
        }
    }
}

/// The stack of the slot's functions, up to where the next level is counted.
pub fn stack(field: &Field) -> TokenStream {
    let ty = slot_type(field);
    match route(field) {
        Route::Bytes(_) | Route::OfNone(_) => quote!(0),
        Route::Serde => quote!(_state::serde::STACK),
        Route::Plain | Route::Sorted => quote!(<#ty as _state::State>::STACK),
        // The slot's value is built beside the field.
        Route::With(_) | Route::Owned(_) | Route::Boxed(_) => {
            quote!(_state::stack(_state::size_of::<#ty>(), <#ty as _state::State>::STACK))
        }
    }
}

pub fn dynamic(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(_) | Route::Sorted | Route::Serde => quote!(true),
        Route::OfNone(_) => quote!(false),
        Route::Plain | Route::Owned(_) | Route::Boxed(_) | Route::With(_) => {
            let ty = slot_type(field);
            quote!(<#ty as _state::State>::DYNAMIC)
        }
    }
}

/// The value that is written: the field, or the conversion of it.
fn taken(field: &Field) -> TokenStream {
    let binding = &field.binding;
    match route(field) {
        Route::With(convert) => {
            let value = convert::get(convert, &quote!(#binding));
            quote!(&#value)
        }
        _ => quote!(#binding),
    }
}

/// Whether a history holds the objects of the field.
fn is_held(field: &Field) -> bool {
    field.attrs.has(symbol::HELD)
}

pub fn size(field: &Field) -> TokenStream {
    let size = size_of(field);
    if is_held(field) { quote!(_state::hold_size(__size, |__size| { #size });) } else { size }
}

fn size_of(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, &field.ty);
    match route(field) {
        Route::OfNone(_) => TokenStream::new(),
        Route::Plain | Route::Owned(_) | Route::Boxed(_) | Route::Sorted | Route::With(_) => {
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
    let put = put_of(field);
    if is_held(field) { quote!(_state::hold_put(__writer, |__writer| { #put });) } else { put }
}

fn put_of(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, slot_type(field));
    match route(field) {
        Route::OfNone(_) => TokenStream::new(),
        Route::Plain | Route::Owned(_) | Route::Boxed(_) => quote! {
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

/// `<T as Restore<'__de>>::name`, at the place of the field's type: a lifetime that the bytes do not outlive is
/// reported there.
pub fn restore(field: &Field, name: &str) -> TokenStream {
    let (ty, place) = (restored_type(field), place(&field.ty));
    let name = Ident::new(name, place);
    quote_spanned!(place=> <#ty as _state::Restore<'__de>>::#name)
}

/// `cut(&mut __head, HEAD)`: the slot's own part of the head.
fn part(ty: &TokenStream) -> TokenStream {
    quote!(_state::cut(&mut __head, <#ty as _state::State>::HEAD))
}

/// Checks the slot: an expression of type `bool`.
pub fn check(field: &Field) -> TokenStream {
    match route(field) {
        Route::Bytes(bytes) => raw(field, bytes, "check", &quote!(&mut __head, __checker)),
        Route::Serde => quote!(_state::serde::check(&mut __head, __checker)),
        Route::OfNone(_) => quote!(true),
        Route::Plain | Route::Owned(_) | Route::Boxed(_) | Route::Sorted | Route::With(_) => {
            let part = part(&restored_type(field));
            let (checked, check) = (restore(field, "CHECKED"), restore(field, "check"));
            quote!({
                let __part = #part;
                !#checked || #check(__part, __checker)
            })
        }
    }
}

/// Builds the field: an expression of its type, which breaks with the slot's name if there is no value.
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

/// The field's value as an `Option`, which is `None` after a refusal.
fn optional(field: &Field) -> TokenStream {
    let value = optional_of(field);
    if is_held(field) { quote!(_state::hold_get(__reader, |__reader| #value)) } else { value }
}

fn optional_of(field: &Field) -> TokenStream {
    let ty = &field.ty;
    match route(field) {
        Route::Plain | Route::Sorted => value(field),
        Route::OfNone(_) => quote!(_state::Some([])),
        Route::Boxed(_) => {
            let value = value(field);
            quote!(_state::Option::map(#value, _state::From::from))
        }
        Route::With(convert) => {
            let (value, back) = (value(field), convert::set(convert, &quote!(__slot)));
            quote!(match #value {
                _state::Some(__slot) => #back,
                _state::None => _state::None,
            })
        }
        Route::Owned(convert) => {
            let (value, owned) = (value(field), owned::own(convert, &quote!(__slot)));
            quote!(_state::Option::map(#value, |__slot| #owned))
        }
        Route::Bytes(bytes) => raw(field, bytes, "get", &quote!(&mut __head, __reader)),
        Route::Serde => quote!(_state::serde::get::<#ty>(&mut __head, __reader)),
    }
}

/// The slot's value, as an `Option`.
fn value(field: &Field) -> TokenStream {
    let (part, get) = (part(&restored_type(field)), restore(field, "get"));
    quote_spanned!(place(&field.ty)=> #get(#part, __reader))
}

pub fn set(field: &Field) -> TokenStream {
    let set = set_of(field);
    if is_held(field) { quote!(_state::hold_set(__reader, |__reader| { #set });) } else { set }
}

fn set_of(field: &Field) -> TokenStream {
    let (binding, ty) = (&field.binding, &field.ty);
    match route(field) {
        Route::OfNone(_) => TokenStream::new(),
        Route::Sorted => quote! {
            {
                use _state::Unsorted as _;
                (&_state::Restorer::<'__de, #ty>::NEW).__set_sorted(#binding, &mut __head, __reader);
            }
        },
        Route::Plain | Route::Boxed(_) => {
            let (part, set) = (part(&restored_type(field)), restore(field, "set"));
            quote_spanned!(place(&field.ty)=> #set(#binding, #part, __reader);)
        }
        Route::Owned(convert) => {
            let part = part(&restored_type(field));
            let set = owned::set(convert, &quote!(#binding), &quote!(__part));
            quote!({
                let __part = #part;
                #set
            })
        }
        Route::Bytes(bytes) => {
            let call = raw(field, bytes, "set", &quote!(#binding, &mut __head, __reader));
            quote!(#call;)
        }
        Route::With(_) | Route::Serde => {
            let value = optional_of(field);
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
    let exchange = exchange_of(field);
    if is_held(field) { quote!(_state::hold_set(__reader, |__reader| { #exchange });) } else { exchange }
}

fn exchange_of(field: &Field) -> TokenStream {
    let (binding, other) = (&field.binding, other(field));
    match route(field) {
        Route::Plain | Route::Boxed(_) | Route::Sorted => {
            let exchange = restore(field, "exchange_with");
            quote!(#exchange(#binding, #other, __reader);)
        }
        Route::Owned(convert) => owned::exchange(convert, &quote!(#binding), &quote!(#other)),
        Route::OfNone(_) => TokenStream::new(),
        Route::Bytes(bytes) => {
            let call = raw(field, bytes, "exchange", &quote!(#binding, #other));
            quote!(#call;)
        }
        Route::With(_) | Route::Serde => quote!(_state::swap(#binding, #other);),
    }
}

/// Whether the slot can be swapped as a whole, according to one of the constants.
pub fn whole(field: &Field, constant: &str) -> Option<TokenStream> {
    if !is_slot(field) {
        return None;
    }
    match route(field) {
        Route::Plain | Route::Sorted => Some(restore(field, constant)),
        Route::With(_) | Route::Serde => Some(quote!(true)),
        Route::Owned(_) | Route::OfNone(_) | Route::Boxed(_) | Route::Bytes(_) => None,
    }
}

/// Calls the hooks in the slot that were left, if it can have any.
pub fn settle(field: &Field) -> Option<TokenStream> {
    let (binding, name) = (&field.binding, &field.name);
    let settled = match route(field) {
        Route::Plain | Route::Boxed(_) | Route::Sorted => {
            let settle = restore(field, "settle");
            quote!(#settle(#binding, __reader))
        }
        Route::Owned(convert) => owned::settle(convert, &quote!(#binding)),
        Route::OfNone(_) | Route::Bytes(_) | Route::With(_) | Route::Serde => return None,
    };
    let settled = if is_held(field) { quote!(_state::hold_get(__reader, |__reader| #settled)) } else { settled };
    Some(quote!(_state::settled(#settled, #name, __reader)?;))
}

/// The value of a field that is not a slot, or of a slot that is missing from a state.
pub fn default(field: &Field) -> TokenStream {
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
        _ if matches!(field.role, Role::Parent(_)) => {
            let ty = field.parent_type();
            quote!(_state::Slot::parent::<#ty>(#name))
        }
        Route::OfNone(element) => quote!(_state::Slot::new(#name, || {
            use _state::OfStateless as _;
            _state::OfNone::<#element>::NEW.__of_none()
        })),
        Route::Plain | Route::Owned(_) | Route::Boxed(_) => {
            quote!(_state::Slot::new(#name, <#ty as _state::State>::schema))
        }
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
        Route::With(convert) => {
            let (ty, refuses) = (slot_type(field), convert::refuses(convert));
            quote! {
                _state::Slot::new(#name, <#ty as _state::State>::schema).converted(#refuses)
            }
        }
        Route::Serde => quote!(_state::Slot::new(#name, _state::serde::schema)),
    };
    let slot = match super::schema::sharing(&field.attrs) {
        Some(sharing) => quote!(#slot.sharing(#sharing)),
        None => slot,
    };
    let slot = if is_held(field) { quote!(#slot.held()) } else { slot };
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
    // A `bool` has a raw form only in arrays with typed elements; it is not a plain byte.
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
        Shape::StaticCow => quote!(_state::raw::Kept),
        _ => quote!(_state::raw::Many),
    };
    match bytes.optional {
        true => quote!(_state::raw::Maybe<#shape>),
        false => shape,
    }
}
