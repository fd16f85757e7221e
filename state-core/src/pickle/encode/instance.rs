//! Objects among dynamic values: how they are made and filled.

use alloc::format;
use alloc::vec::Vec;

use super::global::Known;
use super::group::{Group, tuple_codes};
use super::value::{Items, Task, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::Protocol;
use crate::pickle::opcode::{BUILD, EMPTY_TUPLE, MARK, NEWOBJ, NEWOBJ_EX, NONE, OBJ, POP, REDUCE};
use crate::places::Key;
use crate::value::{Dict, Made, Object, PartsRef, StepRef, Tuple, Value};

static NO_ARGUMENTS: Value = Value::Tuple(Tuple::new());
static NO_NAMES: Value = Value::Dict(Dict::new());

/// Returns whether a tuple of arguments has items that would be made a second time if they were also written in another
/// tuple.
fn holds_identities(args: &Value) -> bool {
    use Value::{Bool, Bytes, Complex, Float, Global, Int, None, Shared, Str, Surrogates};
    let has_none = |value: &Value| {
        matches!(
            value,
            None | Bool(_) | Int(_) | Float(_) | Complex(_) | Str(_) | Surrogates(_) | Bytes(_) | Global(_) | Shared(_)
        )
    };
    args.as_tuple().is_some_and(|args| !args.iter().all(has_none))
}

impl<'v> Values<'v, '_, '_> {
    /// Begins an object, which is first made and then filled.
    pub fn object(&mut self, object: &'v Object, key: Option<Key>) -> Result<()> {
        if object.made() == Made::Value {
            self.stack.push(Task::There { object, key });
            match object.callee() {
                Some(value) => self.stack.push(Task::Value(value)),
                None => self.code(&[NONE]),
            }
            self.before(object);
            return Ok(());
        }
        self.stack.push(Task::Made { object, key });
        let (args, kwargs) = match object.parts() {
            PartsRef::State(_) => (None, None),
            PartsRef::All { args, kwargs, .. } => {
                let args = Some(args).filter(|args| args.as_tuple().is_some_and(|args| !args.is_empty()));
                let kwargs = Some(kwargs).filter(|kwargs| kwargs.as_dict().is_some_and(|kwargs| !kwargs.is_empty()));
                (args, kwargs)
            }
        };
        match (object.made(), args, kwargs) {
            (Made::Call | Made::Base | Made::Instance | Made::Cython { .. }, _, Some(_)) => {
                let expected = "a call without named arguments, as pickles have it";
                return Err(Error::new(ErrorKind::Unwritable, expected, "one with them").within(object.name()));
            }
            (Made::Base, args, None) => self.made_by_base(object, args)?,
            (Made::Instance, args, None) => self.instance(object, args),
            (Made::Cython { checksum, takes_state }, _, None) => self.made_by_cython(object, checksum, takes_state)?,
            (Made::New, args, None) if self.sink.protocol >= Protocol::V2 => {
                self.code(&[NEWOBJ]);
                self.before(object);
                self.arguments(args);
                self.class(object);
            }
            (Made::New, Some(args @ Value::Shared(_)), None) if holds_identities(args) => {
                self.made_of_named(object, Some(args), &NO_NAMES)?;
            }
            (Made::New, args, None) => self.made_of(object, args)?,
            (Made::New, args, Some(kwargs)) => self.made_of_named(object, args, kwargs)?,
            // `Made::Value` was handled above.
            (Made::Call | Made::Value, args, _) => self.called(object, args),
        }
        Ok(())
    }

    /// Pushes the calls before an object, whose results are dropped.
    fn before(&mut self, object: &'v Object) {
        for call in object.before().iter().rev() {
            self.code(&[POP]);
            self.stack.push(Task::Value(call));
        }
    }

    fn called(&mut self, object: &'v Object, args: Option<&'v Value>) {
        self.code(&[REDUCE]);
        self.before(object);
        self.arguments(args);
        self.class(object);
    }

    /// Writes a class and its arguments after a mark, as Python 2 does.
    fn instance(&mut self, object: &'v Object, args: Option<&'v Value>) {
        self.sink.put([MARK]);
        self.code(&[OBJ]);
        self.before(object);
        self.stack.push(Task::Each(args.and_then(Value::as_tuple).map(|args| args.iter()).unwrap_or_default()));
        self.class(object);
    }

    /// Writes `__pyx_unpickle_C(cls, checksum, state)`.
    fn made_by_cython(&mut self, object: &'v Object, checksum: i64, takes_state: bool) -> Result<()> {
        let Some(function) = object.base() else {
            let expected = "the function of Cython that makes it";
            return Err(Error::new(ErrorKind::Unwritable, expected, "none").within(object.name()));
        };
        self.name(function)?;
        self.sink.open_tuple(3);
        self.code(&[REDUCE]);
        self.before(object);
        self.code(tuple_codes(self.sink.protocol, 3).1);
        match object.parts() {
            PartsRef::State(state) if takes_state => self.stack.push(Task::Tuple(state.iter())),
            PartsRef::All { state, .. } if takes_state => self.stack.push(Task::Value(state)),
            _ => self.code(&[NONE]),
        }
        self.stack.push(Task::Int(checksum));
        self.class(object);
        Ok(())
    }

    /// Writes `copyreg._reconstructor(cls, base, value)`, without a value if the base is `object`.
    fn made_by_base(&mut self, object: &'v Object, args: Option<&'v Value>) -> Result<()> {
        let value = match (object.base(), args) {
            (None, None) => None,
            (Some(base), args) if base.as_str() == "builtins.tuple" => Some(args.unwrap_or(&NO_ARGUMENTS)),
            (Some(_), Some(args)) if args.as_tuple().is_some_and(|args| args.len() == 1) => {
                args.as_tuple().and_then(|args| args.first())
            }
            _ => {
                let expected = "a value for the base that makes it, and none for `object`";
                return Err(Error::new(ErrorKind::Unwritable, expected, "other arguments").within(object.name()));
            }
        };
        self.sink.known(Known::Reconstructor)?;
        self.sink.open_tuple(3);
        self.code(&[REDUCE]);
        self.before(object);
        self.code(tuple_codes(self.sink.protocol, 3).1);
        match value {
            Some(value) => self.stack.push(Task::Value(value)),
            None => self.code(&[NONE]),
        }
        self.stack.push(object.base().map_or(Task::Known(Known::Object), Task::Name));
        self.class(object);
        Ok(())
    }

    /// Writes `copyreg.__newobj__(cls, *args)`.
    fn made_of(&mut self, object: &'v Object, args: Option<&'v Value>) -> Result<()> {
        let args = args.and_then(Value::as_tuple).map(|args| args.iter()).unwrap_or_default();
        self.sink.known(Known::NewObj)?;
        self.sink.open_tuple(args.len() + 1);
        self.code(&[REDUCE]);
        self.before(object);
        self.code(tuple_codes(self.sink.protocol, args.len() + 1).1);
        self.stack.push(Task::Each(args));
        self.class(object);
        Ok(())
    }

    /// Writes `copyreg.__newobj_ex__(cls, args, kwargs)`, for which there is an opcode from protocol 4 on.
    fn made_of_named(&mut self, object: &'v Object, args: Option<&'v Value>, kwargs: &'v Value) -> Result<()> {
        if self.sink.protocol >= Protocol::V4 {
            self.code(&[NEWOBJ_EX]);
            self.before(object);
        } else {
            self.sink.known(Known::NewObjEx)?;
            self.sink.open_tuple(3);
            self.code(&[REDUCE]);
            self.before(object);
            self.code(tuple_codes(self.sink.protocol, 3).1);
        }
        self.stack.push(Task::Value(kwargs));
        self.arguments(args);
        self.class(object);
        Ok(())
    }

    fn arguments(&mut self, args: Option<&'v Value>) {
        match args {
            Some(args) => self.stack.push(Task::Value(args)),
            None if self.sink.is_text() => {
                let (open, close) = tuple_codes(self.sink.protocol, 0);
                self.code(close);
                self.code(open);
            }
            None => self.code(&[EMPTY_TUPLE]),
        }
    }

    /// Pushes the class, or what is called instead.
    fn class(&mut self, object: &'v Object) {
        let task = match object.callee() {
            Some(callee) => Task::Value(callee),
            None => Task::Name(object.global()),
        };
        self.stack.push(task);
    }

    /// Pushes what fills an object: items, entries, and at last the state.
    pub fn fill(&mut self, object: &'v Object) -> Result<()> {
        let is_given = matches!(object.made(), Made::Cython { takes_state: true, .. });
        match object.parts() {
            // As in Python, an empty state is no state.
            PartsRef::State([]) => {}
            PartsRef::State(_) if is_given => {}
            PartsRef::State(state) => {
                self.code(&[BUILD]);
                self.tuple(state.iter(), None);
            }
            PartsRef::All { state, items, .. } => {
                self.steps(object)?;
                if !state.is_none() && !is_given {
                    self.code(&[BUILD]);
                    self.stack.push(Task::Value(state));
                }
                let entries = object.entries();
                self.put_in(Group::Dict, Items::of_dict(entries), entries.len());
                self.put_in(Group::List, Items::One(items.iter()), items.len());
            }
        }
        Ok(())
    }
    /// Pushes the further changes of an object or value that exists.
    pub fn steps(&mut self, object: &'v Object) -> Result<()> {
        let steps: Vec<_> = object.steps().collect();
        for step in steps.into_iter().rev() {
            match step {
                StepRef::Items(items) => self.put_in(Group::List, Items::One(items.iter()), items.len()),
                StepRef::Entries(entries) => self.put_in(Group::Dict, Items::of_dict(entries), entries.len()),
                StepRef::Added(items) if self.sink.protocol >= Protocol::V4 => {
                    self.put_in(Group::Set, Items::One(items.iter()), items.len());
                }
                StepRef::Added(_) => {
                    let expected = "protocol 4 or later, which can add to what is like a set";
                    let found = format!("protocol {}", self.sink.protocol.number());
                    return Err(Error::new(ErrorKind::Unwritable, expected, found).within(object.name()));
                }
                StepRef::State(state) => {
                    self.code(&[BUILD]);
                    self.stack.push(Task::Value(state));
                }
                StepRef::Call(call) => {
                    self.code(&[POP]);
                    self.stack.push(Task::Value(call));
                }
            }
        }
        Ok(())
    }

    fn put_in(&mut self, group: Group, items: Items<'v>, count: usize) {
        let batches = self.sink.batches(group, count);
        self.stack.push(Task::Batches { items, at: 0, batches });
    }
}
