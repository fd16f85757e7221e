//! A type with every kind of slot, and what must hold for any bytes that claim to be one.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZero;
use std::rc::Rc;
use std::time::Duration;

use state_core::{
    Error, ErrorKind, Inspection, Options, Record, State, check, dumps, from_value, load_into, loads, to_value,
};

#[derive(Record, Clone, Copy)]
#[repr(C)]
pub struct Cycle {
    gears: i8,
    price: f64,
    size: [u16; 3],
}

#[derive(State, Clone)]
pub struct Base {
    id: u64,
    #[state(bytes)]
    cycles: Vec<Cycle>,
}

#[derive(State, Clone)]
pub enum Part {
    Nothing,
    Small(u8, bool),
    Wide { a: [u64; 3], name: String },
    Tree(Box<Part>, Vec<Part>),
}

#[derive(State, Clone)]
pub struct Rich {
    #[state(flatten_parent)]
    base: Base,
    flags: Vec<bool>,
    letters: (char, Option<char>, Option<Box<str>>),
    numbers: [NonZero<u16>; 2],
    parts: VecDeque<Part>,
    map: BTreeMap<String, Vec<Option<u32>>>,
    set: BTreeSet<(i16, bool)>,
    empty: Vec<((), [(); 3])>,
    wide: Option<[u32; 4]>,
    result: Option<Option<Rc<u8>>>,
    time: Duration,
    cell: Cell<u8>,
    #[state(bytes)]
    maybe: Option<Box<[u32]>>,
    #[state(bytes, uncounted)]
    exactly: [i16; 5],
    #[state(array)]
    bits: Vec<bool>,
    #[state(array)]
    grid: Option<Vec<[Cycle; 2]>>,
    nothing: [[(); 3]; 20],
}

/// One with something in every slot.
#[must_use]
pub fn full() -> Rich {
    let cycle = Cycle { gears: -1, price: 2.5, size: [3, 4, 5] };
    let wide = Part::Wide { a: [1, 2, 3], name: "wide".into() };
    let tree = Part::Tree(Box::new(Part::Small(7, true)), vec![Part::Nothing, wide.clone()]);
    Rich {
        base: Base { id: 1, cycles: vec![cycle; 2] },
        flags: vec![true, false],
        letters: ('ß', Some('x'), Some("text".into())),
        numbers: [NonZero::<u16>::MIN; 2],
        parts: [wide, tree].into(),
        map: [("key".into(), vec![None, Some(1)]), ("other".into(), vec![])].into(),
        set: [(-1, true), (2, false)].into(),
        empty: vec![Default::default(); 2],
        wide: Some([1; 4]),
        result: Some(Some(Rc::new(1))),
        time: Duration::new(1, 2),
        cell: Cell::new(3),
        maybe: Some([1, 2].into()),
        exactly: [1, 2, 3, 4, 5],
        bits: vec![true, false, true],
        grid: Some(vec![[cycle; 2]; 2]),
        nothing: [[(); 3]; 20],
    }
}

/// One with nothing in any slot that can be empty.
#[must_use]
pub fn empty() -> Rich {
    Rich {
        base: Base { id: 0, cycles: vec![] },
        flags: vec![],
        letters: ('a', None, None),
        parts: VecDeque::new(),
        map: BTreeMap::new(),
        set: BTreeSet::new(),
        empty: vec![],
        wide: None,
        result: None,
        maybe: None,
        bits: vec![],
        grid: None,
        ..full()
    }
}

/// All ways in agree on whether the bytes are a state, and on which; a refusal changes nothing.
pub fn agree(bytes: &[u8]) {
    let checked = check::<Rich>(bytes);
    let loaded = loads::<Rich>(bytes);
    assert_eq!(checked.is_ok(), loaded.is_ok());
    for mut target in [full(), empty()] {
        let before = dumps(&target).unwrap();
        let restored = load_into(bytes, &mut target);
        let after = dumps(&target).unwrap();
        match (&loaded, restored) {
            (Ok(value), Ok(())) => assert_eq!(after, dumps(value).unwrap()),
            (Err(a), Err(b)) => {
                assert_eq!(a.to_string(), b.to_string());
                assert_eq!(after, before);
            }
            _ => panic!("one way in takes what the other refuses"),
        }
    }
    looks_agree(bytes, &loaded);
    if let Ok(value) = loaded {
        let canonical = dumps(&value).unwrap();
        assert_eq!(dumps(&loads::<Rich>(&canonical).unwrap()).unwrap(), canonical);
        let dynamic = to_value(&value).unwrap();
        assert_eq!(dumps(&from_value::<Rich>(&dynamic).unwrap()).unwrap(), canonical);
    }
}

/// What a look into the bytes shows, where they carry their schema, is the value that they load as; what is damaged for
/// one way is for all, at the same place.
fn looks_agree(bytes: &[u8], loaded: &Result<Rich, Error>) {
    let Ok(inspection) = Inspection::open(bytes) else { return };
    let (value, tree) = (inspection.value(), inspection.tree());
    assert_eq!(value.is_ok(), tree.is_ok());
    match loaded {
        Ok(loaded) => {
            let value = value.unwrap();
            // Sets and maps may come in any order, and with items and keys more than once.
            if Options::new().with_schema().dumps(loaded).unwrap() == bytes {
                assert_eq!(value.to_string(), to_value(loaded).unwrap().to_string());
            }
        }
        Err(error) if matches!(error.kind(), ErrorKind::Malformed | ErrorKind::Length) => {
            assert_eq!(value.unwrap_err().to_string(), error.to_string());
            assert_eq!(tree.unwrap_err().to_string(), error.to_string());
        }
        // Of another type, or too deep for what is built.
        Err(_) => {}
    }
}
