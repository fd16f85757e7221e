//! States outlive their types: from an image of an older form to one of the present type.
//!
//! The writer's schema is resolved against the reader's once, into a [`Plan`] (`plan`, `slots`, `skip`; what stands in
//! its way is a `problem`). The plan makes an image of ours from each image of theirs (`run`), which is then checked and
//! loaded as any other: so all that the native door promises holds for older states too, and generated code has no part
//! in it. `history` keeps the forms of a project in a file.

mod history;
mod older;
mod plan;
mod problem;
mod run;
mod skip;
mod slots;
#[cfg(feature = "std")]
pub mod testing;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub use history::SchemaHistory;
pub use older::Older;
pub(crate) use older::convert;
pub(crate) use plan::Plan;
pub(crate) use problem::Problem;

use crate::builder::Builder;
use crate::decode::Regions;
use crate::error::{Error, Result};
use crate::fingerprint::{Identity, by_fingerprint, hash, identity};
use crate::image::{Image, Options, build, explain, lay_out};
use crate::schema::{Graph, Nodes, parse, write_canonical};
use crate::state::{RestoreOwned, State};
use crate::text::Text;
use crate::walk::{self, Limits};

/// Makes a state of the present type of one that an older form of it wrote. Bytes of the present form are given back as
/// they are.
///
/// Slots are matched by name, wherever they stand; integers and floats become wider ones, `T` becomes `Option<T>`, and
/// boxes come and go. What was added needs `#[state(default)]`, what is gone `#[state(removed("name"))]` on the type, and
/// what was renamed `#[state(alias("old"))]`; for all else there is `from` and `upgrade`. Nothing is dropped, narrowed or
/// guessed.
///
/// The older form's schema comes from the bytes, if they were [saved](crate::image::save) or written
/// [with it](Options::with_schema); else from a [history](Options::history), or from a type of this program.
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
/// Bytes that are no native state or are damaged; those whose schema nobody knows; and older forms from which no
/// present state can be made without losing or guessing something, with what to write so that it can.
pub fn upgrade<T: State + ?Sized>(bytes: &[u8]) -> Result<Cow<'_, [u8]>> {
    Options::new().upgrade::<T>(bytes)
}

/// Makes a value from its state, also from one that an older form of the type wrote: [`upgrade`] and
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
        if image.fingerprint == identity.fingerprint {
            return Ok(Cow::Borrowed(bytes));
        }
        let older = Form::of(&image, &identity, self)?;
        let regions = older.regions(&image)?;
        let made = older.plan(&identity, &regions)?.made(&regions, bytes, &identity, self.limits(bytes.len()))?;
        Ok(Cow::Owned(lay_out(identity.fingerprint, T::HEAD, &made)?))
    }

    /// As [`loads_upgraded`].
    ///
    /// # Errors
    /// As [`loads_upgraded`].
    pub fn loads_upgraded<T: RestoreOwned>(&self, bytes: &[u8]) -> Result<T> {
        let (identity, image) = (identity(T::schema()), Image::open(bytes)?);
        if image.fingerprint == identity.fingerprint {
            return self.loads(bytes);
        }
        let older = Form::of(&image, &identity, self)?;
        let regions = older.regions(&image)?;
        let made = older.plan(&identity, &regions)?.made(&regions, bytes, &identity, self.limits(bytes.len()))?;
        let regions = regions_of(&made, T::HEAD)?;
        self.pass::<T>(&identity, &regions, regions.head)?;
        build(&regions)
    }
}

/// The regions of an image that was made.
pub(crate) fn regions_of(made: &Builder, head: usize) -> Result<Regions<'_>> {
    let (head, tail) = made.heads.split_at(head);
    let text = Text::new(&made.text).map_err(|_| run::damaged())?;
    Ok(Regions { head, tail, text, raw: &made.raw })
}

/// An older form, by its schema.
#[derive(Debug)]
pub(crate) struct Form {
    nodes: Nodes,
    root: usize,
}

impl Form {
    /// The form that wrote an image.
    fn of(image: &Image<'_>, ours: &Identity, options: &Options) -> Result<Self> {
        if let Some(schema) = image.schema {
            if hash(schema) != image.fingerprint {
                return Err(Image::other_schema());
            }
            return Self::parse(schema);
        }
        if let Some(recorded) = options.known_history().and_then(|history| history.find(image.fingerprint)) {
            return Self::parse(&recorded?);
        }
        match by_fingerprint(image.fingerprint) {
            Some(schema) => Self::parse(&write_canonical(schema)),
            None => Err(explain::identity(ours, image.fingerprint, None)),
        }
    }

    pub fn parse(schema: &[u8]) -> Result<Self> {
        let (nodes, root) = parse(schema)?;
        Ok(Self { nodes, root })
    }

    pub fn regions<'a>(&self, image: &Image<'a>) -> Result<Regions<'a>> {
        image.regions(self.nodes.0.get(self.root).map_or(0, |root| root.head))
    }

    pub fn plan(self, ours: &Identity, regions: &Regions<'_>) -> Result<Resolved> {
        let graph = Graph { nodes: Nodes::NONE, root: ours.schema };
        match Plan::new(self.nodes, self.root, graph, regions.text.as_bytes().len()) {
            Ok(plan) => Ok(Resolved { plan, root: self.root }),
            Err(problems) => Err(refused(problems)),
        }
    }
}

fn refused(problems: Vec<Problem>) -> Error {
    let more = problems.len().saturating_sub(1);
    problems.into_iter().next().map_or_else(run::damaged, |problem| problem.error(more))
}

/// A form that was resolved against the present type.
#[derive(Debug)]
pub(crate) struct Resolved {
    plan: Plan,
    root: usize,
}

impl Resolved {
    /// The image of ours; damage is told with its place.
    pub fn made(&self, regions: &Regions<'_>, bytes: &[u8], ours: &Identity, limits: Limits) -> Result<Builder> {
        self.plan.run(regions, limits).map_err(|error| {
            let theirs = self.plan.theirs.0.get(self.root).unwrap_or(&crate::schema::UNIT);
            let damage = walk::find_damage_by(theirs, &self.plan.theirs, regions, bytes, limits.depth);
            damage.unwrap_or_else(|| error.within(crate::schema::root_name(ours.schema)))
        })
    }

    pub fn fits(&self, regions: &Regions<'_>) -> bool {
        self.plan.fits(regions)
    }
}
