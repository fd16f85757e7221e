//! `#[state(sorted)]`: equal hash maps and sets give equal bytes, and restores keep what they can.

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
    // All keys agree; one is missing; one is too many; others are in between.
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
