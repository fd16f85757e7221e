//! How objects print: class, arguments, attributes, and what was added to them; those of some classes of Python's
//! standard library as they print themselves.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::arena::{Changes, Id, Items, Tag};
use super::instance::Instance;
use super::numpy::Numpy;
use super::parts::Parts;
use super::print::{Printer, Rest};
use super::view::View;
use crate::value::{Array, is_identifier, write_name};

/// What stands between the brackets of an object.
#[derive(Clone, Debug)]
pub(super) enum Segment<'p> {
    One(Id),
    Each(Items<'p>),
    /// Names and values by turns.
    Attributes(Items<'p>),
    Labelled(&'static str, Id),
    /// A dict of arguments whose names are none.
    Keywords(Id),
    Text(&'static str),
    /// Calls that were dropped, each with a label.
    Calls(&'static str, &'p [Id]),
    /// More states and calls.
    Then(Changes<'p>, Items<'p>),
    /// What was appended to the object at this place, or set in it by key.
    Items(u32),
    Entries(u32),
}

/// The modules whose objects print as values do, from their parts: dates, numbers, paths.
const PRINTED: [&str; 6] = ["array", "datetime", "fractions", "pathlib", "uuid", "zoneinfo"];

/// No more parts than this are made a value of, and no more bytes.
const FEW: usize = 64;
const BYTES: usize = 1 << 14;

impl<'p> Printer<'p, '_, '_> {
    pub fn object(&mut self, id: Id, tag: Tag, place: u32, mut is_again: bool) -> fmt::Result {
        let parts = self.parts;
        let instance = parts.instance(tag, place);
        let name = self.class(instance.class);
        let is_plain = parts.effects.group_of(place).is_none();
        let name_of_plain = name.as_deref().filter(|_| is_plain);
        if let Some(text) = name_of_plain.and_then(|name| self.as_value(id, name, is_again)) {
            return self.f.write_str(&text);
        }
        if name.as_deref().is_some_and(|name| name.starts_with("numpy.")) {
            if let Some(array) = self.array(tag, place) {
                return write!(self.f, "{array}");
            }
        }
        let (state, more) = self.states(place, &instance);
        // These are laid out as the object's own, and so not met as parts.
        for part in [Some(parts.arena.part(place, 1)), instance.keywords, state].into_iter().flatten() {
            is_again |= parts.shares.contains(part) && self.see(part);
            if is_again && !self.pay_for(part) {
                return self.cut_short();
            }
        }
        let known = if more.is_empty() { known(parts, name.as_deref(), &instance, state) } else { None };
        let mut segments = known.unwrap_or_else(|| plain(parts, name.is_none(), &instance, state));
        segments.extend(more);
        match name.as_deref() {
            Some("types.SimpleNamespace") => self.f.write_str("namespace")?,
            Some(name) => write_name(self.f, last(name))?,
            None => self.f.write_str("call")?,
        }
        if segments.is_empty() {
            return self.f.write_str("()");
        }
        let rest = Rest::Segments(Box::new(segments.into_iter()), None);
        self.begin("(", ")", id, rest, is_again)
    }

    /// The state of an object, and what is done with it beyond that and before it.
    fn states(&self, place: u32, instance: &Instance<'p>) -> (Option<Id>, Vec<Segment<'p>>) {
        let (arena, mut more) = (&self.parts.arena, Vec::new());
        let mut changes = arena.changes(place);
        let is_step = |tag| matches!(tag, Tag::State | Tag::Step);
        let first = changes.clone().find(|(tag, _)| is_step(*tag));
        let state = match (instance.inner_state, first) {
            (Some(inner), _) => Some(inner),
            (None, Some((Tag::State, mut state))) => state.next().filter(|&state| !self.parts.is_empty_state(state)),
            _ => None,
        };
        if state.is_some() && instance.inner_state.is_none() {
            let _ = changes.find(|(tag, _)| is_step(*tag));
        }
        if changes.clone().any(|(tag, _)| is_step(tag)) {
            more.push(Segment::Then(changes, Items::empty(arena)));
        }
        let effects = &self.parts.effects;
        if let Some(group) = effects.group_of(place) {
            more.push(Segment::Calls("after ", effects.group(group)));
        }
        (state, more)
    }

    pub fn object_ellipsis(&mut self, tag: Tag, place: u32) -> fmt::Result {
        let class = self.parts.instance(tag, place).class;
        match self.class(class).as_deref() {
            Some("collections.OrderedDict") => self.f.write_str("..."),
            Some("collections.deque") => self.f.write_str("[...]"),
            Some("types.SimpleNamespace") => self.f.write_str("namespace(...)"),
            name => {
                write_name(self.f, name.map_or("call", last))?;
                self.f.write_str("(...)")
            }
        }
    }

    /// The whole name of a class, if it has one. A long one is paid for, as every object of the class shows it.
    fn class(&mut self, id: Id) -> Option<Cow<'p, str>> {
        let parts = self.parts;
        let is_free = parts.is_short(id) || parts.is_own(id) && !parts.shares.contains(id);
        if !is_free && !self.pay(1) {
            return Some("...".into());
        }
        let (module, name) = parts.class_path(id)?;
        if !is_free && !self.pay(module.len() + name.len()) {
            return Some("...".into());
        }
        Some(alloc::format!("{module}.{name}").into())
    }

    /// An array of NumPy. Its bytes are always paid for, as any number of arrays can share them.
    fn array(&mut self, tag: Tag, place: u32) -> Option<Array> {
        let numpy = Numpy { parts: self.parts, buffers: &[], derived: false };
        let array = numpy.array(tag, place, &mut self.dtypes).ok()??;
        if !self.pay(array.bytes.len() + array.shape.len()) {
            return None;
        }
        let bytes = array.bytes.into_owned();
        match numpy.is_scalar(place) {
            true => Array::scalar(array.dtype, bytes).ok(),
            false => Array::new(array.dtype, array.shape, array.order, bytes).ok(),
        }
    }

    /// The text of an object that prints otherwise than by its parts.
    fn as_value(&mut self, id: Id, name: &str, is_again: bool) -> Option<String> {
        let module = name.split('.').next()?;
        if !PRINTED.contains(&module) && name != "builtins.range" {
            return None;
        }
        let (bytes, is_shared) = self.parts.small(id)?;
        if (is_again || is_shared) && !self.pay(bytes) {
            return None;
        }
        super::value::part(self.parts, id).ok().map(|value| value.to_string())
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Those of module `collections` that hold other parts.
fn known<'p>(
    parts: &'p Parts<'_>,
    name: Option<&str>,
    instance: &Instance<'p>,
    state: Option<Id>,
) -> Option<Vec<Segment<'p>>> {
    let mut arguments = instance.arguments.clone();
    let (first, second, place) = (arguments.next(), arguments.next(), instance.place);
    if state.is_some() || instance.keywords.is_some() || arguments.len() > 0 {
        return None;
    }
    let has = |wanted: fn(Tag) -> bool| parts.arena.changes(place).any(|(tag, _)| wanted(tag));
    match (name?, second) {
        ("collections.defaultdict", None) if !has(|tag| matches!(tag, Tag::List | Tag::Set)) => {
            let factory = first.map_or(Segment::Text("None"), Segment::One);
            Some([factory, Segment::Entries(place)].into())
        }
        ("collections.deque", longest) if !has(|tag| tag == Tag::Dict) => {
            let mut segments: Vec<_> = [Segment::Items(place)].into();
            match (first.map(|first| parts.plain(first)), longest) {
                (None, None) => {}
                (Some(View::Tuple(start)), Some(longest)) if start.len() == 0 => {
                    if !matches!(parts.plain(longest), View::None) {
                        segments.push(Segment::Labelled("maxlen=", longest));
                    }
                }
                _ => return None,
            }
            Some(segments)
        }
        _ => None,
    }
}

/// An object of which nothing is known but its parts.
fn plain<'p>(parts: &'p Parts<'_>, is_call: bool, instance: &Instance<'p>, state: Option<Id>) -> Vec<Segment<'p>> {
    let mut segments = Vec::new();
    if is_call {
        segments.push(Segment::One(instance.class));
    }
    if instance.arguments.len() > 0 {
        segments.push(Segment::Each(instance.arguments.clone()));
    }
    if let Some(keywords) = instance.keywords {
        segments.push(match parts.attributes_of(keywords) {
            Some(items) if items.len() == 0 => Segment::Each(items),
            Some(items) => Segment::Attributes(items),
            None => Segment::Keywords(keywords),
        });
    }
    if let Some(state) = state {
        segments.extend(state_of(parts, state));
    }
    let has = |wanted: fn(Tag) -> bool| parts.arena.changes(instance.place).any(|(tag, _)| wanted(tag));
    if has(|tag| matches!(tag, Tag::List | Tag::Set)) {
        segments.push(Segment::Items(instance.place));
    }
    if has(|tag| tag == Tag::Dict) {
        segments.push(Segment::Entries(instance.place));
    }
    segments
        .retain(|segment| !matches!(segment, Segment::Each(items) | Segment::Attributes(items) if items.len() == 0));
    segments
}

fn state_of<'p>(parts: &'p Parts<'_>, state: Id) -> Vec<Segment<'p>> {
    match parts.view(state) {
        View::None => Vec::new(),
        View::Dict(_) => [parts.attributes_of(state).map_or(Segment::One(state), Segment::Attributes)].into(),
        View::Tuple(mut items) => {
            let whole = items.clone();
            if let (Some(dict), Some(slots), 0) = (items.next(), items.next(), items.len()) {
                if let Some(pair) = pair(parts, dict, slots) {
                    return pair.into();
                }
            }
            [Segment::Each(whole)].into()
        }
        _ => [Segment::One(state)].into(),
    }
}

/// The attributes in a dict, or none, and those in slots.
fn pair<'p>(parts: &'p Parts<'_>, dict: Id, slots: Id) -> Option<[Segment<'p>; 2]> {
    let slots = parts.attributes_of(slots).filter(|slots| slots.len() > 0)?;
    let dict = match parts.plain(dict) {
        View::None => Items::empty(&parts.arena),
        _ => parts.attributes_of(dict)?,
    };
    Some([dict, slots].map(Segment::Attributes))
}

impl Parts<'_> {
    /// Whether a state says nothing, though it is put in.
    pub(super) fn is_empty_state(&self, state: Id) -> bool {
        match self.view(state) {
            View::None => true,
            View::Tuple(items) => items.len() == 0,
            _ => false,
        }
    }

    /// The entries of a dict whose keys are all names, and short ones.
    fn attributes_of(&self, dict: Id) -> Option<Items<'_>> {
        let View::Dict(items) = self.plain(dict) else { return None };
        let mut keys = items.clone().step_by(2);
        keys.all(|key| self.is_short(key) && self.text(key).is_some_and(is_identifier)).then_some(items)
    }

    /// How many bytes the leaves of an object take, if it has few and plain parts; and whether any of it is shared.
    fn small(&self, id: Id) -> Option<(usize, bool)> {
        let (mut open, mut count, mut bytes, mut is_shared) = (Vec::from([id]), 0, 0, false);
        while let Some(id) = open.pop() {
            count += 1;
            is_shared |= self.shares.contains(id);
            let view = self.plain(id);
            bytes += self.weight(id, &view);
            match view {
                View::Tuple(items) | View::Dict(items) if items.len() <= FEW => open.extend(items),
                View::Tuple(_) | View::Dict(_) | View::List(_) | View::Set(_) | View::FrozenSet(_) => return None,
                View::Object(_, place) => {
                    open.extend(self.arena.parts(place));
                    for (_, items) in self.arena.changes(place).take(FEW) {
                        open.extend(items.take(FEW));
                    }
                }
                _ => {}
            }
            if count + open.len() > FEW || bytes > BYTES {
                return None;
            }
        }
        Some((bytes, is_shared))
    }
}
