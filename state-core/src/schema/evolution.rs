//! What a type says of its older forms. None of it is part of the canonical form: a state is what it was.

use core::fmt::Display;

use super::Schema;
use crate::error::{Error, Result};
use crate::evolve::{ByName, FillNamed, FormSearch, Older, convert, fill_upgraded, upgrade_image};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::state::{Outcome, RestoreOwned, State};

/// What the attributes of a type and its parts say of older forms.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Evolution {
    /// Names that the type had.
    pub aliases: &'static [&'static str],
    /// Names that slots and variants had.
    pub parts: &'static [Alias],
    /// Slots or variants that are gone on purpose; any, if there is a list without names.
    pub removed: Option<&'static [&'static str]>,
    /// The variant that stands for those that are gone.
    pub other: Option<&'static str>,
    /// Older forms that are types of the program.
    pub forms: &'static [OldForm],
    pub upgrade: Option<Upgrade>,
}

/// Names that one part had: a slot of a struct, a variant, or a slot of a variant.
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
    /// The rest of the way from an image to another. It is reached by this constant alone, so that only programs with
    /// such a type link what makes values of slots and slots of values.
    pub(crate) image: ByName,
    /// The same from slots that stand by name.
    pub(crate) fill: FillNamed,
}

impl Upgrade {
    #[must_use]
    pub const fn new(change: fn(&mut Older) -> Result<()>) -> Self {
        Self { change, image: upgrade_image, fill: fill_upgraded }
    }
}

/// An older form of a type that is a type of the program, and how a state of it becomes one of the present type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct OldForm {
    pub(crate) schema: fn() -> &'static Schema,
    pub(crate) convert: Convert,
    pub(crate) search: FormSearch,
}

/// Builds the old value, converts it, and writes the new one at a head of an image.
pub(crate) type Convert = fn(&Regions<'_>, &mut Builder, usize) -> Result<()>;

impl Evolution {
    /// Of a type whose attributes say nothing of it.
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
