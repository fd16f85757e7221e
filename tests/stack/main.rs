//! Every value that the default depth allows fits the stack of a thread, 2 MiB, on each way of reading and writing,
//! also without optimisation: `.ci/run unoptimised` runs these tests that way.

#![allow(clippy::linkedlist, reason = "it is one of the containers")]
#![allow(clippy::large_stack_arrays, reason = "the threads that make these have the stack for them")]

macro_rules! wrapped {
    ($leaf:ty;) => { $leaf };
    ($leaf:ty; $first:ident $($rest:ident)*) => { Wrap<wrapped!($leaf; $($rest)*)> };
}

macro_rules! wrap {
    ($leaf:expr;) => { $leaf };
    ($leaf:expr; $first:ident $($rest:ident)*) => { Wrap(wrap!($leaf; $($rest)*)) };
}

mod large;
mod levels;
mod older_forms;

use std::fmt::Debug;
use std::sync::Arc;

use state_core::image::compare;
use state_core::{
    Error, ErrorKind, Inspection, Options, RestoreOwned, State, check, dumps, from_value, load_into, loads, pickle,
    to_value,
};

/// Runs on a stack of the default size of a thread.
fn on_a_thread(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

type Way = (&'static str, Box<dyn FnOnce() + Send>);

/// Runs each way on its own thread, so that one that overflows is the last that was printed.
fn every_way<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>, other: T) {
    let ways = native(value, other).into_iter().chain(dynamic(value)).chain(pickled(value));
    for (way, run) in ways {
        eprintln!("{}: {way}", std::any::type_name::<T>());
        on_a_thread(run);
    }
}

fn native<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>, other: T) -> Vec<Way> {
    let bytes = Arc::new(dumps(&**value).unwrap());
    let (out, into, checked) = (Arc::clone(value), (Arc::clone(value), Arc::clone(&bytes)), Arc::clone(&bytes));
    let (compared, leaf) = (Arc::clone(&bytes), dumps(&other).unwrap());
    let value = Arc::clone(value);
    let mut target = other;
    vec![
        (
            "compare",
            Box::new(move || {
                assert_eq!(compare::<T>(&compared, &compared).unwrap().count(), 0);
                assert!(compare::<T>(&compared, &leaf).unwrap().count() > 0);
            }),
        ),
        ("dumps", Box::new(move || drop(dumps(&*out).unwrap()))),
        ("loads", Box::new(move || assert!(loads::<T>(&bytes).unwrap() == *value))),
        (
            "check",
            Box::new(move || {
                check::<T>(&checked).unwrap();
                // The place of a damage is found by the walk.
                let mut bytes = checked.to_vec();
                bytes.pop();
                check::<T>(&bytes).unwrap_err();
                bytes.extend([0, 0]);
                check::<T>(&bytes).unwrap_err();
            }),
        ),
        (
            "load_into",
            Box::new(move || {
                let (value, bytes) = into;
                load_into(&bytes, &mut target).unwrap();
                assert!(target == *value);
                load_into(&bytes, &mut target).unwrap();
            }),
        ),
    ]
}

fn dynamic<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>) -> Vec<Way> {
    let with_schema = Options::new().with_schema().dumps(&**value).unwrap();
    let (out, value) = (Arc::clone(value), Arc::clone(value));
    vec![
        (
            "to_value",
            Box::new(move || {
                let value = to_value(&*out).unwrap();
                assert!(value.clone() == value && !value.to_string().is_empty());
                assert!(!format!("{value:?}{value:#?}{value:#}").is_empty());
            }),
        ),
        ("from_value", Box::new(move || assert!(from_value::<T>(&to_value(&*value).unwrap()).unwrap() == *value))),
        (
            "Inspection",
            Box::new(move || {
                let inspection = Inspection::open(&with_schema).unwrap();
                drop(inspection.value().unwrap());
                drop(inspection.tree().unwrap());
            }),
        ),
    ]
}

fn pickled<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>) -> Vec<Way> {
    let (out, values, value) = (Arc::clone(value), Arc::clone(value), Arc::clone(value));
    vec![
        ("pickle::dumps", Box::new(move || drop(pickle::dumps(&*out).unwrap()))),
        (
            "pickle::loads",
            Box::new(move || {
                for protocol in [pickle::Protocol::V0, pickle::Protocol::V2, pickle::Protocol::V4] {
                    let mut pickle = pickle::PickleOptions::new().protocol(protocol).dumps(&*value).unwrap();
                    assert!(pickle::loads::<T>(&pickle).unwrap() == *value);
                    // A value pushed and then popped, which only the pickle machine reads.
                    let start = if protocol == pickle::Protocol::V0 { 0 } else { 2 };
                    pickle.splice(start..start, *b"N0");
                    assert!(pickle::loads::<T>(&pickle).unwrap() == *value);
                }
            }),
        ),
        (
            "pickle::load_value",
            Box::new(move || {
                let pickle = pickle::dumps(&*values).unwrap();
                let value = pickle::load_value(&pickle).unwrap();
                drop(pickle::dump_value(&value).unwrap());
                let pickle = pickle::Pickle::open(&pickle).unwrap();
                assert!(!format!("{pickle}{pickle:#}").is_empty());
            }),
        ),
    ]
}

/// The deepest value that the default depth allows, made from a leaf by `around`; also checks that every way refuses a
/// deeper one.
fn deepest<T: RestoreOwned + Clone + Debug>(leaf: T, around: impl Fn(T) -> T) -> (T, u32) {
    let (mut value, mut levels) = (leaf, 0);
    loop {
        let next = around(value.clone());
        if let Err(error) = dumps(&next) {
            refused(&next, &error);
            return (value, levels);
        }
        (value, levels) = (next, levels + 1);
    }
}

#[track_caller]
fn refused<T: RestoreOwned + Debug>(deeper: &T, error: &Error) {
    let raised = Options::new().depth(4096);
    let pickle = pickle::PickleOptions::new().depth(4096).dumps(deeper).unwrap();
    let errors = [
        error.kind(),
        loads::<T>(&raised.dumps(deeper).unwrap()).unwrap_err().kind(),
        to_value(deeper).unwrap_err().kind(),
        from_value::<T>(&raised.to_value(deeper).unwrap()).unwrap_err().kind(),
        pickle::dumps(deeper).unwrap_err().kind(),
        pickle::loads::<T>(&pickle).unwrap_err().kind(),
    ];
    assert_eq!(errors, [ErrorKind::Depth; 6]);
}

#[derive(State, Debug, PartialEq, Clone)]
struct Expr {
    line: u32,
    kind: Kind,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Kind {
    Name(String),
    Call { f: String, args: Vec<Arg> },
}

#[derive(State, Debug, PartialEq, Clone)]
struct Arg {
    name: Option<String>,
    value: (u8, Expr),
}

#[derive(State, Debug, PartialEq, Clone)]
struct Wrap<T>(T);

#[derive(State, Debug, PartialEq, Clone)]
struct First {
    a: String,
    children: Vec<Fourth>,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Second {
    #[state(flatten_parent)]
    parent: First,
    b: [u8; 100],
}

#[derive(State, Debug, PartialEq, Clone)]
struct Third {
    #[state(flatten_parent)]
    parent: Second,
    c: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Fourth {
    #[state(flatten_parent)]
    parent: Third,
    d: Option<u8>,
}

mod reversed {
    use super::Converted;

    pub type Slot = (u8, [u64; 20], Vec<Converted>);

    #[expect(clippy::ptr_arg, reason = "the function has the shape that the derive asks for")]
    pub fn get(inner: &Vec<Converted>) -> Slot {
        (1, [2; 20], inner.iter().rev().cloned().collect())
    }

    pub fn set(slot: Slot) -> Result<Vec<Converted>, String> {
        Ok(slot.2.into_iter().rev().collect())
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(after_set = Self::seen)]
struct Converted {
    #[state(with = reversed)]
    inner: Vec<Converted>,
    #[state(skip)]
    fill: [u64; 4],
}

impl Converted {
    fn seen(&mut self) -> Result<(), String> {
        self.fill = [7; 4];
        Ok(())
    }
}

mod before {
    use super::{State, Wrap};

    #[derive(State, Debug, PartialEq, Clone)]
    #[state(name = "Chain")]
    pub struct Chain {
        pub next: wrapped!(Option<Box<Chain>>; a b c d e f g h),
        pub end: Option<End>,
    }

    #[derive(State, Debug, PartialEq, Clone)]
    #[state(name = "End")]
    pub struct End {
        pub levels: u8,
    }
}

#[derive(State, Debug)]
#[state(name = "Chain")]
struct Chain {
    next: wrapped!(Option<Box<Chain>>; a b c d e f g h),
    end: Option<End>,
}

#[derive(State, Debug)]
#[state(name = "End", from(before::End))]
struct End {
    chain: Option<Box<Chain>>,
}

impl From<before::End> for End {
    fn from(older: before::End) -> Self {
        let around = |inner, _| Some(Box::new(Chain { next: wrap!(inner; a b c d e f g h), end: None }));
        Self { chain: (0..older.levels).fold(None, around) }
    }
}
