// `transparent` and `C` cannot both be written, so the remedy is another one.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[repr(transparent)]
struct Metres(f64);

fn take<T: Record>() {}

fn main() {
    take::<Metres>();
}
