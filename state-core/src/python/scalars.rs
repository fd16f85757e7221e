//! The short way for classes whose slots are numbers and texts alone: the same image, in space of the stack where it is
//! small, written and read by a list of steps.

use alloc::boxed::Box;

use crate::schema::{Kind, Nodes, Schema};

/// Space on the stack for an image without a header, zeroed in a few instructions. Classes with larger heads go the long
/// way.
pub(super) const SPACE: usize = 128;

/// A slot: where its head stands, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub at: usize,
    pub kind: Simple,
    pub nonzero: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Simple {
    Bool,
    /// Of so many bytes.
    Int(usize),
    UInt(usize),
    F32,
    F64,
    Str,
}

/// The steps of a class with one value; `None` where a slot is something else.
pub(super) fn steps(schemas: &[&'static Schema]) -> Option<Box<[Step]>> {
    let &[schema @ Schema { kind: Kind::Object(object), head, .. }] = schemas else { return None };
    if schema.sharing().shared {
        return None;
    }
    let mut end = 0;
    let steps = object.slots.iter().map(|slot| {
        let schema = Nodes::NONE.get(slot.ty);
        let at = end;
        end += schema.head;
        let kind = match schema.kind {
            Kind::Bool => Simple::Bool,
            Kind::Int { bits: bits @ ..=64, signed: true, .. } => Simple::Int(usize::from(bits) / 8),
            Kind::Int { bits: bits @ ..=64, signed: false, .. } => Simple::UInt(usize::from(bits) / 8),
            Kind::Float { bits: 32 } => Simple::F32,
            Kind::Float { bits: 64 } => Simple::F64,
            Kind::Str => Simple::Str,
            _ => return None,
        };
        let nonzero = matches!(schema.kind, Kind::Int { nonzero: true, .. });
        Some(Step { at, kind, nonzero })
    });
    steps.collect::<Option<Box<[Step]>>>().filter(|_| *head <= SPACE)
}
