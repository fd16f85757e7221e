//! Containers and numbers of Python's standard library, as what they are by nature: the maps and queues of module
//! `collections`, the arrays of module `array`, paths, ranges.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{ArrayParts, Decoder};
use crate::error::{Error, ErrorKind, Result};
use crate::known::path::Flavour;
use crate::value::{Dtype, Order};

/// The classes of `pathlib`, which has moved within Python 3.13.
const PATHS: [&str; 8] = [
    "pathlib.PosixPath",
    "pathlib.PurePosixPath",
    "pathlib.WindowsPath",
    "pathlib.PureWindowsPath",
    "pathlib._local.PosixPath",
    "pathlib._local.PurePosixPath",
    "pathlib._local.WindowsPath",
    "pathlib._local.PureWindowsPath",
];

/// The maps of `collections`, with the place of the argument from which each starts.
const MAPS: [(&str, usize); 3] =
    [("collections.OrderedDict", 0), ("collections.defaultdict", 1), ("collections.Counter", 0)];

/// The entries of what is a map: a dict, or one of those that `collections` has beside it. Those start from a dict or,
/// but for `Counter`, from pairs; what was set later follows, so that it replaces what has the same key.
///
/// Attributes of an `OrderedDict` are left out: a map has no place for them.
pub(super) fn entries<'v, D: Decoder<'v>>(value: D) -> Option<Entries<'v, D>> {
    if let Some(entries) = value.entries() {
        return Some(Entries { pairs: None, start: None, added: Some(entries) });
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
    let is_pair = |item: D| item.items().is_some_and(|pair| pair.len() == 2);
    if class == "collections.Counter" || !start.items()?.all(is_pair) {
        return None;
    }
    Some(Entries { pairs: start.items(), start: None, added })
}

/// The items of what is a sequence: a tuple, list or set, a deque, or an array that came as a list.
pub(super) fn items<'v, D: Decoder<'v>>(value: D) -> Option<Items<'v, D>> {
    match value.items() {
        Some(items) => Some(Items { start: None, added: Some(items) }),
        None => deque(value).or_else(|| listed(value)),
    }
}

/// A deque is made of items, or filled after it was made, or both. If it is bounded, the last are kept.
fn deque<'v, D: Decoder<'v>>(value: D) -> Option<Items<'v, D>> {
    const NAME: &str = "collections.deque";
    let mut args = value.arguments(NAME)?;
    let added = value.appended(NAME)?;
    let start = args.next().map(|start| start.items().ok_or(())).transpose().ok()?;
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

/// An `array.array` as a code for the type, and the items that it starts from, or none.
fn listed<'v, D: Decoder<'v>>(value: D) -> Option<Items<'v, D>> {
    const NAME: &str = "array.array";
    let mut args = value.arguments(NAME)?.skip(1);
    let start = args.next().map(|start| start.items().ok_or(())).transpose().ok()?;
    let added = value.appended(NAME)?;
    args.next().is_none().then_some(Items { start, added: Some(added) })
}

/// The items that a sequence starts from, and those that were appended.
pub(super) struct Items<'v, D: Decoder<'v>> {
    start: Option<D::Items>,
    added: Option<D::Items>,
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

/// The entries that a map starts from, as pairs or as a dict, and those that were set.
pub(super) struct Entries<'v, D: Decoder<'v>> {
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

fn len(part: Option<&impl ExactSizeIterator>) -> usize {
    part.map_or(0, ExactSizeIterator::len)
}

/// Text, or a path as text, written with slashes.
pub(super) fn text<'v, D: Decoder<'v>>(value: D) -> Option<Cow<'v, str>> {
    value.str().map(Cow::Borrowed).or_else(|| path(value).map(Cow::Owned))
}

fn path<'v, D: Decoder<'v>>(value: D) -> Option<String> {
    let (class, parts) = PATHS.iter().find_map(|class| Some((class, value.called(class)?)))?;
    let parts: Vec<&str> = parts.map(D::str).collect::<Option<_>>()?;
    Flavour::of(class)?.join(&parts)
}

/// An array of NumPy's, or of module `array`.
///
/// # Errors
/// What only claims to be one.
pub(super) fn array<'v, D: Decoder<'v>>(value: D) -> Result<Option<ArrayParts<'v>>> {
    let array = value.array()?;
    if array.is_some() {
        return Ok(array);
    }
    let Some((format, bytes)) = memory(value) else { return Ok(None) };
    let Some(dtype) = u8::try_from(format).ok().and_then(Dtype::of_machine_format) else { return Ok(None) };
    let count = bytes.len() / dtype.itemsize();
    if bytes.len() % dtype.itemsize() != 0 {
        let expected = alloc::format!("an array of a whole number of {dtype}");
        return Err(Error::new(ErrorKind::Malformed, expected, alloc::format!("{} bytes", bytes.len())));
    }
    Ok(Some(ArrayParts { dtype, shape: [count].into(), order: Order::C, bytes: Cow::Borrowed(bytes) }))
}

/// An `array.array` as it lies in memory: a code for the machine's format, and the bytes.
fn memory<'v, D: Decoder<'v>>(value: D) -> Option<(i128, &'v [u8])> {
    let mut args = args(value, "array._array_reconstructor", 4)?.skip(2);
    Some((args.next()?.int()?, args.next()?.bytes()?))
}

/// The two ends of a range, as Python has it for loops or for slices, without gaps.
pub(super) fn range<'v, D: Decoder<'v>>(value: D) -> Option<impl ExactSizeIterator<Item = D>> {
    let args = || value.called("builtins.range").or_else(|| value.called("builtins.slice"));
    // The step may be left out.
    let mut parts = args().filter(|parts| matches!(parts.len(), 2 | 3))?;
    let is_one = parts.nth(2).is_none_or(|step| step.is_none() || step.int() == Some(1));
    args().filter(|_| is_one).map(|ends| ends.take(2))
}

fn args<'v, D: Decoder<'v>>(value: D, class: &str, count: usize) -> Option<D::Items> {
    value.called(class).filter(|args| args.len() == count)
}
