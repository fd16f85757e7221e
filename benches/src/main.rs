//! The benchmark under the system's allocator, which is also the command that runs all of it.

use std::process::ExitCode;

fn main() -> ExitCode {
    state_benches::main("system")
}
