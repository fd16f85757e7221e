//! A layer: what a form says about a class or one of its bases, which is a schema, and tables for lookups in it.

use crate::order::order;
use crate::places::{Table, Words, words};
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

use super::no_schemas;
use crate::array::Elements;
use crate::error::Result;
use crate::evolve::{Parsed, Resolved};
use crate::schema::{
    Enum, EnumVariant, Graph, Kind, Nodes, Object, OldForm, Open, Rows, Schema, divide_class, first_difference,
};

/// For larger schemas, `upgrade` is given values without the names of the slots inside them.
const MOST_NAMED: usize = 1024;

/// The node of several types with one tag.
const SEVERAL: usize = usize::MAX;

/// An older form, and the conversion to it.
type FoundForm = (&'static OldForm, Rc<Resolved>);

#[derive(Debug)]
pub(in crate::pickle::decode) struct Layer {
    /// The number of its first node among those of all layers.
    pub first: usize,
    pub nodes: Nodes,
    root: usize,
    /// The layout of an element by its node, once it was needed.
    layouts: Table<OnceCell<Arc<str>>>,
    /// The variants of an enum in the order of their names, by its node.
    variants: Table<Vec<usize>>,
    /// The node of a type by its open set and tag; `SEVERAL` if there are several.
    members: Words,
    /// By the node of a raw array and the address of a type, the conversion of its elements; `None` if there is none.
    conversions: RefCell<Table<Option<Rc<Resolved>>>>,
    /// By the node of a part and the address of a type's older forms, the one that the part has and how it is made.
    forms: RefCell<Table<Option<FoundForm>>>,
    /// Whether there are names in a node, once that was determined.
    has_names: RefCell<Table<bool>>,
}

impl Layer {
    pub fn read(bytes: &[u8], class: &str, first: usize, memory: usize) -> Result<Self> {
        let (members, schema) = divide_class(bytes).ok_or_else(no_schemas)?;
        let rows = Rows { members: members.into(), ..Rows::default() };
        // The schema names the class without its module.
        let name = class.rsplit_once('.').map_or(class, |(_, name)| name);
        let (nodes, root) = Nodes::read(schema, &rows, memory, Some(name))?;
        let (mut layouts, mut variants, mut members) = (Table::default(), Table::default(), Words::default());
        let mut sets = Words::default();
        for (at, node) in nodes.0.iter().enumerate() {
            match &node.kind {
                Kind::Raw(raw) => {
                    if let Some(element) = nodes.place_of(nodes.get(raw.element)) {
                        layouts.set([element, 0], OnceCell::new());
                    }
                }
                Kind::Enum(of) => {
                    let order = order(of.variants.len(), &|a, b| of.variants[a].name.cmp(&of.variants[b].name));
                    variants.set([at, 0], order);
                }
                Kind::Open(open) if sets.meet(open.name.as_bytes()) => {
                    for member in nodes.members(open) {
                        let key = words(&open.name, member.tag.as_bytes());
                        let place = nodes.place_of(member.schema).filter(|_| members.get(&key).is_none());
                        members.set(key, place.unwrap_or(SEVERAL));
                    }
                }
                _ => {}
            }
        }
        Ok(Self {
            first,
            nodes,
            root,
            layouts,
            variants,
            members,
            conversions: RefCell::default(),
            forms: RefCell::default(),
            has_names: RefCell::default(),
        })
    }

    /// Returns the number after that of the last node.
    pub fn end(&self) -> usize {
        self.first + self.nodes.0.len()
    }

    /// Returns the memory that the nodes occupy.
    pub fn memory(&self) -> usize {
        self.nodes.0.len().saturating_mul(size_of::<Schema>())
    }

    /// Returns the node of the class itself.
    pub fn root(&self) -> Option<&Schema> {
        self.nodes.0.get(self.root)
    }

    /// Returns the conversion of a raw array to one of the program. Each is planned once.
    pub fn conversion(&self, schema: &Schema, ours: &'static Schema) -> Option<Rc<Resolved>> {
        let place = self.nodes.place_of(schema)?;
        let key = [place, core::ptr::from_ref(ours) as usize];
        let known = self.conversions.borrow().get(key).cloned();
        known.unwrap_or_else(|| {
            let planned = Parsed::raw(&self.nodes, place).and_then(|raw| raw.plan_ahead(ours).ok()).map(Rc::new);
            self.conversions.borrow_mut().set(key, planned.clone());
            planned
        })
    }

    /// Returns which older form of a type a part has, and the conversion to it: the same form, or else the first that
    /// can be made from the part. Each is planned once, and may take as much memory as `spend` allows.
    pub fn form_among(
        &self,
        schema: &Schema,
        forms: &'static [OldForm],
        spend: impl Fn(usize) -> Option<()>,
    ) -> Option<FoundForm> {
        let place = self.nodes.place_of(schema)?;
        let key = [place, forms.as_ptr() as usize];
        if let Some(known) = self.forms.borrow().get(key) {
            return known.clone();
        }
        // A plan has a copy of the schema, and a pickle can have a long one with many parts.
        let is_leaf = schema.links().is_empty();
        if !is_leaf {
            spend(self.memory().saturating_mul(forms.len() + 1))?;
        }
        let theirs = Graph { nodes: &self.nodes, root: schema };
        let is_same =
            |form: &&OldForm| first_difference(Graph { nodes: Nodes::NONE, root: (form.schema)() }, theirs).is_none();
        let planned = |form: &'static OldForm| {
            let parsed = match is_leaf {
                true => Parsed::raw(&self.nodes, place)?,
                false => Parsed::part(self.nodes.clone(), place),
            };
            Some((form, Rc::new(parsed.plan_ahead((form.schema)()).ok()?)))
        };
        let found = forms.iter().find(is_same).and_then(planned).or_else(|| forms.iter().find_map(planned));
        self.forms.borrow_mut().set(key, found.clone());
        found
    }

    /// Returns the layout of an element of a raw array.
    pub fn layout(&self, element: &Schema) -> Option<&Arc<str>> {
        let layout = self.layouts.get([self.nodes.place_of(element)?, 0])?;
        Some(layout.get_or_init(|| Elements { schema: element, nodes: &self.nodes }.layout().into()))
    }

    /// Returns the variant with this name.
    pub fn variant<'a>(&self, schema: &Schema, of: &'a Enum, name: &str) -> Option<&'a EnumVariant> {
        let order = self.variants.get([self.nodes.place_of(schema)?, 0])?;
        let at = order.binary_search_by(|&variant| (*of.variants[variant].name).cmp(name)).ok()?;
        of.variants.get(order[at])
    }

    /// Returns the node of the type with this tag in an open set.
    pub fn member(&self, open: &Open, tag: &str) -> Option<usize> {
        self.members.get(&words(&open.name, tag.as_bytes())).filter(|&node| node != SEVERAL)
    }

    /// Returns whether `upgrade` is given a value of this type with the names of the slots inside it.
    pub fn has_names(&self, schema: &Schema) -> bool {
        let Some(place) = self.nodes.place_of(schema).filter(|_| self.nodes.0.len() <= MOST_NAMED) else {
            return false;
        };
        let known = self.has_names.borrow().get([place, 0]).copied();
        known.unwrap_or_else(|| {
            let reaches = |is: fn(&Kind) -> bool| self.nodes.reach(schema, |node| is(&node.kind));
            let has_names = reaches(|kind| matches!(kind, Kind::Object(_) | Kind::Enum(_)))
                && !reaches(|kind| matches!(kind, Kind::Open(_)));
            self.has_names.borrow_mut().set([place, 0], has_names);
            has_names
        })
    }
}

/// Returns the object that a node is, if it is one.
pub(super) fn object(schema: &Schema) -> Option<&Object> {
    match &schema.kind {
        Kind::Object(object) => Some(object),
        _ => None,
    }
}
