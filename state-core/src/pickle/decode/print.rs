//! The parts of a pickle as text, as Python's `repr` or as a tree, straight from where they stand: a stack of its own
//! with an end, and for what is printed a second time an account, so that no pickle makes more text than it pays for.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::{self, Formatter};

use super::arena::{Changes, Id, Items, Tag};
use super::numpy::Dtypes;
use super::object::Segment;
use super::parts::Parts;
use super::shares::Shares;
use super::view::{Persistent, View};
use crate::value::{self, write_byte_array, write_bytes, write_name, write_str};

/// Names of classes within classes that are longer than this are shown as the calls that ask for them.
const PATH: usize = 128;

/// Parts that stand in more others than this are not shown; Python's `repr` gives up at about the same depth.
const DEEPEST: usize = 1000;

const INDENT: &str = "    ";

/// What is shown again may come to this many times the length of the pickle.
const TIMES: usize = 8;
/// And to this many bytes beyond that.
const BESIDES: usize = 1 << 20;

pub(super) struct Printer<'p, 'f, 'b> {
    pub parts: &'p Parts<'p>,
    pub f: &'f mut Formatter<'b>,
    is_tree: bool,
    open: Vec<Open<'p>>,
    /// Of the parts that are open, those that are referenced more than once.
    within: BTreeSet<u32>,
    /// The shared parts that were shown once.
    seen: Shares,
    left: usize,
    pub dtypes: Dtypes,
}

/// A part that was begun and has not ended.
struct Open<'p> {
    rest: Rest<'p>,
    id: Option<Id>,
    /// Whether it was shown before, or stands in something that was.
    is_again: bool,
    is_dict: bool,
    written: usize,
    end: &'static str,
}

pub(super) enum Rest<'p> {
    Items(Items<'p>),
    /// What was added to an object, as a list or as a dict.
    Added(Changes<'p>, Items<'p>, fn(Tag) -> bool),
    Segments(Box<vec::IntoIter<Segment<'p>>>, Option<Segment<'p>>),
}

/// What comes next in an open part.
enum Field<'p> {
    Part(Id),
    Labelled(Id, Id),
    Segment(Segment<'p>),
}

impl<'p> Rest<'p> {
    fn next(&mut self) -> Option<Field<'p>> {
        match self {
            Self::Items(items) => items.next().map(Field::Part),
            Self::Added(changes, items, is_one) => loop {
                if let Some(id) = items.next() {
                    return Some(Field::Part(id));
                }
                (_, *items) = changes.find(|(tag, _)| is_one(*tag))?;
            },
            Self::Segments(segments, current) => loop {
                match current {
                    Some(Segment::Each(items)) => {
                        if let Some(id) = items.next() {
                            return Some(Field::Part(id));
                        }
                    }
                    Some(Segment::Attributes(items)) => {
                        if let (Some(name), Some(value)) = (items.next(), items.next()) {
                            return Some(Field::Labelled(name, value));
                        }
                    }
                    Some(Segment::Calls(label, calls)) => {
                        if let Some((&call, rest)) = calls.split_first() {
                            *calls = rest;
                            return Some(Field::Segment(Segment::Labelled(label, call)));
                        }
                    }
                    Some(Segment::Then(changes, items)) => loop {
                        if let Some(id) = items.next() {
                            return Some(Field::Segment(Segment::Labelled("then ", id)));
                        }
                        match changes.find(|(tag, _)| matches!(tag, Tag::State | Tag::Step)) {
                            Some((_, more)) => *items = more,
                            None => break,
                        }
                    },
                    Some(_) => return current.take().map(Field::Segment),
                    None => {}
                }
                *current = Some(segments.next()?);
            },
        }
    }
}

impl<'p, 'f, 'b> Printer<'p, 'f, 'b> {
    pub fn new(parts: &'p Parts<'p>, f: &'f mut Formatter<'b>) -> Self {
        Self {
            parts,
            is_tree: f.alternate(),
            f,
            open: Vec::new(),
            within: BTreeSet::new(),
            seen: Shares::default(),
            left: parts.len.saturating_mul(TIMES).saturating_add(BESIDES),
            dtypes: Dtypes::new(parts.len),
        }
    }

    pub fn write(&mut self) -> fmt::Result {
        let last = self.parts.effects.last();
        if last.is_empty() {
            self.part(self.parts.root)?;
        } else {
            let segments = vec![Segment::One(self.parts.root), Segment::Calls("then ", last)];
            self.begin("(", ")", None, Rest::Segments(Box::new(segments.into_iter()), None), false)?;
        }
        while let Some(last) = self.open.last_mut() {
            let Some(field) = last.rest.next() else {
                self.end()?;
                continue;
            };
            let is_value = last.is_dict && last.written % 2 == 1;
            let is_first = last.written == 0;
            last.written += 1;
            self.separate(is_value, is_first)?;
            match field {
                Field::Part(id) => self.part(id)?,
                Field::Labelled(name, value) => {
                    write_name(self.f, self.parts.text(name).unwrap_or_default())?;
                    self.f.write_str("=")?;
                    self.part(value)?;
                }
                Field::Segment(segment) => self.segment(segment)?,
            }
        }
        Ok(())
    }

    fn part(&mut self, id: Id) -> fmt::Result {
        let is_shared = self.parts.shares.contains(id);
        if is_shared && self.within.contains(&id.0) {
            return self.ellipsis(id);
        }
        let around = self.open.last().is_some_and(|open| open.is_again);
        let is_again = around | (is_shared && self.see(id));
        let is_free = !is_again && self.parts.is_own(id) || !around && self.parts.is_short(id);
        if !is_free && !self.pay_for(id) {
            return self.cut_short();
        }
        self.view(id, self.parts.view(id), is_again)
    }

    /// Pays for a part that is shown again. Where nothing is left it is not even looked at.
    pub fn pay_for(&mut self, id: Id) -> bool {
        self.pay(1 + self.indentation() * INDENT.len()) && self.pay(self.parts.weight(id, &self.parts.view(id)))
    }

    /// Whether a shared part was shown before. From now on it was.
    pub fn see(&mut self, id: Id) -> bool {
        let seen = self.seen.contains(id);
        self.seen.note(id);
        seen
    }

    /// Takes from what may be shown again; nothing is left where that was not enough.
    pub fn pay(&mut self, weight: usize) -> bool {
        let left = self.left.checked_sub(weight);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// Stands for a part, and for all that would follow it in something that was shown before.
    pub fn cut_short(&mut self) -> fmt::Result {
        if let Some(last) = self.open.last_mut().filter(|last| last.is_again) {
            last.rest = Rest::Items(Items::empty(&self.parts.arena));
        }
        self.f.write_str("...")
    }

    fn view(&mut self, id: Id, view: View<'p>, is_again: bool) -> fmt::Result {
        match view {
            View::Tuple(items) if items.len() == 0 => self.f.write_str("()"),
            View::List(items) if items.len() == 0 => self.f.write_str("[]"),
            View::Dict(items) if items.len() == 0 => self.f.write_str("{}"),
            View::Set(items) if items.len() == 0 => self.f.write_str("set()"),
            View::FrozenSet(items) if items.len() == 0 => self.f.write_str("frozenset()"),
            View::Tuple(items) => {
                let end = if items.len() == 1 && !self.is_tree { ",)" } else { ")" };
                self.begin("(", end, id, Rest::Items(items), is_again)
            }
            View::List(items) => self.begin("[", "]", id, Rest::Items(items), is_again),
            View::Set(items) => self.begin("{", "}", id, Rest::Items(items), is_again),
            View::FrozenSet(items) => self.begin("frozenset({", "})", id, Rest::Items(items), is_again),
            View::Dict(items) => {
                let depth = self.open.len();
                self.begin("{", "}", id, Rest::Items(items), is_again)?;
                self.open.get_mut(depth).into_iter().for_each(|open| open.is_dict = true);
                Ok(())
            }
            View::Persistent(Persistent::Part(_)) => {
                let of = id.place().map_or_else(|| Items::empty(&self.parts.arena), |at| self.parts.arena.parts(at));
                self.begin("<persistent id ", ">", id, Rest::Items(of), is_again)
            }
            View::Object(tag, place) => match self.parts.class_path(id).filter(|_| self.parts.is_attribute(id)) {
                // A class within a class, before protocol 4; a long path would be shown with each step of it.
                Some((module, name)) if module.len() + name.len() <= PATH => {
                    write!(self.f, "{}", value::Name::new(module, &name))
                }
                _ => self.object(id, tag, place, is_again),
            },
            leaf => self.leaf(&leaf),
        }
    }

    /// Begins a part, if it is not too deep.
    pub fn begin(
        &mut self,
        start: &'static str,
        end: &'static str,
        id: impl Into<Option<Id>>,
        rest: Rest<'p>,
        is_again: bool,
    ) -> fmt::Result {
        if self.open.len() >= DEEPEST {
            return self.f.write_str("...");
        }
        self.f.write_str(start)?;
        let id = id.into().filter(|&id| self.parts.shares.contains(id));
        self.within.extend(id.map(|id| id.0));
        self.open.push(Open { rest, id, is_again, is_dict: false, written: 0, end });
        Ok(())
    }

    fn segment(&mut self, segment: Segment<'p>) -> fmt::Result {
        let is_again = self.open.last().is_some_and(|open| open.is_again);
        let arena = &self.parts.arena;
        match segment {
            Segment::One(id) => self.part(id),
            Segment::Text(text) => self.f.write_str(text),
            Segment::Keywords(id) => {
                self.f.write_str("**")?;
                self.part(id)
            }
            Segment::Labelled(label, id) => {
                self.f.write_str(label)?;
                self.part(id)
            }
            Segment::Items(place) => {
                let is_item = |tag| matches!(tag, Tag::List | Tag::Set);
                let rest = Rest::Added(arena.changes(place), Items::empty(arena), is_item);
                self.begin("[", "]", None, rest, is_again)
            }
            Segment::Entries(place) => {
                let rest = Rest::Added(arena.changes(place), Items::empty(arena), |tag| tag == Tag::Dict);
                let depth = self.open.len();
                self.begin("{", "}", None, rest, is_again)?;
                self.open.get_mut(depth).into_iter().for_each(|open| open.is_dict = true);
                Ok(())
            }
            // They are taken apart before they come here.
            Segment::Each(_) | Segment::Attributes(_) | Segment::Calls(..) | Segment::Then(..) => Ok(()),
        }
    }

    fn end(&mut self) -> fmt::Result {
        let Some(done) = self.open.pop() else { return Ok(()) };
        if let Some(id) = done.id {
            self.within.remove(&id.0);
        }
        if self.is_tree && done.written > 0 {
            self.f.write_str(",")?;
            self.new_line()?;
        }
        self.f.write_str(done.end)
    }

    fn leaf(&mut self, view: &View<'p>) -> fmt::Result {
        match view {
            View::Text(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => write_str(self.f, text),
                Err(_) => write!(self.f, "{}", super::value::text(bytes)),
            },
            View::Bytes(bytes) => write_bytes(self.f, bytes),
            View::ByteArray(bytes) => write_byte_array(self.f, bytes),
            View::Int(number) => write!(self.f, "{number}"),
            View::Long(bytes) => write!(self.f, "{}", value::Int::from_le_bytes_signed(bytes)),
            View::Digits(digits) => match super::value::large(digits) {
                Ok(number) => write!(self.f, "{number}"),
                Err(_) => self.f.write_str("..."),
            },
            View::Bool(value) => self.f.write_str(if *value { "True" } else { "False" }),
            View::Float(value) => write!(self.f, "{}", value::Value::Float(*value)),
            View::Complex(re, im) => write!(self.f, "{}", value::Complex::new(*re, *im)),
            View::Global(name) => write!(self.f, "{}", value::Name::new(name.module, name.name)),
            View::Buffer(number) => write!(self.f, "<buffer {number}>"),
            View::Persistent(Persistent::Line(line)) => {
                self.f.write_str("<persistent id ")?;
                write_str(self.f, core::str::from_utf8(line).unwrap_or_default())?;
                self.f.write_str(">")
            }
            _ => self.f.write_str("None"),
        }
    }

    /// What stands for a part inside of itself.
    fn ellipsis(&mut self, id: Id) -> fmt::Result {
        let Some(place) = id.place() else { return self.f.write_str("...") };
        match self.parts.arena.tag(place) {
            Tag::Tuple => self.f.write_str("(...)"),
            Tag::List => self.f.write_str("[...]"),
            Tag::Dict => self.f.write_str("{...}"),
            Tag::Set => self.f.write_str("set(...)"),
            Tag::FrozenSet => self.f.write_str("frozenset(...)"),
            Tag::Persistent => self.f.write_str("<persistent id ...>"),
            tag => self.object_ellipsis(tag, place),
        }
    }

    fn separate(&mut self, is_value: bool, is_first: bool) -> fmt::Result {
        if is_value {
            return self.f.write_str(": ");
        }
        if self.is_tree {
            self.f.write_str(if is_first { "" } else { "," })?;
            return self.new_line();
        }
        self.f.write_str(if is_first { "" } else { ", " })
    }

    fn new_line(&mut self) -> fmt::Result {
        self.f.write_str("\n")?;
        (0..self.indentation()).try_for_each(|_| self.f.write_str(INDENT))
    }

    /// How many levels a line is indented.
    fn indentation(&self) -> usize {
        // Without an end to it, the text of a deep pickle would grow with the square of its depth.
        const DEEPEST: usize = 40;
        if self.is_tree { self.open.len().min(DEEPEST) } else { 0 }
    }
}
