//! The conversions between a field and its slot, part by part.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, Type, parse_quote};

use super::{place, sourced};
use crate::convert::{Convert, Holder, How};

/// `module::name`, with the span of the module.
fn member(module: &Path, name: &str) -> TokenStream {
    let place = module.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span());
    let name = Ident::new(name, place);
    quote!(#module::#name)
}

/// The type of the slot.
pub fn slot_type(convert: &Convert) -> Type {
    convert.replaced(&|part| match &part.how {
        How::With(module) => {
            let slot = member(module, "Slot");
            parse_quote!(#slot)
        }
        How::Remote(ty) => ty.clone(),
        How::Own => lent(&part.ty),
        _ => part.ty.clone(),
    })
}

/// `Cow<'__de, _>` in place of `Cow<'static, _>`.
fn lent(ty: &Type) -> Type {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty {
        let arguments = path.path.segments.last_mut().map(|segment| &mut segment.arguments);
        if let Some(syn::PathArguments::AngleBracketed(arguments)) = arguments {
            for argument in &mut arguments.args {
                if let syn::GenericArgument::Lifetime(lifetime) = argument {
                    *lifetime = parse_quote!('__de);
                }
            }
        }
    }
    ty
}

/// The slot's value, made from `value`, a reference to the field.
pub fn get(convert: &Convert, value: &TokenStream) -> TokenStream {
    let (ty, slot) = (&convert.ty, slot_type(convert));
    let (holder, parts) = match &convert.how {
        How::Keep | How::Own => return quote_spanned!(place(ty)=> <#ty as _state::Clone>::clone(#value)),
        How::With(module) => {
            let get = member(module, "get");
            return quote_spanned!(place(module)=> _state::taken::<#slot, #ty>(#get, #value));
        }
        How::Remote(_) => {
            let of = quote_spanned!(place(&slot)=> <#slot as _state::Remote>::of);
            return quote_spanned!(place(&slot)=> _state::taken::<#slot, #ty>(#of, #value));
        }
        How::Parts(holder, parts) => (*holder, parts),
    };
    let item = |at: usize, item: TokenStream| get(&parts[at], &item);
    match holder {
        Holder::Option => {
            let item = item(0, quote!(__item));
            quote!(_state::Option::map(_state::Option::as_ref(#value), |__item| #item))
        }
        Holder::Box => {
            let item = item(0, quote!(_state::unboxed(#value)));
            quote!(_state::From::from(#item))
        }
        Holder::List => {
            let item = item(0, quote!(__item));
            quote!(_state::each::<_, _, _, #slot>(#value, |__item| #item))
        }
        Holder::Map => {
            let (key, item) = (item(0, quote!(__key)), item(1, quote!(__item)));
            quote!(_state::each::<_, _, _, #slot>(#value, |(__key, __item)| (#key, #item)))
        }
        Holder::Array => {
            let item = item(0, quote!(__item));
            quote!(_state::each_in_array(#value, |__item| #item))
        }
        Holder::Tuple => {
            let items = (0..parts.len()).map(|at| {
                let index = syn::Index::from(at);
                item(at, quote!(&#value.#index))
            });
            quote!((#(#items,)*))
        }
    }
}

/// The field's value, made from `value`, that of the slot: an expression that is `None` after a refusal, which the
/// reader holds.
pub fn set(convert: &Convert, value: &TokenStream) -> TokenStream {
    let (ty, slot) = (&convert.ty, slot_type(convert));
    let (holder, parts) = match &convert.how {
        How::Keep | How::Own => {
            return quote!(_state::kept(#value, <#ty as _state::Restore<'__de>>::settle, __reader));
        }
        How::With(_) | How::Remote(_) => {
            let with = with(convert);
            let (with, settle) = (sourced(&with), quote!(<#slot as _state::Restore<'__de>>::settle));
            return quote!(#with.set(_state::Some(#value), #settle, __reader));
        }
        How::Parts(holder, parts) => (*holder, parts),
    };
    let item = |at: usize, item: TokenStream| set(&parts[at], &item);
    let only = |function: TokenStream| {
        let item = item(0, quote!(__item));
        quote!(#function(#value, __reader, |__item, __reader| #item))
    };
    match holder {
        Holder::Option => only(quote!(_state::back_option)),
        Holder::Box => only(quote!(_state::back_box)),
        Holder::Array => only(quote!(_state::back_array)),
        Holder::List => only(quote!(_state::back_each::<_, _, _, #ty>)),
        Holder::Map => {
            let (key, item) = (item(0, quote!(__item.0)), item(1, quote!(__item.1)));
            let back = quote!(_state::back_each::<_, _, _, #ty>);
            quote!(#back(#value, __reader, |__item, __reader| _state::Some((#key?, #item?))))
        }
        Holder::Tuple => {
            let items = (0..parts.len()).map(|at| {
                let index = syn::Index::from(at);
                let item = item(at, quote!(__item.#index));
                quote!(_state::back_item(#item, #at, __reader))
            });
            quote!(_state::back_tuple(#value, __reader, |__item, __reader| _state::Some((#(#items?,)*))))
        }
    }
}

/// The conversion back by a module, or by the type that describes another.
fn with(convert: &Convert) -> TokenStream {
    let (ty, slot) = (&convert.ty, slot_type(convert));
    let (at, set) = match &convert.how {
        How::With(module) => (place(module), member(module, "set")),
        _ => (place(&slot), quote_spanned!(place(&slot)=> <#slot as _state::Remote>::made)),
    };
    quote_spanned!(at=> _state::with::<#slot, #ty, _>(#set))
}

/// Whether a conversion can refuse: an expression of type `bool`.
pub fn refuses(convert: &Convert) -> TokenStream {
    match &convert.how {
        How::Keep | How::Own => quote!(false),
        How::With(_) | How::Remote(_) => {
            let with = with(convert);
            quote!(#with.refuses)
        }
        How::Parts(_, parts) => {
            let parts = parts.iter().map(refuses);
            quote!(false #(|| #parts)*)
        }
    }
}
