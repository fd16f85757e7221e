//! What printing asks of the parts that it prints, whether they are values or parts of a pickle where they stand.

use alloc::{borrow::Cow, collections::BTreeSet, vec::Vec};
use core::cell::Cell;

use super::super::{Int, Value};
use super::layout::Layout;

/// A text up to this length is shown as often as it is referred to.
pub(crate) const SHORT: usize = 64;

/// Where parts are looked at, each for itself and without the memory for more.
pub(crate) trait Source<'a>: Copy + 'a {
    type Part: Copy + 'a;
    type Items: Iterator<Item = Self::Part> + Clone + 'a;
    type Steps: Iterator<Item = Step<'a, Self>> + Clone + 'a;
    type Seen: Seen;

    /// Parts that stand in more others than this are not shown.
    const DEEPEST: usize;

    /// What a part is.
    fn look(self, part: Self::Part) -> Look<'a, Self>;

    /// What no other part has that can be met again; 0 for one that cannot.
    fn place(self, part: Self::Part) -> usize;

    /// Whether a part is referenced from more than one place.
    fn is_shared(self, part: Self::Part) -> bool;

    /// Whether a part holds no others, and takes at most [`SHORT`] bytes.
    fn is_short(self, part: Self::Part) -> bool;

    /// Whether what a part shows is shown by it alone. Long names are shown by all that bear them.
    fn is_own(self, part: Self::Part) -> bool;

    /// About how much work it is to look at a part, less what is in its parts.
    fn weight(self, part: Self::Part) -> usize;

    /// What may still be shown of what was shown before.
    fn left(self) -> &'a Cell<usize>;

    /// Takes from that; nothing is left where it was not enough.
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

/// The places of what was shown.
pub(crate) trait Seen: Default {
    /// Whether the place is new.
    fn insert(&mut self, place: usize) -> bool;
}

impl Seen for BTreeSet<usize> {
    fn insert(&mut self, place: usize) -> bool {
        Self::insert(self, place)
    }
}

/// What a part is.
pub(crate) enum Look<'a, S: Source<'a>> {
    None,
    Int(Cow<'a, Int>),
    Text(&'a str),
    Bytes(&'a [u8]),
    ByteArray(&'a [u8]),
    /// Any other value that holds no others.
    Leaf(Cow<'a, Value>),
    Items(Shape, S::Items),
    Object(Object<'a, S>),
    /// What is laid out already.
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
    /// What stands behind the name of an object.
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

    /// The whole of one that holds nothing.
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

    /// What stands for one inside of itself.
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

/// All that is known of an object.
pub(crate) struct Object<'a, S: Source<'a>> {
    pub source: S,
    /// The whole name of its class, or of the function that makes it, where that has one.
    pub name: Option<Cow<'a, str>>,
    /// What is called to make it, where that has no name.
    pub callee: Option<S::Part>,
    pub args: S::Items,
    /// Named arguments, if there are any.
    pub kwargs: Option<S::Part>,
    pub state: State<'a, S>,
    pub items: S::Items,
    /// Key, value, key, value.
    pub entries: S::Items,
    /// What is done with it behind all that.
    pub steps: S::Steps,
    /// What was called before it was made.
    pub before: S::Items,
    /// Parts that are laid out as the object's own, and not met by themselves: arguments, named arguments, state.
    pub own: [Option<S::Part>; 3],
}

/// The state of an object.
pub(crate) enum State<'a, S: Source<'a>> {
    None,
    Slots(S::Items),
    Other(S::Part),
}

/// One thing that is done with an object.
pub(crate) enum Step<'a, S: Source<'a>> {
    Added(Shape, S::Items),
    State(S::Part),
    Call(S::Part),
}

impl<'a, S: Source<'a>> Object<'a, S> {
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The arguments, if there are exactly so many.
    pub(crate) fn exactly<const N: usize>(&self) -> Option<[S::Part; N]> {
        let args: Vec<S::Part> = self.args.clone().take(N + 1).collect();
        args.try_into().ok()
    }

    /// Whether it has nothing but its arguments.
    pub(crate) fn has_only_args(&self) -> bool {
        self.has_no_state() && is_empty(&self.items) && is_empty(&self.entries)
    }

    /// Whether steps or calls say more of it than its parts, or it is made by what has no name.
    pub(crate) fn has_more(&self) -> bool {
        !is_empty(&self.steps) || !is_empty(&self.before) || self.callee.is_some()
    }

    /// Whether nothing says more of it than arguments, items and entries.
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
