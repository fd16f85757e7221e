//! From a dynamic value to an image, by the schema of the type that is to be restored.
//!
//! What does not fit is told with its slot; what fits is an image like any other, and is checked as one.

mod once;
mod raws;
mod variants;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::form::{can_be_none, count_slots, is_byte};
use super::{Decoder, attributes, cbor, index};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::protocol::encode::too_deep;
use crate::protocol::float;
use crate::protocol::layout::RECORD;
use crate::protocol::layout::{FACTOR, option_is_inline, stride};
use crate::protocol::stack;
use crate::protocol::text::Text;
use crate::schema::{Kind, Link, Nodes, Object, Raw, Schema, Show, Slot, root_name};
use crate::sharing::copied;
use crate::sharing::walked::{Given, References};
use crate::standard::{self, Known};

/// An image that was filled from a dynamic value.
pub(crate) struct Filled<'v> {
    head: usize,
    heads: Vec<u8>,
    text: Vec<u8>,
    raw: Vec<u8>,
    lent: Option<Cow<'v, [u8]>>,
}

#[cfg(feature = "pickle")]
impl<'v> Filled<'v> {
    /// An image of the root's head and the tail, the text and the raw arrays; or of the one array that is lent.
    pub fn new(head: usize, (heads, text, raw): (Vec<u8>, Vec<u8>, Vec<u8>), lent: Option<&'v [u8]>) -> Self {
        Self { head, heads, text, raw, lent: lent.map(Cow::Borrowed) }
    }
}

#[cfg(feature = "pyo3")]
impl Filled<'static> {
    /// An image that was made otherwise, whose root has a head of so many bytes.
    pub fn of(head: usize, image: Builder) -> Self {
        Self { head, heads: image.heads, text: image.text, raw: image.raw, lent: None }
    }
}

impl Filled<'_> {
    /// Its space, to be used again.
    #[cfg(feature = "pyo3")]
    pub fn into_space(self) -> Builder {
        Builder { heads: self.heads, text: self.text, raw: self.raw, ..Builder::default() }
    }

    pub fn regions(&self) -> Result<Regions<'_>> {
        let (head, tail) = self.heads.split_at(self.head);
        let text = Text::new(&self.text).map_err(|_| Error::new(ErrorKind::Malformed, "UTF-8 text", "other bytes"))?;
        Ok(Regions { head, tail, text, raw: self.lent.as_deref().unwrap_or(&self.raw), numbered: None })
    }
}

/// How far an image may go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Lists, boxes and maps inside one another.
    pub depth: u32,
    /// Bytes of slots that a state leaves to their defaults.
    pub memory: usize,
    /// What is done about values that several places refer to.
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

/// The same from slots that stand by name.
pub(crate) fn fill_named_state<'v, D: Decoder<'v>>(
    schema: &'static Schema,
    named: Vec<(&'v str, D)>,
    limits: Limits,
) -> Result<Filled<'v>> {
    filled(schema, limits, |fill| match &schema.kind {
        Kind::Object(object) => attributes::by_names_of(fill, object, (&object.name, &named), 0),
        _ => Err(Error::new(ErrorKind::Malformed, "an object", schema.to_string())),
    })
}

/// The same, in the space of an image that was filled before.
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

/// Fills the image of an older form, by the schema that came with its state: of an object from the flat state, of what
/// is none from its only part.
#[cfg(feature = "pyo3")]
pub(crate) fn fill_older<'v, D: Decoder<'v>>(
    (schema, nodes): (&Schema, &Nodes),
    mut state: impl ExactSizeIterator<Item = D>,
    limits: Limits,
) -> Result<Filled<'v>> {
    filled_over(Builder::new(schema.head, limits.depth), (schema, nodes), limits, |fill| match &schema.kind {
        Kind::Object(object) => fill.whole_state(object, &mut state, 0),
        _ => match state.next() {
            Some(only) => fill.node(schema, only, 0),
            None => Err(missing(&fill.show(schema))),
        },
    })
}

/// Fills an object from its slots by name, at a head of an image, which is given back.
pub(crate) fn fill_named<'v, D: Decoder<'v>>(
    image: Builder,
    object: &Object,
    named: Vec<(&'v str, D)>,
    at: usize,
) -> (Builder, Result<()>) {
    let parts = stack::parts(image.depth);
    let mut fill = Fill { nodes: Nodes::NONE, builder: image, lent: None, parts, given: None };
    let filled = attributes::attributes(&mut fill, object, &named, at);
    fill.whole();
    (fill.builder, filled)
}

/// Fills values of one type, whose heads stand at equal distances in an image, which is given back.
pub(crate) fn fill_each<'v, D: Decoder<'v>>(
    image: Builder,
    (schema, nodes): (&Schema, &Nodes),
    mut items: impl Iterator<Item = D>,
    place: (usize, usize),
) -> (Builder, Result<()>) {
    let parts = stack::parts(image.depth);
    let mut fill = Fill { nodes, builder: image, lent: None, parts, given: None };
    let filled = fill.side_by_side(schema, &mut items, place);
    fill.whole();
    (fill.builder, filled)
}

/// Fills an image, whose head is zero, of a value in which so many parts may stand inside one another. It is given back.
#[cfg(feature = "pickle")]
pub(crate) fn fill_at<'v, D: Decoder<'v>>(
    image: Builder,
    schema: &'static Schema,
    value: D,
    parts: u32,
) -> (Builder, Result<()>) {
    let mut fill = Fill { nodes: Nodes::NONE, builder: image, lent: None, parts, given: None };
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
    let mut fill = Fill { nodes, parts: stack::parts(builder.depth), builder, lent: None, given };
    run(&mut fill).map_err(|error| error.within(root_name(schema)))?;
    if let Some(given) = fill.given.take() {
        given.write(&mut fill.builder)?;
    }
    let Fill { builder: Builder { heads, text, raw, .. }, lent, .. } = fill;
    Ok(Filled { head: schema.head, heads, text, raw, lent })
}

pub(super) struct Fill<'v, 's> {
    /// The nodes that the schema's links lead to.
    pub(super) nodes: &'s Nodes,
    pub(super) builder: Builder,
    /// How many parts may stand inside one another here: the functions call one another for each.
    parts: u32,
    /// A raw array that stays where it came from, as long as it is the only one.
    pub(super) lent: Option<Cow<'v, [u8]>>,
    /// Where references are numbered, the numbers.
    given: Option<Given>,
}

impl<'v, 's> Fill<'v, 's> {
    /// What a link of the schema leads to.
    pub(super) fn target(&self, link: Link) -> &'s Schema {
        self.nodes.get(link)
    }

    /// A type as an error names it.
    pub(super) fn show(&self, schema: &'s Schema) -> Show<'s> {
        Show(schema, self.nodes)
    }

    /// Goes one part deeper; what to go back to.
    fn deeper(&mut self) -> Result<u32> {
        let outer = self.parts;
        self.parts = outer.checked_sub(1).ok_or_else(|| too_deep(None))?;
        Ok(outer)
    }

    /// Has what can be filled aside be so: the image goes there and comes back, with as many levels as may follow here.
    pub(super) fn aside(&mut self, run: impl FnOnce(Builder) -> (Builder, Result<()>)) -> Result<()> {
        self.whole();
        let depth = self.builder.depth;
        self.builder.depth = stack::levels(self.parts);
        let (builder, filled) = run(core::mem::take(&mut self.builder));
        self.builder = Builder { depth, ..builder };
        filled
    }

    /// Writes the record of a pointer; whether its value follows.
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
            // What nothing else refers to is gone.
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

    /// A run of zeroed heads. Those of slots that a state may leave out are more than what stands for them, and counted
    /// where they are large; each other slot has a part of the value to it.
    pub(super) fn run(&mut self, count: usize, head: usize, left_out: impl FnOnce(&Nodes) -> usize) -> Result<usize> {
        if head > FACTOR {
            let each = left_out(self.nodes);
            if each > FACTOR {
                self.builder.takes(count.saturating_mul(each))?;
            }
        }
        Ok(self.builder.run(count, head))
    }

    /// Writes what stands for `value` at the head `at`, which is zero so far.
    pub(super) fn node<D: Decoder<'v>>(&mut self, schema: &'s Schema, value: D, at: usize) -> Result<()> {
        let outer = self.deeper()?;
        if self.given.is_none() || self.pointer(schema, value, at)? {
            self.kind(schema, value, at)?;
        }
        self.parts = outer;
        Ok(())
    }

    /// Where nothing is optimised, a function's frame holds the locals of all its arms. So what leads to further values
    /// has functions of its own, which keep little, and what does not is written by one that is not open meanwhile; nor
    /// are those that make errors. What merely passes on is part of its caller's frame in every build: compilers that keep
    /// the parts of a crate apart do not see that it could be.
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
            Kind::Object(object) => attributes::object(self, object, value, at),
            Kind::Enum(of) => self.enumeration(of, value, at),
            Kind::Open(open) => self.open_member(open, value, at),
            _ => self.leaf(schema, value, at),
        }
    }

    /// Writes a value that has no parts which are values of their own.
    fn leaf<D: Decoder<'v>>(&mut self, schema: &'s Schema, value: D, at: usize) -> Result<()> {
        let shown = self.show(schema);
        let wrong = || wrong(shown, value);
        match &schema.kind {
            Kind::Unit => value.items().filter(|items| items.len() == 0).map(drop).ok_or_else(wrong)?,
            Kind::Bool => self.builder.write(at, &[u8::from(value.bool().ok_or_else(wrong)?)]),
            Kind::Char => {
                let char = value.str().and_then(only_char).ok_or_else(wrong)?;
                self.builder.write(at, &u32::from(char).to_le_bytes());
            }
            Kind::Int { bits, signed, nonzero } => {
                let bytes = int(value, *bits, *signed).filter(|bytes| !nonzero || *bytes != [0; 16]);
                let bytes = bytes.ok_or_else(wrong)?;
                self.builder.write(at, &bytes[..usize::from(*bits) / 8]);
            }
            Kind::Float { bits: 32 } => {
                let wide = value.float().ok_or_else(wrong)?;
                let narrow = float::narrow(wide);
                if narrow.is_infinite() && wide.is_finite() {
                    return Err(wrong());
                }
                self.builder.write(at, &narrow.to_le_bytes());
            }
            Kind::Float { .. } => self.builder.write(at, &value.float().ok_or_else(wrong)?.to_le_bytes()),
            Kind::Seconds { signed } if value.items().is_none() => {
                let head = if *signed {
                    standard::datetime::moment(value).and_then(|(head, _)| standard::datetime::since_1970(head))
                } else {
                    standard::timedelta::head(value)
                };
                let head = head.filter(|head| *signed || head[7] < 0x80).ok_or_else(wrong)?;
                self.builder.write(at, &head);
            }
            Kind::Seconds { signed } => {
                let mut parts = value.items().filter(|items| items.len() == 2).ok_or_else(wrong)?;
                let (seconds, nanos) = (parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?);
                self.builder.write(at, &int(seconds, 64, *signed).ok_or_else(wrong)?[..8]);
                self.builder.write(at + 8, &int(nanos, 32, false).ok_or_else(wrong)?[..4]);
            }
            Kind::Str => {
                let text = standard::text(value).ok_or_else(wrong)?;
                self.builder.length(at, text.len());
                self.builder.text.extend_from_slice(text.as_bytes());
            }
            Kind::List(_) => self.bytes(value, at, wrong)?,
            Kind::Array(_, len) => {
                let bytes = value.bytes().filter(|bytes| bytes.len() as u64 == *len).ok_or_else(wrong)?;
                self.builder.write(at, bytes);
            }
            Kind::Grid(of, dimensions) => self.grid((schema, *of, *dimensions), value, at)?,
            Kind::Known(of) => {
                let image = standard::image(*of, value).ok_or_else(wrong)?;
                match of {
                    Known::Int | Known::Natural => {
                        self.builder.length(at, image.len());
                        let run = self.builder.run(image.len(), 1);
                        self.builder.write(run, &image);
                    }
                    _ => self.builder.write(at, &image),
                }
            }
            Kind::Serde => self.serde(value, at)?,
            #[cfg(feature = "pyo3")]
            Kind::Handle(handle) => {
                let place = value.handle().filter(|&place| (handle.accepts)(place)).ok_or_else(wrong)?;
                self.builder.write(at, &place.to_le_bytes());
            }
            // These stand in slots, and inside raw arrays, which come whole; or they have parts.
            _ => return Err(wrong()),
        }
        Ok(())
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
        self.side_by_side(self.target(of), items, place)
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
        let mut items = value.items();
        let Some(items) = items.as_mut().filter(|items| items.len() == parts.len() && !value.is_set()) else {
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

    fn bytes<D: Decoder<'v>>(&mut self, value: D, at: usize, wrong: impl FnOnce() -> Error) -> Result<()> {
        let bytes = value.bytes().ok_or_else(wrong)?;
        self.builder.length(at, bytes.len());
        let run = self.builder.run(bytes.len(), 1);
        self.builder.write(run, bytes);
        Ok(())
    }

    fn serde<D: Decoder<'v>>(&mut self, value: D, at: usize) -> Result<()> {
        let item = cbor::write(value)?;
        self.builder.length(at, item.len());
        let run = self.builder.run(item.len(), 1);
        self.builder.write(run, &item);
        Ok(())
    }

    fn optional<D: Decoder<'v>>(&mut self, of: Link, value: D, at: usize) -> Result<()> {
        if value.is_none() {
            return Ok(());
        }
        let inner = self.target(of);
        let value = if can_be_none(self.nodes, inner) { only(self.show(inner), value)? } else { value };
        self.builder.write(at, &[1]);
        let place = if option_is_inline(inner.head) {
            at + 1
        } else {
            self.run(1, inner.head, |nodes| left_out(nodes, inner))?
        };
        self.node(inner, value, place)
    }

    /// Values of one type, whose heads stand at equal distances.
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
        while let Some((entry_key, entry_value)) = entries.next() {
            let entry = self.entry((self.target(key), entry_key), (self.target(to), entry_value), at);
            entry.map_err(|error| within(error, count - entries.len() - 1))?;
            at += stride(size);
        }
        Ok(())
    }

    fn entry<D: Decoder<'v>>(
        &mut self,
        (key, entry_key): (&'s Schema, D),
        (to, value): (&'s Schema, D),
        at: usize,
    ) -> Result<()> {
        self.node(key, entry_key, at)?;
        self.node(to, value, at + key.head)
    }

    /// A flat state, all of it.
    #[inline(always)]
    pub(super) fn whole_state<D: Decoder<'v>>(
        &mut self,
        object: &'s Object,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        self.state(object, state, at)?;
        match state.next() {
            None => Ok(()),
            Some(more) => Err(one_more((object, self.nodes), more)),
        }
    }

    /// The parent's slots, then the own ones.
    #[inline(always)]
    fn state<D: Decoder<'v>>(
        &mut self,
        object: &'s Object,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        match &*object.slots {
            [parent, own @ ..] if object.has_parent => {
                self.inherited(parent, state, at)?;
                self.slots(own, state, at + self.target(parent.ty).head)
            }
            own => self.slots(own, state, at),
        }
    }

    fn inherited<D: Decoder<'v>>(
        &mut self,
        parent: &'s Slot,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        let Kind::Object(object) = &self.target(parent.ty).kind else { return Ok(()) };
        let outer = self.deeper()?;
        self.state(object, state, at).map_err(|error| error.within(&parent.name))?;
        self.parts = outer;
        Ok(())
    }

    fn slots<D: Decoder<'v>>(
        &mut self,
        slots: &'s [Slot],
        state: &mut impl ExactSizeIterator<Item = D>,
        mut at: usize,
    ) -> Result<()> {
        for slot in slots {
            let schema = self.target(slot.ty);
            self.slot(slot, state, at).map_err(|error| error.within(&slot.name))?;
            at += schema.head;
        }
        Ok(())
    }

    #[inline(always)]
    fn slot<D: Decoder<'v>>(
        &mut self,
        slot: &'s Slot,
        state: &mut impl ExactSizeIterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        let schema = self.target(slot.ty);
        match (state.next(), slot.default, &schema.kind) {
            (Some(value), _, Kind::Raw(raw)) => self.raw_slot(raw, value, state, at),
            (Some(value), _, _) => self.node(schema, value, at),
            (None, Some(default), _) => default(self.whole(), at),
            (None, None, _) => Err(missing(&self.show(schema))),
        }
    }

    fn raw_slot<D: Decoder<'v>>(
        &mut self,
        raw: &Raw,
        value: D,
        state: &mut impl Iterator<Item = D>,
        at: usize,
    ) -> Result<()> {
        let count = if raw.counted { Some(state.next().ok_or_else(|| missing(&"the count"))?) } else { None };
        self.raw(raw, value, count, at)
    }
}

/// The bytes in a head that belong to slots with defaults.
fn left_out(nodes: &Nodes, schema: &Schema) -> usize {
    if schema.head <= FACTOR {
        return 0;
    }
    match &schema.kind {
        Kind::Object(object) => slots_left_out(nodes, &object.slots),
        Kind::Tuple(items) => items.iter().map(|&item| left_out(nodes, nodes.get(item))).fold(0, usize::saturating_add),
        Kind::Array(of, len) => {
            left_out(nodes, nodes.get(*of)).saturating_mul(usize::try_from(*len).unwrap_or(usize::MAX))
        }
        _ => 0,
    }
}

/// The bytes in the heads of these slots that belong to slots with defaults.
pub(super) fn slots_left_out(nodes: &Nodes, slots: &[Slot]) -> usize {
    let of = |slot: &Slot| {
        if slot.default.is_some() { nodes.get(slot.ty).head } else { left_out(nodes, nodes.get(slot.ty)) }
    };
    slots.iter().map(of).fold(0, usize::saturating_add)
}

pub(super) fn wrong<'v, D: Decoder<'v>>(schema: Show<'_>, value: D) -> Error {
    Error::new(ErrorKind::Malformed, schema.to_string(), value.describe())
}

/// Whether a value that stands for a list of these comes as bytes.
fn is_bytes<'v, D: Decoder<'v>>(of: &Schema, value: D) -> bool {
    is_byte(of) && value.bytes().is_some()
}

#[cold]
fn within(error: Error, place: usize) -> Error {
    error.within(&index(place))
}

#[cold]
fn no_map<'v, D: Decoder<'v>>((key, to): (Show<'_>, Show<'_>), value: D) -> Error {
    Error::new(ErrorKind::Malformed, format!("map of {key} to {to}"), value.describe())
}

#[cold]
fn one_more<'v, D: Decoder<'v>>((object, nodes): (&Object, &Nodes), more: D) -> Error {
    let expected = format!("a state of {} slots", count_slots(nodes, object));
    Error::new(ErrorKind::Malformed, expected, format!("one more: {}", more.describe()))
}

/// The value in the tuple that stands for it.
fn only<'v, D: Decoder<'v>>(schema: Show<'_>, value: D) -> Result<D> {
    let only = value.items().filter(|items| items.len() == 1).and_then(|mut items| items.next());
    only.ok_or_else(|| wrong(schema, value))
}

#[cold]
pub(super) fn missing(what: &impl ToString) -> Error {
    Error::new(ErrorKind::Malformed, what.to_string(), "a state that ends before it")
}

/// The two's complement of an integer that fits.
pub(super) fn int<'v, D: Decoder<'v>>(value: D, bits: u8, signed: bool) -> Option<[u8; 16]> {
    let unused = u32::from(128 - bits);
    if signed {
        let value = value.int().filter(|value| (value << unused) >> unused == *value)?;
        return Some(value.to_le_bytes());
    }
    let value = value.big().filter(|value| (value << unused) >> unused == *value)?;
    Some(value.to_le_bytes())
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}
