//! A pickle on its way into the image of a type: what all of its parts share, and the parts of a part.

use alloc::string::String;
use core::cell::{Cell, RefCell};

use super::arena::{Id, Items};
use super::forms::{Forms, Inner, Shape};
use super::node::Node;
use super::numpy::Dtypes;
use super::parts::Parts;
use crate::pickle::options::LoneSurrogates;
use crate::walk::Limits;

/// A pickle that is put in the image of a type.
#[derive(Debug)]
pub(super) struct Source<'p> {
    pub parts: &'p Parts<'p>,
    pub buffers: &'p [&'p [u8]],
    pub surrogates: LoneSurrogates,
    /// What the parts that are taken may still amount to; see [`PickleOptions::expansion`](crate::pickle::PickleOptions).
    pub left: Cell<u64>,
    pub dtypes: RefCell<Dtypes>,
    /// The class that was found last to be the one that was asked for, and what was asked for: of many objects of a class,
    /// all but the first need no look at its name.
    pub class: RefCell<Option<(Id, String)>>,
    /// What the pickle says of PyO3 classes.
    pub forms: Forms,
    pub limits: Limits,
}

impl Source<'_> {
    pub fn spend(&self, amount: usize) -> Option<()> {
        let left = self.left.get().checked_sub(amount as u64);
        self.left.set(left.unwrap_or(0));
        left.map(drop)
    }

    /// Whether there was more than what shared parts may amount to.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
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
