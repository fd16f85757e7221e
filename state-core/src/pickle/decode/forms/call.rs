//! The calls that return a form, and those that make an object by it.

use alloc::format;
use alloc::string::String;

use super::super::arena::{Id, Items, Tag};
use super::super::parts::Parts;
use super::super::view::{Name, View};

/// The function that returns the forms of a class.
const FORM: &str = "__form__";

/// What a form is called with, which its own first argument determines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pickle::decode) enum Mode {
    /// The slots.
    Exact,
    /// A subclass in Python of the form's class, and the slots.
    Class,
    /// A subclass, and the tuple of the slots that its own `__setstate__` is given.
    Given,
    /// A subclass, whose own `__setstate__` fills the object.
    Blank,
    /// The native bytes.
    Packed,
    /// The numbers of items before and after the slots that `__getstate__` returned, and all these items.
    State,
}

/// An object that a form made from slots.
#[derive(Clone, Debug)]
pub(super) struct Formed<'p> {
    /// The place of the form.
    pub form: u32,
    /// The class that the form was called with, if any.
    pub class: Option<Id>,
    /// The slots, and what follows them.
    pub slots: Items<'p>,
    /// The attributes, if they are given afterwards.
    pub attributes: Option<Id>,
}

/// What `__getstate__` of a class returned.
#[derive(Clone, Debug)]
pub(in crate::pickle::decode) struct Called<'p> {
    /// The place of the form that wrote it.
    pub form: u32,
    pub items: Items<'p>,
    /// How many of the items were added before the slots.
    pub before: usize,
    /// How many were added behind them.
    pub behind: usize,
}

impl Parts<'_> {
    /// Returns the class whose form a call returns.
    pub(in crate::pickle::decode) fn class_of_form(&self, place: u32) -> Option<String> {
        let function = self.arena.part(place, 0);
        let (module, name) = self.is_form_function(function).then(|| self.class_path(function))??;
        Some(format!("{module}.{}", class_of(&name)?))
    }

    fn is_form_function(&self, function: Id) -> bool {
        if self.is_long_name(function) {
            return false;
        }
        match self.name(function) {
            Some(name) => name.name.ends_with(FORM),
            None => self.attribute(function).is_some_and(|(_, attribute)| attribute == FORM),
        }
    }

    /// Returns whether a form is of the class `tag`.
    pub(super) fn is_form_of(&self, form: u32, tag: &str) -> bool {
        let function = self.arena.part(form, 0);
        match self.name(function) {
            Some(name) => class_of(name.name).is_some_and(|class| Name { name: class, ..name }.is(tag)),
            None => self.attribute(function).is_some_and(|(class, _)| self.is_named(class, tag)),
        }
    }

    /// Returns the form that a call calls, and what with.
    pub(in crate::pickle::decode) fn form_called(&self, tag: Tag, place: u32) -> Option<(u32, Mode)> {
        if tag != Tag::Call {
            return None;
        }
        let form = self.arena.part(place, 0).place().filter(|&form| self.arena.tag(form) == Tag::Call)?;
        if !self.is_form_function(self.arena.part(form, 0)) {
            return None;
        }
        let first = self.arguments(self.arena.part(form, 1)).next();
        let mode = match first.map(|first| self.plain(first)) {
            Some(View::Int(1)) => Mode::Class,
            Some(View::Int(2)) => Mode::Given,
            Some(View::Int(3)) => Mode::Blank,
            Some(View::Int(4)) => Mode::Packed,
            Some(View::Int(5)) => Mode::State,
            Some(View::Int(_)) => return None,
            _ => Mode::Exact,
        };
        Some((form, mode))
    }

    /// Describes an object of a PyO3 class.
    pub(in crate::pickle::decode) fn describe_formed(&self, form: u32, (mode, place): (Mode, u32)) -> String {
        let class = self.class_of_form(form).unwrap_or_default();
        match mode {
            Mode::Exact => class,
            Mode::State => format!("the state of a {class}"),
            Mode::Packed => format!("a packed {class}, whose bytes are a native state that `state_core::loads` reads"),
            Mode::Class | Mode::Given | Mode::Blank => match self.arguments(self.arena.part(place, 1)).next() {
                Some(of) => format!("{}, a subclass of {class} in Python", self.class_name(of)),
                None => class,
            },
        }
    }

    /// Returns what `__getstate__` returned, if a part is that, or what was made of it by adding items.
    pub(in crate::pickle::decode) fn state_called(&self, id: Id) -> Option<Called<'_>> {
        let View::Object(tag, place) = self.plain(id) else { return None };
        let (form, Mode::State) = self.form_called(tag, place)? else { return None };
        let mut items = self.arguments(self.arena.part(place, 1));
        let mut count = || match self.plain(items.next()?) {
            View::Int(count) => usize::try_from(count).ok(),
            _ => None,
        };
        let (before, behind) = (count()?, count()?);
        let is_state = before.checked_add(behind)? <= items.len() && self.arena.changes(place).next().is_none();
        is_state.then_some(Called { form, items, before, behind })
    }

    /// Returns the same of slots alone.
    pub(super) fn state_of_slots(&self, id: Id) -> Option<(u32, Items<'_>)> {
        let alone = self.state_called(id).filter(|state| (state.before, state.behind) == (0, 0))?;
        Some((alone.form, alone.items))
    }

    /// Returns the object that a call of a form makes, if it is made from slots and not changed otherwise.
    pub(super) fn formed(&self, tag: Tag, place: u32) -> Option<Formed<'_>> {
        let (mut form, mode) = self.form_called(tag, place)?;
        let mut slots = self.arguments(self.arena.part(place, 1));
        let mut changes = self.arena.changes(place);
        let mut state = match (changes.next(), changes.next()) {
            (None, _) => None,
            (Some((Tag::State, mut state)), None) => state.next(),
            _ => return None,
        };
        let class = match mode {
            Mode::Exact => None,
            Mode::Class | Mode::Given | Mode::Blank => Some(slots.next()?),
            Mode::Packed | Mode::State => return None,
        };
        if mode == Mode::Given {
            let given = slots.next().filter(|_| slots.len() == 0)?;
            // The `__setstate__` of the class is given the slots that the object has already.
            state = state.filter(|state| *state != given);
            (form, slots) = self.state_of_slots(given).unwrap_or_else(|| (form, self.arguments(given)));
        }
        let made = Formed { form, class, slots, attributes: None };
        if mode == Mode::Blank {
            let (form, slots) = self.state_of_slots(state?)?;
            return Some(Formed { form, slots, ..made });
        }
        let Some(state) = state else { return Some(made) };
        match self.view(state) {
            View::None => Some(made),
            View::Dict(_) => Some(Formed { attributes: Some(state), ..made }),
            // In a cycle, the state is the form and then the slots.
            View::Tuple(mut slots) => {
                let again = slots.next()?.place().filter(|&again| self.arena.tag(again) == Tag::Call)?;
                self.is_form_function(self.arena.part(again, 0)).then_some(Formed { form: again, slots, ..made })
            }
            _ => None,
        }
    }
}

/// Returns the class from the name of the function that returns its forms. For a class that allows no attributes, the
/// function is next to it in the module.
fn class_of(function: &str) -> Option<&str> {
    let class = function.strip_suffix(FORM)?;
    class.strip_suffix('.').or_else(|| class.strip_prefix('_'))
}
