//! The contract between types and runtime about the regions of an image: how they are laid out, counted, filled,
//! checked and read. It knows neither other formats nor the user's types.

pub(crate) mod builder;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod entry;
pub(crate) mod float;
pub(crate) mod gather;
pub(crate) mod hooks;
pub(crate) mod layout;
pub(crate) mod leb;
pub(crate) mod memory;
pub(crate) mod parts;
pub(crate) mod room;
pub(crate) mod root;
pub(crate) mod stack;
pub(crate) mod text;
pub(crate) mod variant;
