//! The frames that have left the ring: key frames, and the deltas of the others against the key frame before them.
//!
//! A frame is never further than one delta from a whole image, so that restoring any of them takes about the same time.
//! The older frames are, the further apart they become: frames are dropped when the budget is reached.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::ring::Buffer;
use crate::error::Result;
use crate::image::{PLACE, checksum, delta_into, patch};
use crate::sharing::Objects;

/// A frame whose delta is longer than this fraction of it becomes a key frame.
const KEY: usize = 4;

/// The offset of the checksum of the image in a delta.
const CHECKSUM: usize = 40;

#[derive(Debug)]
pub(super) struct Older {
    most: usize,
    groups: VecDeque<Group>,
    /// The space in which deltas are written before they are kept.
    scratch: Vec<u8>,
}

#[derive(Debug)]
struct Group {
    number: u64,
    key: Vec<u8>,
    /// The objects that the key frame holds.
    held: Box<[u32]>,
    /// In ascending order of number.
    deltas: Vec<Delta>,
    /// The size of the deltas and their lists in bytes.
    deltas_len: usize,
}

#[derive(Debug)]
struct Delta {
    number: u64,
    bytes: Box<[u8]>,
    /// The objects that the frame holds, unless they are those of the key frame.
    held: Option<Box<[u32]>>,
}

impl Older {
    pub fn new(most: usize) -> Self {
        Self { most, groups: VecDeque::new(), scratch: Vec::new() }
    }

    /// All bytes that are allocated.
    pub fn bytes(&self) -> usize {
        let groups = self.groups.capacity() * size_of::<Group>();
        groups + self.scratch.capacity() + self.groups.iter().map(Group::bytes).sum::<usize>()
    }

    pub fn numbers(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.groups
            .iter()
            .flat_map(|group| core::iter::once(group.number).chain(group.deltas.iter().map(|delta| delta.number)))
    }

    /// Keeps a frame that is newer than all others.
    pub fn keep(&mut self, number: u64, frame: &Buffer, objects: &mut Objects) {
        let Buffer { image, held } = frame;
        if image.len() + PLACE * held.len() > self.most {
            return;
        }
        let delta = self.groups.back().and_then(|group| {
            delta_into(&group.key, image, &mut self.scratch).ok()?;
            let held = (*group.held != **held).then(|| Box::from(&**held));
            (self.scratch.len() <= image.len() / KEY).then(|| Delta { number, bytes: Box::from(&*self.scratch), held })
        });
        match (delta, self.groups.back_mut()) {
            (Some(delta), Some(group)) => {
                objects.retain(delta.held.as_deref().unwrap_or(&[]));
                group.push(delta);
            }
            _ => {
                objects.retain(held);
                let (key, held) = (image.clone(), Box::from(&**held));
                self.groups.push_back(Group { number, key, held, deltas: Vec::new(), deltas_len: 0 });
            }
        }
        self.thin(number, objects);
    }

    pub fn forget_from(&mut self, number: u64, objects: &mut Objects) {
        while self.groups.back().is_some_and(|newest| newest.number >= number) {
            if let Some(group) = self.groups.pop_back() {
                group.release(objects);
            }
        }
        if let Some(group) = self.groups.back_mut() {
            group.retain_before(number, objects);
        }
    }

    /// The objects that a frame holds.
    pub fn held(&self, number: u64) -> Option<&[u32]> {
        let group = self.group(number)?;
        if group.number == number {
            return Some(&group.held);
        }
        Some(group.delta(number)?.held.as_deref().unwrap_or(&group.held))
    }

    /// The bytes of a frame.
    pub fn image(&self, number: u64) -> Option<Result<Cow<'_, [u8]>>> {
        let group = self.group(number)?;
        if group.number == number {
            return Some(Ok(Cow::Borrowed(&group.key)));
        }
        let delta = group.delta(number)?;
        let mut image = Vec::new();
        Some(patch(&group.key, &delta.bytes, &mut image).map(|()| Cow::Owned(image)))
    }

    /// The checksum of a frame's bytes.
    pub fn checksum(&self, number: u64) -> Option<u64> {
        let group = self.group(number)?;
        if group.number == number {
            return Some(checksum(&group.key));
        }
        let sum = group.delta(number)?.bytes.get(CHECKSUM..)?.first_chunk()?;
        Some(u64::from_le_bytes(*sum))
    }

    fn group(&self, number: u64) -> Option<&Group> {
        let behind = self.groups.partition_point(|group| group.number <= number);
        self.groups.get(behind.checked_sub(1)?)
    }

    /// Drops frames until the rest fits the budget.
    fn thin(&mut self, newest: u64, objects: &mut Objects) {
        while self.bytes() > self.most {
            let Some(at) = (0..self.groups.len()).max_by_key(|&at| self.crowd(at, newest)) else {
                self.groups.shrink_to_fit();
                self.scratch = Vec::new();
                return;
            };
            if self.groups[at].deltas.is_empty() {
                if let Some(group) = self.groups.remove(at) {
                    group.release(objects);
                }
            } else {
                self.groups[at].drop_crowded(newest).release(objects);
            }
        }
    }

    /// How close together the frames of a group are in relation to their age. A key frame alone, if it is the first or
    /// the newest, goes last.
    fn crowd(&self, at: usize, newest: u64) -> u128 {
        let Group { number, ref deltas, .. } = self.groups[at];
        let behind = self.groups.get(at + 1).map(|group| group.number);
        if deltas.is_empty() && (at == 0 || behind.is_none()) {
            return 0;
        }
        let age = (newest - number).saturating_add(1);
        let span = behind.map_or(age, |behind| behind - number);
        // Frames per thousandth of the time since then.
        u128::from(age) * (deltas.len() as u128 + 1) * 1000 / u128::from(span)
    }
}

impl Group {
    fn bytes(&self) -> usize {
        self.key.capacity() + PLACE * self.held.len() + self.deltas.capacity() * size_of::<Delta>() + self.deltas_len
    }

    fn delta(&self, number: u64) -> Option<&Delta> {
        let at = self.deltas.binary_search_by_key(&number, |delta| delta.number).ok()?;
        self.deltas.get(at)
    }

    fn push(&mut self, delta: Delta) {
        self.deltas_len += delta.len();
        self.deltas.push(delta);
    }

    /// Releases the objects that it holds.
    fn release(self, objects: &mut Objects) {
        objects.release(&mut self.held.into_vec());
        for delta in self.deltas {
            delta.release(objects);
        }
    }

    /// Removes the delta whose neighbours are closest in relation to its age.
    fn drop_crowded(&mut self, newest: u64) -> Delta {
        let (mut crowded, mut most) = (0, 0);
        for (at, delta) in self.deltas.iter().enumerate() {
            let before = at.checked_sub(1).map_or(self.number, |at| self.deltas[at].number);
            let behind = self.deltas.get(at + 1).map_or(newest, |next| next.number);
            let gap = behind.saturating_sub(before).max(1);
            let crowd = u128::from((newest - delta.number).saturating_add(1)) * 1000 / u128::from(gap);
            if crowd > most {
                (crowded, most) = (at, crowd);
            }
        }
        let delta = self.deltas.remove(crowded);
        self.deltas_len -= delta.len();
        if self.deltas.is_empty() {
            self.deltas = Vec::new();
        }
        delta
    }

    fn retain_before(&mut self, number: u64, objects: &mut Objects) {
        let from = self.deltas.partition_point(|delta| delta.number < number);
        let gone = self.deltas.split_off(from);
        self.deltas.shrink_to_fit();
        self.deltas_len = self.deltas.iter().map(Delta::len).sum();
        for delta in gone {
            delta.release(objects);
        }
    }
}

impl Delta {
    fn len(&self) -> usize {
        self.bytes.len() + self.held.as_ref().map_or(0, |held| PLACE * held.len())
    }

    /// Releases the objects that it holds.
    fn release(self, objects: &mut Objects) {
        if let Some(held) = self.held {
            objects.release(&mut held.into_vec());
        }
    }
}
