//! Types of the other kinds, in lists after one another, so that later ones get what earlier ones put in the memo; with
//! changed opcodes.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta};
use num_bigint::BigInt;
use rust_decimal::Decimal;
use state_core::pickle::{PickleOptions, Protocol};
use state_core::{RestoreOwned, State};
use uuid::Uuid;

use super::opcodes::{changed, opcodes};
use super::streams::random;
use super::{Bag, Color, Pair, Place, Read, Spot, agrees};

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Mood")]
enum Mood {
    Calm,
    Red(Color),
    Both { one: Box<Mood>, two: Option<Color> },
    Four(u8, u8, u8, String),
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Raws", pickle = "dict")]
struct Raws {
    #[state(bytes)]
    bytes: Vec<u16>,
    name: String,
    #[state(array)]
    array: Vec<f32>,
    #[state(array)]
    two: [i16; 2],
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Shares", shared)]
struct Shares {
    names: Vec<Rc<str>>,
    pairs: Vec<Rc<(u8, Rc<str>)>>,
    first: Option<Rc<(u8, Rc<str>)>>,
}

/// Changes streams of a value this many times at each protocol; and some that Python or a person wrote.
fn change<T: State + RestoreOwned + Debug + PartialEq>(value: &T, times: usize, others: &[&[u8]]) {
    let mut next = random(0x9E37_79B9_7F4A_7C15);
    let own = Protocol::ALL.iter().map(|protocol| PickleOptions::new().protocol(*protocol).dumps(value).unwrap());
    let mut found = [0; 2];
    for stream in own.chain(others.iter().map(|stream| stream.to_vec())) {
        let whole = opcodes(&stream);
        assert_ne!(agrees::<T>(&stream), Read::Refused);
        for _ in 0..times {
            let read = agrees::<T>(&changed(&whole, &mut next).concat());
            found[usize::from(read != Read::Refused)] += 1;
        }
    }
    assert!(found[0] > 2 * times && found[1] > times / 10, "{found:?}");
}

#[test]
fn objects_of_each_form_and_enums() {
    let pair = |one: &str| Pair { one: one.into(), two: vec![vec![1], vec![]] };
    let bag = |name: &str| Bag { width: 3, name: name.into(), also: vec!["Red".into()] };
    let spot = |near| Spot { name: "Red".into(), map: vec![1, 2], near, pair: (1, vec!["a".into()]) };
    let moods = [
        Mood::Calm,
        Mood::Red(Color::Green),
        Mood::Both { one: Mood::Red(Color::Red).into(), two: Some(Color::Green) },
        Mood::Four(1, 2, 3, "Calm".into()),
        Mood::Calm,
    ];
    let places = vec![Place { name: "Calm".into(), height: 1.5 }; 3];
    change(
        &(
            vec![pair("Red"), pair("a")],
            moods.to_vec(),
            vec![bag("a"), bag("b")],
            ["Calm", "Red"].map(String::from).to_vec(),
        ),
        400,
        &[],
    );
    change(&(vec![spot(None), spot(Some(spot(None).into()))], places.clone(), moods.to_vec(), places), 400, &[]);
    let members =
        b"(lp0\nc__builtin__\ngetattr\np1\n(cexample\nMood\np2\nVCalm\np3\ntp4\nRp5\nag5\na(VCalm\np6\ntp7\na(g3\nta.";
    change(&vec![Mood::Calm, Mood::Calm], 1500, &[members]);
}

#[test]
fn options_and_tuples_inside_each_other() {
    let options = vec![Some(Some(Some(7_u8))), Some(Some(None)), Some(None), None];
    let tuples = vec![((1_u8, (2_u8,)), Some((3_u16,))), ((1, (2,)), None)];
    let units = vec![Some(Some(())), Some(None), None];
    let rows = vec![(Some(1_u8), (Some(None::<u8>), Some(Some(2_u16)))); 3];
    change(&(options, tuples, units, rows, vec!['a', 'b', 'a'], vec!["a".to_string(); 3]), 1000, &[]);
}

#[test]
fn types_that_python_has() {
    let day = |at: u32| NaiveDate::from_ymd_opt(2020, 1, 1 + at).unwrap();
    let time = |at: u32| NaiveTime::from_hms_micro_opt(1, 2, at, 500).unwrap();
    let zoned = |hours: i32| -> DateTime<FixedOffset> {
        day(3).and_time(time(4)).and_utc().with_timezone(&FixedOffset::east_opt(3600 * hours).unwrap())
    };
    let id = |at: u128| Uuid::from_u128(at << 100 | 7);
    let zones =
        vec![(TimeDelta::seconds(3600), zoned(1)), (TimeDelta::days(-1), zoned(2)), (TimeDelta::zero(), zoned(1))];
    let since = vec![(SystemTime::UNIX_EPOCH + Duration::new(5, 6), Duration::new(3600, 0)); 2];
    change(&(vec![day(0), day(1)], vec![time(1); 2], zones, since, vec![(1_u64, 2_u32); 2]), 500, &[]);
    let decimals = vec![Some(Decimal::new(15, 1)), None, Some(Decimal::new(-7, 3))];
    let ints = vec![BigInt::from(-7) << 100, BigInt::from(5)];
    change(
        &(
            vec![id(1), id(2), id(1)],
            decimals,
            ints,
            ["int", "1.5"].map(String::from).to_vec(),
            vec![(1_u128, -1_i128)],
        ),
        500,
        &[],
    );
    let ranges: (Vec<Range<u8>>, Vec<(u8, u8)>, Vec<Option<Range<i64>>>) =
        (vec![1..2, 3..4], vec![(1, 2); 2], vec![None, Some(1..2)]);
    let maps = vec![BTreeMap::from([((1_u8, "a".to_string()), vec![1_u16])]); 2];
    change(&(ranges, maps, vec![VecDeque::from([1_u8, 2]); 2]), 500, &[]);
}

#[test]
fn arrays_and_shared_objects() {
    let raws = |at: u16| Raws { bytes: vec![at; at.into()], name: "r".into(), array: vec![at.into(); 3], two: [1, 2] };
    change(&(vec![raws(0), raws(1), raws(9)], vec![vec![1_u8, 2], vec![3; 8]], vec![[1_u8; 4]; 3]), 300, &[]);
    let name: Rc<str> = "name".into();
    let pair = Rc::new((1, name.clone()));
    let shares = || Shares { names: vec![name.clone(); 2], pairs: vec![pair.clone(); 2], first: Some(pair.clone()) };
    change(&(vec![shares(), shares()], vec!["name".to_string()], vec![(1_u8, "name".to_string())]), 400, &[]);
}
