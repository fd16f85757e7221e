//! Settings of native bytes, which `write` and `read` follow.

use crate::evolve::SchemaHistory;
use crate::protocol::layout::FACTOR;
use crate::schema::Sharing;
use crate::sharing::walked::References;
use crate::walk::Limits;

/// Options for writing and reading native bytes.
///
/// ```
/// use state_core::{Options, State, loads};
///
/// #[derive(State, Debug, PartialEq)]
/// struct Settings { volume: u8 }
///
/// // Bytes that describe themselves.
/// let bytes = Options::new().with_schema().dumps(&Settings { volume: 11 })?;
/// assert_eq!(loads::<Settings>(&bytes)?, Settings { volume: 11 });
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    pub(super) depth: u32,
    /// The limit, or [`UNSET`].
    pub(super) memory: usize,
    pub(super) schema: bool,
    /// The maximum number of bytes in an image.
    pub(super) most: usize,
    history: Option<&'static SchemaHistory>,
    pub(super) copies: Copies,
}

/// What happens to shared objects in types without `#[state(shared)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Copies {
    Write,
    Share,
    Refuse,
}

impl Copies {
    /// Returns whether references are numbered in states of a type with this attribute.
    pub(crate) fn sharing(self, of: Sharing) -> Sharing {
        of.or(if self == Self::Share { Sharing::SHARED } else { Sharing::NO })
    }
}

/// The limit on memory for wide elements if none was set and the state is short.
pub(super) const MEMORY: usize = 1 << 30;

/// The value for no limit on memory.
pub(super) const UNSET: usize = usize::MAX;

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// The options of the plain functions: a depth of 128 levels, the default limit of [`memory`](Self::memory), no
    /// schema in the bytes.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self { depth: 128, memory: UNSET, schema: false, most: usize::MAX, history: None, copies: Copies::Write }
    }

    /// Sets how deeply lists, boxes and maps may be nested, when writing and reading.
    ///
    /// Recursive types nest through these, so each level uses more stack. A depth of 128 levels fits a thread of 2 MiB
    /// for every entry point, even without optimisation, whatever the type: what is between two levels (structs, enums,
    /// tuples, arrays, options) is free up to about 13 kB of stack, and counts as a further level beyond that. A dozen
    /// nested types can reach it, or values of 800 bytes; how much it is depends only on the type.
    ///
    /// If values are nested more deeply, as in a linked list, raise this together with the stack: 13 kB a level without
    /// optimisation, much less with it. A value that contains itself through shared pointers is too deep at any depth.
    /// An array behind a `Box`, `Rc` or `Arc` is built there, element by element, and can have any length; other values
    /// are built on the stack and then moved. The stack used by the values' own functions is not counted: dropping a
    /// long list of boxes recurses too.
    #[must_use]
    pub const fn depth(mut self, levels: u32) -> Self {
        self.depth = levels;
        self
    }

    /// Sets how much memory, in bytes, the wide parts of a state may take: elements of lists, sets and maps, and values
    /// behind pointers, that are more than 64 times as large in memory as in the bytes. `None::<[u64; 1000]>` takes one
    /// byte there and 8008 in a list, and a small variant of an enum with a large one is similar.
    ///
    /// Wide parts are counted before any of them is built, and more than this is an error of the kind
    /// [`Memory`](crate::ErrorKind::Memory). Everything else takes at most 64 times the bytes. The default limit is 1
    /// GiB, or 64 times the bytes of a state if that is more, so it grows with the input.
    ///
    /// ```
    /// use state_core::{Options, dumps};
    ///
    /// let bytes = dumps(&vec![None::<[u64; 1000]>; 10_000])?;
    /// assert_eq!(bytes.len(), 10_044);
    /// let error = Options::new().memory(1 << 20).loads::<Vec<Option<[u64; 1000]>>>(&bytes).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "expected a state that takes up to 1048576 bytes of memory for wide elements \
    ///      (`Options::memory` sets the limit), found one that takes 80080000",
    /// );
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// Memory taken by hooks, conversions, defaults of fields without a slot and the types of `#[state(serde)]` is not
    /// limited. `docs/LIMITS.md` in the repository lists the bounds of every function that loads or saves.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        // No allocation can be larger.
        self.memory = if bytes > isize::MAX as usize { isize::MAX as usize } else { bytes };
        self
    }

    /// Writes the schema into the bytes, so that they can be inspected, and upgraded when the type has changed. Bytes
    /// of another type are then an error that names the first slot that differs, even in a program that does not know
    /// the other type.
    #[must_use]
    pub const fn with_schema(mut self) -> Self {
        self.schema = true;
        self
    }

    /// Keeps shared objects as one object, even in types that are not marked `#[state(shared)]`: `Rc`s and `Arc`s that
    /// share an object when the state is saved also share one when it is restored. The type reads such bytes like any
    /// others.
    ///
    /// ```
    /// use std::rc::Rc;
    /// use state_core::{Options, State, loads};
    ///
    /// #[derive(State)]
    /// struct Material { color: u32 }
    /// #[derive(State)]
    /// struct Scene { wall: Rc<Material>, floor: Rc<Material> }
    ///
    /// let stone = Rc::new(Material { color: 7 });
    /// let scene = Scene { wall: stone.clone(), floor: stone };
    /// let bytes = Options::new().sharing().dumps(&scene)?;
    /// let scene: Scene = loads(&bytes)?;
    /// assert!(Rc::ptr_eq(&scene.wall, &scene.floor));
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn sharing(mut self) -> Self {
        self.copies = Copies::Share;
        self
    }

    /// Refuses to write an object twice if two `Rc`s or `Arc`s share it in a type that is not marked
    /// `#[state(shared)]`, where it would become two objects.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use state_core::{Options, loads};
    ///
    /// let name: Arc<u32> = Arc::new(7);
    /// let error = Options::new().refuse_copies().dumps(&(name.clone(), name)).unwrap_err();
    /// assert!(error.to_string().contains("`Options::sharing`"));
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn refuse_copies(mut self) -> Self {
        self.copies = Copies::Refuse;
        self
    }

    /// What happens to shared objects.
    pub(crate) const fn copies(&self) -> Copies {
        self.copies
    }

    /// Replaces what happens to shared objects.
    pub(crate) const fn copying(mut self, copies: Copies) -> Self {
        self.copies = copies;
        self
    }

    /// Refuses to write an image of more than `bytes` bytes, before anything is allocated for it.
    pub(crate) const fn at_most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// If a state does not carry its schema, looks for it among the recorded forms of the program's types; see
    /// [`upgrade`](crate::upgrade) and [`SchemaHistory`].
    #[must_use]
    pub const fn history(mut self, history: &'static SchemaHistory) -> Self {
        self.history = Some(history);
        self
    }

    pub(crate) const fn known_history(&self) -> Option<&'static SchemaHistory> {
        self.history
    }

    /// Returns the memory limit for a state of this many bytes.
    pub(crate) fn memory_for(&self, bytes: usize) -> usize {
        match self.memory {
            UNSET => bytes.saturating_mul(FACTOR).clamp(MEMORY, isize::MAX as usize),
            limit => limit,
        }
    }

    /// Whether writing an object twice is refused.
    pub(super) fn refuses_copies(&self) -> bool {
        self.copies == Copies::Refuse
    }

    /// The maximum number of bytes in an image.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    pub(super) const fn writes_schema(&self) -> bool {
        self.schema
    }

    pub(crate) const fn levels(&self) -> u32 {
        self.depth
    }

    /// Returns the limits of an image that is filled from `bytes` bytes.
    pub(crate) fn limits(&self, bytes: usize) -> Limits {
        Limits { depth: self.depth, memory: self.memory_for(bytes), references: References::Copied }
    }
}
