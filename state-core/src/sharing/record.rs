//! The records before the values of shared pointers, if references are numbered.

use super::held::Held;
use crate::places::Key;
use crate::protocol::layout::RECORD;
use crate::schema::form::Sharing;

/// The record of a weak reference to an object that a history holds; it is never read from untrusted bytes.
pub(crate) const HELD_WEAKLY: [u8; RECORD] = [3, 0, 0, 0, 0, 0, 0, 0];

/// The greatest number of pointer types with numbered objects in one image.
pub(crate) const CLASSES: usize = 64;

/// The record before the value of a pointer, or of a weak reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// Nothing else refers to the object; for a weak reference, it is gone.
    Own,
    /// An object that others refer to, the next one of its class.
    New(Number),
    /// An object that began before; for a weak reference, also one that follows.
    Back(Number),
}

/// The number of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Number {
    /// The pointer type.
    pub class: u8,
    /// The object.
    pub index: u32,
}

impl Number {
    pub(crate) fn key(self) -> Key {
        [usize::from(self.class), self.index as usize]
    }
}

impl Record {
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let &[how, class, 0, 0, a, b, c, d] = bytes else { return None };
        let number = Number { class, index: u32::from_le_bytes([a, b, c, d]) };
        match how {
            0 => (number == Number { class: 0, index: 0 }).then_some(Self::Own),
            1 => Some(Self::New(number)),
            2 => Some(Self::Back(number)),
            _ => None,
        }
    }

    pub fn write(self, place: &mut [u8]) {
        let (how, Number { class, index }) = match self {
            Self::Own => (0, Number { class: 0, index: 0 }),
            Self::New(number) => (1, number),
            Self::Back(number) => (2, number),
        };
        let [a, b, c, d] = index.to_le_bytes();
        place.copy_from_slice(&[how, class, 0, 0, a, b, c, d]);
    }
}

/// What is known about an image whose references are numbered, or held by a history.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Numbered<'a> {
    /// Whether references are numbered.
    pub numbers: bool,
    /// Whether some reference leads to an object that does not exist yet when the reference is read.
    pub holes: bool,
    /// Whether such a reference is outside of all numbered objects, so that the root is read again.
    pub root_again: bool,
    /// Whether objects own themselves, directly or through others.
    pub rings: bool,
    /// The classes with an object that is referred to weakly while it is built, a bit for each.
    pub early: u64,
    /// The objects that a history holds.
    pub held: Option<&'a Held<'a>>,
}

impl<'a> Numbered<'a> {
    /// What holds for any image.
    pub const ANY: Self =
        Self { numbers: true, holes: true, root_again: true, rings: true, early: u64::MAX, held: None };

    /// What holds for any image of a history.
    pub fn of_history(sharing: Sharing, held: Option<&'a Held<'a>>) -> Option<Self> {
        let numbered = if sharing.shared {
            Self::ANY
        } else {
            Self { numbers: false, holes: false, root_again: false, ..Self::ANY }
        };
        (sharing.shared || held.is_some()).then_some(Self { held, ..numbered })
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, RECORD, Record};

    #[test]
    fn records_read_as_they_are_written() {
        let number = Number { class: 63, index: 0x0102_0304 };
        for record in [Record::Own, Record::New(number), Record::Back(number)] {
            let mut bytes = [0xAA; RECORD];
            record.write(&mut bytes);
            assert_eq!(Record::read(&bytes), Some(record));
        }
    }

    #[test]
    fn other_bytes_are_no_record() {
        for bytes in
            [[3, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0, 0, 0]]
        {
            assert_eq!(Record::read(&bytes), None);
        }
        assert_eq!(Record::read(&[0; 7]), None);
    }
}
