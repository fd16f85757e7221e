//! The benchmark under mimalloc. The main program starts it.

use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    state_benches::main("mimalloc")
}
