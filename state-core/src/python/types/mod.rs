//! Types of which Python has objects of its own: arrays and buffers, dates and integers, and any object in a field.

pub(super) mod buffer;
pub(super) mod handle;
pub(super) mod numpy;
pub(super) mod standard;
