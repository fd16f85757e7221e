//! `before_get` and `after_set`: when hooks run, and what a refusal leaves behind.

use std::cell::Cell;
use std::fmt;

use state_core::value::{StateExt, Value};
use state_core::{ErrorKind, State, check, dumps, load_into, loads};

/// Counts what is done to it.
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

/// Holds what can refuse, deep down.
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
    // A variant that stays, one that changes, and one without slots.
    load_into(&bytes, &mut child(Part::Empty)).unwrap();
    assert_eq!(LOG.take(), "epeec");
}
