//! Types that contain themselves, through everything that a program puts between two levels.

use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList, VecDeque};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use state_core::{RestoreOwned, State};

use super::{Arg, Converted, Expr, First, Fourth, Kind, Second, Third, Wrap, deepest, every_way};

/// Values are built, compared and dropped on a large stack; only the calls under test run on a small one.
fn deep<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(leaf: T, around: fn(T) -> T) {
    let run = move || {
        let (value, levels) = deepest(leaf.clone(), around);
        eprintln!("{}: {levels} levels", std::any::type_name::<T>());
        let value = Arc::new(value);
        every_way(&value, around(leaf));
    };
    std::thread::Builder::new().stack_size(256 << 20).spawn(run).unwrap().join().unwrap();
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
struct Deep(Wrap<Wrap<Wrap<Option<Box<Deep>>>>>);

#[test]
fn through_newtypes() {
    deep(Deep(Wrap(Wrap(Wrap(None)))), |inner| Deep(Wrap(Wrap(Wrap(Some(Box::new(inner)))))));
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

/// Declares the syntax tree of a language: many variants, each of them large.
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

#[test]
fn through_conversions_and_hooks() {
    deep(Converted { inner: vec![], fill: [7; 4] }, |inner| Converted { inner: vec![inner], fill: [7; 4] });
}

/// A restore in place builds a new value, exchanges it and calls its hooks.
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

/// Serde's values have a depth limit of their own, wherever they are.
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
