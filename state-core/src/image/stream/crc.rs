//! CRC-32C (Castagnoli), eight bytes at a time: the checksum of iSCSI, ext4 and most journals.
//!
//! It was chosen over FNV because it is certain to detect every burst of up to 32 bits and any two flipped bits, other
//! tools compute it, and processors have instructions for it, should this safe code become too slow.

/// The polynomial, with its lowest power in the highest bit.
const POLYNOMIAL: u32 = 0x82F6_3B78;

/// The contribution of a byte at each of eight places.
static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { POLYNOMIAL } else { 0 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut place = 1;
    while place < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[place - 1][byte];
            tables[place][byte] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        place += 1;
    }
    tables
}

/// A checksum that is computed in pieces.
#[derive(Clone, Copy)]
pub(super) struct Crc(u32);

impl Crc {
    pub fn new() -> Self {
        Self(!0)
    }

    #[must_use]
    pub fn with(self, bytes: &[u8]) -> Self {
        let (mut crc, mut rest) = (self.0, bytes);
        while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
            let word = u64::from_le_bytes(*eight) ^ u64::from(crc);
            let bytes = word.to_le_bytes();
            crc = (0..8).fold(0, |crc, at| crc ^ TABLES[7 - at][usize::from(bytes[at])]);
            rest = behind;
        }
        Self(rest.iter().fold(crc, |crc, &byte| (crc >> 8) ^ TABLES[0][usize::from(crc as u8 ^ byte)]))
    }

    pub fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Crc;

    /// The check value from the catalogue of CRCs, and two vectors of RFC 3720.
    #[test]
    fn known_values() {
        for (bytes, crc) in
            [(&b"123456789"[..], 0xE306_9283), (&[0; 32], 0x8A91_36AA), (&[0xFF; 32], 0x62A8_AB43), (&[], 0)]
        {
            assert_eq!(Crc::new().with(bytes).finish(), crc);
            for at in 0..bytes.len() {
                assert_eq!(Crc::new().with(&bytes[..at]).with(&bytes[at..]).finish(), crc);
            }
        }
    }
}
