//! What a type says about its older forms. None of it is part of the canonical form, because a state is what it was.

use alloc::vec::Vec;
use core::fmt::Display;
use core::ptr;

use super::Schema;
use crate::error::{Error, Result};
use crate::evolve::{ByName, FillNamed, FormSearch, Older, convert, fill_upgraded, upgrade_image};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::state::{Outcome, RestoreOwned, State};

/// What the attributes of a type and its parts say about older forms.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Evolution {
    /// Former names of the type.
    pub aliases: &'static [&'static str],
    /// Former names of slots and variants.
    pub parts: &'static [Alias],
    /// Slots or variants that were removed on purpose; an empty list means any.
    pub removed: Option<&'static [&'static str]>,
    /// The variant that replaces those that are gone.
    pub other: Option<&'static str>,
    /// Older forms that are types of the program.
    pub forms: &'static [OldForm],
    pub upgrade: Option<Upgrade>,
}

/// The former names of one part: a slot of a struct, a variant, or a slot of a variant.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    /// The variant that the slot belongs to; empty for a slot of a struct, and for a variant itself.
    pub variant: &'static str,
    pub name: &'static str,
    pub aliases: &'static [&'static str],
}

/// Changes the slots of an older state before they are matched by name.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Upgrade {
    pub(crate) change: fn(&mut Older) -> Result<()>,
    /// The code that upgrades an image. It is reached only through this constant, so that only programs with such a
    /// type link the conversions between slots and values.
    pub(crate) image: ByName,
    /// The same for slots by name.
    pub(crate) fill: FillNamed,
}

impl Upgrade {
    #[must_use]
    pub const fn new(change: fn(&mut Older) -> Result<()>) -> Self {
        Self { change, image: upgrade_image, fill: fill_upgraded }
    }
}

/// An older form of a type that is a type of the program, and how its states become states of the present type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct OldForm {
    pub(crate) schema: fn() -> &'static Schema,
    pub(crate) convert: Convert,
    pub(crate) search: FormSearch,
}

impl OldForm {
    /// Returns the forms that fit or, if none does, those with the shortest way to a form that fits, through older
    /// forms of forms. So each step of a conversion is nearer to the form that a state has.
    pub(crate) fn nearest(forms: &'static [Self], mut fits: impl FnMut(&'static Schema) -> bool) -> Vec<&'static Self> {
        let mut ways: Vec<(&Self, &'static Schema)> = forms.iter().map(|form| (form, (form.schema)())).collect();
        let mut seen = Vec::new();
        loop {
            let mut found: Vec<&Self> = Vec::new();
            let mut further = Vec::new();
            for (first, schema) in ways {
                if found.last().is_some_and(|last| ptr::eq(*last, first)) {
                    continue;
                }
                if fits(schema) {
                    found.push(first);
                } else if !seen.contains(&(ptr::from_ref(first), ptr::from_ref(schema))) {
                    seen.push((ptr::from_ref(first), ptr::from_ref(schema)));
                    let forms = schema.evolution().map_or(&[][..], |evolution| evolution.forms);
                    further.extend(forms.iter().map(|form| (first, (form.schema)())));
                }
            }
            if !found.is_empty() || further.is_empty() {
                return found;
            }
            ways = further;
        }
    }
}

/// Builds the old value, converts it, and writes the new one at a head of an image.
pub(crate) type Convert = fn(&Regions<'_>, &mut Builder, usize) -> Result<()>;

impl Evolution {
    /// For a type whose attributes say nothing about older forms.
    pub const NONE: Self = Self { aliases: &[], parts: &[], removed: None, other: None, forms: &[], upgrade: None };

    pub(crate) fn aliases_of(&self, variant: &str, name: &str) -> &'static [&'static str] {
        let found = self.parts.iter().find(|part| part.variant == variant && part.name == name);
        found.map_or(&[], |part| part.aliases)
    }

    pub(crate) fn is_removed(&self, name: &str) -> bool {
        self.removed.is_some_and(|names| names.is_empty() || names.contains(&name))
    }
}

/// An older form `F` of the type `T`.
#[doc(hidden)]
#[must_use]
pub const fn old_form<F: RestoreOwned, T: State + TryFrom<F, Error: Display>>() -> OldForm {
    OldForm { schema: F::schema, convert: convert::<F, T>, search: FormSearch::BY_SCHEMA }
}

/// Calls the function that `upgrade` names.
#[doc(hidden)]
pub fn run_upgrade<O: Outcome>(upgrade: fn(&mut Older) -> O, older: &mut Older) -> Result<()> {
    upgrade(older).refusal().map_or(Ok::<(), Error>(()), Err)
}
