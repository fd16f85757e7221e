//! NumPy arrays: made from a shape, a dtype and a buffer by public names alone, so that every version of NumPy reads
//! them.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::global::Known;
use super::group::{BATCH, Group};
use super::sink::Sink;
use crate::error::Result;
use crate::pickle::opcode::REDUCE;
use crate::schema::{self, Nodes, Schema};
use crate::value::{Dtype, Field, Order, Structured};

/// A raw array of a type.
pub(super) struct Array {
    pub optional: bool,
    /// The size of an element.
    pub size: usize,
    /// The dtype of its elements, and their lengths if they are arrays; `None` if it is written as bytes.
    pub elements: Option<(Dtype, Vec<usize>)>,
}

impl Array {
    /// An array of any number of dimensions.
    pub fn of(element: &Schema) -> Result<Self> {
        let elements = Some(Dtype::of_elements(element, Nodes::NONE)?);
        Ok(Self { optional: false, size: element.head, elements })
    }

    pub fn new(raw: &schema::Raw) -> Result<Self> {
        let element = Nodes::NONE.get(raw.element);
        let elements = raw.array.then(|| Dtype::of_elements(element, Nodes::NONE)).transpose()?;
        Ok(Self { optional: raw.optional, size: element.head, elements })
    }
}

impl Sink<'_> {
    /// Writes `numpy.ndarray(shape, dtype, buffer)`. For an array in Fortran's order, further arguments follow: the
    /// offset 0, no strides, and the order.
    pub fn ndarray(
        &mut self,
        shape: &[usize],
        dtype: &Dtype,
        order: Order,
        buffer: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let count = if order == Order::C { 3 } else { 6 };
        self.known(Known::NdArray)?;
        self.open_tuple(count);
        self.lengths(shape);
        self.dtype(dtype)?;
        buffer(self)?;
        if order == Order::Fortran {
            self.int(0);
            self.none();
            self.str("F")?;
        }
        self.close_tuple(count);
        self.put([REDUCE]);
        Ok(())
    }

    /// Writes `numpy.core.multiarray.scalar(numpy.dtype(type), bytes)`.
    pub fn scalar_of_numpy(&mut self, dtype: &Dtype, bytes: &[u8]) -> Result<()> {
        self.known(Known::Scalar)?;
        self.open_tuple(2);
        if matches!(dtype, Dtype::Structured(_)) {
            self.dtype(dtype)?;
        } else {
            self.known(Known::DType)?;
            self.open_tuple(1);
            self.dtype(dtype)?;
            self.close_tuple(1);
            self.put([REDUCE]);
        }
        self.bytes(bytes)?;
        self.close_tuple(2);
        self.put([REDUCE]);
        Ok(())
    }

    fn lengths(&mut self, shape: &[usize]) {
        self.open_tuple(shape.len());
        for &len in shape {
            self.long(len as i128);
        }
        self.close_tuple(shape.len());
    }

    /// Writes what NumPy accepts as a dtype: a name, or a record as `numpy.dtype({'names': [..], ..})`. The recursion
    /// is short, because the levels of a [`Dtype`] are few.
    fn dtype(&mut self, dtype: &Dtype) -> Result<()> {
        match dtype {
            Dtype::Structured(record) => self.record(record),
            Dtype::Subarray(array) => {
                self.open_tuple(2);
                self.dtype(array.dtype())?;
                self.lengths(array.shape());
                self.close_tuple(2);
                Ok(())
            }
            plain => self.str(&plain.to_string()),
        }
    }

    fn record(&mut self, record: &Structured) -> Result<()> {
        let count = 4 + usize::from(record.is_aligned());
        self.known(Known::DType)?;
        self.open_tuple(1);
        self.open_dict(count);
        self.str("names")?;
        self.fields(record, |this, field| this.str(&field.name))?;
        self.str("formats")?;
        self.fields(record, |this, field| this.dtype(&field.dtype))?;
        self.str("offsets")?;
        self.fields(record, |this, field| {
            this.long(field.offset as i128);
            Ok(())
        })?;
        self.str("itemsize")?;
        self.long(record.itemsize() as i128);
        if record.is_aligned() {
            self.str("aligned")?;
            self.bool(true);
        }
        self.close_dict(count);
        self.close_tuple(1);
        self.put([REDUCE]);
        Ok(())
    }

    fn fields(&mut self, record: &Structured, mut each: impl FnMut(&mut Self, &Field) -> Result<()>) -> Result<()> {
        let fields = record.fields();
        let batches = self.open_group(Group::List, fields.len())?;
        for batch in fields.chunks(BATCH) {
            self.code(&batches.open);
            for field in batch {
                each(self, field)?;
                self.code(&batches.each);
            }
            self.code(&batches.close);
        }
        self.close_group(Group::List);
        Ok(())
    }
}
