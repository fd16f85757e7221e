//! The data sets: the four shapes of the public benchmark of Rust serializers, and four more from real use.

pub mod document;
pub mod log;
pub mod mesh;
pub mod minecraft;
pub mod mk48;
pub mod orders;
pub mod tree;
pub mod world;

use std::fmt::Debug;
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::derives::{data, recursive, views};
use crate::random::Random;

/// A hash map with a fixed seed, so that its entries have the same order in every run.
pub type HashMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// A value to be measured.
pub trait Set: Clone + PartialEq + Debug + 'static {
    const NAME: &'static str;

    /// A description, in a line.
    const ABOUT: &'static str;

    fn generate(random: &mut Random) -> Self;
}

/// A set with a borrowed form, which points into the bytes instead of owning its text or arrays.
pub trait Lend: Set {
    type View<'a>: PartialEq + Debug;

    fn lend(&self) -> Self::View<'_>;
}
