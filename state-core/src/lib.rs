//! Saves the state of live objects and restores it: as a snapshot to roll back to, in place and all or nothing; as a
//! file that still loads after its types have changed; as values to inspect; as real pickles that Python reads and
//! writes.
//!
//! ```
//! use state_core::{Error, State, StateExt, dumps, load_into, loads};
//!
//! #[derive(State, Debug, PartialEq)]
//! struct Person { name: String, age: i32 }
//!
//! # fn main() -> Result<(), Error> {
//! let mut dave = Person { name: "Dave".into(), age: 30 };
//! let bytes = dumps(&dave)?;
//! assert_eq!(loads::<Person>(&bytes)?, dave);           // a new value
//! dave.age += 1;
//! load_into(&bytes, &mut dave)?;                        // restored in place: allocations are kept
//! assert_eq!(dave.get_state()?, ("Dave", 30));          // the state as a tuple
//!
//! let error = dave.set_state(("Eve", "thirty")).unwrap_err();
//! assert_eq!(error.to_string(), "Person.age: expected i32, found str 'thirty'");
//! assert_eq!(dave.name, "Dave");                        // a state that does not fit changes nothing
//! # Ok(())
//! # }
//! ```
//!
//! # What do you want to do?
//!
//! | you want to | use | more |
//! |---|---|---|
//! | give a type a state | [`#[derive(State)]`](derive@State), [`#[derive(Record)]`](derive@Record) for structs in raw arrays | [First state](guide::first_state), [supported types](guide::supported_types) |
//! | turn a value into bytes, and bytes into a value | [`dumps`], [`loads`], [`check`] | [`image`] |
//! | save a file and load it | [`image::save`], [`image::load_file`], [`image::load_file_into`], [`image::Mapped`] | [Saving files](guide::saving_files) |
//! | keep many states in one file | [`image::stream`] | |
//! | go back to an earlier state, again and again | [`dump_into`], [`load_into`], [`History`] | [Rolling back](guide::rolling_back) |
//! | load what an older version of a type wrote | [`loads_upgraded`], [`upgrade`]; files and streams do it automatically | [When your types change](evolve) |
//! | find what differs between two states | [`image::compare`], [`History::compare`] | |
//! | send or store only what changed | [`image::delta`](image::delta()), [`image::patch`] | |
//! | save small values without a header | [`image::bare`] | |
//! | save trait objects | [`dynamic!`], [`Dynamic`] | [Objects behind a trait](guide::behind_a_trait) |
//! | keep objects shared that several `Rc`s or `Arc`s point to | `#[state(shared)]` | [Objects that share](sharing) |
//! | inspect a state, or change it, without its type | [`to_value`], [`from_value`], [`StateExt`], [`Inspection`] | [`value`] |
//! | exchange objects with Python | `pickle::dumps`, `pickle::loads` | the module `pickle` (feature `pickle`) |
//! | make PyO3 classes picklable | `python::picklable` (feature `pyo3`) | [PyO3 classes](guide::python_classes) |
//! | use a type of another crate | features, `#[state(serde)]`, `#[state(with = ..)]` | [Types of other crates](guide::types_of_other_crates) |
//! | write the traits by hand | [`State`], [`Restore`] | [Impls by hand](guide::by_hand) |
//! | load bytes that you do not trust | [`Options`] | [Limits and hostile input](guide::hostile_input) |
//!
//! # Features
//!
//! Enabled by default: `derive`, `std`, `pickle`. Without `std` the crate needs only `alloc`.
//!
//! | feature | adds |
//! |---|---|
//! | `mmap` | memory-mapped files |
//! | `pyo3` | picklable and copyable PyO3 classes; needs exactly `pyo3` 0.30.1 |
//! | `serde` | fields whose types implement only serde's traits |
//! | `simdutf8` | faster UTF-8 validation of text beyond ASCII |
//! | `arrayvec` 0.7, `bytes` 1, `chrono` 0.4.45, `glam` 0.34, `indexmap` 2, `ndarray` 0.17.2, `num-bigint` 0.5, `rust_decimal` 1.30, `smallvec` 1.13, `time` 0.3.38, `uuid` 1.26 | support for the types of these crates, in these versions or later compatible ones |
//! | `cli` | the command `state`, which shows, compares and upgrades files (`cargo install --path state-core --features cli`) |

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Cursors and parts of heads are cut by constants that the optimiser can use only after inlining. Without optimisation,
// inlining would only enlarge the frames of recursive types: hence the condition at each attribute.
#![allow(clippy::inline_always)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

// So that `state_core` in doc examples and in the derive's paths means this crate here too.
extern crate self as state_core;

#[doc(hidden)]
pub mod __private;
mod array;
mod compare;
mod dynamic;
pub mod error;
pub mod evolve;
pub mod guide;
pub mod history;
pub mod image;
mod impls;
mod inspect;
mod literal;
mod order;
#[cfg(feature = "pickle")]
pub mod pickle;
mod places;
mod pointee;
mod protocol;
#[cfg(feature = "pyo3")]
pub mod python;
pub mod raw;
pub mod schema;
pub mod sharing;
mod standard;
pub mod state;
pub mod value;
mod walk;

pub use dynamic::Dynamic;
#[cfg(feature = "std")]
pub use dynamic::OpenMember;
pub use error::{Error, ErrorKind, Result};
pub use evolve::{Older, SchemaHistory, loads_upgraded, upgrade};
pub use history::History;
pub use image::{Options, check, dump_into, dumps, load_into, loads};
pub use inspect::Inspection;
pub use raw::Record;
pub use state::{Outcome, Remote, Restore, RestoreOwned, State, StateObject};
pub use value::{StateExt, Value, from_value, to_value};

#[cfg(feature = "derive")]
pub use state_derive::{Record, State};
