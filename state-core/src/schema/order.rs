//! Whether equal states have equal images, as checksums need it.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Form, Kind, Link, Schema, Slot, root_name};

/// The path to the first hash map or set whose order equal states need not share, if there is one.
///
/// What is under `#[state(serde)]` is not seen.
///
/// Of open sets, the types are looked at that are registered now: whether there are any sets, so that it is to be asked
/// again, is the other result.
pub(crate) fn unordered(root: &'static Schema) -> (Option<String>, bool) {
    let mut search = Search { seen: Vec::new(), is_open: false };
    (search.node(root, root_name(root)), search.is_open)
}

struct Search {
    /// Named types that were met where nothing sorts them. By address: what is met twice costs nothing more.
    seen: Vec<&'static Schema>,
    /// Whether an open set was met.
    is_open: bool,
}

impl Search {
    fn node(&mut self, node: &'static Schema, path: &str) -> Option<String> {
        if node.hashed {
            return Some(path.into());
        }
        if node.tag().is_some() {
            if self.seen.iter().any(|seen| core::ptr::eq(*seen, node)) {
                return None;
            }
            self.seen.push(node);
        }
        match &node.kind {
            Kind::Object(object) => self.slots(&object.slots, path),
            Kind::Enum(of) if of.form == Form::Dynamic => of.variants.iter().find_map(|variant| {
                let path = alloc::format!("{path}.{}", variant.name);
                variant.slots.first().and_then(|slot| self.link(slot.ty, &path))
            }),
            Kind::Enum(of) => of.variants.iter().find_map(|variant| {
                let path = alloc::format!("{path}.{}", variant.name);
                self.slots(&variant.slots, &path)
            }),
            Kind::List(of) | Kind::Set(of) | Kind::Array(of, _) => self.link(*of, &alloc::format!("{path}[]")),
            Kind::Map(key, value) => {
                let path = alloc::format!("{path}[]");
                self.link(*key, &path).or_else(|| self.link(*value, &path))
            }
            Kind::Tuple(items) => {
                items.iter().enumerate().find_map(|(at, &item)| self.link(item, &alloc::format!("{path}.{at}")))
            }
            Kind::Open(open) => {
                self.is_open = true;
                let mut members = open.all().into_iter();
                members.find_map(|member| self.node((member.schema)(), &alloc::format!("{path}.{}", member.tag)))
            }
            _ => node.links().into_iter().find_map(|link| self.link(link, path)),
        }
    }

    fn link(&mut self, link: Link, path: &str) -> Option<String> {
        match link {
            Link::To(schema) => self.node(schema(), path),
            Link::At(_) => None,
        }
    }

    fn slots(&mut self, slots: &[Slot], path: &str) -> Option<String> {
        let open = slots.iter().filter(|slot| !slot.sorted);
        let mut found = open.map(|slot| self.link(slot.ty, &alloc::format!("{path}.{}", slot.name)));
        found.find_map(|found| found)
    }
}
