//! The fast path for classes with only numbers and text: the same image, on the stack if it is small, written and read
//! by a list of steps.

use alloc::boxed::Box;

use crate::schema::{Kind, Nodes, Schema};

/// The space on the stack for an image without a header, zeroed in a few instructions. Classes with larger heads use
/// the walk.
pub(super) const SPACE: usize = 128;

/// A slot: the offset of its head, and its type.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub at: usize,
    pub kind: Simple,
    pub nonzero: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Simple {
    Bool,
    /// An integer of this many bytes.
    Int(usize),
    UInt(usize),
    F32,
    F64,
    Str,
}

/// The steps of a class with one value; `None` if a slot is something else.
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
