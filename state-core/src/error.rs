//! The error type of every format: what went wrong, and where.
//!
//! An error takes one pointer in a `Result`; its parts are behind it and are only made on failure.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;

/// The result of every fallible function here.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a state could not be saved or restored, and in which slot.
///
/// After an error, the target of a restore is unchanged.
///
/// ```
/// use state_core::{ErrorKind, State, dumps, loads};
///
/// #[derive(State)]
/// struct Lamp { watts: u32, on: bool }
///
/// let mut bytes = dumps(&Lamp { watts: 40, on: true })?;
/// *bytes.last_mut().unwrap() = 7;
/// let error = loads::<Lamp>(&bytes).err().unwrap();
/// assert_eq!(error.kind(), ErrorKind::Malformed);
/// assert_eq!(error.path(), "Lamp.on");
/// assert_eq!(error.to_string(), "Lamp.on: expected a bool (0 or 1), found 7 at byte 44");
/// # Ok::<(), state_core::Error>(())
/// ```
pub struct Error(Box<Detail>);

struct Detail {
    kind: ErrorKind,
    path: String,
    expected: Cow<'static, str>,
    found: Cow<'static, str>,
    hint: Cow<'static, str>,
    offset: Option<usize>,
    source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

/// The kinds of errors, for programs that treat them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes do not start like a native state.
    NotState,
    /// The bytes were written by an unknown version of the format.
    Version,
    /// The bytes hold the state of another type, or of this type with a different declaration.
    Identity,
    /// The bytes end too early, or continue after the end.
    Length,
    /// A slot holds a value that its type does not allow.
    Malformed,
    /// Objects are nested deeper than the limit allows.
    Depth,
    /// A value would take more memory than the limit allows.
    Memory,
    /// A user's hook or conversion refused the state.
    Refused,
    /// A value cannot be written: a `RefCell` is borrowed, a path is not Unicode, or the value changed while it was
    /// written.
    Unwritable,
    /// A [`History`](crate::History) does not keep the frame.
    Frame,
    /// A [delta](crate::image::delta) was applied to another state than the one it was made from.
    Base,
    /// A borrowed array is not aligned for its element type, or the elements have another layout on this machine than
    /// in an image.
    Alignment,
}

impl Error {
    /// Something would take more memory than [`Options::memory`](crate::Options::memory) allows.
    #[cold]
    pub(crate) fn beyond_memory(what: &str, limit: usize) -> Self {
        let expected =
            alloc::format!("{what} that takes up to {limit} bytes of memory (`Options::memory` sets the limit)");
        Self::new(ErrorKind::Memory, expected, "a larger one")
    }

    /// An error of a kind, with what was expected and what was found.
    ///
    /// Names in these can come from a file, where they may be of any length: each text is cut after 1000 bytes, except
    /// the reason of a refusal.
    pub fn new(kind: ErrorKind, expected: impl Into<Cow<'static, str>>, found: impl Into<Cow<'static, str>>) -> Self {
        Self::of(kind, expected.into(), found.into())
    }

    #[cold]
    fn of(kind: ErrorKind, expected: Cow<'static, str>, found: Cow<'static, str>) -> Self {
        let found = if kind == ErrorKind::Refused { found } else { cut(found) };
        let (path, expected, hint) = (String::new(), cut(expected), Cow::Borrowed(""));
        Self(Box::new(Detail { kind, path, expected, found, hint, offset: None, source: None }))
    }

    /// The refusal of a hook or conversion, with its reason.
    pub fn refused(reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Refused, "", reason.to_string())
    }

    /// As [`refused`](Error::refused), with the error of the hook or conversion as the
    /// [`source`](core::error::Error::source). Derived code uses this for every refusal that is an `Error`.
    ///
    /// ```
    /// use std::error::Error as _;
    /// use state_core::{State, dumps, loads};
    ///
    /// #[derive(State)]
    /// #[state(after_set = Self::parse)]
    /// struct Setting { number: String }
    ///
    /// impl Setting {
    ///     fn parse(&mut self) -> Result<(), std::num::ParseIntError> {
    ///         self.number.parse::<u32>().map(drop)
    ///     }
    /// }
    ///
    /// let bytes = dumps(&Setting { number: "many".into() })?;
    /// let error = loads::<Setting>(&bytes).err().unwrap();
    /// assert_eq!(error.to_string(), "Setting: invalid digit found in string");
    /// assert!(error.source().unwrap().is::<std::num::ParseIntError>());
    /// # Ok::<(), state_core::Error>(())
    /// ```
    pub fn refused_by(reason: impl core::error::Error + Send + Sync + 'static) -> Self {
        let mut refused = Self::refused(&reason);
        refused.0.source = Some(Box::new(reason));
        refused
    }

    /// The same error at a path, such as `MySubclass.owner.age`.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path = path.into();
        self
    }

    /// The same error; at this path if it has none.
    #[cfg(feature = "pyo3")]
    pub(crate) fn or_at(self, path: &str) -> Self {
        if self.path().is_empty() { self.at(path) } else { self }
    }

    /// The same error, one level further out: `outer` is put before the path.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        let joint = if self.0.path.is_empty() || self.0.path.starts_with('[') { "" } else { "." };
        self.0.path = [outer, joint, &self.0.path].concat();
        self
    }

    /// The same error, with the byte offset at which it was found.
    #[must_use]
    pub fn at_byte(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// The same error, with what to do about it. It is cut as the other texts are.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = cut(hint.into());
        self
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The path to the place: the type and the slots, such as `MySubclass.owner.age`; empty if there is none.
    ///
    /// Elements of a list have their index, as in `names[2]`, and the values of a map their keys, as Python writes
    /// them: `players['anna'].hp`, `players[17].hp`. Long text is cut. If a key cannot be shown on a short line, its
    /// place in the map is given: `players[entry 2].hp`, and if the error is in the key itself, `players[key of entry
    /// 2]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was expected.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// What was found, or, for a refusal, its reason.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.0.found
    }

    /// What to do about it; empty if that is unknown, or clear from what was expected.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.0.hint
    }

    /// The offset in the bytes, from their start; `None` if there are no bytes.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Detail { kind, path, expected, found, hint, offset, .. } = &*self.0;
        // These texts may contain names from a file.
        if !path.is_empty() {
            write!(f, "{}: ", Escaped(path))?;
        }
        if !expected.is_empty() {
            write!(f, "expected {}", Escaped(expected))?;
            if !found.is_empty() {
                f.write_str(", found ")?;
            }
        }
        match kind {
            // The words of the user's error.
            ErrorKind::Refused => f.write_str(found)?,
            _ => write!(f, "{}", Escaped(found))?,
        }
        if let Some(offset) = offset {
            write!(f, " at byte {offset}")?;
        }
        if hint.is_empty() { Ok(()) } else { write!(f, "; {}", Escaped(hint)) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.0.kind).field("message", &format_args!("{self}")).finish()
    }
}

impl core::error::Error for Error {
    /// The error of the hook or conversion that refused the state, if it returned an error and not a text.
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(feature = "std")]
impl From<Error> for std::io::Error {
    /// Converts to `InvalidData`, so that reading a file and loading it can share one `?`.
    /// [`downcast`](std::io::Error::downcast) gets the error back.
    fn from(error: Error) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

/// The longest text that an error keeps, in bytes.
const LONGEST: usize = 1000;

fn cut(text: Cow<'static, str>) -> Cow<'static, str> {
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST).rfind(|&end| text.is_char_boundary(end)).unwrap_or(0);
    Cow::Owned([&text[..end], "..."].concat())
}

/// A name that may come from a file, shown without characters that a log or terminal would act on.
pub(crate) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| write_printable(f, letter))
    }
}

/// Writes a character: those that Rust shows unescaped stay, and so do quotes and backslashes, which are harmless.
pub(crate) fn write_printable(out: &mut impl fmt::Write, letter: char) -> fmt::Result {
    if letter.is_ascii_graphic() || letter == ' ' || letter.is_alphanumeric() {
        return out.write_char(letter);
    }
    letter.escape_debug().try_for_each(|letter| out.write_char(letter))
}

/// The name of an element of a list in a path.
pub(crate) fn index(at: usize) -> String {
    alloc::format!("[{at}]")
}
