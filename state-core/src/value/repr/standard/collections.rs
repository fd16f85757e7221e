//! The containers of module `collections`, and `types.SimpleNamespace`.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::cmp::Ordering;

use super::super::super::{Int, Value};
use super::super::{Field, Layout, Look, Object, Shape, Source, State, layout::attributes, look::is_empty};

/// As Python prints it from 3.12 on: `OrderedDict({'a': 1})`.
pub(super) fn ordered_dict<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let mut args = object.args.clone();
    let entries = entries(object, args.next()).filter(|_| args.next().is_none())?;
    let fields = (!entries.is_empty()).then(|| Field::Inner(Shape::Dict, entries));
    Some(Layout::new("OrderedDict", fields.into_iter().collect::<Vec<_>>()))
}

pub(super) fn default_dict<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let mut args = object.args.clone();
    let factory = args.next().map_or(Field::text("None"), Field::Part);
    let entries = entries(object, args.next()).filter(|_| args.next().is_none())?;
    Some(Layout::new("defaultdict", [factory, Field::Inner(Shape::Dict, entries)]))
}

/// Of one inside of itself, what makes its values is shown.
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
fn entries<'a, S: Source<'a>>(object: &Object<'a, S>, start: Option<S::Part>) -> Option<Vec<Field<'a, S>>> {
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
            // One that is shared would be shown for each reference to it.
            let is_pair =
                |part| !source.is_shared(part) && source.items(part).is_some_and(|pair| pair.take(3).count() == 2);
            pairs.clone().all(is_pair).then(|| fields.push(Field::Pairs(pairs)))?;
        }
    }
    fields.push(Field::Each(object.entries.clone()));
    fields.retain(|field| !matches!(field, Field::Each(items) | Field::Pairs(items) if is_empty(items)));
    Some(fields)
}

/// The counts that are highest stand first, unless there are some that have no order.
pub(super) fn counter<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let mut args = object.args.clone();
    let counts = args.next().map(|counts| object.source.entries(counts).ok_or(())).transpose().ok()?;
    let mut fields = entries(object, object.args.clone().next()).filter(|_| args.next().is_none())?;
    let all = || counts.iter().cloned().chain([object.entries.clone()]).flatten();
    if let Some(sorted) = sorted(object.source, all) {
        fields = [Field::Sorted(sorted.into_iter())].into();
    }
    let fields = (!fields.is_empty()).then(|| Field::Inner(Shape::Dict, fields));
    Some(Layout::new("Counter", fields.into_iter().collect::<Vec<_>>()))
}

/// Entries with the highest counts first, if these have an order and are not in it.
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
    entries.sort_by(|&[_, a], &[_, b]| order(a, b));
    Some(entries.into_flattened())
}

/// A number that is compared with others.
enum Count<'a> {
    Int(Cow<'a, Int>),
    Float(f64),
}

impl<'a> Count<'a> {
    fn of<S: Source<'a>>(source: S, part: S::Part) -> Option<Self> {
        // Long numbers would be compared again and again.
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

/// One that is bounded keeps its last items.
pub(super) fn deque<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let source = object.source;
    let mut args = object.args.clone();
    let (start, longest) = (args.next(), args.next());
    if args.next().is_some() || !is_empty(&object.entries) || !object.has_no_state() {
        return None;
    }
    let longest = longest.filter(|&longest| !matches!(source.look(longest), Look::None));
    let start = start.map(|start| source.items(start).ok_or(())).transpose().ok()?;
    let mut items: Vec<S::Items> = start.into_iter().chain([object.items.clone()]).collect();
    if let Some(longest) = longest {
        let longest = usize::try_from(&*source.int(longest)?).ok()?;
        let mut beyond = items.iter().cloned().map(Iterator::count).sum::<usize>().saturating_sub(longest);
        // It is gone through each time, and not shown.
        source.pay(beyond).then_some(())?;
        for items in &mut items {
            while beyond > 0 && items.next().is_some() {
                beyond -= 1;
            }
        }
    }
    let items = Field::Inner(Shape::List, items.into_iter().map(Field::Each).collect());
    let longest = longest.map(|longest| Field::Labelled("maxlen=".into(), longest));
    Some(Layout::new("deque", [Some(items), longest].into_iter().flatten().collect::<Vec<_>>()))
}

pub(super) fn namespace<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let is_plain = is_empty(&object.args) && is_empty(&object.items) && is_empty(&object.entries);
    let fields = match &object.state {
        State::None => Vec::new(),
        State::Slots(slots) if is_empty(slots) => Vec::new(),
        State::Other(state) => [Field::Attributes(attributes(object.source, *state)?)].into(),
        State::Slots(_) => return None,
    };
    (is_plain && object.kwargs.is_none()).then(|| Layout::new("namespace", fields))
}
