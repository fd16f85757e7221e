//! A schema as bytes carry it: the canonical bytes, preceded by rows of bits for what is not part of them.

use alloc::borrow::Cow;
use alloc::vec::Vec;

#[cfg(any(feature = "pickle", feature = "pyo3"))]
use super::canon::MEMBERS;
use super::canon::{Reading, write_listed};
use super::members::{Members, entries, no_table, registered};
use super::{Kind, Nodes, Schema};
use crate::error::{Error, ErrorKind};

/// A schema as bytes carry it: the canonical bytes, preceded by what is not part of them, in the form of [`Rows`].
pub(crate) struct Carried {
    pub bytes: Vec<u8>,
    pub front: Front,
}

/// Which parts precede the canonical bytes, in this order.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Front {
    /// The types of open sets.
    pub members: bool,
    /// Which raw arrays show as arrays.
    pub arrays: bool,
    /// Which types are shared pointers.
    pub numbered: bool,
}

impl Carried {
    /// The schema with the types of open sets that are registered now and, if references are `numbered`, which types
    /// are shared pointers.
    pub fn of(root: &'static Schema, numbered: bool) -> Self {
        let mut carried = Self::alone(root, numbered);
        let members = registered(root, numbered, true);
        if !members.is_empty() {
            carried.front.members = true;
            let length = (members.len() as u32).to_le_bytes();
            carried.bytes = [&length[..], &members, &carried.bytes].concat();
        }
        carried
    }

    /// As [`of`](Self::of), without the types of open sets.
    pub fn alone(root: &'static Schema, numbered: bool) -> Self {
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
        Self { bytes, front: Front { members: false, arrays, numbered } }
    }

    /// Joins canonical bytes and what precedes them, leaving out the pointers unless references are `numbered`.
    pub fn joined(rows: &Rows<'_>, canonical: &[u8], numbered: bool) -> Self {
        let present = |row: &'_ [u8]| !row.is_empty();
        let pointers = rows.pointers.as_ref().filter(|_| numbered);
        let front =
            Front { members: present(&rows.members), arrays: present(&rows.arrays), numbered: pointers.is_some() };
        let mut bytes = Vec::new();
        for row in [&rows.members, &rows.arrays].into_iter().filter(|row| present(row)).chain(pointers) {
            bytes.extend_from_slice(&(row.len() as u32).to_le_bytes());
            bytes.extend_from_slice(row);
        }
        bytes.extend_from_slice(canonical);
        Self { bytes, front }
    }

    /// What a record of the form keeps besides the canonical bytes: flags that say whether there are rows for the raw
    /// arrays that show as arrays and, if references are `numbered`, for the types that are shared pointers; then the
    /// rows. Empty if there are none.
    #[cfg(feature = "std")]
    pub fn recorded(root: &'static Schema, numbered: bool) -> Vec<u8> {
        let Self { bytes, front } = Self::alone(root, numbered);
        let rows = bytes.len() - super::canon::write_canonical(root).len();
        let mut recorded = alloc::vec![u8::from(front.arrays) | u8::from(numbered) << 1];
        recorded.extend_from_slice(&bytes[..rows]);
        if rows == 0 { Vec::new() } else { recorded }
    }

    /// The rows in what [`recorded`](Self::recorded) returned.
    pub fn rows_of_record(recorded: &[u8]) -> Option<Rows<'_>> {
        let Some((flags, rows)) = recorded.split_first() else { return Some(Rows::default()) };
        let front = Front { members: false, arrays: flags & 1 == 1, numbered: flags & 2 == 2 };
        let (rows, rest) = Self::divide(rows, front)?;
        (*flags < 4 && rest.is_empty()).then_some(rows)
    }

    /// Divides bytes into what precedes the canonical bytes, and these.
    pub fn divide(bytes: &[u8], front: Front) -> Option<(Rows<'_>, &[u8])> {
        let row = |is_there: bool, bytes| if is_there { read_row(bytes) } else { Some((&[][..], bytes)) };
        let (members, bytes) = row(front.members, bytes)?;
        let (arrays, bytes) = row(front.arrays, bytes)?;
        let (pointers, bytes) = row(front.numbered, bytes)?;
        let pointers = front.numbered.then_some(Cow::Borrowed(pointers));
        Some((Rows { members: Cow::Borrowed(members), arrays: Cow::Borrowed(arrays), pointers }, bytes))
    }
}

/// What precedes the canonical bytes of a schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows<'a> {
    /// The types of open sets, as [`entries`] reads them. Empty if none are carried.
    pub members: Cow<'a, [u8]>,
    /// A bit for each raw array, lowest first: whether it shows as one. Empty if none does.
    pub arrays: Cow<'a, [u8]>,
    /// A bit for each node: whether it is a shared pointer. `None` if that is not carried.
    pub pointers: Option<Cow<'a, [u8]>>,
}

impl Rows<'_> {
    pub fn into_owned(self) -> Rows<'static> {
        let owned = |row: Cow<'_, [u8]>| Cow::Owned(row.into_owned());
        let Self { members, arrays, pointers } = self;
        Rows { members: owned(members), arrays: owned(arrays), pointers: pointers.map(owned) }
    }
}

/// Writes the number of bytes, and a bit for each item, lowest first.
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

/// The schema of a class as its pickles carry it, preceded by the types that are registered now in its open sets.
#[cfg(feature = "pyo3")]
pub(crate) fn join_class(root: &'static Schema, schema: Vec<u8>) -> Vec<u8> {
    let members = registered(root, false, false);
    if members.is_empty() {
        return schema;
    }
    let length = (members.len() as u32).to_le_bytes();
    [&[MEMBERS], &length[..], &members, &schema].concat()
}

/// Divides what [`join_class`] joined: the types of open sets, and the schema.
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) fn divide_class(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes.split_first() {
        Some((&MEMBERS, rest)) => read_row(rest),
        _ => Some((&[], bytes)),
    }
}

impl Nodes {
    /// Reads a schema and what precedes it, which may take at most `memory` bytes. The schema of a `class` may have
    /// abbreviations and Python objects.
    ///
    /// # Errors
    /// Bytes that are no schema, and rows or types of open sets that do not fit it.
    pub(crate) fn read(
        schema: &[u8],
        rows: &Rows<'_>,
        memory: usize,
        class: Option<&str>,
    ) -> Result<(Self, usize), Error> {
        let mut reading = Reading::within(schema.len() + rows.members.len(), memory, class);
        reading.measure(schema, rows.pointers.as_deref())?;
        let mut count = 0;
        for entry in entries(&rows.members) {
            let (rows, canonical) = entry.and_then(|entry| entry.parts()).ok_or_else(no_table)?;
            reading.measure(canonical, rows.pointers.as_deref())?;
            count += 1;
        }
        let root = reading.schema(schema, rows.pointers.as_deref())?;
        let own =
            Rows { members: Cow::default(), arrays: Cow::Borrowed(&*rows.arrays), pointers: rows.pointers.clone() };
        let (mut parts, mut members) = (Vec::with_capacity(1 + count), Vec::with_capacity(count));
        parts.push((root, own));
        for entry in entries(&rows.members).flatten() {
            let (rows, canonical) = entry.parts().ok_or_else(no_table)?;
            let at = reading.schema(canonical, rows.pointers.as_deref())?;
            members.push(entry.named(at, canonical));
            parts.push((at, rows));
        }
        let mut nodes = reading.finish()?;
        nodes.1 = Members::new(members)?;
        nodes.show(&parts)?;
        Ok((nodes, root))
    }

    /// Applies to the nodes what precedes the canonical bytes, for each schema by its root.
    fn show(&mut self, parts: &[(usize, Rows<'_>)]) -> Result<(), Error> {
        let ends = parts.iter().skip(1).map(|(root, _)| *root).chain(Some(self.0.len()));
        let ends: Vec<usize> = ends.collect();
        for ((root, rows), end) in parts.iter().zip(ends) {
            if !rows.arrays.is_empty() {
                show_arrays(&mut self.0[*root..end], &rows.arrays)?;
            }
        }
        let Some((_, Rows { pointers: Some(_), .. })) = parts.first() else { return Ok(()) };
        let pointers: Option<Vec<(usize, &[u8])>> =
            parts.iter().map(|(root, rows)| Some((*root, &**rows.pointers.as_ref()?))).collect();
        self.mark_pointers(&pointers.ok_or_else(no_table)?)
    }
}

/// Marks the raw arrays that show as arrays, by the carried row of bits.
fn show_arrays(nodes: &mut [Schema], row: &[u8]) -> Result<(), Error> {
    let (mut count, mut fits) = (0, true);
    for node in nodes {
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
