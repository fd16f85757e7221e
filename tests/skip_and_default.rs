//! `skip` and `default`: fields that are not slots, and slots that a state has no value for.

use state_core::value::{StateExt, Tuple, Value};
use state_core::{State, dumps, load_into, loads};

#[derive(State, Debug, PartialEq)]
struct Session {
    user: String,
    #[state(skip)]
    cache: Vec<u8>,
    #[state(skip, default = nine)]
    retries: u8,
    #[state(skip, default = Vec::<NoState>::new)]
    others: Vec<NoState>,
    #[state(default)]
    visits: u32,
    #[state(default = nine)]
    limit: u8,
    #[state(default = label, with = upper)]
    label: String,
    #[state(bytes, default = samples)]
    samples: Vec<u16>,
}

#[derive(Debug, PartialEq)]
struct NoState;

fn nine() -> u8 {
    9
}

fn label() -> String {
    "none".into()
}

fn samples() -> Vec<u16> {
    vec![1, 2]
}

mod upper {
    use std::convert::Infallible;

    pub type Slot = String;

    #[allow(clippy::ptr_arg, reason = "the form that `with` asks for")]
    pub fn get(text: &String) -> String {
        text.to_uppercase()
    }

    #[allow(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the form that `with` asks for")]
    pub fn set(slot: String) -> Result<String, Infallible> {
        Ok(slot.to_lowercase())
    }
}

fn session(user: &str) -> Session {
    Session {
        user: user.into(),
        cache: vec![1],
        retries: 2,
        others: vec![NoState],
        visits: 3,
        limit: 4,
        label: "some".into(),
        samples: vec![5],
    }
}

#[test]
fn a_new_value_has_defaults_where_fields_are_skipped() {
    let loaded: Session = loads(&dumps(&session("a")).unwrap()).unwrap();
    assert_eq!(loaded, Session { cache: vec![], retries: 9, others: vec![], ..session("a") });
}

#[test]
fn a_live_value_keeps_what_is_skipped() {
    let bytes = dumps(&Session { cache: vec![7, 7], ..session("a") }).unwrap();
    let mut live = session("b");
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, session("a"));
}

#[test]
fn skipped_fields_are_no_slots() {
    let state = session("a").get_state().unwrap();
    assert_eq!(state[..4], [Value::from("a"), Value::from(3), Value::from(4), Value::from("SOME")]);
}

#[test]
fn a_short_state_is_filled_with_defaults() {
    let mut live = session("b");
    live.set_state(Tuple::from(vec![Value::from("a")])).unwrap();
    assert_eq!(live, Session { visits: 0, limit: 9, label: "none".into(), samples: vec![1, 2], ..session("a") });
    let none = live.set_state(Tuple::from(Vec::<Value>::new()));
    assert!(none.is_err(), "the first slot has no default");
}

#[derive(State, Debug, PartialEq)]
enum Message {
    Text(String, #[state(skip)] u8),
    Quiet(#[state(skip, default = nine)] u8),
}

#[test]
fn variants_have_skipped_fields_too() {
    let bytes = dumps(&Message::Text("a".into(), 5)).unwrap();
    assert_eq!(loads::<Message>(&bytes).unwrap(), Message::Text("a".into(), 0));
    let mut live = Message::Text("b".into(), 6);
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, Message::Text("a".into(), 6));
    let mut live = Message::Quiet(3);
    load_into(&dumps(&Message::Quiet(4)).unwrap(), &mut live).unwrap();
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, Message::Text("a".into(), 0));
    load_into(&dumps(&Message::Quiet(4)).unwrap(), &mut live).unwrap();
    assert_eq!(live, Message::Quiet(9));
}

/// A type of another crate, without a state.
#[derive(Debug, PartialEq, Clone)]
struct Connection<T>(T);

#[derive(State, Debug, PartialEq, Clone)]
enum Link<T> {
    Address(String),
    #[state(skip)]
    Live(Connection<T>, #[state(rename = "unread")] *const u8),
    Closed,
    #[state(skip)]
    Lost,
    #[state(skip)]
    Named {
        _nobody_asks: Connection<T>,
    },
    Tried(u64),
}

/// Skipped variants are not counted: the bytes are those of the enum without them.
mod without {
    use super::State;

    #[derive(State, Debug, PartialEq)]
    pub enum Link {
        Address(String),
        Closed,
        Tried(u64),
    }
}

#[test]
fn a_skipped_variant_is_not_there() {
    let all: [(Link<&str>, without::Link); 3] = [
        (Link::Address("a".into()), without::Link::Address("a".into())),
        (Link::Closed, without::Link::Closed),
        (Link::Tried(3), without::Link::Tried(3)),
    ];
    for (value, same) in &all {
        let bytes = dumps(value).unwrap();
        assert_eq!(bytes, dumps(same).unwrap());
        assert_eq!(&loads::<Link<&str>>(&bytes).unwrap(), value);
        for mut live in [Link::Live(Connection("x"), std::ptr::null()), Link::Lost, Link::Closed, Link::Tried(1)] {
            load_into(&bytes, &mut live).unwrap();
            assert_eq!(&live, value);
        }
    }
}

#[test]
fn a_skipped_variant_has_no_state() {
    let live = Link::Live(Connection(1), std::ptr::null());
    let named = Link::Named { _nobody_asks: Connection(2) };
    for (value, name) in [(&live, "Live"), (&Link::Lost, "Lost"), (&named, "Named")] {
        let text = format!("expected a variant with a state, found Link::{name}, which is marked `skip`");
        let in_a_list = vec![Link::Closed, value.clone()];
        let errors = [
            dumps(value).unwrap_err(),
            dumps(&in_a_list).unwrap_err(),
            state_core::value::to_value(value).unwrap_err(),
            state_core::pickle::dumps(&in_a_list).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), state_core::ErrorKind::Unwritable);
            assert!(error.to_string().ends_with(&text), "{error}");
        }
    }
    // Over an older image as well, without counting first.
    let mut list = vec![Link::<u8>::Address("a".repeat(100)); 20];
    let mut buffer = Vec::new();
    state_core::dump_into(&list, &mut buffer).unwrap();
    list[7] = Link::Lost;
    assert!(state_core::dump_into(&list, &mut buffer).unwrap_err().to_string().contains("found Link::Lost"));
    assert!(state_core::value::from_value::<Link<u8>>(&Value::from("Lost")).is_err());
}

/// The values of Python's members take skipped variants into account.
#[derive(State, Debug, PartialEq)]
#[state(pickle = "enum", name = "shop.Colour")]
enum Colour {
    Red = 3,
    #[state(skip)]
    _Hidden,
    Blue = 9,
}

#[test]
fn members_keep_their_values_beside_a_skipped_one() {
    for colour in [Colour::Red, Colour::Blue] {
        let bytes = state_core::pickle::dumps(&colour).unwrap();
        assert_eq!(state_core::pickle::loads::<Colour>(&bytes).unwrap(), colour);
    }
    let worth = state_core::pickle::loads::<Colour>(b"\x80\x02cshop\nColour\nK\x09\x85R.").unwrap();
    assert_eq!(worth, Colour::Blue);
}
