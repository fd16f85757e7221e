//! Settings of the native door, and the door itself: its functions with default settings stand in the parent module.

use alloc::vec::Vec;

use super::explain;
use super::header::{self, Image};
use super::rewrite::Rewrite;
use crate::decode::{Checker, Reader, Regions};
use crate::encode::{Size, Writer, changed};
use crate::error::{Error, ErrorKind, Result};
use crate::fingerprint::{Identity, hash, identity};
use crate::schema::{root_name, write_canonical};
use crate::state::{Restore, State};

/// How native bytes are written and read.
///
/// ```
/// use state_core::{Options, State, loads};
///
/// #[derive(State, Debug, PartialEq)]
/// struct Settings { volume: u8 }
///
/// // A file that says itself what it holds.
/// let bytes = Options::new().with_schema().dumps(&Settings { volume: 11 })?;
/// assert_eq!(loads::<Settings>(&bytes)?, Settings { volume: 11 });
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options {
    depth: u32,
    schema: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// The settings of the plain functions: a depth of 128, no schema in the bytes.
    #[must_use]
    pub const fn new() -> Self {
        Self { depth: 128, schema: false }
    }

    /// How many lists, boxes and maps may stand inside one another, on writing and on reading.
    ///
    /// Each level takes stack, more of it the larger the type; levels of a type of more than 512 bytes count as
    /// several. Raise it only together with the stack.
    #[must_use]
    pub const fn depth(mut self, levels: u32) -> Self {
        self.depth = levels;
        self
    }

    /// Writes the schema into the bytes, so that they can be inspected, and so that an error of identity names the
    /// first slot that differs even to a program that does not know the type.
    #[must_use]
    pub const fn with_schema(mut self) -> Self {
        self.schema = true;
        self
    }

    /// As [`dumps`](super::dumps).
    ///
    /// # Errors
    /// As [`dumps`](super::dumps).
    pub fn dumps<T: State + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.dump_into(value, &mut bytes)?;
        Ok(bytes)
    }

    /// As [`dump_into`](super::dump_into).
    ///
    /// # Errors
    /// As [`dump_into`](super::dump_into).
    pub fn dump_into<T: State + ?Sized>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        let written = self.write(value, buffer);
        if written.is_err() {
            buffer.clear();
        }
        written
    }

    fn write<T: State + ?Sized>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        let identity = identity(T::schema());
        let schema = self.schema.then(|| write_canonical(identity.schema));
        let front = header::SIZE + schema.as_ref().map_or(0, |schema| 4 + schema.len());
        let start = front + T::HEAD;
        let rewrite =
            if T::DYNAMIC && !identity.asks { Rewrite::of(buffer, identity.fingerprint, start) } else { None };
        let written = rewrite.as_ref().and_then(|rewrite| {
            let left = put(value, rewrite.lengths(), self.depth, &mut buffer[front..])?;
            rewrite.close(left, buffer)
        });
        let lengths = match written {
            Some(lengths) => lengths,
            None => {
                let (lengths, total) = self.count(value, start, &identity)?;
                if rewrite.is_some() {
                    Rewrite::make_room(buffer, start, lengths);
                }
                // What the buffer holds already stays initialised; only growth is filled.
                buffer.resize(total, 0);
                match put(value, lengths, self.depth, &mut buffer[front..]) {
                    Some([0, 0, 0]) => lengths,
                    _ => return Err(explain::name(changed(), &identity)),
                }
            }
        };
        header::write(&mut buffer[..front], identity.fingerprint, lengths, schema.as_deref());
        Ok(())
    }

    /// Counts the regions, which start at `start`, and the image's bytes.
    pub(super) fn count<T: State + ?Sized>(
        &self,
        value: &T,
        start: usize,
        identity: &Identity,
    ) -> Result<([usize; 3], usize)> {
        let mut size = Size::new(self.depth);
        if T::DYNAMIC {
            value.size(&mut size);
        }
        let total = size.total(start).map_err(|error| explain::name(error, identity))?;
        Ok((size.lengths(), total))
    }

    /// As [`loads`](super::loads).
    ///
    /// # Errors
    /// As [`loads`](super::loads).
    pub fn loads<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<T> {
        let (regions, _) = self.checked::<T>(bytes)?;
        build(&regions)
    }

    /// As [`load_into`](super::load_into).
    ///
    /// # Errors
    /// As [`load_into`](super::load_into).
    pub fn load_into<'de, T: Restore<'de>>(&self, bytes: &'de [u8], target: &mut T) -> Result<()> {
        let (regions, identity) = self.checked::<T>(bytes)?;
        restore(&regions, &identity, target)
    }

    /// As [`check`](super::check).
    ///
    /// # Errors
    /// As [`check`](super::check).
    pub fn check<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<()> {
        self.checked::<T>(bytes).map(|_| ())
    }

    fn checked<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<(Regions<'de>, Identity)> {
        let identity = identity(T::schema());
        let image = Image::open(bytes)?;
        if image.fingerprint != identity.fingerprint {
            return Err(explain::identity(&identity, image.fingerprint, image.schema));
        }
        if image.schema.is_some_and(|schema| hash(schema) != identity.fingerprint) {
            return Err(explain::name(Image::other_schema(), &identity));
        }
        let regions = image.regions(T::HEAD).map_err(|error| explain::name(error, &identity))?;
        self.pass::<T>(&identity, &regions, bytes)?;
        Ok((regions, identity))
    }

    /// Tests regions that came from `bytes`.
    pub(crate) fn pass<'de, T: Restore<'de>>(
        &self,
        identity: &Identity,
        regions: &Regions<'de>,
        bytes: &[u8],
    ) -> Result<()> {
        let mut checker = Checker::new(regions, self.depth);
        if (!T::CHECKED || T::check(regions.head, &mut checker)) && checker.finish() {
            return Ok(());
        }
        Err(match checker.obstacle() {
            Some(obstacle) => explain::obstacle(obstacle, identity),
            None => explain::damage(identity, regions, bytes),
        })
    }

    pub(super) const fn writes_schema(&self) -> bool {
        self.schema
    }

    pub(crate) const fn levels(&self) -> u32 {
        self.depth
    }
}

/// Writes head and regions of these lengths; what is left of each, if nothing failed. Once in the program for each type: it
/// is as large as the type.
#[inline(never)]
fn put<T: State + ?Sized>(value: &T, lengths: [usize; 3], depth: u32, body: &mut [u8]) -> Option<[usize; 3]> {
    let (head, regions) = body.split_at_mut(T::HEAD);
    let mut writer = Writer::new(lengths, depth, regions);
    value.put(head, &mut writer);
    writer.left()
}

/// Builds a value from regions that were checked.
pub(crate) fn build<'de, T: Restore<'de>>(regions: &Regions<'de>) -> Result<T> {
    let mut reader = Reader::new(regions);
    let value = T::get(regions.head, &mut reader);
    match (reader.into_refusal(), value) {
        (Some(refusal), _) => Err(refusal.within(root_name(T::schema()))),
        (None, Some(value)) => Ok(value),
        (None, None) => Err(disagreement()),
    }
}

/// Restores a value from regions that were checked.
pub(crate) fn restore<'de, T: Restore<'de>>(regions: &Regions<'de>, identity: &Identity, target: &mut T) -> Result<()> {
    if identity.refuses {
        *target = build(regions)?;
        return Ok(());
    }
    let mut reader = Reader::new(regions);
    target.set(regions.head, &mut reader);
    reader.into_refusal().map_or(Ok(()), Err)
}

#[cold]
fn disagreement() -> Error {
    Error::new(ErrorKind::Refused, "", "a wrong implementation of `Restore`: `check` and `get` disagree")
}
