// What is registered has a state that can be restored, and borrows nothing.
use state_core::{Dynamic, State, dynamic, member};

trait Plugin: Dynamic {}

struct Ghost;

#[derive(State)]
struct Named<'a> {
    name: &'a str,
}

impl Plugin for Named<'static> {}

dynamic!(dyn Plugin = open);

fn main() {
    let _ = <dyn Plugin>::register([member!(Ghost as "ghost")]);
    let _ = <dyn Plugin>::register([member!(Named<'static>)]);
}
