//! An older form, described by its schema, and how to make states of the present type from its states.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::history::SchemaHistory;
use super::numbers::Numbering;
use super::plan::{Images, Plan};
use super::run;
use super::sets::SetEvolution;
use crate::error::{Error, Result};
use crate::image::{Image, Options, explain};
use crate::inspect::no_pointers;
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::schema::fingerprint::{Identity, by_fingerprint, hash};
use crate::schema::{Carried, Graph, Kind, Nodes, Problem, Rows, Schema, Sharing, root_name};
use crate::walk::{self, Limits};

/// Whether references are numbered in an image that was made from another, and whether they may form cycles.
pub(crate) fn made_sharing(image: &Image<'_>, made: &Builder) -> Sharing {
    Sharing { shared: made.numbered, cyclic: made.numbered && image.sharing().cyclic }
}

/// An older form, described by its schema.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    pub nodes: Nodes,
    pub(super) root: usize,
    /// Whether it is known which types are shared pointers.
    pub(super) pointers: bool,
}

impl Parsed {
    /// Returns the form that an image was written in.
    pub(super) fn of(image: &Image<'_>, ours: &Identity, options: &Options) -> Result<Self> {
        if let Some(schema) = image.schema {
            if hash(schema) != image.fingerprint {
                return Err(Image::other_schema());
            }
            return Self::within(schema, &image.rows(), options.memory_for(image.bytes.len()));
        }
        let numbered = image.sharing().shared;
        let history = options.known_history();
        let members = || history.map_or_else(Vec::new, SchemaHistory::members);
        if let Some(recorded) = history.and_then(|history| history.find(image.fingerprint, numbered)) {
            let (schema, rows) = recorded?;
            return Self::recorded(&schema, rows, members);
        }
        let same = Some(ours.schema).filter(|_| image.fingerprint == ours.fingerprint);
        match same.or_else(|| by_fingerprint(image.fingerprint)) {
            Some(schema) => {
                let carried = Carried::alone(schema, true);
                let (rows, canonical) = Carried::divide(&carried.bytes, carried.front).unwrap_or_default();
                Self::recorded(canonical, rows, members)
            }
            None => Err(explain::identity(ours, image.fingerprint, None)),
        }
    }

    /// Reads the schema of a form that this program or its history knows; `members` are the types of its open sets, if
    /// it has any.
    fn recorded(schema: &[u8], rows: Rows<'_>, members: impl FnOnce() -> Vec<u8>) -> Result<Self> {
        let form = Self::within(schema, &rows, usize::MAX)?;
        if !form.has_sets() {
            return Ok(form);
        }
        Self::within(schema, &Rows { members: Cow::Owned(members()), ..rows }, usize::MAX)
    }

    pub fn has_sets(&self) -> bool {
        self.nodes.0.iter().any(|node| matches!(node.kind, Kind::Open(_)))
    }

    #[cfg(feature = "pyo3")]
    pub fn parse(schema: &[u8]) -> Result<Self> {
        let (nodes, root) = crate::schema::parse(schema)?;
        Ok(Self { nodes, root, pointers: false })
    }

    /// Reads the schema of a class that Python pickled, which may contain Python objects.
    #[cfg(feature = "pyo3")]
    pub fn of_class(schema: &[u8], class: &str, memory: usize) -> Result<Self> {
        let (nodes, root) = crate::schema::parse_class_within(schema, class, memory)?;
        Ok(Self { nodes, root, pointers: false })
    }

    /// Reads the schema of a class that Python pickled, with the types of its open sets.
    #[cfg(feature = "pyo3")]
    pub fn of_class_with_sets(schema: &[u8], members: &[u8], class: &str, memory: usize) -> Result<Self> {
        let rows = Rows { members: Cow::Borrowed(members), ..Rows::default() };
        Self::with_members(schema, &rows, memory, Some(class))
    }

    fn with_members(schema: &[u8], rows: &Rows<'_>, memory: usize, class: Option<&str>) -> Result<Self> {
        let (mut nodes, root) = Nodes::read(schema, rows, memory, class)?;
        nodes.evolve_sets(SetEvolution::ALL);
        Ok(Self { nodes, root, pointers: rows.pointers.is_some() })
    }

    /// The name of the type.
    #[cfg(feature = "pyo3")]
    pub fn tag(&self) -> Option<&str> {
        self.nodes.0.get(self.root)?.tag()
    }

    /// A part of a schema, by its node.
    #[cfg(feature = "pickle")]
    pub fn part(nodes: Nodes, root: usize) -> Self {
        Self { nodes, root, pointers: false }
    }

    /// The raw array, or the type without parts, at a node of a larger schema, without the rest of that.
    #[cfg(feature = "pickle")]
    pub fn raw(nodes: &Nodes, place: usize) -> Option<Self> {
        Some(Self { nodes: nodes.raw(place)?, root: 0, pointers: false })
    }

    /// Plans for images that do not exist yet, of less than 4 GiB of text.
    #[cfg(any(feature = "pickle", feature = "pyo3"))]
    pub fn plan_ahead(self, ours: &'static Schema) -> Result<Resolved, Vec<Problem>> {
        let ours = Graph { nodes: Nodes::NONE, root: ours };
        Ok(Resolved { plan: Plan::new(self.nodes, self.root, ours, Images::default())? })
    }

    /// Reads a schema from any source, with the rows before it, in at most `memory` bytes.
    pub fn within(schema: &[u8], rows: &Rows<'_>, memory: usize) -> Result<Self> {
        Self::with_members(schema, rows, memory, None)
    }

    pub fn regions<'a>(&self, image: &Image<'a>) -> Result<Regions<'a>> {
        regions_by(&self.nodes, self.root, image)
    }

    pub fn resolve(self, ours: &Identity, regions: &Regions<'_>) -> Result<Resolved> {
        let theirs = regions.numbered.is_some();
        let numbering = Numbering { theirs, ours: theirs || ours.sharing.shared };
        let images = Images { text: regions.text.as_bytes().len(), numbering };
        self.plan(Graph { nodes: Nodes::NONE, root: ours.schema }, images)
    }

    /// Plans the upgrade to any schema, for images of this kind.
    pub(super) fn plan(self, ours: Graph<'static>, images: Images) -> Result<Resolved> {
        if images.numbering.theirs && !self.pointers {
            return Err(no_pointers());
        }
        match Plan::new(self.nodes, self.root, ours, images) {
            Ok(plan) => Ok(Resolved { plan }),
            Err(problems) => Err(refused(problems)),
        }
    }
}

pub(super) fn regions_by<'a>(nodes: &Nodes, root: usize, image: &Image<'a>) -> Result<Regions<'a>> {
    image.regions(nodes.0.get(root).map_or(0, |root| root.head))
}

pub(super) fn refused(problems: Vec<Problem>) -> Error {
    let more = problems.len().saturating_sub(1);
    problems.into_iter().next().map_or_else(run::damaged, |problem| problem.error(more))
}

/// A form that was resolved against the present type.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(super) plan: Plan,
}

impl Resolved {
    /// Makes an image of the present type; damage is reported with its place.
    pub fn made(&self, regions: &Regions<'_>, bytes: &[u8], ours: &Schema, limits: Limits) -> Result<Builder> {
        self.plan.run(regions, limits).map_err(|error| {
            let (theirs, nodes) = self.plan.theirs();
            let damage = walk::find_damage_by(theirs, nodes, regions, bytes, limits.depth);
            damage.unwrap_or_else(|| error.within(root_name(ours)))
        })
    }

    /// Returns the schema of the older form.
    #[cfg(feature = "pyo3")]
    pub fn theirs(&self) -> (&Schema, &Nodes) {
        self.plan.theirs()
    }

    #[cfg(feature = "std")]
    pub fn regions<'a>(&self, image: &Image<'a>) -> Result<Regions<'a>> {
        image.regions(self.plan.theirs().0.head)
    }

    pub fn fits(&self, regions: &Regions<'_>) -> bool {
        self.plan.fits(regions)
    }
}
