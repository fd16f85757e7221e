//! `collections.deque`: items, of which a bounded one keeps the last.

use alloc::vec::Vec;

use super::array;
use crate::value::repr::{Field, Layout, Look, Object, Shape, Source, is_empty};
use crate::walk::Decoder;

/// The items of a sequence: a tuple, list or set, a deque, or an array that was pickled as a list.
pub(crate) fn items<'v, D: Decoder<'v>>(value: D) -> Option<Items<'v, D>> {
    match value.items() {
        Some(items) => Some(Items { start: None, added: Some(items) }),
        None if D::LIVE => None,
        None => kept(value).or_else(|| array::items(value)),
    }
}

/// The items of a deque, which starts with items, or is filled later, or both. If it is bounded, the last ones are
/// kept.
fn kept<'v, D: Decoder<'v>>(value: D) -> Option<Items<'v, D>> {
    const NAME: &str = "collections.deque";
    let mut args = value.arguments(NAME)?;
    let added = value.appended(NAME)?;
    // Not a set, whose repeated items would have to be removed.
    let start = args.next().map(|start| start.sequence().ok_or(())).transpose().ok()?;
    let longest = args.next().filter(|longest| !longest.is_none());
    if args.next().is_some() {
        return None;
    }
    let mut items = Items { start, added: Some(added) };
    if let Some(longest) = longest {
        let longest = usize::try_from(longest.int()?).ok()?;
        for _ in longest..items.len() {
            items.next();
        }
    }
    Some(items)
}

/// The items that a sequence starts from, and those that were appended.
pub(crate) struct Items<'v, D: Decoder<'v>> {
    start: Option<D::Items>,
    added: Option<D::Items>,
}

impl<'v, D: Decoder<'v>> Items<'v, D> {
    pub(super) fn new(start: Option<D::Items>, added: D::Items) -> Self {
        Self { start, added: Some(added) }
    }
}

impl<'v, D: Decoder<'v>> Iterator for Items<'v, D> {
    type Item = D;

    fn next(&mut self) -> Option<D> {
        self.start.as_mut().and_then(Iterator::next).or_else(|| self.added.as_mut()?.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = len(self.start.as_ref()) + len(self.added.as_ref());
        (len, Some(len))
    }
}

impl<'v, D: Decoder<'v>> ExactSizeIterator for Items<'v, D> {}

pub(super) fn len(part: Option<&impl ExactSizeIterator>) -> usize {
    part.map_or(0, ExactSizeIterator::len)
}

/// Prints a deque; a bounded one has its last items.
pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
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
        // The skipped items are visited each time although they are not shown.
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
