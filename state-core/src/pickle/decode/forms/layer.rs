//! What a form says of a class or of one of its bases: a schema, and what is looked up in it.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

use super::no_schemas;
use crate::array::Elements;
use crate::error::Result;
use crate::schema::{Enum, EnumVariant, Kind, Nodes, Object, Open, Rows, Schema, divide_class};

/// Of larger schemas, values are given to `upgrade` without the names of the slots inside them.
const MOST_NAMED: usize = 1024;

#[derive(Debug)]
pub(in crate::pickle::decode) struct Layer {
    /// The number of its first node among those of all layers.
    pub first: usize,
    pub nodes: Nodes,
    root: usize,
    /// By the node of elements, what lies where in one of them, once that is asked for.
    layouts: BTreeMap<usize, OnceCell<Arc<str>>>,
    /// By the node of an enum, its variants in the order of their names.
    variants: BTreeMap<usize, Vec<usize>>,
    /// By the open set and the tag, the node of a type; none where there are several.
    members: BTreeMap<String, BTreeMap<String, Option<usize>>>,
    /// Whether there are names in a node, once that was looked for.
    has_names: RefCell<BTreeMap<usize, bool>>,
}

impl Layer {
    pub fn read(bytes: &[u8], class: &str, first: usize, memory: usize) -> Result<Self> {
        let (members, schema) = divide_class(bytes).ok_or_else(no_schemas)?;
        let rows = Rows { members: members.into(), ..Rows::default() };
        // Of the class, the schema leaves out the module.
        let name = class.rsplit_once('.').map_or(class, |(_, name)| name);
        let (nodes, root) = Nodes::read(schema, &rows, memory, Some(name))?;
        let (mut layouts, mut variants) = (BTreeMap::new(), BTreeMap::new());
        let mut members: BTreeMap<String, BTreeMap<String, Option<usize>>> = BTreeMap::new();
        for (at, node) in nodes.0.iter().enumerate() {
            match &node.kind {
                Kind::Raw(raw) => {
                    layouts.extend(nodes.place_of(nodes.get(raw.element)).map(|element| (element, OnceCell::new())));
                }
                Kind::Enum(of) => {
                    let mut order: Vec<usize> = (0..of.variants.len()).collect();
                    order.sort_by_key(|&variant| &of.variants[variant].name);
                    variants.insert(at, order);
                }
                Kind::Open(open) if !members.contains_key(&*open.name) => {
                    let mut tags: BTreeMap<String, Option<usize>> = BTreeMap::new();
                    for member in nodes.members(open) {
                        let place = nodes.place_of(member.schema);
                        tags.entry(member.tag.to_string()).and_modify(|known| *known = None).or_insert(place);
                    }
                    members.insert(open.name.to_string(), tags);
                }
                _ => {}
            }
        }
        Ok(Self { first, nodes, root, layouts, variants, members, has_names: RefCell::default() })
    }

    /// The number behind that of its last node.
    pub fn end(&self) -> usize {
        self.first + self.nodes.0.len()
    }

    /// What its nodes take in memory.
    pub fn memory(&self) -> usize {
        self.nodes.0.len().saturating_mul(size_of::<Schema>())
    }

    /// The class's own node.
    pub fn root(&self) -> Option<&Schema> {
        self.nodes.0.get(self.root)
    }

    /// What lies where in an element of a raw array.
    pub fn layout(&self, element: &Schema) -> Option<&Arc<str>> {
        let layout = self.layouts.get(&self.nodes.place_of(element)?)?;
        Some(layout.get_or_init(|| Elements { schema: element, nodes: &self.nodes }.layout().into()))
    }

    /// The variant of this name.
    pub fn variant<'a>(&self, schema: &Schema, of: &'a Enum, name: &str) -> Option<&'a EnumVariant> {
        let order = self.variants.get(&self.nodes.place_of(schema)?)?;
        let at = order.binary_search_by(|&variant| (*of.variants[variant].name).cmp(name)).ok()?;
        of.variants.get(order[at])
    }

    /// The node of the type of this tag in an open set.
    pub fn member(&self, open: &Open, tag: &str) -> Option<usize> {
        *self.members.get(&*open.name)?.get(tag)?
    }

    /// Whether a value of this type is given to `upgrade` with the names of the slots inside it.
    pub fn has_names(&self, schema: &Schema) -> bool {
        let Some(place) = self.nodes.place_of(schema).filter(|_| self.nodes.0.len() <= MOST_NAMED) else {
            return false;
        };
        let known = self.has_names.borrow().get(&place).copied();
        known.unwrap_or_else(|| {
            let reaches = |is: fn(&Kind) -> bool| self.nodes.reach(schema, |node| is(&node.kind));
            let has_names = reaches(|kind| matches!(kind, Kind::Object(_) | Kind::Enum(_)))
                && !reaches(|kind| matches!(kind, Kind::Open(_)));
            self.has_names.borrow_mut().insert(place, has_names);
            has_names
        })
    }
}

/// The object that a node is.
pub(super) fn object(schema: &Schema) -> Option<&Object> {
    match &schema.kind {
        Kind::Object(object) => Some(object),
        _ => None,
    }
}
