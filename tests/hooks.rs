//! `before_get` and `after_set`: when hooks run, and the effects of a refusal.

use std::cell::Cell;
use std::fmt;

use state_core::value::{StateExt, Value};
use state_core::{Error, ErrorKind, State, check, dumps, load_into, loads};

/// Counts the calls of its hooks.
#[derive(State, Debug, PartialEq, Default)]
#[state(before_get = Self::look, after_set = Self::rebuild)]
struct Cache {
    items: Vec<u8>,
    #[state(skip)]
    sum: u32,
    #[state(skip)]
    looks: Cell<u32>,
}

impl Cache {
    fn new(items: &[u8]) -> Self {
        let mut cache = Self { items: items.to_vec(), ..Self::default() };
        cache.rebuild();
        cache
    }

    fn look(&self) {
        self.looks.set(self.looks.get() + 1);
    }

    fn rebuild(&mut self) {
        self.sum = self.items.iter().map(|&item| u32::from(item)).sum();
    }
}

#[test]
fn hooks_run_once_each() {
    let cache = Cache::new(&[1, 2]);
    let bytes = dumps(&cache).unwrap();
    assert_eq!(cache.looks.get(), 1);
    assert_eq!(loads::<Cache>(&bytes).unwrap().sum, 3);
    let mut other = Cache::new(&[]);
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(other, Cache::new(&[1, 2]));
}

#[test]
fn hooks_run_for_the_dynamic_door_too() {
    let mut cache = Cache::new(&[1, 2]);
    let mut state = cache.get_state().unwrap();
    assert_eq!(cache.looks.get(), 1);
    state[0] = Value::from(vec![Value::from(5)]);
    cache.set_state(state).unwrap();
    assert_eq!(cache.sum, 5);
}

#[test]
fn a_hook_that_cannot_refuse_keeps_the_restore_in_place() {
    let bytes = dumps(&Cache::new(&[1, 2])).unwrap();
    let mut other = Cache::new(&[3, 4]);
    let place = other.items.as_ptr();
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(other.items.as_ptr(), place);
}

#[derive(Debug)]
enum Fault {
    Order,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Order => f.write_str("the end is before the start"),
        }
    }
}

#[derive(State, Debug, PartialEq, Clone, Copy)]
#[state(after_set = in_order)]
struct Span {
    start: u8,
    end: u8,
}

fn in_order(span: &mut Span) -> Result<(), Fault> {
    if span.end < span.start { Err(Fault::Order) } else { Ok(()) }
}

/// Contains a deeply nested part that can refuse.
#[derive(State, Debug, PartialEq, Clone)]
struct Plan {
    names: Vec<String>,
    spans: Vec<Option<Span>>,
    rest: u8,
}

fn plan(end: u8) -> Plan {
    Plan { names: vec!["a".into(), "b".into()], spans: vec![None, Some(Span { start: 5, end })], rest: 9 }
}

#[test]
fn a_refusal_changes_nothing() {
    let good = dumps(&plan(6)).unwrap();
    assert_eq!(loads::<Plan>(&good).unwrap(), plan(6));
    let bad = dumps(&plan(4)).unwrap();
    let mut target = plan(7);
    target.names[0] = "another".into();
    let before = target.clone();
    let error = load_into(&bad, &mut target).unwrap_err();
    assert_eq!((error.kind(), error.found()), (ErrorKind::Refused, "the end is before the start"));
    assert_eq!(error.path(), "Plan.spans[1]", "{error}");
    assert_eq!(target, before);
    let state = plan(4).get_state().unwrap();
    assert_eq!(target.set_state(state).unwrap_err().kind(), ErrorKind::Refused);
    assert_eq!(target, before);
    assert!(check::<Plan>(&bad).is_ok(), "a hook is asked when a value is built");
}

#[derive(State, Debug, PartialEq)]
#[state(before_get = Open::closed)]
struct Open(bool);

impl Open {
    fn closed(&self) -> Result<(), &'static str> {
        if self.0 { Err("still open") } else { Ok(()) }
    }
}

#[test]
fn a_state_can_be_refused_when_it_is_taken() {
    assert!(dumps(&Open(false)).is_ok());
    let error = dumps(&vec![Open(false), Open(true)]).unwrap_err();
    assert_eq!(error.found(), "still open");
}

thread_local! {
    static LOG: Cell<String> = const { Cell::new(String::new()) };
}

fn log<T, const NAME: char>(_: &mut T) {
    LOG.set(LOG.take() + &NAME.to_string());
}

#[derive(State)]
#[state(after_set = log::<_, 'p'>)]
struct Parent {
    first: Part,
}

#[derive(State)]
#[state(after_set = log::<Self, 'e'>)]
enum Part {
    Empty,
    Full(u8),
}

#[derive(State)]
#[state(after_set = log::<Child, 'c'>)]
struct Child {
    #[state(flatten_parent)]
    base: Parent,
    parts: [Part; 2],
}

fn child(last: Part) -> Child {
    Child { base: Parent { first: Part::Empty }, parts: [Part::Full(1), last] }
}

#[test]
fn children_come_before_their_owners() {
    let bytes = dumps(&child(Part::Full(2))).unwrap();
    let mut loaded: Child = loads(&bytes).unwrap();
    assert_eq!(LOG.take(), "epeec");
    load_into(&bytes, &mut loaded).unwrap();
    assert_eq!(LOG.take(), "epeec");
    // A variant that stays the same, one that changes, and one without slots.
    load_into(&bytes, &mut child(Part::Empty)).unwrap();
    assert_eq!(LOG.take(), "epeec");
}

/// A user's error, which is the source of ours.
#[derive(Debug, PartialEq)]
struct TooMany(u32);

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} are too many", self.0)
    }
}

impl std::error::Error for TooMany {}

mod few {
    use super::TooMany;

    pub type Slot = u32;

    pub fn get(value: &u32) -> u32 {
        *value
    }

    pub fn set(slot: u32) -> Result<u32, TooMany> {
        if slot < 10 { Ok(slot) } else { Err(TooMany(slot)) }
    }
}

#[derive(State, Debug, PartialEq)]
struct Converted {
    #[state(with = few)]
    count: u32,
}

/// Generic in its error, which is only known to be `Display`.
#[derive(State, Debug, PartialEq)]
#[state(before_get = Self::few, after_set = Self::few_again, bound = "u32: Limit<E>")]
struct Hooked<E: fmt::Display> {
    count: u32,
    #[state(skip)]
    error: std::marker::PhantomData<E>,
}

trait Limit<E> {
    fn limit(self) -> Result<(), E>;
}

impl Limit<TooMany> for u32 {
    fn limit(self) -> Result<(), TooMany> {
        if self < 10 { Ok(()) } else { Err(TooMany(self)) }
    }
}

impl<E: fmt::Display> Hooked<E>
where
    u32: Limit<E>,
{
    fn few(&self) -> Result<(), E> {
        self.count.limit()
    }

    fn few_again(&mut self) -> Result<(), E> {
        self.count.limit()
    }
}

#[derive(State, Debug, PartialEq)]
#[state(before_get = Self::few, after_set = Self::few_again)]
struct Counted {
    count: u32,
}

impl Counted {
    fn few(&self) -> Result<(), TooMany> {
        if self.count < 20 { Ok(()) } else { Err(TooMany(self.count)) }
    }

    fn few_again(&mut self) -> Result<(), TooMany> {
        if self.count < 10 { Ok(()) } else { Err(TooMany(self.count)) }
    }
}

#[test]
fn the_error_of_a_hook_or_conversion_is_the_source_of_ours() {
    let source = |error: &Error| {
        std::error::Error::source(error).and_then(|source| source.downcast_ref::<TooMany>()).map(|too_many| too_many.0)
    };
    let error = dumps(&vec![Counted { count: 20 }]).unwrap_err();
    assert_eq!((source(&error), error.kind()), (Some(20), ErrorKind::Refused));

    let bytes = dumps(&vec![Counted { count: 11 }]).unwrap();
    let mut live = vec![Counted { count: 1 }];
    for error in [loads::<Vec<Counted>>(&bytes).unwrap_err(), load_into(&bytes, &mut live).unwrap_err()] {
        assert_eq!(source(&error), Some(11));
        assert_eq!(error.found(), "11 are too many");
    }
    assert_eq!(live, [Counted { count: 1 }]);

    let bytes = dumps(&Converted { count: 12 }).unwrap();
    assert_eq!(source(&loads::<Converted>(&bytes).unwrap_err()), Some(12));

    // If only `Display` is known of the error, its text is kept.
    let hooked = Hooked::<TooMany> { count: 10, error: std::marker::PhantomData };
    let error = dumps(&hooked).unwrap_err();
    assert_eq!((source(&error), error.found()), (None, "10 are too many"));
}

/// A type with manual impls that refuses repeatedly while a list is restored in place.
#[test]
fn the_first_refusal_is_the_one_that_is_told() {
    use state_core::schema::Schema;
    use state_core::state::{Checker, Reader, Size, Writer};

    #[derive(Debug, PartialEq)]
    struct Percent(u8);

    impl State for Percent {
        const HEAD: usize = u8::HEAD;
        const DYNAMIC: bool = false;

        fn schema() -> &'static Schema {
            u8::schema()
        }

        fn size(&self, _: &mut Size) {}

        fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
            self.0.put(head, writer);
        }
    }

    impl<'de> state_core::Restore<'de> for Percent {
        fn check(_: &[u8], _: &mut Checker<'_>) -> bool {
            true
        }

        fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
            let mut this = Self(0);
            this.set(head, reader);
            Some(this)
        }

        fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
            match head[0] {
                percent @ 0..=100 => self.0 = percent,
                more => reader.refuse(Error::refused(format!("{more} percent"))),
            }
        }
    }
    let bytes = dumps(&vec![1_u8, 102, 103, 4]).unwrap();
    let mut live = vec![Percent(0), Percent(0), Percent(0), Percent(0)];
    let error = load_into(&bytes, &mut live).unwrap_err();
    assert!(error.to_string().ends_with("102 percent"), "{error}");
    assert_eq!(live, [1, 0, 0, 4].map(Percent));
    let error = loads::<Vec<Percent>>(&bytes).unwrap_err();
    assert!(error.to_string().ends_with("102 percent"), "{error}");
}
