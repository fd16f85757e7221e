//! The walk: reads or fills an image by its schema, slot by slot, for the dynamic formats.
//!
//! To save a state dynamically is to dump it and then walk the image; to restore one is to fill an image, which is then
//! checked and restored. So the dynamic formats share the guarantees of the image, and need no generated code of their
//! own.

pub(crate) mod cbor;
pub(crate) mod checksum;
mod decoder;
mod encoder;
mod fill;
mod form;
mod raws;
mod read;

use alloc::string::String;

pub use decoder::{Attributes, Decoder, Extended, NamedVariant};
pub(crate) use encoder::Nowhere;
pub use encoder::{Encoder, Group};
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) use fill::Filled;
#[cfg(feature = "pickle")]
pub(crate) use fill::can_become_one;
#[cfg(feature = "pickle")]
pub(crate) use fill::fill_at;
#[cfg(feature = "pickle")]
pub(crate) use fill::fill_raw;
pub(crate) use fill::{Limits, fill, fill_each, fill_named, fill_named_state, fill_state};
#[cfg(feature = "pyo3")]
pub(crate) use fill::{fill_older, fill_state_over};
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) use form::count_slots;
#[cfg(feature = "pickle")]
pub(crate) use form::{Wrap, can_be_none, tuple_slots, wrap};
use read::{FoundPart, Read, Seek};
pub(crate) use read::{Scan, little_endian};

use crate::error::{Error, Result};
use crate::places::Table;
use crate::protocol::decode::{Left, Location, NumberText, Regions};
use crate::schema::{Nodes, Schema};
use crate::sharing::walked::Objects;

/// Passes the slots of an image to `encoder`; its regions are parts of `bytes`.
pub(crate) fn read(
    (schema, nodes): (&Schema, &Nodes),
    (regions, bytes): (&Regions<'_>, &[u8]),
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<()> {
    Read::new(nodes, regions, bytes, encoder).root(schema, regions.head, levels)
}

/// Passes the slots of an object's flat state to `encoder`, or the whole value if it is not an object. The raw arrays
/// are those in `copied` and `borrowed`; see [`Gather`](crate::protocol::gather::Gather).
///
/// The encoder is a trait object, as those of each [`Scan`] are, so that a module of Python classes has one copy of the
/// walk.
#[cfg(feature = "pyo3")]
pub(crate) fn read_state(
    schema: &'static Schema,
    regions: &Regions<'_>,
    (copied, borrowed): (&[u8], &[crate::protocol::gather::Borrowed<'_>]),
    levels: u32,
    encoder: &mut dyn Encoder,
) -> Result<()> {
    let read = Read::new(Nodes::NONE, regions, regions.head, encoder).with_raws(raws::Raws::gathered(copied, borrowed));
    read.state(schema, regions.head, levels)
}

/// Returns the number of slots in the flat state of a type; 1 if it is not an object.
#[cfg(feature = "pyo3")]
pub(crate) fn flat_slots(schema: &Schema) -> usize {
    match &schema.kind {
        crate::schema::Kind::Object(object) => count_slots(Nodes::NONE, object),
        _ => 1,
    }
}

/// Passes the part of an image with this head to `encoder`. Returns how many bytes of tail, text and raw follow it.
pub(crate) fn read_part(
    schema: &Schema,
    nodes: &Nodes,
    regions: &Regions<'_>,
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<[usize; 3]> {
    Read::new(nodes, regions, regions.head, encoder).part(schema, regions.head, levels)
}

/// Finds where the numbered objects of an image begin.
///
/// # Errors
/// The image is damaged.
pub(crate) fn objects<'a>(
    (schema, nodes): (&'a Schema, &'a Nodes),
    regions: &Regions<'a>,
    levels: u32,
) -> Result<Objects<'a>> {
    Scan::new(nodes, regions, regions.head, &mut Nowhere).objects(schema, regions.head, levels)
}

/// Finds the paths to numbered objects of an image.
///
/// # Errors
/// The image is damaged.
pub(crate) fn paths(
    (schema, nodes): (&Schema, &Nodes),
    regions: &Regions<'_>,
    levels: u32,
    wanted: Table<String>,
) -> Result<Table<String>> {
    Scan::new(nodes, regions, regions.head, &mut Nowhere).paths(schema, regions.head, levels, wanted)
}

/// Finds the first damage in an image, by the schema of its writer.
pub(crate) fn find_damage_by(
    schema: &Schema,
    nodes: &Nodes,
    regions: &Regions<'_>,
    bytes: &[u8],
    levels: u32,
) -> Option<Error> {
    Scan::new(nodes, regions, bytes, &mut Nowhere).root(schema, regions.head, levels).err()
}

/// Finds the first damage in an image, if the walk can detect any.
pub(crate) fn find_damage(schema: &'static Schema, regions: &Regions<'_>, bytes: &[u8], levels: u32) -> Option<Error> {
    Scan::new(Nodes::NONE, regions, bytes, &mut Nowhere).unlimited().root(schema, regions.head, levels).err()
}

/// Returns the path to the last slot that begins while `left` bytes of all regions remain, in a whole image.
pub(crate) fn path_at(schema: &'static Schema, regions: &Regions<'_>, left: Left, levels: u32) -> Option<String> {
    let mut seek = Seek::before(left);
    let read = |seek: &mut Seek| {
        Scan::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().seek(schema, regions.head, levels, seek)
    };
    // The first walk only counts the slots up to that point, because making a path for each would take long.
    read(&mut seek);
    read(&mut seek.again())
}

/// Returns the path to the innermost part whose head is at a place in a whole image, and the number there, if it is
/// one.
pub(crate) fn at_place(
    schema: &'static Schema,
    regions: &Regions<'_>,
    place: (Location, NumberText),
    levels: u32,
) -> Option<FoundPart> {
    Scan::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().at_place(
        schema,
        regions.head,
        levels,
        place,
    )
}

/// Returns the key, as errors show it, of the entry whose value has its head at a place in a whole image.
pub(crate) fn key_before(
    (schema, nodes): (&Schema, &Nodes),
    regions: &Regions<'_>,
    value: &[u8],
    levels: u32,
) -> Option<String> {
    Scan::new(nodes, regions, regions.head, &mut Nowhere).key_before(schema, regions.head, levels, Location::of(value))
}

/// Returns the path to the first part that was not written, of a body that was written twice, over different bytes.
pub(crate) fn path_of_blank<'a>(
    schema: &'static Schema,
    regions: &Regions<'a>,
    bodies: [&'a [u8]; 2],
    levels: u32,
) -> Option<String> {
    Scan::new(Nodes::NONE, regions, bodies[0], &mut Nowhere).unlimited().blank(schema, regions.head, levels, bodies)
}

/// Returns the common part of the paths to all objects of a type that begin with a number of bytes remaining.
pub(crate) fn path_of_object(
    schema: &'static Schema,
    regions: &Regions<'_>,
    object: (&'static Schema, Left),
    levels: u32,
) -> Option<String> {
    Scan::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().common(schema, regions.head, levels, object)
}
