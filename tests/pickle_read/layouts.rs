//! Layouts that Python does not write, and text that Rust has no type for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use state_core::ErrorKind;
use state_core::pickle::{self, PickleOptions};

#[test]
fn surrogates_and_old_strings_are_taken_as_asked() {
    for pickle in [&b"\x80\x02X\x05\x00\x00\x00a\xed\xa0\x80b."[..], b"Va\\ud800b\n."] {
        let error = pickle::loads::<String>(pickle).unwrap_err();
        assert_eq!(error.found(), "str with lone surrogates, which Rust's text cannot hold");
        let lossy = PickleOptions::new().surrogates(pickle::LoneSurrogates::Lossy);
        assert_eq!(lossy.loads::<String>(pickle).unwrap(), "a\u{FFFD}b");
        let bytes = PickleOptions::new().surrogates(pickle::LoneSurrogates::Bytes);
        assert_eq!(bytes.loads::<Vec<u8>>(pickle).unwrap(), b"a\xed\xa0\x80b");
        assert_eq!(pickle::load_value(pickle).unwrap().to_string(), r"'a\ud800b'");
    }
    let old = b"U\x02a\xe9.";
    assert!(pickle::loads::<String>(old).is_err());
    // It is not taken for UTF-8 just because it could be.
    for utf8 in [b"U\x02\xc3\xa9.".as_slice(), b"T\x02\0\0\0\xc3\xa9.", b"S'\\xc3\\xa9'\n."] {
        pickle::loads::<String>(utf8).unwrap_err();
        pickle::load_value(utf8).unwrap_err();
        assert_eq!(PickleOptions::new().strings(pickle::Strings::Utf8).loads::<String>(utf8).unwrap(), "\u{e9}");
    }
    assert_eq!(PickleOptions::new().strings(pickle::Strings::Latin1).loads::<String>(old).unwrap(), "aé");
    assert_eq!(PickleOptions::new().strings(pickle::Strings::Bytes).loads::<Vec<u8>>(old).unwrap(), b"a\xe9");
}

#[test]
fn what_is_laid_out_otherwise_is_read_all_the_same() {
    // Batches that are not full, items one by one, parts that are dropped.
    for pickle in [
        &b"\x80\x02](]](K\x01e](K\x02K\x03e]e."[..],
        b"(](lI1\na(K\x02K\x03l]l0](]]K\x01a](K\x02K\x03e]e.",
        b"\x80\x02](]]K\x01ae](K\x02K\x03eaN0]a.",
    ] {
        assert_eq!(pickle::loads::<Vec<Vec<i64>>>(pickle).unwrap(), [vec![], vec![1], vec![2, 3], vec![]]);
    }
    let siblings: (Vec<i32>, (i32, i32, i32, i32)) = pickle::loads(b"\x80\x02](K\x01K\x02K\x03K\x04t\x86.").unwrap();
    assert_eq!(siblings, (vec![], (1, 2, 3, 4)));
    let single: Vec<(Vec<i32>, i32)> = pickle::loads(b"\x80\x02](]K\x05aK\x07\x86]K\x07\x86e.").unwrap();
    assert_eq!(single, [(vec![5], 7), (vec![], 7)]);
    let gaps: Vec<String> = pickle::loads(b"\x80\x02]q\x07(X\x01\x00\x00\x00aq\x09h\x09X\x01\x00\x00\x00b0e.").unwrap();
    assert_eq!(gaps, ["a", "a"]);
    let map: BTreeMap<String, Vec<u8>> = pickle::loads(b"\x80\x03}X\x01\x00\x00\x00kC\x02\x01\x02s.").unwrap();
    assert_eq!(map["k"], [1, 2]);
    let set: BTreeSet<u8> = pickle::loads(b"\x80\x04\x8f(K\x01K\x02\x90.").unwrap();
    assert_eq!(set, [1, 2].into());
    let words: HashMap<String, bool> = pickle::loads(b"(dV\\u00e9\nI01\ns.").unwrap();
    assert!(words["é"]);
}

#[test]
fn bytes_behind_the_end_are_left_alone() {
    assert_eq!(pickle::loads::<u8>(b"K\x07.and more").unwrap(), 7);
    let error = PickleOptions::new().max_size(5).loads::<u8>(b"K\x07.and more").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Length);
}
