//! Streams that Python writes, streams that are written here, and random changes of both.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::time::Duration;

use state_core::pickle::{PickleOptions, Protocol};

use super::example::Person;
use super::{Bag, Color, Odd, Pair, Place, Read, Shape, Spot, Town, agrees, agrees_as, python};

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

class Spot:
    __slots__ = "name", "map", "near", "pair"
    def __init__(self, *slots):
        self.name, self.map, self.near, self.pair = slots

for given in Person, Place, Town, One, Club, Spot:
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
    if letter == "p":
        spot = lambda near: Spot(name(), r.choice(MAPS), near, (within(-2**15, 2**15 - 1), of(name)))
        return of(lambda: spot(r.choice([None, spot(None), spot(spot(None))])), r.choice([few, 80]))
    # Parts that come again, attributes in any order, and whole numbers for floats.
    if letter == "n":
        ada, pair = person(), (within(-9, 9), 1)
        people = [r.choice([ada, person()]) for _ in range(r.choice([few, 80]))]
        place = lambda: Place(**r.choice([dict(name=name(), height=1.5), dict(height=2, name=name())]))
        return people, of(place), of(lambda: r.choice([(pair, 1.5), (pair, 2), ((1, 2), 0.5)]))
    return of(lambda: r.choice([("Empty",), ("Named", name()), ("Many", 1, -1, 0.5, True)]))

def case(frame):
    letter, seed, protocol = frame.decode().split()
    # Slots alone need protocol 2.
    protocol = max(int(protocol), 2) if letter == "p" else int(protocol)
    written = pickle.dumps(value(letter, random.Random(letter + seed)), protocol)
    # Without what nobody gets from the memo.
    return pickletools.optimize(written) if int(seed) % 3 == 2 else written
"#;

/// Streams of each type, at each protocol, with the letter of the type.
pub(crate) fn streams(seeds: u32) -> Vec<(u8, Vec<u8>)> {
    let asked = (b'a'..=b'n')
        .chain([b'p'])
        .flat_map(|letter| (0..seeds).flat_map(move |seed| (0..6).map(move |p| (letter, seed, p))));
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
    // There are 72 of each type.
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
    let spot =
        |near, at: u16| Spot { name: "s".repeat(at.into()), map: vec![at; 3], near, pair: (-7, vec!["p".into()]) };
    let spots: Vec<Spot> = (0..70).map(|at| spot(Some(Box::new(spot(None, at))).filter(|_| at % 3 > 0), at)).collect();
    let shapes = vec![Shape::Empty, Shape::Named("s".into()), Shape::Many { a: 1, b: -1, c: 2.5, d: true }];
    for protocol in Protocol::ALL {
        let options = PickleOptions::new().protocol(protocol);
        assert_eq!(agrees::<Vec<Person>>(&options.dumps(&people).unwrap()), Read::Directly);
        // At protocols 0 and 1, values are made from the machine's parts.
        let has_own_opcodes = protocol >= Protocol::V2;
        assert_eq!(options.is_built_directly(&options.dumps(&people).unwrap()), has_own_opcodes, "{protocol:?}");
        assert_eq!(options.is_built_directly(&options.dumps(&rows).unwrap()), has_own_opcodes, "{protocol:?}");
        assert_eq!(agrees::<Vec<Place>>(&options.dumps(&places).unwrap()), Read::Directly);
        assert_eq!(agrees::<Vec<Town>>(&options.dumps(&towns).unwrap()), Read::Directly);
        assert_eq!(agrees::<Vec<Spot>>(&options.dumps(&spots).unwrap()), Read::Directly);
        assert_eq!(agrees::<Vec<(i64, f64)>>(&options.dumps(&rows).unwrap()), Read::Directly);
        assert_eq!(agrees::<Vec<Shape>>(&options.dumps(&shapes).unwrap()), Read::Directly);
    }
}

/// Streams of odd kinds, at each protocol.
pub(crate) fn odd_streams() -> Vec<(u8, Vec<u8>)> {
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

/// Random numbers below a limit.
pub(crate) fn random(mut random: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) as usize % below
    }
}

#[test]
fn changed_streams_are_the_same_on_both_ways() {
    let mut next = random(0x9E37_79B9_7F4A_7C15);
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
            // Sometimes another type than that of the stream.
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
