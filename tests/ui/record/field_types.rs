// A record is plain bytes: no addresses, nothing whose order is open.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle<'a> {
    name: &'a str,
    frame: *const u8,
    bell: [fn(); 2],
    size: (u8, u16),
    parts: [u8],
}

fn main() {}
