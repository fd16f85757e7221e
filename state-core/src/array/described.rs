//! The types of elements as array types, derived from the schema.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{ByteOrder, Dtype, Field, Structured, Subarray};
use crate::error::Result;
use crate::schema::{Kind, Nodes, Schema};

impl Dtype {
    /// The type of elements in an image, and the lengths of arrays that are elements themselves, which NumPy counts
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
                Self::Structured(Structured::new(fields, schema.head, aligned)?)
            }
            // Numbers that NumPy does not have, and opaque bytes, become bytes of the same size.
            _ => Self::Void(schema.head),
        })
    }

    /// The alignment that C gives to the type.
    fn alignment(&self) -> usize {
        match self {
            Self::Int(size, _) | Self::UInt(size, _) | Self::Float(size, _) => usize::from(*size),
            Self::Structured(record) => alignment(record.fields()),
            Self::Subarray(array) => array.dtype().alignment(),
            _ => 1,
        }
    }
}

fn alignment(fields: &[Field]) -> usize {
    fields.iter().map(|field| field.dtype.alignment()).max().unwrap_or(1)
}

/// Whether NumPy accepts the record as aligned; it refuses if the fields are not laid out as in C.
fn is_laid_out_as_in_c(fields: &[Field], size: usize) -> bool {
    let mut end = 0;
    let stand = fields.iter().all(|field| {
        let next = usize::next_multiple_of(end, field.dtype.alignment());
        end = field.offset + field.dtype.itemsize();
        field.offset == next
    });
    stand && size == end.next_multiple_of(alignment(fields))
}
