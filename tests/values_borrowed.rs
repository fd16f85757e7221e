//! Values that are loaded without copying, and what a `Cow` does if that is impossible.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;

use state_core::{State, dumps, load_into, loads};

#[derive(State, Debug, PartialEq, Clone, Copy)]
struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

#[derive(State, Debug, PartialEq)]
struct View<'a> {
    text: &'a str,
    bytes: &'a [u8],
    path: &'a Path,
    os: &'a OsStr,
    cow_text: Cow<'a, str>,
    cow_path: Cow<'a, Path>,
    cow_bytes: Cow<'a, [u8]>,
    cow_colours: Cow<'a, [Rgb]>,
    cow_names: Cow<'a, [String]>,
    cow_numbers: Cow<'a, [u32]>,
    cow_value: Cow<'a, (String, u8)>,
}

const COLOURS: [Rgb; 2] = [Rgb { red: 1, green: 2, blue: 3 }, Rgb { red: 4, green: 5, blue: 6 }];

fn view() -> View<'static> {
    View {
        text: "text, é",
        bytes: b"bytes",
        path: Path::new("/a/path"),
        os: OsStr::new("os"),
        cow_text: "another text".into(),
        cow_path: Path::new("another/path").into(),
        cow_bytes: vec![1, 2, 3].into(),
        cow_colours: COLOURS[..].into(),
        cow_names: vec!["one".to_string(), "two".to_string()].into(),
        cow_numbers: vec![1, 2, 3].into(),
        cow_value: Cow::Owned(("owned".to_string(), 9)),
    }
}

#[test]
fn what_needs_no_alignment_stays_where_it_is() {
    let bytes = dumps(&view()).unwrap();
    let inside = |at: *const u8| bytes.as_ptr_range().contains(&at);
    let loaded: View<'_> = loads(&bytes).unwrap();
    assert_eq!(loaded, view());
    let places = [
        loaded.text.as_ptr(),
        loaded.bytes.as_ptr(),
        loaded.path.as_os_str().as_encoded_bytes().as_ptr(),
        loaded.os.as_encoded_bytes().as_ptr(),
        loaded.cow_text.as_ptr(),
        loaded.cow_path.as_os_str().as_encoded_bytes().as_ptr(),
        loaded.cow_bytes.as_ptr(),
        loaded.cow_colours.as_ptr().cast(),
    ];
    assert_eq!(places.map(inside), [true; 8]);
    assert!(matches!((&loaded.cow_text, &loaded.cow_colours), (Cow::Borrowed(_), Cow::Borrowed(_))));
    assert!(matches!((&loaded.cow_names, &loaded.cow_numbers), (Cow::Owned(_), Cow::Owned(_))));
}

#[test]
fn an_owned_cow_keeps_its_allocation() {
    let bytes = dumps(&view()).unwrap();
    let mut target = view();
    target.cow_numbers = vec![7; 10].into();
    target.cow_names = vec![String::with_capacity(100)].into();
    target.cow_value = Cow::Owned(("owned and longer".to_string(), 1));
    let places = |view: &View<'_>| (view.cow_numbers.as_ptr(), view.cow_names[0].as_ptr(), view.cow_value.0.as_ptr());
    let before = places(&target);
    load_into(&bytes, &mut target).unwrap();
    assert_eq!(target, view());
    // The list of names has grown by one and moved; the text of the first has not.
    assert_eq!(places(&target), before);
}

#[test]
fn damage_loads_or_is_an_error() {
    let bytes = dumps(&view()).unwrap();
    for len in 0..bytes.len() {
        assert!(loads::<View<'_>>(&bytes[..len]).is_err());
    }
    for bit in 0..8 * bytes.len() {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut target = view();
        if load_into(&bytes, &mut target).is_err() {
            assert_eq!(target, view());
        }
    }
}

#[test]
fn owned_and_borrowed_forms_are_one_type() {
    let bytes = dumps(&("text".to_string(), vec![1_u8, 2])).unwrap();
    assert_eq!(loads::<(&str, &[u8])>(&bytes).unwrap(), ("text", &[1, 2][..]));
    assert_eq!(loads::<(Cow<'_, str>, Box<[u8]>)>(&bytes).unwrap(), ("text".into(), vec![1, 2].into()));
}
