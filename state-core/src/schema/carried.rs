//! A schema as bytes carry it: the canonical bytes, and rows of bits in front of them for what is no part of these.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::canon::write_listed;
use super::{Kind, Nodes, Schema};
use crate::error::{Error, ErrorKind};

/// A schema as bytes carry it: the canonical bytes, and which of its raw arrays show as arrays.
///
/// That is no part of the canonical bytes, as a type is the same however its arrays show. Where any does, there stands in
/// front of them the number of bytes of a row of bits, and the bits: one for each raw array, in the order of the schema,
/// lowest first.
pub(crate) struct Carried {
    pub bytes: Vec<u8>,
    /// Whether a row of bits says which raw arrays show as arrays.
    pub arrays: bool,
    /// Whether one says which types are shared pointers, which the header of a stream repeats.
    #[cfg_attr(not(feature = "std"), allow(dead_code))]
    pub numbered: bool,
}

impl Carried {
    /// In front of the canonical bytes stands, if references are `numbered`, which types are shared pointers.
    pub fn of(root: &'static Schema, numbered: bool) -> Self {
        let out = write_listed(root);
        let arrays = out.arrays.contains(&true);
        let mut bytes = Vec::new();
        if arrays {
            write_row(&out.arrays, &mut bytes);
        }
        if numbered {
            write_row(&out.shared, &mut bytes);
        }
        bytes.extend_from_slice(&out.bytes);
        Self { bytes, arrays, numbered }
    }

    /// A schema behind what stands in front of it, of which the pointers are left out unless references are `numbered`.
    pub fn joined(rows: &Rows<'_>, canonical: &[u8], numbered: bool) -> Self {
        let arrays = (!rows.arrays.is_empty()).then_some(&rows.arrays);
        let pointers = rows.pointers.as_ref().filter(|_| numbered);
        let mut bytes = Vec::new();
        for row in arrays.into_iter().chain(pointers) {
            bytes.extend_from_slice(&(row.len() as u32).to_le_bytes());
            bytes.extend_from_slice(row);
        }
        bytes.extend_from_slice(canonical);
        Self { bytes, arrays: arrays.is_some(), numbered: pointers.is_some() }
    }

    /// What a record of the form keeps beside the canonical bytes: whether rows say which raw arrays show as arrays and,
    /// if references are `numbered`, which types are shared pointers; and the rows. Nothing where there are none.
    #[cfg(feature = "std")]
    pub fn recorded(root: &'static Schema, numbered: bool) -> Vec<u8> {
        let Self { bytes, arrays, .. } = Self::of(root, numbered);
        let rows = bytes.len() - super::canon::write_canonical(root).len();
        let mut recorded = alloc::vec![u8::from(arrays) | u8::from(numbered) << 1];
        recorded.extend_from_slice(&bytes[..rows]);
        if rows == 0 { Vec::new() } else { recorded }
    }

    /// The rows of a record.
    pub fn rows_of_record(recorded: &[u8]) -> Option<Rows<'_>> {
        let Some((flags, rows)) = recorded.split_first() else { return Some(Rows::default()) };
        let (rows, rest) = Self::divide(rows, flags & 1 == 1, flags & 2 == 2)?;
        (*flags < 4 && rest.is_empty()).then_some(rows)
    }

    /// What stands in front, and the canonical bytes.
    pub fn divide(bytes: &[u8], arrays: bool, numbered: bool) -> Option<(Rows<'_>, &[u8])> {
        let (arrays, bytes) = if arrays { read_row(bytes)? } else { (&[][..], bytes) };
        let (pointers, bytes) = match numbered {
            true => read_row(bytes).map(|(row, bytes)| (Some(Cow::Borrowed(row)), bytes))?,
            false => (None, bytes),
        };
        Some((Rows { arrays: Cow::Borrowed(arrays), pointers }, bytes))
    }
}

/// What stands in front of the canonical bytes of a schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows<'a> {
    /// A bit for each raw array: whether it shows as one. Empty where none does.
    pub arrays: Cow<'a, [u8]>,
    /// A bit for each node: whether it is a shared pointer. Nothing where that is not said.
    pub pointers: Option<Cow<'a, [u8]>>,
}

impl Rows<'_> {
    pub fn into_owned(self) -> Rows<'static> {
        let owned = |row: Cow<'_, [u8]>| Cow::Owned(row.into_owned());
        Rows { arrays: owned(self.arrays), pointers: self.pointers.map(owned) }
    }
}

/// The number of bytes, and a bit for each, the lowest of a byte first.
fn write_row(bits: &[bool], bytes: &mut Vec<u8>) {
    let row = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit)));
    bytes.extend_from_slice(&(bits.len().div_ceil(8) as u32).to_le_bytes());
    bytes.extend(row);
}

fn read_row(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

/// A bit of a row.
pub(super) fn bit(row: &[u8], at: usize) -> bool {
    row.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
}

/// Whether a row has this many bits.
pub(super) fn is_row_of(row: &[u8], count: usize) -> bool {
    let beyond = row.last().is_some_and(|byte| count % 8 != 0 && byte >> (count % 8) != 0);
    row.len() == count.div_ceil(8) && !beyond
}

impl Nodes {
    /// Says of nodes what stands in front of the canonical bytes.
    ///
    /// # Errors
    /// Rows that are none of this schema.
    pub(crate) fn show(&mut self, root: usize, rows: &Rows<'_>) -> Result<(), Error> {
        if !rows.arrays.is_empty() {
            self.show_arrays(&rows.arrays)?;
        }
        rows.pointers.as_ref().map_or(Ok(()), |row| self.mark_pointers(root, row))
    }

    /// Says of the raw arrays which ones show as arrays, by the row of bits that was carried.
    ///
    /// # Errors
    /// A row of another length, or with other bits, than the schema has raw arrays that may.
    fn show_arrays(&mut self, row: &[u8]) -> Result<(), Error> {
        let (mut count, mut fits) = (0, true);
        for node in &mut self.0 {
            if let Kind::Raw(raw) = &mut node.kind {
                raw.array = bit(row, count);
                fits &= !(raw.array && raw.counted);
                count += 1;
            }
        }
        if !fits || !is_row_of(row, count) {
            return Err(Error::new(ErrorKind::Malformed, "a bit for each raw array of the schema", "others"));
        }
        Ok(())
    }
}
