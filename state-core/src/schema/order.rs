//! Whether equal states have equal images, which checksums require.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Form, Kind, Link, Schema, Slot, root_name};

/// Returns the path to the first hash map or set in whose order equal states may differ, if there is one.
///
/// It does not look into fields with `#[state(serde)]`.
///
/// In open sets, it looks at the types that are registered now. The second result is whether there are any open sets,
/// so that the answer can change.
pub(crate) fn unordered(root: &'static Schema) -> (Option<String>, bool) {
    let mut search = Search { seen: Vec::new(), is_open: false };
    (search.node(root, root_name(root)), search.is_open)
}

struct Search {
    /// Named types that occurred where nothing sorts them. By address: it does not matter if a type is visited twice.
    seen: Vec<&'static Schema>,
    /// Whether an open set was encountered.
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
