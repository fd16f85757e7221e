//! The impl of `Record`: each field at its offset in an image, and the proof that allows runs of records to be copied
//! whole.

use proc_macro2::TokenStream;
use quote::quote;

use super::{schema, slot, wrap};
use crate::ast::{Container, Field};
use crate::attr::Repr;
use crate::bound;
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
    predicates.extend(container.fields().filter_map(|field| bound::record_default(container, field)));
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let proofs = container.fields().map(|Field { member, binding, ty, .. }| quote!(#member: #binding: #ty));
    let layouts = container.fields().map(|Field { ty, .. }| quote!(<#ty as _state::Record>::LAYOUT));
    let Repr { pack, align, .. } = &container.repr;
    let pack = pack.map_or_else(|| quote!(_state::usize::MAX), |pack| quote!(#pack));
    // Not through `LAYOUT`, because that would require again that this is a record.
    let layout = quote!(const { _state::Layout::of_fields(const { &[#(#layouts),*] }, #pack, #align) });
    let count = container.fields().count();
    let offsets = quote!(let __offsets: [_state::usize; #count] = const { #layout.offsets() };);
    let fields = container.fields().enumerate().map(|(at, field)| {
        let Field { ty, name, .. } = field;
        let or = field.default.as_ref().map(|_| {
            let value = slot::default(field);
            quote!(.or(|__bytes| <#ty as _state::Record>::write(&#value, __bytes)))
        });
        quote! {
            _state::RecordField::new(
                #name,
                __offsets[#at],
                <#ty as _state::Record>::schema,
            )#or
        }
    });
    let evolving = schema::evolving(container, &[symbol::ALIAS, symbol::REMOVED]);
    let writes = container.fields().enumerate().map(|(at, Field { member, ty, .. })| {
        quote! {
            // By value, because a field of a packed struct cannot be borrowed.
            let __field: #ty = self.#member;
            <#ty as _state::Record>::write(
                &__field,
                _state::field_mut::<#ty>(__offsets[#at], __bytes),
            );
        }
    });
    let reads = container.fields().enumerate().map(|(at, Field { member, ty, .. })| {
        quote! {
            #member: <#ty as _state::Record>::read(
                _state::field::<#ty>(__offsets[#at], __bytes)?
            )?
        }
    });
    wrap(
        container,
        &quote! {
            #[automatically_derived]
            impl #impl_generics _state::Record for #ident #ty_generics #where_clause {
                const IMAGE: _state::Image<Self> = _state::record! { #layout; #(#proofs),* };
                const LAYOUT: _state::Layout = #layout;

                fn schema() -> &'static _state::Schema {
                    const {
                        &_state::Schema::record(
                            _state::Names { tag: #tag, id: _state::id::<Self> },
                            #layout,
                            const {
                                #offsets
                                &[#(#fields),*]
                            },
                        )#evolving
                    }
                }

                #[inline]
                fn write(&self, __bytes: &mut [_state::u8]) {
                    #offsets
                    __bytes.fill(0);
                    #(#writes)*
                }

                #[inline]
                fn read(__bytes: &[_state::u8]) -> _state::Option<Self> {
                    #offsets
                    _state::Some(Self { #(#reads),* })
                }
            }
        },
    )
}
