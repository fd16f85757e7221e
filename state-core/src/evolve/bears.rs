//! Which parts contain text or raw arrays, whose order in an image is that of its parts.

use alloc::vec::Vec;

use crate::places::{Places, address};
use crate::schema::{Kind, Link, Nodes, Schema};

/// Whether a part contains text or raw arrays, in its head or beyond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bears {
    pub text: bool,
    pub raw: bool,
}

impl Bears {
    const ALL: Self = Self { text: true, raw: true };

    /// What a part contains itself, without its parts.
    fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Str => Self { text: true, raw: false },
            Kind::Raw(_) | Kind::Grid(..) => Self { text: false, raw: true },
            Kind::Open(_) => Self::ALL,
            _ => Self::default(),
        }
    }

    fn and(self, other: Self) -> Self {
        Self { text: self.text || other.text, raw: self.raw || other.raw }
    }
}

/// Returns what each node of a table contains.
pub(super) fn all_bear(nodes: &Nodes) -> Vec<Bears> {
    let table = &nodes.0;
    let mut all: Vec<Bears> = table.iter().map(|node| Bears::of(&node.kind)).collect();
    let mut leading: Vec<Vec<usize>> = alloc::vec![Vec::new(); table.len()];
    for (at, node) in table.iter().enumerate() {
        for link in node.links() {
            match link {
                Link::At(part) => leading.get_mut(part).into_iter().for_each(|leading| leading.push(at)),
                Link::To(schema) => all[at] = all[at].and(bears(nodes, schema())),
            }
        }
    }
    let mut open: Vec<usize> = (0..table.len()).filter(|&at| all[at] != Bears::default()).collect();
    while let Some(at) = open.pop() {
        for &before in &leading[at] {
            let more = all[before].and(all[at]);
            if core::mem::replace(&mut all[before], more) != more {
                open.push(before);
            }
        }
    }
    all
}

/// Returns what a type contains or may contain. A type that contains itself is visited once.
pub(super) fn bears(nodes: &Nodes, schema: &Schema) -> Bears {
    let mut bears = Bears::default();
    let (mut open, mut seen) = (alloc::vec![schema], Places::default());
    while let Some(node) = open.pop() {
        bears = bears.and(Bears::of(&node.kind));
        if bears == Bears::ALL {
            break;
        }
        if seen.meet(address(node)) {
            open.extend(node.links().into_iter().map(|link| nodes.get(link)));
        }
    }
    bears
}
