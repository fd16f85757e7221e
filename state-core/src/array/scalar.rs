//! Single numbers of an array, by the type of its elements.

use super::ByteOrder;
#[cfg(feature = "pyo3")]
use super::Dtype;
use crate::protocol::float::widen;

/// The number that represents "not a time".
pub(crate) const NOT_A_TIME: i64 = i64::MIN;

/// A number or truth value.
#[cfg(feature = "pyo3")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar {
    Bool(bool),
    Int(i128),
    Float(f64),
}

#[cfg(feature = "pyo3")]
impl Scalar {
    /// The number in these bytes. A time is none, because its unit would be lost.
    pub fn read(dtype: &Dtype, bytes: &[u8]) -> Option<Self> {
        Some(match dtype {
            Dtype::Bool => Self::Bool(bytes.first() != Some(&0)),
            Dtype::Int(_, order) => Self::Int(signed(bytes, *order).into()),
            Dtype::UInt(_, order) => Self::Int(unsigned(bytes, *order).into()),
            Dtype::Float(_, order) => Self::Float(float(bytes, *order)),
            _ => return None,
        })
    }
}

pub(crate) fn unsigned(bytes: &[u8], order: ByteOrder) -> u64 {
    let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, append),
        ByteOrder::Big => bytes.iter().fold(0, append),
    }
}

pub(crate) fn signed(bytes: &[u8], order: ByteOrder) -> i64 {
    let unused = 64 - 8 * bytes.len().clamp(1, 8);
    (unsigned(bytes, order) << unused) as i64 >> unused
}

pub(crate) fn float(bytes: &[u8], order: ByteOrder) -> f64 {
    let bits = unsigned(bytes, order);
    match bytes.len() {
        2 => half(bits as u16),
        4 => widen(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}

/// A float of 16 bits.
fn half(bits: u16) -> f64 {
    // 2^-24, the smallest positive one.
    const UNIT: f64 = 1.0 / (1 << 24) as f64;
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, digits) = (bits >> 10 & 0x1f, f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => digits * UNIT,
        0x1f if digits == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (digits + 1024.0) * f64::from(1_u32 << (exponent - 1)) * UNIT,
    }
}
