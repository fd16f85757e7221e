//! The impl of `Record`: each field at its offset, and the proof by which runs of records are copied whole.

use proc_macro2::TokenStream;
use quote::quote;

use super::wrap;
use crate::ast::{Container, Field};

pub fn record(container: &Container) -> TokenStream {
    let ident = &container.ident;
    let tag = &container.name;
    let mut generics = container.generics.clone();
    let params: Vec<_> = generics.type_params().map(|param| param.ident.clone()).collect();
    let predicates = &mut generics.make_where_clause().predicates;
    predicates.extend::<Vec<syn::WherePredicate>>(
        params.iter().map(|param| syn::parse_quote!(#param: _state::Record)).collect(),
    );
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let proofs = container.fields().map(|Field { member, binding, ty, .. }| quote!(#member: #binding: #ty));
    let schema = container.fields().map(|Field { member, ty, name, .. }| {
        quote! {
            _state::__private::RecordField::new(
                #name,
                _state::__private::offset_of!(Self, #member),
                <#ty as _state::Record>::schema,
            )
        }
    });
    let writes = container.fields().map(|Field { member, ty, .. }| {
        quote! {
            // By value, because a field of a packed struct cannot be borrowed.
            let __field: #ty = self.#member;
            <#ty as _state::Record>::write(
                &__field,
                _state::__private::field_mut::<#ty>(_state::__private::offset_of!(Self, #member), __bytes),
            );
        }
    });
    let reads = container.fields().map(|Field { member, ty, .. }| {
        quote! {
            #member: <#ty as _state::Record>::read(
                _state::__private::field::<#ty>(_state::__private::offset_of!(Self, #member), __bytes)?
            )?
        }
    });
    wrap(
        container,
        &quote! {
            #[automatically_derived]
            impl #impl_generics _state::Record for #ident #ty_generics #where_clause {
                const IMAGE: _state::__private::Image<Self> = _state::__private::record! { #(#proofs),* };

                fn schema() -> &'static _state::__private::Schema {
                    const {
                        &_state::__private::Schema::record(
                            _state::__private::Names { tag: #tag, id: _state::__private::id::<Self> },
                            _state::__private::size_of::<Self>(),
                            const { &[#(#schema),*] },
                        )
                    }
                }

                #[inline]
                fn write(&self, __bytes: &mut [_state::__private::u8]) {
                    __bytes.fill(0);
                    #(#writes)*
                }

                #[inline]
                fn read(__bytes: &[_state::__private::u8]) -> _state::__private::Option<Self> {
                    _state::__private::Some(Self { #(#reads),* })
                }
            }
        },
    )
}
