//! A pickle, and its raw arrays as the out-of-band buffers of protocol 5.

use alloc::vec::Vec;

use super::Space;
use crate::error::Result;
use crate::pickle::{PickleOptions, Protocol};
use crate::protocol::gather::Copied;
use crate::state::State;

/// A reusable buffer for a pickle and intermediate data; see [`PickleOptions::dump_segments`].
#[derive(Debug, Default)]
pub struct PickleSegmentBuffer {
    pickle: Vec<u8>,
    space: Space,
}

impl PickleSegmentBuffer {
    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { pickle: Vec::new(), space: Space { front: Vec::new(), copied: Copied::new() } }
    }
}

/// A pickle and its out-of-band buffers, in order: the arguments of `pickle.loads(pickle, buffers=buffers)`. Made by
/// [`PickleOptions::dump_segments`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PickleSegments<'a> {
    /// The pickle.
    pub pickle: &'a [u8],
    /// The buffers, in the order in which the pickle uses them.
    pub buffers: Vec<&'a [u8]>,
}

impl PickleOptions {
    /// Saves a value's state as a pickle of protocol 5, whatever protocol is set, without its raw arrays: those of
    /// `#[state(bytes)]` and `#[state(array)]` are borrowed, and returned beside it. Six megabytes of them cost
    /// nothing.
    ///
    /// Short arrays (below 256 bytes) stay in the pickle. Arrays whose layout in memory is not that of the pickle are
    /// copied into `buffer`: those of records with padding, and those inside cells and locks. `bytes` are marked
    /// read-only, and Python passes them to `__setstate__` as the receiver provided them: as `bytes`, or as a
    /// `memoryview`.
    ///
    /// ```
    /// use state_core::State;
    /// use state_core::pickle::{PickleOptions, PickleSegmentBuffer};
    ///
    /// #[derive(State)]
    /// #[state(name = "shop.Terrain")]
    /// struct Terrain { #[state(array)] heights: Vec<f32> }
    ///
    /// let terrain = Terrain { heights: vec![0.0; 100_000] };
    /// let mut buffer = PickleSegmentBuffer::new();
    /// let segments = PickleOptions::new().dump_segments(&terrain, &mut buffer)?;
    /// assert!(segments.pickle.len() < 100);
    /// assert_eq!(segments.buffers[0].as_ptr(), terrain.heights.as_ptr().cast());
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`dumps`](crate::pickle::dumps).
    pub fn dump_segments<'a, T: State + ?Sized>(
        &self,
        value: &'a T,
        buffer: &'a mut PickleSegmentBuffer,
    ) -> Result<PickleSegments<'a>> {
        let mut buffers = Vec::new();
        let PickleSegmentBuffer { pickle, space } = buffer;
        self.protocol(Protocol::V5).write(value, pickle, space, Some(&mut buffers))?;
        Ok(PickleSegments { pickle, buffers })
    }
}
