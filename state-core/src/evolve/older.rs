//! Older states that the program converts itself: as a type of the program, or by name.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::mem;

use super::op::At;
use super::run::{Run, damaged};
use crate::error::{Error, Result};
use crate::image::{Options, build};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::schema::{Convert, Kind, Nodes, Object, Schema, Upgrade};
use crate::state::{RestoreOwned, State};
use crate::value::{Named, NamedSlot, Value};

/// The slots of an object as an older form of its type wrote them, by name: the argument of the function that
/// `#[state(upgrade = path)]` names, which changes them before they are matched with the present fields. It is called
/// for each object whose type had other slots when it was written.
///
/// The slots that are left at the end are matched by name. Each field without a value must have a `default`, and each
/// value without a field must be `removed`, or taken out. A value becomes one of a Rust type by `i64::try_from(value)?`
/// and the like, or, for any type with a state, by [`from_value::<T>(&value)?`](crate::from_value).
///
/// ```
/// use state_core::{Older, Options, State, loads_upgraded};
///
/// mod v1 {
///     #[derive(state_core::State)]
///     #[state(name = "game.Monster")]
///     pub struct Monster { pub name: String, pub speed_kmh: f64 }
/// }
///
/// #[derive(State, Debug, PartialEq)]
/// #[state(name = "game.Monster", upgrade = Monster::upgrade)]
/// struct Monster { name: String, speed: f64 }
///
/// impl Monster {
///     fn upgrade(older: &mut Older) -> Result<(), String> {
///         if let Some(speed) = older.take("speed_kmh") {
///             let speed = speed.as_f64().ok_or("a speed that is no number")?;
///             older.set("speed", speed / 3.6);
///         }
///         Ok(())
///     }
/// }
///
/// let old = v1::Monster { name: "Goblin".into(), speed_kmh: 36.0 };
/// let bytes = Options::new().with_schema().dumps(&old)?;
/// assert_eq!(loads_upgraded::<Monster>(&bytes)?, Monster { name: "Goblin".into(), speed: 10.0 });
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Older {
    tag: String,
    slots: Vec<NamedSlot>,
}

impl Older {
    pub(crate) fn new(tag: &str, slots: Vec<NamedSlot>) -> Self {
        Self { tag: tag.to_string(), slots }
    }

    /// The name of the type when the state was written.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The slots, those of parents first, in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.slots.iter().map(|slot| (&*slot.name, &slot.value))
    }

    /// Whether there is a slot with this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of a slot. For a raw array this is the bytes, or the array with the attribute `array`. If you leave
    /// the bytes, the new field must be a raw array of the same elements; for other elements, [`set`](Self::set) a list
    /// of numbers.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// A mutable reference to the value of a slot.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let slot = self.slots.iter_mut().find(|slot| slot.name == name)?;
        // The value may change, so the old type of elements no longer applies.
        slot.elements = None;
        Some(&mut slot.value)
    }

    /// Removes a slot and returns its value.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.slots.iter().position(|slot| slot.name == name)?;
        Some(self.slots.remove(at).value)
    }

    /// Sets an existing slot or adds a new one.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.get_mut(&name) {
            Some(place) => *place = value,
            None => self.slots.push(NamedSlot { name, value, elements: None }),
        }
    }

    /// Renames a slot; returns false if there is no slot with the old name, or already one with the new.
    pub fn rename(&mut self, old: &str, new: impl Into<String>) -> bool {
        let new = new.into();
        if self.contains(&new) {
            return false;
        }
        let slot = self.slots.iter_mut().find(|slot| slot.name == old);
        slot.map(|slot| slot.name = new).is_some()
    }
}

/// Builds a value of the older form, converts it, and writes the new one at a head.
pub(crate) fn convert<F: RestoreOwned, T: State + TryFrom<F, Error: Display>>(
    regions: &Regions<'_>,
    out: &mut Builder,
    at: usize,
) -> Result<()> {
    let identity = crate::schema::fingerprint::identity(F::schema());
    // This image was made here, so a place in it is not a place in the bytes that were read.
    Options::new().depth(out.depth).pass::<F>(&identity, regions, regions.head)?;
    let value = T::try_from(build::<F>(regions)?).map_err(Error::refused)?;
    out.slot(
        (at, T::HEAD),
        |size| {
            if T::DYNAMIC {
                value.size(size);
            }
        },
        |head, writer| writer.copied(&value, head),
    )
}

/// Passes the slots of an older state by name to the type's `upgrade`, and fills an object at a head of an image from
/// the result.
pub(crate) type FillNamed = fn(&Object, Upgrade, (&str, Vec<NamedSlot>), Builder, usize) -> (Builder, Result<()>);

pub(crate) fn fill_upgraded(
    object: &Object,
    upgrade: Upgrade,
    (tag, slots): (&str, Vec<NamedSlot>),
    image: Builder,
    at: usize,
) -> (Builder, Result<()>) {
    let mut older = Older::new(tag, slots);
    match (upgrade.change)(&mut older) {
        Ok(()) => Named(&older.slots).fill(object, image, at),
        Err(refusal) => (image, Err(refusal)),
    }
}

/// An object of an older image, and the type that it becomes.
pub(crate) struct Pair<'a> {
    theirs: (&'a Schema, &'a Nodes),
    regions: Regions<'a>,
    ours: (&'a Object, Upgrade),
}

/// Makes an object of the present type at a head of an image. Returns how many bytes of tail, text and raw remain after
/// the older one.
pub(crate) type ByName = fn(Pair<'_>, Builder, usize) -> (Builder, Result<[usize; 3]>);

pub(crate) fn upgrade_image(pair: Pair<'_>, image: Builder, at: usize) -> (Builder, Result<[usize; 3]>) {
    let Pair { theirs: (schema, nodes), regions, ours: (object, upgrade) } = pair;
    match Named::read(schema, nodes, &regions, image.depth) {
        Ok((slots, left)) => {
            let tag = schema.tag().unwrap_or_default();
            let (image, filled) = fill_upgraded(object, upgrade, (tag, slots), image, at);
            (image, filled.map(|()| left))
        }
        Err(error) => (image, Err(error)),
    }
}

impl<'a> Run<'_, 'a> {
    /// Reads an object by name, upgrades it, and fills the present type from the result.
    pub(super) fn upgraded(
        &mut self,
        nodes: &Nodes,
        (theirs, ours): (usize, &'static Schema),
        head: &'a [u8],
        to: usize,
    ) -> Result<()> {
        let theirs = nodes.0.get(theirs).ok_or_else(damaged)?;
        let Kind::Object(object) = &ours.kind else { return Err(damaged()) };
        let Some(upgrade) = object.evolution.upgrade else { return Err(damaged()) };
        let regions = Regions { head, tail: self.at.tail, text: self.at.text, raw: self.at.raw, numbered: None };
        self.out.depth = self.levels_left();
        let pair = Pair { theirs: (theirs, nodes), regions, ours: (object, upgrade) };
        let (builder, made) = (upgrade.image)(pair, mem::take(&mut self.out), to);
        self.out = builder;
        let [tail, text, raw] = made?;
        let behind = |all: usize, left: usize| all.checked_sub(left).ok_or_else(damaged);
        self.at.tail = &self.at.tail[behind(self.at.tail.len(), tail)?..];
        self.at.raw = &self.at.raw[behind(self.at.raw.len(), raw)?..];
        self.at.text.cut(behind(self.at.text.as_bytes().len(), text)?).ok_or_else(damaged)?;
        Ok(())
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn converted(
        &mut self,
        (of, size): (At, usize),
        convert: Convert,
        head: &'a [u8],
        to: usize,
    ) -> Result<()> {
        let outer = mem::replace(&mut self.out, Builder::new(size, self.levels));
        (self.out.memory, self.out.numbered) = (outer.memory, outer.numbered);
        let was_apart = mem::replace(&mut self.is_apart, true);
        self.part(of, head, 0)?;
        self.is_apart = was_apart;
        let made = mem::replace(&mut self.out, outer);
        self.out.depth = self.levels_left();
        convert(&Regions { numbered: None, ..made.regions(size)? }, &mut self.out, to)
    }
}
