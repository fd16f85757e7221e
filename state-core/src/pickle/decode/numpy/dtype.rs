//! NumPy's element types: as text, as the lists and dicts that `numpy.dtype` takes, and as NumPy pickles them.

use crate::places::{Table, Words};
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::super::arena::{Id, Items, Tag};
use super::super::parts::Parts;
use super::super::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::value::{ByteOrder, Dtype, Field, Structured, Subarray, TimeUnit};

/// Types that are nested deeper are refused.
const DEEPEST: u32 = 32;

/// The flag of a record whose fields are aligned as in C. NumPy 1.x writes it as a negative byte.
const ALIGNED: i128 = 0x80;

/// The types that were found, each read once.
#[derive(Debug)]
pub(in super::super) struct Dtypes {
    seen: Table<Option<Dtype>>,
    /// How many more types and fields may be read. Shared parts could stand for any number of them.
    left: usize,
    /// Whether types are left out that have more than [`Dtype`] can represent: titles, metadata, and the class of
    /// records.
    is_exact: bool,
}

impl Dtypes {
    /// Returns an empty table for a pickle of this length.
    pub fn new(len: usize) -> Self {
        // NumPy writes more than sixteen bytes for a field, and for a type.
        Self { seen: Table::default(), left: len / 16 + 1024, is_exact: false }
    }

    /// Returns such a table only of types that are the same when they are written again.
    pub fn exact(len: usize) -> Self {
        Self { is_exact: true, ..Self::new(len) }
    }

    /// Returns the type that a part stands for; `None` if [`Dtype`] cannot represent it.
    ///
    /// # Errors
    /// If the type is impossible, such as one with a field beyond its end.
    pub fn dtype(&mut self, parts: &Parts<'_>, id: Id) -> Result<Option<Dtype>> {
        self.nested(parts, id, DEEPEST)
    }

    fn nested(&mut self, parts: &Parts<'_>, id: Id, depth: u32) -> Result<Option<Dtype>> {
        if let View::Text(text) | View::Bytes(text) = parts.view(id) {
            return Ok(core::str::from_utf8(text).ok().and_then(|text| text.parse().ok()));
        }
        if let Some(seen) = self.seen.get([id.0 as usize, 0]) {
            return Ok(seen.clone());
        }
        let Some(depth) = depth.checked_sub(1) else {
            let expected = alloc::format!("an array type of at most {DEEPEST} levels");
            return Err(Error::new(ErrorKind::Depth, expected, "a deeper one"));
        };
        if !self.spend(1) {
            return Ok(None);
        }
        let dtype = match parts.view(id) {
            // Calls before it would be lost with it.
            View::Object(Tag::Call, place) if parts.effects.group_of(place).is_some() => None,
            View::Object(Tag::Call, place) => self.called(parts, place, depth)?,
            _ => self.described(parts, id, depth)?,
        };
        self.seen.set([id.0 as usize, 0], dtype.clone());
        Ok(dtype)
    }

    fn spend(&mut self, count: usize) -> bool {
        let left = self.left.checked_sub(count);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// Reads a dict of names, formats and offsets, a list of fields, or the pair of a type and a shape.
    fn described(&mut self, parts: &Parts<'_>, id: Id, depth: u32) -> Result<Option<Dtype>> {
        match parts.view(id) {
            View::Dict(entries) => self.layout(parts, entries, depth),
            View::List(fields) => self.packed(parts, fields, depth),
            View::Tuple(mut pair) => match (pair.next(), pair.next(), pair.next()) {
                (Some(of), Some(shape), None) => self.repeated(parts, of, shape, depth),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Reads `numpy.dtype(..)`, and its state if it has one.
    fn called(&mut self, parts: &Parts<'_>, place: u32, depth: u32) -> Result<Option<Dtype>> {
        let callee = parts.name(parts.arena.part(place, 0));
        if callee.is_none_or(|callee| (callee.module, callee.name) != ("numpy", "dtype")) {
            return Ok(None);
        }
        let mut args = parts.arguments(parts.arena.part(place, 1));
        let Some(first) = args.next() else { return Ok(None) };
        let state = parts.state(place).map(|state| parts.view(state));
        let base = match parts.view(first) {
            // The classes whose elements are records.
            View::Global(name) => {
                let is_record = name.module.starts_with("numpy")
                    && (name.name == "void" || name.name == "record" && !self.is_exact);
                is_record.then_some(Dtype::Void(0))
            }
            // Fields with `align` would have to be laid out as in C.
            View::List(_)
                if args.next().is_some_and(|align| !matches!(parts.view(align), View::Bool(false) | View::Int(0))) =>
            {
                None
            }
            _ => self.nested(parts, first, depth)?,
        };
        match (base, state) {
            (Some(base), Some(View::Tuple(state))) => self.restored(parts, base, state, depth),
            (base, None) => Ok(base),
            _ => Ok(None),
        }
    }

    /// Reads the state of versions 3 and 4: byte order, inner array, names, fields, size, alignment, flags, metadata.
    /// Notes in the metadata do not affect the elements.
    fn restored(&mut self, parts: &Parts<'_>, base: Dtype, state: Items<'_>, depth: u32) -> Result<Option<Dtype>> {
        let state: Vec<Id> = if state.len() <= 9 { state.collect() } else { Vec::new() };
        let [version, order, inner, names, fields, size, _, flags, ref more @ ..] = *state else { return Ok(None) };
        let (View::Int(3 | 4), Some(order)) = (parts.view(version), parts.word(order).and_then(byte_order)) else {
            return Ok(None);
        };
        let number = |id| match parts.view(id) {
            View::Int(number) => Some(number),
            _ => None,
        };
        let (Some(size), Some(flags)) = (number(size), number(flags)) else { return Ok(None) };
        if self.is_exact && more.first().is_some_and(|&metadata| has_notes(parts, metadata)) {
            return Ok(None);
        }
        let size = usize::try_from(size).ok();
        match (parts.view(names), parts.view(inner)) {
            (View::None, View::None) => Ok(ordered(base, order, size, more.first().and_then(|&id| unit(parts, id)))),
            (View::None, View::Tuple(mut pair)) => match (pair.next(), pair.next()) {
                (Some(of), Some(shape)) => self.repeated(parts, of, shape, depth),
                _ => Ok(None),
            },
            (View::Tuple(names), _) => match size {
                Some(size) => self.record(parts, names, fields, (size, flags & ALIGNED != 0), depth),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Reads the fields by name: the type and offset of each.
    fn record(
        &mut self,
        parts: &Parts<'_>,
        names: Items<'_>,
        fields: Id,
        (size, aligned): (usize, bool),
        depth: u32,
    ) -> Result<Option<Dtype>> {
        let View::Dict(mut entries) = parts.view(fields) else { return Ok(None) };
        if !self.spend(names.len() + entries.len() / 2) {
            return Ok(None);
        }
        let mut by_name = Words::default();
        while let (Some(name), Some(field)) = (entries.next(), entries.next()) {
            if let Some(name) = parts.word(name) {
                by_name.set(name, field.0 as usize);
            }
        }
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let Some(name) = parts.word(name) else { return Ok(None) };
            let field = by_name.get(name.as_bytes()).map(|field| parts.view(Id(field as u32)));
            let Some(View::Tuple(mut field)) = field else { return Ok(None) };
            let (Some(of), Some(offset)) = (field.next(), field.next()) else { return Ok(None) };
            // A title.
            if self.is_exact && field.next().is_some() {
                return Ok(None);
            }
            let View::Int(offset) = parts.view(offset) else { return Ok(None) };
            let Some(dtype) = self.nested(parts, of, depth)? else { return Ok(None) };
            all.push(Field { name: Box::from(name), dtype, offset: usize::try_from(offset).unwrap_or(usize::MAX) });
        }
        Structured::new(all, size, aligned).map(|record| Some(Dtype::Structured(record)))
    }

    /// Reads `{'names': .., 'formats': .., 'offsets': .., 'itemsize': .., 'aligned': ..}`.
    fn layout(&mut self, parts: &Parts<'_>, mut entries: Items<'_>, depth: u32) -> Result<Option<Dtype>> {
        let (mut names, mut formats, mut offsets, mut size, mut aligned) = (None, None, None, None, false);
        while let (Some(key), Some(value)) = (entries.next(), entries.next()) {
            let view = parts.view(value);
            match (parts.word(key), view) {
                (Some("names"), view) => names = view.items(),
                (Some("formats"), view) => formats = view.items(),
                (Some("offsets"), view) => offsets = view.items(),
                (Some("itemsize"), View::Int(given)) => size = Some(usize::try_from(given).unwrap_or(usize::MAX)),
                (Some("aligned"), View::Bool(given)) => aligned = given,
                _ => return Ok(None),
            }
        }
        let (Some(names), Some(formats)) = (names, formats) else { return Ok(None) };
        // Aligned fields without offsets would have to be laid out as in C.
        if names.len() != formats.len() || offsets.is_none() && aligned || !self.spend(names.len()) {
            return Ok(None);
        }
        let (mut all, mut end) = (Vec::with_capacity(names.len()), 0_usize);
        for (name, format) in names.zip(formats) {
            let offset = match offsets.as_mut().map(|offsets| offsets.next().map(|id| parts.view(id))) {
                None => end,
                Some(Some(View::Int(offset))) => usize::try_from(offset).unwrap_or(usize::MAX),
                Some(_) => return Ok(None),
            };
            let (Some(name), Some(dtype)) = (parts.word(name), self.nested(parts, format, depth)?) else {
                return Ok(None);
            };
            end = end.max(offset.saturating_add(dtype.itemsize()));
            all.push(Field { name: Box::from(name), dtype, offset });
        }
        Structured::new(all, size.unwrap_or(end), aligned).map(|record| Some(Dtype::Structured(record)))
    }

    /// Reads `[(name, type), (name, type, shape)]`, fields without gaps.
    fn packed(&mut self, parts: &Parts<'_>, fields: Items<'_>, depth: u32) -> Result<Option<Dtype>> {
        if !self.spend(fields.len()) {
            return Ok(None);
        }
        let (mut all, mut offset) = (Vec::with_capacity(fields.len()), 0_usize);
        for field in fields {
            let View::Tuple(mut field) = parts.view(field) else { return Ok(None) };
            let (Some(name), Some(of), shape) = (field.next(), field.next(), field.next()) else { return Ok(None) };
            let dtype = match shape {
                None => self.nested(parts, of, depth)?,
                Some(shape) => self.repeated(parts, of, shape, depth)?,
            };
            let (Some(name), Some(dtype)) = (parts.word(name), dtype) else { return Ok(None) };
            let size = dtype.itemsize();
            all.push(Field { name: Box::from(name), dtype, offset });
            offset = offset.saturating_add(size);
        }
        Structured::new(all, offset, false).map(|record| Some(Dtype::Structured(record)))
    }

    fn repeated(&mut self, parts: &Parts<'_>, of: Id, shape: Id, depth: u32) -> Result<Option<Dtype>> {
        let (Some(shape), Some(dtype)) = (parts.lengths(shape), self.nested(parts, of, depth)?) else {
            return Ok(None);
        };
        Subarray::new(dtype, shape).map(|array| Some(Dtype::Subarray(array)))
    }
}

fn byte_order(text: &str) -> Option<ByteOrder> {
    match text {
        ">" => Some(ByteOrder::Big),
        "=" if cfg!(target_endian = "big") => Some(ByteOrder::Big),
        "<" | "|" | "=" => Some(ByteOrder::Little),
        _ => None,
    }
}

/// Returns a type of the same kind with this byte order, and with this size if the kind has sizes.
fn ordered(base: Dtype, order: ByteOrder, size: Option<usize>, unit: Option<TimeUnit>) -> Option<Dtype> {
    Some(match base {
        Dtype::Int(1, _) | Dtype::UInt(1, _) | Dtype::Bool => base,
        Dtype::Int(size, _) => Dtype::Int(size, order),
        Dtype::UInt(size, _) => Dtype::UInt(size, order),
        Dtype::Float(size, _) => Dtype::Float(size, order),
        Dtype::Complex(size, _) => Dtype::Complex(size, order),
        Dtype::Bytes(given) => Dtype::Bytes(size.unwrap_or(given)),
        Dtype::Void(given) => Dtype::Void(size.unwrap_or(given)),
        Dtype::Str(given, _) => Dtype::Str(size.map_or(given, |size| size / 4), order),
        Dtype::Datetime(given, _) => Dtype::Datetime(unit.unwrap_or(given), order),
        Dtype::Timedelta(given, _) => Dtype::Timedelta(unit.unwrap_or(given), order),
        _ => return None,
    })
}

/// Returns whether a program added notes to the metadata, which are a dict next to the unit of times.
fn has_notes(parts: &Parts<'_>, metadata: Id) -> bool {
    let notes = match parts.view(metadata) {
        View::Tuple(mut pair) => pair.next(),
        _ => Some(metadata),
    };
    notes.is_some_and(|notes| matches!(parts.view(notes), View::Dict(entries) if entries.len() > 0))
}

/// Returns the unit of times in the metadata: `({}, (name, multiple, 1, 1))`.
fn unit(parts: &Parts<'_>, metadata: Id) -> Option<TimeUnit> {
    let View::Tuple(mut pair) = parts.view(metadata) else { return None };
    let View::Tuple(mut unit) = parts.view(pair.nth(1)?) else { return None };
    let (name, multiple) = (unit.next()?, unit.next()?);
    let (View::Text(name) | View::Bytes(name)) = parts.view(name) else { return None };
    let View::Int(multiple) = parts.view(multiple) else { return None };
    match core::str::from_utf8(name).ok()? {
        "generic" => TimeUnit::new(1, ""),
        name => TimeUnit::new(u32::try_from(multiple).ok()?, name),
    }
}
