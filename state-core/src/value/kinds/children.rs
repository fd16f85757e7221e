//! The owner of the values directly in a container. It drops and clones them without recursion, at any depth.

use alloc::vec::{self, Vec};
use core::{
    mem,
    ops::{Deref, DerefMut},
    slice,
};

use crate::value::Value;

/// The values of a container. This type exists because a `Drop` on [`Value`] would make it impossible to move parts out
/// of one.
#[derive(Default)]
pub(in crate::value) struct Children(Vec<Value>);

impl Children {
    pub(in crate::value) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(in crate::value) fn into_vec(mut self) -> Vec<Value> {
        mem::take(&mut self.0)
    }
}

impl From<Vec<Value>> for Children {
    fn from(values: Vec<Value>) -> Self {
        Self(values)
    }
}

impl Deref for Children {
    type Target = Vec<Value>;

    fn deref(&self) -> &Vec<Value> {
        &self.0
    }
}

impl DerefMut for Children {
    fn deref_mut(&mut self) -> &mut Vec<Value> {
        &mut self.0
    }
}

impl Value {
    /// Whether nothing but the value itself is dropped with it.
    fn is_alone(&self) -> bool {
        match self {
            Self::Shared(shared) => !shared.is_outer(),
            value => value.own_children().is_none(),
        }
    }

    /// Whether only leaves are dropped with the value.
    fn is_flat(&self) -> bool {
        match self.own_children() {
            Some(children) => children.iter().all(Self::is_alone),
            None => self.is_alone(),
        }
    }

    /// Takes the values that would be dropped with this one.
    fn take_children(&mut self) -> Vec<Self> {
        match self {
            Self::Shared(shared) => shared.take_nodes(),
            value => value.children_mut().map(mem::take).unwrap_or_default(),
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        if self.0.iter().all(Value::is_alone) {
            return;
        }
        let mut open: Vec<vec::IntoIter<Value>> = Vec::new();
        open.push(mem::take(&mut self.0).into_iter());
        while let Some(rest) = open.last_mut() {
            match rest.next() {
                Some(child) if child.is_flat() => drop(child),
                // The child itself is dropped here, without anything in it.
                Some(mut child) => {
                    let children = child.take_children();
                    if !children.is_empty() {
                        open.push(children.into_iter());
                    }
                }
                None => {
                    open.pop();
                }
            }
        }
    }
}

impl Clone for Children {
    fn clone(&self) -> Self {
        Self(clone_all(&self.0))
    }
}

/// A container whose children are being cloned.
struct Unfinished<'a> {
    container: &'a Value,
    siblings: slice::Iter<'a, Value>,
    cloned_siblings: Vec<Value>,
}

fn clone_all(values: &[Value]) -> Vec<Value> {
    let mut open: Vec<Unfinished<'_>> = Vec::new();
    let mut rest = values.iter();
    let mut cloned = Vec::with_capacity(values.len());
    loop {
        if let Some(value) = rest.next() {
            if let Some(children) = value.own_children() {
                open.push(Unfinished {
                    container: value,
                    siblings: mem::replace(&mut rest, children.iter()),
                    cloned_siblings: mem::replace(&mut cloned, Vec::with_capacity(children.len())),
                });
            } else {
                cloned.push(value.clone());
            }
        } else if let Some(done) = open.pop() {
            let children = mem::replace(&mut cloned, done.cloned_siblings);
            cloned.push(done.container.with_children(children));
            rest = done.siblings;
        } else {
            return cloned;
        }
    }
}
