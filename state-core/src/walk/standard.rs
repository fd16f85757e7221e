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

/// The entries of what is a map: a dict, or one of those that `collections` has beside it.
pub(super) fn entries<'v, D: Decoder<'v>>(value: D) -> Option<D::Entries> {
    value
        .entries()
        .or_else(|| value.entered("collections.OrderedDict"))
        .or_else(|| value.entered("collections.defaultdict"))
        .or_else(|| args(value, "collections.Counter", 1)?.next()?.entries())
}

/// The items of what is a sequence: a tuple, list or set, a deque, or an array that came as a list.
pub(super) fn items<'v, D: Decoder<'v>>(value: D) -> Option<D::Items> {
    value.items().or_else(|| deque(value)).or_else(|| args(value, "array.array", 2)?.nth(1)?.items())
}

/// A deque is filled after it was made; or, by an older Python, made of its items.
fn deque<'v, D: Decoder<'v>>(value: D) -> Option<D::Items> {
    const NAME: &str = "collections.deque";
    let start = value.called(NAME)?.next().and_then(D::items);
    start.filter(|start| start.len() > 0).or_else(|| value.appended(NAME))
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
