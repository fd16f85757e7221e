//! What the default depth lets through fits the stack of a thread, 2 MiB, by each way in and out, also where nothing is
//! optimised: `.ci/run unoptimised` runs this so.

#![allow(clippy::linkedlist, reason = "it is one of the containers")]
#![allow(clippy::large_stack_arrays, reason = "the threads that make these have the stack for them")]

use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList, VecDeque};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use state_core::image::compare;
use state_core::{
    Error, ErrorKind, Inspection, Options, RestoreOwned, State, check, dumps, from_value, load_into, loads,
    loads_upgraded, pickle, to_value,
};

/// Runs on the stack that a thread has where nobody asks for more.
fn on_a_thread(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

type Way = (&'static str, Box<dyn FnOnce() + Send>);

/// Each way on a thread of its own, so that one that overflows is the last that was named.
fn every_way<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>, other: T) {
    let ways = native(value, other).into_iter().chain(dynamic(value)).chain(pickled(value));
    for (way, run) in ways {
        eprintln!("{}: {way}", std::any::type_name::<T>());
        on_a_thread(run);
    }
}

fn native<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>, other: T) -> Vec<Way> {
    let bytes = Arc::new(dumps(&**value).unwrap());
    let (out, into, checked) = (Arc::clone(value), (Arc::clone(value), Arc::clone(&bytes)), Arc::clone(&bytes));
    let (compared, leaf) = (Arc::clone(&bytes), dumps(&other).unwrap());
    let value = Arc::clone(value);
    let mut target = other;
    vec![
        (
            "compare",
            Box::new(move || {
                assert_eq!(compare::<T>(&compared, &compared).unwrap().count(), 0);
                assert!(compare::<T>(&compared, &leaf).unwrap().count() > 0);
            }),
        ),
        ("dumps", Box::new(move || drop(dumps(&*out).unwrap()))),
        ("loads", Box::new(move || assert!(loads::<T>(&bytes).unwrap() == *value))),
        (
            "check",
            Box::new(move || {
                check::<T>(&checked).unwrap();
                // The place of a damage is found by the walk.
                let mut bytes = checked.to_vec();
                bytes.pop();
                check::<T>(&bytes).unwrap_err();
                bytes.extend([0, 0]);
                check::<T>(&bytes).unwrap_err();
            }),
        ),
        (
            "load_into",
            Box::new(move || {
                let (value, bytes) = into;
                load_into(&bytes, &mut target).unwrap();
                assert!(target == *value);
                load_into(&bytes, &mut target).unwrap();
            }),
        ),
    ]
}

fn dynamic<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>) -> Vec<Way> {
    let with_schema = Options::new().with_schema().dumps(&**value).unwrap();
    let (out, value) = (Arc::clone(value), Arc::clone(value));
    vec![
        (
            "to_value",
            Box::new(move || {
                let value = to_value(&*out).unwrap();
                assert!(value.clone() == value && !value.to_string().is_empty());
                assert!(!format!("{value:?}{value:#?}{value:#}").is_empty());
            }),
        ),
        ("from_value", Box::new(move || assert!(from_value::<T>(&to_value(&*value).unwrap()).unwrap() == *value))),
        (
            "Inspection",
            Box::new(move || {
                let inspection = Inspection::open(&with_schema).unwrap();
                drop(inspection.value().unwrap());
                drop(inspection.tree().unwrap());
            }),
        ),
    ]
}

fn pickled<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(value: &Arc<T>) -> Vec<Way> {
    let (out, values, value) = (Arc::clone(value), Arc::clone(value), Arc::clone(value));
    vec![
        ("pickle::dumps", Box::new(move || drop(pickle::dumps(&*out).unwrap()))),
        (
            "pickle::loads",
            Box::new(move || {
                for protocol in [pickle::Protocol::V0, pickle::Protocol::V2, pickle::Protocol::V4] {
                    let mut pickle = pickle::PickleOptions::new().protocol(protocol).dumps(&*value).unwrap();
                    assert!(pickle::loads::<T>(&pickle).unwrap() == *value);
                    // What is put on the stack and taken from it again is left to the machine.
                    let start = if protocol == pickle::Protocol::V0 { 0 } else { 2 };
                    pickle.splice(start..start, *b"N0");
                    assert!(pickle::loads::<T>(&pickle).unwrap() == *value);
                }
            }),
        ),
        (
            "pickle::load_value",
            Box::new(move || {
                let pickle = pickle::dumps(&*values).unwrap();
                let value = pickle::load_value(&pickle).unwrap();
                drop(pickle::dump_value(&value).unwrap());
                let pickle = pickle::Pickle::open(&pickle).unwrap();
                assert!(!format!("{pickle}{pickle:#}").is_empty());
            }),
        ),
    ]
}

/// The deepest value that the default depth takes, made from a leaf by `around`; and whether a deeper one is refused by
/// each way that could meet it.
fn deepest<T: RestoreOwned + Clone + Debug>(leaf: T, around: impl Fn(T) -> T) -> (T, u32) {
    let (mut value, mut levels) = (leaf, 0);
    loop {
        let next = around(value.clone());
        if let Err(error) = dumps(&next) {
            refused(&next, &error);
            return (value, levels);
        }
        (value, levels) = (next, levels + 1);
    }
}

#[track_caller]
fn refused<T: RestoreOwned + Debug>(deeper: &T, error: &Error) {
    let raised = Options::new().depth(4096);
    let pickle = pickle::PickleOptions::new().depth(4096).dumps(deeper).unwrap();
    let errors = [
        error.kind(),
        loads::<T>(&raised.dumps(deeper).unwrap()).unwrap_err().kind(),
        to_value(deeper).unwrap_err().kind(),
        from_value::<T>(&raised.to_value(deeper).unwrap()).unwrap_err().kind(),
        pickle::dumps(deeper).unwrap_err().kind(),
        pickle::loads::<T>(&pickle).unwrap_err().kind(),
    ];
    assert_eq!(errors, [ErrorKind::Depth; 6]);
}

/// Values are made, compared and dropped on a large stack; the ways alone run on a small one.
fn deep<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(leaf: T, around: fn(T) -> T) {
    let run = move || {
        let (value, levels) = deepest(leaf.clone(), around);
        eprintln!("{}: {levels} levels", std::any::type_name::<T>());
        let value = Arc::new(value);
        every_way(&value, around(leaf));
    };
    std::thread::Builder::new().stack_size(256 << 20).spawn(run).unwrap().join().unwrap();
}

#[derive(State, Debug, PartialEq, Clone)]
struct Expr {
    line: u32,
    kind: Kind,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Kind {
    Name(String),
    Call { f: String, args: Vec<Arg> },
}

#[derive(State, Debug, PartialEq, Clone)]
struct Arg {
    name: Option<String>,
    value: (u8, Expr),
}

#[test]
fn through_structs_enums_and_tuples() {
    deep(Expr { line: 1, kind: Kind::Name("x".into()) }, |inner| Expr {
        line: 2,
        kind: Kind::Call { f: "f".into(), args: vec![Arg { name: None, value: (3, inner) }] },
    });
}

#[derive(State, Debug, PartialEq, Clone)]
struct Link {
    next: Option<Box<Link>>,
    at: u32,
}

#[test]
fn through_boxes() {
    deep(Link { next: None, at: 0 }, |next| Link { next: Some(Box::new(next)), at: 1 });
}

#[derive(State, Debug, PartialEq, Clone)]
enum Json {
    Null,
    Object(BTreeMap<String, Json>),
}

#[test]
fn through_maps() {
    deep(Json::Null, |inner| Json::Object(BTreeMap::from([("key".into(), inner)])));
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(pickle = "dict")]
struct Attributes {
    name: String,
    parts: BTreeMap<u8, (u8, Vec<[Option<Attributes>; 1]>)>,
}

#[test]
fn through_attributes_arrays_and_options() {
    deep(Attributes { name: "a".into(), parts: BTreeMap::new() }, |inner| Attributes {
        name: "b".into(),
        parts: BTreeMap::from([(1, (2, vec![[Some(inner)]]))]),
    });
}

#[derive(State, Debug, PartialEq, Clone)]
struct Wrap<T>(T);

#[derive(State, Debug, PartialEq, Clone)]
struct Deep(Wrap<Wrap<Wrap<Option<Box<Deep>>>>>);

#[test]
fn through_newtypes() {
    deep(Deep(Wrap(Wrap(Wrap(None)))), |inner| Deep(Wrap(Wrap(Wrap(Some(Box::new(inner)))))));
}

macro_rules! wrapped {
    ($leaf:ty;) => { $leaf };
    ($leaf:ty; $first:ident $($rest:ident)*) => { Wrap<wrapped!($leaf; $($rest)*)> };
}

macro_rules! wrap {
    ($leaf:expr;) => { $leaf };
    ($leaf:expr; $first:ident $($rest:ident)*) => { Wrap(wrap!($leaf; $($rest)*)) };
}

#[derive(State, Debug, PartialEq, Clone)]
struct Deeper(wrapped!(Option<Box<Deeper>>; a b c d e f g h i j k l m n o p q r s t));

#[test]
fn through_twenty_newtypes_a_level() {
    deep(Deeper(wrap!(None; a b c d e f g h i j k l m n o p q r s t)), |inner| {
        Deeper(wrap!(Some(Box::new(inner)); a b c d e f g h i j k l m n o p q r s t))
    });
}

type Twelve<T> = (u8, u8, u8, String, u8, u8, u8, u8, u8, u8, u8, T);

fn twelve<T>(last: T) -> Twelve<T> {
    (1, 2, 3, "four".into(), 5, 6, 7, 8, 9, 10, 11, last)
}

#[derive(State, Debug, PartialEq, Clone)]
struct Tuples(Twelve<(u8, (u8, Twelve<Vec<Tuples>>))>);

#[test]
fn through_tuples_of_twelve() {
    deep(Tuples(twelve((1, (2, twelve(vec![]))))), |inner| Tuples(twelve((1, (2, twelve(vec![inner]))))));
}

#[derive(State, Debug, PartialEq, Clone)]
enum Either<T> {
    Left { a: String, b: u64, c: [u64; 4] },
    Right(T),
    Neither,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Enums {
    End,
    Next(u8, Either<Either<Either<Either<Box<Enums>>>>>),
}

#[test]
fn through_enums_in_enums() {
    use Either::Right;
    deep(Enums::End, |inner| Enums::Next(1, Right(Right(Right(Right(Box::new(inner)))))));
}

#[derive(State, Debug, PartialEq, Clone)]
struct First {
    a: String,
    children: Vec<Fourth>,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Second {
    #[state(flatten_parent)]
    parent: First,
    b: [u8; 100],
}

#[derive(State, Debug, PartialEq, Clone)]
struct Third {
    #[state(flatten_parent)]
    parent: Second,
    c: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Fourth {
    #[state(flatten_parent)]
    parent: Third,
    d: Option<u8>,
}

fn fourth(children: Vec<Fourth>) -> Fourth {
    let parent = Second { parent: First { a: "a".into(), children }, b: [1; 100] };
    Fourth { parent: Third { parent, c: 2 }, d: None }
}

#[test]
fn through_parents_that_are_flattened() {
    deep(fourth(vec![]), |inner| fourth(vec![inner]));
}

#[derive(State, Debug, PartialEq, Clone)]
struct Wide {
    fill: [u64; 100],
    texts: (String, String, String),
    list: Vec<Wide>,
    map: HashMap<u8, Wide>,
    tree: BTreeMap<String, (u8, Wide)>,
    queue: VecDeque<Wide>,
    chain: LinkedList<Wide>,
    slice: Box<[Wide]>,
    shared: Option<Arc<Wide>>,
}

fn wide() -> Wide {
    Wide {
        fill: [1; 100],
        texts: Default::default(),
        list: vec![],
        map: HashMap::new(),
        tree: BTreeMap::new(),
        queue: VecDeque::new(),
        chain: LinkedList::new(),
        slice: Box::default(),
        shared: None,
    }
}

#[test]
fn through_every_container_of_what_is_wide() {
    deep(wide(), |inner| Wide { list: vec![inner], ..wide() });
    deep(wide(), |inner| Wide { map: HashMap::from([(1, inner)]), ..wide() });
    deep(wide(), |inner| Wide { tree: BTreeMap::from([("a".into(), (1, inner))]), ..wide() });
    deep(wide(), |inner| Wide { queue: VecDeque::from([inner]), ..wide() });
    deep(wide(), |inner| Wide { chain: LinkedList::from([inner]), ..wide() });
    deep(wide(), |inner| Wide { slice: Box::new([inner]), ..wide() });
    deep(wide(), |inner| Wide { shared: Some(Arc::new(inner)), ..wide() });
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Keys(u8, BTreeSet<Keys>, BTreeMap<(u8, Vec<Keys>), u8>);

#[test]
fn through_keys() {
    deep(Keys(1, BTreeSet::new(), BTreeMap::new()), |inner| Keys(2, BTreeSet::from([inner]), BTreeMap::new()));
    deep(Keys(1, BTreeSet::new(), BTreeMap::new()), |inner| {
        Keys(2, BTreeSet::new(), BTreeMap::from([((1, vec![inner]), 2)]))
    });
}

#[derive(State, Debug)]
struct Locked(Mutex<Mutex<Mutex<Option<Box<Locked>>>>>, [Option<u32>; 3]);

impl Clone for Locked {
    fn clone(&self) -> Self {
        let inner = self.0.lock().unwrap().lock().unwrap().lock().unwrap().clone();
        Self(Mutex::new(Mutex::new(Mutex::new(inner))), self.1)
    }
}

impl PartialEq for Locked {
    fn eq(&self, other: &Self) -> bool {
        let inner = |locked: &Self| locked.0.lock().unwrap().lock().unwrap().lock().unwrap().clone();
        inner(self) == inner(other) && self.1 == other.1
    }
}

#[test]
fn through_locks() {
    let locked = |inner| Locked(Mutex::new(Mutex::new(Mutex::new(inner))), [None, Some(1), None]);
    deep(locked(None), |inner| Locked(Mutex::new(Mutex::new(Mutex::new(Some(Box::new(inner))))), [None; 3]));
}

#[derive(State, Debug, PartialEq, Clone)]
struct Arrays([[[(u8, [Result<Box<Arrays>, String>; 1]); 1]; 1]; 2]);

#[test]
fn through_arrays_and_results() {
    let leaf = || [[(1, [Err("end".into())])]];
    deep(Arrays([leaf(), leaf()]), |inner| Arrays([[[(1, [Err("end".into())])]], [[(2, [Ok(Box::new(inner))])]]]));
}

/// The syntax of a language: many variants, of which each is large.
macro_rules! syntax {
    ($($variant:ident)*) => {
        #[derive(State, Debug, PartialEq, Clone)]
        enum Syntax {
            End,
            Next(Box<Syntax>),
            $($variant { name: String, span: (u32, u32), body: Vec<Syntax>, then: Option<Box<Syntax>>, doc: String },)*
        }
    };
}

syntax!(A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1 B1 C1 D1 E1 F1 G1 H1 I1 J1 K1 L1 M1 N1 O1 P1 Q1 R1);

#[test]
fn through_many_variants() {
    deep(Syntax::End, |inner| Syntax::Next(Box::new(inner)));
    deep(Syntax::End, |inner| Syntax::R1 {
        name: "name".into(),
        span: (1, 2),
        body: vec![inner],
        then: None,
        doc: String::new(),
    });
}

mod reversed {
    use super::Converted;

    pub type Slot = (u8, [u64; 20], Vec<Converted>);

    #[expect(clippy::ptr_arg, reason = "the function has the shape that the derive asks for")]
    pub fn get(inner: &Vec<Converted>) -> Slot {
        (1, [2; 20], inner.iter().rev().cloned().collect())
    }

    pub fn set(slot: Slot) -> Result<Vec<Converted>, String> {
        Ok(slot.2.into_iter().rev().collect())
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(after_set = Self::seen)]
struct Converted {
    #[state(with = reversed)]
    inner: Vec<Converted>,
    #[state(skip)]
    fill: [u64; 4],
}

impl Converted {
    fn seen(&mut self) -> Result<(), String> {
        self.fill = [7; 4];
        Ok(())
    }
}

#[test]
fn through_conversions_and_hooks() {
    deep(Converted { inner: vec![], fill: [7; 4] }, |inner| Converted { inner: vec![inner], fill: [7; 4] });
}

/// A restore in place builds it aside, exchanges it and calls its hooks.
#[derive(State, Debug, PartialEq, Clone)]
#[state(after_set = Self::count)]
struct Counted {
    kids: BTreeMap<u8, Counted>,
    list: Vec<Counted>,
    #[state(skip)]
    count: usize,
}

impl Counted {
    fn count(&mut self) -> Result<(), String> {
        self.count = self.kids.len() + self.list.len();
        Ok(())
    }
}

#[test]
fn through_hooks_that_may_refuse() {
    let leaf = || Counted { kids: BTreeMap::new(), list: vec![], count: 0 };
    deep(leaf(), |inner| Counted { kids: BTreeMap::from([(1, inner)]), list: vec![], count: 1 });
    deep(leaf(), |inner| Counted { kids: BTreeMap::new(), list: vec![inner], count: 1 });
}

/// Arrays behind a pointer, whose size no depth counts: they are built where they are to stay.
fn large<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(make: fn(u16) -> T) {
    let run = move || every_way(&Arc::new(make(1)), make(2));
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

fn boxed<T: Clone + Debug, const N: usize>(item: T) -> Box<[T; N]> {
    vec![item; N].try_into().unwrap()
}

#[test]
fn large_arrays_of_numbers() {
    large(|from| boxed::<_, { 512 * 512 }>(f32::from(from)));
    large(|from| Some(boxed::<_, 512>([f32::from(from); 512])));
    large(|from| vec![Arc::<[u16; 500_000]>::from(boxed(from))]);
}

#[test]
fn large_arrays_of_what_is_built_one_by_one() {
    large(|from| boxed::<_, 20_000>(from.to_string()));
    large(|from| boxed::<_, 50_000>(from == 1));
    large(|from| boxed::<_, 500>([const { None }; 20].map(|_: Option<()>| Some(from.to_string()))));
    large(|from| boxed::<_, 20_000>(Some(Box::new(from))));
}

#[derive(State, Debug, PartialEq, Clone)]
struct Grid {
    cells: [[f32; 512]; 512],
}

#[derive(State, Debug, PartialEq, Clone)]
#[repr(C)]
struct World {
    tick: u64,
    grids: [Grid; 2],
    flat: [u32; 2],
}

fn grid(from: u16) -> Grid {
    Grid { cells: [[f32::from(from); 512]; 512] }
}

#[test]
fn large_structs_of_numbers() {
    large(|from| Box::new(grid(from)));
    large(|from| Some(Arc::new(grid(from))));
    large(|from| vec![grid(from), grid(7)]);
    large(|from| BTreeMap::from([(1, Box::new([grid(from), grid(1), grid(2)]))]));
    large(|from| Box::new(World { tick: from.into(), grids: [grid(from), grid(0)], flat: [1, 2] }));
}

/// A value that is refused by its size alone, where no limit is raised.
fn too_large<T: RestoreOwned + 'static>(what: &str, make: fn() -> T) {
    let run = move || {
        let value = make();
        let error = dumps(&value).unwrap_err();
        (error.to_string(), Options::new().depth(100_000).dumps(&value).unwrap())
    };
    let (error, bytes) = std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
    let text = "bytes, which are built on the stack (an array behind a `Box` of its own is not)";
    assert!(error.contains(what) && error.contains(text), "{error}");
    on_a_thread(move || {
        let error = loads::<T>(&bytes).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Depth);
        assert!(error.to_string().contains(text), "{error}");
    });
}

/// What is no run of bytes in memory is built on the stack, and refused where that would be too much of it.
#[test]
fn large_structs_of_what_is_built_one_by_one() {
    #[derive(State, Debug, PartialEq, Clone)]
    struct Named<const N: usize> {
        name: String,
        cells: [[f32; N]; N],
    }
    #[derive(State, Debug, PartialEq, Clone)]
    struct Padded<const N: usize> {
        kind: u8,
        cells: [[f64; N]; N],
    }
    large(|from| Box::new(Named { name: "a".into(), cells: [[f32::from(from); 64]; 64] }));
    large(|from| vec![Padded { kind: 1, cells: [[f64::from(from); 64]; 64] }; 2]);

    too_large("Named of", || Box::new(Named { name: "a".into(), cells: [[1.0; 512]; 512] }));
    too_large("Padded of", || Box::new(Padded { kind: 1, cells: [[1.0; 400]; 400] }));
    too_large("Named of", || vec![Named { name: "a".into(), cells: [[1.0; 512]; 512] }]);
    too_large("tuple (i32, Named) of", || BTreeMap::from([(1, Named { name: "a".into(), cells: [[1.0; 512]; 512] })]));
}

/// What is built on a thread, and given back by its bytes alone.
#[test]
fn large_arrays_that_are_shared() {
    let bytes = dumps(&Rc::<[String; 20_000]>::from(boxed("a".to_string()))).unwrap();
    on_a_thread(move || {
        let mut items: Rc<[String; 20_000]> = loads(&bytes).unwrap();
        assert!(items.iter().all(|item| item == "a"));
        let before = Rc::as_ptr(&items);
        load_into(&bytes, &mut items).unwrap();
        assert_eq!(before, Rc::as_ptr(&items));
    });
}

/// Serde has a limit of its own, at whatever depth its value stands.
#[derive(State, Debug, PartialEq, Clone)]
struct Foreign {
    #[state(serde)]
    value: serde_json::Value,
    next: Option<Box<Foreign>>,
}

#[test]
fn through_boxes_to_a_serde_value_that_is_deep_itself() {
    use serde_json::{Value, json};
    let arrays = (0..128).fold(json!("end"), |inner, _| Value::Array(vec![inner]));
    let objects = (0..128).fold(json!("end"), |inner, _| json!({ "key": inner }));
    for value in [arrays, objects] {
        deep(Foreign { value, next: None }, |inner| Foreign { value: Value::Null, next: Some(Box::new(inner)) });
    }
}

/// Two forms of one type: the older has narrower numbers.
macro_rules! forms {
    ($($form:ident: $number:ty;)*) => {$(
        mod $form {
            use std::collections::BTreeMap;

            use state_core::State;

            #[derive(State, Debug, PartialEq, Clone)]
            pub struct Node {
                pub line: $number,
                pub kind: Kind,
            }

            #[derive(State, Debug, PartialEq, Clone)]
            pub enum Kind {
                Leaf,
                Call { name: String, parts: Vec<Part> },
                Table(BTreeMap<u8, (u8, Node)>),
                Behind(Layer<Layer<Layer<Layer<Layer<Layer<Layer<Layer<Box<Node>>>>>>>>>),
            }

            #[derive(State, Debug, PartialEq, Clone)]
            pub struct Part {
                pub name: Option<String>,
                pub value: (u8, [Option<Node>; 1]),
            }

            #[derive(State, Debug, PartialEq, Clone)]
            pub struct Layer<T>(pub T);
        }
    )*};
}

forms! {
    older: u32;
    newer: u64;
}

/// Everything below is gone.
#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "Holder")]
struct OlderHolder {
    number: u8,
    node: older::Node,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "Holder", removed("node"))]
struct NewerHolder {
    number: u16,
}

fn upgraded<T: RestoreOwned>(older: &impl State) {
    let bytes = Options::new().with_schema().dumps(older).unwrap();
    on_a_thread(move || drop(loads_upgraded::<T>(&bytes).unwrap()));
}

#[test]
fn through_older_forms() {
    use older::{Kind, Layer, Node, Part};
    type Around = fn(Node) -> Kind;
    let calls: Around =
        |inner| Kind::Call { name: "f".into(), parts: vec![Part { name: None, value: (1, [Some(inner)]) }] };
    let tables: Around = |inner| Kind::Table(BTreeMap::from([(1, (2, inner))]));
    let boxes: Around = |inner| Kind::Behind(Layer(Layer(Layer(Layer(Layer(Layer(Layer(Layer(Box::new(inner))))))))));
    let run = move || {
        for around in [calls, tables, boxes] {
            let (node, _) = deepest(Node { line: 1, kind: Kind::Leaf }, |inner| Node { line: 2, kind: around(inner) });
            upgraded::<newer::Node>(&node);
            upgraded::<NewerHolder>(&OlderHolder { number: 1, node });
        }
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

mod before {
    use super::{State, Wrap};

    #[derive(State, Debug, PartialEq, Clone)]
    #[state(name = "Chain")]
    pub struct Chain {
        pub next: wrapped!(Option<Box<Chain>>; a b c d e f g h),
        pub end: Option<End>,
    }

    #[derive(State, Debug, PartialEq, Clone)]
    #[state(name = "End")]
    pub struct End {
        pub levels: u8,
    }
}

#[derive(State, Debug)]
#[state(name = "Chain")]
struct Chain {
    next: wrapped!(Option<Box<Chain>>; a b c d e f g h),
    end: Option<End>,
}

#[derive(State, Debug)]
#[state(name = "End", from(before::End))]
struct End {
    chain: Option<Box<Chain>>,
}

impl From<before::End> for End {
    fn from(older: before::End) -> Self {
        let around = |inner, _| Some(Box::new(Chain { next: wrap!(inner; a b c d e f g h), end: None }));
        Self { chain: (0..older.levels).fold(None, around) }
    }
}

/// What a conversion makes stands as deep as it is converted.
#[test]
fn through_what_is_converted_far_below() {
    let leaf = |levels| before::Chain { next: wrap!(None; a b c d e f g h), end: Some(before::End { levels }) };
    let around = |inner| before::Chain { next: wrap!(Some(Box::new(inner)); a b c d e f g h), end: None };
    let run = move || {
        let bytes = |outer, inner| {
            let chain = (0..outer).fold(leaf(inner), |chain, _| around(chain));
            Options::new().with_schema().dumps(&chain).unwrap()
        };
        let (few, many) = (bytes(60, 60), bytes(126, 126));
        on_a_thread(move || {
            loads_upgraded::<Chain>(&few).unwrap();
            // What is refused is the conversion, where it stands, before it takes the stack.
            let error = loads_upgraded::<Chain>(&many).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Depth);
            assert_eq!(error.path().rsplit_once('.').unwrap().1, "end");
        });
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}
