//! The tests at the end of the example, which are not run where it is built as one.

#[allow(dead_code, reason = "`main` is for the example")]
#[path = "main.rs"]
mod evolution;
