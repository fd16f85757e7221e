//! The numbers of `rust_decimal`: 16 bytes, as the crate itself writes them; in Python `decimal.Decimal`.

use rust_decimal::Decimal;

use crate::impls::number::leaf;
use crate::protocol::memory::Image;
use crate::schema::{Kind, Schema};
use crate::standard::{Known, decimal};
use crate::state::{Checker, Reader, Restore, Size, State, Writer};

leaf!(Decimal, 16, Kind::Known(Known::Decimal), image: Image::NO, checked: true,
    put: |number: Decimal| number.serialize(), valid: |bytes: [u8; 16]| decimal::is_valid(&bytes),
    get: |bytes: [u8; 16]| decimal::is_valid(&bytes).then(|| Decimal::deserialize(bytes)));
