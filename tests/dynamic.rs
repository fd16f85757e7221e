//! The state tuple: the result of `get_state`, and the tuples that `set_state` accepts and refuses.

mod example;

use state_core::value::Object;
use state_core::{State, StateExt, Value};

use example::{MyClass, MySubclass, shop};

/// The bytes that a real Cython object wrote for three bicycles.
const CYTHON: &str = "0100000000000000000000000000494007000000000000000000000000e06840\
                      15000000000000000000000000f07840";

fn cython() -> Vec<u8> {
    (0..CYTHON.len()).step_by(2).map(|at| u8::from_str_radix(&CYTHON[at..at + 2], 16).unwrap()).collect()
}

fn dave() -> Value {
    Object::new("example.Person", ("Dave", 30)).into()
}

#[test]
fn a_child_continues_its_parents_tuple() {
    let state = shop().get_state().unwrap();
    assert_eq!(state.len(), 3);
    assert_eq!(state, (cython(), 3, dave()));
    assert_eq!(shop().base.get_state().unwrap() + (dave(),), state);
    assert_eq!(state[..2], shop().base.get_state().unwrap()[..]);
}

#[test]
fn the_bytes_of_a_real_cython_object_go_in_and_come_out_the_same() {
    let mut class = MyClass { data: vec![] };
    class.set_state((cython(), 3)).unwrap();
    assert_eq!(class, shop().base);
    assert_eq!(class.get_state().unwrap(), (cython(), 3));
}

#[test]
fn what_does_not_fit_is_told_and_changes_nothing() {
    let mut target = shop();
    let message = |target: &mut MySubclass, state: state_core::value::Tuple| {
        let before = target.clone();
        let error = target.set_state(state).unwrap_err();
        assert_eq!(*target, before);
        error.to_string()
    };
    let table = [
        (
            (cython(), 2, dave()).into(),
            "MySubclass.base.data: expected the count 3, because there are 48 bytes of 16 each, found int 2",
        ),
        (
            (vec![0_u8; 47], 3, dave()).into(),
            "MySubclass.base.data: expected a whole number of elements of 16 bytes, found 47 bytes",
        ),
        ((cython(), 3).into(), "MySubclass.owner: expected optional example.Person, found a state without it"),
        ((cython(), 3, dave(), 4).into(), "MySubclass: expected a state of 3 slots, found one more: int 4"),
        ((cython(), 3, 7).into(), "MySubclass.owner: expected example.Person, found int 7"),
        (
            (cython(), 3, Value::from(Object::new("example.Person", ("Dave", 1_i64 << 40)))).into(),
            "MySubclass.owner.age: expected i32, found int 1099511627776",
        ),
    ];
    for (state, expected) in table {
        assert_eq!(message(&mut target, state), expected);
    }
}

#[test]
fn an_empty_array_comes_as_none_or_as_no_bytes() {
    for empty in [Value::None, Value::from(Vec::<u8>::new())] {
        let mut class = shop().base;
        class.set_state((empty, 0)).unwrap();
        assert_eq!(class.data, []);
    }
}

#[test]
fn what_does_not_fit_is_named_once() {
    #[derive(State, Debug, PartialEq)]
    struct Pair {
        a: u8,
        b: Option<u8>,
    }

    let mut pair = Pair { a: 1, b: Some(2) };
    let cases = [
        ((Value::None, Value::from(1)), "Pair.a: expected u8, found None"),
        ((Value::from(true), Value::None), "Pair.a: expected u8, found bool True"),
        ((Value::from(1), Value::from("x")), "Pair.b: expected u8, found str 'x'"),
    ];
    for (state, text) in cases {
        assert_eq!(pair.set_state(state).unwrap_err().to_string(), text);
    }
    assert_eq!(pair, Pair { a: 1, b: Some(2) });
}
