//! The reader of images: decides which bytes are a state of a type, and divides them into regions.

use super::header::{self, Image};
use super::options::{Copies, MEMORY, Options, UNSET};
use super::{direct, explain};
use crate::error::Result;
use crate::protocol::decode::{Obstacle, Regions};
use crate::schema::fingerprint::{Identity, hash, identity, identity_of};
use crate::schema::{Schema, Sharing};
use crate::sharing::walked::References;
use crate::sharing::{Numbered, Table};
use crate::state::Restore;
use crate::walk::Limits;

impl Options {
    /// Like [`loads`](super::loads).
    ///
    /// # Errors
    /// As for [`loads`](super::loads).
    #[inline]
    pub fn loads<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<T> {
        let mut place = None;
        direct::made(self.divide::<T>(bytes, &mut place)?)
    }

    /// Like [`load_into`](super::load_into).
    ///
    /// # Errors
    /// As for [`load_into`](super::load_into).
    #[inline]
    pub fn load_into<'de, T: Restore<'de>>(&self, bytes: &'de [u8], target: &mut T) -> Result<()> {
        let mut place = None;
        direct::restored(self.divide::<T>(bytes, &mut place)?, &identity_of::<T>(), target)
    }

    /// Like [`check`](super::check).
    ///
    /// # Errors
    /// As for [`check`](super::check).
    pub fn check<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<()> {
        self.divide::<T>(bytes, &mut None).map(drop)
    }

    /// Finds the regions of a state of `T` and checks them: in the type's own code, unless something about them is
    /// special. They are stored where their reader takes them from, because moving them takes as long as checking a
    /// small state.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn divide<'r, 'de, T: Restore<'de>>(
        &self,
        bytes: &'de [u8],
        place: &'r mut Option<Regions<'de>>,
    ) -> Result<&'r Regions<'de>> {
        *place = header::divide::<T>(bytes);
        if !place.as_ref().is_some_and(|plain| self.accepts::<T>(plain)) {
            *place = None;
        }
        match place {
            Some(regions) => Ok(regions),
            None => Ok(place.insert(self.checked(Tests::of::<T>(), bytes)?)),
        }
    }

    /// Whether regions are those of a state. If not, the reason is not determined here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn accepts<'de, T: Restore<'de>>(&self, regions: &Regions<'de>) -> bool {
        if !T::DYNAMIC {
            return direct::accepts_flat::<T>(regions.head);
        }
        // This much is allowed for a state of any length.
        let memory = if self.memory == UNSET { MEMORY } else { self.memory };
        direct::check::<T>(regions, self.depth, None).is_ok_and(|taken| taken <= memory)
    }

    /// Returns the regions of any state, or what is wrong with it.
    pub(crate) fn checked(self, tests: Tests, bytes: &[u8]) -> Result<Regions<'_>> {
        let identity = identity(tests.schema);
        match header::divide_dynamic(bytes, identity.fingerprint, tests.head) {
            Some(regions) => self.test(tests, &identity, &regions, bytes).map(|()| regions),
            None => self.opened(tests, &identity, bytes),
        }
    }

    /// Returns the regions of bytes whose header is not plain. This is separate because the values of a header take
    /// space in memory.
    #[inline(never)]
    fn opened<'a>(&self, tests: Tests, identity: &Identity, bytes: &'a [u8]) -> Result<Regions<'a>> {
        let image = Image::open(bytes)?;
        if image.fingerprint != identity.fingerprint {
            return Err(explain::identity(identity, image.fingerprint, image.schema));
        }
        if image.schema.is_some_and(|schema| hash(schema) != identity.fingerprint) {
            return Err(explain::name(Image::other_schema(), identity));
        }
        if !identity.has_pointers_of(&image.rows()) {
            return Err(explain::name(Image::other_pointers(), identity));
        }
        let mut regions = image.regions(tests.head).map_err(|error| explain::name(error, identity))?;
        if image.sharing().shared {
            regions.numbered = Some(self.test_numbered(tests, identity, image.sharing(), (&regions, bytes))?);
        } else {
            self.test(tests, identity, &regions, bytes)?;
        }
        Ok(regions)
    }

    /// Returns the limits of an image that is filled from values whose sharing is known.
    pub(crate) fn sharing_limits(&self, identity: &Identity) -> Limits {
        Limits { references: self.references(identity), ..self.limits(0) }
    }

    /// Returns what happens to values that several places refer to, in states of a type.
    pub(crate) fn references(&self, identity: &Identity) -> References {
        match self.copies {
            _ if self.sharing_of(identity).shared => References::Numbered,
            Copies::Refuse => References::Refused,
            _ => References::Copied,
        }
    }

    /// Checks regions that were filled with [`sharing_limits`](Self::sharing_limits).
    pub(crate) fn pass_sharing<'de, T: Restore<'de>>(
        &self,
        identity: &Identity,
        regions: Regions<'de>,
    ) -> Result<Regions<'de>> {
        self.pass_made::<T>(identity, regions, self.sharing_of(identity))
    }

    /// Checks regions that were made here, in which references may be numbered.
    pub(crate) fn pass_made<'de, T: Restore<'de>>(
        &self,
        identity: &Identity,
        regions: Regions<'de>,
        sharing: Sharing,
    ) -> Result<Regions<'de>> {
        if !sharing.shared {
            self.pass::<T>(identity, &regions, regions.head)?;
            return Ok(regions);
        }
        let numbered = self.test_numbered(Tests::of::<T>(), identity, sharing, (&regions, regions.head))?;
        Ok(Regions { numbered: Some(numbered), ..regions })
    }

    /// Checks regions that are parts of `bytes`.
    pub(crate) fn pass<'de, T: Restore<'de>>(
        &self,
        identity: &Identity,
        regions: &Regions<'de>,
        bytes: &[u8],
    ) -> Result<()> {
        self.test(Tests::of::<T>(), identity, regions, bytes)
    }

    /// Like [`test`](Self::test), for numbered references. Returns what their reader needs.
    #[cold]
    fn test_numbered(
        &self,
        tests: Tests,
        identity: &Identity,
        sharing: Sharing,
        (regions, bytes): (&Regions<'_>, &[u8]),
    ) -> Result<Numbered<'static>> {
        let mut table = Table::new(sharing.cyclic && identity.sharing.cyclic);
        match (tests.check)(regions, self.depth, Some(&mut table)) {
            Ok(taken) => self.within_memory(taken, identity, regions)?,
            Err(Some(obstacle)) => {
                let numbered = Regions { numbered: Some(Numbered::ANY), ..*regions };
                return Err(explain::obstacle(obstacle, identity, &numbered, self.depth));
            }
            Err(None) => return Err(explain::numbers(identity, regions, bytes, self.depth)),
        }
        table.finish().ok_or_else(|| explain::numbers(identity, regions, bytes, self.depth))
    }

    /// Checks regions that are parts of `bytes`.
    pub(crate) fn test(&self, tests: Tests, identity: &Identity, regions: &Regions<'_>, bytes: &[u8]) -> Result<()> {
        match (tests.check)(regions, self.depth, None) {
            Ok(0) => Ok(()),
            outcome => self.judge(outcome, identity, regions, bytes),
        }
    }

    /// Interprets the result of a check that did not simply pass.
    #[cold]
    fn judge(
        &self,
        outcome: Result<usize, Option<Obstacle>>,
        identity: &Identity,
        regions: &Regions<'_>,
        bytes: &[u8],
    ) -> Result<()> {
        match outcome {
            Ok(taken) => self.within_memory(taken, identity, regions),
            Err(Some(obstacle)) => Err(explain::obstacle(obstacle, identity, regions, self.depth)),
            Err(None) => Err(explain::damage(identity, regions, bytes, self.depth)),
        }
    }

    /// Checks that wide elements of these regions may take this much memory.
    #[cold]
    fn within_memory(&self, taken: usize, identity: &Identity, regions: &Regions<'_>) -> Result<()> {
        let Regions { head, tail, text, raw, .. } = regions;
        let limit = self.memory_for(head.len() + tail.len() + text.as_bytes().len() + raw.len());
        if taken > limit { Err(explain::name(explain::too_wide(taken, limit), identity)) } else { Ok(()) }
    }
}

/// What the reader needs of a type: like [`Root`](crate::protocol::root::Root), so that its callers are compiled once.
#[derive(Clone, Copy)]
pub struct Tests {
    pub schema: &'static Schema,
    head: usize,
    check: Check,
}

type Check = fn(&Regions<'_>, u32, Option<&mut Table>) -> Result<usize, Option<Obstacle>>;

impl Tests {
    pub fn of<'de, T: Restore<'de>>() -> Self {
        Self { schema: T::schema(), head: T::HEAD, check: direct::check::<T> }
    }
}
