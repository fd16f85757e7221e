//! Conversions of a part in each place where a part can be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use state_core::{Options, RestoreOwned, State, dumps, loads_upgraded};

/// A part by itself, and in everything that can contain one.
#[derive(State, Debug, PartialEq)]
#[state(name = "Places")]
struct Places<T> {
    own: T,
    list: Vec<T>,
    option: Option<T>,
    boxed: Box<T>,
    map: BTreeMap<u8, T>,
    pair: (String, T),
    array: [T; 2],
    variant: Held<T>,
    nested: Option<Vec<BTreeMap<String, Option<T>>>>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "Held")]
enum Held<T> {
    Nothing,
    Here { before: String, part: T },
}

fn places<T: Clone>(part: &T) -> Places<T> {
    let part = || part.clone();
    let _ = Held::<T>::Nothing;
    Places {
        own: part(),
        list: vec![part(), part()],
        option: Some(part()),
        boxed: Box::new(part()),
        map: [(1, part()), (2, part())].into(),
        pair: ("pair".into(), part()),
        array: [part(), part()],
        variant: Held::Here { before: "before".into(), part: part() },
        nested: Some(vec![[("a".into(), Some(part())), ("b".into(), None)].into()]),
    }
}

#[track_caller]
fn becomes<A, B>(old: A, new: B)
where
    A: Clone + State,
    B: Clone + RestoreOwned + PartialEq + Debug,
    Places<A>: State,
    Places<B>: RestoreOwned,
{
    let bytes = Options::new().with_schema().dumps(&places(&old)).unwrap();
    let upgraded: Places<B> = loads_upgraded(&bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(upgraded, places(&new));
    assert_eq!(dumps(&upgraded).unwrap(), dumps(&places(&new)).unwrap());
}

/// Raw arrays, which are fields.
macro_rules! raw {
    ($($name:ident: $ty:ty;)*) => {
        $(#[derive(State, Debug, PartialEq, Clone)]
        #[state(name = "Field")]
        struct $name { #[state(bytes)] x: $ty })*
    };
}

raw! {
    Raw: Vec<u16>;
    RawFour: [u16; 4];
    MaybeRaw: Option<Vec<u16>>;
    RawPairs: Vec<[u16; 2]>;
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "Field")]
struct Field<T> {
    x: T,
}

fn field<T>(x: T) -> Field<T> {
    Field { x }
}

#[test]
fn arrays_lists_and_sets_become_raw_arrays_and_back() {
    let four = [1, 2, 3, 4];
    becomes(field([1_u8, 2, 3, 4]), Raw { x: four.into() });
    becomes(field(four), RawFour { x: four });
    becomes(field(four), MaybeRaw { x: Some(four.into()) });
    becomes(field(vec![1_u8, 2]), Raw { x: vec![1, 2] });
    becomes(field(BTreeSet::from([7_u16])), MaybeRaw { x: Some(vec![7]) });
    becomes(RawFour { x: four }, field([1_u32, 2, 3, 4]));
    becomes(RawFour { x: four }, field(vec![1_u32, 2, 3, 4]));
    becomes(RawFour { x: four }, field(Some(Box::new([1_i32, 2, 3, 4]))));
    becomes(Raw { x: four.into() }, field(Some(vec![1_f64, 2.0, 3.0, 4.0])));
    becomes(RawPairs { x: vec![[1, 2]] }, field(vec![[1_u64, 2]]));
    becomes(field([[1_u8, 2], [3, 4]]), RawPairs { x: vec![[1, 2], [3, 4]] });
}

#[test]
fn what_may_be_absent_stays_absent() {
    becomes(field(Some(vec![1_u16])), MaybeRaw { x: Some(vec![1]) });
    becomes(field(None::<Vec<u16>>), MaybeRaw { x: None });
    becomes(field(Some(vec![0_u16; 0])), MaybeRaw { x: Some(vec![]) });
    becomes(field(Some(Box::new([9_u8; 3]))), MaybeRaw { x: Some(vec![9; 3]) });
    becomes(field(Box::new(Some(vec![1_u8]))), MaybeRaw { x: Some(vec![1]) });
    becomes(MaybeRaw { x: Some(vec![1]) }, field(Some(vec![1_u32])));
    becomes(MaybeRaw { x: None }, field(None::<Box<Vec<u32>>>));
    becomes(MaybeRaw { x: Some(vec![]) }, field(Some(Box::new(vec![0_u16; 0]))));
    becomes(MaybeRaw { x: Some(vec![3]) }, field(Box::new(Some(vec![3_u16]))));
    becomes(field(Box::new(None::<u8>)), field(None::<u16>));
    becomes(field(Some(Box::new(Some(4_u8)))), field(Some(Some(4_u8))));
    becomes(field(Box::new(Some(4_u8))), field(Some(Some(4_u8))));
}

#[test]
fn what_may_not_fit_is_refused() {
    let refused = |bytes: Vec<u8>, load: fn(&[u8]) -> state_core::Result<()>| load(&bytes).unwrap_err().to_string();
    let bytes = |value: &dyn Fn(Options) -> Vec<u8>| value(Options::new().with_schema());
    let raw = bytes(&|options| options.dumps(&Raw { x: vec![1, 2, 3, 4] }).unwrap());
    let error = refused(raw.clone(), |bytes| loads_upgraded::<Field<[u16; 4]>>(bytes).map(drop));
    assert!(error.contains("nothing is narrowed"), "{error}");
    let error = refused(raw, |bytes| loads_upgraded::<RawFour>(bytes).map(drop));
    assert!(error.contains("nothing is narrowed"), "{error}");
    let three = bytes(&|options| options.dumps(&field([1_u16; 3])).unwrap());
    let error = refused(three, |bytes| loads_upgraded::<RawFour>(bytes).map(drop));
    assert!(error.contains("nothing is narrowed"), "{error}");
    let maybe = bytes(&|options| options.dumps(&MaybeRaw { x: Some(vec![1]) }).unwrap());
    let error = refused(maybe, |bytes| loads_upgraded::<Field<Vec<u16>>>(bytes).map(drop));
    assert!(error.contains("nothing is narrowed"), "{error}");
    let texts = bytes(&|options| options.dumps(&field(Some(vec![String::new()]))).unwrap());
    let error = refused(texts, |bytes| loads_upgraded::<MaybeRaw>(bytes).map(drop));
    assert!(error.contains("nothing is narrowed"), "{error}");
}
