//! What is refused, and how the errors describe it.

use state_core::pickle::{self, Pickle};
use state_core::{ErrorKind, StateExt};

use super::example::{MyClass, shop};
use super::pickles;

#[test]
fn a_wrong_class_or_slot_is_named_and_nothing_is_lost() {
    for pickle in pickles("state") {
        let error = pickle::loads::<MyClass>(&pickle).unwrap_err();
        assert_eq!(error.to_string(), "MyClass: expected example.MyClass, found example.Person");
    }
    let mut shop = shop();
    let before = shop.get_state().unwrap();
    // 48 bytes that are declared as four bicycles, and an age that is not a number.
    for (from, to, path) in
        [(&b"K\x03"[..], &b"K\x04"[..], "MySubclass.base.data"), (b"K\x1e", b"N\x30\x4e", "MySubclass.owner.age")]
    {
        for bytes in each_protocol!("mysubclass") {
            let at = bytes.windows(from.len()).rposition(|window| window == from).unwrap();
            let mut pickle = bytes.to_vec();
            pickle.splice(at..at + from.len(), to.iter().copied());
            // A longer pickle has a longer frame.
            if pickle[1] > 3 {
                pickle.splice(2..11, []);
            }
            let error = pickle::load_into(&pickle, &mut shop).unwrap_err();
            assert_eq!(error.path(), path, "{error}");
            assert_eq!(shop.get_state().unwrap(), before);
        }
    }
}

/// Every function that reads a pickle says what a file is that is not one, and how to go on.
#[test]
fn files_that_are_taken_for_pickles_are_named() {
    let cases: [(&[u8], &str); 10] = [
        (
            b"PK\x03\x04\x14\0data.pkl",
            "found a zip archive at byte 0; of one that torch.save wrote, read its member data.pkl",
        ),
        (b"PK\x03\x04line\n?", "a zip archive"),
        (b"\x1f\x8b\x08\0", "found data compressed by gzip at byte 0; decompress it first"),
        (b"\x78\x9c\x01", "found data compressed by zlib (as joblib writes it) at byte 0; decompress it first"),
        (b"BZh91AY&SY", "compressed by bzip2"),
        (b"(\xb5/\xfd\x04", "compressed by zstd"),
        (b"]\0\0\x80\0", "compressed by lzma"),
        (b"\x93NUMPY\x01\0", "numpy.load reads it"),
        (&state_core::dumps(&1_u8).unwrap(), "a native state at byte 0; `state_core::loads` and `Inspection` read it"),
        (b"version https://git-lfs.github.com/spec/v1\n", "`git lfs pull` fetches it"),
    ];
    for (bytes, words) in cases {
        let errors = [
            pickle::loads::<u8>(bytes).unwrap_err(),
            pickle::load_into(bytes, &mut 1_u8).unwrap_err(),
            pickle::load_value(bytes).unwrap_err(),
            Pickle::open(bytes).unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!((error.kind(), error.offset()), (ErrorKind::NotState, Some(0)), "{error}");
        }
    }
    // A pickle that begins like such a file is read as a pickle.
    assert_eq!(pickle::load_value(b"PK\x03\x04\n.").unwrap().to_string(), "<persistent id 'K\\x03\\x04'>");
    // joblib puts the bytes of an array after the object that stands for it.
    let joblib = b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81\xff\x01\0\0.";
    let error = pickle::load_value(joblib).unwrap_err();
    assert!(error.to_string().contains("joblib.load reads them") && error.offset() == Some(43), "{error}");
}

#[test]
fn an_error_says_whether_another_pickle_follows() {
    let error = |bytes: &[u8]| pickle::loads::<String>(bytes).unwrap_err().to_string();
    assert_eq!(error(b"\x80\x02K\x01."), "expected text, found int 1");
    assert_eq!(error(b"\x80\x02K\x01.\n\n\n"), "expected text, found int 1");
    assert_eq!(
        error(b"\x80\x02K\x01.\x80\x02K\x02."),
        "expected text, found int 1; another pickle follows from byte 5"
    );
    assert_eq!(pickle::loads::<u8>(b"\x80\x02K\x01.\x80\x02K\x02.").unwrap(), 1);
}

/// Each of these letters is an opcode, but none can be the first of a pickle.
#[test]
fn what_cannot_begin_a_pickle_is_none() {
    for (text, letter) in
        [(&b"hello"[..], 'h'), (b"go", 'g'), (b"june", 'j'), (b"a.", 'a'), (b"to be", 't'), (b"0", '0')]
    {
        let error = pickle::load_value(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotState);
        assert_eq!(error.to_string(), format!("expected a pickle, found {letter:?} at byte 0"));
    }
    // A truncated pickle is one.
    for (pickle, words) in [
        (&b""[..], "an opcode, found the end of the pickle at byte 0"),
        (b"\x80\x04K\x07", "an opcode, found the end of the pickle at byte 4"),
        (b"I12", "a line after INT, found the end of the pickle at byte 0"),
        (b"\x80\x04K", "an argument after BININT1, found the end of the pickle at byte 2"),
        (b"\x80\x04\x8c\x05abc", "5 bytes after SHORT_BINUNICODE, found 3 at byte 2"),
        (b"\x80\x04\x95\x09\0\0\0\0\0\0\0K\x07.", "a frame of 9 bytes, found 3 at byte 2"),
    ] {
        for error in [pickle::load_value(pickle).unwrap_err(), pickle::loads::<u8>(pickle).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Length);
            assert_eq!(error.to_string(), format!("expected {words}; the pickle is truncated"));
        }
    }
}
