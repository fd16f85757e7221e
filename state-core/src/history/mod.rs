//! Frames of a live value, to go back to: the last states of a simulation, within a budget.

mod older;
mod ring;

use alloc::borrow::Cow;
use core::fmt;
use core::marker::PhantomData;

use crate::error::{Error, ErrorKind, Result};
use crate::image::{self, Differences, Options};
use crate::schema::fingerprint::identity_of;
use crate::schema::{root_name, unordered};
use crate::sharing::Held;
use crate::state::{RestoreOwned, State};
use older::Older;
use ring::Ring;

/// The last states of a value that goes on, each under a number: what a rollback, a rewind or an undo goes back to.
///
/// It is a ring of buffers. A new frame is written into the one that the oldest frame leaves, so that nothing is allocated
/// once it is full, as long as frames do not grow. One buffer more than there are frames is held for that: a frame that
/// cannot be written, because a hook refuses or panics, takes no older one away.
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
/// history.restore(95, &mut world)?; // in place, and as often as one likes
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
    /// Whether it is known that equal values have equal images.
    ordered: bool,
    value: PhantomData<fn(&T)>,
}

impl<T> History<T> {
    /// A history that keeps up to 16 frames, in as many bytes as they take.
    #[must_use]
    pub fn new() -> Self {
        Self { options: Options::new(), ring: Ring::new(16), ordered: false, value: PhantomData }
    }

    /// How many frames it keeps. One that keeps none is turned off: it writes nothing.
    #[must_use]
    pub fn frames(mut self, most: usize) -> Self {
        self.ring.set_frames(most);
        self
    }

    /// How many bytes its buffers may take, the one for the next frame among them. Frames are given up for it, the oldest
    /// first; while a frame is written that is longer than any before it, it is there beside them.
    ///
    /// A budget that holds fewer than two frames costs an allocation for each of them.
    #[must_use]
    pub fn bytes(mut self, most: usize) -> Self {
        self.ring.set_bytes(most);
        self
    }

    /// Keeps the frames for which there is no more room, in so many bytes beside the others: to rewind for minutes.
    ///
    /// They are kept as [deltas](crate::image::delta) against key frames, each against one, so that none takes longer to
    /// restore than a patch and a restore take. Where the bytes are used up, frames go where they are close together for
    /// how old they are: the further back, the further apart they are, and the first frame stays for long. What is still
    /// there is among [`frames_kept`](Self::frames_kept).
    ///
    /// A push then takes about twice as long, and allocates what is kept.
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
        self.ring.older = Some(Older::new(bytes));
        self
    }

    /// How the frames are written.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// The numbers of the frames that are there, the oldest first.
    #[must_use]
    pub fn frames_kept(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.ring.numbers()
    }

    /// The bytes that its buffers take, used or not.
    #[must_use]
    pub fn bytes_held(&self) -> usize {
        self.ring.held() + self.ring.older.as_ref().map_or(0, Older::bytes)
    }

    /// Forgets all frames, and keeps the buffers for those that come.
    pub fn clear(&mut self) {
        self.ring.forget_from(0);
    }
}

impl<T: State> History<T> {
    /// Writes the value's state as the frame of this number, which is the newest from then on.
    ///
    /// Numbers grow: frames of this and of larger numbers, which stay when an older one is restored, are forgotten now.
    /// So a simulation that went back simply goes on. Numbers may be left out.
    ///
    /// # Errors
    /// A value that cannot be written, as for [`dumps`](crate::dumps), or whose image alone is larger than the budget in
    /// bytes. All frames are then still there, and after a panic too.
    pub fn push(&mut self, frame: u64, value: &T) -> Result<()> {
        if !self.ring.is_on() {
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

    /// The checksum of a frame: what [`image::checksum`] gives for its bytes. It is computed when it is first asked for,
    /// and kept. Equal states have equal checksums on every machine, and after each restore.
    ///
    /// Floats count by their bits, as they do for [`compare`](Self::compare): zero is not equal to minus zero, nor one NaN
    /// to another. Opaque structs (`bytemuck::Pod`) are equal between machines of one byte order alone. What a field under
    /// `serde` holds is taken as it comes.
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
    /// A frame that is not there, and a type with hash maps or sets that are not sorted: their order differs between
    /// equal states, and so would the checksums.
    pub fn checksum(&mut self, frame: u64) -> Result<u64> {
        if !self.ordered {
            if let Some(path) = unordered(T::schema()) {
                return Err(Error::new(
                    ErrorKind::Identity,
                    "an order that equal states share, as checksums need it",
                    "a hash map or set without it (`#[state(sorted)]` gives it one)",
                )
                .at(path));
            }
            self.ordered = true;
        }
        let Self { ring, options, .. } = self;
        let sum = ring.checksum(frame, options).or_else(|| {
            let older = ring.older.as_ref()?;
            Some(ring.holder.objects.combine(older.checksum(frame)?, older.held(frame)?, options))
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
    /// The bytes are not checked again: nobody but the history has had them.
    ///
    /// # Errors
    /// A frame that is not there, and the refusal of a hook or conversion. The target is then unchanged.
    pub fn restore(&self, frame: u64, target: &mut T) -> Result<()> {
        let (bytes, list) = self.frame(frame)?;
        let held = self.held(list)?;
        image::restore_written(&bytes, held.as_ref(), target)
    }

    /// The native bytes of a frame, as [`dumps`](crate::dumps) gave them: for a file, or for another machine to
    /// [compare](Self::compare) with. Those of a frame that [holds](crate::guide::rolling_back#what-stays-as-it-is) objects
    /// are written again, with the objects in them.
    ///
    /// # Errors
    /// A frame that is not there, or whose objects belong to another thread.
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

    /// What differs between a frame and the bytes that another machine has for it, from [`image`](Self::image) or
    /// [`dumps`](crate::dumps) there: as [`image::compare`] does it.
    ///
    /// # Errors
    /// A frame that is not there, and bytes that [`check`](crate::check) would refuse.
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
