//! The schema of the type: constants that name functions, so that none of a recursive type asks for itself.

use proc_macro2::TokenStream;
use quote::quote;

use super::{after_set, slot};
use crate::ast::{Container, Data, Form, Role, Variant};

pub fn function(container: &Container) -> TokenStream {
    let tag = &container.name;
    let refuses = match after_set(container) {
        Some(hook) => quote!(#hook.refuses),
        None => quote!(false),
    };
    let asks = container.before_get.is_some();
    let skips = !container.fields().all(slot::is_slot);
    let has_parent = container.fields().any(|field| matches!(field.role, Role::Parent(_)));
    let (constructor, parts) = match &container.data {
        Data::Struct(variant) => (quote!(object), slots(variant)),
        Data::Enum(variants) => (quote!(enumeration), self::variants(container, variants)),
    };
    let form = match container.form {
        Form::State => quote!(State),
        Form::Dict => quote!(Dict),
        Form::Cython => quote!(Cython),
        Form::Call => quote!(Call),
        Form::Enum => quote!(Enum),
    };
    // Never inlined, because each part of a program where it were would have the constant again.
    quote! {
        #[inline(never)]
        fn schema() -> &'static _state::Schema {
            const {
                &_state::Schema::#constructor(
                    _state::Names { tag: #tag, id: _state::id::<Self> },
                    <Self as _state::State>::HEAD,
                    _state::Shape {
                        has_parent: #has_parent,
                        refuses: #refuses,
                        skips: #skips,
                        asks: #asks,
                        form: _state::Form::#form,
                    },
                    #parts,
                )
            }
        }
    }
}

/// `const { &[Slot::new("a", A::schema), ..] }`
fn slots(variant: &Variant) -> TokenStream {
    let slots = slot::slots(variant).map(slot::schema);
    quote!(const { &[#(#slots),*] })
}

fn variants(container: &Container, variants: &[Variant]) -> TokenStream {
    // Numbers that are written out are those that Python's members have.
    let valued = container.form == Form::Enum
        && variants.iter().any(|variant| variant.discriminant)
        && variants.iter().chain(&container.skipped).all(|variant| variant.unit);
    let variants = variants.iter().map(|variant| {
        let (name, ident, slots) = (&variant.name, &variant.ident, slots(variant));
        let value = valued.then(|| quote!(.valued(Self::#ident as i128)));
        quote!(_state::Variant::new(#name, #slots) #value)
    });
    quote!(const { &[#(#variants),*] })
}
