//! Objects among dynamic values: how they are made, and what is put in them.

use super::global::Known;
use super::group::{Group, tuple_codes};
use super::value::{Items, Key, Task, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::Protocol;
use crate::pickle::opcode::{BUILD, EMPTY_TUPLE, NEWOBJ, NEWOBJ_EX, NONE, REDUCE};
use crate::value::{Made, Object, PartsRef, Value};

impl<'v> Values<'v, '_, '_> {
    /// Begins an object: it is made, and then filled.
    pub fn object(&mut self, object: &'v Object, key: Option<Key>) -> Result<()> {
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
            (Made::Call, _, Some(_)) => {
                let expected = "a call without named arguments, as pickles have it";
                return Err(Error::new(ErrorKind::Unwritable, expected, "one with them").within(object.name()));
            }
            (Made::Call, args, None) => self.called(object, args),
            (Made::New, args, None) if self.sink.protocol >= Protocol::V2 => {
                self.code(&[NEWOBJ]);
                self.arguments(args);
                self.class(object);
            }
            (Made::New, None, None) => self.reconstructed(object)?,
            (Made::New, Some(args), None) => self.made_of(object, args)?,
            (Made::New, args, Some(kwargs)) => self.made_of_named(object, args, kwargs)?,
        }
        Ok(())
    }

    fn called(&mut self, object: &'v Object, args: Option<&'v Value>) {
        self.code(&[REDUCE]);
        self.arguments(args);
        self.class(object);
    }

    /// `copyreg._reconstructor(cls, object, None)`
    fn reconstructed(&mut self, object: &'v Object) -> Result<()> {
        self.sink.known(Known::Reconstructor)?;
        self.sink.open_tuple(3);
        self.stack.push(Task::Reconstructed);
        self.class(object);
        Ok(())
    }

    /// `copyreg.__newobj__(cls, *args)`
    fn made_of(&mut self, object: &'v Object, args: &'v Value) -> Result<()> {
        let args = args.as_tuple().map(|args| args.iter()).unwrap_or_default();
        self.sink.known(Known::NewObj)?;
        self.sink.open_tuple(args.len() + 1);
        self.code(&[REDUCE]);
        self.code(tuple_codes(self.sink.protocol, args.len() + 1).1);
        self.stack.push(Task::Each(args));
        self.class(object);
        Ok(())
    }

    /// `copyreg.__newobj_ex__(cls, args, kwargs)`, for which there is an opcode from protocol 4 on.
    fn made_of_named(&mut self, object: &'v Object, args: Option<&'v Value>, kwargs: &'v Value) -> Result<()> {
        if self.sink.protocol >= Protocol::V4 {
            self.code(&[NEWOBJ_EX]);
        } else {
            self.sink.known(Known::NewObjEx)?;
            self.sink.open_tuple(3);
            self.code(&[REDUCE]);
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

    /// The class, or whatever is called in its place.
    fn class(&mut self, object: &'v Object) {
        let task = match object.callee() {
            Some(callee) => Task::Value(callee),
            None => Task::Name(object.global()),
        };
        self.stack.push(task);
    }

    /// The rest of the arguments of `copyreg._reconstructor`.
    pub fn reconstruct(&mut self) -> Result<()> {
        self.sink.known(Known::Object)?;
        self.sink.put([NONE]);
        self.sink.close_tuple(3);
        self.sink.put([REDUCE]);
        Ok(())
    }

    /// Puts in an object what belongs there: items, entries, and at last the state.
    pub fn fill(&mut self, object: &'v Object) -> Result<()> {
        match object.parts() {
            // As Python has it, a state that is empty is none.
            PartsRef::State([]) => {}
            PartsRef::State(state) => {
                self.code(&[BUILD]);
                self.tuple(state.iter(), None);
            }
            PartsRef::All { state, items, .. } => {
                if !state.is_none() {
                    self.code(&[BUILD]);
                    self.stack.push(Task::Value(state));
                }
                let entries = object.entries();
                let batches = self.sink.batches(Group::Dict, entries.len());
                self.stack.push(Task::Batches { items: Items::of_dict(entries), at: 0, batches });
                let batches = self.sink.batches(Group::List, items.len());
                self.stack.push(Task::Batches { items: Items::One(items.iter()), at: 0, batches });
            }
        }
        Ok(())
    }
}
