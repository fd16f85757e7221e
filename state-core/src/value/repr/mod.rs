//! Prints values and pickles as text: a walk over their parts, on one line like Python's `repr` or as an indented tree.
//! It keeps a stack in memory instead of recursing, and a budget for parts that are shown again, so that the length of
//! the text is limited.

mod array;
mod layout;
mod leaf;
mod look;
mod values;

use crate::places::Table;
use alloc::{borrow::Cow, format, vec::Vec};
use core::fmt::{self, Formatter};

pub(crate) use self::layout::{Field, Layout, attributes};
pub(crate) use self::look::{FormOf, Look, Object, Seen, Shape, Source, State, Step, is_empty};
use self::{layout::Fields, look::SHORT};
use crate::literal;
use crate::standard::print as standard;

const INDENT: &str = "    ";

/// A part that has begun and not ended.
struct Open<'a, S: Source<'a>> {
    rest: Fields<'a, S>,
    shape: Shape,
    written: usize,
    met: Met,
}

/// How a part was reached.
#[derive(Clone, Copy)]
struct Met {
    /// The place of the part, if it can be met again.
    place: Option<usize>,
    /// Whether the part, or one around it, was shown before.
    is_again: bool,
}

/// Returns the text of an object inside itself.
fn ellipsis<'a, S: Source<'a>>(name: &str, shape: Shape, object: Option<&Object<'a, S>>) -> Cow<'a, str> {
    let name = if name.len() <= SHORT { name } else { "..." };
    object.and_then(standard::within).unwrap_or_else(|| format!("{name}{}", shape.within()).into())
}

pub(crate) struct Printer<'a, 'f, 'b, S: Source<'a>> {
    source: S,
    f: &'f mut Formatter<'b>,
    is_tree: bool,
    has_whole_tags: bool,
    open: Vec<Open<'a, S>>,
    /// The place of the outermost part, which can be met again whether it is shared or not.
    root: usize,
    /// The open parts that can be met again, with the text that then stands for them.
    within: Table<Cow<'a, str>>,
    /// The shared parts that were shown.
    seen: S::Seen,
}

impl<'a, 'f, 'b, S: Source<'a>> Printer<'a, 'f, 'b, S> {
    pub fn new(source: S, f: &'f mut Formatter<'b>) -> Self {
        Self {
            source,
            is_tree: f.alternate(),
            has_whole_tags: false,
            f,
            open: Vec::new(),
            root: 0,
            within: Table::default(),
            seen: S::Seen::default(),
        }
    }

    /// Writes a part and everything in it.
    pub fn write(mut self, root: Look<'a, S>, place: usize) -> fmt::Result {
        self.root = place;
        self.show(root, Met { place: Some(place).filter(|&place| place != 0), is_again: false })?;
        while let Some(last) = self.open.last_mut() {
            let Some(field) = last.rest.next(self.source) else {
                self.end()?;
                continue;
            };
            let is_value = last.shape == Shape::Dict && last.written % 2 == 1;
            let is_first = last.written == 0;
            last.written += 1;
            self.separate(is_value, is_first)?;
            self.field(field)?;
        }
        Ok(())
    }

    fn field(&mut self, field: Field<'a, S>) -> fmt::Result {
        match field {
            Field::Text(text) => self.f.write_str(&text),
            Field::Part(part) => self.part(part),
            Field::Labelled(label, part) => {
                literal::write_name(self.f, &label)?;
                self.part(part)
            }
            Field::Keywords(part) => {
                self.f.write_str("**")?;
                self.part(part)
            }
            Field::Inner(shape, fields) => {
                let is_again = self.is_again();
                self.begin(shape, Fields::new(fields), Met { place: None, is_again }, Cow::default)
            }
            // The others are expanded before they get here.
            _ => Ok(()),
        }
    }

    /// Whether the next part is inside one that was shown before.
    fn is_again(&self) -> bool {
        self.open.last().is_some_and(|open| open.met.is_again)
    }

    fn part(&mut self, part: S::Part) -> fmt::Result {
        let (source, around, place) = (self.source, self.is_again(), self.source.place(part));
        let is_shared = source.is_shared(part);
        let can_be_met = is_shared || place == self.root && place != 0;
        if let Some(ellipsis) = self.within.get([place, 0]).filter(|_| can_be_met) {
            return literal::write_name(self.f, ellipsis);
        }
        let is_again = around | (is_shared && !self.seen.insert(place));
        let is_free = !is_again && source.is_own(part) || !around && source.is_short(part);
        if !is_free && !self.pay_for(part) {
            return self.cut_short();
        }
        self.show(source.look(part), Met { place: can_be_met.then_some(place), is_again })
    }

    /// Pays for a part that is shown again. If the budget is spent, the part is not even looked at.
    fn pay_for(&self, part: S::Part) -> bool {
        let source = self.source;
        source.pay(1 + self.indentation() * INDENT.len()) && source.pay(source.weight(part))
    }

    /// Writes an ellipsis for a part and, inside a part that was shown before, for all that would follow.
    fn cut_short(&mut self) -> fmt::Result {
        if let Some(last) = self.open.last_mut().filter(|last| last.met.is_again) {
            last.rest = Fields::new(Vec::new());
        }
        self.f.write_str("...")
    }

    fn show(&mut self, look: Look<'a, S>, met: Met) -> fmt::Result {
        match look {
            Look::None => self.f.write_str("None"),
            Look::Int(number) => write!(self.f, "{number}"),
            Look::Text(text) => literal::write_str(self.f, text),
            Look::Bytes(bytes) => literal::write_bytes(self.f, bytes),
            Look::ByteArray(bytes) => literal::write_byte_array(self.f, bytes),
            Look::Leaf(value) => leaf::write(self.f, &value),
            Look::Items(shape, items) if is_empty(&items) => self.f.write_str(shape.empty()),
            Look::Items(shape, items) => self.begin(shape, Fields::each(items), met, || shape.within().into()),
            Look::Laid(layout) => self.layout(layout, met, None),
            Look::Object(object) => self.object(&object, met),
        }
    }

    fn object(&mut self, object: &Object<'a, S>, mut met: Met) -> fmt::Result {
        let source = self.source;
        // The layouts of known classes read their arguments.
        let args = || standard::is_known(object).then(|| object.args.clone()).into_iter().flatten();
        let own = || object.own.into_iter().flatten().chain(args());
        // A dict can contain the object whose state it is.
        let is_open = |part| source.is_shared(part) && self.within.get([source.place(part), 0]).is_some();
        if let Some(part) = own().find(|&part| is_open(part)) {
            // Here too, the layout of a known class reads all of its arguments.
            if !self.pay_for(part) {
                return self.cut_short();
            }
            let Layout { name, shape, .. } = Layout::of(object, self.has_whole_tags);
            return literal::write_name(self.f, &ellipsis(&name, shape, Some(object)));
        }
        for part in own() {
            let is_shared = source.is_shared(part) && !source.is_short(part);
            met.is_again |= is_shared && !self.seen.insert(source.place(part));
            if met.is_again && !self.pay_for(part) {
                return self.cut_short();
            }
        }
        self.layout(Layout::of(object, self.has_whole_tags), met, Some(object))
    }

    fn layout(&mut self, layout: Layout<'a, S>, met: Met, object: Option<&Object<'a, S>>) -> fmt::Result {
        let Layout { name, fields, shape } = layout;
        self.name(&name)?;
        let Some(fields) = fields else { return Ok(()) };
        self.begin(shape, Fields::new(fields), met, || ellipsis(&name, shape, object))
    }

    /// Writes a name. Long ones are paid for, because all objects of a class show them.
    fn name(&mut self, name: &str) -> fmt::Result {
        let is_shown = name.len() <= SHORT || self.source.pay(name.len());
        literal::write_name(self.f, if is_shown { name } else { "..." })
    }

    /// Begins a part, unless it is nested too deeply; inside itself, it is shown as `ellipsis`.
    fn begin(
        &mut self,
        shape: Shape,
        rest: Fields<'a, S>,
        met: Met,
        ellipsis: impl FnOnce() -> Cow<'a, str>,
    ) -> fmt::Result {
        if self.open.len() >= S::DEEPEST {
            return self.f.write_str("...");
        }
        self.f.write_str(shape.open())?;
        if let Some(place) = met.place {
            self.within.set([place, 0], ellipsis());
        }
        self.open.push(Open { rest, shape, written: 0, met });
        Ok(())
    }

    fn end(&mut self) -> fmt::Result {
        let Some(done) = self.open.pop() else { return Ok(()) };
        if let Some(place) = done.met.place {
            self.within.remove([place, 0]);
        }
        if self.is_tree && done.written > 0 {
            self.f.write_str(",")?;
            self.new_line()?;
        } else if done.shape == Shape::Tuple && done.written == 1 {
            self.f.write_str(",")?;
        }
        self.f.write_str(done.shape.close())
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

    /// Returns how many levels a line is indented.
    fn indentation(&self) -> usize {
        // Without a limit, the text of a deep value would grow with the square of its depth.
        const DEEPEST: usize = 40;
        if self.is_tree { self.open.len().min(DEEPEST) } else { 0 }
    }
}
