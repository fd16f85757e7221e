//! The guide, a chapter a page.
//!
//! 1. [First state](first_state)
//! 2. [Saving files](saving_files)
//! 3. [Rolling back](rolling_back)
//! 4. [When your types change](crate::evolve)
//! 5. [Objects behind a trait](behind_a_trait)
//! 6. [Objects that share](crate::sharing)
//! 7. [Types of other crates](types_of_other_crates)
//! 8. [Impls by hand](by_hand)
//! 9. [Limits and hostile input](hostile_input)
//!
//! Python has two chapters of its own: the modules `pickle`, for pickles that Rust reads and writes, and `python`, for
//! classes of PyO3. How it all works is in the repository's `docs/ARCHITECTURE.md`.

#[doc = include_str!("behind_a_trait.md")]
pub mod behind_a_trait {}

#[doc = include_str!("by_hand.md")]
pub mod by_hand {}

#[doc = include_str!("first_state.md")]
pub mod first_state {}

#[doc = include_str!("hostile_input.md")]
pub mod hostile_input {}

#[cfg(feature = "std")]
#[doc = include_str!("rolling_back.md")]
pub mod rolling_back {}

#[cfg(feature = "std")]
#[doc = include_str!("saving_files.md")]
pub mod saving_files {}

#[doc = include_str!("types_of_other_crates.md")]
pub mod types_of_other_crates {}
