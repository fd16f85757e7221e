//! Generic types of every kind: the bounds of their parameters, and that they round-trip.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use state_core::{Record, RestoreOwned, State, dumps, load_into, loads};

#[track_caller]
fn comes_back<T: RestoreOwned + PartialEq + Debug>(value: &T, mut other: T) {
    let bytes = dumps(value).unwrap();
    assert_eq!(&loads::<T>(&bytes).unwrap(), value);
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(&other, value);
}

/// Has neither a state nor any other trait.
#[derive(Debug, PartialEq)]
struct Mark;

#[derive(State, Debug, PartialEq)]
struct Pair<A, B = u8>
where
    A: PartialOrd,
{
    left: A,
    right: B,
}

#[test]
fn parameters_with_defaults_and_where_clauses() {
    comes_back(&Pair { left: 1_u32, right: 2_u8 }, Pair { left: 0, right: 0 });
    comes_back(
        &Pair { left: String::from("a"), right: vec![Some(1_i64)] },
        Pair { left: String::new(), right: vec![] },
    );
}

#[derive(State, Debug, PartialEq)]
struct Grid<T, const W: usize, const H: usize = 2> {
    rows: [[T; W]; H],
    #[state(bytes)]
    mask: [u16; W],
}

#[test]
fn constants() {
    comes_back(&Grid { rows: [[1_u8, 2, 3], [4, 5, 6]], mask: [7, 8, 9] }, Grid { rows: [[0; 3]; 2], mask: [0; 3] });
    comes_back(&Grid::<String, 0, 0> { rows: [], mask: [] }, Grid { rows: [], mask: [] });
}

#[derive(State, Debug, PartialEq)]
enum Tree<K, V, const N: usize> {
    Leaf,
    Entry(K, V),
    Fork { children: [Box<Tree<K, V, N>>; N], weight: f32 },
}

#[test]
fn enums() {
    let leaf = || Box::new(Tree::<u8, String, 2>::Leaf);
    let entry = |key| Box::new(Tree::Entry(key, format!("value {key}")));
    let value = Tree::Fork { children: [entry(1), leaf()], weight: 0.5 };
    comes_back(&value, Tree::Leaf);
    comes_back(&value, Tree::Fork { children: [entry(2), entry(3)], weight: 1.5 });
    comes_back(&Tree::<u8, String, 2>::Leaf, value);
}

/// A marker requires no bounds, nor does a parameter outside of slots.
#[derive(State, Debug, PartialEq)]
struct Tagged<T, S, W> {
    id: u32,
    tag: PhantomData<T>,
    tags: PhantomData<fn(T) -> Vec<S>>,
    #[state(skip, default = Vec::new)]
    cache: Vec<S>,
    #[state(with = nothing)]
    other: Option<W>,
}

mod nothing {
    use std::convert::Infallible;

    pub type Slot = ();

    #[allow(clippy::ref_option, reason = "the form that `with` asks for")]
    pub fn get<W>(_: &Option<W>) {}

    #[allow(clippy::unnecessary_wraps, reason = "the form that `with` asks for")]
    pub fn set<W>((): ()) -> Result<Option<W>, Infallible> {
        Ok(None)
    }
}

#[test]
fn what_no_slot_holds_needs_no_state() {
    let value = |id, cache| Tagged::<Mark, Mark, Mark> { id, tag: PhantomData, tags: PhantomData, cache, other: None };
    let bytes = dumps(&value(3, vec![Mark])).unwrap();
    assert_eq!(loads::<Tagged<Mark, Mark, Mark>>(&bytes).unwrap(), value(3, vec![]));
    let mut other = value(4, vec![Mark, Mark]);
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(other, value(3, vec![Mark, Mark]));
}

trait Unit {
    type Number;
    type Label;
}

#[derive(Debug, PartialEq)]
struct Metre;

impl Unit for Metre {
    type Number = f64;
    type Label = String;
}

#[derive(State)]
struct Length<U: Unit> {
    number: U::Number,
    labels: Vec<<U as Unit>::Label>,
    pair: Option<(U::Number, <U as Unit>::Number)>,
}

#[derive(State)]
struct Items<I: Iterator>
where
    I::Item: Clone,
{
    seen: Vec<I::Item>,
    last: Option<<I as Iterator>::Item>,
}

#[test]
fn projections() {
    let length = |number, label: &str| Length::<Metre> {
        number,
        labels: vec![label.into()],
        pair: Some((number, 2.0 * number)),
    };
    assert_eq!(loads::<Length<Metre>>(&dumps(&length(1.5, "m")).unwrap()).unwrap().labels, ["m"]);
    let mut other = length(0.0, "");
    load_into(&dumps(&length(1.5, "m")).unwrap(), &mut other).unwrap();
    assert_eq!((other.number, other.pair), (1.5, Some((1.5, 3.0))));

    let items = Items::<std::ops::Range<u8>> { seen: vec![1, 2], last: Some(2) };
    let back: Items<std::ops::Range<u8>> = loads(&dumps(&items).unwrap()).unwrap();
    assert_eq!((back.seen, back.last), (vec![1, 2], Some(2)));
}

/// The bound that is needed for both impls if it cannot be derived from the slots' types.
#[derive(State)]
#[state(bound = "F: Family, F::Of<u8>: RestoreOwned, F::Of<String>: RestoreOwned")]
struct Families<F: Family> {
    bytes: F::Of<u8>,
    names: F::Of<String>,
}

trait Family {
    type Of<T>;
}

struct Lists;

impl Family for Lists {
    type Of<T> = Vec<T>;
}

/// An empty bound: the parameter is behind a pointer to a type that already has a state.
#[derive(State, Debug, PartialEq)]
#[state(bound = "")]
struct Unbound<T> {
    number: u8,
    mark: Wrapper<T>,
}

#[derive(State, Debug, PartialEq)]
struct Wrapper<T>(PhantomData<T>);

#[test]
fn bounds_of_the_users_own() {
    let mark = || Wrapper(PhantomData);
    let families = Families::<Lists> { bytes: vec![1], names: vec!["a".into()] };
    let back: Families<Lists> = loads(&dumps(&families).unwrap()).unwrap();
    assert_eq!((back.bytes, back.names), (families.bytes, families.names));
    comes_back(&Unbound::<Mark> { number: 1, mark: mark() }, Unbound { number: 0, mark: mark() });
}

#[derive(State, Debug, PartialEq)]
struct Borrowed<'a, 'b: 'a, T: 'a> {
    name: &'a str,
    text: Cow<'b, str>,
    #[state(bytes)]
    raw: &'a [u8],
    #[state(bytes)]
    maybe: Option<Cow<'b, [i32]>>,
    owned: T,
}

#[test]
fn lifetimes() {
    let value = Borrowed { name: "n", text: "t".into(), raw: &[1, 2], maybe: Some(vec![3].into()), owned: vec![4_u8] };
    let bytes = dumps(&value).unwrap();
    let mut back: Borrowed<'_, '_, Vec<u8>> = loads(&bytes).unwrap();
    assert_eq!(back, value);
    assert!(bytes.as_ptr_range().contains(&back.name.as_ptr()));
    back.name = "other";
    back.owned.clear();
    load_into(&bytes, &mut back).unwrap();
    assert_eq!(back, value);
}

/// A parameter may also borrow from the bytes.
#[test]
fn parameters_that_borrow() {
    let bytes = dumps(&Pair { left: "left", right: "right" }).unwrap();
    let pair: Pair<&str, &str> = loads(&bytes).unwrap();
    assert_eq!(pair, Pair { left: "left", right: "right" });
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Sample<T: Copy, const N: usize> {
    time: f64,
    values: [T; N],
}

#[derive(State, Debug, PartialEq)]
struct Series<T: Copy + 'static> {
    #[state(bytes)]
    samples: Vec<Sample<T, 3>>,
    #[state(bytes)]
    last: Option<Sample<T, 3>>,
    #[state(bytes)]
    plain: Box<[T]>,
}

#[test]
fn raw_arrays_of_a_parameter() {
    let sample = Sample { time: 1.0, values: [1_u16, 2, 3] };
    let value = Series { samples: vec![sample; 2], last: Some(sample), plain: [4_u16].into() };
    comes_back(&value, Series { samples: vec![], last: None, plain: [].into() });
}

/// An unsized parameter works behind each pointer that has a state for its target.
#[derive(State, Debug, PartialEq)]
#[state(bound = "Box<T>: RestoreOwned")]
struct Behind<T: ?Sized> {
    inner: Box<T>,
}

#[test]
fn unsized_parameters_take_a_bound() {
    comes_back(&Behind::<str> { inner: "text".into() }, Behind { inner: "".into() });
    comes_back(&Behind::<[u8]> { inner: [1, 2].into() }, Behind { inner: [].into() });
    comes_back(&Behind::<u8> { inner: 1.into() }, Behind { inner: 0.into() });
}

#[derive(State, Debug, PartialEq)]
struct Filled<T, U> {
    #[state(skip)]
    cache: T,
    #[state(default)]
    slot: U,
}

#[test]
fn defaults_of_a_parameter() {
    let bytes = dumps(&Filled { cache: 5_u8, slot: 6_u8 }).unwrap();
    assert_eq!(loads::<Filled<u8, u8>>(&bytes).unwrap(), Filled { cache: 0, slot: 6 });
}

/// Reading a state needs fewer bounds than restoring it: a parameter without a default can still be dumped.
#[test]
fn a_skipped_parameter_needs_a_default_only_to_be_built() {
    assert!(dumps(&Filled { cache: Mark, slot: 6_u8 }).is_ok());
}

#[derive(State, Debug, PartialEq)]
struct Parent<T> {
    data: Vec<T>,
}

#[derive(State, Debug, PartialEq)]
struct Child<T: Ord, U: Eq + Hash> {
    #[state(flatten_parent)]
    base: Parent<T>,
    map: BTreeMap<T, U>,
    table: HashMap<U, T>,
}

#[derive(State, Debug, PartialEq)]
struct Any<P> {
    #[state(flatten_parent)]
    base: P,
    age: u8,
}

#[test]
fn parents() {
    let child = |n: u8| Child { base: Parent { data: vec![n] }, map: [(n, n + 1)].into(), table: [(n, n)].into() };
    comes_back(&child(1), child(2));
    comes_back(&Any { base: child(1), age: 3 }, Any { base: child(2), age: 4 });
}

/// A type that contains itself with other arguments would be infinite; one with the same arguments is not.
#[derive(State, Debug, PartialEq)]
struct List<T> {
    head: T,
    tail: Option<Box<List<T>>>,
    friends: Vec<List<T>>,
    other: BTreeMap<u8, List<T>>,
}

#[test]
fn recursive() {
    let list = |head, tail, friends| List { head, tail, friends, other: BTreeMap::new() };
    let short = |head: &str| list(String::from(head), None, vec![]);
    let mut value = list("a".into(), Some(Box::new(short("b"))), vec![short("c"), short("d")]);
    value.other.insert(1, short("e"));
    comes_back(&value, short("f"));
    comes_back(&short("f"), value);
}

struct Assets {
    names: Vec<&'static str>,
}

/// Only slots borrow from the bytes.
#[derive(State)]
struct World<'a> {
    #[state(skip)]
    assets: Option<&'a Assets>,
    marker: PhantomData<&'a Assets>,
    hp: u32,
}

#[derive(State)]
struct Mixed<'a, 'b> {
    #[state(skip)]
    assets: Option<&'a Assets>,
    name: &'b str,
}

#[test]
fn a_skipped_reference_asks_nothing_of_the_bytes() {
    let assets = Assets { names: vec!["sword"] };
    let mut world = World { assets: Some(&assets), marker: PhantomData, hp: 1 };
    {
        let bytes = dumps(&World { assets: None, marker: PhantomData, hp: 7 }).unwrap();
        load_into(&bytes, &mut world).unwrap();
    }
    assert_eq!((world.hp, world.assets.unwrap().names[0]), (7, "sword"));
    state_core::StateExt::set_state(&mut world, ((), 9)).unwrap();
    assert_eq!((world.hp, world.assets.unwrap().names[0]), (9, "sword"));
}

#[test]
fn lifetimes_that_slots_hold_still_borrow() {
    let bytes = dumps(&Mixed { assets: None, name: "Ada" }).unwrap();
    let loaded: Mixed<'static, '_> = loads(&bytes).unwrap();
    assert_eq!((loaded.name, loaded.assets.is_none()), ("Ada", true));
}
