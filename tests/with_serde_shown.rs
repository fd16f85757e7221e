//! Fields with `#[state(serde)]` are shown as values: in dynamic states, trees, comparisons and pickles.

use std::collections::BTreeMap;

use ciborium::Value as Cbor;
use serde::{Deserialize, Serialize};
use state_core::value::{Complex, Dict, Int, Shared, Value};
use state_core::{
    ErrorKind, Inspection, Options, State, StateExt, check, dumps, from_value, image, loads, pickle, to_value,
};

mod python;

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
enum Shape {
    Point,
    Circle(f32),
    Box { width: u128, height: i128 },
    Pair(i8, char),
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Profile {
    name: String,
    tags: Option<Vec<String>>,
    #[serde(flatten)]
    more: BTreeMap<String, f64>,
    places: BTreeMap<(i8, i8), bool>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "__main__.Player")]
struct Player {
    id: u32,
    #[state(serde)]
    profile: Profile,
    #[state(serde)]
    shapes: Vec<Shape>,
    score: String,
}

fn player() -> Player {
    Player {
        id: 7,
        profile: Profile {
            name: "Ada".into(),
            tags: None,
            more: [("volume".to_string(), 0.1)].into(),
            places: [((1, -2), true)].into(),
        },
        shapes: vec![
            Shape::Point,
            Shape::Circle(0.1),
            Shape::Box { width: u128::MAX, height: i128::MIN },
            Shape::Pair(-3, '🚲'),
        ],
        score: "high".into(),
    }
}

const SHOWN: &str = "(7, {'name': 'Ada', 'tags': None, 'places': {(1, -2): True}, 'volume': 0.1}, ['Point', {'Circle': \
    0.10000000149011612}, {'Box': {'width': 340282366920938463463374607431768211455, 'height': \
    -170141183460469231731687303715884105728}}, {'Pair': [-3, '🚲']}], 'high')";

#[test]
fn a_state_shows_its_content_and_comes_back() {
    let state = player().get_state().unwrap();
    let mut parts: Vec<String> = Vec::new();
    for part in &state {
        parts.push(part.to_string());
    }
    // Serde writes flattened maps in any order.
    assert_eq!(parts.len(), 4);
    assert_eq!(state.to_string().len(), SHOWN.len());
    assert_eq!(parts[2], SHOWN[SHOWN.find("['Point'").unwrap()..SHOWN.rfind(", 'high'").unwrap()]);
    let value = to_value(&player()).unwrap();
    assert_eq!(from_value::<Player>(&value).unwrap(), player());

    let mut other = player();
    other.set_state((8, value.as_object().unwrap().state()[1].clone(), Vec::<Value>::new(), "low")).unwrap();
    assert_eq!((other.id, &other.profile, &*other.shapes), (8, &player().profile, &[][..]));
}

#[test]
fn a_changed_value_is_taken_by_serde_or_changes_nothing() {
    let mut player = player();
    let profile = Dict::from_iter([
        ("places", Value::Dict([((3, 4), false)].into_iter().collect())),
        ("tags", Value::from(("a", "b"))),
        ("name", "Eve".into()),
        ("louder", 2.into()),
    ]);
    player.set_state((9, profile, vec![Value::from("Point")], "")).unwrap();
    assert_eq!(player.profile.name, "Eve");
    assert_eq!(player.profile.tags, Some(vec!["a".into(), "b".into()]));
    assert_eq!(player.profile.more, [("louder".to_string(), 2.0)].into());
    assert_eq!(player.profile.places, [((3, 4), false)].into());
    assert_eq!(player.shapes, [Shape::Point]);

    let before = player.clone();
    let error = player.set_state((1, Value::None, vec![Value::from("Square")], "")).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Refused, "Player.profile"), "{error}");
    let odd = Value::List(vec![Value::from(1), Value::from((1, Value::Complex(Complex::default())))].into());
    let error = player.set_state((1, odd, vec![Value::from("Point")], "")).unwrap_err();
    assert_eq!(error.path(), "Player.profile[1][1]", "{error}");
    assert!(error.to_string().contains("a value for serde: None, bool, int,"), "{error}");
    // An integer beyond 128 bits is no float, though a float has the same value.
    let large = Int::from_le_bytes_signed(&[&[0; 25][..], &[1]].concat());
    assert_eq!(large.as_f64(), Some(2f64.powi(200)));
    let more = Dict::from_iter([("name", "Eve".into()), ("loud", Value::from(large))]);
    let error = player.set_state((1, more, vec![Value::from("Point")], "")).unwrap_err();
    assert!(error.to_string().contains("expected a value for serde: None, bool, int,"), "{error}");
    let deep = (0..200).fold(Value::None, |inner, _| Value::List(vec![inner].into()));
    let error = player.set_state((1, deep, vec![Value::from("Point")], "")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Depth, "{error}");
    assert_eq!(player, before);
}

#[test]
fn trees_and_comparisons_show_it() {
    let bytes = Options::new().with_schema().dumps(&player()).unwrap();
    let inspection = Inspection::open(&bytes).unwrap();
    assert_eq!(inspection.value().unwrap(), to_value(&player()).unwrap());
    let tree = inspection.tree().unwrap();
    assert!(tree.contains("'Circle'") && tree.contains("'name'"), "{tree}");

    let find = |change: &dyn Fn(&mut Player)| {
        let mut other = player();
        change(&mut other);
        let (ours, theirs) = (dumps(&player()).unwrap(), dumps(&other).unwrap());
        let found = image::compare::<Player>(&ours, &theirs).unwrap();
        found.map(|difference| difference.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(find(&|_| {}), [""; 0]);
    assert_eq!(find(&|other| other.profile.name.push('x')), ["Player.profile['name']: 'Ada', theirs 'Adax'"]);
    assert_eq!(find(&|other| other.shapes.truncate(1)), ["Player.shapes: 4 elements, theirs 1"]);
    assert_eq!(find(&|other| other.shapes[3] = Shape::Pair(-4, '🚲')), ["Player.shapes[3]['Pair'][0]: -3, theirs -4"]);
    assert_eq!(
        find(&|other| other.shapes[1] = Shape::Pair(0, 'a')),
        ["Player.shapes[1]: key 'Circle', theirs key 'Pair'"]
    );
}

#[derive(State, Debug, PartialEq)]
#[state(name = "__main__.Any")]
struct Any {
    #[state(serde)]
    value: Cbor,
}

/// Everything that CBOR supports, and byte strings that look like it.
fn items() -> Vec<Cbor> {
    let tag = |number, inner| Cbor::Tag(number, Box::new(inner));
    let bytes = |item: &Cbor| {
        let mut bytes = Vec::new();
        ciborium::into_writer(item, &mut bytes).unwrap();
        Cbor::Bytes(bytes)
    };
    let mut items = vec![
        Cbor::Null,
        Cbor::Bool(true),
        Cbor::Integer(u64::MAX.into()),
        Cbor::Integer((-5).into()),
        Cbor::Float(-0.0),
        Cbor::Float(f64::INFINITY),
        Cbor::Float(65504.0),
        Cbor::Float(6e-8),
        Cbor::Float(1e300),
        Cbor::Text(String::new()),
        Cbor::Bytes(vec![]),
        Cbor::Bytes(vec![0xC1, 0]),
        Cbor::Bytes(vec![0x42, 0xC1, 0]),
        Cbor::Bytes(vec![0x80]),
        Cbor::Array(vec![]),
        Cbor::Array(vec![Cbor::Bytes(vec![0xC1, 0]), Cbor::Map(vec![])]),
        Cbor::Map(vec![(Cbor::Array(vec![Cbor::Null]), Cbor::Array(vec![Cbor::Null]))]),
        Cbor::Map(vec![(Cbor::Map(vec![]), Cbor::Null)]),
        tag(0, Cbor::Text("2013-03-21".into())),
        Cbor::Array(vec![tag(1, Cbor::Integer(0.into()))]),
    ];
    let inner: Vec<Cbor> = items.iter().map(bytes).collect();
    items.extend(inner.iter().map(bytes));
    items.extend(inner);
    let mut different: Vec<Cbor> = Vec::new();
    for item in items {
        if !different.contains(&item) {
            different.push(item);
        }
    }
    different
}

#[test]
fn no_two_values_look_alike() {
    let mut seen = Vec::new();
    for item in items() {
        let any = Any { value: item };
        let value = to_value(&any).unwrap();
        assert!(!seen.contains(&value), "{value}");
        assert_eq!(from_value::<Any>(&value).unwrap(), any, "{value}");
        for protocol in pickle::Protocol::ALL {
            let bytes = pickle::PickleOptions::new().protocol(protocol).dumps(&any).unwrap();
            assert_eq!(pickle::loads::<Any>(&bytes).unwrap(), any, "{value}");
        }
        seen.push(value);
    }
}

#[test]
fn any_bytes_that_pass_the_check_are_shown() {
    // Any byte at each place of a small image: bytes that pass the check have a value that round-trips.
    let bytes = dumps(&Any { value: items().pop().unwrap() }).unwrap();
    for at in 40..bytes.len() {
        for byte in 0..=u8::MAX {
            let mut bytes = bytes.clone();
            bytes[at] = byte;
            if check::<Any>(&bytes).is_ok() {
                if let Ok(any) = loads::<Any>(&bytes) {
                    let value = to_value(&any).unwrap();
                    assert_eq!(format!("{:?}", from_value::<Any>(&value).unwrap()), format!("{any:?}"));
                }
            }
        }
    }
}

#[test]
fn python_sees_the_content_and_changes_it() {
    let script = r#"
import pickle

class Player:
    def __getstate__(self):
        return self.state
    def __setstate__(self, state):
        self.state = state

def case(frame):
    player = pickle.loads(frame)
    id, profile, shapes, score = player.state
    assert profile == {"name": "Ada", "tags": None, "places": {(1, -2): True}, "volume": 0.1}, profile
    assert shapes == ["Point", {"Circle": 0.10000000149011612},
                      {"Box": {"width": 2**128 - 1, "height": -2**127}}, {"Pair": [-3, "\U0001f6b2"]}], shapes
    profile["tags"] = ["a", "b"]
    player.state = (id, profile, shapes[:2], score)
    return pickle.dumps(player, 2)
"#;
    let frames =
        pickle::Protocol::ALL.map(|protocol| pickle::PickleOptions::new().protocol(protocol).dumps(&player()).unwrap());
    let Some(answers) = python::answers(script, &frames) else { return };
    let mut expected = player();
    expected.profile.tags = Some(vec!["a".into(), "b".into()]);
    expected.shapes.truncate(2);
    for answer in answers {
        assert_ne!(answer, python::TOO_OLD.as_bytes());
        let found = pickle::loads::<Player>(&answer);
        assert_eq!(found.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&answer))), expected);
    }
}

#[test]
fn little_that_stands_for_much_is_refused() {
    // Lists of two references to the next one: 2^60 items in some hundred bytes.
    let mut bomb = b"\x80\x04]\x94K\x01a".to_vec();
    for at in 0..60_u8 {
        bomb.extend_from_slice(&[b']', 0x94, b'(', b'h', at, b'h', at, b'e']);
    }
    bomb.extend_from_slice(b"\x85.");
    let mut any = Any { value: Cbor::Null };
    assert!(
        pickle::load_into(
            &[b"\x80\x04c__main__\nAny\n)\x81".as_slice(), &bomb[2..bomb.len() - 1], b"b."].concat(),
            &mut any
        )
        .is_err()
    );
    let mut value = Value::from(1);
    for _ in 0..60 {
        let shared = Value::Shared(Shared::new(value));
        value = Value::List(vec![shared.clone(), shared].into());
    }
    assert!(any.set_state((value,)).is_err());
    assert_eq!(any.value, Cbor::Null);
}
