//! Values as text: the walk over containers, on one line as Python's `repr` or as an indented tree.

mod group;
mod sharing;

use alloc::{format, vec, vec::Vec};
use core::{
    fmt::{self, Formatter},
    slice,
};

pub(super) use self::group::{Field, Group, Item};
use self::sharing::{Sharing, Visit};
use super::{
    Value, known, literal, name,
    node::{ByName, Head, Node},
};

impl fmt::Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.node() {
            Some(node) => display(node, f),
            None => literal::write(f, self),
        }
    }
}

/// As `Display`, but with whole type tags.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.node() {
            Some(node) => debug(node, f),
            None => literal::write(f, self),
        }
    }
}

pub(super) fn display(node: Node<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    Writer::new(f, false).write(node)
}

pub(super) fn debug(node: Node<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    Writer::new(f, true).write(node)
}

/// What is left of a container.
enum Rest<'a> {
    Children(slice::Iter<'a, Value>),
    Entries(vec::IntoIter<&'a Value>),
    Fields(vec::IntoIter<Field<'a>>),
}

impl<'a> Rest<'a> {
    fn next(&mut self) -> Option<Field<'a>> {
        match self {
            Self::Children(rest) => rest.next().map(Field::from),
            Self::Entries(rest) => rest.next().map(Field::from),
            Self::Fields(rest) => rest.next(),
        }
    }
}

const INDENT: &str = "    ";

/// A container that has been begun and not yet ended.
struct Unfinished<'a> {
    node: Node<'a>,
    rest: Rest<'a>,
    written: usize,
    end: &'static str,
    visit: Visit,
}

impl Unfinished<'_> {
    fn is_dict(&self) -> bool {
        self.node.head == Head::Dict
    }
}

struct Writer<'f, 'b> {
    f: &'f mut Formatter<'b>,
    is_tree: bool,
    has_whole_tags: bool,
    sharing: Sharing,
}

impl<'f, 'b> Writer<'f, 'b> {
    fn new(f: &'f mut Formatter<'b>, has_whole_tags: bool) -> Self {
        Self { is_tree: f.alternate(), has_whole_tags, f, sharing: Sharing::default() }
    }

    fn write<'a>(&mut self, node: Node<'a>) -> fmt::Result {
        let mut open: Vec<Unfinished<'a>> = Vec::new();
        let visit = self.sharing.root(node);
        self.begin(&mut open, node, visit)?;
        while let Some(last) = open.last_mut() {
            let Some(field) = last.rest.next() else {
                self.end(&mut open)?;
                continue;
            };
            let index = last.written;
            last.written += 1;
            let is_value = last.is_dict() && index % 2 == 1;
            self.separate(open.len(), is_value, index)?;
            if let Some(label) = field.label {
                literal::write_name(self.f, &label)?;
            }
            match field.item {
                Item::Text(text) => self.f.write_str(&text)?,
                Item::Value(value) => self.value(&mut open, value)?,
                Item::Node(node) => {
                    let visit = Visit::inside(open.last().map(|last| &last.visit));
                    self.begin(&mut open, node, visit)?;
                }
                Item::Entries(node, entries) => {
                    let visit = Visit::inside(open.last().map(|last| &last.visit));
                    self.begin(&mut open, node, visit)?;
                    if let Some(last) = open.last_mut() {
                        last.rest = Rest::Entries(entries.into_iter());
                    }
                }
            }
        }
        Ok(())
    }

    fn value<'a>(&mut self, open: &mut Vec<Unfinished<'a>>, value: &'a Value) -> fmt::Result {
        let around = open.last().map(|last| &last.visit);
        let node = value.node();
        let visit = match self.sharing.visit(around, value, node) {
            Ok(visit) => visit,
            Err(sharing::Within) => return node.map_or(Ok(()), |node| self.ellipsis(node.head)),
        };
        if !self.sharing.pay(&visit, value, self.indentation(open.len()) * INDENT.len()) {
            // What is left of a container that was shown in full before would be left out one by one.
            if let Some(last) = open.last_mut().filter(|last| last.visit.is_again()) {
                last.rest = Rest::Children([].iter());
            }
            return self.f.write_str("...");
        }
        match node {
            Some(node) => self.begin(open, node, visit),
            None => literal::write(self.f, value),
        }
    }

    fn begin<'a>(&mut self, open: &mut Vec<Unfinished<'a>>, node: Node<'a>, visit: Visit) -> fmt::Result {
        let group = match node.head {
            Head::Parts(ByName(object)) => {
                known::group(object).or_else(|| Some(Group::of(object, self.has_whole_tags)))
            }
            Head::Object(name) => Group::of_pair(name, node.children, self.has_whole_tags),
            _ => None,
        };
        if let Some(group) = group {
            return self.begin_group(open, node, group, visit);
        }
        if node.children.is_empty() {
            return self.write_empty(node.head);
        }
        self.write_name(node.head)?;
        let (start, end) = brackets(node.head);
        self.f.write_str(start)?;
        self.sharing.enter(&visit);
        open.push(Unfinished { node, rest: Rest::Children(node.children.iter()), written: 0, end, visit });
        Ok(())
    }

    fn begin_group<'a>(
        &mut self,
        open: &mut Vec<Unfinished<'a>>,
        node: Node<'a>,
        group: Group<'a>,
        visit: Visit,
    ) -> fmt::Result {
        literal::write_name(self.f, &group.name)?;
        let Some(fields) = group.fields else {
            return Ok(());
        };
        if fields.is_empty() {
            return self.f.write_str("()");
        }
        self.f.write_str("(")?;
        self.sharing.enter(&visit);
        open.push(Unfinished { node, rest: Rest::Fields(fields.into_iter()), written: 0, end: ")", visit });
        Ok(())
    }

    fn end(&mut self, open: &mut Vec<Unfinished<'_>>) -> fmt::Result {
        let Some(done) = open.pop() else {
            return Ok(());
        };
        self.sharing.leave(&done.visit);
        if self.is_tree {
            self.f.write_str(",")?;
            self.new_line(open.len())?;
        } else if done.node.head == Head::Tuple && done.node.children.len() == 1 {
            self.f.write_str(",")?;
        }
        self.f.write_str(done.end)
    }

    fn write_empty(&mut self, head: Head<'_>) -> fmt::Result {
        match head {
            Head::Set => self.f.write_str("set()"),
            Head::FrozenSet => self.f.write_str("frozenset()"),
            Head::Variant(..) => self.write_name(head),
            _ => {
                self.write_name(head)?;
                let (begin, end) = brackets(head);
                write!(self.f, "{begin}{end}")
            }
        }
    }

    /// What stands for a value inside of itself.
    fn ellipsis(&mut self, head: Head<'_>) -> fmt::Result {
        match head {
            Head::Set => self.f.write_str("set(...)"),
            Head::FrozenSet => self.f.write_str("frozenset(...)"),
            Head::Parts(object) => match known::ellipsis(object.0) {
                Some(text) => self.f.write_str(text),
                None => {
                    self.write_tag(object.0.name())?;
                    self.f.write_str("(...)")
                }
            },
            _ => {
                self.write_name(head)?;
                let (begin, end) = brackets(head);
                write!(self.f, "{begin}...{end}")
            }
        }
    }

    fn write_name(&mut self, head: Head<'_>) -> fmt::Result {
        match head {
            Head::Object(name) => self.write_tag(name),
            Head::Variant(name, variant) => {
                self.write_tag(name)?;
                self.f.write_str(".")?;
                literal::write_name(self.f, variant)
            }
            _ => Ok(()),
        }
    }

    fn write_tag(&mut self, tag: &str) -> fmt::Result {
        literal::write_name(self.f, if self.has_whole_tags { tag } else { name::last(tag) })
    }

    fn separate(&mut self, depth: usize, is_value: bool, index: usize) -> fmt::Result {
        if is_value {
            return self.f.write_str(": ");
        }
        if self.is_tree {
            if index > 0 {
                self.f.write_str(",")?;
            }
            return self.new_line(depth);
        }
        self.f.write_str(if index > 0 { ", " } else { "" })
    }

    fn new_line(&mut self, depth: usize) -> fmt::Result {
        self.f.write_str("\n")?;
        (0..self.indentation(depth)).try_for_each(|_| self.f.write_str(INDENT))
    }

    /// How many levels a line is indented.
    fn indentation(&self, depth: usize) -> usize {
        // Without an end to it, the text of a deep value would grow with the square of its depth.
        const DEEPEST: usize = 40;
        if self.is_tree { depth.min(DEEPEST) } else { 0 }
    }
}

const fn brackets(head: Head<'_>) -> (&'static str, &'static str) {
    match head {
        Head::Tuple | Head::Object(_) | Head::Parts(_) | Head::Variant(..) => ("(", ")"),
        Head::List => ("[", "]"),
        Head::Dict | Head::Set => ("{", "}"),
        Head::FrozenSet => ("frozenset({", "})"),
        Head::Persistent => ("<persistent id ", ">"),
    }
}

/// The label of a named field.
fn label(name: &str) -> alloc::borrow::Cow<'static, str> {
    format!("{name}=").into()
}
