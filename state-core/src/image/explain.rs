//! Explains why bytes were not accepted. Nothing here runs unless something is wrong.

use alloc::format;

use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Obstacle, Regions};
use crate::protocol::encode::too_deep;
use crate::schema::fingerprint::{Identity, by_fingerprint, hash};
use crate::schema::{
    Graph, Nodes, Schema, Show, brief, first_difference, parse_some, root_name, write_for_other_order,
};
use crate::sharing::{Numbered, name as pointee};
use crate::walk;

/// The maximum number of parts of a schema that is parsed to name a difference.
pub(super) const MOST_PARTS: usize = 1 << 14;

/// Names the type that an error belongs to.
#[cold]
pub(super) fn name(error: Error, identity: &Identity) -> Error {
    error.at(root_name(identity.schema))
}

/// The error of an image that would be longer than allowed.
#[cold]
pub(super) fn too_large(most: usize, total: usize, identity: &Identity) -> Error {
    let found = format!("one of {total} bytes (`History::bytes` sets the budget)");
    name(Error::new(ErrorKind::Unwritable, format!("a state within the budget of {most} bytes"), found), identity)
}

/// The error of bytes of another type: names both types, and the first slot that differs.
#[cold]
pub(crate) fn identity(ours: &Identity, fingerprint: u64, schema: Option<&[u8]>) -> Error {
    if let Some(schema) = schema.filter(|schema| hash(schema) == fingerprint) {
        return match parse_some(schema, MOST_PARTS) {
            Ok(None) => {
                let expected = format!("the state of {}", brief(&Show(ours.schema, Nodes::NONE)));
                let found = format!("that of another type, whose schema takes {} bytes", schema.len());
                Error::new(ErrorKind::Identity, expected, found).at(root_name(ours.schema)).at_byte(8)
            }
            Ok(Some((nodes, root))) => {
                different(ours, Graph { nodes: &nodes, root: &nodes.0[root] }, by_fingerprint(fingerprint))
            }
            Err(error) => error,
        };
    }
    if hash(&write_for_other_order(ours.schema)) == fingerprint {
        let (this, other) = if cfg!(target_endian = "big") { ("big", "little") } else { ("little", "big") };
        return Error::new(
            ErrorKind::Identity,
            format!(
                "opaque structs in {this}-endian order (only described ones, `#[derive(Record)]`, change machines)"
            ),
            format!("the same type's in {other}-endian order"),
        )
        .at(root_name(ours.schema))
        .at_byte(8);
    }
    match by_fingerprint(fingerprint) {
        Some(theirs) => different(ours, Graph { nodes: Nodes::NONE, root: theirs }, Some(theirs)),
        None => Error::new(
            ErrorKind::Identity,
            format!("the state of {} (fingerprint {:016x})", ours.schema, ours.fingerprint),
            format!("that of a type unknown to this program (fingerprint {fingerprint:016x})"),
        )
        .with_hint(
            "bytes written with `Options::with_schema` contain its name, and those of a recorded form can be upgraded: \
             `Options::history`",
        )
        .at(root_name(ours.schema))
        .at_byte(8),
    }
}

/// Names the first difference from another type, which is `known` if this program has it.
fn different(ours: &Identity, theirs: Graph<'_>, known: Option<&'static Schema>) -> Error {
    let graph = Graph { nodes: Nodes::NONE, root: ours.schema };
    let (their_name, our_name) = (brief(&Show(theirs.root, theirs.nodes)), brief(&Show(ours.schema, Nodes::NONE)));
    let Some(difference) = first_difference(graph, theirs) else {
        return Error::new(ErrorKind::Identity, our_name, their_name).at_byte(8);
    };
    let found = if our_name == their_name || difference.theirs == their_name {
        difference.theirs
    } else {
        format!("{} in the state of {their_name}", difference.theirs)
    };
    let error = Error::new(ErrorKind::Identity, difference.ours, found).at(difference.path).at_byte(8);
    let had = ours.schema.evolution().map_or(&[][..], |evolution| evolution.aliases);
    let is_older = theirs.root.tag().is_some_and(|tag| ours.schema.tag() == Some(tag) || had.contains(&tag));
    match is_older && !known.is_some_and(|known| ours.schema.is_instance_beside(known)) {
        true => error
            .with_hint("`loads_upgraded` takes states of older forms; for `load_into`, convert them with `upgrade`"),
        false => error,
    }
}

/// The error of damaged bytes: the walk by the schema finds the place.
#[cold]
pub(super) fn damage(identity: &Identity, regions: &Regions<'_>, bytes: &[u8], levels: u32) -> Error {
    walk::find_damage(identity.schema, regions, bytes, levels).unwrap_or_else(|| {
        let expected = "a state that each implementation of `Restore::check` by hand accepts";
        let hint = "`Checker::refuse` would name its place";
        name(Error::new(ErrorKind::Malformed, expected, "another").with_hint(hint), identity)
    })
}

/// The error of damaged numbers of references, or of anything between them.
#[cold]
pub(super) fn numbers(identity: &Identity, regions: &Regions<'_>, bytes: &[u8], levels: u32) -> Error {
    let numbered = Regions { numbered: Some(Numbered::ANY), ..*regions };
    walk::find_damage(identity.schema, &numbered, bytes, levels).unwrap_or_else(|| {
        let expected = "a state whose references lead to objects of their own types";
        name(Error::new(ErrorKind::Malformed, expected, "a damaged one"), identity)
    })
}

/// The error of a state that would take more memory than allowed.
#[cold]
pub(super) fn too_wide(taken: usize, limit: usize) -> Error {
    Error::new(
        ErrorKind::Memory,
        format!(
            "a state that takes up to {limit} bytes of memory for wide elements (`Options::memory` sets the limit)"
        ),
        format!("one that takes {taken}"),
    )
}

/// The error of bytes that may be intact but cannot be accepted: the walk finds the slot that is in the way.
#[cold]
pub(super) fn obstacle(obstacle: Obstacle, identity: &Identity, regions: &Regions<'_>, levels: u32) -> Error {
    let mut error = in_the_way(obstacle);
    let path = match obstacle {
        Obstacle::Refused(expected, place, number) => {
            match walk::at_place(identity.schema, regions, (place, number), levels) {
                Some((path, number)) => {
                    if let Some(number) = number {
                        error = Error::new(ErrorKind::Malformed, expected, number);
                    }
                    Some(path)
                }
                None => None,
            }
        }
        Obstacle::Capacity(_, left)
        | Obstacle::Zero(left)
        | Obstacle::Alignment(left)
        | Obstacle::Memory(left)
        | Obstacle::Cycle(_, left) => walk::path_at(identity.schema, regions, left, levels),
        Obstacle::Depth(_) | Obstacle::Weak(_) => None,
    };
    match path {
        Some(path) => error.at(path),
        None => name(error, identity),
    }
}

fn in_the_way(obstacle: Obstacle) -> Error {
    match obstacle {
        Obstacle::Depth(at) => too_deep(Some(at)),
        Obstacle::Refused(expected, ..) => Error::new(ErrorKind::Malformed, expected, "another"),
        Obstacle::Alignment(_) => Error::new(
            ErrorKind::Alignment,
            "bytes at a multiple of 16, to borrow a raw array from",
            "others (`Cow` and `Vec` take them all the same)",
        ),
        Obstacle::Capacity(most, _) => Error::new(
            ErrorKind::Malformed,
            format!("lists and text that their types have room for, here of up to {most} elements or bytes"),
            "a longer one",
        ),
        Obstacle::Zero(_) => {
            Error::new(ErrorKind::Malformed, "bytes without a zero among them, as C's strings end at it", "a zero")
        }
        Obstacle::Cycle(of, _) => Error::new(
            ErrorKind::Malformed,
            "no reference back to an object that contains it, except in an `Option`, list or map behind a cell or lock, in \
             a type with `#[state(shared, cyclic)]`",
            format!("one to the {} that contains it", pointee(of)),
        ),
        Obstacle::Weak(of) => Error::new(
            ErrorKind::Malformed,
            "weak references to objects that come before them, or weak references behind a cell or lock",
            format!("one to a {} that contains or follows it", pointee(of)),
        ),
        Obstacle::Memory(_) => Error::new(
            ErrorKind::Alignment,
            "elements that this machine has in memory as in an image, to borrow a raw array of them",
            "others (`Cow` and `Vec` take them all the same)",
        ),
    }
}
