//! A list from a set: an item that occurs more than once, as in a call like `set((1, 1))`, is kept once.

use alloc::vec::Vec;

use super::keys::{Ends, Keys, image};
use super::{Fill, within};
use crate::error::Result;
use crate::schema::{Kind, Schema};
use crate::sharing::walked::Given;
use crate::walk::Decoder;

impl<'v, 's> Fill<'v, 's> {
    /// Fills heads at equal distances with items, and removes those that equal an earlier one. Returns how many remain.
    pub(super) fn once<D: Decoder<'v>>(
        &mut self,
        of: &'s Schema,
        items: &mut impl Iterator<Item = D>,
        (run, stride): (usize, usize),
    ) -> Result<usize> {
        let (mut ends, noted) = (Vec::from([self.ends()]), self.noted());
        for item in items {
            let place = ends.len() - 1;
            self.node(of, item, run + place * stride).map_err(|error| within(error, place))?;
            ends.push(self.ends());
        }
        let again = self.again(of, (run, stride), &ends);
        // Numbers of shared objects contain the places of the objects, so items with any are not moved.
        if !again.contains(&true) || self.noted() != noted {
            return Ok(again.len());
        }
        self.leave_out(&again, (run, stride), &ends);
        Ok(again.iter().filter(|again| !**again).count())
    }

    /// How many pointers were met, where references are numbered.
    fn noted(&self) -> usize {
        self.given.as_ref().map_or(0, Given::noted)
    }

    /// Returns for each item whether an earlier one has the same image.
    fn again(&self, of: &Schema, (run, stride): (usize, usize), ends: &[Ends]) -> Vec<bool> {
        let (mut seen, builder) = (Keys::default(), &self.builder);
        let mut is_again = |place: usize| {
            let head = run + place * stride;
            let head = unsigned(of, &builder.heads[head..head + of.head]);
            !is_nan(of, head) && !seen.meet(image(builder, head, [ends[place], ends[place + 1]]))
        };
        (0..ends.len() - 1).map(&mut is_again).collect()
    }

    /// Removes the repeated items, and closes the gaps.
    fn leave_out(&mut self, again: &[bool], (run, stride): (usize, usize), ends: &[Ends]) {
        let builder = &mut self.builder;
        let keep = |region: &mut Vec<u8>, start: usize, each: &dyn Fn(usize) -> (usize, usize)| {
            let mut at = start;
            for place in (0..again.len()).filter(|&place| !again[place]) {
                let (from, to) = each(place);
                region.copy_within(from..to, at);
                at += to - from;
            }
            at
        };
        let behind = |region: usize| move |place: usize| (ends[place][region], ends[place + 1][region]);
        let tail = keep(&mut builder.heads, ends[0][0], &behind(0));
        builder.heads.truncate(tail);
        let end = keep(&mut builder.heads, run, &|place| (run + place * stride, run + (place + 1) * stride));
        builder.heads.drain(end..ends[0][0]);
        let text = keep(&mut builder.text, ends[0][1], &behind(1));
        builder.text.truncate(text);
        let raw = keep(&mut builder.raw, ends[0][2], &behind(2));
        builder.raw.truncate(raw);
    }
}

/// Returns the head of an item, without the sign of a floating-point zero.
fn unsigned<'h>(of: &Schema, head: &'h [u8]) -> &'h [u8] {
    match (&of.kind, head) {
        (Kind::Float { .. }, [zeros @ .., 0x80]) if zeros.iter().all(|&byte| byte == 0) => &[0; 8][..head.len()],
        _ => head,
    }
}

/// Whether an item is a float that equals no float, not even itself.
fn is_nan(of: &Schema, head: &[u8]) -> bool {
    match of.kind {
        Kind::Float { bits: 32 } => head.try_into().is_ok_and(|head| f32::from_le_bytes(head).is_nan()),
        Kind::Float { .. } => head.try_into().is_ok_and(|head| f64::from_le_bytes(head).is_nan()),
        _ => false,
    }
}
