// `remote` takes a type, in quotes or without.
use state_core::State;

#[derive(State)]
#[state(remote = "other:Point")]
struct Quoted(f32);

#[derive(State)]
#[state(remote = 3)]
struct Number(f32);

#[derive(State)]
#[state(remote)]
struct Nothing(f32);

fn main() {}
