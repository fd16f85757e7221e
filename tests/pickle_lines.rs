//! The lines of pickles and the rarer arguments are read as by C's `_pickle` and listed as by `pickletools`.

mod python;

use state_core::pickle::{self, PickleOptions, Strings};

/// The `repr` of what C loads from a pickle, and the arguments of its opcodes, or that it is refused. The first byte of
/// a frame selects whether strings are read as bytes.
const SCRIPT: &str = r#"
import pickle, pickletools

def case(frame):
    encoding = "bytes" if frame[:1] == b"b" else "ascii"
    try:
        loaded = repr(pickle.loads(frame[1:], encoding=encoding))
    except Exception:
        loaded = "refused"
    try:
        listed = repr([argument for _, argument, _ in pickletools.genops(frame[1:]) if argument is not None])
    except Exception:
        listed = "refused"
    return loaded + "\t" + listed
"#;

#[test]
fn lines_are_read_as_by_c() {
    let lines: [&[u8]; 30] = [
        b"I\0x\n.",
        b"I\0\n.",
        b"I\0xyz\n.",
        b"I1\0\n.",
        b"I7\0x\n.",
        b"I \0x\n.",
        b"I\n.",
        b"I-0\n.",
        b"I010\n.",
        b"I00\n.",
        b"I01\n.",
        b"I1\n.",
        b"I 1\n.",
        b"I0x1f\n.",
        b"I-012\n.",
        b"L0\0L\n.",
        b"L\0L\n.",
        b"L-12L\n.",
        b"L010L\n.",
        b"F1.5\0x\n.",
        b"F\0\n.",
        b"Np0\0x\n.",
        b"Np1\n0g1\0x\n.",
        b"Np\0\n.",
        b"Np1\n0g\x001\n.",
        b"(i\xc3\xa9\nC\n.",
        b"(im\n\xc3\xa9\n.",
        b"Np+1_0\n0g10\n.",
        b"Np00\n.",
        b"Np01\n0g1\n0g01\n.",
    ];
    let mut frames: Vec<Vec<u8>> = lines.map(|line| [b"a", line].concat()).into();
    let strings: [&[u8]; 4] =
        [b"\x80\x05U\x02\xffa\x98.", b"\x80\x05T\x02\0\0\0\xffa\x98.", b"S'a'\n\x98.", b"\x80\x05X\x01\0\0\0a\x98."];
    frames.extend(strings.map(|pickle| [b"b", pickle].concat()));
    frames.extend(strings.map(|pickle| [b"a", pickle].concat()));
    let Some(answers) = python::texts(SCRIPT, &frames) else { return };
    for (frame, answer) in frames.iter().zip(answers) {
        let options = PickleOptions::new().strings(if frame[0] == b'b' { Strings::Bytes } else { Strings::Ascii });
        let (loaded, listed) = answer.split_once('\t').unwrap();
        // Python can refuse a name that is accepted here only because there is no such class.
        let found = options.load_value(&frame[1..]).map_or("refused".into(), |value| value.to_string());
        let is_buffer = loaded.starts_with("<memory at");
        assert!(found == loaded || is_buffer && found != "refused", "{frame:?}: {found}, {loaded}");
        let Ok(pickle) = options.open(&frame[1..]) else { continue };
        if listed != "refused" {
            let arguments: Vec<_> = pickle.operations().filter_map(|operation| operation.argument()).collect();
            assert_eq!(
                pickle::load_value(&pickle::dump_value(&arguments.clone().into()).unwrap()).unwrap().to_string(),
                listed,
                "{frame:?}"
            );
        }
    }
}

/// Python accepts lone surrogates, and nothing else that is not UTF-8.
#[test]
fn text_with_more_than_lone_surrogates_beside_utf8_is_refused() {
    let text = |bytes: &[u8]| [b"\x80\x04\x8c", &[bytes.len() as u8][..], bytes, b"."].concat();
    for bytes in [&b"\xed\xa0\x80"[..], b"a\xed\xbf\xbfb", b"\xed\xa0\x80\xed\xb0\x80"] {
        pickle::load_value(&text(bytes)).unwrap();
    }
    for bytes in [&b"\xed\x41\x80"[..], b"\xed\xc0\x80", b"\xed\xa0", b"\xed\xa0\x41", b"\xf4\x90\x80\x80", b"\xc0\x80"]
    {
        pickle::load_value(&text(bytes)).unwrap_err();
    }
}
