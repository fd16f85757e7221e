//! The impl of `Record`: each field at its offset, and the proof by which runs of records are copied whole.

use proc_macro2::TokenStream;
use quote::quote;

use super::{schema, wrap};
use crate::ast::{Container, Field};
use crate::symbol;

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
    let fields = container.fields().map(|Field { member, ty, name, .. }| {
        quote! {
            _state::RecordField::new(
                #name,
                _state::offset_of!(Self, #member),
                <#ty as _state::Record>::schema,
            )
        }
    });
    let evolving = schema::evolving(container, &[symbol::ALIAS, symbol::REMOVED]);
    let writes = container.fields().map(|Field { member, ty, .. }| {
        quote! {
            // By value, because a field of a packed struct cannot be borrowed.
            let __field: #ty = self.#member;
            <#ty as _state::Record>::write(
                &__field,
                _state::field_mut::<#ty>(_state::offset_of!(Self, #member), __bytes),
            );
        }
    });
    let reads = container.fields().map(|Field { member, ty, .. }| {
        quote! {
            #member: <#ty as _state::Record>::read(
                _state::field::<#ty>(_state::offset_of!(Self, #member), __bytes)?
            )?
        }
    });
    wrap(
        container,
        &quote! {
            #[automatically_derived]
            impl #impl_generics _state::Record for #ident #ty_generics #where_clause {
                const IMAGE: _state::Image<Self> = _state::record! { #(#proofs),* };

                fn schema() -> &'static _state::Schema {
                    const {
                        &_state::Schema::record(
                            _state::Names { tag: #tag, id: _state::id::<Self> },
                            _state::size_of::<Self>(),
                            const { &[#(#fields),*] },
                        )#evolving
                    }
                }

                #[inline]
                fn write(&self, __bytes: &mut [_state::u8]) {
                    __bytes.fill(0);
                    #(#writes)*
                }

                #[inline]
                fn read(__bytes: &[_state::u8]) -> _state::Option<Self> {
                    _state::Some(Self { #(#reads),* })
                }
            }
        },
    )
}
