//! The forms that `#[state(pickle = "..")]` gives to objects and enums, and arrays, are read by Python.

use state_core::pickle::{self, PickleOptions, Protocol};
use state_core::{Record, State, from_value};

mod python;

/// Classes as they are written in Python and in Cython, and as much of NumPy as pickles name.
const MODULES: &str = r#"
import sys, types
def module(name, source):
    made = types.ModuleType(name)
    sys.modules[name] = made
    exec(source, made.__dict__)
module("shop", '''
import enum
class Plain:
    def __init__(self):
        raise TypeError("a constructor was called")
    def __repr__(self):
        return "Plain" + repr(sorted(self.__dict__.items()))
class Slots:
    __slots__ = ("name", "age")
    def __setstate__(self, state):
        for name, value in state.items():
            setattr(self, name, value)
    def __repr__(self):
        return "Slots" + repr((self.name, self.age))
class Colour(enum.Enum):
    Red = 1
    Green = "green"
class Outer:
    class Shade(enum.IntEnum):
        Light = 5
''')
# What Cython generates for `cdef class Item: cdef object name; cdef int age; cdef double zest`.
module("items", '''
class Item:
    def __repr__(self):
        return "Item" + repr(self.state)
    def __setstate__(self, state):
        self.state = state
def __pyx_unpickle_Item(cls, checksum, state):
    import hashlib
    names = "age extra name zest"
    assert checksum == int(hashlib.sha256(names.encode()).hexdigest()[:7], 16), checksum
    made = cls.__new__(cls)
    if state is not None:
        made.__setstate__(state)
    return made
''')
module("numpy", '''
class dtype:
    def __init__(self, spec): self.spec = spec
    def __repr__(self): return "dtype(%r)" % (self.spec,)
class ndarray:
    def __new__(cls, shape, dtype, buffer, offset=0, strides=None, order=None):
        made = object.__new__(cls)
        made.args = (shape, dtype, type(buffer).__name__, bytes(buffer), offset, strides, order)
        return made
    def __repr__(self): return "ndarray%r" % (self.args,)
''')
"#;

fn shows<T: State>(cases: &mut Vec<(Vec<u8>, String)>, value: &T, repr: &str) {
    for protocol in Protocol::ALL {
        let pickle = PickleOptions::new().protocol(protocol).dumps(value).unwrap();
        cases.push((pickle, repr.into()));
    }
}

fn check(cases: Vec<(Vec<u8>, String)>) {
    let (pickles, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let Some(found) = python::texts(&[MODULES, python::LOAD].concat(), &pickles) else { return };
    for ((pickle, expected), found) in pickles.iter().zip(expected).zip(found) {
        if found != python::TOO_OLD {
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(pickle));
        }
    }
}

#[derive(State)]
#[state(name = "shop.Plain", pickle = "dict")]
struct Base {
    #[state(rename = "first name")]
    name: String,
}

#[derive(State)]
#[state(name = "shop.Plain", pickle = "dict")]
struct Child {
    #[state(flatten_parent)]
    base: Base,
    age: i32,
    #[state(bytes)]
    raw: Vec<u16>,
}

#[test]
fn objects_by_the_names_of_their_slots() {
    #[derive(State)]
    #[state(name = "shop.Slots", pickle = "dict")]
    struct Slots {
        name: Option<String>,
        age: u8,
    }
    #[derive(State)]
    #[state(name = "shop.Plain", pickle = "dict")]
    struct Empty {
        #[state(skip)]
        _cache: u8,
    }
    let mut cases = Vec::new();
    let all = &mut cases;
    shows(all, &Base { name: "Ann".into() }, "Plain[('first name', 'Ann')]");
    let child = Child { base: Base { name: "Ann".into() }, age: 7, raw: vec![513] };
    shows(all, &child, r"Plain[('age', 7), ('first name', 'Ann'), ('raw', b'\x01\x02')]");
    let list: Vec<Slots> = (0..3).map(|age| Slots { name: (age > 0).then(|| "Bo".repeat(9)), age }).collect();
    shows(all, &list, "[Slots(None, 0), Slots('BoBoBoBoBoBoBoBoBo', 1), Slots('BoBoBoBoBoBoBoBoBo', 2)]");
    shows(all, &Empty { _cache: 1 }, "Plain[]");
    check(cases);
}

/// The state of a frozen dataclass with slots is a list of its fields, and it accepts a list or a tuple.
#[test]
fn frozen_dataclasses_with_slots() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "shop.Frozen")]
    struct Frozen {
        name: String,
        sizes: Vec<u16>,
    }
    const SCRIPT: &str = r#"
import pickle, sys, types
shop = sys.modules["shop"] = types.ModuleType("shop")
if sys.version_info >= (3, 10):
    import dataclasses
    class Frozen:
        name: str
        sizes: list
    Frozen.__module__, Frozen.__qualname__ = "shop", "Frozen"
    Frozen = dataclasses.dataclass(frozen=True, slots=True)(Frozen)
else:
    # The same by hand.
    class Frozen:
        __slots__, __module__, __qualname__ = ("name", "sizes"), "shop", "Frozen"
        def __init__(self, *state): self.__setstate__(state)
        def __getstate__(self): return [self.name, self.sizes]
        def __setstate__(self, state): self.name, self.sizes = state
        def __repr__(self): return "Frozen(name=%r, sizes=%r)" % (self.name, self.sizes)
shop.Frozen = Frozen

def case(data):
    if len(data) == 1:
        return pickle.dumps(shop.Frozen("Ann", [data[0], 7]), min(data[0], pickle.HIGHEST_PROTOCOL))
    return repr(pickle.loads(data)).encode()
"#;
    let protocols: Vec<_> = (0..6).map(|protocol| vec![protocol]).collect();
    let Some(pickles) = python::answers(SCRIPT, &protocols) else { return };
    let mut written = Vec::new();
    for ((pickle, number), protocol) in pickles.iter().zip(0..).zip(Protocol::ALL) {
        let frozen = Frozen { name: "Ann".into(), sizes: vec![number, 7] };
        assert_eq!(pickle::loads::<Frozen>(pickle).unwrap(), frozen);
        let value = pickle::load_value(pickle).unwrap();
        assert_eq!(from_value::<Frozen>(&value).unwrap(), frozen);
        written.push(PickleOptions::new().protocol(protocol).dumps(&frozen).unwrap());
    }
    for (number, found) in python::texts(SCRIPT, &written).unwrap().iter().enumerate() {
        if found != python::TOO_OLD {
            assert_eq!(found, &format!("Frozen(name='Ann', sizes=[{number}, 7])"));
        }
    }
}

/// The state that Python itself writes and reads for a class with `__slots__`, and for a dataclass with them.
#[test]
fn classes_with_slots() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "slotted.Base", pickle = "slots")]
    struct Base {
        name: String,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "slotted.Child", pickle = "slots")]
    struct Child {
        #[state(flatten_parent)]
        base: Base,
        sizes: Vec<u16>,
        #[state(bytes)]
        raw: Vec<u16>,
        next: Option<Box<Data>>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "slotted.Data", pickle = "slots")]
    struct Data {
        only: i64,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "slotted.Empty", pickle = "slots")]
    struct Empty {}
    const SCRIPT: &str = r#"
import sys, types
slotted = sys.modules["slotted"] = types.ModuleType("slotted")
exec('''
class Base:
    __slots__ = ("name",)
class Child(Base):
    __slots__ = ("sizes", "raw", "next")
    def __repr__(self): return "Child%r" % ((self.name, self.sizes, self.raw, self.next),)
class Empty:
    __slots__ = ()
    def __repr__(self): return "Empty()"
class Data:
    only: int
''', slotted.__dict__)
if sys.version_info >= (3, 10):
    import dataclasses
    slotted.Data = dataclasses.dataclass(slots=True)(slotted.Data)
else:
    exec('''
class Data:
    __slots__ = ("only",)
    def __repr__(self): return "Data(only=%r)" % self.only
''', slotted.__dict__)

def case(data):
    value = load(data)
    assert not hasattr(value[0], "__dict__")
    # Python itself pickles such a class from protocol 2 on.
    packed = [pickle.dumps(value, protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    return repr(value).encode() + b"\n" + b"".join(len(part).to_bytes(4, "little") + part for part in packed)
"#;
    type All = (Child, Empty, Data);
    let all = || -> All {
        let base = Base { name: "Ann".into() };
        let next = Some(Box::new(Data { only: -7 }));
        (Child { base, sizes: vec![1, 2], raw: vec![513], next }, Empty {}, Data { only: 1 << 40 })
    };
    let pickles: Vec<_> =
        Protocol::ALL.map(|protocol| PickleOptions::new().protocol(protocol).dumps(&all()).unwrap()).into();
    let answers = python::answers(&[python::LOAD, SCRIPT].concat(), &pickles).unwrap_or_default();
    for (pickle, answer) in pickles.iter().zip(answers) {
        if answer == python::TOO_OLD.as_bytes() {
            continue;
        }
        let (text, written) = answer.split_at(answer.iter().position(|&byte| byte == b'\n').unwrap());
        let expected = r"(Child('Ann', [1, 2], b'\x01\x02', Data(only=-7)), Empty(), Data(only=1099511627776))";
        assert_eq!(String::from_utf8_lossy(text), expected);
        for written in [&[&pickle[..]], &*python::parts(&written[1..])].concat() {
            assert_eq!(pickle::loads::<All>(written).unwrap(), all());
            // A value keeps how the state was written.
            let value = pickle::load_value(written).unwrap();
            assert_eq!(from_value::<All>(&value).unwrap(), all());
            let again = pickle::dump_value(&value).unwrap();
            assert_eq!(pickle::loads::<All>(&again).unwrap(), all());
            assert_eq!(pickle::load_value(&again).unwrap(), value);
        }
    }
    let pickle = PickleOptions::new().protocol(Protocol::V2).dumps(&Data { only: 7 }).unwrap();
    assert_eq!(pickle, b"\x80\x02cslotted\nData\nq\0)\x81N}X\x04\0\0\0onlyq\x01K\x07s\x86b.");
    let pickle = PickleOptions::new().protocol(Protocol::V0).dumps(&Data { only: 7 }).unwrap();
    let made = "ccopy_reg\n_reconstructor\np0\n(cslotted\nData\np1\nc__builtin__\nobject\np2\nNtR";
    assert_eq!(String::from_utf8(pickle).unwrap(), format!("{made}(N(Vonly\np3\nI7\ndtb."));
}

#[test]
fn a_child_has_no_slot_of_its_parents_name() {
    #[derive(State)]
    #[state(pickle = "dict")]
    struct Twice {
        #[state(flatten_parent)]
        base: Base,
        #[state(rename = "first name")]
        other: i32,
    }
    let error = PickleOptions::new().dumps(&Twice { base: Base { name: String::new() }, other: 1 }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Twice: expected slots of different names, as the type is pickled by them, found two named first name, one of \
         them the parent's"
    );
}

/// The members are in the order of their names, and so are their parts that are elsewhere in an image.
#[test]
fn objects_as_cython_pickles_them() {
    #[derive(State, Clone)]
    #[state(name = "items.Item", pickle = "cython")]
    struct Item {
        name: String,
        zest: f64,
        extra: Vec<Option<Box<Item>>>,
        age: u64,
    }
    let item = |name: &str, extra| Item { name: name.into(), zest: 0.5, extra, age: 1 << 40 };
    let leaf = item("leaf", vec![None]);
    let tree = item("a root with a long name", vec![Some(Box::new(leaf.clone())), None, Some(Box::new(leaf))]);
    let leaf = "Item(1099511627776, [None], 'leaf', 0.5)";
    let expected = format!("Item(1099511627776, [{leaf}, None, {leaf}], 'a root with a long name', 0.5)");
    let mut cases = Vec::new();
    shows(&mut cases, &tree, &expected);
    shows(&mut cases, &vec![tree.clone(), tree], &format!("[{expected}, {expected}]"));
    check(cases);
}

#[test]
fn enums_as_members_and_as_tuples() {
    #[derive(State, Clone)]
    #[state(name = "shop.Colour", pickle = "enum")]
    enum Colour {
        Red,
        Green,
        Mixed(u8, String),
    }
    #[derive(State)]
    #[state(name = "shop:Outer.Shade", pickle = "enum")]
    enum Shade {
        Light,
    }
    #[derive(State)]
    enum Shape {
        Empty,
        Circle {
            radius: f64,
        },
        Raw {
            #[state(bytes)]
            data: Vec<u8>,
        },
        Large(String, Box<Shape>, [u64; 3]),
    }
    let mut cases = Vec::new();
    let all = &mut cases;
    shows(all, &Colour::Red, "<Colour.Red: 1>");
    let mixed = Colour::Mixed(3, "x".into());
    let colours = vec![Colour::Green, Colour::Red, mixed, Colour::Green];
    shows(all, &colours, "[<Colour.Green: 'green'>, <Colour.Red: 1>, ('Mixed', 3, 'x'), <Colour.Green: 'green'>]");
    shows(all, &Shade::Light, "<Shade.Light: 5>");
    let large = Shape::Large("l".into(), Box::new(Shape::Circle { radius: 1.5 }), [1, 2, 3]);
    let shapes = vec![Shape::Empty, Shape::Raw { data: vec![65] }, large, Shape::Empty];
    shows(all, &shapes, "[('Empty',), ('Raw', b'A', 1), ('Large', 'l', ('Circle', 1.5), [1, 2, 3]), ('Empty',)]");
    shows(all, &(Ok::<i32, String>(1), Err::<i32, String>("no".into())), "(('Ok', 1), ('Err', 'no'))");
    check(cases);
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
    sizes: [u16; 2],
}

#[derive(State)]
#[state(name = "shop.Plain", pickle = "dict")]
struct Arrays {
    #[state(array)]
    a: Vec<f64>,
    #[state(array)]
    b: Vec<Bicycle>,
    #[state(array)]
    c: Option<Box<[bool]>>,
    #[state(array)]
    d: [[i8; 2]; 2],
}

#[test]
fn arrays_by_public_names() {
    let bicycle = Bicycle { gears: 7, price: 0.0, sizes: [1, 2] };
    let mut arrays = Arrays { a: vec![0.0], b: vec![bicycle], c: Some(Box::new([true, false])), d: [[1, 2], [3, -1]] };
    let numbers = r"('a', ndarray((1,), '<f8', 'bytearray', b'\x00\x00\x00\x00\x00\x00\x00\x00', 0, None, None))";
    let layout = "dtype({'names': ['gears', 'price', 'sizes'], 'formats': ['<i4', '<f8', ('<u2', (2,))], \
                  'offsets': [0, 8, 16], 'itemsize': 24, 'aligned': True})";
    let (zeros, bytes) = (r"\x00".repeat(12), r"\x00".repeat(4));
    let records = format!(
        r"('b', ndarray((1,), {layout}, 'bytearray', b'\x07{bytes_}{zeros}\x01\x00\x02\x00{bytes}', 0, None, None))",
        bytes_ = r"\x00".repeat(3)
    );
    let flags = r"('c', ndarray((2,), '|b1', 'bytearray', b'\x01\x00', 0, None, None))";
    let grid = r"('d', ndarray((2, 2), '|i1', 'bytearray', b'\x01\x02\x03\xff', 0, None, None))";
    let mut cases = Vec::new();
    shows(&mut cases, &arrays, &format!("Plain[{numbers}, {records}, {flags}, {grid}]"));
    arrays.a.clear();
    arrays.c = None;
    let none = "('a', ndarray((0,), '<f8', 'bytearray', b'', 0, None, None))";
    shows(&mut cases, &arrays, &format!("Plain[{none}, {records}, ('c', None), {grid}]"));
    check(cases);
}

/// Large arrays become out-of-band buffers without a copy, and the others stay in the pickle.
// On a big-endian machine no array has the byte order of a pickle in memory, so none can be an out-of-band buffer.
#[cfg(target_endian = "little")]
#[test]
fn arrays_leave_out_of_band() {
    #[derive(State)]
    #[state(name = "shop.Plain", pickle = "dict")]
    struct Mixed {
        #[state(bytes)]
        bytes: Vec<u8>,
        #[state(array)]
        floats: Vec<f32>,
        #[state(array)]
        padded: Vec<Bicycle>,
        #[state(array)]
        short: Vec<u8>,
    }
    let bicycle = Bicycle { gears: 7, price: 0.0, sizes: [1, 2] };
    let mixed = Mixed { bytes: vec![7; 300], floats: vec![1.0; 100], padded: vec![bicycle; 20], short: vec![1; 3] };
    let mut buffer = pickle::PickleSegmentBuffer::new();
    let mut frames = Vec::new();
    for _ in 0..2 {
        let segments = PickleOptions::new().protocol(Protocol::V2).dump_segments(&mixed, &mut buffer).unwrap();
        assert!(segments.pickle.len() < 500);
        let places: Vec<_> = segments.buffers.iter().map(|buffer| (buffer.len(), buffer.as_ptr())).collect();
        assert_eq!(places[0], (300, mixed.bytes.as_ptr()));
        assert_eq!(places[1], (400, mixed.floats.as_ptr().cast()));
        assert_eq!((places.len(), places[2].0), (3, 480));
        let mut frame = (segments.pickle.len() as u64).to_le_bytes().to_vec();
        frame.extend_from_slice(segments.pickle);
        for buffer in &segments.buffers {
            frame.extend_from_slice(&(buffer.len() as u64).to_le_bytes());
            frame.extend_from_slice(buffer);
        }
        frames.push(frame);
    }
    let script = [
        MODULES,
        r#"
import pickle
def case(frame):
    parts, at = [], 0
    while at < len(frame):
        size = int.from_bytes(frame[at:at + 8], "little")
        parts.append(bytearray(frame[at + 8:at + 8 + size]))
        at += 8 + size
    if sys.version_info < (3, 8):
        return "memoryview True 300 bytearray <f4 100 bytearray 480 bytearray 3"
    for loads in pickle.loads, pickle._loads:
        it = loads(bytes(parts[0]), buffers=parts[1:])
    a, b, c = (getattr(it, name).args for name in ("floats", "padded", "short"))
    return "%s %s %d %s %s %d %s %d %s %d" % (
        type(it.bytes).__name__, it.bytes.readonly, len(it.bytes), a[2], a[1], a[0][0], b[2], len(b[3]), c[2], len(c[3]))
"#,
    ];
    let Some(found) = python::texts(&script.concat(), &frames) else { return };
    for found in found {
        assert_eq!(found, "memoryview True 300 bytearray <f4 100 bytearray 480 bytearray 3");
    }
}

/// Classes that share the work as Python's own do: a subclass adds an item behind the state of its base.
const PEOPLE: &str = r#"
import sys, types
people = types.ModuleType("people")
sys.modules["people"] = people

class Person:
    def __getstate__(self):
        return (self.name, self.age)
    def __setstate__(self, state):
        self.name, self.age = state
    def __repr__(self):
        return type(self).__name__ + repr(self.__getstate__())

class Employee(Person):
    def __getstate__(self):
        return super().__getstate__() + (self.salary,)
    def __setstate__(self, state):
        *base, self.salary = state
        super().__setstate__(tuple(base))

class Manager(Employee):
    def __getstate__(self):
        return super().__getstate__() + (self.team,)
    def __setstate__(self, state):
        super().__setstate__(state[:-1])
        self.team = state[-1]

for each in Person, Employee, Manager:
    each.__module__ = "people"
    setattr(people, each.__name__, each)
Spaced = type("Per son", (Person,), {"__module__": "people"})
setattr(people, "Per son", Spaced)
"#;

/// Loads a pickle and writes it again, with the `repr` of the object.
const AGAIN: &str = r#"
def case(data):
    made = load(data)
    protocol = data[1] if data[:1] == b"\x80" else 0
    return packed(repr(made).encode(), *written(made, protocol))
"#;

#[test]
fn states_with_items_behind_that_of_a_base_are_loaded_and_written_by_its_subclasses() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "people.Person")]
    struct Person {
        name: String,
        age: u8,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "people.Employee")]
    struct Employee {
        #[state(flatten_parent)]
        person: Person,
        salary: f64,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "people.Manager")]
    struct Manager {
        #[state(flatten_parent)]
        employee: Employee,
        team: Vec<Employee>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "people.Per son")]
    struct Spaced {
        #[state(flatten_parent)]
        person: Person,
    }
    fn each<T: State + state_core::RestoreOwned + PartialEq + std::fmt::Debug>(value: &T, repr: &str) {
        let pickles: Vec<Vec<u8>> = Protocol::ALL
            .iter()
            .map(|protocol| PickleOptions::new().protocol(*protocol).dumps(value).unwrap())
            .collect();
        let script = [PEOPLE, python::LOAD, python::WRITE, AGAIN].concat();
        for answer in python::answers(&script, &pickles).unwrap_or_default() {
            if answer == python::TOO_OLD.as_bytes() {
                continue;
            }
            let parts = python::parts(&answer);
            assert_eq!(String::from_utf8_lossy(parts[0]), repr);
            assert_eq!(parts.len(), 3);
            for written in &parts[1..] {
                assert_eq!(pickle::loads::<T>(written).unwrap(), *value);
                assert_eq!(from_value::<T>(&pickle::load_value(written).unwrap()).unwrap(), *value);
            }
        }
    }
    let person = |name: &str| Person { name: name.into(), age: 30 };
    let employee = |name: &str| Employee { person: person(name), salary: 2.5 };
    each(&person("Dave"), "Person('Dave', 30)");
    each(&employee("Eve"), "Employee('Eve', 30, 2.5)");
    let manager = Manager { employee: employee("Ada"), team: vec![employee("Eve"), employee("Bob")] };
    each(&manager, "Manager('Ada', 30, 2.5, [Employee('Eve', 30, 2.5), Employee('Bob', 30, 2.5)])");
    each(&Spaced { person: person("Dave") }, "Per son('Dave', 30)");
}
