//! The protocols of pickle.

/// A pickle protocol, numbered as in Python. Every Python 3 reads 0 to 3, 3.4 and later 4, 3.8 and later 5.
///
/// All of them are read; [`Protocol::DEFAULT`] is written, the default of Python 3.8 to 3.13.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// Lines of text, which Python 1 could read.
    V0,
    /// The first binary protocol.
    V1,
    /// Of Python 2.3: objects made without a constructor. The last one that Python 2 reads.
    V2,
    /// Of Python 3.0: bytes.
    V3,
    /// Of Python 3.4: frames, sets, text and bytes beyond 4 GiB.
    #[default]
    V4,
    /// Of Python 3.8: byte arrays and out-of-band buffers.
    V5,
}

impl Protocol {
    /// The protocol that is written by default.
    pub const DEFAULT: Self = Self::V4;
    /// The highest protocol.
    pub const HIGHEST: Self = Self::V5;
    /// All protocols, oldest first.
    pub const ALL: [Self; 6] = [Self::V0, Self::V1, Self::V2, Self::V3, Self::V4, Self::V5];

    /// The number, 0 to 5.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The protocol with this number, if there is one.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}
