//! Classes in each form in which they are pickled.

use std::collections::BTreeMap;

use state_core::pickle::{self, PickleOptions, Protocol};
use state_core::{ErrorKind, RestoreOwned, State, from_value};

use super::example::{Person, dave};
use super::{pickles, python};

#[test]
fn an_object_with_a_tuple_is_read_from_each_way_to_write_it() {
    let ways = [
        "state",
        "reduce",
        "reduce with state",
        "newobj",
        "newobj_ex",
        "reconstructor",
        "from state",
        "from slots",
        "form",
        "form of class",
    ];
    for way in ways {
        for pickle in pickles(way) {
            let loaded = pickle::loads::<Person>(&pickle).unwrap_or_else(|error| panic!("{way}: {error}"));
            assert_eq!(loaded, dave(), "{way}");
            let value = pickle::load_value(&pickle).unwrap();
            let mut other = Person { name: "Eve".into(), age: 1 };
            pickle::load_into(&pickle, &mut other).unwrap();
            assert_eq!(other, dave(), "{way}: {value}");
        }
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "bases.Score")]
struct Score(i64);

#[derive(State, Debug, PartialEq)]
#[state(name = "bases.Title")]
struct Title(String);

#[derive(State, Debug, PartialEq)]
#[state(name = "bases.Point")]
struct Named(i64, i64);

#[derive(State, Debug, PartialEq)]
#[state(name = "bases.Row")]
struct Row(Vec<i64>);

#[derive(State, Debug, PartialEq)]
#[state(name = "bases.Table")]
struct Table(BTreeMap<String, i64>);

#[test]
fn subclasses_of_built_in_types_are_read_with_their_value_or_refused() {
    const SCRIPT: &str = r#"
import collections, pickle, sys, types
bases = types.ModuleType("bases")
sys.modules["bases"] = bases
class Score(int): pass
class Title(str): pass
class Row(list): pass
class Table(dict): pass
Point = collections.namedtuple("Point", "x y")
for each in (Score, Title, Row, Table, Point):
    each.__module__ = "bases"
    setattr(bases, each.__name__, each)

def case(frame):
    made, protocol = frame.decode().rsplit(" ", 1)
    return pickle.dumps(eval(made), int(protocol))
"#;
    let asked = |made: &str| -> Vec<Vec<u8>> {
        let frames: Vec<Vec<u8>> = [0, 1, 2, 4].map(|protocol| format!("{made} {protocol}").into_bytes()).into();
        python::answers(SCRIPT, &frames).unwrap_or_default()
    };
    for pickle in asked("Score(7)") {
        assert_eq!(pickle::loads::<Score>(&pickle).unwrap(), Score(7));
    }
    for pickle in asked("Title('Dr')") {
        assert_eq!(pickle::loads::<Title>(&pickle).unwrap(), Title("Dr".into()));
    }
    for pickle in asked("Point(3, 4)") {
        assert_eq!(pickle::loads::<Named>(&pickle).unwrap(), Named(3, 4));
    }
    // Later protocols append the items of a list or dict, as no type asks for.
    for (pickle, is_old) in asked("Row([1, 2])").iter().zip([true, true, false, false]) {
        assert_eq!(pickle::loads::<Row>(pickle).ok(), is_old.then(|| Row(vec![1, 2])));
    }
    for (pickle, is_old) in asked("Table(a=1)").iter().zip([true, true, false, false]) {
        assert_eq!(pickle::loads::<Table>(pickle).ok(), is_old.then(|| Table([("a".into(), 1)].into())));
    }
}

/// From protocol 2 on, objects of other subclasses of `tuple` than named ones are made from a tuple.
#[test]
fn objects_of_subclasses_of_tuple_are_read_by_position() {
    const SCRIPT: &str = r#"
import pickle, sys, types
bases = types.ModuleType("bases")
sys.modules["bases"] = bases
class Pair(tuple): pass
Pair.__module__ = "bases"
bases.Pair = Pair

def case(frame):
    made, protocol = frame.decode().rsplit(" ", 1)
    return pickle.dumps(eval(made), int(protocol))
"#;
    #[derive(State, Debug, PartialEq)]
    #[state(name = "bases.Pair")]
    struct Pair(i32, String);
    #[derive(State, Debug, PartialEq)]
    #[state(name = "bases.Pair", pickle = "dict")]
    struct Named {
        number: i32,
        text: String,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "bases.Pair")]
    struct Only((i32, String));
    #[derive(State, Debug, PartialEq)]
    #[state(name = "bases.Pair")]
    struct Suffices((i32, String), #[state(default)] u8);
    fn both<T: RestoreOwned + PartialEq + std::fmt::Debug>(pickle: &[u8]) -> Option<T> {
        let by_value = from_value::<T>(&pickle::load_value(pickle).unwrap()).ok();
        let typed = pickle::loads::<T>(pickle).ok();
        assert_eq!(typed, by_value);
        typed
    }
    let frames =
        |made: &str| -> Vec<Vec<u8>> { (0..6).map(|protocol| format!("{made} {protocol}").into_bytes()).collect() };
    let asked = |made: &str| python::answers(SCRIPT, &frames(made)).unwrap_or_default();
    for (protocol, pickle) in asked("Pair((3, 'x'))").iter().enumerate() {
        assert_eq!(both(pickle), Some(Pair(3, "x".into())));
        assert_eq!(both(pickle), Some(Named { number: 3, text: "x".into() }));
        // If one slot can take the tuple, it does.
        let is_one = protocol >= 2;
        assert_eq!(both(pickle), is_one.then(|| Only((3, "x".into()))));
        assert_eq!(both(pickle), is_one.then(|| Suffices((3, "x".into()), 0)));
    }
    for made in ["Pair((3,))", "Pair((3, 'x', 4))", "Pair(((3, 'x'),))"] {
        for pickle in asked(made) {
            assert_eq!(both::<Pair>(&pickle), None, "{made}");
        }
    }
    // With attributes beside the tuple, which would be dropped.
    let more = b"\x80\x02cbases\nPair\nK\x03X\x01\0\0\0x\x86\x85\x81}X\x01\0\0\0zK\x03sb.";
    assert_eq!(both::<Pair>(more), None);
    // A call is one with a tuple.
    assert_eq!(both::<Pair>(b"\x80\x02cbases\nPair\nK\x03X\x01\0\0\0x\x86\x85R."), None);
}

#[test]
fn what_reconstructor_refuses_or_drops_is_refused() {
    let call = |class: &str, arguments: &str, then: &str| {
        let (module, name) = class.split_once('.').unwrap();
        format!("ccopy_reg\n_reconstructor\n(c{module}\n{name}\nc__builtin__\n{arguments}tR{then}.").into_bytes()
    };
    assert_eq!(pickle::loads::<Score>(&call("bases.Score", "int\nI7\n", "")).unwrap(), Score(7));
    for arguments in ["object\nI7\n", "int\nN", "int\nI7\nI8\n", "int\n"] {
        let pickle = call("bases.Score", arguments, "");
        let error = pickle::loads::<Score>(&pickle).unwrap_err();
        assert_eq!(error.found(), "copyreg._reconstructor(..)", "{arguments:?}: {error}");
        assert!(pickle::load_value(&pickle).unwrap().to_string().starts_with("_reconstructor("));
    }
    // Entries that a dict has before others are set.
    let pickle = call("collections.OrderedDict", "dict\n(dI1\nI2\ns", "I3\nI4\ns");
    assert!(pickle::loads::<BTreeMap<i64, i64>>(&pickle).is_err());
    let pickle = call("collections.deque", "list\n(lI1\na", "I3\na");
    assert!(pickle::loads::<Vec<i64>>(&pickle).is_err());
}

#[test]
fn old_instances_are_read() {
    for pickle in [
        &b"(iexample\nPerson\np0\n(S'Dave'\np1\nI30\ntp2\nb."[..],
        b"(cexample\nPerson\nop0\n(S'Dave'\np1\nI30\ntp2\nb.",
        b"(cexample\nPerson\noq\x00(U\x04DaveK\x1etb.",
    ] {
        assert_eq!(pickle::loads::<Person>(pickle).unwrap(), dave());
    }
}

macro_rules! by_name {
    ($($Name:ident $tag:literal;)*) => {$(
        #[derive(State, Debug, PartialEq)]
        #[state(name = $tag, pickle = "dict")]
        struct $Name {
            x: i32,
            y: f64,
        }
    )*};
}

by_name! {
    Point "example.Point";
    Slotted "example.Slotted";
    Both "example.Both";
    Data "example.Data";
    Inner "example.Outer.Inner";
    Pair "example.Pair";
}

#[test]
fn attributes_are_read_by_name() {
    for pickle in pickles("plain") {
        assert_eq!(pickle::loads::<Point>(&pickle).unwrap(), Point { x: 1, y: 2.5 });
    }
    for pickle in pickles("slots") {
        assert_eq!(pickle::loads::<Slotted>(&pickle).unwrap(), Slotted { x: 1, y: 2.5 });
    }
    for pickle in pickles("both") {
        assert_eq!(pickle::loads::<Both>(&pickle).unwrap(), Both { x: 1, y: 2.5 });
    }
    for pickle in pickles("data") {
        assert_eq!(pickle::loads::<Data>(&pickle).unwrap(), Data { x: 1, y: 2.5 });
    }
    for pickle in pickles("inner") {
        assert_eq!(pickle::loads::<Inner>(&pickle).unwrap(), Inner { x: 1, y: 2.5 });
    }
    for pickle in pickles("pair") {
        assert_eq!(pickle::loads::<Pair>(&pickle).unwrap(), Pair { x: 1, y: 2.5 });
    }
}

/// If the state is a pair, the form that is written as a pair reads it too.
#[test]
fn slots_are_read_by_name() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "example.Slotted", pickle = "slots")]
    struct Slotted {
        y: f64,
        x: i32,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "example.Both", pickle = "slots")]
    struct Both {
        x: i32,
        y: f64,
    }
    for pickle in pickles("slots") {
        assert_eq!(pickle::loads::<Slotted>(&pickle).unwrap(), Slotted { x: 1, y: 2.5 });
        let value = pickle::load_value(&pickle).unwrap();
        assert_eq!(from_value::<Slotted>(&value).unwrap(), Slotted { x: 1, y: 2.5 });
        let mut live = Slotted { x: 0, y: 0.0 };
        pickle::load_into(&pickle, &mut live).unwrap();
        assert_eq!(live, Slotted { x: 1, y: 2.5 });
    }
    for pickle in pickles("both") {
        assert_eq!(pickle::loads::<Both>(&pickle).unwrap(), Both { x: 1, y: 2.5 });
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Point", pickle = "dict")]
struct Fewer {
    x: i32,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Point", pickle = "dict")]
struct More {
    x: i32,
    y: f64,
    z: i32,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Point", pickle = "dict")]
struct Filled {
    #[state(default)]
    w: String,
    x: i32,
    y: f64,
}

#[test]
fn names_that_are_missing_or_not_known_are_told() {
    for pickle in pickles("plain") {
        assert_eq!(pickle::loads::<Filled>(&pickle).unwrap(), Filled { w: String::new(), x: 1, y: 2.5 });
        let error = pickle::loads::<More>(&pickle).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Malformed, "Point.z"));
        let error = pickle::loads::<Fewer>(&pickle).unwrap_err();
        assert_eq!(error.expected(), "only the slot of example.Point");
        assert_eq!(error.found(), "\"y\": float 2.5");
        assert!(
            error.hint().starts_with("if it was removed, write `#[state(removed(\"y\"))]` on `Point`; "),
            "{error}"
        );
    }
    for pickle in pickles("more") {
        assert_eq!(pickle::loads::<More>(&pickle).unwrap(), More { x: 1, y: 2.5, z: 3 });
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Gear", pickle = "cython")]
struct Gear {
    y: String,
    x: i32,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Gear", pickle = "cython")]
struct OtherGear {
    x: i32,
    z: String,
}

#[test]
fn cython_pickles_by_sorted_names_and_their_checksum() {
    for pickle in ["gear", "gear apart"].into_iter().flat_map(pickles) {
        assert_eq!(pickle::loads::<Gear>(&pickle).unwrap(), Gear { x: 30, y: "x".into() });
        let error = pickle::loads::<OtherGear>(&pickle).unwrap_err();
        assert!(error.expected().starts_with("the members x, z (checksum 0x"), "{error}");
        assert_eq!(error.found(), "others, with the checksum 0x887fcea");
    }
}

/// Cython sorts members by name; their values go to the slots with these names.
#[test]
fn members_of_cython_are_not_swapped() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Base", pickle = "cython")]
    struct Base {
        y: String,
        b: Vec<u16>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Child", pickle = "cython")]
    struct Child {
        #[state(flatten_parent)]
        base: Base,
        z: String,
        a: String,
        #[state(bytes)]
        n: Vec<u8>,
        #[state(bytes)]
        c: Vec<u8>,
    }
    let child = || Child {
        base: Base { y: "why".into(), b: vec![1, 2, 3] },
        z: "zz".into(),
        a: "a".into(),
        n: vec![9; 20],
        c: vec![7],
    };
    for protocol in Protocol::ALL {
        let pickle = PickleOptions::new().protocol(protocol).dumps(&vec![child(), child()]).unwrap();
        assert_eq!(pickle::loads::<Vec<Child>>(&pickle).unwrap(), [child(), child()]);
    }
}

/// In a pickle, a type without a module is a class of the main program; it can be read through values too.
#[test]
fn classes_of_the_main_program_are_read_through_values_too() {
    #[derive(State, Debug, PartialEq)]
    struct Kid {
        name: String,
        mood: Mood,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(pickle = "enum")]
    enum Mood {
        Fine = 1,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "shop:Bicycle.Color", pickle = "enum")]
    enum Color {
        Red,
    }
    let kid = || Kid { name: "Ada".into(), mood: Mood::Fine };
    for protocol in [Protocol::V0, Protocol::V2, Protocol::V4] {
        let options = PickleOptions::new().protocol(protocol);
        let pickle = options.dumps(&(kid(), Color::Red)).unwrap();
        assert_eq!(options.loads::<(Kid, Color)>(&pickle).unwrap(), (kid(), Color::Red));
        let value = options.load_value(&pickle).unwrap();
        assert_eq!(from_value::<(Kid, Color)>(&value).unwrap(), (kid(), Color::Red), "{value}");
    }
    // But not a class whose name only ends alike, or that of another module.
    let other = pickle::load_value(b"\x80\x02cother\nKid\n)\x81X\x01\0\0\0aK\x01\x86b.").unwrap();
    from_value::<Kid>(&other).unwrap_err();
}
