//! Native bytes stored in `tests/data/`: they never change, and every damage to them gives an error or a value.
//!
//! The files were made by this test: `STATE_BLESS=1 cargo test --test golden` writes those that are missing, and
//! leaves the others alone. A change of the format is a new version, with files of its own.

mod example;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::num::{NonZero, Wrapping};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use state_core::image::bare;
use state_core::{Dynamic, Inspection, Options, Record, RestoreOwned, State, check, dumps, dynamic, load_into, loads};

use example::{MyClass, MySubclass, Person, bicycles, shop};

/// Compares with the file, then damages it by every single-bit change and every truncation.
fn golden<T: State + RestoreOwned>(name: &str, value: &T, other: impl Fn() -> T) {
    for (name, options) in
        [(format!("{name}.state"), Options::new()), (format!("{name}.schema.state"), Options::new().with_schema())]
    {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(&name);
        let fresh = options.dumps(value).unwrap();
        if std::env::var_os("STATE_BLESS").is_some() && !path.exists() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(bytes, fresh, "{name}");

        let mut target = other();
        load_into(&bytes, &mut target).unwrap();
        assert_eq!(dumps(&target).unwrap(), dumps(value).unwrap(), "{name} in place");
        assert_eq!(dumps(&loads::<T>(&bytes).unwrap()).unwrap(), dumps(value).unwrap(), "{name} anew");
        for damaged in damages(&bytes) {
            answers::<T>(&damaged, &other);
        }
        for len in 0..bytes.len() {
            assert!(loads::<T>(&bytes[..len]).is_err(), "{name} cut to {len}");
            answers::<T>(&bytes[..len], &other);
        }
        let longer = [&*bytes, &[0]].concat();
        assert!(check::<T>(&longer).is_err(), "{name} and a byte more");
    }
    golden_bare(name, value, other);
}

/// Does the same without a header, where every byte is changed to every value.
fn golden_bare<T: State + RestoreOwned>(name: &str, value: &T, other: impl Fn() -> T) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(format!("{name}.bare"));
    let fresh = bare::dumps(value).unwrap();
    if std::env::var_os("STATE_BLESS").is_some() && !path.exists() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(bytes, fresh, "{name}");

    let mut target = other();
    bare::load_into(&bytes, &mut target).unwrap();
    assert_eq!(bare::dumps(&target).unwrap(), bytes, "{name} in place");
    assert_eq!(bare::dumps(&bare::loads::<T>(&bytes).unwrap()).unwrap(), bytes, "{name} anew");
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        for byte in 0..=u8::MAX {
            damaged[at] = byte;
            answers_bare::<T>(&damaged, &other);
        }
    }
    for len in 0..bytes.len() {
        assert!(bare::loads::<T>(&bytes[..len]).is_err(), "{name} cut to {len}");
        answers_bare::<T>(&bytes[..len], &other);
    }
    let longer = [&*bytes, &[0]].concat();
    assert!(bare::check::<T>(&longer).is_err(), "{name} and a byte more");
}

/// The result is an error that leaves the target unchanged, or a valid value. All ways of loading agree.
fn answers_bare<T: State + RestoreOwned>(bytes: &[u8], other: impl Fn() -> T) {
    let mut target = other();
    let before = bare::dumps(&target).unwrap();
    let restored = bare::load_into(bytes, &mut target);
    let after = bare::dumps(&target).unwrap();
    match (bare::loads::<T>(bytes), restored) {
        (Ok(value), Ok(())) => {
            bare::check::<T>(bytes).unwrap();
            assert_eq!(bare::dumps(&value).unwrap().len(), after.len());
        }
        (Err(error), Err(same)) => {
            assert_eq!(after, before, "{error}");
            assert_eq!(error.to_string(), same.to_string());
            assert_eq!(bare::check::<T>(bytes).unwrap_err().to_string(), error.to_string());
            assert!(error.offset().is_none_or(|offset| offset <= bytes.len()), "{error}");
        }
        (loaded, restored) => panic!("{:?} but {restored:?}", loaded.err()),
    }
}

/// All copies with one bit inverted.
fn damages(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..8 * bytes.len()).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    })
}

/// The result is an error that leaves the target unchanged, or a valid value. Both ways of loading agree.
fn answers<T: State + RestoreOwned>(bytes: &[u8], other: impl Fn() -> T) {
    let mut target = other();
    let before = dumps(&target).unwrap();
    let restored = load_into(bytes, &mut target);
    let after = dumps(&target).unwrap();
    match (loads::<T>(bytes), restored) {
        (Ok(value), Ok(())) => {
            check::<T>(bytes).unwrap();
            // Sets are read in any order, and hash sets are written in any.
            assert_eq!(dumps(&value).unwrap().len(), after.len());
        }
        (Err(error), Err(same)) => {
            assert_eq!(after, before, "{error}");
            assert_eq!(error.to_string(), same.to_string());
            assert_eq!(check::<T>(bytes).unwrap_err().to_string(), error.to_string());
            assert!(error.offset().is_none_or(|offset| offset <= bytes.len()), "{error}");
        }
        (loaded, restored) => panic!("{:?} but {restored:?}", loaded.err()),
    }
    if let Ok(inspection) = Inspection::open(bytes) {
        assert_eq!(inspection.value().is_ok(), inspection.tree().is_ok());
    }
}

#[test]
fn the_bicycle_shop() {
    let empty = || MySubclass { base: MyClass { data: vec![] }, owner: None };
    golden("shop", &shop(), empty);
    golden("shop_empty", &empty(), || MySubclass {
        base: MyClass { data: bicycles([(2, 3.0)]) },
        owner: Some(Person { name: "Eve".into(), age: -1 }),
    });
}

#[derive(State, Clone)]
#[state(name = "golden.Numbers")]
struct Numbers {
    unsigned: (u8, u16, u32, u64, u128, usize),
    signed: (i8, i16, i32, i64, i128, isize),
    floats: [f32; 3],
    wide: [f64; 4],
    nonzero: (NonZero<u8>, NonZero<i64>),
    flags: [bool; 3],
    letter: char,
    unit: (),
    wrapping: Wrapping<u16>,
    duration: Duration,
    times: (SystemTime, SystemTime),
    cell: Cell<u8>,
}

#[test]
fn numbers() {
    let full = Numbers {
        unsigned: (1, 0x0203, 0x0405_0607, 0x0809_0A0B_0C0D_0E0F, 0x1011 << 112 | 0x1213, 20),
        signed: (-1, -2, -3, -4, -5, -6),
        floats: [1.5, -0.0, f32::INFINITY],
        wide: [0.1, f64::MIN_POSITIVE, f64::NAN, -1e300],
        nonzero: (NonZero::<u8>::MAX, NonZero::<i64>::MIN),
        flags: [true, false, true],
        letter: '\u{1F6B2}',
        unit: (),
        wrapping: Wrapping(0xABCD),
        duration: Duration::new(1, 999_999_999),
        times: (UNIX_EPOCH + Duration::new(86_400, 1), UNIX_EPOCH - Duration::new(1, 1)),
        cell: Cell::new(9),
    };
    golden("numbers", &full, || Numbers { flags: [false; 3], unsigned: (0, 0, 0, 0, 0, 0), ..full.clone() });
}

#[derive(State, Clone)]
#[state(name = "golden.Containers")]
struct Containers {
    lists: (Vec<u8>, Vec<i32>, Vec<bool>, Vec<String>, VecDeque<u16>),
    slices: (Box<[u8]>, Rc<[String]>, Arc<[u64]>),
    texts: (String, Box<str>, Rc<str>, Arc<str>),
    options: (Option<u8>, Option<u8>, Option<String>, Option<[u64; 2]>, Option<Option<u8>>),
    map: BTreeMap<String, Vec<u8>>,
    table: HashMap<u8, u8>,
    set: BTreeSet<i16>,
    boxes: (Box<u32>, Rc<String>, Arc<()>),
    cell: RefCell<Vec<char>>,
    nothing: Vec<()>,
}

#[test]
fn containers() {
    let full = Containers {
        lists: (
            vec![1, 2, 3],
            vec![-1, 2],
            vec![true, false],
            vec!["a".into(), String::new(), "ßé".into()],
            [7].into(),
        ),
        slices: ([9].into(), ["x".to_string()].into(), [1, 2].into()),
        texts: ("one".into(), "zwei".into(), "três".into(), "".into()),
        options: (None, Some(1), Some("s".into()), Some([1, 2]), Some(None)),
        map: [("a".into(), vec![1]), ("b".into(), vec![])].into(),
        table: [(1, 2)].into(),
        set: [-1, 0, 1].into(),
        boxes: (Box::new(5), Rc::new("rc".into()), Arc::new(())),
        cell: RefCell::new(vec!['x']),
        nothing: vec![(); 3],
    };
    golden("containers", &full, || {
        let mut other = full.clone();
        other.lists.3.pop();
        other.options = (Some(3), None, None, None, Some(Some(1)));
        other.map.insert("c".into(), vec![]);
        other
    });
}

#[derive(State, Clone)]
#[state(name = "golden.Expr")]
enum Expr {
    Number(f64),
    Name { text: String, scope: u8 },
    Add(Box<Expr>, Box<Expr>),
    List(Vec<Expr>),
    Nothing,
}

#[derive(State, Clone)]
#[state(name = "golden.Small")]
enum Small {
    One,
    Two(u8),
    Three { wide: u64, flag: bool },
}

#[test]
fn enums() {
    let name = |text: &str| Box::new(Expr::Name { text: text.into(), scope: 3 });
    let list = Expr::List(vec![Expr::Number(1.5), Expr::Nothing, *name("longer name")]);
    golden("expr", &Expr::Add(name("x"), Box::new(list)), || Expr::Add(Box::new(Expr::Nothing), name("y")));
    let small = vec![Small::One, Small::Two(2), Small::Three { wide: 3, flag: true }];
    golden("small", &small, || vec![Small::Three { wide: 1, flag: false }; 4]);
}

trait Shape: Dynamic {}

#[derive(State)]
#[state(name = "golden.Circle")]
struct Circle {
    radius: f64,
}

#[derive(State)]
#[state(name = "golden.Group")]
struct Group<T> {
    name: T,
    of: Vec<Rc<dyn Shape>>,
}

impl Shape for Circle {}
impl<T: State + 'static> Shape for Group<T> {}
impl Shape for u16 {}

dynamic!(dyn Shape as "golden.Shape" = [Circle, Group<String>, Group<u8> as "golden.Numbered", u16 as "dots"]);

#[test]
fn trait_objects() {
    let inner: Vec<Rc<dyn Shape>> = vec![Rc::new(Circle { radius: 0.5 }), Rc::new(7_u16)];
    let empty = Group { name: 9_u8, of: Vec::new() };
    let shapes: Vec<Box<dyn Shape>> = vec![
        Box::new(Group { name: String::from("both"), of: inner }),
        Box::new(empty),
        Box::new(Circle { radius: 2.0 }),
    ];
    golden("dynamic", &shapes, || vec![Box::new(Circle { radius: 1.0 }), Box::new(3_u16)]);
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Nested {
    tag: u8,
    corners: [Corner; 2],
    wide: u128,
}

#[derive(Record, Clone, Copy)]
#[repr(C, packed)]
struct Corner {
    x: i16,
    y: f32,
}

#[derive(State, Clone)]
#[state(name = "golden.Raws")]
struct Raws {
    #[state(bytes)]
    vec: Vec<Nested>,
    #[state(bytes)]
    boxed: Box<[f32]>,
    #[state(bytes)]
    shared: Option<Arc<[u16]>>,
    #[state(bytes)]
    absent: Option<Vec<u64>>,
    #[state(bytes, uncounted)]
    array: [[i8; 3]; 2],
    #[state(bytes)]
    one: Nested,
}

#[test]
fn raw_arrays() {
    let corner = |x, y| Corner { x, y };
    let nested = Nested { tag: 1, corners: [corner(-2, 0.5), corner(3, -0.5)], wide: 1 << 100 };
    let full = Raws {
        vec: vec![nested; 2],
        boxed: [1.0, 2.0].into(),
        shared: Some([5].into()),
        absent: None,
        array: [[1, 2, 3], [-1, -2, -3]],
        one: nested,
    };
    golden("raws", &full, || Raws { vec: vec![], shared: None, absent: Some(vec![1]), ..full.clone() });
}
