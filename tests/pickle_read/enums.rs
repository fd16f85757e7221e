//! Members of enums, by name and by value.

use state_core::pickle;
use state_core::{State, from_value};

use super::pickles;

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Color", pickle = "enum")]
enum Color {
    #[state(rename = "RED")]
    Red,
    #[state(rename = "GREEN")]
    Green,
}

#[test]
fn members_of_enums_are_read_by_name() {
    for pickle in pickles("color") {
        let loaded: Vec<Color> = pickle::loads(&pickle).unwrap();
        assert_eq!(loaded, [Color::Green, Color::Red, Color::Red]);
    }
}

#[derive(State, Debug, PartialEq, Clone, Copy)]
#[state(name = "example.Worth", pickle = "enum")]
enum Worth {
    Red = 1,
    Green = -2,
    Blue,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Worth", pickle = "enum")]
enum Worthless {
    Red,
}

#[test]
fn members_of_enums_are_read_by_the_values_of_discriminants() {
    assert_eq!(Worth::Blue as i32, -1);
    for pickle in pickles("worth") {
        let loaded: Vec<Worth> = pickle::loads(&pickle).unwrap();
        assert_eq!(loaded, [Worth::Green, Worth::Red, Worth::Red]);
        let error = pickle::loads::<Vec<Worthless>>(&pickle).unwrap_err();
        assert_eq!(error.path(), "[0]");
        assert!(error.found().contains("discriminants (`Red = -2`)"), "{error}");
        let value = pickle::load_value(&pickle).unwrap();
        assert_eq!(from_value::<Vec<Worth>>(&value).unwrap(), loaded);
    }
}
