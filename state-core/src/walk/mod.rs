//! The walk: an image read or made by its schema, slot by slot, for the dynamic doors.
//!
//! Taking a state out dynamically is `dump, then walk the image`; putting it in is `fill an image, then check and
//! restore it`. So the dynamic doors share the image's promises, and no generated code is theirs alone.

pub(crate) mod cbor;
pub(crate) mod checksum;
mod decoder;
mod encoder;
mod fill;
mod form;
mod raws;
mod read;

use alloc::collections::BTreeMap;
use alloc::string::String;

pub use decoder::{Attributes, Decoder, NamedVariant};
pub(crate) use encoder::Nowhere;
pub use encoder::{Encoder, Group};
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) use fill::Filled;
#[cfg(feature = "pickle")]
pub(crate) use fill::can_become_one;
#[cfg(feature = "pickle")]
pub(crate) use fill::fill_at;
pub(crate) use fill::{Limits, fill, fill_each, fill_named, fill_named_state, fill_state};
#[cfg(feature = "pyo3")]
pub(crate) use fill::{fill_older, fill_state_over};
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) use form::count_slots;
#[cfg(feature = "pickle")]
pub(crate) use form::{Wrap, can_be_none, tuple_slots, wrap};
use read::{Found, Seek};
pub(crate) use read::{Read, little_endian};

use crate::error::{Error, Result};
use crate::protocol::decode::{Left, Place, Regions};
use crate::schema::{Nodes, Schema};
use crate::sharing::walked::Objects;

/// Hands the slots of an image to `encoder`; its regions came from `bytes`.
pub(crate) fn read(
    (schema, nodes): (&Schema, &Nodes),
    (regions, bytes): (&Regions<'_>, &[u8]),
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<()> {
    Read::new(nodes, regions, bytes, encoder).root(schema, regions.head, levels)
}

/// Hands the slots of an object's flat state to `encoder`, or the whole of what is no object. The raw arrays are those
/// of `copied` and `borrowed`, see [`Gather`](crate::protocol::gather::Gather).
#[cfg(feature = "pyo3")]
pub(crate) fn read_state(
    schema: &'static Schema,
    regions: &Regions<'_>,
    (copied, borrowed): (&[u8], &[crate::protocol::gather::Borrowed<'_>]),
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<()> {
    let read = Read::new(Nodes::NONE, regions, regions.head, encoder).with_raws(raws::Raws::gathered(copied, borrowed));
    read.state(schema, regions.head, levels)
}

/// The number of slots in the flat state of a type; 1 if it is no object.
#[cfg(feature = "pyo3")]
pub(crate) fn flat_slots(schema: &Schema) -> usize {
    match &schema.kind {
        crate::schema::Kind::Object(object) => count_slots(Nodes::NONE, object),
        _ => 1,
    }
}

/// Hands one part of an image to `encoder`, of which the head is given; how much of tail, text and raw lies behind it.
pub(crate) fn read_part(
    schema: &Schema,
    nodes: &Nodes,
    regions: &Regions<'_>,
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<[usize; 3]> {
    Read::new(nodes, regions, regions.head, encoder).part(schema, regions.head, levels)
}

/// Where the objects of an image begin that have a number.
///
/// # Errors
/// Damage.
pub(crate) fn objects<'a>(
    (schema, nodes): (&'a Schema, &'a Nodes),
    regions: &Regions<'a>,
    levels: u32,
) -> Result<Objects<'a>> {
    Read::new(nodes, regions, regions.head, &mut Nowhere).objects(schema, regions.head, levels)
}

/// The paths to objects of an image that have a number.
///
/// # Errors
/// Damage.
pub(crate) fn paths(
    (schema, nodes): (&Schema, &Nodes),
    regions: &Regions<'_>,
    levels: u32,
    wanted: BTreeMap<(u8, u32), String>,
) -> Result<BTreeMap<(u8, u32), String>> {
    Read::new(nodes, regions, regions.head, &mut Nowhere).paths(schema, regions.head, levels, wanted)
}

/// The first damage in an image by the schema of its writer.
pub(crate) fn find_damage_by(
    schema: &Schema,
    nodes: &Nodes,
    regions: &Regions<'_>,
    bytes: &[u8],
    levels: u32,
) -> Option<Error> {
    Read::new(nodes, regions, bytes, &mut Nowhere).root(schema, regions.head, levels).err()
}

/// The first damage in an image, if the walk can see any.
pub(crate) fn find_damage(schema: &'static Schema, regions: &Regions<'_>, bytes: &[u8], levels: u32) -> Option<Error> {
    Read::new(Nodes::NONE, regions, bytes, &mut Nowhere).unlimited().root(schema, regions.head, levels).err()
}

/// The path to the last slot that begins where so many bytes of all regions come, in a whole image.
pub(crate) fn path_at(schema: &'static Schema, regions: &Regions<'_>, left: Left, levels: u32) -> Option<String> {
    let mut seek = Seek::before(left);
    let read = |seek: &mut Seek| {
        Read::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().seek(schema, regions.head, levels, seek)
    };
    // The first time to count the slots up to there, as a path would take long for each.
    read(&mut seek);
    read(&mut seek.again())
}

/// The path to the innermost part whose head is at a place, in a whole image; and the number there, if it is one.
pub(crate) fn at_place(schema: &'static Schema, regions: &Regions<'_>, place: Place, levels: u32) -> Option<Found> {
    Read::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().at_place(
        schema,
        regions.head,
        levels,
        place,
    )
}

/// The path to the first part to which nothing was written, of a body that was written twice, over different bytes.
pub(crate) fn path_of_blank<'a>(
    schema: &'static Schema,
    regions: &Regions<'a>,
    bodies: [&'a [u8]; 2],
    levels: u32,
) -> Option<String> {
    Read::new(Nodes::NONE, regions, bodies[0], &mut Nowhere).unlimited().blank(schema, regions.head, levels, bodies)
}

/// The path to the objects of a type that begin where so many bytes of all regions come: as far as it is common to all.
pub(crate) fn path_of_object(
    schema: &'static Schema,
    regions: &Regions<'_>,
    object: (&'static Schema, Left),
    levels: u32,
) -> Option<String> {
    Read::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().common(schema, regions.head, levels, object)
}
