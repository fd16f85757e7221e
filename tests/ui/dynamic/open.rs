// An open set is written with the word `open` alone; its types are registered by `register`, which takes members.
use state_core::{Dynamic, State, dynamic, member};

trait Plugin: Dynamic {}

#[derive(State)]
struct Echo;

impl Plugin for Echo {}

dynamic!(dyn Plugin = opened);
dynamic!(dyn Plugin = open [Echo]);
dynamic!(dyn Plugin as Plugin = open);

trait Part: Dynamic {}

dynamic!(dyn Part = open);

fn main() {
    let _ = <dyn Part>::register([Echo]);
    let _ = <dyn Part>::register(member!(Echo));
    let _ = <dyn Plugin>::register([member!(Echo)]);
}
