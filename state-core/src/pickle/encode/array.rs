//! Raw arrays: as bytes, or as NumPy arrays, which are made of a shape, a dtype and a buffer by public names alone, so that
//! every version of NumPy reads them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::global::Known;
use super::sink::Sink;
use crate::error::Result;
use crate::pickle::opcode::REDUCE;
use crate::schema::{self, Kind, Link, Nodes, Schema};

/// A raw array of a type.
pub(super) struct Array {
    pub optional: bool,
    /// The bytes of an element.
    pub size: usize,
    /// How its elements are told to NumPy; without, its bytes are written.
    pub elements: Option<Elements>,
}

/// What the elements of an array are.
pub(super) struct Elements {
    /// The lengths of arrays that are elements.
    pub shape: Vec<u64>,
    pub dtype: DType,
}

/// A type of elements, as NumPy tells it.
#[derive(Debug)]
pub(super) enum DType {
    /// `<f8`
    Plain(String),
    Record(Vec<Field>, usize),
}

#[derive(Debug)]
pub(super) struct Field {
    name: String,
    offset: usize,
    shape: Vec<u64>,
    dtype: DType,
}

impl Array {
    pub fn new(raw: &schema::Raw) -> Self {
        let element = target(raw.element);
        Self { optional: raw.optional, size: element.head, elements: raw.array.then(|| Elements::new(element)) }
    }
}

impl Elements {
    fn new(mut element: &'static Schema) -> Self {
        let mut shape = Vec::new();
        while let Kind::Array(of, len) = &element.kind {
            shape.push(*len);
            element = target(*of);
        }
        Self { shape, dtype: DType::new(element) }
    }
}

impl DType {
    fn new(element: &'static Schema) -> Self {
        let plain = |letter: char, size: usize| {
            let order = if size == 1 || letter == 'V' { '|' } else { '<' };
            Self::Plain(format!("{order}{letter}{size}"))
        };
        match &element.kind {
            Kind::Bool => plain('b', 1),
            Kind::Int { bits: 128, .. } => plain('V', 16),
            Kind::Int { bits, signed, .. } => plain(if *signed { 'i' } else { 'u' }, usize::from(*bits) / 8),
            Kind::Float { bits } => plain('f', usize::from(*bits) / 8),
            Kind::Record(record) => {
                let fields = record.fields.iter().map(|field| {
                    let Elements { shape, dtype } = Elements::new(target(field.ty));
                    Field { name: field.name.to_string(), offset: field.offset, shape, dtype }
                });
                Self::Record(fields.collect(), element.head)
            }
            // Of bytes that nothing is known of, NumPy keeps as many.
            _ => plain('V', element.head),
        }
    }

    /// The alignment that C would give it.
    fn alignment(&self) -> usize {
        match self {
            Self::Plain(text) if text.contains('V') => 1,
            Self::Plain(text) => text[2..].parse().unwrap_or(1),
            Self::Record(fields, _) => fields.iter().map(|field| field.dtype.alignment()).max().unwrap_or(1),
        }
    }

    /// Whether C would lay the record out like this; NumPy refuses to call others aligned.
    fn is_aligned(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Record(fields, size) => {
                let stands = |field: &Field| field.dtype.is_aligned() && field.offset % field.dtype.alignment() == 0;
                fields.iter().all(stands) && size % self.alignment() == 0
            }
        }
    }
}

fn target(link: Link) -> &'static Schema {
    Nodes::NONE.get(link)
}

impl Sink<'_> {
    /// `numpy.ndarray(shape, dtype, buffer)`
    pub fn ndarray(
        &mut self,
        elements: &Elements,
        count: u64,
        buffer: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.known(Known::NdArray)?;
        self.open_tuple(3);
        self.lengths(core::iter::once(count).chain(elements.shape.iter().copied()), 1 + elements.shape.len());
        self.dtype(&elements.dtype)?;
        buffer(self)?;
        self.close_tuple(3);
        self.put([REDUCE]);
        Ok(())
    }

    fn lengths(&mut self, lengths: impl Iterator<Item = u64>, count: usize) {
        self.open_tuple(count);
        lengths.for_each(|len| self.long(len.into()));
        self.close_tuple(count);
    }

    fn dtype(&mut self, dtype: &DType) -> Result<()> {
        let (fields, size) = match dtype {
            DType::Plain(text) => return self.str(text),
            DType::Record(fields, size) => (fields, *size),
        };
        self.known(Known::DType)?;
        self.open_tuple(1);
        let aligned = dtype.is_aligned();
        let count = 4 + usize::from(aligned);
        self.open_dict(count);
        self.str("names")?;
        self.list_of(fields, |this, field| this.str(&field.name))?;
        self.str("formats")?;
        self.list_of(fields, |this, field| this.format(field))?;
        self.str("offsets")?;
        self.list_of(fields, |this, field| {
            this.long(field.offset as i128);
            Ok(())
        })?;
        self.str("itemsize")?;
        self.long(size as i128);
        if aligned {
            self.str("aligned")?;
            self.bool(true);
        }
        self.close_dict(count);
        self.close_tuple(1);
        self.put([REDUCE]);
        Ok(())
    }

    /// A field's dtype, with its shape where it is an array.
    fn format(&mut self, field: &Field) -> Result<()> {
        if field.shape.is_empty() {
            return self.dtype(&field.dtype);
        }
        self.open_tuple(2);
        self.dtype(&field.dtype)?;
        self.lengths(field.shape.iter().copied(), field.shape.len());
        self.close_tuple(2);
        Ok(())
    }

    fn list_of<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T) -> Result<()>) -> Result<()> {
        use super::group::{BATCH, Group};
        let batches = self.open_group(Group::List, items.len())?;
        for batch in items.chunks(BATCH) {
            self.code(&batches.open);
            for item in batch {
                each(self, item)?;
                self.code(&batches.each);
            }
            self.code(&batches.close);
        }
        self.close_group(Group::List);
        Ok(())
    }
}
