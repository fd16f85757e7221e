//! Raw arrays of Rust's as arrays, and back: the type that elements have by their schema, and elements of another layout or
//! byte order as they lie in an image.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::{Array, ByteOrder, Dtype, Field, Order, Record, Subarray};
use crate::error::Result;
use crate::schema::{Kind, Nodes, Schema};
use crate::walk::Elements;

impl Array {
    /// The array of a raw array, whose elements are arrays where it has more than one dimension.
    pub(crate) fn of_elements(elements: Elements<'_>, bytes: &[u8]) -> Result<Self> {
        let (dtype, inner) = Dtype::of_elements(elements.schema, elements.nodes)?;
        let mut shape = vec![bytes.len() / elements.schema.head.max(1)];
        shape.extend(inner);
        Self::new(dtype, shape, Order::C, bytes.into())
    }

    /// The elements as they lie in an image, if they are of this type: in any order, of any byte order, and records with
    /// their fields at any place.
    pub(crate) fn as_elements(&self, elements: Elements<'_>) -> Option<Cow<'_, [u8]>> {
        let (dtype, inner) = Dtype::of_elements(elements.schema, elements.nodes).ok()?;
        if self.shape.split_first().is_none_or(|(_, shape)| *shape != inner) {
            return None;
        }
        let bytes = self.in_c_order();
        if self.dtype == dtype {
            return Some(bytes);
        }
        let (size, target_size) = (self.dtype.itemsize().max(1), dtype.itemsize());
        let mut target = vec![0; bytes.len() / size * target_size];
        let places = target.chunks_exact_mut(target_size.max(1));
        for (source, place) in bytes.chunks_exact(size).zip(places) {
            convert(&self.dtype, source, &dtype, place)?;
        }
        // Where there are no elements, nothing was compared; one of zeros tells as much, if it is not of any size.
        let fits = || {
            size <= 64 + 4 * target_size
                && convert(&self.dtype, &vec![0; size], &dtype, &mut vec![0; target_size]).is_some()
        };
        (!bytes.is_empty() || fits()).then_some(Cow::Owned(target))
    }
}

/// Writes an element in another layout. The levels of a type are few.
fn convert(from: &Dtype, source: &[u8], to: &Dtype, target: &mut [u8]) -> Option<()> {
    let order = match (from, to) {
        (Dtype::Bool, Dtype::Bool) => ByteOrder::Little,
        (Dtype::Void(a), Dtype::Void(b)) if a == b => ByteOrder::Little,
        (Dtype::Int(a, order), Dtype::Int(b, _))
        | (Dtype::UInt(a, order), Dtype::UInt(b, _))
        | (Dtype::Float(a, order), Dtype::Float(b, _))
            if a == b =>
        {
            *order
        }
        (Dtype::Record(a), Dtype::Record(b)) if a.fields().len() == b.fields().len() => {
            for field in b.fields() {
                let given = a.fields().iter().find(|given| given.name == field.name)?;
                let source = source.get(given.offset..)?.get(..given.dtype.itemsize())?;
                let target = target.get_mut(field.offset..)?.get_mut(..field.dtype.itemsize())?;
                convert(&given.dtype, source, &field.dtype, target)?;
            }
            return Some(());
        }
        (Dtype::Subarray(a), Dtype::Subarray(b)) if a.shape() == b.shape() => {
            let sources = source.chunks_exact(a.dtype().itemsize().max(1));
            for (source, target) in sources.zip(target.chunks_exact_mut(b.dtype().itemsize().max(1))) {
                convert(a.dtype(), source, b.dtype(), target)?;
            }
            return Some(());
        }
        _ => return None,
    };
    if source.len() != target.len() {
        return None;
    }
    target.copy_from_slice(source);
    if order == ByteOrder::Big {
        target.reverse();
    }
    Some(())
}

impl Dtype {
    /// The type of elements as they lie in an image, and the lengths of the arrays that are elements: NumPy counts these
    /// among the dimensions.
    ///
    /// # Errors
    /// More fields and levels than an array type may have.
    pub(crate) fn of_elements<'a>(mut schema: &'a Schema, nodes: &'a Nodes) -> Result<(Self, Vec<usize>)> {
        let mut shape = Vec::new();
        while let Kind::Array(of, len) = &schema.kind {
            shape.push(usize::try_from(*len).unwrap_or(usize::MAX));
            schema = nodes.get(*of);
        }
        Ok((Self::of_element(schema, nodes)?, shape))
    }

    fn of_element(schema: &Schema, nodes: &Nodes) -> Result<Self> {
        let order = ByteOrder::Little;
        Ok(match &schema.kind {
            Kind::Bool => Self::Bool,
            Kind::Int { bits, signed: true, .. } if *bits <= 64 => Self::Int(bits / 8, order),
            Kind::Int { bits, signed: false, .. } if *bits <= 64 => Self::UInt(bits / 8, order),
            Kind::Float { bits } => Self::Float(bits / 8, order),
            Kind::Record(record) => {
                let mut fields = Vec::new();
                for field in record.fields.iter() {
                    let (dtype, shape) = Self::of_elements(nodes.get(field.ty), nodes)?;
                    let dtype = if shape.is_empty() { dtype } else { Self::Subarray(Subarray::new(dtype, shape)?) };
                    fields.push(Field { name: Box::from(&*field.name), dtype, offset: field.offset });
                }
                let aligned = is_laid_out_as_in_c(&fields, schema.head);
                Self::Record(Record::new(fields, schema.head, aligned)?)
            }
            // Of numbers that NumPy has not, and of bytes that nothing is known of, it keeps as many.
            _ => Self::Void(schema.head),
        })
    }

    /// The alignment that C gives it.
    fn alignment(&self) -> usize {
        match self {
            Self::Int(size, _) | Self::UInt(size, _) | Self::Float(size, _) => usize::from(*size),
            Self::Record(record) => alignment(record.fields()),
            Self::Subarray(array) => array.dtype().alignment(),
            _ => 1,
        }
    }
}

fn alignment(fields: &[Field]) -> usize {
    fields.iter().map(|field| field.dtype.alignment()).max().unwrap_or(1)
}

/// Whether NumPy would call the record aligned; it refuses to, where fields do not lie as in C.
fn is_laid_out_as_in_c(fields: &[Field], size: usize) -> bool {
    let mut end = 0;
    let stand = fields.iter().all(|field| {
        let next = usize::next_multiple_of(end, field.dtype.alignment());
        end = field.offset + field.dtype.itemsize();
        field.offset == next
    });
    stand && size == end.next_multiple_of(alignment(fields))
}
