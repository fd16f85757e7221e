//! The data sets: the four shapes of the public benchmark of Rust serializers, and four of our own from real use.

pub mod log;
pub mod mesh;
pub mod minecraft;
pub mod mk48;

use std::fmt::Debug;

use crate::random::Random;

/// A value to be measured.
pub trait Set: Clone + PartialEq + Debug + 'static {
    const NAME: &'static str;

    /// What it is, in a line.
    const ABOUT: &'static str;

    fn generate(random: &mut Random) -> Self;
}

/// A set of which a borrowed form exists: one that points into the bytes instead of owning its text or arrays.
pub trait Lend: Set {
    type View<'a>: PartialEq + Debug;

    fn lend(&self) -> Self::View<'_>;
}

/// Items with the derives of all peers, as each peer's documentation writes them. `Clone` is for the item to say: derived
/// apart from `Copy`, it copies field by field.
macro_rules! data {
    ($($item:item)*) => {
        $(
            #[derive(
                Debug,
                PartialEq,
                state_core::State,
                bincode_next::Encode,
                bincode_next::Decode,
                bitcode::Encode,
                bitcode::Decode,
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
                wincode::SchemaRead,
                wincode::SchemaWrite,
            )]
            $item
        )*
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

pub(crate) use {data, views};
