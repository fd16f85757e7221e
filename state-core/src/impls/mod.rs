//! How the types of the standard library take part, one file a family.

mod agree;
mod array;
mod borrow;
mod cell;
mod list;
mod map;
mod number;
mod option;
mod pointer;
mod set;
mod text;
mod time;
mod transparent;
mod tuple;
