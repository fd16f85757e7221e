//! The outline of a CBOR item (RFC 8949): where it ends and how deep it is nested, found in one pass that neither
//! recurses nor allocates. What the item means is left to serde.

/// How many arrays, maps and tags may stand inside one another: as many as levels of an image by default.
pub const LEVELS: usize = 128;

/// The items that an indefinite array or map still wants.
const UNTIL_BREAK: u64 = u64::MAX;

const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// An item of which a part has been seen.
pub struct Scan {
    /// For each array, map and tag that is open: how many items it still wants.
    open: [u64; LEVELS],
    depth: usize,
    /// The major type of the item whose argument is being read, its argument so far, and the bytes that are to come.
    major: u8,
    argument: u64,
    argument_left: u8,
    /// Bytes of text that are to come.
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

    /// Whether what was seen is exactly one item.
    pub fn is_whole(&self) -> bool {
        self.place == Place::End
    }

    /// Looks at more of the item.
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

    /// The first byte of an item: its major type, and its argument or the length of that.
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

    /// An item whose argument is known.
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

    /// The end of an item, and of all that it was the last of.
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
