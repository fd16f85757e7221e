//! `Cow<'static, _>`: borrowed from the program or owned, and always owned after a restore, since no bytes live that
//! long.

#![allow(clippy::linkedlist, reason = "it is one of the containers")]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, LinkedList, VecDeque};
use std::path::Path;

use indexmap::{IndexMap, IndexSet};
use state_core::value::{StateExt, Tuple, from_value, to_value};
use state_core::{RestoreOwned, State, check, dumps, load_into, loads, pickle};

#[derive(State, Debug, PartialEq, Clone)]
struct Name {
    name: Cow<'static, str>,
}

/// A `Cow` in each position that a type allows.
#[derive(State, Debug, PartialEq, Clone)]
struct Names {
    path: Cow<'static, Path>,
    bytes: Cow<'static, [u8]>,
    numbers: Cow<'static, [u32]>,
    words: Cow<'static, [String]>,
    value: Cow<'static, Name>,
    optional: Option<Cow<'static, str>>,
    list: Vec<Cow<'static, str>>,
    queue: VecDeque<(u8, Cow<'static, str>)>,
    map: HashMap<Cow<'static, str>, Counted>,
    tree: BTreeMap<u8, Option<Cow<'static, str>>>,
    set: HashSet<Cow<'static, str>>,
    linked: LinkedList<Cow<'static, str>>,
    ordered: IndexMap<Cow<'static, str>, u8>,
    once: IndexSet<Cow<'static, str>>,
    boxed: Box<Cow<'static, str>>,
    array: [Cow<'static, str>; 2],
    tuple: (Cow<'static, str>, u8, Vec<Cow<'static, [u8]>>),
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct Counted {
    count: u32,
    #[state(skip)]
    cache: Vec<u8>,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Either<'a> {
    Static(Cow<'static, str>),
    Borrowed {
        here: Cow<'a, str>,
        #[state(default)]
        there: Option<Cow<'static, str>>,
    },
}

fn names(text: &'static str) -> Names {
    Names {
        path: Cow::Borrowed(Path::new(text)),
        bytes: Cow::Borrowed(text.as_bytes()),
        numbers: Cow::Borrowed(&[1, 2]),
        words: Cow::Owned(vec![text.into()]),
        value: Cow::Owned(Name { name: Cow::Borrowed(text) }),
        optional: Some(Cow::Borrowed(text)),
        list: vec![Cow::Borrowed(text), Cow::Owned("owned".into())],
        queue: VecDeque::from([(1, Cow::Borrowed(text))]),
        map: HashMap::from([(Cow::Borrowed("key"), Counted { count: 1, cache: vec![] })]),
        tree: BTreeMap::from([(1, Some(Cow::Borrowed(text))), (2, None)]),
        set: HashSet::from([Cow::Borrowed(text)]),
        linked: LinkedList::from([Cow::Borrowed(text)]),
        ordered: IndexMap::from([(Cow::Borrowed("z"), 1), (Cow::Borrowed(text), 2)]),
        once: IndexSet::from([Cow::Borrowed("z"), Cow::Borrowed(text)]),
        boxed: Box::new(Cow::Borrowed(text)),
        array: [Cow::Borrowed(text), Cow::Borrowed("")],
        tuple: (Cow::Borrowed(text), 2, vec![Cow::Borrowed(text.as_bytes())]),
    }
}

/// Loads from bytes that are freed afterwards.
fn loaded<T: RestoreOwned>(value: &T) -> T {
    let bytes = dumps(value).unwrap();
    check::<T>(&bytes).unwrap();
    loads(&bytes).unwrap()
}

#[test]
fn what_is_restored_is_owned() {
    assert_eq!(loaded(&names("a")), names("a"));
    assert!(matches!(loaded(&Name { name: Cow::Borrowed("a") }).name, Cow::Owned(name) if name == "a"));
    assert!(matches!(loaded(&names("a")).list[0], Cow::Owned(_)));
    for mut live in [names("b"), loaded(&names("c"))] {
        load_into(&dumps(&names("a")).unwrap(), &mut live).unwrap();
        assert_eq!(live, names("a"));
    }
    let value = to_value(&names("a")).unwrap();
    assert_eq!(from_value::<Names>(&value).unwrap(), names("a"));
    let mut live = names("b");
    live.set_state(names("a").get_state().unwrap()).unwrap();
    assert_eq!(live, names("a"));
    assert_eq!(pickle::loads::<Names>(&pickle::dumps(&names("a")).unwrap()).unwrap(), names("a"));
}

#[test]
fn in_place_an_owned_text_keeps_its_allocation() {
    let mut live = Name { name: Cow::Owned(String::with_capacity(100)) };
    let address = live.name.as_ptr();
    load_into(&dumps(&Name { name: Cow::Borrowed("a text") }).unwrap(), &mut live).unwrap();
    assert!(matches!(&live.name, Cow::Owned(name) if name == "a text" && name.capacity() == 100));
    assert_eq!(live.name.as_ptr(), address);
}

#[test]
fn what_stands_beside_a_cow_is_restored_in_place() {
    let mut live = names("a");
    let counted = live.map.get_mut("key").unwrap();
    *counted = Counted { count: 9, cache: vec![1, 2, 3] };
    load_into(&dumps(&names("b")).unwrap(), &mut live).unwrap();
    assert_eq!(live.map["key"], Counted { count: 1, cache: vec![1, 2, 3] });
}

#[test]
fn a_state_that_does_not_fit_changes_nothing() {
    let mut live = names("a");
    let mut state = names("b").get_state().unwrap().to_vec();
    let last = state.len() - 1;
    state[last] = 3.into();
    assert!(live.set_state(Tuple::from(state)).is_err());
    assert_eq!(live, names("a"));
    let mut bytes = dumps(&names("b")).unwrap();
    bytes.truncate(bytes.len() - 1);
    assert!(load_into(&bytes, &mut live).is_err());
    assert_eq!(live, names("a"));
}

/// In a type that also borrows, each `Cow` follows its lifetime.
#[test]
fn other_lifetimes_borrow() {
    let value = Either::Borrowed { here: Cow::Borrowed("here"), there: Some(Cow::Borrowed("there")) };
    let bytes = dumps(&value).unwrap();
    let back: Either<'_> = loads(&bytes).unwrap();
    assert_eq!(back, value);
    let Either::Borrowed { here: Cow::Borrowed(_), there: Some(Cow::Owned(_)) } = back else { panic!("{back:?}") };
    let bytes = dumps(&Either::Static(Cow::Borrowed("a"))).unwrap();
    let mut live = value.clone();
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, Either::Static(Cow::Borrowed("a")));
}

/// The state is the same as that of any text: other types with these slots can read it.
#[test]
fn a_static_cow_is_in_no_way_seen_in_the_state() {
    mod other {
        use state_core::State;

        #[derive(State)]
        pub struct Name {
            pub name: String,
        }
    }
    let name: other::Name = loads(&dumps(&Name { name: Cow::Borrowed("a") }).unwrap()).unwrap();
    assert_eq!(name.name, "a");
}

/// With a field that may refuse, a restore in place builds a new value and exchanges it.
#[derive(State, Debug, PartialEq, Clone)]
#[state(after_set = Refusing::check)]
struct Refusing {
    map: HashMap<Cow<'static, str>, Counted>,
    tuple: (Cow<'static, str>, [(Counted, Cow<'static, str>); 1], Box<(Counted, Cow<'static, [u8]>)>),
    value: Cow<'static, Counted>,
    limit: u8,
}

impl Refusing {
    fn check(&mut self) -> Result<(), &'static str> {
        if self.limit > 9 { Err("too large a limit") } else { Ok(()) }
    }
}

#[test]
fn what_stands_beside_a_cow_stays_where_something_may_refuse() {
    let refusing = |text: &'static str, count, cache: &[u8], limit| {
        let counted = || Counted { count, cache: cache.to_vec() };
        let text = || Cow::Borrowed(text);
        Refusing {
            map: HashMap::from([(Cow::Borrowed("key"), counted())]),
            tuple: (text(), [(counted(), text())], Box::new((counted(), Cow::Borrowed(b"raw")))),
            value: Cow::Owned(counted()),
            limit,
        }
    };
    let mut live = refusing("a", 1, &[1, 2, 3], 1);
    load_into(&dumps(&refusing("b", 2, &[], 2)).unwrap(), &mut live).unwrap();
    assert_eq!(live, refusing("b", 2, &[1, 2, 3], 2));
    let error = load_into(&dumps(&refusing("c", 3, &[], 10)).unwrap(), &mut live).unwrap_err();
    assert!(error.to_string().contains("too large a limit"), "{error}");
    assert_eq!(live, refusing("b", 2, &[1, 2, 3], 2));
    live.set_state(refusing("d", 4, &[], 4).get_state().unwrap()).unwrap();
    assert_eq!(live, refusing("d", 4, &[1, 2, 3], 4));
}

/// Raw arrays are copied, and restored in place.
#[test]
fn an_array_of_a_static_cow_is_owned() {
    #[derive(State, Debug, PartialEq)]
    struct Samples {
        #[state(bytes)]
        left: Cow<'static, [u16]>,
        #[state(array)]
        right: Option<Cow<'static, [f64]>>,
        #[state(bytes, uncounted)]
        flags: Cow<'static, [u8]>,
    }
    let samples =
        || Samples { left: Cow::Borrowed(&[1, 2]), right: Some(vec![0.5].into()), flags: Cow::Borrowed(b"ab") };
    let mut back: Samples = {
        let bytes = dumps(&samples()).unwrap();
        loads(&bytes).unwrap()
    };
    assert_eq!(back, samples());
    assert!(matches!((&back.left, &back.flags), (Cow::Owned(_), Cow::Owned(_))));
    let place = back.left.as_ptr();
    load_into(&dumps(&Samples { left: vec![3].into(), right: None, ..samples() }).unwrap(), &mut back).unwrap();
    assert_eq!(back, Samples { left: vec![3].into(), right: None, ..samples() });
    assert_eq!(back.left.as_ptr(), place);
    let mut live = samples();
    pickle::load_into(&pickle::dumps(&back).unwrap(), &mut live).unwrap();
    assert_eq!(live, back);
    assert_eq!(from_value::<Samples>(&to_value(&back).unwrap()).unwrap(), back);
}
