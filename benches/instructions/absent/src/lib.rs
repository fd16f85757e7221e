//! Derives with the names of the peers' derives that generate nothing, so that the data sets, which use those names,
//! compile without the peers.

use proc_macro::TokenStream;

#[proc_macro_derive(Encode, attributes(rkyv, savefile_unsafe_and_fast, serde))]
pub fn encode(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

#[proc_macro_derive(SchemaRead)]
pub fn schema_read(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

#[proc_macro_derive(SchemaWrite)]
pub fn schema_write(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
