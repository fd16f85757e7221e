//! The guarantees of dynamic values: indexing, joining, splitting, comparison, conversion, and any depth.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use state_core::value::{Dict, Int, Kind, List, Object, Set, Tuple, Value, Variant};

#[test]
fn a_state_is_indexed_and_iterated_like_a_slice() {
    let state = Tuple::from(("Dave", 30, 1.5, true, b"\x01\x02", Value::None));
    assert_eq!(state.len(), 6);
    assert_eq!(state[0], "Dave");
    assert_eq!(state[1], 30);
    assert_eq!(state[1], 30_u64);
    assert_eq!(state[2], 1.5);
    assert_eq!(state[3], true);
    assert_eq!(state[4], b"\x01\x02");
    assert!(state[5].is_none());
    assert_eq!(state.get(6), None);
    assert_eq!(state.first(), Some(&Value::from("Dave")));

    let kinds: Vec<&str> = state.iter().map(|slot| slot.kind().name()).collect();
    assert_eq!(kinds, ["str", "int", "float", "bool", "bytes", "None"]);

    let mut doubled = Tuple::from((1, 2));
    for slot in &mut doubled {
        *slot = (i32::try_from(&*slot).unwrap() * 2).into();
    }
    assert_eq!(doubled.into_iter().collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn states_are_joined_and_split_as_in_python() {
    let owner = Object::new("example.Person", ("Dave", 30));
    let parent = Tuple::from((vec![0_u8; 48], 3));

    let state = &parent + (owner.clone(),);
    assert_eq!(state, (vec![0_u8; 48], 3, owner.clone()));

    let (last, rest) = state.split_last().unwrap();
    assert_eq!(*last, owner);
    assert_eq!(parent, rest);
    assert_eq!(Tuple::from(&state[..2]), parent);

    let mut head = state.clone();
    let tail = head.split_off(2);
    assert_eq!(head, parent);
    assert_eq!(head.split_off(9), ());
    head += tail;
    assert_eq!(head, state);
    assert_eq!(head.pop(), Some(owner.into()));
}

#[test]
fn rust_tuples_go_up_to_sixteen() {
    let state = Tuple::from((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    // Rust itself has no `Debug` for so long a tuple.
    assert!(state == (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    assert_ne!(state, (0, 1));
    assert_eq!(Tuple::from(()), ());
    assert_eq!(Tuple::from((1, (2, "x"))), (1, (2, "x")));
    assert_eq!(Tuple::from((Some(1), None::<i32>)), (Some(1), None::<i32>));
}

#[test]
fn tuples_have_an_order_while_kinds_agree() {
    fn order(a: impl Into<Value>, b: impl Into<Value>) -> Option<Ordering> {
        a.into().partial_cmp(&b.into())
    }
    assert_eq!(order((1, "b"), (1, "c")), Some(Less));
    assert_eq!(order((1, "b"), (1, "b", Value::None)), Some(Less));
    assert_eq!(order((1, "b"), (1,)), Some(Greater));
    assert_eq!(order(((1, 2), 3), ((1, 3), 0)), Some(Less));
    assert_eq!(order((1, "b"), ("b", 1)), None);
    assert_eq!(order((1, "b"), List::from_iter([1])), None);
    assert_eq!(order(1, 1.0), None);
    assert_eq!(order(f64::NAN, 0.0), None);

    let person = |age: i32| (Object::new("Person", (age,)), age);
    assert_eq!(order(person(1), person(1)), Some(Equal));
    assert_eq!(order(person(1), person(2)), None);
}

#[test]
fn values_of_different_kinds_differ() {
    let all = [
        Value::None,
        true.into(),
        1.into(),
        1.0.into(),
        "1".into(),
        b"1".into(),
        (1,).into(),
        List::from([1]).into(),
        Dict::from_iter([(1, 1)]).into(),
        Set::from([1]).into(),
        Object::new("A", (1,)).into(),
        Object::new("B", (1,)).into(),
        Variant::new("A", "A", (1,)).into(),
        Variant::new("A", "B", (1,)).into(),
    ];
    for (i, a) in all.iter().enumerate() {
        for (j, b) in all.iter().enumerate() {
            assert_eq!(a == b, i == j, "{a:?} and {b:?}");
        }
    }
}

#[test]
fn floats_are_equal_as_ieee_754_has_it() {
    assert_ne!(Value::from(f64::NAN), Value::from(f64::NAN));
    assert_eq!(Value::from(0.0), Value::from(-0.0));
    assert_eq!(Value::from(0.5_f32), 0.5_f64);
}

#[test]
fn sets_and_dicts_are_equal_in_any_order() {
    let there: Set = (0..20_000).collect();
    let back: Set = (0..20_000).rev().collect();
    assert_eq!(there, back);
    assert_ne!(there, (1..=20_000).rev().collect());

    let there: Dict = (0..10_000).map(|key| (key, (key, "value"))).collect();
    let back: Dict = (0..10_000).rev().map(|key| (key, (key, "value"))).collect();
    assert_eq!(there, back);

    let nested = |items: [i32; 2]| Value::from((Set::from([Set::from(items), Set::new()]), 1));
    assert_eq!(nested([1, 2]), nested([2, 1]));
    assert_ne!(nested([1, 2]), nested([2, 2]));
    assert_ne!(Set::from([1, 1, 2]), Set::from([1, 2, 2]));
}

#[test]
fn dicts_keep_their_pairs_in_order() {
    let mut dict = Dict::from_iter([("b", 1), ("a", 2)]);
    dict.push("c", Value::None);
    assert_eq!(dict.len(), 3);
    assert_eq!(dict.get("a"), Some(&Value::from(2)));
    assert_eq!(dict.get(&1), None);
    for value in dict.values_mut() {
        *value = (value.clone(),).into();
    }
    let keys: Vec<&str> = dict.iter().filter_map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["b", "a", "c"]);
    let pairs: Vec<(Value, Value)> = dict.into_iter().collect();
    assert_eq!(pairs[1], ("a".into(), (2,).into()));
}

#[test]
fn scalars_go_in_and_come_out() {
    macro_rules! round_trip {
        ($($Type:ty: $($value:expr),*;)*) => {$($(
            let value: $Type = $value;
            assert_eq!(<$Type>::try_from(Value::from(value.clone())), Ok(value));
        )*)*};
    }
    round_trip! {
        i8: i8::MIN, i8::MAX; i16: i16::MIN, i16::MAX; i32: i32::MIN, i32::MAX;
        i64: i64::MIN, i64::MAX; i128: i128::MIN, i128::MAX; isize: isize::MIN, isize::MAX;
        u8: u8::MAX; u16: u16::MAX; u32: u32::MAX; u64: u64::MAX; u128: 0, u128::MAX; usize: usize::MAX;
        f32: 0.1, f32::MAX, f32::INFINITY; f64: 0.1, f64::MIN_POSITIVE; bool: true, false;
        char: 'é', '\0'; String: "Dave".into(); Vec<u8>: vec![1, 2];
    }
    assert_eq!(<&str>::try_from(&Value::from('x')), Ok("x"));
    assert_eq!(f64::try_from(Value::from(216)), Ok(216.0));
    assert_eq!(Value::from(216.0).as_int(), None);
    assert_eq!(Value::from(7).as_int(), Some(&Int::from(7)));
    assert_eq!(Value::from(Box::new(Some("x"))), "x");
}

#[test]
fn a_wrong_kind_is_named() {
    fn message<T: TryFrom<Value, Error = E>, E: ToString>(value: impl Into<Value>) -> Option<String> {
        T::try_from(value.into()).err().map(|error| error.to_string())
    }
    let cases = [
        (message::<i32, _>("x"), "expected i32, found str"),
        (message::<i32, _>(true), "expected i32, found bool"),
        (message::<u8, _>(-1), "expected u8, found int -1"),
        (message::<f64, _>(u64::MAX), "expected f64, found int 18446744073709551615"),
        (message::<f32, _>(1e300), "expected f32, found float"),
        (message::<bool, _>(1), "expected bool, found int"),
        (message::<char, _>("xy"), "expected char, found str"),
        (message::<String, _>(b"x"), "expected str, found bytes"),
        (message::<Tuple, _>(List::new()), "expected tuple, found list"),
    ];
    for (message, expected) in cases {
        assert_eq!(message.as_deref(), Some(expected));
    }
    let error = i32::try_from(Value::None).unwrap_err();
    assert_eq!((error.expected(), error.found()), ("i32", Kind::None));
}

/// Enough for any recursion to overflow the stack of a test.
const DEPTH: usize = 200_000;

/// Wraps a value in each kind of container in turn, with other slots beside it.
fn deep(swap: bool) -> Value {
    let mut value = Value::None;
    for depth in 0..DEPTH {
        value = match depth % 6 {
            0 => Tuple::from((1, value, 2)).into(),
            1 => List::from([value]).into(),
            2 => Dict::from_iter([(value, 3)]).into(),
            3 if swap => Set::from([Value::from(4), value]).into(),
            3 => Set::from([value, Value::from(4)]).into(),
            4 => Object::new("example.Object", (value,)).into(),
            _ => Variant::new("example.Enum", "Variant", (value,)).into(),
        };
    }
    value
}

#[test]
fn depth_costs_no_stack() {
    let value = deep(false);
    let copy = value.clone();
    assert!(copy == value);
    assert!(value.partial_cmp(&copy) == Some(Equal));
    assert!(value.to_string().ends_with(']'));
    assert!(format!("{value:#?}").ends_with(']'));

    let swapped = deep(true);
    assert!(swapped == value);
    let longer = List::from([swapped]);
    assert!(value != longer);

    let tuples = |inner: i32| (0..DEPTH).fold(Value::from(inner), |value, _| (value,).into());
    let (low, high) = (tuples(1), tuples(2));
    assert!(low < high);
    assert!(low != high);
}

#[test]
fn boxes_are_as_many_as_there_are_bytes_for() {
    let boxes: Vec<Box<u8>> = (0..100_000_u32).map(|at| Box::new(at as u8)).collect();
    let value = state_core::to_value(&boxes).unwrap();
    assert_eq!(state_core::from_value::<Vec<Box<u8>>>(&value).unwrap(), boxes);
}
