//! Values of files and pickles are matched by name.

use state_core::State;

use super::{World, old, upgraded, world};

/// An inspected file has the names of its slots: a value from it is matched with the present type by name.
#[test]
fn values_of_files_are_matched_by_name() {
    let bytes = old(&world());
    let value = state_core::Inspection::open(&bytes).unwrap().value().unwrap();
    assert_eq!(value.as_object().unwrap().slot("tick"), Some(&7.into()));
    assert_eq!(state_core::from_value::<World>(&value).unwrap(), upgraded());

    mod swapped {
        #[derive(state_core::State, Debug, PartialEq)]
        pub struct Size {
            pub height: u8,
            pub width: u8,
            #[state(bytes)]
            pub raw: Vec<u16>,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Size {
        #[state(bytes)]
        raw: Vec<u16>,
        width: u8,
        height: u8,
    }
    let bytes = old(&swapped::Size { height: 1, width: 2, raw: vec![3, 4] });
    let value = state_core::Inspection::open(&bytes).unwrap().value().unwrap();
    let size: Size = state_core::from_value(&value).unwrap();
    assert_eq!(size, Size { raw: vec![3, 4], width: 2, height: 1 });

    #[derive(State, Debug)]
    #[state(name = "Size")]
    struct Less {
        #[allow(dead_code)]
        width: u8,
        #[allow(dead_code)]
        raw: u8,
    }
    let error = state_core::from_value::<Less>(&value).unwrap_err();
    assert!(error.to_string().starts_with("Size.raw: expected u8"), "{error}");
    // Once the program has changed it, it is a flat state like any other.
    let mut object = value.as_object().unwrap().clone();
    *object.state_mut().unwrap() = (1, 2).into();
    assert!(object.slot("width").is_none());
}

macro_rules! pickles_by_name {
    ($form:literal) => {
        mod v1 {
            #[derive(state_core::State, Clone)]
            #[state(name = "shop.Human", pickle = $form)]
            pub struct Human {
                pub junk: Vec<u8>,
                pub years: u8,
                pub name: String,
                pub color: Color,
            }
            #[derive(state_core::State, Clone)]
            #[state(name = "shop.Paint", pickle = "enum")]
            pub enum Color {
                Red,
                Blue,
            }
            #[derive(state_core::State)]
            #[state(name = "shop.Pair")]
            pub struct Pair(pub u8, pub String);
        }
        #[derive(State, Debug, PartialEq)]
        #[state(name = "shop.Person", alias("shop.Human"), pickle = $form, removed("junk"))]
        struct Person {
            name: String,
            #[state(alias("years"))]
            age: u16,
            #[state(default)]
            email: Option<String>,
            color: Color,
        }
        #[derive(State, Debug, PartialEq)]
        #[state(name = "shop.Color", alias("shop.Paint"), pickle = "enum")]
        enum Color {
            #[state(other)]
            Unknown,
            #[state(alias("Red"))]
            Crimson,
        }
        #[derive(State, Debug, PartialEq)]
        #[state(name = "shop.Two", alias("shop.Pair"))]
        struct Two(u8, String, #[state(default)] bool);

        let human = |color| v1::Human { junk: vec![1], years: 30, name: "Ada".into(), color };
        let humans = vec![human(v1::Color::Red), human(v1::Color::Blue), human(v1::Color::Red)];
        let person = |color| Person { name: "Ada".into(), age: 30, email: None, color };
        let people = [person(Color::Crimson), person(Color::Unknown), person(Color::Crimson)];
        for protocol in state_core::pickle::Protocol::ALL {
            let options = state_core::pickle::PickleOptions::new().protocol(protocol);
            let bytes = options.dumps(&humans).unwrap();
            assert_eq!(state_core::pickle::loads::<Vec<Person>>(&bytes).unwrap(), people, "{protocol:?}");
            let pairs = options.dumps(&vec![v1::Pair(1, "one".into()), v1::Pair(2, "two".into())]).unwrap();
            let twos = [Two(1, "one".into(), false), Two(2, "two".into(), false)];
            assert_eq!(state_core::pickle::loads::<Vec<Two>>(&pairs).unwrap(), twos, "{protocol:?}");
            let value = state_core::pickle::load_value(&bytes).unwrap();
            assert_eq!(state_core::from_value::<Vec<Person>>(&value).unwrap(), people, "{protocol:?}");
        }
    };
}

/// Pickles with attributes by name, of classes and members that have been renamed, at each protocol.
#[test]
fn pickles_by_name() {
    pickles_by_name!("dict");
}

/// As above, with `__slots__`.
#[test]
fn pickles_of_slots_by_name() {
    pickles_by_name!("slots");
}
