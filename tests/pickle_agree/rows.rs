//! Rows are compared with one that was read before, byte by byte. What they put in the memo is fetched later, as text,
//! names and classes, by whatever comes then.

use std::collections::BTreeMap;

use state_core::{State, pickle};

use super::streams::random;
use super::{Place, Read, agrees};

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Mood")]
enum Mood {
    Calm,
    Happy,
    #[state(rename = "name")]
    Named,
}

type Opcode = Vec<u8>;

fn text(text: &str) -> Opcode {
    [&[0x8C, text.len() as u8], text.as_bytes()].concat()
}

fn get(number: usize) -> Opcode {
    vec![b'h', number as u8]
}

fn put(number: usize) -> Opcode {
    vec![b'q', number as u8]
}

const MEMOIZE: u8 = 0x94;
const HEIGHT: [u8; 9] = [b'G', 0x3F, 0xF0, 0, 0, 0, 0, 0, 0];

fn codes(codes: &[u8]) -> Vec<Opcode> {
    codes.iter().map(|&code| vec![code]).collect()
}

/// A place by opcodes that get its class from the memo, and the names of its attributes or not.
fn place(name: Opcode, names: [bool; 2]) -> Vec<Opcode> {
    let begin = [get(1)].into_iter().chain(codes(b")\x81\x94}\x94("));
    let of = |known: bool, at, name| if known { vec![get(at)] } else { vec![text(name), vec![MEMOIZE]] };
    let names = [of(names[0], 4, "name"), of(names[1], 6, "height")];
    let end = [HEIGHT.to_vec()].into_iter().chain(codes(b"ub"));
    begin.chain(names[0].clone()).chain([name, vec![MEMOIZE]]).chain(names[1].clone()).chain(end).collect()
}

const ROWS: usize = 6;

/// Places, of which all but the first are written alike; a variant whose name is text; and another place, whose class
/// is named by two texts.
fn whole(row: &[Opcode]) -> Vec<Opcode> {
    let mut all: Vec<Opcode> = vec![b"\x80\x04".to_vec(), vec![b']'], vec![MEMOIZE], vec![b'(']];
    all.extend([b"cexample\nPlace\n".to_vec(), vec![MEMOIZE]]);
    all.extend(codes(b")\x81\x94}\x94("));
    all.extend([text("name"), vec![MEMOIZE], text("Calm"), vec![MEMOIZE], text("height"), vec![MEMOIZE]]);
    all.push(HEIGHT.to_vec());
    all.extend(codes(b"ub"));
    (1..ROWS).for_each(|_| all.extend_from_slice(row));
    all.push(vec![b'e']);
    all.extend([text("Happy"), vec![MEMOIZE], vec![0x85], vec![MEMOIZE]]);
    all.extend([text("example"), vec![MEMOIZE], text("Place"), vec![MEMOIZE], vec![0x93], vec![MEMOIZE]]);
    all.extend(codes(b")\x81\x94}\x94("));
    all.extend([text("height"), HEIGHT.to_vec(), text("name"), vec![MEMOIZE], text("Calm")]);
    all.extend(codes(b"ub\x87."));
    all
}

fn read(opcodes: &[Opcode]) -> Read {
    agrees::<(Vec<Place>, Mood, Place)>(&opcodes.concat())
}

/// Exchanges an opcode: a put for one under a number, and anything else, which is then put nowhere, for a get.
fn change(opcodes: &mut Vec<Opcode>, at: usize, number: usize) {
    if opcodes[at] == [MEMOIZE] {
        opcodes[at] = put(number);
        return;
    }
    opcodes[at] = get(number);
    if opcodes.get(at + 1).is_some_and(|next| *next == [MEMOIZE]) {
        opcodes.remove(at + 1);
    }
}

/// Entries in the memo, and one more.
fn entries(opcodes: &[Opcode]) -> usize {
    1 + opcodes.iter().filter(|code| **code == [MEMOIZE]).count()
}

#[test]
fn a_get_in_any_place_gets_what_was_put() {
    for (name, names) in [("Calm", [true; 2]), ("Happy", [false, true]), ("Place", [false; 2])] {
        let usual = whole(&place(text(name), names));
        assert_eq!(read(&usual), Read::Directly);
        let mut found = [0; 2];
        for at in 0..usual.len() {
            for number in 0..entries(&usual) {
                let mut changed = usual.clone();
                change(&mut changed, at, number);
                found[usize::from(read(&changed) != Read::Refused)] += 1;
            }
        }
        assert!(found[0] > 1000 && found[1] > 50, "{name}: {found:?}");
    }
}

#[test]
fn rows_that_put_under_one_number_replace_each_other() {
    let mut random = random(7);
    let mut found = [0; 2];
    for _ in 0..6_000 {
        let mut row = place(text(["Calm", "Happy", "name", "Place"][random(4)]), [random(2) == 0, random(2) == 0]);
        // The number that comes next in the first of these rows, and belongs to another entry in those that follow.
        let puts: Vec<usize> = (0..row.len()).filter(|&at| row[at] == [MEMOIZE]).collect();
        let place = random(puts.len());
        row[puts[place]] = put(7 + place);
        let mut changed = whole(&row);
        let texts: Vec<usize> = (0..changed.len()).filter(|&at| changed[at][0] == 0x8C).collect();
        let last = texts[texts.len() - 1 - random(5)];
        let number = entries(&changed) - random(2 * ROWS);
        change(&mut changed, last, number);
        found[usize::from(read(&changed) != Read::Refused)] += 1;
    }
    assert!(found[0] > 500 && found[1] > 500, "{found:?}");
}

#[test]
fn a_tuple_from_the_memo_is_not_the_one_around_it() {
    type Rows = Vec<((i8, u8), f64)>;
    // Both begin at the same byte; the outer one is not in the memo.
    let first = [&b"\x80\x04]\x94(J\xF7\xFF\xFF\xFFK\x01\x86\x94"[..], &HEIGHT, b"\x86"].concat();
    let whole = |rest: &[u8]| [&first[..], rest, b"e."].concat();
    assert_eq!(agrees::<Rows>(&whole(&[&b"h\x01"[..], &HEIGHT, b"\x86"].concat())), Read::Directly);
    assert_eq!(agrees::<Rows>(&whole(b"h\x01")), Read::Refused);
    // Read by the machine, as its first item is unusual.
    let unusual = [&b"\x80\x04]\x94(\x8a\x01\xF7K\x01\x86\x94"[..], &HEIGHT, b"\x86h\x01e."].concat();
    assert_eq!(agrees::<Rows>(&unusual), Read::Refused);
    // The same of an object.
    let place =
        [&b"cexample\nPlace\n\x94)\x81\x94}\x94(\x8c\x04name\x94\x8c\x01x\x94\x8c\x06height\x94"[..], &HEIGHT, b"ub"];
    let pairs = [&b"\x80\x04]\x94("[..], &place.concat(), b"K\x01\x86h\x02e."].concat();
    assert_eq!(agrees::<Vec<(Place, u8)>>(&pairs), Read::Refused);
}

#[test]
fn text_is_not_passed_over_if_what_follows_it_is_refused() {
    type Maps = Vec<BTreeMap<String, String>>;
    let map = |after: &[u8]| {
        let texts = [&b"\x8c\x01a\x94\x8c\0"[..], after, b"\x8c\x01b\x94"].concat();
        [&b"\x80\x04]\x94}\x94("[..], &texts, b"ua."].concat()
    };
    // A put under another number than the next one; and a frame of more bytes than there are.
    assert_eq!(agrees::<Maps>(&map(b"q\x09")), Read::Refused);
    assert_eq!(agrees::<Maps>(&map(b"\x95\xFF\0\0\0\0\0\0\0")), Read::Refused);
    assert_eq!(agrees::<Maps>(&map(b"q\x09\x8c\x01c\x94")), Read::ByTheMachine);
    // The same before a tuple.
    let moods =
        |frame: &[u8]| [&b"\x80\x04]\x94(\x8c\x04Calm\x94\x85\x94"[..], frame, b"\x8c\x05Happy\x94\x85e."].concat();
    assert_eq!(agrees::<Vec<Mood>>(&moods(b"")), Read::Directly);
    assert_eq!(agrees::<Vec<Mood>>(&moods(b"\x95\xFF\0\0\0\0\0\0\0")), Read::Refused);
}

#[test]
fn a_list_from_the_memo_may_begin_the_tuple_before() {
    // Both begin at the same byte, and the tuple was completed last.
    let pickle = b"\x80\x04]\x94(K\x01K\x02eK\x03\x86\x94h\x00\x86\x94.";
    assert_eq!(agrees::<((Vec<u32>, u8), Vec<u32>)>(pickle), Read::Directly);
}

/// Text under a number that is not the next is left to the machine, and the text behind it is not read in its place.
#[test]
fn text_under_another_number_is_not_skipped() {
    for put in [&b"q\x07"[..], b"r\x07\0\0\0"] {
        // Behind them is as much as is examined at once.
        let pickle = [b"\x80\x04](\x8c\x01a", put, b"\x8c\x01be](", &[b')'; 30], b"e\x86."].concat();
        assert_eq!(agrees::<(Vec<char>, Vec<()>)>(&pickle), Read::ByTheMachine);
        assert_eq!(pickle::loads::<(Vec<char>, Vec<()>)>(&pickle).unwrap().0, ['a', 'b']);
        assert_eq!(agrees::<(Vec<String>, Vec<()>)>(&pickle), Read::ByTheMachine);
        assert_eq!(pickle::loads::<(Vec<String>, Vec<()>)>(&pickle).unwrap().0, ["a", "b"]);
    }
}

/// A variant that was met before is neither the name of one nor what its class was named by.
#[test]
fn a_variant_is_named_by_text_alone() {
    let list = |protocol: &[u8], items: &[&[u8]]| [protocol, b"(", &items.concat(), b"l."].concat();
    let old = &b"c__builtin__\ngetattr\n(cexample\nMood\nVCalm\ntRp0\n"[..];
    assert_eq!(agrees::<Vec<Mood>>(&list(b"", &[old, b"g0\n"])), Read::Directly);
    assert_eq!(agrees::<Vec<Mood>>(&list(b"", &[old, b"(g0\nt"])), Read::Refused);
    // The module of the function is all that is in the memo.
    let new = b"\x8c\x08builtins\x94\x8c\x07getattr\x93cexample\nMood\n\x8c\x04Calm\x86R";
    let list = |item: &[u8]| [b"\x80\x04](", &new[..], item, b"e."].concat();
    assert_eq!(agrees::<Vec<Mood>>(&list(b"\x8c\x05Happy\x85")), Read::Directly);
    assert_eq!(agrees::<Vec<Mood>>(&list(b"h\x00\x85")), Read::Refused);
}

/// What looks like the end of a list, because it is not of the type that is wanted here, can be its next item.
#[test]
fn a_list_from_the_memo_is_read_to_its_end() {
    let pair = |list: &[u8]| [b"\x80\x02]q\x00", list, b"h\x00\x86."].concat();
    let tuples = pair(b"K\x01X\x01\0\0\0a\x86a");
    assert_eq!(agrees::<(Vec<(u8, String)>, Vec<(u8,)>)>(&tuples), Read::Refused);
    assert_eq!(agrees::<(Vec<(u8, String)>, Vec<(u8, char)>)>(&tuples), Read::Directly);
    for numbers in [&b"J\x2c\x01\x01\0a"[..], b"(K\x01J\x2c\x01\x01\0e"] {
        assert_eq!(agrees::<(Vec<u32>, Vec<u16>)>(&pair(numbers)), Read::Refused);
        assert_eq!(agrees::<(Vec<u32>, Vec<i64>)>(&pair(numbers)), Read::Directly);
    }
    let dict = b"\x80\x02}q\x00X\x01\0\0\0aJ\x2c\x01\x01\0sh\x00\x86.";
    assert_eq!(agrees::<(BTreeMap<String, u32>, BTreeMap<String, u16>)>(dict), Read::Refused);
    // Batches that only the machine reads, as more follows one that is not full.
    let lists = b"\x80\x02]q\x00(]q\x01(K\x01K\x02eK\x03ah\x01](K\x04eeh\x01\x86.";
    assert_ne!(agrees::<(Vec<Vec<u16>>, Vec<u16>)>(lists), Read::Refused);
    let read = pickle::loads::<(Vec<Vec<u16>>, Vec<u16>)>(lists).unwrap();
    assert_eq!(read, (vec![vec![1, 2, 3], vec![1, 2, 3], vec![4]], vec![1, 2, 3]));
}
