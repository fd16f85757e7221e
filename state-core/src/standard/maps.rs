//! Maps other than `dict`: `OrderedDict`, `defaultdict` and `Counter` of the module `collections`.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::deque::len;
use crate::order;
use crate::value::repr::{Field, Layout, Look, Object, Shape, Source, is_empty};
use crate::value::{Int, Value};
use crate::walk::Decoder;

/// The maps of `collections`, with the index of the argument from which each starts.
const MAPS: [(&str, usize); 3] =
    [("collections.OrderedDict", 0), ("collections.defaultdict", 1), ("collections.Counter", 0)];

/// The entries of a map: a dict, or one of the maps of `collections`. These start from a dict or, except `Counter`,
/// from pairs; entries set later follow, so that they replace those with the same key.
///
/// Attributes of an `OrderedDict` are left out: a map has no place for them.
pub(crate) fn entries<'v, D: Decoder<'v>>(value: D) -> Option<Entries<'v, D>> {
    if let Some(entries) = value.entries() {
        return Some(Entries { pairs: None, start: None, added: Some(entries) });
    }
    if D::LIVE {
        return None;
    }
    let (class, at, mut args) = MAPS.iter().find_map(|&(class, at)| Some((class, at, value.arguments(class)?)))?;
    if args.len() > at + 1 {
        return None;
    }
    let added = Some(value.entered(class)?);
    let Some(start) = args.nth(at) else { return Some(Entries { pairs: None, start: None, added }) };
    if let Some(start) = start.entries() {
        return Some(Entries { pairs: None, start: Some(start), added });
    }
    let is_pair = |item: D| item.sequence().is_some_and(|pair| pair.len() == 2);
    if class == "collections.Counter" || !start.items()?.all(is_pair) {
        return None;
    }
    Some(Entries { pairs: start.items(), start: None, added })
}

/// The entries that a map starts from, as pairs or as a dict, and those that were set later.
pub(crate) struct Entries<'v, D: Decoder<'v>> {
    pairs: Option<D::Items>,
    start: Option<D::Entries>,
    added: Option<D::Entries>,
}

impl<'v, D: Decoder<'v>> Iterator for Entries<'v, D> {
    type Item = (D, D);

    fn next(&mut self) -> Option<(D, D)> {
        if let Some(mut pair) = self.pairs.as_mut().and_then(Iterator::next).and_then(D::items) {
            return Some((pair.next()?, pair.next()?));
        }
        self.start.as_mut().and_then(Iterator::next).or_else(|| self.added.as_mut()?.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = len(self.pairs.as_ref()) + len(self.start.as_ref()) + len(self.added.as_ref());
        (len, Some(len))
    }
}

impl<'v, D: Decoder<'v>> ExactSizeIterator for Entries<'v, D> {}

/// Prints it as Python does from 3.12 on: `OrderedDict({'a': 1})`.
pub(super) fn print_ordered_dict<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let mut args = object.args.clone();
    let entries = fields(object, args.next()).filter(|_| args.next().is_none())?;
    let fields = (!entries.is_empty()).then(|| Field::Inner(Shape::Dict, entries));
    Some(Layout::new("OrderedDict", fields.into_iter().collect::<Vec<_>>()))
}

pub(super) fn print_default_dict<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let mut args = object.args.clone();
    let factory = args.next().map_or(Field::text("None"), Field::Part);
    let entries = fields(object, args.next()).filter(|_| args.next().is_none())?;
    Some(Layout::new("defaultdict", [factory, Field::Inner(Shape::Dict, entries)]))
}

/// Prints a `defaultdict` inside itself: its factory is shown, its contents are not.
pub(super) fn default_dict_within<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<String> {
    let factory = match object.args.clone().next() {
        None => Value::None.to_string(),
        Some(factory) if !object.source.is_short(factory) => return None,
        Some(factory) => match object.source.look(factory) {
            Look::None => Value::None.to_string(),
            Look::Leaf(leaf) => leaf.to_string(),
            _ => return None,
        },
    };
    Some(format!("defaultdict({factory}, {{...}})"))
}

/// The entries of a map that starts from a dict or from pairs, and those that were set later.
fn fields<'a, S: Source<'a>>(object: &Object<'a, S>, start: Option<S::Part>) -> Option<Vec<Field<'a, S>>> {
    let source = object.source;
    if !object.has_no_state() || !is_empty(&object.items) {
        return None;
    }
    let mut fields = Vec::new();
    if let Some(start) = start {
        if let Some(entries) = source.entries(start) {
            fields.push(Field::Each(entries));
        } else {
            let pairs = source.items(start)?;
            // A shared pair would be shown once for each reference to it.
            let is_pair =
                |part| !source.is_shared(part) && source.items(part).is_some_and(|pair| pair.take(3).count() == 2);
            pairs.clone().all(is_pair).then(|| fields.push(Field::Pairs(pairs)))?;
        }
    }
    fields.push(Field::Each(object.entries.clone()));
    fields.retain(|field| !matches!(field, Field::Each(items) | Field::Pairs(items) if is_empty(items)));
    Some(fields)
}

/// Prints the highest counts first, unless some have no order.
pub(super) fn print_counter<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let mut args = object.args.clone();
    let counts = args.next().map(|counts| object.source.entries(counts).ok_or(())).transpose().ok()?;
    let mut fields = fields(object, object.args.clone().next()).filter(|_| args.next().is_none())?;
    let all = || counts.iter().cloned().chain([object.entries.clone()]).flatten();
    if let Some(sorted) = sorted(object.source, all) {
        fields = [Field::Sorted(sorted.into_iter())].into();
    }
    let fields = (!fields.is_empty()).then(|| Field::Inner(Shape::Dict, fields));
    Some(Layout::new("Counter", fields.into_iter().collect::<Vec<_>>()))
}

/// The entries with the highest counts first, if counts have an order and are not in it already.
fn sorted<'a, S: Source<'a>, I: Iterator<Item = S::Part>>(source: S, all: impl Fn() -> I) -> Option<Vec<S::Part>> {
    let counts = || all().skip(1).step_by(2).map(|part| Count::of(source, part));
    let has_floats = counts().try_fold(false, |has, count| Some(has | matches!(count?, Count::Float(_))))?;
    let order = |a: S::Part, b: S::Part| match (Count::of(source, a), Count::of(source, b)) {
        (Some(a), Some(b)) => b.compare(&a, has_floats),
        _ => Ordering::Equal,
    };
    if all().skip(1).step_by(2).is_sorted_by(|&a, &b| order(a, b).is_le()) {
        return None;
    }
    let mut entries: Vec<[S::Part; 2]> = Vec::with_capacity(all().count() / 2);
    let mut all = all();
    while let (Some(key), Some(count)) = (all.next(), all.next()) {
        entries.push([key, count]);
    }
    Some(order::sorted(&entries, |&[_, a], &[_, b]| order(a, b)).into_flattened())
}

/// A number to be compared with others.
enum Count<'a> {
    Int(Cow<'a, Int>),
    Float(f64),
}

impl<'a> Count<'a> {
    fn of<S: Source<'a>>(source: S, part: S::Part) -> Option<Self> {
        // Long numbers would be compared many times.
        if !source.is_short(part) {
            return None;
        }
        match source.look(part) {
            Look::Int(int) => Some(Self::Int(int)),
            Look::Leaf(leaf) => match *leaf {
                Value::Bool(truth) => Some(Self::Int(Cow::Owned(u8::from(truth).into()))),
                Value::Float(float) => Some(Self::Float(float)).filter(|_| !float.is_nan()),
                _ => None,
            },
            _ => None,
        }
    }

    fn float(&self) -> f64 {
        match self {
            Self::Int(int) => int.as_f64().unwrap_or(if int.is_negative() { f64::MIN } else { f64::MAX }),
            Self::Float(float) => *float + 0.0,
        }
    }

    fn compare(&self, other: &Self, as_floats: bool) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) if !as_floats => a.cmp(b),
            (a, b) => a.float().total_cmp(&b.float()),
        }
    }
}
