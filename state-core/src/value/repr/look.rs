//! What the printer needs to know of the parts that it prints, whether they are values or parts of a pickle.

use crate::places::Places;
use alloc::{borrow::Cow, format, string::String, vec::Vec};
use core::cell::Cell;

use super::super::{Int, Value};
use super::layout::Layout;

/// Text up to this length is shown each time that it is referred to.
pub(crate) const SHORT: usize = 64;

/// A source of parts, each of which can be looked at by itself without more memory.
pub(crate) trait Source<'a>: Copy + 'a {
    type Part: Copy + 'a;
    type Items: Iterator<Item = Self::Part> + Clone + 'a;
    type Steps: Iterator<Item = Step<'a, Self>> + Clone + 'a;
    type Seen: Seen;

    /// Parts nested more deeply than this are not shown.
    const DEEPEST: usize;

    /// Returns what a part is.
    fn look(self, part: Self::Part) -> Look<'a, Self>;

    /// An identity of a part that can be met again; 0 for one that cannot.
    fn place(self, part: Self::Part) -> usize;

    /// Whether a part is referenced from more than one place.
    fn is_shared(self, part: Self::Part) -> bool;

    /// Whether a part contains no others, and has at most [`SHORT`] bytes.
    fn is_short(self, part: Self::Part) -> bool;

    /// Whether the text of a part belongs to it alone. A long name is repeated by every object of its class.
    fn is_own(self, part: Self::Part) -> bool;

    /// About how much work it is to look at a part, without its parts.
    fn weight(self, part: Self::Part) -> usize;

    /// The remaining amount that may be shown again.
    fn left(self) -> &'a Cell<usize>;

    /// Spends some of that amount. Returns whether it sufficed; if not, nothing remains.
    fn pay(self, amount: usize) -> bool {
        let left = self.left().get().checked_sub(amount);
        self.left().set(left.unwrap_or(0));
        left.is_some()
    }

    fn text(self, part: Self::Part) -> Option<&'a str> {
        match self.look(part) {
            Look::Text(text) => Some(text),
            _ => None,
        }
    }

    fn bytes(self, part: Self::Part) -> Option<&'a [u8]> {
        match self.look(part) {
            Look::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn int(self, part: Self::Part) -> Option<Cow<'a, Int>> {
        match self.look(part) {
            Look::Int(int) => Some(int),
            _ => None,
        }
    }

    /// The items of a sequence or set.
    fn items(self, part: Self::Part) -> Option<Self::Items> {
        match self.look(part) {
            Look::Items(Shape::Tuple | Shape::List | Shape::Set | Shape::FrozenSet, items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a dict: key, value, key, value.
    fn entries(self, part: Self::Part) -> Option<Self::Items> {
        match self.look(part) {
            Look::Items(Shape::Dict, items) => Some(items),
            _ => None,
        }
    }
}

/// The places of the parts that were shown.
pub(crate) trait Seen: Default {
    /// Adds a place. Returns whether it is new.
    fn insert(&mut self, place: usize) -> bool;
}

impl Seen for Places {
    fn insert(&mut self, place: usize) -> bool {
        self.meet([place, 0])
    }
}

/// What a part is.
pub(crate) enum Look<'a, S: Source<'a>> {
    None,
    Int(Cow<'a, Int>),
    Text(&'a str),
    Bytes(&'a [u8]),
    ByteArray(&'a [u8]),
    /// Any other value that contains no others.
    Leaf(Cow<'a, Value>),
    Items(Shape, S::Items),
    Object(Object<'a, S>),
    /// A part that is already laid out.
    Laid(Layout<'a, S>),
}

/// The brackets around parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Persistent,
    /// The brackets after the name of an object.
    Fields,
}

impl Shape {
    pub(crate) const fn open(self) -> &'static str {
        match self {
            Self::Tuple | Self::Fields => "(",
            Self::List => "[",
            Self::Dict | Self::Set => "{",
            Self::FrozenSet => "frozenset({",
            Self::Persistent => "<persistent id ",
        }
    }

    pub(crate) const fn close(self) -> &'static str {
        match self {
            Self::Tuple | Self::Fields => ")",
            Self::List => "]",
            Self::Dict | Self::Set => "}",
            Self::FrozenSet => "})",
            Self::Persistent => ">",
        }
    }

    /// The text of an empty one.
    pub(crate) const fn empty(self) -> &'static str {
        match self {
            Self::Tuple | Self::Fields => "()",
            Self::List => "[]",
            Self::Dict => "{}",
            Self::Set => "set()",
            Self::FrozenSet => "frozenset()",
            Self::Persistent => "<persistent id>",
        }
    }

    /// The text of one inside itself.
    pub(crate) const fn within(self) -> &'static str {
        match self {
            Self::Tuple | Self::Fields => "(...)",
            Self::List => "[...]",
            Self::Dict => "{...}",
            Self::Set => "set(...)",
            Self::FrozenSet => "frozenset(...)",
            Self::Persistent => "<persistent id ...>",
        }
    }
}

/// All parts of an object.
pub(crate) struct Object<'a, S: Source<'a>> {
    pub source: S,
    /// The whole name of its class, or of the function that makes it, if there is one.
    pub name: Option<Cow<'a, str>>,
    /// The callable that makes it, if that has no name.
    pub callee: Option<S::Part>,
    /// The class of which that is a form.
    pub form: Option<FormOf>,
    pub args: S::Items,
    /// Named arguments, if there are any.
    pub kwargs: Option<S::Part>,
    pub state: State<'a, S>,
    pub items: S::Items,
    /// The entries, as alternating keys and values.
    pub entries: S::Items,
    /// The steps performed on it after all that.
    pub steps: S::Steps,
    /// The calls before it is made.
    pub before: S::Items,
    /// Parts that are laid out as the object's own and not visited themselves: arguments, named arguments, state.
    pub own: [Option<S::Part>; 3],
}

/// A form of a `PyO3` class, as far as it is shown with each object that it makes.
pub(crate) struct FormOf {
    /// The class, with its module.
    pub class: String,
    /// Its first argument, which says what an object is made with.
    pub mode: Option<u8>,
}

impl FormOf {
    pub const FUNCTION: &'static str = "__form__";

    /// The name for a tuple that `__getstate__` gave.
    pub const STATE: &'static str = "__getstate__";

    /// Functions with longer names are shown as others are.
    pub const LONGEST: usize = 128;

    /// Forms with more arguments are shown as other calls are.
    pub const MOST: usize = 32;

    /// Finds the class by the function that gives the form: that of a class without attributes is in the module.
    pub fn new(module: &str, function: &str, mode: Option<u8>) -> Option<Self> {
        let is_short = module.len() + function.len() <= Self::LONGEST;
        let class = function.strip_suffix(Self::FUNCTION).filter(|_| is_short)?;
        let class = class.strip_suffix('.').or_else(|| class.strip_prefix('_')).filter(|class| !class.is_empty())?;
        Some(Self { class: if module.is_empty() { class.into() } else { format!("{module}.{class}") }, mode })
    }
}

/// The state of an object.
pub(crate) enum State<'a, S: Source<'a>> {
    None,
    Slots(S::Items),
    Other(S::Part),
}

/// One step performed on an object.
pub(crate) enum Step<'a, S: Source<'a>> {
    Added(Shape, S::Items),
    State(S::Part),
    Call(S::Part),
}

impl<'a, S: Source<'a>> Object<'a, S> {
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Returns the arguments, if there are exactly `N`.
    pub(crate) fn exactly<const N: usize>(&self) -> Option<[S::Part; N]> {
        let args: Vec<S::Part> = self.args.clone().take(N + 1).collect();
        args.try_into().ok()
    }

    /// Whether it has nothing but arguments.
    pub(crate) fn has_only_args(&self) -> bool {
        self.has_no_state() && is_empty(&self.items) && is_empty(&self.entries)
    }

    /// Whether there are steps or calls besides its other parts, or a callable without a name makes it.
    pub(crate) fn has_more(&self) -> bool {
        !is_empty(&self.steps) || !is_empty(&self.before) || self.callee.is_some()
    }

    /// Whether it has nothing but arguments, items and entries.
    pub(crate) fn has_no_state(&self) -> bool {
        let is_stateless = match &self.state {
            State::None => true,
            State::Slots(slots) => is_empty(slots),
            State::Other(_) => false,
        };
        is_stateless && self.kwargs.is_none()
    }
}

pub(crate) fn is_empty(items: &(impl Iterator + Clone)) -> bool {
    items.clone().next().is_none()
}
