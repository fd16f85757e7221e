//! The runtime of `state`.
