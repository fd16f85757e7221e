//! Values print as the real Python prints the corresponding objects: generated ones, and objects of known classes in
//! the form in which Python pickles them.

mod python;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use state_core::value::{Complex, Dict, Int, List, Made, Name, Object, Parts, Set, Surrogates, Tuple, Value};

/// Evaluates a frame's text and prints the result. A second line, if there is one, names the parts into which pickle
/// divides the object of the first.
const SCRIPT: &str = r#"
import array, collections, copyreg, dataclasses, datetime, decimal, fractions, importlib, pathlib, struct, types, uuid

@dataclasses.dataclass
class Point:
    x: object
    y: object

class Slotted:
    __slots__ = ("a", "b")
    def __repr__(self):
        return f"Slotted(a={self.a!r}, b={self.b!r})"

Pair = collections.namedtuple("Pair", "a b")

class Stack(list):
    def __repr__(self):
        return f"Stack({list(self)!r})"

def find(name):
    module, _, name = name.rpartition(".")
    return globals()[name] if module == "shop" else getattr(importlib.import_module(module), name)

def slotted(a, b):
    made = Slotted()
    made.a, made.b = a, b
    return made

def parts(made):
    callee, args, *rest = made.__reduce_ex__(4)
    state, items, entries = (rest + [None] * 3)[:3]
    new = callee is copyreg.__newobj__
    if new:
        callee, *args = args
    return callee, new, tuple(args), state, list(items or ()), list(entries or ())

def case(frame):
    made, *taken = [eval(line, globals()) for line in frame.decode().split("\n")]
    for expected in taken:
        assert parts(made) == expected, (parts(made), expected)
    return repr(made)
"#;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Returns a Python expression for the value.
fn source(value: &Value) -> String {
    let all = |values: &[Value]| values.iter().map(|value| source(value) + ", ").collect::<String>();
    let float = |number: f64| format!("struct.unpack('<d', bytes.fromhex('{}'))[0]", hex(&number.to_le_bytes()));
    match value {
        Value::None => "None".into(),
        Value::Bool(truth) => if *truth { "True" } else { "False" }.into(),
        Value::Int(number) => {
            format!("int.from_bytes(bytes.fromhex('{}'), 'little', signed=True)", hex(&number.to_le_bytes_signed()))
        }
        Value::Float(number) => float(*number),
        Value::Complex(number) => format!("complex({}, {})", float(number.re), float(number.im)),
        Value::Str(text) => format!("bytes.fromhex('{}').decode()", hex(text.as_bytes())),
        Value::Surrogates(text) => {
            format!("bytes.fromhex('{}').decode('utf-8', 'surrogatepass')", hex(text.as_bytes()))
        }
        Value::Bytes(bytes) => format!("bytes.fromhex('{}')", hex(bytes)),
        Value::ByteArray(bytes) => format!("bytearray.fromhex('{}')", hex(bytes)),
        Value::Tuple(items) => format!("({})", all(items)),
        Value::List(items) => format!("[{}]", all(items)),
        Value::Set(items) => format!("set([{}])", all(items)),
        Value::FrozenSet(items) => format!("frozenset([{}])", all(items)),
        Value::Dict(pairs) => format!(
            "dict([{}])",
            pairs.iter().map(|(key, value)| source(&(key.clone(), value.clone()).into()) + ", ").collect::<String>()
        ),
        Value::Global(name) => format!("find('{}')", name.as_str()),
        Value::Object(object) => format!("find('{}')(*{})", object.name(), source(&object.args().clone().into())),
        other => panic!("{other}"),
    }
}

fn big() -> impl Strategy<Value = Value> {
    proptest::collection::vec(any::<u8>(), 0..600).prop_map(|bytes| Int::from_le_bytes_signed(&bytes).into())
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        (-20..20_i32).prop_map(f64::from),
        Just(-0.0),
        Just(1e16),
        Just(f64::NAN)
    ]
}

fn surrogates() -> impl Strategy<Value = Value> {
    let piece = prop_oneof![
        "['\"a\\\\é]{0,3}".prop_map(String::into_bytes),
        (0xa0..=0xbf_u8, 0x80..=0xbf_u8).prop_map(|(high, low)| vec![0xed, high, low]),
        Just("\u{d7ff}".into()),
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| {
        Surrogates::new(pieces.concat()).map_or_else(|text| String::from_utf8(text).unwrap().into(), Value::from)
    })
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        big(),
        float().prop_map(Value::from),
        (float(), float()).prop_map(|(re, im)| Complex::new(re, im).into()),
        "[\\x00-\u{24f}\u{2000}-\u{2064}日😀\u{e000}\u{10ffff}]{0,8}".prop_map(Value::from),
        surrogates(),
        proptest::collection::vec(any::<u8>(), 0..8).prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..8).prop_map(Value::ByteArray),
        prop_oneof!["int", "dict"].prop_map(|name| Name::new("builtins", &name).into()),
        Just(Name::from("collections.OrderedDict").into()),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let items = || proptest::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            items().prop_map(|items| Tuple::from(items).into()),
            items().prop_map(|items| List::from(items).into()),
            // There is one item, because the order of more is up to Python.
            any::<Option<i32>>().prop_map(|item| Set::from_iter(item).into()),
            any::<Option<i32>>().prop_map(|item| Value::FrozenSet(item.into_iter().collect())),
            items().prop_map(|items| items.into_iter().enumerate().collect::<Dict>().into()),
            items().prop_map(|items| call("shop.Point", (Value::from(1), Value::from(List::from(items))))),
        ]
    })
}

fn call(name: &'static str, args: impl Into<Tuple>) -> Value {
    let mut parts = Parts::default();
    (parts.made, parts.args) = (Made::Call, args.into().into());
    Object::from_parts(name, parts).into()
}

#[test]
fn generated_values() {
    let mut runner = TestRunner::deterministic();
    let strategy = any_value();
    let values: Vec<Value> = (0..1500).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    let frames: Vec<Vec<u8>> = values.iter().map(|value| source(value).into_bytes()).collect();
    for (value, expected) in values.iter().zip(python::texts(SCRIPT, &frames).into_iter().flatten()) {
        // Arguments in a call have no names.
        assert_eq!(value.to_string(), expected.replace("Point(x=", "Point(").replace(", y=", ", "));
    }
}

/// Asserts that the real Python divides an object into the same parts when it is pickled, and prints the same.
fn check(cases: &[(&str, Value)]) {
    let told = |value: &Value| {
        let object = value.as_object().unwrap();
        let state = match object.other_state() {
            Some(state) => source(state),
            None if object.state().is_empty() => "None".into(),
            None => source(&object.state().clone().into()),
        };
        format!(
            "(find('{}'), {}, {}, {state}, {}, list({}.items()))",
            object.name(),
            if object.made() == Made::New { "True" } else { "False" },
            source(&object.args().clone().into()),
            source(&object.items().clone().into()),
            source(&object.entries().clone().into()),
        )
    };
    let frames: Vec<Vec<u8>> =
        cases.iter().map(|(text, value)| format!("{text}\n{}", told(value)).into_bytes()).collect();
    for ((_, value), expected) in cases.iter().zip(python::texts(SCRIPT, &frames).into_iter().flatten()) {
        assert_eq!(value.to_string(), expected);
    }
}

fn made(name: &'static str, change: impl FnOnce(&mut Parts)) -> Value {
    let mut parts = Parts::default();
    change(&mut parts);
    Object::from_parts(name, parts).into()
}

#[test]
fn dates_and_times() {
    let delta = |days: i32, seconds: i32, micros: i32| call("datetime.timedelta", (days, seconds, micros));
    let hour = || call("datetime.timezone", (delta(0, 3600, 0),));
    check(&[
        ("datetime.date(2024, 2, 29)", call("datetime.date", (b"\x07\xe8\x02\x1d",))),
        ("datetime.time(1, 2)", call("datetime.time", (b"\x01\x02\0\0\0\0",))),
        ("datetime.time(1, 2, 3)", call("datetime.time", (b"\x01\x02\x03\0\0\0",))),
        ("datetime.time(1, 2, 0, 4)", call("datetime.time", (b"\x01\x02\0\0\0\x04",))),
        (
            "datetime.time(1, 2, fold=1, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))",
            call("datetime.time", (b"\x81\x02\0\0\0\0", hour())),
        ),
        ("datetime.datetime(2024, 1, 2)", call("datetime.datetime", (b"\x07\xe8\x01\x02\0\0\0\0\0\0",))),
        (
            "datetime.datetime(2024, 1, 2, 3, 4, 5, 999999, fold=1)",
            call("datetime.datetime", (b"\x07\xe8\x81\x02\x03\x04\x05\x0f\x42\x3f",)),
        ),
        (
            "datetime.datetime(1, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)",
            call("datetime.datetime", (b"\0\x01\x01\x01\0\0\x01\0\0\0", call("datetime.timezone", (delta(0, 0, 0),)))),
        ),
        ("datetime.timedelta(0)", delta(0, 0, 0)),
        ("datetime.timedelta(hours=-5, microseconds=7)", delta(-1, 68400, 7)),
        (
            "datetime.timezone(datetime.timedelta(hours=1), 'C\\'E\\n')",
            call("datetime.timezone", (delta(0, 3600, 0), "C'E\n")),
        ),
    ]);
}

#[test]
fn numbers() {
    let array = |code: &str, format: u8, memory: &[u8]| {
        call("array._array_reconstructor", (Name::new("array", "array"), code, format, memory))
    };
    check(&[
        ("decimal.Decimal('-1.50')", call("decimal.Decimal", ("-1.50",))),
        (
            "uuid.UUID('00000000-0000-0000-0000-00000000000f')",
            made("uuid.UUID", |parts| parts.state = Dict::from_iter([("int", 15)]).into()),
        ),
        ("range(3)", call("builtins.range", (0, 3, 1))),
        ("range(9, 1, -2)", call("builtins.range", (9, 1, -2))),
        ("slice(1, None)", call("builtins.slice", (1, Value::None, Value::None))),
        ("array.array('h', [1, -2])", array("h", 4, b"\x01\0\xfe\xff")),
        ("array.array('d', [0.1])", array("d", 16, &0.1_f64.to_le_bytes())),
        ("array.array('B')", array("B", 0, b"")),
    ]);
    for (args, expected) in [
        (Tuple::from(("-1/3",)), "Fraction(-1, 3)"),
        (Tuple::from(("7",)), "Fraction(7, 1)"),
        (Tuple::from((1, 2)), "Fraction(1, 2)"),
        // An invalid fraction prints like any other object.
        (Tuple::from(("1/0",)), "Fraction('1/0')"),
    ] {
        assert_eq!(call("fractions.Fraction", args).to_string(), expected);
    }
    assert_eq!(call("array.array", ("i", List::from([1, 2]))).to_string(), "array('i', [1, 2])");
    assert_eq!(array("u", 20, b"a\0\0\0\xe9\0\0\0").to_string(), "array('u', 'aé')");
}

#[test]
fn containers() {
    let entries = |name: &'static str, args: Tuple| {
        made(name, |parts| {
            (parts.made, parts.args) = (Made::Call, args.into());
            parts.entries = Dict::from_iter([("b", 1), ("a", 2)]);
        })
    };
    check(&[
        ("collections.OrderedDict()", call("collections.OrderedDict", ())),
        (
            "collections.defaultdict(int, {'b': 1, 'a': 2})",
            entries("collections.defaultdict", (Name::new("builtins", "int"),).into()),
        ),
        ("collections.defaultdict()", call("collections.defaultdict", ())),
        (
            "collections.Counter('abbccc')",
            call("collections.Counter", (Dict::from_iter([("a", 1), ("b", 2), ("c", 3)]),)),
        ),
        ("collections.Counter()", call("collections.Counter", (Dict::new(),))),
        (
            "collections.deque([1, 2], 3)",
            made("collections.deque", |parts| {
                (parts.made, parts.args) = (Made::Call, ((), 3).into());
                parts.items = List::from([1, 2]);
            }),
        ),
        ("collections.deque()", call("collections.deque", ())),
        (
            "types.SimpleNamespace(a=1, b='x')",
            made("types.SimpleNamespace", |parts| {
                parts.made = Made::Call;
                parts.state = Dict::from_iter([("a", Value::from(1)), ("b", "x".into())]).into();
            }),
        ),
    ]);
    // This is how Python prints it since 3.12.
    assert_eq!(entries("collections.OrderedDict", ().into()).to_string(), "OrderedDict({'b': 1, 'a': 2})");
}

#[test]
fn paths() {
    // The arguments differ between versions of Python, but the path does not.
    let cases: [(&str, &'static str, &[&str]); 9] = [
        ("pathlib.PurePosixPath('/usr/lib')", "pathlib.PurePosixPath", &["/", "usr", "lib"]),
        ("pathlib.PurePosixPath('/usr/lib')", "pathlib.PurePosixPath", &["/usr/lib"]),
        ("pathlib.PurePosixPath('a', '/b/./c/', 'd')", "pathlib._local.PurePosixPath", &["a", "/b/./c/", "d"]),
        ("pathlib.PurePosixPath('a/../b')", "pathlib.PurePosixPath", &["a", "..", "b"]),
        ("pathlib.PurePosixPath()", "pathlib.PurePosixPath", &[]),
        ("pathlib.PurePosixPath('//a')", "pathlib.PurePosixPath", &["//", "a"]),
        ("pathlib.PurePosixPath('///a')", "pathlib.PurePosixPath", &["///a"]),
        ("pathlib.PureWindowsPath('c:/a/b')", "pathlib.PureWindowsPath", &["c:\\", "a", "b"]),
        ("pathlib.PureWindowsPath('a')", "pathlib.PureWindowsPath", &["a"]),
    ];
    let frames: Vec<Vec<u8>> = cases.iter().map(|(text, ..)| text.as_bytes().to_vec()).collect();
    for ((_, name, parts), expected) in cases.iter().zip(python::texts(SCRIPT, &frames).into_iter().flatten()) {
        let value = call(name, parts.iter().copied().collect::<Tuple>());
        assert_eq!(value.to_string(), expected);
    }
}

#[test]
fn classes_that_are_not_known() {
    check(&[
        (
            "Point(1, ['a'])",
            made("shop.Point", |parts| {
                parts.state = Dict::from_iter([("x", Value::from(1)), ("y", List::from(["a"]).into())]).into();
            }),
        ),
        (
            "slotted(1, None)",
            made("shop.Slotted", |parts| {
                let slots = Dict::from_iter([("a", Value::from(1)), ("b", Value::None)]);
                parts.state = (Value::None, slots).into();
            }),
        ),
        ("Stack([1, 2])", made("shop.Stack", |parts| parts.items = List::from([1, 2]))),
        ("ValueError('x', 1)", call("builtins.ValueError", ("x", 1))),
    ]);
    let pair = made("shop.Pair", |parts| parts.args = (1, "b").into());
    assert_eq!(pair.to_string(), "Pair(1, 'b')");
    let all = made("shop.All", |parts| {
        parts.args = (1,).into();
        parts.kwargs = Dict::from_iter([("key", 2)]).into();
        parts.state = "state".into();
        parts.items = List::from([3]);
        parts.entries = Dict::from_iter([(4, 5)]);
    });
    assert_eq!(all.to_string(), "All(1, key=2, 'state', [3], {4: 5})");
    assert_eq!(format!("{all:?}"), "shop.All(1, key=2, 'state', [3], {4: 5})");
    assert_eq!(
        format!("{all:#}"),
        "All(\n    1,\n    key=2,\n    'state',\n    [\n        3,\n    ],\n    {\n        4: 5,\n    },\n)"
    );
}

#[test]
fn what_is_damaged_prints_as_an_object() {
    for (value, expected) in [
        (call("datetime.date", (b"\0\0\0\0",)), r"date(b'\x00\x00\x00\x00')"),
        (call("datetime.time", (b"\x63\x02\0\0\0\0",)), r"time(b'c\x02\x00\x00\x00\x00')"),
        (call("datetime.timedelta", (1, -1, 0)), "timedelta(1, -1, 0)"),
        (call("uuid.UUID", ()), "UUID()"),
        (call("builtins.range", ("a", 1, 1)), "range('a', 1, 1)"),
        (call("collections.Counter", (1,)), "Counter(1)"),
        (call("pathlib.PosixPath", (1,)), "PosixPath(1)"),
        (
            call("array._array_reconstructor", (Name::from("array.array"), "i", 8, b"abc")),
            "_array_reconstructor(<class 'array.array'>, 'i', 8, b'abc')",
        ),
    ] {
        assert_eq!(value.to_string(), expected);
    }
}
