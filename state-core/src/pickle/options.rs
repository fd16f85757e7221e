//! Settings of pickles; the functions with default settings are in the parent module.

use super::protocol::Protocol;
use crate::image::Copies;

/// Options for writing and reading pickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PickleOptions {
    pub(super) protocol: Protocol,
    pub(super) depth: u32,
    pub(super) max_size: u64,
    pub(super) expansion: u64,
    pub(super) memory: Option<usize>,
    pub(super) fix_imports: bool,
    pub(super) strings: Strings,
    pub(super) surrogates: LoneSurrogates,
    pub(super) extensions: &'static [(u32, &'static str)],
    pub(super) copies: Copies,
}

/// How the 8-bit strings of Python 2 are decoded: the `encoding` of `pickle.loads`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strings {
    /// ASCII text; any other byte is an error. The default, as in Python.
    #[default]
    Ascii,
    /// Latin-1 text.
    Latin1,
    /// UTF-8 text.
    Utf8,
    /// Bytes, unchanged.
    Bytes,
}

/// How to read text with lone surrogates, which Rust's `str` cannot represent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoneSurrogates {
    /// An error, with the position.
    #[default]
    Refuse,
    /// Text, with each replaced by U+FFFD.
    Lossy,
    /// If bytes are requested, the text in UTF-8 with the surrogates as three bytes each (`surrogatepass`).
    Bytes,
}

impl Default for PickleOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PickleOptions {
    /// The options of the plain functions: protocol 4, depth 128, names mapped as by `fix_imports`, 8-bit strings in
    /// ASCII, no lone surrogates.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            protocol: Protocol::DEFAULT,
            depth: 128,
            max_size: u64::MAX,
            expansion: 8,
            memory: None,
            fix_imports: true,
            strings: Strings::Ascii,
            surrogates: LoneSurrogates::Refuse,
            extensions: &[],
            copies: Copies::Write,
        }
    }

    /// Sets the protocol that is written. All are read.
    ///
    /// ```
    /// use state_core::pickle::{self, PickleOptions, Protocol};
    ///
    /// // For Python 2, which reads no later one.
    /// let old = PickleOptions::new().protocol(Protocol::V2).dumps(&7_u8)?;
    /// assert_eq!(old, b"\x80\x02K\x07.");
    /// assert_eq!(pickle::loads::<u8>(&old)?, 7);
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Sets how deeply lists, boxes and maps may be nested when loading into a type or saving from one. See
    /// [`image::Options::depth`](crate::image::Options::depth).
    #[must_use]
    pub const fn depth(mut self, levels: u32) -> Self {
        self.depth = levels;
        self
    }

    /// Refuses to read or write pickles of more bytes than this.
    #[must_use]
    pub const fn max_size(mut self, bytes: u64) -> Self {
        self.max_size = bytes;
        self
    }

    /// Limits the parts that are copied because they are referenced more than once, to this many times the pickle's
    /// length plus 1 MiB: a type that owns its parts must copy them, and a few bytes could otherwise take any amount of
    /// memory. Dynamic values share such parts and copy nothing.
    #[must_use]
    pub const fn expansion(mut self, times: u64) -> Self {
        self.expansion = times;
        self
    }

    /// Sets how much memory, in bytes, loading into a type may take for elements that are more than 64 times as large
    /// in memory as in its native bytes, for slots with defaults that a pickle leaves out, and for raw arrays that are
    /// converted from those of another version of a class. See
    /// [`image::Options::memory`](crate::image::Options::memory). The default limit is 1 GiB, or 64 times the length of
    /// the pickle and its buffers if that is more.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Sets whether protocols below 3 use Python 2's names for modules and classes, which are then mapped when writing
    /// and when reading. On by default, as in Python.
    #[must_use]
    pub const fn fix_imports(mut self, fix: bool) -> Self {
        self.fix_imports = fix;
        self
    }

    /// Sets how the 8-bit strings of Python 2 are decoded.
    ///
    /// ```
    /// use state_core::pickle::{PickleOptions, Strings};
    ///
    /// // `pickle.dumps("\xe9", 2)` in Python 2
    /// let pickle = b"\x80\x02U\x01\xe9.";
    /// assert!(PickleOptions::new().loads::<String>(pickle).is_err());
    /// assert_eq!(PickleOptions::new().strings(Strings::Latin1).loads::<String>(pickle)?, "é");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn strings(mut self, strings: Strings) -> Self {
        self.strings = strings;
        self
    }

    /// Sets how text with lone surrogates is read.
    #[must_use]
    pub const fn surrogates(mut self, surrogates: LoneSurrogates) -> Self {
        self.surrogates = surrogates;
        self
    }

    /// Keeps shared objects as one object, even in types that are not marked `#[state(shared)]`: what `Rc`s and `Arc`s
    /// share is one object in Python, and what is one object there is shared. [`load_value`](super::load_value) then
    /// also keeps the identity of text and numbers, which it otherwise copies if they are short.
    ///
    /// ```
    /// use std::rc::Rc;
    /// use state_core::State;
    /// use state_core::pickle::PickleOptions;
    ///
    /// #[derive(State)]
    /// #[state(name = "shop.Stone")]
    /// struct Stone { color: u32 }
    ///
    /// let stone = Rc::new(Stone { color: 7 });
    /// let pickle = PickleOptions::new().sharing().dumps(&(stone.clone(), stone))?;
    /// // In Python: `a, b = pickle.loads(..)` makes `a is b`.
    /// let (a, b): (Rc<Stone>, Rc<Stone>) = PickleOptions::new().sharing().loads(&pickle)?;
    /// assert!(Rc::ptr_eq(&a, &b));
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn sharing(mut self) -> Self {
        self.copies = Copies::Share;
        self
    }

    /// Refuses to turn one object into two in a type that is not marked `#[state(shared)]`: to write an object twice
    /// that two `Rc`s or `Arc`s share, and to load one twice into `Rc`s or `Arc`s if a pickle refers to it twice.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use state_core::pickle::PickleOptions;
    ///
    /// let name: Arc<str> = "Dave".into();
    /// let error = PickleOptions::new().refuse_copies().dumps(&(name.clone(), name)).unwrap_err();
    /// assert!(error.to_string().contains("`Options::sharing`"));
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn refuse_copies(mut self) -> Self {
        self.copies = Copies::Refuse;
        self
    }

    /// Sets the extension registry of Python's `copyreg`: codes, and the names of their classes. An unknown code is an
    /// error, as in Python.
    ///
    /// ```
    /// use state_core::pickle::PickleOptions;
    ///
    /// let options = PickleOptions::new().extensions(&[(7, "example.Person")]);
    /// assert_eq!(options.load_value(b"\x80\x02\x82\x07.")?.to_string(), "<class 'example.Person'>");
    /// assert!(options.load_value(b"\x80\x02\x82\x08.").is_err());
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn extensions(mut self, registry: &'static [(u32, &'static str)]) -> Self {
        self.extensions = registry;
        self
    }
}
