//! A typed load has everything that a container of Python's standard library contains, or is refused, whether the
//! contents came by arguments, by later opcodes, or by both. The real Python determines what it contains.

mod python;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use state_core::{RestoreOwned, State, from_value, pickle};

/// Assembles pickles of containers, and loads them; for each it prints the name of the case, the entries or items as
/// text, and the pickle.
const SCRIPT: &str = r#"
from __future__ import unicode_literals
import array, binascii, collections, pickle

CONTAINERS = {
    "ccollections\nOrderedDict\n": ["", "d", "p", "t"],
    "ccollections\ndefaultdict\n": ["", "n", "nd", "np"],
    "ccollections\nCounter\n": ["", "d"],
    "ccollections\ndeque\n": ["", "l", "u", "ln", "l2", "l9", "u0", "r"],
    "carray\narray\n": ["c", "cl"],
    "c__builtin__\nset\n": ["", "l", "u"],
    "c__builtin__\nfrozenset\n": ["l", "u"],
    "c__builtin__\nlist\n": ["", "l", "u"],
    "c__builtin__\ndict\n": ["", "d", "p"],
}
PARTS = {
    "d": "(X\x01\0\0\0aK\x01X\x01\0\0\0bK\x02d", "p": "((X\x01\0\0\0aK\x01t(X\x01\0\0\0cK\x03tl", "t": "((X\x01\0\0\0aK\x01tt",
    "n": "N", "l": "(K\x01K\x02l", "u": "(K\x01K\x02K\x02t", "2": "K\x02", "9": "K\x09", "0": "K\x00",
    "c": "X\x01\0\0\0i", "r": "c__builtin__\nrange\n(K\x03tR",
}
ADDED = ["", "K\x07a", "(K\x07K\x08e", "K\x07aK\x05a", "X\x01\0\0\0aK\x09s", "(X\x01\0\0\0zK\x05X\x01\0\0\0aK\x06u",
    "X\x01\0\0\0yK\x09sX\x01\0\0\0yK\x0as"]

def told(value):
    if isinstance(value, dict):
        return ",".join("%s=%s" % entry for entry in sorted(value.items()))
    return ",".join(str(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value))

def case(_):
    found = []
    for name, ways in CONTAINERS.items():
        for way in ways:
            for number, added in enumerate(ADDED):
                made = "(%stR" % "".join(PARTS[part] for part in way)
                data = ("\x80\x02" + name + made + added + ".").encode("latin1")
                try:
                    value = pickle.loads(data)
                except Exception:
                    continue
                found.append("%s %s %d\t%s\t%s" % (name.split("\n")[1], way, number, told(value), binascii.hexlify(data).decode()))
    real = [collections.OrderedDict(a=1, b=2), collections.defaultdict(int, a=1), collections.Counter("aab"),
        collections.deque([1, 2]), collections.deque([1, 2, 3], 2), array.array(str("i"), [1, 2]), {1, 2}, [1, 2], {"a": 1}]
    attributes = collections.OrderedDict(a=1, b=2)
    attributes._metadata = {"x": 1}
    for value in real + [attributes]:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            data = pickle.dumps(value, protocol)
            found.append("real %s %d\t%s\t%s" % (type(value).__name__, protocol, told(value), binascii.hexlify(data).decode()))
    return "\n".join(found)
"#;

struct Case {
    name: String,
    held: String,
    pickle: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let Some(answers) = python::texts(SCRIPT, &[Vec::new()]) else { return Vec::new() };
    let case = |line: &str| {
        let [name, held, hex] = line.split('\t').collect::<Vec<_>>().try_into().expect(line);
        let digits = hex.as_bytes().chunks(2);
        let pickle = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
        Case { name: name.into(), held: held.into(), pickle }
    };
    let cases: Vec<Case> = answers[0].lines().map(case).collect();
    assert!(cases.len() > 100, "{}", answers[0]);
    cases
}

/// Returns what a typed load gives, directly and from a value, which must be the same.
fn held<T: RestoreOwned + State>(pickle: &[u8], tell: impl Fn(&T) -> String) -> Option<String> {
    let typed = pickle::loads::<T>(pickle).ok().map(|loaded| tell(&loaded));
    let value = pickle::load_value(pickle).unwrap();
    let by_value = from_value::<T>(&value).ok().map(|loaded| tell(&loaded));
    assert_eq!(typed, by_value, "{value}");
    typed
}

fn joined<I: ToString>(items: impl IntoIterator<Item = I>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(",")
}

#[test]
fn nothing_that_a_container_holds_is_dropped() {
    let (mut loaded, mut refused) = (0, Vec::new());
    for case in cases() {
        let map = held(&case.pickle, |map: &BTreeMap<String, i64>| {
            joined(map.iter().map(|(key, value)| format!("{key}={value}")))
        });
        let list = held(&case.pickle, |list: &Vec<i64>| joined(list));
        let queue = held(&case.pickle, |list: &VecDeque<i64>| joined(list));
        assert_eq!(list, queue, "{}", case.name);
        let set = held(&case.pickle, |set: &BTreeSet<i64>| joined(set));
        let found = if case.name.contains("set ") {
            // A list has the items in the order of the pickle, each once.
            let list = held(&case.pickle, |list: &Vec<i64>| joined(BTreeSet::from_iter(list)));
            let count = held(&case.pickle, |list: &Vec<i64>| list.len().to_string());
            assert_eq!((&list, count), (&set, held(&case.pickle, |set: &BTreeSet<i64>| set.len().to_string())));
            set
        } else {
            map.or(list)
        };
        match found {
            Some(found) => assert_eq!(found, case.held, "{}", case.name),
            None => refused.push(case.name),
        }
        loaded += 1;
    }
    // These are refused: calls whose arguments are calls, and built-in types that are called and then changed.
    let whys = ["deque r", "set ", "list ", "dict "];
    let known = |name: &String| whys.iter().any(|start| name.starts_with(start));
    let others: Vec<_> = refused.iter().filter(|name| !known(name)).collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(loaded == 0 || refused.len() < loaded / 3, "{refused:?}");
}

/// Converts text to a pickle, with a byte for each character.
fn letters(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}

/// Loads directly and from a value, which must give the same.
#[track_caller]
fn both<T: RestoreOwned + State + PartialEq + std::fmt::Debug>(text: &str) -> Option<T> {
    let pickle = letters(text);
    let value = pickle::load_value(&pickle).unwrap();
    let (typed, by_value) = (pickle::loads::<T>(&pickle).ok(), from_value::<T>(&value).ok());
    assert_eq!(typed, by_value, "{value}");
    typed
}

/// A set contains equal items once, however they were added.
#[test]
fn a_list_has_each_item_of_a_set_once() {
    assert_eq!(both::<Vec<i64>>("c__builtin__\nset\n((K\x01K\x02K\x01ttR."), Some(vec![1, 2]));
    assert_eq!(both::<Vec<i64>>("\u{80}\x04\u{8f}(K\x01K\x01\u{90}(K\x02K\x01\u{90}."), Some(vec![1, 2]));
    assert_eq!(both::<Vec<i64>>("\u{80}\x04(K\x01K\x01K\x01\u{91}."), Some(vec![1]));
    assert_eq!(
        both::<VecDeque<Box<str>>>("\u{80}\x04(X\x01\0\0\0aX\x01\0\0\0bX\x01\0\0\0a\u{91}."),
        Some(["a".into(), "b".into()].into())
    );
    let pairs = "\u{80}\x04(K\x01X\x03\0\0\0one\u{86}K\x02X\x03\0\0\0two\u{86}K\x01X\x03\0\0\0one\u{86}\
                 K\x03X\x01\0\0\0x\u{86}K\x02X\x03\0\0\0two\u{86}\u{91}.";
    assert_eq!(both::<Vec<(i64, String)>>(pairs), Some(vec![(1, "one".into()), (2, "two".into()), (3, "x".into())]));
    let nested = "\u{80}\x04((K\x01K\x01\u{91}(K\x01\u{91}(K\x02\u{91}(t(t\u{91}.";
    assert_eq!(both::<Vec<Vec<u32>>>(nested), Some(vec![vec![1], vec![2], vec![]]));
    // Numbers are compared by value, and no NaN equals another.
    assert_eq!(both::<Vec<f64>>("(K\x01F1.0\nF-0.0\nF0.0\n\u{91}."), Some(vec![1.0, -0.0]));
    assert_eq!(pickle::loads::<Vec<f32>>(b"(Fnan\nFnan\n\x91.").unwrap().len(), 2);
    assert_eq!(both::<[i64; 2]>("(K\x01K\x02\u{91}."), Some([1, 2]));
    assert_eq!(both::<[i64; 2]>("(K\x01K\x01\u{91}."), None);
    // The head of a unit is empty.
    assert_eq!(both::<Vec<()>>("()))\u{91}."), Some(vec![()]));
    // A list keeps duplicates; a sequence with an order cannot come from a set.
    assert_eq!(both::<Vec<i64>>("(K\x01K\x01l."), Some(vec![1, 1]));
    assert_eq!(both::<(i64, i64)>("(K\x01K\x02\u{91}."), None);
    assert_eq!(both::<Vec<i64>>("ccollections\ndeque\n((K\x01K\x01\u{91}tR."), None);
}

/// Types that are written as two numbers, one, or none: a set has no order in which to read them.
#[test]
fn a_set_is_nothing_whose_parts_have_places() {
    let items = ["", "K\x01", "K\x01K\x02", "K\x01K\x02K\x03"];
    let sets = items.map(|items| [format!("({items}\u{91}."), format!("\u{8f}({items}\u{90}.")]);
    for text in sets.as_flattened() {
        assert_eq!(both::<()>(text), None, "{text:?}");
        assert_eq!(both::<std::time::Duration>(text), None, "{text:?}");
        assert_eq!(both::<std::time::SystemTime>(text), None, "{text:?}");
        assert_eq!(both::<Option<Option<u8>>>(text), None, "{text:?}");
        assert_eq!(both::<chrono::NaiveDate>(text), None, "{text:?}");
        assert_eq!(both::<chrono::NaiveTime>(text), None, "{text:?}");
        assert_eq!(both::<chrono::NaiveDateTime>(text), None, "{text:?}");
        assert_eq!(both::<chrono::DateTime<chrono::Utc>>(text), None, "{text:?}");
        assert_eq!(both::<chrono::TimeDelta>(text), None, "{text:?}");
    }
    assert_eq!(both::<BTreeMap<i64, i64>>("ccollections\nOrderedDict\n((K\x01K\x02\u{91}\u{85}tR."), None);
    assert_eq!(both::<ndarray::Array2<u8>>("(K\x01K\x02\u{91}C\x02ab\u{86}."), None);
    // Items of a tuple or list are accepted.
    for text in ["K\x01K\x02\u{86}.", "](K\x01K\x02e."] {
        assert_eq!(both::<std::time::Duration>(text), Some(std::time::Duration::new(1, 2)));
        assert_eq!(both::<chrono::TimeDelta>(text), chrono::TimeDelta::new(1, 2));
    }
    assert_eq!(both::<BTreeMap<i64, i64>>("ccollections\nOrderedDict\n(](K\x01K\x02ltR."), None);
    assert_eq!(both::<BTreeMap<i64, i64>>("ccollections\nOrderedDict\n(]](K\x01K\x02eatR."), Some([(1, 2)].into()));
}

/// Only Python knows the order of a set's items and which of them are equal: `tuple({1, -1})` is `(1, -1)`.
#[test]
fn a_sequence_made_of_a_set_stays_a_call() {
    for (class, set) in [("list", "(K\x01K\x01\u{91}"), ("tuple", "\u{8f}(J\u{ff}\u{ff}\u{ff}\u{ff}K\x01\u{90}")] {
        let text = format!("\u{80}\x04c__builtin__\n{class}\n{set}\u{85}R.");
        assert_eq!(both::<Vec<i64>>(&text), None);
        assert_eq!(both::<(i64, i64)>(&text), None);
        let value = pickle::load_value(&letters(&text)).unwrap();
        assert!(matches!(value, state_core::value::Value::Object(_)), "{value}");
    }
}

/// Integers of any size, as when they are read from a value.
#[test]
fn an_integer_that_is_a_float_exactly_is_one() {
    let power = |exponent: i32| 2_f64.powi(exponent);
    assert_eq!(both::<f64>("L170141183460469231731687303715884105728L\n."), Some(power(127)));
    assert_eq!(both::<f32>("L170141183460469231731687303715884105728L\n."), Some(power(127) as f32));
    assert_eq!(both::<f64>("L170141183460469231731687303715884105729L\n."), None);
    let long = |last: &str| format!("\u{80}\x02\u{8a}\x1a{}{last}.", "\0".repeat(25));
    assert_eq!(both::<f64>(&long("\x01")), Some(power(200)));
    assert_eq!(both::<f64>(&long("\u{ff}")), Some(-power(200)));
    assert_eq!(both::<f32>(&long("\x01")), None);
    assert_eq!(both::<Vec<f64>>("(L170141183460469231731687303715884105728L\nF0.5\nl."), Some(vec![power(127), 0.5]));
    assert_eq!(both::<f64>(&format!("L1{}L\n.", "0".repeat(400))), None);
}

/// Something other than a type code in the place of that of an `array.array` is not dropped.
#[test]
fn an_array_without_a_type_code_is_none() {
    for start in ["]K\x01a", "N", "K\x01", ")"] {
        assert_eq!(both::<Vec<i64>>(&format!("\u{80}\x02carray\narray\n{start}\u{85}R.")), None);
        assert_eq!(both::<Vec<i64>>(&format!("\u{80}\x02carray\narray\n{start}]K\x01a\u{86}R.")), None);
    }
}

/// Python refuses an item that the type of an array cannot have, and so do fields of wider types.
#[test]
fn an_array_has_no_items_beyond_its_type() {
    const MAKE: &str = r#"
import array, pickle, sys

def case(frame):
    code, item = frame.decode().split()
    try:
        array.array(str(code))
    except ValueError:
        if code in "qQ":
            return "unknown"
    pickled = b"carray\narray\n(V" + code.encode() + b"\n(" + (b"F" if "." in item else b"L") + item.encode() + b"\nltR."
    try:
        return str(pickle.loads(pickled)[0])
    except (OverflowError, TypeError, ValueError):
        return "refused"
"#;
    let mut cases = Vec::new();
    for (code, bits) in [('b', 8), ('h', 16), ('i', 32), ('q', 64)] {
        let code_of_unsigned = code.to_ascii_uppercase();
        for item in [-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1] {
            cases.push((code, item.to_string(), true));
            cases.push((code, (item + item.signum()).to_string(), false));
        }
        for (item, fits) in [(0, true), (-1, false), ((1_i128 << bits) - 1, true), (1_i128 << bits, false)] {
            cases.push((code_of_unsigned, item.to_string(), fits));
        }
        cases.push((code, "1.0".into(), false));
    }
    cases.push(('x', "1".into(), false));
    let frames: Vec<Vec<u8>> = cases.iter().map(|(code, item, _)| format!("{code} {item}").into_bytes()).collect();
    let answers = python::texts(MAKE, &frames);
    for (at, (code, item, fits)) in cases.iter().enumerate() {
        // Python 2 has no arrays of 64 bits on all machines.
        if let Some(answers) = answers.as_ref().filter(|answers| answers[at] != "unknown") {
            assert_eq!(answers[at] != "refused", *fits, "{code} {item}: {}", answers[at]);
        }
        let kind = if item.contains('.') { "F" } else { "L" };
        let pickle = format!("carray\narray\n(V{code}\n({kind}{item}\nltR.");
        let number = item.parse::<i128>().unwrap_or(1);
        assert_eq!(both::<Vec<i128>>(&pickle), fits.then(|| vec![number]), "{code} {item}");
        assert!(*fits || both::<Vec<f64>>(&pickle).is_none(), "{code} {item}");
    }
    let single = |item: &str| both::<Vec<f64>>(&format!("carray\narray\n(Vf\n(F{item}\nltR."));
    assert_eq!(single("1.5"), Some(vec![1.5]));
    assert_eq!(single("inf"), Some(vec![f64::INFINITY]));
    assert_eq!(single("1e300"), None);

    let error = pickle::loads::<Vec<i64>>(b"carray\narray\n(Vb\n(I1\nI300\nltR.").unwrap_err().to_string();
    assert_eq!(error, "[1]: expected an item of array.array('b'), an integer of 8 bits, found int 300");
}

/// Python keeps the last one too.
#[test]
fn of_equal_keys_the_last_one_counts() {
    let pickle = letters("\u{80}\x04}(X\x01\0\0\0aK\x01X\x01\0\0\0bK\x02X\x01\0\0\0aK\x03u.");
    assert_eq!(pickle::loads::<BTreeMap<String, i64>>(&pickle).unwrap(), [("a".into(), 3), ("b".into(), 2)].into());
    let value = pickle::load_value(&pickle).unwrap();
    assert_eq!(*value.as_dict().unwrap().get("a").unwrap(), 3);
}

/// Pickles an array with a type code at a protocol.
const ARRAYS: &str = r#"
import array, pickle, sys

def case(frame):
    code, protocol = str(frame.decode()).split()
    if int(protocol) > pickle.HIGHEST_PROTOCOL or sys.version_info < (3, 3) and code in "qQ":
        return "TOO OLD"
    return pickle.dumps(array.array(code, u"a\xf1" if code == "u" else [1, 2, 100]), int(protocol))
"#;

/// For every type of number on both sides, and whether the array is written as a list or as its memory.
#[test]
fn an_array_of_numbers_is_a_list_of_numbers_at_each_protocol() {
    #[derive(State, Debug, PartialEq)]
    struct Raw {
        #[state(bytes, uncounted)]
        bytes: Vec<i32>,
        #[state(array)]
        array: Box<[u64]>,
    }
    let cases = |codes: &str| -> Vec<Vec<u8>> {
        codes.chars().flat_map(|code| (0..6).map(move |protocol| format!("{code} {protocol}").into_bytes())).collect()
    };
    let arrays = |codes: &str| {
        let pickles = python::answers(ARRAYS, &cases(codes))?.into_iter();
        Some(pickles.filter(|pickle| pickle != python::TOO_OLD.as_bytes()))
    };
    let Some(pickles) = arrays("bBhHiIlLqQ") else { return };
    for pickle in pickles {
        let value = pickle::load_value(&pickle).unwrap();
        assert_eq!(held(&pickle, |list: &Vec<i64>| joined(list)).as_deref(), Some("1,2,100"), "{value}");
        assert_eq!(
            held(&pickle, |list: &VecDeque<Option<i8>>| joined(list.iter().flatten())).as_deref(),
            Some("1,2,100")
        );
        assert_eq!(held(&pickle, |set: &BTreeSet<u128>| joined(set)).as_deref(), Some("1,2,100"));
        assert_eq!(held(&pickle, |list: &[f64; 3]| joined(list)).as_deref(), Some("1,2,100"));
        assert_eq!(held(&pickle, |list: &[i16; 2]| joined(list)), None);
        assert_eq!(held(&pickle, |array: &ndarray::Array1<i64>| joined(array)).as_deref(), Some("1,2,100"));
        assert_eq!(held(&pickle, |array: &ndarray::ArrayD<f64>| joined(array)).as_deref(), Some("1,2,100"));
        assert_eq!(held(&pickle, |array: &ndarray::Array2<i64>| joined(array)), None);
        assert_eq!(held(&pickle, |list: &Vec<bool>| joined(list)), None);
        let raw = state_core::value::Object::new("Raw", (value.clone(), value));
        assert_eq!(from_value::<Raw>(&raw.into()).unwrap(), Raw { bytes: vec![1, 2, 100], array: [1, 2, 100].into() });
    }
    for pickle in arrays("fd").unwrap() {
        assert_eq!(held(&pickle, |list: &Vec<f64>| joined(list)).as_deref(), Some("1,2,100"));
        assert_eq!(held(&pickle, |list: &Vec<i64>| joined(list)), None);
    }
    for pickle in arrays("u").unwrap() {
        assert_eq!(held(&pickle, |list: &Vec<char>| joined(list)).as_deref(), Some("a,\u{f1}"));
    }
}

#[test]
fn an_object_that_is_a_list_or_a_dict_too_is_no_struct() {
    #[derive(State, Debug)]
    #[state(name = "m.P", pickle = "dict")]
    struct Person {
        age: i32,
    }
    #[derive(State, Debug)]
    #[state(name = "m.P")]
    struct Flat {
        age: i32,
    }
    for added in ["K\x07a", "(K\x07K\x08e", "X\x01\0\0\0zK\x05s"] {
        for (state, flat) in [("}X\x03\0\0\0ageK\x01s", false), ("K\x01\u{85}", true)] {
            let pickle = |added: &str| -> Vec<u8> {
                let text = format!("\u{80}\x02cm\nP\n)\u{81}{added}{state}b.");
                text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
            };
            if flat {
                assert_eq!(pickle::loads::<Flat>(&pickle("")).unwrap().age, 1);
                pickle::loads::<Flat>(&pickle(added)).unwrap_err();
                let value = pickle::load_value(&pickle(added)).unwrap();
                from_value::<Flat>(&value).unwrap_err();
            } else {
                assert_eq!(pickle::loads::<Person>(&pickle("")).unwrap().age, 1);
                pickle::loads::<Person>(&pickle(added)).unwrap_err();
                let value = pickle::load_value(&pickle(added)).unwrap();
                from_value::<Person>(&value).unwrap_err();
            }
        }
    }
}

/// Subclasses of built-in types with an attribute, at each protocol.
const SUBCLASSES: &str = r#"
import binascii, collections, pickle, sys, types

m = sys.modules["m"] = types.ModuleType("m")

def case(_):
    found = []
    for base, value in [(list, [1]), (dict, {"a": 1}), (int, 5), (float, 1.5), (str, "x"), (tuple, (1, 2)), (set, {1}),
            (frozenset, {1}), (bytes, b"a"), (bytearray, b"ab"), (ValueError, "x"), (collections.deque, [1]),
            (collections.OrderedDict, {"a": 1}), (collections.Counter, "aab"), (object, None)]:
        m.P = type("P", (base,), {"__module__": "m"})
        one = m.P(value) if base is not object else m.P()
        one.age = 1
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            found.append("%s %d\t%s" % (base.__name__, protocol, binascii.hexlify(pickle.dumps(one, protocol)).decode()))
    return "\n".join(found)
"#;

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn what_a_built_in_base_holds_is_not_dropped_beside_attributes() {
    #[derive(State, Debug)]
    #[state(name = "m.P", pickle = "dict")]
    struct Person {
        age: i32,
    }
    let Some(answers) = python::texts(SUBCLASSES, &[Vec::new()]) else { return };
    for line in answers[0].lines() {
        let (name, hex) = line.split_once('\t').expect(line);
        let pickle = bytes(hex);
        let (typed, value) = (pickle::loads::<Person>(&pickle), pickle::load_value(&pickle).unwrap());
        let by_value = from_value::<Person>(&value);
        if name.starts_with("object") {
            assert_eq!((typed.unwrap().age, by_value.unwrap().age), (1, 1), "{name}");
            continue;
        }
        for error in [typed.unwrap_err(), by_value.unwrap_err()] {
            let error = error.to_string();
            // A counter pickles only its counts.
            let words = if name.starts_with("Counter") { "P.age: expected i32" } else { "entries beside it" };
            assert!(error.contains(words), "{name}: {error}");
        }
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "m.One")]
struct One {
    a: i64,
}

/// Containers ignore arguments of `__new__`, and named arguments have no place in a type.
#[test]
fn arguments_that_make_nothing_are_refused() {
    for text in [
        "\u{80}\x02ccollections\ndeque\n]K\x01a\u{85}\u{81}.",
        "\u{80}\x02ccollections\nCounter\n}X\x01\0\0\0aK\x01s\u{85}\u{81}.",
        "\u{80}\x02ccollections\nOrderedDict\n}X\x01\0\0\0aK\x01s\u{85}\u{81}.",
        "\u{80}\x04ccollections\nOrderedDict\n)}X\x01\0\0\0aK\x01s\u{92}.",
        "\u{80}\x04ccollections\ndeque\n]K\x01a\u{85}}X\x06\0\0\0maxlenK\0s\u{92}.",
        "\u{80}\x04cm\nOne\nK\x01\u{85}}X\x01\0\0\0bK\x02s\u{92}Nb.",
        // A list has no place for attributes either.
        "\u{80}\x02ccollections\ndeque\n)RK\x01a}X\x01\0\0\0aK\x01sb.",
    ] {
        let pickle: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        let value = pickle::load_value(&pickle).unwrap();
        pickle::loads::<BTreeMap<String, i64>>(&pickle).unwrap_err();
        from_value::<BTreeMap<String, i64>>(&value).unwrap_err();
        pickle::loads::<Vec<i64>>(&pickle).unwrap_err();
        from_value::<Vec<i64>>(&value).unwrap_err();
        pickle::loads::<One>(&pickle).unwrap_err();
        from_value::<One>(&value).unwrap_err();
    }
}

#[test]
fn a_state_in_another_form_says_which_attribute_takes_it() {
    #[derive(State, Debug)]
    #[state(name = "m.P")]
    struct Flat {
        age: i32,
        name: String,
    }
    #[derive(State, Debug)]
    #[state(name = "m.P", pickle = "dict")]
    struct Named {
        age: i32,
        name: String,
    }
    let made = "\u{80}\x02cmm\nP\n)\u{81}".replace("mm", "m");
    let dict = "}(X\x03\0\0\0ageK\x01X\x04\0\0\0nameX\x01\0\0\0au";
    let tuple = "K\x01X\x01\0\0\0a\u{86}";
    let pickle = |state: &str| -> Vec<u8> {
        let text = format!("{made}{state}b.");
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
    };
    let both = |pickle: &[u8]| {
        let value = pickle::load_value(pickle).unwrap();
        let flat = [
            pickle::loads::<Flat>(pickle).map(|it| (it.age, it.name)),
            from_value(&value).map(|it: Flat| (it.age, it.name)),
        ];
        let named = [
            pickle::loads::<Named>(pickle).map(|it| (it.age, it.name)),
            from_value(&value).map(|it: Named| (it.age, it.name)),
        ];
        (flat, named)
    };
    for state in [dict, &format!("N{dict}\u{86}")] {
        let (flat, named) = both(&pickle(state));
        for error in flat.map(Result::unwrap_err) {
            let wanted = "P: expected m.P with a tuple of its slots, found m.P with attributes by name, which \
                          `#[state(pickle = \"dict\")]` or `\"slots\"` takes";
            assert_eq!(error.to_string(), wanted);
        }
        for named in named {
            assert_eq!(named.unwrap(), (1, "a".into()));
        }
    }
    let (flat, [named, by_value]) = both(&pickle(tuple));
    for flat in flat {
        assert_eq!(flat.unwrap(), (1, "a".into()));
    }
    let wanted = "P: expected m.P with attributes by name, found m.P with a tuple for its state, which a type without \
                  `pickle` takes";
    assert_eq!(named.unwrap_err().to_string(), wanted);
    // The dynamic value of both types is a tuple of the slots.
    assert_eq!(by_value.unwrap(), (1, "a".into()));
}
