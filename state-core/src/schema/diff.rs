//! Where two schemas part: the first slot, in order, that the one has differently from the other.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::show::Show;
use super::{Kind, Link, Nodes, Schema, Slot};

/// A graph of schemas, seen from its root.
#[derive(Clone, Copy)]
pub(crate) struct Graph<'a> {
    pub nodes: &'a Nodes,
    pub root: &'a Schema,
}

/// The first difference: the path to it, what `ours` has there, and what `theirs` has.
pub(crate) struct Difference {
    pub path: String,
    pub ours: String,
    pub theirs: String,
}

pub(crate) fn first_difference(ours: Graph<'_>, theirs: Graph<'_>) -> Option<Difference> {
    let mut pair = Pair { ours: ours.nodes, theirs: theirs.nodes, seen: Vec::new() };
    pair.nodes(ours.root, theirs.root, root_name(ours.root))
}

/// The last component of a type tag.
pub(crate) fn short(tag: &str) -> &str {
    tag.rsplit(['.', ':']).next().unwrap_or(tag)
}

/// What paths into a type start with.
pub(crate) fn root_name(schema: &Schema) -> &str {
    schema.tag().map(short).unwrap_or_default()
}

struct Pair<'a> {
    ours: &'a Nodes,
    theirs: &'a Nodes,
    seen: Vec<(*const Schema, *const Schema)>,
}

impl<'a> Pair<'a> {
    fn links(&mut self, ours: Link, theirs: Link, path: &str) -> Option<Difference> {
        self.nodes(self.ours.get(ours), self.theirs.get(theirs), path)
    }

    fn here(&self, ours: &Schema, theirs: &Schema, path: &str) -> Difference {
        let (ours, theirs) = (Show(ours, self.ours).to_string(), Show(theirs, self.theirs).to_string());
        Difference { path: path.to_string(), ours, theirs }
    }

    fn nodes(&mut self, ours: &'a Schema, theirs: &'a Schema, path: &str) -> Option<Difference> {
        if ours.tag().is_some() {
            // A pair that is already being compared can only differ where it does so further out.
            if self.seen.contains(&(core::ptr::from_ref(ours), core::ptr::from_ref(theirs))) {
                return None;
            }
            self.seen.push((ours, theirs));
        }
        if ours.tag() != theirs.tag() {
            return Some(self.here(ours, theirs, path));
        }
        match (&ours.kind, &theirs.kind) {
            (Kind::Object(a), Kind::Object(b)) if a.has_parent == b.has_parent => self.slots(&a.slots, &b.slots, path),
            (Kind::Enum(a), Kind::Enum(b)) => {
                for (a, b) in a.variants.iter().zip(&*b.variants) {
                    if a.name != b.name {
                        return Some(differ(path, format!("variant {}", a.name), format!("variant {}", b.name)));
                    }
                    let found = self.slots(&a.slots, &b.slots, &format!("{path}.{}", a.name));
                    if found.is_some() {
                        return found;
                    }
                }
                count("variant", path, a.variants.len(), b.variants.len())
            }
            (Kind::Record(a), Kind::Record(b)) => {
                for (a, b) in a.fields.iter().zip(&*b.fields) {
                    if (&a.name, a.offset) != (&b.name, b.offset) {
                        let place = |name: &str, at| format!("field {name} at offset {at}");
                        return Some(differ(path, place(&a.name, a.offset), place(&b.name, b.offset)));
                    }
                    let found = self.links(a.ty, b.ty, &format!("{path}.{}", a.name));
                    if found.is_some() {
                        return found;
                    }
                }
                count("field", path, a.fields.len(), b.fields.len())
                    .or_else(|| count("byte", path, ours.head, theirs.head))
            }
            _ => self.unnamed(ours, theirs, path),
        }
    }

    fn slots(&mut self, ours: &[Slot], theirs: &[Slot], path: &str) -> Option<Difference> {
        for (ours, theirs) in ours.iter().zip(theirs) {
            let path = format!("{path}.{}", ours.name);
            if ours.name != theirs.name {
                let (ours, theirs) = (format!("a slot named {}", ours.name), format!("one named {}", theirs.name));
                return Some(differ(&path, ours, theirs));
            }
            let found = self.links(ours.ty, theirs.ty, &path);
            if found.is_some() {
                return found;
            }
        }
        match (ours.get(theirs.len()), theirs.get(ours.len())) {
            (Some(more), _) => Some(differ(&format!("{path}.{}", more.name), "this slot", "a state without it")),
            (_, Some(more)) => Some(differ(path, "no further slot", format!("one named {}", more.name))),
            _ => None,
        }
    }

    /// Kinds without a name: alike if they are of one shape and what they link to is alike.
    fn unnamed(&mut self, ours: &'a Schema, theirs: &'a Schema, path: &str) -> Option<Difference> {
        let alike = match (&ours.kind, &theirs.kind) {
            (Kind::Array(_, a), Kind::Array(_, b)) => a == b,
            (Kind::Raw(a), Kind::Raw(b)) => (a.optional, a.counted, a.exactly) == (b.optional, b.counted, b.exactly),
            (Kind::Tuple(a), Kind::Tuple(b)) => a.len() == b.len(),
            (a, b) if ours.links().is_empty() => format!("{a:?}") == format!("{b:?}"),
            (a, b) => core::mem::discriminant(a) == core::mem::discriminant(b),
        };
        if !alike {
            return Some(self.here(ours, theirs, path));
        }
        let part = |at: usize| match &ours.kind {
            Kind::Tuple(_) => format!("{path}.{at}"),
            Kind::List(_) | Kind::Set(_) | Kind::Map(..) | Kind::Array(..) => format!("{path}[]"),
            _ => path.to_string(),
        };
        let (a, b) = (ours.links(), theirs.links());
        a.into_iter().zip(b).enumerate().find_map(|(at, (a, b))| self.links(a, b, &part(at)))
    }
}

fn differ(path: &str, ours: impl Into<String>, theirs: impl Into<String>) -> Difference {
    Difference { path: path.to_string(), ours: ours.into(), theirs: theirs.into() }
}

fn count(what: &str, path: &str, ours: usize, theirs: usize) -> Option<Difference> {
    let say = |n: usize| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    (ours != theirs).then(|| differ(path, say(ours), say(theirs)))
}
