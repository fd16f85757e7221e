//! Settings of the pickle door; its functions with default settings stand in the parent module.

use super::protocol::Protocol;
use crate::image::Copies;

/// How pickles are written and read.
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

/// What the 8-bit strings of Python 2 are read as, the `encoding` of `pickle.loads`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strings {
    /// Text of ASCII letters; any other byte is an error. As in Python, the default.
    #[default]
    Ascii,
    /// Text, each byte a letter of Latin-1.
    Latin1,
    /// Text in UTF-8.
    Utf8,
    /// Bytes, as they are.
    Bytes,
}

/// What text with lone surrogates is read as, which Rust's `str` cannot hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoneSurrogates {
    /// An error, with the place.
    #[default]
    Refuse,
    /// Text, with U+FFFD for each of them.
    Lossy,
    /// Where bytes are asked for, the text in UTF-8 with the surrogates as three bytes each (`surrogatepass`).
    Bytes,
}

impl Default for PickleOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PickleOptions {
    /// The settings of the plain functions: protocol 4, depth 128, names as `fix_imports` has them, 8-bit strings in
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

    /// The protocol that is written. All are read.
    #[must_use]
    pub const fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// How many lists, boxes and maps may stand inside one another in what is read into a type or written from one.
    /// See [`image::Options::depth`](crate::image::Options::depth).
    #[must_use]
    pub const fn depth(mut self, levels: u32) -> Self {
        self.depth = levels;
        self
    }

    /// Refuses pickles of more bytes than this, to be read or to be written.
    #[must_use]
    pub const fn max_size(mut self, bytes: u64) -> Self {
        self.max_size = bytes;
        self
    }

    /// How many times a pickle's length, beyond 1 MiB, the parts may take together that are copied because they are
    /// referenced more than once: a type that owns its parts has no other way, and a few bytes could otherwise ask
    /// for any amount. Plain values share such parts and copy nothing.
    #[must_use]
    pub const fn expansion(mut self, times: u64) -> Self {
        self.expansion = times;
        self
    }

    /// How many bytes of memory what is read into a type may take for elements that are more than 64 times as large in
    /// memory as in its native bytes, and its slots with defaults for what a pickle leaves out. See
    /// [`image::Options::memory`](crate::image::Options::memory); if it is not set, the limit is a gibibyte, or 64 times
    /// the length of the pickle and its buffers where that is more.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Whether protocols below 3 hold the names that Python 2 has for modules and classes, which are then put in on
    /// writing and understood on reading. As in Python, they do unless told otherwise.
    #[must_use]
    pub const fn fix_imports(mut self, fix: bool) -> Self {
        self.fix_imports = fix;
        self
    }

    /// What the 8-bit strings of Python 2 are read as.
    #[must_use]
    pub const fn strings(mut self, strings: Strings) -> Self {
        self.strings = strings;
        self
    }

    /// What text with lone surrogates is read as.
    #[must_use]
    pub const fn surrogates(mut self, surrogates: LoneSurrogates) -> Self {
        self.surrogates = surrogates;
        self
    }

    /// Keeps shared objects as one object, also in types that are not marked `#[state(shared)]`: what `Rc`s and `Arc`s share
    /// is one object in Python, and what is one object there is shared. [`load_value`](super::load_value) then keeps the
    /// identity of text and numbers too, which it otherwise copies where they are short.
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

    /// Refuses to make two objects of one in a type that is not marked `#[state(shared)]`: to write one twice that two
    /// `Rc`s or `Arc`s share, and to read one twice that a pickle refers to twice where there are `Rc`s or `Arc`s.
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

    /// The extension registry of Python's `copyreg`: codes, and the names of the classes that they stand for. A code that
    /// is not among them is an error, as in Python.
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
