//! Random values and damages: values round-trip, newly loaded and restored over any other value, and any damage gives a
//! value, or an error that leaves the target unchanged.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use state_core::{Record, State, check, dump_into, dumps, from_value, load_into, loads, to_value};

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Cycle {
    gears: i8,
    price: u64,
}

#[derive(State, Clone, Debug, PartialEq, PartialOrd, Eq, Ord)]
enum Key {
    Number(i64),
    Name(String),
    Pair(bool, Option<u16>),
}

#[derive(State, Clone, Debug, PartialEq)]
struct Base {
    id: u32,
    #[state(bytes)]
    cycles: Vec<Cycle>,
}

#[derive(State, Clone, Debug, PartialEq)]
struct Rich {
    #[state(flatten_parent)]
    base: Base,
    text: String,
    option: Option<Box<str>>,
    wide: Option<[u64; 2]>,
    map: BTreeMap<Key, Vec<u8>>,
    set: BTreeSet<(i8, char)>,
    flags: Vec<bool>,
    empty: Vec<()>,
    kids: Vec<Rich>,
    next: Option<Box<Rich>>,
    #[state(bytes)]
    raw: Option<Box<[u16]>>,
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        any::<i64>().prop_map(Key::Number),
        ".{0,4}".prop_map(Key::Name),
        any::<(bool, Option<u16>)>().prop_map(|(a, b)| Key::Pair(a, b)),
    ]
}

fn base() -> impl Strategy<Value = Base> {
    let cycle = any::<(i8, u64)>().prop_map(|(gears, price)| Cycle { gears, price });
    (any::<u32>(), vec(cycle, 0..4)).prop_map(|(id, cycles)| Base { id, cycles })
}

fn leaf() -> impl Strategy<Value = Rich> {
    let texts = (".{0,8}", proptest::option::of(".{0,3}"), any::<Option<[u64; 2]>>());
    let maps = (btree_map(key(), vec(any::<u8>(), 0..3), 0..4), btree_set(any::<(i8, char)>(), 0..4));
    let lists = (vec(any::<bool>(), 0..9), vec(Just(()), 0..3), proptest::option::of(vec(any::<u16>(), 0..9)));
    (base(), texts, maps, lists).prop_map(|(base, (text, option, wide), (map, set), (flags, empty, raw))| Rich {
        base,
        text,
        option: option.map(Into::into),
        wide,
        map,
        set,
        flags,
        empty,
        kids: vec![],
        next: None,
        raw: raw.map(Into::into),
    })
}

fn rich() -> impl Strategy<Value = Rich> {
    leaf().prop_recursive(4, 12, 3, |inner| {
        (leaf(), vec(inner.clone(), 0..3), proptest::option::of(inner)).prop_map(|(leaf, kids, next)| Rich {
            kids,
            next: next.map(Box::new),
            ..leaf
        })
    })
}

/// The places and kinds of changes.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    vec(any::<(prop::sample::Index, u8, u8)>(), 1..4)
}

fn damaged(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (place, how, with) in changes {
        // The header has its own tests.
        let at = 16 + place.index(bytes.len() - 16);
        match how % 4 {
            0 => bytes[at] = *with,
            1 => bytes[at] ^= 1 << (with % 8),
            2 => bytes[at] = bytes[at].wrapping_add(1),
            _ => {
                let from = 40 + place.index(bytes.len() - 39).min(bytes.len() - 41);
                bytes[at] = bytes[from];
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn what_goes_out_comes_back(value in rich(), other in rich()) {
        let bytes = dumps(&value).unwrap();
        check::<Rich>(&bytes).unwrap();
        prop_assert_eq!(&loads::<Rich>(&bytes).unwrap(), &value);
        let mut target = other;
        load_into(&bytes, &mut target).unwrap();
        prop_assert_eq!(&target, &value);
        prop_assert_eq!(dumps(&target).unwrap(), bytes);
        prop_assert_eq!(from_value::<Rich>(&to_value(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn every_byte_is_written_anew(value in rich(), with in any::<u8>()) {
        let bytes = dumps(&value).unwrap();
        let mut buffer = vec![with; bytes.len() + 100];
        dump_into(&value, &mut buffer).unwrap();
        prop_assert_eq!(&buffer, &bytes);
        let copy = value.clone();
        prop_assert_eq!(dumps(&copy).unwrap(), bytes);
    }

    #[test]
    fn what_stood_in_the_buffer_does_not_matter(
        value in vec(rich(), 1..4),
        older in vec(rich(), 1..4),
        changes in changes(),
        room in 0_usize..4000,
    ) {
        let bytes = dumps(&value).unwrap();
        let older = dumps(&older).unwrap();
        for old in [older.clone(), damaged(older, &changes), damaged(bytes.clone(), &changes)] {
            let mut buffer = Vec::with_capacity(old.len() + room);
            buffer.extend(old);
            dump_into(&value, &mut buffer).unwrap();
            prop_assert_eq!(&buffer, &bytes);
        }
    }

    #[test]
    fn damage_is_an_answer(value in rich(), other in rich(), changes in changes()) {
        let bytes = damaged(dumps(&value).unwrap(), &changes);
        let mut target = other.clone();
        match (loads::<Rich>(&bytes), load_into(&bytes, &mut target)) {
            (Ok(loaded), Ok(())) => {
                prop_assert_eq!(&loaded, &target);
                prop_assert_eq!(loads::<Rich>(&dumps(&loaded).unwrap()).unwrap(), target);
            }
            (Err(a), Err(b)) => {
                prop_assert_eq!(a.to_string(), b.to_string());
                prop_assert_eq!(target, other);
                prop_assert!(check::<Rich>(&bytes).is_err());
            }
            (a, b) => prop_assert!(false, "{:?} but {:?}", a.err(), b.err()),
        }
    }

    #[test]
    fn any_bytes_behind_a_true_header_are_an_answer(body in vec(any::<u8>(), 0..200), lengths in any::<[u8; 3]>()) {
        let mut bytes = dumps(&Vec::<Rich>::new()).unwrap();
        bytes.truncate(16);
        bytes.extend(lengths.map(|length| u64::from(length / 8).to_le_bytes()).concat());
        bytes.extend(body);
        prop_assert_eq!(loads::<Vec<Rich>>(&bytes).is_ok(), check::<Vec<Rich>>(&bytes).is_ok());
    }
}
