// A number has no tag of its own, and a tag is a name.
use state_core::{Dynamic, dynamic, member};

trait Plugin: Dynamic {}

impl Plugin for u32 {}
impl Plugin for u16 {}

dynamic!(dyn Plugin = open);

fn main() {
    let _ = <dyn Plugin>::register([member!(u32)]);
    let _ = <dyn Plugin>::register([member!(u16 as "")]);
}
