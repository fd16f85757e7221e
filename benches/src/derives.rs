//! What is derived for the data sets: the traits of all peers.

/// Items with the derives of all peers that take types which hold themselves, as each peer's documentation writes them.
/// Two are for the item to say: `Clone`, which copies field by field if it is derived apart from `Copy`, and
/// bincode-next's `Encode`, whose code for enums does not find its own names where the derive comes out of a macro.
macro_rules! recursive {
    ($($item:item)*) => {
        $(
            #[derive(
                Debug,
                PartialEq,
                state_core::State,
                bincode_next::Decode,
                borsh::BorshSerialize,
                borsh::BorshDeserialize,
                rkyv::Archive,
                rkyv::Serialize,
                rkyv::Deserialize,
                savefile::prelude::Savefile,
                serde::Serialize,
                serde_derive::Deserialize,
                speedy::Readable,
                speedy::Writable,
            )]
            $item
        )*
    };
}

/// Items with the derives of all peers: those of [`recursive`], and of the two that do not take a type which holds itself
/// in a box. There bitcode's decoder would be an infinite type, and wincode's constants ask for themselves.
macro_rules! data {
    ($($item:item)*) => {
        $crate::derives::recursive! {
            $(
                #[derive(bitcode::Encode, bitcode::Decode, wincode::SchemaRead, wincode::SchemaWrite)]
                $item
            )*
        }
    };
}

/// Borrowed forms, with the derives of the peers that can borrow.
macro_rules! views {
    ($($item:item)*) => {
        $(
            #[derive(
                Debug,
                PartialEq,
                state_core::State,
                bincode_next::Encode,
                bincode_next::BorrowDecode,
                bitcode::Encode,
                bitcode::Decode,
                serde::Serialize,
                serde_derive::Deserialize,
                speedy::Readable,
                speedy::Writable,
                wincode::SchemaRead,
                wincode::SchemaWrite,
            )]
            $item
        )*
    };
}

pub(crate) use {data, recursive, views};
