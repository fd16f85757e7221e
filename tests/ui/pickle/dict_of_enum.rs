// An enum has variants, and no attributes that a dict could hold by name.
use state_core::State;

#[derive(State)]
#[state(pickle = "dict")]
enum Shape {
    Circle { radius: f64 },
}

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}
