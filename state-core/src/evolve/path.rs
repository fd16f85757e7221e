//! The path of a part in a type. It is written out only for problems, so usually never.

use core::fmt;

use crate::schema::Owner;

#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'p> {
    outer: Option<&'p Path<'p>>,
    last: Last<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Last<'p> {
    Root(&'p str),
    Slot(&'p str),
    Item(usize),
    Elements,
}

impl<'p> Path<'p> {
    pub fn root(name: &'p str) -> Self {
        Self { outer: None, last: Last::Root(name) }
    }

    /// A slot, variant or type of an open set.
    pub fn slot<'s>(&'s self, name: &'s str) -> Path<'s> {
        self.with(Last::Slot(name))
    }

    /// Whether the part belongs to a type with a name, or is such a type itself, whose attributes can convert it.
    pub fn owner(&self) -> Owner {
        match (self.last, self.outer) {
            (Last::Slot(_), _) => Owner::Around,
            (Last::Root(""), _) => Owner::None,
            (Last::Root(_), _) => Owner::Root,
            (_, Some(outer)) => match outer.owner() {
                // An element of a list or tuple at the root is not the root.
                Owner::Root => Owner::None,
                owner => owner,
            },
            (_, None) => Owner::None,
        }
    }

    pub fn item(&self, at: usize) -> Path<'_> {
        self.with(Last::Item(at))
    }

    pub fn elements(&self) -> Path<'_> {
        self.with(Last::Elements)
    }

    fn with<'s>(&'s self, last: Last<'s>) -> Path<'s> {
        Path { outer: Some(self), last }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outer.map_or(Ok(()), |outer| outer.fmt(f))?;
        match self.last {
            Last::Root(name) => f.write_str(name),
            Last::Slot(name) => write!(f, ".{name}"),
            Last::Item(at) => write!(f, ".{at}"),
            Last::Elements => f.write_str("[]"),
        }
    }
}
