//! Types that no program has.

use state_core::{ErrorKind, Inspection, Options, State, dumps, loads};

use super::made_up::{image, leb};
use super::{LIST, Point, U8, UNIT, array, back, chain, object, raw, record, refused, survives};

#[test]
fn types_that_stand_in_one_another_without_end_are_refused() {
    let itself = object(false, &[back(0)]);
    let through_option = object(false, &[[vec![7], back(0)].concat()]);
    let in_array = object(false, &[array(2, &back(0))]);
    for schema in [itself, through_option, in_array] {
        let error = refused(&image(&schema, &[], &[]));
        assert_eq!(error.expected(), "a type of finite size");
    }
    let boxed = object(false, &[[vec![13], back(0)].concat()]);
    assert_eq!(refused(&image(&boxed, &[], &[])).kind(), ErrorKind::Identity);
}

#[test]
fn a_long_chain_of_types_does_not_overflow_the_stack() {
    let count = 100_000;
    for has_parent in [false, true] {
        let link = |index| object(has_parent, &[back(index)]);
        // Backwards, so that the last link is resolved before any other is known.
        let schema = chain(count, object(false, &[U8.into()]), link, back(count - 1));
        let error = Inspection::open(&image(&schema, &[], &[])).unwrap_err();
        assert_eq!(error.expected(), "a type of finite size");
        // Forwards, each is known before the next one refers to it.
        let schema = chain(count, object(false, &[U8.into()]), link, U8.into());
        assert!(!survives(&image(&schema, &[0; 3], &[])));
    }
    let schema =
        chain(count, record(1, &[(0, U8.into())]), |index| record(1, &[(0, back(index))]), raw(&back(count - 1)));
    assert!(!survives(&image(&schema, &[], &[])));
}

#[test]
fn nesting_in_the_bytes_has_a_limit() {
    for tag in [7, LIST, 9, 13] {
        let nested = |levels| [vec![tag; levels], U8.to_vec()].concat();
        assert_eq!(refused(&image(&nested(100), &[0; 4], &[])).kind(), ErrorKind::Identity);
        assert_eq!(refused(&image(&nested(1_000_000), &[], &[])).expected(), "a schema");
    }
}

#[test]
fn a_type_that_doubles_with_each_link_takes_no_time() {
    let twice = |index| object(false, &[back(index), back(index)]);
    // 2^100 empty parts.
    let schema = chain(100, object(false, &[]), twice, back(99));
    assert!(!survives(&image(&schema, &[0; 400], &[])));
    // 2^62 bytes and more.
    let schema = chain(100, object(false, &[U8.into()]), twice, back(99));
    assert!(!survives(&image(&schema, &[0; 400], &[])));
    // 2^100 fields that all overlap in the same byte.
    let over = |index| record(1, &[(0, back(index)), (0, back(index))]);
    let schema = chain(100, record(1, &[(0, U8.into())]), over, U8.into());
    assert!(!survives(&image(&schema, &[0; 401], &[])));
    // 2^100 empty fields.
    let over = |index| record(0, &[(0, back(index)), (0, back(index))]);
    let schema = chain(100, record(0, &[(0, UNIT.to_le_bytes().into())]), over, raw(&back(99)));
    let bytes = image(&schema, &[[0; 400].as_slice(), &[0; 8]].concat(), &[]);
    assert!(survives(&bytes));
}

#[test]
fn counts_beyond_the_bytes_ask_for_no_memory() {
    for schema in [array(u64::MAX, &[UNIT]), array(1 << 60, &array(0, &U8)), array(1 << 62, &array(1 << 62, &[UNIT]))] {
        assert!(!survives(&image(&schema, &[], &[])));
    }
    assert!(!survives(&image(&array(u64::MAX / 2, &[2]), &[], &[])));
    for tag in [12, 15, 16] {
        assert!(!survives(&image(&[&[tag, 0, 0][..], &leb(u64::MAX)].concat(), &[], &[])));
    }
    // No opaque structs, each of an enormous size.
    let opaque = [vec![18], leb(u64::MAX), vec![0]].concat();
    assert!(!survives(&image(&raw(&opaque), &[0; 8], &[])));
}

#[test]
fn only_what_has_a_fixed_form_stands_in_raw_arrays() {
    for element in [vec![5], vec![LIST, 0], vec![13, 0], vec![7, 0], object(false, &[]), raw(&U8), vec![12, 0]] {
        assert!(!survives(&image(&raw(&element), &[0; 8], &[])), "{element:?}");
        assert!(!survives(&image(&raw(&array(2, &element)), &[0; 8], &[])), "{element:?}");
        assert!(!survives(&image(&raw(&record(16, &[(0, element)])), &[0; 8], &[])));
    }
    assert!(survives(&image(&raw(&array(3, &U8)), &[0; 8], &[])));
    assert!(!survives(&image(&raw(&record(4, &[(4, U8.into())])), &[0; 8], &[])));
    assert!(!survives(&image(&raw(&record(4, &[(u64::MAX, U8.into())])), &[0; 8], &[])));
    assert!(!survives(&image(&raw(&record(4, &[(2, U8.into()), (1, U8.into())])), &[0; 8], &[])));
}

#[test]
fn every_short_schema_is_an_answer() {
    for a in 0..=255 {
        survives(&image(&[a], &[], &[]));
        for b in 0..=255 {
            survives(&image(&[a, b], &[0; 4], &[]));
            let error = loads::<Point>(&image(&[15, 0, a, b], &[], &[])).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Identity | ErrorKind::Malformed));
        }
    }
}

#[test]
fn every_change_of_a_real_schema_is_an_answer() {
    #[derive(State)]
    enum Rich {
        Leaf(u8, Option<char>),
        Pair { left: Box<Rich>, right: Vec<(Rich, String)> },
        Array([i16; 3], Result3),
    }
    #[derive(State)]
    struct Result3 {
        #[state(bytes)]
        data: Vec<f32>,
    }
    let leaf = || Rich::Leaf(1, Some('x'));
    let array = Rich::Array([1, 2, 3], Result3 { data: vec![1.0] });
    let value = Rich::Pair { left: Box::new(leaf()), right: vec![(array, "a".into())] };
    let bytes = Options::new().with_schema().dumps(&value).unwrap();
    assert!(survives(&bytes));
    let len = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    let (schema, rest) = (&bytes[44..44 + len], &bytes[44 + len..]);
    for at in 0..len {
        for change in 1..=255 {
            let mut schema = schema.to_vec();
            schema[at] ^= change;
            let mut bytes = image(&schema, rest, &[]);
            bytes[16..40].copy_from_slice(&dumps(&value).unwrap()[16..40]);
            survives(&bytes);
            assert!(loads::<Rich>(&bytes).is_err());
        }
    }
}

#[test]
fn a_schema_that_is_not_the_headers_is_not_used() {
    let mut bytes = Options::new().with_schema().dumps(&Point { x: 1, y: 2 }).unwrap();
    bytes[50] ^= 1;
    assert_eq!(Inspection::open(&bytes).unwrap_err().expected(), "a schema that has the header's fingerprint");
    // A program that knows the type needs no schema, but bytes that contradict themselves are damaged.
    assert_eq!(loads::<Point>(&bytes).unwrap_err().kind(), ErrorKind::Malformed);
    bytes[8] ^= 1;
    assert_eq!(loads::<Point>(&bytes).unwrap_err().kind(), ErrorKind::Identity);
}
