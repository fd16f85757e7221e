//! Calls whose results a pickle drops, and objects that are changed step by step: kept in values, printed and written.

use state_core::State;
use state_core::pickle::{self, Pickle, PickleOptions, Protocol, load_value, loads};
use state_core::value::{self, Array, Dtype, Made, Order, StepRef, Value};

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
        (b"cos\nsystem\n(S'ls'\ntR0c__builtin__\nset\n((lI1\natR.", "({1}, then system('ls'))"),
        (b"cos\nsystem\n(S'ls'\ntR0c__builtin__\ngetattr\n(cm\nC\nS'x'\ntR.", "(<class 'm.C.x'>, then system('ls'))"),
    ] {
        assert_eq!(texts(pickle), [text, text], "{}", pickle.escape_ascii());
        let value = load_value(pickle).expect("a value");
        for protocol in Protocol::ALL {
            let again = PickleOptions::new().protocol(protocol).dump_value(&value).expect("a pickle");
            assert_eq!(texts(&again), [text, text], "{}", again.escape_ascii());
        }
    }
}

#[test]
fn what_stands_at_the_start_of_a_pickle_is_shown_beside_calls() {
    for (pickle, text) in [
        (&b"I7\n2\x86cm\nf\n(I1\ntR0."[..], "((7, 7), then f(1))"),
        (b")2\x86cm\nf\n(tR0.", "(((), ()), then f())"),
        (b"S'a'\np0\ncm\nf\n(g0\ntR0.", "('a', then f('a'))"),
        (b"cbuiltins\nset\nq\x00)R\x85cm\nf\n(h\x00K\x05tR0.", "((set(),), then f(<class 'set'>, 5))"),
        (b"]q\x00h\x00acm\nf\n(h\x00tR0.", "([[...]], then f([[...]]))"),
    ] {
        assert_eq!(texts(pickle), [text, text], "{}", pickle.escape_ascii());
    }
}

/// An object that is made after a call can be in the arguments of the call, and nowhere else.
#[test]
fn a_call_is_not_hidden_in_its_own_arguments() {
    for (pickle, text) in [
        (&b"]q\x00cos\nsystem\n(h\x00tR0cm\nC\n)Ra0N."[..], "(None, then system([C()]))"),
        (b"]q\x00cos\nsystem\n(h\x00tR0cm\nf\n(h\x00cm\nC\n)RatR00N.", "(None, then f([C(after system([...]))]))"),
        (
            b"cm\nC\n)Rq\x00cos\nsystem\n(h\x00tR0cm\nput\n(h\x00tR00N.",
            "(None, then C(then system(C(...)), then put(C(...))))",
        ),
        (b"]q\x00cos\nsystem\n(h\x00tR0cm\nC\n)Ra.", "[C(after system([...]))]"),
    ] {
        assert_eq!(texts(pickle), [text, text], "{}", pickle.escape_ascii());
        let value = load_value(pickle).expect("a value");
        for protocol in Protocol::ALL {
            let again = PickleOptions::new().protocol(protocol).dump_value(&value).expect("a pickle");
            assert!(texts(&again)[0].contains("system"), "{}", again.escape_ascii());
        }
    }
}

#[test]
fn a_dict_that_holds_the_object_whose_state_it_is_ends() {
    for (pickle, text) in [
        (&b"}q\x00S'a'\n(im\nC\nh\x00bs."[..], "{'a': C(...)}"),
        (b"}q\x00S'a'\n(S'b'\nim\nC\nh\x00bs\x85.", "({'a': C(...)},)"),
        (b"}q\x00S'a'\nccollections\nOrderedDict\nh\x00\x85Rs.", "{'a': ...}"),
    ] {
        assert_eq!(texts(pickle), [text, text], "{}", pickle.escape_ascii());
    }
}

#[test]
fn every_print_shows_what_is_called() {
    let pickle = b"cos\nsystem\n(S'ls'\ntR0N.";
    let opened = Pickle::open(pickle).expect("a pickle");
    let value = load_value(pickle).expect("a value");
    let tree = "(\n    None,\n    then system(\n        'ls',\n    ),\n)";
    assert_eq!([format!("{value:#}"), format!("{opened:#}")], [tree, tree]);
    assert_eq!(format!("{value:?}"), "(None, then os.system('ls'))");
    assert!(opened.classes().expect("names").any(|name| name == *"os.system"));
}

#[test]
fn what_python_drops_of_its_own_is_no_call() {
    // A `frozenset` that contains itself by way of a list: its call is there twice, and the second is dropped.
    let pickle = b"\x80\x02cm\nC\nq\x00]q\x01]q\x02h\x00h\x01\x85q\x03Rq\x04a\x85q\x050h\x04.";
    assert!(!texts(pickle)[0].contains("then"), "{:?}", texts(pickle));
}

#[test]
fn getattr_with_a_default_stays_a_call() {
    let pickle = b"c__builtin__\ngetattr\n(cm\nC\nS'x'\nc__builtin__\nsetattr\ntR.";
    let text = "getattr(<class 'm.C'>, 'x', <built-in function setattr>)";
    assert_eq!(texts(pickle), [text, text]);
}

#[test]
fn scalars_of_numpy_are_no_arrays() {
    for (typestr, bytes, text) in [
        ("<i8", 1_i64.to_le_bytes().to_vec(), "np.int64(1)"),
        ("<u2", vec![255, 255], "np.uint16(65535)"),
        ("<f4", 1.5_f32.to_le_bytes().to_vec(), "np.float32(1.5)"),
        (">f4", 0.1_f32.to_be_bytes().to_vec(), "np.float32(0.1)"),
        ("|b1", vec![1], "np.True_"),
        ("<U2", b"a\0\0\0b\0\0\0".to_vec(), "np.str_('ab')"),
        ("|S2", b"ab".to_vec(), "np.bytes_(b'ab')"),
        ("<M8[D]", 5_i64.to_le_bytes().to_vec(), "np.datetime64(5, 'D')"),
        ("<m8[ns]", (-5_i64).to_le_bytes().to_vec(), "np.timedelta64(-5, 'ns')"),
    ] {
        let dtype: Dtype = typestr.parse().expect("a type");
        let scalar = Value::from(Array::scalar(dtype.clone(), bytes.clone()).expect("a scalar"));
        assert_eq!(scalar.to_string(), text);
        assert_ne!(scalar, Value::from(Array::new(dtype, [], Order::C, bytes).expect("an array")));
        for protocol in Protocol::ALL {
            let pickle = PickleOptions::new().protocol(protocol).dump_value(&scalar).expect("a pickle");
            assert_eq!(texts(&pickle), [text, text]);
            assert_eq!(load_value(&pickle).expect("a value"), scalar);
        }
    }
}

#[test]
fn a_state_that_is_empty_is_put_in() {
    for (state, text) in [(&b")"[..], "P(then ())"), (b"N", "P(then None)"), (b"(t", "P(then ())")] {
        let pickle = [&b"\x80\x02cm\nP\n)\x81"[..], state, b"b."].concat();
        assert_eq!(texts(&pickle), [text, text]);
        let again = pickle::dump_value(&load_value(&pickle).expect("a value")).expect("a pickle");
        assert_eq!(texts(&again), [text, text]);
    }
}

#[test]
fn the_way_of_making_stays() {
    let ways = |pickle: &[u8]| -> Vec<String> {
        let value = load_value(pickle).expect("a value");
        let write = |protocol| PickleOptions::new().protocol(protocol).dump_value(&value).expect("a pickle");
        let names = |pickle: Vec<u8>| -> Vec<String> {
            let pickle = Pickle::open(&pickle).expect("a pickle");
            let names = pickle.classes().expect("names").map(|name| name.as_str().to_owned());
            names.filter(|name| name.starts_with("copyreg")).collect()
        };
        Protocol::ALL.into_iter().map(write).map(|pickle| names(pickle).join(" ")).collect()
    };
    assert_eq!(ways(b"ccopy_reg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nNtR."), ["copyreg._reconstructor"; 6]);
    assert_eq!(
        ways(b"ccopy_reg\n_reconstructor\n(cm\nC\nc__builtin__\nlist\n(lI1\natR."),
        ["copyreg._reconstructor"; 6]
    );
    let new = ["copyreg.__newobj__", "copyreg.__newobj__", "", "", "", ""];
    assert_eq!(ways(b"\x80\x02cm\nC\n)\x81."), new);
    assert_eq!(ways(b"ccopy_reg\n__newobj__\n(cm\nC\nI1\ntR."), new);
    assert_eq!(ways(b"cm\nC\n(tR."), [""; 6]);
    // What `_reconstructor` would refuse is kept.
    assert_eq!(
        ways(b"ccopy_reg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nI1\ntR."),
        ["copyreg._reconstructor"; 6]
    );
}

/// Arguments that are also elsewhere remain the same objects below protocol 2, where `__newobj__` takes them one by
/// one.
#[test]
fn arguments_that_stand_elsewhere_too_are_not_made_twice() {
    let functions = |pickle: &[u8]| -> Vec<[bool; 2]> {
        let value = load_value(pickle).expect("a value");
        let function = |protocol| {
            let again = PickleOptions::new().protocol(protocol).dump_value(&value).expect("a pickle");
            assert_eq!(texts(&again), texts(pickle));
            let pickle = Pickle::open(&again).expect("a pickle");
            let names = ["copyreg.__newobj__", "copyreg.__newobj_ex__"];
            names.map(|name| pickle.classes().expect("names").any(|found| found.as_str() == name))
        };
        Protocol::ALL.into_iter().map(function).collect()
    };
    let none = [false, false];
    let ways = |below| [below, below, none, none, none, none];
    assert_eq!(functions(b"\x80\x02cm\nC\n]K\x01a\x85q\x00\x81h\x00b."), ways([false, true]));
    assert_eq!(functions(b"\x80\x02cm\nC\nK\x01\x85q\x00\x81h\x00b."), ways([true, false]));
    assert_eq!(functions(b"\x80\x02cm\nC\n]K\x01a\x85\x81."), ways([true, false]));
}

#[test]
fn instances_of_python_2_stay_so() {
    for (pickle, text) in
        [(&b"(im\nP\n."[..], "P()"), (b"(I1\nI2\nim\nP\n.", "P(1, 2)"), (b"(cm\nP\nI1\no(dS'a'\nI1\nsb.", "P(1, a=1)")]
    {
        let value = load_value(pickle).expect("a value");
        for protocol in Protocol::ALL {
            let again = PickleOptions::new().protocol(protocol).dump_value(&value).expect("a pickle");
            assert_eq!(texts(&again), [text, text]);
            let is_made = |operation: pickle::Operation| operation.to_string().contains(" OBJ");
            assert!(Pickle::open(&again).expect("a pickle").operations().any(is_made), "{}", again.escape_ascii());
        }
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "m.P", pickle = "cython")]
struct Members {
    y: u8,
    x: u8,
}

#[test]
fn objects_of_cython_keep_the_function_and_its_checksum() {
    let head = b"\x80\x02cm\n__pyx_unpickle_P\n(cm\nP\nJ\xea\xfc\x87\x08";
    for rest in [&b"K\x01K\x02\x86tR."[..], b"NtRK\x01K\x02\x86b."] {
        let first = [head, rest].concat();
        let value = load_value(&first).expect("a value");
        assert_eq!(value.to_string(), "P(1, 2)");
        assert_eq!(value::from_value::<Members>(&value).expect("members"), Members { x: 1, y: 2 });
        for protocol in Protocol::ALL {
            let again = PickleOptions::new().protocol(protocol).dump_value(&value).expect("a pickle");
            assert_eq!(loads::<Members>(&again).expect("members"), Members { x: 1, y: 2 });
            let opcodes = |pickle: &[u8], name: &str| {
                let all = Pickle::open(pickle).expect("a pickle").operations().map(|operation| operation.to_string());
                all.filter(|operation| operation.contains(name)).count()
            };
            assert_eq!(opcodes(&again, " BUILD"), opcodes(&first, " BUILD"));
            assert_eq!(opcodes(&again, " REDUCE"), 1);
        }
    }
    let other = load_value(&[&head[..head.len() - 1], b"\x09K\x01K\x02\x86tR."].concat()).expect("a value");
    value::from_value::<Members>(&other).unwrap_err();
}

#[test]
fn two_states_are_kept_in_order() {
    let pickle = b"\x80\x02cm\nPlain\n)\x81}X\x01\0\0\0aK\x01sb}X\x01\0\0\0bK\x02sb.";
    let value = load_value(pickle).expect("a value");
    assert_eq!(texts(pickle), ["Plain(a=1, b=2)"; 2]);
    let object = value.as_object().expect("an object");
    assert!(matches!(object.steps().next(), Some(StepRef::State(state)) if format!("{state}") == "{'b': 2}"));
}

#[test]
fn typed_loads_refuse_what_only_calls_would_do() {
    let error = loads::<Option<i32>>(b"cos\nsystem\n(S'ls'\ntR0N.").unwrap_err().to_string();
    assert!(error.contains("os.system"), "{error}");
    let setter = b"\x80\x02ccollections\nOrderedDict\n)Rq\x00cm\nput\nh\x00}X\x01\0\0\0aK\x01s\x86R0.";
    loads::<std::collections::BTreeMap<String, i64>>(setter).unwrap_err();
    let effect = b"\x80\x02}q\x00cm\nput\nh\x00K\x01\x86R0.";
    loads::<std::collections::BTreeMap<String, i64>>(effect).unwrap_err();
    let wrapped: Value = load_value(b"cos\nsystem\n(S'ls'\ntR0N.").expect("a value");
    assert_eq!(wrapped.as_object().unwrap().made(), Made::Value);
    value::from_value::<Option<i32>>(&wrapped).unwrap_err();
}

/// An object that is made twice and dropped once is one object, unless the dropped one was changed.
#[test]
fn what_is_made_again_and_changed_is_no_copy() {
    for (state, text) in [(&b""[..], "(C(), C())"), (b"}S'a'\nI1\nsb", "then C")] {
        let pickle = [b"cm\nC\n)Rp0\ncm\nC\n)R", state, b"0g0\n\x86."].concat();
        for found in texts(&pickle) {
            assert!(found.contains(text) && state.is_empty() != found.contains("then"), "{found}");
        }
    }
}

#[test]
fn keywords_that_are_no_dict_are_refused() {
    for keywords in [&b"K\x05"[..], b")", b"]", b"N", b"\x8f"] {
        let pickle = [b"\x80\x04cm\nC\n)", keywords, b"\x92."].concat();
        let error = load_value(&pickle).unwrap_err().to_string();
        assert!(error.starts_with("expected a dict of keyword arguments, found "), "{error}");
        Pickle::open(&pickle).unwrap_err();
    }
    assert_eq!(texts(b"\x80\x04cm\nC\n)}\x92."), ["C()", "C()"]);
}
