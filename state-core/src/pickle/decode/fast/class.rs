//! The names of classes, functions and attributes.

use alloc::borrow::Cow;
use core::cell::Cell;

use super::Reader;
use super::memo::{CLASS, Entry, is_composite, is_get};
use super::plan::{Class, Cython, Seen};
use crate::pickle::decode::extent::NAME;
use crate::pickle::decode::view::Name;
use crate::pickle::names::to_python_3;
use crate::pickle::opcode as op;

impl<'p> Reader<'p> {
    /// As `named`, for this class.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn class(&mut self, class: &Class) -> Option<Entry> {
        self.named(&class.seen[0], |name| name.is(class.tag))
    }

    /// Reads this class.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn this_class(&mut self, class: &Class) -> Option<()> {
        self.this(&class.seen[0], |name| name.is(class.tag))
    }

    /// Reads a class or function, whose last memo entry is in `seen`, or fetches a part from the memo that may be an
    /// object of the class or the result of the function; returns its memo entry. Only that of such a part
    /// `is_composite`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn named(&mut self, seen: &Cell<Entry>, is: impl Fn(Name<'_>) -> bool) -> Option<Entry> {
        if self.is_next(seen)? { Some(seen.get()) } else { self.named_otherwise(seen, &is) }
    }

    /// Reads a class or function, whose last memo entry is in `seen`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn this(&mut self, seen: &Cell<Entry>, is: impl Fn(Name<'_>) -> bool) -> Option<()> {
        (!is_composite(self.named(seen, is)?)).then_some(())
    }

    /// Reads a GET of the last memo entry, if that comes next in its usual form.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_next(&mut self, seen: &Cell<Entry>) -> Option<bool> {
        let is_next = match *self.input.get(self.at..)? {
            [op::BINGET, number, ..] => self.memo.get(usize::from(number)) == Some(&seen.get()),
            _ => false,
        };
        self.at += if is_next { 2 } else { 0 };
        Some(is_next)
    }

    #[inline(never)]
    fn named_otherwise(&mut self, seen: &Cell<Entry>, is: &dyn Fn(Name<'_>) -> bool) -> Option<Entry> {
        let at = self.at;
        let fetched = if is_get(self.peek()?) { self.get()? } else { 0 };
        let kept = if fetched <= Entry::from(u32::MAX) {
            // It is written in full, or text was fetched: the name of a module, which another class has too.
            self.at = at;
            self.global(is)?
        } else {
            if fetched != seen.get() && self.again(fetched, |this| this.global(is)).is_none() {
                return is_composite(fetched).then_some(fetched);
            }
            fetched
        };
        seen.set(kept);
        Some(kept)
    }

    /// Reads a name that is written here in full, if it is the right one.
    fn global(&mut self, is: &dyn Fn(Name<'_>) -> bool) -> Option<Entry> {
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

    /// Reads `__pyx_unpickle_C(C, checksum, None)`, whose result is given the members; otherwise as `named`.
    pub(super) fn made_by_cython(&mut self, made: &Cython) -> Option<Entry> {
        let start = self.at;
        let kept = self.named(&made.maker, |name| name.name.starts_with("__pyx_unpickle_"))?;
        if is_composite(kept) {
            return Some(kept);
        }
        self.call(start, op::TUPLE3, |this| {
            this.this_class(&made.class)?;
            (this.int()? == i64::from(made.checksum)).then_some(())?;
            this.code(op::NONE)
        })?;
        Some(kept)
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
        seen: &Cell<Entry>,
        is: &dyn Fn(Name<'_>) -> bool,
        tuple: u8,
        arguments: &dyn Fn(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.peek()?;
        let start = self.at;
        let kept = self.named(seen, is)?;
        if is_composite(kept) {
            return self.again(kept, |this| this.called(seen, is, tuple, arguments));
        }
        self.call(start, tuple, arguments)
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
    pub(super) fn name_of(&mut self, name: &str, seen: &Cell<Entry>) -> Option<()> {
        if self.is_next(seen)? { Some(()) } else { self.name_otherwise(name, seen) }
    }

    #[inline(never)]
    fn name_otherwise(&mut self, name: &str, seen: &Cell<Entry>) -> Option<()> {
        let code = self.peek()?;
        let start = self.at;
        let kept = if is_get(code) { self.get()? } else { start as Entry };
        self.at = start;
        if *self.name()? != *name.as_bytes() {
            return None;
        }
        seen.set(kept);
        Some(())
    }
}
