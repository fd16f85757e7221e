//! Values as a source for the printer.

use crate::places::Places;
use alloc::{borrow::Cow, format};
use core::{
    cell::Cell,
    fmt::{self, Formatter},
    ptr, slice,
};

use super::super::node::{Head, Node};
use super::super::{Dict, List, Made, Object, Persistent, Set, StepRef, Tuple, Value, Variant};
use super::{Field, FormOf, Layout, Look, Object as Known, Printer, Shape, Source, State, Step, look::SHORT};
use crate::value::repr::leaf;

/// About how many bytes may be printed again: values that share parts can stand for text of any length.
const AGAIN: usize = 1 << 20;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.node() {
            Some(node) => display(node, f),
            None => leaf::write(f, self),
        }
    }
}

/// Like `Display`, but with whole type tags.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.node() {
            Some(node) => debug(node, f),
            None => leaf::write(f, self),
        }
    }
}

/// Prints as the corresponding [`Value`] does.
macro_rules! printed {
    ($($Type:ty),*) => {$(
        impl fmt::Display for $Type {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                display(self.node(), f)
            }
        }

        impl fmt::Debug for $Type {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                debug(self.node(), f)
            }
        }
    )*};
}

printed!(Dict, List, Object, Persistent, Set, Tuple, Variant);

fn display(node: Node<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    write(node, f, false)
}

fn debug(node: Node<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    write(node, f, true)
}

fn write(node: Node<'_>, f: &mut Formatter<'_>, has_whole_tags: bool) -> fmt::Result {
    let left = Cell::new(AGAIN);
    let source = Values { left: &left, has_whole_tags };
    let mut printer = Printer::new(source, f);
    printer.has_whole_tags = has_whole_tags;
    printer.write(source.node(node), place(node))
}

/// Returns the place of a container, which differs from those of all others that exist; 0 if it is empty.
fn place(node: Node<'_>) -> usize {
    if node.children.is_empty() { 0 } else { node.place() }
}

#[derive(Clone, Copy)]
struct Values<'a> {
    left: &'a Cell<usize>,
    has_whole_tags: bool,
}

impl<'a> Values<'a> {
    fn node(self, Node { head, children }: Node<'a>) -> Look<'a, Self> {
        let shape = match head {
            Head::Tuple => Shape::Tuple,
            Head::List => Shape::List,
            Head::Dict => Shape::Dict,
            Head::Set => Shape::Set,
            Head::FrozenSet => Shape::FrozenSet,
            Head::Persistent => Shape::Persistent,
            Head::Object(_) | Head::Parts(_) | Head::Variant(..) => Shape::Fields,
        };
        match head {
            Head::Variant(name, variant) => {
                let name = if self.has_whole_tags { name } else { crate::value::kinds::name::last(name) };
                let fields = (!children.is_empty()).then(|| [Field::Each(children.iter())].into());
                Look::Laid(Layout { name: format!("{name}.{variant}").into(), fields, shape })
            }
            Head::Object(name) => Look::Object(Known {
                source: self,
                name: Some(name.into()),
                callee: None,
                form: None,
                args: [].iter(),
                kwargs: None,
                state: State::Slots(children.iter()),
                items: [].iter(),
                entries: [].iter(),
                steps: Steps([].iter()),
                before: [].iter(),
                own: [None; 3],
            }),
            Head::Parts(object) if object.0.made() == Made::Value => Look::Laid(stepped(object.0)),
            Head::Parts(object) => Look::Object(self.object(object.0)),
            _ => Look::Items(shape, children.iter()),
        }
    }

    fn object(self, object: &'a Object) -> Known<'a, Self> {
        let callee = object.callee();
        let [args, kwargs, state] = object.given();
        Known {
            source: self,
            name: callee.is_none().then(|| object.name().into()),
            callee,
            form: callee.and_then(|callee| form(callee.see().as_object()?)),
            args: object.args().iter(),
            kwargs: Some(kwargs)
                .filter(|kwargs| !kwargs.is_none() && kwargs.as_dict().is_none_or(|all| !all.is_empty())),
            state: match (state.as_tuple(), state.is_none()) {
                (Some(slots), _) => State::Slots(slots.iter()),
                (None, true) => State::None,
                (None, false) => State::Other(state),
            },
            items: object.items().iter(),
            entries: object.entries().node().children.iter(),
            steps: Steps(object.step_values().iter()),
            before: object.before().iter(),
            own: [Some(args), Some(kwargs), Some(state)],
        }
    }
}

/// Describes an object that is a form, if nothing was done with it.
fn form(object: &Object) -> Option<FormOf> {
    let [_, kwargs, state] = object.given();
    let is_call = object.made() == Made::Call && object.callee().is_none();
    let is_bare = !object.has_more() && state.is_none() && kwargs.as_dict().is_some_and(Dict::is_empty);
    let is_alone = is_bare && object.items().is_empty() && object.entries().is_empty();
    let (name, args) = (object.global(), object.args());
    let mode = args.iter().next().and_then(|first| u8::try_from(first.as_int()?).ok());
    let mut schemas = args.iter().skip(usize::from(mode.is_some()));
    let is_form =
        is_call && is_alone && args.len() <= FormOf::MOST && schemas.all(|schema| schema.as_bytes().is_some());
    is_form.then(|| FormOf::new(name.module(), name.qualname(), mode))?
}

/// Lays out a value that has calls or steps beside it.
fn stepped(object: &Object) -> Layout<'_, Values<'_>> {
    let value = object.callee().unwrap_or(&Value::None);
    let (steps, before) = (Steps(object.step_values().iter()), object.before().iter());
    Layout::new("", [Field::Part(value), Field::Steps(steps), Field::Calls("after ", before)])
}

/// The steps performed on an object.
#[derive(Clone)]
struct Steps<'a>(slice::Iter<'a, Value>);

impl<'a> Iterator for Steps<'a> {
    type Item = Step<'a, Values<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match StepRef::of_value(self.0.next()?)? {
            StepRef::Items(items) => Step::Added(Shape::List, items.iter()),
            StepRef::Entries(entries) => Step::Added(Shape::Dict, entries.node().children.iter()),
            StepRef::Added(items) => Step::Added(Shape::Set, items.iter()),
            StepRef::State(state) => Step::State(state),
            StepRef::Call(call) => Step::Call(call),
        })
    }
}

impl<'a> Source<'a> for Values<'a> {
    type Part = &'a Value;
    type Items = slice::Iter<'a, Value>;
    type Steps = Steps<'a>;
    type Seen = Places;

    const DEEPEST: usize = usize::MAX;

    fn look(self, value: &'a Value) -> Look<'a, Self> {
        if let Some(node) = value.node() {
            return self.node(node);
        }
        match value.see() {
            Value::None => Look::None,
            Value::Int(int) => Look::Int(Cow::Borrowed(int)),
            Value::Str(text) => Look::Text(text),
            Value::Bytes(bytes) => Look::Bytes(bytes),
            Value::ByteArray(bytes) => Look::ByteArray(bytes),
            leaf => Look::Leaf(Cow::Borrowed(leaf)),
        }
    }

    fn place(self, value: &'a Value) -> usize {
        match value.node() {
            Some(node) if !node.children.is_empty() => node.place(),
            _ if value.as_shared().is_some() => ptr::from_ref(value.see()) as usize,
            _ => 0,
        }
    }

    fn is_shared(self, value: &'a Value) -> bool {
        value.as_shared().is_some()
    }

    fn is_short(self, value: &'a Value) -> bool {
        value.node().is_none() && self.weight(value) <= SHORT
    }

    fn is_own(self, value: &'a Value) -> bool {
        !matches!(value.see(), Value::Global(_)) || self.is_short(value)
    }

    /// Returns about the length of a leaf's text, or the number of a container's children.
    fn weight(self, value: &'a Value) -> usize {
        if let Some(node) = value.node() {
            return node.children.len() + 1;
        }
        match value.see() {
            Value::Str(text) => text.len(),
            Value::Surrogates(text) => text.as_bytes().len(),
            Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes.len(),
            Value::Int(number) => number.bits() / 4,
            Value::Array(array) => array.bytes().len(),
            Value::Global(name) => name.as_str().len(),
            _ => 0,
        }
    }

    fn left(self) -> &'a Cell<usize> {
        self.left
    }
}
