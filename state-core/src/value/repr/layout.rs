//! The text layout of an object: its name, and fields with and without labels.

use alloc::{borrow::Cow, format, string::String, vec, vec::Vec};
use core::slice::ChunksExact;

use super::super::{Dtype, Value};
use super::look::{FormOf, Look, Object, Shape, Source, State, Step, is_empty};
use crate::standard::print as standard;
use crate::value::kinds::name;
use crate::value::kinds::object::is_identifier;

/// The text of an object: a name, and its fields in brackets.
pub(crate) struct Layout<'a, S: Source<'a>> {
    pub name: Cow<'a, str>,
    /// `None` if the name is the whole text.
    pub fields: Option<Vec<Field<'a, S>>>,
    pub shape: Shape,
}

/// One or more entries between the brackets.
pub(crate) enum Field<'a, S: Source<'a>> {
    Text(Cow<'a, str>),
    Part(S::Part),
    Labelled(Cow<'a, str>, S::Part),
    /// A dict of named arguments whose keys are not all identifiers.
    Keywords(S::Part),
    /// Brackets that do not belong to a part.
    Inner(Shape, Vec<Self>),
    Each(S::Items),
    /// Items in another order than their own.
    Sorted(vec::IntoIter<S::Part>),
    /// Attributes, as alternating names and values.
    Attributes(S::Items),
    /// The items of each of these parts.
    Pairs(S::Items),
    /// Calls, each after a label.
    Calls(&'static str, S::Items),
    /// The steps performed on an object.
    Steps(S::Steps),
    /// Array elements, as their bytes in memory.
    Elements(Dtype, ChunksExact<'a, u8>),
}

impl<'a, S: Source<'a>> Field<'a, S> {
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub fn number(number: u32) -> Self {
        Self::text(format!("{number}"))
    }

    /// Quoted text.
    pub fn repr(text: String) -> Self {
        Self::text(format!("{}", Value::from(text)))
    }
}

impl<'a, S: Source<'a>> Layout<'a, S> {
    pub fn new(name: impl Into<Cow<'a, str>>, fields: impl Into<Vec<Field<'a, S>>>) -> Self {
        Self { name: name.into(), fields: Some(fields.into()), shape: Shape::Fields }
    }

    /// Text that needs no brackets.
    pub fn word(name: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), fields: None, shape: Shape::Fields }
    }

    /// Lays out an object as Python prints those of its class, or else by its parts.
    pub fn of(object: &Object<'a, S>, has_whole_tag: bool) -> Self {
        standard::layout(object).unwrap_or_else(|| Self::of_parts(object, has_whole_tag))
    }

    /// Lays out an object by its parts alone: arguments, attributes or slots, items, entries.
    pub fn of_parts(object: &Object<'a, S>, has_whole_tag: bool) -> Self {
        let source = object.source;
        let mut fields = Vec::new();
        let (mut name, mut args) = (object.name.clone(), object.args.clone());
        match &object.form {
            None => fields.extend(object.callee.map(Field::Part)),
            Some(form) => name = Some(form.made(source, &mut args)),
        }
        fields.push(Field::Each(args));
        fields.extend(object.kwargs.map(|kwargs| match attributes(source, kwargs) {
            Some(named) => Field::Attributes(named),
            None => Field::Keywords(kwargs),
        }));
        match &object.state {
            State::None => {}
            State::Slots(slots) => match pair_of_attributes(source, slots) {
                Some(pair) => fields.extend(pair),
                None => fields.push(Field::Each(slots.clone())),
            },
            State::Other(state) => {
                fields.push(attributes(source, *state).map_or(Field::Part(*state), Field::Attributes));
            }
        }
        for (shape, added) in [(Shape::List, &object.items), (Shape::Dict, &object.entries)] {
            if !is_empty(added) {
                fields.push(Field::Inner(shape, [Field::Each(added.clone())].into()));
            }
        }
        fields.push(Field::Steps(object.steps.clone()));
        fields.push(Field::Calls("after ", object.before.clone()));
        let name = match name {
            None => Cow::Borrowed("call"),
            Some(name) if has_whole_tag => name,
            Some(Cow::Borrowed(name)) => FormOf::last(name).into(),
            Some(Cow::Owned(name)) => String::from(FormOf::last(&name)).into(),
        };
        Self::new(name, fields)
    }
}

impl FormOf {
    /// Returns the class of what the form makes, and removes the arguments that name it.
    fn made<'a, S: Source<'a>>(&self, source: S, args: &mut S::Items) -> Cow<'a, str> {
        let mut rest = args.clone();
        match self.mode {
            // A class that extends it.
            Some(1..=3) => {
                // It is looked at for each object.
                let first = rest.next().filter(|&part| source.is_short(part) || source.pay(source.weight(part)));
                if let Some(Look::Leaf(leaf)) = first.map(|part| source.look(part)) {
                    if let Some(class) = leaf.as_global().filter(|class| class.as_str().len() <= Self::LONGEST) {
                        *args = rest;
                        return String::from(class.as_str()).into();
                    }
                }
            }
            // How many items were added before what `__getstate__` gave, and behind it, and then all items.
            Some(5) => {
                let mut count = || {
                    let part = rest.next().filter(|&part| source.is_short(part))?;
                    usize::try_from(&*source.int(part)?).ok().filter(|&count| count <= Self::MOST)
                };
                let added = count().and_then(|before| Some(before + count()?));
                if added.is_some_and(|added| added == 0 || rest.clone().nth(added - 1).is_some()) {
                    *args = rest;
                }
                return format!("{}.{}", self.class, Self::STATE).into();
            }
            _ => {}
        }
        self.class.clone().into()
    }

    /// Returns the last part of a name; for a function that gives forms, and for a state, with the class before it.
    fn last(name: &str) -> &str {
        let last = name::last(name);
        let class = name.strip_suffix(last).and_then(|class| class.strip_suffix('.'));
        match class.filter(|_| [Self::FUNCTION, Self::STATE].contains(&last)) {
            Some(class) => &name[class.len() - name::last(class).len()..],
            None => last,
        }
    }
}

/// Returns the entries of a dict whose keys are all short identifiers.
pub(crate) fn attributes<'a, S: Source<'a>>(source: S, dict: S::Part) -> Option<S::Items> {
    let entries = source.entries(dict)?;
    let is_name = |key| source.is_short(key) && source.text(key).is_some_and(is_identifier);
    entries.clone().step_by(2).all(is_name).then_some(entries)
}

/// Returns the attributes in a state that is a pair of a dict or `None` and a dict of slots.
fn pair_of_attributes<'a, S: Source<'a>>(source: S, state: &S::Items) -> Option<Vec<Field<'a, S>>> {
    let mut state = state.clone();
    let (Some(dict), Some(slots), None) = (state.next(), state.next(), state.next()) else { return None };
    let slots = attributes(source, slots).filter(|slots| !is_empty(slots))?;
    let mut fields = Vec::new();
    if !matches!(source.look(dict), Look::None) {
        fields.push(Field::Attributes(attributes(source, dict)?));
    }
    fields.push(Field::Attributes(slots));
    Some(fields)
}

/// The remaining fields; those that stand for several are expanded.
pub(super) struct Fields<'a, S: Source<'a>> {
    rest: vec::IntoIter<Field<'a, S>>,
    current: Option<Field<'a, S>>,
    /// The part of the current field that is itself being expanded.
    inner: Option<Field<'a, S>>,
}

/// The next result of expanding a field.
enum Next<'a, S: Source<'a>> {
    Field(Field<'a, S>),
    /// A field that is itself expanded.
    Inner(Field<'a, S>),
    End,
}

impl<'a, S: Source<'a>> Fields<'a, S> {
    pub fn new(fields: Vec<Field<'a, S>>) -> Self {
        Self { rest: fields.into_iter(), current: None, inner: None }
    }

    pub fn each(items: S::Items) -> Self {
        Self { current: Some(Field::Each(items)), ..Self::new(Vec::new()) }
    }

    pub fn next(&mut self, source: S) -> Option<Field<'a, S>> {
        loop {
            let of_inner = self.inner.is_some();
            let field = if of_inner { &mut self.inner } else { &mut self.current };
            match next(field, source) {
                Next::Field(field) => return Some(field),
                Next::Inner(field) => self.inner = Some(field),
                Next::End if of_inner => self.inner = None,
                Next::End => self.current = Some(self.rest.next()?),
            }
        }
    }
}

fn next<'a, S: Source<'a>>(field: &mut Option<Field<'a, S>>, source: S) -> Next<'a, S> {
    let next = match field {
        Some(Field::Each(items)) => items.next().map(Field::Part),
        Some(Field::Sorted(items)) => items.next().map(Field::Part),
        Some(Field::Calls(label, items)) => items.next().map(|call| Field::Labelled((*label).into(), call)),
        Some(Field::Attributes(items)) => items
            .next()
            .zip(items.next())
            .map(|(name, value)| Field::Labelled(format!("{}=", source.text(name).unwrap_or_default()).into(), value)),
        Some(Field::Elements(dtype, chunks)) => {
            chunks.next().map(|bytes| Field::text(format!("{}", dtype.read(bytes))))
        }
        Some(Field::Pairs(pairs)) => {
            return match pairs.next() {
                Some(pair) => source.items(pair).map_or(Next::End, |pair| Next::Inner(Field::Each(pair))),
                None => Next::End,
            };
        }
        Some(Field::Steps(steps)) => match steps.next() {
            Some(Step::Added(shape, items)) => Some(Field::Inner(shape, [Field::Each(items)].into())),
            Some(Step::Call(call)) => Some(Field::Labelled("then ".into(), call)),
            Some(Step::State(state)) => {
                // A state with other references to it is not laid out each time.
                match attributes(source, state).filter(|_| !source.is_shared(state)) {
                    Some(named) => return Next::Inner(Field::Attributes(named)),
                    None => Some(Field::Labelled("then ".into(), state)),
                }
            }
            None => None,
        },
        _ => field.take(),
    };
    next.map_or(Next::End, Next::Field)
}
