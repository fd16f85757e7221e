//! Which nodes are shared pointers, and which of those have one type: decided by the type itself if the schema is from
//! this program, and by the shape if it was read.

use crate::places::Words;
use alloc::vec::Vec;
use core::any::TypeId;

use super::canon::tag;
use super::carried::{bit, is_row_of};
use super::{Kind, Link, Nodes, Schema};
use crate::error::{Error, ErrorKind};

/// Identifies the type of a shared pointer; `None` if it cannot be numbered.
#[doc(hidden)]
pub type SharedKey = fn() -> Option<TypeId>;

/// What a node says about the shared pointer that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PointerKey {
    /// A type of the program.
    Type(SharedKey),
    /// A shape in a schema that was read.
    Shape(u32),
}

/// What all pointers that can lead to one object have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClassKey {
    Type(TypeId),
    /// Several types of the program that wrote a schema can have one shape, such as `Rc` and `Arc` of the same type.
    Shape(u64),
}

impl PointerKey {
    pub fn class(self) -> Option<ClassKey> {
        match self {
            Self::Type(key) => key().map(ClassKey::Type),
            Self::Shape(shape) => Some(ClassKey::Shape(shape.into())),
        }
    }
}

impl Nodes {
    /// Marks the nodes that are shared pointers, by the carried rows of bits, each for the schema with its root: a bit
    /// for each node in the order of the schema, including repeated ones.
    ///
    /// # Errors
    /// A row of another length, or with bits for nodes that cannot be such a pointer.
    pub(super) fn mark_pointers(&mut self, rows: &[(usize, &[u8])]) -> Result<(), Error> {
        let mut marked = alloc::vec![false; self.0.len()];
        let mut met = alloc::vec![false; self.0.len()];
        for &(root, row) in rows {
            let (mut count, mut fits, mut open) = (0, true, alloc::vec![root]);
            while let Some(at) = open.pop() {
                // A row that is too short would let nodes be visited again and again.
                if count >= row.len().saturating_mul(8) {
                    fits = false;
                    break;
                }
                let is_pointer = bit(row, count);
                count += 1;
                let (Some(node), Some(met)) = (self.0.get(at), met.get_mut(at)) else { continue };
                fits &= !is_pointer || matches!(node.kind, Kind::Boxed(_) | Kind::Str | Kind::List(_));
                // A type without a name is in the schema wherever it occurs, although equal ones are one node.
                if !core::mem::replace(met, true) || node.tag().is_none() {
                    marked[at] = is_pointer;
                    open.extend(node.links().into_iter().rev().filter_map(index));
                }
            }
            if !fits || !is_row_of(row, count) {
                return Err(Error::new(ErrorKind::Malformed, "a bit for each type of the schema", "others"));
            }
        }
        self.name_pointers(&marked);
        Ok(())
    }

    /// Gives pointers of one shape the same key, as well as weak references to their objects.
    fn name_pointers(&mut self, marked: &[bool]) {
        let shapes = Shapes::of(&self.0, marked, !self.1.is_empty());
        let objects: Vec<Option<u32>> = (0..self.0.len()).map(|at| shapes.object(&self.0, marked, at)).collect();
        for (node, object) in self.0.iter_mut().zip(objects) {
            node.shared = object.map(PointerKey::Shape);
        }
    }
}

fn index(link: Link) -> Option<usize> {
    match link {
        Link::At(at) => Some(at),
        Link::To(_) => None,
    }
}

/// Numbers of nodes: two are equal if all that the nodes lead to is equal. A type with a name is equal only to itself,
/// as a schema contains it once, or, if there are several schemas, to types with its name in the others.
struct Shapes {
    /// For the node as it is, and as it would be if it were not a shared pointer.
    of: Vec<[u32; 2]>,
}

impl Shapes {
    fn of(nodes: &[Schema], marked: &[bool], several: bool) -> Self {
        let mut known = Words::default();
        let mut of: Vec<[u32; 2]> = (0..nodes.len()).map(|at| [at as u32; 2]).collect();
        let mut names = Words::default();
        for (at, name) in nodes.iter().enumerate().filter_map(|(at, node)| Some((at, node.tag()?))) {
            if several {
                of[at] = [names.get_or_set(name.as_bytes(), at) as u32; 2];
            }
        }
        for at in inside_out(nodes) {
            let node = &nodes[at];
            let mut plain = signature(node);
            for link in node.links().into_iter().filter_map(index) {
                plain.extend(of.get(link).map_or(0, |[shape, _]| *shape).to_le_bytes());
            }
            let next = nodes.len() + known.len();
            let own = known.get_or_set(&plain, next) as u32;
            of[at] = [own; 2];
            if marked[at] {
                plain.push(1);
                let next = nodes.len() + known.len();
                of[at][0] = known.get_or_set(&plain, next) as u32;
            }
        }
        Self { of }
    }

    /// The number of the object of a shared pointer or weak reference.
    fn object(&self, nodes: &[Schema], marked: &[bool], at: usize) -> Option<u32> {
        match &nodes[at].kind {
            Kind::Weak(of) => index(*of).and_then(|of| self.of.get(of)).map(|[shape, _]| *shape),
            Kind::Boxed(of) if marked[at] => index(*of).and_then(|of| self.of.get(of)).map(|[shape, _]| *shape),
            _ if marked[at] => self.of.get(at).map(|[_, plain]| *plain),
            _ => None,
        }
    }
}

/// The nodes without names, each after the nodes without names that it leads to.
fn inside_out(nodes: &[Schema]) -> Vec<usize> {
    let nameless = |at: &usize| nodes.get(*at).is_some_and(|node| node.tag().is_none());
    let (mut order, mut seen) = (Vec::new(), alloc::vec![false; nodes.len()]);
    for root in (0..nodes.len()).filter(nameless) {
        let mut open = alloc::vec![(root, false)];
        while let Some((at, is_done)) = open.pop() {
            if is_done {
                order.push(at);
            } else if !core::mem::replace(&mut seen[at], true) {
                open.push((at, true));
                let parts = nodes[at].links().into_iter().filter_map(index).filter(nameless);
                open.extend(parts.map(|part| (part, false)));
            }
        }
    }
    order
}

/// What distinguishes a node from others, apart from what it leads to.
fn signature(node: &Schema) -> Vec<u8> {
    let mut bytes = alloc::vec![tag(&node.kind)];
    match &node.kind {
        Kind::Int { bits, signed, nonzero } => bytes.extend([*bits, u8::from(*signed), u8::from(*nonzero)]),
        Kind::Float { bits } => bytes.push(*bits),
        Kind::Seconds { signed } => bytes.push(u8::from(*signed)),
        Kind::Known(known) => bytes.push(known.code()),
        Kind::Open(open) => bytes.extend(open.name.as_bytes()),
        Kind::Array(_, len) => bytes.extend(len.to_le_bytes()),
        Kind::Grid(_, dimensions) => bytes.extend([u8::from(dimensions.is_some()), dimensions.unwrap_or(0)]),
        Kind::Raw(raw) => {
            bytes.extend([u8::from(raw.optional), u8::from(raw.counted), u8::from(raw.exactly.is_some())]);
            bytes.extend(raw.exactly.unwrap_or(0).to_le_bytes());
        }
        Kind::Opaque { size, big_endian } => {
            bytes.extend(size.to_le_bytes());
            bytes.push(u8::from(*big_endian));
        }
        _ => {}
    }
    bytes
}
