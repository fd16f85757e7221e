//! Measures restores where lists shift and variants change, under both allocators: `cargo run --release --bin
//! changing`.

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    state_benches::changing("system");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let arguments = ["run", "--quiet", "--release", "--bin", "changing_mimalloc", "--manifest-path", manifest, "--"];
    match Command::new(cargo).args(arguments).args(std::env::args_os().skip(1)).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
