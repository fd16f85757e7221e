//! The buffers of a history: which frame is in which, and which one the next frame gets.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem::take;

use super::older::Older;

/// Room that a buffer is left beside an eighth of its image, so that the next image need not be as long to the byte.
const SLACK: usize = 256;

#[derive(Debug)]
pub(super) struct Ring {
    most_frames: usize,
    most_bytes: usize,
    /// By number, which grows.
    frames: VecDeque<Frame>,
    /// Buffers of frames that are gone; the last is written into next. What they hold is the guess of how long the new
    /// image will be.
    spares: Vec<Vec<u8>>,
    /// The capacities of the frames' buffers.
    framed: usize,
    /// Takes the frames for which there is no room here.
    pub older: Option<Older>,
}

#[derive(Debug)]
pub(super) struct Frame {
    number: u64,
    pub image: Vec<u8>,
    /// Of the image, once it was asked for.
    pub checksum: Option<u64>,
}

impl Ring {
    pub fn new(most_frames: usize) -> Self {
        Self {
            most_frames,
            most_bytes: usize::MAX,
            frames: VecDeque::new(),
            spares: Vec::new(),
            framed: 0,
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

    /// The capacities of all buffers, but for older frames.
    pub fn held(&self) -> usize {
        self.framed + self.spares.iter().map(Vec::capacity).sum::<usize>()
    }

    pub fn find(&self, number: u64) -> Option<&Frame> {
        self.frames.get(self.place(number)?)
    }

    pub fn find_mut(&mut self, number: u64) -> Option<&mut Frame> {
        let place = self.place(number)?;
        self.frames.get_mut(place)
    }

    fn place(&self, number: u64) -> Option<usize> {
        self.frames.binary_search_by_key(&number, |frame| frame.number).ok()
    }

    /// The buffer for the next frame. It stays here while it is written into, so that a panic loses nothing.
    pub fn next(&mut self) -> &mut Vec<u8> {
        if self.spares.is_empty() {
            self.spares.push(Vec::new());
        }
        let last = self.spares.len() - 1;
        &mut self.spares[last]
    }

    /// Makes what was written into the next buffer a frame.
    pub fn keep_next(&mut self, number: u64) {
        let image = take(self.next());
        self.spares.pop();
        self.forget_from(number);
        while self.frames.len() >= self.most_frames {
            self.recycle_oldest();
        }
        self.framed += image.capacity();
        // So that going back, which frees many at once, allocates nothing either.
        self.spares.reserve(self.frames.len() + 1);
        self.frames.push_back(Frame { number, image, checksum: None });
        self.trim();
    }

    /// Keeps to the budget in bytes after a write that failed, and all frames.
    pub fn give_up_next(&mut self) {
        if self.held() > self.most_bytes {
            self.spares.pop();
        }
    }

    /// Forgets the frames of this and of larger numbers.
    pub fn forget_from(&mut self, number: u64) {
        if let Some(older) = &mut self.older {
            older.forget_from(number);
        }
        while self.frames.back().is_some_and(|newest| newest.number >= number) {
            if let Some(frame) = self.frames.pop_back() {
                self.recycle(frame);
            }
        }
    }

    fn recycle_oldest(&mut self) {
        if let Some(frame) = self.frames.pop_front() {
            if let Some(older) = &mut self.older {
                older.keep(frame.number, &frame.image);
            }
            self.recycle(frame);
        }
    }

    fn recycle(&mut self, frame: Frame) {
        self.framed -= frame.image.capacity();
        self.spares.push(frame.image);
    }

    /// Keeps to the budget in bytes. There is to be space for one more frame as large as the newest, so that the next one
    /// is written without an allocation and without going beyond the budget; the last frame alone may take all of it.
    fn trim(&mut self) {
        if self.held() > self.most_bytes {
            self.shrink_newest(|len| len.saturating_add(len / 8 + SLACK));
        }
        loop {
            let newest = self.frames.back().map_or(0, |frame| frame.image.capacity());
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
        if let Some(Frame { image, .. }) = self.frames.back_mut() {
            let before = image.capacity();
            image.shrink_to(room(image.len()));
            self.framed = self.framed - before + image.capacity();
        }
    }
}
