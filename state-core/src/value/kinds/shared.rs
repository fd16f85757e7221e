//! Values that are referenced from more than one place, or that contain themselves. This file holds `unsafe` code.
//!
//! The benefit that justifies it: a reference to a shared value lives as long as the reference to the handle, so lists,
//! keys and attributes are read in the same way whether they are shared or not. Safe code could only lend a guard at
//! each step, which no borrowed `str` or slot could outlive.

use alloc::{
    sync::{Arc, Weak},
    vec,
    vec::Vec,
};
use core::{fmt, mem, ptr};

use crate::value::Value;
use crate::value::kinds::children::Children;

/// A reference to a value that others refer to as well: [`Value::Shared`].
///
/// Shared values are stored in a heap that never changes. A handle outside of it keeps the whole heap alive; handles
/// inside own nothing, so values that contain themselves are freed like others. Cloning a handle does not copy its
/// value.
///
/// A handle is transparent: it has the kind, the parts, the text and the equality of its value. A value printed inside
/// itself is shown as `...`.
///
/// ```
/// use state_core::value::{List, Shared, Value};
///
/// let gears = Shared::new(List::from([1, 7]));
/// let both = Value::from((gears.clone(), gears.clone()));
/// assert_eq!(both.to_string(), "([1, 7], [1, 7])");
/// assert!(both.as_tuple().unwrap().iter().all(|each| each.as_list().unwrap()[1] == 7));
///
/// let endless = Shared::cyclic(|itself| List::from([Value::from(1), itself.into()]).into());
/// assert_eq!(endless.to_string(), "[1, [...]]");
/// let inner = endless.get().as_list().unwrap()[1].as_shared().unwrap();
/// assert!(Shared::same(&endless, inner));
/// ```
pub struct Shared(Link);

enum Link {
    /// A handle outside the heap, to this index in it.
    Outer(Arc<Heap>, usize),
    /// A handle inside the same heap. Only [`bind`] makes these, and moves them into the heap at once; a clone is an
    /// outer handle.
    Inner(Weak<Heap>, usize),
    /// A handle to an index in a heap that does not exist yet.
    Unbound(usize),
}

/// A heap that never changes once it is made, and is lent only while an outer handle is borrowed. No value in it is
/// itself a handle.
struct Heap {
    nodes: Vec<Value>,
}

impl Shared {
    /// Makes a value shareable.
    #[must_use]
    pub fn new(value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Shared(shared) => shared,
            value => Self(Link::Outer(Arc::new(Heap { nodes: vec![value] }), 0)),
        }
    }

    /// Makes a value that contains itself: `value` receives the handle to store in it.
    ///
    /// Used anywhere else, the handle has no value, and prints as `None`.
    ///
    /// ```
    /// use state_core::value::{List, Shared, Value};
    ///
    /// let list = Shared::cyclic(|itself| List::from([Value::from(1), itself.into()]).into());
    /// assert_eq!(Value::from(list).to_string(), "[1, [...]]");
    /// ```
    #[must_use]
    pub fn cyclic(value: impl FnOnce(Self) -> Value) -> Self {
        let mut root = Value::Shared(Self::unbound(0));
        bind(vec![value(Self::unbound(0))], slice_of(&mut root));
        match root {
            Value::Shared(shared) => shared,
            value => Self::new(value),
        }
    }

    /// Makes a handle to a node with this index, for [`bind`].
    pub(crate) const fn unbound(place: usize) -> Self {
        Self(Link::Unbound(place))
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> &Value {
        match &self.0 {
            Link::Outer(heap, place) => heap.nodes.get(*place).unwrap_or(&Value::None),
            // While the heap is being made or dropped, nothing in it is visible.
            Link::Inner(heap, place) if heap.strong_count() > 0 => {
                // SAFETY: the pointer is that of an `Arc`'s content: aligned and initialised. It is borrowed as long as
                // `self`, which is in the same heap and was reached from an outer handle that is borrowed for at least
                // as long and keeps the heap alive. Nobody has a mutable reference to a heap, because `Arc::get_mut` is
                // never called, and `Arc::into_inner` takes a heap only when no outer handle keeps it.
                let heap = unsafe { &*heap.as_ptr() };
                heap.nodes.get(*place).unwrap_or(&Value::None)
            }
            Link::Inner(..) | Link::Unbound(_) => &Value::None,
        }
    }

    /// Whether two handles refer to the same value, not just to equal ones. Python's `is`.
    #[must_use]
    pub fn same(a: &Self, b: &Self) -> bool {
        match (&a.0, &b.0) {
            (Link::Unbound(a), Link::Unbound(b)) => a == b,
            (Link::Unbound(_), _) | (_, Link::Unbound(_)) => false,
            _ => ptr::eq(a.get(), b.get()),
        }
    }

    /// Whether dropping the handle may drop its heap.
    pub(in crate::value) const fn is_outer(&self) -> bool {
        matches!(self.0, Link::Outer(..))
    }

    /// Takes the values of the heap if this was the last handle to keep it. The handle has no value afterwards.
    pub(in crate::value) fn take_nodes(&mut self) -> Vec<Value> {
        match mem::replace(&mut self.0, Link::Unbound(0)) {
            Link::Outer(heap, _) => Arc::into_inner(heap).map_or_else(Vec::new, |heap| heap.nodes),
            Link::Inner(..) | Link::Unbound(_) => Vec::new(),
        }
    }
}

fn slice_of(value: &mut Value) -> &mut [Value] {
    core::slice::from_mut(value)
}

/// Makes a heap of nodes and binds the handles to it: inside, in the nodes, and outside, in `roots`.
///
/// A handle to a node that is itself a handle becomes that one. A handle to a node that does not exist, or that leads
/// only to other handles in a cycle, equals [`Value::None`].
pub(crate) fn bind(mut nodes: Vec<Value>, roots: &mut [Value]) {
    let targets = targets(&mut nodes);
    let heap = Arc::new_cyclic(|heap| {
        rebind(&mut nodes, &targets, |place| Link::Inner(Weak::clone(heap), place));
        Heap { nodes }
    });
    rebind(roots, &targets, |place| Link::Outer(Arc::clone(&heap), place));
    // Dropping it as a handle frees unreferenced nodes without recursion.
    drop(Shared(Link::Outer(heap, 0)));
}

/// What a handle to the node at an index finally leads to.
enum Target {
    Node,
    Alias(usize),
    Foreign(Shared),
}

fn targets(nodes: &mut [Value]) -> Vec<Target> {
    let mut targets = Vec::with_capacity(nodes.len());
    for node in &mut *nodes {
        targets.push(match node {
            Value::Shared(Shared(Link::Unbound(place))) => Target::Alias(*place),
            Value::Shared(shared) => Target::Foreign(shared.clone()),
            _ => Target::Node,
        });
        if matches!(node, Value::Shared(_)) {
            *node = Value::None;
        }
    }
    // Each chain of aliases is followed once, and shortened for later ones.
    let mut chain = Vec::new();
    for start in 0..targets.len() {
        let mut end = start;
        while let Some(&Target::Alias(next)) = targets.get(end) {
            // A chain that closes leads to its first node, which has no value.
            targets[end] = Target::Node;
            chain.push(end);
            end = next;
        }
        for place in chain.drain(..).filter(|&place| place != end) {
            targets[place] = Target::Alias(end);
        }
    }
    targets
}

fn rebind(values: &mut [Value], targets: &[Target], link: impl Fn(usize) -> Link) {
    let mut open = vec![values.iter_mut()];
    while let Some(rest) = open.last_mut() {
        match rest.next() {
            Some(Value::Shared(shared)) => {
                if let Link::Unbound(place) = shared.0 {
                    let place = match targets.get(place) {
                        Some(Target::Alias(end)) => *end,
                        _ => place,
                    };
                    *shared = match targets.get(place) {
                        Some(Target::Foreign(foreign)) => foreign.clone(),
                        _ => Shared(link(place)),
                    };
                }
            }
            Some(value) => open.extend(value.children_mut().map(|children| children.iter_mut())),
            None => {
                open.pop();
            }
        }
    }
}

impl Clone for Shared {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Link::Outer(heap, place) => Link::Outer(Arc::clone(heap), *place),
            Link::Inner(heap, place) => heap.upgrade().map_or(Link::Unbound(*place), |heap| Link::Outer(heap, *place)),
            Link::Unbound(place) => Link::Unbound(*place),
        })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.is_outer() {
            drop(Children::from(self.take_nodes()));
        }
    }
}

/// Compares the values.
impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.get(), f)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.get(), f)
    }
}
