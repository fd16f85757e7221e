//! How older classes are read by attributes of evolution, functions of the program, and bases.

use std::collections::BTreeMap;
use std::fmt::Debug;

use state_core::{Dynamic, Older, State, dynamic, member, pickle};

use crate::{Address, Size, files, loaded, refused, shoe};

#[derive(State, Debug, PartialEq)]
struct Animal {
    #[state(bytes)]
    weights: Vec<f32>,
    name: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Puppy")]
pub struct Puppy {
    #[state(flatten_parent)]
    animal: Animal,
    owner: Option<String>,
    weeks: u16,
    legs: u8,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Racer")]
pub struct Racer {
    team: String,
    height: f64,
    width: f64,
}

/// The class itself, also read from objects of a Python subclass.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldSize", alias("zoo.Racer"), removed("team"))]
struct AnySize {
    height: f64,
    width: f64,
}

#[test]
fn objects_of_python_subclasses_are_read_as_the_class_that_names_them() {
    for name in ["size", "racer"] {
        assert_eq!(loaded::<AnySize>(name), AnySize { height: 2.0, width: 1.0 });
    }
    let error = refused::<Size>("racer");
    assert_eq!(error, "OldSize: expected zoo.OldSize, found zoo.Racer, a subclass of zoo.OldSize in Python");
}

#[test]
fn slots_of_bases_and_attributes_of_python_subclasses_have_names_too() {
    let animal = Animal { weights: vec![1.5; 3], name: "Rex".into() };
    assert_eq!(loaded::<Puppy>("puppy"), Puppy { owner: None, animal, legs: 4, weeks: 9 });
    assert_eq!(loaded::<Racer>("racer"), Racer { team: "red".into(), height: 2.0, width: 1.0 });
}

/// The state of the base, which a pair of methods in Python has put in its own.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldSize")]
pub struct Slots {
    team: String,
    height: f64,
    width: f64,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Runner")]
pub struct Runner {
    slots: Slots,
    team: String,
}

/// The same where the slots are not asked for by name.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Runner")]
struct InOrder {
    slots: (f64, f64, BTreeMap<String, String>),
    team: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Walker", alias("zoo.Diver"))]
pub struct Walker {
    team: String,
    height: f64,
    width: f64,
}

/// The base as it was later, and what a subclass adds behind its state.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Size", alias("zoo.OldSize"), removed("height"))]
pub struct Base {
    #[state(default)]
    depth: u8,
    #[state(alias("width"))]
    breadth: f64,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Jumper")]
pub struct Jumper {
    #[state(flatten_parent)]
    base: Base,
    team: String,
    #[state(default = shoe)]
    shoe: u8,
}

/// Had another name for the team.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Jumper")]
struct Renamed {
    #[state(flatten_parent)]
    base: Size,
    #[state(alias("crew"))]
    team: String,
}

/// Reads the item and leaves the attribute out.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Jumper", removed("team"), pickle = "dict")]
struct Shown {
    #[state(flatten_parent)]
    base: Size,
    shown: String,
}

/// Has all slots itself.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Jumper")]
struct Whole {
    team: String,
    height: f64,
    width: f64,
}

/// Has no parent that the names are those of.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Jumper")]
struct Flat {
    width: f64,
    height: f64,
    others: BTreeMap<String, String>,
    team: String,
}

/// Has no field for the item.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Jumper", removed("team"))]
struct Short {
    #[state(flatten_parent)]
    base: Size,
}

#[test]
fn a_state_within_that_of_a_python_subclass_has_names() {
    let team = || String::from("red");
    let slots = Slots { team: team(), height: 2.0, width: 1.0 };
    assert_eq!(loaded::<Runner>("runner"), Runner { slots, team: team() });
    let slots = (1.0, 2.0, [("team".into(), team())].into());
    assert_eq!(loaded::<InOrder>("runner"), InOrder { slots, team: team() });
    for name in ["walker", "diver"] {
        assert_eq!(loaded::<Walker>(name), Walker { team: team(), height: 2.0, width: 1.0 });
    }
}

#[test]
fn items_behind_the_state_of_a_base_fill_the_fields_behind_the_parent() {
    let base = Base { depth: 0, breadth: 1.0 };
    assert_eq!(loaded::<Jumper>("jumper"), Jumper { base, team: "red".into(), shoe: 42 });
    let base = Size { width: 1.0, height: 2.0 };
    assert_eq!(loaded::<Shown>("jumper"), Shown { base, shown: "red".into() });
    assert_eq!(
        refused::<Flat>("jumper"),
        "Jumper: expected zoo.Jumper with a state of its own, found that of zoo.OldSize with 1 item behind it; a type \
         for zoo.Jumper reads it whose first field is marked `#[state(flatten_parent)]` and has a type with the name \
         \"zoo.OldSize\", followed by fields for the items"
    );
    assert_eq!(
        refused::<Short>("jumper"),
        "Jumper: expected no more than the fields of zoo.Jumper behind the state of zoo.OldSize, found one more: str \
         'red'"
    );
}

/// An object that is made with its slots, and given what its base's `__getstate__` returned: as in a subclass of a
/// frozen class, of which no object is made empty.
#[test]
fn a_state_beside_the_slots_of_an_object_has_names() {
    let name = |text: &[u8]| [b"\x8c", &[text.len() as u8][..], text].concat();
    let (form, schema) = (name(b"OldSize.__form__"), b"\x0f\x04Size\x00\x02\x05width+\x06height+");
    let float = |value: f64| [b"G", &value.to_be_bytes()[..]].concat();
    let call = |mode: u8, arguments: &[&[u8]]| {
        let form = [&name(b"zoo"), &*form, b"\x93K", &[mode], b"C\x17", schema, b"\x86R("].concat();
        [&form, &*arguments.concat(), b"tR"].concat()
    };
    let class = [name(b"zoo"), name(b"Jumper"), b"\x93".to_vec()].concat();
    let attributes = [b"}".to_vec(), name(b"team"), name(b"red"), b"s".to_vec()].concat();
    let object = call(1, &[&class, &float(3.0), &float(4.0)]);
    let state = call(5, &[b"K\x00K\x00", &float(1.0), &float(2.0), &attributes]);
    let pickle = [b"\x80\x04", &*object, &state, b"b."].concat();

    let whole: Whole = pickle::loads(&pickle).unwrap();
    assert_eq!(whole, Whole { team: "red".into(), height: 2.0, width: 1.0 });
    let base = Base { depth: 0, breadth: 1.0 };
    assert_eq!(pickle::loads::<Jumper>(&pickle).unwrap(), Jumper { base, team: "red".into(), shoe: 42 });
}

#[test]
fn items_that_may_mean_something_else_are_refused() {
    // The item is written anew, with the value of the attribute or another one.
    let changed = |old: &[u8], new: &[u8]| {
        let mut pickle = files("jumper").pop().unwrap();
        let at = pickle.windows(old.len()).position(|part| part == old).unwrap();
        pickle.splice(at..at + old.len(), new.iter().copied());
        let frame = (pickle.len() - 11) as u64;
        pickle[3..11].copy_from_slice(&frame.to_le_bytes());
        pickle
    };
    let same = changed(b"h\x0ft", b"\x8c\x03redt");
    assert_eq!(pickle::loads::<Jumper>(&same).unwrap(), loaded("jumper"));
    let other = changed(b"h\x0ft", b"\x8c\x04bluet");
    let mut jumper: Jumper = loaded("jumper");
    let error = pickle::load_into(&other, &mut jumper).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Jumper.team: expected the value that the attribute \"team\" has, str 'red', found str 'blue' behind the state \
         of zoo.OldSize; for the latter, give the field another name, and write `#[state(removed(\"team\"))]` on its type, \
         which leaves out the attribute"
    );
    assert_eq!(jumper, loaded("jumper"));
    assert_eq!(pickle::loads::<Shown>(&other).unwrap().shown, "blue");
    // An attribute with the field's name, and one with its former name: neither is left out in silence.
    let [team, crew] = [&b"\x8c\x04team\x8c\x03reds"[..], b"\x8c\x04crew\x8c\x04blues"];
    for (first, second) in [(team, crew), (crew, team)] {
        let named = b"\x8c\x04team\x94\x8c\x03red\x94sh\x0f";
        let both = changed(named, &[first, second, b"\x8c\x03red"].concat());
        let error = pickle::loads::<Renamed>(&both).unwrap_err().to_string();
        assert!(error.contains("of zoo.OldSize, found \"crew\": str 'blue'; if it was removed, write"), "{error}");
    }
    let former = changed(b"\x8c\x04team", b"\x8c\x04crew");
    assert_eq!(pickle::loads::<Renamed>(&former).unwrap(), loaded("jumper"));
    // One item before the slots and none behind them.
    let before = changed(b"K\x00K\x01", b"K\x01K\x00");
    assert_eq!(
        pickle::loads::<Jumper>(&before).unwrap_err().to_string(),
        "Jumper: expected the state of zoo.OldSize, and other items only behind it, found 1 item before it; \
         `pickle::load_value` reads it"
    );
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
pub enum Outline {
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
pub struct Upgraded {
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

/// The form is the one that the schema in the pickle names, also where the number itself could be of several.
#[derive(State, Debug, PartialEq)]
#[state(from(f32, f64))]
pub enum Pace {
    Single,
    Double(f64),
}

impl From<f32> for Pace {
    fn from(_: f32) -> Self {
        Self::Single
    }
}

impl From<f64> for Pace {
    fn from(kmh: f64) -> Self {
        Self::Double(kmh / 3.6)
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldSpeed")]
pub struct Paced {
    name: String,
    #[state(alias("kmh"))]
    pace: Pace,
}

/// The same for a type that a number became.
#[derive(State, Debug, PartialEq)]
#[state(from(f64))]
struct Metres {
    per_second: f64,
}

impl From<f64> for Metres {
    fn from(kmh: f64) -> Self {
        Self { per_second: kmh / 3.6 }
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldSpeed")]
struct Measured {
    name: String,
    kmh: Metres,
}

#[test]
fn parts_of_another_type_are_converted_by_the_program() {
    assert_eq!(loaded::<Paced>("speed"), Paced { pace: Pace::Double(10.0), name: "car".into() });
    assert_eq!(loaded::<Measured>("speed"), Measured { kmh: Metres { per_second: 10.0 }, name: "car".into() });
}

/// A base that changes its older states itself.
#[derive(State, Debug, PartialEq)]
#[state(upgrade = Named::upgrade)]
struct Named {
    label: String,
}

impl Named {
    fn upgrade(older: &mut Older) -> Result<(), String> {
        let names: Vec<&str> = older.iter().map(|(name, _)| name).collect();
        if names != ["name", "weights"] {
            return Err(format!("{names:?}"));
        }
        older.take("weights");
        let name = older.take("name").ok_or("no name")?;
        older.set("label", name);
        Ok(())
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Puppy")]
pub struct Labelled {
    #[state(flatten_parent)]
    base: Named,
    weeks: u16,
    #[state(alias("owner"))]
    master: Option<String>,
    legs: u8,
}

#[test]
fn the_function_of_a_base_is_given_what_belongs_to_it() {
    let base = Named { label: "Rex".into() };
    assert_eq!(loaded::<Labelled>("puppy"), Labelled { base, weeks: 9, master: None, legs: 4 });
}

/// Leaves the addresses as they were given to it.
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldPerson", upgrade = Handed::upgrade, removed("nick", "age"))]
pub struct Handed {
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

/// Registers the types; the same type can be registered again.
pub fn register() {
    <dyn Effect>::register([member!(Echo)]).unwrap();
}

#[derive(State, Debug)]
#[state(name = "zoo.OldRack")]
pub struct Rack {
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
