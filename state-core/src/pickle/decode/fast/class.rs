//! The names of classes, functions and attributes.

use alloc::borrow::Cow;
use core::cell::Cell;

use super::Reader;
use super::memo::{CLASS, Kept, is_composite, is_get};
use super::plan::{Class, Cython, Seen};
use crate::pickle::decode::extent::NAME;
use crate::pickle::decode::view::Name;
use crate::pickle::names::to_python_3;
use crate::pickle::opcode as op;

/// What was read where a class or function can be.
pub(super) enum Named {
    /// The right one.
    This,
    /// Another entry from the memo, which may be an object of the class or the result of the function.
    Other(Kept),
}

impl<'p> Reader<'p> {
    /// Reads this class, or another entry from the memo.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn class(&mut self, class: &Class) -> Option<Named> {
        self.named(&class.seen[0], |name| name.is(class.tag))
    }

    /// Reads this class.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn this_class(&mut self, class: &Class) -> Option<()> {
        self.this(&class.seen[0], |name| name.is(class.tag))
    }

    /// Reads a class or function, whose last memo entry is in `seen`, or another entry from the memo.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn named(&mut self, seen: &Cell<Kept>, is: impl Fn(Name<'_>) -> bool) -> Option<Named> {
        if self.is_next(seen)? { Some(Named::This) } else { self.named_otherwise(seen, &is) }
    }

    /// Reads a class or function, whose last memo entry is in `seen`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn this(&mut self, seen: &Cell<Kept>, is: impl Fn(Name<'_>) -> bool) -> Option<()> {
        match self.named(seen, is)? {
            Named::This => Some(()),
            Named::Other(_) => None,
        }
    }

    /// Reads a GET of the last memo entry, if that comes next in its usual form.
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
    fn named_otherwise(&mut self, seen: &Cell<Kept>, is: &dyn Fn(Name<'_>) -> bool) -> Option<Named> {
        if !is_get(self.peek()?) {
            let kept = self.global(is)?;
            seen.set(kept);
            return Some(Named::This);
        }
        let at = self.at;
        let kept = self.get()?;
        if kept <= Kept::from(u32::MAX) {
            // It is text: the name of a module, which another class has too.
            self.at = at;
            seen.set(self.global(is)?);
        } else if kept != seen.get() {
            if self.again(kept, |this| this.global(is)).is_none() {
                return is_composite(kept).then_some(Named::Other(kept));
            }
            seen.set(kept);
        }
        Some(Named::This)
    }

    /// Reads a name that is written here in full, if it is the right one.
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

    /// Reads `__pyx_unpickle_C(C, checksum, None)`, whose result is given the members, or another entry from the
    /// memo.
    pub(super) fn made_by_cython(&mut self, made: &Cython) -> Option<Named> {
        let start = self.at;
        if let Named::Other(kept) = self.named(&made.maker, |name| name.name.starts_with("__pyx_unpickle_"))? {
            return Some(Named::Other(kept));
        }
        self.call(start, op::TUPLE3, |this| {
            this.this_class(&made.class)?;
            (this.int()? == i64::from(made.checksum)).then_some(())?;
            this.code(op::NONE)
        })?;
        Some(Named::This)
    }

    /// Reads `copyreg._reconstructor(Class, object, None)`, which makes an object in protocols 0 and 1; `false` if
    /// something else begins here.
    pub(super) fn rebuilt(&mut self, tag: &str, [class, maker, base]: &Seen) -> Option<bool> {
        let (start, memo) = (self.at, self.memo.len());
        // If the class itself comes next, there is no `_reconstructor`.
        if is_get(self.peek()?) {
            let is_class = self.get()? == class.get();
            self.at = start;
            if is_class {
                return Some(false);
            }
        }
        let is = |module, of| move |name: Name<'_>| (name.module, name.name) == (module, of);
        if self.this(maker, is("copyreg", "_reconstructor")).is_none() {
            self.at = start;
            self.memo.truncate(memo);
            return Some(false);
        }
        self.call(start, op::TUPLE3, |this| {
            this.this(class, |name| name.is(tag))?;
            this.this(base, is("builtins", "object"))?;
            this.code(op::NONE)
        })?;
        Some(true)
    }

    /// Reads a call of a class or function, here or where the memo entry that comes next begins; returns what
    /// `arguments` makes of its arguments.
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
            Named::This => self.call(start, tuple, arguments),
            Named::Other(kept) => self.again(kept, |this| this.called(seen, is, tuple, arguments)),
        }
    }

    /// Reads the arguments of the callable that was named at `start`, and the call.
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

    /// Reads the mark before the arguments of a call, if there is one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn open_call(&mut self) -> Option<()> {
        if self.is_old { self.code(op::MARK) } else { Some(()) }
    }

    /// Reads the end of the arguments of a call, and the call.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn end_call(&mut self, tuple: u8, start: usize) -> Option<()> {
        self.code(if self.is_old { op::TUPLE } else { tuple })?;
        // A tuple of arguments is not a part of a type, so its beginning is not needed.
        self.put_made(u32::MAX)?;
        self.code(op::REDUCE)?;
        self.put_made(start as u32)
    }

    /// Reads the name of an attribute, whose last memo entry is in `seen`.
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
