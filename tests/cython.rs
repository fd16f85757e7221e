//! Transfers objects from real Cython to Rust and back, at each protocol that Cython writes: `.ci/run cython` installs
//! the requirements, compiles `tests/cython/example.pyx` and runs this.

mod example;
mod python;

use state_core::State;
use state_core::pickle::{self, PickleOptions, Protocol};

use example::{MyClass, MySubclass, Person, dave};

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Gear", pickle = "cython")]
struct Gear {
    teeth: i32,
    maker: String,
    ratio: f64,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Cassette", pickle = "cython")]
struct Cassette {
    #[state(flatten_parent)]
    base: Gear,
    gears: Option<Vec<i64>>,
}

impl MyClass {
    fn average(&self) -> Option<String> {
        let sum: f64 = self.data.iter().map(|bicycle| bicycle.price).sum();
        let count = self.data.iter().fold(0.0, |count, _| count + 1.0);
        (count > 0.0).then(|| format!("{:?}", sum / count))
    }
}

/// Writes an object at a protocol; `.ci/run` sets the path of the compiled classes.
const WRITE: &str = r#"
import os, pickle, sys
sys.path.insert(0, os.environ["STATE_CYTHON"])
import example
data = [(1, 50.0), (7, 199.0), (21, 399.0)]

def cassette():
    it = example.Cassette(21, "Dave", 2.5)
    it.gears = [11, 13]
    return it

OBJECTS = {
    "Person": lambda: example.Person("Dave", 30),
    "MyClass": lambda: example.MyClass(data=data),
    "Empty": lambda: example.MyClass(),
    "MySubclass": lambda: example.MySubclass(data=data, owner=example.Person("Dave", 30)),
    "NoOwner": lambda: example.MySubclass(data=data),
    "Gear": lambda: example.Gear(21, "Dave", 2.5),
    "Cassette": cassette,
}

def case(frame):
    name, protocol = frame.decode().split()
    return pickle.dumps(OBJECTS[name](), int(protocol))
"#;

/// Loads a pickle in Python and returns the `repr`, and checks that no constructor ran.
const READ: &str = r#"
def case(frame):
    before = example.made
    it = pickle.loads(frame)
    assert example.made == before
    if isinstance(it, example.MyClass):
        owner = getattr(it, "owner", None)
        return "%s %s %s %s" % (type(it).__name__, it.data, it.average(), owner and (owner.name, owner.age))
    if isinstance(it, example.Gear):
        return "%s %s %s" % (type(it).__name__, (it.teeth, it.maker, it.ratio), getattr(it, "gears", None))
    return "%s %s" % (type(it).__name__, (it.name, it.age))
"#;

/// Loads a pickle from Python as a `T`, and writes it again at the same protocol.
fn through<T: State + state_core::RestoreOwned>(pickle: &[u8], protocol: Protocol, test: impl Fn(&T)) -> Vec<u8> {
    let loaded: T = pickle::loads(pickle).unwrap();
    test(&loaded);
    PickleOptions::new().protocol(protocol).dumps(&loaded).unwrap()
}

#[test]
#[ignore = "needs Cython, which `.ci/run cython` brings"]
fn objects_go_to_rust_and_back() {
    let names = ["Person", "MyClass", "Empty", "MySubclass", "NoOwner", "Gear", "Cassette"];
    let protocols = &Protocol::ALL[2..];
    let cases: Vec<_> = protocols.iter().flat_map(|protocol| names.map(|name| (name, *protocol))).collect();
    let frames: Vec<_> =
        cases.iter().map(|(name, protocol)| format!("{name} {}", protocol.number()).into_bytes()).collect();
    let written = python::answers(WRITE, &frames).expect("Python is asked for");
    let answers: Vec<Vec<u8>> = cases
        .iter()
        .zip(&written)
        .map(|(&(name, protocol), pickle)| match name {
            "Person" => through::<Person>(pickle, protocol, |it| assert_eq!((&*it.name, it.age), ("Dave", 30))),
            "MyClass" => through::<MyClass>(pickle, protocol, |it| assert_eq!(it.average().unwrap(), "216.0")),
            "Empty" => through::<MyClass>(pickle, protocol, |it| assert!(it.data.is_empty())),
            "MySubclass" => through::<MySubclass>(pickle, protocol, |it| {
                assert_eq!(it.base.average().unwrap(), "216.0");
                assert_eq!(it.owner, Some(dave()));
            }),
            "NoOwner" => through::<MySubclass>(pickle, protocol, |it| assert_eq!(it.owner, None)),
            "Gear" => through::<Gear>(pickle, protocol, |it| {
                assert_eq!(*it, Gear { teeth: 21, maker: "Dave".into(), ratio: 2.5 });
            }),
            _ => through::<Cassette>(pickle, protocol, |it| assert_eq!(it.gears, Some(vec![11, 13]))),
        })
        .collect();
    let told = python::texts(&[WRITE, READ].concat(), &answers).expect("Python is asked for");
    for ((name, _), told) in cases.iter().zip(&told) {
        let data = "[(1, 50.0), (7, 199.0), (21, 399.0)]";
        let expected = match *name {
            "Person" => "Person ('Dave', 30)".into(),
            "MyClass" => format!("MyClass {data} 216.0 None"),
            "Empty" => "MyClass [] None None".into(),
            "MySubclass" => format!("MySubclass {data} 216.0 ('Dave', 30)"),
            "NoOwner" => format!("MySubclass {data} 216.0 None"),
            "Gear" => "Gear (21, 'Dave', 2.5) None".into(),
            _ => "Cassette (21, 'Dave', 2.5) [11, 13]".into(),
        };
        assert_eq!(*told, expected);
    }
}
