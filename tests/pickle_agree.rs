//! Pickles that are laid out as usual are read on a short way, all others by a stack machine. Both make the same of any
//! stream, of those that Python writes, of our own, and of these when they were changed at random.

#![allow(clippy::option_option, clippy::cast_precision_loss, reason = "the kinds that are compared")]

mod example;
mod python;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::num::NonZeroU16;
use std::ops::Range;
use std::time::Duration;

use state_core::pickle::{self, PickleOptions, Protocol};
use state_core::{RestoreOwned, State};

use example::Person;

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Place", pickle = "dict")]
struct Place {
    name: String,
    height: f64,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Town", pickle = "dict")]
struct Town {
    #[state(flatten_parent)]
    place: Place,
    mayor: Option<Box<str>>,
    area: Option<i16>,
    #[state(bytes)]
    map: Vec<u16>,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.One", pickle = "dict")]
struct One {
    #[state(default)]
    only: u64,
}

#[derive(State, Clone, Debug, PartialEq)]
enum Shape {
    Empty,
    Named(String),
    Many { a: u8, b: i8, c: f32, d: bool },
}

/// Its slots are groups, few and small or none, beside other values.
#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Club")]
struct Club {
    members: Vec<Person>,
    name: String,
    shares: BTreeMap<String, i16>,
    tags: BTreeSet<String>,
    rows: Vec<(u8, bool)>,
    place: (i32, i32, i32, i32),
}

/// A kind in each of its slots that has no opcode of its own, or a form of its own.
#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Odd")]
struct Odd {
    letter: char,
    after: Duration,
    at: [f32; 3],
    twenty: [u8; 20],
    flags: [Option<bool>; 17],
    maybe: Option<Option<i64>>,
    boxed: Box<(u128, i128)>,
    some: NonZeroU16,
    color: Color,
    pair: Pair,
    span: Range<u32>,
    bag: Bag,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Color", pickle = "enum")]
enum Color {
    Red = 1,
    Green = 2,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Pair", pickle = "call")]
struct Pair {
    one: String,
    two: Vec<Vec<u16>>,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Bag", pickle = "cython")]
struct Bag {
    width: u64,
    name: String,
    also: Vec<String>,
}

/// What became of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// On the short way, and on the long one as the same.
    Directly,
    /// On the long way alone.
    ByTheMachine,
    Refused,
}

/// Reads a stream on the short way if it is one for that, and again behind two opcodes that this does not know and the
/// machine leaves alone.
fn agrees<T: RestoreOwned + PartialEq + Debug>(pickle: &[u8]) -> Read {
    let head = if pickle.first() == Some(&0x80) { 2.min(pickle.len()) } else { 0 };
    let long = [&pickle[..head], b"N0", &pickle[head..]].concat();
    assert!(!PickleOptions::new().is_read_directly::<T>(&long), "{long:?}");
    assert!(!PickleOptions::new().is_built_directly(&long), "{long:?}");
    values_agree(pickle, &long);
    match (pickle::loads::<T>(pickle), pickle::loads::<T>(&long)) {
        (Ok(short), Ok(long)) => {
            // A NaN is not equal to itself, but looks so.
            assert!(short == long || format!("{short:?}") == format!("{long:?}"), "{short:?}, {long:?}: {pickle:?}");
            if PickleOptions::new().is_read_directly::<T>(pickle) { Read::Directly } else { Read::ByTheMachine }
        }
        (Err(_), Err(_)) => Read::Refused,
        (short, long) => panic!("{short:?} on the short way, {long:?} on the long one: {pickle:?}"),
    }
}

/// Reads a stream as a value while its opcodes run, and from the parts that the machine leaves, which are all that is there
/// behind a value that is dropped.
fn values_agree(pickle: &[u8], long: &[u8]) {
    match (pickle::load_value(pickle), pickle::load_value(long)) {
        (Ok(short), Ok(long)) => {
            assert_eq!(format!("{short:?}"), format!("{long:?}"), "{pickle:?}");
            // Down to what makes the objects.
            let [short, long] = [short, long].map(|value| pickle::dump_value(&value));
            assert_eq!(short.ok(), long.ok(), "{pickle:?}");
        }
        (Err(_), Err(_)) => {}
        (short, long) => panic!("{short:?} while it runs, {long:?} from the parts: {pickle:?}"),
    }
}

/// The types that a stream is read as, each by its letter.
fn agrees_as(letter: u8, pickle: &[u8]) -> Read {
    match letter {
        b'a' => agrees::<Vec<Person>>(pickle),
        b'b' => agrees::<Vec<Place>>(pickle),
        b'c' => agrees::<Vec<Town>>(pickle),
        b'd' => agrees::<Vec<One>>(pickle),
        b'e' => agrees::<Vec<(i64, f64)>>(pickle),
        b'f' => agrees::<Vec<HashMap<String, i16>>>(pickle),
        b'g' => agrees::<Vec<BTreeMap<String, String>>>(pickle),
        b'h' => agrees::<(Vec<Person>, HashMap<String, Person>, Vec<String>)>(pickle),
        b'i' => agrees::<Vec<(bool, u8, i8, u16, i16, u32, u64, f32, Option<u32>, ((), (i64,)))>>(pickle),
        b'j' => agrees::<Vec<Vec<Option<(bool, u16)>>>>(pickle),
        b'l' => agrees::<Vec<Club>>(pickle),
        b'n' => agrees::<(Vec<Person>, Vec<Place>, Vec<((i32, i64), f64)>)>(pickle),
        b'o' => agrees::<Vec<Odd>>(pickle),
        b'm' => agrees::<Vec<(Vec<String>, Vec<(u8, u8, u8, u8)>, String)>>(pickle),
        _ => agrees::<Vec<Shape>>(pickle),
    }
}

const WRITE: &str = r#"
import pickle, pickletools, random, sys, types

example = sys.modules["example"] = types.ModuleType("example")

class Person:
    def __init__(self, name, age):
        self.name, self.age = name, age
    def __getstate__(self):
        return self.name, self.age
    def __setstate__(self, state):
        self.name, self.age = state

class Place:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

class Town(Place): pass
class One(Place): pass

class Club:
    def __init__(self, *slots):
        self.slots = slots
    def __getstate__(self):
        return self.slots
    def __setstate__(self, state):
        self.slots = state

for given in Person, Place, Town, One, Club:
    given.__module__ = "example"
    setattr(example, given.__name__, given)

NUMBERS = [0, 1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, -1, -128, -129, -2**31, -2**63]
MAPS = [b"", b"12", b"\xff\x80\x00A", bytes(range(256))]
TEXTS = ["", "a", "naïve", "x" * 15, "y" * 16, "z" * 17, "日本" * 60, "w" * 255, "v" * 256, "name"]

def value(letter, r):
    few, text = r.choice([0, 1, 2, 5, 9]), lambda: "".join(r.choice(TEXTS)) + r.choice(["", "!", str(r.random())])
    shared = r.choice(TEXTS)
    name = lambda: r.choice([shared, text()])
    number = lambda: r.choice(NUMBERS)
    within = lambda low, high: r.choice([low, high, 0, r.randrange(low, high + 1)])
    person = lambda: Person(name(), within(-2**31, 2**31 - 1))
    of = lambda one, many=few: [one() for _ in range(many)]
    if letter == "a":
        return of(person, r.choice([few, 80, 1500]))
    if letter == "b":
        return of(lambda: Place(name=name(), height=r.random()), r.choice([few, 80]))
    if letter == "c":
        town = lambda: Town(name=name(), height=1.5, mayor=r.choice([None, name()]), area=r.choice([None, 7]), map=r.choice(MAPS))
        return of(town)
    if letter == "d":
        return of(lambda: One(only=within(0, 2**64 - 1)))
    if letter == "e":
        return of(lambda: (within(-2**63, 2**63 - 1), r.choice([r.random(), 1e300, float("nan")])), r.choice([few, 300]))
    if letter == "f":
        return of(lambda: {name(): within(-2**15, 2**15 - 1) for _ in range(few)})
    if letter == "g":
        return of(lambda: {"name": name(), "street": name(), "city": name()}, r.choice([few, 70]))
    if letter == "h":
        return of(person), {name(): person() for _ in range(few)}, of(name, r.choice([few, 100]))
    if letter == "i":
        row = lambda: (r.choice([True, False]), within(0, 255), within(-128, 127), within(0, 65535), within(-2**15, 2**15 - 1),
                       within(0, 2**32 - 1), within(0, 2**64 - 1), 0.5, r.choice([None, 3]), ((), (number() // 3,)))
        return of(row)
    if letter == "j":
        return of(lambda: of(lambda: r.choice([None, (True, 5)])))
    # Groups of every small size, and some that are too large to be read with the rows around them.
    sizes = r.choice([[0, 0, 1, 1, 2, 3, 3, 7, 30], [0, 2, 3, 7, 30]])
    some = lambda one: of(one, r.choice(sizes))
    if letter == "l":
        club = lambda: Club(some(person), name(), {name(): within(-2**15, 2**15 - 1) for _ in some(name)}, set(some(name)),
                            some(lambda: (within(0, 255), True)), (1, 2, 3, within(-9, 9)))
        return of(club, r.choice([few, 70]))
    if letter == "m":
        return of(lambda: (some(name), some(lambda: (1, 2, 3, within(0, 255))), name()), r.choice([few, 150]))
    # Parts that come again, attributes in any order, and whole numbers for floats.
    if letter == "n":
        ada, pair = person(), (within(-9, 9), 1)
        people = [r.choice([ada, person()]) for _ in range(r.choice([few, 80]))]
        place = lambda: Place(**r.choice([dict(name=name(), height=1.5), dict(height=2, name=name())]))
        return people, of(place), of(lambda: r.choice([(pair, 1.5), (pair, 2), ((1, 2), 0.5)]))
    return of(lambda: r.choice([("Empty",), ("Named", name()), ("Many", 1, -1, 0.5, True)]))

def case(frame):
    letter, seed, protocol = frame.decode().split()
    written = pickle.dumps(value(letter, random.Random(letter + seed)), int(protocol))
    # Without what nobody gets from the memo.
    return pickletools.optimize(written) if int(seed) % 3 == 2 else written
"#;

/// Streams of each type, at each protocol, with the letter of the type.
fn streams(seeds: u32) -> Vec<(u8, Vec<u8>)> {
    let asked =
        (b'a'..=b'n').flat_map(|letter| (0..seeds).flat_map(move |seed| (0..6).map(move |p| (letter, seed, p))));
    let asked: Vec<_> = asked.collect();
    let frames: Vec<_> =
        asked.iter().map(|(letter, seed, p)| format!("{} {seed} {p}", char::from(*letter)).into_bytes()).collect();
    let Some(answers) = python::answers(WRITE, &frames) else { return Vec::new() };
    asked.into_iter().map(|(letter, ..)| letter).zip(answers).collect()
}

#[test]
fn what_python_writes_is_the_same_on_both_ways() {
    let mut direct = BTreeMap::new();
    for (letter, stream) in streams(12) {
        let read = agrees_as(letter, &stream);
        assert_ne!(read, Read::Refused, "{}: {stream:?}", char::from(letter));
        *direct.entry(char::from(letter)).or_insert(0) += u32::from(read == Read::Directly);
    }
    // Of 72 of each type.
    let few: Vec<_> = direct.iter().filter(|(_, count)| **count < 60).collect();
    assert!(few.is_empty(), "hardly on the short way: {few:?}");
}

#[test]
fn what_is_written_here_is_the_same_on_both_ways() {
    let people: Vec<Person> = (0..2500).map(|at| Person { name: "n".repeat(at % 300), age: at as i32 - 9 }).collect();
    let places: Vec<Place> = (0..70).map(|at| Place { name: at.to_string(), height: f64::from(at) }).collect();
    let town = |mayor: Option<Box<str>>, area| Town { place: places[3].clone(), mayor, area, map: vec![1, 2, 3] };
    let towns = vec![town(None, Some(3)), town(Some("Ada".into()), None)];
    let rows: Vec<(i64, f64)> = (0..64).map(|at| (i64::MIN >> at, f64::from(at))).collect();
    let shapes = vec![Shape::Empty, Shape::Named("s".into()), Shape::Many { a: 1, b: -1, c: 2.5, d: true }];
    for protocol in Protocol::ALL {
        let options = PickleOptions::new().protocol(protocol);
        assert_eq!(agrees::<Vec<Person>>(&options.dumps(&people).unwrap()), Read::Directly);
        // Values of protocols 0 and 1 are made of the machine's parts.
        let has_own_opcodes = protocol >= Protocol::V2;
        assert_eq!(options.is_built_directly(&options.dumps(&people).unwrap()), has_own_opcodes, "{protocol:?}");
        assert_eq!(options.is_built_directly(&options.dumps(&rows).unwrap()), has_own_opcodes, "{protocol:?}");
        assert_eq!(agrees::<Vec<Place>>(&options.dumps(&places).unwrap()), Read::Directly);
        assert_eq!(agrees::<Vec<Town>>(&options.dumps(&towns).unwrap()), Read::Directly);
        assert_eq!(agrees::<Vec<(i64, f64)>>(&options.dumps(&rows).unwrap()), Read::Directly);
        assert_eq!(agrees::<Vec<Shape>>(&options.dumps(&shapes).unwrap()), Read::Directly);
    }
}

/// Of each protocol.
fn odd_streams() -> Vec<(u8, Vec<u8>)> {
    let odd = |at: usize| Odd {
        letter: ['a', 'é', '日'][at % 3],
        after: Duration::new(at as u64, 7),
        at: [at as f32, -0.5, f32::INFINITY],
        twenty: [at as u8; 20],
        flags: [[None, Some(true), Some(false)][at % 3]; 17],
        maybe: [None, Some(None), Some(Some(-1))][at % 3],
        boxed: Box::new((u128::MAX >> at, i128::MIN >> at)),
        some: NonZeroU16::new(at as u16 + 1).unwrap(),
        color: [Color::Red, Color::Green][at % 2].clone(),
        pair: Pair { one: "o".repeat(at), two: vec![vec![1; at % 4]; at % 3] },
        span: at as u32..70_000,
        bag: Bag { width: u64::MAX >> at, name: "n".repeat(at), also: vec!["also".repeat(at); at % 3] },
    };
    let sizes = [0, 1, 2, 5, 30];
    let streams = Protocol::ALL.iter().flat_map(|protocol| {
        let options = PickleOptions::new().protocol(*protocol);
        sizes.iter().map(move |&size| options.dumps(&(0..size).map(odd).collect::<Vec<_>>()).unwrap())
    });
    streams.map(|stream| (b'o', stream)).collect()
}

#[test]
fn kinds_without_opcodes_of_their_own_are_the_same_on_both_ways() {
    for (letter, stream) in odd_streams() {
        assert_eq!(agrees_as(letter, &stream), Read::Directly, "{stream:?}");
    }
}

/// Rows are written with the groups in them as far as there is space; the bytes must not tell how much that was.
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

/// Lists in which few parts are as Python seldom writes them, each kind of these as first, middle and last.
const UNUSUAL: &str = r#"
import collections, copyreg, pathlib, pickle, sys, types

example = sys.modules["example"] = types.ModuleType("example")

class Person:
    def __init__(self, name, age):
        self.state = name, age
    def __getstate__(self):
        return self.state
    def __setstate__(self, state):
        self.state = state

class Rebuilt(Person):
    # What protocols 0 and 1 make of an object, or of one that asks for it.
    def __reduce_ex__(self, protocol):
        return copyreg._reconstructor, (Person, object, None), self.state

class Place: pass

for given in Person, Place:
    given.__module__ = "example"
    setattr(example, given.__name__, given)

def place(height):
    made = Place()
    made.name, made.height = "here", height
    made.more = made.height
    del made.more
    return made

def lists(kind):
    shared = Rebuilt("met twice", 7)
    usual, unusual = {
        "a": (lambda at: Person(str(at), at), [Rebuilt("r", 1), Rebuilt("r", 2), shared, shared, Person("p", 2)]),
        "g": (lambda at: {"k": str(at)}, [collections.OrderedDict(k="v"), collections.OrderedDict(), {}]),
        "f": (lambda at: {str(at): at}, [collections.Counter("abca"), collections.OrderedDict(k=3)]),
        "j": (lambda at: [(True, at), None], [collections.deque([None]), collections.deque(), []]),
        "s": (lambda at: str(at), [pathlib.PurePosixPath("a/b"), pathlib.PurePosixPath("/"), "\ud7ff\n\\", ""]),
        "h": (lambda at: None, []),
    }[kind]
    for count in 1, 3, 40, 1001:
        for part in unusual:
            for at in {0, count // 2, count - 1}:
                rows = [usual(row) for row in range(count)]
                rows[at] = part
                yield rows, False
        # Nearly all of them.
        yield [unusual[row % len(unusual)] if row % 9 else usual(row) for row in range(count)], count > 40
    yield (lambda rows: (rows + unusual * 3, False))([usual(row) for row in range(100)])

def case(frame):
    kind, protocol = frame.decode().split()
    written = [(pickle.dumps(rows, int(protocol)), most) for rows, most in lists(kind)]
    return b"".join(len(rows).to_bytes(4, "little") + bytes([most]) + rows for rows, most in written)
"#;

#[test]
fn a_few_unusual_parts_do_not_leave_the_short_way() {
    let asked: Vec<(u8, u32)> =
        b"agfjs".iter().flat_map(|&kind| (0..6).map(move |protocol| (kind, protocol))).collect();
    let frames: Vec<_> = asked.iter().map(|(kind, p)| format!("{} {p}", char::from(*kind)).into_bytes()).collect();
    for ((kind, protocol), answer) in asked.iter().zip(python::answers(UNUSUAL, &frames).unwrap_or_default()) {
        let mut rest = &answer[..];
        while let Some((head, behind)) = rest.split_first_chunk::<5>() {
            let (pickle, behind) = behind.split_at(u32::from_le_bytes(head[..4].try_into().unwrap()) as usize);
            let read = match kind {
                b's' => agrees::<Vec<String>>(pickle),
                kind => agrees_as(*kind, pickle),
            };
            let shown = &pickle[..pickle.len().min(300)];
            assert_ne!(read, Read::Refused, "{} {protocol}: {shown:?}", char::from(*kind));
            // Where nearly all are unusual, the machine reads all of them.
            assert!(head[4] == 1 || read == Read::Directly, "{} {protocol}: {shown:?}", char::from(*kind));
            rest = behind;
        }
    }
}

/// A scalar of NumPy: with its type in full, and with the parts of it that are in the memo from 0 on.
fn scalar(dtype: &str, bytes: &[u8], is_first: bool) -> Vec<u8> {
    let number = [&[b'C', bytes.len() as u8], bytes, b"\x94\x86\x94R\x94"].concat();
    let (order, code) = dtype.split_at(1);
    let names = format!("cnumpy.core.multiarray\nscalar\n\u{94}cnumpy\ndtype\n\u{94}\u{8c}\u{2}{code}");
    let names: Vec<u8> = names.chars().map(|letter| letter as u8).collect();
    let state = [
        b"\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01",
        order.as_bytes(),
        b"\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t\x94b",
    ]
    .concat();
    if is_first { [names, state, number].concat() } else { [b"h\x01h\x05", &number[..]].concat() }
}

#[test]
fn numbers_of_numpy_are_read_on_the_short_way() {
    let list = |rows: &[Vec<u8>]| [b"\x80\x04]\x94(", &rows.concat()[..], b"e."].concat();
    let of =
        |dtype: &str, bytes: &[u8]| list(&[scalar(dtype, bytes, true), scalar(dtype, bytes, false), b"K\x01".to_vec()]);
    assert_eq!(agrees::<Vec<i64>>(&of("<i4", &7_i32.to_le_bytes())), Read::Directly);
    assert_eq!(agrees::<Vec<f64>>(&of(">f8", &1.5_f64.to_be_bytes())), Read::Directly);
    assert_eq!(agrees::<Vec<f32>>(&of("<f4", &1.5_f32.to_le_bytes())), Read::Directly);
    assert_eq!(
        agrees::<Vec<u8>>(&of("<u8", &[7, 0, 0, 0, 0, 0, 0, 0])),
        agrees::<Vec<u8>>(b"\x80\x04]\x94(K\x07K\x07K\x01e.")
    );
    assert_eq!(agrees::<Vec<Option<u16>>>(&of("<u8", &[7, 1, 0, 0, 0, 0, 0, 0])), Read::Directly);
    let truths = list(&[scalar("|b1", &[1], true), scalar("|b1", &[0], false), b"\x88".to_vec()]);
    assert_eq!(agrees::<Vec<bool>>(&truths), Read::Directly);
    assert_eq!(pickle::loads::<Vec<bool>>(&truths).unwrap(), [true, false, true]);
    // What does not fit, on both ways.
    assert_eq!(agrees::<Vec<i64>>(&of("<f4", &1.5_f32.to_le_bytes())), Read::Refused);
    assert_eq!(agrees::<Vec<i8>>(&of("<i4", &300_i32.to_le_bytes())), Read::Refused);
    assert_eq!(agrees::<Vec<i64>>(&of("<i4", &[1, 2, 3])), Read::Refused);
}

#[test]
fn bytes_that_are_written_as_text_become_values_on_both_ways() {
    let long = |pickle: &[u8]| [&pickle[..2], b"N0", &pickle[2..]].concat();
    let usual = b"\x80\x02]q\x00(c_codecs\nencode\nq\x01X\x03\x00\x00\x00a\xc3\xbfq\x02X\x06\x00\x00\x00latin1q\x03\x86q\x04Rq\x05\
        h\x01X\x01\x00\x00\x00bq\x06h\x03\x86q\x07Rq\x08h\x02h\x03h\x01X\x00\x00\x00\x00h\x03\x86Re.";
    assert!(PickleOptions::new().is_built_directly(usual));
    assert_eq!(pickle::load_value(usual).unwrap().to_string(), r"[b'a\xff', b'b', 'aÿ', 'latin1', b'']");
    values_agree(usual, &long(usual));
    (2..usual.len()).for_each(|end| values_agree(&usual[..end], &long(&usual[..end])));

    let odd: [&[u8]; 11] = [
        // The bytes are met twice; the text and the encoding come from elsewhere; the function does.
        b"](c_codecs\nencode\nX\x01\x00\x00\x00aX\x06\x00\x00\x00latin1\x86Rq\x00h\x00e.",
        b"](X\x01\x00\x00\x00aq\x00X\x06\x00\x00\x00latin1q\x01c_codecs\nencode\nh\x00h\x01\x86Re.",
        b"](c_codecs\nencode\nq\x00h\x00X\x01\x00\x00\x00aX\x06\x00\x00\x00latin1\x86Re.",
        // There is no call, or one of other arguments.
        b"c_codecs\nencode\n.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x06\x00\x00\x00latin1\x87.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x04\x00\x00\x00utf8\x86R.",
        b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x06\x00\x00\x00latin1tR.",
        b"c_codecs\nencode\nq\x00X\x01\x00\x00\x00ah\x00\x86R.",
        // Text that has no such bytes, or is none; a number of the memo that is not the next.
        b"c_codecs\nencode\nX\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1\x86R.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00\xffX\x06\x00\x00\x00latin1\x86R.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aq\x07X\x06\x00\x00\x00latin1\x86R.",
    ];
    for odd in odd {
        let pickle = [b"\x80\x02", odd].concat();
        values_agree(&pickle, &long(&pickle));
    }
    let bytes: Vec<Vec<u8>> = (0..300).map(|len| (0..len).map(|at| (at * 7) as u8).collect()).collect();
    for protocol in [Protocol::V0, Protocol::V1, Protocol::V2] {
        let pickle = PickleOptions::new().protocol(protocol).dumps(&bytes).unwrap();
        assert_eq!(pickle::load_value(&pickle).unwrap(), state_core::to_value(&bytes).unwrap());
    }
}

#[test]
fn changed_streams_are_the_same_on_both_ways() {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) as usize % below
    };
    let opcodes = b"(.0123JKMNRXabehjqrtu})]\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x93\x94\x95GBC\x00\x01\xff";
    let (mut directly, mut read, mut refused) = (0, 0, 0);
    let bases = streams(6).into_iter().chain(odd_streams());
    for (letter, base) in bases.filter(|(_, stream)| stream.len() < 4000) {
        for _ in 0..60 {
            let mut stream = base.clone();
            for _ in 0..=next(2) {
                let (at, opcode) = (next(stream.len()), opcodes[next(opcodes.len())]);
                match next(5) {
                    0 => stream[at] = opcode,
                    1 => stream.insert(at, opcode),
                    2 if stream.len() > 2 => drop(stream.remove(at)),
                    3 => drop(stream.drain(at..stream.len().min(at + next(40)))),
                    _ => stream[at] = next(256) as u8,
                }
                if stream.is_empty() {
                    break;
                }
            }
            // A type that the stream was not meant for, now and then.
            let letter = if next(8) == 0 { b'a' + next(11) as u8 } else { letter };
            match agrees_as(letter, &stream) {
                Read::Directly => directly += 1,
                Read::ByTheMachine => read += 1,
                Read::Refused => refused += 1,
            }
        }
    }
    if directly + read + refused > 0 {
        assert!(directly > 300 && read > 150 && refused > 500, "{directly} directly, {read} not, {refused} refused");
    }
}

/// What was read of a tuple before it was known to come from the memo is forgotten.
#[test]
fn a_tuple_from_the_memo_leaves_nothing_for_the_rows_behind_it() {
    type Row = ((Option<u8>, u8), Vec<(Option<u8>, u8)>);
    let one = (&b"]\x94NK\x01\x86\x94a\x86\x94"[..], vec![(None, 1)]);
    let two = (&b"]\x94(NK\x01\x86\x94NK\x02\x86\x94e\x86\x94"[..], vec![(None, 1), (None, 2)]);
    for (written, items) in [one, two] {
        let first = [b"K\x07K\x08\x86\x94", written].concat();
        let again = [b"h\x01", written].concat();
        let pickle = [b"\x80\x04]\x94(", &first[..], &again, &again, b"e."].concat();
        assert_eq!(agrees::<Vec<Row>>(&pickle), Read::Directly);
        let row = ((Some(7), 8), items);
        assert_eq!(pickle::loads::<Vec<Row>>(&pickle).unwrap(), [row.clone(), row.clone(), row]);
    }
}

/// Raw arrays that were taken are not given back: what is unusual behind one leaves the short way.
#[test]
fn an_array_is_taken_once_where_something_unusual_follows() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Row")]
    struct Row {
        #[state(bytes)]
        data: Vec<u16>,
        by: BTreeMap<String, i64>,
        #[state(bytes)]
        more: Vec<u8>,
    }
    let row = || Row { data: vec![1, 2, 3], by: BTreeMap::from([("a".into(), 1)]), more: vec![7; 16] };
    let usual = PickleOptions::new().protocol(Protocol::V4).dumps(&row()).unwrap();
    assert_eq!(agrees::<Row>(&usual), Read::Directly);
    let at = usual.iter().position(|&code| code == b'}').unwrap();
    let mut unusual = usual.clone();
    unusual.splice(at..=at, *b"ccollections\nOrderedDict\n)R");
    // Without its frame, whose length is another now.
    unusual.drain(2..11);
    assert_eq!(agrees::<Row>(&unusual), Read::ByTheMachine);
    assert_eq!(pickle::loads::<Row>(&unusual).unwrap(), row());
}

/// The newest opcode of a pickle, and the most items that one opcode adds.
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
    // Text before and behind the length that one byte holds, also where none follows it.
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
        // Python before 3.14 takes tuples, and protocol 0 has an opcode for each item.
        let expected = if protocol == Protocol::V0 { "0" } else { "1000" };
        assert_eq!(most, expected, "{protocol:?}");
    }
}

/// What is large stands beside the frames, so that it can be read where it is, and no frame is empty.
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

/// Raw arrays lie in the order of the slots, however the attributes come.
#[test]
fn arrays_of_attributes_in_another_order_are_those_of_their_names() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Two", pickle = "dict")]
    struct Two {
        #[state(bytes)]
        a: Vec<u8>,
        #[state(bytes)]
        b: Vec<u8>,
    }
    #[derive(State)]
    #[state(name = "m.Two", pickle = "dict")]
    struct Reversed {
        #[state(bytes)]
        b: Vec<u8>,
        #[state(bytes)]
        a: Vec<u8>,
    }
    for protocol in Protocol::ALL {
        let reversed = |n| Reversed { b: vec![n; 16], a: vec![n + 1; 16] };
        let pickle = PickleOptions::new().protocol(protocol).dumps(&[reversed(1), reversed(3)]).unwrap();
        assert_ne!(agrees::<Vec<Two>>(&pickle), Read::Refused);
        let two = |n| Two { a: vec![n + 1; 16], b: vec![n; 16] };
        assert_eq!(pickle::loads::<Vec<Two>>(&pickle).unwrap(), [two(1), two(3)]);
    }
}
