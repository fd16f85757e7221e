//! Makes values of the parts of a pickle: each part once, those that are referenced from several places in a heap that
//! they share.

mod built;

use crate::places::{Places, Table};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

pub(in crate::pickle::decode) use self::built::build;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::decode::arena::{Id, Tag};
use crate::pickle::decode::instance::{Construction, Instance};
use crate::pickle::decode::numpy::{Dtypes, Numpy};
use crate::pickle::decode::parts::Parts;
use crate::pickle::decode::shares::Bits;
use crate::pickle::decode::text::Digits;
use crate::pickle::decode::view::{Name, Persistent, View};
use crate::pickle::opcode::{BYTEARRAY8, EXT1, EXT2, EXT4, GLOBAL, INST};
use crate::value::{self, Dict, Int, List, Object, Set, Shared, Step, Surrogates, Tuple, Value};

/// The number of bytes of arrays that may be copied whatever the length of the pickle.
const SPARE: usize = 1 << 16;

/// Returns a persistent id as itself.
pub(in crate::pickle::decode) fn kept(id: Value) -> Result<Value> {
    Ok(Value::Persistent(value::Persistent::new(id)))
}

/// Makes the value of one part of a pickle.
pub(in crate::pickle::decode) fn part(parts: &Parts<'_>, id: Id, buffers: &[&[u8]]) -> Result<Value> {
    let mut resolve = kept;
    let mut maker = Maker::new(parts, buffers, &mut resolve);
    let mut root = maker.reference(id)?;
    let mut nodes = Vec::new();
    maker.heap(&mut nodes)?;
    if !nodes.is_empty() {
        value::bind(nodes, core::slice::from_mut(&mut root));
    }
    Ok(root)
}

/// Makes the value of a pickle, including the calls made only for their side effects.
pub(in crate::pickle::decode) fn value(
    parts: &Parts<'_>,
    buffers: &[&[u8]],
    resolve: &mut Resolve<'_>,
) -> Result<Value> {
    let mut maker = Maker::new(parts, buffers, resolve);
    let mut root = maker.reference(parts.root)?;
    let mut nodes = Vec::new();
    maker.heap(&mut nodes)?;
    if !parts.effects.is_empty() {
        let steps = maker.last_effects(&mut nodes)?;
        if !steps.is_empty() {
            let all = value::Parts { made: value::Made::Value, callee: root, steps, ..value::Parts::default() };
            root = Value::Object(alloc::boxed::Box::new(Object::from_parts("", all)));
        }
    }
    if !nodes.is_empty() {
        value::bind(nodes, core::slice::from_mut(&mut root));
    }
    Ok(root)
}

/// Returns the value that a persistent id stands for.
pub(in crate::pickle::decode) type Resolve<'r> = dyn FnMut(Value) -> Result<Value> + 'r;

struct Maker<'p, 'r> {
    parts: &'p Parts<'p>,
    resolve: &'p mut Resolve<'r>,
    buffers: &'p [&'p [u8]],
    /// The places in the heap of parts that are shared.
    places: Places,
    /// The parts of the heap, in order.
    open: Vec<Id>,
    next: usize,
    /// The names of the classes, each made once.
    names: Table<Option<value::Name>>,
    /// The objects, by number, whose preceding calls have been included.
    used: Bits,
    dtypes: Dtypes,
    /// How many more bytes arrays may occupy: any number of them could refer to the same bytes.
    left: usize,
}

/// A part whose own parts are being made.
struct Open {
    shape: Shape,
    ids: Vec<Id>,
    next: usize,
    made: Vec<Value>,
}

enum Shape {
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Persistent,
    Object(Form),
}

/// How the parts of an object are arranged.
struct Form {
    name: value::Name,
    made: value::Made,
    callee: bool,
    /// The class that makes it, if it is not its own.
    base: Option<value::Name>,
    /// The number of arguments; if absent, they are one part, a tuple.
    arguments: Option<usize>,
    keywords: bool,
    state: bool,
    items: usize,
    /// The number of entries, counting keys and values.
    entries: usize,
    before: usize,
    steps: Vec<(Tag, usize)>,
}

impl<'p, 'r> Maker<'p, 'r> {
    fn new(parts: &'p Parts<'p>, buffers: &'p [&'p [u8]], resolve: &'p mut Resolve<'r>) -> Self {
        Self {
            parts,
            resolve,
            buffers,
            places: Places::default(),
            open: Vec::new(),
            next: 0,
            names: Table::default(),
            used: Bits::default(),
            dtypes: Dtypes::exact(parts.len),
            left: buffers.iter().fold(4 * parts.len + SPARE, |sum, buffer| sum.saturating_add(buffer.len())),
        }
    }
}

impl Maker<'_, '_> {
    /// Makes a small part itself, or a handle of one that is shared.
    fn reference(&mut self, id: Id) -> Result<Value> {
        match self.handle(id) {
            Some(shared) => Ok(shared),
            None => self.make(id),
        }
    }

    fn handle(&mut self, id: Id) -> Option<Value> {
        if !self.parts.shares.contains(id) || !self.is_large(id) {
            return None;
        }
        let place = self.places.get_or_set([id.0 as usize, 0], self.open.len());
        if place == self.open.len() {
            self.open.push(id);
        }
        Some(Value::Shared(Shared::unbound(place)))
    }

    /// Makes the remaining parts of the heap. Those that are found on the way are added to its end.
    fn heap(&mut self, nodes: &mut Vec<Value>) -> Result<()> {
        while let Some(&id) = self.open.get(self.next) {
            self.next += 1;
            nodes.push(self.make(id)?);
        }
        Ok(())
    }

    /// Returns the calls after everything else, and those before objects that were not made.
    fn last_effects(&mut self, nodes: &mut Vec<Value>) -> Result<Vec<Step>> {
        let effects = &self.parts.effects;
        let mut steps = self.calls(effects.last(), nodes)?;
        for group in 0..effects.groups() {
            if !self.used.contains(group) {
                self.used.insert(group);
                steps.extend(self.calls(effects.group(group), nodes)?);
            }
        }
        Ok(steps)
    }

    fn calls(&mut self, ids: &[Id], nodes: &mut Vec<Value>) -> Result<Vec<Step>> {
        let steps = ids.iter().map(|&id| self.reference(id).map(Step::Call)).collect::<Result<_>>()?;
        self.heap(nodes)?;
        Ok(steps)
    }

    /// Returns whether a part is shared rather than copied when it is referenced again. Takes the same time for any
    /// part.
    fn is_large(&self, id: Id) -> bool {
        let Some(place) = id.place() else {
            let code = id.offset().and_then(|offset| self.parts.input.get(offset));
            let is_name = matches!(code, Some(&(GLOBAL | INST | EXT1 | EXT2 | EXT4)));
            // What is mutable stays shared, however small.
            return code == Some(&BYTEARRAY8) || self.parts.shares_all && !is_name || !self.parts.is_short(id);
        };
        let arena = &self.parts.arena;
        match arena.tag(place) {
            Tag::Tuple | Tag::FrozenSet => arena.count(place) > 0,
            Tag::Text | Tag::Bytes if self.parts.shares_all => true,
            _ => !self.parts.is_short(id),
        }
    }

    /// Makes a part, with everything in it that is not shared.
    fn make(&mut self, root: Id) -> Result<Value> {
        let mut stack: Vec<Open> = Vec::new();
        let mut done = self.start(root, &mut stack)?;
        loop {
            if let Some(value) = done.take() {
                match stack.last_mut() {
                    Some(open) => open.made.push(value),
                    None => return Ok(value),
                }
            }
            let Some(open) = stack.last_mut() else { return Ok(Value::None) };
            match open.ids.get(open.next).copied() {
                Some(id) => {
                    open.next += 1;
                    done = match self.handle(id) {
                        Some(shared) => Some(shared),
                        None => self.start(id, &mut stack)?,
                    };
                }
                None => done = stack.pop().map(|open| self.finish(open)).transpose()?,
            }
        }
    }

    /// Returns the value of a part without parts; opens a part with parts.
    fn start(&mut self, id: Id, stack: &mut Vec<Open>) -> Result<Option<Value>> {
        let view = self.parts.view(id);
        let (shape, ids): (_, Vec<Id>) = match view {
            View::None => return Ok(Some(Value::None)),
            View::Bool(value) => return Ok(Some(Value::Bool(value))),
            View::Int(value) => return Ok(Some(Int::from(value).into())),
            View::Long(bytes) => return Ok(Some(Int::from_le_bytes_signed(bytes).into())),
            View::Digits(digits) => return large(&digits).map(|int| Some(int.into())),
            View::Float(value) => return Ok(Some(Value::Float(value))),
            View::Complex(re, im) => return Ok(Some(Value::Complex(value::Complex::new(re, im)))),
            View::Text(bytes) => return Ok(Some(text(bytes))),
            View::Bytes(bytes) => return Ok(Some(Value::Bytes(bytes.to_owned()))),
            View::ByteArray(bytes) => return Ok(Some(Value::ByteArray(bytes.to_owned()))),
            View::Global(_) => return Ok(Some(self.name(id).map_or(Value::None, Value::Global))),
            View::Buffer(at) => {
                let bytes = self.buffers.get(at as usize).copied().unwrap_or_default();
                return Ok(Some(Value::Bytes(bytes.to_owned())));
            }
            View::Tuple(items) => (Shape::Tuple, items.collect()),
            View::List(items) => (Shape::List, items.collect()),
            View::Dict(items) => (Shape::Dict, items.collect()),
            View::Set(items) => (Shape::Set, items.collect()),
            View::FrozenSet(items) => (Shape::FrozenSet, items.collect()),
            View::Persistent(Persistent::Line(line)) => {
                return (self.resolve)(text(line)).map(Some);
            }
            View::Persistent(Persistent::Part(id)) => (Shape::Persistent, alloc::vec![id]),
            View::Object(tag, place) => {
                if let Some(array) = self.array(tag, place)? {
                    return Ok(Some(array));
                }
                // A class within a class, as written before protocol 4.
                if self.parts.is_attribute(id) {
                    if let Some(name) = self.name(id) {
                        return Ok(Some(Value::Global(name)));
                    }
                }
                self.object(tag, place)?
            }
        };
        let made = Vec::with_capacity(ids.len());
        stack.push(Open { shape, ids, next: 0, made });
        Ok(None)
    }

    /// Makes a NumPy array. If arrays exceed their limit, or its class is derived from NumPy's, it remains a call.
    fn array(&mut self, tag: Tag, place: u32) -> Result<Option<Value>> {
        let numpy = Numpy { parts: self.parts, buffers: self.buffers, derived: false };
        let Some(array) = numpy.array(tag, place, &mut self.dtypes)? else { return Ok(None) };
        let size = array.bytes.len() + array.shape.len() * size_of::<usize>();
        let Some(left) = self.left.checked_sub(size) else { return Ok(None) };
        self.left = left;
        let bytes = array.bytes.into_owned();
        let array = match numpy.is_scalar(place) {
            true => value::Array::scalar(array.dtype, bytes)?,
            false => value::Array::new(array.dtype, array.shape, array.order, bytes)?,
        };
        Ok(Some(Value::Array(alloc::boxed::Box::new(array))))
    }

    /// Returns the name of a class or function. Names that are composed of the same texts are made once.
    fn name(&mut self, id: Id) -> Option<value::Name> {
        let Parts { arena, .. } = self.parts;
        let key = match id.place().filter(|&place| arena.tag(place) == Tag::Global) {
            Some(place) => [arena.part(place, 0), arena.part(place, 1)],
            None => [id, id],
        };
        let parts = self.parts;
        self.names.get_or_add(key.map(|id| id.0 as usize), || parts.qualified(id)).clone()
    }

    fn object(&mut self, tag: Tag, place: u32) -> Result<(Shape, Vec<Id>)> {
        let instance = self.parts.kept(tag, place);
        let mut ids = Vec::new();
        let name = self.name(instance.class);
        let callee = name.is_none();
        if callee {
            // The machine distinguishes calls from other parts, but not what they return: `bytearray()()` has an opcode
            // at protocol 5.
            let view = self.parts.view(instance.class);
            if !matches!(view, View::Object(..) | View::Global(_) | View::Persistent(_)) {
                return Err(Error::new(ErrorKind::Malformed, "a class or function", view.kind()));
            }
            ids.push(instance.class);
        }
        let arguments = match self.parts.given(&instance) {
            Some(given) => {
                ids.push(given);
                None
            }
            None => {
                ids.extend(instance.arguments.clone());
                Some(instance.arguments.len())
            }
        };
        ids.extend(instance.keywords);
        let (made, base) = self.made(tag, &instance);
        let changed = self.parts.changed(&instance);
        let mut put = |ids_of: &mut dyn Iterator<Item = Id>| {
            let before = ids.len();
            ids.extend(ids_of);
            ids.len() - before
        };
        let (items, entries) = (put(&mut changed.items.clone()), put(&mut changed.entries.clone()));
        ids.extend(changed.state);
        let mut steps = Vec::new();
        for (tag, items) in changed.steps {
            steps.push((tag, items.len()));
            ids.extend(items);
        }
        let mut form = Form {
            name: name.unwrap_or_else(|| value::Name::from("")),
            made,
            callee,
            base,
            arguments,
            keywords: instance.keywords.is_some(),
            state: changed.state.is_some(),
            items,
            entries,
            before: 0,
            steps,
        };
        if let Some(group) = self.parts.effects.group_of(place) {
            self.used.insert(group);
            let before = self.parts.effects.group(group);
            form.before = before.len();
            ids.extend_from_slice(before);
        }
        Ok((Shape::Object(form), ids))
    }

    /// Returns how an object is made, and by which class or function if not by its own.
    fn made(&mut self, tag: Tag, instance: &Instance<'_>) -> (value::Made, Option<value::Name>) {
        match (instance.made, instance.base) {
            _ if tag == Tag::Instance => (value::Made::Instance, None),
            (Construction::Called, _) => (value::Made::Call, None),
            (Construction::Cython(checksum), _) => {
                let takes_state = instance.inner_state.is_some();
                (
                    value::Made::Cython { checksum: checksum as i64, takes_state },
                    self.name(self.parts.arena.part(instance.place, 0)),
                )
            }
            (Construction::New, Some(base)) => {
                let base = Some(base).filter(|&base| !self.parts.is_named(base, "builtins.object"));
                (value::Made::Base, base.and_then(|base| self.name(base)))
            }
            (Construction::New, None) => (value::Made::New, None),
        }
    }

    fn finish(&mut self, open: Open) -> Result<Value> {
        let made = open.made;
        if matches!(open.shape, Shape::Persistent) {
            return (self.resolve)(made.into_iter().next().unwrap_or_default());
        }
        Ok(closed(open.shape, made))
    }
}

fn closed(shape: Shape, made: Vec<Value>) -> Value {
    match shape {
        Shape::Tuple => Tuple::from(made).into(),
        Shape::List => List::from(made).into(),
        Shape::Dict => Value::Dict(Dict::of_turns(made)),
        Shape::Set => Value::Set(Set::from(made)),
        Shape::FrozenSet => Value::FrozenSet(Set::from(made)),
        Shape::Persistent => Value::Persistent(value::Persistent::new(made.into_iter().next().unwrap_or_default())),
        Shape::Object(form) => object(form, made),
    }
}

fn object(form: Form, made: Vec<Value>) -> Value {
    let mut made = made.into_iter();
    let mut one = |is: bool| if is { made.next() } else { None }.unwrap_or_default();
    let callee = one(form.callee);
    let args = match form.arguments {
        None => one(true),
        Some(count) => Tuple::from((0..count).map(|_| one(true)).collect::<Vec<_>>()).into(),
    };
    let kwargs = one(form.keywords);
    let mut many = |count: usize| made.by_ref().take(count).collect::<Vec<_>>();
    let (items, entries) = (List::from(many(form.items)), Dict::of_turns(many(form.entries)));
    let state = many(usize::from(form.state)).pop().unwrap_or_default();
    let mut steps = Vec::with_capacity(form.steps.len());
    for (tag, count) in form.steps {
        let values = many(count);
        match tag {
            Tag::Dict => steps.push(Step::Entries(Dict::of_turns(values))),
            Tag::State => steps.extend(values.into_iter().map(Step::State)),
            Tag::Step => steps.extend(values.into_iter().map(Step::Call)),
            Tag::Set => steps.push(Step::Added(Set::from(values))),
            _ => steps.push(Step::Items(List::from(values))),
        }
    }
    let base = form.base;
    let before = List::from(many(form.before));
    let parts = value::Parts { made: form.made, callee, args, kwargs, base, state, items, entries, before, steps };
    Value::Object(alloc::boxed::Box::new(Object::from_parts(form.name, parts)))
}

pub(in crate::pickle::decode) fn text(bytes: &[u8]) -> Value {
    match core::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => match Surrogates::new(bytes.to_owned()) {
            Ok(surrogates) => Value::Surrogates(surrogates),
            // Not possible: it was tested when it was read.
            Err(bytes) => Value::Bytes(bytes),
        },
    }
}

pub(in crate::pickle::decode) fn large(digits: &Digits) -> Result<Int> {
    let wrong = || Error::new(ErrorKind::Malformed, "an integer", "another text");
    let Digits::Large { negative, base, digits } = digits else { return Err(wrong()) };
    let sign = if *negative { "-" } else { "" };
    match base {
        10 => alloc::format!("{sign}{digits}").parse().map_err(|_| wrong()),
        16 => Int::from_hex(&alloc::format!("{sign}{digits}")).map_err(|_| wrong()),
        _ => Int::from_hex(&alloc::format!("{sign}{}", hexadecimal(digits, *base))).map_err(|_| wrong()),
    }
}

/// Converts digits of base 2 or 8 to those of base 16.
fn hexadecimal(digits: &str, base: u32) -> String {
    let width = base.trailing_zeros();
    let (mut bits, mut count, mut nibbles) = (0_u32, 0, Vec::new());
    for digit in digits.chars().rev() {
        bits |= digit.to_digit(base).unwrap_or(0) << count;
        count += width;
        while count >= 4 {
            nibbles.push(bits & 15);
            (bits, count) = (bits >> 4, count - 4);
        }
    }
    nibbles.push(bits);
    nibbles.iter().rev().filter_map(|&nibble| char::from_digit(nibble, 16)).collect()
}

impl Parts<'_> {
    /// Returns the name of a class or function, if it has one.
    pub(in crate::pickle::decode) fn qualified(&self, id: Id) -> Option<value::Name> {
        if let Some(Name { module, name }) = self.name(id) {
            return Some(value::Name::new(module, name));
        }
        let (module, qualname) = self.class_path(id)?;
        Some(value::Name::new(module, &qualname))
    }
}
