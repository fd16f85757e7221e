//! The variants of enums, by name.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Planner, named_alike};
use crate::evolve::op::{Case, Cases, Op, Slots, Tag};
use crate::evolve::path::Path;
use crate::protocol::layout::{enum_is_inline, largest, tag_head};
use crate::schema::{Enum, Nodes, Problem, Schema, Slot};

impl<'t> Planner<'t> {
    pub(super) fn enumeration(
        &mut self,
        (from, a): (&'t Schema, &'t Enum),
        (to, b): (&'static Schema, &'static Enum),
        path: &Path<'_>,
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
                        self.loss(Problem::variant(path, &variant.name, b));
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
        Op::Enum(Cases { of: b, from: tag(&their_heads), to: tag(&our_heads), variants: cases.into() })
    }
}
