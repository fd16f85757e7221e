//! Objects of classes: all the ways in which Python writes them, as class, arguments and state.

use super::arena::{Id, Items, Tag};
use super::forms::Mode;
use super::parts::Parts;
use super::view::{Name, View};

/// Larger tuples may be shared, and are not taken apart.
const FEW: usize = 64;

/// How an object is made, whatever the spelling in the pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Construction {
    /// `class.__new__(class, *arguments)`: no constructor runs.
    New,
    /// The class or function is called.
    Called,
    /// Made by the function that Cython generates, with this checksum of the members' names.
    Cython(i128),
}

/// An object: how it is made, and where its later changes are.
#[derive(Clone, Debug)]
pub(super) struct Instance<'p> {
    /// The part that is the class, or the function that is called.
    pub class: Id,
    pub made: Construction,
    pub arguments: Items<'p>,
    /// The dict of keyword arguments.
    pub keywords: Option<Id>,
    /// The state that came with the arguments.
    pub inner_state: Option<Id>,
    /// The class whose `__new__` makes the object, if `copyreg._reconstructor` calls that.
    pub base: Option<Id>,
    /// The tuple whose items the arguments are, if it is not the call's own.
    pub given: Option<Id>,
    /// Whether the object is made by a `__new__` that may be another class's, because it is inherited.
    pub is_inherited: bool,
    /// The node, for later changes.
    pub place: u32,
}

impl<'p> Instance<'p> {
    /// Returns whether the arguments are the value of a built-in base of the class.
    pub fn holds_base(&self) -> bool {
        self.base.is_some() && self.arguments.len() > 0
    }

    fn new(class: Id, made: Construction, arguments: Items<'p>, place: u32) -> Self {
        Self {
            class,
            made,
            arguments,
            keywords: None,
            inner_state: None,
            base: None,
            given: None,
            is_inherited: false,
            place,
        }
    }
}

impl Parts<'_> {
    /// Returns the object at a node of a call or an instance.
    pub(super) fn instance(&self, tag: Tag, place: u32) -> Instance<'_> {
        let (class, arguments) = (self.arena.part(place, 0), self.arena.part(place, 1));
        let items = self.arguments(arguments);
        match tag {
            Tag::Call => self.called(class, items, place),
            Tag::NewKeywords => {
                let keywords = Some(self.arena.part(place, 2));
                Instance { keywords, ..Instance::new(class, Construction::New, items, place) }
            }
            // Classes of Python 2 are called with arguments, or made without a constructor if there are none.
            Tag::Instance if items.len() > 0 => Instance::new(class, Construction::Called, items, place),
            _ => Instance::new(class, Construction::New, items, place),
        }
    }

    /// Returns a call as it is, even if the function is known.
    pub(super) fn plain_call(&self, place: u32) -> Instance<'_> {
        let arguments = self.arguments(self.arena.part(place, 1));
        Instance::new(self.arena.part(place, 0), Construction::Called, arguments, place)
    }

    fn called(&self, callable: Id, mut arguments: Items<'_>, place: u32) -> Instance<'_> {
        let plain = self.plain_call(place);
        if self.is_long_name(callable) {
            return plain;
        }
        let Some(Name { module, name }) = self.name(callable) else {
            return self.partial(callable, place).unwrap_or(plain);
        };
        match (module, name) {
            ("copyreg", "__newobj__") => match arguments.next() {
                Some(class) => Instance::new(class, Construction::New, self.after(place, 1), place),
                None => plain,
            },
            ("copyreg", "__newobj_ex__") => match (arguments.next(), arguments.next(), arguments.next()) {
                (Some(class), Some(given), keywords) => {
                    let made = Instance::new(class, Construction::New, self.arguments(given), place);
                    Instance { keywords, given: Some(given), ..made }
                }
                _ => plain,
            },
            // The class, the built-in base, and the value of the base, which plain objects do not have.
            ("copyreg", "_reconstructor") => match (arguments.next(), arguments.next(), arguments.next()) {
                (Some(class), Some(base), Some(value)) => {
                    let (arguments, given) = match self.plain(value) {
                        View::None => (Items::empty(&self.arena), None),
                        // The items of a named tuple, which later protocols give as its arguments.
                        View::Tuple(items) if self.is_named(base, "builtins.tuple") => {
                            let items = if items.len() <= FEW { items } else { self.after(place, 2) };
                            (items, Some(value))
                        }
                        _ => (self.after(place, 2), None),
                    };
                    Instance { base: Some(base), given, ..Instance::new(class, Construction::New, arguments, place) }
                }
                _ => plain,
            },
            _ if name.starts_with("__pyx_unpickle_") => match (arguments.next(), arguments.next(), arguments.next()) {
                (Some(class), Some(checksum), state) => match self.plain(checksum) {
                    View::Int(checksum) => {
                        let empty = Items::empty(&self.arena);
                        let made = Instance::new(class, Construction::Cython(checksum), empty, place);
                        Instance { inner_state: state.filter(|&id| !matches!(self.plain(id), View::None)), ..made }
                    }
                    _ => plain,
                },
                _ => plain,
            },
            _ => plain,
        }
    }

    /// Returns the object of `functools.partial(class.__new__, class, ..)()`, which protocols 2 and 3 have instead of
    /// `NEWOBJ_EX`.
    fn partial(&self, callable: Id, place: u32) -> Option<Instance<'_>> {
        let inner = callable.place().filter(|&inner| self.arena.tag(inner) == Tag::Call)?;
        let name = self.name(self.arena.part(inner, 0))?;
        if (name.module, name.name) != ("functools", "partial") {
            return None;
        }
        // If several calls share the partial, it stays shared.
        if self.shares.contains(callable) || self.effects.group_of(inner).is_some() {
            return None;
        }
        // The state of a partial: function, arguments, keyword arguments, attributes.
        let state = self.state(inner)?;
        let View::Tuple(mut state) = self.plain(state) else { return None };
        let (function, arguments, keywords, attributes) = (state.next()?, state.next()?, state.next()?, state.next());
        let is_shared = self.shares.contains(arguments);
        let mut arguments = self.arguments(arguments);
        let class = arguments.next()?;
        let is_alone = self.arguments(self.arena.part(place, 1)).len() == 0
            && self.arena.changes(inner).count() == 1
            && matches!(self.plain(keywords), View::Dict(_))
            && attributes.is_none_or(|attributes| match self.plain(attributes) {
                View::None => true,
                View::Dict(entries) => entries.len() == 0,
                _ => false,
            });
        if is_shared || !is_alone {
            return None;
        }
        let is_inherited = !self.is_new_of(function, class)?;
        let made = Instance::new(class, Construction::New, arguments, place);
        Some(Instance { keywords: Some(keywords), is_inherited, ..made })
    }

    /// Returns whether a `__new__` is that of the class itself; `None` if the function is no `__new__`.
    fn is_new_of(&self, function: Id, class: Id) -> Option<bool> {
        if self.is_long_name(function) || self.is_long_name(class) {
            return None;
        }
        let (module, name) = self.class_path(function)?;
        let owner = name.strip_suffix(".__new__")?;
        Some(self.class_path(class).is_some_and(|(of, class)| of == module && class == owner))
    }

    /// Returns the object itself if it is made by `Class._from_state(class, *slots)`, as PyO3 classes were before there
    /// were forms. A value keeps the call, so that it is written as it was. For an object that a form fills later, the
    /// class is the first argument.
    pub(super) fn of_slots<'p>(&'p self, tag: Tag, instance: Instance<'p>) -> Instance<'p> {
        if instance.made != Construction::Called {
            return instance;
        }
        let is_filled = match self.form_called(tag, instance.place) {
            Some((_, Mode::Blank)) => true,
            // What its base's `__getstate__` returned has all slots.
            Some((_, Mode::Class)) => {
                self.state(instance.place).is_some_and(|state| self.state_called(state).is_some())
            }
            _ => false,
        };
        let takes_class = is_filled || self.is_function(instance.class, "_from_state", None);
        let mut arguments = instance.arguments.clone();
        match arguments.next() {
            Some(class) if takes_class => {
                let made = if is_filled { Construction::New } else { Construction::Called };
                Instance { class, made, arguments, ..instance }
            }
            _ => instance,
        }
    }

    /// Returns whether it is made by `Class._from_slots(*slots)`, as objects of exactly the class `tag` were.
    pub(super) fn is_made_of_slots(&self, instance: &Instance<'_>, tag: &str) -> bool {
        instance.made == Construction::Called && self.is_function(instance.class, "_from_slots", Some(tag))
    }

    /// Returns whether a part is the function of this name of the class `tag`, or of any class.
    fn is_function(&self, function: Id, function_name: &str, tag: Option<&str>) -> bool {
        if self.is_long_name(function) {
            return false;
        }
        match self.name(function) {
            Some(name) => {
                let class = name.name.strip_suffix(function_name).and_then(|class| class.strip_suffix('.'));
                class.is_some_and(|class| tag.is_none_or(|tag| Name { name: class, ..name }.is(tag)))
            }
            None => self.attribute(function).is_some_and(|(class, attribute)| {
                attribute == function_name && tag.is_none_or(|tag| self.is_named(class, tag))
            }),
        }
    }

    /// Returns the arguments of a call from number `from` on.
    fn after(&self, place: u32, from: usize) -> Items<'_> {
        let mut arguments = self.arguments(self.arena.part(place, 1));
        for _ in 0..from {
            arguments.next();
        }
        arguments
    }

    /// Returns the last state that BUILD gave to an object.
    pub(super) fn state(&self, place: u32) -> Option<Id> {
        let states = self.arena.changes(place).filter(|(tag, _)| *tag == Tag::State);
        states.last().and_then(|(_, mut items)| items.next())
    }
}
