//! The names of classes and functions, and of attributes.

#![allow(clippy::option_option, reason = "nothing that is read fast, or the class itself, or another part")]

use alloc::borrow::Cow;
use core::cell::Cell;

use super::Reader;
use super::memo::{CLASS, Kept, is_composite, is_get};
use super::plan::{Class, Cython, Seen};
use crate::pickle::decode::extent::NAME;
use crate::pickle::decode::view::Name;
use crate::pickle::names::to_python_3;
use crate::pickle::opcode as op;

impl<'p> Reader<'p> {
    /// The class that comes next; or what comes from the memo and may be an object of it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn class(&mut self, class: &Class) -> Option<Option<Kept>> {
        self.named(&class.seen[0], |name| name.is(class.tag))
    }

    /// A class or function that comes next, and was last there in the memo; or what comes from it and is another part.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn named(&mut self, seen: &Cell<Kept>, is: impl Fn(Name<'_>) -> bool) -> Option<Option<Kept>> {
        if self.is_next(seen)? { Some(None) } else { self.named_otherwise(seen, &is) }
    }

    /// Takes what was last there in the memo, if it comes next in the usual form.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_next(&mut self, seen: &Cell<Kept>) -> Option<bool> {
        let is_next = match *self.input.get(self.at..)? {
            [op::BINGET, number, ..] => self.memo.get(usize::from(number)) == Some(&seen.get()),
            _ => false,
        };
        self.at += if is_next { 2 } else { 0 };
        Some(is_next)
    }

    #[inline(never)]
    fn named_otherwise(&mut self, seen: &Cell<Kept>, is: &dyn Fn(Name<'_>) -> bool) -> Option<Option<Kept>> {
        if !is_get(self.peek()?) {
            let kept = self.global(is)?;
            seen.set(kept);
            return Some(None);
        }
        let at = self.at;
        let kept = self.get()?;
        if kept <= Kept::from(u32::MAX) {
            // The name of a module that another class has too.
            self.at = at;
            seen.set(self.global(is)?);
        } else if kept != seen.get() {
            if self.again(kept, |this| this.global(is)).is_none() {
                return Some(Some(kept)).filter(|_| is_composite(kept));
            }
            seen.set(kept);
        }
        Some(None)
    }

    /// A name that stands here in full, if it is the right one.
    fn global(&mut self, is: &dyn Fn(Name<'_>) -> bool) -> Option<Kept> {
        let _ = self.peek()?;
        let start = self.at as u32;
        let (module, name): (Cow<'p, [u8]>, Cow<'p, [u8]>) = if self.peek()? == op::GLOBAL {
            self.at += 1;
            (self.line()?.into(), self.line()?.into())
        } else {
            let names = (self.name()?, self.name()?);
            self.code(op::STACK_GLOBAL)?;
            names
        };
        if module.len() + name.len() > NAME {
            return None;
        }
        let (module, name) = (core::str::from_utf8(&module).ok()?, core::str::from_utf8(&name).ok()?);
        let (module, name) = if self.old_names { to_python_3(module, name) } else { (module, name) };
        if !is(Name { module, name }) {
            return None;
        }
        let kept = self.made(start | CLASS);
        self.put(kept)?;
        Some(kept)
    }

    /// `__pyx_unpickle_C(C, checksum, None)`, whose result is given the members; or what comes from the memo.
    pub(super) fn made_by_cython(&mut self, made: &Cython) -> Option<Option<Kept>> {
        let start = self.at;
        if let Some(kept) = self.named(&made.maker, |name| name.name.starts_with("__pyx_unpickle_"))? {
            return Some(Some(kept));
        }
        self.call(start, op::TUPLE3, |this| {
            let is_class = this.class(&made.class)?.is_none() && this.int()? == i64::from(made.checksum);
            is_class.then_some(())?;
            this.code(op::NONE)
        })?;
        Some(None)
    }

    /// `copyreg._reconstructor(Class, object, None)`, which makes an object in protocols 0 and 1; `false` where something
    /// else begins.
    pub(super) fn rebuilt(&mut self, tag: &str, [class, maker, base]: &Seen) -> Option<bool> {
        let (start, memo) = (self.at, self.memo.len());
        // The class that is called, as it was last.
        if is_get(self.peek()?) {
            let is_class = self.get()? == class.get();
            self.at = start;
            if is_class {
                return Some(false);
            }
        }
        let is = |module, of| move |name: Name<'_>| (name.module, name.name) == (module, of);
        if self.named(maker, is("copyreg", "_reconstructor")) != Some(None) {
            self.at = start;
            self.memo.truncate(memo);
            return Some(false);
        }
        self.call(start, op::TUPLE3, |this| {
            let is_class = this.named(class, |name| name.is(tag))?.is_none();
            (is_class && this.named(base, is("builtins", "object"))?.is_none()).then_some(())?;
            this.code(op::NONE)
        })?;
        Some(true)
    }

    /// What is made of the arguments of a class or function: here or, as it comes from the memo, where it stands.
    pub(super) fn called<T>(
        &mut self,
        seen: &Cell<Kept>,
        is: &dyn Fn(Name<'_>) -> bool,
        tuple: u8,
        arguments: &dyn Fn(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.peek()?;
        let start = self.at;
        match self.named(seen, is)? {
            None => self.call(start, tuple, arguments),
            Some(kept) => self.again(kept, |this| this.called(seen, is, tuple, arguments)),
        }
    }

    /// The arguments of what was named at `start`, and the call.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn call<T>(
        &mut self,
        start: usize,
        tuple: u8,
        arguments: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.open_call()?;
        let arguments = arguments(self)?;
        self.end_call(tuple, start)?;
        Some(arguments)
    }

    /// The mark before the arguments of a call, where there is one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn open_call(&mut self) -> Option<()> {
        if self.is_old { self.code(op::MARK) } else { Some(()) }
    }

    /// The end of the arguments of a call, and the call.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn end_call(&mut self, tuple: u8, start: usize) -> Option<()> {
        self.code(if self.is_old { op::TUPLE } else { tuple })?;
        // No part of a type stands in the arguments.
        self.put(self.made(u32::MAX))?;
        self.code(op::REDUCE)?;
        self.put(self.made(start as u32))
    }

    /// The name of an attribute, which was last there in the memo.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn name_of(&mut self, name: &str, seen: &Cell<Kept>) -> Option<()> {
        if self.is_next(seen)? { Some(()) } else { self.name_otherwise(name, seen) }
    }

    #[inline(never)]
    fn name_otherwise(&mut self, name: &str, seen: &Cell<Kept>) -> Option<()> {
        let code = self.peek()?;
        let start = self.at;
        let kept = if is_get(code) { self.get()? } else { start as Kept };
        self.at = start;
        if *self.name()? != *name.as_bytes() {
            return None;
        }
        seen.set(kept);
        Some(())
    }
}
