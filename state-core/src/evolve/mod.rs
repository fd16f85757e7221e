#![doc = include_str!("../guide/links.md")]
#![doc = include_str!("../guide/when_types_change.md")]

// The writer's schema is resolved against the reader's once, into a `Plan` (`plan`, `slots`, `skip`; what stands in its
// way is a `problem`). The plan makes an image of ours from each image of theirs (`run`), which is then checked and loaded
// as any other: so generated code has no part in it.

mod bears;
mod command;
mod form;
mod forms;
mod history;
mod keys;
mod likely;
mod listing;
mod numbers;
mod older;
mod op;
mod order;
mod path;
mod plan;
mod problem;
mod raws;
mod run;
mod sets;
mod skip;
mod slots;
#[cfg(feature = "std")]
pub mod testing;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub use form::{Amendments, Form, Upgrade};
pub(crate) use forms::FormSearch;
pub use history::SchemaHistory;
pub(crate) use numbers::Numbering;
pub use older::Older;
pub(crate) use older::{ByName, FillNamed, convert, fill_upgraded, upgrade_image};
pub(crate) use plan::{Images, Plan};
pub(crate) use problem::{Problem, missing_slot, unknown_variant};
pub(crate) use sets::SetEvolution;

use crate::error::{Error, Result};
use crate::image::{Image, Options, build, explain, lay_out};
use crate::inspect::no_pointers;
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::schema::fingerprint::{Identity, by_fingerprint, hash, identity};
use crate::schema::{Carried, Graph, Kind, Nodes, Rows, Schema, Sharing, are_registered, root_name};
use crate::state::{RestoreOwned, State};
use crate::walk::{self, Limits};

/// Converts the state of an older form of a type to the present one. Bytes of the present form are returned unchanged.
///
/// Slots are matched by name, whatever their order; integers and floats are widened, `T` becomes `Option<T>`, and boxes
/// are added or removed. Added fields need `#[state(default)]`, removed ones `#[state(removed("name"))]` on the type,
/// and renamed ones `#[state(alias("old"))]`; for everything else there is `from` and `upgrade`. Nothing is dropped,
/// narrowed or guessed.
///
/// The older form's schema comes from the bytes, if they were [saved](crate::image::save) or written [with
/// it](Options::with_schema); otherwise from a [history](Options::history), or from a type of this program.
///
/// ```
/// use state_core::{Options, State, load_into, loads_upgraded, upgrade};
///
/// mod v1 {
///     #[derive(state_core::State)]
///     #[state(name = "game.World")]
///     pub struct World { pub tick: u32, pub wind: f32, pub names: Vec<String> }
/// }
///
/// #[derive(State, Debug, PartialEq)]
/// #[state(name = "game.World", removed("wind"))]
/// struct World {
///     #[state(alias("names"))]
///     players: Vec<String>,
///     tick: u64,
///     #[state(default)]
///     paused: bool,
/// }
///
/// let old = v1::World { tick: 7, wind: 0.5, names: vec!["Ada".into()] };
/// let bytes = Options::new().with_schema().dumps(&old)?;
///
/// let mut world = World { tick: 0, players: vec![], paused: true };
/// load_into(&upgrade::<World>(&bytes)?, &mut world)?;
/// assert_eq!(world, World { tick: 7, players: vec!["Ada".into()], paused: false });
/// assert_eq!(loads_upgraded::<World>(&bytes)?, world);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the bytes are not a native state or are damaged; if their schema is unknown; and if no present state can be made
/// from the older form without losing or guessing something. The error then says what to write.
pub fn upgrade<T: State + ?Sized>(bytes: &[u8]) -> Result<Cow<'_, [u8]>> {
    Options::new().upgrade::<T>(bytes)
}

/// Builds a value from its state, which an older form of the type may have written: [`upgrade`] followed by
/// [`loads`](crate::loads).
///
/// # Errors
/// As for both.
pub fn loads_upgraded<T: RestoreOwned>(bytes: &[u8]) -> Result<T> {
    Options::new().loads_upgraded(bytes)
}

impl Options {
    /// As [`upgrade`].
    ///
    /// # Errors
    /// As [`upgrade`].
    pub fn upgrade<'a, T: State + ?Sized>(&self, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
        let (identity, image) = (identity(T::schema()), Image::open(bytes)?);
        if self.is_present(&image, &identity) {
            return Ok(Cow::Borrowed(bytes));
        }
        let older = Parsed::of(&image, &identity, self)?;
        let regions = older.regions(&image)?;
        let made =
            older.resolve(&identity, &regions)?.made(&regions, bytes, identity.schema, self.limits(bytes.len()))?;
        Ok(Cow::Owned(lay_out((identity.fingerprint, made_sharing(&image, &made)), T::HEAD, &made, None)?))
    }

    /// As [`loads_upgraded`].
    ///
    /// # Errors
    /// As [`loads_upgraded`].
    pub fn loads_upgraded<T: RestoreOwned>(&self, bytes: &[u8]) -> Result<T> {
        let (identity, image) = (identity(T::schema()), Image::open(bytes)?);
        if self.is_present(&image, &identity) {
            return self.loads(bytes);
        }
        let older = Parsed::of(&image, &identity, self)?;
        let regions = older.regions(&image)?;
        let made =
            older.resolve(&identity, &regions)?.made(&regions, bytes, identity.schema, self.limits(bytes.len()))?;
        let regions = self.pass_made::<T>(&identity, made.regions(T::HEAD)?, made_sharing(&image, &made))?;
        build(&regions)
    }
}

impl Options {
    /// Whether an image is of the present form, those of the types in open sets included, as far as these are told.
    fn is_present(&self, image: &Image<'_>, ours: &Identity) -> bool {
        let same = image.fingerprint == ours.fingerprint;
        same && (!ours.open || are_registered(&self.members(image), ours.schema))
    }

    /// The types of open sets beside the schema of an image, or in the history if it has none.
    fn members<'a>(&self, image: &Image<'a>) -> Cow<'a, [u8]> {
        match (image.schema, self.known_history()) {
            (None, Some(history)) => Cow::Owned(history.members()),
            _ => image.rows().members,
        }
    }
}

/// Whether references are numbered in what was made of an image, and may lead back.
pub(crate) fn made_sharing(image: &Image<'_>, made: &Builder) -> Sharing {
    Sharing { shared: made.numbered, cyclic: made.numbered && image.sharing().cyclic }
}

/// An older form, by its schema.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    pub nodes: Nodes,
    root: usize,
    /// Whether it is known which types are shared pointers.
    pointers: bool,
}

impl Parsed {
    /// The form that wrote an image.
    fn of(image: &Image<'_>, ours: &Identity, options: &Options) -> Result<Self> {
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

    /// A form of which anybody may know the types in its open sets, if it has any.
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

    /// The same, of a class that Python pickled: objects of Python may be in it.
    #[cfg(feature = "pyo3")]
    pub fn of_class(schema: &[u8], class: &str, memory: usize) -> Result<Self> {
        let (nodes, root) = crate::schema::parse_class_within(schema, class, memory)?;
        Ok(Self { nodes, root, pointers: false })
    }

    /// The same, with the types of its open sets.
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

    /// A plan for images that are not there yet, of less than 4 GiB of text.
    #[cfg(feature = "pyo3")]
    pub fn plan_ahead(self, ours: &'static Schema) -> Result<Resolved> {
        self.plan(Graph { nodes: Nodes::NONE, root: ours }, Images::default())
    }

    /// The same, of a schema that may be anybody's, with what stands in front of it, and of no more bytes in memory.
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

    /// The same, against any schema, for such images.
    fn plan(self, ours: Graph<'static>, images: Images) -> Result<Resolved> {
        if images.numbering.theirs && !self.pointers {
            return Err(no_pointers());
        }
        match Plan::new(self.nodes, self.root, ours, images) {
            Ok(plan) => Ok(Resolved { plan }),
            Err(problems) => Err(refused(problems)),
        }
    }
}

fn regions_by<'a>(nodes: &Nodes, root: usize, image: &Image<'a>) -> Result<Regions<'a>> {
    image.regions(nodes.0.get(root).map_or(0, |root| root.head))
}

fn refused(problems: Vec<Problem>) -> Error {
    let more = problems.len().saturating_sub(1);
    problems.into_iter().next().map_or_else(run::damaged, |problem| problem.error(more))
}

/// A form that was resolved against the present type.
#[derive(Debug)]
pub(crate) struct Resolved {
    plan: Plan,
}

impl Resolved {
    /// The image of ours; damage is told with its place.
    pub fn made(&self, regions: &Regions<'_>, bytes: &[u8], ours: &Schema, limits: Limits) -> Result<Builder> {
        self.plan.run(regions, limits).map_err(|error| {
            let (theirs, nodes) = self.plan.theirs();
            let damage = walk::find_damage_by(theirs, nodes, regions, bytes, limits.depth);
            damage.unwrap_or_else(|| error.within(root_name(ours)))
        })
    }

    /// The schema that wrote the older form.
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
