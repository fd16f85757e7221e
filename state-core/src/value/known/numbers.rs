//! Numbers and runs of numbers: fractions, UUIDs, ranges, and the arrays of module `array`.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::super::{
    Array, ByteOrder, Dtype, Int, Object, Order, Value,
    repr::{Field, Group},
};
use super::only_args;

/// A `fractions.Fraction`, in lowest terms.
pub(crate) struct Fraction<'a> {
    pub numerator: Cow<'a, Int>,
    pub denominator: Cow<'a, Int>,
}

/// The parts of a `fractions.Fraction`, which is pickled as its text before Python 3.12 and as two numbers since.
pub(crate) fn fraction(object: &Object) -> Option<Fraction<'_>> {
    let (numerator, denominator) = match only_args(object)? {
        [numerator, denominator] => (Cow::Borrowed(numerator.as_int()?), Cow::Borrowed(denominator.as_int()?)),
        [text] => {
            let text = text.as_str()?;
            let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
            (Cow::Owned(numerator.parse().ok()?), Cow::Owned(denominator.parse().ok()?))
        }
        _ => return None,
    };
    (!denominator.is_negative() && *denominator != 0).then_some(Fraction { numerator, denominator })
}

impl<'a> Fraction<'a> {
    pub(super) fn group(self) -> Group<'a> {
        let parts = [self.numerator, self.denominator];
        Group::new("Fraction", parts.map(|part| Field::text(part.to_string())).into())
    }
}

/// The number of a `uuid.UUID`.
pub(crate) fn uuid(object: &Object) -> Option<u128> {
    let state = object.other_state()?.as_dict()?;
    // Beside it can stand what the operating system said of its safety.
    let is_uuid = object.args().is_empty() && object.items().is_empty() && object.entries().is_empty();
    u128::try_from(state.get("int").filter(|_| is_uuid)?).ok()
}

pub(super) fn uuid_text(uuid: u128) -> String {
    let digits = format!("{uuid:032x}");
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    format!("UUID('{}')", groups.join("-"))
}

/// The step of a `range` is left out where it is one.
pub(super) fn range(object: &Object) -> Option<Group<'_>> {
    let args = only_args(object)?;
    match args {
        [start, stop, step] if args.iter().all(|arg| arg.as_int().is_some()) => {
            let shown = if *step == 1 { vec![start, stop] } else { vec![start, stop, step] };
            Some(Group::new("range", shown.into_iter().map(Field::from).collect()))
        }
        _ => None,
    }
}

/// An `array.array`: its type code, and its numbers or its text.
pub(crate) struct Numbers<'a> {
    pub code: &'a str,
    pub items: Items<'a>,
}

/// What an `array.array` holds.
pub(crate) enum Items<'a> {
    /// As they lie in memory.
    Packed(Array),
    /// As Python numbers.
    Values(&'a Value),
    Text(Cow<'a, str>),
}

/// The parts of an `array.array`, which is pickled as a list at protocols 0 to 2 and as memory since.
pub(crate) fn array(object: &Object) -> Option<Numbers<'_>> {
    match only_args(object)? {
        [code, items] if object.name() == "array.array" => {
            let items = match items.as_str() {
                Some(text) => Items::Text(text.into()),
                None => Items::Values(items.as_list().map(|_| items)?),
            };
            Some(Numbers { code: code.as_str()?, items })
        }
        [class, code, format, memory] if object.name() == "array._array_reconstructor" => {
            class.as_global().filter(|class| **class == *"array.array")?;
            let items = unpack(u8::try_from(format).ok()?, memory.as_bytes()?)?;
            Some(Numbers { code: code.as_str()?, items })
        }
        _ => None,
    }
}

/// The numbers behind one of Python's codes for the formats of machines.
fn unpack<'a>(format: u8, memory: &[u8]) -> Option<Items<'a>> {
    let order = if format % 2 == 0 { ByteOrder::Little } else { ByteOrder::Big };
    let dtype = match format {
        18 | 19 => return utf16(memory, order).map(|text| Items::Text(text.into())),
        20 | 21 => return utf32(memory, order).map(|text| Items::Text(text.into())),
        _ => Dtype::of_machine_format(format)?,
    };
    let count = memory.len() / dtype.itemsize();
    Array::new(dtype, [count], Order::C, memory.to_vec()).ok().map(Items::Packed)
}

fn utf16(memory: &[u8], order: ByteOrder) -> Option<String> {
    let unit = |bytes: &[u8]| Some(number(bytes, order) as u16);
    let units: Vec<u16> = memory.chunks(2).map(unit).collect::<Option<_>>()?;
    String::from_utf16(&units).ok().filter(|_| memory.len() % 2 == 0)
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

impl<'a> Numbers<'a> {
    pub(super) fn group(self) -> Group<'a> {
        let mut fields = vec![Field::text(Value::from(self.code).to_string())];
        match self.items {
            Items::Packed(array) if !array.is_empty() => fields.push(Field::text(array.to_list().to_string())),
            Items::Values(items) if items.as_list().is_some_and(|items| !items.is_empty()) => fields.push(items.into()),
            Items::Text(text) if !text.is_empty() => fields.push(Field::text(Value::from(text).to_string())),
            _ => {}
        }
        Group::new("array", fields)
    }
}
