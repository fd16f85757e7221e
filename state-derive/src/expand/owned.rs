//! Fields that contain `Cow<'static, _>`: restored as values that borrow from the bytes, and then made owned, part by
//! part, so that everything beside a `Cow` is restored in place.
//!
//! A `Cow` itself is restored in place. Lists, maps and options are taken out of their places meanwhile, because a
//! value that borrows has another type.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Index;

use super::convert::slot_type;
use super::place;
use crate::convert::{Convert, Holder, How};

/// The owned value, made from `value`, which borrows.
pub fn own(convert: &Convert, value: &TokenStream) -> TokenStream {
    let ty = &convert.ty;
    let (holder, parts) = match &convert.how {
        How::Keep | How::With(_) | How::Remote(_) => return value.clone(),
        How::Own => return quote!(_state::owned(#value)),
        How::Parts(holder, parts) => (*holder, parts),
    };
    let item = |at: usize, item: TokenStream| own(&parts[at], &item);
    let only = |function: TokenStream| {
        let item = item(0, quote!(__item));
        quote!(#function(#value, |__item| #item))
    };
    match holder {
        Holder::Option => only(quote!(_state::Option::map)),
        Holder::Box => only(quote!(_state::each_in_box)),
        Holder::Array => only(quote!(_state::each_of_array)),
        Holder::List => only(quote!(_state::each_of::<_, _, _, #ty>)),
        Holder::Map => {
            let (key, item) = (item(0, quote!(__key)), item(1, quote!(__item)));
            quote!(_state::each_of::<_, _, _, #ty>(#value, |(__key, __item)| (#key, #item)))
        }
        Holder::Tuple => {
            let items = (0..parts.len()).map(|at| {
                let index = Index::from(at);
                item(at, quote!(__item.#index))
            });
            quote!({
                let __item = #value;
                (#(#items,)*)
            })
        }
    }
}

/// `<T as Restore<'__de>>::name` for the type that borrows.
fn restore(convert: &Convert, name: &str) -> TokenStream {
    let (ty, place) = (slot_type(convert), place(&convert.ty));
    let name = Ident::new(name, place);
    quote_spanned!(place=> <#ty as _state::Restore<'__de>>::#name)
}

/// Restores the part at `at`, a mutable reference, from the head in `head`.
pub fn set(convert: &Convert, at: &TokenStream, head: &TokenStream) -> TokenStream {
    let (set_whole, ty) = (restore(convert, "set"), slot_type(convert));
    let (holder, parts) = match &convert.how {
        How::Keep | How::With(_) | How::Remote(_) => return quote!(#set_whole(#at, #head, __reader);),
        How::Own => return quote!(_state::set_owned(#at, #head, __reader);),
        How::Parts(holder, parts) => (*holder, parts),
    };
    let part = |convert: &Convert, at: &TokenStream| {
        let ty = slot_type(convert);
        set(convert, at, &quote!(_state::cut(&mut __part, <#ty as _state::State>::HEAD)))
    };
    match holder {
        Holder::Option | Holder::List | Holder::Map => {
            let owned = own(convert, &quote!(__slot));
            quote!({
                let mut __slot: #ty = _state::take(#at);
                #set_whole(&mut __slot, #head, __reader);
                _state::assign(#at, _state::Some(#owned));
            })
        }
        Holder::Box => {
            let inner = slot_type(&parts[0]);
            let set = part(&parts[0], &quote!(&mut **#at));
            quote! {
                let _ = #head;
                if let _state::Some(mut __part) = _state::Reader::run(__reader, 1, <#inner as _state::State>::HEAD) {
                    #set
                }
            }
        }
        Holder::Array => {
            let set = part(&parts[0], &quote!(__item));
            quote!({
                let mut __part = #head;
                _state::each_mut(#at, |__item| { #set });
            })
        }
        Holder::Tuple => {
            let sets = parts.iter().enumerate().map(|(index, convert)| part(convert, &field(at, index)));
            quote!({
                let mut __part = #head;
                #(#sets)*
            })
        }
    }
}

/// A field of the tuple at `at`.
fn field(at: &TokenStream, index: usize) -> TokenStream {
    let index = Index::from(index);
    quote!(&mut (*#at).#index)
}

/// Exchanges the part at `at` with that at `other`.
pub fn exchange(convert: &Convert, at: &TokenStream, other: &TokenStream) -> TokenStream {
    let (exchange_whole, ty) = (restore(convert, "exchange_with"), slot_type(convert));
    let (holder, parts) = match &convert.how {
        How::Keep | How::With(_) | How::Remote(_) => return quote!(#exchange_whole(#at, #other, __reader);),
        How::Own => return quote!(_state::exchange_owned(#at, #other, __reader);),
        How::Parts(holder, parts) => (*holder, parts),
    };
    match holder {
        Holder::Option | Holder::List | Holder::Map => {
            let (one, another) = (own(convert, &quote!(__slot)), own(convert, &quote!(__part)));
            quote!({
                let mut __slot: #ty = _state::take(#at);
                let mut __part: #ty = _state::take(#other);
                #exchange_whole(&mut __slot, &mut __part, __reader);
                _state::assign(#at, _state::Some(#one));
                _state::assign(#other, _state::Some(#another));
            })
        }
        Holder::Box => exchange(&parts[0], &quote!(&mut **#at), &quote!(&mut **#other)),
        Holder::Array => {
            let exchange = exchange(&parts[0], &quote!(__item), &quote!(__part));
            quote!(_state::each_pair(#at, #other, |__item, __part| { #exchange });)
        }
        Holder::Tuple => {
            let fields = parts.iter().enumerate();
            fields.map(|(index, convert)| exchange(convert, &field(at, index), &field(other, index))).collect()
        }
    }
}

/// Calls the hooks that were left in the part at `at`: an expression of type `Option<()>`.
pub fn settle(convert: &Convert, at: &TokenStream) -> TokenStream {
    let (settle_whole, ty) = (restore(convert, "settle"), slot_type(convert));
    let (holder, parts) = match &convert.how {
        How::Keep | How::With(_) | How::Remote(_) => return quote!(#settle_whole(#at, __reader)),
        How::Own => return quote!(_state::settle_owned(#at, __reader)),
        How::Parts(holder, parts) => (*holder, parts),
    };
    match holder {
        Holder::Option | Holder::List | Holder::Map => {
            let owned = own(convert, &quote!(__slot));
            quote!({
                let mut __slot: #ty = _state::take(#at);
                let __settled = #settle_whole(&mut __slot, __reader);
                _state::assign(#at, _state::Some(#owned));
                __settled
            })
        }
        Holder::Box => settle(&parts[0], &quote!(&mut **#at)),
        Holder::Array => {
            let settle = settle(&parts[0], &quote!(__item));
            quote!(_state::each_settled(#at, |__item| #settle))
        }
        Holder::Tuple => {
            let parts = parts.iter().enumerate();
            parts.fold(quote!(_state::Some(())), |before, (index, convert)| {
                let settle = settle(convert, &field(at, index));
                quote!(_state::Option::and_then(#before, |()| #settle))
            })
        }
    }
}
