//! What the schema of a form says of the parts of an object.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::{iter, slice};

use super::super::arena::{Id, Items};
use super::super::node::{Node, Source};
use super::super::view::View;
use super::{Found, Layer};
use crate::protocol::builder::Builder;
use crate::schema::{Kind, Link, Object, Schema, Slot};
use crate::value::{Value, named};
use crate::walk::{self, Limits, can_be_none};

/// The node of a schema that a part was written by: its number among those of all forms, or 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::pickle::decode) struct Shape(u32);

impl Shape {
    pub const NONE: Self = Self(0);

    /// The node that a link of a layer leads to.
    fn of(layer: &Layer, link: Link) -> Self {
        match link {
            Link::At(place) => Self(u32::try_from(layer.first + place).unwrap_or_default()),
            Link::To(_) => Self::NONE,
        }
    }
}

/// The shapes of the items of a part.
#[derive(Clone, Debug)]
pub(in crate::pickle::decode) enum Inner<'p> {
    Alike(Shape),
    Each(&'p Layer, slice::Iter<'p, Link>),
}

impl Inner<'_> {
    pub const NONE: Self = Self::Alike(Shape::NONE);

    pub fn next(&mut self) -> Shape {
        match self {
            Self::Alike(shape) => *shape,
            Self::Each(layer, links) => links.next().map_or(Shape::NONE, |link| Shape::of(layer, *link)),
        }
    }
}

/// What stands in a state that the schema knows nothing of, by a name that no slot has.
const MORE: &str = "one more";

/// The same of a count that is not that of the bytes before it.
const COUNT: &str = "another count";

impl Source<'_> {
    /// The forms of the pickle.
    fn found(&self) -> &Found {
        self.forms.get(self.parts, self.limits.memory)
    }
}

type Named<'p> = Vec<(&'p str, Node<'p>)>;

impl<'p> Node<'p> {
    fn shaped(self, items: &mut Items<'p>, (layer, link): (&'p Layer, Link)) -> Option<Self> {
        Some(Self { id: items.next()?, shape: Shape::of(layer, link), ..self })
    }

    /// What the part was written by, if that is known.
    fn known(self) -> Option<(&'p Layer, &'p Schema)> {
        if self.shape == Shape::NONE {
            return None;
        }
        let number = self.shape.0 as usize;
        let layer = self.source.found().layer(number)?;
        let mut schema = layer.nodes.0.get(number - layer.first)?;
        loop {
            schema = match schema.kind {
                Kind::Boxed(of) => layer.nodes.get(of),
                Kind::Optional(of) if !can_be_none(&layer.nodes, layer.nodes.get(of)) => layer.nodes.get(of),
                _ => return Some((layer, schema)),
            };
        }
    }

    /// By what its items were written.
    pub fn inner(self) -> Inner<'p> {
        match self.known() {
            Some((layer, schema)) => match &schema.kind {
                Kind::List(of) | Kind::Set(of) | Kind::Array(of, _) | Kind::Optional(of) => {
                    Inner::Alike(Shape::of(layer, *of))
                }
                Kind::Tuple(parts) => Inner::Each(layer, parts.iter()),
                _ => Inner::NONE,
            },
            None => Inner::NONE,
        }
    }

    /// By what its keys and values were written.
    pub fn inner_of_map(self) -> [Shape; 2] {
        match self.known() {
            Some((layer, Schema { kind: Kind::Map(key, value), .. })) => [*key, *value].map(|of| Shape::of(layer, of)),
            _ => [Shape::NONE; 2],
        }
    }

    /// By what the value of an open set was written, of which the type has this tag.
    pub fn inner_of_set(self, tag: &str) -> Inner<'p> {
        let Some((layer, Schema { kind: Kind::Open(open), .. })) = self.known() else { return Inner::NONE };
        let place = layer.nodes.tagged(open, tag).ok().and_then(|member| layer.nodes.place_of(member.schema));
        Inner::Alike(place.map_or(Shape::NONE, |place| Shape::of(layer, Link::At(place))))
    }

    /// Of the bytes of a raw array, what its elements were.
    pub fn layout(self) -> Option<&'p Arc<str>> {
        let (layer, schema) = self.known()?;
        layer.elements.get(&layer.nodes.place_of(schema)?)
    }

    /// The value of what holds structs or enums that are no classes, as one with the names of their slots. What has parts
    /// that the schema says nothing of is a value without.
    pub fn named_value(self) -> Option<Value> {
        let (layer, schema) = self.known()?;
        let nodes = &layer.nodes;
        let has_names = nodes.reach(schema, |node| matches!(node.kind, Kind::Object(_) | Kind::Enum(_)));
        if !has_names || nodes.reach(schema, |node| matches!(node.kind, Kind::Open(_))) {
            return None;
        }
        let Limits { depth, memory, .. } = self.source.limits;
        let image = Builder { memory, ..Builder::new(schema.head, depth) };
        let (image, filled) = walk::fill_each(image, (schema, nodes), iter::once(self), (0, schema.head));
        filled.ok()?;
        named((schema, nodes), &image.regions(schema.head).ok()?, depth).ok()
    }

    /// Whether it is a tuple of the slots of an enum that is called otherwise.
    pub fn is_other_enum(self, tag: &str) -> bool {
        match self.known() {
            Some((_, Schema { kind: Kind::Enum(of), .. })) => of.name != tag,
            Some((_, Schema { kind: Kind::Open(open), .. })) => open.name != tag,
            _ => false,
        }
    }

    /// The slots of a struct of this name that is no class, if it is one.
    fn struct_of(self, tag: &str) -> Option<(&'p Layer, &'p Object, Items<'p>)> {
        match (self.known()?, self.source.parts.plain(self.id)) {
            ((layer, Schema { kind: Kind::Object(object), .. }), View::Tuple(slots)) if object.name == tag => {
                Some((layer, object, slots))
            }
            _ => None,
        }
    }

    /// Whether it is of this type, by what a form says of it.
    pub fn is_formed(self, tag: &str) -> bool {
        self.struct_of(tag).is_some() || self.slots_of_class(tag).is_some()
    }

    /// The slots of an object of this type by name.
    pub fn slots_by_name(self, tag: &str) -> Option<Named<'p>> {
        let mut named = Vec::new();
        if let Some((layer, object, mut slots)) = self.struct_of(tag) {
            self.source.spend(8 * slots.len() + 8)?;
            self.add_object((layer, object), &mut slots, &mut named);
            self.add_rest(slots, &mut named);
            return Some(named);
        }
        let (layers, mut slots, attributes) = self.slots_of_class(tag)?;
        self.source.spend(8 * slots.len() + 8)?;
        for layer in layers {
            if let Some(Schema { kind: Kind::Object(object), .. }) = layer.nodes.0.get(layer.root) {
                self.add_object((layer, object), &mut slots, &mut named);
            }
        }
        // Behind the slots stand the attributes of a subclass.
        let attributes = match (attributes, slots.len()) {
            (None, 1) => slots.clone().next(),
            _ => attributes,
        };
        match attributes.map(|attributes| self.source.parts.view(attributes)) {
            Some(View::Dict(entries)) => self.add_attributes(entries, &mut named)?,
            _ => self.add_rest(slots, &mut named),
        }
        Some(named)
    }

    /// What an object of this class was made of: the schemas, the slots, and attributes.
    fn slots_of_class(self, tag: &str) -> Option<(impl DoubleEndedIterator<Item = &'p Layer>, Items<'p>, Option<Id>)> {
        let parts = self.source.parts;
        let View::Object(kind, place) = parts.plain(self.id) else { return None };
        let formed = parts.formed(kind, place)?;
        let is_of = match formed.class {
            Some(class) => parts.is_named(class, tag),
            None => parts.is_form_of(formed.form, tag),
        };
        let layers = is_of.then(|| self.source.found().layers_of(formed.form))??;
        Some((layers, formed.slots, formed.attributes))
    }

    fn add_object(self, (layer, object): (&'p Layer, &'p Object), slots: &mut Items<'p>, named: &mut Named<'p>) {
        for (number, slot) in object.slots.iter().enumerate() {
            match &layer.nodes.get(slot.ty).kind {
                Kind::Object(parent) if object.has_parent && number == 0 => {
                    self.add_object((layer, parent), slots, named);
                }
                _ => self.add_slot((layer, slot), slots, named),
            }
        }
    }

    fn add_slot(self, (layer, slot): (&'p Layer, &'p Slot), slots: &mut Items<'p>, named: &mut Named<'p>) {
        let Some(value) = self.shaped(slots, (layer, slot.ty)) else { return };
        named.push((&slot.name, value));
        let Kind::Raw(raw) = &layer.nodes.get(slot.ty).kind else { return };
        if let Some(count) = raw.counted.then(|| slots.next()).flatten() {
            let size = layer.nodes.get(raw.element).head.max(1);
            let is_other = match (self.source.parts.view(value.id), self.source.parts.view(count)) {
                (View::Bytes(bytes) | View::ByteArray(bytes), View::Int(count)) => {
                    count != (bytes.len() / size) as i128
                }
                (View::None, View::Int(count)) => count != 0,
                _ => false,
            };
            if is_other {
                named.push((COUNT, Self { id: count, shape: Shape::NONE, ..self }));
            }
        }
    }

    /// What no slot takes.
    fn add_rest(self, rest: Items<'p>, named: &mut Named<'p>) {
        named.extend(rest.map(|id| (MORE, Self { id, shape: Shape::NONE, ..self })));
    }

    /// The name of the variant of an enum of this name, and its slots by name.
    pub fn variant_by_name(self, tag: &str) -> Option<(&'p str, Named<'p>)> {
        let parts = self.source.parts;
        let (layer, of, mut slots) = match parts.plain(self.id) {
            View::Tuple(slots) => match self.known()? {
                (layer, Schema { kind: Kind::Enum(of), .. }) if of.name == tag => (layer, of, slots),
                _ => return None,
            },
            View::Object(..) => {
                let (mut layers, slots, attributes) = self.slots_of_class(tag)?;
                let layer = layers.next_back().filter(|_| attributes.is_none())?;
                let Kind::Enum(of) = &layer.nodes.0.get(layer.root)?.kind else { return None };
                (layer, of, slots)
            }
            _ => return None,
        };
        self.source.spend(8 * slots.len() + 8)?;
        let name = parts.text(slots.next()?)?;
        let mut named = Vec::new();
        if let Some(variant) = of.variants.iter().find(|variant| variant.name == name) {
            for slot in &*variant.slots {
                self.add_slot((layer, slot), &mut slots, &mut named);
            }
        }
        self.add_rest(slots, &mut named);
        Some((name, named))
    }
}
