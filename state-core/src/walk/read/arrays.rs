//! Raw arrays, and arrays of several dimensions.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Read, little_endian, so_many};
use crate::array::Elements;
use crate::error::{Error, ErrorKind, Result, index};
use crate::protocol::layout::{grid_count, padded};
use crate::schema::{Kind, Link, Raw};
use crate::walk::Encoder;
use crate::walk::form::not_bool;
use crate::walk::raws::Array;

impl<'a, E: Encoder + ?Sized> Read<'a, '_, E> {
    /// Cuts off the bytes of `count` elements; `None` is more than can exist.
    fn raw_bytes(&mut self, elements: Elements<'_>, count: Option<u64>, place: &'a [u8]) -> Result<Array<'a>> {
        let size = elements.schema.head;
        let len = count.and_then(|count| usize::try_from(count).ok()?.checked_mul(size));
        let Some(array) = len.and_then(|len| self.raw.cut(len, padded(len)?)) else {
            let count = count.map_or_else(|| "too many".to_string(), |count| count.to_string());
            let left = format!("{} raw bytes left", self.raw.rest().len());
            let error = Error::new(ErrorKind::Malformed, so_many(count, size), left);
            return Err(self.at(error, place));
        };
        let padding = array.padding;
        if let Some(at) = padding.iter().position(|&byte| byte != 0) {
            return self.malformed("zeros after a raw array", padding[at], &padding[at..]);
        }
        if let Some(at) = not_bool(self.nodes, elements.schema, array.bytes) {
            let error = Error::new(ErrorKind::Malformed, "a bool (0 or 1)", array.bytes[at].to_string());
            return Err(self.at(error, &array.bytes[at..]).within(&index(at / size)));
        }
        Ok(array)
    }

    fn array_of(&mut self, elements: Elements<'_>, shape: &[usize], array: Array<'a>) {
        if array.lent {
            self.encoder.lent_array(elements, shape, array.bytes);
        } else {
            self.encoder.array(elements, shape, array.bytes);
        }
    }

    pub(super) fn grid(&mut self, of: Link, dimensions: Option<u8>, head: &'a [u8]) -> Result<()> {
        let count = self.length(head)?;
        if dimensions.is_some_and(|dimensions| usize::from(dimensions) != count) {
            return self.malformed("the number of dimensions that the type fixes", count, head);
        }
        let run = self.run(count, 8)?;
        let lengths = run.chunks_exact(8).map(|length| usize::try_from(little_endian(length)).ok());
        let Some(shape) = lengths.collect::<Option<Vec<usize>>>() else {
            return self.malformed("lengths that memory could hold", "a larger one", run);
        };
        let elements = Elements { schema: self.nodes.get(of), nodes: self.nodes };
        let count = grid_count(&shape, elements.schema.head).map(|count| count as u64);
        let array = self.raw_bytes(elements, count, run)?;
        self.array_of(elements, &shape, array);
        Ok(())
    }

    pub(super) fn raw(&mut self, raw: &Raw, head: &'a [u8]) -> Result<()> {
        let (tag, count_head) = head.split_at(head.len() - 8);
        if tag.first().is_some_and(|&tag| tag > 1) {
            return self.malformed("an optional array (0 or 1)", tag[0], tag);
        }
        let present = tag != [0];
        let count = little_endian(count_head) as u64;
        let fits = if present { raw.exactly.is_none_or(|exactly| exactly == count) } else { count == 0 };
        if !fits {
            return self.malformed("the count that the type fixes", count, count_head);
        }
        let elements = Elements { schema: self.nodes.get(raw.element), nodes: self.nodes };
        let array = self.raw_bytes(elements, Some(count), count_head)?;
        match (present, raw.array) {
            (false, _) => self.encoder.none(),
            (true, false) if !raw.counted && matches!(elements.schema.kind, Kind::Opaque { .. }) => {
                self.encoder.opaque(elements, count as usize, array.bytes);
            }
            (true, false) if array.lent => self.encoder.lent(elements, array.bytes),
            (true, false) => self.encoder.raw(elements, array.bytes),
            (true, true) => self.array_of(elements, &[count as usize], array),
        }
        if raw.counted {
            self.encoder.count(count);
        }
        Ok(())
    }
}
