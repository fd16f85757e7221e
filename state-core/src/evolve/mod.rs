#![doc = include_str!("../guide/links.md")]
#![doc = include_str!("../guide/when_types_change.md")]

// The writer's schema is resolved against the reader's once, into a `Plan` (`plan`, `slots`, `skip`; an obstacle is a
// `Problem` of `schema`). The plan makes an image of the present type from each older image (`run`), which is then
// checked and loaded like any other, so generated code has no part in this. In these modules, `theirs` is the older
// form and `ours` the present one. Much of a value is outside its head: in the tail, the text and the raw region.

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
mod raws;
mod resolved;
mod run;
mod sets;
mod skip;
mod slots;
#[cfg(feature = "std")]
pub mod testing;

use alloc::borrow::Cow;

pub use form::{Amendments, Form, Upgrade};
pub(crate) use forms::FormSearch;
pub use history::SchemaHistory;
pub(crate) use numbers::shares;
pub use older::Older;
pub(crate) use older::{ByName, FillNamed, convert, fill_upgraded, upgrade_image};
#[cfg(any(feature = "pickle", feature = "std"))]
pub(crate) use resolved::Resolved;
pub(crate) use resolved::{Parsed, made_sharing};
pub(crate) use sets::SetEvolution;

use crate::error::Result;
use crate::image::{Image, Options, build, lay_out};
use crate::schema::are_registered;
use crate::schema::fingerprint::{Identity, identity};
use crate::state::{RestoreOwned, State};

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
    /// Like [`upgrade`].
    ///
    /// # Errors
    /// As for [`upgrade`].
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

    /// Like [`loads_upgraded`].
    ///
    /// # Errors
    /// As for [`loads_upgraded`].
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
    /// Whether an image is of the present form, including the types in open sets, as far as these are known.
    fn is_present(&self, image: &Image<'_>, ours: &Identity) -> bool {
        let same = image.fingerprint == ours.fingerprint && ours.has_pointers_of(&image.rows());
        same && (!ours.open || are_registered(&self.members(image), ours.schema))
    }

    /// The types of open sets that are carried with the schema of an image, or in the history if it carries none.
    fn members<'a>(&self, image: &Image<'a>) -> Cow<'a, [u8]> {
        match (image.schema, self.known_history()) {
            (None, Some(history)) => Cow::Owned(history.members()),
            _ => image.rows().members,
        }
    }
}
