//! Slots of every kind.

use std::collections::{BTreeMap, BTreeSet};

use state_core::pickle::PickleOptions;
use state_core::{ErrorKind, Record, State, pickle};

use crate::{files, loaded, refused};

#[derive(State, Debug, PartialEq)]
#[state(removed("x"))]
struct Inner {
    name: Option<String>,
}

#[derive(State, Debug, PartialEq)]
enum Shape {
    Both(Box<Shape>, Box<Shape>),
    Circle {
        #[state(default)]
        x: u8,
        radius: f64,
    },
    #[state(alias("Empty"))]
    Nothing,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Kinds", removed("truth", "later"))]
pub struct Kinds {
    shapes: Vec<Shape>,
    inner: Inner,
    map: BTreeMap<String, Vec<u64>>,
    set: BTreeSet<String>,
    bytes: Vec<u8>,
    list: Vec<(i64, String)>,
    #[allow(clippy::option_option, reason = "the class has one")]
    nested: Option<Option<u8>>,
    maybe: Option<u16>,
    text: String,
    float: f64,
    low: i128,
    large: u128,
    small: i8,
    letter: char,
    unit: (),
    triple: [i16; 3],
}

#[test]
fn slots_of_every_kind_are_read() {
    let kinds = Kinds {
        shapes: vec![
            Shape::Nothing,
            Shape::Circle { x: 0, radius: 0.5 },
            Shape::Both(Box::new(Shape::Nothing), Box::new(Shape::Circle { x: 0, radius: 1.0 })),
        ],
        inner: Inner { name: Some("in".into()) },
        map: [("k".to_string(), vec![1, 2])].into(),
        set: ["b", "a"].map(String::from).into(),
        bytes: vec![0, 255, 10],
        list: vec![(1, "one".into()), (-2, String::new())],
        nested: Some(None),
        maybe: None,
        text: "Grüße 🚲".into(),
        float: -0.0,
        low: i128::MIN,
        large: u128::MAX,
        small: -128,
        letter: 'ß',
        unit: (),
        triple: [1, -2, 3],
    };
    assert_eq!(loaded::<Kinds>("kinds"), kinds);
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Dot {
    x: f32,
    y: f32,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[state(name = "Dot")]
#[repr(C)]
pub struct Swapped {
    y: f32,
    x: f32,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[state(name = "Dot")]
#[repr(C)]
pub struct Wide {
    x: f64,
    #[state(default)]
    size: u64,
    y: f64,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldPaint")]
struct MaybePaint {
    #[state(bytes)]
    dots: Option<Vec<Swapped>>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Samples", removed("third"))]
struct WideSamples {
    #[state(bytes)]
    first: Vec<f64>,
    name: String,
    #[state(bytes)]
    second: Option<Vec<u32>>,
}

macro_rules! paints {
    ($($name:ident: $dot:ty;)*) => {$(
        #[derive(State, Debug, PartialEq)]
        #[state(name = "zoo.OldPaint")]
        pub struct $name {
            #[state(bytes)]
            dots: Vec<$dot>,
        }
    )*};
}

paints! {
    Paint: Dot;
    SwappedPaint: Swapped;
    WidePaint: Wide;
    Floats: f64;
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Samples")]
pub struct Samples {
    name: String,
    #[state(bytes)]
    second: Option<Vec<u16>>,
    #[state(bytes)]
    first: Vec<f64>,
    third: Vec<u8>,
}

#[test]
fn raw_arrays_are_read_as_the_elements_that_they_were() {
    assert_eq!(loaded::<Paint>("paint"), Paint { dots: vec![Dot { x: 1.0, y: 2.0 }; 2] });
    // Elements of an older type become those of today, as in a file, if they can.
    assert_eq!(loaded::<SwappedPaint>("paint"), SwappedPaint { dots: vec![Swapped { y: 2.0, x: 1.0 }; 2] });
    assert_eq!(loaded::<WidePaint>("paint"), WidePaint { dots: vec![Wide { x: 1.0, size: 0, y: 2.0 }; 2] });
    assert_eq!(loaded::<MaybePaint>("paint"), MaybePaint { dots: Some(vec![Swapped { y: 2.0, x: 1.0 }; 2]) });
    let error = refused::<Floats>("paint");
    assert!(error.contains("elements of another type, of an older raw array of {x at 0: f32"), "{error}");
    for widened in loaded::<Vec<WideSamples>>("samples").iter().zip(loaded::<Vec<Samples>>("samples")) {
        let (wide, samples) = widened;
        assert_eq!((&wide.first, &wide.name), (&samples.first, &samples.name));
        let second = samples.second.map(|second| second.into_iter().map(u32::from).collect::<Vec<_>>());
        assert_eq!(wide.second, second);
    }
    let named = || String::from("samples");
    let all = [
        Samples { name: named(), first: vec![1.0, 2.0], second: Some(vec![3, 4, 5]), third: vec![6] },
        Samples { name: named(), first: vec![], second: None, third: vec![] },
    ];
    assert_eq!(loaded::<Vec<Samples>>("samples"), all);
}

#[test]
fn elements_that_are_converted_take_memory() {
    let of_protocol_2 = &files("paint")[1];
    let body = of_protocol_2.strip_prefix(b"\x80\x02").and_then(|rest| rest.strip_suffix(b".")).unwrap();
    let all = [&b"\x80\x02]("[..], &body.repeat(1000), b"e."].concat();
    // Each array takes 48 bytes.
    let loads = |memory| PickleOptions::new().memory(memory).loads::<Vec<WidePaint>>(&all);
    assert_eq!(loads(48_000).unwrap().len(), 1000);
    let error = loads(47_999).unwrap_err();
    assert!(error.kind() == ErrorKind::Memory && error.expected().contains("converted arrays"), "{error}");
}

#[test]
fn a_count_that_is_not_that_of_the_bytes_is_refused() {
    for (bytes, name) in files("samples").into_iter().zip(["p0", "p2", "p4"]) {
        // The count of the first array, after its bytes.
        let (from, to) = if name == "p0" { (&b"I2\n"[..], &b"I3\n"[..]) } else { (&b"K\x02"[..], &b"K\x03"[..]) };
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        let damaged = [&bytes[..at], to, &bytes[at + from.len()..]].concat();
        let error = pickle::loads::<Vec<Samples>>(&damaged).unwrap_err();
        let words = "first: expected the count 2, because there are 16 bytes of 8 each, found int 3";
        assert!(error.to_string().ends_with(words), "{name}: {error}");
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Person")]
struct Member {
    age: u8,
    name: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Team")]
pub struct Team {
    members: Vec<Member>,
    deputy: Option<Member>,
    lead: Box<Member>,
}

#[test]
fn objects_of_classes_stand_in_slots_of_others() {
    let member = |name: &str, age| Member { age, name: name.into() };
    let team =
        Team { members: vec![member("Eve", 31), member("Dave", 30)], deputy: None, lead: member("Dave", 30).into() };
    assert_eq!(loaded::<Team>("team"), team);
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Account")]
struct Account {
    owner: String,
    #[state(bytes, uncounted)]
    entries: Vec<u64>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OwnSet")]
struct Own {
    name: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Fixed")]
struct Fixed {
    value: u32,
}

#[test]
fn methods_of_the_author_say_what_the_state_is() {
    // `__getstate__` returns a tuple without names.
    assert_eq!(loaded::<Account>("listed"), Account { owner: "Dave".into(), entries: vec![1, 2] });
    assert_eq!(loaded::<Own>("ownset"), Own { name: "named".into() });
    // A class that allows no attributes has its function next to it in the module.
    assert_eq!(loaded::<Fixed>("fixed"), Fixed { value: 9 });
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Natural")]
#[allow(clippy::struct_field_names, reason = "they are those of the class")]
struct Natural {
    since: std::time::SystemTime,
    lasting: std::time::Duration,
    price: rust_decimal::Decimal,
    natural: num_bigint::BigUint,
    whole: num_bigint::BigInt,
    id: uuid::Uuid,
    delta: chrono::TimeDelta,
    zoned: chrono::DateTime<chrono::FixedOffset>,
    utc: chrono::DateTime<chrono::Utc>,
    naive: chrono::NaiveDateTime,
    time: chrono::NaiveTime,
    date: chrono::NaiveDate,
}

#[test]
fn types_that_python_knows_are_read() {
    let natural: Natural = loaded("natural");
    assert_eq!((natural.lasting, natural.since), (std::time::Duration::ZERO, std::time::SystemTime::UNIX_EPOCH));
    assert_eq!((natural.price, natural.id), (rust_decimal::Decimal::ZERO, uuid::Uuid::nil()));
    assert_eq!((natural.utc, natural.date), (chrono::DateTime::default(), chrono::NaiveDate::default()));
}
