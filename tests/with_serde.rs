//! `#[state(serde)]`: fields of types that have only serde's traits, including types that need a self-describing
//! format.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use state_core::{ErrorKind, State, check, dumps, from_value, load_into, loads, to_value};

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
#[serde(untagged)]
enum Setting {
    Nothing,
    Flag(bool),
    Number(f64),
    Words(Vec<String>),
    Range { from: i64, to: i64 },
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Profile {
    name: String,
    #[serde(flatten)]
    more: BTreeMap<String, Setting>,
    #[serde(default)]
    tree: Option<Box<Profile>>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
enum Shape {
    Point,
    Circle(f32),
    Box { width: u128, height: i128 },
    Pair(i8, char),
}

#[derive(State, Debug, PartialEq, Clone)]
struct Player {
    id: u32,
    #[state(serde)]
    profile: Profile,
    #[state(serde)]
    shapes: Vec<Shape>,
    #[state(serde)]
    json: Value,
    score: String,
}

fn player() -> Player {
    let more = [
        ("volume".to_string(), Setting::Number(0.5)),
        ("muted".to_string(), Setting::Flag(false)),
        ("names".to_string(), Setting::Words(vec!["a".into(), String::new()])),
        ("limits".to_string(), Setting::Range { from: -1, to: i64::MAX }),
        ("unset".to_string(), Setting::Nothing),
    ];
    let inner = Profile { name: "inner".into(), more: BTreeMap::new(), tree: None };
    Player {
        id: 7,
        profile: Profile { name: "é".repeat(9000), more: more.into(), tree: Some(Box::new(inner)) },
        shapes: vec![
            Shape::Point,
            Shape::Circle(1.5),
            Shape::Box { width: u128::MAX, height: i128::MIN },
            Shape::Pair(-3, '🚲'),
        ],
        json: json!({ "a": [1, 2.5, null, "x"], "b": { "c": true } }),
        score: "high".into(),
    }
}

fn other() -> Player {
    let profile = Profile { name: String::new(), more: BTreeMap::new(), tree: None };
    Player { id: 0, profile, shapes: vec![], json: Value::Null, score: String::new() }
}

#[test]
fn what_goes_out_comes_back() {
    let bytes = dumps(&player()).unwrap();
    check::<Player>(&bytes).unwrap();
    assert_eq!(loads::<Player>(&bytes).unwrap(), player());
    let mut target = other();
    load_into(&bytes, &mut target).unwrap();
    assert_eq!(target, player());
    let state = to_value(&player()).unwrap();
    assert_eq!(from_value::<Player>(&state).unwrap(), player());
}

#[test]
fn damage_loads_or_changes_nothing() {
    let mut small = player();
    small.profile.name.truncate(8);
    let bytes = dumps(&small).unwrap();
    for len in 0..bytes.len() {
        let mut target = other();
        load_into(&bytes[..len], &mut target).unwrap_err();
        assert_eq!(target, other());
    }
    for bit in 0..8 * bytes.len() {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut target = other();
        match load_into(&bytes, &mut target) {
            Ok(()) => check::<Player>(&bytes).unwrap(),
            Err(_) => assert_eq!(target, other()),
        }
    }
}

/// The same shape as `Text`, for bytes that serde refuses.
#[derive(State)]
#[state(name = "Holder")]
struct Numbers {
    #[state(serde)]
    value: Vec<u64>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "Holder")]
struct Text {
    first: (),
    #[state(serde)]
    value: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "Holder")]
struct Strings {
    #[state(serde)]
    value: Vec<String>,
}

#[test]
fn what_serde_refuses_is_refused_with_the_path() {
    let bytes = dumps(&Numbers { value: vec![1, 2] }).unwrap();
    check::<Strings>(&bytes).unwrap();
    let mut target = Strings { value: vec!["kept".into()] };
    let error = load_into(&bytes, &mut target).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Refused, "Holder.value"));
    assert!(error.to_string().contains("expected"), "{error}");
    assert_eq!(target.value, ["kept"]);
    let error = dumps(&Text { first: (), value: String::new() }).and_then(|bytes| loads::<Strings>(&bytes));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Identity);
}

/// `bytes` with other CBOR in its last slot.
fn with_cbor(cbor: &[u8]) -> Vec<u8> {
    let mut bytes = dumps(&Strings { value: vec![] }).unwrap();
    assert_eq!(bytes[40..], [1, 0, 0, 0, 0x80]);
    bytes[16..24].copy_from_slice(&(cbor.len() as u64).to_le_bytes());
    bytes[40..44].copy_from_slice(&(cbor.len() as u32).to_le_bytes());
    bytes.truncate(44);
    bytes.extend_from_slice(cbor);
    bytes
}

#[test]
fn hostile_cbor_is_refused_at_no_cost() {
    assert_eq!(loads::<Strings>(&with_cbor(&[0x81, 0x61, b'a'])).unwrap().value, ["a"]);
    let (arrays, tags) = (vec![0x81; 1 << 16], vec![0xC1; 1 << 16]);
    let bombs: [&[u8]; 10] = [
        &[],
        &[0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], // an array of 2⁶⁴ - 1
        &[0xBB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], // a map of as many
        &[0x81, 0x7B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, b'a'], // text of 2⁶³ - 1 bytes
        &[0x80, 0x00],                                           // a second item
        &[0xFF],                                                 // a break of nothing
        &[0x9F, 0x61, b'a'],                                     // no break
        &[0x1C],                                                 // a reserved length
        &arrays,                                                 // arrays within arrays
        &tags,                                                   // tags on tags
    ];
    for bomb in bombs {
        let bytes = with_cbor(bomb);
        assert!(check::<Strings>(&bytes).is_err(), "{bomb:02x?}");
        assert!(loads::<Strings>(&bytes).is_err(), "{bomb:02x?}");
    }
}

#[derive(State)]
struct Deep {
    #[state(serde)]
    value: Value,
}

fn nested(levels: usize) -> Deep {
    Deep { value: (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner])) }
}

#[test]
fn what_is_nested_too_deep_to_be_read_is_not_written() {
    let bytes = dumps(&nested(128)).unwrap();
    assert_eq!(loads::<Deep>(&bytes).unwrap().value, nested(128).value);
    let error = dumps(&nested(129)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("nested"), "{error}");
}

#[derive(Serialize, Deserialize)]
struct Unwilling {
    #[serde(serialize_with = "refuse")]
    value: u8,
}

fn refuse<S: serde::Serializer>(_: &u8, _: S) -> Result<S::Ok, S::Error> {
    Err(serde::ser::Error::custom("not today"))
}

#[derive(State)]
struct HoldsUnwilling {
    #[state(serde)]
    value: Unwilling,
}

#[test]
fn what_serde_cannot_write_is_an_error() {
    let error = dumps(&HoldsUnwilling { value: Unwilling { value: 1 } }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("not today"), "{error}");
}
