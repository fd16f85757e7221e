//! The choices of the writer.

use std::collections::{BTreeMap, BTreeSet};

use state_core::pickle::{self, PickleOptions, Protocol};

use super::example::Person;
use super::{Club, Read, agrees, python};

/// Rows are written together with the groups in them as far as there is space; how much there was must not affect the
/// bytes.
#[test]
fn groups_in_rows_are_written_alike_into_any_buffer() {
    let person = |at: usize| Person { name: "n".repeat(at % 40), age: at as i32 - 9 };
    let club = |(at, &count): (usize, &usize)| Club {
        members: (0..count).map(person).collect(),
        name: "c".repeat(at),
        shares: (0..count % 1500).map(|share| (share.to_string(), -7)).collect(),
        tags: (0..count % 3).map(|tag| "t".repeat(tag + 250)).collect(),
        rows: vec![(1, true); count],
        place: (0, 1, 2, 3),
    };
    let sizes = [0, 1, 2, 3, 0, 0, 7, 200, 999, 1000, 1001, 2500, 1, 0, 30, 4000];
    let clubs: Vec<Club> = sizes.iter().cycle().take(100).enumerate().map(club).collect();
    for protocol in Protocol::ALL {
        let options = PickleOptions::new().protocol(protocol);
        let pickle = options.dumps(&clubs).unwrap();
        assert!(options.loads::<Vec<Club>>(&pickle).unwrap() == clubs);
        assert_eq!(agrees::<Vec<Club>>(&pickle), Read::Directly);
        for used in [1, 5000, 70_000, 3_000_000] {
            let mut buffer = vec![0xAA; used];
            options.dump_into(&clubs, &mut buffer).unwrap();
            assert!(buffer == pickle, "{used}");
        }
    }
}

/// Finds the newest opcode of a pickle, and the most items that one opcode adds.
const SHAPE: &str = r#"
import io, pickle, pickletools

class Reader(pickle._Unpickler):
    dispatch, most = dict(pickle._Unpickler.dispatch), 0

def counting(load, width):
    def counts(self):
        self.most = max(self.most, len(self.stack) // width)
        load(self)
    return counts

for code, width in (pickle.APPENDS, 1), (pickle.SETITEMS, 2), (pickle.ADDITEMS, 1):
    Reader.dispatch[code[0]] = counting(Reader.dispatch[code[0]], width)

def case(frame):
    reader = Reader(io.BytesIO(frame))
    reader.load()
    return "%d %d" % (max(code.proto for code, _, _ in pickletools.genops(frame)), reader.most)
"#;

#[test]
fn rows_have_the_opcodes_and_batches_that_their_protocol_has() {
    type Row = (String, BTreeSet<u16>, Vec<u16>, BTreeMap<u16, bool>);
    let lengths = [0, 1, 3, 999, 1000, 1001, 2500];
    // Text shorter and longer than a length of one byte allows, also where no other text follows it.
    let row = |(at, count): (usize, u16)| -> Row {
        let numbers = 0..count;
        (
            "t".repeat(250 + at % 9),
            numbers.clone().collect(),
            numbers.clone().collect(),
            numbers.map(|n| (n, true)).collect(),
        )
    };
    let rows: Vec<Row> = lengths.into_iter().cycle().take(40).enumerate().map(row).collect();
    let pickles: Vec<_> =
        Protocol::ALL.map(|protocol| PickleOptions::new().protocol(protocol).dumps(&rows).unwrap()).into();
    for (protocol, pickle) in Protocol::ALL.into_iter().zip(&pickles) {
        assert!(pickle::loads::<Vec<Row>>(pickle).unwrap() == rows, "{protocol:?}");
    }
    for (protocol, answer) in Protocol::ALL.into_iter().zip(python::answers(SHAPE, &pickles).unwrap_or_default()) {
        let answer = String::from_utf8(answer).unwrap();
        let (newest, most) = answer.split_once(' ').unwrap_or_else(|| panic!("{answer}"));
        assert!(newest.parse::<u8>().unwrap() <= protocol.number(), "{answer} at {protocol:?}");
        // Protocol 0 has an opcode for each item.
        let expected = if protocol == Protocol::V0 { "0" } else { "1000" };
        assert_eq!(most, expected, "{protocol:?}");
    }
}

/// Large payloads are outside of the frames, so that they can be read in place, and no frame is empty.
#[test]
fn large_bytes_stand_in_no_frame() {
    let large = vec![7_u8; 70_000];
    for protocol in [Protocol::V4, Protocol::V5] {
        let pickle = PickleOptions::new().protocol(protocol).dump_value(&large.clone().into()).unwrap();
        assert_eq!(pickle[..7], [0x80, protocol.number(), b'B', 0x70, 0x11, 0x01, 0]);
        let both = state_core::Value::from((1, large.clone(), large.clone()));
        let pickle = PickleOptions::new().protocol(protocol).dump_value(&both).unwrap();
        let frames = (0..pickle.len() - 9).filter(|&at| pickle[at..].starts_with(b"\x95"));
        for at in frames {
            let len = u64::from_le_bytes(pickle[at + 1..at + 9].try_into().unwrap());
            assert!((1..100).contains(&len), "{len} at {at}");
        }
    }
}
