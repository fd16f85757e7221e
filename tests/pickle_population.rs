//! Objects that Python pickled, read as values and written again, are the same objects in Python.

mod python;

use state_core::pickle::{Pickle, PickleOptions, Protocol, load_value};

const COMPARE: &str = include_str!("population/compare.py");
const STANDARD: &str = include_str!("population/standard.py");

/// Pickles the objects of a list at each protocol. A frame is `count`, or an index in the list and a protocol.
const DUMP: &str = r#"
POPULATION = population()

def case(frame):
    if frame == b"count":
        return str(len(POPULATION))
    at, protocol = int.from_bytes(frame[:4], "little"), frame[4]
    return pickled(eval(POPULATION[at]), protocol)
"#;

/// Compares the objects of several pickles with that of the first.
const SAME: &str = r#"
def case(frame):
    pickles = []
    while frame:
        size = int.from_bytes(frame[:4], "little")
        pickles.append(frame[4:4 + size])
        frame = frame[4 + size:]
    expected = describe(load(pickles[0]))
    told = []
    for protocol, data in enumerate(pickles[1:]):
        try:
            found = describe(load(data))
            difference = first_difference(expected, found)
            # Names of Python 3 alone are written as others below protocol 3, by Python too.
            if difference and protocol < 3 and found == describe(load(pickle.dumps(load(pickles[0]), protocol))):
                difference = None
        except Exception as error:
            difference = "%s: %s" % (type(error).__name__, error)
        if difference:
            told.append("    written at %d: %.300s" % (protocol, difference))
    return "\n".join(told)
"#;

/// Loads a pickle as a value, and writes that at each protocol.
fn rewritten(pickle: &[u8]) -> Result<Vec<Vec<u8>>, state_core::Error> {
    let value = load_value(pickle)?;
    let opened = Pickle::open(pickle)?;
    assert_eq!(format!("{opened}\n{opened:#}"), format!("{value}\n{value:#}"));
    let write = |protocol| {
        let again = PickleOptions::new().protocol(protocol).dump_value(&value)?;
        // Below protocol 3, some names that only Python 3 has become others.
        if protocol >= Protocol::V3 {
            let [first, second] = [value.to_string(), load_value(&again)?.to_string()];
            if let Some(at) = first.bytes().zip(second.bytes()).position(|(a, b)| a != b) {
                let around = |text: &str| text.chars().skip(at.saturating_sub(100)).take(300).collect::<String>();
                panic!("written at {protocol:?}:\n{}\n{}", around(&first), around(&second));
            }
            assert_eq!(first.len(), second.len());
        }
        Ok(again)
    };
    Protocol::ALL.into_iter().map(write).collect()
}

/// Loads all objects of a list, pickled at each protocol, as values, writes these at each protocol, and compares both
/// in a Python process that has not made the objects. `None` without Python.
fn population(list: &str) -> Option<usize> {
    let dump = [COMPARE, list, DUMP].concat();
    let count: u32 = python::texts(&dump, &[b"count".to_vec()])?[0].parse().expect("a number");
    let frames: Vec<Vec<u8>> =
        (0..count).flat_map(|at| (0..6).map(move |protocol| [&at.to_le_bytes()[..], &[protocol]].concat())).collect();
    let pickles = python::answers(&dump, &frames)?;
    let (mut failed, mut cases, mut of) = (Vec::new(), Vec::new(), Vec::new());
    for (frame, pickle) in frames.iter().zip(&pickles).filter(|(_, pickle)| !pickle.is_empty()) {
        match rewritten(pickle) {
            Ok(again) => {
                let all = [pickle].into_iter().chain(&again);
                let case = all.flat_map(|pickle| [&(pickle.len() as u32).to_le_bytes()[..], pickle].concat());
                cases.push(case.collect::<Vec<u8>>());
                of.push((frame, pickle));
            }
            Err(error) => failed.push(format!("{frame:?} {}: {error}", shown(pickle))),
        }
    }
    let answers = python::texts(&[COMPARE, list, SAME].concat(), &cases)?;
    let told = answers.iter().zip(of).filter(|(answer, _)| !answer.is_empty());
    failed.extend(told.map(|(answer, (frame, pickle))| format!("{frame:?} {}\n{answer}", shown(pickle))));
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), pickles.len(), failed[..failed.len().min(40)].join("\n"));
    Some(answers.len())
}

fn shown(pickle: &[u8]) -> String {
    let text = Pickle::open(pickle).map(|pickle| pickle.to_string()).unwrap_or_default();
    text.chars().take(200).collect()
}

#[test]
fn what_the_standard_library_pickles_comes_back() {
    let Some(count) = population(STANDARD) else { return };
    assert!(count > 2000, "{count} pickles");
}

#[test]
#[ignore = "needs packages, which `.ci/run population` brings"]
fn what_other_packages_pickle_comes_back() {
    let list = [STANDARD, include_str!("population/packages.py")].concat();
    let count = population(&list).expect("Python");
    assert!(count > 200, "{count} pickles");
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
    assert!(text.contains("partial(<built-in function eval>"), "{text}");
}

#[test]
fn a_short_bytearray_that_is_met_twice_stays_one() {
    let pickle = b"\x80\x05]\x94(\x96\x02\x00\x00\x00\x00\x00\x00\x00ab\x94h\x01e.";
    let value = load_value(pickle).expect("a value");
    let items = value.as_list().expect("a list");
    assert!(state_core::value::Shared::same(items[0].as_shared().unwrap(), items[1].as_shared().unwrap()));
}
