//! The sizes of heads in schemas that were read: they are computed here, never taken from the file. Schemas that would
//! make a walk costly or endless are refused here too.

use alloc::vec::Vec;

use super::{Kind, Link, Nodes, OPEN_HEAD, Raw, Record, Schema, Slot};
#[cfg(feature = "pyo3")]
use crate::protocol::layout::HANDLE;
use crate::protocol::layout::RECORD;
use crate::protocol::layout::{LENGTH, enum_head, largest, option_head, raw_head};

/// The largest head that is accepted: no value in memory has a larger one.
const LIMIT: usize = isize::MAX as usize;

/// The deepest nesting of types in one another's heads that is accepted: walks recurse into them.
const DEPTH: u32 = 128;

pub(super) struct Heads {
    state: Vec<Progress>,
}

#[derive(Clone, Copy)]
enum Progress {
    Open,
    Under,
    Done(Extent),
}

/// What was computed for a node.
#[derive(Clone, Copy, Default)]
struct Extent {
    head: usize,
    /// How many nodes are nested in the head.
    height: u32,
}

impl Extent {
    /// The extent of two nodes side by side.
    fn beside(self, other: Self) -> Option<Self> {
        Some(Self { head: self.head.checked_add(other.head)?, height: self.height.max(other.height) })
    }
}

impl Heads {
    pub fn new(count: usize) -> Self {
        Self { state: alloc::vec![Progress::Open; count] }
    }

    /// The size of the head of a node; `None` if the node contains itself, is too large or too deep, or is misplaced in
    /// a raw array.
    pub fn of(&mut self, nodes: &[Schema], index: usize) -> Option<usize> {
        self.node(nodes, index, DEPTH).map(|extent| extent.head)
    }

    fn node(&mut self, nodes: &[Schema], index: usize, depth: u32) -> Option<Extent> {
        match *self.state.get(index)? {
            Progress::Done(extent) => return Some(extent),
            Progress::Under => return None,
            Progress::Open => self.state[index] = Progress::Under,
        }
        let Extent { head, height } = self.compute(nodes, index, depth.checked_sub(1)?)?;
        let extent = Extent { head, height: height + 1 };
        self.state[index] = Progress::Done(extent);
        (head <= LIMIT && extent.height <= DEPTH).then_some(extent)
    }

    fn link(&mut self, nodes: &[Schema], link: Link, depth: u32) -> Option<Extent> {
        match link {
            Link::At(index) => self.node(nodes, index, depth),
            Link::To(schema) => Some(Extent { head: schema().head, height: 0 }),
        }
    }

    fn compute(&mut self, nodes: &[Schema], index: usize, depth: u32) -> Option<Extent> {
        let flat = |head| Extent { head, height: 0 };
        Some(match &nodes[index].kind {
            Kind::Unit | Kind::Boxed(_) => flat(0),
            Kind::Bool => flat(1),
            Kind::Char => flat(4),
            Kind::Int { bits, .. } | Kind::Float { bits } => flat(usize::from(*bits) / 8),
            Kind::Seconds { .. } => flat(12),
            Kind::Weak(_) => flat(RECORD),
            Kind::Known(known) => flat(known.head()),
            Kind::Open(_) => flat(OPEN_HEAD),
            Kind::Str | Kind::List(_) | Kind::Set(_) | Kind::Map(..) | Kind::Serde => flat(LENGTH),
            Kind::Optional(of) => {
                let Extent { head, height } = self.link(nodes, *of, depth)?;
                Extent { head: option_head(head), height }
            }
            Kind::Array(of, len) => {
                let Extent { head, height } = self.link(nodes, *of, depth)?;
                // An array of empty elements may have any length.
                Extent { head: head.checked_mul(usize::try_from(*len).unwrap_or(usize::MAX))?, height }
            }
            Kind::Tuple(items) => self.sum(nodes, items.iter().copied(), depth)?,
            Kind::Grid(element, _) => {
                let Extent { height, .. } = self.link(nodes, *element, depth)?;
                Extent { head: LENGTH, height: is_fixed(nodes, *element).then_some(height)? }
            }
            Kind::Raw(Raw { element, optional, .. }) => {
                let Extent { height, .. } = self.link(nodes, *element, depth)?;
                Extent { head: raw_head(*optional), height: is_fixed(nodes, *element).then_some(height)? }
            }
            Kind::Object(object) => self.slots(nodes, &object.slots, depth)?,
            Kind::Enum(of) => {
                let slots: Option<Vec<_>> = of.variants.iter().map(|v| self.slots(nodes, &v.slots, depth)).collect();
                let slots = slots?;
                let heads: Vec<_> = slots.iter().map(|slots| slots.head).collect();
                let height = slots.iter().map(|slots| slots.height).max().unwrap_or(0);
                Extent { head: enum_head(of.variants.len(), largest(&heads)), height }
            }
            Kind::Record(record) => Extent { head: nodes[index].head, ..self.record(nodes, index, record, depth)? },
            Kind::Opaque { size, .. } => flat(usize::try_from(*size).ok()?),
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => flat(HANDLE),
        })
    }

    /// Fields are in order and do not overlap, so that no byte is shown twice.
    fn record(&mut self, nodes: &[Schema], index: usize, record: &Record, depth: u32) -> Option<Extent> {
        let (mut end, mut height) = (0, 0);
        for field in &*record.fields {
            let extent = self.link(nodes, field.ty, depth)?;
            if field.offset < end || !is_fixed(nodes, field.ty) {
                return None;
            }
            end = field.offset.checked_add(extent.head)?;
            height = height.max(extent.height);
        }
        (end <= nodes[index].head).then_some(Extent { head: 0, height })
    }

    fn slots(&mut self, nodes: &[Schema], slots: &[Slot], depth: u32) -> Option<Extent> {
        self.sum(nodes, slots.iter().map(|slot| slot.ty), depth)
    }

    fn sum(&mut self, nodes: &[Schema], links: impl Iterator<Item = Link>, depth: u32) -> Option<Extent> {
        let mut links = links.map(|link| self.link(nodes, link, depth));
        links.try_fold(Extent::default(), |sum, extent| sum.beside(extent?))
    }
}

/// Whether a node can be in raw bytes.
fn is_fixed(nodes: &[Schema], link: Link) -> bool {
    let kind = match link {
        Link::At(index) => nodes.get(index).map(|node| &node.kind),
        Link::To(schema) => Some(&Nodes::NONE.get(Link::To(schema)).kind),
    };
    match kind {
        Some(
            Kind::Unit
            | Kind::Bool
            | Kind::Char
            | Kind::Int { .. }
            | Kind::Float { .. }
            | Kind::Seconds { .. }
            | Kind::Record(_)
            | Kind::Opaque { .. },
        ) => true,
        // Arrays have no names to refer back to, so they nest no deeper than in the bytes that were read.
        Some(Kind::Array(of, _)) => is_fixed(nodes, *of),
        _ => false,
    }
}
