//! From the writer's schema and ours to a plan, made once: what becomes of each part. It looks at no state.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::mem;

use super::keys::Key;
use super::numbers::{Numbering, Pointers, shares};
use super::op::{At, Case, Cases, Op, OpenSet, Step, Tag};
use super::problem::Problem;
use super::skip::Skips;
use super::slots::Slots;
use crate::protocol::layout::{enum_is_inline, largest, option_is_inline, tag_head};
use crate::schema::places::{self, Places};
use crate::schema::{Enum, Graph, Kind, Link, Nodes, Schema, Show, Slot, brief};
use crate::standard::Known;

/// Parts inside one another, and operations, beyond which a schema is refused: it comes from a file.
const DEPTH: u32 = 512;
const MOST: usize = 1 << 16;

/// In place of an operation: it is to be planned again.
const GONE: At = At::MAX;

/// Problems that are told.
const MOST_PROBLEMS: usize = 100;

/// The images that a plan is made for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Images {
    /// Bytes of text.
    pub text: usize,
    pub numbering: Numbering,
}

/// A plan, and the schema of the writer's that it was made for.
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
    /// What older states may hold that no present one can: found for each state, and told when a history is tested.
    losses: Vec<Problem>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Keeps {
    pub text: bool,
    pub raw: bool,
}

impl Keeps {
    const ALL: Self = Self { text: true, raw: true };
    const NONE: Self = Self { text: false, raw: false };

    /// Text and raw arrays can be taken as a whole where no length of theirs needs its long form.
    pub fn fits(self, text: usize) -> Self {
        Self { text: self.text && text < u32::MAX as usize, ..self }
    }
}

impl Plan {
    /// What it takes to make states of the type `ours` from those of `theirs`, or why it cannot be done.
    pub fn new(mut theirs: Nodes, root: usize, ours: Graph<'static>, of: Images) -> Result<Self, Vec<Problem>> {
        let Images { text, numbering } = of;
        theirs.know_sets(ours.root);
        // Objects are made where they are first referred to, so that nothing is known to keep its place.
        let mut keeps = if numbering.is_any() { Keeps::NONE } else { Keeps::ALL.fits(text) };
        loop {
            let mut planner = Planner::new(&theirs, ours.nodes, (keeps, numbering));
            let from = theirs.0.get(root).unwrap_or(&crate::schema::UNIT);
            let at = planner.pair(from, ours.root, crate::schema::root_name(ours.root));
            planner.finish_keys();
            let Planner { steps, sets, skips, problems, losses, broken, .. } = planner;
            if !problems.is_empty() {
                return Err(problems);
            }
            let kept = Keeps { text: keeps.text && !broken.text, raw: keeps.raw && !broken.raw };
            if (kept.text, kept.raw) == (keeps.text, keeps.raw) {
                return Ok(Self { steps, sets, skips, root: at, keeps, numbering, theirs, their_root: root, losses });
            }
            keeps = kept;
        }
    }
}

impl Plan {
    /// The schema that wrote the older form.
    pub fn theirs(&self) -> (&Schema, &Nodes) {
        (self.theirs.0.get(self.their_root).unwrap_or(&crate::schema::UNIT), &self.theirs)
    }

    /// What older states may hold that no present one can.
    pub fn losses(&self) -> &[Problem] {
        &self.losses
    }
}

/// What does not hold of the plan that is being made.
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
    /// The places of those sets by their names and traits: the same name is the same set of theirs.
    pub set_places: BTreeMap<(&'static str, Option<&'static str>), usize>,
    pub skips: Skips,
    made: Places,
    /// Which older forms are known to fit, because the question is asked again further in.
    pub verdicts: Places,
    pub keeps: Keeps,
    pub numbering: Numbering,
    pub broken: Broken,
    /// Whether something is dropped in the part that is being planned.
    pub drops: bool,
    pub keys: Vec<Key<'t>>,
    pub problems: Vec<Problem>,
    pub losses: Vec<Problem>,
    pub depth: u32,
    /// Whether it is only asked if a part fits. What is in open sets can be in the way of states alone.
    pub tries: bool,
}

impl<'t> Planner<'t> {
    pub fn new(theirs: &'t Nodes, ours: &'static Nodes, (keeps, numbering): (Keeps, Numbering)) -> Self {
        Self {
            theirs,
            ours,
            steps: Vec::new(),
            sets: Vec::new(),
            set_places: BTreeMap::new(),
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
        // Of many, the first few tell enough.
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    pub fn loss(&mut self, loss: Problem) {
        if self.losses.len() < MOST_PROBLEMS {
            self.losses.push(loss);
        }
    }

    /// Whether references are numbered.
    pub fn numbers(&self) -> bool {
        self.numbering.is_any()
    }

    pub fn wrong(&mut self, from: &Schema, to: &Schema, path: &str) -> Op {
        let (theirs, ours) = (brief(&Show(from, self.theirs)), brief(&Show(to, self.ours)));
        self.problem(Problem::kind(path, ours, theirs));
        Op::Open
    }

    /// Plans one part; the same pair of types is planned once.
    pub fn pair(&mut self, from: &'t Schema, to: &'static Schema, path: &str) -> At {
        self.pair_as(from, to, path, true)
    }

    pub fn pair_as(&mut self, from: &'t Schema, to: &'static Schema, path: &str, forms: bool) -> At {
        if let Some(at) = self.made.get(places::pair(from, to)).filter(|&at| at != GONE) {
            return at;
        }
        let at = self.steps.len();
        self.steps.push(Step::of(from.head, to.head, Op::Open));
        self.made.set(places::pair(from, to), at);
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
        // A part without a name has its own problem in each place, though its schema be one node.
        if from.tag().is_none() && (before + 1..MOST_PROBLEMS).contains(&self.problems.len()) {
            self.made.set(places::pair(from, to), GONE);
        }
        self.steps[at].drops = mem::replace(&mut self.drops, outer);
        let pointers = if self.numbering.is_any() { self.pointers(from, to, &op, path) } else { Pointers::NONE };
        self.steps[at].pointers = pointers;
        self.steps[at].op = if pointers.is_any() { op } else { self.simple(op, from.head, to.head) };
        at
    }

    /// Which side of a part is a shared pointer that its operation goes through.
    #[cold]
    pub fn pointers(&mut self, from: &'t Schema, to: &'static Schema, op: &Op, path: &str) -> Pointers {
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
        Pointers {
            theirs: if through_theirs && self.numbering.theirs { self.skips.content(self.theirs, from) } else { None },
            ours: to.shared.filter(|_| through_ours && self.numbering.ours),
        }
    }

    pub fn links(&mut self, from: Link, to: Link, path: &str) -> At {
        self.pair(self.theirs.get(from), self.ours.get(to), path)
    }

    /// The same operation, or one that says in fewer words that it copies.
    fn simple(&self, op: Op, from: usize, to: usize) -> Op {
        let copies = match &op {
            Op::Text => self.keeps.text,
            Op::Raw { from_optional, to_optional, of } => {
                self.keeps.raw && from_optional == to_optional && self.copies(*of)
            }
            Op::Grid { .. } => false,
            Op::FlatArray { of, .. } => self.copies(*of),
            Op::Flat(segments) => match &**segments {
                [] => from == 0 && to == 0,
                [only] => only.by.is_none() && only.from == 0 && only.to == 0 && only.len == from,
                _ => false,
            },
            Op::Slots(slots) => slots.is_empty() && from == 0 && to == 0,
            // What stands in the head takes as many bytes, and zeros stand where it does not.
            Op::Optional { of } => {
                self.copies(*of) && option_is_inline(self.steps[*of].from) && option_is_inline(self.steps[*of].to)
            }
            Op::Enum(cases) => cases.copies(),
            _ => false,
        };
        if copies && from == to { Op::Copy } else { op }
    }

    pub fn copies(&self, at: At) -> bool {
        matches!(self.steps[at].op, Op::Copy)
    }

    /// Whether nothing lies behind a part, on either side, that would have to be looked at.
    pub fn is_flat(&self, at: At) -> bool {
        matches!(
            self.steps[at].op,
            Op::Copy | Op::Int { .. } | Op::IntToFloat { .. } | Op::Widen | Op::Flat(_) | Op::FlatArray { .. }
        )
    }

    fn op(&mut self, from: &'t Schema, to: &'static Schema, path: &str) -> Op {
        let inner = |path: &str| format!("{path}[]");
        match (&from.kind, &to.kind) {
            (Kind::Boxed(a), Kind::Boxed(b)) => Op::Boxed { of: self.links(*a, *b, path) },
            (Kind::Optional(a), Kind::Optional(b)) => Op::Optional { of: self.links(*a, *b, path) },
            (Kind::Object(_), Kind::Object(_)) => self.object(from, to, path),
            (Kind::Enum(a), Kind::Enum(b)) => self.enumeration((from, a), (to, b), path),
            (Kind::Optional(a), Kind::Raw(b)) if b.optional => {
                Op::Optional { of: self.part_to_raw(self.theirs.get(*a), (to, b), path) }
            }
            (Kind::Raw(a), Kind::Optional(b)) if a.optional => {
                Op::Optional { of: self.raw_to_part((from, a), self.ours.get(*b), path) }
            }
            // As many options as there are in ours are not inside the box.
            (Kind::Boxed(of), Kind::Optional(_)) if options(self.theirs, from) >= options(self.ours, to) => {
                Op::Unbox { of: self.pair(self.theirs.get(*of), to, path) }
            }
            (_, Kind::Optional(of)) => Op::Some { of: self.pair(from, self.ours.get(*of), path) },
            (Kind::Boxed(of), _) => Op::Unbox { of: self.pair(self.theirs.get(*of), to, path) },
            (_, Kind::Boxed(of)) => Op::Box { of: self.pair(from, self.ours.get(*of), path) },
            (Kind::List(a) | Kind::Set(a), Kind::List(b)) => Op::List { of: self.links(*a, *b, &inner(path)) },
            (Kind::Set(a), Kind::Set(b)) => Op::Set { of: self.key(*a, *b, &inner(path)) },
            (Kind::Array(a, count), Kind::List(b)) => self.array_to_list((*a, *count), *b, path),
            (Kind::Array(a, n), Kind::Array(b, m)) if n == m => {
                let (of, count) = (self.links(*a, *b, &inner(path)), usize::try_from(*n).unwrap_or(usize::MAX));
                if self.is_flat(of) { Op::FlatArray { count, of } } else { Op::Array { count, of } }
            }
            (Kind::Map(k, v), Kind::Map(l, w)) => {
                let inner = inner(path);
                Op::Map { key: self.key(*k, *l, &inner), value: self.links(*v, *w, &inner) }
            }
            (Kind::Tuple(a), Kind::Tuple(b)) if a.len() == b.len() => self.tuple(a, b, path),
            (Kind::Raw(a), Kind::Raw(b)) => self.raw((from, a), (to, b), path),
            (Kind::Raw(a), Kind::List(_) | Kind::Array(..)) if !a.optional => self.raw_to_plain((from, a), to, path),
            (Kind::List(_) | Kind::Set(_) | Kind::Array(..), Kind::Raw(b)) if b.optional => {
                Op::Some { of: self.part_to_raw(from, (to, b), path) }
            }
            (Kind::List(_) | Kind::Set(_) | Kind::Array(..), Kind::Raw(b)) => self.plain_to_raw(from, (to, b), path),
            (Kind::Grid(a, n), Kind::Grid(b, m)) if n == m || m.is_none() => self.grid(*a, *b, path),
            (Kind::Record(a), Kind::Record(b)) => self.record((from, a), (to, b), path),
            (Kind::Serde, Kind::Serde)
            | (Kind::Known(Known::Int), Kind::Known(Known::Int))
            | (Kind::Known(Known::Natural), Kind::Known(Known::Natural)) => {
                // As a list of bytes, whatever they say.
                let bytes = self.steps.len();
                self.steps.push(Step::of(1, 1, Op::Copy));
                Op::List { of: bytes }
            }
            (Kind::Str, Kind::Str) => Op::Text,
            (Kind::Open(a), Kind::Open(b)) if a.name == b.name => match b.evolution {
                Some(of_sets) => (of_sets.plan)(self, a, b, path),
                None => self.wrong(from, to, path),
            },
            (Kind::Weak(a), Kind::Weak(b)) => {
                self.links(*a, *b, path);
                to.shared.map_or(Op::Open, Op::Weak)
            }
            (a, b) => match leaf(a, b, from.head == to.head) {
                Some(op) => {
                    self.broken.text |= matches!(op, Op::CharToText);
                    op
                }
                None => self.wrong(from, to, path),
            },
        }
    }

    fn tuple(&mut self, from: &'t [Link], to: &'static [Link], path: &str) -> Op {
        let mut parts = Vec::new();
        for (at, (from, to)) in from.iter().zip(to).enumerate() {
            parts.push((Cow::Owned(at.to_string()), *from, self.links(*from, *to, &format!("{path}.{at}"))));
        }
        self.side_by_side(parts)
    }

    fn array_to_list(&mut self, (a, count): (Link, u64), b: Link, path: &str) -> Op {
        // Elements without bytes of their own would cost the file nothing.
        let most = if self.theirs.get(a).head == 0 { 0x1_0000 } else { u64::from(u32::MAX) - 1 };
        if count > most {
            self.problem(Problem::size(path));
            return Op::Open;
        }
        Op::ArrayToList { count: count as usize, of: self.links(a, b, &format!("{path}[]")) }
    }

    fn enumeration(
        &mut self,
        (from, a): (&'t Schema, &'t Enum),
        (to, b): (&'static Schema, &'static Enum),
        path: &str,
    ) -> Op {
        if !named_alike(&a.name, &b.name, b.evolution.aliases) {
            return self.renamed(from, to, path);
        }
        let other = b.evolution.other.and_then(|other| b.variants.iter().position(|variant| variant.name == *other));
        let mut cases: Vec<Case> = Vec::new();
        let theirs: Vec<&str> = a.variants.iter().map(|variant| &*variant.name).collect();
        for variant in &*a.variants {
            let found = b.variants.iter().position(|ours| {
                ours.name == variant.name
                    || (!theirs.contains(&&*ours.name)
                        && b.evolution.aliases_of("", &ours.name).contains(&&*variant.name))
            });
            let from = variant.slots.iter().map(|slot| self.theirs.get(slot.ty).head).sum();
            let (slots, ours) = match found.or(other) {
                Some(index) if found.is_some() => {
                    let ours = &b.variants[index];
                    let size = ours.slots.iter().map(|slot| self.ours.get(slot.ty).head).sum();
                    (self.variant(b, (&variant.slots, ours), path), Some((index, size)))
                }
                Some(index) => {
                    self.drops = true;
                    (self.dropped(&variant.slots), Some((index, 0)))
                }
                None => {
                    if !b.evolution.is_removed(&variant.name) {
                        self.loss(Problem::variant(path, &variant.name, &b.name));
                    }
                    (Slots::default(), None)
                }
            };
            let became = |index: usize| cases.iter().any(|case| case.ours.is_some_and(|(other, _)| other == index));
            self.drops |= ours.is_some_and(|(index, _)| became(index));
            cases.push(Case { name: variant.name.to_string(), from, ours, slots });
        }
        let heads = |slots: &[Slot], nodes: &Nodes| slots.iter().map(|slot| nodes.get(slot.ty).head).sum::<usize>();
        let their_heads: Vec<usize> = a.variants.iter().map(|variant| heads(&variant.slots, self.theirs)).collect();
        let our_heads: Vec<usize> = b.variants.iter().map(|variant| heads(&variant.slots, self.ours)).collect();
        let tag = |heads: &[usize]| Tag { size: tag_head(heads.len()), inline: enum_is_inline(largest(heads)) };
        Op::Enum(Cases { from: tag(&their_heads), to: tag(&our_heads), variants: cases.into() })
    }

    pub fn renamed(&mut self, from: &Schema, to: &Schema, path: &str) -> Op {
        let (theirs, ours) = (brief(&Show(from, self.theirs)), brief(&Show(to, self.ours)));
        self.problem(Problem::renamed(path, ours, theirs));
        Op::Open
    }
}

/// How many options stand inside one another, whatever boxes are around them.
fn options<'s>(nodes: &'s Nodes, mut schema: &'s Schema) -> u32 {
    let mut count = 0;
    // What is deeper was not read, and is not derived.
    for _ in 0..DEPTH {
        schema = match &schema.kind {
            Kind::Boxed(of) => nodes.get(*of),
            Kind::Optional(of) => {
                count += 1;
                nodes.get(*of)
            }
            Kind::Raw(raw) => return count + u32::from(raw.optional),
            _ => return count,
        }
    }
    count
}

pub(super) fn named_alike(theirs: &str, ours: &str, aliases: &[&str]) -> bool {
    theirs == ours || aliases.contains(&theirs)
}

/// What becomes of a part that has no parts of its own, if nothing is lost.
fn leaf(from: &Kind, to: &Kind, same_size: bool) -> Option<Op> {
    Some(match (from, to) {
        (
            Kind::Int { bits, signed, nonzero },
            Kind::Int { bits: new_bits, signed: new_signed, nonzero: new_nonzero },
        ) => {
            let fits = if signed == new_signed { bits <= new_bits } else { !signed && bits < new_bits };
            match fits && (*nonzero || !new_nonzero) {
                true if bits == new_bits => Op::Copy,
                true => Op::Int { signed: *signed },
                false => return None,
            }
        }
        (Kind::Int { bits, signed, .. }, Kind::Float { bits: float }) if *bits <= *float / 2 => {
            Op::IntToFloat { signed: *signed }
        }
        (Kind::Float { bits: 32 }, Kind::Float { bits: 64 }) => Op::Widen,
        (Kind::Char, Kind::Str) => Op::CharToText,
        (Kind::Int { signed, .. }, Kind::Known(Known::Int)) => Op::IntToBig { signed: *signed, natural: false },
        (Kind::Int { signed: false, .. }, Kind::Known(Known::Natural)) => Op::IntToBig { signed: false, natural: true },
        (Kind::Known(Known::Natural), Kind::Known(Known::Int)) => Op::BigToSigned,
        (Kind::Known(a), Kind::Known(b)) if a == b => Op::Copy,
        (Kind::Seconds { signed: a }, Kind::Seconds { signed: b }) if a == b => Op::Copy,
        (Kind::Unit, Kind::Unit) | (Kind::Bool, Kind::Bool) | (Kind::Char, Kind::Char) => Op::Copy,
        (Kind::Float { bits: a }, Kind::Float { bits: b }) if a == b => Op::Copy,
        (Kind::Opaque { size: a, big_endian: x }, Kind::Opaque { size: b, big_endian: y })
            if same_size && a == b && x == y =>
        {
            Op::Copy
        }
        // The object stays in the table, and its class is tested with the image.
        #[cfg(feature = "pyo3")]
        (Kind::Handle(_), Kind::Handle(_)) => Op::Copy,
        _ => return None,
    })
}
