//! The errors for damaged bytes: the slot, what was expected, what was found, and where.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Duration;

use state_core::{Record, State, check, dumps, load_into, loads};

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Base {
    #[state(bytes)]
    data: Vec<Bicycle>,
    ready: bool,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Part {
    Small { letter: char },
    Wide([u64; 3]),
}

#[derive(State, Debug, PartialEq, Clone)]
struct Shop {
    #[state(flatten_parent)]
    base: Base,
    names: Vec<String>,
    parts: Vec<Part>,
    opened: Option<Duration>,
    map: BTreeMap<u8, bool>,
    nonzero: NonZero<u16>,
    units: Vec<()>,
    owner: Box<Option<u8>>,
    #[state(bytes)]
    maybe: Option<[u8; 2]>,
}

fn shop() -> Shop {
    Shop {
        base: Base { data: vec![Bicycle { gears: 1, price: 2.0 }], ready: true },
        names: vec!["ab".into(), "ß".into()],
        parts: vec![Part::Small { letter: 'x' }, Part::Wide([1, 2, 3])],
        opened: Some(Duration::new(1, 2)),
        map: [(7, true)].into(),
        nonzero: NonZero::<u16>::MIN,
        units: vec![(); 2],
        owner: Box::new(Some(9)),
        maybe: Some([5, 6]),
    }
}

/// The position of a change in a shop's bytes, the new bytes, and the error. The head is at 40, the tail at 77, the
/// text at 133, the raw arrays at 144.
const TABLE: &[(usize, &[u8], &str)] = &[
    (40, &[0], "Shop.maybe: expected zeros after a raw array, found 64 at byte 159"),
    (40, &[127], "Shop.base.data: expected 127 elements of 16 bytes, found 32 raw bytes left at byte 40"),
    (
        47,
        &[16],
        "Shop.base.data: expected 1152921504606846977 elements of 16 bytes, found 32 raw bytes left at byte 40",
    ),
    (48, &[2], "Shop.base.ready: expected a bool (0 or 1), found 2 at byte 48"),
    (49, &[127], "Shop.names: expected 127 elements of 4 bytes, found 56 bytes left at byte 77"),
    (
        49,
        &[0xFF; 4],
        if cfg!(target_pointer_width = "64") {
            "Shop.names: expected 8589934594 elements of 4 bytes, found 48 bytes left at byte 85"
        } else {
            "Shop.names: expected a length that memory could hold, found 8589934594 at byte 49"
        },
    ),
    (53, &[1], "Shop: expected the end of the state, found more heads at byte 108"),
    (57, &[2], "Shop.opened: expected an optional value (0 or 1), found 2 at byte 57"),
    (58, &[0], "Shop.units: expected a zero for an empty head, found 7 at byte 127"),
    (62, &[0], "Shop.nonzero: expected a number that is not zero, found 0 at byte 62"),
    (64, &[127], "Shop.units: expected 127 elements of 0 bytes, found 4 bytes left at byte 129"),
    (68, &[2], "Shop.maybe: expected an optional array (0 or 1), found 2 at byte 68"),
    (69, &[3], "Shop.maybe: expected the count that the type fixes, found 3 at byte 69"),
    (77, &[1], "Shop.names[1]: expected text that ends between two characters, found one that does not at byte 81"),
    (77, &[9], "Shop.names[0]: expected text of 9 bytes, found 4 bytes left at byte 77"),
    (81, &[1], "Shop.names[1]: expected text that ends between two characters, found one that does not at byte 81"),
    (85, &[2], "Shop.parts[0]: expected one of the 2 variants of Part, found variant 2 at byte 85"),
    (88, &[0xD8], "Shop.parts[0].Small.letter: expected a char, found 0xd878 at byte 87"),
    (126, &[0x7F], "Shop.opened: expected nanoseconds below a second, found 2130706434 at byte 123"),
    (128, &[2], "Shop.map[7]: expected a bool (0 or 1), found 2 at byte 128"),
    (130, &[1], "Shop.units: expected a zero for an empty head, found 1 at byte 130"),
    (131, &[2], "Shop.owner: expected an optional value (0 or 1), found 2 at byte 131"),
    (135, &[0x80], "Shop: expected UTF-8 text, found other bytes at byte 135"),
    (143, &[1], "Shop: expected zeros before the raw arrays, found other bytes at byte 143"),
    (175, &[1], "Shop.maybe: expected zeros after a raw array, found 1 at byte 175"),
    (32, &[16], "Shop: expected 160 bytes, found 176 at byte 160"),
    (24, &[0xFF; 8], "Shop: expected lengths that fit in memory, found larger ones at byte 16"),
    (
        5,
        &[4],
        "expected flags that this version knows, and zeros after them, found 04 00 00 at byte 5; a later version of `state-core` may have written it",
    ),
    (
        4,
        &[9],
        "expected format version 1, found version 9 at byte 4; a later version of `state-core` may have written it",
    ),
    (0, &[0x80, 4], "expected a native state (magic D7 53 54 41), found other bytes at byte 0"),
    (0, b"PK", "expected a native state (magic D7 53 54 41), found other bytes at byte 0"),
];

#[test]
fn every_place_is_told() {
    let bytes = dumps(&shop()).unwrap();
    for &(at, with, expected) in TABLE {
        let mut damaged = bytes.clone();
        damaged[at..at + with.len()].copy_from_slice(with);
        let mut target = shop();
        let error = load_into(&damaged, &mut target).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(target, shop());
        assert_eq!(check::<Shop>(&damaged).unwrap_err().to_string(), expected);
        assert_eq!(loads::<Shop>(&damaged).unwrap_err().to_string(), expected);
    }
}

#[test]
fn cuts_are_told_with_the_length_that_was_expected() {
    let bytes = dumps(&shop()).unwrap();
    let told = |len: usize| loads::<Shop>(&bytes[..len]).unwrap_err().to_string();
    assert_eq!(told(0), "expected a native state (magic D7 53 54 41), found nothing at byte 0");
    assert_eq!(told(3), "expected 40 bytes, found 3 at byte 3; the bytes are truncated");
    assert_eq!(told(39), "expected 40 bytes, found 39 at byte 39; the bytes are truncated");
    assert_eq!(told(40), "Shop: expected 176 bytes, found 40 at byte 40; the bytes are truncated");
    assert_eq!(told(175), "Shop: expected 176 bytes, found 175 at byte 175; the bytes are truncated");
    let longer = [&*bytes, &[0]].concat();
    assert_eq!(check::<Shop>(&longer).unwrap_err().to_string(), "Shop: expected 176 bytes, found 177 at byte 176");
}

/// A value that only the type refuses, although its schema allows it, is reported with its place too.
#[test]
fn what_a_type_has_no_room_for_is_told_with_its_place() {
    use state_core::pickle;
    use std::ffi::CString;

    #[derive(State)]
    #[state(name = "Row")]
    struct Free<'a> {
        id: u32,
        tags: BTreeMap<u8, Vec<(bool, Option<Vec<u8>>)>>,
        short: [String; 2],
        few: Vec<Vec<String>>,
        empty: Vec<u8>,
        last: Vec<u8>,
        #[state(bytes, uncounted)]
        raw: &'a [u32],
    }
    #[derive(State, Debug)]
    #[state(name = "Row")]
    struct Row {
        id: u32,
        tags: BTreeMap<u8, Vec<(bool, Option<CString>)>>,
        short: [arrayvec::ArrayString<3>; 2],
        few: Vec<arrayvec::ArrayVec<String, 2>>,
        empty: CString,
        last: CString,
        #[state(bytes, uncounted)]
        raw: Vec<u32>,
    }
    let good = || Free {
        id: 1,
        tags: [(1, vec![]), (7, vec![(true, None), (false, Some(b"good".to_vec()))])].into(),
        short: ["abc".into(), "d".into()],
        few: vec![vec![], vec!["a".into(), "b".into()]],
        empty: vec![],
        last: b"x".to_vec(),
        raw: &[1, 2],
    };
    let told = |free: &Free<'_>, place: &str| {
        let pickle = pickle::dumps(free).unwrap();
        let errors = [
            loads::<Row>(&dumps(free).unwrap()).unwrap_err(),
            check::<Row>(&dumps(free).unwrap()).unwrap_err(),
            pickle::loads::<Row>(&pickle).unwrap_err(),
            state_core::from_value::<Row>(&pickle::load_value(&pickle).unwrap()).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.path(), place, "{error}");
        }
    };
    loads::<Row>(&dumps(&good()).unwrap()).unwrap();
    let tag = |bytes: &[u8]| vec![(true, Some(b"fine".to_vec())), (false, Some(bytes.to_vec())), (true, None)];
    told(&Free { tags: [(1, vec![]), (7, tag(b"a\0b")), (9, tag(b"c"))].into(), ..good() }, "Row.tags[7][1].1");
    told(&Free { short: ["abc".into(), "four".into()], ..good() }, "Row.short[1]");
    let three = || vec!["a".into(), String::new(), "b".into()];
    told(&Free { few: vec![vec![], three(), three()], ..good() }, "Row.few[1]");
    told(&Free { empty: vec![0], ..good() }, "Row.empty");
    told(&Free { last: vec![1, 0], ..good() }, "Row.last");

    // The root has no path, only its name.
    let error = loads::<CString>(&dumps(&vec![0_u8]).unwrap()).unwrap_err();
    assert_eq!(error.path(), "");
}

/// A conversion inside containers is refused with its place: in maps by the key, in sets by the index, as for damage.
#[test]
fn what_a_conversion_refuses_is_told_with_its_place() {
    use state_core::{Error, from_value, pickle, to_value};
    use std::collections::{BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
    use std::fmt::Debug;

    mod small {
        pub type Slot = i32;
        pub fn get(of: &u8) -> i32 {
            i32::from(*of)
        }
        pub fn set(of: i32) -> Result<u8, String> {
            u8::try_from(of).ok().filter(|of| *of < 200).ok_or_else(|| format!("{of} is too much"))
        }
    }
    #[derive(State, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Clone)]
    struct Item(#[state(with = small)] u8);
    #[derive(State, Debug, PartialEq)]
    struct Of<T> {
        of: T,
    }

    fn told<T>(of: T, place: &str)
    where
        T: State + state_core::RestoreOwned + Debug + Default,
    {
        let bad = Of { of };
        let bytes = dumps(&bad).unwrap();
        let errors: [Error; 4] = [
            loads::<Of<T>>(&bytes).unwrap_err(),
            load_into(&bytes, &mut Of { of: T::default() }).unwrap_err(),
            pickle::loads::<Of<T>>(&pickle::dumps(&bad).unwrap()).unwrap_err(),
            from_value::<Of<T>>(&to_value(&bad).unwrap()).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.to_string(), format!("{place}: 250 is too much"));
        }
    }
    let (good, bad) = (|| Item(1), || Item(250));
    told(vec![good(), bad()], "Of.of[1].0");
    told(VecDeque::from([good(), bad()]), "Of.of[1].0");
    told(LinkedList::from([good(), bad(), good()]), "Of.of[1].0");
    told([good(), bad()], "Of.of[1].0");
    told((1_u8, good(), (2_u8, bad())), "Of.of.2.1.0");
    told(BTreeMap::from([(1_u8, good()), (5, bad()), (6, bad())]), "Of.of[5].0");
    told(BTreeMap::from([(good(), 1_u8), (bad(), 2)]), "Of.of[key of entry 1].0");
    told(HashMap::from([(1_u8, vec![bad()])]), "Of.of[1][0].0");
    told(indexmap::IndexMap::<u8, Item>::from([(2_u8, good()), (7, bad())]), "Of.of[7].0");
    told(BTreeSet::from([good(), bad()]), "Of.of[1].0");
    told(HashSet::from([bad()]), "Of.of[0].0");
    told(indexmap::IndexSet::<Item>::from([good(), bad()]), "Of.of[1].0");
    told(Some(Box::new((bad(),))), "Of.of.0.0");
}

/// An image with no empty region, and its parts.
fn divided() -> (Vec<u8>, [Vec<u8>; 3]) {
    let bytes = dumps(&regions()).unwrap();
    let length = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let [tail, text, raw] = [16, 24, 32].map(length);
    let end = bytes.len();
    let before_raw = end - raw;
    let head = <Regions as State>::HEAD;
    assert_eq!((40 + head + tail + text).next_multiple_of(16), before_raw);
    let parts = [&bytes[40 + head..][..tail], &bytes[40 + head + tail..][..text], &bytes[before_raw..]];
    let parts = parts.map(<[u8]>::to_vec);
    assert!(parts.iter().all(|part| !part.is_empty()));
    (bytes[..40 + head].to_vec(), parts)
}

fn joined(front: &[u8], parts: &[Vec<u8>; 3]) -> Vec<u8> {
    let mut bytes = front.to_vec();
    for (at, part) in parts.iter().enumerate() {
        bytes[16 + 8 * at..][..8].copy_from_slice(&(part.len() as u64).to_le_bytes());
    }
    bytes.extend(parts[..2].concat());
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytes.extend(&parts[2]);
    bytes
}

#[derive(State, Debug, PartialEq)]
struct Regions {
    names: Vec<String>,
    #[state(bytes)]
    raw: Vec<u8>,
    #[state(bytes, uncounted)]
    more: [u16; 3],
}

fn regions() -> Regions {
    Regions { names: vec!["a".into(), "bc".into()], raw: vec![1, 2, 3, 4, 5], more: [1, 2, 3] }
}

#[test]
fn each_region_ends_where_the_state_does() {
    let (front, parts) = divided();
    assert_eq!(loads::<Regions>(&joined(&front, &parts)).unwrap(), regions());
    for (at, more) in [(0, 0), (0, 4), (1, b'a'), (2, 0)] {
        for count in [1, 4, 16, 32] {
            let mut longer = parts.clone();
            longer[at].extend(vec![more; count]);
            let bytes = joined(&front, &longer);
            let mut live = regions();
            let errors = [loads::<Regions>(&bytes).map(drop), check::<Regions>(&bytes), load_into(&bytes, &mut live)];
            for error in errors {
                assert!(error.is_err(), "{count} more of {at}");
            }
            let mut shorter = parts.clone();
            shorter[at].truncate(parts[at].len().saturating_sub(count));
            loads::<Regions>(&joined(&front, &shorter)).unwrap_err();
        }
    }
}

#[test]
fn what_fills_up_raw_arrays_is_zero() {
    let (front, parts) = divided();
    // The padding after five bytes, and after three numbers in six.
    for at in (5..16).chain(22..32) {
        let mut other = parts.clone();
        assert_eq!(other[2][at], 0, "{at}");
        other[2][at] = 1;
        let bytes = joined(&front, &other);
        loads::<Regions>(&bytes).unwrap_err();
        check::<Regions>(&bytes).unwrap_err();
    }
}

#[test]
fn siblings_are_no_deeper_than_each_other() {
    let lists: Vec<Vec<Vec<String>>> = vec![vec![vec![String::new(); 3]; 3]; 300];
    let options = state_core::Options::new().depth(4);
    let bytes = options.dumps(&lists).unwrap();
    assert_eq!(options.loads::<Vec<Vec<Vec<String>>>>(&bytes).unwrap(), lists);
    let maps: BTreeMap<u32, BTreeMap<u8, Option<Box<String>>>> =
        (0..300).map(|key| (key, [(1, Some(Box::default())), (2, Some(Box::default()))].into())).collect();
    let bytes = options.dumps(&maps).unwrap();
    options.check::<BTreeMap<u32, BTreeMap<u8, Option<Box<String>>>>>(&bytes).unwrap();
}
