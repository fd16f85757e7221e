//! What has elements: lists, sets and maps, and text.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Both, Compared, Pair, Span, broken};
use crate::decode::Regions;
use crate::layout::stride;
use crate::schema::{Kind, Link, Nodes, Schema};
use crate::value::Value;
use crate::walk::form::is_byte;

/// How many characters before the first one that differs are shown.
const BEFORE: usize = 20;

/// How many characters are shown, about.
const SHOWN: usize = 80;

/// The elements of one side.
struct Elements<'a> {
    run: &'a [u8],
    size: usize,
    /// Where what each has behind its head starts, and where that of the last ends; none where they have nothing there.
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
        let element = Nodes::NONE.get(of);
        if is_byte(element) {
            return self.bytes(heads);
        }
        let counts = self.lengths(heads)?;
        let runs = self.runs(counts, element.head)?;
        if counts[0] != counts[1] {
            return self.unequal(element, runs);
        }
        let [ours, theirs] = runs.map(|run| run.chunks_exact(stride(element.head)));
        for (at, (ours, theirs)) in ours.zip(theirs).enumerate() {
            let heads = [&ours[..element.head], &theirs[..element.head]];
            self.within(format_args!("[{at}]"), |this| this.node(element, heads))?;
        }
        Ok(())
    }

    /// Lists of different lengths.
    fn unequal(&mut self, element: &Schema, runs: Both<&'a [u8]>) -> Compared {
        let sides = [self.elements(0, element, runs[0])?, self.elements(1, element, runs[1])?];
        let ends = self.sides;
        let [ours, theirs] = &sides;
        self.tell(format!("{} elements", ours.len()), format!("{}", theirs.len()))?;
        let (start, end) = alike([ours.len(), theirs.len()], |one, other| ours.span(one) == theirs.span(other));
        let (our_end, their_end) = (ours.len() - end, theirs.len() - end);
        for at in start..our_end.max(their_end) {
            let has = [at < our_end, at < their_end];
            for side in [0, 1] {
                self.go_to(side, &sides[side], at);
            }
            self.within(format_args!("[{at}]"), |this| match has {
                [true, true] => this.node(element, [ours.head(at), theirs.head(at)]),
                [true, false] => {
                    let shown = this.show(0, element, ours.head(at))?;
                    this.tell(shown, "absent")
                }
                _ => {
                    let shown = this.show(1, element, theirs.head(at))?;
                    this.tell("absent", shown)
                }
            })?;
        }
        self.sides = ends;
        Ok(())
    }

    /// Goes over the elements of one side.
    fn elements(&mut self, side: usize, element: &Schema, run: &'a [u8]) -> Compared<Elements<'a>> {
        let mut elements = Elements { run, size: element.head, places: Vec::new() };
        if is_flat(element) {
            return Ok(elements);
        }
        for at in 0..elements.len() {
            elements.places.push(self.sides[side]);
            self.skip(side, element, elements.head(at))?;
        }
        elements.places.push(self.sides[side]);
        Ok(elements)
    }

    /// Goes to what an element has behind its head, if there is such an element.
    fn go_to(&mut self, side: usize, elements: &Elements<'a>, at: usize) {
        if let Some(place) = elements.places.get(at) {
            self.sides[side] = *place;
        }
    }

    pub(super) fn set(&mut self, of: Link, heads: Both<&'a [u8]>) -> Compared {
        let element = Nodes::NONE.get(of);
        let counts = self.lengths(heads)?;
        let runs = self.runs(counts, element.head)?;
        let sides = [self.elements(0, element, runs[0])?, self.elements(1, element, runs[1])?];
        let ends = self.sides;
        for side in [0, 1] {
            let (here, there) = (&sides[side], &sides[1 - side]);
            let others: BTreeSet<_> = (0..there.len()).map(|at| there.span(at)).collect();
            for at in (0..here.len()).filter(|&at| !others.contains(&here.span(at))) {
                self.go_to(side, here, at);
                let shown = self.show(side, element, here.head(at))?;
                let (ours, theirs) = if side == 0 { ("present", "absent") } else { ("absent", "present") };
                self.within(format_args!("[{shown}]"), |this| this.tell(ours, theirs))?;
            }
        }
        self.sides = ends;
        Ok(())
    }

    /// Bytes: those of a list, or of what is only known as bytes.
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
        let (key, value) = (Nodes::NONE.get(key), Nodes::NONE.get(value));
        let counts = self.lengths(heads)?;
        let runs = self.runs(counts, key.head.saturating_add(value.head))?;
        let sides = [self.entries(0, [key, value], runs[0])?, self.entries(1, [key, value], runs[1])?];
        let ends = self.sides;
        let theirs: BTreeMap<_, _> = sides[1].iter().map(|entry| (entry.key, entry)).collect();
        for entry in &sides[0] {
            let other = theirs.get(&entry.key);
            if other.is_some_and(|other| other.value == entry.value) {
                continue;
            }
            self.within_key(0, key, entry, |this| {
                if let Some(other) = other {
                    this.sides[1] = other.value_place;
                    return this.node(value, [entry.value.head(), other.value.head()]);
                }
                let shown = this.show(0, value, entry.value.head())?;
                this.tell(shown, "absent")
            })?;
        }
        let ours: BTreeSet<_> = sides[0].iter().map(|entry| entry.key).collect();
        for entry in sides[1].iter().filter(|entry| !ours.contains(&entry.key)) {
            self.within_key(1, key, entry, |this| {
                let shown = this.show(1, value, entry.value.head())?;
                this.tell("absent", shown)
            })?;
        }
        self.sides = ends;
        Ok(())
    }

    /// Goes on in the value of an entry of one side.
    fn within_key(
        &mut self,
        side: usize,
        key: &Schema,
        entry: &Entry<'a>,
        inner: impl FnOnce(&mut Self) -> Compared,
    ) -> Compared {
        self.sides[side] = entry.key_place;
        let shown = self.show(side, key, entry.key.head())?;
        self.sides[side] = entry.value_place;
        self.within(format_args!("[{shown}]"), inner)
    }

    /// Goes over the entries of one side.
    fn entries(&mut self, side: usize, of: Both<&Schema>, run: &'a [u8]) -> Compared<Vec<Entry<'a>>> {
        let [key, value] = of;
        let mut entries = Vec::new();
        for head in run.chunks_exact(stride(key.head.saturating_add(value.head))) {
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

/// One entry of a map: all bytes of its parts, and where what they have behind their heads starts.
struct Entry<'a> {
    key: Span<'a>,
    key_place: Regions<'a>,
    value: Span<'a>,
    value_place: Regions<'a>,
}

/// Whether these have nothing behind their heads, as numbers do.
fn is_flat(schema: &Schema) -> bool {
    matches!(
        schema.kind,
        Kind::Unit | Kind::Bool | Kind::Char | Kind::Int { .. } | Kind::Float { .. } | Kind::Seconds { .. }
    )
}

/// How many elements are alike at the start of two lists, and how many of the others at the end.
pub(super) fn alike(counts: Both<usize>, equal: impl Fn(usize, usize) -> bool) -> (usize, usize) {
    let shorter = counts[0].min(counts[1]);
    let start = (0..shorter).take_while(|&at| equal(at, at)).count();
    let end = (0..shorter - start).take_while(|at| equal(counts[0] - 1 - at, counts[1] - 1 - at)).count();
    (start, end)
}

/// Text from shortly before a character.
fn around(text: &str, at: usize) -> String {
    let from = if at > SHOWN / 2 { at - BEFORE } else { 0 };
    let mut chars = text.chars().skip(from);
    let shown: String = chars.by_ref().take(SHOWN).collect();
    let (before, behind) = (if from > 0 { "..." } else { "" }, if chars.next().is_some() { "..." } else { "" });
    format!("{before}{}{behind}", Value::from(shown))
}
