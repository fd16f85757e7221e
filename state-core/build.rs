//! Hands on what `PyO3` found out of the Python that is built for; without the feature `pyo3` there is nothing to do.

fn main() {
    #[cfg(feature = "pyo3")]
    pyo3_build_config::use_pyo3_cfgs();
    println!("cargo::rerun-if-changed=build.rs");
}
