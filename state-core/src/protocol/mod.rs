//! What types and runtime promise each other about the regions of an image: how they are laid out, counted, filled,
//! tested and read. It knows no form in which a state is shown, and no type of the user's.

pub(crate) mod builder;
pub(crate) mod decode;
pub(crate) mod encode;
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
