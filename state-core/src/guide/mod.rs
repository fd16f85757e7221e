// Each chapter has its links by name, such as `[crate::dumps]`. What a name means is said twice: for these pages in
// `links.md`, which comes first and so decides, and for readers of the files themselves at the end of each of them.
#![doc = include_str!("links.md")]
#![doc = include_str!("README.md")]

#[doc = include_str!("links.md")]
#[doc = include_str!("behind_a_trait.md")]
pub mod behind_a_trait {}

#[doc = include_str!("links.md")]
#[doc = include_str!("by_hand.md")]
pub mod by_hand {}

#[doc = include_str!("links.md")]
#[doc = include_str!("first_state.md")]
pub mod first_state {}

#[doc = include_str!("links.md")]
#[doc = include_str!("hostile_input.md")]
pub mod hostile_input {}

#[doc = include_str!("links.md")]
#[doc = include_str!("python_classes.md")]
pub mod python_classes {}

#[cfg(feature = "std")]
#[doc = include_str!("links.md")]
#[doc = include_str!("rolling_back.md")]
pub mod rolling_back {}

#[cfg(feature = "std")]
#[doc = include_str!("links.md")]
#[doc = include_str!("saving_files.md")]
pub mod saving_files {}

#[doc = include_str!("links.md")]
#[doc = include_str!("supported_types.md")]
pub mod supported_types {}

#[doc = include_str!("links.md")]
#[doc = include_str!("types_of_other_crates.md")]
pub mod types_of_other_crates {}
