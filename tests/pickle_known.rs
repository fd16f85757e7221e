//! Types for which Python has a class: those of `chrono`, `uuid`, `num-bigint` and `rust_decimal` are read and written
//! as Python's own at every protocol, and by the other formats as any other type.

#[path = "python/cases.rs"]
mod cases;
#[path = "values/harness.rs"]
mod harness;
mod python;

use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cases::Cases;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use harness::values;
use num_bigint::{BigInt, BigUint};
use rust_decimal::Decimal;
use state_core::pickle;
use state_core::{RestoreOwned, State, dumps, to_value};
use uuid::Uuid;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn clock(hour: u32, minute: u32, second: u32, micros: u32) -> NaiveTime {
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros).unwrap()
}

fn utc(year: i32, month: u32, on: u32, time: NaiveTime) -> DateTime<Utc> {
    day(year, month, on).and_time(time).and_utc()
}

fn zoned(moment: DateTime<Utc>, seconds: i32) -> DateTime<FixedOffset> {
    moment.with_timezone(&FixedOffset::east_opt(seconds).unwrap())
}

fn span(seconds: i64, nanos: u32) -> TimeDelta {
    TimeDelta::new(seconds, nanos).unwrap()
}

fn power(base: i32, exponent: u32) -> BigInt {
    BigInt::from(base).pow(exponent)
}

const NAMES: &str = "
import datetime, decimal, uuid, pickle
names = {'datetime': datetime, 'Decimal': decimal.Decimal, 'UUID': uuid.UUID}
";

#[test]
fn dates_and_times_are_those_of_datetime() {
    let mut cases = Cases::new(NAMES);
    cases.both(day(2024, 2, 29), "datetime.date(2024, 2, 29)");
    cases.both(day(1, 1, 1), "datetime.date.min");
    cases.both(day(9999, 12, 31), "datetime.date.max");
    cases.both(clock(0, 0, 0, 0), "datetime.time()");
    cases.both(clock(23, 59, 59, 999_999), "datetime.time.max");
    cases.both(day(1969, 7, 20).and_time(clock(20, 17, 40, 5)), "datetime.datetime(1969, 7, 20, 20, 17, 40, 5)");
    cases.both(utc(2000, 1, 1, clock(0, 0, 0, 1)), "datetime.datetime(2000, 1, 1, 0, 0, 0, 1, datetime.timezone.utc)");
    let zone = |hours: f64| format!("datetime.timezone(datetime.timedelta(hours={hours}))");
    let new_year = utc(1999, 12, 31, clock(23, 30, 0, 0));
    cases.both(zoned(new_year, 3600), &format!("datetime.datetime(2000, 1, 1, 0, 30, tzinfo={})", zone(1.0)));
    cases.both(zoned(new_year, -34200), &format!("datetime.datetime(1999, 12, 31, 14, tzinfo={})", zone(-9.5)));
    cases.both(span(0, 0), "datetime.timedelta()");
    cases.both(span(-1, 999_999_000), "datetime.timedelta(microseconds=-1)");
    cases.both(span(86_400 * 40 + 3, 5_000), "datetime.timedelta(40, 3, 5)");
    cases.both(vec![day(2024, 2, 29); 3], "[datetime.date(2024, 2, 29)] * 3");
    cases.both(vec![new_year; 2], "[datetime.datetime(1999, 12, 31, 23, 30, tzinfo=datetime.timezone.utc)] * 2");
    // The same moment in another time zone, and a time zone with a name.
    cases.read(new_year, &format!("datetime.datetime(2000, 1, 1, 0, 30, tzinfo={})", zone(1.0)));
    cases
        .read(new_year, "datetime.datetime(1999, 12, 31, 23, 30, tzinfo=datetime.timezone(datetime.timedelta(), 'Z'))");
    cases.read(day(2024, 10, 27).and_time(clock(2, 30, 0, 0)), "datetime.datetime(2024, 10, 27, 2, 30, fold=1)");
    cases.refused::<NaiveDate>("datetime.datetime(2024, 2, 29)", "expected date, found");
    cases.refused::<NaiveDate>("'2024-02-29'", "expected date, found str '2024-02-29'");
    cases.refused::<NaiveTime>("datetime.time(1, tzinfo=datetime.timezone.utc)", "expected time of day");
    cases.refused::<DateTime<Utc>>("datetime.datetime(2024, 2, 29)", "expected date and time in UTC");
    cases.refused::<NaiveDateTime>("datetime.datetime.now(datetime.timezone.utc)", "without a time zone");
    cases.refused::<DateTime<FixedOffset>>(
        "datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(microseconds=1)))",
        "in a time zone",
    );
    cases.check();
}

#[test]
fn uuids_and_integers_of_any_size() {
    let mut cases = Cases::new(NAMES);
    cases.both(Uuid::nil(), "UUID(int=0)");
    cases.both(Uuid::max(), "UUID(int=2**128 - 1)");
    let text = "12345678-9abc-def0-1234-56789abcdef0";
    cases.both(Uuid::parse_str(text).unwrap(), &format!("UUID('{text}')"));
    cases.both(vec![Uuid::nil(), Uuid::max()], "[UUID(int=0), UUID(int=2**128 - 1)]");
    cases.read(Uuid::parse_str(text).unwrap(), &format!("UUID('{text}').bytes"));
    cases.refused::<Uuid>(&format!("'{text}'"), "expected UUID, found str");
    for bits in [0, 1, 7, 8, 15, 16, 31, 63, 64, 126, 127, 128, 129, 1000, 9000] {
        for (sign, less) in [(1, 0), (1, 1), (-1, 0), (-1, 1)] {
            cases.both(power(2, bits) * sign - less, &format!("2**{bits} * {sign} - {less}"));
        }
        cases.both(power(2, bits).to_biguint().unwrap(), &format!("2**{bits}"));
    }
    cases.both(BigUint::ZERO, "0");
    cases.both(vec![BigInt::ZERO, power(-3, 99)], "[0, -3**99]");
    cases.refused::<BigUint>("-1", "expected integer of any size that is not negative, found int -1");
    cases.refused::<BigUint>("-2**200", "found int of more than 127 bits");
    cases.refused::<BigInt>("1.0", "found float 1.0");
    cases.check();
}

fn decimal(digits: i128, places: u32) -> Decimal {
    Decimal::from_i128_with_scale(digits, places)
}

#[test]
fn decimal_numbers_with_all_their_places() {
    let mut cases = Cases::new(NAMES);
    for digits in [0, 1, 7, 10, 150, 1_234_567, 10_i128.pow(27), 10_i128.pow(28), (1 << 96) - 1] {
        for places in [0, 1, 2, 5, 6, 7, 8, 9, 27, 28] {
            let text = format!("Decimal((0, tuple(map(int, str({digits}))), -{places}))");
            cases.both(decimal(digits, places), &text);
        }
    }
    let mut zero = decimal(0, 2);
    zero.set_sign_negative(true);
    cases.both(zero, "Decimal('-0.00')");
    for number in [zero, decimal(150, 2), decimal(15, 1)] {
        // Equal numbers can differ in sign and decimal places, which are kept.
        let back: Decimal = pickle::loads(&pickle::dumps(&number).unwrap()).unwrap();
        assert_eq!(back.serialize(), number.serialize());
    }
    cases.both(decimal(-150, 2), "Decimal('-1.50')");
    cases.both(vec![decimal(5, 1), decimal(-5, 1)], "[Decimal('0.5'), Decimal('-0.5')]");
    cases.read(decimal(1500, 0), "Decimal('1.5E+3')");
    cases.read(decimal(0, 0), "Decimal('0E+1000')");
    cases.read(decimal(1, 3), "Decimal((0, (1,), -3))");
    let wanted = "expected decimal number of up to 96 bits, with at most 28 decimal places, found";
    for beyond in ["'NaN'", "'-Infinity'", "'sNaN1'", "2**96", "'1E+29'", "'1E-29'", "'0E-29'", "'1E+999999'"] {
        cases.refused::<Decimal>(&format!("Decimal({beyond})"), wanted);
    }
    cases.refused::<Decimal>("'1.5'", wanted);
    cases.refused::<Decimal>("1.5", wanted);
    cases.refused::<Decimal>("1", wanted);
    cases.refused::<Decimal>("()", wanted);
    for text in
        ["", ".", "-", "--1", "+-1", "1.2.3", "1 2", "1_0", "1e", "1e+", "e5", "0x10", "\u{663}", "1E99999999999"]
    {
        let pickle =
            [&b"\x80\x04cdecimal\nDecimal\n\x8c"[..], &[text.len() as u8], text.as_bytes(), b"\x85R."].concat();
        let error = pickle::loads::<Decimal>(&pickle).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    cases.refused::<Uuid>("()", "expected UUID, found tuple");
    cases.check();
}

#[test]
fn durations_and_points_in_time_take_those_of_datetime() {
    let mut cases = Cases::new(NAMES);
    cases.read(Duration::new(86_401, 2_000), "datetime.timedelta(1, 1, 2)");
    cases.read(Duration::new(5, 7), "(5, 7)");
    cases.refused::<Duration>("datetime.timedelta(-1)", "expected duration");
    cases.read(UNIX_EPOCH, "datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)");
    let before = UNIX_EPOCH - Duration::new(0, 1_000);
    cases.read(before, "datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, datetime.timezone.utc)");
    cases.refused::<SystemTime>("datetime.datetime(1970, 1, 1)", "expected point in time");
    cases.check();
}

#[test]
fn they_come_through_every_door() {
    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999).unwrap();
    let fine = NaiveTime::from_hms_nano_opt(1, 2, 3, 123_456_789).unwrap();
    let times = [clock(0, 0, 0, 0), clock(23, 59, 59, 999_999), leap, fine];
    let days = [day(1, 1, 1), day(2024, 2, 29), day(0, 1, 1), day(10_000, 1, 1), NaiveDate::MIN, NaiveDate::MAX];
    values(&times);
    values(&days);
    let moments: Vec<_> = times.iter().zip(days).map(|(time, day)| day.and_time(*time)).collect();
    values(&moments);
    let in_utc: Vec<_> = moments.iter().map(NaiveDateTime::and_utc).collect();
    values(&in_utc);
    values(&in_utc.iter().zip([0, 3600, -86_399, 86_399]).map(|(at, east)| zoned(*at, east)).collect::<Vec<_>>());
    values(&[DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC]);
    values(&[zoned(DateTime::<Utc>::MIN_UTC, -86_399), zoned(DateTime::<Utc>::MAX_UTC, 86_399)]);
    values(&[TimeDelta::zero(), TimeDelta::MIN, TimeDelta::MAX, span(-1, 1), span(-1, 999_999_999), span(0, 1)]);
    values(&[Uuid::nil(), Uuid::max()]);
    values(&[vec![], vec![Uuid::max(), Uuid::nil()]]);
    values(&[Decimal::MAX, Decimal::MIN, Decimal::ZERO, Decimal::new(-15, 1), Decimal::new(1, 28)]);
    values(&[BigInt::ZERO, power(-2, 7), power(-2, 8), power(2, 7), power(2, 64), power(-7, 300), BigInt::from(-1)]);
    values(&[BigUint::ZERO, BigUint::from(1_u8), BigUint::from(255_u8), BigUint::from(256_u16)]);
    values(&[vec![], vec![BigInt::ZERO, power(10, 40)], vec![power(-10, 40)]]);
    values(&[None, Some(day(2024, 2, 29))]);
}

/// A time that Python's classes cannot represent is never changed silently.
#[test]
fn what_python_has_no_time_for_is_an_error() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "log.Line")]
    struct Line<T> {
        at: T,
    }
    fn refused<T: RestoreOwned + PartialEq + Debug>(at: T) {
        let line = Line { at };
        let error = pickle::dumps(&line).unwrap_err().to_string();
        assert!(error.contains("whole microseconds"), "{error}");
        // Values have the numbers instead, and pickles of those can be read.
        let value = to_value(&line).unwrap();
        assert_eq!(pickle::loads::<Line<T>>(&pickle::dump_value(&value).unwrap()).unwrap(), line);
    }
    refused(NaiveTime::from_hms_nano_opt(1, 2, 3, 1).unwrap());
    refused(NaiveTime::from_hms_nano_opt(23, 59, 59, 1_000_000_000).unwrap());
    refused(day(0, 12, 31));
    refused(day(10_000, 1, 1));
    refused(span(0, 1));
    refused(TimeDelta::MAX);
    // Representable in UTC, but already in the next year in its time zone.
    refused(zoned(utc(9999, 12, 31, clock(23, 59, 59, 0)), 1));
}

/// Longer bytes for the same number are refused: equal numbers would have different bytes.
#[test]
fn integers_are_as_short_as_can_be() {
    let mut bytes = dumps(&power(2, 20)).unwrap();
    assert!(state_core::loads::<BigInt>(&bytes).is_ok());
    *bytes.last_mut().unwrap() = 0;
    assert!(state_core::loads::<BigInt>(&bytes).is_err());
    let mut natural = dumps(&BigUint::from(256_u16)).unwrap();
    *natural.last_mut().unwrap() = 0;
    assert!(state_core::loads::<BigUint>(&natural).is_err());
}
