//! Kinds with elements: lists, sets and maps, and text.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Both, Compared, Pair, Span, Step, broken, cut};
use crate::literal::Text;
use crate::places::{Places, halves};
use crate::protocol::decode::Regions;
use crate::protocol::layout::stride;
use crate::schema::{Kind, Link, Schema};

/// How many characters are shown before the first one that differs.
const BEFORE: usize = 20;

/// About how many characters are shown.
const SHOWN: usize = 80;

/// The elements of one side.
struct Elements<'a> {
    run: &'a [u8],
    size: usize,
    /// Where the data of each element outside its head starts, and where that of the last ends; empty if there is no
    /// such data.
    places: Vec<Regions<'a>>,
}

impl<'a> Elements<'a> {
    fn len(&self) -> usize {
        self.run.len() / stride(self.size)
    }

    fn head(&self, at: usize) -> &'a [u8] {
        let start = at * stride(self.size);
        &self.run[start..start + self.size]
    }

    /// All bytes of an element.
    fn span(&self, at: usize) -> Span<'a> {
        match self.places.get(at..at + 2) {
            Some([start, end]) => Span::between(self.head(at), start, end),
            _ => Span([self.head(at), &[], &[], &[]]),
        }
    }
}

impl<'a> Pair<'a> {
    pub(super) fn list(&mut self, of: Link, heads: Both<&'a [u8]>) -> Compared {
        let element = self.nodes.get(of);
        if element.is_byte() {
            return self.bytes(heads);
        }
        let counts = self.lengths(heads)?;
        let runs = self.runs(counts, element.head)?;
        if counts[0] != counts[1] {
            return self.unequal(element, runs);
        }
        self.equal(element, runs)
    }

    /// Compares lists of the same length.
    fn equal(&mut self, element: &'a Schema, mut runs: Both<&'a [u8]>) -> Compared {
        let mut at = 0;
        while !runs[0].is_empty() {
            let [ours, theirs] = cut(&mut runs, stride(element.head))?;
            self.part(Step::Element(at), element, [&ours[..element.head], &theirs[..element.head]])?;
            at += 1;
        }
        Ok(())
    }

    /// Compares lists of different lengths.
    fn unequal(&mut self, element: &'a Schema, runs: Both<&'a [u8]>) -> Compared {
        let sides = self.both(element, runs)?;
        let ends = self.sides;
        let counts = [sides[0].len(), sides[1].len()];
        self.tell(format!("{} elements", counts[0]), format!("{}", counts[1]))?;
        let (start, end) = match self.shared.is_some() {
            true => self.aligned(element, &sides, counts)?,
            false => alike(counts, |one, other| sides[0].span(one) == sides[1].span(other)),
        };
        for at in start..counts[0].max(counts[1]) - end {
            self.element_of(element, &sides, at, counts.map(|count| at < count - end))?;
        }
        if self.shared.is_some() {
            (0..end).try_for_each(|at| self.pair_of(element, &sides, counts.map(|count| count - end + at)))?;
        }
        self.sides = ends;
        Ok(())
    }

    /// Counts the elements that are alike at the start and at the end of two lists, whatever the numbers of their
    /// references. Those at the start are compared.
    fn aligned(
        &mut self,
        element: &'a Schema,
        sides: &Both<Elements<'a>>,
        counts: Both<usize>,
    ) -> Compared<(usize, usize)> {
        let digests = [self.digests(0, element, &sides[0])?, self.digests(1, element, &sides[1])?];
        let (start, end) = alike(counts, |one, other| digests[0][one] == digests[1][other]);
        (0..start).try_for_each(|at| self.pair_of(element, sides, [at, at]))?;
        Ok((start, end))
    }

    fn digests(&mut self, side: usize, element: &'a Schema, of: &Elements<'a>) -> Compared<Vec<u64>> {
        let mut digests = Vec::with_capacity(of.len());
        for at in 0..of.len() {
            self.go_to(side, of, at);
            digests.push(self.digest(side, element, of.head(at))?);
        }
        Ok(digests)
    }

    /// Compares an element of ours with one of theirs.
    fn pair_of(&mut self, element: &'a Schema, of: &Both<Elements<'a>>, at: Both<usize>) -> Compared {
        self.go_to(0, &of[0], at[0]);
        self.go_to(1, &of[1], at[1]);
        self.part(Step::Element(at[0]), element, [of[0].head(at[0]), of[1].head(at[1])])
    }

    fn both(&mut self, element: &'a Schema, runs: Both<&'a [u8]>) -> Compared<Both<Elements<'a>>> {
        Ok([self.elements(0, element, runs[0])?, self.elements(1, element, runs[1])?])
    }

    /// Compares elements of which one side may have none.
    fn element_of(&mut self, element: &'a Schema, of: &Both<Elements<'a>>, at: usize, has: Both<bool>) -> Compared {
        for side in [0, 1] {
            self.go_to(side, &of[side], at);
        }
        let outer = self.enter(Step::Element(at));
        match has {
            [true, true] => self.node(element, [of[0].head(at), of[1].head(at)])?,
            [true, false] => self.absent(0, element, of[0].head(at))?,
            _ => self.absent(1, element, of[1].head(at))?,
        }
        self.leave(outer);
        Ok(())
    }

    /// Reports a part that only one side has.
    fn absent(&mut self, side: usize, schema: &'a Schema, head: &'a [u8]) -> Compared {
        let shown = self.show(side, schema, head)?;
        if side == 0 { self.tell(shown, "absent") } else { self.tell("absent", shown) }
    }

    /// Finds the elements of one side.
    fn elements(&mut self, side: usize, element: &'a Schema, run: &'a [u8]) -> Compared<Elements<'a>> {
        let mut elements = Elements { run, size: element.head, places: Vec::new() };
        if is_flat(element) {
            return Ok(elements);
        }
        elements.places.reserve_exact(elements.len() + 1);
        for at in 0..elements.len() {
            elements.places.push(self.sides[side]);
            self.skip(side, element, elements.head(at))?;
        }
        elements.places.push(self.sides[side]);
        Ok(elements)
    }

    /// Moves to the data of an element outside its head, if the element exists and has any.
    fn go_to(&mut self, side: usize, elements: &Elements<'a>, at: usize) {
        if let Some(place) = elements.places.get(at) {
            self.sides[side] = *place;
        }
    }

    pub(super) fn set(&mut self, of: Link, heads: Both<&'a [u8]>) -> Compared {
        let element = self.nodes.get(of);
        let counts = self.lengths(heads)?;
        let runs = self.runs(counts, element.head)?;
        let sides = self.both(element, runs)?;
        let ends = self.sides;
        if self.shared.is_some() && !is_flat(element) {
            self.shared_set(element, &sides)?;
            self.sides = ends;
            return Ok(());
        }
        for side in [0, 1] {
            let (here, there) = (&sides[side], &sides[1 - side]);
            let others = by_bytes((0..there.len()).map(|at| there.span(at)));
            for at in (0..here.len()).filter(|&at| !others.contains_key(&here.span(at))) {
                self.go_to(side, here, at);
                self.lone(side, element, here.head(at))?;
            }
        }
        self.sides = ends;
        Ok(())
    }

    /// Compares sets whose elements may refer to shared objects: each is found by its digest.
    fn shared_set(&mut self, element: &'a Schema, sides: &Both<Elements<'a>>) -> Compared {
        let digests = [self.digests(0, element, &sides[0])?, self.digests(1, element, &sides[1])?];
        for side in [0, 1] {
            let others = by_digest(&digests[1 - side]);
            for (at, digest) in digests[side].iter().enumerate() {
                match others.get(halves(*digest)) {
                    Some(other) if side == 0 => self.pair_of(element, sides, [at, other])?,
                    Some(_) => {}
                    None => {
                        self.go_to(side, &sides[side], at);
                        self.lone(side, element, sides[side].head(at))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reports an element of a set that the other side does not have.
    fn lone(&mut self, side: usize, element: &'a Schema, head: &'a [u8]) -> Compared {
        let shown = self.show(side, element, head)?;
        let (ours, theirs) = if side == 0 { ("present", "absent") } else { ("absent", "present") };
        self.within(format_args!("[{shown}]"), |this| this.tell(ours, theirs))
    }

    /// Compares bytes: those of a list, or of a value that is only known as bytes.
    pub(super) fn bytes(&mut self, heads: Both<&'a [u8]>) -> Compared {
        let counts = self.lengths(heads)?;
        let [ours, theirs] = self.runs(counts, 1)?;
        if ours == theirs {
            return Ok(());
        }
        let (mut start, mut end) = (0, 0);
        if counts[0] != counts[1] {
            self.tell(format!("{} bytes", counts[0]), format!("{}", counts[1]))?;
            (start, end) = alike(counts, |one, other| ours[one] == theirs[other]);
        }
        let [ours, theirs] = [ours, theirs].map(|bytes| &bytes[..bytes.len() - end]);
        for at in start..ours.len().max(theirs.len()) {
            let [one, other] = [ours, theirs].map(|bytes| bytes.get(at));
            if one != other {
                let show = |byte: Option<&u8>| byte.map_or("absent".into(), |byte| format!("{byte}"));
                self.within(format_args!("[{at}]"), |this| this.tell(show(one), show(other)))?;
            }
        }
        Ok(())
    }

    pub(super) fn text(&mut self, heads: Both<&'a [u8]>) -> Compared {
        let lengths = self.lengths(heads)?;
        let mut cut = |side: usize| self.sides[side].text.cut(lengths[side]).ok_or_else(broken);
        let (ours, theirs) = (cut(0)?, cut(1)?);
        if ours == theirs {
            return Ok(());
        }
        let same = ours.chars().zip(theirs.chars()).take_while(|(one, other)| one == other).count();
        self.tell(around(ours, same), around(theirs, same))
    }

    pub(super) fn map(&mut self, key: Link, value: Link, heads: Both<&'a [u8]>) -> Compared {
        let of = [self.nodes.get(key), self.nodes.get(value)];
        let counts = self.lengths(heads)?;
        let runs = self.runs(counts, of[0].head.saturating_add(of[1].head))?;
        let sides = [self.entries(0, of, runs[0])?, self.entries(1, of, runs[1])?];
        let ends = self.sides;
        if self.shared.is_some() {
            self.shared_map(of, &sides)?;
            self.sides = ends;
            return Ok(());
        }
        for (entry, other) in changed(&sides) {
            self.value_of(of, entry, other)?;
        }
        for entry in added(&sides) {
            self.added(of, entry)?;
        }
        self.sides = ends;
        Ok(())
    }

    /// Compares maps that may refer to shared objects: each entry is found by the digest of its key.
    fn shared_map(&mut self, of: Both<&'a Schema>, sides: &Both<Vec<Entry<'a>>>) -> Compared {
        let keys = [self.keys(0, of[0], &sides[0])?, self.keys(1, of[0], &sides[1])?];
        let theirs = by_digest(&keys[1]);
        for (entry, key) in sides[0].iter().zip(&keys[0]) {
            let other = theirs.get(halves(*key)).and_then(|at| sides[1].get(at));
            if let Some(other) = other {
                let outer = self.enter_key(0, of[0], entry)?;
                self.sides = [entry.key_place, other.key_place];
                self.node(of[0], [entry.key.head(), other.key.head()])?;
                self.leave(outer);
            }
            self.value_of(of, entry, other)?;
        }
        let ours = by_digest(&keys[0]);
        let added = sides[1].iter().zip(&keys[1]).filter(|(_, key)| !ours.has(halves(**key)));
        added.map(|(entry, _)| entry).try_for_each(|entry| self.added(of, entry))
    }

    fn keys(&mut self, side: usize, key: &'a Schema, entries: &[Entry<'a>]) -> Compared<Vec<u64>> {
        let mut keys = Vec::with_capacity(entries.len());
        for entry in entries {
            self.sides[side] = entry.key_place;
            keys.push(self.digest(side, key, entry.key.head())?);
        }
        Ok(keys)
    }

    /// Compares an entry of ours with that of theirs, or reports that theirs is absent.
    fn value_of(&mut self, [key, value]: Both<&'a Schema>, entry: &Entry<'a>, other: Option<&Entry<'a>>) -> Compared {
        let outer = self.enter_key(0, key, entry)?;
        match other {
            Some(other) => {
                self.sides[1] = other.value_place;
                self.node(value, [entry.value.head(), other.value.head()])?;
            }
            None => self.absent(0, value, entry.value.head())?,
        }
        self.leave(outer);
        Ok(())
    }

    /// Reports an entry that only the other side has.
    fn added(&mut self, [key, value]: Both<&'a Schema>, entry: &Entry<'a>) -> Compared {
        let outer = self.enter_key(1, key, entry)?;
        self.absent(1, value, entry.value.head())?;
        self.leave(outer);
        Ok(())
    }

    /// Enters the value of an entry of one side.
    fn enter_key(&mut self, side: usize, key: &'a Schema, entry: &Entry<'a>) -> Compared<usize> {
        self.sides[side] = entry.key_place;
        let shown = self.show(side, key, entry.key.head())?;
        self.sides[side] = entry.value_place;
        Ok(self.enter(format_args!("[{shown}]")))
    }

    /// Finds the entries of one side.
    fn entries(&mut self, side: usize, of: Both<&'a Schema>, run: &'a [u8]) -> Compared<Vec<Entry<'a>>> {
        let [key, value] = of;
        let heads = run.chunks_exact(stride(key.head.saturating_add(value.head)));
        let mut entries = Vec::with_capacity(heads.len());
        for head in heads {
            let (key_head, rest) = head.split_at(key.head);
            let key_place = self.sides[side];
            let key = self.skip(side, key, key_head)?;
            let value_place = self.sides[side];
            let value = self.skip(side, value, &rest[..value.head])?;
            entries.push(Entry { key, key_place, value, value_place });
        }
        Ok(entries)
    }
}

/// One entry of a map: all bytes of its parts, and where their data outside the heads starts.
struct Entry<'a> {
    key: Span<'a>,
    key_place: Regions<'a>,
    value: Span<'a>,
    value_place: Regions<'a>,
}

/// The places of parts by their bytes.
fn by_bytes<'a>(parts: impl Iterator<Item = Span<'a>>) -> BTreeMap<Span<'a>, usize> {
    let mut places = BTreeMap::new();
    for (at, part) in parts.enumerate() {
        places.insert(part, at);
    }
    places
}

/// The places of parts by their digests.
fn by_digest(digests: &[u64]) -> Places {
    let mut places = Places::default();
    for (at, &digest) in digests.iter().enumerate() {
        places.set(halves(digest), at);
    }
    places
}

/// Returns the entries of ours that theirs does not have in the same form, each with the entry of theirs with the same
/// key.
fn changed<'s, 'a>([ours, theirs]: &'s Both<Vec<Entry<'a>>>) -> Vec<(&'s Entry<'a>, Option<&'s Entry<'a>>)> {
    let places = by_bytes(theirs.iter().map(|entry| entry.key));
    let entries = ours.iter().map(|entry| (entry, places.get(&entry.key).map(|&at| &theirs[at])));
    entries.filter(|(entry, other)| other.is_none_or(|other| other.value != entry.value)).collect()
}

/// Returns the entries of theirs whose keys ours does not have.
fn added<'s, 'a>([ours, theirs]: &'s Both<Vec<Entry<'a>>>) -> Vec<&'s Entry<'a>> {
    let ours = by_bytes(ours.iter().map(|entry| entry.key));
    theirs.iter().filter(|entry| !ours.contains_key(&entry.key)).collect()
}

/// Whether values have no data outside their heads, as numbers do.
fn is_flat(schema: &Schema) -> bool {
    matches!(
        schema.kind,
        Kind::Unit | Kind::Bool | Kind::Char | Kind::Int { .. } | Kind::Float { .. } | Kind::Seconds { .. }
    )
}

/// Counts the elements that are alike at the start of two lists, and those of the others that are alike at the end.
pub(super) fn alike(counts: Both<usize>, equal: impl Fn(usize, usize) -> bool) -> (usize, usize) {
    let shorter = counts[0].min(counts[1]);
    let start = (0..shorter).take_while(|&at| equal(at, at)).count();
    let end = (0..shorter - start).take_while(|at| equal(counts[0] - 1 - at, counts[1] - 1 - at)).count();
    (start, end)
}

/// Returns the text from shortly before a character.
fn around(text: &str, at: usize) -> String {
    let from = if at > SHOWN / 2 { at - BEFORE } else { 0 };
    let mut chars = text.chars().skip(from);
    let shown: String = chars.by_ref().take(SHOWN).collect();
    let (before, behind) = (if from > 0 { "..." } else { "" }, if chars.next().is_some() { "..." } else { "" });
    format!("{before}{}{behind}", Text(&shown))
}
