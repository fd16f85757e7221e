//! The methods of a struct: its slots one after another.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    accepted, after_set, before_get, built, head, method, pattern, pattern_of_hooks, pattern_of_other, slot, whole,
};
use crate::ast::{Container, Field, Role, Variant, Via};
use crate::shape;

pub fn state(container: &Container, variant: &Variant) -> TokenStream {
    let head = head(variant);
    let dynamic = slot::slots(variant).map(slot::dynamic);
    let stacks = slot::slots(variant).map(slot::stack);
    let hooked = container.before_get.is_some();
    let image = image(container, variant);
    let pattern = pattern(variant);
    let before_get = before_get(container);
    let size = slot::slots(variant).map(slot::size);
    let put = slot::slots(variant).map(slot::put);
    let empty = slot::slots(variant).next().is_none();
    let bind = (!empty).then(|| quote!(let Self #pattern = self;));
    let mut_head = (!empty).then(|| quote!(let mut __head = __head;));
    let size = method::size(quote!(#before_get #bind #(#size)*));
    let put = method::put(quote!(#bind #mut_head #(#put)*));
    quote! {
        const HEAD: _state::usize = #head;
        const DYNAMIC: _state::bool = #hooked #(|| #dynamic)*;
        const STACK: _state::usize = _state::stack(_state::size_of::<Self>(), _state::deepest(&[#(#stacks),*]));
        #image

        #size

        #put
    }
}

/// The proof that the struct has the same layout in memory as in an image, if each field is a slot that allows it.
fn image(container: &Container, variant: &Variant) -> Option<TokenStream> {
    let plain = |field: &Field| {
        matches!(field.role, Role::Parent(None) | Role::Slot(Via::Plain)) && !shape::is_apart(&field.ty)
    };
    let hooked = container.before_get.is_some() || container.after_set.is_some();
    if hooked || variant.fields.is_empty() || !variant.fields.iter().all(plain) {
        return None;
    }
    let fields = variant.fields.iter().map(|field| {
        let Field { member, binding, ty, .. } = field;
        quote!(#member: #binding: #ty)
    });
    Some(quote! {
        const IMAGE: _state::Image<Self> = _state::image! { #(#fields),* };
    })
}

pub fn restore(container: &Container, variant: &Variant) -> TokenStream {
    let checks = slot::slots(variant).map(slot::check);
    let value = built(variant);
    let accepted = accepted(container, &quote!(Self #value));
    let set = set(container, variant);
    let (exchange, settle) = (exchange(variant), settle(container, variant));
    let (checked, whole) = (checked(variant), whole(core::slice::from_ref(variant)));
    let empty = slot::slots(variant).next().is_none();
    let mut_head = (!empty).then(|| quote!(let mut __head = __head;));
    let check = method::check(quote!(#mut_head true #(&& #checks)*));
    let get = method::get(quote!(#mut_head #accepted));
    quote! {
        #checked
        #whole

        #check

        #get

        #set

        #exchange

        #settle
    }
}

/// Whether there is anything to check: determined by the types of plain slots; other slots are always checked.
fn checked(variant: &Variant) -> Option<TokenStream> {
    let plain = |field: &&Field| matches!(field.role, Role::Parent(_) | Role::Slot(Via::Plain | Via::Owned(_)));
    if !slot::slots(variant).all(|field| plain(&field)) {
        return None;
    }
    let types = slot::slots(variant).map(|field| slot::restore(field, "CHECKED"));
    Some(quote! {
        const CHECKED: _state::bool = false #(|| #types)*;
    })
}

fn set(container: &Container, variant: &Variant) -> TokenStream {
    let pattern = pattern(variant);
    let set = slot::slots(variant).map(slot::set);
    let empty = slot::slots(variant).next().is_none();
    let slots = (!empty).then(|| {
        quote! {
            let mut __head = __head;
            let Self #pattern = self;
            #(#set)*
        }
    });
    let hook = after_set(container).map(|hook| quote!(let _ = #hook.run(self, __reader);));
    method::set(quote!(#slots #hook))
}

fn exchange(variant: &Variant) -> TokenStream {
    let slots = slot::slots(variant).next().is_some().then(|| {
        let (pattern, other) = (pattern(variant), pattern_of_other(variant));
        let exchange = slot::slots(variant).map(slot::exchange);
        quote! {
            let Self #pattern = self;
            let Self #other = __other;
            #(#exchange)*
        }
    });
    method::exchange(slots)
}

/// Parts come first, as in `set`.
fn settle(container: &Container, variant: &Variant) -> TokenStream {
    let settle: Vec<_> = slot::slots(variant).filter_map(slot::settle).collect();
    let parts = (!settle.is_empty()).then(|| {
        let pattern = pattern_of_hooks(variant);
        quote! {
            let Self #pattern = &mut *self;
            #(#settle)*
        }
    });
    let hook = after_set(container).map(|hook| quote!(#hook.settle(self, __reader)?;));
    method::settle(quote!(#parts #hook _state::Some(())))
}
