//! Shared objects: two states are alike if the same pointers lead to one object in both. Objects are paired when they
//! are met, one of ours with one of theirs, and each pair is compared once, so that cycles end. Which of several
//! references comes first in the bytes does not matter, because the entries of maps have no order.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::digest::Digest;
use super::{Both, Compared, Pair, broken};
use crate::error::{Error, Escaped};
use crate::places::{Key, Places, Table};
use crate::protocol::decode::Regions;
use crate::schema::{Kind, Nodes, Schema};
use crate::sharing::walked::Objects;
use crate::sharing::{Number, RECORD, Record};
use crate::walk::{self, Scan};

/// The counterpart of an object to which only one pointer of the other side leads, so that it has no number there.
const OF_ITS_OWN: Key = [usize::MAX; 2];

/// The state of a comparison of shared objects.
pub(super) struct Shared<'a> {
    objects: Both<Objects<'a>>,
    /// For each side, the object of the other side that each object is paired with.
    pairs: Both<Table<Key>>,
    /// The objects of ours that were compared.
    compared: Places,
    /// The digests of objects, by which elements are found again.
    digests: Both<Table<u64>>,
    /// Pairs that were met away from their values, and the paths there.
    later: Vec<(Both<Number>, &'a Schema, String)>,
    /// Differences between references: their indices in the differences found, and the targets of the references.
    references: Vec<(usize, Both<Leads>)>,
    /// Whether this pass only pairs objects and reports nothing.
    pub quiet: bool,
}

/// The target of a reference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leads {
    Nowhere,
    /// An object that nothing else refers to.
    Own,
    To(Key),
}

impl<'a> Shared<'a> {
    /// Starts with no pairs, if references are numbered at all.
    pub fn of(
        (schema, nodes): (&'a Schema, &'a Nodes),
        sides: &Both<Regions<'a>>,
        levels: u32,
    ) -> Result<Option<Self>, Error> {
        if sides.iter().all(|side| side.numbered.is_none()) {
            return Ok(None);
        }
        let of = |side: &Regions<'a>| match side.numbered {
            Some(_) => walk::objects((schema, nodes), side, levels),
            None => Ok(Objects::default()),
        };
        Ok(Some(Self {
            objects: [of(&sides[0])?, of(&sides[1])?],
            pairs: Default::default(),
            compared: Places::default(),
            digests: Default::default(),
            later: Vec::new(),
            references: Vec::new(),
            quiet: false,
        }))
    }

    /// Returns whether two objects are paired now for the first time; `None` if they cannot be paired.
    fn meet(&mut self, numbers: Both<Number>) -> Option<bool> {
        let [ours, theirs] = numbers.map(Number::key);
        match (self.pairs[0].get(ours), self.pairs[1].get(theirs)) {
            (None, None) => {
                self.pairs[0].set(ours, theirs);
                self.pairs[1].set(theirs, ours);
            }
            (Some(other), _) if *other == theirs => {}
            _ => return None,
        }
        Some(self.compared.meet(ours))
    }
}

/// Whether there are weak references, which may lead to objects that have not been paired yet.
fn looks_ahead(schema: &Schema, nodes: &Nodes) -> bool {
    nodes.reach(schema, |node| matches!(node.kind, Kind::Weak(_)))
}

impl<'a> Pair<'a> {
    /// Compares two whole states.
    pub(super) fn all(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        if self.shared.is_none() {
            return self.node(schema, heads);
        }
        let (sides, path) = (self.sides, self.path.clone());
        if looks_ahead(schema, self.nodes) {
            self.be_quiet(true);
            self.node(schema, heads)?;
            self.rest()?;
            self.be_quiet(false);
            (self.sides, self.path) = (sides, path);
        }
        self.node(schema, heads)?;
        self.rest()
    }

    fn be_quiet(&mut self, quiet: bool) {
        if let Some(shared) = &mut self.shared {
            shared.quiet = quiet;
            shared.compared.clear();
        }
    }

    /// Compares objects that were met away from their values.
    fn rest(&mut self) -> Compared {
        while let Some((numbers, schema, path)) = self.shared.as_mut().and_then(|shared| shared.later.pop()) {
            let Some(shared) = &self.shared else { break };
            let place = |side: usize| shared.objects[side].get(numbers[side]).copied().ok_or_else(broken);
            self.sides = [place(0)?, place(1)?];
            self.path = path;
            self.value(schema, self.sides.map(|side| side.head))?;
        }
        Ok(())
    }

    fn record(&mut self, side: usize) -> Compared<Record> {
        if self.sides[side].numbered.is_none() {
            return Ok(Record::Own);
        }
        let record = self.run(side, 1, RECORD)?;
        Record::read(record).ok_or_else(broken)
    }

    /// Compares two shared pointers or weak references.
    #[cold]
    pub(super) fn pointer(&mut self, schema: &'a Schema, heads: Both<&'a [u8]>) -> Compared {
        if matches!(schema.kind, Kind::Weak(_)) {
            return self.weak(heads);
        }
        let starts = self.sides;
        let records = [self.record(0)?, self.record(1)?];
        let [Some(ours), Some(theirs)] = records.map(number) else {
            // One has no number: they differ if the other has come before.
            for (side, object) in records.map(number).into_iter().enumerate() {
                if let (Some(object), Some(shared)) = (object, &mut self.shared) {
                    shared.pairs[side].get_or_add(object.key(), || OF_ITS_OWN);
                }
            }
            let is_back = records.iter().any(|record| matches!(record, Record::Back(_)));
            return if is_back { self.part_ways(schema, heads, starts, records) } else { self.value(schema, heads) };
        };
        let Some(shared) = &mut self.shared else { return Err(broken()) };
        match shared.meet([ours, theirs]) {
            None => self.part_ways(schema, heads, starts, records),
            Some(true) if records.iter().all(|record| matches!(record, Record::New(_))) => self.value(schema, heads),
            Some(is_new) => {
                if is_new {
                    shared.later.push(([ours, theirs], schema, self.path.clone()));
                }
                self.pass_over(schema, heads, starts, records)
            }
        }
    }

    /// Skips a node of one side. Returns a digest of its value, which is the same for each reference to it.
    pub(super) fn digest(&mut self, side: usize, schema: &'a Schema, head: &'a [u8]) -> Compared<u64> {
        let object = self.peek(side, schema).and_then(number);
        let (Some(object), Some(shared)) = (object, &self.shared) else {
            return self.digest_here(side, schema, head);
        };
        if let Some(&known) = shared.digests[side].get(object.key()) {
            self.skip(side, schema, head)?;
            return Ok(known);
        }
        let place = *shared.objects[side].get(object).ok_or_else(broken)?;
        let mut digest = Digest::default();
        Scan::new(self.nodes, &place, place.head, &mut digest).unlimited().behind().part(
            schema,
            place.head,
            u32::MAX,
        )?;
        if let Some(shared) = &mut self.shared {
            shared.digests[side].set(object.key(), digest.get());
        }
        self.skip(side, schema, head)?;
        Ok(digest.get())
    }

    /// Reads the next record of a shared pointer of one side, without moving.
    fn peek(&self, side: usize, schema: &Schema) -> Option<Record> {
        let is_pointer = schema.shared.is_some() && !matches!(schema.kind, Kind::Weak(_));
        let side = Some(&self.sides[side]).filter(|side| is_pointer && side.numbered.is_some());
        side?.tail.get(..RECORD).and_then(Record::read)
    }

    /// Returns where the object is that the next pointer of one side leads to, if it is elsewhere.
    pub(super) fn elsewhere(&self, side: usize, schema: &Schema) -> Option<Regions<'a>> {
        let Some(Record::Back(object)) = self.peek(side, schema) else { return None };
        self.shared.as_ref()?.objects[side].get(object).copied()
    }

    fn digest_here(&mut self, side: usize, schema: &'a Schema, head: &'a [u8]) -> Compared<u64> {
        let mut digest = Digest::default();
        let left = Scan::new(self.nodes, &self.sides[side], head, &mut digest).unlimited().inner().part(
            schema,
            head,
            u32::MAX,
        )?;
        self.advance(side, left, head)?;
        Ok(digest.get())
    }

    /// Reports that two references lead to different objects.
    fn part_ways(
        &mut self,
        schema: &'a Schema,
        heads: Both<&'a [u8]>,
        starts: Both<Regions<'a>>,
        records: Both<Record>,
    ) -> Compared {
        let leads = records.map(|record| number(record).map_or(Leads::Own, |number| Leads::To(number.key())));
        self.pass_over(schema, heads, starts, records)?;
        self.tell_references(leads)
    }

    /// Skips the values of two pointers, where they follow.
    fn pass_over(
        &mut self,
        schema: &'a Schema,
        heads: Both<&'a [u8]>,
        starts: Both<Regions<'a>>,
        records: Both<Record>,
    ) -> Compared {
        for side in [0, 1] {
            if !matches!(records[side], Record::Back(_)) {
                self.sides[side] = starts[side];
                self.skip(side, schema, heads[side])?;
            }
        }
        Ok(())
    }

    fn weak(&mut self, heads: Both<&'a [u8]>) -> Compared {
        let [Some(ours), Some(theirs)] = heads.map(Record::read) else { return Err(broken()) };
        let records = [ours, theirs];
        let leads = records.map(|record| number(record).map_or(Leads::Nowhere, |number| Leads::To(number.key())));
        let Some(shared) = &mut self.shared else { return Err(broken()) };
        match records.map(number) {
            [None, None] => Ok(()),
            [Some(ours), Some(theirs)] if !shared.quiet => match shared.meet([ours, theirs]) {
                // The object is compared through the pointer that owns it.
                Some(is_new) => {
                    if is_new {
                        shared.compared.remove(ours.key());
                    }
                    Ok(())
                }
                None => self.tell_references(leads),
            },
            [Some(_), Some(_)] => Ok(()),
            _ => self.tell_references(leads),
        }
    }

    /// Reports the targets of two references, which are named at the end.
    fn tell_references(&mut self, leads: Both<Leads>) -> Compared {
        let at = self.found.len();
        if let Some(shared) = self.shared.as_mut().filter(|shared| !shared.quiet) {
            shared.references.push((at, leads));
        }
        self.tell("", "")
    }

    /// Replaces the marks of references by the paths to their objects.
    pub(super) fn explain(&mut self, schema: &'a Schema, starts: &Both<Regions<'a>>, levels: u32) -> Result<(), Error> {
        let Some(shared) = self.shared.take() else { return Ok(()) };
        let mut paths: Both<Table<String>> = Default::default();
        for side in [0, 1] {
            let leads = shared.references.iter().filter_map(|(_, leads)| match leads[side] {
                Leads::To(key) => Some(key),
                _ => None,
            });
            let within = self.found.iter().flat_map(|found| marks(if side == 0 { &found.ours } else { &found.theirs }));
            let mut wanted = Table::default();
            for key in leads.chain(within.filter_map(Result::ok)) {
                wanted.set(key, String::new());
            }
            if !wanted.is_empty() {
                paths[side] = walk::paths((schema, self.nodes), &starts[side], levels, wanted)?;
            }
        }
        let object = |side: usize, key: Key| match paths[side].get(key).map_or("", |path| path) {
            "" => String::from("the object at the root"),
            path => format!("the object at {}", Escaped(path)),
        };
        for found in &mut self.found {
            for (side, text) in [&mut found.ours, &mut found.theirs].into_iter().enumerate() {
                if text.contains(MARK) {
                    let parts = marks(text).map(|part| match part {
                        Ok(key) => format!("<{}>", object(side, key)),
                        Err(text) => text.into(),
                    });
                    *text = parts.collect();
                }
            }
        }
        for (at, leads) in shared.references {
            let words = |side: usize| match leads[side] {
                Leads::Nowhere => String::from("None"),
                Leads::Own => String::from("an object of its own"),
                Leads::To(key) => object(side, key),
            };
            if let Some(difference) = self.found.get_mut(at) {
                (difference.ours, difference.theirs) = (words(0), words(1));
            }
        }
        Ok(())
    }
}

/// Encloses the number of an object in a text, until the path to the object is known. Values are printed without this
/// character.
const MARK: char = '\u{1}';

/// Returns the mark for a reference in a text.
pub(super) fn mark(number: Number) -> String {
    format!("{MARK}{} {}{MARK}", number.class, number.index)
}

/// Divides a text into its references and the text between them.
fn marks(text: &str) -> impl Iterator<Item = Result<Key, &str>> {
    text.split(MARK).enumerate().map(|(at, part)| {
        let number = part.split_once(' ').filter(|_| at % 2 == 1);
        number.and_then(|(class, index)| Some([class.parse().ok()?, index.parse().ok()?])).ok_or(part)
    })
}

fn number(record: Record) -> Option<Number> {
    match record {
        Record::Own => None,
        Record::New(number) | Record::Back(number) => Some(number),
    }
}
