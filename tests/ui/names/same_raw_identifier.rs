// A raw identifier is named without its `r#`.
use state_core::State;

#[derive(State)]
struct Person {
    r#type: u8,
    #[state(rename = "type")]
    kind: u8,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}
