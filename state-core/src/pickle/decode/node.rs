//! A part of a pickle while it is written to an image, and iterators over the parts in it.

use super::arena::{Id, Items};
use super::forms::{Inner, Shape};
use super::source::Source;

/// One part. It is passed down at every level, so it is only two words, which fit in registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'p> {
    pub source: &'p Source<'p>,
    /// The id of the part, and in the upper half its shape.
    part: u64,
}

impl<'p> Node<'p> {
    pub fn new(source: &'p Source<'p>, id: Id, shape: Shape) -> Self {
        Self { source, part: u64::from(shape.0) << 32 | u64::from(id.0) }
    }

    pub fn id(self) -> Id {
        Id(self.part as u32)
    }

    /// Returns the schema node that the part was written by, in the state of an object of a PyO3 class.
    pub fn shape(self) -> Shape {
        Shape((self.part >> 32) as u32)
    }

    pub fn shaped(self, shape: Shape) -> Self {
        Self::new(self.source, self.id(), shape)
    }

    pub fn other(self, id: Id) -> Self {
        Self::new(self.source, id, Shape::NONE)
    }
}

/// The items of a part.
#[derive(Clone, Debug)]
pub(super) struct Nodes<'p> {
    source: &'p Source<'p>,
    items: Items<'p>,
    inner: Inner,
}

impl<'p> Nodes<'p> {
    pub fn new(source: &'p Source<'p>, items: Items<'p>, inner: Inner) -> Self {
        Self { source, items, inner }
    }
}

impl<'p> Iterator for Nodes<'p> {
    type Item = Node<'p>;

    fn next(&mut self) -> Option<Node<'p>> {
        self.items.next().map(|id| Node::new(self.source, id, self.inner.next(self.source)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl ExactSizeIterator for Nodes<'_> {}

/// The entries of a dict.
#[derive(Clone, Debug)]
pub(super) struct Entries<'p> {
    items: Nodes<'p>,
    inner: [Shape; 2],
}

impl<'p> Entries<'p> {
    pub fn new(items: Nodes<'p>, inner: [Shape; 2]) -> Self {
        Self { items, inner }
    }
}

impl<'p> Iterator for Entries<'p> {
    type Item = (Node<'p>, Node<'p>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = (self.items.next()?, self.items.next()?);
        Some((key.shaped(self.inner[0]), value.shaped(self.inner[1])))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len() / 2, Some(self.items.len() / 2))
    }
}

impl ExactSizeIterator for Entries<'_> {}
