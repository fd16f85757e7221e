//! The types of open sets, which are no part of a schema: as bytes carry them besides it, and as they were read.
//!
//! A value in an image is identified by tag and fingerprint, so a table can only add to what is known about it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::carried::{Carried, Front, Rows};
use super::fingerprint::hash;
use super::{Kind, KnownMember, Link, Nodes, Open, Schema};
use crate::error::{Error, ErrorKind, Escaped};
use crate::order::sorted;
use crate::places::{Places, address};

/// A type of an open set, from the program or from a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemberOf<'a> {
    pub tag: &'a str,
    pub aliases: &'a [&'static str],
    pub fingerprint: u64,
    pub schema: &'a Schema,
}

impl From<KnownMember> for MemberOf<'static> {
    fn from(known: KnownMember) -> Self {
        let schema = (known.schema)();
        Self { tag: known.tag, aliases: known.aliases, fingerprint: known.fingerprint(), schema }
    }
}

/// The types of open sets that were read with a schema, sorted by set, tag and fingerprint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Vec<Member>);

#[derive(Clone, Debug)]
pub(super) struct Member {
    pub set: String,
    pub tag: String,
    pub aliases: &'static [&'static str],
    pub fingerprint: u64,
    pub schema: usize,
}

impl Member {
    fn key(&self) -> (&str, &str, u64) {
        (&self.set, &self.tag, self.fingerprint)
    }
}

impl Members {
    pub const NONE: Self = Self(Vec::new());

    /// # Errors
    /// Types that are not in order.
    pub(super) fn new(members: Vec<Member>) -> Result<Self, Error> {
        let in_order = members.windows(2).all(|pair| pair[0].key() < pair[1].key());
        if in_order { Ok(Self(members)) } else { Err(no_table()) }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, set: &str) -> &[Member] {
        let start = self.0.partition_point(|member| &*member.set < set);
        let behind = &self.0[start..];
        &behind[..behind.partition_point(|member| member.set == set)]
    }

    /// Applies renamings, (former tag, present tag), to the types.
    pub fn rename(&mut self, aliases: &[(String, String)]) {
        for member in &mut self.0 {
            let had = aliases.iter().filter(|(_, now)| *now == member.tag).map(|(had, _)| &*had.clone().leak());
            let had: Vec<&'static str> = had.collect();
            member.aliases = had.leak();
        }
    }
}

impl Nodes {
    /// The types of an open set: those of the table, and those of the program that the table does not have.
    pub fn members<'a>(&'a self, open: &Open) -> Vec<MemberOf<'a>> {
        let mut members: Vec<MemberOf<'a>> = self.1.of(&open.name).iter().map(|member| self.of_table(member)).collect();
        for known in open.all().into_iter().map(MemberOf::from) {
            if self.find(&open.name, known.tag, known.fingerprint).is_none() {
                members.push(known);
            }
        }
        members
    }

    /// The type with this tag and fingerprint.
    ///
    /// # Errors
    /// No such type in the table or among the registered ones.
    pub fn member<'a>(&'a self, open: &Open, tag: &str, fingerprint: &[u8]) -> Result<MemberOf<'a>, Error> {
        let number = fingerprint.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        match number.and_then(|number| self.find(&open.name, tag, number)) {
            Some(member) => Ok(self.of_table(member)),
            None => open.find(tag, fingerprint).map(MemberOf::from),
        }
    }

    /// The type with this tag: from the table, if it has any types of the set, otherwise from the program.
    ///
    /// # Errors
    /// No such type, or several, from two sets with one name, which a tag alone does not distinguish.
    pub fn tagged<'a>(&'a self, open: &Open, tag: &str) -> Result<MemberOf<'a>, Error> {
        let error =
            |expected, found| Error::new(ErrorKind::Malformed, expected, format!("'{}', {found}", Escaped(tag)));
        let table = self.1.of(&open.name);
        if table.is_empty() {
            let members = open.all();
            let now = members.iter().find(|member| member.tag == tag);
            let member = now.or_else(|| members.iter().find(|member| member.aliases.contains(&tag)));
            return member.map(|member| (*member).into()).ok_or_else(|| error(open.registered(), "which is not"));
        }
        let expected = || format!("one of the types of {} whose schemas came with the state", Escaped(&open.name));
        let mut told = table.iter().filter(|member| member.tag == tag);
        match (told.next(), told.next()) {
            (Some(member), None) => Ok(self.of_table(member)),
            (None, _) => Err(error(expected(), "which is not")),
            _ => Err(error(expected(), "of which there are several")),
        }
    }

    fn find(&self, set: &str, tag: &str, fingerprint: u64) -> Option<&Member> {
        let of = self.1.of(set);
        let at = of.binary_search_by(|member| (&*member.tag, member.fingerprint).cmp(&(tag, fingerprint)));
        at.ok().map(|at| &of[at])
    }

    fn of_table<'a>(&'a self, member: &'a Member) -> MemberOf<'a> {
        let Member { tag, aliases, fingerprint, schema, .. } = member;
        MemberOf { tag, aliases, fingerprint: *fingerprint, schema: self.get(Link::At(*schema)) }
    }
}

/// The open sets in a type of the program, and in the types registered in those sets.
pub(crate) fn open_sets(root: &'static Schema) -> Vec<&'static Open> {
    let (mut sets, mut open, mut seen) = (Vec::<&'static Open>::new(), alloc::vec![root], Places::default());
    while let Some(node) = open.pop() {
        if let Kind::Open(set) = &node.kind {
            if !sets.iter().any(|other| other.is_same(set)) {
                sets.push(set);
                open.extend(set.all().into_iter().map(|member| (member.schema)()));
            }
        }
        if node.tag().is_none() || seen.meet(address(node)) {
            open.extend(node.links().into_iter().filter_map(|link| match link {
                Link::To(schema) => Some(schema()),
                Link::At(_) => None,
            }));
        }
    }
    sets
}

/// A type of an open set as bytes carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry<'a> {
    pub set: &'a str,
    pub tag: &'a str,
    flags: u8,
    carried: &'a [u8],
}

const WITH_ARRAYS: u8 = 1;
const NUMBERED: u8 = 2;

impl<'a> Entry<'a> {
    /// Its canonical schema, and what precedes that.
    pub fn parts(&self) -> Option<(Rows<'a>, &'a [u8])> {
        let Self { flags, carried, .. } = *self;
        let front = Front { arrays: flags & WITH_ARRAYS != 0, numbered: flags & NUMBERED != 0, members: false };
        Carried::divide(carried, front).filter(|_| flags & !(WITH_ARRAYS | NUMBERED) == 0)
    }

    pub fn new(set: &'a str, tag: &'a str, carried: &'a Carried) -> Self {
        let front = carried.front;
        let flags = if front.arrays { WITH_ARRAYS } else { 0 } | if front.numbered { NUMBERED } else { 0 };
        Self { set, tag, flags, carried: &carried.bytes }
    }

    pub fn fingerprint(&self) -> Option<u64> {
        self.parts().map(|(_, canonical)| hash(canonical))
    }

    fn write(&self, table: &mut Vec<u8>) {
        write_names(self.set, self.tag, table);
        table.push(self.flags);
        table.extend_from_slice(&(self.carried.len() as u32).to_le_bytes());
        table.extend_from_slice(self.carried);
    }

    fn read(table: &mut &'a [u8]) -> Option<Self> {
        let (set, tag) = (name(table)?, name(table)?);
        let (&[flags, ref length @ ..], rest) = table.split_first_chunk::<5>()?;
        let (carried, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        *table = rest;
        Some(Self { set, tag, flags, carried })
    }
}

/// Writes a set and a tag in it, each preceded by its length. Readers refuse names of more than 255 bytes.
fn write_names(set: &str, tag: &str, bytes: &mut Vec<u8>) {
    for name in [set, tag] {
        bytes.push(name.len() as u8);
        bytes.extend_from_slice(name.as_bytes());
    }
}

/// The names for a record, with a hash of the bytes before it.
#[cfg(feature = "std")]
pub(crate) fn recorded_names(set: &str, tag: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_names(set, tag, &mut bytes);
    bytes.extend_from_slice(&hash(&bytes).to_le_bytes());
    bytes
}

/// Reads names that [`write_names`] wrote, and nothing after them.
pub(crate) fn names_of(mut bytes: &[u8]) -> Option<(&str, &str)> {
    let names = (name(&mut bytes)?, name(&mut bytes)?);
    bytes.is_empty().then_some(names)
}

fn name<'a>(table: &mut &'a [u8]) -> Option<&'a str> {
    let (&length, rest) = table.split_first()?;
    let (name, rest) = rest.split_at_checked(length.into())?;
    *table = rest;
    core::str::from_utf8(name).ok()
}

/// The types of a table; `None` for a damaged entry, which ends it.
pub(crate) fn entries(mut table: &[u8]) -> impl Iterator<Item = Option<Entry<'_>>> {
    core::iter::from_fn(move || {
        (!table.is_empty()).then(|| {
            let entry = Entry::read(&mut table);
            if entry.is_none() {
                table = &[];
            }
            entry
        })
    })
}

/// Whether a name is short enough to be written.
pub(crate) fn is_name(name: &str) -> bool {
    u8::try_from(name.len()).is_ok()
}

/// A table of types, each once.
pub(crate) fn table(mut entries: Vec<Entry<'_>>) -> Vec<u8> {
    // Longer names cannot be written.
    entries.retain(|entry| is_name(entry.set) && is_name(entry.tag));
    entries.sort_by_key(|entry| (entry.set, entry.tag, entry.fingerprint()));
    entries.dedup_by_key(|entry| (entry.set, entry.tag, entry.fingerprint()));
    let mut table = Vec::new();
    for entry in &entries {
        entry.write(&mut table);
    }
    table
}

/// A table of the types that are registered now in the open sets of a type; `natively`, without those that hold Python
/// objects.
pub(super) fn registered(root: &'static Schema, numbered: bool, natively: bool) -> Vec<u8> {
    let sets = open_sets(root);
    sets.first().and_then(|first| first.known).map_or_else(Vec::new, |known| (known.table)(&sets, numbered, natively))
}

/// The table of the types in some sets; reached only through the constants of sets, as most programs have none.
#[cfg(feature = "std")]
pub(super) fn table_of(sets: &[&'static Open], numbered: bool, natively: bool) -> Vec<u8> {
    let mut carried = Vec::new();
    for set in sets {
        let of = |member: KnownMember| (&*set.name, member.tag, Carried::alone((member.schema)(), numbered));
        // Their values are never written natively, and no native reader knows them.
        let is_left_out = |member: &KnownMember| natively && (member.schema)().holds_python();
        carried.extend(set.all().into_iter().filter(|member| !is_left_out(member)).map(of));
    }
    table(carried.iter().map(|(set, tag, carried)| Entry::new(set, tag, carried)).collect())
}

/// A type by its set, tag and fingerprint.
type Key<'a> = (&'a str, &'a str, u64);

/// The types that are registered now in the open sets of a type, and that pass `is_asked`.
fn keys_now(root: &'static Schema, is_asked: fn(&'static Schema) -> bool) -> Vec<Key<'static>> {
    let of = |set: &'static Open| {
        let members = set.all().into_iter().filter(move |member| is_asked((member.schema)()));
        members.map(|member| (&*set.name, member.tag, member.fingerprint()))
    };
    open_sets(root).into_iter().flat_map(of).collect()
}

fn keys_of(table: &[u8]) -> impl Iterator<Item = Option<Key<'_>>> {
    entries(table).map(|entry| entry.and_then(|entry| Some((entry.set, entry.tag, entry.fingerprint()?))))
}

/// Whether all types of a table are registered now in the open sets of a type, with the same fingerprints.
pub(crate) fn are_registered(table: &[u8], root: &'static Schema) -> bool {
    if table.is_empty() {
        return true;
    }
    let now = sorted(&keys_now(root, |_| true), Ord::cmp);
    keys_of(table).all(|key| key.is_some_and(|key| now.binary_search(&key).is_ok()))
}

/// Whether a table in native bytes has all types that are registered now in the open sets of a type.
#[cfg(feature = "std")]
pub(crate) fn has_registered(table: &[u8], root: &'static Schema) -> bool {
    let there: Vec<_> = keys_of(table).flatten().collect();
    let there = sorted(&there, Ord::cmp);
    keys_now(root, |schema| !schema.holds_python())
        .into_iter()
        .all(|(set, tag, form)| !is_name(set) || !is_name(tag) || there.binary_search(&(set, tag, form)).is_ok())
}

impl Entry<'_> {
    pub(super) fn named(&self, schema: usize, canonical: &[u8]) -> Member {
        let (set, tag) = (self.set.to_owned(), self.tag.to_owned());
        Member { set, tag, aliases: &[], fingerprint: hash(canonical), schema }
    }
}

#[cold]
pub(super) fn no_table() -> Error {
    Error::new(ErrorKind::Malformed, "a table of the types of open sets", "other bytes")
}
