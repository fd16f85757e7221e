//! The UUIDs of `uuid`: 16 bytes; in Python `uuid.UUID`.

use uuid::Uuid;

use crate::impls::number::leaf;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::Image;
use crate::schema::{Kind, Schema};
use crate::standard::Known;
use crate::state::{Restore, State};

leaf!(Uuid, 16, Kind::Known(Known::Uuid), image: Image::NO, checked: false,
    put: Uuid::into_bytes, valid: |_: [u8; 16]| true, get: |bytes| Some(Uuid::from_bytes(bytes)));
