//! A value that cannot be written is named by its place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Mutex;

use state_core::{Dynamic, Options, State, dumps, dynamic, loads, member};

#[derive(State, Default)]
struct Unit {
    name: String,
    tags: Vec<u8>,
    cell: RefCell<u32>,
}

#[derive(State)]
enum Order {
    Wait,
    Go { to: Box<Unit>, then: Option<Box<Order>> },
}

#[derive(State)]
struct World {
    time: f64,
    unused: Vec<()>,
    #[state(bytes)]
    heights: Vec<f32>,
    pair: (u8, RefCell<Unit>),
    units: Vec<Unit>,
    by_name: BTreeMap<String, Unit>,
    order: Order,
}

fn world() -> World {
    let unit = |name: &str| Unit { name: name.into(), tags: vec![1, 2, 3], cell: RefCell::new(7) };
    World {
        time: 1.5,
        unused: vec![(); 9],
        heights: vec![0.5; 33],
        pair: (1, RefCell::new(unit("a"))),
        units: vec![unit("b"), unit(""), unit("c")],
        by_name: [("d".into(), unit("e")), ("f".into(), unit("g"))].into(),
        order: Order::Go {
            to: unit("h").into(),
            then: Some(Box::new(Order::Go { to: unit("i").into(), then: Some(Box::new(Order::Wait)) })),
        },
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let world = world();
    let Order::Go { to, then: Some(then) } = &world.order else { unreachable!() };
    let Order::Go { to: later, .. } = &**then else { unreachable!() };
    let cells = [
        (&world.units[0].cell, "World.units[0].cell"),
        (&world.units[1].cell, "World.units[1].cell"),
        (&world.units[2].cell, "World.units[2].cell"),
        (&world.by_name["f"].cell, "World.by_name['f'].cell"),
        (&to.cell, "World.order.Go.to.cell"),
        (&later.cell, "World.order.Go.then.Go.to.cell"),
    ];
    for (cell, path) in cells {
        let borrowed = cell.borrow_mut();
        let error = dumps(&world).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{path}: expected a `RefCell` that can be read, found one that is mutably borrowed")
        );
        for error in [
            Options::new().with_schema().dumps(&world).unwrap_err(),
            state_core::image::bare::dumps(&world).unwrap_err(),
            state_core::pickle::dumps(&world).unwrap_err(),
            state_core::value::to_value(&world).unwrap_err(),
        ] {
            assert_eq!(error.path(), path);
        }
        drop(borrowed);
    }
    let borrowed = world.pair.1.borrow_mut();
    assert_eq!(dumps(&world).unwrap_err().path(), "World.pair.1");
    drop(borrowed);
    // The first of several.
    let borrowed = [world.units[2].cell.borrow_mut(), world.units[1].cell.borrow_mut()];
    assert_eq!(dumps(&world).unwrap_err().path(), "World.units[1].cell");
    drop(borrowed);
    assert_eq!(loads::<World>(&dumps(&world).unwrap()).unwrap().units.len(), 3);
}

#[derive(State)]
struct Asset {
    name: String,
    files: Vec<Option<PathBuf>>,
    range: std::ops::RangeInclusive<u8>,
    lock: Mutex<Vec<String>>,
}

#[derive(State)]
struct Assets {
    all: Vec<Asset>,
}

#[test]
fn what_has_no_state_is_named() {
    let asset = |name: &str| Asset {
        name: name.into(),
        files: vec![None, Some("a".into())],
        range: 1..=2,
        lock: Mutex::default(),
    };
    let assets = || Assets { all: vec![asset("a"), asset("b"), asset("")] };
    let path = |assets: &Assets| dumps(assets).unwrap_err().path().to_owned();

    let mut one = assets();
    one.all[2].files[1] = Some(OsStr::from_bytes(b"caf\xe9").into());
    assert_eq!(path(&one), "Assets.all[2].files[1]");

    let mut one = assets();
    one.all[1].range.by_ref().for_each(drop);
    assert_eq!(path(&one), "Assets.all[1].range");

    let one = assets();
    let poison = std::panic::AssertUnwindSafe(&one.all[0].lock);
    let _ = std::panic::catch_unwind(|| {
        let _guard = poison.lock();
        std::panic::panic_any("on purpose");
    });
    assert_eq!(path(&one), "Assets.all[0].lock");
}

#[derive(State)]
#[state(shared)]
struct Part {
    name: String,
    of: RefCell<Vec<Option<Rc<Part>>>>,
}

#[derive(State)]
#[state(shared)]
struct Parts {
    all: Vec<Rc<Part>>,
}

#[test]
fn references_that_cannot_be_written_are_named() {
    let part = |name: &str| Rc::new(Part { name: name.into(), of: RefCell::default() });
    let parts = Parts { all: vec![part("a"), part("b")] };
    parts.all[1].of.borrow_mut().extend([None, Some(Rc::clone(&parts.all[0])), Some(Rc::clone(&parts.all[1]))]);
    let error = dumps(&parts).unwrap_err();
    assert_eq!(error.path(), "Parts.all[1].of[2]");
    parts.all[1].of.borrow_mut().pop();
    assert!(dumps(&parts).is_ok());
    let _borrowed = parts.all[0].of.borrow_mut();
    assert_eq!(dumps(&parts).unwrap_err().path(), "Parts.all[0].of");
}

#[derive(State)]
#[state(before_get = Self::ready)]
struct Point {
    x: i32,
}

impl Point {
    fn ready(&self) -> Result<(), &'static str> {
        if self.x < 0 { Err("not on the map") } else { Ok(()) }
    }
}

#[derive(State)]
struct Named {
    name: String,
    at: Point,
}

#[derive(State)]
struct Map {
    points: Vec<Point>,
    named: Vec<Named>,
    boxed: Option<Box<Point>>,
    best: Point,
}

/// Objects with empty tails cannot be told apart: the list that contains them is named.
#[test]
fn objects_that_refuse_are_named() {
    let map = || Map {
        points: vec![Point { x: 1 }, Point { x: 2 }],
        named: vec![Named { name: "a".into(), at: Point { x: 3 } }, Named { name: "bc".into(), at: Point { x: 4 } }],
        boxed: Some(Box::new(Point { x: 5 })),
        best: Point { x: 6 },
    };
    let path = |change: fn(&mut Map)| {
        let mut map = map();
        change(&mut map);
        let error = dumps(&map).unwrap_err();
        assert_eq!(error.found(), "not on the map");
        error.path().to_owned()
    };
    assert_eq!(path(|map| map.points[1].x = -1), "Map.points");
    assert_eq!(path(|map| map.named[1].at.x = -1), "Map.named[1].at");
    assert_eq!(path(|map| map.named[0].at.x = -1), "Map.named[0].at");
    assert_eq!(path(|map| map.best.x = -1), "Map");
    map().points[0].x = 0;
    assert_eq!(dumps(&Point { x: -1 }).unwrap_err().to_string(), "Point: not on the map");
}

trait Plugin: Dynamic {}
dynamic!(dyn Plugin = open);

#[derive(State)]
#[state(name = "Known")]
struct Known(String);

#[derive(State)]
#[state(name = "Unknown")]
struct Unknown(u32);

#[derive(State)]
#[state(name = "Linked", shared)]
struct Linked(u8);

impl Plugin for Known {}
impl Plugin for Unknown {}
impl Plugin for Linked {}

#[derive(State)]
struct Program {
    name: String,
    plugins: Vec<Box<dyn Plugin>>,
    by_name: BTreeMap<String, Option<Rc<dyn Plugin>>>,
}

#[test]
fn values_of_open_sets_are_named() {
    <dyn Plugin>::register([member!(Known), member!(Linked)]).unwrap();
    let known = || Known("a".into());
    let program = || Program {
        name: "p".into(),
        plugins: vec![Box::new(known()), Box::new(known())],
        by_name: [("b".into(), None), ("c".into(), Some(Rc::new(known()) as Rc<dyn Plugin>))].into(),
    };
    let path = |change: fn(&mut Program)| {
        let mut program = program();
        change(&mut program);
        let error = dumps(&program).unwrap_err();
        for other in [
            Options::new().with_schema().dumps(&program).unwrap_err(),
            state_core::image::bare::dumps(&program).unwrap_err(),
            state_core::pickle::dumps(&program).unwrap_err(),
        ] {
            assert_eq!(other.path(), error.path());
        }
        error.path().to_owned()
    };
    assert_eq!(path(|program| program.plugins[0] = Box::new(Unknown(7))), "Program.plugins[0]");
    assert_eq!(path(|program| program.plugins[1] = Box::new(Unknown(7))), "Program.plugins[1]");
    assert_eq!(path(|program| program.plugins.push(Box::new(Unknown(7)))), "Program.plugins[2]");
    // The first of several.
    assert_eq!(
        path(|program| program.plugins.extend([Box::new(Unknown(7)) as Box<dyn Plugin>, Box::new(Unknown(8))])),
        "Program.plugins[2]"
    );
    let unknown = |program: &mut Program| drop(program.by_name.insert("b".into(), Some(Rc::new(Unknown(7)))));
    assert_eq!(path(unknown), "Program.by_name['b']");
    // A type that shares, in a state that copies shared objects.
    assert_eq!(path(|program| program.plugins.push(Box::new(Linked(7)))), "Program.plugins[2]");
    assert!(dumps(&program()).is_ok());
}
