//! What the schema of a form says about the parts of an object.

use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::iter;

use super::super::arena::{Id, Items};
use super::super::node::Node;
use super::super::source::Source;
use super::super::view::View;
use super::FormTable;
use super::call::{Called, Formed};
use super::layer::{Layer, object};
use crate::error::{Error, ErrorKind, Result};
use crate::evolve::Resolved;
use crate::protocol::builder::Builder;
use crate::schema::{Enum, Kind, Link, Nodes, Object, OldForm, Schema, Show, Slot};
use crate::value::{Value, named};
use crate::walk::{self, Decoder, Extended, NamedVariant, can_be_none};

/// The schema node that a part was written by: its number among the nodes of all layers, or 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::pickle::decode) struct Shape(pub u32);

impl Shape {
    pub const NONE: Self = Self(0);

    /// Returns the node to which a link of a layer points.
    fn of(layer: &Layer, link: Link) -> Self {
        match link {
            Link::At(place) => Self(u32::try_from(layer.first + place).unwrap_or_default()),
            Link::To(_) => Self::NONE,
        }
    }
}

/// The shapes of the items of a part: the common one; or of a tuple, its own and the index of the next item. It is
/// small, because iterators contain it at every level.
#[derive(Clone, Copy, Debug)]
pub(in crate::pickle::decode) struct Inner {
    shape: Shape,
    next: u32,
}

/// The value of `next` if all items have the same shape.
const ALIKE: u32 = u32::MAX;

impl Inner {
    pub const NONE: Self = Self::alike(Shape::NONE);

    const fn alike(shape: Shape) -> Self {
        Self { shape, next: ALIKE }
    }

    pub fn next(&mut self, source: &Source<'_>) -> Shape {
        if self.next == ALIKE {
            return self.shape;
        }
        let at = self.next as usize;
        self.next = self.next.saturating_add(1).min(ALIKE - 1);
        match source.found().known(self.shape) {
            Some((layer, Schema { kind: Kind::Tuple(parts), .. })) => {
                parts.get(at).map_or(Shape::NONE, |link| Shape::of(layer, *link))
            }
            _ => Shape::NONE,
        }
    }
}

impl FormTable {
    /// Returns the type of a shape, without the boxes and options around it that are not visible in a pickle.
    fn known(&self, shape: Shape) -> Option<(&Layer, &Schema)> {
        if shape == Shape::NONE {
            return None;
        }
        let number = shape.0 as usize;
        let layer = self.layer_with(number)?;
        let mut schema = layer.nodes.0.get(number - layer.first)?;
        loop {
            schema = match schema.kind {
                Kind::Boxed(of) => layer.nodes.get(of),
                Kind::Optional(of) if !can_be_none(&layer.nodes, layer.nodes.get(of)) => layer.nodes.get(of),
                _ => return Some((layer, schema)),
            };
        }
    }
}

impl Source<'_> {
    fn found(&self) -> &FormTable {
        self.forms.get(self.parts, self.limits.memory)
    }
}

type Named<'p> = Vec<(&'p str, Node<'p>)>;

impl<'p> Node<'p> {
    /// Returns the schema that the part was written by, if that is known.
    fn known(self) -> Option<(&'p Layer, &'p Schema)> {
        if self.shape() == Shape::NONE { None } else { self.source.found().known(self.shape()) }
    }

    /// Returns the shapes of its items.
    pub fn inner(self) -> Inner {
        match self.known() {
            Some((layer, schema)) => match &schema.kind {
                Kind::List(of) | Kind::Set(of) | Kind::Array(of, _) | Kind::Optional(of) => {
                    Inner::alike(Shape::of(layer, *of))
                }
                Kind::Tuple(_) => Inner { shape: self.shape(), next: 0 },
                _ => Inner::NONE,
            },
            None => Inner::NONE,
        }
    }

    /// Returns the shapes of its keys and values.
    pub fn inner_of_map(self) -> [Shape; 2] {
        match self.known() {
            Some((layer, Schema { kind: Kind::Map(key, value), .. })) => [*key, *value].map(|of| Shape::of(layer, of)),
            _ => [Shape::NONE; 2],
        }
    }

    /// Returns the shape of the value of an open set, whose type has this tag.
    pub fn inner_of_set(self, tag: &str) -> Inner {
        let Some((layer, Schema { kind: Kind::Open(open), .. })) = self.known() else { return Inner::NONE };
        Inner::alike(layer.member(open, tag).map_or(Shape::NONE, |place| Shape::of(layer, Link::At(place))))
    }

    /// Returns the layout of the elements, if it is the bytes of a raw array.
    pub fn layout(self) -> Option<&'p Arc<str>> {
        match self.known()? {
            (layer, Schema { kind: Kind::Raw(raw), .. }) => layer.layout(layer.nodes.get(raw.element)),
            _ => None,
        }
    }

    /// Converts the elements of a raw array to those of one of the program, as those of a file are.
    pub fn converted(self, ours: &'static Schema) -> Option<Result<Option<Vec<u8>>>> {
        let (layer, schema @ Schema { kind: Kind::Raw(raw), .. }) = self.known()? else { return None };
        let conversion = layer.conversion(schema, ours)?;
        let image =
            Builder { memory: self.source.limits.memory, ..Builder::new(schema.head, self.source.limits.depth) };
        let (image, filled) = walk::fill_raw(image, (raw, &layer.nodes), self);
        Some(filled.and_then(|()| self.converted_by(&conversion, (&image, schema.head), ours)))
    }

    fn converted_by(
        self,
        conversion: &Resolved,
        (image, head): (&Builder, usize),
        ours: &'static Schema,
    ) -> Result<Option<Vec<u8>>> {
        let regions = image.regions(head)?;
        let made = conversion.made(&regions, regions.head, ours, self.source.limits)?;
        let made = made.regions(ours.head)?;
        // A head is the number of elements, after a flag if the array may be absent.
        let (Kind::Raw(raw), Some((flag, count))) = (&ours.kind, made.head.split_last_chunk()) else { return Ok(None) };
        if flag == [0] {
            return Ok(None);
        }
        let count = usize::try_from(u64::from_le_bytes(*count)).unwrap_or(usize::MAX);
        let bytes = made.raw.get(..count.saturating_mul(Nodes::NONE.get(raw.element).head));
        let fewer = || Error::new(ErrorKind::Length, "the elements of a raw array", "fewer bytes");
        Ok(Some(bytes.ok_or_else(fewer)?.to_vec()))
    }

    /// Makes an image of the older form, one of these, that it was written in.
    pub fn older_form(self, forms: &'static [OldForm], levels: u32) -> Option<(&'static OldForm, Result<Builder>)> {
        let (layer, schema) = self.known()?;
        let (form, conversion) = layer.form_among(schema, forms, |size| self.source.spend(size))?;
        let ours = (form.schema)();
        // The head of a schema that comes from a pickle may be of any size.
        if self.source.spend(schema.head).is_none() {
            return Some((form, Err(Error::new(ErrorKind::Length, "parts of older forms", "more of them"))));
        }
        let image = Builder { memory: self.source.limits.memory, ..Builder::new(schema.head, levels) };
        let (image, filled) = walk::fill_each(image, (schema, &layer.nodes), iter::once(self), (0, schema.head));
        let limits = walk::Limits { depth: levels, ..self.source.limits };
        let made = filled.and_then(|()| {
            let regions = image.regions(schema.head)?;
            conversion.made(&regions, regions.head, ours, limits)
        });
        Some((form, made))
    }

    /// Returns the value with the names of slots, if it contains structs or enums that are not classes; `None` if the
    /// schema does not describe all of its parts.
    pub fn named_value(self, levels: u32) -> Option<Value> {
        let (layer, schema) = self.known().filter(|(layer, schema)| layer.has_names(schema))?;
        let of = (schema, &layer.nodes);
        // The head of a schema that comes from a pickle may be of any size.
        if schema.head as u64 > self.source.left.get() {
            return None;
        }
        self.source.spend(schema.head)?;
        let image = Builder { memory: self.source.limits.memory, ..Builder::new(schema.head, levels) };
        let (image, filled) = walk::fill_each(image, of, iter::once(self), (0, schema.head));
        filled.ok()?;
        named(of, &image.regions(schema.head).ok()?, levels).ok()
    }

    /// Returns whether it is a tuple of the slots of an enum with another name.
    pub fn is_other_enum(self, tag: &str) -> bool {
        match self.known() {
            Some((_, Schema { kind: Kind::Enum(of), .. })) => of.name != tag,
            Some((_, Schema { kind: Kind::Open(open), .. })) => open.name != tag,
            _ => false,
        }
    }

    /// Returns the slots, if it is a struct of this name that is not a class.
    fn struct_of(self, tag: &str) -> Option<(&'p Layer, &'p Object, Items<'p>)> {
        let (layer, schema) = self.known()?;
        match (object(schema)?, self.source.parts.plain(self.id())) {
            (object, View::Tuple(slots)) if object.name == tag => Some((layer, object, slots)),
            _ => None,
        }
    }

    /// Returns what an object of this class, or its state, was made from: its layers, slots and attributes.
    fn slots_of_class(self, tag: &str) -> Option<(impl DoubleEndedIterator<Item = &'p Layer>, Items<'p>, Option<Id>)> {
        let parts = self.source.parts;
        let View::Object(kind, place) = parts.plain(self.id()) else { return None };
        let state = || {
            let (form, slots) = parts.state_of_slots(self.id())?;
            Some(Formed { form, class: None, slots, attributes: None })
        };
        let formed = parts.formed(kind, place).or_else(state)?;
        let is_of = match formed.class {
            Some(class) => parts.is_named(class, tag),
            None => parts.is_form_of(formed.form, tag),
        };
        let layers = is_of.then(|| self.source.found().layers_of(formed.form))??;
        Some((layers, formed.slots, formed.attributes))
    }

    /// Returns whether it is of this type, according to a form.
    pub fn is_formed(self, tag: &str) -> bool {
        self.struct_of(tag).is_some() || self.slots_of_class(tag).is_some()
    }

    /// Returns the slots of an object of this type by name.
    ///
    /// # Errors
    /// If the slots are not those of the schema.
    pub fn slots_by_name(self, tag: &str) -> Result<Option<Named<'p>>> {
        let mut named = Vec::new();
        if let Some((layer, object, mut slots)) = self.struct_of(tag) {
            if self.source.spend(8 * slots.len() + 8).is_none() {
                return Ok(None);
            }
            self.add_object((layer, object), &mut slots, &mut named)?;
            return self.all(slots, named).map(Some);
        }
        let Some((layers, slots, attributes)) = self.slots_of_class(tag) else { return Ok(None) };
        Ok(self.slots_of_layers(layers, (slots, attributes))?.map(|(named, _)| named))
    }

    /// Returns the slots of a class and its bases by name, followed by the attributes, and how many slots these are;
    /// `None` if parts exceed their limit.
    fn slots_of_layers(
        self,
        layers: impl Iterator<Item = &'p Layer>,
        (mut slots, mut attributes): (Items<'p>, Option<Id>),
    ) -> Result<Option<(Named<'p>, usize)>> {
        let mut named = Vec::new();
        if self.source.spend(8 * slots.len() + 8).is_none() {
            return Ok(None);
        }
        for layer in layers {
            if let Some(object) = layer.root().and_then(object) {
                self.add_object((layer, object), &mut slots, &mut named)?;
            }
        }
        let count = named.len();
        let parts = self.source.parts;
        // The slots are followed by the attributes of a subclass, or of a class that has a `__dict__`.
        if attributes.is_none() && slots.len() == 1 {
            attributes = slots.clone().next().filter(|last| matches!(parts.view(*last), View::Dict(_)));
            if attributes.is_some() {
                slots.next();
            }
        }
        if let Some(View::Dict(entries)) = attributes.map(|attributes| parts.view(attributes)) {
            if self.add_attributes(entries, &mut named).is_none() {
                return Ok(None);
            }
        }
        self.all(slots, named).map(|named| Some((named, count)))
    }

    /// Returns what the state of a class, or one made of that by adding items behind it, consists of.
    ///
    /// # Errors
    /// If the slots are not those of the schema, or items were added before them.
    pub fn state_of_base(self) -> Result<Option<Extended<'p, Self>>> {
        let parts = self.source.parts;
        let Some(Called { form, items, before, behind }) = parts.state_called(self.id()) else { return Ok(None) };
        let (Some(base), Some(layers)) = (parts.class_of_form(form), self.source.found().layers_of(form)) else {
            return Ok(None);
        };
        if self.source.spend(base.len() + 8 * behind).is_none() {
            return Ok(None);
        }
        if before > 0 {
            let items = if before == 1 { "1 item".to_string() } else { format!("{before} items") };
            let expected = format!("the state of {base}, and other items only behind it");
            let error = Error::new(ErrorKind::Malformed, expected, format!("{items} before it"));
            return Err(error.with_hint("`pickle::load_value` reads it"));
        }
        let (slots, added) = items.clone().split(items.len() - behind);
        let Some((mut slots, count)) = self.slots_of_layers(layers, (slots, None))? else { return Ok(None) };
        let attributes = slots.split_off(count);
        Ok(Some(Extended { base, slots, attributes, added: added.map(|id| self.other(id)).collect() }))
    }

    fn add_object(
        self,
        (layer, object): (&'p Layer, &'p Object),
        slots: &mut Items<'p>,
        named: &mut Named<'p>,
    ) -> Result<()> {
        for (number, slot) in object.slots.iter().enumerate() {
            match &layer.nodes.get(slot.ty).kind {
                Kind::Object(parent) if object.has_parent && number == 0 => {
                    self.add_object((layer, parent), slots, named)?;
                }
                _ => self.add_slot((layer, slot), slots, named).map_err(|error| error.within(&slot.name))?,
            }
        }
        Ok(())
    }

    fn add_slot(
        self,
        (layer, slot): (&'p Layer, &'p Slot),
        slots: &mut Items<'p>,
        named: &mut Named<'p>,
    ) -> Result<()> {
        let schema = layer.nodes.get(slot.ty);
        let Some(id) = slots.next() else {
            let expected = Show(schema, &layer.nodes).to_string();
            return Err(Error::new(
                ErrorKind::Malformed,
                expected,
                "a state without it, whose schema in the pickle has it",
            ));
        };
        named.push((&slot.name, Self::new(self.source, id, Shape::of(layer, slot.ty))));
        let Kind::Raw(raw) = &schema.kind else { return Ok(()) };
        let Some(count) = raw.counted.then(|| slots.next()).flatten() else { return Ok(()) };
        let size = layer.nodes.get(raw.element).head.max(1);
        let len = match self.source.parts.view(id) {
            View::Bytes(bytes) | View::ByteArray(bytes) => bytes.len(),
            View::Buffer(at) => self.source.buffers.get(at as usize).map_or(0, |buffer| buffer.len()),
            View::None => 0,
            // An array has its own count of elements.
            _ => return Ok(()),
        };
        match self.source.parts.view(count) {
            View::None => Ok(()),
            View::Int(count) if count == (len / size) as i128 => Ok(()),
            _ => {
                let expected = format!("the count {}, because there are {len} bytes of {size} each", len / size);
                Err(Error::new(ErrorKind::Malformed, expected, self.other(count).describe()))
            }
        }
    }

    /// Returns the slots, if nothing follows them.
    fn all(self, mut rest: Items<'p>, named: Named<'p>) -> Result<Named<'p>> {
        match rest.next() {
            None => Ok(named),
            Some(more) => {
                let expected = format!("a state of {} slots", named.len());
                Err(Error::new(ErrorKind::Malformed, expected, format!("one more: {}", self.other(more).describe())))
            }
        }
    }

    /// Returns the name of the variant of an enum of this name, and its slots by name.
    ///
    /// # Errors
    /// If the slots are not those of the schema.
    pub fn variant_by_name(self, tag: &str) -> Result<Option<NamedVariant<'p, Self>>> {
        let Some((layer, schema, of, mut slots)) = self.enum_of(tag) else { return Ok(None) };
        let name = slots.next().and_then(|name| self.source.parts.text(name));
        let Some(name) = name.filter(|_| self.source.spend(8 * slots.len() + 8).is_some()) else { return Ok(None) };
        let mut named = Vec::new();
        for slot in layer.variant(schema, of, name).map_or(&[][..], |variant| &variant.slots) {
            let added = self.add_slot((layer, slot), &mut slots, &mut named);
            added.map_err(|error| error.within(&slot.name).within(name))?;
        }
        let named = self.all(slots, named).map_err(|error| error.within(name))?;
        Ok(Some((name, named)))
    }

    /// Returns the enum of this name of which it is a value, and the name of the variant followed by its slots.
    fn enum_of(self, tag: &str) -> Option<(&'p Layer, &'p Schema, &'p Enum, Items<'p>)> {
        match self.source.parts.plain(self.id()) {
            View::Tuple(slots) => match self.known()? {
                (layer, schema @ Schema { kind: Kind::Enum(of), .. }) if of.name == tag => {
                    Some((layer, schema, of, slots))
                }
                _ => None,
            },
            View::Object(..) => {
                let (mut layers, slots, attributes) = self.slots_of_class(tag)?;
                let layer = layers.next_back().filter(|_| attributes.is_none())?;
                match layer.root()? {
                    schema @ Schema { kind: Kind::Enum(of), .. } => Some((layer, schema, of, slots)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
