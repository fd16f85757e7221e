//! Objects: the name of a class, and everything that a pickle can say about an object of an unknown class.

use alloc::{string::String, vec, vec::Vec};
use core::{fmt, mem, slice};

use crate::value::kinds::children::Children;
use crate::value::kinds::named::NamedValue;
use crate::value::kinds::step::{Step, StepRef};
use crate::value::{Dict, List, Name, Pairs, Tuple, Value};

/// An object: its type tag and its state.
///
/// Objects of Rust types have only a flat state. Those of Python may be made with arguments, and may have a state of
/// any kind, items and entries: see [`Parts`].
///
/// Objects are equal if their names and parts are, however they are made.
///
/// ```
/// use state_core::value::Object;
///
/// let dave = Object::new("example.Person", ("Dave", 30));
/// assert_eq!(dave.name(), "example.Person");
/// assert_eq!(dave.state()[1], 30);
/// assert_eq!(dave.to_string(), "Person('Dave', 30)");
/// ```
#[derive(Clone)]
pub struct Object {
    name: Name,
    made: Made,
    base: Option<Name>,
    content: Content,
}

#[derive(Clone)]
pub(in crate::value) enum Content {
    /// A flat state and nothing else, which is never stored as parts.
    State(Tuple),
    /// The parts, at the indices below.
    Parts(Children),
}

const CALLEE: usize = 0;
const ARGS: usize = 1;
const KWARGS: usize = 2;
const STATE: usize = 3;
const ITEMS: usize = 4;
const ENTRIES: usize = 5;
/// A list, followed by one value for each step; these are left out if all are empty.
const BEFORE: usize = 6;
const STEPS: usize = 7;

static NO_TUPLE: Tuple = Tuple::new();
static NO_DICT: Dict = Dict::new();
static NO_LIST: List = List::new();

/// How an object is made, before its state is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Made {
    /// By `cls.__new__(cls, *args, **kwargs)`, without `__init__`.
    #[default]
    New,
    /// By a call, `callable(*args)`, of the class or of any function.
    Call,
    /// By `copyreg._reconstructor(cls, base, value)`, as protocols 0 and 1 make objects without their own `__reduce__`:
    /// `base.__new__`, and not that of the class, receives the value. That is the only argument or, if the base is
    /// `tuple`, the tuple of all arguments.
    Base,
    /// By the opcodes `INST` and `OBJ` of Python 2: a class without arguments by `__new__` alone, all others by a call.
    Instance,
    /// By the function of Cython that [`base`](Parts::base) names, `__pyx_unpickle_C(cls, checksum, state)`.
    Cython {
        /// The checksum of the names of its members.
        checksum: i64,
        /// Whether the call receives the state. Otherwise `__setstate__` sets it.
        takes_state: bool,
    },
    /// Not made: the value is the [`callee`](Parts::callee) itself, and the object exists for [`steps`](Parts::steps)
    /// that have no other place.
    Value,
}

/// All that a pickle contains about an object, besides the name of its class or of the function that makes it.
///
/// ```
/// use state_core::value::{Dict, Made, Object, Parts, Value};
///
/// let point = Parts { state: Dict::from_iter([("x", 1), ("y", 2)]).into(), ..Parts::default() };
/// assert_eq!(Object::from_parts("shop.Point", point).to_string(), "Point(x=1, y=2)");
///
/// let price = Parts { made: Made::Call, args: ("1.50",).into(), ..Parts::default() };
/// assert_eq!(Object::from_parts("decimal.Decimal", price).to_string(), "Decimal('1.50')");
/// ```
#[derive(Clone, Default)]
pub struct Parts {
    /// How it is made.
    pub made: Made,
    /// The callable that makes it, if that is not known by a name but is an object itself.
    pub callee: Value,
    /// The arguments with which it is made: a tuple, shared or not. Anything else counts as no arguments.
    pub args: Value,
    /// The named arguments: a dict, shared or not. Anything else counts as none.
    pub kwargs: Value,
    /// With [`Made::Base`], the class whose `__new__` makes it; `None` means `object`, which takes no arguments. With
    /// [`Made::Cython`], the function.
    pub base: Option<Name>,
    /// The argument of `__setstate__`: of any kind, `None` if it is not called.
    pub state: Value,
    /// The items that are appended, for a list or similar.
    pub items: List,
    /// The entries that are set by key, for a dict or similar.
    pub entries: Dict,
    /// Calls made only for their effect, after the arguments are there and before the object is made, in order: results
    /// that the pickle dropped.
    pub before: List,
    /// Steps performed on it after all of that, in order: more than one state, items after a state, functions such as
    /// the state setter that `__reduce__` may give as its sixth item.
    pub steps: Vec<Step>,
}

impl Object {
    /// Makes an object from its type tag and flat state.
    pub fn new(name: impl Into<Name>, state: impl Into<Tuple>) -> Self {
        Self { name: name.into(), made: Made::New, base: None, content: Content::State(state.into()) }
    }

    /// Makes an object from all its parts.
    pub fn from_parts(name: impl Into<Name>, parts: Parts) -> Self {
        let name = name.into();
        let Parts { made, callee, args, kwargs, base, state, items, entries, before, steps } = parts;
        let is_more = !before.is_empty() || !steps.is_empty();
        // Shared parts may not be bound yet, so they are not looked through.
        let is_none = |part: &Value| matches!(part, Value::None);
        let is_state_alone = is_none(&callee)
            && made != Made::Value
            && !is_more
            && matches!(&args, Value::None) | matches!(&args, Value::Tuple(args) if args.is_empty())
            && matches!(&kwargs, Value::None) | matches!(&kwargs, Value::Dict(kwargs) if kwargs.is_empty())
            && items.is_empty()
            && entries.is_empty();
        let content = match state {
            Value::Tuple(state) if is_state_alone => Content::State(state),
            state => {
                let args = if is_none(&args) { Tuple::new().into() } else { args };
                let kwargs = if is_none(&kwargs) { Dict::new().into() } else { kwargs };
                let mut parts = vec![callee, args, kwargs, state, items.into(), entries.into()];
                if is_more {
                    parts.push(before.into());
                    parts.extend(steps.into_iter().map(Step::into_value));
                }
                Content::Parts(parts.into())
            }
        };
        let base = base.filter(|_| matches!(made, Made::Base | Made::Cython { .. }));
        Self { name, made, base, content }
    }

    /// Returns the name and all parts.
    #[must_use]
    pub fn into_parts(self) -> (Name, Parts) {
        let parts = match self.content {
            Content::State(state) => {
                Parts { made: self.made, base: self.base, state: state.into(), ..Parts::default() }
            }
            Content::Parts(parts) => {
                let mut parts = parts.into_vec();
                let steps = parts.drain(STEPS.min(parts.len())..).filter_map(Step::of_value).collect();
                let mut take = |place: usize| parts.get_mut(place).map(mem::take).unwrap_or_default();
                Parts {
                    made: self.made,
                    callee: take(CALLEE),
                    args: take(ARGS),
                    kwargs: take(KWARGS),
                    base: self.base,
                    state: take(STATE),
                    items: take(ITEMS).try_into().unwrap_or_default(),
                    entries: take(ENTRIES).try_into().unwrap_or_default(),
                    before: take(BEFORE).try_into().unwrap_or_default(),
                    steps,
                }
            }
        };
        (self.name, parts)
    }

    pub(in crate::value) fn with_children(&self, children: Children) -> Self {
        let content = match &self.content {
            Content::State(Tuple(_, names)) => Content::State(Tuple(children, names.clone())),
            Content::Parts(_) => Content::Parts(children),
        };
        Self { name: self.name.clone(), made: self.made, base: self.base.clone(), content }
    }

    /// The slots of the flat state by name, if the names are known.
    pub(in crate::value) fn named(&self) -> Option<impl Iterator<Item = NamedValue<'_>>> {
        self.state().named()
    }

    pub(in crate::value) const fn content(&self) -> &Content {
        &self.content
    }

    pub(in crate::value) const fn children_mut(&mut self) -> &mut Children {
        match &mut self.content {
            Content::State(Tuple(children, _)) | Content::Parts(children) => children,
        }
    }

    /// The arguments, the named arguments and the state, as they are stored.
    pub(in crate::value) fn given(&self) -> [&Value; 3] {
        match &self.content {
            Content::State(_) => [&Value::None; 3],
            Content::Parts(_) => [ARGS, KWARGS, STATE].map(|place| self.part(place)),
        }
    }

    fn part(&self, place: usize) -> &Value {
        match &self.content {
            Content::State(_) => &Value::None,
            Content::Parts(parts) => parts.get(place).unwrap_or(&Value::None),
        }
    }

    /// The type tag: `example.Person`; empty if the object is made by something without a name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The type tag, or the name of the function that makes the object, by module and name.
    #[must_use]
    pub const fn global(&self) -> &Name {
        &self.name
    }

    /// How it is made.
    #[must_use]
    pub const fn made(&self) -> Made {
        self.made
    }

    /// The callable that makes it, if that is not known by a name.
    #[must_use]
    pub fn callee(&self) -> Option<&Value> {
        Some(self.part(CALLEE)).filter(|callee| !callee.is_none())
    }

    /// The arguments with which it is made.
    #[must_use]
    pub fn args(&self) -> &Tuple {
        self.part(ARGS).as_tuple().unwrap_or(&NO_TUPLE)
    }

    /// The named arguments with which it is made.
    #[must_use]
    pub fn kwargs(&self) -> &Dict {
        self.part(KWARGS).as_dict().unwrap_or(&NO_DICT)
    }

    /// The class whose `__new__` makes it, or the function that does: see [`Parts::base`].
    #[must_use]
    pub const fn base(&self) -> Option<&Name> {
        self.base.as_ref()
    }

    /// Calls made only for their effect, before it is made.
    #[must_use]
    pub fn before(&self) -> &List {
        self.part(BEFORE).as_list().unwrap_or(&NO_LIST)
    }

    /// The steps after its state is set.
    pub fn steps(&self) -> impl Iterator<Item = StepRef<'_>> {
        self.step_values().iter().filter_map(StepRef::of_value)
    }

    /// The steps as they are stored.
    pub(in crate::value) fn step_values(&self) -> &[Value] {
        match &self.content {
            Content::State(_) => &[],
            Content::Parts(parts) => parts.get(STEPS..).unwrap_or_default(),
        }
    }

    /// Whether there are calls or steps besides the other parts.
    pub(in crate::value) fn has_more(&self) -> bool {
        matches!(&self.content, Content::Parts(parts) if parts.len() > BEFORE)
    }

    /// The flat state, slot by slot, those of the parent first; without slots if the state is not a tuple.
    #[must_use]
    pub fn state(&self) -> &Tuple {
        match &self.content {
            Content::State(state) => state,
            Content::Parts(_) => self.part(STATE).as_tuple().unwrap_or(&NO_TUPLE),
        }
    }

    /// A mutable reference to the flat state; `None` if the state is not a tuple of the object's own.
    pub fn state_mut(&mut self) -> Option<&mut Tuple> {
        match &mut self.content {
            Content::State(state) => Some(state),
            Content::Parts(parts) => match parts.get_mut(STATE) {
                Some(Value::Tuple(state)) => Some(state),
                _ => None,
            },
        }
    }

    /// The value of a slot by its name. Names are known for states that were read from a file that carries its schema.
    ///
    /// ```
    /// use state_core::{Inspection, Options, State};
    ///
    /// #[derive(State)]
    /// struct Person { name: String, age: i32 }
    ///
    /// let bytes = Options::new().with_schema().dumps(&Person { name: "Dave".into(), age: 30 })?;
    /// let value = Inspection::open(&bytes)?.value()?;
    /// let person = value.as_object().unwrap();
    /// assert_eq!(person.slot("age").unwrap(), &30);
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<&Value> {
        self.named()?.find(|slot| slot.name == name).map(|slot| slot.value)
    }

    /// The state if it is not a tuple: a dict of attributes, another argument of `__setstate__`, or `None`.
    #[must_use]
    pub fn other_state(&self) -> Option<&Value> {
        Some(self.part(STATE)).filter(|state| !state.is_none() && state.as_tuple().is_none())
    }

    /// The attributes: those of a state that is a dict, or of one that is a pair of a dict or `None` and a dict of
    /// slots.
    ///
    /// A class may use such a pair for something else; only its author knows.
    #[must_use]
    pub fn attributes(&self) -> Option<Attributes<'_>> {
        match self.other_state() {
            Some(state) => attributes(Some(state), None),
            None => pair_of_attributes(self.state()),
        }
    }

    /// The attributes, with mutable references to their values. If a name occurs twice, the last one counts.
    ///
    /// Shared dicts are copied first, even if nothing is changed.
    ///
    /// ```
    /// use state_core::pickle;
    ///
    /// // An object of a class without `__getstate__`, and what it becomes.
    /// let mut value = pickle::load_value(b"\x80\x02cshop\nPerson\n)\x81}(X\x04\0\0\0nameX\x04\0\0\0DaveX\x03\0\0\0ageK\x1eub.")?;
    /// let person = value.as_object_mut().unwrap();
    /// for (name, value) in person.attributes_mut().unwrap() {
    ///     if name == "age" {
    ///         *value = 31.into();
    ///     }
    /// }
    /// assert_eq!(value.to_string(), "Person(name='Dave', age=31)");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    pub fn attributes_mut(&mut self) -> Option<impl Iterator<Item = (&str, &mut Value)>> {
        self.attributes()?;
        let dicts = match &mut self.content {
            Content::State(pair) => &mut **pair,
            Content::Parts(parts) => match parts.get_mut(STATE)?.make_mut() {
                Value::Tuple(pair) => &mut **pair,
                dict => slice::from_mut(dict),
            },
        };
        let entries = dicts.iter_mut().filter_map(Value::as_dict_mut).flat_map(Dict::iter_mut);
        Some(entries.filter_map(|(name, value)| Some((name.as_str()?, value))))
    }

    /// The items that are appended to it.
    #[must_use]
    pub fn items(&self) -> &List {
        self.part(ITEMS).as_list().unwrap_or(&NO_LIST)
    }

    /// The entries that are set in it by key.
    #[must_use]
    pub fn entries(&self) -> &Dict {
        self.part(ENTRIES).as_dict().unwrap_or(&NO_DICT)
    }

    /// The arguments, to change them. What other values share is copied first.
    pub fn args_mut(&mut self) -> &mut [Value] {
        self.part_mut(ARGS).and_then(Value::as_tuple_mut).map_or(&mut [], |args| &mut **args)
    }

    /// The items, to change them. What other values share is copied first. There are none in an object with a flat
    /// state.
    pub fn items_mut(&mut self) -> &mut [Value] {
        self.part_mut(ITEMS).and_then(Value::as_list_mut).map_or(&mut [], |items| &mut **items)
    }

    /// The entries, to change their values. What other values share is copied first. There are none in an object with a
    /// flat state.
    ///
    /// ```
    /// use state_core::pickle;
    ///
    /// // `pickle.dumps(collections.OrderedDict(a=1), 2)`
    /// let mut value = pickle::load_value(b"\x80\x02ccollections\nOrderedDict\n)RX\x01\0\0\0aK\x01s.")?;
    /// for (key, entry) in value.as_object_mut().unwrap().entries_mut() {
    ///     assert_eq!(*key, "a");
    ///     *entry = 7.into();
    /// }
    /// assert_eq!(value.to_string(), "OrderedDict({'a': 7})");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    pub fn entries_mut(&mut self) -> impl Iterator<Item = (&Value, &mut Value)> {
        self.part_mut(ENTRIES).and_then(Value::as_dict_mut).into_iter().flat_map(Dict::iter_mut)
    }

    fn part_mut(&mut self, place: usize) -> Option<&mut Value> {
        match &mut self.content {
            Content::State(_) => None,
            Content::Parts(parts) => parts.get_mut(place),
        }
    }

    /// Returns the flat state, without slots if the state is not a tuple.
    #[must_use]
    pub fn into_state(self) -> Tuple {
        match self.content {
            Content::State(state) => state,
            Content::Parts(parts) => {
                let state = parts.into_vec().into_iter().nth(STATE).unwrap_or_default();
                state.try_into().unwrap_or_default()
            }
        }
    }
}

/// The attributes of an object: see [`Object::attributes`].
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    dict: Pairs<'a>,
    slots: Pairs<'a>,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.dict.next().or_else(|| self.slots.next())?;
        Some((name.as_str()?, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.dict.len() + self.slots.len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Attributes<'_> {}

/// Returns the attributes in a state that is a pair of a dict or `None` and a dict of slots.
pub(in crate::value) fn pair_of_attributes(state: &[Value]) -> Option<Attributes<'_>> {
    match state {
        [dict, slots] if slots.as_dict().is_some_and(|slots| !slots.is_empty()) => {
            attributes(Some(dict).filter(|dict| !dict.is_none()), Some(slots))
        }
        _ => None,
    }
}

/// Returns the attributes in a dict and in a dict of slots.
pub(in crate::value) fn attributes<'a>(dict: Option<&'a Value>, slots: Option<&'a Value>) -> Option<Attributes<'a>> {
    let entries = |state: Option<&'a Value>| match state {
        Some(state) => is_attributes(state).then(|| state.as_dict().unwrap_or(&NO_DICT).iter()),
        None => Some(NO_DICT.iter()),
    };
    Some(Attributes { dict: entries(dict)?, slots: entries(slots)? })
}

fn is_attributes(value: &Value) -> bool {
    value.as_dict().is_some_and(|dict| dict.iter().all(|(name, _)| name.as_str().is_some_and(is_identifier)))
}

pub(crate) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Object::from_parts(String::new(), self.clone()), f)
    }
}
