//! The forms that a project's states had, in a text file next to its source.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Escaped, Result};
use crate::schema::fingerprint::hash;
use crate::schema::{Carried, Entry, Rows, names_of, table};

/// The recorded forms of a project's types, which [`testing::recorded`](super::testing::recorded) keeps in a file, to
/// be reviewed and committed like a lock file. Compiled into the program, it provides the schemas of states that were
/// written without their own.
///
/// ```
/// use state_core::{Options, SchemaHistory, State};
///
/// // Usually `history!("../state.history")`.
/// static HISTORY: SchemaHistory = SchemaHistory::new("
/// form example.Lamp 0aaf5af7a24a8439
///     example.Lamp.on: bool
///   = 0f0c6578616d706c652e4c616d700001026f6e01
/// ");
///
/// #[derive(State)]
/// #[state(name = "example.Lamp")]
/// struct Lamp { on: bool, #[state(default)] watts: u16 }
///
/// // What a version without `watts` wrote, with `dumps`.
/// let bytes = b"\xD7STA\x01\0\0\09\x84J\xA2\xF7Z\xAF\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01";
/// let lamp: Lamp = Options::new().history(&HISTORY).loads_upgraded(bytes)?;
/// assert!(lamp.on && lamp.watts == 0);
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SchemaHistory {
    text: &'static str,
}

/// Includes a [`SchemaHistory`] from a file. As for [`include_str!`], the path is relative to the source file.
///
/// ```ignore
/// static HISTORY: state_core::SchemaHistory = state_core::history!("../state.history");
/// ```
#[macro_export]
macro_rules! history {
    ($path:expr $(,)?) => {
        $crate::SchemaHistory::new(::core::include_str!($path))
    };
}

/// The start of the first line of each recorded form.
pub(super) const FORM: &str = "form ";

/// The start of the lines with its canonical bytes.
pub(super) const BYTES: &str = "  = ";

/// The start of the lines with the rows that belong to them.
pub(super) const ROWS: &str = "  @ ";

/// The start of the lines with the open set that a type is in, and its tag there.
pub(super) const MEMBER: &str = "  + ";

impl SchemaHistory {
    /// Makes a history from the contents of its file.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text }
    }

    /// The recorded types of open sets, encoded as in images.
    pub(crate) fn members(&self) -> Vec<u8> {
        members(self.text)
    }

    /// Returns the canonical schema with this fingerprint and its rows, if it is recorded. A form may be recorded
    /// several times with different shared pointers, so if references are numbered, only one of these may fit.
    pub(crate) fn find(&self, fingerprint: u64, numbered: bool) -> Option<Result<(Vec<u8>, Rows<'static>)>> {
        let mut found = forms(self.text).filter(|form| form.fingerprint == Some(fingerprint));
        let first = found.next()?;
        Some(if numbered { first.alone_with_pointers(found) } else { first.parts() })
    }
}

/// The types of open sets among the forms of a text, encoded as in images.
pub(super) fn members(text: &str) -> Vec<u8> {
    let member = |form: Recorded<'_>| {
        let (names, (canonical, rows)) = (form.member()?, form.parts().ok()?);
        Some((names, Carried::joined(&rows, &canonical, true)))
    };
    let recorded: Vec<((String, String), Carried)> = forms(text).filter_map(member).collect();
    table(recorded.iter().map(|((set, tag), carried)| Entry::new(set, tag, carried)).collect())
}

/// One recorded form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recorded<'a> {
    /// The type's name, or a description of a type without one.
    pub name: &'a str,
    fingerprint: Option<u64>,
    /// The lines after the first.
    lines: &'a str,
}

/// The forms in a text, in the order in which they were recorded.
pub(super) fn forms(text: &str) -> impl Iterator<Item = Recorded<'_>> {
    let starts = text.match_indices(FORM).map(|(at, _)| at);
    let starts: Vec<usize> = starts.filter(|&at| at == 0 || text.as_bytes()[at - 1] == b'\n').collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain(Some(text.len())).collect();
    starts.into_iter().zip(ends).map(move |(start, end)| {
        let form = text[start..end].trim_end();
        let (first, lines) = form.split_once('\n').unwrap_or((form, ""));
        let (name, fingerprint) = first[FORM.len()..].trim().rsplit_once(' ').unwrap_or(("", ""));
        Recorded { name: name.trim(), fingerprint: u64::from_str_radix(fingerprint, 16).ok(), lines }
    })
}

/// Returns an error if anything but comments is before the first form, as in the text of another file.
pub(super) fn is_history(text: &str) -> Result<()> {
    let mut before = text.lines().take_while(|line| !line.starts_with(FORM)).map(str::trim);
    match before.find(|line| !line.is_empty() && !line.starts_with('#')) {
        None => Ok(()),
        Some(line) => {
            let found = format!("the line '{}'", shortened(line));
            Err(Error::new(
                ErrorKind::Malformed,
                "a history of recorded forms, each of which begins with `form `",
                found,
            ))
        }
    }
}

/// The beginning of a line of any length, for an error.
fn shortened(line: &str) -> Escaped<'_> {
    let end = line.char_indices().nth(40).map_or(line.len(), |(end, _)| end);
    Escaped(&line[..end])
}

impl<'a> Recorded<'a> {
    /// Returns the canonical schema and its rows; an error if someone changed them.
    pub fn parts(&self) -> Result<(Vec<u8>, Rows<'static>)> {
        let schema = self.bytes(BYTES).filter(|bytes| Some(hash(bytes)) == self.fingerprint);
        schema.zip(self.rows()).ok_or_else(|| self.changed())
    }

    fn bytes(&self, prefix: &str) -> Option<Vec<u8>> {
        let lines = self.lines.lines().map(|line| line.trim_end_matches('\r'));
        let hex: String = lines.filter_map(|line| line.strip_prefix(prefix)).map(str::trim).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
        hex.as_bytes().chunks(2).map(byte).collect()
    }

    /// The rows, which are followed by their hash.
    fn rows(&self) -> Option<Rows<'static>> {
        let bytes = self.bytes(ROWS)?;
        if bytes.is_empty() {
            return Some(Rows::default());
        }
        let (rows, check) = bytes.split_last_chunk::<8>()?;
        let rows = Carried::rows_of_record(rows).filter(|_| *check == hash(rows).to_le_bytes())?;
        Some(rows.into_owned())
    }

    /// The open set that a type was recorded for, and its tag there.
    pub fn member(&self) -> Option<(String, String)> {
        let bytes = self.bytes(MEMBER)?;
        let (names, check) = bytes.split_last_chunk::<8>()?;
        let (set, tag) = names_of(names).filter(|_| *check == hash(names).to_le_bytes())?;
        Some((String::from(set), String::from(tag)))
    }

    /// Returns an error if this is a type of an open set whose record was changed, because states would be read without
    /// it.
    #[cfg(feature = "std")]
    pub fn lost_member(&self) -> Option<Error> {
        let is_member = self.lines.lines().any(|line| line.starts_with(MEMBER));
        let changed = || self.parts().err().or_else(|| self.member().is_none().then(|| self.changed()));
        is_member.then(changed).flatten()
    }

    fn changed(&self) -> Error {
        let expected = "a recorded form as it was written";
        Error::new(ErrorKind::Malformed, expected, "one that was changed").at(self.name)
    }

    /// Returns the one of these forms with the same fingerprint that says which types are shared pointers.
    fn alone_with_pointers(&self, others: impl Iterator<Item = Recorded<'a>>) -> Result<(Vec<u8>, Rows<'static>)> {
        let mut known: Option<(Vec<u8>, Rows<'static>)> = None;
        for form in core::iter::once(*self).chain(others) {
            let parts = form.parts()?;
            match &known {
                Some((_, rows)) if parts.1.pointers.is_some() && rows.pointers != parts.1.pointers => {
                    let expected = "one record of the form, as a state without its schema does not say which it is of";
                    return Err(
                        Error::new(ErrorKind::Identity, expected, "several, with other shared pointers").at(self.name)
                    );
                }
                None if parts.1.pointers.is_some() => known = Some(parts),
                _ => {}
            }
        }
        known.map_or_else(|| self.parts(), Ok)
    }

    /// Whether this is the record of a present form with these rows.
    #[cfg(feature = "std")]
    pub fn is_of(&self, fingerprint: u64, rows: &[u8]) -> bool {
        let ours = Carried::rows_of_record(rows).unwrap_or_default();
        let same = || ours.pointers.is_none() || self.rows().is_some_and(|rows| rows.pointers == ours.pointers);
        self.fingerprint == Some(fingerprint) && same()
    }

    #[cfg(feature = "std")]
    pub fn fingerprint(&self) -> Option<u64> {
        self.fingerprint
    }
}
