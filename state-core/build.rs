//! Detects features of the compiler that the oldest supported version does not have, and passes on what `PyO3` knows
//! about the target's Python.

use std::process::Command;

fn main() {
    #[cfg(feature = "pyo3")]
    pyo3_build_config::use_pyo3_cfgs();
    println!("cargo::rustc-check-cfg=cfg(file_lock)");
    // `File::try_lock`.
    if minor_version().is_some_and(|minor| minor >= 89) {
        println!("cargo::rustc-cfg=file_lock");
    }
    println!("cargo::rerun-if-changed=build.rs");
}

/// Returns the `89` of `rustc 1.89.0 (..)`.
fn minor_version() -> Option<u32> {
    let output = Command::new(std::env::var_os("RUSTC")?).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}
