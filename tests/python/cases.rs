//! Rust values with the corresponding Python expressions: what is written, and what is read.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::fmt::Debug;

use state_core::pickle::{self, PickleOptions, Protocol};
use state_core::{RestoreOwned, from_value, to_value};

use crate::python;

/// Test cases, each with a value and its Python expression.
#[derive(Default)]
pub struct Cases {
    /// A script that defines the names in the expressions.
    names: &'static str,
    written: Vec<Vec<u8>>,
    asked: Vec<Vec<u8>>,
    tests: Vec<Box<dyn Fn(&[u8])>>,
}

impl Cases {
    pub fn new(names: &'static str) -> Self {
        Self { names, ..Self::default() }
    }

    /// Adds a value and the equal Python expression, also written as a dynamic value.
    pub fn both<T: RestoreOwned + PartialEq + Debug + 'static>(&mut self, value: T, text: &str) {
        for protocol in Protocol::ALL {
            let of_value = PickleOptions::new().protocol(protocol).dump_value(&to_value(&value).unwrap()).unwrap();
            self.written.push([text.as_bytes(), b"\0", &of_value].concat());
        }
        self.typed(value, text);
    }

    /// Adds a value and the equal Python expression.
    pub fn typed<T: RestoreOwned + PartialEq + Debug + 'static>(&mut self, value: T, text: &str) {
        for protocol in Protocol::ALL {
            let pickle = PickleOptions::new().protocol(protocol).dumps(&value).unwrap();
            assert_eq!(pickle::loads::<T>(&pickle).unwrap(), value);
            self.written.push([text.as_bytes(), b"\0", &pickle].concat());
        }
        self.read(value, text);
    }

    /// Adds a value and an expression whose pickle loads as that value.
    pub fn read<T: RestoreOwned + PartialEq + Debug + 'static>(&mut self, value: T, text: &str) {
        self.tests.push(Box::new(move |pickle| {
            assert_eq!(pickle::loads::<T>(pickle).unwrap(), value);
            assert_eq!(from_value::<T>(&pickle::load_value(pickle).unwrap()).unwrap(), value);
        }));
        self.asked.push(text.into());
    }

    /// Adds an expression whose pickle is refused for the type.
    pub fn refused<T: RestoreOwned + Debug>(&mut self, text: &str, words: &'static str) {
        self.tests.push(Box::new(move |pickle| {
            let error = pickle::loads::<T>(pickle).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            assert!(from_value::<T>(&pickle::load_value(pickle).unwrap()).is_err());
        }));
        self.asked.push(text.into());
    }

    pub fn check(self) {
        let equal = "
def case(frame):
    text, data = frame.split(b'\\0', 1)
    wanted, found = eval(text.decode(), names), pickle.loads(data)
    same = type(found) is type(wanted) and repr(found) == repr(wanted) and found == wanted
    return 'same' if same else repr(found)
";
        let written = python::texts(&[self.names, equal].concat(), &self.written).unwrap_or_default();
        for (frame, answer) in self.written.iter().zip(written) {
            if answer == python::TOO_OLD {
                continue;
            }
            assert_eq!(answer, "same", "{:?}", String::from_utf8_lossy(frame));
        }
        // The pickles of all protocols in sequence, each preceded by its length.
        let made = "
def case(frame):
    value = eval(frame.decode(), names)
    all = [pickle.dumps(value, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    return b''.join(len(data).to_bytes(8, 'little') + data for data in all)
";
        let made = python::answers(&[self.names, made].concat(), &self.asked).unwrap_or_default();
        for (answer, test) in made.iter().zip(&self.tests) {
            let mut rest = &**answer;
            while let Some((len, behind)) = rest.split_first_chunk::<8>() {
                let (pickle, behind) = behind.split_at(u64::from_le_bytes(*len) as usize);
                test(pickle);
                rest = behind;
            }
        }
    }
}
