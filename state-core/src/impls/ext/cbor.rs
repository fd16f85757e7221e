//! The outline of a CBOR item (RFC 8949): its end and its depth of nesting, found in one pass that neither recurses nor
//! allocates. Its meaning is left to serde.

/// The deepest nesting of arrays, maps and tags: as many levels as an image has by default.
pub const LEVELS: usize = 128;

/// The count of an indefinite array or map.
const UNTIL_BREAK: u64 = u64::MAX;

const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// An item of which a part has been scanned.
pub struct Scan {
    /// For each array, map and tag that is open, how many items are still to come.
    open: [u64; LEVELS],
    depth: usize,
    /// The major type of the item whose argument is being read, its argument so far, and how many of its bytes are to
    /// come.
    major: u8,
    argument: u64,
    argument_left: u8,
    /// The bytes of a string that are still to come.
    skip: u64,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Inside,
    End,
    Wrong,
}

impl Scan {
    pub fn new() -> Self {
        Self { open: [0; LEVELS], depth: 0, major: 0, argument: 0, argument_left: 0, skip: 0, place: Place::Inside }
    }

    /// Whether exactly one item was scanned.
    pub fn is_whole(&self) -> bool {
        self.place == Place::End
    }

    /// Scans more of the item.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while self.place != Place::Wrong {
            if self.skip > 0 {
                let len = usize::try_from(self.skip).map_or(bytes.len(), |skip| skip.min(bytes.len()));
                bytes = &bytes[len..];
                self.skip -= len as u64;
                if self.skip > 0 {
                    return;
                }
                self.finish();
            }
            let Some((&byte, rest)) = bytes.split_first() else { return };
            bytes = rest;
            if self.place == Place::End {
                self.place = Place::Wrong;
            } else if self.argument_left == 0 {
                self.start(byte);
            } else {
                self.argument = self.argument << 8 | u64::from(byte);
                self.argument_left -= 1;
                if self.argument_left == 0 {
                    self.item();
                }
            }
        }
    }

    /// Reads the first byte of an item: its major type, and its argument or the length of that.
    fn start(&mut self, byte: u8) {
        self.major = byte >> 5;
        self.argument = 0;
        match byte & 31 {
            small @ 0..=23 => {
                self.argument = small.into();
                self.item();
            }
            length @ 24..=27 => self.argument_left = 1 << (length - 24),
            31 => match self.major {
                BYTES | TEXT | ARRAY | MAP => self.enter(UNTIL_BREAK),
                SIMPLE if self.depth > 0 && self.open[self.depth - 1] == UNTIL_BREAK => {
                    self.depth -= 1;
                    self.finish();
                }
                _ => self.place = Place::Wrong,
            },
            _ => self.place = Place::Wrong,
        }
    }

    /// Handles an item whose argument is known.
    fn item(&mut self) {
        match self.major {
            BYTES | TEXT if self.argument > 0 => self.skip = self.argument,
            ARRAY if self.argument > 0 => self.enter(self.argument),
            MAP if self.argument > 0 => self.enter(self.argument.saturating_mul(2)),
            TAG => self.enter(1),
            _ => self.finish(),
        }
    }

    fn enter(&mut self, items: u64) {
        match self.open.get_mut(self.depth) {
            Some(place) => {
                *place = items;
                self.depth += 1;
            }
            None => self.place = Place::Wrong,
        }
    }

    /// Ends an item, and all items that it was the last of.
    fn finish(&mut self) {
        while let Some(outer) = self.depth.checked_sub(1) {
            if self.open[outer] == UNTIL_BREAK {
                return;
            }
            self.open[outer] -= 1;
            if self.open[outer] > 0 {
                return;
            }
            self.depth = outer;
        }
        self.place = Place::End;
    }
}
