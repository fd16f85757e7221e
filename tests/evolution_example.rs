//! The tests at the end of `examples/evolution`, which `cargo test` builds without them.

#[allow(dead_code, reason = "`main` is for the example")]
#[path = "../examples/evolution/main.rs"]
mod evolution;
