//! Raw arrays and arrays of numbers, from bytes or from the arrays of a dynamic format, to an image.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Fill, fill_each, left_out, wrong};
use crate::array::{ArrayParts, wrong_length};
use crate::error::{Error, ErrorKind, Result, index};
use crate::protocol::builder::Builder;
use crate::protocol::layout::{grid_count, padded, stride};
use crate::protocol::stack;
use crate::schema::{Kind, Link, Nodes, Raw, Schema};
use crate::standard;
use crate::value::{Each, Value};
use crate::walk::Decoder;
use crate::walk::form::not_bool;

impl<'v, 's> Fill<'v, 's> {
    /// Fills a list of numbers from an array: as a block or, for an `array.array` of another layout, whose type has no
    /// meaning beyond its numbers, one by one.
    pub(super) fn numbers<D: Decoder<'v>>(&mut self, schema: &'s Schema, value: D, at: usize) -> Result<()> {
        let array = standard::array(value)?;
        if D::LIVE {
            return match array {
                Some(array) => self.elements((schema, value), array, at),
                None => Err(wrong(self.show(schema), value)),
            };
        }
        match (array, standard::array_values(value)) {
            (Some(array), None) => self.elements((schema, value), array, at),
            (Some(array), Some(_)) if self.is_alike(schema, &array) => self.elements((schema, value), array, at),
            (_, Some(values)) => self.one_by_one((schema, value), &values, at),
            (None, None) => Err(wrong(self.show(schema), value)),
        }
    }

    fn one_by_one<D: Decoder<'v>>(
        &mut self,
        (schema, value): (&'s Schema, D),
        values: &[Value],
        at: usize,
    ) -> Result<()> {
        let (of, place) = match &schema.kind {
            Kind::List(of) | Kind::Set(of) => {
                let of = self.target(*of);
                self.builder.length(at, values.len());
                (of, (self.run(values.len(), of.head, |nodes| left_out(nodes, of))?, stride(of.head)))
            }
            Kind::Array(of, len) if values.len() as u64 == *len => (self.target(*of), (at, self.target(*of).head)),
            _ => return Err(wrong(self.show(schema), value)),
        };
        let nodes = self.nodes;
        self.aside(|image| Each(values).fill((of, nodes), image, place))
    }

    /// Whether an array's elements have the layout of the list's elements.
    fn is_alike(&self, schema: &Schema, array: &ArrayParts<'_>) -> bool {
        match schema.kind {
            Kind::List(of) | Kind::Array(of, _) => array.is_of(self.target(of), self.nodes),
            _ => false,
        }
    }

    fn elements<D: Decoder<'v>>(
        &mut self,
        (schema, value): (&'s Schema, D),
        array: ArrayParts<'v>,
        at: usize,
    ) -> Result<()> {
        match &schema.kind {
            Kind::List(of) | Kind::Array(of, _) if !is_raw((self.target(*of), self.nodes)) => {
                return Err(wrong(self.show(schema), value));
            }
            Kind::List(of) => {
                let (count, bytes) = array.elements((self.target(*of), self.nodes), Some(1))?;
                all_bool((self.target(*of), self.nodes), &bytes)?;
                self.builder.length(at, count.iter().product());
                let run = self.builder.run(bytes.len(), 1);
                self.builder.write(run, &bytes);
            }
            Kind::Array(of, _) => {
                let (_, bytes) = array.elements((schema, self.nodes), Some(0))?;
                all_bool((self.target(*of), self.nodes), &bytes)?;
                self.builder.write(at, &bytes);
            }
            // A set cannot be filled from an array, in which an element may occur twice.
            _ => return Err(wrong(self.show(schema), value)),
        }
        Ok(())
    }

    /// Fills an array of several dimensions.
    pub(super) fn grid<D: Decoder<'v>>(
        &mut self,
        (schema, of, dimensions): (&'s Schema, Link, Option<u8>),
        value: D,
        at: usize,
    ) -> Result<()> {
        let buffer = plain_buffer(value, self.target(of), true);
        let array = if buffer.is_some() { None } else { standard::array(value)? };
        let element = self.target(of);
        // An `array.array` has one dimension, and is filled one by one if its layout differs.
        let is_other = buffer.is_none()
            && !D::LIVE
            && standard::is_array(value)
            && array.as_ref().is_none_or(|array| self.is_other(element, array, value))
            && dimensions.is_none_or(|count| count == 1);
        let (shape, bytes) = match array {
            _ if is_other => {
                let bytes = self.each_of_array(element, value)?;
                (alloc::vec![bytes.len() / element.head.max(1)], Cow::Owned(bytes))
            }
            Some(array) => array.elements((element, self.nodes), dimensions.map(usize::from))?,
            None => {
                let (shape, bytes) = plain(value, element)
                    .filter(|(shape, _)| dimensions.is_none_or(|count| usize::from(count) == shape.len()))
                    .ok_or_else(|| wrong(self.show(schema), value))?;
                let size = element.head.max(1);
                // `grid_count` has checked that the count times the size does not overflow.
                let wanted = grid_count(&shape, size).map(|count| count * size);
                if wanted != Some(bytes.len()) {
                    return Err(wrong_length(self.show(element), &shape, (wanted, bytes.len())));
                }
                (shape, bytes)
            }
        };
        all_bool((element, self.nodes), &bytes)?;
        self.builder.length(at, shape.len());
        let run = self.builder.run(shape.len(), 8);
        let lengths: Vec<u8> = shape.iter().flat_map(|length| (*length as u64).to_le_bytes()).collect();
        self.builder.write(run, &lengths);
        self.lend(bytes);
        Ok(())
    }

    pub(super) fn raw<D: Decoder<'v>>(&mut self, raw: &Raw, value: D, count: Option<D>, at: usize) -> Result<()> {
        let element = self.target(raw.element);
        let buffer = plain_buffer(value, element, raw.array);
        let array = if buffer.is_some() { None } else { standard::array(value)? };
        if D::FOREIGN {
            element.portable(count.is_some() || array.is_some())?;
        }
        let bytes = match (array, buffer.or_else(|| value.bytes())) {
            (Some(array), _) if self.is_other(element, &array, value) => {
                Some(Cow::Owned(self.each_of_array(element, value)?))
            }
            (Some(array), _) => {
                // A field that is a single element is written as an array of one, and may have no dimension at all.
                let single = raw.exactly == Some(1) && array.is_one(element, self.nodes);
                Some(array.elements((element, self.nodes), Some(usize::from(!single)))?.1)
            }
            (None, Some(bytes)) => Some(Cow::Borrowed(bytes)),
            (None, None) if value.is_none() => None,
            (None, None) if (!D::LIVE && standard::is_array(value)) || is_list(element, value) => {
                Some(Cow::Owned(self.each_of_array(element, value)?))
            }
            (None, None) => {
                let expected = format!("the bytes of {}", self.show(element));
                return Err(Error::new(ErrorKind::Malformed, expected, value.describe()));
            }
        };
        self.raw_bytes(raw, bytes, count, at)
    }

    /// Fills a raw array from the bytes of its elements.
    pub(super) fn raw_bytes<D: Decoder<'v>>(
        &mut self,
        raw: &Raw,
        bytes: Option<Cow<'v, [u8]>>,
        count: Option<D>,
        at: usize,
    ) -> Result<()> {
        let element = self.target(raw.element);
        let len = bytes.as_deref().map_or(0, <[u8]>::len);
        let elements = len / element.head.max(1);
        if len % element.head.max(1) != 0 {
            let expected = format!("a whole number of elements of {} bytes", element.head);
            return Err(Error::new(ErrorKind::Malformed, expected, format!("{len} bytes")));
        }
        // An unknown count is given as `None`.
        if let Some(given) = count.filter(|count| !count.is_none()) {
            if given.int() != Some(elements as i128) {
                let expected = format!("the count {elements}, because there are {len} bytes of {} each", element.head);
                return Err(Error::new(ErrorKind::Malformed, expected, given.describe()));
            }
        }
        all_bool((element, self.nodes), bytes.as_deref().unwrap_or_default())?;
        // An absent array means an empty one only if the type is not optional.
        let present = bytes.is_some() || !raw.optional;
        if present && raw.exactly.is_some_and(|exactly| exactly != elements as u64) {
            let expected = format!("exactly {} elements", raw.exactly.unwrap_or_default());
            return Err(Error::new(ErrorKind::Malformed, expected, format!("{elements}")));
        }
        if raw.optional {
            self.builder.write(at, &[u8::from(present)]);
        }
        self.builder.write(at + usize::from(raw.optional), &(elements as u64).to_le_bytes());
        self.lend(bytes.unwrap_or_default());
        Ok(())
    }

    /// Whether the numbers of an `array.array` have another layout than these elements.
    fn is_other<D: Decoder<'v>>(&self, element: &Schema, array: &ArrayParts<'_>, value: D) -> bool {
        !D::LIVE && !array.is_of(element, self.nodes) && standard::is_array(value)
    }

    /// Converts the numbers of an `array.array`, or a list of numbers, to the bytes of these elements, one by one.
    fn each_of_array<D: Decoder<'v>>(&self, element: &Schema, value: D) -> Result<Vec<u8>> {
        let of = (element, self.nodes);
        // Elements of a schema that was read may be of any size.
        if !self.nodes.0.is_empty() && !is_number(element) {
            return Err(wrong(self.show(element), value));
        }
        let image = |count: usize| Builder::new(count.saturating_mul(element.head), stack::levels(self.parts));
        let place = (0, element.head);
        let (image, filled) = match standard::items(value) {
            Some(items) => fill_each(image(items.len()), of, items, place),
            None if D::LIVE => return Err(wrong(self.show(element), value)),
            None => match standard::array_values(value) {
                Some(values) => Each(&values).fill(of, image(values.len()), place),
                None => return Err(wrong(self.show(element), value)),
            },
        };
        filled.map(|()| image.heads)
    }

    /// Adds an array to the raw region. If it is alone there and needs no padding, it is not copied.
    fn lend(&mut self, bytes: Cow<'v, [u8]>) {
        let is_first = self.lent.is_none() && self.builder.raw.is_empty() && !bytes.is_empty();
        if is_first && padded(bytes.len()) == Some(bytes.len()) {
            self.lent = Some(bytes);
        } else {
            self.whole().raw(&bytes);
        }
    }

    /// Returns the builder, with the borrowed array in its place and as many levels as are allowed here.
    pub(super) fn whole(&mut self) -> &mut Builder {
        if let Some(first) = self.lent.take() {
            self.builder.raw(&first);
        }
        self.builder.depth = stack::levels(self.parts);
        &mut self.builder
    }
}

/// Whether a value is a list of the elements, which are numbers.
fn is_list<'v, D: Decoder<'v>>(element: &Schema, value: D) -> bool {
    is_number(element) && value.sequence().is_some()
}

fn is_number(element: &Schema) -> bool {
    matches!(element.kind, Kind::Int { .. } | Kind::Float { .. } | Kind::Bool)
}

/// Whether an array can hold such elements. The bytes of others, such as those of an enum, are written in images alone.
fn is_raw((mut element, nodes): (&Schema, &Nodes)) -> bool {
    while let Kind::Array(of, _) = element.kind {
        element = nodes.get(of);
    }
    is_number(element) || matches!(element.kind, Kind::Record(_) | Kind::Opaque { .. })
}

/// Checks that each byte of an array of `bool` is a valid one.
fn all_bool((element, nodes): (&Schema, &Nodes), bytes: &[u8]) -> Result<()> {
    match not_bool(nodes, element, bytes) {
        Some(at) => {
            let error = Error::new(ErrorKind::Malformed, "a bool (0 or 1)", bytes[at].to_string());
            Err(error.within(&index(at / element.head.max(1))))
        }
        None => Ok(()),
    }
}

/// The bytes of a buffer that can be those of any array. For elements of one byte, signed bytes are another type than
/// unsigned ones.
fn plain_buffer<'v, D: Decoder<'v>>(value: D, element: &Schema, typed: bool) -> Option<&'v [u8]> {
    if element.head == 1 { value.memory() } else { value.buffer(typed) }
}

/// Reads an array that has no element type: the bytes of one dimension, or a tuple of the lengths and the bytes.
/// Whether the lengths match the bytes is not checked.
fn plain<'v, D: Decoder<'v>>(value: D, element: &Schema) -> Option<(Vec<usize>, Cow<'v, [u8]>)> {
    let size = element.head.max(1);
    let (shape, bytes) = match value.buffer(true).or_else(|| value.bytes()) {
        Some(bytes) => (alloc::vec![bytes.len() / size], bytes),
        None => {
            let mut parts = value.sequence().filter(|parts| parts.len() == 2)?;
            let (lengths, bytes) = (parts.next()?.sequence()?, parts.next()?);
            let bytes = bytes.buffer(false).or_else(|| bytes.bytes())?;
            (lengths.map(|length| usize::try_from(length.int()?).ok()).collect::<Option<_>>()?, bytes)
        }
    };
    Some((shape, Cow::Borrowed(bytes)))
}
