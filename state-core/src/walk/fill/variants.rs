//! The variants of enums, by name or, for the members of Python's enums, by their value.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::older_variants::by_older_form;
use super::{Fill, attributes, left_out, slots_left_out};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::layout::{LENGTH, enum_is_inline, tag_head};
use crate::schema::{Enum, EnumVariant, Form, Kind, MemberOf, Object, Open, Schema, Slot, unknown_variant};
use crate::walk::Decoder;

impl<'v, 's> Fill<'v, 's> {
    /// Fills an enum from a member of a Python enum that is given by its value.
    fn member<D: Decoder<'v>>(&mut self, of: &Enum, value: D, at: usize) -> Result<()> {
        let wrong = |found| Error::new(ErrorKind::Malformed, what(of), found);
        let Some(worth) = value.member(&of.name).filter(|_| of.form == Form::Enum) else {
            return Err(wrong(value.describe()));
        };
        match of.variants.iter().position(|variant| variant.value == Some(worth)) {
            Some(place) => {
                self.builder.write(at, &place.to_le_bytes()[..tag_head(of.variants.len())]);
                Ok(())
            }
            None if of.variants.iter().all(|variant| variant.value.is_none()) => {
                let found = format!("the value {worth}, which discriminants (`Red = {worth}`) would give a variant");
                Err(wrong(found))
            }
            None => Err(wrong(format!("the value {worth}"))),
        }
    }

    pub(super) fn enumeration<D: Decoder<'v>>(
        &mut self,
        (schema, of): (&'s Schema, &'s Enum),
        value: D,
        at: usize,
    ) -> Result<()> {
        if let Some((variant, schema)) = self.member_of(of, value) {
            let (_, at) = self.place(of, &variant.name, at)?;
            return self.node(schema, value, at);
        }
        if !D::LIVE {
            if !of.evolution.forms.is_empty() {
                if let Some(filled) = by_older_form(self, (schema, of), value, at) {
                    return filled;
                }
            }
            if let Some(filled) = self.variant_by_names(of, value, at) {
                return filled;
            }
        }
        let mut given = tags(of).find_map(|tag| value.variant(tag));
        let Some((name, state)) = &mut given else { return self.member(of, value, at) };
        let (variant, slots_at) = self.place(of, name, at)?;
        if is_other(of, variant, name) {
            return Ok(());
        }
        self.slots(&variant.slots, state, slots_at).map_err(|error| error.within(&variant.name))?;
        match state.next() {
            None => Ok(()),
            Some(more) => Err(too_many(of, variant, more)),
        }
    }

    /// Fills a value of one of the types of an open set: an object by its class, and any other as a variant, by its
    /// tag.
    pub(super) fn open_member<D: Decoder<'v>>(&mut self, open: &'s Open, value: D, at: usize) -> Result<()> {
        // This is an older form of a class that has no open sets, and so the value has no place in it.
        let Some(of_sets) = open.evolution else { return Ok(()) };
        // Live objects behind a trait object have no class of their own.
        if !D::LIVE {
            let members = open.all();
            let find = |is: &dyn Fn(&Object) -> bool| {
                members.iter().find(|member| matches!(&(member.schema)().kind, Kind::Object(object) if is(object)))
            };
            // A former name of one type may be the present name of another.
            let member = find(&|object| value.is_of(&object.name))
                .or_else(|| find(&|object| object.evolution.aliases.iter().any(|had| value.is_of(had))));
            if let Some(member) = member {
                return self.behind_tag((*member).into(), value, at);
            }
        }
        let parts = value.variant(&open.name).and_then(|(tag, mut parts)| match (parts.next(), parts.next()) {
            (Some(part), None) => Some((tag, part)),
            _ => None,
        });
        let wrong = || Error::new(ErrorKind::Malformed, open.registered(), value.describe());
        let (tag, part) = parts.ok_or_else(wrong)?;
        self.behind_tag((of_sets.tagged)(self.nodes, open, tag)?, part, at)
    }

    /// Writes a tag, and the value after it.
    fn behind_tag<D: Decoder<'v>>(&mut self, member: MemberOf<'s>, value: D, at: usize) -> Result<()> {
        let MemberOf { tag, fingerprint, schema, .. } = member;
        self.builder.length(at, tag.len());
        self.builder.text.extend_from_slice(tag.as_bytes());
        self.builder.write(at + LENGTH, &fingerprint.to_le_bytes());
        let place = self.run(1, schema.head, |nodes| left_out(nodes, schema))?;
        self.node(schema, value, place).map_err(|error| error.within(tag))
    }

    /// Returns the type behind a trait object whose present name, or else a former one, is the class of a value.
    fn member_of<D: Decoder<'v>>(&self, of: &'s Enum, value: D) -> Option<(&'s EnumVariant, &'s Schema)> {
        let find = |is: &dyn Fn(&Object) -> bool| {
            of.variants.iter().find_map(|variant| {
                let (schema, object) = of.member(variant, self.nodes)?;
                is(object).then_some((variant, schema))
            })
        };
        if of.form != Form::Dynamic {
            return None;
        }
        find(&|object| value.is_of(&object.name))
            .or_else(|| find(&|object| object.evolution.aliases.iter().any(|had| value.is_of(had))))
    }

    /// Fills a variant whose slots are given by name.
    fn variant_by_names<D: Decoder<'v>>(&mut self, of: &'s Enum, value: D, at: usize) -> Option<Result<()>> {
        let (name, named) = match tags(of).find_map(|tag| value.named_variant(tag).transpose())? {
            Ok(variant) => variant,
            Err(error) => return Some(Err(error)),
        };
        let (variant, slots_at) = match self.place(of, name, at) {
            Ok(placed) => placed,
            Err(error) => return Some(Err(error)),
        };
        if is_other(of, variant, name) {
            return Some(Ok(()));
        }
        let filled = attributes::variant(self, (of, variant), &named, slots_at);
        Some(filled.map_err(|error| error.within(&variant.name)))
    }

    /// Writes the tag of the variant that has this name or had it, or else of the variant that stands for removed ones.
    /// Returns where its slots begin.
    fn place(&mut self, of: &'s Enum, name: &str, at: usize) -> Result<(&'s EnumVariant, usize)> {
        let found = called(of, name).or_else(|| called(of, of.evolution.other?));
        let Some((place, variant)) = found else { return Err(unknown(of, name, self.older)) };
        let tag = tag_head(of.variants.len());
        self.builder.write(at, &place.to_le_bytes()[..tag]);
        let head_of = |slots: &[Slot]| slots.iter().map(|slot| self.target(slot.ty).head).sum::<usize>();
        let size = head_of(&variant.slots);
        let largest = of.variants.iter().map(|variant| head_of(&variant.slots)).max().unwrap_or(0);
        let inline = enum_is_inline(largest) || size == 0;
        Ok((variant, if inline { at + tag } else { self.run(1, size, |nodes| slots_left_out(nodes, &variant.slots))? }))
    }
}

/// Describes a value of an enum, for an error.
fn what(of: &Enum) -> String {
    match of.form {
        Form::Dynamic => format!("a type of the list of {}", of.name),
        _ => format!("a variant of {}", of.name),
    }
}

/// Reports that no variant has the name.
#[cold]
fn unknown(of: &Enum, name: &str, older: bool) -> Error {
    const MOST: usize = 8;
    let mut known: Vec<&str> = of.variants.iter().take(MOST).map(|variant| &*variant.name).collect();
    if of.variants.len() > MOST {
        known.push("..");
    }
    let (found, hint) = if older { unknown_variant(name, of) } else { (format!("{name:?}"), String::new()) };
    Error::new(ErrorKind::Malformed, format!("{} ({})", what(of), known.join(", ")), found).with_hint(hint)
}

/// Returns the variant that has this name, or else the one that had it, with its number.
pub(super) fn called<'s>(of: &'s Enum, name: &str) -> Option<(usize, &'s EnumVariant)> {
    let by = |test: &dyn Fn(&str) -> bool| of.variants.iter().enumerate().find(|(_, variant)| test(&variant.name));
    by(&|own| own == name).or_else(|| by(&|own| of.evolution.aliases_of("", own).contains(&name)))
}

/// The present and former names of an enum.
pub(super) fn tags(of: &Enum) -> impl Iterator<Item = &str> {
    core::iter::once(&*of.name).chain(of.evolution.aliases.iter().copied())
}

/// Whether a variant stands for a removed one.
fn is_other(of: &Enum, variant: &EnumVariant, name: &str) -> bool {
    variant.name != name
        && of.evolution.other == Some(&*variant.name)
        && !of.evolution.aliases_of("", &variant.name).contains(&name)
}

fn too_many<'v, D: Decoder<'v>>(of: &Enum, variant: &EnumVariant, more: D) -> Error {
    let found = format!("one more slot: {}", more.describe());
    Error::new(ErrorKind::Malformed, format!("a variant of {}", of.name), found).within(&variant.name)
}
