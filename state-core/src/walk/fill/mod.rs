//! Fills an image from a dynamic value, by the schema of the type to be restored.
//!
//! A value that does not fit is reported with its slot; one that fits becomes an image like any other, and is checked
//! like any other.

mod attributes;
mod extended;
mod filled;
mod flat;
mod keys;
mod leaves;
mod objects;
mod older;
mod older_variants;
mod once;
mod raws;
mod variants;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::Decoder;
use super::form::{can_be_none, weak_to};
use crate::error::{Error, ErrorKind, Result, index};
use crate::protocol::builder::Builder;
use crate::protocol::encode::too_deep;
use crate::protocol::entry;
use crate::protocol::layout::{FACTOR, RECORD, option_is_inline, stride};
use crate::protocol::stack;
use crate::schema::{Kind, Link, Nodes, Object, Schema, Show, root_name_in};
use crate::sharing::copied;
use crate::sharing::walked::{Given, References};
use crate::standard;
pub(crate) use filled::Filled;
#[cfg(feature = "pickle")]
pub(crate) use keys::can_become_one;
#[cfg(feature = "pyo3")]
use objects::missing;
use objects::{left_out, slots_left_out};

/// How many parts of a key may be nested for an error to show it.
const PARTS_OF_KEY: u32 = 8;

/// The limits of an image that is filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The number of nested lists, boxes and maps.
    pub depth: u32,
    /// How many bytes may be taken by slots that a state leaves to their defaults, and by converted arrays.
    pub memory: usize,
    /// What to do with values that several places refer to.
    pub references: References,
}

/// Fills the image of a value.
pub(crate) fn fill<'v, D: Decoder<'v>>(schema: &'static Schema, value: D, limits: Limits) -> Result<Filled<'v>> {
    filled(schema, limits, |fill| fill.node(schema, value, 0))
}

/// Fills the image of an object from its flat state.
pub(crate) fn fill_state<'v, D: Decoder<'v>>(
    schema: &'static Schema,
    mut state: impl ExactSizeIterator<Item = D>,
    limits: Limits,
) -> Result<Filled<'v>> {
    filled(schema, limits, |fill| match &schema.kind {
        Kind::Object(object) => fill.whole_state(object, &mut state, 0),
        _ => Err(Error::new(ErrorKind::Malformed, "an object", schema.to_string())),
    })
}

/// Fills the image of an object from its slots by name.
pub(crate) fn fill_named_state<'v, D: Decoder<'v>>(
    schema: &'static Schema,
    named: Vec<(&'v str, D)>,
    limits: Limits,
) -> Result<Filled<'v>> {
    filled(schema, limits, |fill| match &schema.kind {
        Kind::Object(object) => older::by_names_of(fill, object, (&object.name, &named), 0),
        _ => Err(Error::new(ErrorKind::Malformed, "an object", schema.to_string())),
    })
}

/// Fills the image of an object from its flat state, in the allocations of an earlier image.
#[cfg(feature = "pyo3")]
pub(crate) fn fill_state_over<'v, D: Decoder<'v>>(
    space: Builder,
    schema: &'static Schema,
    mut state: impl ExactSizeIterator<Item = D>,
    limits: Limits,
) -> Result<Filled<'v>> {
    filled_over(Builder::over(space, schema.head, limits.depth), (schema, Nodes::NONE), limits, |fill| {
        match &schema.kind {
            Kind::Object(object) => fill.whole_state(object, &mut state, 0),
            _ => Err(Error::new(ErrorKind::Malformed, "an object", schema.to_string())),
        }
    })
}

/// Fills the image of an older form, by the schema that came with its state: an object from its flat state, any other
/// type from the only part.
#[cfg(feature = "pyo3")]
pub(crate) fn fill_older<'v, D: Decoder<'v>>(
    (schema, nodes): (&Schema, &Nodes),
    mut state: impl ExactSizeIterator<Item = D>,
    limits: Limits,
) -> Result<Filled<'v>> {
    if schema.head > limits.memory {
        return Err(Error::beyond_memory("a state of an older form", limits.memory));
    }
    filled_over(Builder::new(schema.head, limits.depth), (schema, nodes), limits, |fill| match &schema.kind {
        Kind::Object(object) => fill.whole_state(object, &mut state, 0),
        _ => match state.next() {
            Some(only) => fill.node(schema, only, 0),
            None => Err(missing(&fill.show(schema))),
        },
    })
}

/// Fills an object from its slots by name, at a head of an image, and returns the image.
pub(crate) fn fill_named<'v, D: Decoder<'v>>(
    image: Builder,
    object: &Object,
    named: &[(&'v str, D)],
    at: usize,
) -> (Builder, Result<()>) {
    by_names(image, |fill| older::with_parent(fill, object, named, at))
}

/// Fills an object of the program from slots by name, in the state of an older form of it that was called `tag`.
fn fill_named_of<'v, D: Decoder<'v>>(
    image: Builder,
    object: &Object,
    state: (&str, &[(&'v str, D)]),
    at: usize,
) -> (Builder, Result<()>) {
    by_names(image, |fill| older::by_names_of(fill, object, state, at))
}

fn by_names<'v, 's>(image: Builder, fill: impl FnOnce(&mut Fill<'v, 's>) -> Result<()>) -> (Builder, Result<()>) {
    let parts = stack::parts(image.depth);
    let mut object = Fill { nodes: Nodes::NONE, builder: image, lent: None, parts, given: None, older: true };
    let filled = fill(&mut object);
    object.whole();
    (object.builder, filled)
}

/// Fills values of one type, whose heads are at equal distances in an image, and returns the image.
pub(crate) fn fill_each<'v, D: Decoder<'v>>(
    image: Builder,
    (schema, nodes): (&Schema, &Nodes),
    mut items: impl Iterator<Item = D>,
    place: (usize, usize),
) -> (Builder, Result<()>) {
    let parts = stack::parts(image.depth);
    let mut fill = Fill { nodes, builder: image, lent: None, parts, given: None, older: false };
    let filled = fill.side_by_side(schema, &mut items, place);
    fill.whole();
    (fill.builder, filled)
}

/// Fills a raw array, whose head is the image's, and returns the image.
#[cfg(feature = "pickle")]
pub(crate) fn fill_raw<'v, D: Decoder<'v>>(
    image: Builder,
    (raw, nodes): (&crate::schema::Raw, &Nodes),
    value: D,
) -> (Builder, Result<()>) {
    let parts = stack::parts(image.depth);
    let mut fill = Fill { nodes, builder: image, lent: None, parts, given: None, older: true };
    let filled = fill.raw(raw, value, None, 0);
    fill.whole();
    (fill.builder, filled)
}

/// Fills an image, whose head is zero, from a value of at most `parts` nested parts, and returns the image.
pub(crate) fn fill_at<'v, D: Decoder<'v>>(
    image: Builder,
    schema: &'static Schema,
    value: D,
    parts: u32,
) -> (Builder, Result<()>) {
    let mut fill = Fill { nodes: Nodes::NONE, builder: image, lent: None, parts, given: None, older: false };
    let filled = fill.node(schema, value, 0);
    fill.whole();
    (fill.builder, filled)
}

fn filled<'v>(
    schema: &'static Schema,
    limits: Limits,
    run: impl FnOnce(&mut Fill<'v, 'static>) -> Result<()>,
) -> Result<Filled<'v>> {
    filled_over(Builder::new(schema.head, limits.depth), (schema, Nodes::NONE), limits, run)
}

fn filled_over<'v, 's>(
    mut builder: Builder,
    (schema, nodes): (&'s Schema, &'s Nodes),
    limits: Limits,
    run: impl FnOnce(&mut Fill<'v, 's>) -> Result<()>,
) -> Result<Filled<'v>> {
    builder.memory = limits.memory;
    builder.numbered = limits.references == References::Numbered;
    let given = Given::new(limits.references);
    let mut fill = Fill { nodes, parts: stack::parts(builder.depth), builder, lent: None, given, older: false };
    run(&mut fill).map_err(|error| error.within(root_name_in(nodes, schema)))?;
    if let Some(given) = fill.given.take() {
        given.write(&mut fill.builder)?;
    }
    let Fill { builder: Builder { heads, text, raw, .. }, lent, .. } = fill;
    Ok(Filled { head: schema.head, heads, text, raw, lent, list: None })
}

pub(super) struct Fill<'v, 's> {
    /// The nodes to which the schema's links lead.
    pub(super) nodes: &'s Nodes,
    pub(super) builder: Builder,
    /// How many more parts may be nested here: the functions recurse for each.
    parts: u32,
    /// A raw array that is not copied, as long as it is the only one.
    pub(super) lent: Option<Cow<'v, [u8]>>,
    /// The numbers of references, where they are numbered.
    given: Option<Given>,
    /// Whether the values were written by another version of the type.
    older: bool,
}

impl<'v, 's> Fill<'v, 's> {
    /// The node to which a link of the schema leads.
    pub(super) fn target(&self, link: Link) -> &'s Schema {
        self.nodes.get(link)
    }

    /// Returns a type as errors show it.
    pub(super) fn show(&self, schema: &'s Schema) -> Show<'s> {
        Show(schema, self.nodes)
    }

    /// Goes one part deeper. Returns the count to go back to.
    fn deeper(&mut self) -> Result<u32> {
        let outer = self.parts;
        self.parts = outer.checked_sub(1).ok_or_else(|| too_deep(None))?;
        Ok(outer)
    }

    /// Runs a function that fills the image elsewhere. The image is passed to it and returned, with as many levels as
    /// are allowed here.
    pub(super) fn aside(&mut self, run: impl FnOnce(Builder) -> (Builder, Result<()>)) -> Result<()> {
        let (builder, filled) = run(core::mem::take(self.whole()));
        self.builder = builder;
        filled
    }

    /// Writes the record of a pointer. Returns whether its value follows.
    #[cold]
    fn pointer<D: Decoder<'v>>(&mut self, schema: &'s Schema, value: D, at: usize) -> Result<bool> {
        let (Some(key), Some(given)) = (schema.shared, &mut self.given) else { return Ok(true) };
        let object = value.identity().map(|identity| identity as u64).zip(key.class());
        if let Kind::Weak(of) = schema.kind {
            if value.is_none() {
                return Ok(false);
            }
            if !attributes::may_lead_to(self.nodes, self.nodes.get(of), value) {
                return Err(wrong(Show(self.nodes.get(of), self.nodes), value));
            }
            // An object that nothing else refers to is gone.
            if let Some((identity, key)) = object {
                given.weak(at, key, identity);
            }
            return Ok(false);
        }
        if given.refuses {
            return match object {
                Some((identity, key)) if !given.is_first(key, identity) => Err(copied(ErrorKind::Malformed, schema)),
                _ => Ok(true),
            };
        }
        let place = self.builder.run(1, RECORD);
        Ok(object.is_none_or(|(identity, key)| given.strong(place, key, identity)))
    }

    /// Appends a run of zeroed heads. Slots that a state may leave out take more bytes than the value has, so they are
    /// counted if they are large; every other slot corresponds to a part of the value.
    pub(super) fn run(&mut self, count: usize, head: usize, left_out: impl FnOnce(&Nodes) -> usize) -> Result<usize> {
        if head > FACTOR {
            // A schema that was read may have heads of any size.
            let each = if self.nodes.0.is_empty() { left_out(self.nodes) } else { head };
            if each > FACTOR {
                self.builder.takes(count.saturating_mul(each))?;
            }
        }
        Ok(self.builder.run(count, head))
    }

    /// Writes the image of `value` at the head `at`, which is still zero.
    pub(super) fn node<D: Decoder<'v>>(&mut self, schema: &'s Schema, value: D, at: usize) -> Result<()> {
        let outer = self.deeper()?;
        if self.given.is_none() || self.pointer(schema, value, at)? {
            self.kind(schema, value, at)?;
        }
        self.parts = outer;
        Ok(())
    }

    /// Fills by kind. In builds without optimisation, a function's frame contains the locals of all its arms. So each
    /// kind with further values has its own function, which keeps few locals, while the others are written by a
    /// function that is not on the stack during the recursion; nor are those that make errors. Functions that merely
    /// pass on are part of their caller's frame in every build: compilers that keep the parts of a crate apart do not
    /// see that they could be.
    #[inline(always)]
    fn kind<D: Decoder<'v>>(&mut self, schema: &'s Schema, value: D, at: usize) -> Result<()> {
        match &schema.kind {
            Kind::Optional(of) => self.optional(*of, value, at),
            Kind::List(of) if is_bytes(self.target(*of), value) => self.leaf(schema, value, at),
            Kind::List(of) | Kind::Set(of) => self.list(schema, *of, value, at),
            Kind::Map(key, map_value) => self.map((*key, *map_value), value, at),
            Kind::Array(of, _) if is_bytes(self.target(*of), value) => self.leaf(schema, value, at),
            Kind::Array(of, len) => self.array(schema, (*of, *len), value, at),
            Kind::Tuple(parts) => self.tuple(schema, parts, value, at),
            Kind::Boxed(of) => self.boxed(*of, value),
            Kind::Object(object) => attributes::object(self, (schema, object), value, at),
            Kind::Enum(of) => self.enumeration((schema, of), value, at),
            Kind::Open(open) => self.open_member(open, value, at),
            _ => self.leaf(schema, value, at),
        }
    }

    fn list<D: Decoder<'v>>(&mut self, schema: &'s Schema, of: Link, value: D, at: usize) -> Result<()> {
        let mut items = standard::items(value);
        let Some(items) = &mut items else { return self.numbers(schema, value, at) };
        self.builder.length(at, items.len());
        let run = self.run(items.len(), self.target(of).head, |nodes| left_out(nodes, nodes.get(of)))?;
        let place = (run, stride(self.target(of).head));
        if items.len() > 1 && matches!(schema.kind, Kind::List(_)) && value.is_set() {
            let left = self.once(self.target(of), items, place)?;
            self.builder.length(at, left);
            return Ok(());
        }
        match schema.kind {
            Kind::Set(_) if value.is_set() => self.different(self.target(of), items, place),
            _ => self.side_by_side(self.target(of), items, place),
        }
    }

    fn array<D: Decoder<'v>>(&mut self, schema: &'s Schema, (of, len): (Link, u64), value: D, at: usize) -> Result<()> {
        let mut items = standard::items(value);
        let Some(items) = &mut items else { return self.numbers(schema, value, at) };
        if items.len() as u64 != len {
            return Err(wrong(self.show(schema), value));
        }
        let place = (at, self.target(of).head);
        if len > 1 && value.is_set() {
            let left = self.once(self.target(of), items, place)?;
            return if left as u64 == len { Ok(()) } else { Err(wrong(self.show(schema), value)) };
        }
        self.side_by_side(self.target(of), items, place)
    }

    fn tuple<D: Decoder<'v>>(&mut self, schema: &'s Schema, parts: &[Link], value: D, at: usize) -> Result<()> {
        let mut items = value.sequence();
        let Some(items) = items.as_mut().filter(|items| items.len() == parts.len()) else {
            return Err(wrong(self.show(schema), value));
        };
        let mut at = at;
        for (place, part) in parts.iter().enumerate() {
            let Some(item) = items.next() else { break };
            self.node(self.target(*part), item, at).map_err(|error| within(error, place))?;
            at += self.target(*part).head;
        }
        Ok(())
    }

    fn boxed<D: Decoder<'v>>(&mut self, of: Link, value: D) -> Result<()> {
        let run = self.run(1, self.target(of).head, |nodes| left_out(nodes, nodes.get(of)))?;
        self.node(self.target(of), value, run)
    }

    fn optional<D: Decoder<'v>>(&mut self, of: Link, value: D, at: usize) -> Result<()> {
        if value.is_none() {
            return Ok(());
        }
        let inner = self.target(of);
        let value = match weak_to(self.nodes, inner) {
            Some(to) => self.weak_in(to, value),
            None if can_be_none(self.nodes, inner) => only(self.show(inner), value)?,
            None => value,
        };
        self.builder.write(at, &[1]);
        let place = if option_is_inline(inner.head) {
            at + 1
        } else {
            self.run(1, inner.head, |nodes| left_out(nodes, inner))?
        };
        self.node(inner, value, place)
    }

    /// Unwraps a weak reference in an optional, which may or may not be in a tuple of one.
    fn weak_in<D: Decoder<'v>>(&self, to: &Schema, value: D) -> D {
        let only = value.sequence().filter(|items| items.len() == 1).and_then(|mut items| items.next());
        only.filter(|item| item.is_none() || attributes::may_lead_to(self.nodes, to, *item)).unwrap_or(value)
    }

    /// Fills values of one type, whose heads are at equal distances.
    fn side_by_side<D: Decoder<'v>>(
        &mut self,
        schema: &'s Schema,
        items: &mut impl Iterator<Item = D>,
        (mut at, stride): (usize, usize),
    ) -> Result<()> {
        let start = at;
        for item in items {
            self.node(schema, item, at).map_err(|error| within(error, (at - start) / stride.max(1)))?;
            at += stride;
        }
        Ok(())
    }

    fn map<D: Decoder<'v>>(&mut self, (key, to): (Link, Link), value: D, at: usize) -> Result<()> {
        let mut entries = standard::entries(value);
        let Some(entries) = &mut entries else {
            return Err(no_map((self.show(self.target(key)), self.show(self.target(to))), value));
        };
        let size = self.target(key).head + self.target(to).head;
        self.builder.length(at, entries.len());
        let left_out = |nodes: &Nodes| left_out(nodes, nodes.get(key)).saturating_add(left_out(nodes, nodes.get(to)));
        let mut at = self.run(entries.len(), size, left_out)?;
        let count = entries.len();
        let mut keys = self.keys(self.target(key));
        while let Some((entry_key, entry_value)) = entries.next() {
            let of = self.target(key);
            self.key((of, entry_key), at, keys.as_mut())
                .map_err(|error| error.within(&entry::key_of(count - entries.len() - 1)))?;
            self.node(self.target(to), entry_value, at + of.head)
                .map_err(|error| self.within_entry(error, (of, entry_key), count - entries.len() - 1))?;
            at += stride(size);
        }
        Ok(())
    }

    /// Names the entry of a value in error. The key was filled, but where is not known, so it is filled again.
    #[cold]
    fn within_entry<D: Decoder<'v>>(&self, error: Error, (of, key): (&'s Schema, D), place: usize) -> Error {
        let builder = Builder::new(of.head, self.builder.depth);
        let mut fill =
            Fill { nodes: self.nodes, builder, lent: None, parts: PARTS_OF_KEY, given: None, older: self.older };
        let filled = fill.node(of, key, 0);
        let image = filled.ok().and_then(|()| fill.whole().regions(of.head).ok());
        error.within(&entry::named(image.and_then(|image| entry::shown(self.nodes, of, &image)), place))
    }
}

pub(super) fn wrong<'v, D: Decoder<'v>>(schema: Show<'_>, value: D) -> Error {
    Error::new(ErrorKind::Malformed, schema.to_string(), value.describe())
}

/// Whether a value for a list of these elements is given as bytes.
fn is_bytes<'v, D: Decoder<'v>>(of: &Schema, value: D) -> bool {
    of.is_byte() && value.bytes().is_some()
}

#[cold]
fn within(error: Error, place: usize) -> Error {
    error.within(&index(place))
}

#[cold]
fn no_map<'v, D: Decoder<'v>>((key, to): (Show<'_>, Show<'_>), value: D) -> Error {
    Error::new(ErrorKind::Malformed, format!("map of {key} to {to}"), value.describe())
}

/// Returns the only item of a tuple of one.
fn only<'v, D: Decoder<'v>>(schema: Show<'_>, value: D) -> Result<D> {
    let only = value.sequence().filter(|items| items.len() == 1).and_then(|mut items| items.next());
    only.ok_or_else(|| wrong(schema, value))
}
