//! Older forms that are types of the program: finds the one that a part of an older state has.

use core::mem;

use super::numbers::shares;
use super::op::Op;
use super::path::Path;
use super::plan::{Broken, Planner};
use crate::places;
use crate::schema::{Graph, Nodes, OldForm, Problem, Schema, first_difference};

type Search = for<'t> fn(&mut Planner<'t>, &'t Schema, &'static Schema, &'static [OldForm]) -> Option<&'static OldForm>;

/// How the form that fits is found. Only the constants of forms refer to this, so that programs without any do not link
/// it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FormSearch(Search);

impl FormSearch {
    pub const BY_SCHEMA: Self = Self(|planner, from, to, forms| planner.form_among(from, to, forms));
}

impl<'t> Planner<'t> {
    /// Returns the form that a part of an older state has, unless the present type fits better.
    pub(super) fn form(&mut self, from: &'t Schema, to: &'static Schema) -> Option<&'static OldForm> {
        let forms = to.evolution()?.forms;
        (forms.first()?.search.0)(self, from, to, forms)
    }

    /// Finds the form among `forms`.
    fn form_among(
        &mut self,
        from: &'t Schema,
        to: &'static Schema,
        forms: &'static [OldForm],
    ) -> Option<&'static OldForm> {
        first_difference(Graph { nodes: self.ours, root: to }, Graph { nodes: self.theirs, root: from })?;
        if let Some(form) = OldForm::nearest(forms, |form| self.equals(from, form)).first() {
            return Some(form);
        }
        if self.resolves(from, to) {
            return None;
        }
        OldForm::nearest(forms, |form| self.resolves(from, form)).first().copied()
    }

    /// Whether a part has a type that is exactly this one.
    fn equals(&self, from: &'t Schema, to: &'static Schema) -> bool {
        first_difference(Graph { nodes: Nodes::NONE, root: to }, Graph { nodes: self.theirs, root: from }).is_none()
    }

    /// Whether a part can become a type without older forms of the type itself.
    fn resolves(&mut self, from: &'t Schema, to: &'static Schema) -> bool {
        let pair = places::pair(from, to);
        if let Some(known) = self.verdicts.get(pair) {
            return known != 0;
        }
        // The same question inside the pair is answered with yes.
        self.verdicts.set(pair, 1);
        let mut planner = Planner::new(self.theirs, self.ours, (self.keeps, self.numbering));
        (planner.depth, planner.tries) = (self.depth, true);
        planner.verdicts = mem::take(&mut self.verdicts);
        planner.skips = mem::replace(&mut self.skips, planner.skips);
        planner.pair_as(from, to, &Path::root(""), false);
        planner.finish_keys();
        self.verdicts = planner.verdicts;
        self.skips = planner.skips;
        let resolves = planner.problems.is_empty();
        self.verdicts.set(pair, resolves.into());
        resolves
    }

    pub(super) fn converted(
        &mut self,
        (from, to): (&'t Schema, &'static Schema),
        form: &'static OldForm,
        path: &Path<'_>,
    ) -> Op {
        // The converted value is written where the parts of the older value are no longer in order.
        self.broken = Broken { text: true, raw: true };
        let old = (form.schema)();
        let shares = |schema: &'static Schema| shares(self.ours, schema);
        if self.numbering.is_any() && (self::shares(self.theirs, from) || shares(old) || shares(to)) {
            self.problem(Problem::shares(path));
        }
        let of = self.pair_as(from, old, path, old.evolution().is_some_and(|evolution| !evolution.forms.is_empty()));
        Op::Converted { of, head: old.head, convert: form.convert }
    }
}
