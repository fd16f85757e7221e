//! Measures a frame's work in a rollback game: `cargo run --release --bin history [ENTITIES [FRAMES]]`.

fn main() {
    state_benches::history();
}
