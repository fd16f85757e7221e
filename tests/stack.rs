//! What the default depth lets through fits the stack of a thread, 2 MiB, by each way in and out, also where nothing is
//! optimised: `.ci/run unoptimised` runs this so.

use std::collections::BTreeMap;
use std::fmt::Debug;

use state_core::{
    Inspection, Options, RestoreOwned, State, check, dumps, from_value, load_into, loads, pickle, to_value,
};

/// Runs on the stack that a thread has where nobody asks for more.
fn on_a_thread(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

/// Each way on a thread of its own, so that one that overflows is the last that was named.
fn every_way<T: RestoreOwned + PartialEq + Debug + Clone + Send + 'static>(value: T, other: T) {
    let bytes = dumps(&value).unwrap();
    let with_schema = Options::new().with_schema().dumps(&value).unwrap();
    let ways: [(&str, Box<dyn FnOnce() + Send>); 9] = [
        ("dumps", {
            let value = value.clone();
            Box::new(move || drop(dumps(&value).unwrap()))
        }),
        ("loads", {
            let (value, bytes) = (value.clone(), bytes.clone());
            Box::new(move || assert!(loads::<T>(&bytes).unwrap() == value))
        }),
        ("check", {
            let mut bytes = bytes.clone();
            Box::new(move || {
                check::<T>(&bytes).unwrap();
                // The place of a damage is found by the walk.
                bytes.pop();
                check::<T>(&bytes).unwrap_err();
                bytes.extend([0, 0]);
                check::<T>(&bytes).unwrap_err();
            })
        }),
        ("load_into", {
            let (value, bytes, mut target) = (value.clone(), bytes.clone(), other);
            Box::new(move || {
                load_into(&bytes, &mut target).unwrap();
                assert!(target == value);
                load_into(&bytes, &mut target).unwrap();
            })
        }),
        ("to_value", {
            let value = value.clone();
            Box::new(move || drop(to_value(&value).unwrap()))
        }),
        ("from_value", {
            let value = value.clone();
            Box::new(move || assert!(from_value::<T>(&to_value(&value).unwrap()).unwrap() == value))
        }),
        ("pickle::dumps", {
            let value = value.clone();
            Box::new(move || drop(pickle::dumps(&value).unwrap()))
        }),
        ("pickle::loads", {
            let value = value.clone();
            Box::new(move || {
                for protocol in [pickle::Protocol::V0, pickle::Protocol::V2, pickle::Protocol::V4] {
                    let pickle = pickle::Options::new().protocol(protocol).dumps(&value).unwrap();
                    assert!(pickle::loads::<T>(&pickle).unwrap() == value);
                }
                drop(pickle::load_value(&pickle::dumps(&value).unwrap()).unwrap());
            })
        }),
        ("Inspection", {
            Box::new(move || {
                let inspection = Inspection::open(&with_schema).unwrap();
                drop(inspection.value().unwrap());
                drop(inspection.tree().unwrap());
            })
        }),
    ];
    for (way, run) in ways {
        eprintln!("{}: {way}", std::any::type_name::<T>());
        on_a_thread(run);
    }
}

/// The deepest value that the default depth takes, made from a leaf by `around`.
fn deepest<T: State + Clone>(leaf: T, around: impl Fn(T) -> T) -> T {
    let mut value = leaf;
    loop {
        let next = around(value.clone());
        if dumps(&next).is_err() {
            return value;
        }
        value = next;
    }
}

/// Values are made, compared and dropped on a large stack; the ways alone run on a small one.
fn deep<T: RestoreOwned + PartialEq + Debug + Clone + Send + 'static>(leaf: T, around: fn(T) -> T) {
    let run = move || every_way(deepest(leaf.clone(), around), around(leaf));
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
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

#[test]
fn through_structs_enums_and_tuples() {
    deep(Expr { line: 1, kind: Kind::Name("x".into()) }, |inner| Expr {
        line: 2,
        kind: Kind::Call { f: "f".into(), args: vec![Arg { name: None, value: (3, inner) }] },
    });
}

#[derive(State, Debug, PartialEq, Clone)]
struct Link {
    next: Option<Box<Link>>,
    at: u32,
}

#[test]
fn through_boxes() {
    deep(Link { next: None, at: 0 }, |next| Link { next: Some(Box::new(next)), at: 1 });
}

#[derive(State, Debug, PartialEq, Clone)]
enum Json {
    Null,
    Object(BTreeMap<String, Json>),
}

#[test]
fn through_maps() {
    deep(Json::Null, |inner| Json::Object(BTreeMap::from([("key".into(), inner)])));
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(pickle = "dict")]
struct Attributes {
    name: String,
    parts: BTreeMap<u8, (u8, Vec<[Option<Attributes>; 1]>)>,
}

#[test]
fn through_attributes_arrays_and_options() {
    deep(Attributes { name: "a".into(), parts: BTreeMap::new() }, |inner| Attributes {
        name: "b".into(),
        parts: BTreeMap::from([(1, (2, vec![[Some(inner)]]))]),
    });
}

#[derive(State, Debug, PartialEq, Clone)]
struct Wrap<T>(T);

#[derive(State, Debug, PartialEq, Clone)]
struct Deep(Wrap<Wrap<Wrap<Option<Box<Deep>>>>>);

#[test]
fn through_newtypes() {
    deep(Deep(Wrap(Wrap(Wrap(None)))), |inner| Deep(Wrap(Wrap(Wrap(Some(Box::new(inner)))))));
}
