//! `Display` of values is exactly Python's `repr`. The expected texts were printed by Python 3.11.

use state_core::value::{Dict, Int, List, Object, Set, Tuple, Value, Variant};

/// Texts of floats, each of which is printed as it is read.
const FLOATS: &[&str] = &[
    "0.0",
    "-0.0",
    "1.0",
    "216.0",
    "-2.5",
    "0.1",
    "0.3333333333333333",
    "123456.789",
    "4503599627370495.5",
    "9007199254740992.0",
    // The exponent begins at 16 ...
    "1000000000000000.0",
    "9999999999999998.0",
    "1e+16",
    "1.2345678901234568e+16",
    "1e+22",
    "1e+23",
    "-1.5e+300",
    "1.7976931348623157e+308",
    // ... and below -4.
    "0.0001",
    "0.00012345",
    "9.999999999999999e-05",
    "1e-05",
    "-1.5e-07",
    "1e-100",
    "2.2250738585072014e-308",
    "5e-324",
    // Two shortest texts are equally near; the one with an even last digit is printed.
    "13.929641723632812",
    "1.5776443481445312",
    "253599549991219.12",
    "inf",
    "-inf",
    "nan",
];

const TEXTS: &[(&str, &str)] = &[
    ("", "''"),
    ("Dave", "'Dave'"),
    ("it's", r#""it's""#),
    (r#"say "hi""#, r#"'say "hi"'"#),
    (r#"it's "both""#, r#"'it\'s "both"'"#),
    (r"back\slash", r"'back\\slash'"),
    ("{braces} %s", "'{braces} %s'"),
    ("tab\tline\nreturn\r", r"'tab\tline\nreturn\r'"),
    ("\0\u{1}\u{1f}\u{7f}", r"'\x00\x01\x1f\x7f'"),
    ("\u{80}\u{9f}\u{a0}\u{ad}\u{ff}", r"'\x80\x9f\xa0\xadÿ'"),
    ("é ß ñ 日本語 😀", "'é ß ñ 日本語 😀'"),
    ("e\u{301}", "'e\u{301}'"),
    ("\u{301}", "'\u{301}'"),
    ("\u{200b}\u{200d}\u{2028}\u{2029}", r"'\u200b\u200d\u2028\u2029'"),
    ("\u{3000}\u{e000}\u{feff}\u{ffff}", r"'\u3000\ue000\ufeff\uffff'"),
    ("\u{e0001}\u{f0000}\u{10ffff}", r"'\U000e0001\U000f0000\U0010ffff'"),
    ("\u{e0100}", "'\u{e0100}'"),
];

const BYTES: &[(&[u8], &str)] = &[
    (b"", "b''"),
    (b" ~abc", "b' ~abc'"),
    (b"it's", r#"b"it's""#),
    (br#"say "hi""#, r#"b'say "hi"'"#),
    (br#"it's "both""#, r#"b'it\'s "both"'"#),
    (b"\\\t\n\r", r"b'\\\t\n\r'"),
    (b"\0\x01\x1f\x7f\x80\xff", r"b'\x00\x01\x1f\x7f\x80\xff'"),
];

const INTS: &[&str] = &[
    "0",
    "-1",
    "30",
    "18446744073709551616",
    "-170141183460469231731687303715884105728",
    "340282366920938463463374607431768211455",
];

#[test]
fn floats() {
    for text in FLOATS {
        let number: f64 = text.parse().unwrap();
        assert_eq!(Value::from(number).to_string(), *text);
    }
}

#[test]
fn texts() {
    for (text, expected) in TEXTS {
        assert_eq!(Value::from(*text).to_string(), *expected);
    }
}

#[test]
fn bytes() {
    for (bytes, expected) in BYTES {
        assert_eq!(Value::from(*bytes).to_string(), *expected);
    }
}

#[test]
fn ints() {
    for text in INTS {
        let number: Int = text.parse().unwrap();
        assert_eq!(Value::from(number).to_string(), *text);
    }
}

#[test]
fn containers() {
    let cases: [(Value, &str); 14] = [
        (Value::None, "None"),
        (true.into(), "True"),
        (false.into(), "False"),
        (().into(), "()"),
        ((1,).into(), "(1,)"),
        ((1, "a").into(), "(1, 'a')"),
        (((1,), ((),)).into(), "((1,), ((),))"),
        (List::new().into(), "[]"),
        (List::from([1, 2]).into(), "[1, 2]"),
        (Set::new().into(), "set()"),
        (Set::from([1, 2]).into(), "{1, 2}"),
        (Dict::new().into(), "{}"),
        (Dict::from_iter([("a", 1)]).into(), "{'a': 1}"),
        (Dict::from_iter([((1,), List::from([1])), ((2,), List::new())]).into(), "{(1,): [1], (2,): []}"),
    ];
    for (value, expected) in cases {
        assert_eq!(value.to_string(), expected);
    }
}

#[test]
fn names_are_short_in_display_and_whole_in_debug() {
    let dave = Value::from(Object::new("example.Person", ("Dave", 30)));
    assert_eq!(format!("{dave}"), "Person('Dave', 30)");
    assert_eq!(format!("{dave:?}"), "example.Person('Dave', 30)");

    let circle = Variant::new("example.Shape", "Circle", (1.5,));
    assert_eq!(format!("{circle}"), "Shape.Circle(1.5)");
    assert_eq!(format!("{circle:?}"), "example.Shape.Circle(1.5)");

    assert_eq!(Variant::new("Shape", "Empty", ()).to_string(), "Shape.Empty");
    assert_eq!(Object::new("Marker", ()).to_string(), "Marker()");
}

#[test]
fn a_name_cannot_forge_a_line() {
    let object = Object::new("a\nb\u{1b}[2J", ());
    assert_eq!(object.to_string(), r"a\nb\x1b[2J()");
}

#[test]
fn the_alternate_form_is_a_tree() {
    let state = Tuple::from((
        b"\0\x01",
        Dict::from_iter([("owner", Value::from(Object::new("example.Person", ("Dave", 30))))]),
        List::new(),
        (1,),
    ));
    let tree = "\
(
    b'\\x00\\x01',
    {
        'owner': Person(
            'Dave',
            30,
        ),
    },
    [],
    (
        1,
    ),
)";
    assert_eq!(format!("{state:#}"), tree);
    assert_eq!(format!("{state:#?}"), tree.replace("Person", "example.Person"));
}
