//! Variants that an enum no longer has in this form: those of its older forms that are types of the program.

use super::Fill;
use super::attributes::{has_slots, variant_places};
use super::older::{by_form, by_kind};
use super::variants::{called, tags};
use crate::error::Result;
use crate::schema::{Enum, Form, Nodes, Schema, Slot};
use crate::walk::Decoder;
use crate::walk::form::tuple_slots;

/// Fills an enum from a value of one of its older forms. `None` if the value is a variant of the present type, or of no
/// such form.
#[cold]
pub(super) fn by_older_form<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    (schema, of): (&'s Schema, &'s Enum),
    value: D,
    at: usize,
) -> Option<Result<()>> {
    let named = is_named_variant(fill.nodes, of, value);
    if named.unwrap_or(false) {
        return None;
    }
    let nodes = fill.nodes;
    by_form(fill, (nodes, schema), value, at).or_else(|| {
        match named.unwrap_or_else(|| is_flat_variant(nodes, of, value)) {
            true => None,
            false => by_kind(fill, (&of.name, (nodes, schema)), value, at),
        }
    })
}

/// Whether a value is a variant of an enum as it is now. Values do not decide, as those of one type can fit another.
pub(super) fn is_variant<'v, D: Decoder<'v>>(nodes: &Nodes, of: &Enum, value: D) -> bool {
    is_named_variant(nodes, of, value).unwrap_or_else(|| is_flat_variant(nodes, of, value))
}

/// Whether a variant whose slots have names has those of the enum. `None` for any other value.
fn is_named_variant<'v, D: Decoder<'v>>(nodes: &Nodes, of: &Enum, value: D) -> Option<bool> {
    Some(match tags(of).find_map(|tag| value.named_variant(tag).transpose())? {
        Ok((name, named)) => called(of, name).is_some_and(|(_, variant)| {
            has_slots(&variant_places(nodes, (of, variant), 0), &named, |name| of.evolution.is_removed(name))
        }),
        // The error is reported where the variant is filled.
        Err(_) => true,
    })
}

/// Whether a variant whose slots have an order alone has as many as that of the enum, or a member of a Python enum its
/// value.
fn is_flat_variant<'v, D: Decoder<'v>>(nodes: &Nodes, of: &Enum, value: D) -> bool {
    match tags(of).find_map(|tag| value.variant(tag)) {
        Some((name, state)) => {
            called(of, name).is_some_and(|(_, variant)| are_as_many(nodes, &variant.slots, state.len()))
        }
        None => {
            let worth = value.member(&of.name).filter(|_| of.form == Form::Enum);
            worth.is_some_and(|worth| of.variants.iter().any(|variant| variant.value == Some(worth)))
        }
    }
}

fn are_as_many(nodes: &Nodes, slots: &[Slot], count: usize) -> bool {
    let needed = slots.iter().rposition(|slot| slot.default.is_none()).map_or(0, |last| last + 1);
    let sum = |slots: &[Slot]| slots.iter().map(|slot| tuple_slots(nodes, slot)).sum::<usize>();
    (sum(&slots[..needed])..=sum(slots)).contains(&count)
}
