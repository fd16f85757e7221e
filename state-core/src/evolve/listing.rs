//! A form as it is recorded: a listing for people, and its canonical bytes.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

#[cfg(feature = "std")]
use super::history::{BYTES, FORM, MEMBER, ROWS};
use crate::error::Escaped;
#[cfg(feature = "std")]
use crate::schema::fingerprint::hash;
#[cfg(feature = "std")]
use crate::schema::{Carried, recorded_names, write_canonical};
use crate::schema::{Kind, Nodes, Schema, Show, brief};

/// The number of canonical bytes in a line.
#[cfg(feature = "std")]
const LINE: usize = 48;

/// Returns the name under which a type's forms are recorded.
pub(super) fn name(schema: &Schema, nodes: &Nodes) -> String {
    match schema.tag() {
        Some(tag) => Escaped(tag).to_string(),
        None => brief(&Show(schema, nodes)),
    }
}

/// Returns a form as it is recorded in the file: a listing for people, and the canonical bytes.
#[cfg(feature = "std")]
pub(super) fn record(schema: &'static Schema, canonical: &[u8], rows: &[u8]) -> String {
    recorded_as(&name(schema, Nodes::NONE), schema, canonical, rows)
}

/// Returns the record of a type in an open set.
#[cfg(feature = "std")]
pub(super) fn record_member(set: &str, tag: &str, schema: &'static Schema) -> String {
    let name = member_name(set, tag);
    let mut out = recorded_as(&name, schema, &write_canonical(schema), &Carried::recorded(schema, true));
    add_bytes(&mut out, MEMBER, &recorded_names(set, tag));
    out
}

/// Returns the name under which a type in an open set is recorded.
#[cfg(feature = "std")]
pub(super) fn member_name(set: &str, tag: &str) -> String {
    alloc::format!("{} in {}", Escaped(tag), Escaped(set))
}

#[cfg(feature = "std")]
fn recorded_as(name: &str, schema: &'static Schema, canonical: &[u8], rows: &[u8]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{FORM}{name} {:016x}", hash(canonical));
    out.push_str(&list(schema, Nodes::NONE, "    "));
    add_bytes(&mut out, BYTES, canonical);
    if !rows.is_empty() {
        add_bytes(&mut out, ROWS, &[rows, &hash(rows).to_le_bytes()].concat());
    }
    out
}

#[cfg(feature = "std")]
fn add_bytes(out: &mut String, prefix: &str, bytes: &[u8]) {
    for line in bytes.chunks(LINE) {
        out.push_str(prefix);
        for byte in line {
            let _ = write!(out, "{byte:02x}");
        }
        out.push('\n');
    }
}

/// Lists the named types in a schema, with a line for each of their parts.
pub(super) fn list(root: &Schema, nodes: &Nodes, indent: &str) -> String {
    let mut out = String::new();
    let (mut seen, mut open): (Vec<&Schema>, Vec<&Schema>) = (Vec::new(), alloc::vec![root]);
    while let Some(node) = open.pop() {
        if node.tag().is_some() {
            if seen.iter().any(|seen| seen.same_type(node)) {
                continue;
            }
            seen.push(node);
            parts(node, nodes, |line| {
                let _ = writeln!(out, "{indent}{line}");
            });
        }
        open.extend(node.links().into_iter().rev().map(|link| nodes.get(link)));
    }
    out
}

fn parts(node: &Schema, nodes: &Nodes, mut line: impl FnMut(String)) {
    let show = |link| brief(&Show(nodes.get(link), nodes));
    match &node.kind {
        Kind::Object(object) => {
            for (number, slot) in object.slots.iter().enumerate() {
                let parent = if object.has_parent && number == 0 { " (parent)" } else { "" };
                line(alloc::format!("{}.{}: {}{parent}", Escaped(&object.name), Escaped(&slot.name), show(slot.ty)));
            }
            if object.slots.is_empty() {
                line(Escaped(&object.name).to_string());
            }
        }
        Kind::Enum(of) => {
            for variant in &*of.variants {
                let name = alloc::format!("{}.{}", Escaped(&of.name), Escaped(&variant.name));
                if variant.slots.is_empty() {
                    line(name.clone());
                }
                for slot in &*variant.slots {
                    line(alloc::format!("{name}.{}: {}", Escaped(&slot.name), show(slot.ty)));
                }
            }
        }
        Kind::Record(record) => {
            for field in &*record.fields {
                let name = alloc::format!("{}.{}", Escaped(&record.name), Escaped(&field.name));
                line(alloc::format!("{name} at {}: {}", field.offset, show(field.ty)));
            }
        }
        _ => {}
    }
}
