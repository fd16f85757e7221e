//! Lists whose elements have shifted since their state was saved: live elements are moved to where the image has them,
//! so that they are restored into the allocations that they had.
//!
//! An image has no identities. The evidence is that the head of an element that stayed differs in fewer bytes from its
//! head in the image than those of its neighbours do. Only few places are examined, a list that did not shift is
//! recognised after a handful, and a wrong guess costs nothing but time: each element is restored afterwards, wherever
//! it came from. The code deals only with heads, so it is compiled once for all types, which provide the writing and
//! moving of elements.

use core::ops::Range;

use super::list::put_heads;
use crate::protocol::decode::Reader;
use crate::protocol::encode::Writer;
use crate::protocol::layout::{stride, tag_head};
use crate::protocol::room::Run;
use crate::schema::fingerprint::identity;
use crate::schema::{Kind, Schema};
use crate::state::State;

/// Shorter lists are restored without it.
const SHORTEST: usize = 64;

/// The largest head that is compared.
const LONGEST_HEAD: usize = 256;

/// The greatest number of places examined in a list that did not shift.
const PLACES: usize = 8;

/// The distance between places examined in a list that did.
const APART: usize = 64;

/// How far elements are searched for: at first one place to either side.
const FARTHEST: usize = 16;
const RADII: [usize; 3] = [1, 4, FARTHEST];

/// The number of shifts that are tried.
const SHIFTS: usize = 2 * FARTHEST + 1;

/// The greatest number of segments.
const SEGMENTS: usize = 128;

/// Whether a list of this many elements is examined.
#[inline]
pub(super) fn is_worth<T: State>(len: usize) -> bool {
    T::DYNAMIC && T::HEAD > 0 && T::HEAD <= LONGEST_HEAD && len >= SHORTEST
}

/// Moves the elements that stayed to where the image has them; returns whether restoring elements in place is
/// worthwhile.
#[inline]
pub(super) fn align<T: State>(items: &mut [T], run: &[u8], reader: &Reader<'_>) -> bool {
    !(is_worth::<T>(items.len()) && may_move::<T>(reader)) || align_long(items, run)
}

/// A separate function, whose stack is released before the elements are restored.
#[inline(never)]
fn align_long<T: State>(items: &mut [T], run: &[u8]) -> bool {
    let live: &[T] = items;
    // Whatever follows the head finds no space, and is left out.
    let put = |at: usize, head: &mut [u8]| {
        let item = live.get(at..=at).unwrap_or_default();
        put_heads::<T, Run>(item.iter(), head, &mut Writer::over(&mut [], &mut [], &mut [], 0));
    };
    let probe = Probe::new(T::HEAD, (items.len(), &put), run);
    if probe.len < SHORTEST {
        return true;
    }
    match probe.look() {
        Look::Alike => true,
        Look::Apart => probe.have_their_variants(T::schema()),
        Look::Shifted => {
            if let Some(segments) = probe.segments() {
                let count = items.len();
                segments.apply(count, &mut |part, by| {
                    if let Some(part) = items.get_mut(part) {
                        part.rotate_left(by);
                    }
                });
            }
            true
        }
    }
}

/// Whether values may change places in a list, or move to other keys of a map.
pub(super) fn may_move<T: State>(reader: &Reader<'_>) -> bool {
    reader.moves() || part_may_move::<T>(reader.is_numbered())
}

/// A part may allow it although the whole type does not. If references are numbered, live objects are identified by
/// their places.
#[cold]
fn part_may_move<T: State>(is_numbered: bool) -> bool {
    // Without `std` the identity would be computed each time.
    cfg!(feature = "std") && {
        let identity = identity(T::schema());
        identity.moves && !(is_numbered && identity.points)
    }
}

/// The relation of a live list to the image.
enum Look {
    Alike,
    Shifted,
    Apart,
}

/// Compares live elements with the image.
struct Probe<'a> {
    /// The size of a head, which is not zero.
    head: usize,
    /// The number of live elements.
    live: usize,
    /// Writes the head of one of them.
    put: &'a dyn Fn(usize, &mut [u8]),
    run: &'a [u8],
    /// The number of elements that both have.
    len: usize,
    /// The number of consecutive elements compared at a place: as many as are significant.
    window: usize,
}

impl<'a> Probe<'a> {
    fn new(head: usize, (live, put): (usize, &'a dyn Fn(usize, &mut [u8])), run: &'a [u8]) -> Self {
        let window = match head {
            0..=4 => 32,
            5..=16 => 8,
            _ => 4,
        };
        Self { head, live, put, run, len: live.min(run.len() / stride(head)), window }
    }

    /// What a few places show; one of them suffices for a shift. A list in which two places are inconclusive has
    /// nothing in common with the image; in a short list, one suffices.
    fn look(&self) -> Look {
        // Examining one takes as long as restoring some dozens of elements.
        let places = ((self.len / 256).clamp(1, 3) + self.len / 1024).min(PLACES);
        let mut lost = 0;
        for place in 1..=places {
            match self.find(place * (self.len - self.window) / places, 0) {
                Some(0) => {}
                Some(_) => return Look::Shifted,
                None => lost += 1,
            }
            if lost == 2 || lost * 8 * SHORTEST > self.len {
                return Look::Apart;
            }
        }
        Look::Alike
    }

    /// Whether more than a third of the elements have the variant that the image has at their index. If fewer do, as in
    /// messages that have nothing in common, next to nothing can be kept, and dropping elements one by one while others
    /// are built takes longer than dropping all of them first.
    fn have_their_variants(&self, schema: &Schema) -> bool {
        let Kind::Enum(all) = &schema.kind else { return true };
        let tag = tag_head(all.variants.len());
        let places = (self.len / 16).clamp(SHORTEST / 8, 32);
        let same = (0..places).map(|place| place * (self.len - 1) / (places - 1)).filter(|&at| {
            let mut head = [0; LONGEST_HEAD];
            let image = self.image(at);
            self.head(at as isize, &mut head).is_some_and(|head| head.get(..tag) == image.get(..tag))
        });
        3 * same.count() > places
    }

    /// The shift of the elements at a place of the image, if it can be determined. They are searched for near `hint`
    /// first, and then as far away as the length of the list justifies.
    fn find(&self, at: usize, hint: isize) -> Option<isize> {
        for radius in RADII.into_iter().filter(|&radius| radius == 1 || radius * 128 <= self.len) {
            let shifts = FARTHEST - radius..FARTHEST + radius + 1;
            let mut differences = [0; SHIFTS];
            self.compare(at, hint, shifts.clone(), &mut differences);
            if differences[FARTHEST] == 0 {
                return Some(hint);
            }
            let (best, shift, second) = two_best(&differences, shifts.clone());
            let sum: u32 = differences[shifts.clone()].iter().sum();
            let mean = sum / shifts.len() as u32;
            // In the widest search, a shift also counts if it differs from all others by more than they do from each
            // other.
            let is_alone = radius == FARTHEST && second - best > mean.saturating_sub(second);
            if 2 * best <= second && best < second || is_alone {
                return Some(hint + shift as isize - FARTHEST as isize);
            }
        }
        None
    }

    /// Adds, for each of the shifts, the number of bytes in which the elements with that shift differ from the image.
    fn compare(&self, at: usize, hint: isize, shifts: Range<usize>, differences: &mut [u32; SHIFTS]) {
        // The start of the window of the first possible shift, number 0.
        let start = at as isize - hint + FARTHEST as isize;
        let last = start - shifts.start as isize + self.window as isize;
        for from in start - shifts.end as isize + 1..last {
            let mut head = [0; LONGEST_HEAD];
            let head = self.head(from, &mut head);
            for place in 0..self.window {
                let shift = start + place as isize - from;
                if let Some(shift) = usize::try_from(shift).ok().filter(|shift| shifts.contains(shift)) {
                    differences[shift] += self.differ(head, at + place);
                }
            }
        }
    }

    /// The head of an element, if it exists.
    fn head<'h>(&self, from: isize, head: &'h mut [u8; LONGEST_HEAD]) -> Option<&'h [u8]> {
        let from = usize::try_from(from).ok().filter(|&from| from < self.live)?;
        let head = &mut head[..self.head];
        (self.put)(from, head);
        Some(head)
    }

    /// The heads of the image from an element on.
    fn image(&self, at: usize) -> &[u8] {
        &self.run[at * self.head..]
    }

    /// The number of bytes in which a head differs from that in the image. A missing head differs in all.
    fn differ(&self, head: Option<&[u8]>, at: usize) -> u32 {
        let Some(head) = head else { return self.head as u32 };
        head.iter().zip(self.image(at)).map(|(a, b)| u32::from(a != b)).sum()
    }

    /// Follows the shifts through the list, until more places are inconclusive than conclusive.
    fn segments(&self) -> Option<Segments> {
        let mut segments = Segments::new(self.len);
        let (mut from, mut shift, mut balance) = (0, 0, 2_isize);
        while from < self.len {
            let to = (from + APART).min(self.len);
            let found = self.find(to.min(self.len - self.window), shift);
            balance += if found.is_some() { 1 } else { -1 };
            if balance < 0 {
                return None;
            }
            let next = found.unwrap_or(shift);
            self.split((from, shift), (to, next), &mut segments);
            (from, shift) = (to, next);
        }
        Some(segments)
    }

    /// Finds where the shift changes between two places.
    fn split(&self, (from, first): (usize, isize), (to, last): (usize, isize), segments: &mut Segments) {
        if first == last {
            return;
        }
        if to - from <= 1 {
            return segments.push(to, last);
        }
        let middle = usize::midpoint(from, to);
        let differ = |&shift: &isize| {
            let mut head = [0; LONGEST_HEAD];
            self.differ(self.head(middle as isize - shift, &mut head), middle)
        };
        let shift = (first.min(last)..=first.max(last)).min_by_key(differ).unwrap_or(first);
        self.split((from, first), (middle, shift), segments);
        self.split((middle, shift), (to, last), segments);
    }
}

/// The smallest of the differences, its index, and the second smallest.
fn two_best(differences: &[u32; SHIFTS], shifts: Range<usize>) -> (u32, usize, u32) {
    let (mut best, mut place, mut second) = (u32::MAX, 0, u32::MAX);
    for shift in shifts {
        let found = differences[shift];
        if found < best {
            (second, best, place) = (best, found, shift);
        } else {
            second = second.min(found);
        }
    }
    (best, place, second)
}

/// The shift that applies from each position of the image on: by how many places elements must move to the right.
struct Segments {
    list: [(usize, isize); SEGMENTS],
    count: usize,
    /// The end of the last one.
    len: usize,
}

impl Segments {
    fn new(len: usize) -> Self {
        Self { list: [(0, 0); SEGMENTS], count: 1, len }
    }

    /// Adds a segment; if there are too many, the rest keeps the last shift.
    fn push(&mut self, at: usize, shift: isize) {
        if let Some(place) = self.list.get_mut(self.count) {
            *place = (at, shift);
            self.count += 1;
        }
    }

    /// Moves the elements to their places in the image; `items` is their number. Elements left over are before those
    /// that move to the left, or after those that move to the right, and change sides with them.
    ///
    /// `rotate` moves the elements of a part to the left, by no more than its length.
    fn apply(&self, items: usize, rotate: &mut dyn FnMut(Range<usize>, usize)) {
        let segments = &self.list[..self.count];
        let end = |at: usize| segments.get(at + 1).map_or(self.len, |next| next.0);
        let by = |at: usize| segments[at].1.unsigned_abs();
        let mut at = 0;
        for group in segments.chunk_by(|a, b| a.1.signum() == b.1.signum()) {
            let all = at..at + group.len();
            at = all.end;
            match group[0].1.signum() {
                0 => {}
                -1 => all.for_each(|at| {
                    let part = segments[at].0..(end(at) + by(at)).min(items);
                    if by(at) <= part.len() {
                        rotate(part, by(at));
                    }
                }),
                _ => all.rev().for_each(|at| {
                    let part = segments[at].0.saturating_sub(by(at))..end(at).min(items);
                    if let Some(left) = part.len().checked_sub(by(at)) {
                        rotate(part, left);
                    }
                }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{Writer, align_long};
    use crate::state::State;

    /// Elements that are identified by their address.
    fn list(numbers: impl Iterator<Item = u64>) -> Vec<(u64, String)> {
        numbers.map(|number| (number, alloc::format!("{number:x}"))).collect()
    }

    /// The numbers of a live list once it is aligned with another.
    fn aligned(live: &[(u64, String)], saved: &[(u64, String)]) -> Vec<u64> {
        let mut live = live.to_vec();
        let mut run = alloc::vec![0; saved.len() * <(u64, String)>::HEAD];
        for (item, head) in saved.iter().zip(run.chunks_exact_mut(<(u64, String)>::HEAD)) {
            item.put(head, &mut Writer::over(&mut [], &mut [], &mut [], 0));
        }
        align_long(&mut live, &run);
        live.into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn elements_go_where_the_image_has_them() {
        let scattered = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let saved = list((0..1000).map(scattered));
        for (removed, added) in [(500, 300), (300, 500), (0, 999), (999, 0), (10, 11), (700, 2)] {
            let mut live = saved.clone();
            live.remove(removed);
            live.insert(added, (7, String::new()));
            let numbers = aligned(&live, &saved);
            let apart = numbers.iter().zip(&saved).filter(|(number, saved)| **number != saved.0).count();
            assert!(apart <= 16, "{removed} {added}: {apart}");
            let mut all: Vec<u64> = live.iter().map(|(number, _)| *number).collect();
            let mut after = numbers;
            all.sort_unstable();
            after.sort_unstable();
            assert_eq!(all, after, "nothing is lost or made");
        }
    }
}
