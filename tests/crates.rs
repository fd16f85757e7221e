//! Types of other crates: that values round-trip, what a restore in place keeps, which bytes are refused, and that the
//! state is that of the standard library's type with the same meaning.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use arrayvec::{ArrayString, ArrayVec};
use bitflags::bitflags;
use bytes::{Bytes, BytesMut};
use glam::{Affine3A, BVec3, DMat4, DVec2, I16Vec3, IVec4, Mat2, Mat3, Quat, UVec2, Vec2, Vec3, Vec3A, Vec4};
use indexmap::{IndexMap, IndexSet};
use rust_decimal::Decimal;
use slotmap::{DefaultKey, SlotMap};
use smallvec::{SmallVec, smallvec};
use state_core::value::Value;
use state_core::{Error, ErrorKind, RestoreOwned, State, dumps, from_value, load_into, loads, to_value};

#[track_caller]
fn comes_back<T: RestoreOwned + PartialEq + Debug>(value: &T, mut live: T) -> Vec<u8> {
    let bytes = dumps(value).unwrap();
    assert_eq!(&loads::<T>(&bytes).unwrap(), value);
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(&live, value);
    assert_eq!(&from_value::<T>(&to_value(value).unwrap()).unwrap(), value);
    for byte in 0..bytes.len() {
        for changed in [bytes[byte] ^ 1, 0, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[byte] = changed;
            // It gives a value, or an error that changes nothing, but no panic.
            let before = dumps(&live).unwrap();
            if load_into(&damaged, &mut live).is_err() {
                assert_eq!(dumps(&live).unwrap(), before, "{byte}");
            }
        }
    }
    bytes
}

/// Both values have the same bytes, so that one type can replace the other without losing files.
#[track_caller]
fn is_written_as<T: State, U: State>(value: &T, other: &U) {
    assert_eq!(dumps(value).unwrap(), dumps(other).unwrap());
}

#[test]
fn vectors_and_matrices_are_their_components() {
    is_written_as(&Vec3::new(1.0, -0.0, f32::NAN), &[1.0, -0.0, f32::NAN]);
    is_written_as(&DVec2::new(1.0, 2.0), &[1.0, 2.0]);
    is_written_as(&UVec2::new(1, u32::MAX), &[1, u32::MAX]);
    is_written_as(&BVec3::new(true, false, true), &[true, false, true]);
    is_written_as(&Mat2::from_cols(Vec2::new(1.0, 2.0), Vec2::new(3.0, 4.0)), &[1.0_f32, 2.0, 3.0, 4.0]);
    comes_back(&vec![Vec3A::X, Vec3A::new(f32::MAX, f32::MIN_POSITIVE, 1e-40)], vec![Vec3A::ZERO; 3]);
    comes_back(&(Vec2::X, Vec4::W, IVec4::MIN, I16Vec3::MAX), Default::default());
    comes_back(&Quat::from_xyzw(0.0, 0.6, 0.0, 0.8), Quat::IDENTITY);
    comes_back(&Mat3::from_cols_array(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]), Mat3::ZERO);
    comes_back(&DMat4::from_diagonal(glam::DVec4::new(1.0, 2.0, 3.0, 4.0)), DMat4::ZERO);
    comes_back(&Affine3A::from_translation(Vec3::new(1.0, 2.0, 3.0)), Affine3A::IDENTITY);
    assert_eq!(to_value(&Vec2::new(1.0, 2.0)).unwrap(), to_value(&[1.0_f32, 2.0]).unwrap());

    let bytes = dumps(&BVec3::TRUE).unwrap();
    let error = loads::<BVec3>(&[&bytes[..bytes.len() - 1], &[2]].concat()).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Malformed, "[2]"));
}

#[test]
fn decimal_numbers_are_as_their_crate_writes_them() {
    let numbers = [Decimal::MAX, Decimal::MIN, Decimal::ZERO, Decimal::new(-150, 2), Decimal::new(1, 28)];
    let bytes = comes_back(&numbers.to_vec(), vec![Decimal::ONE; 5]);
    assert!(bytes.ends_with(&numbers.map(|number| number.serialize()).concat()));
    assert_eq!(to_value(&Decimal::new(-150, 2)).unwrap().to_string(), "Decimal('-1.50')");
    // 29 decimal places, and a bit without meaning.
    for (at, byte) in [(2, 29), (0, 1)] {
        let mut bytes = dumps(&Decimal::ONE).unwrap();
        let start = bytes.len() - 16;
        bytes[start + at] = byte;
        assert_eq!(loads::<Decimal>(&bytes).unwrap_err().kind(), ErrorKind::Malformed);
    }
}

/// A set of flags is declared as a struct with one number.
#[derive(State, Clone, Copy, PartialEq, Debug)]
struct Permissions(u8);

bitflags! {
    impl Permissions: u8 {
        const READ = 1;
        const WRITE = 2;
    }
}

#[derive(State, Clone, Debug)]
struct Arena {
    #[state(serde)]
    names: SlotMap<DefaultKey, String>,
    permissions: Vec<Permissions>,
}

#[test]
fn flags_are_numbers_and_the_keys_of_a_slot_map_stay_valid() {
    let mut arena = Arena { names: SlotMap::new(), permissions: vec![Permissions::READ | Permissions::WRITE] };
    let ada = arena.names.insert("Ada".into());
    let bob = arena.names.insert("Bob".into());
    arena.names.remove(ada);
    let eve = arena.names.insert("Eve".into());
    let mut back: Arena = loads(&dumps(&arena).unwrap()).unwrap();
    assert_eq!(back.permissions, [Permissions::all()]);
    assert_eq!((&*back.names[bob], &*back.names[eve], back.names.get(ada)), ("Bob", "Eve", None));
    // The next key is also the one that the original would have given.
    back.names.remove(eve);
    arena.names.remove(eve);
    assert_eq!(back.names.insert(String::new()), arena.names.insert(String::new()));
}

#[test]
fn lists_are_written_as_vectors_and_restored_in_place() {
    type Short = SmallVec<[String; 2]>;
    for words in [&[][..], &["a"], &["a", "b"], &["a", "b", "c"]] {
        let list: Vec<String> = words.iter().map(ToString::to_string).collect();
        let (short, fixed) = (Short::from_vec(list.clone()), ArrayVec::<String, 3>::from_iter(list.clone()));
        is_written_as(&short, &list);
        is_written_as(&fixed, &list);
        for live in [vec![], vec!["x".into()], vec!["x".into(); 3]] {
            comes_back(&short, Short::from_vec(live.clone()));
            comes_back(&fixed, ArrayVec::from_iter(live));
        }
    }
    comes_back(&SmallVec::<[u32; 4]>::from_elem(7, 1000), smallvec![1, 2]);
    comes_back(&SmallVec::<[(); 4]>::from_elem((), 5), smallvec![()]);
    comes_back(&ArrayVec::<bool, 4>::from_iter([true, false]), ArrayVec::new());

    let mut live: ArrayVec<String, 2> = ["a long text that has room".to_owned()].into_iter().collect();
    let place = live[0].as_ptr();
    load_into(&dumps(&vec!["b".to_owned(), "c".to_owned()]).unwrap(), &mut live).unwrap();
    assert_eq!((&*live[0], &*live[1], live[0].as_ptr()), ("b", "c", place));
}

#[test]
fn what_is_longer_than_its_type_is_refused_and_nothing_is_changed() {
    let refused = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains("up to 2 elements or bytes, found a longer one"), "{error}");
    };
    let mut live: Vec<ArrayVec<u8, 2>> = vec![ArrayVec::from([1, 2])];
    refused(load_into(&dumps(&vec![vec![1_u8], vec![1, 2, 3]]).unwrap(), &mut live).unwrap_err());
    assert_eq!(live, [ArrayVec::from([1, 2])]);
    refused(loads::<ArrayString<2>>(&dumps("abc").unwrap()).unwrap_err());
    refused(from_value::<ArrayString<2>>(&"abc".into()).unwrap_err());
    comes_back(&ArrayString::<2>::from("é").unwrap(), ArrayString::new());
    comes_back(&ArrayString::<0>::new(), ArrayString::new());
}

#[test]
fn maps_and_sets_keep_the_order_of_insertion() {
    let map = |entries: &[(&str, u32)]| {
        entries.iter().map(|&(key, value)| (key.to_owned(), value)).collect::<IndexMap<String, u32>>()
    };
    let orders = [&[][..], &[("b", 1)], &[("b", 1), ("a", 2)], &[("a", 2), ("b", 1)], &[("c", 3), ("b", 4), ("a", 5)]];
    for order in orders {
        for live in orders {
            let mut restored = map(live);
            load_into(&dumps(&map(order)).unwrap(), &mut restored).unwrap();
            assert!(restored.iter().eq(map(order).iter()), "{live:?} to {order:?}");
            let set = |entries: &[(&str, u32)]| map(entries).into_keys().collect::<IndexSet<String>>();
            let mut restored = set(live);
            load_into(&dumps(&set(order)).unwrap(), &mut restored).unwrap();
            assert!(restored.iter().eq(set(order).iter()));
        }
        comes_back(&map(order), map(&[]));
    }
    is_written_as(&map(&[("a", 1), ("b", 2)]), &BTreeMap::from([("a".to_owned(), 1_u32), ("b".to_owned(), 2)]));
    is_written_as(&IndexSet::<u8>::from_iter([1, 2]), &BTreeSet::from([1_u8, 2]));
}

/// Refuses a value, and has a field that is in no state.
#[derive(State, Debug, Default, PartialEq)]
#[state(after_set = Self::accept)]
struct Guarded {
    value: u32,
    #[state(skip)]
    note: String,
}

impl Guarded {
    fn accept(&mut self) -> Result<(), &'static str> {
        if self.value == 9 { Err("nine") } else { Ok(()) }
    }
}

#[test]
fn where_something_refuses_what_is_skipped_stays_with_its_key() {
    let guarded = |value, note: &str| Guarded { value, note: note.into() };
    let mut live = IndexMap::from([("a".to_owned(), guarded(1, "of a")), ("b".to_owned(), guarded(2, "of b"))]);
    let other = IndexMap::from([
        ("b".to_owned(), guarded(3, "")),
        ("c".to_owned(), guarded(4, "")),
        ("a".to_owned(), guarded(5, "")),
    ]);
    load_into(&dumps(&other).unwrap(), &mut live).unwrap();
    let order: Vec<_> = live.iter().map(|(key, value)| (&**key, value.value, &*value.note)).collect();
    assert_eq!(order, [("b", 3, "of b"), ("c", 4, ""), ("a", 5, "of a")]);

    let bad = IndexMap::from([("a".to_owned(), guarded(1, "")), ("b".to_owned(), guarded(9, ""))]);
    let error = load_into(&dumps(&bad).unwrap(), &mut live).unwrap_err();
    assert_eq!((error.kind(), error.found()), (ErrorKind::Refused, "nine"));
    let order: Vec<_> = live.iter().map(|(key, value)| (&**key, value.value, &*value.note)).collect();
    assert_eq!(order, [("b", 3, "of b"), ("c", 4, ""), ("a", 5, "of a")]);

    let mut list: SmallVec<[Guarded; 1]> = smallvec![guarded(1, "first"), guarded(2, "second")];
    load_into(&dumps(&vec![guarded(7, "")]).unwrap(), &mut list).unwrap();
    assert_eq!(*list, [guarded(7, "first")]);
}

#[test]
fn shared_buffers_are_bytes_that_others_keep() {
    for bytes in [&b""[..], b"abc", &[0xFF; 1000]] {
        is_written_as(&Bytes::from_static(bytes), &bytes.to_vec());
        comes_back(&Bytes::from_static(bytes), Bytes::from_static(b"abc"));
        comes_back(&BytesMut::from(bytes), BytesMut::from(&b"abcdef"[..]));
    }
    let mut live = Bytes::from(vec![1, 2, 3]);
    let other = live.clone();
    load_into(&dumps(&vec![4_u8]).unwrap(), &mut live).unwrap();
    assert_eq!((&*live, &*other), (&[4][..], &[1, 2, 3][..]));
}

#[test]
fn times_are_those_of_chrono_and_of_datetime() {
    use time::{Date, Duration, Month, OffsetDateTime, Time, UtcDateTime, UtcOffset};
    let date = Date::from_calendar_date(2024, Month::February, 29).unwrap();
    let clock = Time::from_hms_nano(23, 59, 59, 999_999_000).unwrap();
    let both = date.with_time(clock);
    let offset = UtcOffset::from_hms(-9, -30, 0).unwrap();
    let chronos = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let chronos_both = chronos.and_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    is_written_as(&date, &chronos);
    is_written_as(&clock, &chronos_both.time());
    is_written_as(&both, &chronos_both);
    is_written_as(&both.as_utc(), &chronos_both.and_utc());
    is_written_as(
        &both.assume_offset(offset),
        &chronos_both.and_local_timezone(chrono::FixedOffset::west_opt(34_200).unwrap()).unwrap(),
    );
    for seconds in [0, 1, -1, 86_400, -100_000_000] {
        for nanos in [0, 1, -1, 999_999_999, -999_999_999] {
            let delta = Duration::seconds(seconds) + Duration::nanoseconds(nanos);
            is_written_as(&delta, &(chrono::TimeDelta::seconds(seconds) + chrono::TimeDelta::nanoseconds(nanos)));
            comes_back(&delta, Duration::ZERO);
        }
    }
    comes_back(&(Duration::MAX, Duration::MIN), (Duration::ZERO, Duration::ZERO));
    comes_back(&(Duration::seconds(i64::MIN), Duration::new(i64::MIN, -1)), (Duration::MIN, Duration::MIN));
    comes_back(&(Date::MIN, Date::MAX, Time::MIDNIGHT, Time::MAX), (date, date, clock, clock));
    comes_back(&(UtcDateTime::MIN, UtcDateTime::MAX), (UtcDateTime::UNIX_EPOCH, UtcDateTime::UNIX_EPOCH));
    comes_back(&both.assume_offset(offset), OffsetDateTime::UNIX_EPOCH);
    let back: OffsetDateTime = loads(&dumps(&both.assume_offset(offset)).unwrap()).unwrap();
    assert_eq!((back.date(), back.time(), back.offset()), (date, clock, offset));

    let value = to_value(&date).unwrap();
    assert!(matches!(&value, Value::Object(object) if object.name() == "datetime.date"), "{value:?}");
    // A leap second, which `time` does not support.
    let leap = chronos.and_hms_milli_opt(23, 59, 59, 1_500).unwrap();
    assert_eq!(loads::<time::PrimitiveDateTime>(&dumps(&leap).unwrap()).unwrap_err().kind(), ErrorKind::Malformed);
}
