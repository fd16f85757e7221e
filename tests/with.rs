//! `with = module`: a slot that a module makes of a field, and makes a field of again.

use std::convert::Infallible;
use std::num::TryFromIntError;

use state_core::value::{StateExt, Value};
use state_core::{ErrorKind, State, dumps, load_into, loads};

/// Someone else's type, which has no state.
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

/// Works for any field that an `i64` can become.
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

/// A conversion that cannot fail, by the type of its error, leaves the restore in place.
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
