//! Keys of maps and elements of sets: two that differ must stay different. Dropping a part of a key is refused when it
//! is planned; what functions of the user make of keys is compared in each state.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::mem;

use super::numbers::shares;
use super::op::{At, Op, OpenSet, Step};
use super::path::Path;
use super::plan::{Key, Planner};
use super::run::{MadeKeys, Run};
use crate::error::{Error, ErrorKind, Result, index};
use crate::protocol::builder::Builder;
use crate::schema::{Link, Problem};

impl Planner<'_> {
    pub(super) fn key(&mut self, from: Link, to: Link, path: &Path<'_>) -> At {
        let at = self.links(from, to, path);
        let (from, to) = (self.theirs.get(from), self.ours.get(to));
        self.keys.push(Key { at, from, to, path: path.to_string() });
        at
    }

    /// Checks the keys once all their parts are planned.
    pub(super) fn finish_keys(&mut self) {
        let keys = mem::take(&mut self.keys);
        if keys.is_empty() {
            return;
        }
        let drops = self.reaching(|step| step.drops);
        let converts = self.reaching(|step| matches!(step.op, Op::Converted { .. } | Op::Upgraded { .. }));
        for Key { at, from, to, path } in keys {
            let is_shared = converts[at] && self.numbers() && (shares(self.theirs, from) || shares(self.ours, to));
            if drops[at] {
                self.problem(Problem::key(&path));
            } else if is_shared {
                self.problem(Problem::shares(&path));
            }
            self.steps[at].compares = converts[at];
        }
    }

    /// Returns for each step whether it is wanted or leads to one that is.
    fn reaching(&self, is_wanted: impl Fn(&Step) -> bool) -> Vec<bool> {
        let mut reaching: Vec<bool> = self.steps.iter().map(is_wanted).collect();
        if !reaching.contains(&true) {
            return reaching;
        }
        let mut leading: Vec<Vec<At>> = alloc::vec![Vec::new(); self.steps.len()];
        for (at, step) in self.steps.iter().enumerate() {
            parts(&step.op, &self.sets, |part| leading[part].push(at));
        }
        let mut open: Vec<At> = (0..reaching.len()).filter(|&at| reaching[at]).collect();
        while let Some(at) = open.pop() {
            for &before in &leading[at] {
                if !mem::replace(&mut reaching[before], true) {
                    open.push(before);
                }
            }
        }
        reaching
    }
}

/// Visits the steps that a step leads to.
fn parts(op: &Op, sets: &[OpenSet], mut each: impl FnMut(At)) {
    match op {
        Op::List { of }
        | Op::Set { of }
        | Op::ArrayToList { of, .. }
        | Op::Array { of, .. }
        | Op::FlatArray { of, .. }
        | Op::Optional { of }
        | Op::Some { of }
        | Op::Boxed { of }
        | Op::Box { of }
        | Op::Unbox { of }
        | Op::Raw { of, .. }
        | Op::RawToList { of }
        | Op::ListToRaw { of }
        | Op::RawToArray { of, .. }
        | Op::ArrayToRaw { of, .. }
        | Op::Grid { of }
        | Op::Pointer { of, .. }
        | Op::Converted { of, .. } => each(*of),
        Op::Map { key, value } => [*key, *value].into_iter().for_each(each),
        Op::Flat(segments) => segments.iter().filter_map(|segment| segment.by).for_each(each),
        Op::Slots(slots) => slots.parts().for_each(each),
        Op::Enum(cases) => cases.variants.iter().flat_map(|case| case.slots.parts()).for_each(each),
        Op::Members(set) => {
            sets[*set].types.iter().filter_map(|(.., one)| one.as_ref().ok()).for_each(|one| each(one.of));
        }
        _ => {}
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn set(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        if !self.plan.steps[of].compares {
            return self.list(of, head, to);
        }
        let (from, new) = (self.plan.steps[of].from, self.plan.steps[of].to);
        self.entries((from, new), head, to, |this, (at, head), to, made| {
            let element = this.differs(of, head, made).and_then(|()| this.part(of, head, to));
            element.map_err(|error| error.within(&index(at)))
        })
    }

    /// Makes a key in a separate image, and compares it with those before it.
    pub(super) fn differs(&mut self, key: At, head: &'a [u8], made: &mut MadeKeys) -> Result<()> {
        let step = &self.plan.steps[key];
        // Keys inside this one are compared when it is made in its place: comparing them here too would double the work
        // for each level of keys.
        if !step.compares || !mem::replace(&mut self.compares, false) {
            return Ok(());
        }
        let (here, was_apart) = (self.at, mem::replace(&mut self.is_apart, true));
        let outer = mem::replace(&mut self.out, Builder::new(step.to, self.levels));
        (self.out.memory, self.out.numbered) = (outer.memory, outer.numbered);
        let part = self.part(key, head, 0);
        let Builder { heads, text, raw, .. } = mem::replace(&mut self.out, outer);
        (self.at, self.is_apart, self.compares) = (here, was_apart, true);
        part?;
        let lengths = [heads.len().to_le_bytes(), text.len().to_le_bytes()].concat();
        if made.0.meet([lengths, heads, text, raw].concat()) { Ok(()) } else { Err(same()) }
    }
}

#[cold]
fn same() -> Error {
    let expected = "keys that stay different";
    Error::new(ErrorKind::Identity, expected, "two that `from` or `upgrade` of a type in them makes the same")
}
