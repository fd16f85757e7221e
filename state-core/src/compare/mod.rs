//! Compares two images of one type by their schema, and lists the slots that differ. Both images were checked.

mod brief;
mod differences;
mod digest;
mod lists;
mod raws;
mod serde;
mod shared;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use differences::{Difference, Differences, compare};

use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Regions, read_length};
use crate::protocol::encode::too_deep;
use crate::protocol::layout::{LENGTH, option_is_inline, stride, tag_head};
use crate::protocol::stack;
use crate::schema::{Enum, EnumVariant, Kind, Link, Nodes, Open, Schema, Slot, root_name_in};
use crate::walk::{Nowhere, Scan, little_endian};
use brief::Brief;
use shared::Shared;

/// Finds the first differences between two images of this type, up to `most`.
fn find<'a>(schema: &'a Schema, sides: [Regions<'a>; 2], most: usize) -> Result<Vec<Difference>, Error> {
    differences(Pair::new((schema, Nodes::NONE), (sides, u32::MAX), most, None)?, schema, u32::MAX)
}

/// Finds the first differences by a schema that came with the images. These are whole by this schema, and have at most
/// `levels` levels.
pub(crate) fn find_by<'a>(
    (schema, nodes): (&'a Schema, &'a Nodes),
    sides: [Regions<'a>; 2],
    most: usize,
    levels: u32,
) -> Result<Vec<Difference>, Error> {
    differences(Pair::new((schema, nodes), (sides, levels), most, Some(stack::parts(levels)))?, schema, levels)
}

fn differences<'a>(mut pair: Pair<'a>, schema: &'a Schema, levels: u32) -> Result<Vec<Difference>, Error> {
    pair.path = root_name_in(pair.nodes, schema).into();
    let starts = pair.sides;
    match pair.all(schema, starts.map(|side| side.head)) {
        Err(Stop::Broken(error)) => return Err(error),
        Ok(()) | Err(Stop::Enough) => {}
    }
    pair.explain(schema, &starts, levels)?;
    Ok(pair.found)
}

/// The reason for ending a comparison early.
enum Stop {
    /// There are as many differences as were requested.
    Enough,
    /// A check would not have accepted the images.
    Broken(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

type Compared<T = ()> = Result<T, Stop>;

/// A value for each side: ours and theirs.
type Both<T> = [T; 2];

fn broken() -> Stop {
    Stop::Broken(Error::new(ErrorKind::Malformed, "a state that the type's own check accepts", "another"))
}

struct Pair<'a> {
    /// The rest of each image.
    sides: Both<Regions<'a>>,
    nodes: &'a Nodes,
    /// How many more parts may be nested, if the schema came with the images: the functions recurse for each.
    parts: Option<u32>,
    path: String,
    found: Vec<Difference>,
    most: usize,
    /// The numbered objects, where references are numbered.
    shared: Option<Shared<'a>>,
}

impl<'a> Pair<'a> {
    fn new(
        (schema, nodes): (&'a Schema, &'a Nodes),
        (sides, levels): (Both<Regions<'a>>, u32),
        most: usize,
        parts: Option<u32>,
    ) -> Result<Self, Error> {
        let shared = Shared::of((schema, nodes), &sides, levels)?;
        Ok(Self { sides, nodes, parts, path: String::new(), found: Vec::new(), most, shared })
    }

    /// Whether no differences are reported.
    fn is_quiet(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.quiet)
    }

    /// Reports a difference at the current path.
    fn tell(&mut self, ours: impl Into<String>, theirs: impl Into<String>) -> Compared {
        if self.is_quiet() {
            return Ok(());
        }
        if self.found.len() >= self.most {
            return Err(Stop::Enough);
        }
        self.found.push(Difference { path: self.path.clone(), ours: ours.into(), theirs: theirs.into() });
        if self.found.len() == self.most { Err(Stop::Enough) } else { Ok(()) }
    }

    /// Enters a part.
    fn within(&mut self, step: impl fmt::Display, inner: impl FnOnce(&mut Self) -> Compared) -> Compared {
        let outer = self.enter(step);
        inner(self)?;
        self.leave(outer);
        Ok(())
    }

    /// Adds a step to the path. Returns the length to truncate it to later.
    fn enter(&mut self, step: impl fmt::Display) -> usize {
        let outer = self.path.len();
        // Writing to a string cannot fail.
        let _ = fmt::Write::write_fmt(&mut self.path, format_args!("{step}"));
        outer
    }

    fn leave(&mut self, outer: usize) {
        self.path.truncate(outer);
    }

    /// Compares a part that both sides have.
    fn part(&mut self, step: Step<'_>, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        let outer = self.enter(step);
        self.node(schema, heads)?;
        self.leave(outer);
        Ok(())
    }

    fn run(&mut self, side: usize, count: usize, head: usize) -> Compared<&'a [u8]> {
        let tail = &mut self.sides[side].tail;
        let (run, rest) =
            count.checked_mul(stride(head)).and_then(|len| tail.split_at_checked(len)).ok_or_else(broken)?;
        *tail = rest;
        Ok(run)
    }

    fn runs(&mut self, counts: Both<usize>, head: usize) -> Compared<Both<&'a [u8]>> {
        Ok([self.run(0, counts[0], head)?, self.run(1, counts[1], head)?])
    }

    fn lengths(&mut self, heads: Both<&[u8]>) -> Compared<Both<usize>> {
        let mut length = |side: usize| read_length(heads[side], &mut self.sides[side].tail).ok_or_else(broken);
        Ok([length(0)?, length(1)?])
    }

    /// Skips a node of one side. Returns all of its bytes.
    fn skip(&mut self, side: usize, schema: &'a Schema, head: &'a [u8]) -> Compared<Span<'a>> {
        let left = Scan::new(self.nodes, &self.sides[side], head, &mut Nowhere).unlimited().inner().part(
            schema,
            head,
            u32::MAX,
        )?;
        self.advance(side, left, head)
    }

    /// Skips a node of one side. Returns its value as text.
    fn show(&mut self, side: usize, schema: &'a Schema, head: &'a [u8]) -> Compared<String> {
        let mut brief = Brief::default();
        if let Some(place) = self.elsewhere(side, schema) {
            self.skip(side, schema, head)?;
            Scan::new(self.nodes, &place, place.head, &mut brief).behind().part(schema, place.head, u32::MAX)?;
            return Ok(brief.into_text());
        }
        let left = Scan::new(self.nodes, &self.sides[side], head, &mut brief).inner().part(schema, head, u32::MAX)?;
        self.advance(side, left, head)?;
        Ok(brief.into_text())
    }

    /// Moves to where this much of tail, text and raw remains. Returns the bytes up to there, with the head.
    fn advance(&mut self, side: usize, left: [usize; 3], head: &'a [u8]) -> Compared<Span<'a>> {
        let Regions { tail, text, raw, .. } = &mut self.sides[side];
        let mut cut = || {
            let (tail_taken, tail_rest) = tail.split_at_checked(tail.len().checked_sub(left[0])?)?;
            let text_taken = text.cut(text.as_bytes().len().checked_sub(left[1])?)?;
            let (raw_taken, raw_rest) = raw.split_at_checked(raw.len().checked_sub(left[2])?)?;
            (*tail, *raw) = (tail_rest, raw_rest);
            Some(Span([head, tail_taken, text_taken.as_bytes(), raw_taken]))
        };
        cut().ok_or_else(broken)
    }

    /// Reports that the nodes differ as a whole, and skips them.
    fn differ(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        let (ours, theirs) = (self.show(0, schema, heads[0])?, self.show(1, schema, heads[1])?);
        if ours == theirs {
            // Numbers that are different but print alike.
            let bits = |text, head: &[u8]| format!("{text} (bits {:x})", little_endian(head));
            return self.tell(bits(ours, heads[0]), bits(theirs, heads[1]));
        }
        self.tell(ours, theirs)
    }

    /// Compares nodes without parts, including their data outside the heads.
    fn leaf(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        let before = self.sides;
        let spans = [self.skip(0, schema, heads[0])?, self.skip(1, schema, heads[1])?];
        if spans[0] == spans[1] {
            return Ok(());
        }
        self.sides = before;
        self.differ(schema, heads)
    }

    // As in the walk, kinds with further parts have their own functions, which keep few locals: in builds without
    // optimisation, a frame contains the locals of all arms.

    fn node(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        let Some(outer) = self.parts else { return self.kind(schema, heads) };
        self.parts = Some(outer.checked_sub(1).ok_or_else(|| too_deep(None))?);
        self.kind(schema, heads)?;
        self.parts = Some(outer);
        Ok(())
    }

    fn kind(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        match self.shared.is_some() && schema.shared.is_some() {
            true => self.pointer(schema, heads),
            false => self.value(schema, heads),
        }
    }

    /// Compares two nodes, or the values of two pointers.
    fn value(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        match &schema.kind {
            Kind::Optional(of) => self.optional(schema, *of, heads),
            Kind::List(of) => self.list(*of, heads),
            Kind::Map(key, value) => self.map(*key, *value, heads),
            Kind::Array(of, len) => self.array(*of, *len, heads),
            Kind::Tuple(items) => self.tuple(items, heads),
            Kind::Boxed(of) => self.boxed(*of),
            // The parent's slots are under the name of its field, as in errors.
            Kind::Object(object) => self.slots(&object.slots, heads),
            Kind::Enum(of) => self.enumeration(schema, of, heads),
            Kind::Open(open) => self.open_member(schema, open, heads),
            _ => self.whole(schema, heads),
        }
    }

    /// Compares nodes without parts that are nodes, or whose parts are not compared one by one.
    fn whole(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        match &schema.kind {
            Kind::Unit => Ok(()),
            Kind::Bool
            | Kind::Char
            | Kind::Int { .. }
            | Kind::Float { .. }
            | Kind::Seconds { .. }
            | Kind::Opaque { .. }
            | Kind::Record(_) => {
                // These have no data outside their heads.
                if heads[0] == heads[1] { Ok(()) } else { self.differ(schema, heads) }
            }
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => Ok(()),
            Kind::Str => self.text(heads),
            Kind::Serde => self.serde(heads),
            Kind::Set(of) => self.set(*of, heads),
            Kind::Raw(raw) => self.raw(raw, heads),
            Kind::Grid(of, _) => self.grid(*of, heads),
            _ => self.leaf(schema, heads),
        }
    }

    fn optional(&mut self, schema: &'a Schema, of: Link, heads: Both<&'a [u8]>) -> Compared {
        let inner = self.nodes.get(of);
        match self.values(inner.head, heads)? {
            Values::None => Ok(()),
            Values::Both(heads) => self.node(inner, heads),
            Values::One => self.differ(schema, heads),
        }
    }

    /// Returns the heads of the values of two optionals.
    fn values(&mut self, size: usize, heads: Both<&'a [u8]>) -> Compared<Values<'a>> {
        let [ours, theirs] = heads.map(|head| head.split_first());
        let (Some((ours, our_place)), Some((theirs, their_place))) = (ours, theirs) else { return Err(broken()) };
        Ok(match (ours, theirs) {
            (0, 0) => Values::None,
            (1, 1) => {
                let places = if option_is_inline(size) { [our_place, their_place] } else { self.runs([1, 1], size)? };
                Values::Both(places.map(|place| &place[..size]))
            }
            _ => Values::One,
        })
    }

    fn boxed(&mut self, of: Link) -> Compared {
        let inner = self.nodes.get(of);
        let runs = self.runs([1, 1], inner.head)?;
        self.node(inner, [&runs[0][..inner.head], &runs[1][..inner.head]])
    }

    fn array(&mut self, of: Link, len: u64, heads: Both<&'a [u8]>) -> Compared {
        let element = self.nodes.get(of);
        if matches!(element.kind, Kind::Unit) {
            return Ok(());
        }
        let len = usize::try_from(len).map_err(|_| broken())?;
        let mut rest = heads;
        for at in 0..len {
            let parts = cut(&mut rest, element.head)?;
            self.part(Step::Element(at), element, parts)?;
        }
        Ok(())
    }

    fn tuple(&mut self, items: &'a [Link], mut heads: Both<&'a [u8]>) -> Compared {
        for (at, &item) in items.iter().enumerate() {
            let schema = self.nodes.get(item);
            let parts = cut(&mut heads, schema.head)?;
            self.part(Step::Item(at), schema, parts)?;
        }
        Ok(())
    }

    fn slots(&mut self, slots: &'a [Slot], mut heads: Both<&'a [u8]>) -> Compared {
        for slot in slots {
            let schema = self.nodes.get(slot.ty);
            let parts = cut(&mut heads, schema.head)?;
            let dot = if self.path.is_empty() { "" } else { "." };
            self.part(Step::Name(dot, &slot.name), schema, parts)?;
        }
        Ok(())
    }

    fn enumeration(&mut self, schema: &'a Schema, of: &'a Enum, heads: Both<&'a [u8]>) -> Compared {
        let Some((variant, places)) = self.variant(of, heads)? else { return self.differ(schema, heads) };
        if let Some((schema, _)) = of.member(variant, Nodes::NONE) {
            return self.node(schema, places);
        }
        let dot = if self.path.is_empty() { "" } else { "." };
        let outer = self.enter(Step::Name(dot, &variant.name));
        self.slots(&variant.slots, places)?;
        self.leave(outer);
        Ok(())
    }

    fn open_member(&mut self, schema: &'a Schema, open: &'a Open, heads: Both<&'a [u8]>) -> Compared {
        let before = self.sides;
        let lengths = self.lengths(heads.map(|head| &head[..LENGTH.min(head.len())]))?;
        let mut tag = |side: usize| self.sides[side].text.cut(lengths[side]).ok_or_else(broken);
        let tags = [tag(0)?, tag(1)?];
        if tags[0] != tags[1] || heads[0] != heads[1] {
            self.sides = before;
            return self.differ(schema, heads);
        }
        let schema = self.nodes.member(open, tags[0], heads[0].get(LENGTH..).unwrap_or_default())?.schema;
        let runs = self.runs([1, 1], schema.head)?;
        self.node(schema, runs.map(|run| &run[..schema.head]))
    }

    /// Returns the variant, if it is the same on both sides, and the heads of its slots.
    fn variant(&mut self, of: &'a Enum, heads: Both<&'a [u8]>) -> Compared<Option<(&'a EnumVariant, Both<&'a [u8]>)>> {
        let tag = tag_head(of.variants.len());
        let [Some((ours, our_place)), Some((theirs, their_place))] = heads.map(|head| head.split_at_checked(tag))
        else {
            return Err(broken());
        };
        if ours != theirs {
            return Ok(None);
        }
        let variant =
            usize::try_from(little_endian(ours)).ok().and_then(|at| of.variants.get(at)).ok_or_else(broken)?;
        let size = variant.slots.iter().map(|slot| self.nodes.get(slot.ty).head).sum::<usize>();
        // If nothing follows the tag, the heads of variants that have any are in the tail.
        let places =
            if !our_place.is_empty() || size == 0 { [our_place, their_place] } else { self.runs([1, 1], size)? };
        Ok(Some((variant, places)))
    }
}

/// The values of two optionals.
enum Values<'a> {
    None,
    One,
    Both(Both<&'a [u8]>),
}

/// Cuts the heads of a part off those of the whole.
fn cut<'a>(heads: &mut Both<&'a [u8]>, len: usize) -> Compared<Both<&'a [u8]>> {
    let (Some((ours, our_rest)), Some((theirs, their_rest))) =
        (heads[0].split_at_checked(len), heads[1].split_at_checked(len))
    else {
        return Err(broken());
    };
    *heads = [our_rest, their_rest];
    Ok([ours, theirs])
}

/// A step of the path.
enum Step<'n> {
    Name(&'static str, &'n str),
    Item(usize),
    Element(usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(dot, name) => write!(f, "{dot}{name}"),
            Self::Item(at) => write!(f, ".{at}"),
            Self::Element(at) => write!(f, "[{at}]"),
        }
    }
}

/// All bytes of a node: its head, and its part of each region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span<'a>([&'a [u8]; 4]);

impl<'a> Span<'a> {
    fn head(&self) -> &'a [u8] {
        self.0[0]
    }

    /// Returns the bytes of a node with this head and the data between two places.
    fn between(head: &'a [u8], start: &Regions<'a>, end: &Regions<'a>) -> Self {
        let taken = |before: &'a [u8], after: &[u8]| &before[..before.len().saturating_sub(after.len())];
        Self([
            head,
            taken(start.tail, end.tail),
            taken(start.text.as_bytes(), end.text.as_bytes()),
            taken(start.raw, end.raw),
        ])
    }
}
