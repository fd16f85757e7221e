//! `with = module`: functions of a module convert a field to a slot and back.

#![allow(clippy::box_collection, clippy::ptr_arg, reason = "fields and functions have the types that users write")]

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::convert::Infallible;
use std::num::TryFromIntError;

use state_core::value::{StateExt, Value};
use state_core::{ErrorKind, State, dumps, load_into, loads};

/// A type of another crate, without a state.
#[derive(Debug, PartialEq, Clone)]
struct Colour(u32);

mod hex {
    use super::Colour;

    pub type Slot = String;

    pub fn get(colour: &Colour) -> String {
        format!("{:06x}", colour.0)
    }

    pub fn set(slot: String) -> Result<Colour, std::num::ParseIntError> {
        u32::from_str_radix(&slot, 16).map(Colour)
    }
}

/// Works for any field that converts to and from an `i64`.
mod wide {
    use std::fmt::Display;

    pub type Slot = i64;

    pub fn get<T: Copy + Into<i64>>(value: &T) -> i64 {
        (*value).into()
    }

    pub fn set<T: TryFrom<i64, Error: Display>>(slot: i64) -> Result<T, T::Error> {
        T::try_from(slot)
    }
}

mod doubled {
    use super::Infallible;

    pub type Slot = u64;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that `with` asks for")]
    pub fn get(value: &u32) -> u64 {
        u64::from(*value) * 2
    }

    #[allow(clippy::unnecessary_wraps, clippy::cast_possible_truncation, reason = "the form that `with` asks for")]
    pub fn set(slot: u64) -> Result<u32, Infallible> {
        Ok((slot / 2) as u32)
    }
}

#[derive(State, Debug, PartialEq, Clone)]
struct Style {
    names: Vec<String>,
    #[state(with = hex)]
    colour: Colour,
    #[state(with = wide, rename = "width")]
    w: i32,
    #[state(with = wide)]
    h: i8,
}

fn style() -> Style {
    Style { names: vec!["a".into()], colour: Colour(0x12_3abc), w: -5, h: 7 }
}

#[test]
fn what_the_module_gives_is_the_slot() {
    let state = style().get_state().unwrap();
    assert_eq!(state[1..], [Value::from("123abc"), Value::from(-5), Value::from(7)]);
    let bytes = dumps(&style()).unwrap();
    assert_eq!(loads::<Style>(&bytes).unwrap(), style());
    let mut other = Style { names: vec![], colour: Colour(0), w: 0, h: 0 };
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(other, style());
}

#[test]
fn what_the_module_refuses_changes_nothing() {
    let mut target = style();
    for (slot, value) in [(1, Value::from("grey")), (3, Value::from(1000))] {
        let mut state = style().get_state().unwrap();
        state[0] = Value::from(vec![Value::from("changed")]);
        state[slot] = value;
        let error = target.set_state(state).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.path(), ["Style.colour", "Style.h"][usize::from(slot == 3)]);
        assert_eq!(target, style());
    }
}

#[derive(State, Debug, PartialEq)]
enum Shape {
    Dot,
    Square {
        #[state(with = doubled)]
        side: u32,
        name: String,
    },
}

/// An infallible conversion, recognized by its error type, keeps the restore in place.
#[test]
fn an_infallible_conversion_restores_in_place() {
    let square = |side, name: &str| Shape::Square { side, name: name.into() };
    let bytes = dumps(&square(3, "new")).unwrap();
    let mut target = square(4, "older name");
    let place = |shape: &Shape| match shape {
        Shape::Square { name, .. } => name.as_ptr(),
        Shape::Dot => std::ptr::null(),
    };
    let before = place(&target);
    load_into(&bytes, &mut target).unwrap();
    assert_eq!((place(&target), target), (before, square(3, "new")));
    let mut dot = Shape::Dot;
    load_into(&bytes, &mut dot).unwrap();
    assert_eq!(dot, square(3, "new"));
}

#[derive(State)]
struct Generic<T>
where
    T: Copy + Into<i64> + TryFrom<i64, Error = TryFromIntError>,
{
    #[state(with = wide)]
    value: T,
}

#[test]
fn a_module_may_be_generic() {
    let value = Generic { value: 5_u8 };
    assert_eq!(loads::<Generic<u8>>(&dumps(&value).unwrap()).unwrap().value, 5);
    let value = Generic { value: 500_i32 };
    assert_eq!(loads::<Generic<i32>>(&dumps(&value).unwrap()).unwrap().value, 500);
}

/// Modules in place of the types that they convert, inside the field's type.
#[derive(State, Debug, PartialEq, Clone)]
struct Palette {
    #[state(with = Option<hex>)]
    border: Option<Colour>,
    #[state(with = Vec<hex>)]
    colours: Vec<Colour>,
    #[state(with = BTreeMap<_, hex>)]
    named: BTreeMap<String, Colour>,
    #[state(with = std::collections::HashMap<wide, Option<hex>>)]
    numbered: HashMap<u8, Option<Colour>>,
    #[state(with = Box<[(_, hex)]>)]
    weighted: Box<[(u16, Colour)]>,
    #[state(with = [hex; 2])]
    pair: [Colour; 2],
    #[state(with = Option<Box<VecDeque<hex>>>)]
    deep: Option<Box<VecDeque<Colour>>>,
    #[state(with = BTreeSet<doubled>, default)]
    numbers: BTreeSet<u32>,
}

fn palette() -> Palette {
    Palette {
        border: Some(Colour(0xff)),
        colours: vec![Colour(1), Colour(0x00ab_cdef)],
        named: BTreeMap::from([("a".into(), Colour(2)), ("b".into(), Colour(3))]),
        numbered: HashMap::from([(7, Some(Colour(4)))]),
        weighted: Box::new([(8, Colour(5))]),
        pair: [Colour(6), Colour(7)],
        deep: Some(Box::new(VecDeque::from([Colour(8)]))),
        numbers: BTreeSet::from([9, 10]),
    }
}

fn blank() -> Palette {
    Palette {
        border: None,
        colours: vec![],
        named: BTreeMap::new(),
        numbered: HashMap::new(),
        weighted: Box::new([]),
        pair: [Colour(0), Colour(0)],
        deep: None,
        numbers: BTreeSet::new(),
    }
}

#[test]
fn modules_convert_what_is_in_containers() {
    for value in [palette(), blank()] {
        let bytes = dumps(&value).unwrap();
        assert_eq!(loads::<Palette>(&bytes).unwrap(), value);
        for mut live in [palette(), blank()] {
            load_into(&bytes, &mut live).unwrap();
            assert_eq!(live, value);
            live = palette();
            live.set_state(value.get_state().unwrap()).unwrap();
            assert_eq!(live, value);
        }
        let pickled = state_core::pickle::dumps(&value).unwrap();
        assert_eq!(state_core::pickle::loads::<Palette>(&pickled).unwrap(), value);
    }
    assert_eq!(
        palette().get_state().unwrap().to_string(),
        "('0000ff', ['000001', 'abcdef'], {'a': '000002', 'b': '000003'}, {7: '000004'}, [(8, '000005')], \
            ['000006', '000007'], ['000008'], {18, 20})",
    );
}

/// The bytes are those of a type whose fields have the slots' types.
#[test]
fn a_container_of_slots_stands_in_the_slot() {
    #[derive(State)]
    #[state(name = "Palette")]
    struct Slots {
        border: Option<String>,
        colours: Vec<String>,
        named: BTreeMap<String, String>,
        numbered: HashMap<i64, Option<String>>,
        weighted: Box<[(u16, String)]>,
        pair: [String; 2],
        deep: Option<Box<VecDeque<String>>>,
        numbers: BTreeSet<u64>,
    }
    let slots: Slots = loads(&dumps(&palette()).unwrap()).unwrap();
    assert_eq!((slots.border.unwrap(), slots.colours.len()), ("0000ff".into(), 2));
    assert_eq!((slots.named["b"].as_str(), slots.numbered[&7].as_deref()), ("000003", Some("000004")));
    assert_eq!((slots.weighted[0].1.as_str(), slots.pair[1].as_str()), ("000005", "000007"));
    assert_eq!((slots.deep.unwrap()[0].as_str(), slots.numbers.first()), ("000008", Some(&18)));
}

#[test]
fn a_refusal_in_a_container_changes_nothing_and_tells_the_place() {
    let places = [("('0000ff', ['000001', 'x'])", "Palette.colours[1]"), ("('x', [])", "Palette.border")];
    let rest = || palette().get_state().unwrap()[2..].to_vec();
    for (text, place) in places {
        let mut state: Vec<Value> = match text.contains("'x', []") {
            true => vec![Value::from("x"), Value::from(Vec::<Value>::new())],
            false => vec![Value::from("0000ff"), Value::from(vec![Value::from("000001"), Value::from("x")])],
        };
        state.extend(rest());
        let mut live = palette();
        let error = live.set_state(state_core::value::Tuple::from(state)).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Refused, place), "{error}");
        assert!(error.to_string().contains("invalid digit"), "{error}");
        assert_eq!(live, palette());
    }
}

/// Keys and values of parameter types stay as they are, or are converted by a module.
#[derive(State, Debug, PartialEq)]
struct Keeping<K: Ord, V> {
    #[state(with = BTreeMap<_, hex>)]
    colours: BTreeMap<K, Colour>,
    #[state(with = Vec<(_, hex)>)]
    values: Vec<(V, Colour)>,
}

#[test]
fn what_stays_may_be_generic() {
    let value = || Keeping { colours: BTreeMap::from([(1_u8, Colour(2))]), values: vec![("a".to_owned(), Colour(3))] };
    let bytes = dumps(&value()).unwrap();
    assert_eq!(loads::<Keeping<u8, String>>(&bytes).unwrap(), value());
    // Values that borrow from the bytes.
    let borrowing: Keeping<u8, &str> = loads(&bytes).unwrap();
    assert_eq!(borrowing.values, [("a", Colour(3))]);
}

/// The slot borrows from the field, and the field is built from a slot that borrows from the bytes.
mod trimmed {
    use std::convert::Infallible;

    pub type Slot<'a> = &'a str;

    pub fn get(value: &String) -> Slot<'_> {
        value.trim()
    }

    pub fn set(slot: Slot<'_>) -> Result<String, Infallible> {
        Ok(format!(" {slot}"))
    }
}

mod parts {
    use state_core::State;
    use std::borrow::Cow;

    /// A type of the module's own that borrows.
    #[derive(State)]
    pub struct Parts<'a> {
        first: &'a str,
        rest: Cow<'a, [String]>,
        #[state(bytes)]
        raw: &'a [u8],
    }

    pub type Slot<'a> = Parts<'a>;

    pub fn get(value: &(String, Vec<String>)) -> Parts<'_> {
        Parts { first: &value.0, rest: Cow::Borrowed(&value.1), raw: value.0.as_bytes() }
    }

    pub fn set(slot: Slot<'_>) -> Result<(String, Vec<String>), &'static str> {
        if slot.raw == slot.first.as_bytes() {
            Ok((slot.first.into(), slot.rest.into_owned()))
        } else {
            Err("not one text")
        }
    }
}

#[derive(State, Debug, PartialEq, Clone)]
struct Borrowing<'a> {
    #[state(with = trimmed)]
    text: String,
    #[state(with = parts)]
    parts: (String, Vec<String>),
    #[state(with = Vec<trimmed>)]
    list: Vec<String>,
    name: &'a str,
}

#[derive(State, Debug, PartialEq, Clone)]
enum BorrowingEnum {
    Text(#[state(with = trimmed)] String),
    Parts {
        #[state(with = Option<parts>)]
        parts: Option<(String, Vec<String>)>,
    },
}

#[test]
fn a_slot_may_borrow() {
    let parts = || ("x".to_owned(), vec!["y".to_owned()]);
    let value = Borrowing { text: " a".into(), parts: parts(), list: vec![" b".into(), " c".into()], name: "n" };
    let bytes = dumps(&value).unwrap();
    assert_eq!(loads::<Borrowing>(&bytes).unwrap(), value);
    let mut live = Borrowing { text: String::new(), parts: (String::new(), vec![]), list: vec![], name: "" };
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, value);
    assert_eq!(value.get_state().unwrap().to_string(), "('a', Parts('x', ['y'], b'x', 1), ['b', 'c'], 'n')");
    for value in [BorrowingEnum::Text(" a".into()), BorrowingEnum::Parts { parts: Some(parts()) }] {
        let bytes = dumps(&value).unwrap();
        assert_eq!(loads::<BorrowingEnum>(&bytes).unwrap(), value);
        let mut live = BorrowingEnum::Parts { parts: None };
        load_into(&bytes, &mut live).unwrap();
        assert_eq!(live, value);
    }
}
