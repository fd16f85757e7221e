//! What goes wrong, and where: one error type for every door.
//!
//! An error costs one pointer in a `Result`; its parts live behind it and are made on the failing path alone.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a state could not be taken or put back, and in which slot.
///
/// After an error the target of a restore is what it was before.
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
    offset: Option<usize>,
    source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

/// The families of errors, for programs that treat them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes do not start as a native state does.
    NotState,
    /// The bytes were written by a version of the format that this one does not know.
    Version,
    /// The bytes hold the state of another type, or of this type as it was declared differently.
    Identity,
    /// The bytes end too early, or go on after the end.
    Length,
    /// A slot holds what its type does not allow.
    Malformed,
    /// Objects are nested deeper than the limit allows.
    Depth,
    /// A value would take more memory than the limit allows.
    Memory,
    /// A hook or a conversion of the user's refused the state.
    Refused,
    /// A value cannot be written: a `RefCell` is borrowed, a path is not Unicode, or the value changed meanwhile.
    Unwritable,
    /// A [`History`](crate::History) does not keep the frame.
    Frame,
    /// A [delta](crate::image::delta) was made from another state than the one it is applied to.
    Base,
    /// A borrowed array does not lie at an address that its element type needs, or this machine has its elements in
    /// memory otherwise than an image.
    Alignment,
}

impl Error {
    /// Something would take more memory than [`Options::memory`](crate::Options::memory) lets it.
    #[cold]
    pub(crate) fn beyond_memory(what: &str, limit: usize) -> Self {
        let expected =
            alloc::format!("{what} that takes up to {limit} bytes of memory (`Options::memory` sets the limit)");
        Self::new(ErrorKind::Memory, expected, "a larger one")
    }

    /// An error of a kind, with what was expected and what was found instead.
    pub fn new(kind: ErrorKind, expected: impl Into<Cow<'static, str>>, found: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Detail {
            kind,
            path: String::new(),
            expected: expected.into(),
            found: found.into(),
            offset: None,
            source: None,
        }))
    }

    /// The refusal of a hook or conversion, in its own words.
    pub fn refused(reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Refused, "", reason.to_string())
    }

    /// As [`refused`](Error::refused), with the error of the hook or conversion kept as the
    /// [`source`](core::error::Error::source). Derived code does this for every error that is one.
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

    /// The same error, said of a place: a path such as `MySubclass.owner.age`.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path = path.into();
        self
    }

    /// The same error, one step further out: `outer` is put before the path.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        let joint = if self.0.path.is_empty() || self.0.path.starts_with('[') { "" } else { "." };
        self.0.path = [outer, joint, &self.0.path].concat();
        self
    }

    /// The same error, with the byte offset at which it was seen.
    #[must_use]
    pub fn at_byte(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// Which family of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The type and the slots that lead to the place, such as `MySubclass.owner.age`; empty where there is none.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What should have been there.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// What was there, or, for a refusal, its reason.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.0.found
    }

    /// Where in the bytes, counted from their start; `None` where there are no bytes.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Detail { kind, path, expected, found, offset, .. } = &*self.0;
        // Names in these can come from a file.
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
            // The words of the type's author.
            ErrorKind::Refused => f.write_str(found)?,
            _ => write!(f, "{}", Escaped(found))?,
        }
        match offset {
            Some(offset) => write!(f, " at byte {offset}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.0.kind).field("message", &format_args!("{self}")).finish()
    }
}

impl core::error::Error for Error {
    /// The error of the hook or conversion that refused the state, where it is an error and not a text.
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(feature = "std")]
impl From<Error> for std::io::Error {
    /// As `InvalidData`, so that reading a file and loading it share one `?`.
    fn from(error: Error) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

/// A name that may come from a file, without what a log or a terminal would act on.
pub(crate) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| write_printable(f, letter))
    }
}

/// Letters that Rust shows by themselves stay; quotes and backslashes disturb no line.
pub(crate) fn write_printable(out: &mut impl fmt::Write, letter: char) -> fmt::Result {
    if letter.is_ascii_graphic() || letter == ' ' || letter.is_alphanumeric() {
        return out.write_char(letter);
    }
    letter.escape_debug().try_for_each(|letter| out.write_char(letter))
}
