//! What the derives refuse, and in which words: each case under `ui/` with the compiler's whole answer beside it.
//! The first comment of a case says what it shows and why. `TRYBUILD=overwrite` writes the answers anew; read each.

#![cfg(target_endian = "little")]

#[test]
fn misuse_is_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
