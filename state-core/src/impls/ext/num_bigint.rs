//! The integers of `num-bigint`: a length, and as many bytes as the number needs; in Python `int`.

use alloc::vec::Vec;

use num_bigint::{BigInt, BigUint, Sign};

use crate::impls::list;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::schema::{Kind, Schema};
use crate::sharing::Share;
use crate::standard::{Known, int};
use crate::state::{Restore, State};

/// The number of bytes of the two's complement.
fn len_signed(number: &BigInt) -> usize {
    let bits = number.bits();
    let bytes = match number.sign() {
        Sign::NoSign => 0,
        // The least number of a given length has a magnitude with one bit more than the others of that length.
        Sign::Minus if number.trailing_zeros() == Some(bits - 1) => (bits - 1) / 8 + 1,
        _ => bits / 8 + 1,
    };
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn bytes_signed(number: &BigInt) -> Vec<u8> {
    if number.sign() == Sign::NoSign { Vec::new() } else { number.to_signed_bytes_le() }
}

fn len(number: &BigUint) -> usize {
    usize::try_from(number.bits().div_ceil(8)).unwrap_or(usize::MAX)
}

fn bytes(number: &BigUint) -> Vec<u8> {
    if number.bits() == 0 { Vec::new() } else { number.to_bytes_le() }
}

macro_rules! integer {
    ($($ty:ident: $known:ident, $signed:literal, $len:ident, $bytes:ident, $from:ident;)*) => {$(
        impl State for $ty {
            const HEAD: usize = LENGTH;
            const SHARE: Share<Self> = Share::THREADS;

            fn schema() -> &'static Schema {
                const { &Schema::leaf(Kind::Known(Known::$known), LENGTH) }
            }

            fn size(&self, size: &mut Size) {
                let len = $len(self);
                size.length(len);
                size.run(len, 1);
            }

            fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
                let bytes = $bytes(self);
                writer.length(head, bytes.len());
                if let Some(run) = writer.run(bytes.len(), 1) {
                    run.copy_from_slice(&bytes);
                }
            }
        }

        impl<'de> Restore<'de> for $ty {
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                let Some(len) = checker.length(head) else { return false };
                checker.run(len, 1).is_some_and(|bytes| int::is_shortest(bytes, $signed))
            }

            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                list::run::<u8>(head, reader).map(Self::$from)
            }
        }
    )*};
}

integer! {
    BigInt: Int, true, len_signed, bytes_signed, from_signed_bytes_le;
    BigUint: Natural, false, len, bytes, from_bytes_le;
}
