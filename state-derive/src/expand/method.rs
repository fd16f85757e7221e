//! The methods of `State` and `Restore`, around the bodies that structs and enums provide.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

macro_rules! methods {
    ($($name:ident [$($signature:tt)*])*) => {$(
        pub fn $name(body: impl ToTokens) -> TokenStream {
            quote! {
                #[inline]
                $($signature)* {
                    #body
                }
            }
        }
    )*};
}

methods! {
    size [fn size(&self, __size: &mut _state::Size)]
    put [fn put<'__v>(
        &'__v self,
        __head: &mut [_state::u8],
        __writer: &mut _state::Writer<'_, '__v>,
    )]
    check [fn check(__head: &[_state::u8], __checker: &mut _state::Checker<'_>) -> _state::bool]
    get [fn get(__head: &'__de [_state::u8], __reader: &mut _state::Reader<'__de>,) -> _state::Option<Self>]
    set [fn set(&mut self, __head: &'__de [_state::u8], __reader: &mut _state::Reader<'__de>)]
    exchange [fn exchange_with(&mut self, __other: &mut Self, __reader: &mut _state::Reader<'__de>)]
    settle [fn settle(&mut self, __reader: &mut _state::Reader<'__de>) -> _state::Option<()>]
}
