//! What Python pickles is read into types: classes in each form in which they are pickled, text and strings of Python 2
//! as asked, and pickles that are laid out otherwise than Python lays them out.

mod example;
mod python;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use state_core::pickle::{self, Pickle, PickleOptions, Protocol};
use state_core::{ErrorKind, State, StateExt, from_value};

use example::{MyClass, MySubclass, Person, class, dave, shop};

macro_rules! each_protocol {
    ($name:literal) => {
        [
            include_bytes!(concat!("data/pickle/", $name, "_p2.pkl")).as_slice(),
            include_bytes!(concat!("data/pickle/", $name, "_p3.pkl")),
            include_bytes!(concat!("data/pickle/", $name, "_p4.pkl")),
            include_bytes!(concat!("data/pickle/", $name, "_p5.pkl")),
        ]
    };
}

#[test]
fn classes_of_cython_as_the_post_writes_them() {
    for bytes in each_protocol!("person") {
        assert_eq!(pickle::loads::<Person>(bytes).unwrap(), dave());
    }
    for bytes in each_protocol!("myclass") {
        assert_eq!(pickle::loads::<MyClass>(bytes).unwrap(), class());
    }
    for bytes in each_protocol!("mysubclass") {
        let loaded: MySubclass = pickle::loads(bytes).unwrap();
        assert_eq!(loaded, shop());
    }
}

/// Classes that pickle themselves in each way that there is.
const CLASSES: &str = r#"
import collections, copyreg, dataclasses, enum, sys, types
example = types.ModuleType("example")
sys.modules["example"] = example

def known(cls):
    cls.__module__ = "example"
    outer = example
    for name in cls.__qualname__.split(".")[:-1]:
        outer = getattr(outer, name)
    setattr(outer, cls.__name__, cls)
    return cls

def person(**methods):
    # In place of the one before.
    cls = type("Person", (), dict(methods))
    known(cls)
    it = cls.__new__(cls)
    it.__dict__.update(name="Dave", age=30)
    return it

def keeps_tuple(self): return self.name, self.age
def keywords(self): return (), {"name": "Dave"}

# By which the classes of the python door are made.
def from_state(cls, *slots): pass
from_state.__module__ = "example"
from_state.__name__, from_state.__qualname__ = "_from_state", "Person._from_state"
def from_slots(*slots): pass
from_slots.__module__ = "example"
from_slots.__name__, from_slots.__qualname__ = "_from_slots", "Person._from_slots"

class Form:
    def __init__(self, *schemas): self.schemas = schemas
    def __call__(self, *slots): pass
    def __reduce__(self): return form, self.schemas
def form(*schemas): pass
form.__module__ = "example"
form.__name__, form.__qualname__ = "__form__", "Person.__form__"
EXACT, CLASS = Form(b"schema"), Form(1, b"schema")

@known
class Point:
    def __init__(self, x, y): self.x, self.y = x, y

@known
class Slotted:
    __slots__ = "x", "y"
    def __init__(self, x, y): self.x, self.y = x, y

@known
class Both(Slotted):
    __slots__ = "__dict__",

@known
@dataclasses.dataclass
class Data:
    x: int
    y: float

@known
class Outer: pass
class Inner(Point): pass
Inner.__qualname__ = "Outer.Inner"
known(Inner)

Pair = known(collections.namedtuple("Pair", "x y"))

@known
class Color(enum.Enum):
    RED = 1
    GREEN = 2
    def __reduce_ex__(self, protocol): return getattr, (Color, self.name)

@known
class Worth(enum.Enum):
    RED = 1
    GREEN = -2

def unpickle(cls, checksum, state): pass
unpickle.__module__ = "example"
unpickle.__name__ = unpickle.__qualname__ = "__pyx_unpickle_Gear"
setattr(example, "__pyx_unpickle_Gear", unpickle)

@known
class Gear:
    apart = False
    def __reduce__(self):
        state = (30, "x")
        if self.apart: return unpickle, (Gear, 0x887fcea, None), state
        return unpickle, (Gear, 0x887fcea, state)

def apart():
    gear = Gear()
    gear.apart = True
    return gear

def with_more(it):
    it.z = 3
    return it

OBJECTS = {
    "state": lambda: person(__getstate__=keeps_tuple),
    "reduce": lambda: person(__reduce__=lambda self: (type(self), (self.name, self.age))),
    "reduce with state": lambda: person(__reduce__=lambda self: (type(self), (), (self.name, self.age))),
    "newobj": lambda: person(__reduce__=lambda self: (copyreg.__newobj__, (type(self),), (self.name, self.age))),
    "newobj_ex": lambda: person(__getnewargs_ex__=keywords, __getstate__=keeps_tuple),
    "reconstructor": lambda: person(
        __reduce__=lambda self: (copyreg._reconstructor, (type(self), object, None), (self.name, self.age))),
    "from state": lambda: person(
        _from_state=staticmethod(from_state), __reduce__=lambda self: (from_state, (type(self), self.name, self.age))),
    "from slots": lambda: person(
        _from_slots=staticmethod(from_slots), __reduce__=lambda self: (from_slots, (self.name, self.age))),
    "form": lambda: person(__form__=staticmethod(form), __reduce__=lambda self: (EXACT, (self.name, self.age))),
    "form of class": lambda: person(
        __form__=staticmethod(form), __reduce__=lambda self: (CLASS, (type(self), self.name, self.age))),
    "plain": lambda: Point(1, 2.5),
    "slots": lambda: Slotted(1, 2.5),
    "both": lambda: Both(1, 2.5),
    "data": lambda: Data(1, 2.5),
    "inner": lambda: Inner(1, 2.5),
    "pair": lambda: Pair(1, 2.5),
    "color": lambda: [Color.GREEN, Color.RED, Color.RED],
    "worth": lambda: [Worth.GREEN, Worth.RED, Worth.RED],
    "gear": lambda: Gear(),
    "gear apart": lambda: apart(),
    "more": lambda: with_more(Point(1, 2.5)),
    "deep": lambda: [Slotted((1,), {2.5: [None]})],
}

def case(frame):
    name, protocol = frame.decode().rsplit(" ", 1)
    return packed(*written(OBJECTS[name](), int(protocol)))
"#;

fn pickles(name: &str) -> Vec<Vec<u8>> {
    // Slots alone need protocol 2.
    let first = if matches!(name, "slots" | "both" | "deep" | "newobj_ex") { 2 } else { 0 };
    let frames: Vec<Vec<u8>> = (first..6).map(|protocol| format!("{name} {protocol}").into_bytes()).collect();
    let Some(answers) = python::answers(&[python::WRITE, CLASSES].concat(), &frames) else { return Vec::new() };
    answers.iter().flat_map(|answer| python::parts(answer)).map(<[u8]>::to_vec).collect()
}

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
        assert_eq!(error.found(), "\"y\": float 2.5; `#[state(removed(\"y\"))]` drops it");
    }
    for pickle in pickles("more") {
        assert_eq!(pickle::loads::<More>(&pickle).unwrap(), More { x: 1, y: 2.5, z: 3 });
    }
}

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

#[test]
fn surrogates_and_old_strings_are_taken_as_asked() {
    for pickle in [&b"\x80\x02X\x05\x00\x00\x00a\xed\xa0\x80b."[..], b"Va\\ud800b\n."] {
        let error = pickle::loads::<String>(pickle).unwrap_err();
        assert_eq!(error.found(), "str with lone surrogates, which Rust's text cannot hold");
        let lossy = PickleOptions::new().surrogates(pickle::LoneSurrogates::Lossy);
        assert_eq!(lossy.loads::<String>(pickle).unwrap(), "a\u{FFFD}b");
        let bytes = PickleOptions::new().surrogates(pickle::LoneSurrogates::Bytes);
        assert_eq!(bytes.loads::<Vec<u8>>(pickle).unwrap(), b"a\xed\xa0\x80b");
        assert_eq!(pickle::load_value(pickle).unwrap().to_string(), r"'a\ud800b'");
    }
    let old = b"U\x02a\xe9.";
    assert!(pickle::loads::<String>(old).is_err());
    // Nor is it taken for text in UTF-8 because it could be.
    for utf8 in [b"U\x02\xc3\xa9.".as_slice(), b"T\x02\0\0\0\xc3\xa9.", b"S'\\xc3\\xa9'\n."] {
        pickle::loads::<String>(utf8).unwrap_err();
        pickle::load_value(utf8).unwrap_err();
        assert_eq!(PickleOptions::new().strings(pickle::Strings::Utf8).loads::<String>(utf8).unwrap(), "\u{e9}");
    }
    assert_eq!(PickleOptions::new().strings(pickle::Strings::Latin1).loads::<String>(old).unwrap(), "aé");
    assert_eq!(PickleOptions::new().strings(pickle::Strings::Bytes).loads::<Vec<u8>>(old).unwrap(), b"a\xe9");
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

#[test]
fn a_wrong_class_or_slot_is_named_and_nothing_is_lost() {
    for pickle in pickles("state") {
        let error = pickle::loads::<MyClass>(&pickle).unwrap_err();
        assert_eq!(error.to_string(), "MyClass: expected example.MyClass, found example.Person");
    }
    let mut shop = shop();
    let before = shop.get_state().unwrap();
    // 48 bytes that are said to be four bicycles, and an age that is no number.
    for (from, to, path) in
        [(&b"K\x03"[..], &b"K\x04"[..], "MySubclass.base.data"), (b"K\x1e", b"N\x30\x4e", "MySubclass.owner.age")]
    {
        for bytes in each_protocol!("mysubclass") {
            let at = bytes.windows(from.len()).rposition(|window| window == from).unwrap();
            let mut pickle = bytes.to_vec();
            pickle.splice(at..at + from.len(), to.iter().copied());
            // A longer pickle has a longer frame.
            if pickle[1] > 3 {
                pickle.splice(2..11, []);
            }
            let error = pickle::load_into(&pickle, &mut shop).unwrap_err();
            assert_eq!(error.path(), path, "{error}");
            assert_eq!(shop.get_state().unwrap(), before);
        }
    }
}

#[test]
fn what_is_laid_out_otherwise_is_read_all_the_same() {
    // Batches that are not full, items one by one, what is thrown away again.
    for pickle in [
        &b"\x80\x02](]](K\x01e](K\x02K\x03e]e."[..],
        b"(](lI1\na(K\x02K\x03l]l0](]]K\x01a](K\x02K\x03e]e.",
        b"\x80\x02](]]K\x01ae](K\x02K\x03eaN0]a.",
    ] {
        assert_eq!(pickle::loads::<Vec<Vec<i64>>>(pickle).unwrap(), [vec![], vec![1], vec![2, 3], vec![]]);
    }
    let siblings: (Vec<i32>, (i32, i32, i32, i32)) = pickle::loads(b"\x80\x02](K\x01K\x02K\x03K\x04t\x86.").unwrap();
    assert_eq!(siblings, (vec![], (1, 2, 3, 4)));
    let single: Vec<(Vec<i32>, i32)> = pickle::loads(b"\x80\x02](]K\x05aK\x07\x86]K\x07\x86e.").unwrap();
    assert_eq!(single, [(vec![5], 7), (vec![], 7)]);
    let gaps: Vec<String> = pickle::loads(b"\x80\x02]q\x07(X\x01\x00\x00\x00aq\x09h\x09X\x01\x00\x00\x00b0e.").unwrap();
    assert_eq!(gaps, ["a", "a"]);
    let map: BTreeMap<String, Vec<u8>> = pickle::loads(b"\x80\x03}X\x01\x00\x00\x00kC\x02\x01\x02s.").unwrap();
    assert_eq!(map["k"], [1, 2]);
    let set: BTreeSet<u8> = pickle::loads(b"\x80\x04\x8f(K\x01K\x02\x90.").unwrap();
    assert_eq!(set, [1, 2].into());
    let words: HashMap<String, bool> = pickle::loads(b"(dV\\u00e9\nI01\ns.").unwrap();
    assert!(words["é"]);
}

#[test]
fn bytes_behind_the_end_are_left_alone() {
    assert_eq!(pickle::loads::<u8>(b"K\x07.and more").unwrap(), 7);
    let error = PickleOptions::new().max_size(5).loads::<u8>(b"K\x07.and more").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Length);
}

/// Cython sorts members by name; what they hold goes to the slots that have these names.
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

/// All ways in say what a file is that is no pickle, and how to go on.
#[test]
fn files_that_are_taken_for_pickles_are_named() {
    let cases: [(&[u8], &str); 10] = [
        (b"PK\x03\x04\x14\0data.pkl", "found a zip archive: of one that torch.save wrote, read its member data.pkl"),
        (b"PK\x03\x04line\n?", "a zip archive"),
        (b"\x1f\x8b\x08\0", "found data compressed by gzip: decompress it first at byte 0"),
        (b"\x78\x9c\x01", "found data compressed by zlib, as joblib writes it: decompress it first"),
        (b"BZh91AY&SY", "compressed by bzip2"),
        (b"(\xb5/\xfd\x04", "compressed by zstd"),
        (b"]\0\0\x80\0", "compressed by lzma"),
        (b"\x93NUMPY\x01\0", "numpy.load reads it"),
        (&state_core::dumps(&1_u8).unwrap(), "a native state: `state_core::loads` and `Inspection` read it"),
        (b"version https://git-lfs.github.com/spec/v1\n", "`git lfs pull` fetches it"),
    ];
    for (bytes, words) in cases {
        let errors = [
            pickle::loads::<u8>(bytes).unwrap_err(),
            pickle::load_into(bytes, &mut 1_u8).unwrap_err(),
            pickle::load_value(bytes).unwrap_err(),
            Pickle::open(bytes).unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!((error.kind(), error.offset()), (ErrorKind::NotState, Some(0)), "{error}");
        }
    }
    // What begins so and is a pickle is read as one.
    assert_eq!(pickle::load_value(b"PK\x03\x04\n.").unwrap().to_string(), "<persistent id 'K\\x03\\x04'>");
    // joblib puts the bytes of an array behind the object that stands for it.
    let joblib = b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81\xff\x01\0\0.";
    let error = pickle::load_value(joblib).unwrap_err();
    assert!(error.to_string().contains("joblib.load reads them") && error.offset() == Some(43), "{error}");
}

#[test]
fn an_error_says_whether_another_pickle_follows() {
    let error = |bytes: &[u8]| pickle::loads::<String>(bytes).unwrap_err().to_string();
    assert_eq!(error(b"\x80\x02K\x01."), "expected text, found int 1");
    assert_eq!(error(b"\x80\x02K\x01.\n\n\n"), "expected text, found int 1");
    assert_eq!(
        error(b"\x80\x02K\x01.\x80\x02K\x02."),
        "expected text, found int 1; another pickle follows from byte 5"
    );
    assert_eq!(pickle::loads::<u8>(b"\x80\x02K\x01.\x80\x02K\x02.").unwrap(), 1);
}

/// A type without a module is one of the main program in a pickle, and comes back through values too.
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
    // Not what only ends alike, nor a class of another module.
    let other = pickle::load_value(b"\x80\x02cother\nKid\n)\x81X\x01\0\0\0aK\x01\x86b.").unwrap();
    from_value::<Kid>(&other).unwrap_err();
}

/// Each of these letters is an opcode, but none can be the first of a pickle.
#[test]
fn what_cannot_begin_a_pickle_is_none() {
    for (text, letter) in
        [(&b"hello"[..], 'h'), (b"go", 'g'), (b"june", 'j'), (b"a.", 'a'), (b"to be", 't'), (b"0", '0')]
    {
        let error = pickle::load_value(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotState);
        assert_eq!(error.to_string(), format!("expected a pickle, found {letter:?} at byte 0"));
    }
    // One that was cut off is a pickle.
    let error = pickle::load_value(b"I12").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Length);
}
