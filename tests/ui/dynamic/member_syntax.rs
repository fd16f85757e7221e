// A tag is text, and former tags follow it behind `|`.
use state_core::{Dynamic, State, dynamic, member};

trait Plugin: Dynamic {}

#[derive(State)]
struct Echo;

impl Plugin for Echo {}

dynamic!(dyn Plugin = open);

fn main() {
    let _ = <dyn Plugin>::register([member!(Echo as Echo)]);
    let _ = <dyn Plugin>::register([member!(Echo | "old")]);
    let _ = <dyn Plugin>::register([member!(Echo, Echo)]);
}
