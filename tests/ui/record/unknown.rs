// A word that neither derive knows is an error here too.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[state(nam = "example.Bicycle")]
#[repr(C)]
struct Bicycle {
    #[state(renam = "cogs")]
    gears: i32,
}

fn take<T: Record>() {}

fn main() {
    take::<Bicycle>();
}
