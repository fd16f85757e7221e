//! The writer of images: the type's own code for a plain one, code that is compiled once for all others.

use alloc::vec::Vec;

use super::options::{Copies, Options};
use super::rewrite::Rewrite;
use super::{direct, explain, header, rewrite, unwritten};
use crate::error::{Error, Result};
use crate::protocol::encode::{self, Size, Writer, changed};
use crate::protocol::root::Root;
use crate::schema::fingerprint::{Identity, identity, identity_of};
use crate::schema::{Carried, Sharing};
use crate::sharing::{Holder, Lent, Tracker};
use crate::state::State;

/// How a value is written if shared objects are looked for.
#[derive(Debug)]
pub(super) enum Writes<'h> {
    /// All of it.
    Whole,
    /// Without the objects that a history holds from now on.
    Holding(&'h mut Holder),
    /// All of it, without calling hooks.
    Quietly,
}

impl Options {
    /// Like [`dumps`](super::dumps).
    ///
    /// # Errors
    /// As for [`dumps`](super::dumps).
    #[inline]
    pub fn dumps<T: State + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        if !self.is_plain() {
            return self.image(Root::of(&value));
        }
        let mut bytes = if T::DYNAMIC { Vec::new() } else { direct::filled(header::SIZE + T::HEAD) };
        self.write_plain(value, &mut bytes)?;
        Ok(bytes)
    }

    /// Like [`dump_into`](super::dump_into).
    ///
    /// # Errors
    /// As for [`dump_into`](super::dump_into).
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

    /// Whether a state is written without a schema, and without looking for shared objects unless its type says so.
    #[inline]
    fn is_plain(&self) -> bool {
        !self.schema && self.copies == Copies::Write
    }

    /// This is a separate function, so that its code is nowhere else.
    #[inline(never)]
    fn write_any<T: State + ?Sized>(self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        self.write(Root::of(&value), buffer)
    }

    /// Writes an image without a schema, without using an older one in the buffer.
    #[inline]
    fn write_plain<T: State + ?Sized>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        let identity = identity_of::<T>();
        if identity.sharing.shared {
            return self.write_any(value, buffer);
        }
        let (mut lengths, mut total) = ([0; 3], header::SIZE + T::HEAD);
        if T::DYNAMIC {
            let counted = Size::of(value, self.depth).and_then(|lengths| Ok((lengths, encode::total(total, lengths)?)));
            (lengths, total) = counted.map_err(|error| self.unwritten(error, Root::of(&value), &identity))?;
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

    /// Returns the image of a value of any type.
    pub(crate) fn image(&self, root: Root<'_, '_>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write(root, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes an image into the buffer, with the schema if that is set.
    pub(crate) fn write(&self, root: Root<'_, '_>, buffer: &mut Vec<u8>) -> Result<()> {
        let identity = identity(root.schema);
        if self.looks_for_shared(&identity) {
            return self.write_numbered(root, buffer, &identity, Writes::Whole);
        }
        self.write_to(root, &identity, buffer, &mut InBuffer)
    }

    /// Writes a state whose references are not numbered, so that the code that numbers them is not linked.
    #[cfg(feature = "pyo3")]
    pub(crate) fn write_unshared(&self, root: Root<'_, '_>, identity: &Identity, buffer: &mut Vec<u8>) -> Result<()> {
        self.write_to(root, identity, buffer, &mut InBuffer)
    }

    /// Writes an image; the sink decides where its raw arrays go. It is laid out like the older image in the buffer; if
    /// it does not fit, it is counted and written again.
    pub(super) fn write_to<'v>(
        &self,
        root: Root<'_, 'v>,
        identity: &Identity,
        buffer: &mut Vec<u8>,
        sink: &mut impl Sink<'v>,
    ) -> Result<()> {
        let schema = self.schema.then(|| Carried::of(identity.schema, false));
        let front = header::SIZE + schema.as_ref().map_or(0, |schema| 4 + schema.bytes.len());
        let start = front + root.head;
        let rewrite = if root.varies && !identity.counted_first {
            sink.rewrite(buffer, identity.fingerprint, start)
        } else {
            None
        };
        let written = rewrite.as_ref().and_then(|rewrite| {
            let left = sink.put(root, rewrite.lengths(), self.depth, &mut buffer[front..])?;
            sink.close(rewrite, left, buffer)
        });
        let lengths = match written {
            Some(lengths) => lengths,
            None => {
                let (lengths, total) = self.count(root, start, identity)?;
                let apart = sink.apart(lengths[2]);
                if rewrite.is_some() {
                    Rewrite::make_room(buffer, start, [lengths[0], lengths[1], lengths[2] - apart]);
                }
                // The present contents of the buffer are already initialised; only growth is filled.
                buffer.resize(total - apart, 0);
                match sink.put(root, lengths, self.depth, &mut buffer[front..]) {
                    Some([0, 0, 0]) => lengths,
                    _ => return Err(explain::name(changed(), identity)),
                }
            }
        };
        header::write(&mut buffer[..front], identity.fingerprint, lengths, schema.as_ref());
        Ok(())
    }

    /// Like [`write`](Self::write), for a value in which shared objects are looked for, or whose objects a history
    /// holds.
    #[cold]
    pub(super) fn write_numbered(
        &self,
        root: Root<'_, '_>,
        buffer: &mut Vec<u8>,
        identity: &Identity,
        writes: Writes<'_>,
    ) -> Result<()> {
        let sharing = self.sharing_of(identity);
        let schema = self.schema.then(|| Carried::of(identity.schema, sharing.shared));
        let front = header::SIZE + schema.as_ref().map_or(0, |schema| 4 + schema.bytes.len());
        let mut size = match sharing.shared || self.refuses_copies() {
            true => Size::tracking(self.depth, Tracker::new(sharing).refusing(self.refuses_copies())),
            false => Size::new(self.depth),
        };
        match writes {
            Writes::Whole => {}
            Writes::Holding(_) => size = size.holding(),
            Writes::Quietly => size = size.quietly(),
        }
        root.value.size(&mut size);
        let lengths = size.lengths();
        let total = match size.total(front + root.head) {
            Ok(total) if total > self.most => return Err(explain::too_large(self.most, total, identity)),
            Ok(total) => total,
            Err(error) => return Err(self.unwritten(error, root, identity)),
        };
        let (mut tracker, mut empty) = (size.into_tracker().filter(|_| sharing.shared), Tracker::new(sharing));
        buffer.resize(total, 0);
        let body = &mut buffer[front..];
        let written = match writes {
            Writes::Holding(holder) => {
                let lent = Lent::new(holder, tracker.as_deref_mut().unwrap_or(&mut empty));
                self.put_tracked(root, lengths, body, Some(lent.tracker))
            }
            Writes::Whole | Writes::Quietly => self.put_tracked(root, lengths, body, tracker.as_deref_mut()),
        };
        if !written {
            let error = tracker.and_then(|mut tracker| tracker.error()).or_else(|| empty.error());
            return Err(self.unwritten(error.unwrap_or_else(changed), root, identity));
        }
        header::write_shared(&mut buffer[..front], (identity.fingerprint, sharing), lengths, schema.as_ref());
        Ok(())
    }

    /// Writes head and regions of these lengths, and the numbers of references. Returns whether nothing failed.
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

    /// Whether shared objects are looked for in states of a type, which are then written whole.
    #[inline]
    pub(super) fn looks_for_shared(&self, identity: &Identity) -> bool {
        identity.sharing.shared || self.copies != Copies::Write
    }

    /// Counts the regions, which start at `start`, and the bytes of the image.
    fn count(&self, root: Root<'_, '_>, start: usize, identity: &Identity) -> Result<([usize; 3], usize)> {
        let mut size = Size::new(self.depth);
        root.value.size(&mut size);
        match size.total(start) {
            Ok(total) if total > self.most => Err(explain::too_large(self.most, total, identity)),
            Ok(total) => Ok((size.lengths(), total)),
            Err(error) => Err(self.unwritten(error, root, identity)),
        }
    }

    /// Adds the path to the part that could not be written.
    #[cold]
    fn unwritten(&self, error: Error, root: Root<'_, '_>, identity: &Identity) -> Error {
        unwritten::name(error, root, self.depth, (identity, self.sharing_of(identity)))
    }
}

/// The destination of the raw arrays of an image. Everything else is written into a buffer.
pub(super) trait Sink<'v> {
    /// Lays out regions over the older image in the buffer, as a guess.
    fn rewrite(&self, buffer: &mut Vec<u8>, fingerprint: u64, start: usize) -> Option<Rewrite>;

    /// Joins the regions, of which `left` bytes are unused. Returns their lengths.
    fn close(&self, rewrite: &Rewrite, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<[usize; 3]>;

    /// Returns how many bytes of the raw region are not in the buffer.
    fn apart(&self, raw: usize) -> usize;

    /// Writes head and regions of these lengths. Returns how much of each is unused, if nothing failed.
    fn put(&mut self, root: Root<'_, 'v>, lengths: [usize; 3], depth: u32, body: &mut [u8]) -> Option<[usize; 3]>;
}

/// A sink that puts the whole image into the buffer.
struct InBuffer;

impl<'v> Sink<'v> for InBuffer {
    fn rewrite(&self, buffer: &mut Vec<u8>, fingerprint: u64, start: usize) -> Option<Rewrite> {
        Rewrite::of(buffer, fingerprint, start)
    }

    fn close(&self, rewrite: &Rewrite, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<[usize; 3]> {
        rewrite.close(left, buffer)
    }

    fn apart(&self, _: usize) -> usize {
        0
    }

    fn put(&mut self, root: Root<'_, 'v>, lengths: [usize; 3], depth: u32, body: &mut [u8]) -> Option<[usize; 3]> {
        let (head, regions) = body.split_at_mut(root.head);
        root.value.put(head, Writer::new(lengths, depth, regions))
    }
}
