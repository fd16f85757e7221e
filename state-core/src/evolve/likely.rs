//! Whether a missing slot may have been called by the name of an older one, so that a remedy does not suggest the name
//! in vain.

use crate::schema::{Kind, Link, Nodes, Schema};

/// The maximum number of options and boxes around a slot that are looked through.
const MOST: usize = 4;

/// Whether a value of the older type may be one of the present type. The contents of lists, maps and objects are not
/// compared.
pub(super) fn may_become(theirs: (&Schema, &Nodes), ours: (&Schema, &Nodes)) -> bool {
    let converts = ours.0.evolution().is_some_and(|evolution| !evolution.forms.is_empty());
    let (theirs, ours) = (inside(theirs), inside(ours));
    converts
        || match (theirs, ours) {
            (Kind::Int { .. }, Kind::Int { .. } | Kind::Float { .. })
            | (Kind::Char, Kind::Str)
            | (_, Kind::Known(_)) => true,
            _ if is_list(theirs) => is_list(ours),
            _ => core::mem::discriminant(theirs) == core::mem::discriminant(ours),
        }
}

fn is_list(kind: &Kind) -> bool {
    matches!(kind, Kind::List(_) | Kind::Set(_) | Kind::Array(..) | Kind::Raw(_) | Kind::Grid(..))
}

fn inside<'s>((schema, nodes): (&'s Schema, &'s Nodes)) -> &'s Kind {
    let mut kind = &schema.kind;
    for _ in 0..MOST {
        kind = match kind {
            Kind::Optional(link) | Kind::Boxed(link) => behind(nodes, *link),
            _ => break,
        };
    }
    kind
}

fn behind(nodes: &Nodes, link: Link) -> &Kind {
    &nodes.get(link).kind
}
