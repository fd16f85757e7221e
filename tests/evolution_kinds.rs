//! Each kind of slot becomes each other kind: the results, and the pairs that are refused before a state is read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use std::num::{NonZeroI16, NonZeroU8, NonZeroU16};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use chrono::NaiveDate;
use ndarray::{Array1, Array2, ArrayD};
use num_bigint::{BigInt, BigUint};
use rust_decimal::Decimal;
use state_core::{ErrorKind, Options, Record, State, loads, loads_upgraded, upgrade};
use uuid::Uuid;

/// A struct with a slot of one kind, between two that stay.
struct Kind {
    name: &'static str,
    /// An older state, and the value of its slot.
    bytes: Vec<u8>,
    value: String,
    /// Upgrades a state to the struct with this kind of slot, and prints the slot.
    load: fn(&[u8]) -> Result<String, state_core::Error>,
}

macro_rules! kinds {
    ($($name:ident: $(#[$attribute:meta])* $ty:ty = $value:expr;)*) => {
        fn kinds() -> Vec<Kind> {
            vec![$({
                #[derive(State)]
                #[state(name = "T")]
                struct T { before: String, $(#[$attribute])* x: $ty, after: Vec<u8> }
                fn load(bytes: &[u8]) -> Result<String, state_core::Error> {
                    let T { before, x, after } = loads_upgraded(bytes)?;
                    assert_eq!((&*before, &*after), ("before", &[1, 2, 3][..]));
                    // Upgraded bytes are an image like any other.
                    let upgraded = upgrade::<T>(bytes)?;
                    assert_eq!(format!("{:?}", loads::<T>(&upgraded)?.x), format!("{x:?}"));
                    Ok(format!("{x:?}"))
                }
                let value = T { before: "before".into(), x: $value, after: vec![1, 2, 3] };
                Kind {
                    name: stringify!($name),
                    bytes: Options::new().with_schema().dumps(&value).unwrap(),
                    value: format!("{:?}", value.x),
                    load,
                }
            }),*]
        }
    };
}

#[derive(State, Debug, Default)]
struct Point {
    x: i8,
    y: i8,
}

#[derive(State, Debug)]
enum Shape {
    Empty,
    Circle(u8),
}

#[derive(Record, Debug, Clone, Copy, Default)]
#[repr(C)]
struct Pixel {
    red: u8,
    depth: u32,
}

kinds! {
    unit: () = ();
    bool: bool = true;
    char: char = 'ß';
    u8: u8 = 200;
    u16: u16 = 60_000;
    u32: u32 = 4_000_000_000;
    u64: u64 = u64::MAX;
    u128: u128 = u128::MAX;
    i8: i8 = -100;
    i16: i16 = -30_000;
    i32: i32 = i32::MIN;
    i64: i64 = i64::MIN;
    i128: i128 = i128::MIN;
    nonzero_u8: NonZeroU8 = NonZeroU8::MAX;
    nonzero_u16: NonZeroU16 = NonZeroU16::MAX;
    nonzero_i16: NonZeroI16 = NonZeroI16::MIN;
    f32: f32 = -0.1;
    f64: f64 = f64::MIN_POSITIVE;
    text: String = "text ß".into();
    duration: Duration = Duration::new(5, 7);
    moment: SystemTime = SystemTime::UNIX_EPOCH + Duration::new(5, 7);
    option_u8: Option<u8> = Some(7);
    option_none: Option<u16> = None;
    option_option: Option<Option<u8>> = Some(None);
    option_text: Option<String> = Some("inside".into());
    option_large: Option<[u64; 3]> = Some([1, 2, 3]);
    box_u8: Box<u8> = Box::new(8);
    rc_u16: Rc<u16> = Rc::new(9);
    box_text: Box<String> = Box::new("boxed".into());
    list_u8: Vec<u8> = vec![1, 255];
    list_u16: VecDeque<u16> = [1, 65535].into();
    list_text: Vec<String> = vec!["a".into(), String::new(), "ccc".into()];
    list_empty: Vec<i32> = vec![];
    list_arrays: Vec<[u16; 2]> = vec![[1, 2], [3, 4]];
    option_list: Option<Vec<u8>> = Some(vec![4, 5]);
    option_no_list: Option<Vec<u16>> = None;
    option_boxed_set: Option<Box<BTreeSet<u8>>> = Some(Box::new([4, 5].into()));
    option_array: Option<[u8; 2]> = Some([6, 7]);
    box_option: Box<Option<u8>> = Box::new(None);
    option_box_option: Option<Box<Option<u8>>> = Some(Box::new(Some(3)));
    set_u8: BTreeSet<u8> = [3, 9].into();
    set_text: BTreeSet<String> = ["x".into(), "y".into()].into();
    array_u8: [u8; 2] = [5, 6];
    array_u16: [u16; 2] = [7, 8];
    array_other: [u8; 3] = [5, 6, 7];
    array_bool: [bool; 3] = [true, false, true];
    array_nested: [[u8; 2]; 2] = [[1, 2], [3, 4]];
    array_text: [String; 2] = ["p".into(), "q".into()];
    pair: (u8, String) = (4, "four".into());
    pair_wider: (u16, Option<String>) = (5, None);
    triple: (u8, String, ()) = (6, "six".into(), ());
    map: BTreeMap<u8, String> = [(1, "one".into()), (2, "two".into())].into();
    map_wider: BTreeMap<u64, Option<String>> = [(3, None)].into();
    raw_u8: #[state(bytes)] Vec<u8> = vec![9, 10];
    raw_u16: #[state(bytes)] Vec<u16> = vec![11, 12];
    raw_f32: #[state(array)] Vec<f32> = vec![0.5, 1.5, 2.5];
    raw_maybe: #[state(bytes)] Option<Vec<u8>> = Some(vec![1]);
    raw_none: #[state(bytes)] Option<Vec<u16>> = None;
    raw_array: #[state(bytes)] [u8; 2] = [1, 2];
    raw_arrays: #[state(bytes)] Vec<[u16; 2]> = vec![[5, 6]];
    raw_uncounted: #[state(bytes, uncounted)] Vec<u8> = vec![3];
    pixels: #[state(bytes)] Vec<Pixel> = vec![Pixel { red: 1, depth: 2 }];
    line: Array1<u8> = Array1::from(vec![1, 2]);
    grid: Array2<f32> = Array2::from_elem((2, 2), 1.5);
    any_grid: ArrayD<f64> = Array2::from_elem((1, 2), 2.5).into_dyn();
    date: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 29).unwrap();
    big: BigInt = BigInt::from(-129);
    natural: BigUint = BigUint::from(255_u8);
    uuid: Uuid = Uuid::from_u128(7);
    decimal: Decimal = Decimal::new(-15, 1);
    serde: #[state(serde)] Vec<Option<u8>> = vec![None, Some(1)];
    object: Point = Point { x: 1, y: -1 };
    shape: Shape = Shape::Circle(3);
    range: std::ops::Range<u8> = 1..3;
}

/// The pairs that fit, with the results; no others do.
const FITS: &str = include_str!("evolution_kinds.txt");

#[test]
fn each_kind_as_each_other() {
    let kinds = kinds();
    let mut fits = String::new();
    for from in &kinds {
        for to in &kinds {
            match (to.load)(&from.bytes) {
                Ok(value) if from.name == to.name => assert_eq!(value, from.value),
                Ok(value) => writeln!(fits, "{} as {}: {value}", from.name, to.name).unwrap(),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Identity, "{} as {}: {error}", from.name, to.name);
                    assert!(error.path().starts_with("T.x"), "{} as {}: {error}", from.name, to.name);
                    let remedies = ["nothing is narrowed or converted", "if it was renamed"];
                    assert!(remedies.iter().any(|remedy| error.to_string().contains(remedy)), "{error}");
                }
            }
        }
    }
    if std::env::var_os("STATE_BLESS").is_some() {
        std::fs::write("tests/evolution_kinds.txt", &fits).unwrap();
    }
    assert_eq!(fits, FITS);
}
