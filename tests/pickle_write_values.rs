//! Dynamic values that Rust pickles are read by Python: everything that a value can represent, shared and cyclic, at
//! any depth.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use state_core::pickle::{Pickle, PickleOptions, Protocol, dump_value, load_value};
use state_core::value::{
    Complex, Dict, Int, List, Made, Name, Object, Parts, Persistent, Set, Shared, Surrogates, Tuple, Value, Variant,
};

mod python;

fn pickles(value: &Value) -> impl Iterator<Item = Vec<u8>> {
    Protocol::ALL.into_iter().map(|protocol| PickleOptions::new().protocol(protocol).dump_value(value).unwrap())
}

/// Tests values at all protocols against what a Python script says of each.
fn check(script: &str, cases: &[(Value, String)]) {
    let frames: Vec<Vec<u8>> = cases.iter().flat_map(|(value, _)| pickles(value)).collect();
    let Some(found) = python::texts(script, &frames) else { return };
    let expected = cases.iter().flat_map(|(_, text)| Protocol::ALL.map(|_| text));
    for ((pickle, found), expected) in frames.iter().zip(found).zip(expected) {
        if found != python::TOO_OLD {
            assert_eq!(&found, expected, "{:?}", String::from_utf8_lossy(pickle));
        }
    }
}

fn set(items: &[i32]) -> Set {
    items.iter().map(|&item| Value::from(item)).collect()
}

#[test]
fn kinds() {
    let wide: Int = "-123456789012345678901234567890123456789012345678901234567890".parse().unwrap();
    let huge: Int = format!("1{}", "0".repeat(1000)).parse().unwrap();
    let surrogates = Surrogates::new(b"a\xed\xa0\x80\xc3\x9f\xed\xbf\xbf".to_vec()).unwrap();
    let dict: Dict = [(Value::from("k"), Value::None), (Value::from(1), Value::from(2.5))].into_iter().collect();
    let values = [
        Value::None,
        Value::from(true),
        wide.into(),
        huge.into(),
        Value::from(u128::MAX),
        Value::from("d\u{fc}\n\u{1f600}"),
        Value::ByteArray(b"a\n\x00\xff".to_vec()),
        Value::ByteArray(vec![]),
        Value::from(vec![0_u8, 10, 128]),
        Value::Complex(Complex::new(1.5, -0.5)),
        Value::Set(set(&[1])),
        Value::Set(set(&[])),
        Value::FrozenSet(set(&[3])),
        Value::FrozenSet(set(&[])),
        dict.into(),
        Value::from((1, (), (2,), (3, 4), (5, 6, 7), (8, 9, 10, 11))),
        List::from(vec![Value::from(1); 2001]).into(),
        Value::Tuple(Tuple::from(vec![Value::from("x"); 300])),
    ];
    let mut cases: Vec<(Value, String)> = values.map(|value| (value.clone(), value.to_string())).into();
    // The expected texts of these are given here, instead of taken from their `Display`.
    cases.push((Value::Surrogates(surrogates), r"'a\ud800ß\udfff'".into()));
    cases.push((Value::Global(Name::new("builtins", "int")), "<class 'int'>".into()));
    cases.push((Value::Global(Name::new("collections", "OrderedDict")), "<class 'collections.OrderedDict'>".into()));
    cases.push((Variant::new("Shape", "Circle", (1.5,)).into(), "('Circle', 1.5)".into()));
    check(python::LOAD, &cases);
}

const CLASSES: &str = r#"
import sys, types
shop = types.ModuleType("shop")
sys.modules["shop"] = shop
exec('''
class Thing:
    def __new__(cls, *args, **kwargs):
        made = object.__new__(cls)
        if args or kwargs:
            made.note("new", args, kwargs)
        return made
    def note(self, *what):
        self.__dict__.setdefault("log", []).append(what)
    def __init__(self, *args):
        self.note("init", args)
    def __setstate__(self, state):
        self.note("state", state)
    def append(self, item):
        self.note("item", item)
    def __setitem__(self, key, value):
        self.note(key, value)
    def __repr__(self):
        return "%s%r" % (type(self).__qualname__, self.__dict__.get("log", []))
    class Inner:
        def __repr__(self):
            return "Inner"
def make(*args):
    return args
def maker(*args):
    return make
''', shop.__dict__)
"#;

fn parts(change: impl FnOnce(&mut Parts)) -> Parts {
    let mut parts = Parts::default();
    change(&mut parts);
    parts
}

#[test]
fn objects_in_all_their_parts() {
    let thing = |change: fn(&mut Parts)| Value::from(Object::from_parts("shop.Thing", parts(change)));
    let named: Dict = [("k", 1)].into_iter().collect();
    let with_names = Object::from_parts(
        "shop.Thing",
        parts(|parts| {
            parts.args = ("a",).into();
            parts.kwargs = named.into();
        }),
    );
    let callee = Object::from_parts("shop.maker", parts(|parts| parts.made = Made::Call));
    let called = Object::from_parts(
        "",
        parts(|parts| {
            parts.made = Made::Call;
            parts.callee = callee.into();
            parts.args = (1, 2).into();
        }),
    );
    let cases = [
        (Value::from(Object::new("shop.Thing", ())), "Thing[]"),
        (Value::from(Object::new("shop:Thing.Inner", ())), "Inner"),
        (Value::from(Object::from_parts(Name::new("shop", "Thing.Inner"), Parts::default())), "Inner"),
        (Value::from(Object::new("shop.Thing", (1, "two"))), "Thing[('state', (1, 'two'))]"),
        (thing(|parts| parts.state = List::from(vec![Value::from(1)]).into()), "Thing[('state', [1])]"),
        (thing(|parts| parts.args = (1, 2).into()), "Thing[('new', (1, 2), {})]"),
        (Value::from(with_names), "Thing[('new', ('a',), {'k': 1})]"),
        (
            thing(|parts| {
                parts.made = Made::Call;
                parts.args = (1,).into();
                parts.items = [1, 2].map(Value::from).into_iter().collect();
                parts.entries = [("k", 3)].into_iter().collect();
                parts.state = "s".into();
            }),
            "Thing[('new', (1,), {}), ('init', (1,)), ('item', 1), ('item', 2), ('k', 3), ('state', 's')]",
        ),
        (thing(|parts| parts.items = [7].map(Value::from).into_iter().collect()), "Thing[('item', 7)]"),
        (Value::from(called), "(1, 2)"),
    ];
    let cases = cases.map(|(value, text)| (value, text.to_string()));
    check(&[CLASSES, python::LOAD].concat(), &cases);
}

#[test]
fn what_is_shared_is_one_again() {
    let list = Value::Shared(Shared::new(List::from(vec![Value::from(1)])));
    let twice = Value::from((list.clone(), list, 0));
    let cycle = Value::Shared(Shared::cyclic(|this| List::from(vec![this.into()]).into()));
    let dict = Value::Shared(Shared::cyclic(|this| {
        [(Value::from("self"), Value::from(this)), ("n".into(), 1.into())].into_iter().collect::<Dict>().into()
    }));
    // A tuple of a list that contains the tuple, as Python writes one: the list exists first.
    let tuple = |parts: &[u8]| load_value(&[b"\x80\x02]q\0", parts, b"q\x01a0h\x01."].concat()).unwrap();
    let object = Value::Shared(Shared::cyclic(|this| Object::new("shop.Thing", (Value::from(this),)).into()));
    let text = Value::Shared(Shared::new("text"));
    let cases = [
        (twice, "x[0] is x[1] and x[0] == [1]"),
        (cycle, "x[0] is x"),
        (dict, "x['self'] is x and x['n'] == 1"),
        (object, "x.log[0][1][0] is x"),
        (Value::from((text.clone(), text)), "x[0] is x[1]"),
        (tuple(b"h\0\x85"), "x[0][0] is x"),
        (tuple(b"(h\0h\0h\0h\0t"), "x[0][0] is x and x[3] is x[0]"),
    ];
    let script = [
        CLASSES,
        r#"
import pickle, io
def case(data):
    size = data[0]
    test, data = data[1:1 + size].decode(), data[1 + size:]
    return str([eval(test, {"x": load(io.BytesIO(data)).load()}) for load in (pickle.Unpickler, pickle._Unpickler)])
"#,
    ];
    let mut frames = Vec::new();
    for (value, test) in &cases {
        for pickle in pickles(value) {
            frames.push([&[test.len() as u8], test.as_bytes(), &pickle].concat());
        }
    }
    let Some(found) = python::texts(&script.concat(), &frames) else { return };
    for (at, found) in found.iter().enumerate() {
        if found != python::TOO_OLD {
            assert_eq!(found, "[True, True]", "{}", cases[at / 6].1);
        }
    }
}

#[test]
fn what_contains_itself_by_tuples_alone_is_refused() {
    let value = Value::Shared(Shared::cyclic(|this| Tuple::from(vec![this.into()]).into()));
    for protocol in Protocol::ALL {
        let error = PickleOptions::new().protocol(protocol).dump_value(&value).unwrap_err();
        assert_eq!(error.found(), "one that cannot be there before its parts");
    }
}

#[test]
fn persistent_ids() {
    let value =
        List::from(vec![Value::Persistent(Persistent::new("id 1")), Value::Persistent(Persistent::new("id 2"))]);
    let script = r#"
import pickle, io
class Reader(pickle.Unpickler):
    def persistent_load(self, pid):
        return "<%s>" % pid
def case(data):
    return repr(Reader(io.BytesIO(data)).load())
"#;
    check(script, &[(value.into(), "['<id 1>', '<id 2>']".into())]);
    // Protocol 0 can only write an id that is a line of ASCII.
    for id in [Value::from(7), "ß".into(), "a\nb".into()] {
        let value = Value::Persistent(Persistent::new(id));
        let error = PickleOptions::new().protocol(Protocol::V0).dump_value(&value).unwrap_err();
        assert_eq!(error.expected(), "a persistent id of one line in ASCII, as protocol 0 has it");
        assert_eq!(
            load_value(&PickleOptions::new().protocol(Protocol::V1).dump_value(&value).unwrap()).unwrap(),
            value
        );
    }
}

/// Values nest as deeply as memory allows: neither writing nor dropping recurses on the stack.
#[test]
fn depth_is_no_matter() {
    for kind in 0..4 {
        let mut value = Value::None;
        for _ in 0..200_000 {
            value = match kind {
                0 => List::from(vec![value]).into(),
                1 => Tuple::from(vec![value]).into(),
                2 => [(Value::from(0), value)].into_iter().collect::<Dict>().into(),
                _ => Object::new("example.Node", Tuple::from(vec![value])).into(),
            };
        }
        let pickle = dump_value(&value).unwrap();
        assert!(pickle.len() > 200_000);
    }
}

#[test]
fn names_that_python_cannot_have_are_refused() {
    for name in ["a\nb", "", "shop.", "shop:a..b"] {
        let error = dump_value(&Object::new(name.to_string(), (1,)).into()).unwrap_err();
        assert_eq!(error.expected(), "the name of a class of Python", "{name:?}");
    }
}

#[test]
fn no_pickle_is_larger_than_allowed() {
    let value = Value::from((vec![0_u8; 1000], List::from(vec![Value::from("text"); 1000])));
    for protocol in Protocol::ALL {
        let options = PickleOptions::new().protocol(protocol);
        let size = options.dump_value(&value).unwrap().len() as u64;
        assert!(options.max_size(size).dump_value(&value).is_ok());
        for limit in [0, 1, 20, 999, size - 1] {
            assert!(options.max_size(limit).dump_value(&value).is_err(), "{limit}");
            assert!(options.max_size(limit).dumps(&vec!["text".to_string(); 3000]).is_err());
        }
    }
}

/// Generates values that print as Python's `repr`.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i128>().prop_map(Value::from),
        (-300_i64..70_000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~]{0,20}".prop_map(Value::from),
        "[a-zß日\n😀]{0,300}".prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Value::from),
        // Not quotes, which Python's `repr` of these escapes without need.
        proptest::collection::vec(b'a'..=255, 0..20).prop_map(Value::ByteArray),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        let items = || proptest::collection::vec(inner.clone(), 0..8);
        prop_oneof![
            items().prop_map(|items| Tuple::from(items).into()),
            items().prop_map(|items| List::from(items).into()),
            proptest::collection::btree_map(any::<i32>(), inner.clone(), 0..6)
                .prop_map(|pairs| pairs.into_iter().collect::<Dict>().into()),
            // Shared values print like others.
            inner.clone().prop_map(|item| {
                let shared = Value::Shared(Shared::new(item));
                Tuple::from(vec![shared.clone(), shared]).into()
            }),
        ]
    })
}

#[test]
fn a_population_of_values() {
    let mut runner = TestRunner::deterministic();
    let mut cases = Vec::new();
    for _ in 0..300 {
        let value = values().new_tree(&mut runner).unwrap().current();
        let text = value.to_string();
        cases.push((value, text));
    }
    check(python::LOAD, &cases);
}

/// Below protocol 3, modules and classes have the names of Python 2, unless `fix_imports` is off.
#[test]
fn names_of_python_2() {
    let script = r#"
def case(data):
    from _compat_pickle import REVERSE_IMPORT_MAPPING as modules, REVERSE_NAME_MAPPING as names
    rows = [(*new, *old) for new, old in names.items()]
    rows += [(new, "x", old, "x") for new, old in modules.items()]
    rows += [("builtins", "object", "__builtin__", "object"), ("shop", "Person", "shop", "Person")]
    return "\n".join(" ".join(row) for row in rows)
"#;
    let Some(rows) = python::texts(script, &[vec![]]) else { return };
    assert!(rows[0].lines().count() > 150);
    for row in rows[0].lines() {
        let [module, name, old_module, old_name] = *row.split(' ').collect::<Vec<_>>() else { panic!("{row}") };
        let value = Value::Global(Name::new(module, name));
        let options = PickleOptions::new().protocol(Protocol::V2);
        let line = |module: &str, name: &str| format!("\u{80}\u{2}c{module}\n{name}\nq\0.");
        let latin = |pickle: Vec<u8>| pickle.into_iter().map(char::from).collect::<String>();
        assert_eq!(latin(options.dump_value(&value).unwrap()), line(old_module, old_name));
        assert_eq!(latin(options.fix_imports(false).dump_value(&value).unwrap()), line(module, name));
    }
}

#[test]
fn a_name_is_written_with_the_module_that_it_was_read_with() {
    // A colon divides a type tag, but not the module in a pickle, though no module of Python has a colon in its name.
    for pickle in [&b"cex:ample\nVarious\n."[..], b"\x80\x04\x8c\x08ex:ample\x8c\x07Various\x93."] {
        let value = load_value(pickle).unwrap();
        for protocol in Protocol::ALL {
            let written = PickleOptions::new().protocol(protocol).dump_value(&value).unwrap();
            let again = load_value(&written).unwrap();
            assert_eq!(again, value);
            let Value::Global(name) = &again else { panic!("{again}") };
            assert_eq!((name.module(), name.qualname()), ("ex:ample", "Various"));
        }
    }
    // A class within a class is a name at each protocol, though the older ones look it up step by step.
    let inner = Value::Global(Name::new("shop", "Bicycle.Frame"));
    for protocol in Protocol::ALL {
        let written = PickleOptions::new().protocol(protocol).dump_value(&inner).unwrap();
        assert_eq!(load_value(&written).unwrap(), inner);
        assert_eq!(Pickle::open(&written).unwrap().to_string(), "<class 'shop.Bicycle.Frame'>");
    }
    // The class of a tag is written with its module and the classes around it.
    let frame = Value::from(Object::new("shop:Bicycle.Frame", (1,)));
    assert_eq!(load_value(&dump_value(&frame).unwrap()).unwrap().to_string(), "Frame(1)");
}
