//! Decoding: [`Checker`] reads bytes that may be hostile, [`Reader`] reads what has been checked.
//!
//! Both cut their regions from the front, in the order in which [`Writer`](crate::state::Writer) filled them.

mod checker;
mod reader;
mod regions;
#[cfg(test)]
mod tests;

pub use checker::Checker;
pub(crate) use checker::{Left, Location, NumberText, Obstacle};
pub use reader::Reader;
pub(crate) use reader::{Mark, WRONG};
pub(crate) use regions::{Regions, read_length};
