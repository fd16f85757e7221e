//! Pickles of PyO3 classes, read in Rust: the slots are matched by the names that the pickle gives them.
//!
//! `tests/python_door/test_read.py` writes them, and holds them against what the classes write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;

use state_core::pickle::PickleOptions;
use state_core::{Dynamic, ErrorKind, Older, Record, RestoreOwned, State, dynamic, member, pickle};

fn files(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/classes");
    [0, 2, 4].map(|protocol| std::fs::read(folder.join(format!("{name}_p{protocol}.pkl"))).unwrap()).into()
}

/// The object as the file of each protocol has it, loaded anew and into another.
fn loaded<T: RestoreOwned + Debug + PartialEq>(name: &str) -> T {
    let all: Vec<T> =
        files(name).iter().map(|file| pickle::loads(file).unwrap_or_else(|error| panic!("{error}"))).collect();
    let mut all = all.into_iter();
    let (first, mut second) = (all.next().unwrap(), all.next().unwrap());
    assert_eq!(first, second);
    for file in files(name) {
        pickle::load_into(&file, &mut second).unwrap();
        assert_eq!(first, second);
    }
    assert_eq!(first, all.next().unwrap());
    first
}

fn refused<T: RestoreOwned + Debug>(name: &str) -> String {
    let texts: BTreeSet<String> =
        files(name).iter().map(|file| pickle::loads::<T>(file).unwrap_err().to_string()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts.into_iter().next().unwrap()
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "zoo.OldSize")]
struct Size {
    height: f64,
    width: f64,
}

#[test]
fn slots_in_another_order_are_matched_by_name() {
    assert_eq!(loaded::<Size>("size"), Size { width: 1.0, height: 2.0 });
    let sizes: Vec<Size> = loaded("sizes");
    let widths: Vec<f64> = sizes.iter().map(|size| size.width).collect();
    assert_eq!(widths, [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
}

#[test]
fn a_few_objects_among_other_data_are_read_alone() {
    for file in files("size").into_iter().skip(1) {
        let (protocol, body) = file[..file.len() - 1].split_at(2);
        let body = body.strip_prefix(b"\x95").map_or(body, |frame| &frame[8..]);
        let nothing = [b'N'; 10_000];
        let pickle = [protocol, b"](", &nothing, body, &nothing, b"e."].concat();
        assert!(PickleOptions::new().is_read_directly::<Vec<Option<Size>>>(&pickle));
        let mut sizes = pickle::loads::<Vec<Option<Size>>>(&pickle).unwrap();
        assert_eq!(sizes.swap_remove(10_000).unwrap(), loaded("size"));
        assert_eq!(sizes, vec![None; 20_000]);
    }
}

mod other_names {
    use state_core::State;

    #[derive(State, Debug)]
    #[state(name = "zoo.OldSize")]
    pub struct Size {
        _width: f64,
        _length: f64,
    }

    #[derive(State, Debug)]
    #[state(name = "zoo.OldSize")]
    pub struct Width {
        _width: f64,
    }
}

#[test]
fn slots_of_other_names_are_told_with_what_to_write() {
    assert_eq!(
        refused::<other_names::Size>("size"),
        "OldSize._width: expected f64, found a state of another version without it; write `#[state(default)]` on the \
         field, or `alias(\"width\")` or `alias(\"height\")` if that is what it was called"
    );
    let error = refused::<other_names::Width>("size");
    assert!(error.starts_with("OldSize._width: "), "{error}");
}

#[derive(State, Debug, PartialEq)]
struct Address {
    town: String,
    street: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldPerson", removed("nick"))]
struct Person {
    #[state(bytes)]
    marks: Vec<i32>,
    #[state(default)]
    others: BTreeMap<String, String>,
    age: Option<u64>,
    #[state(alias("name"))]
    full_name: String,
    addresses: Vec<Address>,
    #[state(default = shoe)]
    shoe: u8,
}

fn shoe() -> u8 {
    42
}

#[test]
fn every_attribute_of_evolution_applies_and_structs_inside_change_too() {
    let address = || Address { street: "Elm".into(), town: "Oslo".into() };
    let person = Person {
        marks: vec![1, -2],
        others: BTreeMap::new(),
        age: Some(30),
        full_name: "Dave".into(),
        addresses: vec![address(), address()],
        shoe: 42,
    };
    assert_eq!(loaded::<Person>("person"), person);
}

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
struct Kinds {
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

#[derive(State, Debug, PartialEq)]
struct Animal {
    #[state(bytes)]
    weights: Vec<f32>,
    name: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Puppy")]
struct Puppy {
    #[state(flatten_parent)]
    animal: Animal,
    owner: Option<String>,
    weeks: u16,
    legs: u8,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Racer")]
struct Racer {
    team: String,
    height: f64,
    width: f64,
}

#[test]
fn slots_of_bases_and_attributes_of_python_subclasses_have_names_too() {
    let animal = Animal { weights: vec![1.5; 3], name: "Rex".into() };
    assert_eq!(loaded::<Puppy>("puppy"), Puppy { owner: None, animal, legs: 4, weeks: 9 });
    assert_eq!(loaded::<Racer>("racer"), Racer { team: "red".into(), height: 2.0, width: 1.0 });
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldLight")]
enum Light {
    Green,
    #[state(alias("Amber"))]
    Yellow,
    #[state(other)]
    Unknown,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldShape")]
enum Outline {
    #[state(alias("Rect"))]
    Rectangle {
        height: f64,
        width: f64,
        #[state(default)]
        round: bool,
    },
    Circle {
        radius: f64,
    },
}

#[test]
fn enums_are_matched_by_the_names_of_variants_and_slots() {
    assert_eq!(loaded::<Vec<Light>>("light"), [Light::Yellow, Light::Green, Light::Unknown]);
    let outlines = [Outline::Circle { radius: 1.5 }, Outline::Rectangle { height: 3.0, width: 2.0, round: false }];
    assert_eq!(loaded::<Vec<Outline>>("shape"), outlines);
}

mod v1 {
    use state_core::State;

    #[derive(State)]
    #[state(name = "zoo.OldSpeed")]
    pub struct Speed {
        pub name: String,
        pub kmh: f64,
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldSpeed", upgrade = Upgraded::upgrade)]
struct Upgraded {
    speed: f64,
    name: String,
}

impl Upgraded {
    fn upgrade(older: &mut Older) -> Result<(), String> {
        let kmh = older.take("kmh").and_then(|kmh| kmh.as_f64()).ok_or("no speed")?;
        older.set("speed", kmh / 3.6);
        Ok(())
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldSpeed", from(v1::Speed))]
struct Converted {
    label: String,
    speed: f64,
}

impl From<v1::Speed> for Converted {
    fn from(older: v1::Speed) -> Self {
        Self { label: older.name, speed: older.kmh / 3.6 }
    }
}

#[test]
fn older_states_are_converted_by_the_program() {
    assert_eq!(loaded::<Upgraded>("speed"), Upgraded { speed: 10.0, name: "car".into() });
    assert_eq!(loaded::<Converted>("speed"), Converted { label: "car".into(), speed: 10.0 });
}

/// Gives the addresses back as it was given them.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldPerson", upgrade = Handed::upgrade, removed("nick", "age"))]
struct Handed {
    addresses: Vec<Address>,
    #[state(bytes)]
    marks: Vec<i32>,
    name: String,
}

impl Handed {
    fn upgrade(older: &mut Older) -> Result<(), String> {
        older.get("addresses").map(drop).ok_or("no addresses".into())
    }
}

#[test]
fn structs_that_are_no_classes_go_through_an_upgrade() {
    let Handed { addresses, marks, name } = loaded("person");
    assert_eq!((addresses[1].street.as_str(), marks, name.as_str()), ("Elm", vec![1, -2], "Dave"));
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Dot {
    x: f32,
    y: f32,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[state(name = "Dot")]
#[repr(C)]
struct Swapped {
    y: f32,
    x: f32,
}

macro_rules! paints {
    ($($name:ident: $dot:ty;)*) => {$(
        #[derive(State, Debug, PartialEq)]
        #[state(name = "zoo.OldPaint")]
        struct $name {
            #[state(bytes)]
            dots: Vec<$dot>,
        }
    )*};
}

paints! {
    Paint: Dot;
    SwappedPaint: Swapped;
    Floats: f64;
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Samples")]
struct Samples {
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
    for error in [refused::<SwappedPaint>("paint"), refused::<Floats>("paint")] {
        assert!(error.contains("elements of another type, of an older raw array of {x at 0: f32"), "{error}");
    }
    let named = || String::from("samples");
    let all = [
        Samples { name: named(), first: vec![1.0, 2.0], second: Some(vec![3, 4, 5]), third: vec![6] },
        Samples { name: named(), first: vec![], second: None, third: vec![] },
    ];
    assert_eq!(loaded::<Vec<Samples>>("samples"), all);
}

#[test]
fn a_count_that_is_not_that_of_the_bytes_is_refused() {
    for (bytes, name) in files("samples").into_iter().zip(["p0", "p2", "p4"]) {
        // The count of the first array, behind its bytes.
        let (from, to) = if name == "p0" { (&b"I2\n"[..], &b"I3\n"[..]) } else { (&b"K\x02"[..], &b"K\x03"[..]) };
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        let damaged = [&bytes[..at], to, &bytes[at + from.len()..]].concat();
        let error = pickle::loads::<Vec<Samples>>(&damaged).unwrap_err();
        assert!(error.to_string().contains("\"another count\": int 3"), "{name}: {error}");
    }
}

trait Effect: Dynamic + Debug {}
dynamic!(dyn Effect as "zoo.Effect" = open);

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Echo")]
struct Echo {
    #[state(default = shoe)]
    wet: u8,
    delay: f64,
}

impl Effect for Echo {}

/// A type can be registered again where it is the same.
fn register() {
    <dyn Effect>::register([member!(Echo)]).unwrap();
}

#[derive(State, Debug)]
#[state(name = "zoo.OldRack")]
struct Rack {
    title: String,
    effects: Vec<Box<dyn Effect>>,
}

#[test]
fn types_of_open_sets_are_matched_by_name() {
    register();
    for file in files("rack") {
        let rack: Rack = pickle::loads(&file).unwrap();
        assert_eq!(rack.title, "rack");
        assert_eq!(format!("{:?}", rack.effects), "[Echo { wet: 42, delay: 0.5 }, Echo { wet: 42, delay: 1.0 }]");
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
struct Team {
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
    // What `__getstate__` gives is a tuple without names.
    assert_eq!(loaded::<Account>("listed"), Account { owner: "Dave".into(), entries: vec![1, 2] });
    assert_eq!(loaded::<Own>("ownset"), Own { name: "named".into() });
    // A class that takes no attributes has its function beside it.
    assert_eq!(loaded::<Fixed>("fixed"), Fixed { value: 9 });
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldPacket")]
struct Packet {
    number: u16,
    name: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Node")]
struct Ring {
    name: String,
}

#[test]
fn what_cannot_be_read_says_why() {
    assert_eq!(
        refused::<Packet>("packet"),
        "OldPacket: expected zoo.OldPacket, found a packed zoo.OldPacket, whose bytes are a native state that \
         `state_core::loads` reads"
    );
    assert_eq!(refused::<Packet>("size"), "OldPacket: expected zoo.OldPacket, found zoo.OldSize");
    assert!(refused::<Ring>("ring").contains("without calls whose results are dropped"));
}

/// One object of class `zoo.P`, made by a form of these schemas.
fn made(arguments: &[u8], slots: &[u8]) -> Vec<u8> {
    [b"\x80\x04\x8c\x03zoo\x8c\x0aP.__form__\x93", arguments, b"R", slots, b"R."].concat()
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.P")]
struct P {
    a: u8,
    b: u8,
}

#[test]
fn forms_that_are_damaged_are_told() {
    // An object of the class's name with `b` and `a`, of bytes.
    let schema = b"C\x09\x1f\x00\x02\x01b\x20\x01a\x20\x85";
    assert_eq!(pickle::loads::<P>(&made(schema, b"K\x01K\x02\x86")).unwrap(), P { a: 2, b: 1 });
    let error = |arguments: &[u8], slots: &[u8]| {
        let error = pickle::loads::<P>(&made(arguments, slots)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        error.to_string()
    };
    assert!(error(b"C\x05hello\x85", b"K\x01K\x02\x86").starts_with("zoo.P: expected a schema, found"));
    assert!(error(b"N\x85", b"K\x01K\x02\x86").starts_with("zoo.P: expected the schemas of a class and its bases"));
    // Slots that are missing, and some more.
    assert!(error(schema, b"K\x01\x85").starts_with("P.a: expected u8, found a state of another version without it"));
    assert!(error(schema, b"K\x01K\x02K\x03\x87").contains("found \"one more\": int 3"));
    assert!(error(schema, b")").starts_with("P.a: "));
    // A form of a kind that is not known.
    assert!(
        error(b"K\x09C\x09\x1f\x00\x02\x01b\x20\x01a\x20\x86", b"K\x01K\x02\x86").contains("expected zoo.P, found")
    );
    // A type that contains itself, and one of very many parts.
    assert!(error(b"C\x07\x1f\x00\x01\x01b\xff\x00\x85", b"K\x01K\x02\x86").starts_with("zoo.P: "));
}

#[test]
fn a_schema_that_many_forms_share_is_read_once() {
    let parts = 1 << 14;
    let mut schema = vec![0x1f, 0, 1, 1, b'b', 12, 0x80, 0x80, 1];
    schema.extend(std::iter::repeat_n(0, parts));
    let mut pickle = b"\x80\x04\x8c\x03zoo\x8c\x0aP.__form__\x93\x94B".to_vec();
    pickle.extend((schema.len() as u32).to_le_bytes());
    pickle.extend(&schema);
    pickle.extend(b"\x940](");
    for _ in 0..1000 {
        pickle.extend(b"h\0h\x01\x85R)R");
    }
    pickle.extend(b"e.");
    let error = pickle::loads::<Vec<P>>(&pickle).unwrap_err();
    assert_eq!(error.path(), "[0].a");
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

#[test]
fn no_damage_ends_the_program() {
    let read = |name: &str, pickle: &[u8]| {
        let ended = match name {
            "size" => pickle::loads::<Size>(pickle).map(drop),
            "sizes" => pickle::loads::<Vec<Size>>(pickle).map(drop),
            "person" => pickle::loads::<Person>(pickle).map(drop),
            "kinds" => pickle::loads::<Kinds>(pickle).map(drop),
            "puppy" => pickle::loads::<Puppy>(pickle).map(drop),
            "racer" => pickle::loads::<Racer>(pickle).map(drop),
            "shape" => pickle::loads::<Vec<Outline>>(pickle).map(drop),
            "samples" => pickle::loads::<Vec<Samples>>(pickle).map(drop),
            "rack" => pickle::loads::<Rack>(pickle).map(drop),
            _ => pickle::loads::<Team>(pickle).map(drop),
        };
        ended.is_ok()
    };
    register();
    let (mut seed, mut refused) = (0x9E37_79B9_7F4A_7C15_u64, 0);
    let rounds: usize = std::env::var("ROUNDS").map_or(300, |rounds| rounds.parse().unwrap());
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) as usize % below
    };
    for name in ["size", "sizes", "person", "kinds", "puppy", "racer", "shape", "samples", "rack", "team"] {
        for file in files(name) {
            assert!(read(name, &file), "{name}");
            for _ in 0..rounds {
                let mut damaged = file.clone();
                for _ in 0..=next(3) {
                    let at = next(damaged.len());
                    match next(4) {
                        0 => damaged[at] = next(256) as u8,
                        1 => damaged[at] = damaged[at].wrapping_add(1),
                        2 => drop(damaged.remove(at)),
                        _ => damaged.insert(at, file[next(file.len())]),
                    }
                }
                refused += usize::from(!read(name, &damaged));
            }
        }
    }
    assert!(refused > 10 * rounds, "{refused} were refused");
}
