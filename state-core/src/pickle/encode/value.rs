//! Writes dynamic values of any depth: the remaining tasks are on an explicit stack. Shared values are written once,
//! and then fetched from the memo.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::code::Code;
use super::global::{Global, Known};
use super::group::{BATCH, Batches, Group, tuple_codes};
use super::sink::Sink;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::Protocol;
use crate::pickle::opcode::{BINPERSID, FROZENSET, MARK, PERSID, POP, POP_MARK, REDUCE};
use crate::places::{Key, Table, address};
use crate::value::{Dict, Int, Name, Pairs, Value};

pub(super) struct Values<'v, 's, 'b> {
    pub sink: &'s mut Sink<'b>,
    pub stack: Vec<Task<'v>>,
    names: BTreeMap<(&'v str, &'v str), Code>,
    shared: Table<Seen>,
    /// Whether everything with parts is put in the memo, as by Python's own pickler, and not only what is shared. Below
    /// protocol 4 a set is made after its items, so a set that contains itself through these can only be fetched from
    /// the memo by way of them.
    keeps_all: bool,
    /// Whether a value could not be written because it contains itself.
    is_knotted: bool,
}

/// How much of a shared value has been written.
enum Seen {
    /// It is being written, since the memo had this many entries.
    Since(u32),
    /// It is in the memo.
    There(Code),
}

/// A remaining task.
pub(super) enum Task<'v> {
    Value(&'v Value),
    Code(Code),
    Name(&'v Name),
    Each(core::slice::Iter<'v, Value>),
    Batches {
        items: Items<'v>,
        at: usize,
        batches: Batches,
    },
    /// A name that the format itself needs.
    Known(Known),
    Int(i64),
    Tuple(core::slice::Iter<'v, Value>),
    EndTuple {
        count: usize,
        key: Option<Key>,
    },
    EndFrozenSet {
        key: Option<Key>,
    },
    /// A call is complete, and only has to be executed.
    Called {
        key: Option<Key>,
    },
    /// An object exists, but is not filled.
    Made {
        object: &'v crate::value::Object,
        key: Option<Key>,
    },
    /// A value exists, but its changes are not written.
    There {
        object: &'v crate::value::Object,
        key: Option<Key>,
    },
    Persistent {
        key: Option<Key>,
    },
}

/// The items of a group; those of a dict are alternating keys and values.
#[derive(Clone)]
pub(super) enum Items<'v> {
    One(core::slice::Iter<'v, Value>),
    Two(Pairs<'v>, Option<&'v Value>),
}

impl<'v> Items<'v> {
    pub fn of_dict(dict: &'v Dict) -> Self {
        Self::Two(dict.iter(), None)
    }

    fn next(&mut self) -> Option<&'v Value> {
        match self {
            Self::One(items) => items.next(),
            Self::Two(pairs, value) => match value.take() {
                Some(value) => Some(value),
                None => {
                    let (key, then) = pairs.next()?;
                    *value = Some(then);
                    Some(key)
                }
            },
        }
    }

    const fn width(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Two(..) => 2,
        }
    }
}

impl<'v, 's, 'b> Values<'v, 's, 'b> {
    pub fn new(sink: &'s mut Sink<'b>) -> Self {
        Self {
            sink,
            stack: Vec::new(),
            names: BTreeMap::new(),
            shared: Table::default(),
            keeps_all: false,
            is_knotted: false,
        }
    }

    pub fn keeping_all(self) -> Self {
        Self { keeps_all: true, ..self }
    }

    pub const fn is_knotted(&self) -> bool {
        self.is_knotted
    }

    /// Writes a value.
    ///
    /// # Errors
    /// If the protocol cannot represent the value, or the pickle exceeds its limit.
    pub fn write(&mut self, value: &'v Value) -> Result<()> {
        self.stack.push(Task::Value(value));
        while let Some(task) = self.stack.pop() {
            self.task(task)?;
        }
        Ok(())
    }

    fn task(&mut self, task: Task<'v>) -> Result<()> {
        match task {
            Task::Value(value) => self.value(value)?,
            Task::Code(code) => self.sink.code(&code),
            Task::Name(name) => self.name(name)?,
            Task::Each(mut items) => {
                if let Some(value) = items.next() {
                    self.stack.push(Task::Each(items));
                    self.value(value)?;
                }
            }
            Task::Batches { items, at, batches } => self.batches(items, at, batches)?,
            Task::Int(value) => self.sink.long(value.into()),
            Task::Tuple(items) => self.tuple(items, None),
            Task::Known(known) => self.sink.known(known)?,
            Task::EndTuple { count, key } => self.end_tuple(count, key),
            Task::EndFrozenSet { key } => match self.there(key) {
                Some(got) => {
                    self.sink.put([POP_MARK]);
                    self.sink.code(&got);
                }
                None => {
                    self.sink.put([FROZENSET]);
                    self.keep(key);
                }
            },
            Task::Called { key } => {
                self.sink.put([REDUCE]);
                self.replaced(key);
            }
            Task::Made { object, key } => {
                if !self.replaced(key) {
                    self.fill(object)?;
                }
            }
            Task::There { object, key } => {
                self.keep(key);
                self.steps(object)?;
            }
            Task::Persistent { key } => {
                self.sink.put([BINPERSID]);
                self.replaced(key);
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &'v Value) -> Result<()> {
        self.sink.between()?;
        let target = match value {
            Value::Shared(shared) => shared.get(),
            parts if self.keeps_all && has_parts(parts) => parts,
            other => return self.plain(other, None),
        };
        let key = address(target);
        let entries = self.sink.memo_len();
        match self.shared.get(key) {
            Some(Seen::There(code)) => {
                let code = *code;
                self.sink.code(&code);
                return Ok(());
            }
            // A value that contains itself can only be written by way of something that exists before its parts.
            Some(Seen::Since(then)) if *then == entries => {
                self.is_knotted = true;
                let expected = "a value that contains itself in a list, dict or state";
                return Err(Error::new(ErrorKind::Unwritable, expected, "one that cannot be there before its parts"));
            }
            _ => {}
        }
        self.shared.set(key, Seen::Since(entries));
        self.plain(target, Some(key))
    }

    fn plain(&mut self, value: &'v Value, key: Option<Key>) -> Result<()> {
        match value {
            Value::None => self.sink.none(),
            Value::Bool(value) => self.sink.bool(*value),
            Value::Int(value) => self.int(value)?,
            Value::Float(value) => self.sink.float(*value),
            Value::Complex(value) => {
                self.sink.known(Known::Complex)?;
                self.sink.open_tuple(2);
                self.sink.float(value.re);
                self.sink.float(value.im);
                self.sink.close_tuple(2);
                self.sink.put([REDUCE]);
            }
            Value::Str(value) => self.sink.str(value)?,
            Value::Surrogates(value) => self.sink.surrogates(value.as_bytes())?,
            Value::Bytes(value) => self.sink.bytes(value)?,
            Value::ByteArray(value) => self.sink.bytearray(value)?,
            Value::Array(array) if array.is_scalar() => self.sink.scalar_of_numpy(array.dtype(), array.bytes())?,
            Value::Array(array) => {
                self.sink.ndarray(array.shape(), array.dtype(), array.order(), |sink| sink.bytearray(array.bytes()))?;
            }
            Value::Global(name) => self.name(name)?,
            parts => return self.open(parts, key),
        }
        self.keep(key);
        Ok(())
    }

    /// Begins a value that has parts.
    fn open(&mut self, value: &'v Value, key: Option<Key>) -> Result<()> {
        match value {
            Value::Tuple(items) => self.tuple(items.iter(), key),
            Value::List(items) => self.group(Group::List, Items::One(items.iter()), items.len(), key)?,
            Value::Dict(dict) => self.group(Group::Dict, Items::of_dict(dict), dict.len(), key)?,
            Value::Set(items) if self.sink.protocol >= Protocol::V4 => {
                self.group(Group::Set, Items::One(items.iter()), items.len(), key)?;
            }
            Value::FrozenSet(items) if self.sink.protocol >= Protocol::V4 => {
                self.sink.put([MARK]);
                self.stack.push(Task::EndFrozenSet { key });
                self.stack.push(Task::Each(items.iter()));
            }
            Value::Set(items) | Value::FrozenSet(items) => {
                self.sink.known(if matches!(value, Value::Set(_)) { Known::Set } else { Known::FrozenSet })?;
                self.sink.open_tuple(1);
                self.stack.push(Task::Called { key });
                self.stack.push(Task::EndTuple { count: 1, key: None });
                self.group(Group::List, Items::One(items.iter()), items.len(), None)?;
            }
            Value::Object(object) => self.object(object, key)?,
            Value::Variant(variant) => {
                let count = variant.state().len() + 1;
                self.sink.open_tuple(count);
                self.sink.str(variant.variant())?;
                self.stack.push(Task::EndTuple { count, key });
                self.stack.push(Task::Each(variant.state().iter()));
            }
            Value::Persistent(persistent) if self.sink.is_text() => {
                let is_line = |id: &&str| id.is_ascii() && !id.contains('\n');
                let id = persistent.id().as_str().filter(is_line).ok_or_else(|| {
                    let expected = "a persistent id of one line in ASCII, as protocol 0 has it";
                    Error::new(ErrorKind::Unwritable, expected, "another id")
                })?;
                self.sink.put([PERSID]);
                self.sink.line(id);
                self.keep(key);
            }
            Value::Persistent(persistent) => {
                self.stack.push(Task::Persistent { key });
                self.stack.push(Task::Value(persistent.id()));
            }
            // The caller has written the others.
            _ => {}
        }
        Ok(())
    }

    fn int(&mut self, value: &Int) -> Result<()> {
        match i128::try_from(value) {
            Ok(value) => self.sink.long(value),
            Err(_) => self.sink.wide_long(&value.to_le_bytes_signed(), || value.to_string())?,
        }
        Ok(())
    }

    /// Writes a class or function; each is written once.
    pub fn name(&mut self, name: &'v Name) -> Result<()> {
        let global = match (name.module(), name.as_str()) {
            ("", text) => Global::of_tag(text),
            (module, _) => Global { module, name: name.qualname() },
        };
        if let Some(code) = self.names.get(&(global.module, global.name)) {
            self.sink.code(code);
            return Ok(());
        }
        self.sink.global(global)?;
        let code = self.sink.memoize();
        self.names.insert((global.module, global.name), code);
        Ok(())
    }

    pub fn tuple(&mut self, items: core::slice::Iter<'v, Value>, key: Option<Key>) {
        let count = items.len();
        self.sink.open_tuple(count);
        self.stack.push(Task::EndTuple { count, key });
        self.stack.push(Task::Each(items));
    }

    fn end_tuple(&mut self, count: usize, key: Option<Key>) {
        let Some(got) = self.there(key) else {
            self.sink.close_tuple(count);
            return self.keep(key);
        };
        // Its parts have written it already: they are dropped again.
        let marked = tuple_codes(self.sink.protocol, count).0 == [MARK];
        match marked && !self.sink.is_text() {
            true => self.sink.put([POP_MARK]),
            false => (0..count + usize::from(marked)).for_each(|_| self.sink.put([POP])),
        }
        self.sink.code(&got);
    }

    fn group(&mut self, group: Group, items: Items<'v>, count: usize, key: Option<Key>) -> Result<()> {
        let batches = self.sink.open_group(group, count)?;
        self.keep(key);
        self.stack.push(Task::Batches { items, at: 0, batches });
        Ok(())
    }

    fn batches(&mut self, mut items: Items<'v>, at: usize, batches: Batches) -> Result<()> {
        let width = items.width();
        if at > 0 && at % width == 0 {
            self.sink.code(&batches.each);
        }
        let Some(value) = items.next() else {
            if at > 0 {
                self.sink.code(&batches.close);
            }
            return Ok(());
        };
        if at % (BATCH * width) == 0 {
            if at > 0 {
                self.sink.code(&batches.close);
            }
            self.sink.code(&batches.open);
        }
        self.stack.push(Task::Batches { items, at: at + 1, batches });
        self.value(value)
    }

    /// Returns the code that fetches a shared value, if it is in the memo.
    fn there(&self, key: Option<Key>) -> Option<Code> {
        match self.shared.get(key?) {
            Some(Seen::There(code)) => Some(*code),
            _ => None,
        }
    }

    /// Puts what was written last in the memo, if it is shared.
    fn keep(&mut self, key: Option<Key>) {
        if let Some(key) = key {
            let code = self.sink.memoize();
            self.shared.set(key, Seen::There(code));
        }
    }

    /// Ends a value. If its own parts have made it already, that one replaces it; returns whether they have.
    fn replaced(&mut self, key: Option<Key>) -> bool {
        match self.there(key) {
            Some(got) => {
                self.sink.put([POP]);
                self.sink.code(&got);
                true
            }
            None => {
                self.keep(key);
                false
            }
        }
    }

    pub fn code(&mut self, bytes: &[u8]) {
        self.stack.extend(Code::new(bytes).map(Task::Code));
    }
}

/// Returns whether Python's pickler would put a value in its memo because it can contain itself.
const fn has_parts(value: &Value) -> bool {
    use Value::{Dict, FrozenSet, List, Object, Set, Tuple};
    matches!(value, Tuple(_) | List(_) | Dict(_) | Set(_) | FrozenSet(_) | Object(_))
}

impl Sink<'_> {
    /// Writes text with lone surrogates, in UTF-8 as if they were characters.
    fn surrogates(&mut self, text: &[u8]) -> Result<()> {
        if !self.is_text() {
            return self.utf8(text, text.len());
        }
        let mut rest = text;
        self.escaped(core::iter::from_fn(move || {
            let (&first, behind) = rest.split_first()?;
            let len = match first {
                0..=0x7F => 0,
                0x80..=0xDF => 1,
                0xE0..=0xEF => 2,
                _ => 3,
            };
            let (more, behind) = behind.split_at_checked(len)?;
            rest = behind;
            let start = u32::from(first) & (0x7F >> (len + usize::from(len > 0)));
            Some(more.iter().fold(start, |letter, &byte| letter << 6 | u32::from(byte & 0x3F)))
        }))
    }
}
