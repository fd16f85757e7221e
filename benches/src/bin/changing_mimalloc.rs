//! The program `changing` under mimalloc; `changing` starts it.

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    state_benches::changing("mimalloc");
}
