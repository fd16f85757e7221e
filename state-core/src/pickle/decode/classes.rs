//! The names of classes: told from their parts, and compared with the tags of types.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::arena::{Id, Tag};
use super::parts::Parts;
use super::view::Name;

/// How many classes may stand in one another.
const NESTED: usize = 16;

impl Parts<'_> {
    /// Whether a part gives the class or function `tag`.
    pub(super) fn is_named(&self, mut id: Id, mut tag: &str) -> bool {
        loop {
            if let Some(name) = self.name(id) {
                return name.is(tag);
            }
            // A class within a class, before protocol 4.
            let Some((of, attribute)) = self.attribute(id) else { return false };
            match tag.strip_suffix(attribute).and_then(|outer| outer.strip_suffix('.')) {
                Some(outer) => (id, tag) = (of, outer),
                None => return false,
            }
        }
    }

    /// `getattr(object, name)`.
    pub(super) fn attribute(&self, id: Id) -> Option<(Id, &str)> {
        let place = id.place().filter(|&place| self.arena.tag(place) == Tag::Call)?;
        let name = self.name(self.arena.part(place, 0))?;
        if (name.module, name.name) != ("builtins", "getattr") {
            return None;
        }
        let mut arguments = self.arguments(self.arena.part(place, 1));
        let (of, attribute) = (arguments.next()?, arguments.next()?);
        // What a third argument stands for may be all that is there.
        if arguments.len() > 0 || self.effects.group_of(place).is_some() {
            return None;
        }
        // Long texts would have to be read again and again, and no name is that long.
        let attribute = self.is_short(attribute).then(|| self.text(attribute))?;
        attribute.filter(|text| !text.is_empty() && !text.contains('.')).map(|text| (of, text))
    }

    /// Whether a part is an attribute of something, and nothing was done with it.
    pub(super) fn is_attribute(&self, id: Id) -> bool {
        self.attribute(id).is_some() && id.place().is_some_and(|place| self.arena.changes(place).next().is_none())
    }

    /// The name of a member of the enum `tag`.
    pub(super) fn member_of(&self, id: Id, tag: &str) -> Option<&str> {
        if let Some((of, member)) = self.attribute(id) {
            return self.is_named(of, tag).then_some(member);
        }
        let name = self.name(id)?;
        let (class, member) = name.name.rsplit_once('.')?;
        Name { name: class, ..name }.is(tag).then_some(member)
    }

    /// The name of a class or function in full, or in general words.
    pub(super) fn class_name(&self, id: Id) -> String {
        match self.class_path(id) {
            Some((module, name)) => format!("{module}.{name}"),
            None => self.plain(id).kind().to_string(),
        }
    }

    /// The module of a class or function, and its name there, also where it is asked for attribute by attribute.
    pub(super) fn class_path(&self, mut id: Id) -> Option<(&str, String)> {
        let mut attributes: Vec<&str> = Vec::new();
        loop {
            if let Some(name) = self.name(id) {
                attributes.push(name.name);
                attributes.reverse();
                return Some((name.module, attributes.join(".")));
            }
            let (of, attribute) = self.attribute(id)?;
            attributes.push(attribute);
            // Names are not that deep; and each of the objects here would have to be followed again and again.
            id = (attributes.len() < NESTED).then_some(of)?;
        }
    }
}
