//! Plans for raw arrays, and for the records in them.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::op::{At, Op, Segment, Step};
use super::plan::{Planner, named_alike};
use super::problem::Problem;
use crate::schema::{Kind, Link, Raw, Record, RecordField, Schema};

impl<'t> Planner<'t> {
    pub fn raw(
        &mut self,
        (from, a): (&'t Schema, &'t Raw),
        (to, b): (&'static Schema, &'static Raw),
        path: &str,
    ) -> Op {
        let one_fits = b.exactly.is_none() || a.exactly == b.exactly;
        if !one_fits || (a.optional && !b.optional) {
            return self.wrong(from, to, path);
        }
        let of = self.element(a.element, b.element, path);
        self.broken.raw |= !self.copies(of);
        Op::Raw { from_optional: a.optional, to_optional: b.optional, of }
    }

    /// Elements of raw arrays; those of a list that is to be one must be numbers.
    fn element(&mut self, from: Link, to: Link, path: &str) -> At {
        let of = self.links(from, to, &format!("{path}[]"));
        if !self.is_flat(of) && !matches!(self.steps[of].op, Op::Open) {
            let (from, to) = (self.theirs.get(from), self.ours.get(to));
            self.wrong(from, to, path);
        }
        of
    }

    pub fn raw_to_list(
        &mut self,
        (from, a): (&'t Schema, &'t Raw),
        (to, b): (&'static Schema, Link),
        path: &str,
    ) -> Op {
        if !is_number(self.theirs.get(a.element)) || !is_number(self.ours.get(b)) {
            return self.wrong(from, to, path);
        }
        self.broken.raw = true;
        Op::RawToList { of: self.element(a.element, b, path) }
    }

    pub fn list_to_raw(
        &mut self,
        (from, a): (&'t Schema, Link),
        (to, b): (&'static Schema, &'static Raw),
        path: &str,
    ) -> Op {
        if !is_number(self.theirs.get(a)) || !is_number(self.ours.get(b.element)) {
            return self.wrong(from, to, path);
        }
        self.broken.raw = true;
        Op::ListToRaw { optional: b.optional, of: self.element(a, b.element, path) }
    }

    pub fn grid(&mut self, a: Link, b: Link, path: &str) -> Op {
        let of = self.element(a, b, path);
        self.broken.raw |= !self.copies(of);
        Op::Grid { of }
    }

    /// Fields by name, wherever they lie.
    pub fn record(
        &mut self,
        (from, a): (&'t Schema, &'t Record),
        (to, b): (&'static Schema, &'static Record),
        path: &str,
    ) -> Op {
        if !named_alike(&a.name, &b.name, b.evolution.aliases) {
            return self.renamed(from, to, path);
        }
        let is_free = |name: &str| b.fields.iter().all(|field| field.name != name);
        let mut used = Vec::new();
        let mut segments = Vec::new();
        for field in &*b.fields {
            let path = format!("{path}.{}", field.name);
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
            // With the padding.
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

/// Segments that lie side by side in both heads as one.
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

fn is_number(schema: &Schema) -> bool {
    matches!(schema.kind, Kind::Bool | Kind::Int { .. } | Kind::Float { .. })
}
