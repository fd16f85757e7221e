//! Names and errors are short, and contain no terminal control sequences.

use state_core::{ErrorKind, Inspection};

use super::made_up::{image, leb};
use super::{LIST, Point, U8, object, refused, survives, tuple};

#[test]
fn long_names_are_refused_because_each_value_would_tell_them() {
    let named = |len: usize| [vec![15], leb(len as u64), vec![b'n'; len], vec![0, 0]].concat();
    assert!(survives(&image(&named(255), &[], &[])));
    assert!(!survives(&image(&named(256), &[], &[])));
    let half = 100_000;
    let list = [vec![LIST], named(half)].concat();
    assert!(!survives(&image(&list, &(half as u32).to_le_bytes(), &vec![0; half])));
}

/// A schema of many slots whose names are terminal control sequences: an error names few of them, escaped.
#[test]
fn the_error_of_another_type_is_short_and_escaped() {
    for count in [20_usize, 2_000, 400_000] {
        let schema = tuple(&vec![U8.to_vec(); count]);
        let error = refused(&image(&schema, &vec![0; count], &[]));
        assert_eq!(error.kind(), ErrorKind::Identity);
        assert!(error.to_string().len() < 1500, "{}", error.to_string().len());
    }
    let name = "a\u{1b}[2J\nb\u{202e}";
    let named = [vec![15, name.len() as u8], name.as_bytes().to_vec(), vec![0, 0]].concat();
    let bytes = image(&named, &[], &[]);
    let tree = Inspection::open(&bytes).unwrap().tree().unwrap();
    for text in [refused(&bytes).to_string(), tree.trim_end().to_string()] {
        assert!(text.contains("a\\u{1b}[2J\\nb\\u{202e}"), "{text}");
        assert!(!text.contains(|letter: char| letter.is_control()), "{text}");
    }
}

/// Names invented by a pickle or a value are not terminal control sequences or lines of a log.
#[test]
fn errors_show_names_that_someone_made_up_escaped() {
    use state_core::{from_value, pickle};
    let evil = b"\x80\x04\x8c\x01m\x8c\x08\x1b[2Jx\ny\r\x93)\x81}\x8c\x03\x1b\r\nK\x01sb.";
    let value = pickle::load_value(evil).unwrap();
    for error in [
        pickle::loads::<Point>(evil).unwrap_err(),
        pickle::loads::<u8>(evil).unwrap_err(),
        from_value::<Point>(&value).unwrap_err(),
        from_value::<Vec<u8>>(&value).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.ends_with(r"found m.\u{1b}[2Jx\ny\r"), "{text}");
    }
}

/// They do not fill a log either: a name can be as long as a pickle.
#[test]
fn errors_are_short_however_long_the_names_are() {
    use state_core::{from_value, pickle};
    let long = "\u{1b}".repeat(100_000);
    let name = [&b"X"[..], &(long.len() as u32).to_le_bytes(), long.as_bytes()].concat();
    let class = [&name[..], &name, b"\x93"].concat();
    for behind in [&b"."[..], b")R.", b")\x81.", b")\x81}X\x01\0\0\0aK\x01sb."] {
        let evil = [b"\x80\x04", &class[..], behind].concat();
        let value = pickle::load_value(&evil).unwrap();
        for error in [
            pickle::loads::<Point>(&evil).unwrap_err(),
            pickle::loads::<Vec<u8>>(&evil).unwrap_err(),
            from_value::<Point>(&value).unwrap_err(),
            from_value::<u8>(&value).unwrap_err(),
        ] {
            assert!(error.found().len() < 1010, "{}", error.found().len());
            assert!(error.to_string().len() < 10_000 && format!("{error:?}").len() < 10_000);
        }
    }
    // The `Debug` output of an inspection is limited as well.
    let slots = vec![U8.to_vec(); 20_000];
    let bytes = image(&object(false, &slots), &vec![0; slots.len()], &[]);
    let shown = format!("{:?}", Inspection::open(&bytes).unwrap());
    assert!(shown.starts_with("Inspection { of: ") && shown.len() < 1000, "{shown}");
    // The text of a refusal is kept as it is, and truncation respects character boundaries.
    let words = "\u{e9}".repeat(1001);
    assert_eq!(state_core::Error::refused(&words).to_string(), words);
    let cut = state_core::Error::new(ErrorKind::Malformed, words.clone(), format!("a{words}"));
    assert_eq!((cut.expected().chars().count(), cut.found().chars().count()), (503, 503));
}
