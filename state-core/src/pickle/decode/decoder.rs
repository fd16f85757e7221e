//! How the walk reads the parts of a pickle, which it writes to the image of a type.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::arena::{Items, Tag};
use super::forms::{Inner, Shape};
use super::instance::{Construction, Instance};
use super::node::{Entries, Node, Nodes};
use super::numpy::Numpy;
use super::parts::Parts;
use super::source::Source;
use super::view::View;
use crate::array::ArrayParts;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::options::LoneSurrogates;
use crate::protocol::builder::Builder;
use crate::schema::{OldForm, Schema};
use crate::value::{Dtype, Int, Value};
use crate::walk::{Attributes, Decoder, Extended, NamedVariant, checksum};

/// Longer text is described by its kind alone.
const SHORT: usize = 40;

impl<'p> Node<'p> {
    fn view(self) -> View<'p> {
        match self.source.parts.view(self.id()) {
            View::Object(tag, place) => {
                let state = || self.source.parts.state_called(self.id()).map(|state| View::Tuple(state.items));
                self.number(tag, place).or_else(state).unwrap_or(View::Object(tag, place))
            }
            view => view,
        }
    }

    /// Returns the NumPy array that this part is, if it is one.
    fn numpy(self, tag: Tag, place: u32) -> Result<Option<ArrayParts<'p>>> {
        let Source { parts, buffers, dtypes, .. } = self.source;
        let numpy = Numpy { parts, buffers, derived: true };
        dtypes.try_borrow_mut().map_or(Ok(None), |mut dtypes| numpy.array(tag, place, &mut dtypes))
    }

    /// Returns the number or bytes that a NumPy scalar is.
    fn number(self, tag: Tag, place: u32) -> Option<View<'p>> {
        let array = self.numpy(tag, place).ok()??;
        match (&*array.shape, &array.dtype, &array.bytes) {
            ([], Dtype::Bytes(_), Cow::Borrowed(bytes)) => {
                let len = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
                Some(View::Bytes(&bytes[..len]))
            }
            // Without its unit, a time would be any number.
            ([], dtype, bytes) if !dtype.is_time() => match dtype.read(bytes) {
                Value::Bool(value) => Some(View::Bool(value)),
                Value::Int(value) => i128::try_from(&value).ok().map(View::Int),
                Value::Float(value) => Some(View::Float(value)),
                Value::Complex(value) => Some(View::Complex(value.re, value.im)),
                _ => None,
            },
            _ => None,
        }
    }

    fn nodes(self, items: Items<'p>) -> Option<Nodes<'p>> {
        self.nodes_of(items, Inner::NONE)
    }

    fn nodes_of(self, items: Items<'p>, inner: Inner) -> Option<Nodes<'p>> {
        self.source.spend(8 * items.len() + 8)?;
        Some(Nodes::new(self.source, items, inner))
    }

    fn entries_of(self, items: Items<'p>, inner: [Shape; 2]) -> Option<Entries<'p>> {
        Some(Entries::new(self.nodes(items)?, inner))
    }

    /// Returns the object that this part is, if it is one of the class `tag`.
    fn instance(self, tag: &str) -> Option<Instance<'p>> {
        let View::Object(kind, place) = self.source.parts.plain(self.id()) else { return None };
        // Its changes are iterated for each reference to it.
        self.source.spend(8 * self.source.parts.arena.changes(place).count())?;
        let parts = self.source.parts;
        let instance = parts.of_slots(kind, parts.rebuilt(kind, place));
        let mut class = self.source.class.borrow_mut();
        if !matches!(&*class, Some((id, name)) if *id == instance.class && name == tag) {
            if !parts.is_named(instance.class, tag) {
                return parts.is_made_of_slots(&instance, tag).then_some(instance);
            }
            *class = Some((instance.class, tag.into()));
        }
        drop(class);
        Some(instance)
    }

    /// Returns the state of an object; `None` if it has none.
    fn state(self, instance: &Instance<'p>) -> Option<View<'p>> {
        let state = self.source.parts.state(instance.place).or(instance.inner_state)?;
        match self.source.parts.view(state) {
            View::None => None,
            view => Some(view),
        }
    }

    /// Adds attributes by name.
    pub(super) fn add_attributes(self, mut items: Items<'p>, into: &mut Vec<(&'p str, Self)>) -> Option<()> {
        self.source.spend(8 * items.len())?;
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            into.push((self.source.parts.text(key)?, self.other(value)));
        }
        Some(())
    }
}

/// Returns whether an object has no more than one state: no items or entries, value of a built-in base, or further
/// states, which would be lost. If a class gives a tuple as its state, its arguments do not matter: the tuple has
/// everything.
fn has_one_state(parts: &Parts<'_>, instance: &Instance<'_>) -> bool {
    let mut changes = parts.arena.changes(instance.place);
    match changes.next() {
        None => has_no_keywords(parts, instance),
        Some((first, _)) => {
            let is_one = first == Tag::State && changes.next().is_none() && !instance.holds_base();
            // `None` is no state: then the arguments are everything.
            is_one && (has_no_keywords(parts, instance) || !has_none(parts, instance))
        }
    }
}

/// Returns the same for attributes, next to which there must be no arguments: those can be numbers, text or a tuple.
fn has_attributes_alone(parts: &Parts<'_>, instance: &Instance<'_>) -> bool {
    let is_made_of_nothing = instance.arguments.len() == 0 && has_no_keywords(parts, instance);
    let is_changed = parts.arena.changes(instance.place).next().is_some();
    has_one_state(parts, instance) && (is_made_of_nothing || !is_changed)
}

fn has_none(parts: &Parts<'_>, instance: &Instance<'_>) -> bool {
    parts.state(instance.place).is_some_and(|state| matches!(parts.view(state), View::None))
}

fn has_no_keywords(parts: &Parts<'_>, instance: &Instance<'_>) -> bool {
    instance.keywords.is_none_or(|keywords| match parts.view(keywords) {
        View::Dict(entries) => entries.len() == 0,
        _ => false,
    })
}

impl<'p> Decoder<'p> for Node<'p> {
    const FOREIGN: bool = true;
    type Items = Nodes<'p>;
    type Entries = Entries<'p>;

    fn describe(self) -> String {
        let parts = self.source.parts;
        let view = self.view();
        let kind = view.kind();
        match view {
            View::None => kind.to_owned(),
            View::Bool(value) => format!("{kind} {}", if value { "True" } else { "False" }),
            View::Int(value) => format!("{kind} {value}"),
            View::Float(value) => format!("{kind} {}", Value::Float(value)),
            View::Text(text) => match core::str::from_utf8(text) {
                Ok(text) if text.len() <= SHORT => format!("{kind} {}", Value::from(text)),
                Ok(_) => kind.to_owned(),
                Err(_) => format!("{kind} with lone surrogates, which Rust's text cannot hold"),
            },
            View::Bytes(bytes) | View::ByteArray(bytes) => format!("{kind} of length {}", bytes.len()),
            View::Tuple(items) | View::List(items) | View::Set(items) | View::FrozenSet(items) => {
                format!("{kind} of length {}", items.len())
            }
            View::Dict(items) => format!("{kind} of length {}", items.len() / 2),
            View::Global(name) => format!("{}.{}", name.module, name.name),
            View::Object(tag, place) => {
                if let Ok(Some(array)) = self.numpy(tag, place) {
                    return array.describe();
                }
                let instance = parts.rebuilt(tag, place);
                if let Some((form, mode)) = parts.form_called(tag, place) {
                    return parts.describe_formed(form, (mode, place));
                }
                let class = parts.class_name(instance.class);
                if instance.made == Construction::Called { format!("{class}(..)") } else { class }
            }
            View::Long(_) | View::Digits(_) => format!("{kind} of more than 127 bits"),
            View::Complex(..) | View::Persistent(_) | View::Buffer(_) => kind.to_string(),
        }
    }

    fn to_value(self, levels: u32) -> Result<Value> {
        let Source { parts, buffers, .. } = self.source;
        let value = match self.named_value(levels) {
            Some(value) => value,
            None => super::value::part(parts, self.id(), buffers)?,
        };
        // Each copy counts, as each reference to a part does.
        let size = usize::try_from(value.extent()).unwrap_or(usize::MAX);
        self.source
            .spend(size.saturating_mul(8))
            .ok_or_else(|| Error::new(ErrorKind::Length, "parts that may be given to `upgrade`", "more of them"))?;
        Ok(value)
    }

    fn is_none(self) -> bool {
        matches!(self.view(), View::None)
    }

    fn bool(self) -> Option<bool> {
        match self.view() {
            View::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn int(self) -> Option<i128> {
        match self.view() {
            View::Int(value) => Some(value),
            _ => None,
        }
    }

    fn big(self) -> Option<u128> {
        match self.view() {
            View::Int(value) => value.try_into().ok(),
            // A 17th byte is there for the sign.
            View::Long(bytes) => match bytes.split_at_checked(16)? {
                (low, high) if high.iter().all(|&byte| byte == 0) => Some(u128::from_le_bytes(low.try_into().ok()?)),
                _ => None,
            },
            View::Digits(digits) => digits.to_u128(),
            _ => None,
        }
    }

    fn float(self) -> Option<f64> {
        match self.view() {
            View::Float(value) => Some(value),
            View::Int(value) => Int::from(value).as_f64(),
            View::Long(_) | View::Digits(_) => Int::from_le_bytes_signed(&self.long()?).as_f64(),
            _ => None,
        }
    }

    fn str(self) -> Option<&'p str> {
        match self.view() {
            View::Text(text) => {
                self.source.spend(text.len())?;
                core::str::from_utf8(text).ok()
            }
            _ => None,
        }
    }

    fn bytes(self) -> Option<&'p [u8]> {
        let bytes = match self.view() {
            View::Bytes(bytes) | View::ByteArray(bytes) => bytes,
            View::Buffer(at) => self.source.buffers.get(at as usize)?,
            View::Text(text)
                if self.source.surrogates == LoneSurrogates::Bytes && core::str::from_utf8(text).is_err() =>
            {
                text
            }
            _ => return None,
        };
        self.source.spend(bytes.len())?;
        Some(bytes)
    }

    fn array(self) -> Result<Option<ArrayParts<'p>>> {
        let View::Object(tag, place) = self.source.parts.plain(self.id()) else { return Ok(None) };
        let Some(array) = self.numpy(tag, place)? else { return Ok(None) };
        // If it is too much in total, that is reported at the end.
        Ok(self.source.spend(array.bytes.len()).map(|()| array))
    }

    fn items(self) -> Option<Nodes<'p>> {
        self.nodes_of(self.view().items()?, self.inner())
    }

    fn is_set(self) -> bool {
        matches!(self.view(), View::Set(_) | View::FrozenSet(_))
    }

    fn entries(self) -> Option<Entries<'p>> {
        match self.view() {
            View::Dict(items) => self.entries_of(items, self.inner_of_map()),
            _ => None,
        }
    }

    fn is_of(self, tag: &str) -> bool {
        self.instance(tag).is_some() || self.is_formed(tag)
    }

    fn named(self, tag: &str) -> Result<Option<Vec<(&'p str, Self)>>> {
        self.slots_by_name(tag)
    }

    fn named_variant(self, tag: &str) -> Result<Option<NamedVariant<'p, Self>>> {
        self.variant_by_name(tag)
    }

    fn elements(self) -> Option<&'p Arc<str>> {
        self.layout()
    }

    fn form_among(self, forms: &'static [OldForm], levels: u32) -> Option<(&'static OldForm, Result<Builder>)> {
        self.older_form(forms, levels)
    }

    fn elements_as(self, ours: &'static Schema) -> Option<Result<Option<Vec<u8>>>> {
        self.converted(ours)
    }

    fn object(self, tag: &str) -> Option<Nodes<'p>> {
        let instance = self.instance(tag).filter(|instance| has_one_state(self.source.parts, instance))?;
        match self.state(&instance) {
            // The state of a frozen dataclass with slots is the list of its fields.
            Some(View::Tuple(items) | View::List(items)) => self.nodes(items),
            Some(_) => None,
            // An object without a state is made from its arguments, as named tuples are.
            None => self.nodes(instance.arguments),
        }
    }

    fn attributes(self, tag: &str) -> Option<Attributes<'p, Self, Nodes<'p>>> {
        let instance = self.instance(tag).filter(|instance| has_attributes_alone(self.source.parts, instance))?;
        let mut named = Vec::new();
        match self.state(&instance) {
            Some(View::Dict(items)) => self.add_attributes(items, &mut named)?,
            Some(View::List(items)) => return self.nodes(items).map(Attributes::Flat),
            // The attributes in `__dict__`, if there is one, and those in `__slots__`.
            Some(View::Tuple(mut pair)) if pair.len() == 2 => {
                for part in [pair.next()?, pair.next()?] {
                    match self.source.parts.view(part) {
                        View::None => {}
                        View::Dict(items) => self.add_attributes(items, &mut named)?,
                        _ => return None,
                    }
                }
            }
            Some(_) => return None,
            None if instance.arguments.len() > 0 => return self.nodes(instance.arguments).map(Attributes::Flat),
            None => {}
        }
        Some(Attributes::Named(named))
    }

    fn extended(self, tag: &str) -> Result<Option<Extended<'p, Self>>> {
        let parts = self.source.parts;
        let instance = self.instance(tag).filter(|instance| has_one_state(parts, instance));
        match instance.and_then(|instance| parts.state(instance.place)) {
            Some(state) => self.other(state).state_of_base(),
            None => Ok(None),
        }
    }

    fn appended(self, class: &str) -> Option<Nodes<'p>> {
        let instance = self.instance(class).filter(|instance| !instance.holds_base())?;
        if self.source.parts.state(instance.place).is_some() {
            return None;
        }
        self.nodes(self.source.parts.arena.added(instance.place, Tag::List)?)
    }

    fn entered(self, class: &str) -> Option<Entries<'p>> {
        let instance = self.instance(class).filter(|instance| !instance.holds_base())?;
        self.entries_of(self.source.parts.arena.added(instance.place, Tag::Dict)?, [Shape::NONE; 2])
    }

    fn arguments(self, class: &str) -> Option<Nodes<'p>> {
        let instance = self.instance(class)?;
        let is_called = instance.made == Construction::Called || instance.arguments.len() == 0;
        (is_called && has_no_keywords(self.source.parts, &instance)).then(|| self.nodes(instance.arguments))?
    }

    fn called(self, class: &str) -> Option<Nodes<'p>> {
        let instance = self.instance(class)?;
        let is_changed = self.source.parts.arena.changes(instance.place).next().is_some();
        let is_alone = !is_changed && has_no_keywords(self.source.parts, &instance);
        is_alone.then(|| self.nodes(instance.arguments))?
    }

    fn tuple_of(self, class: &str) -> Option<Nodes<'p>> {
        let mut instance = self.instance(class)?;
        let is_changed = self.source.parts.arena.changes(instance.place).next().is_some();
        let is_made = instance.made == Construction::New && instance.base.is_none() && instance.keywords.is_none();
        match (instance.arguments.next(), instance.arguments.len()) {
            (Some(only), 0) if is_made && !is_changed => match self.source.parts.view(only) {
                View::Tuple(items) => self.nodes(items),
                _ => None,
            },
            _ => None,
        }
    }

    fn long(self) -> Option<Cow<'p, [u8]>> {
        let int = match self.view() {
            View::Int(value) => Int::from(value),
            View::Long(bytes) => {
                self.source.spend(bytes.len())?;
                Int::from_le_bytes_signed(bytes)
            }
            View::Digits(digits) => super::value::large(&digits).ok()?,
            _ => return None,
        };
        Some(Cow::Owned(int.to_le_bytes_signed()))
    }

    fn members(self, tag: &str, names: &[&str]) -> Result<Option<Nodes<'p>>> {
        let Some(instance) = self.instance(tag) else { return Ok(None) };
        let Construction::Cython(checksum) = instance.made else { return Ok(None) };
        if self.source.parts.arena.changes(instance.place).any(|(tag, _)| tag != Tag::State) {
            return Ok(None);
        }
        checksum::test(names, checksum)?;
        match self.state(&instance) {
            Some(View::Tuple(items)) => Ok(self.nodes(items)),
            _ => Ok(None),
        }
    }

    fn variant(self, tag: &str) -> Option<(&'p str, Nodes<'p>)> {
        let parts = self.source.parts;
        match self.view() {
            View::Tuple(_) if self.is_other_enum(tag) => None,
            View::Tuple(mut items) => {
                let name = parts.text(items.next()?)?;
                Some((name, self.nodes_of(items, self.inner_of_set(name))?))
            }
            // A member of a Python enum, by name.
            _ => {
                let name = parts.member_of(self.id(), tag)?;
                Some((name, self.nodes(Items::empty(&parts.arena))?))
            }
        }
    }

    fn identity(self) -> Option<usize> {
        self.source.parts.shares.contains(self.id()).then_some(self.id().0 as usize)
    }

    fn member(self, tag: &str) -> Option<i128> {
        let mut instance = self.instance(tag)?;
        match (self.source.parts.plain(instance.arguments.next()?), instance.arguments.len()) {
            (View::Int(value), 0) => Some(value),
            _ => None,
        }
    }
}
