//! Asks the compiler for what came after the oldest that is supported, and hands on what `PyO3` found out of the Python
//! that is built for.

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

/// The `89` of `rustc 1.89.0 (..)`.
fn minor_version() -> Option<u32> {
    let output = Command::new(std::env::var_os("RUSTC")?).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}
