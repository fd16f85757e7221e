//! `#[state(sorted)]`: equal hash maps and sets give equal bytes, and restores keep what they can.

#![allow(clippy::box_collection, clippy::zero_sized_map_values, reason = "they have a state too")]

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher};

use state_core::{State, dumps, from_value, load_into, loads, to_value};

type Fixed = BuildHasherDefault<DefaultHasher>;

#[derive(State, Debug, PartialEq, Clone, Default)]
struct Index {
    #[state(sorted)]
    words: HashMap<String, Vec<u32>>,
    #[state(sorted)]
    seen: HashSet<i64>,
    #[state(sorted)]
    fixed: HashMap<(u8, char), bool, Fixed>,
}

fn index(numbers: impl Iterator<Item = u32> + Clone) -> Index {
    Index {
        words: numbers.clone().map(|n| (format!("word {n}"), vec![n, n + 1])).collect(),
        seen: numbers.clone().map(|n| i64::from(n) - 50).collect(),
        fixed: numbers.map(|n| ((n as u8, 'x'), n % 2 == 0)).collect(),
    }
}

#[test]
fn equal_states_give_equal_bytes() {
    let (forward, backward) = (index(0..100), index((0..100).rev()));
    assert_eq!(forward, backward);
    let bytes = dumps(&forward).unwrap();
    assert_eq!(dumps(&backward).unwrap(), bytes);
    assert_eq!(dumps(&loads::<Index>(&bytes).unwrap()).unwrap(), bytes);
    assert_eq!(from_value::<Index>(&to_value(&forward).unwrap()).unwrap(), forward);
}

#[derive(State)]
struct Keys {
    #[state(sorted)]
    keys: HashMap<u8, bool>,
}

#[test]
fn keys_stand_in_order() {
    let keys = HashMap::from([(3, true), (1, false), (2, true)]);
    assert_eq!(dumps(&Keys { keys }).unwrap()[44..], [1, 0, 2, 1, 3, 1]);
}

#[test]
fn restores_agree_with_loads_over_any_target() {
    let bytes = dumps(&index(0..60)).unwrap();
    for mut target in [Index::default(), index(0..60), index(0..59), index(30..90), index(100..160), index(0..200)] {
        load_into(&bytes, &mut target).unwrap();
        assert_eq!(target, index(0..60));
    }
}

#[test]
fn values_stay_where_their_keys_are() {
    let bytes = dumps(&index(0..60)).unwrap();
    // All keys are equal; one is missing; one is extra; others are in between.
    for mut target in [index(0..60), index(1..60), index(0..61), index(5..100)] {
        let at = |index: &Index| index.words["word 40"].as_ptr();
        let before = at(&target);
        load_into(&bytes, &mut target).unwrap();
        assert_eq!(at(&target), before);
        assert_eq!(target, index(0..60));
    }
}

#[derive(State, Debug, Clone, Default, PartialEq)]
#[state(after_set = Self::count)]
struct Counted {
    value: u32,
    #[state(skip)]
    restored: Cell<u32>,
}

impl Counted {
    fn count(&mut self) {
        self.restored.set(self.restored.get() + 1);
    }
}

#[derive(State, Debug, Clone, Default, PartialEq)]
struct Maps {
    #[state(sorted)]
    sorted: HashMap<u32, Counted>,
    hashed: HashMap<u32, Counted>,
    tree: std::collections::BTreeMap<u32, Counted>,
}

#[test]
fn hooks_run_once_for_each_value() {
    let maps = |keys: std::ops::Range<u32>| {
        let entries = keys.map(|n| (n, Counted { value: n, ..Counted::default() }));
        Maps { sorted: entries.clone().collect(), hashed: entries.clone().collect(), tree: entries.collect() }
    };
    let saved = maps(0..40);
    let bytes = dumps(&saved).unwrap();
    for mut target in [saved.clone(), maps(0..39), maps(0..50), maps(20..60)] {
        load_into(&bytes, &mut target).unwrap();
        for map in [&target.sorted, &target.hashed, &target.tree.into_iter().collect()] {
            assert_eq!(map.len(), 40);
            assert!(map.iter().all(|(n, counted)| counted.value == *n && counted.restored.get() == 1));
        }
    }
}

#[derive(State, Debug, PartialEq, Clone, Eq)]
enum Inner {
    None,
    Words(HashSet<String>),
    Ages { by_name: HashMap<String, i16>, flags: HashMap<Option<(u8, char)>, ()> },
}

#[derive(State, Debug, PartialEq, Clone)]
struct Deep {
    #[state(sorted)]
    maps: HashMap<u8, HashMap<u16, HashMap<i32, u8>>>,
    #[state(sorted)]
    inner: HashMap<String, Vec<Option<Box<Inner>>>>,
    #[state(sorted)]
    lists: HashMap<u8, std::collections::BTreeMap<u8, std::cell::RefCell<HashSet<i64>>>>,
}

fn deep(numbers: impl DoubleEndedIterator<Item = u16> + Clone) -> Deep {
    let table = |n: u16| {
        numbers
            .clone()
            .map(move |m| (m.wrapping_mul(n), i32::from(m) - 300))
            .map(|(k, v)| (k, [(v, 1), (-v - 1, 2)].into()))
    };
    let words = || numbers.clone().map(|n| n.to_string()).collect::<HashSet<_>>();
    let ages = || Inner::Ages {
        by_name: words().into_iter().map(|word| (word, -1)).collect(),
        flags: numbers.clone().map(|n| ((n % 3 > 0).then_some((n as u8, 'y')), ())).collect(),
    };
    let inner = |n: u16| {
        vec![None, Some(Box::new(Inner::None)), Some(Box::new(if n % 2 == 0 { ages() } else { Inner::Words(words()) }))]
    };
    let set = || std::cell::RefCell::new(numbers.clone().map(|n| i64::from(n) - 100).collect());
    Deep {
        maps: numbers.clone().map(|n| (n as u8, table(2 * (n % 256) + 1).collect())).collect(),
        inner: numbers.clone().filter(|n| n % 16 == 0).map(|n| (n.to_string(), inner(n / 16))).collect(),
        lists: numbers.clone().filter(|n| *n < 20).map(|n| (n as u8, [(1, set()), (n as u8, set())].into())).collect(),
    }
}

#[test]
fn equal_states_give_equal_bytes_however_deep() {
    let (forward, backward) = (deep(0..300), deep((0..300).rev()));
    assert_eq!(forward, backward);
    let bytes = dumps(&forward).unwrap();
    assert!(dumps(&backward).unwrap() == bytes);
    let again = loads::<Deep>(&bytes).unwrap();
    assert_eq!(again, forward);
    assert!(dumps(&again).unwrap() == bytes);
    for mut target in [backward, deep(100..200), deep(0..0), deep((5..400).rev())] {
        load_into(&bytes, &mut target).unwrap();
        assert_eq!(target, forward);
        assert!(dumps(&target).unwrap() == bytes);
    }
}

#[derive(State)]
struct Nested {
    #[state(sorted)]
    all: HashMap<u8, (HashMap<i16, ()>, HashSet<String>, HashSet<char>)>,
}

#[test]
fn numbers_and_text_deep_inside_stand_in_order() {
    let numbers = [256, -1, 3, -300, 255].map(|n| (n, ()));
    let words = ["b", "aa", "", "é", "a"].map(String::from);
    let all = HashMap::from([(1, (numbers.into(), words.into(), ['b', 'é', '\u{1F600}', 'a'].into()))]);
    let value = to_value(&Nested { all }).unwrap().to_string();
    assert_eq!(
        value,
        "Nested({1: ({-300: (), -1: (), 3: (), 255: (), 256: ()}, {'', 'a', 'aa', 'b', 'é'}, {'a', 'b', 'é', '😀'})})"
    );
}

/// Only types within the field are required to be ordered.
#[test]
fn the_next_field_is_not_sorted() {
    #[derive(State)]
    struct Both {
        #[state(sorted)]
        sorted: HashMap<u8, ()>,
        hashed: HashMap<u32, u8>,
    }
    let both = Both { sorted: [(1, ())].into(), hashed: (0..1000).map(|n| (n, 1)).collect() };
    let state =
        loads::<Vec<u8>>(&dumps(&both.hashed.keys().map(|key| *key as u8).collect::<Vec<_>>()).unwrap()).unwrap();
    let bytes = dumps(&both).unwrap();
    let hashed: Vec<u8> = bytes[bytes.len() - 5000..].chunks_exact(5).map(|entry| entry[0]).collect();
    assert_eq!((both.sorted.len(), hashed), (1, state));
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct Held {
    #[state(sorted)]
    list: Vec<HashSet<u8>>,
    #[state(sorted)]
    maybe: Option<Box<HashMap<u16, HashSet<i8>>>>,
    #[state(sorted)]
    tree: std::collections::BTreeMap<u8, std::collections::VecDeque<HashMap<u8, u8>>>,
    #[state(sorted)]
    pair: [HashSet<char>; 2],
}

/// The sets and maps in a list are sorted, while the list keeps its order.
#[test]
fn what_lists_and_options_hold_is_sorted() {
    fn held(numbers: impl Iterator<Item = u8> + Clone) -> Held {
        let set = || numbers.clone().collect::<HashSet<u8>>();
        let map = || numbers.clone().map(|n| (n, n / 2)).collect::<HashMap<u8, u8>>();
        Held {
            list: vec![set(), HashSet::new(), set()],
            maybe: Some(Box::new(numbers.clone().map(|n| (u16::from(n), [n as i8, 1].into())).collect())),
            tree: [(3, [map(), map()].into())].into(),
            pair: [numbers.clone().map(char::from).collect(), HashSet::new()],
        }
    }
    let (forward, backward) = (held(0..100), held((0..100).rev()));
    assert_eq!(forward, backward);
    let bytes = dumps(&forward).unwrap();
    assert_eq!(dumps(&backward).unwrap(), bytes);
    let back: Held = loads(&bytes).unwrap();
    assert_eq!(dumps(&back).unwrap(), bytes);
    for mut live in [Held::default(), held(5..30), backward] {
        load_into(&bytes, &mut live).unwrap();
        assert_eq!(live, forward);
    }
}
