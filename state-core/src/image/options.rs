//! Settings of the native door, and the door itself: its functions with default settings stand in the parent module.

use alloc::vec::Vec;

use super::bare::Bare;
use super::header::{self, Image};
use super::rewrite::Rewrite;
use super::{direct, explain, rewrite};
use crate::error::{Error, ErrorKind, Result};
use crate::evolve::SchemaHistory;
use crate::protocol::decode::{Obstacle, Reader, Regions};
use crate::protocol::encode::{Size, Writer, changed};
use crate::protocol::hooks::Hooks;
use crate::protocol::layout::FACTOR;
use crate::protocol::text::Text;
use crate::schema::fingerprint::{Identity, hash, identity, identity_of};
use crate::schema::{Carried, Schema, Sharing, root_name};
use crate::sharing::walked::References;
use crate::sharing::{self, Holder, Lent, Numbered, Table, Tracker};
use crate::state::{Restore, State};
use crate::walk::Limits;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    depth: u32,
    /// [`UNSET`], or a limit.
    memory: usize,
    schema: bool,
    /// The bytes that an image may take.
    most: usize,
    history: Option<&'static SchemaHistory>,
    copies: Copies,
}

/// What is done about shared objects in types that say nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Copies {
    Write,
    Share,
    Refuse,
}

impl Copies {
    /// Whether references are numbered in states of a type that says this of them.
    pub(crate) fn sharing(self, of: Sharing) -> Sharing {
        of.or(if self == Self::Share { Sharing::SHARED } else { Sharing::NO })
    }
}

/// What a state may take for what is wide where no limit was set, unless it is long.
const MEMORY: usize = 1 << 30;

/// No limit of memory was set.
const UNSET: usize = usize::MAX;

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// The settings of the plain functions: a depth of 128 levels, the memory that [`memory`](Self::memory) says, no
    /// schema in the bytes.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self { depth: 128, memory: UNSET, schema: false, most: usize::MAX, history: None, copies: Copies::Write }
    }

    /// How many lists, boxes and maps may stand inside one another, on writing and on reading.
    ///
    /// Types hold themselves through these, so that each level takes stack again. What 128 levels let through fits a
    /// thread of 2 MiB by every way in and out, also where nothing is optimised, whatever the type: what stands between
    /// two levels (structs, enums, tuples, arrays, options) is free up to about 13 kB of stack, and counts as a further
    /// level beyond. A dozen types inside one another come to that, or values of 800 bytes; how much it is depends on the
    /// type alone.
    ///
    /// Where values are nested deeper, as a linked list is, raise it together with the stack: 13 kB a level without
    /// optimisation, much less with it. A value that holds itself through shared pointers is too deep at any depth.
    /// An array behind a `Box`, `Rc` or `Arc` is built there, element by element, and can have any length; other values
    /// are built on the stack and then moved. The stack of the values' own functions is not counted: dropping a long list of boxes recurses too.
    #[must_use]
    pub const fn depth(mut self, levels: u32) -> Self {
        self.depth = levels;
        self
    }

    /// How many bytes of memory a state may take for what is wide: elements of lists, sets and maps, and values behind
    /// pointers, that are more than 64 times as large in memory as in the bytes. `None::<[u64; 1000]>` takes one byte
    /// there and 8008 in a list, and so does a small variant of an enum that has a large one.
    ///
    /// What is wide is counted before any of it is built, and more than this is an error of the kind
    /// [`Memory`](ErrorKind::Memory). All else takes at most 64 times the bytes. If it is not set, the limit is a
    /// gibibyte, or 64 times the bytes of a state where that is more, so that it grows with what was really read.
    ///
    /// ```
    /// use state_core::{Options, dumps};
    ///
    /// let bytes = dumps(&vec![None::<[u64; 1000]>; 10_000])?;
    /// assert_eq!(bytes.len(), 10_044);
    /// let error = Options::new().memory(1 << 20).loads::<Vec<Option<[u64; 1000]>>>(&bytes).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "expected a state that takes up to 1048576 bytes of memory for wide elements \
    ///      (`Options::memory` sets the limit), found one that takes 80080000",
    /// );
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// What hooks, conversions, defaults of fields without a slot and the types of `#[state(serde)]` take is up to
    /// them. `docs/LIMITS.md` in the repository has the bounds of each way in and out.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        // More than this no allocation can have.
        self.memory = if bytes > isize::MAX as usize { isize::MAX as usize } else { bytes };
        self
    }

    /// Writes the schema into the bytes, so that they can be inspected, and so that an error of identity names the
    /// first slot that differs even to a program that does not know the type.
    #[must_use]
    pub const fn with_schema(mut self) -> Self {
        self.schema = true;
        self
    }

    /// Keeps shared objects as one object, also in types that are not marked `#[state(shared)]`: what `Rc`s and `Arc`s share
    /// when the state is taken, they share when it is put back. Such bytes are read by the type like any others of it.
    ///
    /// ```
    /// use std::rc::Rc;
    /// use state_core::{Options, State, loads};
    ///
    /// #[derive(State)]
    /// struct Material { color: u32 }
    /// #[derive(State)]
    /// struct Scene { wall: Rc<Material>, floor: Rc<Material> }
    ///
    /// let stone = Rc::new(Material { color: 7 });
    /// let scene = Scene { wall: stone.clone(), floor: stone };
    /// let bytes = Options::new().sharing().dumps(&scene)?;
    /// let scene: Scene = loads(&bytes)?;
    /// assert!(Rc::ptr_eq(&scene.wall, &scene.floor));
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn sharing(mut self) -> Self {
        self.copies = Copies::Share;
        self
    }

    /// Refuses to write an object twice that two `Rc`s or `Arc`s share, in a type that is not marked `#[state(shared)]`,
    /// where the two would become two objects.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use state_core::{Options, loads};
    ///
    /// let name: Arc<u32> = Arc::new(7);
    /// let error = Options::new().refuse_copies().dumps(&(name.clone(), name)).unwrap_err();
    /// assert!(error.to_string().contains("`Options::sharing`"));
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn refuse_copies(mut self) -> Self {
        self.copies = Copies::Refuse;
        self
    }

    /// What was said of shared objects.
    pub(crate) const fn copies(&self) -> Copies {
        self.copies
    }

    /// The same settings of depth, memory and copies, for native bytes [without a header](super::bare), where shared objects
    /// are copies or refused.
    ///
    /// ```
    /// use state_core::Options;
    ///
    /// let shallow = Options::new().depth(8).bare();
    /// let bytes = shallow.dumps(&vec![1_u8, 2, 3])?;
    /// assert_eq!(bytes, [3, 0, 0, 0, 1, 2, 3]);
    /// assert_eq!(shallow.loads::<Vec<u8>>(&bytes)?, [1, 2, 3]);
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn bare(self) -> Bare {
        Bare { options: self }
    }

    /// Refuses to write an image of more bytes, before anything is allocated for it.
    pub(crate) const fn at_most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// Looks for the schema of a state that does not carry its own among the recorded forms of the program's types; see
    /// [`upgrade`](crate::upgrade) and [`SchemaHistory`].
    #[must_use]
    pub const fn history(mut self, history: &'static SchemaHistory) -> Self {
        self.history = Some(history);
        self
    }

    pub(crate) const fn known_history(&self) -> Option<&'static SchemaHistory> {
        self.history
    }

    /// As [`dumps`](super::dumps).
    ///
    /// # Errors
    /// As [`dumps`](super::dumps).
    #[inline]
    pub fn dumps<T: State + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        if !self.is_plain() {
            return self.image(Root::of(&value));
        }
        let mut bytes = if T::DYNAMIC { Vec::new() } else { direct::zeroed(header::SIZE + T::HEAD) };
        self.write_plain(value, &mut bytes)?;
        Ok(bytes)
    }

    /// As [`dump_into`](super::dump_into).
    ///
    /// # Errors
    /// As [`dump_into`](super::dump_into).
    #[inline]
    pub fn dump_into<T: State + ?Sized>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        let written = match !self.is_plain() || T::DYNAMIC && buffer.len() >= rewrite::SMALL {
            true => self.write_any(value, buffer),
            false => self.write_plain(value, buffer),
        };
        if written.is_err() {
            buffer.clear();
        }
        written
    }

    /// Whether a state is written without a schema, and without looking for shared objects that its type says nothing of.
    #[inline]
    fn is_plain(&self) -> bool {
        !self.schema && self.copies == Copies::Write
    }

    /// A function of its own, so that what it needs is nowhere else.
    #[inline(never)]
    fn write_any<T: State + ?Sized>(self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        self.write(Root::of(&value), buffer)
    }

    /// Writes an image without a schema, over nothing that is worth looking at.
    #[inline]
    fn write_plain<T: State + ?Sized>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        let identity = identity_of::<T>();
        if identity.sharing.shared {
            return self.write_any(value, buffer);
        }
        let (mut lengths, mut total) = ([0; 3], header::SIZE + T::HEAD);
        if T::DYNAMIC {
            let mut size = Size::new(self.depth);
            value.size(&mut size);
            lengths = size.lengths();
            total = size.total(total).map_err(|error| explain::name(error, &identity))?;
        }
        if total > self.most {
            return Err(explain::too_large(self.most, total, &identity));
        }
        let written = match T::DYNAMIC {
            true => {
                direct::fit(buffer, total);
                let (head, regions) = buffer[header::SIZE..].split_at_mut(T::HEAD);
                direct::put(value, head, lengths, self.depth, regions)
            }
            false => direct::put_flat(value, buffer, header::SIZE),
        };
        if !written {
            return Err(explain::name(changed(), &identity));
        }
        header::write_plain(buffer, identity.fingerprint, lengths);
        Ok(())
    }

    fn image(&self, root: Root<'_, '_>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write(root, &mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn write(&self, root: Root<'_, '_>, buffer: &mut Vec<u8>) -> Result<()> {
        let identity = identity(root.schema);
        if identity.sharing.shared || self.copies != Copies::Write {
            return self.write_numbered(root, buffer, &identity, None);
        }
        let schema = self.schema.then(|| Carried::of(identity.schema, false));
        let front = header::SIZE + schema.as_ref().map_or(0, |schema| 4 + schema.bytes.len());
        let start = front + root.head;
        let rewrite =
            if root.varies && !identity.asks { Rewrite::of(buffer, identity.fingerprint, start) } else { None };
        let written = rewrite.as_ref().and_then(|rewrite| {
            let left = self.put(root, rewrite.lengths(), &mut buffer[front..])?;
            rewrite.close(left, buffer)
        });
        let lengths = match written {
            Some(lengths) => lengths,
            None => {
                let (lengths, total) = self.count(root, start, &identity)?;
                if rewrite.is_some() {
                    Rewrite::make_room(buffer, start, lengths);
                }
                // What the buffer holds already stays initialised; only growth is filled.
                buffer.resize(total, 0);
                match self.put(root, lengths, &mut buffer[front..]) {
                    Some([0, 0, 0]) => lengths,
                    _ => return Err(explain::name(changed(), &identity)),
                }
            }
        };
        header::write(&mut buffer[..front], identity.fingerprint, lengths, schema.as_ref());
        Ok(())
    }

    /// As [`write`](Self::write), of a value in which shared objects are looked for, or whose objects a history holds.
    #[cold]
    pub(super) fn write_numbered(
        &self,
        root: Root<'_, '_>,
        buffer: &mut Vec<u8>,
        identity: &Identity,
        holder: Option<&mut Holder>,
    ) -> Result<()> {
        let sharing = self.sharing_of(identity);
        let schema = self.schema.then(|| Carried::of(identity.schema, sharing.shared));
        let front = header::SIZE + schema.as_ref().map_or(0, |schema| 4 + schema.bytes.len());
        let mut size = match sharing.shared || self.refuses_copies() {
            true => Size::tracking(self.depth, Tracker::new(sharing).refusing(self.refuses_copies())),
            false => Size::new(self.depth),
        };
        size = size.holding(holder.is_some());
        root.value.size(&mut size);
        let lengths = size.lengths();
        let total = match size.total(front + root.head) {
            Ok(total) if total > self.most => return Err(explain::too_large(self.most, total, identity)),
            Ok(total) => total,
            Err(error) => return Err(explain::name(error, identity)),
        };
        let (mut tracker, mut empty) = (size.into_tracker().filter(|_| sharing.shared), Tracker::new(sharing));
        buffer.resize(total, 0);
        let body = &mut buffer[front..];
        let written = match holder {
            Some(holder) => {
                let lent = Lent::new(holder, tracker.as_deref_mut().unwrap_or(&mut empty));
                self.put_tracked(root, lengths, body, Some(lent.tracker))
            }
            None => self.put_tracked(root, lengths, body, tracker.as_deref_mut()),
        };
        if !written {
            let error = tracker.and_then(|mut tracker| tracker.error()).or_else(|| empty.error());
            return Err(explain::name(error.unwrap_or_else(changed), identity));
        }
        header::write_shared(&mut buffer[..front], (identity.fingerprint, sharing), lengths, schema.as_ref());
        Ok(())
    }

    /// Writes head and regions of these lengths, and the numbers of references; whether nothing failed.
    fn put_tracked(
        &self,
        root: Root<'_, '_>,
        lengths: [usize; 3],
        body: &mut [u8],
        mut tracker: Option<&mut Tracker>,
    ) -> bool {
        let (head, regions) = body.split_at_mut(root.head);
        let writer = Writer::new(lengths, self.depth, regions).tracking(tracker.as_deref_mut());
        let written = root.value.put(head, writer) == Some([0, 0, 0]);
        written && tracker.is_none_or(|tracker| tracker.finish(body).is_some())
    }

    /// Whether references are numbered in states of a type.
    pub(super) fn sharing_of(&self, identity: &Identity) -> Sharing {
        self.copies.sharing(identity.sharing)
    }

    /// Whether shared objects are looked for in states of a type, so that they are written whole.
    #[inline]
    pub(super) fn looks_for_shared(&self, identity: &Identity) -> bool {
        identity.sharing.shared || self.copies != Copies::Write
    }

    /// Writes a state in which shared objects are looked for.
    pub(super) fn write_whole(&self, root: Root<'_, '_>, buffer: &mut Vec<u8>, identity: &Identity) -> Result<()> {
        self.write_numbered(root, buffer, identity, None)
    }

    /// Counts the regions, which start at `start`, and the image's bytes.
    pub(super) fn count(&self, root: Root<'_, '_>, start: usize, identity: &Identity) -> Result<([usize; 3], usize)> {
        let mut size = Size::new(self.depth);
        root.value.size(&mut size);
        match size.total(start) {
            Ok(total) if total > self.most => Err(explain::too_large(self.most, total, identity)),
            Ok(total) => Ok((size.lengths(), total)),
            Err(error) => Err(explain::name(error, identity)),
        }
    }

    /// Writes head and regions of these lengths; what is left of each, if nothing failed.
    fn put(&self, root: Root<'_, '_>, lengths: [usize; 3], body: &mut [u8]) -> Option<[usize; 3]> {
        let (head, regions) = body.split_at_mut(root.head);
        root.value.put(head, Writer::new(lengths, self.depth, regions))
    }

    /// As [`loads`](super::loads).
    ///
    /// # Errors
    /// As [`loads`](super::loads).
    #[inline]
    pub fn loads<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<T> {
        direct::made(&self.regions::<T>(bytes)?)
    }

    /// As [`load_into`](super::load_into).
    ///
    /// # Errors
    /// As [`load_into`](super::load_into).
    #[inline]
    pub fn load_into<'de, T: Restore<'de>>(&self, bytes: &'de [u8], target: &mut T) -> Result<()> {
        direct::restored(&self.regions::<T>(bytes)?, &identity_of::<T>(), target)
    }

    /// As [`check`](super::check).
    ///
    /// # Errors
    /// As [`check`](super::check).
    pub fn check<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<()> {
        self.regions::<T>(bytes).map(|_| ())
    }

    /// The regions of a state of `T`: small ones are found and tested in code of the type's own, where nothing is special
    /// about them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn regions<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<Regions<'de>> {
        if !T::DYNAMIC || bytes.len() < rewrite::SMALL {
            match header::divide::<T>(bytes) {
                Some(regions) if self.accepts::<T>(regions) => return Ok(regions),
                _ => {}
            }
        }
        self.checked(Tests::of::<T>(), bytes)
    }

    /// Whether regions are those of a state; of others nothing is known.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn accepts<'de, T: Restore<'de>>(&self, regions: Regions<'de>) -> bool {
        let Regions { head, tail, text, raw, .. } = regions;
        if !T::DYNAMIC {
            return direct::accepts_flat::<T>(head);
        }
        // So much is allowed for any state.
        let memory = if self.memory == UNSET { MEMORY } else { self.memory };
        let mut taken = 0;
        let tested = direct::check::<T>((head, tail, raw), text, self.depth, &mut taken, None);
        tested.is_ok() && taken <= memory
    }

    /// The regions of any state, and what is wrong with others.
    pub(crate) fn checked(self, tests: Tests, bytes: &[u8]) -> Result<Regions<'_>> {
        let identity = identity(tests.schema);
        let image = Image::open(bytes)?;
        if image.fingerprint != identity.fingerprint {
            return Err(explain::identity(&identity, image.fingerprint, image.schema));
        }
        if image.schema.is_some_and(|schema| hash(schema) != identity.fingerprint) {
            return Err(explain::name(Image::other_schema(), &identity));
        }
        let mut regions = image.regions(tests.head).map_err(|error| explain::name(error, &identity))?;
        if image.sharing().shared {
            regions.numbered = Some(self.test_numbered(tests, &identity, image.sharing(), (&regions, bytes))?);
        } else {
            self.test(tests, &identity, &regions, bytes)?;
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

    /// The same settings with another answer to what is shared.
    pub(crate) const fn copying(mut self, copies: Copies) -> Self {
        self.copies = copies;
        self
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

    /// As [`test`](Self::test), where references are numbered; what those need.
    #[cold]
    fn test_numbered(
        &self,
        tests: Tests,
        identity: &Identity,
        sharing: Sharing,
        (regions, bytes): (&Regions<'_>, &[u8]),
    ) -> Result<Numbered<'static>> {
        let (mut taken, mut table) = (0, Table::new(sharing.cyclic && identity.sharing.cyclic));
        let Regions { head, tail, text, raw, .. } = *regions;
        match (tests.check)((head, tail, raw), text, self.depth, &mut taken, Some(&mut table)) {
            Ok(()) if taken == 0 => {}
            Ok(()) => self.within_memory(taken, identity, regions)?,
            Err(Some(obstacle)) => return Err(explain::obstacle(obstacle, identity)),
            Err(None) => return Err(explain::numbers(identity, regions, bytes, self.depth)),
        }
        table.finish().ok_or_else(|| explain::numbers(identity, regions, bytes, self.depth))
    }

    /// Tests regions that came from `bytes`.
    pub(crate) fn test(&self, tests: Tests, identity: &Identity, regions: &Regions<'_>, bytes: &[u8]) -> Result<()> {
        let mut taken = 0;
        let Regions { head, tail, text, raw, .. } = *regions;
        match (tests.check)((head, tail, raw), text, self.depth, &mut taken, None) {
            Ok(()) if taken == 0 => Ok(()),
            outcome => self.judge(outcome, taken, identity, regions, bytes),
        }
    }

    /// What a check that did not simply pass comes to.
    #[cold]
    fn judge(
        &self,
        outcome: Result<(), Option<Obstacle>>,
        taken: usize,
        identity: &Identity,
        regions: &Regions<'_>,
        bytes: &[u8],
    ) -> Result<()> {
        match outcome {
            Ok(()) => self.within_memory(taken, identity, regions),
            Err(Some(obstacle)) => Err(explain::obstacle(obstacle, identity)),
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

    /// The limit of memory for a state of so many bytes.
    pub(crate) fn memory_for(&self, bytes: usize) -> usize {
        match self.memory {
            UNSET => bytes.saturating_mul(FACTOR).clamp(MEMORY, isize::MAX as usize),
            limit => limit,
        }
    }

    /// Whether it is refused to write an object twice.
    pub(super) fn refuses_copies(&self) -> bool {
        self.copies == Copies::Refuse
    }

    /// The bytes that an image may take.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    pub(super) const fn writes_schema(&self) -> bool {
        self.schema
    }

    pub(crate) const fn levels(&self) -> u32 {
        self.depth
    }

    /// How far an image may go that is filled from `bytes` bytes.
    pub(crate) fn limits(&self, bytes: usize) -> Limits {
        Limits { depth: self.depth, memory: self.memory_for(bytes), references: References::Copied }
    }
}

/// A value at the root of an image, whatever its type: what surrounds it is compiled once for all types.
#[derive(Clone, Copy)]
pub struct Root<'a, 'v> {
    pub schema: &'static Schema,
    pub head: usize,
    /// Whether there is more than the head.
    pub varies: bool,
    pub value: &'a dyn Whole<'v>,
}

impl<'a, 'v> Root<'a, 'v> {
    pub fn of<T: State + ?Sized>(value: &'a &'v T) -> Self {
        Self { schema: T::schema(), head: T::HEAD, varies: T::DYNAMIC, value }
    }
}

/// A value whose type is forgotten.
pub trait Whole<'v> {
    /// Counts the regions.
    fn size(&self, size: &mut Size);

    /// Writes the head, and all that there is space for; what is left of the regions, if nothing failed.
    fn put(&self, head: &mut [u8], writer: Writer<'_, 'v>) -> Option<[usize; 3]>;
}

impl<'v, T: State + ?Sized> Whole<'v> for &'v T {
    fn size(&self, size: &mut Size) {
        if T::DYNAMIC {
            T::size(self, size);
        }
    }

    fn put(&self, head: &mut [u8], writer: Writer<'_, 'v>) -> Option<[usize; 3]> {
        writer.whole(*self, head)
    }
}

/// What is asked of a type before one is built: as for [`Root`], so that what asks is compiled once.
#[derive(Clone, Copy)]
pub struct Tests {
    pub schema: &'static Schema,
    head: usize,
    check: Check,
}

type Check = fn(direct::Parts<'_>, Text<'_>, u32, &mut usize, Option<&mut Table>) -> Result<(), Option<Obstacle>>;

impl Tests {
    pub fn of<'de, T: Restore<'de>>() -> Self {
        Self { schema: T::schema(), head: T::HEAD, check: direct::check::<T> }
    }
}

/// Builds a value from regions that were checked.
#[inline]
pub(crate) fn build<'de, T: Restore<'de>>(regions: &Regions<'de>) -> Result<T> {
    get(regions, Hooks::Call, &mut 0)
}

/// Builds a value, and says how many hooks were left. The only function that calls the root's, which is therefore inlined.
#[inline(never)]
pub(super) fn get<'de, T: Restore<'de>>(regions: &Regions<'de>, hooks: Hooks, left: &mut usize) -> Result<T> {
    let mut reader = Reader::with_hooks(regions, hooks);
    loop {
        let value = T::get(regions.head, &mut reader);
        let again =
            if value.is_some() && regions.has_holes() { sharing::complete(&mut reader, regions) } else { Some(false) };
        if again != Some(true) {
            *left = reader.left();
            return match (value.filter(|_| again.is_some()), reader.into_refusal()) {
                (Some(value), None) => Ok(value),
                (_, refusal) => Err(refused(refusal, T::schema())),
            };
        }
    }
}

#[cold]
pub(super) fn refused(refusal: Option<Error>, schema: &Schema) -> Error {
    match refusal {
        Some(refusal) => refusal.within(root_name(schema)),
        None => Error::new(ErrorKind::Refused, "", "a wrong implementation of `Restore`: `check` and `get` disagree"),
    }
}
