//! The derives of the data sets: the traits of all peers.

/// Items with the derives of all peers that support recursive types, as each peer's documentation writes them. Two
/// derives are left to the item: `Clone`, which copies field by field if it is derived apart from `Copy`, and
/// bincode-next's `Encode`, whose code for enums does not resolve its own names if the derive comes from a macro.
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

/// Items with the derives of all peers: those of [`recursive`], and of the two that do not support a type that contains
/// itself in a box. For such a type bitcode's decoder would be an infinite type, and wincode's constants would depend
/// on themselves.
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
