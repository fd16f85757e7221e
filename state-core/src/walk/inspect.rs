//! A look into native bytes that carry their schema, by a program that knows nothing of the type.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt::Write;

use super::{Elements, Encoder, Group};
use crate::decode::Regions;
use crate::error::{Error, ErrorKind, Result};
use crate::fingerprint::hash;
use crate::image::{Image, Options};
use crate::known::Known;
use crate::schema::{Escaped, Kind, Nodes, Record, Schema, parse};
use crate::value::{self, Value};

/// Native bytes that say themselves what they hold: written with
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
#[derive(Debug)]
pub struct Inspection<'a> {
    nodes: Nodes,
    root: usize,
    fingerprint: u64,
    bytes: &'a [u8],
    regions: Regions<'a>,
    levels: u32,
}

impl<'a> Inspection<'a> {
    /// Reads the header and the schema, which takes up to 150 times the schema's length in memory.
    ///
    /// # Errors
    /// Bytes that are no native state, that carry no schema, or whose schema is damaged.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        let image = Image::open(bytes)?;
        let Some(schema) = image.schema else {
            return Err(Error::new(
                ErrorKind::Identity,
                "bytes that carry their schema (`Options::with_schema`)",
                alloc::format!("others, of a type with the fingerprint {:016x}", image.fingerprint),
            )
            .at_byte(8));
        };
        Self::of(&image, schema, bytes)
    }

    /// The same, of bytes whose schema stands elsewhere, as that of a stream's states does.
    #[cfg(feature = "std")]
    pub(crate) fn open_with(bytes: &'a [u8], schema: &[u8]) -> Result<Self> {
        Self::of(&Image::open(bytes)?, schema, bytes)
    }

    fn of(image: &Image<'a>, schema: &[u8], bytes: &'a [u8]) -> Result<Self> {
        if hash(schema) != image.fingerprint {
            return Err(Image::other_schema());
        }
        let (nodes, root) = parse(schema)?;
        let regions = image.regions(nodes.0.get(root).map_or(0, |root| root.head))?;
        Ok(Self { nodes, root, fingerprint: image.fingerprint, bytes, regions, levels: Options::new().levels() })
    }

    /// Sets the depth up to which the state is looked at; see [`Options::depth`]. It takes no stack here.
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

    /// What the bytes hold. Each part takes at least the 32 bytes of a value, and parts without bytes of their own
    /// can be up to 16 for each byte: hostile bytes come to about 620 times their length.
    ///
    /// # Errors
    /// Damaged bytes, with the path to the place.
    pub fn value(&self) -> Result<Value> {
        value::read_named((self.root(), &self.nodes), &self.regions, self.levels)
    }

    /// The same as a tree, a slot a line, with the slots' names. Of long arrays it shows the first elements.
    /// Hostile bytes make a text of up to 1000 times their length.
    ///
    /// # Errors
    /// Damaged bytes, with the path to the place.
    pub fn tree(&self) -> Result<String> {
        let mut tree = Tree { out: String::new(), open: 0, label: String::new() };
        let read = super::Read::new(&self.nodes, &self.regions, self.bytes, &mut tree);
        read.root(self.root(), self.regions.head, self.levels)?;
        Ok(tree.out)
    }
}

/// Elements of a raw array that are shown.
const SHOWN: usize = 8;

/// The text of one element that is shown, in bytes; about, because a part is never cut.
const SHOWN_TEXT: usize = 1000;

/// Levels beyond this are not indented further, so that the text stays in proportion to the bytes.
const INDENTED: usize = 40;

struct Tree {
    out: String,
    open: usize,
    /// The name of the slot that comes next.
    label: String,
}

impl Tree {
    fn line(&mut self, text: impl core::fmt::Display) {
        let indent = 2 * self.open.min(INDENTED);
        let colon = if self.label.is_empty() { "" } else { ": " };
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{:indent$}{}{colon}{text}", "", Escaped(&self.label));
        self.label.clear();
    }
}

impl Encoder for Tree {
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

    fn str(&mut self, value: &str) {
        self.line(Value::from(value));
    }

    fn bytes(&mut self, value: &[u8]) {
        self.line(Value::from(value));
    }

    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        self.line(format_args!("array of shape {shape:?}"));
        self.open += 1;
        self.raw(elements, bytes);
        self.open -= 1;
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        self.line(value::natural(known, bytes));
    }

    fn raw(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        let size = elements.schema.head.max(1);
        let (count, of) = (bytes.len() / size, show(elements));
        self.line(format_args!("{} bytes, {count} of {of}", bytes.len()));
        self.open += 1;
        for element in bytes.chunks_exact(size).take(SHOWN) {
            let mut text = String::new();
            element_text(elements, element, &mut text);
            self.line(text);
        }
        if count > SHOWN {
            self.line("...");
        }
        self.open -= 1;
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
        self.open -= 1;
    }

    fn slot(&mut self, name: &str) {
        name.clone_into(&mut self.label);
    }
}

fn show(elements: Elements<'_>) -> String {
    crate::schema::brief(&crate::schema::Show(elements.schema, elements.nodes))
}

/// An element of a raw array, by its layout. Layouts were read from the file, where a field lies inside its record.
pub(super) fn element_text(elements: Elements<'_>, bytes: &[u8], text: &mut String) {
    let of = |link| Elements { schema: elements.nodes.get(link), nodes: elements.nodes };
    let number = || bytes.iter().rev().fold(0_u128, |value, &byte| value << 8 | u128::from(byte));
    match &elements.schema.kind {
        Kind::Int { signed: true, .. } => {
            let unused = 128_usize.saturating_sub(8 * bytes.len()) % 128;
            *text += &((number() << unused) as i128 >> unused).to_string();
        }
        Kind::Int { .. } => *text += &number().to_string(),
        Kind::Float { bits: 32 } => *text += &Value::from(f32::from_bits(number() as u32)).to_string(),
        Kind::Float { .. } => *text += &Value::from(f64::from_bits(number() as u64)).to_string(),
        Kind::Array(element, _) => {
            let element = of(*element);
            text.push('[');
            for (at, part) in bytes.chunks_exact(element.schema.head.max(1)).enumerate() {
                *text += if at == 0 { "" } else { ", " };
                if text.len() > SHOWN_TEXT {
                    *text += "...";
                    break;
                }
                element_text(element, part, text);
            }
            text.push(']');
        }
        Kind::Record(Record { fields, .. }) => {
            text.push('{');
            for (at, field) in fields.iter().enumerate() {
                let element = of(field.ty);
                *text += if at == 0 { "" } else { ", " };
                if text.len() > SHOWN_TEXT {
                    *text += "...";
                    break;
                }
                *text += &Escaped(&field.name).to_string();
                *text += ": ";
                let end = field.offset.saturating_add(element.schema.head);
                element_text(element, bytes.get(field.offset..end).unwrap_or_default(), text);
            }
            text.push('}');
        }
        _ => *text += &Value::from(bytes).to_string(),
    }
}
