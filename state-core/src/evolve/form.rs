//! A form of a type in a program that does not have the type: described by its schema alone.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::numbers::Numbering;
use super::plan::{Images, Plan};
use super::resolved::{Parsed, Resolved, made_sharing};
use super::{history, listing};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{Image, Options, lay_out};
use crate::inspect::no_pointers;
use crate::protocol::builder::Builder;
use crate::protocol::layout::{enum_is_inline, largest};
use crate::schema::fingerprint::hash;
use crate::schema::{Alias, Carried, Enum, Evolution, Graph, Kind, Link, Nodes, Problem, Rows, Schema, Sharing, Slot};
use crate::sharing::RECORD;
use crate::standard::Known;
use crate::state::State;
use crate::walk;

/// A form of a type, described by its schema alone: that of a file or stream, or one of a recorded history. The command
/// `state`, which does not know the types, works with these.
///
/// `Display` lists its slots.
///
/// ```
/// use state_core::evolve::{Amendments, Form};
/// use state_core::{Options, State, loads};
///
/// mod v1 {
///     #[derive(state_core::State)]
///     #[state(name = "game.World")]
///     pub struct World { pub tick: u32 }
/// }
///
/// #[derive(State, Debug, PartialEq)]
/// #[state(name = "game.World")]
/// struct World { paused: bool, tick: u64 }
///
/// let older = Options::new().with_schema().dumps(&v1::World { tick: 7 })?;
/// let form = Form::open(&older)?;
/// assert_eq!(form.to_string(), "game.World.tick: u32\n");
///
/// // What the upgrade to the present form needs, and the upgrade itself.
/// let present = Form::of::<World>()?.keep(&Amendments::default());
/// let obstacles = present.obstacles(&form);
/// assert!(obstacles[0].contains("write `#[state(default)]` on the field"), "{obstacles:?}");
/// let mut amendments = Amendments::default();
/// amendments.default = true;
/// let present = Form::of::<World>()?.keep(&amendments);
/// let bytes = present.resolve(&form)?.upgrade(&older)?;
/// assert_eq!(loads::<World>(&bytes)?, World { paused: false, tick: 7 });
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Form {
    pub(crate) parsed: Parsed,
    canonical: Vec<u8>,
    rows: Rows<'static>,
    fingerprint: u64,
}

/// What attributes would say about older forms, if there is no type to write them on.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Amendments {
    /// Fill slots that older states do not have: with zeros, empty values, and first variants.
    pub default: bool,
    /// Slots of older states to drop, and variants that no state has.
    pub removed: Vec<String>,
    /// Former names of slots, variants and types, each with the present name.
    pub aliases: Vec<(String, String)>,
}

impl Form {
    /// The form of a type of the program.
    ///
    /// # Errors
    /// If the type's names are too long, or it is nested too deeply, to be read from a file.
    pub fn of<T: State + ?Sized>() -> Result<Self> {
        let carried = Carried::of(T::schema(), true);
        let (rows, canonical) = Carried::divide(&carried.bytes, carried.front).unwrap_or_default();
        Self::new(canonical, &rows, usize::MAX)
    }

    /// The form of a native state that carries its schema: a file, or bytes written with
    /// [`Options::with_schema`](crate::Options::with_schema). For a stream, use
    /// [`stream::StreamReader::form`](crate::image::stream::StreamReader::form).
    ///
    /// # Errors
    /// If the bytes are not a native state, or carry no schema; if the schema is damaged or enormous.
    pub fn open(bytes: &[u8]) -> Result<Self> {
        let image = Image::open(bytes)?;
        let Some(schema) = image.schema else { return Err(image.no_schema()) };
        if hash(schema) != image.fingerprint {
            return Err(Image::other_schema());
        }
        Self::new(schema, &image.rows(), Options::new().memory_for(bytes.len()))
    }

    /// The forms of a history, which [`testing::recorded`](super::testing::recorded) keeps in a file, in its order. An
    /// empty history has none.
    ///
    /// # Errors
    /// If the text is not a history, or a form was changed after it was recorded.
    pub fn recorded(history: &str) -> Result<Vec<Self>> {
        history::is_history(history)?;
        let members = history::members(history);
        let form = |form: history::Recorded<'_>| {
            let (schema, rows) = form.parts()?;
            let alone = Self::new(&schema, &rows, usize::MAX)?;
            if !alone.parsed.has_sets() || members.is_empty() {
                return Ok(alone);
            }
            Self::new(&schema, &Rows { members: Cow::Borrowed(&members), ..rows }, usize::MAX)
        };
        history::forms(history).map(form).collect()
    }

    pub(crate) fn new(canonical: &[u8], rows: &Rows<'_>, memory: usize) -> Result<Self> {
        let parsed = Parsed::within(canonical, rows, memory)?;
        let (canonical, rows) = (canonical.to_vec(), rows.clone().into_owned());
        Ok(Self { parsed, fingerprint: hash(&canonical), canonical, rows })
    }

    pub(crate) fn root(&self) -> &Schema {
        self.parsed.nodes.0.get(self.parsed.root).unwrap_or(&crate::schema::UNIT)
    }

    pub(crate) fn carried(&self, numbered: bool) -> Carried {
        Carried::joined(&self.rows, &self.canonical, numbered)
    }

    /// The name under which it is recorded: the type's, or a description if it has none.
    #[must_use]
    pub fn name(&self) -> String {
        listing::name(self.root(), &self.parsed.nodes)
    }

    /// The fingerprint, which identifies the states of this form.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Keeps the form in memory until the program ends, so that states can be upgraded to it, with the amendments for
    /// older forms.
    #[must_use]
    pub fn keep(mut self, amendments: &Amendments) -> &'static Self {
        let nodes = &self.parsed.nodes;
        let mut empties = Empties { nodes, known: alloc::vec![None; nodes.0.len()] };
        let marked: Vec<bool> = nodes.0.iter().map(is_pointer).collect();
        let pointers = |link| matches!(link, Link::At(at) if marked.get(at) == Some(&true));
        let fills: Vec<Vec<bool>> = nodes.0.iter().map(|node| empties.slots(node)).collect();
        let removed: Option<&'static [&'static str]> = (!amendments.removed.is_empty())
            .then(|| &*amendments.removed.iter().map(|name| kept(name)).collect::<Vec<_>>().leak());
        self.parsed.nodes.1.rename(&amendments.aliases);
        for (node, fills) in self.parsed.nodes.0.iter_mut().zip(fills) {
            amend(node, amendments, removed);
            if amendments.default {
                let slots = slots_of(node).zip(fills).filter(|(_, fits)| *fits);
                slots.for_each(|(slot, _)| {
                    slot.default = Some(if pointers(slot.ty) { leave_pointer_empty } else { leave_empty });
                });
                if let Kind::Record(record) = &mut node.kind {
                    record.fields.to_mut().iter_mut().for_each(|field| field.default = Some(|bytes| bytes.fill(0)));
                }
            }
        }
        Box::leak(self.into())
    }

    /// The same form, with its types pickled as `#[state(pickle = ..)]` on each of them says: `"dict"`, `"slots"`,
    /// `"cython"` or `"call"` for its structs, `"enum"` for its enums. This is not part of a schema.
    ///
    /// # Errors
    /// If `word` is none of these.
    #[cfg(feature = "pickle")]
    pub fn with_pickle(mut self, word: &str) -> Result<Self> {
        use crate::schema::Form as Pickled;
        let form = match word {
            "dict" => Pickled::Dict,
            "slots" => Pickled::Slots,
            "cython" => Pickled::Cython,
            "call" => Pickled::Call,
            "enum" => Pickled::Enum,
            _ => {
                let found = alloc::format!("{word:?}");
                return Err(Error::new(ErrorKind::Malformed, "dict, slots, cython, call or enum", found));
            }
        };
        for node in &mut self.parsed.nodes.0 {
            match &mut node.kind {
                Kind::Object(object) if form != Pickled::Enum => object.form = form,
                Kind::Enum(of) if form == Pickled::Enum => of.form = form,
                _ => {}
            }
        }
        Ok(self)
    }

    /// Whether references are numbered in images that are upgraded to this form.
    pub(crate) fn numbering(&self, theirs: bool) -> Numbering {
        let mut nodes = self.parsed.nodes.0.iter();
        Numbering { theirs, ours: theirs || nodes.any(|node| matches!(node.kind, Kind::Weak(_))) }
    }

    fn graph(&'static self) -> Graph<'static> {
        Graph { nodes: &self.parsed.nodes, root: self.root() }
    }

    /// Why states of another form cannot become states of this one, and what to write for each reason. Empty if they
    /// can. There are at most about 100; those inside a part that does not match show once it does.
    #[must_use]
    pub fn obstacles(&'static self, older: &Form) -> Vec<String> {
        self.problems(older).iter().map(ToString::to_string).collect()
    }

    pub(super) fn problems(&'static self, older: &Form) -> Vec<Problem> {
        let images =
            Images { numbering: self.numbering(self.parsed.pointers && older.parsed.pointers), ..Images::default() };
        match Plan::new(older.parsed.nodes.clone(), older.parsed.root, self.graph(), images) {
            Ok(plan) => plan.losses().to_vec(),
            Err(problems) => problems,
        }
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = &Schema> {
        self.parsed.nodes.0.iter()
    }

    /// Resolves another form against this one, once for all of its states.
    ///
    /// # Errors
    /// If no states of this form can be made from the other. The error says what to write.
    pub fn resolve<'o>(&'static self, older: &'o Form) -> Result<Upgrade<'o>> {
        let images = Images { numbering: self.numbering(false), ..Images::default() };
        Ok(Upgrade { form: self, older, resolved: older.parsed.clone().plan(self.graph(), images)? })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&listing::list(self.root(), &self.parsed.nodes, ""))
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:016x}", self.name(), self.fingerprint)
    }
}

/// Converts states of one form to another. Made by [`Form::resolve`].
#[derive(Debug)]
pub struct Upgrade<'o> {
    form: &'static Form,
    older: &'o Form,
    resolved: Resolved,
}

impl Upgrade<'_> {
    /// Converts a state of the older form to the newer one, with its schema.
    ///
    /// # Errors
    /// If the bytes are damaged, or of another form; if the state holds something that the newer form cannot.
    pub fn upgrade(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let (made, sharing) = self.made(bytes)?;
        let carried = self.form.carried(sharing.shared);
        lay_out((self.form.fingerprint, sharing), self.form.root().head, &made, Some(&carried))
    }

    /// Like [`upgrade`](Self::upgrade), without the schema, as the states in a stream are.
    #[cfg(feature = "std")]
    pub(crate) fn bare(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let (made, sharing) = self.made(bytes)?;
        lay_out((self.form.fingerprint, sharing), self.form.root().head, &made, None)
    }

    fn made(&self, bytes: &[u8]) -> Result<(Builder, Sharing)> {
        let image = Image::open(bytes)?;
        if image.fingerprint != self.older.fingerprint {
            let (ours, theirs) = (self.older.fingerprint, image.fingerprint);
            let expected = alloc::format!("a state of {} (fingerprint {ours:016x})", self.older.name());
            let found = alloc::format!("one with the fingerprint {theirs:016x}");
            return Err(Error::new(ErrorKind::Identity, expected, found).at_byte(8));
        }
        let (regions, limits) = (self.older.parsed.regions(&image)?, Options::new().limits(bytes.len()));
        let root = self.form.root();
        let made = if self.resolved.fits(&regions) {
            self.resolved.made(&regions, bytes, root, limits)?
        } else {
            let numbering = self.form.numbering(regions.numbered.is_some());
            let images = Images { text: regions.text.as_bytes().len(), numbering };
            let resolved = self.older.parsed.clone().plan(self.form.graph(), images)?;
            resolved.made(&regions, bytes, root, limits)?
        };
        if made.numbered && !self.form.parsed.pointers {
            return Err(no_pointers());
        }
        // No type checks the image here: a slot that was filled with zeros may not be valid, and copied parts of the
        // older image may be damaged.
        let (ours, sharing) = (made.regions(root.head)?, made_sharing(&image, &made));
        match walk::find_damage_by(root, &self.form.parsed.nodes, &ours, bytes, limits.depth) {
            None => Ok((made, sharing)),
            Some(error) => {
                Err(walk::find_damage_by(self.older.root(), &self.older.parsed.nodes, &regions, bytes, limits.depth)
                    .unwrap_or(error))
            }
        }
    }
}

/// Keeps a text until the program ends.
fn kept(text: &str) -> &'static str {
    String::from(text).leak()
}

fn leave_empty(_: &mut Builder, _: usize) -> Result<()> {
    Ok(())
}

/// Leaves a slot empty that is a shared pointer.
fn leave_pointer_empty(image: &mut Builder, _: usize) -> Result<()> {
    if image.numbered {
        image.run(1, RECORD);
    }
    Ok(())
}

fn slots_of(node: &mut Schema) -> Box<dyn Iterator<Item = &mut Slot> + '_> {
    match &mut node.kind {
        Kind::Object(object) => Box::new(object.slots.to_mut().iter_mut()),
        Kind::Enum(of) => Box::new(of.variants.to_mut().iter_mut().flat_map(|variant| variant.slots.to_mut())),
        _ => Box::new(core::iter::empty()),
    }
}

/// Whether a node is a shared pointer, as far as the schema says.
fn is_pointer(node: &Schema) -> bool {
    node.shared.is_some() && !matches!(node.kind, Kind::Weak(_))
}

/// Which nodes have a value whose head is zeros and which has no data outside its head. Each node is examined once; the
/// recursion ends because heads are finite.
struct Empties<'n> {
    nodes: &'n Nodes,
    known: Vec<Option<bool>>,
}

impl Empties<'_> {
    /// Returns the answer for each slot of a node, in order.
    fn slots(&mut self, node: &Schema) -> Vec<bool> {
        match &node.kind {
            Kind::Object(object) => object.slots.iter().map(|slot| self.slot(slot.ty)).collect(),
            Kind::Enum(of) => {
                of.variants.iter().flat_map(|variant| &*variant.slots).map(|slot| self.slot(slot.ty)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a slot has such a value; for a shared pointer, a record may be added.
    fn slot(&mut self, link: Link) -> bool {
        let nodes = self.nodes;
        let node = nodes.get(link);
        if is_pointer(node) { self.kind(&node.kind) } else { self.link(link) }
    }

    fn link(&mut self, link: Link) -> bool {
        let Link::At(at) = link else { return false };
        if is_pointer(self.nodes.get(link)) {
            return false;
        }
        if let Some(Some(known)) = self.known.get(at) {
            return *known;
        }
        let nodes = self.nodes;
        let found = self.kind(&nodes.get(link).kind);
        if let Some(known) = self.known.get_mut(at) {
            *known = Some(found);
        }
        found
    }

    fn kind(&mut self, kind: &Kind) -> bool {
        match kind {
            Kind::Unit | Kind::Bool | Kind::Char | Kind::Float { .. } | Kind::Str | Kind::Seconds { .. } => true,
            Kind::Int { nonzero, .. } => !nonzero,
            Kind::Optional(_) | Kind::List(_) | Kind::Set(_) | Kind::Map(..) | Kind::Weak(_) => true,
            Kind::Array(of, len) => *len == 0 || self.link(*of),
            Kind::Tuple(items) => items.iter().all(|&item| self.link(item)),
            Kind::Raw(raw) => raw.optional || raw.exactly.is_none_or(|count| count == 0),
            Kind::Object(object) => object.slots.iter().all(|slot| self.link(slot.ty)),
            Kind::Enum(of) => self.first(of),
            Kind::Known(known) => !matches!(known, Known::Date | Known::DateTime | Known::Utc | Known::Zoned),
            _ => false,
        }
    }

    fn first(&mut self, of: &Enum) -> bool {
        let size = |slots: &[Slot]| slots.iter().map(|slot| self.nodes.get(slot.ty).head).sum::<usize>();
        let heads: Vec<usize> = of.variants.iter().map(|variant| size(&variant.slots)).collect();
        let Some((first, head)) = of.variants.first().zip(heads.first()) else { return false };
        (*head == 0 || enum_is_inline(largest(&heads))) && first.slots.iter().all(|slot| self.link(slot.ty))
    }
}

/// Gives a type the attributes that the amendments stand for.
fn amend(node: &mut Schema, amendments: &Amendments, removed: Option<&'static [&'static str]>) {
    let had = |name: &str| {
        let had = amendments.aliases.iter().filter(|(_, now)| now == name);
        had.map(|(old, _)| kept(old)).collect::<Vec<_>>()
    };
    let part = |variant: &str, name: &str| {
        let aliases = had(name);
        let alias = || Alias { variant: kept(variant), name: kept(name), aliases: aliases.clone().leak() };
        (!aliases.is_empty()).then(alias)
    };
    let (aliases, parts): (_, Vec<Alias>) = match &node.kind {
        Kind::Object(object) => {
            (had(&object.name), object.slots.iter().filter_map(|slot| part("", &slot.name)).collect())
        }
        Kind::Enum(of) => {
            let own = of.variants.iter().filter_map(|variant| part("", &variant.name));
            let slots = of.variants.iter().flat_map(|variant| {
                let slots: Vec<Alias> =
                    variant.slots.iter().filter_map(|slot| part(&variant.name, &slot.name)).collect();
                slots
            });
            (had(&of.name), own.chain(slots).collect())
        }
        Kind::Record(record) => {
            (had(&record.name), record.fields.iter().filter_map(|field| part("", &field.name)).collect())
        }
        _ => return,
    };
    let evolution = Evolution { aliases: aliases.leak(), parts: parts.leak(), removed, ..Evolution::NONE };
    let evolution: &'static Evolution = Box::leak(evolution.into());
    match &mut node.kind {
        Kind::Object(object) => object.evolution = evolution,
        Kind::Enum(of) => of.evolution = evolution,
        Kind::Record(record) => record.evolution = evolution,
        _ => {}
    }
}
