//! What Python pickles is read into types: classes in each form in which they are pickled, text and strings of Python 2
//! as selected, and layouts that Python does not write.

macro_rules! each_protocol {
    ($name:literal) => {
        [
            include_bytes!(concat!("../data/pickle/", $name, "_p2.pkl")).as_slice(),
            include_bytes!(concat!("../data/pickle/", $name, "_p3.pkl")),
            include_bytes!(concat!("../data/pickle/", $name, "_p4.pkl")),
            include_bytes!(concat!("../data/pickle/", $name, "_p5.pkl")),
        ]
    };
}

mod enums;
mod errors;
#[path = "../example/mod.rs"]
mod example;
mod layouts;
mod objects;
#[path = "../python/mod.rs"]
mod python;

use example::{MyClass, MySubclass, Person, class, dave, shop};
use state_core::pickle;

#[test]
fn classes_of_cython_as_the_post_writes_them() {
    for bytes in each_protocol!("person") {
        assert_eq!(pickle::loads::<Person>(bytes).unwrap(), dave());
    }
    for bytes in each_protocol!("myclass") {
        assert_eq!(pickle::loads::<MyClass>(bytes).unwrap(), class());
    }
    for bytes in each_protocol!("mysubclass") {
        let loaded: MySubclass = pickle::loads(bytes).unwrap();
        assert_eq!(loaded, shop());
    }
}

/// Classes that pickle themselves in every possible way.
const CLASSES: &str = r#"
import collections, copyreg, dataclasses, enum, sys, types
example = types.ModuleType("example")
sys.modules["example"] = example

def known(cls):
    cls.__module__ = "example"
    outer = example
    for name in cls.__qualname__.split(".")[:-1]:
        outer = getattr(outer, name)
    setattr(outer, cls.__name__, cls)
    return cls

def person(**methods):
    # In place of the one before.
    cls = type("Person", (), dict(methods))
    known(cls)
    it = cls.__new__(cls)
    it.__dict__.update(name="Dave", age=30)
    return it

def keeps_tuple(self): return self.name, self.age
def keywords(self): return (), {"name": "Dave"}

# By which the classes of the python door are made.
def from_state(cls, *slots): pass
from_state.__module__ = "example"
from_state.__name__, from_state.__qualname__ = "_from_state", "Person._from_state"
def from_slots(*slots): pass
from_slots.__module__ = "example"
from_slots.__name__, from_slots.__qualname__ = "_from_slots", "Person._from_slots"

class Form:
    def __init__(self, *schemas): self.schemas = schemas
    def __call__(self, *slots): pass
    def __reduce__(self): return form, self.schemas
def form(*schemas): pass
form.__module__ = "example"
form.__name__, form.__qualname__ = "__form__", "Person.__form__"
SCHEMA = b"\x1f\x00\x02\x04name\x05\x03age%"
EXACT, CLASS = Form(SCHEMA), Form(1, SCHEMA)

@known
class Point:
    def __init__(self, x, y): self.x, self.y = x, y

@known
class Slotted:
    __slots__ = "x", "y"
    def __init__(self, x, y): self.x, self.y = x, y

@known
class Both(Slotted):
    __slots__ = "__dict__",

@known
@dataclasses.dataclass
class Data:
    x: int
    y: float

@known
class Outer: pass
class Inner(Point): pass
Inner.__qualname__ = "Outer.Inner"
known(Inner)

Pair = known(collections.namedtuple("Pair", "x y"))

@known
class Color(enum.Enum):
    RED = 1
    GREEN = 2
    def __reduce_ex__(self, protocol): return getattr, (Color, self.name)

@known
class Worth(enum.Enum):
    RED = 1
    GREEN = -2

def unpickle(cls, checksum, state): pass
unpickle.__module__ = "example"
unpickle.__name__ = unpickle.__qualname__ = "__pyx_unpickle_Gear"
setattr(example, "__pyx_unpickle_Gear", unpickle)

@known
class Gear:
    apart = False
    def __reduce__(self):
        state = (30, "x")
        if self.apart: return unpickle, (Gear, 0x887fcea, None), state
        return unpickle, (Gear, 0x887fcea, state)

def apart():
    gear = Gear()
    gear.apart = True
    return gear

def with_more(it):
    it.z = 3
    return it

OBJECTS = {
    "state": lambda: person(__getstate__=keeps_tuple),
    "reduce": lambda: person(__reduce__=lambda self: (type(self), (self.name, self.age))),
    "reduce with state": lambda: person(__reduce__=lambda self: (type(self), (), (self.name, self.age))),
    "newobj": lambda: person(__reduce__=lambda self: (copyreg.__newobj__, (type(self),), (self.name, self.age))),
    "newobj_ex": lambda: person(__getnewargs_ex__=keywords, __getstate__=keeps_tuple),
    "reconstructor": lambda: person(
        __reduce__=lambda self: (copyreg._reconstructor, (type(self), object, None), (self.name, self.age))),
    "from state": lambda: person(
        _from_state=staticmethod(from_state), __reduce__=lambda self: (from_state, (type(self), self.name, self.age))),
    "from slots": lambda: person(
        _from_slots=staticmethod(from_slots), __reduce__=lambda self: (from_slots, (self.name, self.age))),
    "form": lambda: person(__form__=staticmethod(form), __reduce__=lambda self: (EXACT, (self.name, self.age))),
    "form of class": lambda: person(
        __form__=staticmethod(form), __reduce__=lambda self: (CLASS, (type(self), self.name, self.age))),
    "plain": lambda: Point(1, 2.5),
    "slots": lambda: Slotted(1, 2.5),
    "both": lambda: Both(1, 2.5),
    "data": lambda: Data(1, 2.5),
    "inner": lambda: Inner(1, 2.5),
    "pair": lambda: Pair(1, 2.5),
    "color": lambda: [Color.GREEN, Color.RED, Color.RED],
    "worth": lambda: [Worth.GREEN, Worth.RED, Worth.RED],
    "gear": lambda: Gear(),
    "gear apart": lambda: apart(),
    "more": lambda: with_more(Point(1, 2.5)),
    "deep": lambda: [Slotted((1,), {2.5: [None]})],
}

def case(frame):
    name, protocol = frame.decode().rsplit(" ", 1)
    return packed(*written(OBJECTS[name](), int(protocol)))
"#;

fn pickles(name: &str) -> Vec<Vec<u8>> {
    // `__slots__` without methods need protocol 2.
    let first = if matches!(name, "slots" | "both" | "deep" | "newobj_ex") { 2 } else { 0 };
    let frames: Vec<Vec<u8>> = (first..6).map(|protocol| format!("{name} {protocol}").into_bytes()).collect();
    let Some(answers) = python::answers(&[python::WRITE, CLASSES].concat(), &frames) else { return Vec::new() };
    answers.iter().flat_map(|answer| python::parts(answer)).map(<[u8]>::to_vec).collect()
}
