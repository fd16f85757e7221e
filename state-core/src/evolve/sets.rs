//! Open sets: which present type each older type becomes. The older types are those that the older state carries with
//! its schema or that were recorded, and those of the program. Which of them a state contains is known only when it is
//! read, so an obstacle for one type stops only states with values of that type. Only a constant of each set refers to
//! the planning, so that programs without open sets do not link it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::{mem, ptr};

use super::op::{At, ByKey, OneOf, Op, OpenSet, find};
use super::path::Path;
use super::plan::Planner;
use super::run::{Run, damaged};
use super::skip::{Ahead, PassedSet, Skips};
use crate::error::{Error, ErrorKind, Escaped, Result};
use crate::order::order;
use crate::places::{Words, words};
use crate::protocol::layout::LENGTH;
use crate::schema::{MemberOf, Nodes, Open, Problem};

/// How older states of open sets are handled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetEvolution {
    pub(super) plan: for<'t> fn(&mut Planner<'t>, &'t Open, &'static Open, &Path<'_>) -> Op,
    pub(super) pass: fn(&mut Skips, &mut Ahead<'_>, &Open) -> usize,
    /// Finds the type of a value that is given by its tag alone.
    pub tagged: for<'n> fn(&'n Nodes, &Open, &str) -> Result<MemberOf<'n>>,
}

impl SetEvolution {
    pub const ALL: Self = Self {
        plan: |planner, theirs, ours, path| planner.open_set(theirs, ours, path),
        pass: |skips, ahead, open| skips.open_set(ahead, open),
        tagged: Nodes::tagged,
    };
}

/// Sorts types by tag and fingerprint. Of those that have both in common, the last remains.
fn sorted<T>(types: ByKey<T>) -> ByKey<T> {
    let key = |at: usize| (&*types[at].0, types[at].1);
    let order = order(types.len(), &|one, other| key(one).cmp(&key(other)));
    let mut sorted = ByKey::with_capacity(types.len());
    let mut types: Vec<_> = types.into_iter().map(Some).collect();
    for of in order.into_iter().filter_map(|at| types[at].take()) {
        match sorted.last_mut() {
            Some(last) if last.0 == of.0 && last.1 == of.1 => *last = of,
            _ => sorted.push(of),
        }
    }
    sorted
}

impl Skips {
    fn open_set(&mut self, ahead: &mut Ahead<'_>, open: &Open) -> usize {
        if let Some(place) = self.set_places.get(open.name.as_bytes()) {
            return place;
        }
        let place = self.sets.len();
        self.sets.push(PassedSet::new());
        self.set_places.set(open.name.as_bytes(), place);
        let mut types = ByKey::new();
        for member in ahead.nodes.members(open) {
            let way = (member.schema.head, self.part(ahead, member.schema));
            types.push((member.tag.to_string(), member.fingerprint, way));
        }
        self.sets[place] = sorted(types);
        place
    }
}

impl<'t> Planner<'t> {
    fn open_set(&mut self, theirs: &'t Open, ours: &'static Open, path: &Path<'_>) -> Op {
        // The tags of the older values are part of the text.
        self.broken.text = true;
        let key = words(&ours.name, ours.known.map_or("", |known| (known.type_name)()).as_bytes());
        if let Some(place) = self.set_places.get(&key) {
            // Each occurrence of the set drops what the first one does.
            self.drops |= self.sets[place].drops;
            return Op::Members(place);
        }
        let place = self.sets.len();
        self.sets.push(OpenSet { types: ByKey::new(), expected: ours.registered(), drops: false });
        // An obstacle for values in a set is reported elsewhere, and does not count when a fit is only tried.
        if self.tries {
            return Op::Members(place);
        }
        self.set_places.set(key, place);
        let now = self.ours.members(ours);
        let had = now.iter().enumerate().rev().flat_map(|(at, ours)| ours.aliases.iter().map(move |had| (*had, at)));
        // Present names take precedence over former names.
        let mut by_name = Words::default();
        for (name, at) in had.chain(now.iter().enumerate().map(|(at, ours)| (ours.tag, at))) {
            by_name.set(name, at);
        }
        let found = |tag: &str| Some(&now[by_name.get(tag.as_bytes())?]);
        let mut types = ByKey::new();
        let members = self.theirs.members(theirs);
        // This is set before the parts are planned, because the set may occur in them again.
        let mut became = Words::default();
        let joins = members.iter().enumerate().filter_map(|(at, member)| Some((found(member.tag)?.tag, at)));
        let drops = joins.fold(false, |drops, (ours, at)| {
            members[became.get_or_set(ours.as_bytes(), at)].tag != members[at].tag || drops
        });
        self.sets[place].drops = drops;
        self.drops |= drops;
        for member in members {
            let one = match found(member.tag) {
                Some(found) => self.member(member, found, &path.slot(found.tag)),
                None => Err(Box::new((Problem::member(path, &ours.registered(), member.tag), Vec::new()))),
            };
            if let Err((first, rest)) = one.as_ref().map_err(|problems| &**problems) {
                core::iter::once(first).chain(rest).for_each(|problem| self.loss(problem.clone()));
            }
            let one = one.map_err(|problems| (problems.0.inside(path), problems.1.len()));
            types.push((member.tag.to_string(), member.fingerprint, one));
        }
        self.sets[place].types = sorted(types);
        Op::Members(place)
    }

    /// Plans the values of one type, or returns all obstacles.
    fn member(
        &mut self,
        theirs: MemberOf<'t>,
        ours: &MemberOf<'static>,
        path: &Path<'_>,
    ) -> Result<OneOf, Box<(Problem, Vec<Problem>)>> {
        let same = theirs.fingerprint == ours.fingerprint && !self.numbers() || ptr::eq(theirs.schema, ours.schema);
        if !same {
            let mut planner = Planner::new(self.theirs, self.ours, (self.keeps, self.numbering));
            (planner.depth, planner.tries) = (self.depth, true);
            planner.skips = mem::replace(&mut self.skips, planner.skips);
            planner.pair(theirs.schema, ours.schema, path);
            planner.finish_keys();
            self.skips = planner.skips;
            let mut problems = planner.problems.into_iter();
            if let Some(first) = problems.next() {
                return Err(Box::new((first, problems.chain(planner.losses).collect())));
            }
        }
        let of = self.pair(theirs.schema, ours.schema, path);
        Ok(OneOf { tag: ours.tag.to_string(), fingerprint: ours.fingerprint, of })
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn member(&mut self, set: usize, head: &'a [u8], to: usize) -> Result<()> {
        let named = self.member_key(head)?;
        let OpenSet { types, expected, .. } = self.plan.sets.get(set).ok_or_else(damaged)?;
        let OneOf { tag, fingerprint, of } = match find(types, named) {
            Some(Ok(one)) => one,
            Some(Err((problem, more))) => return Err(problem.clone().error(*more)),
            None => return Err(unknown(expected, named.0)),
        };
        let run = self.run(1, self.plan.steps[*of].from)?;
        self.out.length(to, tag.len());
        self.out.text.extend_from_slice(tag.as_bytes());
        self.out.write(to + LENGTH, &fingerprint.to_le_bytes());
        let place = self.place(*of)?;
        self.level(*of, run, place).map_err(|error| error.within(tag))
    }

    /// Reads the tag and the fingerprint of a value's type.
    pub(super) fn member_key(&mut self, head: &'a [u8]) -> Result<(&'a str, u64)> {
        let (tag_head, fingerprint) = head.split_at(LENGTH);
        let len = self.length(tag_head)?;
        let tag = self.at.text.cut(len).ok_or_else(damaged)?;
        let number = fingerprint.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)).ok_or_else(damaged)?;
        Ok((tag, number))
    }

    /// Appends space for the head of a value of an open set.
    fn place(&mut self, of: At) -> Result<usize> {
        let step = &self.plan.steps[of];
        self.grow(1, step.from + crate::schema::OPEN_HEAD, step.to)
    }
}

#[cold]
fn unknown(expected: &str, tag: &str) -> Error {
    let found = format!("'{}' in a form that is not known", Escaped(tag));
    Error::new(ErrorKind::Identity, String::from(expected), found)
}
