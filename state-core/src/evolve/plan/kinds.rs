//! The operation for each pair of kinds, if nothing is lost.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{DEPTH, Planner};
use crate::evolve::op::{Op, Step};
use crate::evolve::path::Path;
use crate::schema::{Kind, Link, Nodes, Problem, Schema};
use crate::standard::Known;

impl<'t> Planner<'t> {
    pub(super) fn op(&mut self, from: &'t Schema, to: &'static Schema, path: &Path<'_>) -> Op {
        let inner = &path.elements();
        match (&from.kind, &to.kind) {
            (Kind::Boxed(a), Kind::Boxed(b)) => Op::Boxed { of: self.links(*a, *b, path) },
            (Kind::Optional(a), Kind::Optional(b)) => Op::Optional { of: self.links(*a, *b, path) },
            (Kind::Object(_), Kind::Object(_)) => self.object(from, to, path),
            (Kind::Enum(a), Kind::Enum(b)) => self.enumeration((from, a), (to, b), path),
            (Kind::Optional(a), Kind::Raw(b)) if b.optional => {
                Op::Optional { of: self.part_to_raw(self.theirs.get(*a), (to, b), path) }
            }
            (Kind::Raw(a), Kind::Optional(b)) if a.optional => {
                Op::Optional { of: self.raw_to_part((from, a), self.ours.get(*b), path) }
            }
            // The box contains at least as many options as the present type has, so it is removed first.
            (Kind::Boxed(of), Kind::Optional(_)) if options(self.theirs, from) >= options(self.ours, to) => {
                Op::Unbox { of: self.pair(self.theirs.get(*of), to, path) }
            }
            (_, Kind::Optional(of)) => Op::Some { of: self.pair(from, self.ours.get(*of), path) },
            (Kind::Boxed(of), _) => Op::Unbox { of: self.pair(self.theirs.get(*of), to, path) },
            (_, Kind::Boxed(of)) => Op::Box { of: self.pair(from, self.ours.get(*of), path) },
            (Kind::List(a) | Kind::Set(a), Kind::List(b)) => Op::List { of: self.links(*a, *b, inner) },
            (Kind::Set(a), Kind::Set(b)) => Op::Set { of: self.key(*a, *b, inner) },
            (Kind::Array(a, count), Kind::List(b)) => self.array_to_list((*a, *count), *b, path),
            (Kind::Array(a, n), Kind::Array(b, m)) if n == m => {
                let (of, count) = (self.links(*a, *b, inner), usize::try_from(*n).unwrap_or(usize::MAX));
                if self.is_flat(of) { Op::FlatArray { count, of } } else { Op::Array { count, of } }
            }
            (Kind::Map(k, v), Kind::Map(l, w)) => {
                Op::Map { key: self.key(*k, *l, inner), value: self.links(*v, *w, inner) }
            }
            (Kind::Tuple(a), Kind::Tuple(b)) if a.len() == b.len() => self.tuple(a, b, path),
            (Kind::Raw(a), Kind::Raw(b)) => self.raw((from, a), (to, b), path),
            (Kind::Raw(a), Kind::List(_) | Kind::Array(..)) if !a.optional => self.raw_to_plain((from, a), to, path),
            (Kind::List(_) | Kind::Set(_) | Kind::Array(..), Kind::Raw(b)) if b.optional => {
                Op::Some { of: self.part_to_raw(from, (to, b), path) }
            }
            (Kind::List(_) | Kind::Set(_) | Kind::Array(..), Kind::Raw(b)) => self.plain_to_raw(from, (to, b), path),
            (Kind::Grid(a, n), Kind::Grid(b, m)) if n == m || m.is_none() => self.grid(*a, *b, path),
            (Kind::Record(a), Kind::Record(b)) => self.record((from, a), (to, b), path),
            (Kind::Serde, Kind::Serde)
            | (Kind::Known(Known::Int), Kind::Known(Known::Int))
            | (Kind::Known(Known::Natural), Kind::Known(Known::Natural)) => {
                // They are copied like a list of bytes, whatever these mean.
                let bytes = self.steps.len();
                self.steps.push(Step::of(1, 1, Op::Copy));
                Op::List { of: bytes }
            }
            (Kind::Str, Kind::Str) => Op::Text,
            (Kind::Open(a), Kind::Open(b)) if a.name == b.name => match b.evolution {
                Some(of_sets) => (of_sets.plan)(self, a, b, path),
                None => self.wrong(from, to, path),
            },
            (Kind::Weak(a), Kind::Weak(b)) => {
                self.links(*a, *b, path);
                to.shared.map_or(Op::Open, Op::Weak)
            }
            (a, b) => match leaf(a, b, from.head == to.head) {
                Some(op) => {
                    self.broken.text |= matches!(op, Op::CharToText);
                    op
                }
                None => self.wrong(from, to, path),
            },
        }
    }

    fn tuple(&mut self, from: &'t [Link], to: &'static [Link], path: &Path<'_>) -> Op {
        let mut parts = Vec::new();
        for (at, (from, to)) in from.iter().zip(to).enumerate() {
            parts.push((Cow::Owned(at.to_string()), *from, self.links(*from, *to, &path.item(at))));
        }
        self.side_by_side(parts)
    }

    fn array_to_list(&mut self, (a, count): (Link, u64), b: Link, path: &Path<'_>) -> Op {
        // Elements without bytes would cost the file nothing.
        let most = if self.theirs.get(a).head == 0 { 0x1_0000 } else { u64::from(u32::MAX) - 1 };
        if count > most {
            self.problem(Problem::size(path));
            return Op::Open;
        }
        Op::ArrayToList { count: count as usize, of: self.links(a, b, &path.elements()) }
    }
}

/// Counts the nested options, ignoring boxes around them.
fn options<'s>(nodes: &'s Nodes, mut schema: &'s Schema) -> u32 {
    let mut count = 0;
    // Deeper schemas are refused when they are read, and are never derived.
    for _ in 0..DEPTH {
        schema = match &schema.kind {
            Kind::Boxed(of) => nodes.get(*of),
            Kind::Optional(of) => {
                count += 1;
                nodes.get(*of)
            }
            Kind::Raw(raw) => return count + u32::from(raw.optional),
            _ => return count,
        }
    }
    count
}

/// Returns the operation for a part without parts, if nothing is lost.
fn leaf(from: &Kind, to: &Kind, same_size: bool) -> Option<Op> {
    Some(match (from, to) {
        (
            Kind::Int { bits, signed, nonzero },
            Kind::Int { bits: new_bits, signed: new_signed, nonzero: new_nonzero },
        ) => {
            let fits = if signed == new_signed { bits <= new_bits } else { !signed && bits < new_bits };
            match fits && (*nonzero || !new_nonzero) {
                true if bits == new_bits => Op::Copy,
                true => Op::Int { signed: *signed },
                false => return None,
            }
        }
        (Kind::Int { bits, signed, .. }, Kind::Float { bits: float }) if *bits <= *float / 2 => {
            Op::IntToFloat { signed: *signed }
        }
        (Kind::Float { bits: 32 }, Kind::Float { bits: 64 }) => Op::Widen,
        (Kind::Char, Kind::Str) => Op::CharToText,
        (Kind::Int { signed, .. }, Kind::Known(Known::Int)) => Op::IntToBig { signed: *signed, natural: false },
        (Kind::Int { signed: false, .. }, Kind::Known(Known::Natural)) => Op::IntToBig { signed: false, natural: true },
        (Kind::Known(Known::Natural), Kind::Known(Known::Int)) => Op::BigToSigned,
        (Kind::Known(a), Kind::Known(b)) if a == b => Op::Copy,
        (Kind::Seconds { signed: a }, Kind::Seconds { signed: b }) if a == b => Op::Copy,
        (Kind::Unit, Kind::Unit) | (Kind::Bool, Kind::Bool) | (Kind::Char, Kind::Char) => Op::Copy,
        (Kind::Float { bits: a }, Kind::Float { bits: b }) if a == b => Op::Copy,
        (Kind::Opaque { size: a, big_endian: x }, Kind::Opaque { size: b, big_endian: y })
            if same_size && a == b && x == y =>
        {
            Op::Copy
        }
        // The object remains in the table, and its class is checked with the image.
        #[cfg(feature = "pyo3")]
        (Kind::Handle(_), Kind::Handle(_)) => Op::Copy,
        _ => return None,
    })
}
