//! Prints the parts of a pickle without making values of them. What it shows is what their values would, so that both
//! print alike.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::cell::{Cell, RefCell};
use core::fmt::{self, Formatter};
use core::slice;

use super::arena::{Changes, Id, Items, Tag};
use super::changes::Added;
use super::instance::Construction;
use super::numpy::{Dtypes, Numpy};
use super::parts::Parts;
use super::shares::Shares;
use super::view::{Persistent, View};
use crate::value::repr::{Field, FormOf, Layout, Look, Object, Printer, Seen, Shape, Source, State, Step};
use crate::value::{Array, Complex, Int, Name, Value};

/// Longer names of classes within classes are shown as the `getattr` calls that look them up.
const PATH: usize = 128;

/// Repetitions of shared parts may amount to this many times the length of the pickle,
const TIMES: usize = 8;
/// and this many bytes beyond that.
const BESIDES: usize = 1 << 20;

impl fmt::Display for Parts<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let left = Cell::new(self.len.saturating_mul(TIMES).saturating_add(BESIDES));
        let shown = Shown { parts: self, dtypes: RefCell::new(Dtypes::exact(self.len)), left };
        let source = &shown;
        let calls = self.effects.last();
        if calls.is_empty() {
            return Printer::new(source, f).write(source.look(self.root), source.place(self.root));
        }
        let fields = [Field::Part(self.root), Field::Calls("then ", Ids::Before(calls.iter()))];
        Printer::new(source, f).write(Look::Laid(Layout::new("", fields)), 0)
    }
}

struct Shown<'p> {
    parts: &'p Parts<'p>,
    dtypes: RefCell<Dtypes>,
    left: Cell<usize>,
}

/// The items of a part, what was added to an object, or the calls before it.
#[derive(Clone)]
enum Ids<'p> {
    Items(Items<'p>),
    Added(Added<'p>),
    Before(slice::Iter<'p, Id>),
}

impl Iterator for Ids<'_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        match self {
            Self::Items(items) => items.next(),
            Self::Added(added) => added.next(),
            Self::Before(calls) => calls.next().copied(),
        }
    }
}

/// The further changes of an object.
#[derive(Clone)]
struct Steps<'p> {
    changes: Changes<'p>,
    /// The rest of consecutive states or calls.
    current: Option<(Tag, Items<'p>)>,
}

impl<'p> Iterator for Steps<'p> {
    type Item = Step<'p, &'p Shown<'p>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((tag, items)) = &mut self.current {
                match items.next() {
                    Some(id) if *tag == Tag::State => return Some(Step::State(id)),
                    Some(id) => return Some(Step::Call(id)),
                    None => {}
                }
            }
            let (tag, items) = self.changes.next()?;
            let shape = match tag {
                Tag::State | Tag::Step => {
                    self.current = Some((tag, items));
                    continue;
                }
                Tag::Dict => Shape::Dict,
                Tag::Set => Shape::Set,
                _ => Shape::List,
            };
            return Some(Step::Added(shape, Ids::Items(items)));
        }
    }
}

impl Seen for Shares {
    fn insert(&mut self, place: usize) -> bool {
        let id = Id(place as u32);
        let is_new = !self.contains(id);
        self.note(id);
        is_new
    }
}

impl<'p> Source<'p> for &'p Shown<'p> {
    type Part = Id;
    type Items = Ids<'p>;
    type Steps = Steps<'p>;
    type Seen = Shares;

    /// Python's `repr` fails at about the same depth.
    const DEEPEST: usize = 1000;

    fn look(self, id: Id) -> Look<'p, Self> {
        let leaf = |value: Value| Look::Leaf(Cow::Owned(value));
        let items = |shape, items| Look::Items(shape, Ids::Items(items));
        match self.parts.view(id) {
            View::None => Look::None,
            View::Bool(value) => leaf(value.into()),
            View::Int(number) => Look::Int(Cow::Owned(number.into())),
            View::Long(bytes) => Look::Int(Cow::Owned(Int::from_le_bytes_signed(bytes))),
            View::Digits(digits) => match super::value::large(&digits) {
                Ok(number) => Look::Int(Cow::Owned(number)),
                Err(_) => Look::Laid(Layout::word("...")),
            },
            View::Float(value) => leaf(value.into()),
            View::Complex(re, im) => leaf(Complex::new(re, im).into()),
            View::Text(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => Look::Text(text),
                Err(_) => leaf(super::value::text(bytes)),
            },
            View::Bytes(bytes) => Look::Bytes(bytes),
            View::ByteArray(bytes) => Look::ByteArray(bytes),
            View::Tuple(of) => items(Shape::Tuple, of),
            View::List(of) => items(Shape::List, of),
            View::Dict(of) => items(Shape::Dict, of),
            View::Set(of) => items(Shape::Set, of),
            View::FrozenSet(of) => items(Shape::FrozenSet, of),
            View::Global(name) => leaf(Value::Global(Name::new(name.module, name.name))),
            View::Persistent(Persistent::Part(_)) => {
                let empty = || Items::empty(&self.parts.arena);
                items(Shape::Persistent, id.place().map_or_else(empty, |place| self.parts.arena.parts(place)))
            }
            View::Persistent(Persistent::Line(line)) => {
                let id = Field::text(super::value::text(line).to_string());
                Look::Laid(Layout { name: "".into(), fields: Some([id].into()), shape: Shape::Persistent })
            }
            View::Buffer(number) => Look::Laid(Layout::word(alloc::format!("<buffer {number}>"))),
            View::Object(tag, place) => self.object(id, tag, place),
        }
    }

    fn place(self, id: Id) -> usize {
        id.0 as usize
    }

    fn is_shared(self, id: Id) -> bool {
        self.parts.shares.contains(id)
    }

    fn is_short(self, id: Id) -> bool {
        self.parts.is_short(id)
    }

    fn is_own(self, id: Id) -> bool {
        self.parts.is_own(id)
    }

    fn weight(self, id: Id) -> usize {
        self.parts.weight(id, &self.parts.view(id))
    }

    fn left(self) -> &'p Cell<usize> {
        &self.left
    }
}

impl Parts<'_> {
    /// Describes a part that is a form, if nothing was done with it.
    fn shown_form(&self, id: Id) -> Option<FormOf> {
        let View::Object(Tag::Call, place) = self.view(id) else { return None };
        let instance = self.kept(Tag::Call, place);
        let is_alone = instance.made == Construction::Called
            && self.arena.changes(place).next().is_none()
            && self.effects.group_of(place).is_none();
        // A long name would be read for each object.
        let (module, name) =
            (is_alone && !self.is_long_name(instance.class)).then(|| self.class_path(instance.class))??;
        let arguments = instance.arguments;
        let first = arguments.clone().next().filter(|&first| self.is_short(first)).map(|first| self.view(first));
        let mode = match first {
            Some(View::Int(number)) => u8::try_from(number).ok(),
            _ => None,
        };
        let is_few = arguments.len() <= FormOf::MOST;
        let mut schemas = arguments.skip(usize::from(mode.is_some()));
        let is_form = is_few && schemas.all(|schema| matches!(self.view(schema), View::Bytes(_)));
        is_form.then(|| FormOf::new(module, &name, mode))?
    }
}

impl<'p> Shown<'p> {
    fn object(&'p self, id: Id, tag: Tag, place: u32) -> Look<'p, &'p Self> {
        let parts = self.parts;
        if let Some((module, name)) = parts.class_path(id).filter(|_| parts.is_attribute(id)) {
            // A class within a class, as written before protocol 4. A long path would be shown for each of its steps.
            if module.len() + name.len() <= PATH {
                return Look::Leaf(Cow::Owned(Value::Global(Name::new(module, &name))));
            }
        }
        let instance = parts.kept(tag, place);
        let name = self.class(instance.class);
        if name.as_deref().is_some_and(|name| name.starts_with("numpy.")) {
            if let Some(array) = self.array(tag, place) {
                return Look::Leaf(Cow::Owned(Value::Array(Box::new(array))));
            }
        }
        let (given, changed) = (parts.given(&instance), parts.changed(&instance));
        let before = parts.effects.group_of(place).map_or(&[][..], |group| parts.effects.group(group));
        let is_empty = |&id: &Id| matches!(parts.view(id), View::Dict(all) if all.len() == 0);
        Look::Object(Object {
            source: self,
            callee: name.is_none().then_some(instance.class),
            form: name.is_none().then(|| parts.shown_form(instance.class)).flatten(),
            name: name.map(Cow::Owned),
            args: Ids::Items(given.map_or(instance.arguments, |given| parts.arguments(given))),
            kwargs: instance.keywords.filter(|kwargs| !is_empty(kwargs)),
            state: match changed.state.map(|state| (state, parts.view(state))) {
                None | Some((_, View::None)) => State::None,
                Some((_, View::Tuple(slots))) => State::Slots(Ids::Items(slots)),
                Some((state, _)) => State::Other(state),
            },
            items: Ids::Added(changed.items),
            entries: Ids::Added(changed.entries),
            steps: Steps { changes: changed.steps, current: None },
            before: Ids::Before(before.iter()),
            own: [given, instance.keywords, changed.state],
        })
    }

    /// Returns the full name of a class, if it has one.
    fn class(&'p self, id: Id) -> Option<String> {
        let parts = self.parts;
        // A long name is read again for each object of the class.
        if !parts.is_short(id) && !self.pay(1) {
            return Some("...".to_owned());
        }
        let (module, name) = parts.class_path(id)?;
        Some(if module.is_empty() { name } else { alloc::format!("{module}.{name}") })
    }

    /// Returns a NumPy array. Its bytes are always paid for, because any number of arrays can share them.
    fn array(&'p self, tag: Tag, place: u32) -> Option<Array> {
        let numpy = Numpy { parts: self.parts, buffers: &[], derived: false };
        let array = numpy.array(tag, place, &mut *self.dtypes.try_borrow_mut().ok()?).ok()??;
        if !self.pay(array.bytes.len() + array.shape.len()) {
            return None;
        }
        let bytes = array.bytes.into_owned();
        match numpy.is_scalar(place) {
            true => Array::scalar(array.dtype, bytes).ok(),
            false => Array::new(array.dtype, array.shape, array.order, bytes).ok(),
        }
    }
}
