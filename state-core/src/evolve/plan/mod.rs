//! Makes a plan from the writer's schema and ours, once: what becomes of each part. No state is needed for it.

mod enums;
mod kinds;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::numbers::{Numbering, shares};
use super::op::{At, Op, OpenSet, Pointers, Step};
use super::path::Path;
use super::skip::{Keeps, Skips};
use crate::places::{self, Places, Words};
use crate::schema::{Graph, Link, Nodes, Problem, Schema, Show, brief, named};

/// The maximum numbers of nested parts, and of operations. A schema may come from a file, so larger ones are refused.
const DEPTH: u32 = 512;
const MOST: usize = 1 << 16;

/// Instead of an operation: the pair must be planned again.
const GONE: At = At::MAX;

/// The maximum number of problems that are reported.
const MOST_PROBLEMS: usize = 100;

/// The images that a plan is made for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Images {
    /// The number of bytes of text.
    pub text: usize,
    pub numbering: Numbering,
}

/// A plan, and the writer's schema that it was made for.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) steps: Vec<Step>,
    pub(super) sets: Vec<OpenSet>,
    pub(super) skips: Skips,
    pub(super) root: At,
    /// Whether all text, and all raw arrays, are the same and in the same order.
    pub(super) keeps: Keeps,
    pub(super) numbering: Numbering,
    pub(super) theirs: Nodes,
    their_root: usize,
    /// Values in older states that no present state can contain: found in each state, and reported when a history is
    /// checked.
    losses: Vec<Problem>,
}

/// A planned key, whose parts may not be planned yet.
pub(in crate::evolve) struct Key<'t> {
    pub at: At,
    pub from: &'t Schema,
    pub to: &'static Schema,
    pub path: String,
}

impl Plan {
    /// Plans how to make states of the type `ours` from those of `theirs`, or returns the reasons why that is
    /// impossible.
    pub fn new(mut theirs: Nodes, root: usize, ours: Graph<'static>, of: Images) -> Result<Self, Vec<Problem>> {
        let Images { text, numbering } = of;
        theirs.know_sets(ours.root);
        // Objects are made where they are first referred to, so nothing is known to keep its place.
        let mut keeps = if numbering.is_any() { Keeps::NONE } else { Keeps::ALL.fits(text) };
        let mut bears = None;
        loop {
            let mut planner = Planner::new(&theirs, ours.nodes, (keeps, numbering));
            planner.skips.bears = bears;
            let from = theirs.0.get(root).unwrap_or(&crate::schema::UNIT);
            let at = planner.pair(from, ours.root, &Path::root(crate::schema::root_name(ours.root)));
            if planner.is_moot() {
                keeps = Keeps { text: keeps.text && !planner.broken.text, raw: keeps.raw && !planner.broken.raw };
                bears = planner.skips.bears;
                continue;
            }
            planner.finish_keys();
            let Planner { steps, sets, skips, mut problems, losses, .. } = planner;
            if problems.is_empty() {
                return Ok(Self { steps, sets, skips, root: at, keeps, numbering, theirs, their_root: root, losses });
            }
            // These stop only some states, and are reported along with the others.
            problems.extend(losses);
            return Err(problems);
        }
    }
}

impl Plan {
    /// Returns the schema of the older form.
    pub fn theirs(&self) -> (&Schema, &Nodes) {
        (self.theirs.0.get(self.their_root).unwrap_or(&crate::schema::UNIT), &self.theirs)
    }

    /// Returns the reasons why some older states cannot be upgraded.
    pub fn losses(&self) -> &[Problem] {
        &self.losses
    }
}

/// Which of the assumptions in [`Keeps`] turned out to be wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Broken {
    pub text: bool,
    pub raw: bool,
}

pub(super) struct Planner<'t> {
    pub theirs: &'t Nodes,
    pub ours: &'static Nodes,
    pub steps: Vec<Step>,
    pub sets: Vec<OpenSet>,
    /// The indices of the open sets by their name and trait: the older form has one set for each name.
    pub set_places: Words,
    pub skips: Skips,
    made: Places,
    /// Which pairs are known to fit, as the same question is asked again further in.
    pub verdicts: Places,
    pub keeps: Keeps,
    pub numbering: Numbering,
    pub broken: Broken,
    /// Whether data is dropped in the part that is being planned.
    pub drops: bool,
    pub keys: Vec<Key<'t>>,
    pub problems: Vec<Problem>,
    pub losses: Vec<Problem>,
    pub depth: u32,
    /// Whether this only tests if a part fits. Obstacles in open sets stop individual states, and do not count.
    pub tries: bool,
}

impl<'t> Planner<'t> {
    pub fn new(theirs: &'t Nodes, ours: &'static Nodes, (keeps, numbering): (Keeps, Numbering)) -> Self {
        Self {
            theirs,
            ours,
            steps: Vec::new(),
            sets: Vec::new(),
            set_places: Words::default(),
            skips: Skips::new(keeps, numbering.theirs),
            made: Places::default(),
            verdicts: Places::default(),
            keeps,
            numbering,
            broken: Broken::default(),
            drops: false,
            keys: Vec::new(),
            problems: Vec::new(),
            losses: Vec::new(),
            depth: DEPTH,
            tries: false,
        }
    }

    pub fn problem(&mut self, problem: Problem) {
        // The first few problems are enough.
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    pub fn loss(&mut self, loss: Problem) {
        if self.losses.len() < MOST_PROBLEMS {
            self.losses.push(loss);
        }
    }

    /// Whether text or raw arrays turned out to change their order, so that everything must be planned again.
    pub fn is_moot(&self) -> bool {
        !self.tries && (self.keeps.text && self.broken.text || self.keeps.raw && self.broken.raw)
    }

    /// Whether references are numbered in either form.
    pub fn numbers(&self) -> bool {
        self.numbering.is_any()
    }

    pub fn wrong(&mut self, from: &Schema, to: &Schema, path: &Path<'_>) -> Op {
        let (mut theirs, mut ours) = (brief(&Show(from, self.theirs)), brief(&Show(to, self.ours)));
        if theirs == ours && from.tag().is_some() {
            // A struct became an enum of the same name.
            (theirs, ours) = (format!("{} {theirs}", named(&from.kind)), format!("{} {ours}", named(&to.kind)));
        }
        self.problem(Problem::kind(path, path.owner(), ours, theirs));
        Op::Open
    }

    /// Plans one part; each pair of types is planned once.
    pub fn pair(&mut self, from: &'t Schema, to: &'static Schema, path: &Path<'_>) -> At {
        self.pair_as(from, to, path, true)
    }

    pub fn pair_as(&mut self, from: &'t Schema, to: &'static Schema, path: &Path<'_>, forms: bool) -> At {
        if let Some(at) = self.made.get(places::pair(from, to)).filter(|&at| at != GONE) {
            return at;
        }
        let at = self.steps.len();
        self.steps.push(Step::of(from.head, to.head, Op::Open));
        self.made.set(places::pair(from, to), at);
        if self.is_moot() {
            return at;
        }
        if self.depth == 0 || at >= MOST {
            self.problem(Problem::size(path));
            return at;
        }
        self.depth -= 1;
        let before = self.problems.len();
        let outer = mem::take(&mut self.drops);
        let op = match self.form(from, to).filter(|_| forms) {
            Some(form) => self.converted((from, to), form, path),
            None => self.op(from, to, path),
        };
        self.depth += 1;
        // A part of a type without a name has its own problem in each place, even if its schema is the same node.
        if from.tag().is_none() && (before + 1..MOST_PROBLEMS).contains(&self.problems.len()) {
            self.made.set(places::pair(from, to), GONE);
        }
        self.steps[at].drops = mem::replace(&mut self.drops, outer);
        let op = self.shared((from, to), op, path);
        self.steps[at].op = if self.keeps_bytes(&op, (from, to)) { self.same(from) } else { op };
        at
    }

    /// Returns the operation, wrapped in that of a shared pointer if needed.
    pub fn shared(&mut self, (from, to): (&'t Schema, &'static Schema), op: Op, path: &Path<'_>) -> Op {
        let pointers = if self.numbers() { self.pointers(from, to, &op, path) } else { Pointers::NONE };
        if !pointers.is_any() {
            return op;
        }
        self.steps.push(Step::of(from.head, to.head, op));
        Op::Pointer { pointers, of: self.steps.len() - 1 }
    }

    /// Finds which sides of a part are shared pointers that its operation goes through.
    #[cold]
    fn pointers(&mut self, from: &'t Schema, to: &'static Schema, op: &Op, path: &Path<'_>) -> Pointers {
        let (through_theirs, through_ours) = match op {
            Op::Open | Op::Some { .. } | Op::Weak(_) => (false, false),
            Op::Box { .. } => (false, true),
            Op::Unbox { .. } => (true, false),
            Op::Converted { .. } => (false, false),
            Op::Upgraded { .. } => {
                if shares(self.theirs, from) || shares(self.ours, to) {
                    self.problem(Problem::shares(path));
                }
                (false, false)
            }
            _ => (true, true),
        };
        let pointers = Pointers {
            theirs: if through_theirs && self.numbering.theirs { self.skips.content(self.theirs, from) } else { None },
            ours: to.shared.filter(|_| through_ours && self.numbering.ours),
        };
        if pointers.theirs.is_some() && pointers.ours.is_none() {
            self.loss(Problem::parted(path, brief(&Show(to, self.ours))));
        }
        pointers
    }

    pub fn links(&mut self, from: Link, to: Link, path: &Path<'_>) -> At {
        self.pair(self.theirs.get(from), self.ours.get(to), path)
    }

    /// Whether the present part has the same bytes as the older one, including the data outside the head. A type that
    /// contains itself does not count, because this is not known while it is planned.
    fn keeps_bytes(&self, op: &Op, (from, to): (&Schema, &Schema)) -> bool {
        let same = |of: At| matches!(self.steps[of].op, Op::Copy | Op::Same(_));
        from.head == to.head
            && match op {
                Op::Copy | Op::Text => true,
                Op::Raw { from_optional, to_optional, of } => from_optional == to_optional && same(*of),
                Op::Grid { of }
                | Op::FlatArray { of, .. }
                | Op::Array { of, .. }
                | Op::List { of }
                | Op::Set { of }
                | Op::Boxed { of }
                // An inline value has the same size in both, and zeros if it is absent.
                | Op::Optional { of } => same(*of),
                Op::Map { key, value } => same(*key) && same(*value),
                Op::Flat(segments) => match &**segments {
                    [] => from.head == 0,
                    [only] => only.by.is_none() && only.from == 0 && only.to == 0 && only.len == from.head,
                    _ => false,
                },
                Op::Slots(slots) => slots.copies(from.head),
                Op::Enum(cases) => cases.copies(),
                _ => false,
            }
    }

    fn same(&mut self, from: &Schema) -> Op {
        self.skips.of(self.theirs, from).map_or(Op::Copy, Op::Same)
    }

    pub fn copies(&self, at: At) -> bool {
        matches!(self.steps[at].op, Op::Copy)
    }

    /// Whether a part has no data outside its head, in either form, that must be visited.
    pub fn is_flat(&self, at: At) -> bool {
        matches!(
            self.steps[at].op,
            Op::Copy | Op::Int { .. } | Op::IntToFloat { .. } | Op::Widen | Op::Flat(_) | Op::FlatArray { .. }
        )
    }

    pub fn renamed(&mut self, from: &Schema, to: &Schema, path: &Path<'_>) -> Op {
        let (theirs, ours) = (brief(&Show(from, self.theirs)), brief(&Show(to, self.ours)));
        self.problem(Problem::renamed(path, ours, theirs));
        Op::Open
    }
}

pub(super) fn named_alike(theirs: &str, ours: &str, aliases: &[&str]) -> bool {
    theirs == ours || aliases.contains(&theirs)
}
