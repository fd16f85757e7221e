//! Types for which Python has its own objects: arrays and buffers, dates and integers, and any object in a field.

pub(super) mod buffer;
pub(super) mod handle;
pub(super) mod numpy;
pub(super) mod standard;
