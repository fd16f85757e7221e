//! Calls whose results a pickle drops, and what is done with an object step by step: kept in values, shown, written.

use state_core::pickle::{Options, Pickle, Protocol, load_value, loads};
use state_core::value::{Made, StepRef, Value};

fn texts(pickle: &[u8]) -> [String; 2] {
    [load_value(pickle).expect("a value").to_string(), Pickle::open(pickle).expect("a pickle").to_string()]
}

#[test]
fn a_call_whose_result_is_dropped_is_kept_and_shown() {
    for (pickle, text) in [
        (&b"cos\nsystem\n(S'ls'\ntR0N."[..], "(None, then system('ls'))"),
        (b"Ncos\nsystem\n(S'ls'\ntR0.", "(None, then system('ls'))"),
        (b"(cos\nsystem\n(S'ls'\ntR1N.", "(None, then system('ls'))"),
        (b"cos\nsystem\n(S'ls'\ntRN.", "(None, then system('ls'))"),
        (b"(lcos\nsystem\n(S'ls'\ntRa0N.", "(None, then [system('ls')])"),
        (b"cos\nsystem\n(S'ls'\ntR0cm\nC\n(I1\ntR.", "C(1, after system('ls'))"),
        (
            b"cos\nsystem\n(S'ls'\ntR0cos\nsystem\n(S'rm'\ntR0cm\nC\n(I1\ntR.",
            "C(1, after system('ls'), after system('rm'))",
        ),
        (b"cm\nC\n(tRp0\ncm\nput\n(g0\nI1\ntR0.", "C(then put(C(...), 1))"),
        (b"cos\nsystem\n(S'ls'\ntR0c__builtin__\nset\n((lI1\natR.", "set([1], after system('ls'))"),
        (
            b"cos\nsystem\n(S'ls'\ntR0c__builtin__\ngetattr\n(cm\nC\nS'x'\ntR.",
            "getattr(<class 'm.C'>, 'x', after system('ls'))",
        ),
    ] {
        assert_eq!(texts(pickle), [text, text], "{}", pickle.escape_ascii());
        let value = load_value(pickle).expect("a value");
        for protocol in Protocol::ALL {
            let again = Options::new().protocol(protocol).dump_value(&value).expect("a pickle");
            assert_eq!(texts(&again), [text, text], "{}", again.escape_ascii());
        }
    }
}

#[test]
fn what_python_drops_of_its_own_is_no_call() {
    // A `frozenset` that contains itself by way of a list: the call is there twice, and the second is dropped.
    let pickle = b"\x80\x02cm\nC\nq\x00]q\x01]q\x02h\x00h\x01\x85q\x03Rq\x04a\x85q\x050h\x04.";
    assert!(!texts(pickle)[0].contains("then"), "{:?}", texts(pickle));
}

#[test]
fn two_states_are_kept_in_order() {
    let pickle = b"\x80\x02cm\nPlain\n)\x81}X\x01\0\0\0aK\x01sb}X\x01\0\0\0bK\x02sb.";
    let value = load_value(pickle).expect("a value");
    assert_eq!(value.to_string(), "Plain(a=1, b=2)");
    let object = value.as_object().expect("an object");
    assert!(matches!(object.steps().next(), Some(StepRef::State(state)) if state.to_string() == "{'b': 2}"));
}

#[test]
fn typed_loads_refuse_what_only_calls_would_do() {
    let error = loads::<Option<i32>>(b"cos\nsystem\n(S'ls'\ntR0N.").unwrap_err().to_string();
    assert!(error.contains("os.system"), "{error}");
    let wrapped: Value = load_value(b"cos\nsystem\n(S'ls'\ntR0N.").expect("a value");
    assert_eq!(wrapped.as_object().unwrap().made(), Made::Value);
    state_core::value::from_value::<Option<i32>>(&wrapped).unwrap_err();
}
