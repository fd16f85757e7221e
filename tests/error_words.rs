//! Error messages and the order of their parts: the place, what was expected and found, the byte, and the advice.

use std::rc::Rc;

use state_core::{ErrorKind, Options, State, StateExt, dumps, load_into, loads, loads_upgraded};

#[derive(State, Debug, PartialEq, Default, Clone)]
struct World {
    on: bool,
    names: Vec<u32>,
}

#[test]
fn hints_come_last() {
    let error = loads::<World>(b"\x80\x04K\x01.").unwrap_err();
    assert_eq!(error.hint(), "`pickle::loads` reads pickles");
    assert_eq!(error.found(), "what looks like a pickle");
    assert_eq!(
        error.to_string(),
        "expected a native state (magic D7 53 54 41), found what looks like a pickle at byte 0; `pickle::loads` reads pickles"
    );
    let error = World::default().set_state((true, "x")).unwrap_err();
    assert_eq!((error.hint(), error.path()), ("", "World.names"));
    // A pickle begins with a protocol, and ends with a dot.
    for other in [&b"\x80."[..], b"\x80\x01K\x01.", b"\x80\x06K\x01.", b"\x80\x04K\x01", b"\x80"] {
        assert_eq!(
            loads::<World>(other).unwrap_err().to_string().split("found ").nth(1),
            Some("other bytes at byte 0")
        );
    }
    let error = error.with_hint("use a list").at_byte(7);
    assert!(error.to_string().ends_with("found str 'x' at byte 7; use a list"), "{error}");
    let long = error.with_hint("x".repeat(5000));
    assert_eq!(long.hint().len(), 1003);
}

#[test]
fn paths_start_with_the_type_behind_a_pointer() {
    let mut bytes = dumps(&World::default()).unwrap();
    let on = bytes.len() - 5;
    bytes[on] = 7;
    let plain = loads::<World>(&bytes).unwrap_err();
    assert_eq!(plain.path(), "World.on");

    let mut bytes = dumps(&Rc::new(World::default())).unwrap();
    let on = bytes.len() - 5;
    bytes[on] = 7;
    let mut live = Rc::new(World::default());
    let error = load_into(&bytes, &mut live).unwrap_err();
    assert_eq!((error.path(), error.kind()), ("World.on", ErrorKind::Malformed));
    assert_eq!(*live, World::default());

    let other = dumps(&Box::new(1_u8)).unwrap();
    assert_eq!(loads::<Box<World>>(&other).unwrap_err().path(), "World");
}

#[test]
fn one_element_is_no_plural() {
    let mut bytes = dumps(&World { on: true, names: vec![] }).unwrap();
    let count = bytes.len() - 4;
    bytes[count] = 1;
    let error = loads::<World>(&bytes).unwrap_err();
    assert_eq!(error.expected(), "1 element of 4 bytes");
    bytes[count] = 2;
    assert_eq!(loads::<World>(&bytes).unwrap_err().expected(), "2 elements of 4 bytes");
}

#[test]
fn a_root_without_a_type_of_the_program_has_no_attributes() {
    let options = Options::new().with_schema();
    let bytes = options.dumps(&vec![1_u16]).unwrap();
    let error = loads_upgraded::<Vec<u8>>(&bytes).unwrap_err();
    let apart = "nothing is narrowed or converted outside of a type with `#[state(from(..))]`; load it as the type that \
        was saved, and convert the value";
    assert_eq!(error.to_string(), format!("[]: expected u8, found u16; {apart}"));
    let error = loads_upgraded::<World>(&bytes).unwrap_err();
    assert!(error.hint().ends_with("`#[state(upgrade = ..)]` on the type"), "{error}");
}

/// If the names are equal, the kinds are what differs.
#[test]
fn a_struct_that_became_an_enum_is_called_one() {
    mod then {
        #[derive(state_core::State)]
        #[state(name = "words.Side")]
        pub struct Side(pub u8);
    }
    #[derive(State, Debug)]
    #[state(name = "words.Side")]
    enum Side {
        _Left(u8),
    }
    let bytes = Options::new().with_schema().dumps(&vec![then::Side(1)]).unwrap();
    let error = loads_upgraded::<Vec<Side>>(&bytes).unwrap_err();
    assert_eq!((error.expected(), error.found()), ("an enum words.Side", "a struct words.Side"));
}
