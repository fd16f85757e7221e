//! Native bytes without a header: how short they are, what they hold, and that whatever bytes come, the answer is an
//! error or a value. `tests/golden.rs` has their golden files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt::Debug;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use state_core::image::bare::{self, BareReader, BareWriter};
use state_core::image::stream;
use state_core::{ErrorKind, Options, Record, RestoreOwned, State, dumps};

#[derive(State, Debug, Clone, PartialEq)]
struct Pair {
    key: u32,
    value: f64,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Named {
    name: String,
    age: u8,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Player {
    name: String,
    items: Vec<u16>,
    alive: bool,
}

#[derive(State, Debug, Clone, PartialEq)]
enum Message {
    Ping(u64),
    Said { from: u32, text: String },
    Seen(Vec<Player>),
    Left,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Tree {
    value: i16,
    children: Vec<Tree>,
    next: Option<Box<Tree>>,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Generic<T> {
    of: T,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Packet {
    kind: u8,
    #[state(bytes)]
    payload: Vec<u8>,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Everything {
    name: String,
    list: Vec<Named>,
    #[state(bytes)]
    samples: Vec<f32>,
}

#[derive(Record, Debug, Clone, Copy, PartialEq)]
#[repr(C)]
struct Point {
    x: f32,
    y: f32,
}

fn player(name: &str) -> Player {
    Player { name: name.into(), items: vec![1, 2, 3], alive: true }
}

/// There and back, by every way in, and into a live value.
fn round<T: State + RestoreOwned + Debug + PartialEq + Clone>(value: &T, other: &T) -> usize {
    let bytes = bare::dumps(value).unwrap();
    let mut buffer = vec![0xAA; 1000];
    bare::dump_into(value, &mut buffer).unwrap();
    assert_eq!(buffer, bytes);
    bare::check::<T>(&bytes).unwrap();
    assert_eq!(bare::loads::<T>(&bytes).unwrap(), *value);
    let mut live = other.clone();
    bare::load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, *value);
    assert!(bytes.len() <= dumps(value).unwrap().len() - 24, "{value:?}");
    hostile(&bytes, other);
    bytes.len()
}

/// Every byte changed to every value, every cut, and a byte more: all ways in agree, and what fails changes nothing.
fn hostile<T: State + RestoreOwned + Debug + PartialEq + Clone>(bytes: &[u8], other: &T) {
    for at in 0..bytes.len() {
        let mut damaged = bytes.to_vec();
        for byte in 0..=u8::MAX {
            damaged[at] = byte;
            answers(&damaged, other);
        }
    }
    for len in 0..bytes.len() {
        assert!(bare::loads::<T>(&bytes[..len]).is_err(), "cut to {len}");
        answers(&bytes[..len], other);
    }
    for more in [0, 1, 0xFF] {
        let longer = [bytes, &[more]].concat();
        assert!(bare::check::<T>(&longer).is_err(), "and a byte more");
        answers(&longer, other);
    }
}

fn answers<T: State + RestoreOwned + Debug + PartialEq + Clone>(bytes: &[u8], other: &T) {
    let mut live = other.clone();
    let restored = bare::load_into(bytes, &mut live);
    match bare::loads::<T>(bytes) {
        Ok(value) => {
            restored.unwrap();
            bare::check::<T>(bytes).unwrap();
            assert_eq!(format!("{live:?}"), format!("{value:?}"));
        }
        Err(error) => {
            assert_eq!(restored.unwrap_err().to_string(), error.to_string());
            assert_eq!(bare::check::<T>(bytes).unwrap_err().to_string(), error.to_string());
            assert_eq!(live, *other, "{error}");
            assert!(error.offset().is_none_or(|offset| offset <= bytes.len()), "{error}");
        }
    }
}

#[test]
fn what_has_no_region_is_its_head() {
    let pair = Pair { key: 7, value: 0.5 };
    assert_eq!(bare::dumps(&pair).unwrap(), [&7_u32.to_le_bytes()[..], &0.5_f64.to_le_bytes()].concat());
    assert_eq!(round(&pair, &Pair { key: 0, value: -1.0 }), 12);
    assert_eq!(round(&(true, 'x', [1_u8, 2]), &(false, 'y', [0, 0])), 7);
    assert_eq!(round(&Duration::new(1, 2), &Duration::ZERO), 12);
    assert_eq!(round(&[Some(1_u8), None], &[None, Some(9)]), 4);
    assert!(bare::dumps(&()).unwrap().is_empty());
    bare::loads::<()>(&[]).unwrap();
    assert!(bare::loads::<()>(&[0]).is_err());
}

#[test]
fn one_region_has_no_length() {
    // Length of the name in the head, and the name.
    assert_eq!(round(&Named { name: "Ada".into(), age: 3 }, &Named { name: "Grace Hopper".into(), age: 0 }), 4 + 1 + 3);
    assert_eq!(round(&vec![1_u16, 2, 3], &vec![]), 4 + 6);
    assert_eq!(round(&String::from("ßé"), &String::new()), 4 + 4);
    assert_eq!(round(&Some(Box::new(5_u64)), &None), 1 + 8);
    assert_eq!(round(&Generic { of: String::from("x") }, &Generic { of: String::new() }), 5);
    assert_eq!(round(&Generic { of: 5_u8 }, &Generic { of: 0 }), 1);
    // Arrays lie at multiples of 16, counted from the start.
    assert_eq!(round(&Packet { kind: 1, payload: vec![1, 2, 3] }, &Packet { kind: 0, payload: vec![] }), 32);
    assert_eq!(round(&Packet { kind: 1, payload: vec![] }, &Packet { kind: 0, payload: vec![9] }), 9);
}

#[test]
fn of_more_regions_the_last_has_no_length() {
    assert_eq!(round(&player("Ada"), &player("Grace Hopper")), 1 + (4 + 4 + 1) + 6 + 3);
    let long = Player { name: "x".repeat(300), items: (0..100).collect(), alive: false };
    let bytes = bare::dumps(&long).unwrap();
    // Two bytes of length, behind the head.
    assert_eq!((&bytes[9..11], bytes.len()), (&[0xC8, 0x01][..], 9 + 2 + 200 + 300));
    assert_eq!(bare::loads::<Player>(&bytes).unwrap(), long);
    let everything = |name: &str, count: u8| Everything {
        name: name.into(),
        list: (0..count).map(|age| Named { name: format!("{name}{age}"), age }).collect(),
        samples: (0..count).map(f32::from).collect(),
    };
    round(&everything("a", 3), &everything("b", 0));
    round(&everything("", 0), &everything("b", 2));
    round(&everything("ß", 5), &everything("", 9));
}

#[test]
fn messages() {
    let all = [
        Message::Ping(1),
        Message::Said { from: 3, text: "hello".into() },
        Message::Said { from: 3, text: String::new() },
        Message::Seen(vec![player("a"), player("ß")]),
        Message::Seen(vec![]),
        Message::Left,
    ];
    for message in &all {
        round(message, &all[3]);
        round(message, &all[1]);
    }
}

#[test]
fn containers_and_recursion() {
    let map: BTreeMap<String, Vec<u8>> = [("a".into(), vec![1]), ("b".into(), vec![])].into();
    round(&map, &BTreeMap::new());
    round(&HashMap::from([(1_u8, 2_u8)]), &HashMap::new());
    round(&BTreeSet::from([-1_i16, 0, 1]), &BTreeSet::new());
    round(&VecDeque::from([1_u8, 2]), &VecDeque::new());
    round(&vec![(); 3], &vec![]);
    round(&(Rc::new(1_u8), Arc::new(String::from("x"))), &(Rc::new(0), Arc::new(String::new())));
    round(&vec![Some([1_u64, 2]), None], &vec![]);
    let leaf = |value| Tree { value, children: vec![], next: None };
    let tree = Tree { value: 1, children: vec![leaf(2), leaf(3)], next: Some(Box::new(leaf(4))) };
    round(&tree, &leaf(0));
}

#[test]
fn what_is_borrowed_stays_in_the_bytes() {
    #[derive(State, Debug, PartialEq)]
    struct View<'a> {
        name: &'a str,
        #[state(bytes)]
        points: Cow<'a, [Point]>,
    }

    let view = View { name: "a", points: Cow::Owned(vec![Point { x: 1.0, y: 2.0 }]) };
    let bytes = bare::dumps(&view).unwrap();
    // At a multiple of 16, as a record of a stream lies.
    let mut space = vec![0; bytes.len() + 16];
    let start = space.as_ptr().align_offset(16);
    space[start..start + bytes.len()].copy_from_slice(&bytes);
    let bytes = &space[start..start + bytes.len()];
    let loaded: View<'_> = bare::loads(bytes).unwrap();
    assert_eq!(loaded, view);
    assert!(bytes.as_ptr_range().contains(&loaded.name.as_ptr()));
    assert!(matches!(loaded.points, Cow::Borrowed(_)) || cfg!(target_endian = "big"));
}

#[test]
fn a_length_has_one_form() {
    // The tail's length as it is, and in two bytes.
    let bytes = bare::dumps(&player("Ada")).unwrap();
    let (head, behind) = (&bytes[..9], &bytes[10..]);
    assert_eq!(bytes[9], 6);
    let longer = [head, &[0x86, 0], behind].concat();
    let error = bare::loads::<Player>(&longer).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Player: expected the length of a region, in as few bytes as it takes, found other bytes at byte 9",
    );
    for front in [&[0xFF; 9][..], &[0xFF; 10], &[[0xFF; 9].as_slice(), &[1]].concat(), &[0x80; 12]] {
        let error = bare::loads::<Player>(&[head, front, behind].concat()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Length);
    }
}

#[test]
fn errors_name_the_type_and_the_place() {
    let error = |bytes: &[u8]| bare::loads::<Player>(bytes).unwrap_err().to_string();
    let bytes = bare::dumps(&player("Ada")).unwrap();
    assert_eq!(error(&bytes[..bytes.len() - 4]), "Player: expected at least 16 bytes, found 15 at byte 15");
    assert_eq!(error(&[]), "Player: expected at least 9 bytes, found 0 at byte 0");
    assert_eq!(
        error(&bytes[..9]),
        "Player: expected the length of a region, in as few bytes as it takes, found the end of the bytes at byte 9",
    );
    let mut damaged = bytes.clone();
    damaged[8] = 2;
    assert_eq!(error(&damaged), "Player.alive: expected a bool (0 or 1), found 2 at byte 8");
    let pair = bare::loads::<Pair>(&[0; 13]).unwrap_err();
    assert_eq!(pair.to_string(), "Pair: expected 12 bytes, found 13 at byte 12");
}

#[test]
fn another_type_is_not_told_from_this_one() {
    // What the header is for.
    let bytes = bare::dumps(&(7_u32, 0.5_f64)).unwrap();
    assert_eq!(bare::loads::<Pair>(&bytes).unwrap(), Pair { key: 7, value: 0.5 });
    let error = state_core::loads::<Pair>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotState);
}

#[test]
fn settings_hold() {
    let wide = vec![None::<[u64; 1000]>; 100];
    let bytes = bare::dumps(&wide).unwrap();
    assert_eq!(bare::loads::<Vec<Option<[u64; 1000]>>>(&bytes).unwrap(), wide);
    let options = Options::new().memory(1 << 10).bare();
    assert_eq!(options.loads::<Vec<Option<[u64; 1000]>>>(&bytes).unwrap_err().kind(), ErrorKind::Memory);
    let mut live = vec![None::<[u64; 1000]>];
    assert_eq!(options.load_into(&bytes, &mut live).unwrap_err().kind(), ErrorKind::Memory);
    assert_eq!((live.len(), options.check::<Vec<Option<[u64; 1000]>>>(&bytes).is_err()), (1, true));

    let nested = vec![vec![vec![1_u8]]];
    let options = Options::new().depth(1).bare();
    assert_eq!(options.dumps(&nested).unwrap_err().kind(), ErrorKind::Depth);
    let mut buffer = vec![1, 2, 3];
    assert!(options.dump_into(&nested, &mut buffer).is_err() && buffer.is_empty());
    let bytes = bare::dumps(&nested).unwrap();
    assert_eq!(options.loads::<Vec<Vec<Vec<u8>>>>(&bytes).unwrap_err().kind(), ErrorKind::Depth);
    assert_eq!(Options::new().depth(2).bare().loads::<Vec<Vec<Vec<u8>>>>(&bytes).unwrap(), nested);
}

#[test]
fn a_refusal_changes_nothing() {
    #[derive(State, Debug, PartialEq, Clone)]
    #[state(after_set = Even::test)]
    struct Even {
        number: u8,
        text: String,
    }

    impl Even {
        fn test(&mut self) -> Result<(), &'static str> {
            if self.number % 2 == 0 { Ok(()) } else { Err("it is odd") }
        }
    }

    let even = Even { number: 2, text: "two".into() };
    let bytes = bare::dumps(&Even { number: 3, text: "three".into() }).unwrap();
    let mut live = even.clone();
    let error = bare::load_into(&bytes, &mut live).unwrap_err();
    assert_eq!((error.kind(), live), (ErrorKind::Refused, even));
    assert_eq!(bare::loads::<Even>(&bytes).unwrap_err().to_string(), error.to_string());
    bare::check::<Even>(&bytes).unwrap();
}

fn stream_of(messages: &[Message]) -> Vec<u8> {
    let mut writer = BareWriter::new(Vec::new()).unwrap();
    for message in messages {
        writer.write(message).unwrap();
    }
    writer.into_inner()
}

fn some() -> [Message; 4] {
    let text = "long ".repeat(60);
    [Message::Ping(1), Message::Said { from: 3, text }, Message::Seen(vec![player("a"), player("ß")]), Message::Left]
}

#[test]
fn a_stream_has_the_schema_once() {
    let messages = some();
    let bytes = stream_of(&messages);
    let header = stream_of(&[]).len();
    let states: usize = messages.iter().map(|message| bare::dumps(message).unwrap().len()).sum();
    // The text's length takes a second byte.
    assert_eq!(bytes.len(), header + states + 5);

    let mut reader = BareReader::new(&bytes[..]).unwrap();
    for message in &messages {
        assert_eq!(reader.load::<Message>().unwrap().as_ref(), Some(message));
        assert_eq!(reader.bytes(), bare::dumps(message).unwrap());
    }
    assert_eq!((reader.load::<Message>().unwrap(), reader.bytes().len()), (None, 0));

    let mut reader = BareReader::new(&bytes[..]).unwrap();
    let mut live = Message::Left;
    for message in &messages {
        assert!(reader.load_into(&mut live).unwrap());
        assert_eq!(live, *message);
    }
    assert!(!reader.load_into(&mut live).unwrap());
    assert_eq!(live, messages[3]);

    let mut of_nothing = BareWriter::new(Vec::new()).unwrap();
    of_nothing.write(&()).unwrap();
    of_nothing.write(&()).unwrap();
    let bytes = of_nothing.into_inner();
    let mut reader = BareReader::new(&bytes[..]).unwrap();
    assert_eq!([(); 3].map(|()| reader.load::<()>().unwrap()), [Some(()), Some(()), None]);
}

#[test]
fn a_stream_of_another_type_or_form_is_refused() {
    let bytes = stream_of(&some());
    let mut reader = BareReader::new(&bytes[..]).unwrap();
    let error = reader.load::<Pair>().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("Pair") && error.to_string().contains("Message"), "{error}");
    // Nothing was read for it.
    assert_eq!(reader.load::<Message>().unwrap(), Some(Message::Ping(1)));

    let error = stream::StreamReader::new(&bytes[..]).unwrap_err();
    assert!(error.to_string().contains("`image::bare::BareReader` reads them"), "{error}");
    let mut framed = stream::StreamWriter::new(Vec::new()).unwrap();
    framed.write(&Message::Left).unwrap();
    let error = BareReader::new(&framed.into_inner()[..]).unwrap_err();
    assert!(error.to_string().contains("`image::stream::StreamReader` reads them"), "{error}");
    assert!(BareReader::new(&dumps(&Message::Left).unwrap()[..]).is_err());
}

#[test]
fn every_cut_and_every_byte_of_a_stream_is_an_answer() {
    let messages = [Message::Ping(1), Message::Said { from: 3, text: "hello".into() }, Message::Left];
    let bytes = stream_of(&messages);
    let header = stream_of(&[]).len();
    let ends: Vec<usize> = messages
        .iter()
        .scan(header, |at, message| {
            *at += 1 + bare::dumps(message).unwrap().len();
            Some(*at)
        })
        .collect();
    for len in 0..=bytes.len() {
        let Ok(mut reader) = BareReader::new(&bytes[..len]) else {
            assert!(len < header);
            continue;
        };
        let whole = ends.iter().filter(|&&end| end <= len).count();
        for message in &messages[..whole] {
            assert_eq!(reader.load::<Message>().unwrap().as_ref(), Some(message));
        }
        match reader.load::<Message>() {
            Ok(None) => assert!(len == header || ends.contains(&len), "{len}"),
            other => assert_eq!(other.unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{len}"),
        }
        assert_eq!(reader.load::<Message>().unwrap(), None);
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        for byte in 0..=u8::MAX {
            damaged[at] = byte;
            let Ok(mut reader) = BareReader::new(&damaged[..]) else { continue };
            assert!(at >= header || damaged == bytes, "{at}");
            let mut live = Message::Left;
            (0..5).for_each(|_| drop(reader.load_into(&mut live)));
        }
    }
}

#[test]
fn a_stream_asks_for_no_more_than_comes() {
    let mut bytes = stream_of(&[]);
    bytes.extend([0xFF, 0xFF, 0xFF, 0xFF, 0x03]);
    let error = BareReader::new(&bytes[..]).unwrap().load::<Message>().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    let error = BareReader::new(&bytes[..]).unwrap().max_state(1000).load::<Message>().unwrap_err();
    assert!(error.to_string().contains("`BareReader::max_state` sets the limit"), "{error}");
    for length in [&[0xFF; 12][..], &[0x80, 0], &[0xFF; 3]] {
        let bytes = [&stream_of(&[]), length].concat();
        assert!(BareReader::new(&bytes[..]).unwrap().advance().is_err());
    }
}

#[test]
fn a_state_that_cannot_be_written_or_loaded_leaves_the_stream_as_it_was() {
    type Nested = Vec<Vec<Vec<u8>>>;

    let options = Options::new().depth(1).bare();
    let mut writer = BareWriter::<Nested, _>::with_options(Vec::new(), options).unwrap();
    assert!(writer.write(&vec![vec![vec![1]]]).is_err());
    writer.write(&vec![]).unwrap();
    let written = writer.into_inner();
    let mut reader = BareReader::new(&written[..]).unwrap();
    assert_eq!(reader.load::<Nested>().unwrap(), Some(vec![]));
    assert_eq!(reader.load::<Nested>().unwrap(), None);

    let mut writer = BareWriter::<Nested, _>::new(Vec::new()).unwrap();
    writer.write(&vec![vec![vec![1]]]).unwrap();
    writer.write(&vec![]).unwrap();
    let bytes = writer.into_inner();
    let mut reader = BareReader::with_options(&bytes[..], options).unwrap();
    assert_eq!(reader.load::<Nested>().unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert_eq!(reader.load::<Nested>().unwrap(), Some(vec![]));
}

#[test]
fn a_stream_that_is_torn_while_it_is_written_is_over() {
    struct Full(usize);

    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("full"))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut writer = BareWriter::new(Full(stream_of(&[]).len() + 1)).unwrap();
    assert_eq!(writer.write(&Message::Left).unwrap_err().to_string(), "full");
    assert!(writer.write(&Message::Left).unwrap_err().to_string().contains("torn"));
}

/// What keeps shared objects one needs a header.
mod shared_objects {
    use std::rc::Weak;

    use super::*;

    #[derive(State, Debug, Clone, PartialEq)]
    #[state(shared)]
    struct Walls {
        left: Rc<u8>,
        right: Rc<u8>,
    }

    #[derive(State, Debug, Clone, PartialEq)]
    struct House {
        name: String,
        walls: Vec<Walls>,
    }

    #[derive(State, Debug, Default)]
    struct Child {
        parent: Weak<String>,
    }

    /// As [`Walls`], without the word.
    #[derive(State, Debug, Clone, PartialEq)]
    #[state(name = "Walls")]
    struct Plain {
        left: Rc<u8>,
        right: Rc<u8>,
    }

    /// It says so, and has no pointers.
    #[derive(State, Debug, Clone, PartialEq)]
    #[state(shared)]
    struct Flat {
        number: u16,
    }

    fn walls() -> Walls {
        let stone = Rc::new(7);
        Walls { left: stone.clone(), right: stone }
    }

    fn is_refused<T: State + RestoreOwned + Debug>(value: &T, live: &mut T, name: &str) {
        let expected = format!(
            "{name}: expected a state in which no object is shared, for bytes without a header (`dumps` and `loads` keep \
             shared objects one, and so does `image::stream`), found one with `#[state(shared)]` or `Weak` in it"
        );
        let mut buffer = vec![1];
        let errors = [
            bare::dumps(value).unwrap_err(),
            bare::dump_into(value, &mut buffer).unwrap_err(),
            Options::new().sharing().bare().dumps(value).unwrap_err(),
            Options::new().refuse_copies().bare().dumps(value).unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.to_string(), error.kind()), (expected.clone(), ErrorKind::Unwritable));
        }
        assert!(buffer.is_empty());
        let before = format!("{live:?}");
        let own = dumps(value).unwrap();
        for bytes in [&own[..], &own[40..], &[], &[0; 2], &[1; 64]] {
            let errors = [
                bare::loads::<T>(bytes).unwrap_err(),
                bare::check::<T>(bytes).unwrap_err(),
                bare::load_into(bytes, live).unwrap_err(),
            ];
            for error in errors {
                assert_eq!(error.to_string(), expected);
            }
        }
        assert_eq!(format!("{live:?}"), before);
        let error = BareWriter::<T, _>::new(Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn types_that_share_are_refused_by_name() {
        is_refused(&walls(), &mut Walls { left: Rc::new(1), right: Rc::new(2) }, "Walls");
        let house = House { name: "a".into(), walls: vec![walls()] };
        is_refused(&house, &mut House { name: "b".into(), walls: vec![] }, "House");
        is_refused(&Child::default(), &mut Child::default(), "Child");
        assert!(bare::dumps(&vec![walls()]).is_err());
    }

    #[test]
    fn what_has_no_pointers_shares_nothing() {
        round(&Flat { number: 7 }, &Flat { number: 1 });
        assert_eq!(bare::dumps(&Flat { number: 7 }).unwrap(), [7, 0]);
        assert_eq!(Options::new().sharing().bare().dumps(&Flat { number: 7 }).unwrap(), [7, 0]);
    }

    #[test]
    fn copies_are_written_unless_they_are_refused() {
        let stone = Rc::new(7);
        let plain = Plain { left: stone.clone(), right: stone };
        round(&plain, &Plain { left: Rc::new(1), right: Rc::new(2) });
        let back: Plain = bare::loads(&bare::dumps(&plain).unwrap()).unwrap();
        assert!(!Rc::ptr_eq(&back.left, &back.right));

        let refusing = Options::new().refuse_copies().bare();
        let error = refusing.dumps(&plain).unwrap_err();
        let of_image = Options::new().refuse_copies().dumps(&plain).unwrap_err();
        assert_eq!(error.to_string(), of_image.to_string());
        assert_eq!(refusing.dumps(&back).unwrap(), bare::dumps(&back).unwrap());
        let error = Options::new().sharing().bare().dumps(&back).unwrap_err();
        assert!(error.to_string().ends_with("found `Options::sharing`"), "{error}");
    }

    #[test]
    fn a_stream_of_the_type_without_the_word_is_no_stream_of_the_other() {
        let mut writer = BareWriter::new(Vec::new()).unwrap();
        let plain = Plain { left: Rc::new(1), right: Rc::new(2) };
        writer.write(&plain).unwrap();
        writer.write(&plain).unwrap();
        let bytes = writer.into_inner();
        let mut reader = BareReader::new(&bytes[..]).unwrap();
        let error = reader.load::<Walls>().unwrap_err();
        assert!(error.to_string().starts_with("Walls: expected a state in which no object is shared"), "{error}");
        assert_eq!(reader.load::<Plain>().unwrap(), Some(plain));
        // Numbers that no such stream has.
        let mut numbered = bytes.clone();
        numbered[5] |= 2;
        let error = BareReader::new(&numbered[..]).unwrap_err();
        assert!(error.to_string().contains("flags that it does not have"), "{error}");
    }
}
