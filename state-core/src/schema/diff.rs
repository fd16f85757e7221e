//! The difference between two schemas: the first slot, in order, that differs.

use alloc::format;
use alloc::string::{String, ToString};

use super::show::{Show, brief};
use super::{Kind, Link, Nodes, Object, Schema, Slot};
use crate::error::Escaped;
use crate::places::{Places, pair};

/// The depth below which differences are not looked for.
const DEPTH: u32 = 256;

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
    let mut pair = Pair { ours: ours.nodes, theirs: theirs.nodes, seen: Places::default(), depth: DEPTH };
    pair.nodes(ours.root, theirs.root, root_name_in(ours.nodes, ours.root))
}

/// The last component of a type tag.
pub(crate) fn short(tag: &str) -> &str {
    tag.rsplit(['.', ':']).next().unwrap_or(tag)
}

/// The name that paths into a type of the program begin with.
pub(crate) fn root_name(schema: &Schema) -> &str {
    root_name_in(Nodes::NONE, schema)
}

/// As [`root_name`], for a type with these nodes: its name or, for a pointer, the name of what it points to.
pub(crate) fn root_name_in<'a>(nodes: &'a Nodes, schema: &'a Schema) -> &'a str {
    match (schema.tag(), &schema.kind) {
        (Some(tag), _) => short(tag),
        (None, Kind::Boxed(of)) => nodes.get(*of).tag().map(short).unwrap_or_default(),
        _ => "",
    }
}

struct Pair<'a> {
    ours: &'a Nodes,
    theirs: &'a Nodes,
    seen: Places,
    depth: u32,
}

impl<'a> Pair<'a> {
    fn links(&mut self, ours: Link, theirs: Link, path: &str) -> Option<Difference> {
        self.nodes(self.ours.get(ours), self.theirs.get(theirs), path)
    }

    fn here(&self, ours: &Schema, theirs: &Schema, path: &str) -> Difference {
        let (ours, theirs) = (brief(&Show(ours, self.ours)), brief(&Show(theirs, self.theirs)));
        Difference { path: path.to_string(), ours, theirs }
    }

    fn nodes(&mut self, ours: &'a Schema, theirs: &'a Schema, path: &str) -> Option<Difference> {
        // If this pair is already being compared, any difference in it is found there.
        if ours.tag().is_some() && !self.seen.set(pair(ours, theirs), 0) {
            return None;
        }
        self.depth = self.depth.checked_sub(1)?;
        let found = self.parts(ours, theirs, path);
        self.depth += 1;
        found
    }

    fn parts(&mut self, ours: &'a Schema, theirs: &'a Schema, path: &str) -> Option<Difference> {
        if ours.tag() != theirs.tag() {
            return Some(self.here(ours, theirs, path));
        }
        match (&ours.kind, &theirs.kind) {
            (Kind::Object(a), Kind::Object(b)) => parent(path, a, b).or_else(|| self.slots(&a.slots, &b.slots, path)),
            (Kind::Enum(a), Kind::Enum(b)) => {
                for (a, b) in a.variants.iter().zip(&*b.variants) {
                    if a.name != b.name {
                        return Some(differ(
                            path,
                            format!("variant {}", a.name),
                            format!("variant {}", Escaped(&b.name)),
                        ));
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
                        let place = |name: &str, at| format!("field {} at offset {at}", Escaped(name));
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
            (a, b) if ours.tag().is_some() => Some(differ(path, named(a), named(b))),
            _ => self.unnamed(ours, theirs, path),
        }
    }

    fn slots(&mut self, ours: &[Slot], theirs: &[Slot], path: &str) -> Option<Difference> {
        for (ours, theirs) in ours.iter().zip(theirs) {
            let path = format!("{path}.{}", ours.name);
            if ours.name != theirs.name {
                let (ours, theirs) =
                    (format!("a slot named {}", ours.name), format!("one named {}", Escaped(&theirs.name)));
                return Some(differ(&path, ours, theirs));
            }
            let found = self.links(ours.ty, theirs.ty, &path);
            if found.is_some() {
                return found;
            }
        }
        match (ours.get(theirs.len()), theirs.get(ours.len())) {
            (Some(more), _) => Some(differ(&format!("{path}.{}", more.name), "this slot", "a state without it")),
            (_, Some(more)) => Some(differ(path, "no further slot", format!("one named {}", Escaped(&more.name)))),
            _ => None,
        }
    }

    /// Compares kinds without a name: they are alike if they have the same shape and what they link to is alike.
    fn unnamed(&mut self, ours: &'a Schema, theirs: &'a Schema, path: &str) -> Option<Difference> {
        let alike = match (&ours.kind, &theirs.kind) {
            (Kind::Array(_, a), Kind::Array(_, b)) => a == b,
            (Kind::Raw(a), Kind::Raw(b)) => (a.optional, a.counted, a.exactly) == (b.optional, b.counted, b.exactly),
            (Kind::Grid(_, a), Kind::Grid(_, b)) => a == b,
            (Kind::Tuple(a), Kind::Tuple(b)) => a.len() == b.len(),
            (a, b) => a.is_alike(b),
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

/// The difference of whether the first slot is a parent.
fn parent(path: &str, ours: &Object, theirs: &Object) -> Option<Difference> {
    let first = ours.slots.first().or(theirs.slots.first()).map_or("", |slot| &slot.name);
    let say = |object: &Object| if object.has_parent { "a parent" } else { "no parent" };
    (ours.has_parent != theirs.has_parent).then(|| differ(&format!("{path}.{first}"), say(ours), say(theirs)))
}

/// What kind of type has the name.
pub(crate) fn named(kind: &Kind) -> &'static str {
    match kind {
        Kind::Object(_) => "a struct",
        Kind::Enum(_) => "an enum",
        _ => "a record",
    }
}

fn differ(path: &str, ours: impl Into<String>, theirs: impl Into<String>) -> Difference {
    Difference { path: path.to_string(), ours: ours.into(), theirs: theirs.into() }
}

fn count(what: &str, path: &str, ours: usize, theirs: usize) -> Option<Difference> {
    let say = |n: usize| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    (ours != theirs).then(|| differ(path, say(ours), say(theirs)))
}
