//! The runtime of `state`.
#![no_std]

extern crate alloc;

pub mod value;
