//! How older parts are skipped: those that the present form does not have, and those that it has in another order.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::bears::{Bears, all_bear, bears};
use super::op::{Behind, ByKey, Over};
use crate::places::{Places, Words, address};
use crate::protocol::layout::{enum_is_inline, largest, option_is_inline, tag_head};
use crate::schema::{Kind, Link, Nodes, Schema, Slot};
use crate::standard::Known;

/// How to skip one part. Sizes are those of heads, in bytes.
#[derive(Debug)]
#[repr(u8)]
pub(super) enum Skip {
    /// Still to be made.
    Open,
    Text,
    List {
        head: usize,
        of: Over,
    },
    Array {
        count: usize,
        head: usize,
        of: usize,
    },
    Map {
        key: usize,
        value: usize,
        of: (Over, Over),
    },
    Optional {
        head: usize,
        of: Over,
    },
    Boxed {
        head: usize,
        of: Over,
    },
    /// A value of one of the types of an open set, by the index of the set in the plan.
    Members(usize),
    /// A shared pointer, whose value follows a record.
    Numbered(usize),
    /// Parts of a head.
    Parts(Box<[Behind]>),
    /// The size of the tag, whether slots are in the head, and for each variant the size of its slots and their parts.
    Enum {
        tag: usize,
        inline: bool,
        variants: Box<[(usize, Box<[Behind]>)]>,
    },
    Raw {
        optional: bool,
        size: usize,
    },
    Grid {
        size: usize,
    },
}

/// Instead of an index: there is no data outside the head.
const FLAT: usize = usize::MAX;
/// Instead of an index: there is data outside the head, and no `Skip` has been made.
const UNASKED: usize = usize::MAX - 1;

/// The types of an open set that is skipped: the size of each head, and how to skip the data outside it.
pub(super) type PassedSet = ByKey<(usize, Over)>;

#[derive(Clone, Copy, Debug)]
pub(super) struct Keeps {
    pub text: bool,
    pub raw: bool,
}

impl Keeps {
    pub const ALL: Self = Self { text: true, raw: true };
    pub const NONE: Self = Self { text: false, raw: false };

    /// Text can be kept as a whole only if no length of a text needs the long form.
    pub fn fits(self, text: usize) -> Self {
        Self { text: self.text && text < u32::MAX as usize, ..self }
    }
}

/// All [`Skip`]s of a plan.
#[derive(Debug)]
pub(super) struct Skips {
    pub ways: Vec<Skip>,
    /// The index of each node's `Skip`, or [`FLAT`]: a type may occur in others many times.
    made: Places,
    /// The open sets that are skipped.
    pub sets: Vec<PassedSet>,
    pub set_places: Words,
    /// What the nodes of the older schema contain, once it was needed.
    pub bears: Option<Vec<Bears>>,
    keeps: Keeps,
    /// Whether references are numbered.
    numbered: bool,
}

impl Skips {
    pub fn new(keeps: Keeps, numbered: bool) -> Self {
        Self {
            ways: Vec::new(),
            made: Places::default(),
            sets: Vec::new(),
            set_places: Words::default(),
            bears: None,
            keeps,
            numbered,
        }
    }

    /// Returns how to skip the value of a shared pointer after its record; `None` if the part is no shared pointer.
    pub fn content(&mut self, nodes: &Nodes, schema: &Schema) -> Over {
        self.of(nodes, schema).and_then(|way| match self.ways.get(way) {
            Some(Skip::Numbered(content)) => Some(*content),
            _ => None,
        })
    }

    /// Returns how to skip a part. The parts inside are handled in a loop, because types can be nested as deeply as the
    /// schema has nodes.
    pub fn of(&mut self, nodes: &Nodes, schema: &Schema) -> Over {
        let mut ahead = Ahead { nodes, open: Vec::new() };
        let over = self.part(&mut ahead, schema);
        while let Some((at, schema)) = ahead.open.pop() {
            let way = self.way(&mut ahead, schema);
            let is_pointer = self.numbered && schema.shared.is_some() && !matches!(schema.kind, Kind::Weak(_));
            self.ways[at] = match is_pointer {
                true => {
                    self.ways.push(way);
                    Skip::Numbered(self.ways.len() - 1)
                }
                false => way,
            };
        }
        over
    }

    /// Returns the index of a part's `Skip`, which is made later.
    pub fn part<'s>(&mut self, ahead: &mut Ahead<'s>, schema: &'s Schema) -> Over {
        if self.is_flat(ahead.nodes, schema) {
            return None;
        }
        let known = self.made.get(address(schema)).filter(|&way| way != UNASKED);
        known.or_else(|| {
            let way = self.ways.len();
            self.ways.push(Skip::Open);
            ahead.open.push((way, schema));
            self.made.set(address(schema), way);
            Some(way)
        })
    }

    fn link(&mut self, ahead: &mut Ahead<'_>, link: Link) -> Over {
        self.part(ahead, ahead.nodes.get(link))
    }

    fn way<'s>(&mut self, ahead: &mut Ahead<'s>, schema: &'s Schema) -> Skip {
        let nodes = ahead.nodes;
        let head = |link| nodes.get(link).head;
        match &schema.kind {
            Kind::List(of) | Kind::Set(of) => Skip::List { head: head(*of), of: self.link(ahead, *of) },
            Kind::Known(_) | Kind::Serde => Skip::List { head: 1, of: None },
            Kind::Array(of, count) => match self.link(ahead, *of) {
                Some(way) => {
                    Skip::Array { count: usize::try_from(*count).unwrap_or(usize::MAX), head: head(*of), of: way }
                }
                None => Skip::Parts(Box::default()),
            },
            Kind::Map(key, value) => {
                let of = (self.link(ahead, *key), self.link(ahead, *value));
                Skip::Map { key: head(*key), value: head(*value), of }
            }
            Kind::Optional(of) => Skip::Optional { head: head(*of), of: self.link(ahead, *of) },
            Kind::Boxed(of) => Skip::Boxed { head: head(*of), of: self.link(ahead, *of) },
            Kind::Tuple(items) => Skip::Parts(self.parts(ahead, items.iter().copied())),
            Kind::Object(object) => Skip::Parts(self.slots(ahead, &object.slots)),
            Kind::Enum(of) => {
                let size = |slots: &[Slot]| slots.iter().map(|slot| head(slot.ty)).sum::<usize>();
                let sizes: Vec<usize> = of.variants.iter().map(|variant| size(&variant.slots)).collect();
                let variants = of.variants.iter().zip(&sizes);
                let variants = variants.map(|(variant, &size)| (size, self.slots(ahead, &variant.slots))).collect();
                Skip::Enum { tag: tag_head(sizes.len()), inline: enum_is_inline(largest(&sizes)), variants }
            }
            Kind::Raw(raw) => Skip::Raw { optional: raw.optional, size: head(raw.element) },
            Kind::Grid(of, _) => Skip::Grid { size: head(*of) },
            Kind::Weak(_) => Skip::Parts(Box::default()),
            // If the schema was read, this uses the set of this name in the program, if there is one.
            Kind::Open(open) => match open.evolution {
                Some(of_sets) => Skip::Members((of_sets.pass)(self, ahead, open)),
                // A class without open sets leaves their values out.
                None => Skip::Parts(Box::default()),
            },
            _ => Skip::Text,
        }
    }

    fn slots(&mut self, ahead: &mut Ahead<'_>, slots: &[Slot]) -> Box<[Behind]> {
        self.parts(ahead, slots.iter().map(|slot| slot.ty))
    }

    /// The parts of a head that have data outside it.
    fn parts(&mut self, ahead: &mut Ahead<'_>, links: impl Iterator<Item = Link>) -> Box<[Behind]> {
        let mut at = 0;
        let mut parts = Vec::new();
        for link in links {
            let head = ahead.nodes.get(link).head;
            if let Some(way) = self.link(ahead, link) {
                parts.push(Behind { from: at, len: head, over: way });
            }
            at += head;
        }
        parts.into()
    }

    /// Whether there is no data outside a head that must be skipped. Types are nested in heads no deeper than schemas
    /// are read.
    fn is_flat(&mut self, nodes: &Nodes, schema: &Schema) -> bool {
        if let Some(known) = self.made.get(address(schema)) {
            return known == FLAT;
        }
        let is_flat = self.finds_flat(nodes, schema);
        self.made.set(address(schema), if is_flat { FLAT } else { UNASKED });
        is_flat
    }

    fn finds_flat(&mut self, nodes: &Nodes, schema: &Schema) -> bool {
        let keeps = self.keeps;
        let mut flat = |link: Link| self.is_flat(nodes, nodes.get(link));
        match &schema.kind {
            Kind::Str => keeps.text,
            Kind::Raw(_) => keeps.raw,
            Kind::List(_)
            | Kind::Set(_)
            | Kind::Map(..)
            | Kind::Boxed(_)
            | Kind::Serde
            | Kind::Grid(..)
            | Kind::Open(_) => false,
            Kind::Known(known) => !matches!(known, Known::Int | Known::Natural),
            Kind::Optional(of) => option_is_inline(nodes.get(*of).head) && flat(*of),
            // An element that is not flat has bytes, so a large count means as much data.
            Kind::Array(of, count) => *count == 0 || flat(*of),
            Kind::Tuple(items) => items.iter().all(|&item| flat(item)),
            Kind::Object(object) => object.slots.iter().all(|slot| flat(slot.ty)),
            Kind::Enum(of) => {
                let size = |slots: &[Slot]| slots.iter().map(|slot| nodes.get(slot.ty).head).sum::<usize>();
                of.variants.iter().all(|variant| {
                    enum_is_inline(size(&variant.slots)) && variant.slots.iter().all(|slot| flat(slot.ty))
                })
            }
            _ => true,
        }
    }

    /// Returns what an older part contains or may contain.
    pub fn bears(&mut self, nodes: &Nodes, schema: &Schema) -> Bears {
        let all = self.bears.get_or_insert_with(|| all_bear(nodes));
        nodes.place_of(schema).map_or_else(|| bears(nodes, schema), |place| all.get(place).copied().unwrap_or_default())
    }
}

/// The parts whose `Skip`s are still to be made.
pub(super) struct Ahead<'s> {
    pub nodes: &'s Nodes,
    open: Vec<(usize, &'s Schema)>,
}
