//! The last states of a live value, within a budget, to roll back to.

mod older;
mod ring;

use alloc::borrow::Cow;
use core::fmt;
use core::marker::PhantomData;

use crate::error::{Error, ErrorKind, Result};
use crate::image::{self, Differences, Options};
use crate::schema::fingerprint::identity_of;
use crate::schema::{root_name, unordered};
use crate::sharing::{Held, drop_gone};
use crate::state::{RestoreOwned, State};
use older::Older;
use ring::{Ring, combine};

/// Keeps the last states of a changing value as numbered frames, for rollback, rewinding or undo.
///
/// It is a ring of buffers. A new frame reuses the buffer of the oldest one, so once the ring is full nothing is
/// allocated unless frames grow. There is one buffer more than there are frames, so that a frame that cannot be
/// written, because a hook refuses or panics, does not cost an older one.
///
/// ```
/// use state_core::{History, State};
///
/// #[derive(State)]
/// struct World { positions: Vec<[f32; 2]> }
///
/// let mut world = World { positions: vec![[0.0; 2]; 1000] };
/// let mut history = History::<World>::new().frames(12).bytes(64 << 20); // whichever is reached first
/// for frame in 0..100 {
///     history.push(frame, &world)?;
///     world.positions[7][0] += 1.0;
/// }
///
/// history.restore(95, &mut world)?; // in place, as often as you like
/// assert_eq!(world.positions[7][0], 95.0);
///
/// world.positions[7][0] = 0.0; // the frames from here on come out differently
/// history.push(96, &world)?;
/// assert!(history.frames_kept().eq(88..=96));
/// # Ok::<(), state_core::Error>(())
/// ```
pub struct History<T> {
    options: Options,
    ring: Ring,
    /// Whether equal values are known to have equal images.
    ordered: bool,
    value: PhantomData<fn(&T)>,
}

impl<T> History<T> {
    /// A history that keeps up to 16 frames, without a limit on their bytes.
    #[must_use]
    pub fn new() -> Self {
        Self { options: Options::new(), ring: Ring::new(16), ordered: false, value: PhantomData }
    }

    /// Sets how many frames are kept. With 0, the history is turned off: a push writes nothing, and only drops the
    /// frames with its number or a larger one, if there are [older ones](Self::long).
    #[must_use]
    pub fn frames(mut self, most: usize) -> Self {
        self.ring.set_frames(most);
        self
    }

    /// Sets how many bytes the buffers may take, including the one for the next frame. The oldest frames are dropped to
    /// stay within this budget; while a frame is written that is longer than all before it, its buffer comes on top.
    ///
    /// If the budget holds fewer than two frames, each frame costs an allocation.
    #[must_use]
    pub fn bytes(mut self, most: usize) -> Self {
        self.ring.set_bytes(most);
        self
    }

    /// Keeps frames that leave the ring, in this many additional bytes: to rewind for minutes.
    ///
    /// They are kept as [deltas](crate::image::delta) against key frames, each against one, so that restoring any of
    /// them takes at most one patch and one restore. When the bytes are used up, frames are dropped where they are
    /// close together for their age: the older the frames, the larger the gaps between them, and the first frame stays
    /// for a long time. See [`frames_kept`](Self::frames_kept) for the frames that are left.
    ///
    /// A push then takes about twice as long, and allocates the frames that it keeps. Setting the bytes again drops the
    /// older frames.
    ///
    /// ```
    /// use state_core::{History, State};
    ///
    /// #[derive(State)]
    /// struct World { tick: u64, heights: Vec<u32> }
    ///
    /// let mut world = World { tick: 0, heights: vec![0; 1000] };
    /// let mut history = History::<World>::new().frames(12).long(32 << 10);
    /// for frame in 0..2000 {
    ///     history.push(frame, &world)?;
    ///     world.heights[frame as usize % 7] += 1;
    ///     world.tick += 1;
    /// }
    /// assert!(history.bytes_held() <= (32 << 10) + 13 * 4096);
    ///
    /// let near = history.frames_kept().rfind(|&frame| frame <= 1000).unwrap();
    /// history.restore(near, &mut world)?;
    /// assert!(world.tick == near && near > 900);
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub fn long(mut self, bytes: usize) -> Self {
        self.ring.set_older(bytes);
        self
    }

    /// Sets the options with which frames are written.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// The numbers of the frames that are kept, oldest first.
    #[must_use]
    pub fn frames_kept(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.ring.numbers()
    }

    /// The bytes allocated for the buffers, used or not.
    #[must_use]
    pub fn bytes_held(&self) -> usize {
        self.ring.held() + self.ring.older.as_ref().map_or(0, Older::bytes)
    }

    /// Drops all frames, and keeps the buffers for the next ones.
    pub fn clear(&mut self) {
        drop_gone();
        self.ring.forget_from(0);
    }
}

impl<T: State> History<T> {
    /// Writes the value's state as a frame with this number, which is then the newest.
    ///
    /// Numbers increase: frames with this or a larger number, which remain after an older one is restored, are dropped
    /// now, so a simulation that was rolled back simply continues. Numbers may have gaps.
    ///
    /// # Errors
    /// If the value cannot be written, as for [`dumps`](crate::dumps), or its image alone is larger than the budget in
    /// bytes. All frames are kept then, and after a panic too.
    pub fn push(&mut self, frame: u64, value: &T) -> Result<()> {
        drop_gone();
        if !self.ring.is_on() {
            // Older frames may still be there, and these would not be what the simulation has come through.
            self.ring.forget_from(frame);
            return Ok(());
        }
        let options = self.options.at_most(self.ring.most_bytes());
        let written = if identity_of::<T>().holds {
            let (image, holder) = self.ring.next_holding();
            options.dump_holding(value, image, holder)
        } else {
            options.dump_into(value, self.ring.next())
        };
        match written {
            Ok(()) => self.ring.keep_next(frame),
            Err(_) => self.ring.give_up_next(),
        }
        written
    }

    /// The checksum of a frame: that of [`image::checksum`] for its bytes, computed on the first call and then cached.
    /// Equal states have equal checksums on every machine, and after each restore.
    ///
    /// Floats are compared by their bits, as in [`compare`](Self::compare): zero differs from minus zero, and so do
    /// NaNs with different bits. Opaque structs (`bytemuck::Pod`) are equal only between machines of the same byte
    /// order. The CBOR of a `serde` field is used as its type
    /// writes it.
    ///
    /// ```
    /// use state_core::{History, State};
    /// use std::collections::HashMap;
    ///
    /// #[derive(State)]
    /// struct World { #[state(sorted)] scores: HashMap<String, u32> }
    ///
    /// let world = World { scores: HashMap::from([("Ada".into(), 3)]) };
    /// let mut history = History::<World>::new();
    /// history.push(0, &world)?;
    /// assert_eq!(history.checksum(0)?, 0x7F7C_D7BA_A40B_4877);
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the frame is not kept, or if the type has hash maps or sets that are not sorted: their order differs between
    /// equal states, and so would the checksums. The types that are registered in its open sets count too, even if the
    /// state contains no value of them.
    pub fn checksum(&mut self, frame: u64) -> Result<u64> {
        if !self.ordered {
            let (found, is_open) = unordered(T::schema());
            if let Some(path) = found {
                return Err(Error::new(
                    ErrorKind::Identity,
                    "elements in a fixed order, which checksums require",
                    "a hash map or set without one; write `#[state(sorted)]` on the field",
                )
                .at(path));
            }
            // More types may be registered before the next call.
            self.ordered = !is_open;
        }
        let Self { ring, options, .. } = self;
        let sum = ring.checksum(frame, options).or_else(|| {
            let older = ring.older.as_ref()?;
            Some(combine(&mut ring.holder.objects, older.checksum(frame)?, older.held(frame)?, options))
        });
        match sum {
            Some(sum) => sum.map_err(|error| error.within(root_name(T::schema()))),
            None => Err(self.absent(frame)),
        }
    }

    /// The image of a frame, and the objects that it holds.
    fn frame(&self, frame: u64) -> Result<(Cow<'_, [u8]>, &[u32])> {
        if let Some(found) = self.ring.find(frame) {
            return Ok((Cow::Borrowed(&found.buffer.image), &found.buffer.held));
        }
        let older = self.ring.older.as_ref().and_then(|older| older.image(frame).zip(older.held(frame)));
        let (image, held) = older.ok_or_else(|| self.absent(frame))?;
        Ok((image?, held))
    }

    #[cold]
    fn absent(&self, frame: u64) -> Error {
        let mut numbers = self.ring.numbers();
        let expected = match (numbers.next(), numbers.next_back()) {
            (Some(oldest), Some(newest)) => {
                alloc::format!("a frame that the history keeps ({oldest} to {newest})")
            }
            (Some(only), None) => alloc::format!("a frame that the history keeps ({only})"),
            _ => "a frame that the history keeps (it keeps none)".into(),
        };
        Error::new(ErrorKind::Frame, expected, alloc::format!("{frame}")).at(root_name(T::schema()))
    }
}

impl<T: RestoreOwned> History<T> {
    /// Restores a live value in place, as [`load_into`](crate::load_into) does, and keeps the frame.
    ///
    /// The bytes are not checked again, as only the history has had access to them.
    ///
    /// # Errors
    /// If the frame is not kept, or a hook or conversion refuses it. The target is then unchanged.
    pub fn restore(&self, frame: u64, target: &mut T) -> Result<()> {
        drop_gone();
        let (bytes, list) = self.frame(frame)?;
        let held = self.held(list)?;
        image::restore_written(&bytes, held.as_ref(), target)
    }

    /// The native bytes of a frame, the same that [`dumps`](crate::dumps) would have returned: for a file, or for
    /// another machine to [compare](Self::compare) with. If the frame
    /// [holds](crate::guide::rolling_back#data-that-does-not-change) objects, its bytes are written again, with the
    /// objects in them.
    ///
    /// # Errors
    /// If the frame is not kept, or its objects belong to another thread.
    pub fn image(&self, frame: u64) -> Result<Cow<'_, [u8]>> {
        let (bytes, list) = self.frame(frame)?;
        match self.held(list)? {
            Some(held) => image::whole::<T>(&self.options, &bytes, &held).map(Cow::Owned),
            None => Ok(bytes),
        }
    }

    /// The objects of a frame, if it holds any.
    fn held<'a>(&'a self, list: &'a [u32]) -> Result<Option<Held<'a>>> {
        let objects = &self.ring.holder.objects;
        objects.are_here(list).map_err(|error| error.within(root_name(T::schema())))?;
        Ok((!list.is_empty()).then_some(Held { objects, list }))
    }

    /// Lists the differences between a frame and the bytes of another machine for it, from [`image`](Self::image) or
    /// [`dumps`](crate::dumps) there, as [`image::compare`] does.
    ///
    /// # Errors
    /// If the frame is not kept, or the bytes would be refused by [`check`](crate::check).
    pub fn compare<'a>(&'a self, frame: u64, theirs: &'a [u8]) -> Result<Differences<'a>> {
        self.options.compare_owned::<T>([self.image(frame)?, Cow::Borrowed(theirs)])
    }
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for History<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("frames", &self.frames_kept().count())
            .field("bytes", &self.bytes_held())
            .finish_non_exhaustive()
    }
}
