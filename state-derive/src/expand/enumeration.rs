//! The methods of an enum: the tag of its variant, and the variant's slots. A skipped variant has no tag, and its value
//! no state; an enum without variants has no values.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::{
    accepted, after_set, before_get, built, head, method, pattern, pattern_of_hooks, pattern_of_other, refused, slot,
    whole,
};
use crate::ast::{Container, Variant};

/// The index of a variant, as used in the tag.
fn tag(index: usize) -> Literal {
    Literal::usize_unsuffixed(index)
}

fn has_slots(variant: &Variant) -> bool {
    slot::slots(variant).next().is_some()
}

pub fn state(container: &Container, variants: &[Variant]) -> TokenStream {
    let count = variants.len();
    let heads = variants.iter().filter(|variant| has_slots(variant)).map(head);
    let sizes = variants.iter().filter(|variant| has_slots(variant)).map(|variant| size_arm(count, variant));
    let puts = variants.iter().enumerate().map(|(index, variant)| put_arm(index, count, variant));
    let before_get = before_get(container);
    let dynamic = dynamic(container, variants);
    let stack = stack(variants);
    let rest = variants.iter().any(|variant| !has_slots(variant)).then(|| quote!(_ => {}));
    let refused = container.skipped.iter().map(|variant| refused_arm(container, variant));
    let skipped = container.skipped.iter().map(|variant| &variant.ident);
    let size = (variants.iter().any(has_slots) || !container.skipped.is_empty()).then(|| {
        quote! {
            match self {
                #(#sizes)*
                #(#refused)*
                #rest
            }
        }
    });
    let put = match variants.is_empty() && container.skipped.is_empty() {
        true => quote!(match *self {}),
        false => quote! {
            match self {
                #(#puts)*
                #(Self::#skipped { .. } => {
                    let _ = _state::Writer::fail::<()>(__writer);
                })*
            }
        },
    };
    let (size, put) = (method::size(quote!(#before_get #size)), method::put(put));
    quote! {
        const HEAD: _state::usize = _state::enum_head(#count, _state::largest(&[#(#heads),*]));
        const DYNAMIC: _state::bool = #dynamic;
        const STACK: _state::usize = #stack;

        #size

        #put
    }
}

/// The stack of the enum's functions. In unoptimised code, a frame holds the fields of all variants that are built in
/// it, and some bytes for each field of the others.
fn stack(variants: &[Variant]) -> TokenStream {
    let sizes = variants.iter().map(|variant| {
        let types = variant.fields.iter().map(|field| &field.ty);
        quote!((0 #(+ _state::size_of::<#types>())*))
    });
    let fields = variants.iter().map(|variant| variant.fields.len()).sum::<usize>();
    let size = match are_many(variants) {
        true => quote!(_state::largest(&[#(#sizes),*]) + 8 * #fields),
        false => quote!(0 #(+ #sizes)*),
    };
    let stacks = variants.iter().flat_map(slot::slots).map(slot::stack);
    quote!(_state::stack(#size, _state::deepest(&[#(#stacks),*])))
}

/// Whether there are so many variants that each is built in a separate frame.
fn are_many(variants: &[Variant]) -> bool {
    variants.iter().filter(|variant| has_slots(variant)).count() > 8
}

/// Dynamic if a slot is, or if variants are in the tail; also visited if a value can be refused.
fn dynamic(container: &Container, variants: &[Variant]) -> TokenStream {
    if container.before_get.is_some() || !container.skipped.is_empty() {
        return quote!(true);
    }
    let heads = variants.iter().filter(|variant| has_slots(variant)).map(head);
    let slots = variants.iter().flat_map(slot::slots).map(slot::dynamic);
    quote!(!_state::enum_is_inline(_state::largest(&[#(#heads),*])) #(|| #slots)*)
}

/// `Self::A { .. } => { .. }`
fn size_arm(count: usize, variant: &Variant) -> TokenStream {
    let (ident, pattern, head) = (&variant.ident, pattern(variant), head(variant));
    let slots = slot::slots(variant).map(slot::size);
    quote! {
        Self::#ident #pattern => {
            _state::size_variant::<Self>(const { #head }, #count, __size);
            #(#slots)*
        }
    }
}

fn refused_arm(container: &Container, variant: &Variant) -> TokenStream {
    let (ident, tag, name) = (&variant.ident, &container.name, variant.ident.unraw().to_string());
    quote!(Self::#ident { .. } => _state::skipped(__size, #tag, #name),)
}

fn put_arm(index: usize, count: usize, variant: &Variant) -> TokenStream {
    let (ident, pattern, head, tag) = (&variant.ident, pattern(variant), head(variant), tag(index));
    let place = quote!(_state::put_variant::<Self>(__head, (#tag, #count), const { #head }, __writer));
    if !has_slots(variant) {
        return quote! {
            Self::#ident #pattern => {
                let _ = #place;
            }
        };
    }
    let slots = slot::slots(variant).map(slot::put);
    quote! {
        Self::#ident #pattern => {
            if let _state::Some(mut __head) = #place {
                #(#slots)*
            }
        }
    }
}

pub fn restore(container: &Container, variants: &[Variant]) -> TokenStream {
    let count = variants.len();
    let checks = variants.iter().enumerate().map(|(index, variant)| check_arm(index, count, variant));
    if variants.is_empty() {
        return restore_nothing();
    }
    let check = method::check(quote! {
        match _state::tag(__head, #count) {
            #(#checks)*
            _ => false,
        }
    });
    let (get, set) = (method::get(get(container, variants)), set(container, variants));
    let (exchange, settle) = (exchange(variants), settle(container, variants));
    let whole = whole(variants);
    quote! {
        #whole

        #check

        #get

        #set

        #exchange

        #settle
    }
}

/// No bytes are a value of the type, so none is ever built.
fn restore_nothing() -> TokenStream {
    quote! {
        #[inline]
        fn check(_: &[_state::u8], _: &mut _state::Checker<'_>) -> _state::bool {
            false
        }

        #[inline]
        fn get(_: &'__de [_state::u8], _: &mut _state::Reader<'__de>) -> _state::Option<Self> {
            _state::None
        }
    }
}

fn check_arm(index: usize, count: usize, variant: &Variant) -> TokenStream {
    let (tag, head) = (tag(index), head(variant));
    if !has_slots(variant) {
        return quote!(#tag => true,);
    }
    let slots = slot::slots(variant).map(slot::check);
    quote! {
        #tag => match _state::check_variant::<Self>(__head, #count, const { #head }, __checker) {
            _state::Some(mut __head) => true #(&& #slots)*,
            _state::None => false,
        },
    }
}

/// The place of the variant's slots, as an `Option`.
fn place(count: usize, variant: &Variant) -> TokenStream {
    let head = head(variant);
    quote!(_state::get_variant::<Self>(__head, #count, const { #head }, __reader))
}

/// The body of `get`. If there are many variants, each is built in a separate frame, only one of which is active at a
/// time.
fn get(container: &Container, variants: &[Variant]) -> TokenStream {
    let count = variants.len();
    let apart = are_many(variants);
    let arms = variants.iter().enumerate().map(|(index, variant)| {
        let (tag, value) = (tag(index), variant_value(count, variant));
        match apart {
            false => quote!(#tag => #value,),
            true if !has_slots(variant) => quote!(#tag => _state::Some(#value),),
            true => {
                let value = refused(&quote!(let __value = #value;));
                quote!(#tag => _state::apart(__reader, |__reader| { #value }),)
            }
        }
    });
    let tag = quote!(_state::tag(__head, #count));
    if !apart {
        return accepted(container, &quote!(match #tag { #(#arms)* _ => return _state::None, }));
    }
    let variant = quote!(match #tag { #(#arms)* _ => _state::None, });
    match after_set(container) {
        None => variant,
        Some(hook) => quote! {
            let mut __value = #variant?;
            #hook.run(&mut __value, __reader)?;
            _state::Some(__value)
        },
    }
}

fn variant_value(count: usize, variant: &Variant) -> TokenStream {
    let (ident, value) = (&variant.ident, built(variant));
    if !has_slots(variant) {
        return quote!(Self::#ident #value);
    }
    let place = place(count, variant);
    quote!({
        let mut __head = #place?;
        Self::#ident #value
    })
}

/// A value of the same variant is restored slot by slot; otherwise a new one is built. If there is nothing to keep,
/// values are always built: the branch could not be predicted, and would cost more than the slots.
fn set(container: &Container, variants: &[Variant]) -> TokenStream {
    let count = variants.len();
    let hook = after_set(container).map(|hook| quote!(let _ = #hook.run(self, __reader);));
    let arms = variants.iter().enumerate().filter(|(_, variant)| !variant.fields.is_empty()).map(|(index, variant)| {
        let (tag, ident, pattern) = (tag(index), &variant.ident, pattern(variant));
        let slots = has_slots(variant).then(|| {
            let (place, slots) = (place(count, variant), slot::slots(variant).map(slot::set));
            quote! {
                if let _state::Some(mut __head) = #place {
                    #(#slots)*
                }
            }
        });
        quote! {
            (#tag, Self::#ident #pattern) => {
                #slots
                #hook
            }
        }
    });
    let build = quote!(_state::assign(self, <Self as _state::Restore<'__de>>::get(__head, __reader)));
    let keeps_nothing = variants.iter().flat_map(|variant| &variant.fields).all(slot::is_slot);
    let build_all = keeps_nothing.then(|| {
        quote! {
            if !<Self as _state::State>::DYNAMIC {
                #build;
                return;
            }
        }
    });
    method::set(quote! {
        #build_all
        match (_state::tag(__head, #count), &mut *self) {
            #(#arms)*
            _ => #build,
        }
    })
}

/// Exchanges the slots of two values of one variant, otherwise the values.
fn exchange(variants: &[Variant]) -> TokenStream {
    let arms = variants.iter().filter(|variant| !variant.fields.is_empty()).map(|variant| {
        let (ident, pattern, other) = (&variant.ident, pattern(variant), pattern_of_other(variant));
        let slots = slot::slots(variant).map(slot::exchange);
        quote! {
            (Self::#ident #pattern, Self::#ident #other) => {
                #(#slots)*
            }
        }
    });
    method::exchange(quote! {
        match (self, __other) {
            #(#arms)*
            (__this, __other) => _state::swap(__this, __other),
        }
    })
}

/// Parts come first, as in `set`.
fn settle(container: &Container, variants: &[Variant]) -> TokenStream {
    let has_hooks = |variant: &&Variant| slot::slots(variant).any(|field| slot::settle(field).is_some());
    let arms: Vec<_> = variants
        .iter()
        .filter(has_hooks)
        .map(|variant| {
            let (ident, pattern) = (&variant.ident, pattern_of_hooks(variant));
            let slots = slot::slots(variant).filter_map(slot::settle);
            quote! {
                Self::#ident #pattern => {
                    #(#slots)*
                }
            }
        })
        .collect();
    let rest = (arms.len() < variants.len() + container.skipped.len()).then(|| quote!(_ => {}));
    let parts = (!arms.is_empty()).then(|| {
        quote! {
            match &mut *self {
                #(#arms)*
                #rest
            }
        }
    });
    let hook = after_set(container).map(|hook| quote!(#hook.settle(self, __reader)?;));
    method::settle(quote!(#parts #hook _state::Some(())))
}
