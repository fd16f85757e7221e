//! Durations, and points in time as seconds before or after 1970 (UTC) and nanoseconds.

use core::time::Duration;

use super::number::leaf;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::Image;
use crate::schema::{Kind, Schema};
use crate::state::{Restore, State};

/// The size of the seconds, and of the nanoseconds, which are less than a second.
const HEAD: usize = 12;

fn join(seconds: [u8; 8], nanos: u32) -> [u8; HEAD] {
    let mut bytes = [0; HEAD];
    bytes[..8].copy_from_slice(&seconds);
    bytes[8..].copy_from_slice(&nanos.to_le_bytes());
    bytes
}

fn part(bytes: [u8; HEAD]) -> ([u8; 8], u32) {
    let (mut seconds, mut nanos) = ([0; 8], [0; 4]);
    seconds.copy_from_slice(&bytes[..8]);
    nanos.copy_from_slice(&bytes[8..]);
    (seconds, u32::from_le_bytes(nanos))
}

fn is_below_second(bytes: [u8; HEAD]) -> bool {
    part(bytes).1 < 1_000_000_000
}

leaf!(Duration, HEAD, Kind::Seconds { signed: false }, image: Image::NO, checked: true,
put: |value: Duration| join(value.as_secs().to_le_bytes(), value.subsec_nanos()),
valid: is_below_second,
get: |bytes| {
    let (seconds, nanos) = part(bytes);
    (nanos < 1_000_000_000).then(|| Duration::new(u64::from_le_bytes(seconds), nanos))
});

#[cfg(feature = "std")]
mod system {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::{
        Checker, Duration, HEAD, Image, Kind, Reader, Restore, Schema, Size, State, Writer, is_below_second, join,
        leaf, part,
    };

    /// Whole seconds, rounded down, and the nanoseconds above them. Every `SystemTime` has fewer than 2⁶³ seconds.
    fn split(time: SystemTime) -> [u8; HEAD] {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => join((after.as_secs() as i64).to_le_bytes(), after.subsec_nanos()),
            Err(error) => {
                let before = error.duration();
                let (seconds, nanos) = (-(before.as_secs() as i64), before.subsec_nanos());
                match nanos {
                    0 => join(seconds.to_le_bytes(), 0),
                    nanos => join((seconds - 1).to_le_bytes(), 1_000_000_000 - nanos),
                }
            }
        }
    }

    fn time(bytes: [u8; HEAD]) -> Option<SystemTime> {
        let (seconds, nanos) = part(bytes);
        let seconds = i64::from_le_bytes(seconds);
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let start = if seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        start?.checked_add(Duration::from_nanos(u64::from(nanos)))
    }

    leaf!(SystemTime, HEAD, Kind::Seconds { signed: true }, image: Image::NO, checked: true,
        put: split, valid: |bytes| is_below_second(bytes) && time(bytes).is_some(), get: time);
}
