//! The Python classes for Rust's types: real Python loads, changes and pickles them like their Rust counterparts, and
//! mypy accepts them.

#![cfg(target_endian = "little")]
#![allow(clippy::option_option, reason = "users have them")]
#![allow(dead_code, reason = "fields are read by Python")]

mod forms;
mod keys;
mod names;
#[path = "../python/mod.rs"]
mod python;
mod shop;
mod typing;

use std::fmt::Debug;

use state_core::pickle::{self, PickleOptions, Protocol, python_modules};
use state_core::{Record, RestoreOwned, State};

/// Creates modules from their sources, loads a pickle, evaluates an expression on the object, and pickles it again: at
/// each protocol, with C and without.
const SCRIPT: &str = r#"
import copy, io, pickle, sys, types

def load(data):
    return pickle.loads(data)

def case(frame):
    count, frame = int.from_bytes(frame[:8], "little"), frame[8:]
    parts = []
    for _ in range(count):
        size, frame = int.from_bytes(frame[:8], "little"), frame[8:]
        parts.append(frame[:size])
        frame = frame[size:]
    *sources, expression, data = parts
    names = [source.decode() for source in sources[::2]]
    for name in names:
        sys.modules[name] = types.ModuleType(name)
        if "." in name:
            outer = sys.modules.setdefault(name.rsplit(".", 1)[0], types.ModuleType(name.rsplit(".", 1)[0]))
            setattr(outer, name.rsplit(".", 1)[1], sys.modules[name])
    for name, source in zip(names, sources[1::2]):
        exec(compile(source.decode(), name, "exec"), sys.modules[name].__dict__)
    made = pickle.loads(data)
    module = sys.modules[names[0]]
    if expression:
        found = eval(expression.decode(), {**module.__dict__, "made": made, "module": module, "repr": repr})
        assert found, (expression, made)
    written = []
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            written.append(pickle.dumps(made, protocol))
        except TypeError as error:
            # What Python pickles of its own accord from protocol 2 on.
            assert protocol < 2 and "__slots__ without defining __getstate__" in str(error), error
            continue
        slow = io.BytesIO()
        pickle._Pickler(slow, protocol).dump(made)
        written.append(slow.getvalue())
    written.append(pickle.dumps(copy.deepcopy(made)))
    return b"".join(len(part).to_bytes(4, "little") + part for part in written)
"#;

fn frame(parts: &[&[u8]]) -> Vec<u8> {
    let mut frame = (parts.len() as u64).to_le_bytes().to_vec();
    for part in parts {
        frame.extend((part.len() as u64).to_le_bytes());
        frame.extend_from_slice(part);
    }
    frame
}

/// Values that Python loads with the classes generated for them, with an expression that must be true for each, and
/// that round-trip.
#[derive(Default)]
struct Cases {
    frames: Vec<Vec<u8>>,
    tests: Vec<Box<dyn Fn(&[u8])>>,
}

impl Cases {
    fn add<T: RestoreOwned + PartialEq + Debug + 'static>(&mut self, value: T, expression: &str) {
        let modules = python_modules::<T>().unwrap();
        let sources: Vec<&[u8]> =
            modules.iter().flat_map(|module| [module.name.as_bytes(), module.source.as_bytes()]).collect();
        for protocol in Protocol::ALL {
            let pickle = PickleOptions::new().protocol(protocol).dumps(&value).unwrap();
            self.frames.push(frame(&[&sources[..], &[expression.as_bytes(), &pickle]].concat()));
        }
        self.tests.push(Box::new(move |pickle| assert_eq!(pickle::loads::<T>(pickle).unwrap(), value)));
    }

    fn check(self) {
        let Some(answers) = python::answers(SCRIPT, &self.frames) else { return };
        for (number, answer) in answers.iter().enumerate() {
            if answer.starts_with(python::TOO_OLD.as_bytes()) {
                continue;
            }
            for pickle in python::parts(answer) {
                self.tests[number / Protocol::ALL.len()](pickle);
            }
        }
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Person")]
struct Person {
    name: String,
    age: Option<i32>,
    friends: Vec<Person>,
    boss: Option<Box<Person>>,
}

fn dave() -> Person {
    let friend = Person { name: "Eve".into(), age: None, friends: vec![], boss: None };
    Person { name: "Dave".into(), age: Some(30), friends: vec![friend.clone()], boss: Some(Box::new(friend)) }
}

#[derive(Record, Debug, PartialEq, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}
