//! Raw arrays: their elements, which are numbers, records or arrays of these, compared by their layout.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::lists::alike;
use super::{Both, Compared, Pair, Step, broken};
use crate::array::Element;
use crate::array::Elements;
use crate::protocol::layout::padded;
use crate::schema::{Kind, Link, Nodes, Raw, Schema};
use crate::walk::little_endian;

impl<'a> Pair<'a> {
    pub(super) fn raw(&mut self, raw: &Raw, heads: Both<&'a [u8]>) -> Compared {
        let element = self.nodes.get(raw.element);
        let [Some(ours), Some(theirs)] = heads.map(|head| head.split_at_checked(head.len().saturating_sub(8))) else {
            return Err(broken());
        };
        let counts = [count(ours.1)?, count(theirs.1)?];
        let arrays = [self.array_of(0, counts[0], element)?, self.array_of(1, counts[1], element)?];
        match [ours.0 == [0], theirs.0 == [0]] {
            [true, true] => Ok(()),
            [true, false] => self.tell("None", format!("{} elements", counts[1])),
            [false, true] => self.tell(format!("{} elements", counts[0]), "None"),
            _ => self.raw_elements(element, counts, arrays),
        }
    }

    fn array_of(&mut self, side: usize, count: usize, element: &Schema) -> Compared<&'a [u8]> {
        let raw = &mut self.sides[side].raw;
        let len = count.checked_mul(element.head).ok_or_else(broken)?;
        let (space, rest) = padded(len).and_then(|space| raw.split_at_checked(space)).ok_or_else(broken)?;
        *raw = rest;
        Ok(&space[..len])
    }

    fn raw_elements(&mut self, element: &Schema, counts: Both<usize>, arrays: Both<&'a [u8]>) -> Compared {
        let size = element.head;
        if arrays[0] == arrays[1] && counts[0] == counts[1] {
            return Ok(());
        }
        let part = |side: usize, at: usize| &arrays[side][at * size..(at + 1) * size];
        let (mut start, mut end) = (0, 0);
        if counts[0] != counts[1] {
            self.tell(format!("{} elements", counts[0]), format!("{}", counts[1]))?;
            (start, end) = alike(counts, |one, other| part(0, one) == part(1, other));
        }
        let ends = counts.map(|count| count - end);
        for at in start..ends[0].max(ends[1]) {
            self.within(format_args!("[{at}]"), |this| match ends.map(|end| at < end) {
                [true, true] => this.element(element, [part(0, at), part(1, at)]),
                [true, false] => this.tell(show((element, this.nodes), part(0, at)), "absent"),
                _ => this.tell("absent", show((element, this.nodes), part(1, at))),
            })?;
        }
        Ok(())
    }

    /// Compares an element, or a part of one.
    fn element(&mut self, schema: &Schema, parts: Both<&'a [u8]>) -> Compared {
        if parts[0] == parts[1] {
            return Ok(());
        }
        match &schema.kind {
            Kind::Record(record) => {
                for field in &*record.fields {
                    let inner = self.nodes.get(field.ty);
                    let [Some(ours), Some(theirs)] =
                        parts.map(|part| part.get(field.offset..field.offset.saturating_add(inner.head)))
                    else {
                        return Err(broken());
                    };
                    self.within(Step::Name(".", &field.name), |this| this.element(inner, [ours, theirs]))?;
                }
                Ok(())
            }
            Kind::Array(of, _) => {
                let inner = self.nodes.get(*of);
                let [ours, theirs] = parts.map(|part| part.chunks_exact(inner.head.max(1)));
                for (at, (ours, theirs)) in ours.zip(theirs).enumerate() {
                    self.within(format_args!("[{at}]"), |this| this.element(inner, [ours, theirs]))?;
                }
                Ok(())
            }
            _ => {
                let [ours, theirs] = parts.map(|part| show((schema, self.nodes), part));
                if ours == theirs {
                    let bits = |text, part: &[u8]| format!("{text} (bits {:x})", little_endian(part));
                    return self.tell(bits(ours, parts[0]), bits(theirs, parts[1]));
                }
                self.tell(ours, theirs)
            }
        }
    }

    pub(super) fn grid(&mut self, of: Link, heads: Both<&'a [u8]>) -> Compared {
        let element = self.nodes.get(of);
        let dimensions = self.lengths(heads)?;
        let runs = self.runs(dimensions, 8)?;
        let shapes = [shape(runs[0])?, shape(runs[1])?];
        let [ours, theirs] = [product(&shapes[0])?, product(&shapes[1])?];
        let arrays = [self.array_of(0, ours, element)?, self.array_of(1, theirs, element)?];
        if shapes[0] != shapes[1] {
            return self.tell(format!("an array of shape {:?}", shapes[0]), format!("one of shape {:?}", shapes[1]));
        }
        let [ours, theirs] = arrays.map(|array| array.chunks_exact(element.head.max(1)));
        for (at, (ours, theirs)) in ours.zip(theirs).enumerate() {
            if ours != theirs {
                self.within(place(at, &shapes[0]), |this| this.element(element, [ours, theirs]))?;
            }
        }
        Ok(())
    }
}

fn count(head: &[u8]) -> Compared<usize> {
    usize::try_from(little_endian(head)).map_err(|_| broken())
}

fn shape(run: &[u8]) -> Compared<Vec<usize>> {
    run.chunks_exact(8).map(count).collect()
}

/// Returns the number of elements of an array with these dimensions.
fn product(shape: &[usize]) -> Compared<usize> {
    let product = || shape.iter().try_fold(1, |count: usize, &length| count.checked_mul(length));
    if shape.contains(&0) { Ok(0) } else { product().ok_or_else(broken) }
}

/// Returns the indices of the element at `at` in an array with these dimensions.
fn place(mut at: usize, shape: &[usize]) -> String {
    let mut place = String::new();
    for &length in shape.iter().rev() {
        place.insert_str(0, &format!("[{}]", at % length.max(1)));
        at /= length.max(1);
    }
    place
}

fn show((schema, nodes): (&Schema, &Nodes), bytes: &[u8]) -> String {
    match schema.kind {
        Kind::Float { bits: 32 } => return format!("{:?}", f32::from_bits(little_endian(bytes) as u32)),
        Kind::Float { .. } => return format!("{:?}", f64::from_bits(little_endian(bytes) as u64)),
        _ => {}
    }
    Element(Elements { schema, nodes }, bytes).to_string()
}
