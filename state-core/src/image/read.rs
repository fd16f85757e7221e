//! The reader of images: which bytes are a state of a type, and what it is built of.

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
        let mut regions = Regions::flat(&[]);
        self.divide::<T>(bytes, &mut regions)?;
        direct::made(&regions)
    }

    /// Like [`load_into`](super::load_into).
    ///
    /// # Errors
    /// As for [`load_into`](super::load_into).
    #[inline]
    pub fn load_into<'de, T: Restore<'de>>(&self, bytes: &'de [u8], target: &mut T) -> Result<()> {
        let mut regions = Regions::flat(&[]);
        self.divide::<T>(bytes, &mut regions)?;
        direct::restored(&regions, &identity_of::<T>(), target)
    }

    /// Like [`check`](super::check).
    ///
    /// # Errors
    /// As for [`check`](super::check).
    pub fn check<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<()> {
        self.divide::<T>(bytes, &mut Regions::flat(&[]))
    }

    /// Finds the regions of a state of `T`, and tests them: in code of the type's own, where nothing is special about
    /// them. They are put where their reader takes them from, because moving them takes as long as testing a small state.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn divide<'de, T: Restore<'de>>(&self, bytes: &'de [u8], regions: &mut Regions<'de>) -> Result<()> {
        if let Some(plain) = header::divide::<T>(bytes) {
            *regions = plain;
            if self.accepts::<T>(regions) {
                return Ok(());
            }
        }
        *regions = self.checked(Tests::of::<T>(), bytes)?;
        Ok(())
    }

    /// Whether regions are those of a state; of others nothing is known.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn accepts<'de, T: Restore<'de>>(&self, regions: &Regions<'de>) -> bool {
        if !T::DYNAMIC {
            return direct::accepts_flat::<T>(regions.head);
        }
        // So much is allowed for any state.
        let memory = if self.memory == UNSET { MEMORY } else { self.memory };
        direct::check::<T>(regions, self.depth, None).is_ok_and(|taken| taken <= memory)
    }

    /// The regions of any state, and what is wrong with others.
    pub(crate) fn checked(self, tests: Tests, bytes: &[u8]) -> Result<Regions<'_>> {
        let identity = identity(tests.schema);
        match header::divide_dynamic(bytes, identity.fingerprint, tests.head) {
            Some(regions) => self.test(tests, &identity, &regions, bytes).map(|()| regions),
            None => self.opened(tests, &identity, bytes),
        }
    }

    /// The same of those that have anything beside their regions. Apart, because what a header may say lies in memory.
    #[inline(never)]
    fn opened<'a>(&self, tests: Tests, identity: &Identity, bytes: &'a [u8]) -> Result<Regions<'a>> {
        let image = Image::open(bytes)?;
        if image.fingerprint != identity.fingerprint {
            return Err(explain::identity(identity, image.fingerprint, image.schema));
        }
        if image.schema.is_some_and(|schema| hash(schema) != identity.fingerprint) {
            return Err(explain::name(Image::other_schema(), identity));
        }
        let mut regions = image.regions(tests.head).map_err(|error| explain::name(error, identity))?;
        if image.sharing().shared {
            regions.numbered = Some(self.test_numbered(tests, identity, image.sharing(), (&regions, bytes))?);
        } else {
            self.test(tests, identity, &regions, bytes)?;
        }
        Ok(regions)
    }

    /// The limits of an image that is filled from values which say what they share.
    pub(crate) fn sharing_limits(&self, identity: &Identity) -> Limits {
        Limits { references: self.references(identity), ..self.limits(0) }
    }

    /// What is done about values that several places refer to, in states of a type.
    pub(crate) fn references(&self, identity: &Identity) -> References {
        match self.copies {
            _ if self.sharing_of(identity).shared => References::Numbered,
            Copies::Refuse => References::Refused,
            _ => References::Copied,
        }
    }

    /// Tests regions that were filled so.
    pub(crate) fn pass_sharing<'de, T: Restore<'de>>(
        &self,
        identity: &Identity,
        regions: Regions<'de>,
    ) -> Result<Regions<'de>> {
        self.pass_made::<T>(identity, regions, self.sharing_of(identity))
    }

    /// Tests regions that were made, where references may be numbered.
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

    /// Tests regions that came from `bytes`.
    pub(crate) fn pass<'de, T: Restore<'de>>(
        &self,
        identity: &Identity,
        regions: &Regions<'de>,
        bytes: &[u8],
    ) -> Result<()> {
        self.test(Tests::of::<T>(), identity, regions, bytes)
    }

    /// Like [`test`](Self::test), where references are numbered; what those need.
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

    /// Tests regions that came from `bytes`.
    pub(crate) fn test(&self, tests: Tests, identity: &Identity, regions: &Regions<'_>, bytes: &[u8]) -> Result<()> {
        match (tests.check)(regions, self.depth, None) {
            Ok(0) => Ok(()),
            outcome => self.judge(outcome, identity, regions, bytes),
        }
    }

    /// What a check that did not simply pass comes to.
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

    /// Whether so many bytes may be taken for what is wide in these regions.
    #[cold]
    fn within_memory(&self, taken: usize, identity: &Identity, regions: &Regions<'_>) -> Result<()> {
        let Regions { head, tail, text, raw, .. } = regions;
        let limit = self.memory_for(head.len() + tail.len() + text.as_bytes().len() + raw.len());
        if taken > limit { Err(explain::name(explain::too_wide(taken, limit), identity)) } else { Ok(()) }
    }
}

/// What is asked of a type before one is built: as for [`Root`](crate::protocol::root::Root), so that what asks is compiled once.
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
