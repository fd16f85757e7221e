//! The errors of the derives: each case under `ui/` with the complete output of the compiler. The first comment of a
//! case says what it shows and why. `TRYBUILD=overwrite` writes the outputs again; review each.

#![cfg(target_endian = "little")]

#[test]
fn misuse_is_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
