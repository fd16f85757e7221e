//! Objects that Python pickled, read as values and written again, are the same objects to Python.

mod python;

use state_core::pickle::{Options, Protocol, load_value};

/// Loads what the value of a pickle is written as, at each protocol.
fn rewritten(pickle: &[u8]) -> Vec<Vec<u8>> {
    let value = load_value(pickle).expect("a value");
    let write = |protocol| Options::new().protocol(protocol).dump_value(&value).expect("a pickle");
    Protocol::ALL.into_iter().map(write).collect()
}

const OBJECTS: &str = r#"
import operator, pickle

error = ValueError("x", 1)
OBJECTS = [
    [error, error.args],
    operator.methodcaller("x", 1, k=2),
]

def shown(value):
    if isinstance(value, list):
        assert value[0].args is not None
        return repr((value[0], value[0].args, value[1]))
    return repr(value)
"#;

const DUMP: &str = r"
def case(frame):
    at, protocol = frame
    return pickle.dumps(OBJECTS[at], protocol)
";

const SHOW: &str = r#"
def case(frame):
    return shown(pickle.loads(frame[1:])) + "\n" + shown(OBJECTS[frame[0]])
"#;

#[test]
fn what_the_standard_library_pickles_comes_back() {
    let frames: Vec<Vec<u8>> = (0..2).flat_map(|at| (0..6).map(move |protocol| vec![at, protocol])).collect();
    let Some(pickles) = python::answers(&[OBJECTS, DUMP].concat(), &frames) else { return };
    let mut again = Vec::new();
    for (frame, pickle) in frames.iter().zip(&pickles) {
        let at = |pickle: Vec<u8>| [vec![frame[0]], pickle].concat();
        again.extend(rewritten(pickle).into_iter().map(at));
    }
    for answer in python::texts(&[OBJECTS, SHOW].concat(), &again).expect("Python") {
        let (found, expected) = answer.split_once('\n').expect("two lines");
        assert_eq!(found, expected);
    }
}

#[test]
fn arguments_that_are_met_twice_stay() {
    let value = load_value(b"\x80\x02cm\nC\n\x8c\x01m\x85\x94Rh\x00\x86.").expect("a value");
    assert_eq!(value.to_string(), "(C('m'), ('m',))");
}

#[test]
fn a_partial_of_any_function_is_no_making_of_a_class() {
    let pickle =
        b"\x80\x02cfunctools\npartial\n(cbuiltins\neval\ntR(cbuiltins\neval\n(X\x01\x00\x00\x00at}NtbcA\nB\n0)R.";
    let text = load_value(pickle).expect("a value").to_string();
    assert!(text.contains("partial(<class 'eval'>"), "{text}");
}

#[test]
fn a_short_bytearray_that_is_met_twice_stays_one() {
    let pickle = b"\x80\x05]\x94(\x96\x02\x00\x00\x00\x00\x00\x00\x00ab\x94h\x01e.";
    let value = load_value(pickle).expect("a value");
    let items = value.as_list().expect("a list");
    assert!(state_core::value::Shared::same(items[0].as_shared().unwrap(), items[1].as_shared().unwrap()));
}
