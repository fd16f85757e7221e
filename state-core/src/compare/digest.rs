//! A hash of a node's value, to find an element again whose references have other numbers.

use crate::schema::fingerprint::hash;
use crate::sharing::Number;
use crate::standard::Known;
use crate::walk::{Encoder, Group};

#[derive(Default)]
pub(super) struct Digest(u64);

impl Digest {
    pub fn get(&self) -> u64 {
        self.0
    }

    fn mix(&mut self, tag: u8, bytes: &[u8]) {
        let with = (self.0 ^ hash(bytes)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = with.rotate_left(23) ^ u64::from(tag) ^ (bytes.len() as u64) << 8;
    }
}

impl Encoder for Digest {
    fn none(&mut self) {
        self.mix(0, &[]);
    }

    fn bool(&mut self, value: bool) {
        self.mix(1, &[u8::from(value)]);
    }

    fn int(&mut self, value: i128) {
        self.mix(2, &value.to_le_bytes());
    }

    fn big(&mut self, value: u128) {
        self.mix(3, &value.to_le_bytes());
    }

    fn float(&mut self, value: f64) {
        self.mix(4, &value.to_bits().to_le_bytes());
    }

    fn str(&mut self, value: &str) {
        self.mix(5, value.as_bytes());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.mix(6, value);
    }

    fn known(&mut self, _: Known, bytes: &[u8]) {
        self.mix(7, bytes);
    }

    fn begin(&mut self, group: Group<'_>) {
        match group {
            Group::Tuple(len) | Group::List(len) | Group::Set(len) | Group::Dict(len) => {
                self.mix(8, &(len as u64).to_le_bytes());
            }
            Group::Object { tag, .. } => self.mix(9, tag.as_bytes()),
            Group::Variant { variant, .. } => self.mix(10, variant.as_bytes()),
        }
    }

    fn end(&mut self) {
        self.mix(11, &[]);
    }

    fn reference(&mut self, _: Number) {
        self.mix(12, &[]);
    }
}
