//! The places where two states of one type differ, as text.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::{IntoIter, Vec};
use core::fmt;

use super::find;
use crate::error::Escaped;
use crate::error::Result;
use crate::image::{Image, Options};
use crate::schema::Schema;
use crate::state::{Restore, RestoreOwned};

/// One slot in which two states differ.
///
/// It prints as `World.entities[3].position[0]: 1.5, theirs 1.25`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Difference {
    pub(crate) path: String,
    pub(crate) ours: String,
    pub(crate) theirs: String,
}

impl Difference {
    /// The path to the place: the type and the slots.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The first state's value there, truncated if it is long.
    #[must_use]
    pub fn ours(&self) -> &str {
        &self.ours
    }

    /// The second state's value there.
    #[must_use]
    pub fn theirs(&self) -> &str {
        &self.theirs
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", Escaped(&self.path))?;
        }
        write!(f, "{}, theirs {}", self.ours, self.theirs)
    }
}

/// The differences between two states, in the order of their slots. Made by [`compare`].
///
/// They are computed lazily, so the first costs no more than reaching it.
#[derive(Debug)]
pub struct Differences<'a> {
    schema: &'static Schema,
    /// The size of the root's head.
    head: usize,
    images: [Cow<'a, [u8]>; 2],
    found: IntoIter<Difference>,
    /// How many differences the last search was for, and how many it found.
    asked: usize,
    got: usize,
}

/// How many differences are searched for at first.
const FIRST: usize = 4;

impl<'a> Differences<'a> {
    /// Starts with images that were checked.
    fn of(schema: &'static Schema, head: usize, images: [Cow<'a, [u8]>; 2]) -> Result<Self> {
        let mut this = Self { schema, head, images, found: Vec::new().into_iter(), asked: 0, got: 0 };
        this.search(FIRST)?;
        Ok(this)
    }

    fn search(&mut self, most: usize) -> Result<()> {
        let [ours, theirs] = &self.images;
        let sides = [Image::open(ours)?.regions(self.head)?, Image::open(theirs)?.regions(self.head)?];
        let found = find(self.schema, sides, most)?;
        (self.asked, self.got, self.found) = (most, found.len(), found.into_iter());
        Ok(())
    }
}

impl Iterator for Differences<'_> {
    type Item = Difference;

    fn next(&mut self) -> Option<Difference> {
        if let Some(difference) = self.found.next() {
            return Some(difference);
        }
        let told = self.got;
        if told < self.asked {
            return None;
        }
        // The search starts again from the beginning: a walk over two images cannot be suspended, and so many
        // differences are rarely read.
        self.search(told.saturating_mul(8)).ok()?;
        self.found.nth(told)
    }
}

/// Compares two states of a type, slot by slot: to find what differs after a desync, or between two files.
///
/// Slots come in the order of their declaration. If two lists have different lengths, that is reported first, followed
/// by the elements between the equal ones at the start and at the end, so an element that was added or removed is
/// reported itself. The entries of maps and sets are compared by key, whatever their order. Numbers are compared by
/// their bits. Fields with `serde` are compared as the bytes of their CBOR.
///
/// ```
/// use state_core::{State, dumps, image::compare};
///
/// #[derive(State, Clone)]
/// struct World { tick: u64, entities: Vec<Entity> }
///
/// #[derive(State, Clone)]
/// struct Entity { name: String, position: [f32; 2] }
///
/// let entity = |n: i32| Entity { name: format!("entity {n}"), position: [1.5, 0.0] };
/// let ours = World { tick: 7, entities: (0..9).map(entity).collect() };
/// let mut theirs = ours.clone();
/// theirs.entities[3].position[0] = 1.25;
/// theirs.entities.remove(5);
///
/// let (ours, theirs) = (dumps(&ours)?, dumps(&theirs)?);
/// let differences: Vec<String> = compare::<World>(&ours, &theirs)?.take(3).map(|found| found.to_string()).collect();
/// assert_eq!(differences, [
///     "World.entities: 9 elements, theirs 8",
///     "World.entities[3].position[0]: 1.5, theirs 1.25",
///     "World.entities[5]: Entity('entity 5', [1.5, 0.0]), theirs absent",
/// ]);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If [`check`](crate::check) would refuse the bytes.
pub fn compare<'de, T: Restore<'de>>(ours: &'de [u8], theirs: &'de [u8]) -> Result<Differences<'de>> {
    Options::new().compare::<T>(ours, theirs)
}

impl Options {
    /// Like [`compare`].
    ///
    /// # Errors
    /// As for [`compare`].
    pub fn compare<'de, T: Restore<'de>>(&self, ours: &'de [u8], theirs: &'de [u8]) -> Result<Differences<'de>> {
        self.check::<T>(ours)?;
        self.check::<T>(theirs)?;
        Differences::of(T::schema(), T::HEAD, [Cow::Borrowed(ours), Cow::Borrowed(theirs)])
    }

    /// Compares bytes that may have been made for this purpose.
    pub(crate) fn compare_owned<'a, T: RestoreOwned>(&self, images: [Cow<'a, [u8]>; 2]) -> Result<Differences<'a>> {
        for image in &images {
            self.check::<T>(image)?;
        }
        Differences::of(T::schema(), T::HEAD, images)
    }
}
