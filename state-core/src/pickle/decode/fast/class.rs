//! The names of classes and functions, and of attributes.

#![allow(clippy::option_option, reason = "nothing that is read fast, or the class itself, or another part")]

use alloc::borrow::Cow;
use core::cell::Cell;

use super::plan::{Class, Cython};
use super::scalar::is_get;
use super::{CLASS, Kept, Reader, is_composite};
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
        if let &[op::BINGET, number, ..] = self.input.get(self.at..)? {
            if self.memo.get(usize::from(number)) == Some(&seen.get()) {
                self.at += 2;
                return Some(None);
            }
        }
        self.named_otherwise(seen, &is)
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

    /// The rest of the line.
    pub(super) fn line(&mut self) -> Option<&'p [u8]> {
        let rest = self.input.get(self.at..)?;
        let len = rest.iter().take(NAME).position(|&byte| byte == b'\n')?;
        self.at += len + 1;
        rest.get(..len)
    }

    /// `__pyx_unpickle_C(C, checksum, None)`, whose result is given the members; or what comes from the memo.
    pub(super) fn made_by_cython(&mut self, made: &Cython) -> Option<Option<Kept>> {
        let start = self.at as u32;
        if let Some(kept) = self.named(&made.maker, |name| name.name.starts_with("__pyx_unpickle_"))? {
            return Some(Some(kept));
        }
        self.open_call()?;
        if self.class(&made.class)?.is_some() || self.int()? != i64::from(made.checksum) {
            return None;
        }
        self.code(op::NONE)?;
        self.end_call(op::TUPLE3, start)?;
        Some(None)
    }

    /// `copyreg._reconstructor(Class, object, None)`, which makes an object in protocols 0 and 1; `false` where something
    /// else begins.
    pub(super) fn rebuilt(&mut self, tag: &str, [class, maker, base]: &[Cell<Kept>; 3]) -> Option<bool> {
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
        self.open_call()?;
        if self.named(class, |name| name.is(tag))?.is_some() || self.named(base, is("builtins", "object"))?.is_some() {
            return None;
        }
        self.code(op::NONE)?;
        self.end_call(op::TUPLE3, start as u32)?;
        Some(true)
    }

    /// The mark before the arguments of a call, where there is one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn open_call(&mut self) -> Option<()> {
        if self.is_old { self.code(op::MARK) } else { Some(()) }
    }

    /// The end of the arguments of a call, and the call.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn end_call(&mut self, tuple: u8, start: u32) -> Option<()> {
        self.code(if self.is_old { op::TUPLE } else { tuple })?;
        // No part of a type stands in the arguments.
        self.put(self.made(u32::MAX))?;
        self.code(op::REDUCE)?;
        self.put(self.made(start))
    }

    /// The name of an attribute, which was last there in the memo.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn name_of(&mut self, name: &str, seen: &Cell<Kept>) -> Option<()> {
        if let &[op::BINGET, number, ..] = self.input.get(self.at..)? {
            if self.memo.get(usize::from(number)) == Some(&seen.get()) {
                self.at += 2;
                return Some(());
            }
        }
        self.name_otherwise(name, seen)
    }

    #[inline(never)]
    fn name_otherwise(&mut self, name: &str, seen: &Cell<Kept>) -> Option<()> {
        let code = self.peek()?;
        let start = self.at;
        if *self.name()? != *name.as_bytes() {
            return None;
        }
        let is_here = !is_get(code);
        let again = |this: &mut Self| {
            this.at = start;
            this.get()
        };
        let end = self.at;
        let kept = if is_here { Some(start as Kept) } else { again(self) };
        self.at = end;
        seen.set(kept?);
        Some(())
    }
}
