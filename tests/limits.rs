//! Values that are too deep, too long or too many are an error, reported before they cost anything.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use state_core::image::bare;
use state_core::{ErrorKind, Options, Record, State, check, dumps, load_into, loads};

#[derive(State, Debug, PartialEq)]
struct Link {
    next: Option<Box<Link>>,
    at: u32,
}

/// A list whose innermost link is inside `boxes` boxes.
fn list(boxes: u32) -> Link {
    (0..boxes).fold(Link { next: None, at: 0 }, |next, at| Link { next: Some(Box::new(next)), at: at + 1 })
}

/// Removes the boxes one by one, since dropping a long list recurses.
fn unlink(mut link: Link) {
    while let Some(next) = link.next.take() {
        link = *next;
    }
}

#[derive(State, Debug, PartialEq, Default)]
struct Lists {
    before: u32,
    inner: Vec<Lists>,
    after: u32,
}

fn lists(levels: u32) -> Lists {
    (1..levels).fold(Lists { inner: vec![], ..Lists::default() }, |inner, at| Lists {
        before: at,
        inner: vec![inner],
        after: at,
    })
}

fn depth_error<T>(result: state_core::Result<T>) {
    assert_eq!(result.err().unwrap().kind(), ErrorKind::Depth);
}

#[test]
fn nesting_has_a_limit_both_ways() {
    for levels in [0, 1, 2, 127, 128] {
        let bytes = dumps(&list(levels)).unwrap();
        assert_eq!(loads::<Link>(&bytes).unwrap(), list(levels));
    }
    depth_error(dumps(&list(129)));
    let deep = Options::new().depth(1000);
    let bytes = deep.dumps(&list(1000)).unwrap();
    assert_eq!(deep.loads::<Link>(&bytes).unwrap(), list(1000));
    depth_error(deep.dumps(&list(1001)));
    depth_error(loads::<Link>(&bytes));
    depth_error(check::<Link>(&bytes));
    let mut target = list(3);
    depth_error(load_into(&bytes, &mut target));
    assert_eq!(target, list(3));
    depth_error(Options::new().depth(999).check::<Link>(&bytes));
}

#[test]
fn every_list_counts_the_empty_one_too() {
    let bytes = dumps(&lists(128)).unwrap();
    let mut target = lists(5);
    load_into(&bytes, &mut target).unwrap();
    assert_eq!(target, lists(128));
    depth_error(dumps(&lists(129)));
    let bytes = Options::new().depth(129).dumps(&lists(129)).unwrap();
    depth_error(load_into(&bytes, &mut target));
    assert_eq!(target, lists(128));
    assert_eq!(loads::<Lists>(&bytes).unwrap_err().path(), "Lists");
}

#[test]
fn no_depth_at_all_is_still_a_limit() {
    let flat = Options::new().depth(0);
    let bytes = flat.dumps(&(1_u8, "two", vec![3_u8], [4_u16; 5])).unwrap();
    assert_eq!(flat.loads::<(u8, String, Vec<u8>, [u16; 5])>(&bytes).unwrap().2, [3]);
    depth_error(flat.dumps(&vec![String::new()]));
    depth_error(flat.dumps(&list(1)));
    flat.dumps(&list(0)).unwrap();
}

#[test]
fn a_list_of_a_hundred_thousand_boxes_does_not_overflow_the_stack() {
    let mut long = list(100_000);
    depth_error(dumps(&long));
    let mut buffer = vec![1; 100];
    depth_error(state_core::dump_into(&long, &mut buffer));
    assert!(buffer.is_empty());
    depth_error(state_core::to_value(&long));
    load_into(&dumps(&list(100)).unwrap(), &mut long.next.as_mut().unwrap().next).err().unwrap();
    unlink(long);
}

#[test]
fn bytes_of_a_hundred_thousand_boxes_do_not_overflow_the_stack() {
    // Each head is the tag of `next` and `at`; the heads of the boxes follow one another.
    let count = 100_000;
    let mut bytes = dumps(&list(0)).unwrap();
    let heads: Vec<u8> = (0..count).flat_map(|at| [u8::from(at + 1 < count), 0, 0, 0, 0]).collect();
    bytes[16..24].copy_from_slice(&(heads.len() as u64).to_le_bytes());
    bytes.truncate(40);
    bytes.extend([1, 0, 0, 0, 0]);
    bytes.extend(heads);
    depth_error(loads::<Link>(&bytes));
    depth_error(check::<Link>(&bytes));
    let mut target = list(1);
    depth_error(load_into(&bytes, &mut target));
    assert_eq!(target, list(1));
}

#[test]
fn a_live_key_that_is_too_deep_agrees_with_none() {
    #[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Key(Option<Rc<Key>>);
    // Keeps all links, outermost first, so that they are dropped one by one.
    let mut held = vec![Rc::new(Key(None))];
    for _ in 0..100_000 {
        let next = Rc::new(Key(held.last().cloned()));
        held.push(next);
    }
    held.reverse();
    let mut target = BTreeSet::from([Key(Some(Rc::clone(&held[0])))]);
    load_into(&dumps(&BTreeSet::from([Key(None)])).unwrap(), &mut target).unwrap();
    assert_eq!(target, BTreeSet::from([Key(None)]));
}

#[derive(State, Default)]
struct Node {
    name: String,
    left: Option<Rc<RefCell<Node>>>,
    right: Option<Rc<RefCell<Node>>>,
}

#[test]
fn a_cycle_of_shared_values_is_too_deep_and_found_at_once() {
    let (first, second) = (Rc::new(RefCell::new(Node::default())), Rc::new(RefCell::new(Node::default())));
    for (from, to) in [(&first, &second), (&second, &first)] {
        from.borrow_mut().left = Some(Rc::clone(to));
        from.borrow_mut().right = Some(Rc::clone(to));
    }
    depth_error(dumps(&first));
    depth_error(dumps(&vec![Rc::clone(&first), Rc::clone(&second)]));
    (first.borrow_mut().left, first.borrow_mut().right) = (None, None);
    dumps(&second).unwrap();
}

/// Declares an enum for which a debug build's frame contains the slots of all variants several times.
macro_rules! fat {
    ($($variant:ident)*) => {
        #[derive(State, Clone, PartialEq, Debug)]
        enum Fat { End, $($variant { fill: [u64; 8], next: Box<Fat>, more: Option<Box<Fat>> },)* }

        fn fat(levels: u32) -> Fat {
            let mut fat = Fat::End;
            let mut at = 0;
            while at < levels {
                $(
                    fat = Fat::$variant { fill: [at.into(); 8], next: Box::new(fat), more: None };
                    at += 1;
                )*
            }
            fat
        }
    };
}

fat!(A B C D E F G H);

#[test]
fn the_default_depth_fits_a_threads_stack() {
    assert!(size_of::<Fat>() < 512);
    // The default stack size of a thread.
    let worker = std::thread::Builder::new().stack_size(2 << 20);
    let run = || {
        let fat = fat(128);
        let bytes = dumps(&fat).unwrap();
        let mut target = loads::<Fat>(&bytes).unwrap();
        load_into(&bytes, &mut target).unwrap();
        state_core::to_value(&fat).unwrap();
        assert_eq!(loads::<Fat>(&bytes[..bytes.len() - 1]).unwrap_err().kind(), ErrorKind::Length);
    };
    worker.spawn(run).unwrap().join().unwrap();
}

/// The bytes of `value` with the length at offset `at` of the head replaced.
fn with_length<T: State>(value: &T, at: usize, length: u32) -> Vec<u8> {
    let mut bytes = dumps(value).unwrap();
    bytes[40 + at..44 + at].copy_from_slice(&length.to_le_bytes());
    bytes
}

#[test]
#[expect(clippy::zero_sized_map_values, reason = "entries without bytes are what is shown")]
fn lengths_that_lie() {
    fn all<T: for<'de> state_core::Restore<'de> + State>(value: &T) {
        for length in [1, 2, 3, 4, 255, 0xFFFF, 1 << 24, i32::MAX as u32, u32::MAX - 1, u32::MAX] {
            let bytes = with_length(value, 0, length);
            if bytes == dumps(value).unwrap() {
                continue;
            }
            assert!(loads::<T>(&bytes).is_err(), "{} of {length}", T::schema());
            // The long form, with any length.
            let mut bytes = with_length(value, 0, u32::MAX);
            for long in [0, 1, u64::from(length), u64::MAX / 8, u64::MAX] {
                bytes.truncate(44);
                bytes.extend(long.to_le_bytes());
                bytes[16..24].copy_from_slice(&8_u64.to_le_bytes());
                assert!(loads::<T>(&bytes).is_err(), "{} of {long}", T::schema());
            }
        }
    }
    all(&String::new());
    all(&Box::<str>::from("abc"));
    all(&vec![1_u8, 2, 3]);
    all(&vec![1_u64; 3]);
    all(&vec![true, false, true]);
    all(&vec![String::new(), String::new()]);
    all(&Vec::<[(); 3]>::new());
    all(&vec![(); 3]);
    all(&vec![Box::new(()); 2]);
    all(&VecDeque::from([1_u8]));
    all(&BTreeMap::from([(1_u8, ()), (2, ())]));
    all(&BTreeSet::from([()]));
    all(&HashMap::<(), ()>::new());
    all(&HashMap::from([("key".to_string(), vec![1_u8])]));
    all(&vec![vec![vec![1_u8]]]);
}

#[test]
fn the_longest_lists_of_nothing_neither_allocate_nor_spin() {
    // A long length needs that many bytes, even if the elements have none.
    let mut bytes = with_length(&Vec::<()>::new(), 0, u32::MAX);
    bytes.extend((1_u64 << 62).to_le_bytes());
    bytes[16..24].copy_from_slice(&8_u64.to_le_bytes());
    let error = loads::<Vec<()>>(&bytes).unwrap_err();
    let expected = if cfg!(target_pointer_width = "64") {
        "4611686018427387904 elements of 0 bytes"
    } else {
        "a length that memory could hold"
    };
    assert_eq!((error.kind(), error.expected()), (ErrorKind::Malformed, expected));
    // The length of an array is part of its type: no byte can change it.
    let bytes = dumps(&[(); 1 << 20]).unwrap();
    assert_eq!(bytes.len(), 40);
    check::<[(); 1 << 20]>(&bytes).unwrap();
    assert!(check::<[(); (1 << 20) - 1]>(&bytes).is_err());
}

#[derive(State, Debug, PartialEq, Clone)]
struct Raws {
    #[state(bytes)]
    counted: Vec<u32>,
    #[state(bytes)]
    optional: Option<Box<[u16]>>,
    #[state(bytes)]
    exactly: [u8; 3],
    #[state(bytes)]
    one: One,
}

#[derive(Record, Debug, PartialEq, Clone, Copy)]
#[repr(C)]
struct One(f64);

#[test]
fn counts_of_raw_arrays_that_lie() {
    let raws = Raws { counted: vec![1, 2], optional: Some([3].into()), exactly: [4, 5, 6], one: One(7.0) };
    let bytes = dumps(&raws).unwrap();
    let counts = [40, 49, 57, 65];
    for at in counts {
        assert!(bytes[at] > 0 && bytes[at + 1..at + 8] == [0; 7], "{at}: {bytes:?}");
        let size_is_free = [0, 1, 2, 3, 4, 5, 8, 9, 255, 1 << 30, 1 << 61, 1 << 62, (1 << 62) + 1, 1 << 63, u64::MAX];
        for lie in size_is_free {
            if lie == u64::from(bytes[at]) {
                continue;
            }
            let mut damaged = bytes.clone();
            damaged[at..at + 8].copy_from_slice(&lie.to_le_bytes());
            let mut target = raws.clone();
            match load_into(&damaged, &mut target) {
                // A count that covers part of the zero padding gives another valid array.
                Ok(()) => assert!(at < 57 && u64::from(bytes[at]) * 8 >= lie, "{at} {lie}"),
                Err(error) => {
                    assert!(matches!(error.kind(), ErrorKind::Malformed | ErrorKind::Length), "{at} {lie}");
                    assert_eq!(target, raws);
                }
            }
        }
    }
}

/// Before the raw arrays and after each of them: a state of such slots has one form, in small and large images, with
/// and without a header.
#[test]
fn bytes_between_raw_arrays_are_zero() {
    #[derive(State, Clone, Debug, PartialEq)]
    struct Arrays {
        name: String,
        #[state(bytes)]
        small: Vec<u8>,
        #[state(bytes)]
        large: Vec<u16>,
    }
    for len in [5, 1003] {
        let arrays = Arrays { name: "text".into(), small: vec![1, 2, 3], large: vec![7; len] };
        let (bytes, bare) = (dumps(&arrays).unwrap(), bare::dumps(&arrays).unwrap());
        let (mut refused, mut bare_refused) = (0, 0);
        for at in 40..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            match loads::<Arrays>(&damaged) {
                Ok(other) => assert_eq!(dumps(&other).unwrap(), damaged, "{at}"),
                Err(_) => {
                    check::<Arrays>(&damaged).unwrap_err();
                    refused += 1;
                }
            }
        }
        for at in 0..bare.len() {
            let mut damaged = bare.clone();
            damaged[at] ^= 1;
            match bare::loads::<Arrays>(&damaged) {
                Ok(other) => assert_eq!(bare::dumps(&other).unwrap(), damaged, "{at}"),
                Err(_) => bare_refused += 1,
            }
        }
        assert!(refused > 30 && bare_refused > 2, "{refused} {bare_refused}");
    }
}

#[test]
fn headers_that_lie() {
    let value =
        ("text".to_string(), vec![1_u32, 2], Raws { counted: vec![1], optional: None, exactly: [0; 3], one: One(0.0) });
    let bytes = dumps(&value).unwrap();
    let kind = |bytes: &[u8]| loads::<(String, Vec<u32>, Raws)>(bytes).unwrap_err().kind();
    for at in [16, 24, 32] {
        let true_length = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        assert!(true_length > 0);
        let lies = [0, 1, true_length - 1, true_length + 1, 1 << 31, 1 << 32, 1 << 63, u64::MAX - 40, u64::MAX - 1];
        for lie in lies.into_iter().chain([u64::MAX]) {
            let mut bytes = bytes.clone();
            bytes[at..at + 8].copy_from_slice(&lie.to_le_bytes());
            assert!(matches!(kind(&bytes), ErrorKind::Length | ErrorKind::Malformed), "{at} {lie}");
        }
        // All three at once, so that their sum overflows to the correct value.
        let mut wrapped = bytes.clone();
        let (a, b) = (at, if at == 16 { 24 } else { 16 });
        let other = u64::from_le_bytes(bytes[b..b + 8].try_into().unwrap());
        wrapped[a..a + 8].copy_from_slice(&true_length.wrapping_sub(1 << 63).to_le_bytes());
        wrapped[b..b + 8].copy_from_slice(&other.wrapping_add(1 << 63).to_le_bytes());
        assert_eq!(kind(&wrapped), ErrorKind::Length);
    }
    for (at, with, expected) in [
        (0, 0x80, ErrorKind::NotState),
        (3, b'B', ErrorKind::NotState),
        (4, 0, ErrorKind::Version),
        (4, 2, ErrorKind::Version),
        // The flag for cycles without numbered references, and unknown flags.
        (5, 4, ErrorKind::Version),
        (5, 0x20, ErrorKind::Version),
        (5, 0x80, ErrorKind::Version),
        (6, 1, ErrorKind::Version),
        (7, 1, ErrorKind::Version),
        (8, !bytes[8], ErrorKind::Identity),
        (15, !bytes[15], ErrorKind::Identity),
    ] {
        let mut bytes = bytes.clone();
        bytes[at] = with;
        assert_eq!(kind(&bytes), expected, "{at}");
    }
    // A flag for a schema that is missing.
    let mut bytes = bytes;
    bytes[5] = 1;
    assert!(matches!(kind(&bytes), ErrorKind::Length | ErrorKind::Malformed));
    bytes.truncate(43);
    assert_eq!(kind(&bytes), ErrorKind::Length);
    bytes.truncate(40);
    bytes.extend(u32::MAX.to_le_bytes());
    assert_eq!(kind(&bytes), ErrorKind::Length);
}
