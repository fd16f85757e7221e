//! The names of classes: found from the parts of a pickle, and compared with the tags of types.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::arena::{Id, Tag};
use super::parts::Parts;
use super::view::Name;

/// How deep classes may be nested in each other.
const NESTED: usize = 16;

impl Parts<'_> {
    /// Returns whether a part is the class or function `tag`.
    pub(super) fn is_named(&self, mut id: Id, mut tag: &str) -> bool {
        loop {
            if let Some(name) = self.name(id) {
                return name.is(tag);
            }
            // A class within a class, as written before protocol 4.
            let Some((of, attribute)) = self.attribute(id) else { return false };
            match tag.strip_suffix(attribute).and_then(|outer| outer.strip_suffix('.')) {
                Some(outer) => (id, tag) = (of, outer),
                None => return false,
            }
        }
    }

    /// Returns the object and the name of `getattr(object, name)`.
    pub(super) fn attribute(&self, id: Id) -> Option<(Id, &str)> {
        let place = id.place().filter(|&place| self.arena.tag(place) == Tag::Call)?;
        let name = self.name(self.arena.part(place, 0))?;
        if (name.module, name.name) != ("builtins", "getattr") {
            return None;
        }
        let mut arguments = self.arguments(self.arena.part(place, 1));
        let (of, attribute) = (arguments.next()?, arguments.next()?);
        // With a third argument, the attribute need not exist.
        if arguments.len() > 0 || self.effects.group_of(place).is_some() {
            return None;
        }
        // Reading long texts again and again would take too long, and no name is that long.
        let attribute = self.is_short(attribute).then(|| self.text(attribute))?;
        attribute.filter(|text| !text.is_empty() && !text.contains('.')).map(|text| (of, text))
    }

    /// Returns whether a part is an attribute, to which nothing was added.
    pub(super) fn is_attribute(&self, id: Id) -> bool {
        self.attribute(id).is_some() && id.place().is_some_and(|place| self.arena.changes(place).next().is_none())
    }

    /// Returns the name of a member of the enum `tag`.
    pub(super) fn member_of(&self, id: Id, tag: &str) -> Option<&str> {
        if let Some((of, member)) = self.attribute(id) {
            return self.is_named(of, tag).then_some(member);
        }
        let name = self.name(id)?;
        let (class, member) = name.name.rsplit_once('.')?;
        Name { name: class, ..name }.is(tag).then_some(member)
    }

    /// Returns the full name of a class or function, or what kind of part it is.
    pub(super) fn class_name(&self, id: Id) -> String {
        match self.class_path(id) {
            Some((module, name)) => format!("{module}.{name}"),
            None => self.plain(id).kind().to_string(),
        }
    }

    /// Returns the module of a class or function, and its name in it, even if that is composed of several `getattr`.
    pub(super) fn class_path(&self, mut id: Id) -> Option<(&str, String)> {
        let mut attributes: Vec<&str> = Vec::new();
        loop {
            if let Some(name) = self.name(id) {
                // A long name would be copied for each of its attributes.
                if !attributes.is_empty() && self.is_long_name(id) {
                    return None;
                }
                attributes.push(name.name);
                attributes.reverse();
                return Some((name.module, attributes.join(".")));
            }
            let (of, attribute) = self.attribute(id)?;
            attributes.push(attribute);
            // No name is that deep, and each of these objects would have to be followed again and again.
            id = (attributes.len() < NESTED).then_some(of)?;
        }
    }
}
