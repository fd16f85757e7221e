//! Pickles that Rust writes are read by Python: each type at each protocol, by its C and its Python reader.

use std::collections::{BTreeMap, BTreeSet};

use state_core::State;
use state_core::pickle::{PickleOptions, Protocol};

use example::{Bicycle, Person};

mod example;
mod python;

/// Adds a value at all protocols, with the `repr` that Python gives it.
fn shows<T: State>(cases: &mut Vec<(Vec<u8>, String)>, value: &T, repr: &str) {
    for protocol in Protocol::ALL {
        let pickle = PickleOptions::new().protocol(protocol).dumps(value).unwrap();
        cases.push((pickle, repr.into()));
    }
}

fn check(script: &str, cases: Vec<(Vec<u8>, String)>) {
    let (pickles, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let Some(found) = python::texts(script, &pickles) else { return };
    for ((pickle, expected), found) in pickles.iter().zip(expected).zip(found) {
        if found != python::TOO_OLD {
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(pickle));
        }
    }
}

#[test]
fn numbers() {
    let mut cases = Vec::new();
    let all = &mut cases;
    shows(all, &(true, false), "(True, False)");
    shows(all, &(0_u8, 255_u8, -128_i8, 65535_u16, i16::MIN), "(0, 255, -128, 65535, -32768)");
    shows(all, &(u32::MAX, i32::MIN, i32::MAX), "(4294967295, -2147483648, 2147483647)");
    shows(all, &(u64::MAX, i64::MIN, i64::MAX), "(18446744073709551615, -9223372036854775808, 9223372036854775807)");
    shows(all, &(u128::MAX, i128::MIN), &format!("({}, {})", u128::MAX, i128::MIN));
    for bits in 0..127 {
        for number in [1_i128 << bits, (1 << bits) - 1, -(1 << bits), -(1 << bits) - 1] {
            shows(all, &number, &number.to_string());
        }
    }
    shows(all, &(0.1, -0.0, 1e300, f64::INFINITY), "(0.1, -0.0, 1e+300, inf)");
    shows(all, &(f64::NAN, f64::NEG_INFINITY, 5e-324, 0.5_f32), "(nan, -inf, 5e-324, 0.5)");
    check(python::LOAD, cases);
}

#[test]
fn text_and_bytes() {
    let mut cases = Vec::new();
    let all = &mut cases;
    shows(all, &String::new(), "''");
    shows(
        all,
        &("a\nb\r\0\x1a\\u0041".to_string(), 'ß', "日本😀".to_string()),
        r"('a\nb\r\x00\x1a\\u0041', 'ß', '日本😀')",
    );
    for len in [15, 16, 17, 255, 256, 257, 65535, 65536, 70000] {
        shows(all, &"x".repeat(len), &format!("'{}'", "x".repeat(len)));
        shows(all, &vec![b'x'; len], &format!("b'{}'", "x".repeat(len)));
        // ASCII and other characters, so that there are blocks of both kinds and mixed ones at every position.
        let mixed = (0..len).map(|i| if i / 11 % 3 == 0 { 0x80 | (i as u8).wrapping_mul(37) } else { b'y' });
        let shown = |byte: u8| if byte < 0x80 { char::from(byte).to_string() } else { format!("\\x{byte:02x}") };
        shows(all, &mixed.clone().collect::<Vec<u8>>(), &format!("b'{}'", mixed.map(shown).collect::<String>()));
    }
    shows(all, &(Vec::<u8>::new(), [0_u8, 10, 200, 92], *b"ab"), r"(b'', b'\x00\n\xc8\\', b'ab')");
    check(python::LOAD, cases);
}

#[test]
fn groups() {
    let mut cases = Vec::new();
    let all = &mut cases;
    shows(all, &(), "()");
    shows(all, &((1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), "((1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))");
    shows(all, &(Vec::<i32>::new(), vec![7], vec![7, 8], vec![()]), "([], [7], [7, 8], [()])");
    shows(all, &[(1_u8, 2.0), (3, 4.0)], "[(1, 2.0), (3, 4.0)]");
    shows(all, &(None::<i32>, Some(3), Some(None::<i32>), Some(Some(4))), "(None, 3, (None,), (4,))");
    shows(all, &Some(Some("a longer text than fits".to_string())), "('a longer text than fits',)");
    shows(all, &Box::new(Some(Box::new(5))), "5");
    let map: BTreeMap<_, _> = [("one", 1), ("two", 2)].map(|(name, n)| (name.to_string(), n)).into();
    shows(all, &map, "{'one': 1, 'two': 2}");
    shows(all, &BTreeMap::from([(1, 2)]), "{1: 2}");
    shows(all, &BTreeMap::<i32, i32>::new(), "{}");
    shows(all, &(BTreeSet::<i32>::new(), BTreeSet::from([1])), "(set(), {1})");
    for count in [999, 1000, 1001, 2500] {
        let list: Vec<u16> = (0..count).collect();
        shows(all, &list, &format!("{list:?}"));
        shows(
            all,
            &BTreeSet::from_iter(list.clone()),
            &format!("{{{}}}", &format!("{list:?}").trim_matches(['[', ']'])),
        );
        let map: BTreeMap<u16, u16> = list.iter().map(|&number| (number, number)).collect();
        shows(all, &map, &format!("{map:?}"));
    }
    check(python::LOAD, cases);
}

/// A class as the post writes it: its state is a flat tuple, and its constructor is not called.
const SHOP: &str = r#"
import sys, types
example = types.ModuleType("example")
sys.modules["example"] = example
source = '''
class Base:
    def __init__(self):
        raise TypeError("a constructor was called")
    def __repr__(self):
        return type(self).__qualname__ + repr(self.state)
    def __setstate__(self, state):
        assert type(state) is tuple
        self.state = state
class Person(Base): pass
class MyClass(Base): pass
class MySubclass(MyClass): pass
class Outer(Base):
    class Inner(Base):
        class Leaf(Base): pass
class Nothing:
    def __repr__(self):
        return "Nothing"
'''
exec(source, example.__dict__)
"#;

#[derive(State)]
#[state(name = "example.MyClass")]
struct MyClass {
    #[state(bytes)]
    data: Option<Vec<Bicycle>>,
}

#[derive(State)]
#[state(name = "example.MySubclass")]
struct MySubclass {
    #[state(flatten_parent)]
    base: MyClass,
    owner: Option<Person>,
}

#[derive(State)]
#[state(name = "example.Nothing")]
struct Nothing;

fn person(name: &str, age: i32) -> Person {
    Person { name: name.into(), age }
}

#[test]
fn objects() {
    #[derive(State)]
    #[state(name = "example:Outer")]
    struct Outer(i32);
    #[derive(State)]
    #[state(name = "example:Outer.Inner")]
    struct Inner(i32);
    #[derive(State)]
    #[state(name = "example:Outer.Inner.Leaf")]
    struct Leaf(i32);

    let mut cases = Vec::new();
    let all = &mut cases;
    shows(all, &person("Dave", 30), "Person('Dave', 30)");
    shows(all, &vec![person("Dave", 30), person("Ann", 31)], "[Person('Dave', 30), Person('Ann', 31)]");
    shows(all, &(Nothing, Nothing), "(Nothing, Nothing)");
    shows(
        all,
        &(Outer(1), Inner(2), Leaf(3), Leaf(4)),
        "(Outer(1,), Outer.Inner(2,), Outer.Inner.Leaf(3,), Outer.Inner.Leaf(4,))",
    );
    let bicycles = vec![Bicycle { gears: 1, price: 0.0 }];
    let mut shop = MySubclass { base: MyClass { data: Some(bicycles) }, owner: Some(person("Dave", 30)) };
    shows(all, &shop, &format!(r"MySubclass(b'\x01{}', 1, Person('Dave', 30))", r"\x00".repeat(15)));
    shop.base.data = None;
    shows(all, &shop, "MySubclass(None, 0, Person('Dave', 30))");
    check(&[SHOP, python::LOAD].concat(), cases);
}
