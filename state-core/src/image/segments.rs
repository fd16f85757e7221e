//! An image in segments: the small parts in one buffer, and the raw arrays where they are in the live value.

use alloc::vec::Vec;
use core::mem::take;

use super::Options;
#[cfg(feature = "std")]
use super::header;
use super::rewrite::Rewrite;
use super::write::{Sink, Writes};
use crate::error::Result;
#[cfg(feature = "pyo3")]
use crate::error::{Error, ErrorKind};
#[cfg(feature = "pyo3")]
use crate::protocol::decode::Regions;
use crate::protocol::encode::Writer;
use crate::protocol::gather::{Borrowed, Copied};
use crate::protocol::root::Root;
use crate::schema::fingerprint::{Identity, identity};
use crate::state::State;

/// A reusable buffer for the segments that have to be written.
#[derive(Debug, Default)]
pub struct SegmentBuffer {
    /// Header, head, tail and text.
    front: Vec<u8>,
    /// The parts of the raw region that cannot be borrowed, and the padding.
    copied: Copied,
    /// Always empty: it keeps the list's allocation.
    list: Vec<Borrowed<'static>>,
}

impl SegmentBuffer {
    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { front: Vec::new(), copied: Copied::new(), list: Vec::new() }
    }

    /// The number of bytes allocated.
    #[cfg(feature = "pyo3")]
    pub(crate) fn capacity(&self) -> usize {
        self.front.capacity() + self.copied.capacity()
    }
}

/// An image in segments, which together are the bytes of [`dumps`](super::dumps). Made by [`dump_segments`].
#[derive(Debug)]
pub struct Segments<'a> {
    buffer: &'a mut SegmentBuffer,
    borrowed: Vec<Borrowed<'a>>,
}

/// Saves a value's state without copying its raw arrays: they are borrowed, and only the rest is written into the
/// buffer. Six megabytes of `#[state(bytes)]` cost as much as their header.
///
/// Arrays whose layout in memory is not that of the image are copied: those of records with padding, those of records
/// that the machine lays out differently, and all on a big-endian machine; so are small ones (below 256 bytes), and
/// those inside cells, locks and the results of `with` modules. The written part is laid out like the older state in
/// the buffer, as by [`dump_into`](super::dump_into).
///
/// ```
/// use state_core::{State, dumps, image::{SegmentBuffer, dump_segments}};
///
/// #[derive(State)]
/// struct Terrain { name: String, #[state(bytes)] heights: Vec<f32> }
///
/// let mut terrain = Terrain { name: "island".into(), heights: vec![0.0; 100_000] };
/// let mut buffer = SegmentBuffer::new();
/// let mut file = Vec::new(); // or a `File`, or a socket
/// for _ in 0..3 {
///     file.clear();
///     dump_segments(&terrain, &mut buffer)?.write_to(&mut file)?;
///     assert_eq!(file, dumps(&terrain)?);
///     terrain.heights[7] += 1.0;
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// As for [`dumps`](super::dumps).
pub fn dump_segments<'a, T: State + ?Sized>(value: &'a T, buffer: &'a mut SegmentBuffer) -> Result<Segments<'a>> {
    Options::new().dump_segments(value, buffer)
}

impl Options {
    /// Like [`dump_segments`].
    ///
    /// # Errors
    /// As for [`dumps`](super::dumps).
    pub fn dump_segments<'a, T: State + ?Sized>(
        &self,
        value: &'a T,
        buffer: &'a mut SegmentBuffer,
    ) -> Result<Segments<'a>> {
        self.write_segments(Root::of(&value), buffer)
    }

    fn write_segments<'a, 'v: 'a>(&self, root: Root<'_, 'v>, buffer: &'a mut SegmentBuffer) -> Result<Segments<'a>> {
        let identity = identity(root.schema);
        if self.looks_for_shared(&identity) {
            self.write_numbered(root, &mut buffer.front, &identity, Writes::Whole)?;
            buffer.copied.clear();
            return Ok(Segments { buffer, borrowed: Vec::new() });
        }
        self.gather(root, &identity, buffer)
    }

    /// Writes a state whose references are not numbered, so that the code that numbers them is not linked.
    #[cfg(feature = "pyo3")]
    pub(crate) fn write_unshared_segments<'a, 'v: 'a>(
        &self,
        root: Root<'_, 'v>,
        identity: &Identity,
        buffer: &'a mut SegmentBuffer,
    ) -> Result<Segments<'a>> {
        self.gather(root, identity, buffer)
    }

    fn gather<'a, 'v: 'a>(
        &self,
        root: Root<'_, 'v>,
        identity: &Identity,
        buffer: &'a mut SegmentBuffer,
    ) -> Result<Segments<'a>> {
        let SegmentBuffer { front, copied, list } = &mut *buffer;
        let mut borrowed: Vec<Borrowed<'v>> = take(list);
        self.write_to(root, identity, front, &mut Gathered { copied, borrowed: &mut borrowed })?;
        Ok(Segments { buffer, borrowed })
    }
}

/// A sink that borrows raw arrays, or copies them if necessary.
struct Gathered<'s, 'v> {
    copied: &'s mut Copied,
    borrowed: &'s mut Vec<Borrowed<'v>>,
}

impl<'v> Sink<'v> for Gathered<'_, 'v> {
    fn rewrite(&self, buffer: &mut Vec<u8>, fingerprint: u64, start: usize) -> Option<Rewrite> {
        Rewrite::before_raw(buffer, fingerprint, start)
    }

    fn close(&self, rewrite: &Rewrite, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<[usize; 3]> {
        rewrite.close_before_raw(left, buffer)
    }

    fn apart(&self, raw: usize) -> usize {
        raw
    }

    fn put(&mut self, root: Root<'_, 'v>, lengths: [usize; 3], depth: u32, body: &mut [u8]) -> Option<[usize; 3]> {
        self.copied.clear();
        self.borrowed.clear();
        let (head, regions) = body.split_at_mut(root.head);
        root.value.put(head, Writer::gathering(lengths, depth, regions, (self.copied, self.borrowed)))
    }
}

impl Segments<'_> {
    /// The segments in order; none is empty.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let copied = &*self.buffer.copied;
        let arrays = self.borrowed.iter().scan(0, move |from, array| {
            let before = copied.get(*from..array.at).unwrap_or_default();
            *from = array.at;
            Some([before, array.bytes])
        });
        let last = self.borrowed.last().map_or(0, |array| array.at);
        core::iter::once(&*self.buffer.front)
            .chain(arrays.flatten())
            .chain(copied.get(last..))
            .filter(|segment| !segment.is_empty())
    }

    /// Returns the regions of the image, whose root has a head of `head` bytes, and separately its raw arrays: those
    /// that were copied, and those that were borrowed.
    #[cfg(feature = "pyo3")]
    pub(crate) fn regions(&self, head: usize) -> Result<(Regions<'_>, (&[u8], &[Borrowed<'_>]))> {
        let front = header::Image::regions_before_raw(&self.buffer.front, header::SIZE, head);
        let front = front.ok_or_else(|| Error::new(ErrorKind::Unwritable, "", "an image without a schema in it"))?;
        Ok((front, (&self.buffer.copied, &self.borrowed)))
    }

    /// The number of bytes in all segments.
    #[must_use]
    pub fn total_len(&self) -> usize {
        self.iter().map(<[u8]>::len).sum()
    }

    /// Sets the flag for a checksum in the header. Returns the checksum.
    #[cfg(feature = "std")]
    pub(super) fn announce_checksum(&mut self) -> u64 {
        header::announce_checksum(&mut self.buffer.front);
        let mut sum = super::checksum::Checksum::new();
        self.iter().for_each(|segment| sum.add(segment));
        sum.finish()
    }

    /// Writes all segments, several with each call of `write_vectored`.
    ///
    /// # Errors
    /// Errors of writing; some of the bytes may have been written.
    #[cfg(feature = "std")]
    pub fn write_to<W: std::io::Write + ?Sized>(&self, sink: &mut W) -> std::io::Result<()> {
        super::vectored::write_all(sink, self.iter())
    }
}

impl Drop for Segments<'_> {
    fn drop(&mut self) {
        let mut list = take(&mut self.borrowed);
        list.clear();
        // Collecting in place keeps the allocation, for borrows with another lifetime.
        self.buffer.list = list.into_iter().map(|array| Borrowed { at: array.at, bytes: &[] }).collect();
    }
}
