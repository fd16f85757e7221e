//! States of an older form of a class: filled by the schemas that came with them, and converted to images of the
//! present types as older files are.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use pyo3::Bound;
use pyo3::types::{PyBytes, PyBytesMethods};

use super::items::Items;
use crate::error::{Error, ErrorKind, Result};
use crate::evolve::{Parsed, Resolved};
use crate::image::{Image, explain};
use crate::protocol::decode::Regions;
use crate::python::class::sets::SetForms;
use crate::python::settings::options;
use crate::schema::fingerprint::{hash, identity};
use crate::schema::{Kind, Schema, canonical_without_slots, divide_class};
use crate::walk::{self, Filled};

/// An older form of a class and its bases.
pub struct Older {
    layers: Box<[Layer]>,
    /// The number of slots of the flat state.
    pub slots: usize,
}

/// One class of the chain.
struct Layer {
    resolved: Resolved,
    slots: usize,
    fingerprint: u64,
}

impl Older {
    /// Resolves the schemas of a class and its bases, the first base's first, against the present ones.
    ///
    /// # Errors
    /// For bytes that are no schemas, for bases that are gone, and those of `evolve` for states that cannot be matched.
    pub(in crate::python) fn new(
        (class, theirs): (&str, &[Bound<'_, PyBytes>]),
        ours: &[&'static Schema],
        sets: Option<&'static SetForms>,
    ) -> Result<Self, Vec<Error>> {
        let forms = theirs.iter().map(|bytes| form(class, bytes.as_bytes(), sets)).collect::<Result<_>>();
        let forms = forms.and_then(|forms| paired(forms, ours)).map_err(|error| alloc::vec![error])?;
        let (mut layers, mut errors) = (Vec::new(), Vec::new());
        for ((form, fingerprint), ours) in forms.into_iter().zip(ours) {
            let resolved = match form.plan_ahead(ours) {
                Ok(resolved) => resolved,
                Err(problems) => {
                    errors.extend(problems.into_iter().map(|problem| problem.error(0)));
                    continue;
                }
            };
            let (schema, nodes) = resolved.theirs();
            let slots = match &schema.kind {
                Kind::Object(object) => walk::count_slots(nodes, object),
                _ => 1,
            };
            layers.push(Layer { resolved, slots, fingerprint });
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let slots = layers.iter().map(|layer| layer.slots).fold(0, usize::saturating_add);
        Ok(Self { layers: layers.into(), slots })
    }

    /// The image of the class at a place in the chain, from its slots; the last class takes all that are left.
    pub(in crate::python) fn fill(
        &self,
        place: usize,
        (schema, is_last): (&'static Schema, bool),
        state: &mut Items<'_, '_>,
    ) -> Result<Filled<'static>> {
        let layer = self.layers.get(place).ok_or_else(gone)?;
        let (theirs, limits) = (layer.resolved.theirs(), options().limits(0));
        let filled = match &theirs.0.kind {
            Kind::Object(_) => {
                let slots = if is_last { usize::MAX } else { layer.slots };
                walk::fill_older(theirs, state.split(slots), limits)?
            }
            _ => walk::fill_older(theirs, core::iter::once(state.rest()), limits)?,
        };
        layer.made(&filled.regions()?, schema)
    }

    /// The image of a class without stateful bases, from native bytes.
    pub(in crate::python) fn unpack(&self, schema: &'static Schema, bytes: &[u8]) -> Result<Filled<'static>> {
        let (layer, image) = (self.layers.last().ok_or_else(gone)?, Image::open(bytes)?);
        if image.fingerprint != layer.fingerprint {
            return Err(explain::identity(&identity(schema), image.fingerprint, None));
        }
        layer.made(&layer.resolved.regions(&image)?, schema)
    }
}

impl Layer {
    fn made(&self, regions: &Regions<'_>, schema: &'static Schema) -> Result<Filled<'static>> {
        if !self.resolved.fits(regions) {
            return Err(Error::new(ErrorKind::Memory, "less than 4 GiB of text", "more in a state of an older form"));
        }
        let made = self.resolved.made(regions, regions.head, schema, options().limits(0))?;
        Ok(Filled::of(schema.head, made))
    }
}

/// The form of one class, and its fingerprint.
type Form = (Parsed, u64);

/// Reads the form of one class.
fn form(class: &str, bytes: &[u8], sets: Option<&'static SetForms>) -> Result<Form> {
    let (members, schema) = divide_class(bytes).ok_or_else(cut)?;
    let memory = options().memory_for(members.len() + schema.len());
    let parsed = match sets {
        Some(sets) => (sets.read)(schema, members, class, memory)?,
        None => Parsed::of_class(schema, class, memory)?,
    };
    Ok((parsed, hash(schema)))
}

/// Finds a form for each present class of the chain: by position if there are as many, otherwise by name. A new base
/// had no slots.
fn paired(theirs: Vec<Form>, ours: &[&'static Schema]) -> Result<Vec<Form>> {
    if theirs.len() == ours.len() {
        return Ok(theirs);
    }
    let (count, mut theirs) = (theirs.len(), theirs.into_iter().peekable());
    let mut paired = Vec::new();
    for (at, schema) in ours.iter().enumerate() {
        let is_last = at + 1 == ours.len();
        let is_theirs = |(form, _): &Form| is_last || form.tag().is_some_and(|tag| is_called(schema, tag));
        paired.push(match theirs.next_if(is_theirs) {
            Some(form) => form,
            None => (without_slots(schema)?, 0),
        });
    }
    match theirs.next() {
        None => Ok(paired),
        Some((form, _)) => {
            let found = format!("a state with that of {}, one of {count}", form.tag().unwrap_or("a base"));
            Err(Error::new(ErrorKind::Identity, "a state of the bases that the class has", found))
        }
    }
}

fn is_called(schema: &Schema, tag: &str) -> bool {
    let had = schema.evolution().is_some_and(|evolution| evolution.aliases.contains(&tag));
    had || schema.tag() == Some(tag)
}

/// The form of a type when it had no slots.
fn without_slots(schema: &'static Schema) -> Result<Parsed> {
    let name = schema.tag().unwrap_or_default();
    Parsed::parse(&canonical_without_slots(name))
}

#[cold]
fn cut() -> Error {
    Error::new(ErrorKind::Malformed, "a schema, after the types of open sets", "damaged bytes")
}

#[cold]
fn gone() -> Error {
    Error::new(ErrorKind::Identity, "a state of the bases that the class has", "one of fewer")
}
