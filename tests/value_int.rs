//! Integers of any size: the same as `i128` where it suffices, and the same as Python's beyond.

mod python;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use state_core::value::{Int, Value};

/// Small numbers, and with a higher probability those near a power of two.
fn number() -> impl Strategy<Value = i128> {
    prop_oneof![
        -300..300_i128,
        (0..127_u32, -2..=2_i128).prop_map(|(bits, near)| (1_i128 << bits).wrapping_add(near)),
        (0..128_u32, -2..=2_i128).prop_map(|(bits, near)| i128::MIN >> bits | near),
        any::<i128>(),
    ]
}

/// Two's complement bytes, with a higher probability for runs of ones and zeros.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let run = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..12),
        (0..40_usize, prop_oneof![Just(0), Just(0xff)]).prop_map(|(length, byte)| vec![byte; length]),
    ];
    proptest::collection::vec(run, 0..6).prop_map(|runs| runs.concat())
}

fn shortest(number: i128) -> Vec<u8> {
    let bytes = number.to_le_bytes();
    let enough = |length: &usize| {
        let unused = 128 - 8 * *length as u32;
        unused == 128 && number == 0 || unused < 128 && number << unused >> unused == number
    };
    bytes[..(0..=16).find(enough).unwrap()].to_vec()
}

proptest! {
    #[test]
    fn an_i128_is_held_exactly(a in number(), b in number()) {
        let (x, y) = (Int::from(a), Int::from(b));
        prop_assert_eq!(i128::try_from(&x), Ok(a));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        prop_assert_eq!(x == y, a == b);
        prop_assert_eq!(x.to_string(), a.to_string());
        prop_assert_eq!(a.to_string().parse(), Ok(x.clone()));
        prop_assert_eq!(Int::from_hex(&format!("{}{:x}", if a < 0 { "-" } else { "" }, a.unsigned_abs())), Ok(x.clone()));
        prop_assert_eq!(x.to_le_bytes_signed(), shortest(a));
        prop_assert_eq!(Int::from_le_bytes_signed(&a.to_le_bytes()), x.clone());
        prop_assert_eq!(x.bits(), (128 - a.unsigned_abs().leading_zeros()) as usize);
        prop_assert_eq!(u64::try_from(&x).ok(), u64::try_from(a).ok());
        prop_assert_eq!(i8::try_from(&x).ok(), i8::try_from(a).ok());
        #[expect(clippy::cast_precision_loss, reason = "that is the question")]
        let float = a as f64;
        // A float beyond the range would be clamped to it.
        let is_exact = float < 2_f64.powi(127) && float as i128 == a;
        prop_assert_eq!(x.as_f64(), is_exact.then_some(float));
    }

    #[test]
    fn bytes_come_back_without_what_says_nothing(bytes in bytes()) {
        let number = Int::from_le_bytes_signed(&bytes);
        let short = number.to_le_bytes_signed();
        prop_assert!(bytes.starts_with(&short));
        let fill = if number.is_negative() { 0xff } else { 0 };
        prop_assert!(bytes[short.len()..].iter().all(|&byte| byte == fill));
        prop_assert_eq!(Int::from_le_bytes_signed(&short), number);
    }

    #[test]
    fn text_comes_back(bytes in bytes()) {
        let number = Int::from_le_bytes_signed(&bytes);
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Prints numbers, their order, and their values as floats.
const SCRIPT: &str = r"
def number(text):
    return int.from_bytes(bytes.fromhex(text), 'little', signed=True)

def exact(number):
    try:
        return repr(float(number)) if float(number) == number else 'None'
    except OverflowError:
        return 'None'

def case(frame):
    a, b = map(number, frame.decode().split(','))
    return f'{a} {(a > b) - (a < b)} {exact(a)} {a.bit_length()} {a.to_bytes(700, chr(98) + chr(105) + chr(103), signed=True).hex()}'
";

#[test]
fn large_numbers_are_pythons() {
    let mut runner = TestRunner::deterministic();
    let near = (bytes(), bytes(), any::<bool>(), 0..1000_usize).prop_map(|(a, b, is_near, zeros)| {
        // Numbers with few digits before many zeros are floats too.
        let a = if zeros < 500 { [vec![0; zeros / 5], a[..a.len().min(7)].to_vec()].concat() } else { a };
        let b = if is_near { [&[1], a.get(1..).unwrap_or_default()].concat() } else { b };
        (a, b)
    });
    let cases: Vec<_> = (0..1000).map(|_| near.new_tree(&mut runner).unwrap().current()).collect();
    let frames: Vec<Vec<u8>> = cases.iter().map(|(a, b)| format!("{},{}", hex(a), hex(b)).into_bytes()).collect();
    for ((a, b), expected) in cases.iter().zip(python::texts(SCRIPT, &frames).into_iter().flatten()) {
        let (a, b) = (Int::from_le_bytes_signed(a), Int::from_le_bytes_signed(b));
        let mut wide = a.to_le_bytes_signed();
        wide.resize(700, if a.is_negative() { 0xff } else { 0 });
        wide.reverse();
        let float = Value::from(a.as_f64());
        assert_eq!(format!("{a} {} {float} {} {}", a.cmp(&b) as i8, a.bits(), hex(&wide)), expected);
    }
}

#[test]
fn digits_have_a_limit_in_both_directions() {
    let most = "9".repeat(4300);
    assert_eq!(most.parse::<Int>().unwrap().to_string(), most);
    let error = format!("-1{}", "0".repeat(4300)).parse::<Int>().unwrap_err();
    assert_eq!(error.to_string(), "integer of more than 4300 decimal digits");
    // A million digits take no time, because none is looked at twice.
    let digits = "f".repeat(1_000_000);
    let large = Int::from_hex(&digits).unwrap();
    assert_eq!(large.to_string(), format!("0x{digits}"));
    assert_eq!(large.as_f64(), None);
    assert!("1".repeat(10_000_000).parse::<Int>().is_err());
}
