//! A pickle on its way into the image of a type: what all of its parts share.

use alloc::string::String;
use core::cell::{Cell, RefCell};

use super::arena::Id;
use super::forms::Forms;
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
