//! Opcodes are listed as by the real Python's `pickletools`.

mod python;

use state_core::pickle::{Pickle, load_value};

const DIS: &str = r#"
import io, pickle, pickletools, decimal, collections

VALUES = [
    None, True, 0, -1, 255, 65536, 2 ** 70, -2 ** 3000, 1.5, float("inf"), 1e-7, "text", "\ud800", "it's", "\u00df\n\\u0041",
    b"", b"by'te\xff", bytearray(b"xy"), (), (1,), (1, 2, 3), (1, 2, 3, 4), [[], [1, [2]]], {1: {2: 3}}, {1}, frozenset([2]),
    decimal.Decimal("1.5"), collections.OrderedDict(a=[1]), 1j, int, ["shared" * 3] * 3,
]

def case(frame):
    number, protocol = frame[0], frame[1]
    data = pickle.dumps(VALUES[number], protocol)
    text = io.StringIO()
    pickletools.dis(data, text)
    # The last line tells of the protocol.
    lines = text.getvalue().splitlines()[:-1]
    return data.hex() + "\n" + "\n".join(lines)
"#;

#[test]
fn opcodes_are_listed_as_pickletools_does() {
    let cases: Vec<Vec<u8>> = (0..31).flat_map(|value| (0..6).map(move |protocol| vec![value, protocol])).collect();
    let Some(answers) = python::texts(DIS, &cases) else { return };
    for answer in answers {
        assert!(!answer.starts_with("PYTHON"), "{answer}");
        let (hex, expected) = answer.split_once('\n').unwrap();
        let bytes: Vec<u8> =
            (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
        let pickle = Pickle::open(&bytes).unwrap();
        let lines: Vec<String> = pickle.operations().map(|operation| operation.to_string()).collect();
        assert_eq!(lines.join("\n"), expected);
    }
}

/// The arguments of a container of the standard library are read before it is printed. This is limited too if many
/// containers are made of one list or dict that contains them all.
#[test]
fn containers_made_of_what_holds_them_take_no_endless_time() {
    const MANY: usize = 50_000;
    let numbers = b"K\x01".repeat(MANY);
    let pairs = b"K\x01K\x02\x86".repeat(MANY);
    let counts: Vec<u8> =
        (0..MANY as u32).flat_map(|n| [&b"J"[..], &n.to_le_bytes(), b"J", &n.to_le_bytes()].concat()).collect();
    let list = |parts: &[u8], each: &[u8]| [&b"]q\0("[..], parts, &each.repeat(MANY), b"e"].concat();
    let counters: Vec<u8> = (0..MANY as u32)
        .flat_map(|n| [&b"J"[..], &(n + MANY as u32).to_le_bytes(), b"ccollections\nCounter\nh\0\x85R"].concat())
        .collect();
    for held in [
        list(&pairs, b"ccollections\nOrderedDict\nh\0\x85R"),
        list(&numbers, b"ccollections\ndeque\nh\0K\x01\x86R"),
        [&b"}q\0("[..], &counts, &counters, b"u"].concat(),
    ] {
        let pickle = [&b"\x80\x04"[..], &held, b"."].concat();
        // How much is repeated depends on what is shown.
        for text in [Pickle::open(&pickle).unwrap().to_string(), load_value(&pickle).unwrap().to_string()] {
            assert!(text.ends_with("...]") || text.ends_with("...}"), "{}", &text[text.len() - 40..]);
        }
    }
}

/// 2^40 items in a hundred and fifty bytes: repetitions are limited, also in a tree with its indentation.
#[test]
fn trees_do_not_grow_without_end() {
    let pickle = [&b"\x80\x04K\x01"[..], &b"2\x86".repeat(40), b"."].concat();
    let pickle = Pickle::open(&pickle).unwrap();
    for text in [pickle.to_string(), format!("{pickle:#}")] {
        assert!(text.contains("...") && text.len() < 4 << 20, "{}", text.len());
    }
}
