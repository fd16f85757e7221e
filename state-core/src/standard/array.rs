//! `array.array`: numbers of one type, or text.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::args;
use super::deque::Items;
use crate::array::ArrayParts;
use crate::error::{Error, ErrorKind, Result, index};
use crate::value::repr::{Field, Layout, Look, Object, Shape, Source, is_empty};
use crate::value::{ByteOrder, Dtype, Order, Value};
use crate::walk::Decoder;

/// Reads an array of NumPy or of the module `array`.
///
/// # Errors
/// If it only claims to be one.
pub(crate) fn parts<'v, D: Decoder<'v>>(value: D) -> Result<Option<ArrayParts<'v>>> {
    let array = value.array()?;
    if array.is_some() {
        return Ok(array);
    }
    let Some((format, bytes)) = memory(value) else {
        return if D::LIVE { Ok(None) } else { misfit(value).map_or(Ok(None), Err) };
    };
    let Some(dtype) = u8::try_from(format).ok().and_then(Dtype::of_machine_format) else { return Ok(None) };
    let count = bytes.len() / dtype.itemsize();
    if bytes.len() % dtype.itemsize() != 0 {
        let expected = format!("an array of a whole number of {dtype}");
        return Err(Error::new(ErrorKind::Malformed, expected, format!("{} bytes", bytes.len())));
    }
    Ok(Some(ArrayParts { dtype, shape: [count].into(), order: Order::C, bytes: Cow::Borrowed(bytes) }))
}

/// Whether this is an `array.array`, either as items or as its memory.
pub(crate) fn is_array<'v, D: Decoder<'v>>(value: D) -> bool {
    value.arguments("array.array").is_some() || memory(value).is_some()
}

/// The numbers or letters of an `array.array` that was pickled as its memory.
pub(crate) fn values<'v, D: Decoder<'v>>(value: D) -> Option<Vec<Value>> {
    let (format, bytes) = memory(value)?;
    let format = u8::try_from(format).ok()?;
    let order = if format % 2 == 0 { ByteOrder::Little } else { ByteOrder::Big };
    let letters = |text: String| text.chars().map(Value::from).collect();
    match format {
        18 | 19 => utf16(bytes, order).map(letters),
        20 | 21 => utf32(bytes, order).map(letters),
        _ => {
            let dtype = Dtype::of_machine_format(format)?;
            Some(bytes.chunks_exact(dtype.itemsize()).map(|chunk| dtype.read(chunk)).collect())
        }
    }
}

/// The memory of an `array.array`: a code for the machine's format, and the bytes.
fn memory<'v, D: Decoder<'v>>(value: D) -> Option<(i128, &'v [u8])> {
    if D::LIVE {
        return None;
    }
    let mut args = args(value, "array._array_reconstructor", 4)?.skip(2);
    Some((args.next()?.int()?, args.next()?.bytes()?))
}

/// The items of an `array.array` that was pickled as a code for the type and the items that it starts from, if any.
/// `None` if Python would refuse one of them, which [`parts`] reports.
pub(super) fn items<'v, D: Decoder<'v>>(value: D) -> Option<Items<'v, D>> {
    listed(value).filter(|_| misfit(value).is_none()).map(|(_, items)| items)
}

/// The code for the type of an `array.array` that was pickled as items, and these.
fn listed<'v, D: Decoder<'v>>(value: D) -> Option<(u8, Items<'v, D>)> {
    const NAME: &str = "array.array";
    let mut args = value.arguments(NAME)?;
    let code = args.next()?;
    // Python 2 has the code as bytes.
    let code = code.str().map(str::as_bytes).or_else(|| code.bytes())?;
    let start = args.next().map(|start| start.sequence().ok_or(())).transpose().ok()?;
    let added = value.appended(NAME)?;
    let code = if let [code] = *code { code } else { 0 };
    args.next().is_none().then_some((code, Items::new(start, added)))
}

/// Returns the error of the first item of an `array.array` that an array of its type cannot have.
#[cold]
fn misfit<'v, D: Decoder<'v>>(value: D) -> Option<Error> {
    let (code, mut items) = listed(value)?;
    let Some(ty) = Type::of(code) else {
        let found = value.describe();
        return Some(Error::new(ErrorKind::Malformed, "an array.array of a type that Python has", found));
    };
    let (place, item) = items.by_ref().enumerate().find(|&(_, item)| !ty.has(item))?;
    let expected = format!("an item of array.array({:?}), {ty}", char::from(code));
    Some(Error::new(ErrorKind::Malformed, expected, item.describe()).within(&index(place)))
}

/// What the items of an `array.array` are.
#[derive(Clone, Copy, Debug)]
enum Type {
    Letters,
    Int { bits: u32, signed: bool },
    Single,
    Double,
}

impl Type {
    fn of(code: u8) -> Option<Self> {
        let bits = match code.to_ascii_lowercase() {
            b'b' => 8,
            b'h' => 16,
            b'i' => 32,
            // `long` has 32 bits on some machines.
            b'l' | b'q' => 64,
            _ => 0,
        };
        Some(match code {
            b'f' => Self::Single,
            b'd' => Self::Double,
            // Of Python 2, of all, and of Python 3.13.
            b'c' | b'u' | b'w' => Self::Letters,
            _ if bits > 0 => Self::Int { bits, signed: code.is_ascii_lowercase() },
            _ => return None,
        })
    }

    fn has<'v, D: Decoder<'v>>(self, item: D) -> bool {
        match self {
            Self::Letters => item.str().is_some() || item.bytes().is_some(),
            Self::Int { bits, signed } => {
                let highest = 1_i128 << (bits - u32::from(signed));
                let range = if signed { -highest..highest } else { 0..highest };
                item.bool().is_some() || item.int().is_some_and(|int| range.contains(&int))
            }
            // Python would make it infinite.
            Self::Single => {
                item.float().is_none_or(|float| float.is_infinite() || (float as f32).is_finite() || float.is_nan())
            }
            Self::Double => true,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letters => f.write_str("a letter"),
            Self::Int { bits, signed: true } => write!(f, "an integer of {bits} bits"),
            Self::Int { bits, .. } => write!(f, "an integer of {bits} bits that is not negative"),
            Self::Single => f.write_str("a float of 32 bits"),
            Self::Double => f.write_str("a float"),
        }
    }
}

/// Prints `array(code, list)`, of protocols 0 to 2; for text, the list has its letters.
pub(super) fn print_listed<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let source = object.source;
    let mut args = object.args.clone();
    let (code, start) = (args.next()?, args.next());
    if args.next().is_some() || !object.has_no_state() || !is_empty(&object.entries) {
        return None;
    }
    let is_text = matches!(source.text(code)?, "u" | "w");
    if is_text && !is_empty(&object.items) {
        return None;
    }
    if let Some(text) = start.and_then(|start| source.text(start)).filter(|_| is_text) {
        return Some(of_text(code, text.into()));
    }
    let start = start.map(|start| source.items(start).ok_or(())).transpose().ok()?;
    if is_text {
        let letters = start.into_iter().flatten().map(|part| letter(source, part));
        return letters.collect::<Option<String>>().map(|text| of_text(code, text));
    }
    let items = start.into_iter().chain([object.items.clone()]);
    let items: Vec<_> = items.filter(|items| !is_empty(items)).map(Field::Each).collect();
    Some(of_items(code, (!items.is_empty()).then(|| Field::Inner(Shape::List, items))))
}

/// Prints `_array_reconstructor(class, code, format, memory)`.
pub(super) fn print_packed<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let source = object.source;
    let [class, code, format, memory] = object.exactly().filter(|_| object.has_only_args())?;
    let is_array = matches!(source.look(class), Look::Leaf(class) if *class.as_global()? == *"array.array");
    let format = source.int(format).and_then(|format| u8::try_from(&*format).ok()).filter(|_| is_array)?;
    let memory = source.bytes(memory)?;
    source.text(code)?;
    let order = if format % 2 == 0 { ByteOrder::Little } else { ByteOrder::Big };
    let dtype = match format {
        18 | 19 => return utf16(memory, order).map(|text| of_text(code, text)),
        20 | 21 => return utf32(memory, order).map(|text| of_text(code, text)),
        _ => Dtype::of_machine_format(format)?,
    };
    let chunks = memory.chunks_exact(dtype.itemsize());
    if !chunks.remainder().is_empty() {
        return None;
    }
    Some(of_items(
        code,
        (!memory.is_empty()).then(|| Field::Inner(Shape::List, [Field::Elements(dtype, chunks)].into())),
    ))
}

fn letter<'a, S: Source<'a>>(source: S, part: S::Part) -> Option<char> {
    let mut letters = source.text(part).filter(|_| source.is_short(part))?.chars();
    letters.next().filter(|_| letters.next().is_none())
}

fn of_text<'a, S: Source<'a>>(code: S::Part, text: String) -> Layout<'a, S> {
    of_items(code, (!text.is_empty()).then(|| Field::repr(text)))
}

/// Leaves out empty items.
fn of_items<'a, S: Source<'a>>(code: S::Part, items: Option<Field<'a, S>>) -> Layout<'a, S> {
    Layout::new("array", [Field::Part(code)].into_iter().chain(items).collect::<Vec<_>>())
}

fn utf16(memory: &[u8], order: ByteOrder) -> Option<String> {
    let units = memory.chunks_exact(2);
    let is_whole = units.remainder().is_empty();
    let units = units.map(|bytes| number(bytes, order) as u16);
    char::decode_utf16(units).collect::<Result<_, _>>().ok().filter(|_| is_whole)
}

fn utf32(memory: &[u8], order: ByteOrder) -> Option<String> {
    let letters = memory.chunks(4).map(|bytes| char::from_u32(number(bytes, order)));
    letters.collect::<Option<String>>().filter(|_| memory.len() % 4 == 0)
}

fn number(bytes: &[u8], order: ByteOrder) -> u32 {
    let append = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
    match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, append),
        ByteOrder::Big => bytes.iter().fold(0, append),
    }
}
