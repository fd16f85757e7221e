//! The context in which the parts of a pickle are written to the image of a type.

use alloc::string::String;
use core::cell::{Cell, RefCell};

use super::arena::Id;
use super::forms::Forms;
use super::numpy::Dtypes;
use super::parts::Parts;
use crate::pickle::options::LoneSurrogates;
use crate::walk::Limits;

/// What all parts have in common while they are written to an image.
#[derive(Debug)]
pub(super) struct Source<'p> {
    pub parts: &'p Parts<'p>,
    pub buffers: &'p [&'p [u8]],
    pub surrogates: LoneSurrogates,
    /// How many more bytes the parts may amount to; see [`PickleOptions::expansion`](crate::pickle::PickleOptions).
    pub left: Cell<u64>,
    pub dtypes: RefCell<Dtypes>,
    /// The last class that was found to have a requested name, and that name: of many objects of one class, only for
    /// the first its name is compared.
    pub class: RefCell<Option<(Id, String)>>,
    /// The forms of PyO3 classes in the pickle.
    pub forms: Forms,
    pub limits: Limits,
}

impl Source<'_> {
    pub fn spend(&self, amount: usize) -> Option<()> {
        let left = self.left.get().checked_sub(amount as u64);
        self.left.set(left.unwrap_or(0));
        left.map(drop)
    }

    /// Returns whether shared parts exceeded the limit.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}
