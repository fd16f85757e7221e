//! Values that are referenced from more than one place, or that contain themselves. This file holds `unsafe` code.
//!
//! What pays for it: a reference to what is shared lives as long as the reference to the handle, so that lists, keys
//! and attributes are looked at in the same way whether they are shared or not. Safe code could only lend a guard at
//! each step, which no borrowed `str` or slot outlives.

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
    /// From outside, at this place of the heap.
    Outer(Arc<Heap>, usize),
    /// From inside of the same heap. Made by [`bind`] alone, which moves it into the heap at once; a clone is an
    /// outer one.
    Inner(Weak<Heap>, usize),
    /// To a place of a heap that is still to be made.
    Unbound(usize),
}

/// Never changed once it is made, and never lent but as long as an outer handle is borrowed. No value in it is a
/// handle itself.
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
    #[must_use]
    pub fn cyclic(value: impl FnOnce(Self) -> Value) -> Self {
        let mut root = Value::Shared(Self::unbound(0));
        bind(vec![value(Self::unbound(0))], slice_of(&mut root));
        match root {
            Value::Shared(shared) => shared,
            value => Self::new(value),
        }
    }

    /// A handle to the node at this place of a heap, for [`bind`].
    pub(crate) const fn unbound(place: usize) -> Self {
        Self(Link::Unbound(place))
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> &Value {
        match &self.0 {
            Link::Outer(heap, place) => heap.nodes.get(*place).unwrap_or(&Value::None),
            // While the heap is made or dropped, nothing is to be seen in it.
            Link::Inner(heap, place) if heap.strong_count() > 0 => {
                // SAFETY: the pointer is that of an `Arc`'s content: aligned and initialised. It is borrowed as long
                // as `self`, which lies in the same heap, where it was reached from an outer handle that was and
                // stays borrowed for as long; that handle keeps the heap. Nobody has a mutable reference to a heap,
                // as `Arc::get_mut` is never asked for and `Arc::into_inner` takes none that is kept.
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

    /// Whether it keeps values that are to be dropped with it.
    pub(in crate::value) const fn is_outer(&self) -> bool {
        matches!(self.0, Link::Outer(..))
    }

    /// The values of the heap, if this handle was the last to keep it. The handle then stands for nothing.
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
/// A handle to a node that is nothing but a handle becomes what that one is. Handles to nodes that are not there, or
/// that lead to each other alone, become [`Value::None`]'s equals.
pub(crate) fn bind(mut nodes: Vec<Value>, roots: &mut [Value]) {
    let targets = targets(&mut nodes);
    let heap = Arc::new_cyclic(|heap| {
        rebind(&mut nodes, &targets, |place| Link::Inner(Weak::clone(heap), place));
        Heap { nodes }
    });
    rebind(roots, &targets, |place| Link::Outer(Arc::clone(&heap), place));
    // As a handle, which drops what nobody refers to without recursion.
    drop(Shared(Link::Outer(heap, 0)));
}

/// What a handle to the node at a place leads to in the end.
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
    // Each chain of aliases is followed once, and shortened for all that come later.
    let mut chain = Vec::new();
    for start in 0..targets.len() {
        let mut end = start;
        while let Some(&Target::Alias(next)) = targets.get(end) {
            // A chain that closes leads to its first node, which is none.
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

/// As the values are.
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
