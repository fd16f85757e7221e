//! Values as text: the walk over containers, on one line as Python's `repr` or as an indented tree.

use alloc::vec::Vec;
use core::{
    fmt::{self, Formatter},
    slice,
};

use super::{
    Value, literal,
    node::{Head, Node},
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

/// A container that has been begun and not yet ended.
struct Unfinished<'a> {
    node: Node<'a>,
    rest: slice::Iter<'a, Value>,
}

struct Writer<'f, 'b> {
    f: &'f mut Formatter<'b>,
    is_tree: bool,
    has_whole_tags: bool,
}

impl<'f, 'b> Writer<'f, 'b> {
    fn new(f: &'f mut Formatter<'b>, has_whole_tags: bool) -> Self {
        Self { is_tree: f.alternate(), has_whole_tags, f }
    }

    fn write(&mut self, node: Node<'_>) -> fmt::Result {
        let mut open = Vec::new();
        self.begin(&mut open, node)?;
        while let Some(last) = open.last_mut() {
            let index = last.node.children.len() - last.rest.len();
            let Some(child) = last.rest.next() else {
                let ended = last.node;
                open.pop();
                self.end(open.len(), ended)?;
                continue;
            };
            let head = last.node.head;
            self.separate(open.len(), head, index)?;
            match child.node() {
                Some(node) => self.begin(&mut open, node)?,
                None => literal::write(self.f, child)?,
            }
        }
        Ok(())
    }

    fn begin<'a>(&mut self, open: &mut Vec<Unfinished<'a>>, node: Node<'a>) -> fmt::Result {
        if node.children.is_empty() {
            return self.write_empty(node.head);
        }
        self.write_name(node.head)?;
        self.f.write_str(brackets(node.head).0)?;
        open.push(Unfinished { node, rest: node.children.iter() });
        Ok(())
    }

    fn end(&mut self, depth: usize, node: Node<'_>) -> fmt::Result {
        if self.is_tree {
            self.f.write_str(",")?;
            self.new_line(depth)?;
        } else if node.head == Head::Tuple && node.children.len() == 1 {
            self.f.write_str(",")?;
        }
        self.f.write_str(brackets(node.head).1)
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

    fn write_name(&mut self, head: Head<'_>) -> fmt::Result {
        let (name, variant) = match head {
            Head::Object(name) => (name, None),
            Head::Parts(object) => (object.0.name(), None),
            Head::FrozenSet => return self.f.write_str("frozenset"),
            Head::Persistent => return self.f.write_str("<persistent id "),
            Head::Variant(name, variant) => (name, Some(variant)),
            Head::Tuple | Head::List | Head::Dict | Head::Set => return Ok(()),
        };
        let last = name.rsplit('.').next().unwrap_or(name);
        literal::write_name(self.f, if self.has_whole_tags { name } else { last })?;
        match variant {
            Some(variant) => {
                self.f.write_str(".")?;
                literal::write_name(self.f, variant)
            }
            None => Ok(()),
        }
    }

    fn separate(&mut self, depth: usize, head: Head<'_>, index: usize) -> fmt::Result {
        if head == Head::Dict && index % 2 == 1 {
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
        // Without an end to the indentation, the text of a deep value would grow with the square of its depth.
        const DEEPEST: usize = 40;
        self.f.write_str("\n")?;
        (0..depth.min(DEEPEST)).try_for_each(|_| self.f.write_str("    "))
    }
}

const fn brackets(head: Head<'_>) -> (&'static str, &'static str) {
    match head {
        Head::Tuple | Head::Object(_) | Head::Parts(_) | Head::Variant(..) => ("(", ")"),
        Head::FrozenSet => ("({", "})"),
        Head::Persistent => ("", ">"),
        Head::List => ("[", "]"),
        Head::Dict | Head::Set => ("{", "}"),
    }
}
