//! The classes of types in Python, each with the types that share it; and the types of enums that are not classes.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ptr::from_ref;

use super::hashing::Hashing;
use super::identifier::{identifier, is_identifier};
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::encode::Global;
use crate::schema::{Enum, Form, Graph, Kind, Link, Nodes, Object, Schema, Slot, first_difference};

/// Everything from which a module is written.
pub(super) struct Collected<'s> {
    pub nodes: &'s Nodes,
    pub classes: Vec<Class<'s>>,
    pub unions: Vec<Union<'s>>,
}

/// A class of Python.
pub(super) struct Class<'s> {
    pub module: &'s str,
    /// Its names in the module, from the outermost to the innermost.
    pub path: Vec<&'s str>,
    /// The same names, made valid in Python.
    pub names: Vec<String>,
    pub of: Of<'s>,
}

pub(super) enum Of<'s> {
    /// Structs with the same name: several if a type has parameters.
    Objects(Vec<&'s Object>, Equality),
    /// The variants without slots.
    Members(&'s Enum),
    /// No type: it exists only because another class is inside it.
    Nothing,
}

/// How objects of a class are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Equality {
    Fields,
    /// By their fields, and they are keys too.
    Hashed,
    /// By identity, because their fields cannot be compared or cannot be keys.
    Identity,
}

/// The type of an enum's values, which are tuples.
pub(super) struct Union<'s> {
    pub schema: &'s Schema,
    pub of: &'s Enum,
    pub module: &'s str,
    pub name: String,
}

/// A slot of the flat state.
#[derive(Clone, Copy)]
pub(super) struct FlatSlot<'s> {
    pub slot: &'s Slot,
    pub schema: &'s Schema,
}

impl<'s> Collected<'s> {
    pub fn of(graph: Graph<'s>) -> Result<Self> {
        let mut this = Self { nodes: graph.nodes, classes: Vec::new(), unions: Vec::new() };
        let mut enums: Vec<(&Schema, &Enum)> = Vec::new();
        let (mut seen, mut open) = (BTreeSet::new(), alloc::vec![graph.root]);
        while let Some(node) = open.pop() {
            if !seen.insert(from_ref(node)) {
                continue;
            }
            match &node.kind {
                Kind::Object(object) => this.object(object)?,
                Kind::Enum(of) if !enums.iter().any(|(other, _)| this.is_same(other, node)) => {
                    this.members(of)?;
                    enums.push((node, of));
                }
                #[cfg(feature = "pyo3")]
                Kind::Handle(_) => {
                    let expected = "types that are pickled without Python";
                    return Err(Error::new(ErrorKind::Unwritable, expected, "one that holds objects of Python"));
                }
                _ => {}
            }
            open.extend(node.links().into_iter().rev().map(|link| graph.nodes.get(link)));
        }
        this.nest();
        for (schema, of) in enums {
            this.union(schema, of, graph.root);
        }
        let hashing = Hashing::of(graph);
        for class in &mut this.classes {
            if let Of::Objects(objects, equality) = &mut class.of {
                *equality = hashing.of_class(objects);
            }
        }
        Ok(this)
    }

    /// Returns whether two nodes are the same type, pickled in the same way.
    fn is_same(&self, one: &Schema, other: &Schema) -> bool {
        let graph = |root| Graph { nodes: self.nodes, root };
        let form = |schema: &Schema| match &schema.kind {
            Kind::Object(object) => object.form,
            Kind::Enum(of) => of.form,
            _ => Form::State,
        };
        core::ptr::eq(one, other) || (form(one) == form(other) && first_difference(graph(one), graph(other)).is_none())
    }

    fn object(&mut self, object: &'s Object) -> Result<()> {
        let places = self.places(object);
        if object.form == Form::Range && places.iter().all(|place| matches!(place.schema.kind, Kind::Int { .. })) {
            return Ok(());
        }
        let Some(class) = self.class(&object.name) else {
            self.add(&object.name, Of::Objects(alloc::vec![object], Equality::Fields));
            return Ok(());
        };
        let Of::Objects(objects, _) = &self.classes[class].of else { return Err(different(&object.name)) };
        let first = objects[0];
        let same_slots = || {
            let others = self.places(first);
            let named = |a: &FlatSlot<'_>, b: &FlatSlot<'_>| {
                a.slot.name == b.slot.name && is_counted(a.schema) == is_counted(b.schema)
            };
            places.len() == others.len() && places.iter().zip(&others).all(|(a, b)| named(a, b))
        };
        if first.form != object.form || !same_slots() {
            return Err(different(&object.name));
        }
        if let Of::Objects(objects, _) = &mut self.classes[class].of {
            objects.push(object);
        }
        Ok(())
    }

    fn members(&mut self, of: &'s Enum) -> Result<()> {
        if of.form != Form::Enum || of.variants.iter().all(|variant| !variant.slots.is_empty()) {
            return Ok(());
        }
        let Some(class) = self.class(&of.name) else {
            self.add(&of.name, Of::Members(of));
            return Ok(());
        };
        let units = |of: &Enum| {
            let units = of.variants.iter().filter(|variant| variant.slots.is_empty());
            units.map(|variant| (variant.name.to_string(), variant.value)).collect::<Vec<_>>()
        };
        match self.classes[class].of {
            Of::Members(first) if units(first) == units(of) => Ok(()),
            _ => Err(different(&of.name)),
        }
    }

    fn class(&self, tag: &str) -> Option<usize> {
        let Global { module, name } = Global::of_tag(tag);
        self.classes.iter().position(|class| class.module == module && name.split('.').eq(class.path.iter().copied()))
    }

    fn add(&mut self, tag: &'s str, of: Of<'s>) {
        let Global { module, name } = Global::of_tag(tag);
        self.classes.push(Class { module, path: name.split('.').collect(), names: Vec::new(), of });
    }

    /// Adds the classes around others, and gives all of them valid names in Python, equal ones to equal classes.
    fn nest(&mut self) {
        let mut at = 0;
        while at < self.classes.len() {
            let Class { module, path, .. } = &self.classes[at];
            let (module, outer) = (*module, path[..path.len() - 1].to_vec());
            let is_there = |class: &Class<'_>| class.module == module && class.path == outer;
            if !outer.is_empty() && !self.classes.iter().any(is_there) {
                self.classes.push(Class { module, path: outer, names: Vec::new(), of: Of::Nothing });
            }
            at += 1;
        }
        // Valid names come first, so that no other class takes them.
        let mut order: Vec<usize> = (0..self.classes.len()).collect();
        order.sort_by_key(|&at| {
            let path = &self.classes[at].path;
            (path.len(), !path.iter().all(|name| is_identifier(name)))
        });
        for at in order {
            let Class { module, path, .. } = &self.classes[at];
            let (Some((last, outer)), module) = (path.split_last(), *module) else { continue };
            let outer = self.classes.iter().find(|class| class.module == module && class.path == outer);
            let mut names = outer.map_or_else(Vec::new, |outer| outer.names.clone());
            let is_taken = |name: &str| {
                let beside = self.classes.iter().filter(|class| class.module == module);
                beside.filter_map(|class| class.names.split_last()).any(|(last, outer)| last == name && outer == names)
            };
            let name = identifier(last, is_taken);
            names.push(name);
            self.classes[at].names = names;
        }
    }

    /// Adds the type of an enum, unless all its values are members of a class.
    fn union(&mut self, schema: &'s Schema, of: &'s Enum, root: &'s Schema) {
        if of.form == Form::Enum && of.variants.iter().all(|variant| variant.slots.is_empty()) {
            return;
        }
        let (own, root) = (Global::of_tag(&of.name), Global::of_tag(root.tag().unwrap_or(&of.name)));
        let is_module = |module: &str| self.classes.iter().any(|class| class.module == module);
        let module = match self.classes.first() {
            Some(_) if is_module(own.module) => own.module,
            Some(first) => first.module,
            None => root.module,
        };
        let last = own.name.rsplit('.').next().unwrap_or(own.name);
        let is_taken = |name: &str| {
            let class =
                |class: &Class<'_>| class.module == module && class.names.first().is_some_and(|own| own == name);
            self.classes.iter().any(class)
                || self.unions.iter().any(|union| union.module == module && union.name == name)
        };
        let name = identifier(last, is_taken);
        self.unions.push(Union { schema, of, module, name });
    }

    /// Returns the modules, in the order in which they were met.
    pub fn modules(&self) -> Vec<&'s str> {
        let mut modules = Vec::new();
        let all = self.classes.iter().map(|class| class.module).chain(self.unions.iter().map(|union| union.module));
        for module in all {
            if !modules.contains(&module) {
                modules.push(module);
            }
        }
        if modules.is_empty() {
            modules.push(super::MAIN);
        }
        modules
    }

    pub fn class_of(&self, tag: &str) -> Option<&Class<'s>> {
        self.class(tag).map(|at| &self.classes[at])
    }

    /// Returns the type of an enum's values, if they are tuples.
    pub fn union_of(&self, schema: &Schema) -> Option<&Union<'s>> {
        self.unions.iter().find(|union| self.is_same(union.schema, schema))
    }

    pub fn get(&self, link: Link) -> &'s Schema {
        self.nodes.get(link)
    }

    /// Returns the slots of an object, those of its parents first.
    pub fn places(&self, object: &'s Object) -> Vec<FlatSlot<'s>> {
        let mut places = Vec::new();
        self.add_places(object, &mut places);
        places
    }

    fn add_places(&self, object: &'s Object, places: &mut Vec<FlatSlot<'s>>) {
        for (number, slot) in object.slots.iter().enumerate() {
            let schema = self.get(slot.ty);
            match &schema.kind {
                Kind::Object(parent) if object.has_parent && number == 0 => self.add_places(parent, places),
                _ => places.push(FlatSlot { slot, schema }),
            }
        }
    }

    pub fn parent(&self, object: &'s Object) -> Option<&'s Object> {
        let first = object.slots.first().filter(|_| object.has_parent)?;
        match &self.get(first.ty).kind {
            Kind::Object(parent) => Some(parent),
            _ => None,
        }
    }
}

/// Returns whether the count of an array is a separate value in a flat state.
pub(super) fn is_counted(schema: &Schema) -> bool {
    matches!(&schema.kind, Kind::Raw(raw) if raw.counted)
}

#[cold]
fn different(tag: &str) -> Error {
    let found = format!("several that are called {tag} and differ in more than the types of their slots");
    Error::new(ErrorKind::Unwritable, "one type for each class of Python", found)
}
