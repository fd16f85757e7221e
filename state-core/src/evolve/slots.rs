//! The slots of objects and variants, matched by name: which older slot each present one is made from, and in which
//! order.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ptr;

use super::bears::bears;
use super::likely::may_become;
use super::op::{At, Behind, Op, Over, Segment, SlotStep, Slots};
use super::order::Order;
use super::path::Path;
use super::plan::{Planner, named_alike};
use crate::schema::{DefaultFn, Enum, EnumVariant, Evolution, Kind, Link, Object, Problem, Schema, Show, Slot};

/// A slot of either form. The slots of parents take the parent's place.
struct FlatSlot<'s> {
    /// Whether this is a parent that is matched as a whole.
    is_parent: bool,
    owner: &'s str,
    slot: &'s Slot,
    schema: &'s Schema,
    at: usize,
}

/// What a present slot is made from.
enum Source {
    Slot(usize, At),
    Default(DefaultFn),
}

impl<'t> Planner<'t> {
    pub(super) fn object(&mut self, from: &'t Schema, to: &'static Schema, path: &Path<'_>) -> Op {
        let (Kind::Object(a), Kind::Object(b)) = (&from.kind, &to.kind) else { return Op::Open };
        if !named_alike(&a.name, &b.name, b.evolution.aliases) {
            return self.renamed(from, to, path);
        }
        let whole = whole_parents(b, |link| self.ours.get(link));
        let theirs = self.places(a, &whole);
        let ours = self.our_places(b, &whole);
        if b.evolution.upgrade.is_some() && !self.written_alike(&theirs, &ours) {
            self.broken.text = true;
            self.broken.raw = true;
            let theirs = self.theirs.0.iter().position(|node| ptr::eq(node, from));
            return theirs.map_or(Op::Open, |theirs| Op::Upgraded { theirs, ours: to });
        }
        let family = Family::of(b, |link| self.ours.get(link));
        let slots = self.matched(&theirs, &ours, &Names { family: &family, variant: "" }, path);
        flat(slots)
    }

    /// Plans the parts of a tuple, which have the same order in both forms.
    pub(super) fn side_by_side(&mut self, parts: Vec<(Cow<'static, str>, Link, At)>) -> Op {
        let (mut from, mut to) = (0, 0);
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for (index, (name, link, of)) in parts.into_iter().enumerate() {
            let schema = self.theirs.get(link);
            theirs.push((from, schema.head, self.skips.of(self.theirs, schema)));
            ours.push((name, to, Source::Slot(index, of)));
            from += self.steps[of].from;
            to += self.steps[of].to;
        }
        let slots = self.ordered(&theirs, ours);
        flat(slots)
    }

    pub(super) fn variant(
        &mut self,
        of: &'static Enum,
        (theirs, ours): (&'t [Slot], &'static EnumVariant),
        path: &Path<'_>,
    ) -> Slots {
        let theirs = self.side(theirs);
        let mut at = 0;
        let place = |slot: &'static Slot| {
            let schema = self.ours.get(slot.ty);
            at += schema.head;
            FlatSlot { is_parent: false, owner: "", slot, schema, at: at - schema.head }
        };
        let our_slots: Vec<_> = ours.slots.iter().map(place).collect();
        let family = Family(alloc::vec![("", of.evolution)]);
        let names = Names { family: &family, variant: &ours.name };
        self.matched(&theirs, &our_slots, &names, &path.slot(&ours.name))
    }

    /// Plans the slots of a removed variant.
    pub(super) fn dropped(&mut self, theirs: &'t [Slot]) -> Slots {
        let theirs = self.side(theirs);
        let parts = self.theirs_in_order(&theirs);
        for place in &theirs {
            self.passes_over(place.schema);
        }
        self.ordered(&parts, Vec::new())
    }

    fn side(&self, slots: &'t [Slot]) -> Vec<FlatSlot<'t>> {
        let mut at = 0;
        let place = |slot: &'t Slot| {
            let schema = self.theirs.get(slot.ty);
            at += schema.head;
            FlatSlot { is_parent: false, owner: "", slot, schema, at: at - schema.head }
        };
        slots.iter().map(place).collect()
    }

    /// The slots of an older object, with those of its parents in their place; a parent in `whole` remains one slot.
    fn places(&self, object: &'t Object, whole: &[Evolvable]) -> Vec<FlatSlot<'t>> {
        let mut places = Vec::new();
        add(object, 0, &|link| self.theirs.get(link), &|tag| whole.iter().any(|whole| whole.is(tag)), &mut places);
        places
    }

    fn our_places(&self, object: &'static Object, whole: &[Evolvable]) -> Vec<FlatSlot<'static>> {
        let mut places = Vec::new();
        add(object, 0, &|link| self.ours.get(link), &|tag| whole.iter().any(|whole| whole.is(tag)), &mut places);
        places
    }

    /// Whether an object's own slots were the same as now, whatever became of their types.
    fn written_alike(&self, theirs: &[FlatSlot<'t>], ours: &[FlatSlot<'static>]) -> bool {
        theirs.len() == ours.len()
            && theirs
                .iter()
                .zip(ours)
                .all(|(theirs, ours)| theirs.slot.name == ours.slot.name && self.alike(theirs.schema, ours.schema))
    }

    fn alike(&self, theirs: &Schema, ours: &Schema) -> bool {
        if theirs.tag().is_some() || ours.tag().is_some() {
            return theirs.tag() == ours.tag();
        }
        let (a, b) = (theirs.links(), ours.links());
        let same = match (&theirs.kind, &ours.kind) {
            (Kind::Array(_, a), Kind::Array(_, b)) => a == b,
            (a, b) => a.is_alike(b),
        };
        same && a.len() == b.len()
            && a.into_iter().zip(b).all(|(a, b)| self.alike(self.theirs.get(a), self.ours.get(b)))
    }

    fn theirs_in_order(&mut self, theirs: &[FlatSlot<'t>]) -> Vec<(usize, usize, Over)> {
        let nodes = self.theirs;
        theirs.iter().map(|place| (place.at, place.schema.head, self.skips.of(nodes, place.schema))).collect()
    }

    fn passes_over(&mut self, schema: &Schema) {
        let bears = self.skips.bears(self.theirs, schema);
        self.broken.text |= bears.text;
        self.broken.raw |= bears.raw;
    }

    /// Finds what each present slot is made from.
    fn matched(
        &mut self,
        theirs: &[FlatSlot<'t>],
        ours: &[FlatSlot<'static>],
        names: &Names<'_>,
        path: &Path<'_>,
    ) -> Slots {
        let found = find(theirs, ours, names);
        let gone: Vec<usize> = (0..theirs.len()).filter(|at| !found.contains(&Found::At(*at))).collect();
        self.keeps_order(theirs, ours, &found);
        for &at in &gone {
            self.passes_over(theirs[at].schema);
        }
        let mut parts = Vec::new();
        for (place, found) in ours.iter().zip(&found) {
            let name = &place.slot.name;
            let path = path.slot(name);
            let source = match (found, place.slot.default) {
                (Found::At(index), _) => Source::Slot(*index, self.pair(theirs[*index].schema, place.schema, &path)),
                (Found::Nowhere, Some(default)) => Source::Default(default),
                (Found::Nowhere, None) => {
                    let fits = |at: &&usize| may_become((theirs[**at].schema, self.theirs), (place.schema, self.ours));
                    let candidates = gone.iter().filter(fits).map(|&at| &*theirs[at].slot.name);
                    let missing = Problem::missing(&path, &Show(place.schema, self.ours), candidates);
                    self.problem(if gone.is_empty() { missing } else { missing.beside_gone() });
                    continue;
                }
                (Found::Twice, _) => {
                    self.problem(Problem::twice(&path));
                    continue;
                }
            };
            parts.push((name.clone(), place.at, source));
        }
        self.drops |= !gone.is_empty();
        for at in gone {
            let name = &theirs[at].slot.name;
            if !names.family.is_removed(name) {
                let (owner, schema) = (names.family.name(), theirs[at].schema);
                self.problem(Problem::gone(path, name, owner, schema, self.theirs));
            }
        }
        if self.is_moot() {
            return Slots::default();
        }
        let theirs = self.theirs_in_order(theirs);
        self.ordered(&theirs, parts)
    }

    /// Records whether text or raw arrays change their order, or are new.
    fn keeps_order(&mut self, theirs: &[FlatSlot<'t>], ours: &[FlatSlot<'static>], found: &[Found]) {
        let (mut text, mut raw) = (None, None);
        for (place, found) in ours.iter().zip(found) {
            let Found::At(index) = found else {
                let bears = bears(self.ours, place.schema);
                self.broken.text |= bears.text;
                self.broken.raw |= bears.raw;
                continue;
            };
            let bears = self.skips.bears(self.theirs, theirs[*index].schema);
            for (bears, last, broken) in
                [(bears.text, &mut text, &mut self.broken.text), (bears.raw, &mut raw, &mut self.broken.raw)]
            {
                if bears {
                    *broken |= *last > Some(*index);
                    *last = (*last).max(Some(*index));
                }
            }
        }
    }

    /// Arranges the steps.
    fn ordered(&self, theirs: &[(usize, usize, Over)], ours: Vec<(Cow<'static, str>, usize, Source)>) -> Slots {
        let (numbers, behind): (Vec<usize>, Vec<Behind>) =
            theirs.iter().enumerate().filter_map(|(at, part)| Some((at, Behind::of(*part)?))).unzip();
        let number = |source: &Source| match source {
            Source::Slot(index, _) => numbers.binary_search(index).ok(),
            Source::Default(_) => None,
        };
        let mut order = Order::new(behind, ours.iter().filter_map(|(_, _, source)| number(source)));
        for (name, to, source) in ours {
            let number = number(&source);
            let (index, of) = match source {
                Source::Slot(index, of) => (index, of),
                Source::Default(by) => {
                    order.steps.push(SlotStep::Default { name, to, by });
                    continue;
                }
            };
            let (from, len, _) = theirs[index];
            let same = matches!(self.steps[of].op, Op::Copy | Op::Same(_));
            match number {
                Some(number) if same => order.copies(number),
                Some(number) => drop(order.makes(number)),
                None => {}
            }
            if same {
                order.heads.push(Segment { from, to, len, by: None });
            } else if self.is_flat(of) {
                order.heads.push(self.segment(from, to, of));
            } else {
                order.steps.push(SlotStep::Part { name, from, len, to, of });
            }
        }
        order.finish()
    }
}

/// Returns one flat operation, if all slots are flat.
fn flat(slots: Slots) -> Op {
    match slots.steps.is_empty() {
        true => Op::Flat(slots.heads),
        false => Op::Slots(slots),
    }
}

/// A parent that is matched as a whole, because it has older forms or upgrades older states itself.
struct Evolvable {
    name: &'static str,
    evolution: &'static Evolution,
}

impl Evolvable {
    fn is(&self, tag: &str) -> bool {
        let mut forms = self.evolution.forms.iter();
        named_alike(tag, self.name, self.evolution.aliases) || forms.any(|form| (form.schema)().tag() == Some(tag))
    }
}

/// Returns those among a type's parents, at any distance.
fn whole_parents(mut object: &'static Object, get: impl Fn(Link) -> &'static Schema) -> Vec<Evolvable> {
    let mut all = Vec::new();
    while let Some(parent) = object.slots.first().filter(|_| object.has_parent) {
        let Kind::Object(parent) = &get(parent.ty).kind else { break };
        let evolution = parent.evolution;
        if evolution.upgrade.is_some() || !evolution.forms.is_empty() {
            all.push(Evolvable { name: &parent.name, evolution });
        }
        object = parent;
    }
    all
}

fn add<'s>(
    object: &'s Object,
    mut at: usize,
    get: &dyn Fn(Link) -> &'s Schema,
    whole: &dyn Fn(&str) -> bool,
    places: &mut Vec<FlatSlot<'s>>,
) {
    for (number, slot) in object.slots.iter().enumerate() {
        let schema = get(slot.ty);
        let is_parent = object.has_parent && number == 0;
        match &schema.kind {
            Kind::Object(parent) if is_parent && !whole(&parent.name) => add(parent, at, get, whole, places),
            _ => places.push(FlatSlot { is_parent, owner: &object.name, slot, schema, at }),
        }
        at += schema.head;
    }
}

/// A type and its parents, with what the attributes of each say about older forms.
struct Family(Vec<(&'static str, &'static Evolution)>);

impl Family {
    fn of(object: &'static Object, get: impl Fn(Link) -> &'static Schema) -> Self {
        let mut family = alloc::vec![(&*object.name, object.evolution)];
        let mut object = object;
        while let Some(parent) = object.slots.first().filter(|_| object.has_parent) {
            let Kind::Object(parent) = &get(parent.ty).kind else { break };
            family.push((&parent.name, parent.evolution));
            object = parent;
        }
        Self(family)
    }

    fn name(&self) -> &'static str {
        self.0.first().map_or("", |(name, _)| name)
    }

    fn is_removed(&self, name: &str) -> bool {
        self.0.iter().any(|(_, evolution)| evolution.is_removed(name))
    }

    /// Whether an older type is a present one, by its present or a former name.
    fn is_same(&self, theirs: &str, ours: &str) -> bool {
        let had = |evolution: &Evolution| evolution.aliases.contains(&theirs);
        theirs == ours || self.0.iter().any(|(name, evolution)| *name == ours && had(evolution))
    }
}

struct Names<'f> {
    family: &'f Family,
    variant: &'f str,
}

impl Names<'_> {
    fn aliases(&self, place: &FlatSlot<'static>) -> &'static [&'static str] {
        let owner = self.family.0.iter().find(|(name, _)| *name == place.owner);
        owner.map_or(&[], |(_, evolution)| evolution.aliases_of(self.variant, &place.slot.name))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    At(usize),
    Nowhere,
    /// A parent and its child have slots of this name, and which is meant is unclear.
    Twice,
}

/// Finds for each present slot the older slot that it is made from. A whole parent is made from such a parent, whatever
/// the fields are called; a slot is made from that of the same name in the same type, or else of the same name anywhere
/// in the family, or else of a former name.
fn find(theirs: &[FlatSlot<'_>], ours: &[FlatSlot<'static>], names: &Names<'_>) -> Vec<Found> {
    let mut found = alloc::vec![Found::Nowhere; ours.len()];
    let mut taken = alloc::vec![false; theirs.len()];
    let mut pass = |matches: &dyn Fn(&FlatSlot<'_>, &FlatSlot<'static>) -> bool| {
        for (place, found) in ours.iter().zip(&mut found).filter(|(_, found)| **found == Found::Nowhere) {
            let mut candidates = (0..theirs.len()).filter(|&at| !taken[at] && matches(&theirs[at], place));
            match (candidates.next(), candidates.next()) {
                (Some(at), None) => {
                    *found = Found::At(at);
                    taken[at] = true;
                }
                (Some(_), Some(_)) => *found = Found::Twice,
                _ => {}
            }
        }
    };
    pass(&|theirs, ours| theirs.is_parent && ours.is_parent);
    pass(&|theirs, ours| theirs.slot.name == ours.slot.name && theirs.owner == ours.owner);
    pass(&|theirs, ours| theirs.slot.name == ours.slot.name && names.family.is_same(theirs.owner, ours.owner));
    pass(&|theirs, ours| theirs.slot.name == ours.slot.name);
    pass(&|theirs, ours| names.aliases(ours).contains(&&*theirs.slot.name));
    found
}
