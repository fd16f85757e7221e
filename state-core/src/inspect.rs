//! Inspection of native bytes that carry their schema, by a program that does not know the type.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};
#[cfg(feature = "std")]
use std::io::Read;

use crate::array::{Element, Elements};
use crate::compare;
use crate::error::Escaped;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "std")]
use crate::image::stream::StreamReader;
use crate::image::{Difference, Image, Options};
use crate::literal::{Bytes, Single, Text};
use crate::places::Places;
use crate::protocol::decode::Regions;
use crate::schema::fingerprint::hash;
use crate::schema::{Nodes, Rows, Schema, Show, brief};
use crate::sharing::Number;
use crate::standard::Known;
use crate::value::{self, Bounded, Value};
use crate::walk::{self, Encoder, Group};

/// Native bytes that carry their schema and can be inspected without the type: written with
/// [`Options::with_schema`](crate::Options::with_schema).
///
/// ```
/// use state_core::{Inspection, Options, State};
///
/// #[derive(State)]
/// #[state(name = "example.Person")]
/// struct Person { name: String, age: i32 }
///
/// let dave = Person { name: "Dave".into(), age: 30 };
/// let bytes = Options::new().with_schema().dumps(&dave)?;
///
/// let inspection = Inspection::open(&bytes)?;
/// assert_eq!(inspection.tag(), Some("example.Person"));
/// assert_eq!(inspection.value()?.to_string(), "Person('Dave', 30)");
/// assert_eq!(inspection.tree()?, "example.Person\n  name: 'Dave'\n  age: 30\n");
/// # Ok::<(), state_core::Error>(())
/// ```
pub struct Inspection<'a> {
    nodes: Nodes,
    root: usize,
    fingerprint: u64,
    bytes: &'a [u8],
    regions: Regions<'a>,
    levels: u32,
    /// The memory that the schema, a value or a tree may take.
    memory: usize,
}

impl fmt::Debug for Inspection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = brief(&Show(self.root(), &self.nodes));
        f.debug_struct("Inspection")
            .field("of", &format_args!("{of}"))
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl<'a> Inspection<'a> {
    /// Reads the header and the schema, which takes up to 64 times the schema's length in memory, within the limit set
    /// by [`Options::inspect`].
    ///
    /// # Errors
    /// If the bytes are not a native state, have no schema, or the schema is damaged.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        Options::new().inspect(bytes)
    }

    fn open_within(bytes: &'a [u8], options: Options) -> Result<Self> {
        let image = Image::open(bytes)?;
        let Some(schema) = image.schema else { return Err(image.no_schema()) };
        Self::of(&image, (schema, &image.rows()), bytes, options)
    }

    fn of(image: &Image<'a>, schema: (&[u8], &Rows<'_>), bytes: &'a [u8], options: Options) -> Result<Self> {
        let (schema, rows) = schema;
        if hash(schema) != image.fingerprint {
            return Err(Image::other_schema());
        }
        let memory = options.memory_for(bytes.len());
        let (nodes, root) = Nodes::read(schema, rows, memory, None)?;
        if image.sharing().shared && rows.pointers.is_none() {
            return Err(no_pointers());
        }
        let regions = image.regions(nodes.0.get(root).map_or(0, |root| root.head))?;
        Ok(Self { nodes, root, fingerprint: image.fingerprint, bytes, regions, levels: options.levels(), memory })
    }

    /// Sets the depth to which the state is inspected; see [`Options::depth`]. It uses no stack here.
    #[must_use]
    pub fn depth(mut self, levels: u32) -> Self {
        self.levels = levels;
        self
    }

    fn root(&self) -> &Schema {
        &self.nodes.0[self.root]
    }

    /// The type tag, if the type has a name.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.root().tag()
    }

    /// The fingerprint of the type.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The value of the bytes, as [`to_value`](crate::to_value) would return it for the value that was written. A part
    /// of one byte, or none, can become a value of 32 bytes plus the names of its type: the total stays within the
    /// memory limit. There can be at most a million parts without bytes, such as those of `[(); 100]`, plus 16 for each
    /// byte.
    ///
    /// # Errors
    /// If the bytes are damaged, with the path to the place; if the value would take more memory than the limit.
    pub fn value(&self) -> Result<Value> {
        let mut value = Bounded::new(self.memory);
        walk::Scan::new(&self.nodes, &self.regions, self.bytes, &mut value).root(
            self.root(),
            self.regions.head,
            self.levels,
        )?;
        value.value().ok_or_else(|| Error::beyond_memory("a value", self.memory))
    }

    /// The first slots in which this state differs from another of the same form, up to `most`; see
    /// [`image::compare`](crate::image::compare).
    ///
    /// ```
    /// use state_core::{Inspection, Options};
    ///
    /// let [ours, theirs] = [(7, "Ada"), (7, "Eve")].map(|state| Options::new().with_schema().dumps(&state));
    /// let (ours, theirs) = (ours?, theirs?);
    /// let found = Inspection::open(&ours)?.compare(&Inspection::open(&theirs)?, 10)?;
    /// assert_eq!(found[0].to_string(), ".1: 'Ada', theirs 'Eve'");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the states have different forms; if bytes are damaged, with the path to the place.
    pub fn compare(&self, theirs: &Inspection<'_>, most: usize) -> Result<Vec<Difference>> {
        if self.fingerprint != theirs.fingerprint {
            let found = alloc::format!("one with the fingerprint {:016x}", theirs.fingerprint);
            let expected = alloc::format!("a state of the same form (fingerprint {:016x})", self.fingerprint);
            return Err(Error::new(ErrorKind::Identity, expected, found).at_byte(8));
        }
        let (schema, levels) = ((self.root(), &self.nodes), self.levels.min(theirs.levels));
        for side in [self, theirs] {
            let damage = walk::find_damage_by(schema.0, schema.1, &side.regions, side.bytes, levels);
            damage.map_or(Ok(()), Err)?;
        }
        compare::find_by(schema, [self.regions, theirs.regions], most, levels)
    }

    /// The state as a tree, with one line for each slot and its name. Long arrays show their first elements. An object
    /// that is [shared](crate::sharing) has a number at its first place, and each reference to it shows only the
    /// number:
    ///
    /// ```
    /// use std::rc::Rc;
    /// use state_core::{Inspection, Options, State};
    ///
    /// #[derive(State)]
    /// #[state(name = "Scene", shared)]
    /// struct Scene { wall: Rc<String>, floor: Rc<String>, roof: Rc<String> }
    ///
    /// let stone = Rc::new("stone".to_string());
    /// let scene = Scene { wall: stone.clone(), floor: stone, roof: Rc::new("straw".to_string()) };
    /// let bytes = Options::new().with_schema().dumps(&scene)?;
    /// let tree = Inspection::open(&bytes)?.tree()?;
    /// assert_eq!(tree, "Scene\n  wall: <shared 1> 'stone'\n  floor: <shared 1>\n  roof: 'straw'\n");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the bytes are damaged, with the path to the place; if the text is longer than the memory limit.
    /// [`write_tree`](Self::write_tree) has no such limit.
    pub fn tree(&self) -> Result<String> {
        let mut text = Limited { text: String::new(), limit: self.memory, is_spent: false };
        match self.write_tree(&mut text) {
            Err(_) if text.is_spent => Err(Error::beyond_memory("a tree", self.memory)),
            Err(error) => Err(error),
            Ok(()) => Ok(text.text),
        }
    }

    /// Writes the [`tree`](Self::tree) as it is read. It takes at most 512 KiB of memory at the default depth,
    /// and some 32 bytes for each shared object.
    ///
    /// ```
    /// use state_core::{Inspection, Options};
    ///
    /// let bytes = Options::new().with_schema().dumps(&("Dave", 30))?;
    /// let mut text = String::new();
    /// Inspection::open(&bytes)?.write_tree(&mut text)?;
    /// assert_eq!(text, "tuple of 2\n  'Dave'\n  30\n");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the bytes are damaged, with the path to the place, up to which the tree is written; if the writer fails.
    pub fn write_tree(&self, out: &mut impl Write) -> Result<()> {
        let mut tree =
            Tree { out, open: 0, label: String::new(), cut: Vec::new(), written: Ok(()), shared: Marks::default() };
        let read = walk::Scan::new(&self.nodes, &self.regions, self.bytes, &mut tree);
        let walked = read.root(self.root(), self.regions.head, self.levels);
        tree.written
            .map_err(|fmt::Error| Error::new(ErrorKind::Unwritable, "", "the writer takes no more of the tree"))?;
        walked
    }
}

/// The error of a state with numbered references whose schema does not say which types are shared pointers.
#[cold]
pub(crate) fn no_pointers() -> Error {
    let expected = "a schema that says which types are shared pointers, as one does that is written with the state";
    let found = "one without that, of a state whose shared objects have numbers (a recorded form says it too, once \
         `STATE_RECORD=1 cargo test` was run with the version that wrote the state)";
    Error::new(ErrorKind::Identity, expected, found)
}

impl Options {
    /// Like [`Inspection::open`], with the limit of [`memory`](Self::memory) for each result: the schema, the
    /// [`value`](Inspection::value), the [`tree`](Inspection::tree). The default limit is 1 GiB, or 64 times the bytes
    /// if that is more.
    ///
    /// ```
    /// use state_core::{ErrorKind, Options};
    ///
    /// let bytes = Options::new().with_schema().dumps(&vec![(); 100_000])?;
    /// let inspection = Options::new().memory(1 << 20).inspect(&bytes)?;
    /// assert_eq!(inspection.value().unwrap_err().kind(), ErrorKind::Memory);
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Inspection::open`], and if the schema would take more than the limit.
    pub fn inspect<'a>(&self, bytes: &'a [u8]) -> Result<Inspection<'a>> {
        Inspection::open_within(bytes, *self)
    }
}

#[cfg(feature = "std")]
impl<R: Read> StreamReader<R> {
    /// Inspects the current state by the schema in the stream, without knowing its type.
    ///
    /// # Errors
    /// As for [`Inspection::open`]; also before the first state and at the end.
    pub fn inspect(&self) -> Result<Inspection<'_>> {
        let (schema, rows, options) = self.described();
        let image = Image::open(self.image())?;
        match image.schema {
            Some(_) => options.inspect(self.image()),
            None => Inspection::of(&image, (schema, rows), self.image(), options),
        }
    }
}

/// Text whose memory never exceeds a limit.
struct Limited {
    text: String,
    limit: usize,
    is_spent: bool,
}

impl Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let needed = self.text.len() + text.len();
        if needed > self.limit {
            self.is_spent = true;
            return Err(fmt::Error);
        }
        if needed > self.text.capacity() {
            let capacity = needed.max(self.text.capacity().saturating_mul(2)).min(self.limit);
            self.text.reserve_exact(capacity - self.text.len());
        }
        self.text.push_str(text);
        Ok(())
    }
}

/// The number of elements of a raw array that are shown.
const SHOWN: usize = 8;

/// Arrays of up to this many numbers, such as vectors and matrices, are shown on one line.
const ROW: usize = 16;

/// Levels beyond this are not indented further, so that the length of the text stays proportional to that of the bytes.
const INDENTED: usize = 40;

struct Tree<'w, W> {
    out: &'w mut W,
    open: usize,
    /// The name of the next slot.
    label: String,
    /// The levels of open lists whose last parts are left out.
    cut: Vec<usize>,
    /// The writer's last result; nothing is written after an error.
    written: fmt::Result,
    shared: Marks,
}

/// The shared objects that have occurred, each with its number in the tree.
#[derive(Default)]
struct Marks {
    numbers: Places,
    /// The numbers of the objects that the next value is.
    next: Vec<usize>,
}

impl Marks {
    fn number(&mut self, object: Number) -> usize {
        let next = self.numbers.len() + 1;
        self.numbers.get_or_set(object.key(), next)
    }
}

impl<W: Write> Tree<'_, W> {
    fn line(&mut self, text: impl fmt::Display) {
        let indent = 2 * self.open.min(INDENTED);
        let colon = if self.label.is_empty() { "" } else { ": " };
        if self.written.is_ok() {
            self.written = write!(self.out, "{:indent$}{}{colon}", "", Escaped(&self.label));
        }
        for number in self.shared.next.drain(..) {
            self.written = self.written.and_then(|()| write!(self.out, "<shared {number}> "));
        }
        self.written = self.written.and_then(|()| writeln!(self.out, "{text}"));
        self.label.clear();
    }
}

impl<W: Write> Encoder for Tree<'_, W> {
    fn none(&mut self) {
        self.line("None");
    }

    fn bool(&mut self, value: bool) {
        self.line(Value::from(value));
    }

    fn int(&mut self, value: i128) {
        self.line(value);
    }

    fn big(&mut self, value: u128) {
        self.line(value);
    }

    fn float(&mut self, value: f64) {
        self.line(Value::from(value));
    }

    fn single(&mut self, value: f32) {
        self.line(Single(value));
    }

    fn str(&mut self, value: &str) {
        self.line(Text(value));
    }

    fn bytes(&mut self, value: &[u8]) {
        self.line(Bytes(value));
    }

    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        self.line(format_args!("array of shape {shape:?}"));
        self.open += 1;
        self.raw(elements, bytes);
        self.open -= 1;
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        self.line(value::standard(known, bytes));
    }

    fn raw(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        let size = elements.schema.head.max(1);
        let (count, of) = (bytes.len() / size, show(elements));
        self.line(format_args!("{} bytes, {count} of {of}", bytes.len()));
        self.open += 1;
        for element in bytes.chunks_exact(size).take(SHOWN) {
            self.line(Element(elements, element));
        }
        if count > SHOWN {
            self.line("...");
        }
        self.open -= 1;
    }

    /// The line of the array contains the count.
    fn count(&mut self, _: u64) {}

    fn row(&mut self, elements: Elements<'_>, bytes: &[u8]) -> bool {
        let size = elements.schema.head;
        if bytes.len() > ROW * size {
            return false;
        }
        let numbers: Vec<String> =
            bytes.chunks_exact(size).map(|number| Element(elements, number).to_string()).collect();
        self.line(format_args!("[{}]", numbers.join(", ")));
        true
    }

    fn begin(&mut self, group: Group<'_>) {
        match group {
            Group::Tuple(0) => self.line("()"),
            Group::Tuple(len) => self.line(format_args!("tuple of {len}")),
            Group::List(len) => self.line(format_args!("list of {len}")),
            Group::Set(len) => self.line(format_args!("set of {len}")),
            Group::Dict(len) => self.line(format_args!("map of {len}")),
            Group::Object { tag, .. } => self.line(Escaped(tag)),
            Group::Variant { tag, variant, .. } => self.line(format_args!("{}.{}", Escaped(tag), Escaped(variant))),
        }
        self.open += 1;
    }

    fn end(&mut self) {
        if self.cut.last() == Some(&self.open) {
            self.cut.pop();
            self.line("...");
        }
        self.open -= 1;
    }

    fn alike(&mut self, parts: usize) -> usize {
        if parts > SHOWN {
            self.cut.push(self.open);
        }
        parts.min(SHOWN)
    }

    fn slot(&mut self, name: &str) {
        name.clone_into(&mut self.label);
    }

    fn object(&mut self, number: Number) {
        let number = self.shared.number(number);
        self.shared.next.push(number);
    }

    fn reference(&mut self, number: Number) {
        let number = self.shared.number(number);
        self.line(format_args!("<shared {number}>"));
    }
}

fn show(elements: Elements<'_>) -> String {
    brief(&Show(elements.schema, elements.nodes))
}
