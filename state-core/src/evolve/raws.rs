//! Plans for raw arrays, and for the records in them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::op::{At, Op, Segment, Step};
use super::path::Path;
use super::plan::{Planner, named_alike};
use crate::protocol::layout::raw_head;
use crate::schema::{Kind, Link, Nodes, Problem, Raw, Record, RecordField, Schema};

impl<'t> Planner<'t> {
    pub fn raw(
        &mut self,
        (from, a): (&'t Schema, &'t Raw),
        (to, b): (&'static Schema, &'static Raw),
        path: &Path<'_>,
    ) -> Op {
        let one_fits = b.exactly.is_none() || a.exactly == b.exactly;
        if !one_fits || (a.optional && !b.optional) {
            return self.wrong(from, to, path);
        }
        let of = self.element(a.element, b.element, path);
        self.broken.raw |= !self.copies(of);
        Op::Raw { from_optional: a.optional, to_optional: b.optional, of }
    }

    /// Plans the elements of raw arrays, which must be flat.
    fn element(&mut self, from: Link, to: Link, path: &Path<'_>) -> At {
        let of = self.links(from, to, &path.elements());
        if !self.is_flat(of) && !matches!(self.steps[of].op, Op::Open) {
            let (from, to) = (self.theirs.get(from), self.ours.get(to));
            self.wrong(from, to, path);
        }
        of
    }

    /// Plans a part as the value of a raw array that may be optional.
    pub fn part_to_raw(&mut self, from: &'t Schema, to: (&'static Schema, &'static Raw), path: &Path<'_>) -> At {
        let at = self.steps.len();
        self.steps.push(Step::of(from.head, raw_head(false), Op::Open));
        let op = match &from.kind {
            Kind::Boxed(of) => Op::Unbox { of: self.part_to_raw(self.theirs.get(*of), to, path) },
            _ => self.plain_to_raw(from, to, path),
        };
        self.finish(at, (from, to.0), op, path)
    }

    /// Plans a list, set or array as the value of a raw array.
    pub fn plain_to_raw(&mut self, from: &'t Schema, (to, b): (&'static Schema, &'static Raw), path: &Path<'_>) -> Op {
        let (element, count) = match &from.kind {
            Kind::List(a) | Kind::Set(a) if b.exactly.is_none() => (*a, None),
            Kind::Array(a, count) if b.exactly.is_none_or(|exactly| exactly == *count) => (*a, Some(*count)),
            _ => return self.wrong(from, to, path),
        };
        let Some(of) = self.numbers_of((from, element), (to, b.element), path) else { return Op::Open };
        match count {
            Some(count) => Op::ArrayToRaw { count: usize::try_from(count).unwrap_or(usize::MAX), of },
            None => Op::ListToRaw { of },
        }
    }

    /// Plans the value of an older raw array that may be optional.
    pub fn raw_to_part(&mut self, (from, a): (&'t Schema, &'t Raw), to: &'static Schema, path: &Path<'_>) -> At {
        let at = self.steps.len();
        self.steps.push(Step::of(raw_head(false), to.head, Op::Open));
        let op = match &to.kind {
            Kind::Boxed(of) => Op::Box { of: self.raw_to_part((from, a), self.ours.get(*of), path) },
            Kind::Optional(of) => Op::Some { of: self.raw_to_part((from, a), self.ours.get(*of), path) },
            _ => self.raw_to_plain((from, a), to, path),
        };
        self.finish(at, (from, to), op, path)
    }

    /// Plans the value of a raw array as a list or array.
    pub fn raw_to_plain(&mut self, (from, a): (&'t Schema, &'t Raw), to: &'static Schema, path: &Path<'_>) -> Op {
        let (element, count) = match &to.kind {
            Kind::List(b) => (*b, None),
            Kind::Array(b, count) if a.exactly == Some(*count) => (*b, Some(*count)),
            _ => return self.wrong(from, to, path),
        };
        let Some(of) = self.numbers_of((from, a.element), (to, element), path) else { return Op::Open };
        match count {
            Some(count) => Op::RawToArray { count: usize::try_from(count).unwrap_or(usize::MAX), of },
            None => Op::RawToList { of },
        }
    }

    fn finish(&mut self, at: At, (from, to): (&'t Schema, &'static Schema), op: Op, path: &Path<'_>) -> At {
        self.steps[at].op = self.shared((from, to), op, path);
        at
    }

    /// Plans elements that must be numbers, or arrays of numbers, in both forms.
    fn numbers_of(
        &mut self,
        (from, a): (&'t Schema, Link),
        (to, b): (&'static Schema, Link),
        path: &Path<'_>,
    ) -> Option<At> {
        if !is_numbers(self.theirs, self.theirs.get(a)) || !is_numbers(self.ours, self.ours.get(b)) {
            self.wrong(from, to, path);
            return None;
        }
        self.broken.raw = true;
        Some(self.element(a, b, path))
    }

    pub fn grid(&mut self, a: Link, b: Link, path: &Path<'_>) -> Op {
        let of = self.element(a, b, path);
        self.broken.raw |= !self.copies(of);
        Op::Grid { of }
    }

    /// Plans the fields of a record by name, whatever their offsets.
    pub fn record(
        &mut self,
        (from, a): (&'t Schema, &'t Record),
        (to, b): (&'static Schema, &'static Record),
        path: &Path<'_>,
    ) -> Op {
        if !named_alike(&a.name, &b.name, b.evolution.aliases) {
            return self.renamed(from, to, path);
        }
        let is_free = |name: &str| b.fields.iter().all(|field| field.name != name);
        let mut used = Vec::new();
        let mut segments = Vec::new();
        for field in &*b.fields {
            let path = path.slot(&field.name);
            let had = b.evolution.aliases_of("", &field.name);
            let is_alias = |name: &str| had.contains(&name) && is_free(name);
            let found = a.fields.iter().find(|theirs| theirs.name == field.name);
            let Some(theirs) = found.or_else(|| a.fields.iter().find(|theirs| is_alias(&theirs.name))) else {
                match field.default {
                    Some(default) => segments.push(self.default(field, default)),
                    None => self.problem(Problem::record_field(&path)),
                }
                continue;
            };
            used.push(&*theirs.name);
            let by = self.links(theirs.ty, field.ty, &path);
            if self.is_flat(by) {
                segments.push(self.segment(theirs.offset, field.offset, by));
            } else if !matches!(self.steps[by].op, Op::Open) {
                self.wrong(self.theirs.get(theirs.ty), self.ours.get(field.ty), &path);
            }
        }
        let gone = |name: &str| !used.contains(&name) && !b.evolution.is_removed(name);
        for theirs in a.fields.iter().filter(|theirs| gone(&theirs.name)) {
            self.problem(Problem::record_field_gone(path, &theirs.name));
        }
        self.drops |= used.len() < a.fields.len();
        let same = from.head == to.head && a.fields.len() == b.fields.len();
        if same && segments.iter().all(|segment| segment.by.is_none() && segment.from == segment.to) {
            // This copies the padding too.
            return Op::Copy;
        }
        Op::Flat(joined(segments))
    }

    fn default(&mut self, field: &'static RecordField, default: fn(&mut [u8])) -> Segment {
        let of = self.steps.len();
        self.steps.push(Step::of(0, self.ours.get(field.ty).head, Op::Default(default)));
        Segment { from: 0, to: field.offset, len: 0, by: Some(of) }
    }

    pub fn segment(&self, from: usize, to: usize, of: At) -> Segment {
        let step = &self.steps[of];
        Segment { from, to, len: step.from, by: (!matches!(step.op, Op::Copy)).then_some(of) }
    }
}

/// Joins segments that are adjacent in both heads.
pub(super) fn joined(segments: Vec<Segment>) -> Box<[Segment]> {
    let mut joined: Vec<Segment> = Vec::new();
    for segment in segments {
        match joined.last_mut() {
            Some(last)
                if last.by.is_none()
                    && segment.by.is_none()
                    && last.from + last.len == segment.from
                    && last.to + last.len == segment.to =>
            {
                last.len += segment.len;
            }
            _ if segment.len == 0 && segment.by.is_none() => {}
            _ => joined.push(segment),
        }
    }
    joined.into()
}

/// Whether a value is a number, or a non-empty array of such values.
fn is_numbers<'s>(nodes: &'s Nodes, mut schema: &'s Schema) -> bool {
    loop {
        match &schema.kind {
            Kind::Array(of, count) if *count > 0 => schema = nodes.get(*of),
            kind => return matches!(kind, Kind::Bool | Kind::Int { .. } | Kind::Float { .. }),
        }
    }
}
