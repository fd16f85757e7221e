//! The buffers of a history: which frame is in which, and which one is next.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem::take;

use super::older::Older;
use crate::error::Result;
use crate::image::{self, Options, PLACE};
use crate::sharing::{Holder, Objects, drop_gone};

#[derive(Debug)]
pub(super) struct Ring {
    most_frames: usize,
    most_bytes: usize,
    /// In ascending order of number.
    frames: VecDeque<Frame>,
    /// Buffers of dropped frames; the last is written next. Its old content predicts the length of the new image.
    spares: Vec<Buffer>,
    /// The capacities of the frames' buffers.
    framed: usize,
    /// The objects that the frames hold, and those of the frame being written.
    pub holder: Holder,
    /// Receives the frames for which there is no room here.
    pub older: Option<Older>,
}

#[derive(Debug)]
pub(super) struct Frame {
    number: u64,
    pub buffer: Buffer,
    /// The checksum of the image and the objects that it holds, once computed.
    checksum: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Buffer {
    pub image: Vec<u8>,
    /// The objects whose pointers are not in the image, in its order.
    pub held: Vec<u32>,
}

impl Buffer {
    fn capacity(&self) -> usize {
        self.image.capacity() + PLACE * self.held.capacity()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        drop_gone();
    }
}

impl Ring {
    pub fn new(most_frames: usize) -> Self {
        Self {
            most_frames,
            most_bytes: usize::MAX,
            frames: VecDeque::new(),
            spares: Vec::new(),
            framed: 0,
            holder: Holder::default(),
            older: None,
        }
    }

    pub fn set_frames(&mut self, most: usize) {
        self.most_frames = most;
        while self.frames.len() > most {
            self.recycle_oldest();
        }
        self.spares.clear();
    }

    pub fn set_bytes(&mut self, most: usize) {
        self.most_bytes = most;
        self.trim();
    }

    /// Keeps older frames from now on.
    pub fn set_older(&mut self, bytes: usize) {
        if let Some(mut older) = self.older.replace(Older::new(bytes)) {
            older.forget_from(0, &mut self.holder.objects);
        }
    }

    pub fn is_on(&self) -> bool {
        self.most_frames > 0
    }

    pub fn most_bytes(&self) -> usize {
        self.most_bytes
    }

    pub fn numbers(&self) -> impl DoubleEndedIterator<Item = u64> {
        let older = self.older.iter().flat_map(Older::numbers);
        older.chain(self.frames.iter().map(|frame| frame.number))
    }

    /// The capacities of all buffers, except those of older frames.
    pub fn held(&self) -> usize {
        let spares = self.spares.iter().map(Buffer::capacity).sum::<usize>();
        self.framed + spares + PLACE * self.holder.list.capacity()
    }

    pub fn find(&self, number: u64) -> Option<&Frame> {
        self.frames.get(self.place(number)?)
    }

    fn place(&self, number: u64) -> Option<usize> {
        self.frames.binary_search_by_key(&number, |frame| frame.number).ok()
    }

    /// The checksum of a frame that is here.
    pub fn checksum(&mut self, number: u64, options: &Options) -> Option<Result<u64>> {
        let place = self.place(number)?;
        let Frame { buffer, checksum, .. } = self.frames.get_mut(place)?;
        if let Some(known) = *checksum {
            return Some(Ok(known));
        }
        let sum = combine(&mut self.holder.objects, image::checksum(&buffer.image), &buffer.held, options);
        *checksum = sum.as_ref().ok().copied();
        Some(sum)
    }

    /// The buffer for the next frame. It stays here while it is written, so that a panic loses nothing.
    pub fn next(&mut self) -> &mut Vec<u8> {
        self.next_holding().0
    }

    /// The buffer for the next frame, and the holder that collects the objects that it holds.
    pub fn next_holding(&mut self) -> (&mut Vec<u8>, &mut Holder) {
        if self.spares.is_empty() {
            self.spares.push(Buffer::default());
        }
        // Left from a frame whose writing panicked.
        self.holder.restart();
        let last = self.spares.len() - 1;
        let Buffer { image, held } = &mut self.spares[last];
        if let Some(newest) = self.frames.back() {
            image::outgrow(image, &newest.buffer.image, self.most_bytes);
        }
        if self.holder.list.capacity() == 0 {
            self.holder.list = take(held);
        }
        (image, &mut self.holder)
    }

    /// Makes the content of the next buffer a frame.
    pub fn keep_next(&mut self, number: u64) {
        let image = self.spares.pop().unwrap_or_default().image;
        let buffer = Buffer { image, held: take(&mut self.holder.list) };
        self.holder.objects.retain(&buffer.held);
        self.framed += buffer.capacity();
        self.frames.push_back(Frame { number, buffer, checksum: None });
        self.forget_between(number);
        while self.frames.len() > self.most_frames {
            self.recycle_oldest();
        }
        // So that restoring an old frame, which frees many buffers at once, does not allocate.
        self.spares.reserve(self.frames.len());
        self.trim();
    }

    /// Keeps all frames, and the budget in bytes, after a write that failed.
    pub fn give_up_next(&mut self) {
        self.holder.restart();
        if self.held() > self.most_bytes {
            self.spares.pop();
            self.holder.list = Vec::new();
        }
    }

    /// Forgets the frames with this number or a larger one.
    pub fn forget_from(&mut self, number: u64) {
        if let Some(older) = &mut self.older {
            older.forget_from(number, &mut self.holder.objects);
        }
        while self.frames.back().is_some_and(|newest| newest.number >= number) {
            if let Some(frame) = self.frames.pop_back() {
                self.recycle(frame);
            }
        }
    }

    /// Forgets the frames with this number or a larger one, except the newest.
    fn forget_between(&mut self, number: u64) {
        if let Some(newest) = self.frames.pop_back() {
            self.forget_from(number);
            self.frames.push_back(newest);
        }
    }

    fn recycle_oldest(&mut self) {
        if let Some(frame) = self.frames.pop_front() {
            if let Some(older) = &mut self.older {
                older.keep(frame.number, &frame.buffer, &mut self.holder.objects);
            }
            self.recycle(frame);
        }
    }

    fn recycle(&mut self, frame: Frame) {
        self.framed -= frame.buffer.capacity();
        self.spares.push(frame.buffer);
        if let Some(Buffer { held, .. }) = self.spares.last_mut() {
            self.holder.objects.release(held);
        }
    }

    /// Enforces the budget in bytes. It leaves space for one more frame as large as the newest, so that the next is
    /// written without an allocation and within the budget; the last frame alone may use all of it.
    fn trim(&mut self) {
        if self.held() > self.most_bytes {
            self.shrink_newest(image::with_room);
        }
        loop {
            let newest = self.frames.back().map_or(0, |frame| frame.buffer.capacity());
            let next = if self.spares.is_empty() { newest } else { 0 };
            let held = self.held();
            if held.saturating_add(next) <= self.most_bytes {
                return;
            }
            if self.spares.len() > 1 {
                self.spares.remove(0);
            } else if self.frames.len() > 1 {
                self.recycle_oldest();
            } else {
                if held > self.most_bytes {
                    self.spares.clear();
                    self.shrink_newest(|len| len);
                }
                return;
            }
        }
    }

    fn shrink_newest(&mut self, room: impl Fn(usize) -> usize) {
        if let Some(Frame { buffer, .. }) = self.frames.back_mut() {
            let before = buffer.capacity();
            buffer.image.shrink_to(room(buffer.image.len()));
            buffer.held.shrink_to_fit();
            self.framed = self.framed - before + buffer.capacity();
        }
    }
}

/// The checksum of a frame: of the checksum `image` of its image, followed by those of its objects, in order.
///
/// # Errors
/// If an object cannot be written, or belongs to another thread.
pub(super) fn combine(objects: &mut Objects, image: u64, list: &[u32], options: &Options) -> Result<u64> {
    if list.is_empty() {
        return Ok(image);
    }
    let mut sums = Vec::with_capacity(8 * (list.len() + 1));
    sums.extend(image.to_le_bytes());
    for &at in list {
        let sum = objects.checksum(at, |root| Ok(image::checksum(&options.image(root)?)))?;
        sums.extend(sum.to_le_bytes());
    }
    Ok(image::checksum(&sums))
}
