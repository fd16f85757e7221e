//! The heads of schemas that were read: computed here, never taken from the file.

use alloc::vec::Vec;

use super::{Kind, Link, Raw, Schema, Slot};
use crate::layout::{LENGTH, enum_head, largest, option_head, raw_head};

/// Heads larger than this are refused: nothing that was written from memory has one.
const LIMIT: usize = isize::MAX as usize;

pub(super) struct Heads {
    state: Vec<Progress>,
}

#[derive(Clone, Copy)]
enum Progress {
    Open,
    Under,
    Done(usize),
}

impl Heads {
    pub fn new(count: usize) -> Self {
        Self { state: alloc::vec![Progress::Open; count] }
    }

    /// The head of a node; `None` if it contains itself or is too large.
    pub fn of(&mut self, nodes: &[Schema], index: usize) -> Option<usize> {
        match *self.state.get(index)? {
            Progress::Done(head) => return Some(head),
            Progress::Under => return None,
            Progress::Open => self.state[index] = Progress::Under,
        }
        let head = self.compute(nodes, index)?;
        self.state[index] = Progress::Done(head);
        (head <= LIMIT).then_some(head)
    }

    fn link(&mut self, nodes: &[Schema], link: Link) -> Option<usize> {
        match link {
            Link::At(index) => self.of(nodes, index),
            Link::To(schema) => Some(schema().head),
        }
    }

    fn compute(&mut self, nodes: &[Schema], index: usize) -> Option<usize> {
        Some(match &nodes[index].kind {
            Kind::Unit | Kind::Boxed(_) => 0,
            Kind::Bool => 1,
            Kind::Char => 4,
            Kind::Int { bits, .. } | Kind::Float { bits } => usize::from(*bits) / 8,
            Kind::Seconds { .. } => 12,
            Kind::Str | Kind::List(_) | Kind::Set(_) | Kind::Map(..) | Kind::Serde => LENGTH,
            Kind::Optional(of) => option_head(self.link(nodes, *of)?),
            Kind::Array(of, len) => self.link(nodes, *of)?.checked_mul(usize::try_from(*len).ok()?)?,
            Kind::Tuple(items) => self.sum(nodes, items.iter().copied())?,
            Kind::Raw(Raw { element, optional, .. }) => {
                self.link(nodes, *element)?;
                raw_head(*optional)
            }
            Kind::Object(object) => self.slots(nodes, &object.slots)?,
            Kind::Enum(of) => {
                let heads: Option<Vec<_>> = of.variants.iter().map(|v| self.slots(nodes, &v.slots)).collect();
                enum_head(of.variants.len(), largest(&heads?))
            }
            Kind::Record(record) => {
                let size = nodes[index].head;
                for field in &*record.fields {
                    let end = field.offset.checked_add(self.link(nodes, field.ty)?)?;
                    if end > size {
                        return None;
                    }
                }
                size
            }
            Kind::Opaque { size, .. } => usize::try_from(*size).ok()?,
        })
    }

    fn slots(&mut self, nodes: &[Schema], slots: &[Slot]) -> Option<usize> {
        self.sum(nodes, slots.iter().map(|slot| slot.ty))
    }

    fn sum(&mut self, nodes: &[Schema], links: impl Iterator<Item = Link>) -> Option<usize> {
        links.map(|link| self.link(nodes, link)).try_fold(0_usize, |sum, head| sum.checked_add(head?))
    }
}
