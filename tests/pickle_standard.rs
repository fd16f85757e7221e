//! Classes of Python's standard library as the corresponding types in Rust: maps, queues, arrays, paths, ranges; and
//! those that are made by a call.

#[path = "python/cases.rs"]
mod cases;
mod python;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::path::PathBuf;

use cases::Cases;
use state_core::{State, StateExt, pickle};

const NAMES: &str = "
import array, collections, decimal, fractions, pathlib, pickle
from collections import *
names = globals()
";

fn counts(entries: &[(&str, i32)]) -> BTreeMap<String, i32> {
    entries.iter().map(|&(key, count)| (key.to_string(), count)).collect()
}

#[test]
fn maps_are_read_from_collections() {
    let mut cases = Cases::new(NAMES);
    cases.read(counts(&[("a", 1), ("b", 2)]), "OrderedDict([('b', 2), ('a', 1)])");
    cases.read(counts(&[]), "OrderedDict()");
    cases.read(vec![counts(&[("a", 1)]), counts(&[("a", 2)])], "[OrderedDict(a=1), {'a': 2}]");
    cases.read(HashMap::from([(3, vec![4])]), "defaultdict(list, {3: [4]})");
    cases.read(HashMap::<i32, i32>::new(), "defaultdict(None)");
    cases.read(counts(&[("a", 2), ("b", 1)]), "Counter('aba')");
    cases.read(counts(&[]), "Counter()");
    // More than one batch of entries.
    cases.read((0..2500).map(|n| (n, -n)).collect::<BTreeMap<i32, i32>>(), "OrderedDict((n, -n) for n in range(2500))");
    cases.refused::<HashMap<i32, i32>>("OrderedDict(a=1)", "[key of entry 0]: expected i32, found str 'a'");
    cases.refused::<HashMap<String, i32>>("ChainMap({'a': 1})", "found collections.ChainMap");
    cases.refused::<HashMap<String, i32>>("deque()", "found collections.deque");
    cases.refused::<Vec<i32>>("OrderedDict()", "found collections.OrderedDict");
    cases.check();
}

#[test]
fn lists_are_read_from_deques() {
    let mut cases = Cases::new(NAMES);
    cases.read(VecDeque::from([1, 2, 3]), "deque([1, 2, 3])");
    cases.read(vec!["a".to_string(); 3], "deque('aaa', 3)");
    cases.read([0_u8, 255], "deque([0, 255])");
    cases.read(HashSet::from([7]), "deque([7])");
    cases.read(Vec::<f64>::new(), "deque(maxlen=0)");
    cases.read((0..2500).collect::<Vec<u16>>(), "deque(range(2500))");
    cases.read(vec![vec![1], vec![]], "deque([deque([1]), []])");
    cases.refused::<[i32; 2]>("deque([1, 2, 3])", "deque");
    cases.refused::<Vec<i32>>("deque(['a'])", "[0]: expected i32, found str 'a'");
    cases.check();
}

#[test]
fn numbers_are_read_from_the_arrays_of_module_array() {
    #[derive(State, Debug, PartialEq)]
    struct Samples {
        #[state(array)]
        heights: Vec<f64>,
    }
    let mut cases = Cases::new(NAMES);
    cases.read(vec![1.5, -0.0, f64::INFINITY], "array.array('d', [1.5, -0.0, float('inf')])");
    cases.read([1.5_f32, 2.5], "array.array('f', [1.5, 2.5])");
    cases.read(vec![i32::MIN, 7], "array.array('i', [-2 ** 31, 7])");
    cases.read(vec![u64::MAX], "array.array('Q', [2 ** 64 - 1])");
    cases.read(vec![0_u8, 255], "array.array('B', [0, 255])");
    cases.read(Vec::<i64>::new(), "array.array('q')");
    cases.check();

    // The memory and the type code of a machine with the other byte order; `memory` counts the bytes.
    let big = |memory: &[u8]| {
        let head = b"\x80\x03carray\n_array_reconstructor\n(carray\narray\nX\x01\0\0\0dK\x11C";
        [&head[..], &[memory.len() as u8], memory, b"tR."].concat()
    };
    let two = [1.5_f64.to_be_bytes(), (-2.0_f64).to_be_bytes()].concat();
    assert_eq!(pickle::loads::<Vec<f64>>(&big(&two)).unwrap(), [1.5, -2.0]);
    let error = pickle::loads::<Vec<f64>>(&big(&two[..9])).unwrap_err();
    assert_eq!(error.to_string(), "expected an array of a whole number of >f8, found 9 bytes");
    let state = (pickle::load_value(&big(&two)).unwrap(),);
    let mut samples = Samples { heights: vec![] };
    samples.set_state(state).unwrap();
    assert_eq!(samples.heights, [1.5, -2.0]);
    let error = pickle::loads::<Vec<f32>>(&big(&two)).unwrap_err();
    assert_eq!(error.to_string(), "expected an array of shape [n] of <f4, found an array of shape [2] of >f8");
}

#[test]
fn paths_are_read_with_slashes() {
    let mut cases = Cases::new(NAMES);
    cases.read(PathBuf::from("/usr/lib"), "pathlib.PurePosixPath('/usr/lib')");
    cases.read(PathBuf::from("a/b.txt"), "pathlib.PurePosixPath('a') / 'b.txt'");
    cases.read(PathBuf::from("."), "pathlib.PurePosixPath()");
    cases.read("C:/Temp/a".to_string(), "pathlib.PureWindowsPath('C:\\\\Temp\\\\a')");
    cases.refused::<PathBuf>("fractions.Fraction(1, 2)", "expected text");
    cases.check();
}

#[test]
fn ranges_are_pythons() {
    let mut cases = Cases::new(NAMES);
    cases.typed(1..5, "range(1, 5)");
    cases.typed(-3_i64..i64::MAX, "range(-3, 2 ** 63 - 1)");
    cases.typed((0_u8..0, 3_u8..9), "(range(0, 0), range(3, 9))");
    cases.refused::<Range<i32>>("range(0, 10, 2)", "expected Range, found builtins.range(..)");
    cases.refused::<Range<u8>>("range(0, 256)", "Range.end: expected u8, found int 256");
    cases.refused::<Range<i32>>("slice(None, 3)", "Range.start");
    cases.read(2..6, "slice(2, 6)");
    cases.refused::<Range<i32>>("fractions.Fraction(1, 2)", "expected Range, found fractions.Fraction(..)");
    cases.check();

    // A range that is not one in Python is an object with two slots.
    let floats = pickle::dumps(&(0.5..1.5)).unwrap();
    assert_eq!(pickle::load_value(&floats).unwrap().to_string(), "Range(0.5, 1.5)");
    assert_eq!(pickle::loads::<Range<f64>>(&floats).unwrap(), 0.5..1.5);
}

#[test]
fn classes_can_be_called_with_their_slots() {
    #[derive(State, Debug, PartialEq, Clone)]
    #[state(name = "decimal.Decimal", pickle = "call")]
    struct Decimal(String);

    #[derive(State, Debug, PartialEq)]
    #[state(name = "collections.Counter", pickle = "call")]
    struct Counter {
        counts: BTreeMap<String, u32>,
    }

    let mut cases = Cases::new(NAMES);
    let decimal = Decimal("-1.50".to_string());
    cases.typed(decimal.clone(), "decimal.Decimal('-1.50')");
    // The second is made with the name that the first has put in the memo.
    cases.typed(vec![decimal.clone(), decimal], "[decimal.Decimal('-1.50'), decimal.Decimal('-1.50')]");
    cases.typed(Counter { counts: [("a".to_string(), 3)].into() }, "Counter({'a': 3})");
    cases.refused::<Decimal>("fractions.Fraction(1, 2)", "expected decimal.Decimal, found fractions.Fraction(..)");
    cases.check();
}
