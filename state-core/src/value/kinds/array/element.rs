//! The elements of an array as values.

use alloc::{string::String, vec::Vec};

use crate::array::scalar::{NOT_A_TIME, float, signed, unsigned};
use crate::array::{ByteOrder, Dtype};
use crate::value::{Array, Complex, List, Surrogates, Tuple, Value};

impl Dtype {
    /// Reads the value of an element. Missing bytes count as zeros.
    pub(crate) fn read(&self, bytes: &[u8]) -> Value {
        match self {
            Self::Bool => (bytes.first() != Some(&0)).into(),
            Self::Int(_, order) => signed(bytes, *order).into(),
            Self::UInt(_, order) => unsigned(bytes, *order).into(),
            Self::Float(_, order) => float(bytes, *order).into(),
            Self::Complex(_, order) => complex(bytes, *order).into(),
            Self::Bytes(_) => without_zeros(bytes).into(),
            Self::Str(_, order) => text(bytes, *order),
            Self::Void(_) => bytes.into(),
            Self::Datetime(_, order) | Self::Timedelta(_, order) => match signed(bytes, *order) {
                NOT_A_TIME => Value::None,
                units => units.into(),
            },
            Self::Structured(record) => {
                let field = |field: &crate::array::Field| {
                    let end = field.offset.saturating_add(field.dtype.itemsize());
                    field.dtype.read(bytes.get(field.offset..end).unwrap_or_default())
                };
                record.fields().iter().map(field).collect::<Tuple>().into()
            }
            Self::Subarray(array) => nested(array.dtype(), array.shape(), bytes),
        }
    }
}

impl Array {
    /// The only element of an array of byte strings without dimensions, such as `numpy.bytes_`.
    pub(in crate::value) fn byte_string(&self) -> Option<&[u8]> {
        let is_one = self.shape().is_empty() && matches!(self.dtype(), Dtype::Bytes(_));
        is_one.then(|| without_zeros(self.bytes()))
    }
}

/// Returns an inner array as nested lists.
fn nested(dtype: &Dtype, shape: &[usize], bytes: &[u8]) -> Value {
    match shape {
        [] => dtype.read(bytes),
        [length, rest @ ..] => match bytes.len() / (*length).max(1) {
            0 => List::new().into(),
            size => bytes.chunks(size).map(|part| nested(dtype, rest, part)).collect::<List>().into(),
        },
    }
}

pub(in crate::value) fn complex(bytes: &[u8], order: ByteOrder) -> Complex {
    let (re, im) = bytes.split_at(bytes.len() / 2);
    Complex::new(float(re, order), float(im, order))
}

pub(super) fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    &bytes[..bytes.len() - zeros]
}

/// Reads text of four bytes for each character. Invalid characters become U+FFFD.
fn text(bytes: &[u8], order: ByteOrder) -> Value {
    let mut codes: Vec<u32> = bytes.chunks_exact(4).map(|code| unsigned(code, order) as u32).collect();
    while codes.last() == Some(&0) {
        codes.pop();
    }
    if let Some(text) = codes.iter().map(|&code| char::from_u32(code)).collect::<Option<String>>() {
        return text.into();
    }
    let mut encoded = Vec::with_capacity(codes.len() * 3);
    for code in codes {
        if matches!(code, 0xd800..=0xdfff) {
            encoded.extend([0xed, 0x80 | (code >> 6 & 0x3f) as u8, 0x80 | (code & 0x3f) as u8]);
        } else {
            let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            encoded.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    match Surrogates::new(encoded) {
        Ok(text) => text.into(),
        Err(text) => String::from_utf8_lossy(&text).into_owned().into(),
    }
}
