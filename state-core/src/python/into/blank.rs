//! The image of an empty value, which an object holds before its author's `__setstate__` is called.

use alloc::format;

use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::protocol::layout::{enum_is_inline, tag_head};
use crate::python::settings::options;
use crate::python::types::handle;
use crate::schema::{Enum, Kind, Link, Nodes, Schema, Slot, root_name};
use crate::standard::Known;
use crate::walk::Filled;

/// The depth of nesting beyond which a type is taken to have no end.
const DEEPEST: u32 = 32;

/// Makes an empty image: numbers are zero, or one if they cannot be zero, text and lists empty, optional values absent;
/// slots with defaults have these, and enums the first possible variant.
///
/// # Errors
/// If a slot always holds a Python object.
pub(super) fn image(schema: &'static Schema) -> Result<Filled<'static>> {
    let mut blank = Blank { builder: Builder::new(schema.head, options().levels()), left: DEEPEST };
    match blank.node(schema, 0) {
        Some(()) => Ok(Filled::of(schema.head, blank.builder)),
        None => Err(Error::new(
            ErrorKind::Unwritable,
            "slots that can be empty before `__setstate__` is called, or a method `__getnewargs__`",
            format!("{}, of which there is no empty one", root_name(schema)),
        )),
    }
}

struct Blank {
    builder: Builder,
    left: u32,
}

impl Blank {
    fn node(&mut self, schema: &'static Schema, at: usize) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let made = self.kind(schema, at);
        self.left += 1;
        made
    }

    fn kind(&mut self, schema: &'static Schema, at: usize) -> Option<()> {
        match &schema.kind {
            Kind::Int { nonzero: true, .. } => self.builder.write(at, &[1]),
            Kind::Boxed(of) => {
                let run = self.builder.run(1, target(*of).head);
                self.node(target(*of), run)?;
            }
            Kind::Array(of, _) if is_zero(target(*of)) => {}
            Kind::Array(of, count) => {
                for place in 0..usize::try_from(*count).ok()? {
                    self.node(target(*of), at + place * target(*of).head)?;
                }
            }
            Kind::Tuple(items) => {
                let mut at = at;
                for item in &**items {
                    self.node(target(*item), at)?;
                    at += target(*item).head;
                }
            }
            Kind::Object(object) => self.slots(&object.slots, at)?,
            Kind::Enum(of) => self.variant(of, at)?,
            Kind::Known(Known::Date | Known::DateTime | Known::Utc | Known::Zoned) => self.builder.write(at, &[1]),
            Kind::Raw(raw) => {
                if let (Some(count), false) = (raw.exactly, raw.optional) {
                    let size = usize::try_from(count).ok()?.checked_mul(target(raw.element).head)?;
                    self.builder.write(at, &count.to_le_bytes());
                    self.builder.raw(&alloc::vec![0; size]);
                }
            }
            Kind::Grid(_, dimensions) => {
                let dimensions = usize::from(dimensions.unwrap_or(1));
                self.builder.length(at, dimensions);
                self.builder.run(dimensions, 8);
            }
            Kind::Serde => {
                const NULL: u8 = 0xF6;
                self.builder.length(at, 1);
                let run = self.builder.run(1, 1);
                self.builder.write(run, &[NULL]);
            }
            Kind::Open(_) => return None,
            Kind::Handle(of) => {
                let place = handle::none().filter(|&place| (of.accepts)(place))?;
                self.builder.write(at, &place.to_le_bytes());
            }
            _ => {}
        }
        Some(())
    }

    fn slots(&mut self, slots: &'static [Slot], mut at: usize) -> Option<()> {
        for slot in slots {
            match slot.default {
                Some(default) => default(&mut self.builder, at).ok()?,
                None => self.node(target(slot.ty), at)?,
            }
            at += target(slot.ty).head;
        }
        Some(())
    }

    fn variant(&mut self, of: &'static Enum, at: usize) -> Option<()> {
        let size = |slots: &[Slot]| slots.iter().map(|slot| target(slot.ty).head).sum::<usize>();
        let (tag, largest) = (tag_head(of.variants.len()), of.variants.iter().map(|one| size(&one.slots)).max());
        let mark = (self.builder.heads.len(), self.builder.text.len(), self.builder.raw.len());
        for (number, variant) in of.variants.iter().enumerate() {
            let size = size(&variant.slots);
            let inline = enum_is_inline(largest.unwrap_or(0)) || size == 0;
            let place = if inline { at + tag } else { self.builder.run(1, size) };
            if self.slots(&variant.slots, place).is_some() {
                self.builder.write(at, &number.to_le_bytes()[..tag]);
                return Some(());
            }
            self.builder.heads.truncate(mark.0);
            self.builder.text.truncate(mark.1);
            self.builder.raw.truncate(mark.2);
            if inline {
                self.builder.heads[place..place + size].fill(0);
            }
        }
        None
    }
}

fn target(link: Link) -> &'static Schema {
    Nodes::NONE.get(link)
}

/// Whether zeros are a value with nothing but a head.
fn is_zero(schema: &Schema) -> bool {
    matches!(schema.kind, Kind::Bool | Kind::Char | Kind::Int { nonzero: false, .. } | Kind::Float { .. })
}
