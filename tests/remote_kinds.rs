//! `remote`: every kind of type of another crate can be described.

#![allow(clippy::linkedlist, reason = "it is one of the containers")]

use std::collections::{BTreeMap, HashMap, LinkedList};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use state_core::{ErrorKind, History, RestoreOwned, State, dumps, load_into, loads};

/// Types of another crate.
mod foreign {
    use std::borrow::Cow;

    #[derive(Debug, PartialEq, Clone)]
    pub struct Matrix<T, const N: usize> {
        pub rows: [[T; N]; N],
    }

    #[derive(Debug, PartialEq, Clone, Copy)]
    pub struct Label<'a> {
        pub text: &'a str,
        pub size: u8,
    }

    #[derive(Debug, PartialEq, Clone, Copy, Eq, Hash, PartialOrd, Ord)]
    pub struct Meters(pub i64);

    #[derive(Debug, PartialEq, Clone, Copy, Eq, Hash, PartialOrd, Ord)]
    pub struct Id(u32);

    impl Id {
        pub fn new(id: u32) -> Self {
            Self(id)
        }

        pub fn get(self) -> u32 {
            self.0
        }
    }

    /// Its fields and the results of its methods are cloned in different ways.
    #[derive(Debug, PartialEq)]
    pub struct Sealed<T> {
        inner: T,
        text: String,
        bytes: Box<[u8]>,
        path: Option<String>,
    }

    impl<T> Sealed<T> {
        pub fn new(inner: T, text: &str, bytes: &[u8], path: Option<&str>) -> Self {
            Self { inner, text: text.into(), bytes: bytes.into(), path: path.map(Into::into) }
        }

        pub fn inner(&self) -> &T {
            &self.inner
        }

        pub fn text(&self) -> Cow<'_, str> {
            Cow::Borrowed(&self.text)
        }

        pub fn bytes(&self) -> &[u8] {
            &self.bytes
        }

        pub fn path(&self) -> Option<&str> {
            self.path.as_deref()
        }
    }

    #[derive(Debug, PartialEq, Clone)]
    #[repr(u8)]
    pub enum Event<T> {
        None = 3,
        Pair(T, T) = 7,
        Named { name: String, r#type: T },
        Internal(std::time::Instant),
    }

    #[derive(Debug, PartialEq, Clone)]
    pub enum Tree {
        Leaf(u8),
        Node(Box<Tree>, Vec<Tree>),
    }

    #[derive(Debug, PartialEq, Clone)]
    pub struct Samples {
        pub data: Vec<f32>,
        pub shared: std::sync::Arc<str>,
        pub cache: u64,
    }
}

#[derive(State)]
#[state(remote = foreign::Matrix<T, N>)]
struct Matrix<T, const N: usize> {
    rows: [[T; N]; N],
}

#[derive(State)]
#[state(remote = foreign::Label<'a>)]
struct Label<'a> {
    text: &'a str,
    size: u8,
}

// Keys have the traits of keys.
#[derive(State, PartialEq, Eq, PartialOrd, Ord)]
#[state(remote = foreign::Meters)]
struct Meters(i64);

#[derive(State, PartialEq, Eq, Hash)]
#[state(remote = foreign::Id)]
struct Id(#[state(getter = id)] u32);

fn id(of: &foreign::Id) -> u32 {
    of.get()
}

impl From<Id> for foreign::Id {
    fn from(id: Id) -> Self {
        Self::new(id.0)
    }
}

#[derive(State)]
#[state(remote = foreign::Sealed<T>)]
struct Sealed<T> {
    #[state(getter = foreign::Sealed::inner)]
    inner: T,
    #[state(getter = text)]
    text: String,
    #[state(getter = foreign::Sealed::<T>::bytes, bytes)]
    bytes: Vec<u8>,
    #[state(getter = path)]
    path: Option<String>,
}

fn text<T>(of: &foreign::Sealed<T>) -> String {
    of.text().into_owned()
}

fn path<T>(of: &foreign::Sealed<T>) -> Option<String> {
    of.path().map(Into::into)
}

impl<T> TryFrom<Sealed<T>> for foreign::Sealed<T> {
    type Error = String;

    fn try_from(of: Sealed<T>) -> Result<Self, String> {
        match of.text.as_str() {
            "forbidden" => Err(format!("{} is forbidden", of.text)),
            text => Ok(Self::new(of.inner, text, &of.bytes, of.path.as_deref())),
        }
    }
}

#[derive(State)]
#[state(remote = foreign::Event<T>)]
enum Event<T> {
    None,
    Pair(T, T),
    Named {
        name: String,
        r#type: T,
    },
    #[state(skip)]
    Internal(std::time::Instant),
}

#[derive(State)]
#[state(remote = foreign::Tree)]
enum Tree {
    Leaf(u8),
    Node(#[state(with = Box<Tree>)] Box<foreign::Tree>, #[state(with = Vec<Tree>)] Vec<foreign::Tree>),
}

#[derive(State)]
#[state(remote = foreign::Samples, before_get = Self::ready, after_set = Self::cached)]
struct Samples {
    #[state(bytes)]
    data: Vec<f32>,
    #[state(held)]
    shared: Arc<str>,
    #[state(skip)]
    cache: u64,
}

impl Samples {
    fn ready(&self) -> Result<(), &'static str> {
        if self.data.len() == 13 { Err("no thirteen samples") } else { Ok(()) }
    }

    fn cached(&mut self) -> Result<(), &'static str> {
        self.cache = self.data.len() as u64;
        if self.data.len() == 7 { Err("no seven samples") } else { Ok(()) }
    }
}

#[derive(State)]
#[state(remote = SocketAddrV4)]
struct Address {
    #[state(getter = SocketAddrV4::ip)]
    ip: Ipv4Addr,
    #[state(getter = SocketAddrV4::port)]
    port: u16,
}

impl From<Address> for SocketAddrV4 {
    fn from(of: Address) -> Self {
        Self::new(of.ip, of.port)
    }
}

/// Checks that a value round-trips, and restores over another one.
fn comes_back<T: State + RestoreOwned + PartialEq + std::fmt::Debug>(value: &T, mut live: T) {
    let bytes = dumps(value).unwrap();
    assert_eq!(loads::<T>(&bytes).unwrap(), *value);
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, *value);
    let mut history = History::<T>::new();
    history.push(0, value).unwrap();
    history.restore(0, &mut live).unwrap();
    assert_eq!(live, *value);
}

#[test]
fn generic_types_are_described_by_generic_types() {
    #[derive(State, Debug, PartialEq)]
    struct All<T> {
        #[state(with = Matrix<T, 2>)]
        matrix: foreign::Matrix<T, 2>,
        #[state(with = [Option<Matrix<u8, 1>>; 2])]
        small: [Option<foreign::Matrix<u8, 1>>; 2],
        #[state(with = Vec<Event<T>>)]
        events: Vec<foreign::Event<T>>,
        #[state(with = (Sealed<T>, Address))]
        sealed: (foreign::Sealed<T>, SocketAddrV4),
    }
    let all = |text: &str| All {
        matrix: foreign::Matrix { rows: [[text.to_owned(), "b".into()], ["c".into(), String::new()]] },
        small: [None, Some(foreign::Matrix { rows: [[9]] })],
        events: vec![
            foreign::Event::None,
            foreign::Event::Pair("x".into(), text.into()),
            foreign::Event::Named { name: "n".into(), r#type: "t".into() },
        ],
        sealed: (
            foreign::Sealed::new(text.to_owned(), text, &[1, 2, 3], Some(text)),
            SocketAddrV4::new([1, 2, 3, 4].into(), 80),
        ),
    };
    comes_back(&all("a"), All { events: vec![], ..all("long ago") });
    let error = loads::<All<String>>(&dumps(&all("forbidden")).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "All.sealed.0: forbidden is forbidden");
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[test]
fn names_and_newtypes_are_keys_and_items() {
    #[derive(State, Debug, PartialEq, Clone)]
    struct Table {
        #[state(with = HashMap<Id, Meters>)]
        lengths: HashMap<foreign::Id, foreign::Meters>,
        #[state(with = BTreeMap<Meters, Vec<Id>>)]
        at: BTreeMap<foreign::Meters, Vec<foreign::Id>>,
        #[state(with = Box<[Id; 3]>)]
        first: Box<[foreign::Id; 3]>,
        #[state(with = LinkedList<Id>)]
        next: LinkedList<foreign::Id>,
        #[state(with = IndexMap<Id, IndexSet<Id>>)]
        paths: IndexMap<foreign::Id, IndexSet<foreign::Id>>,
    }
    let id = foreign::Id::new;
    let table = Table {
        lengths: (0..50).map(|n| (id(n), foreign::Meters(-i64::from(n)))).collect(),
        at: BTreeMap::from([(foreign::Meters(1), vec![id(1), id(2)]), (foreign::Meters(-1), vec![])]),
        first: Box::new([id(7), id(8), id(9)]),
        next: LinkedList::from([id(2), id(1)]),
        paths: IndexMap::from([(id(9), IndexSet::from([id(2), id(1)])), (id(1), IndexSet::new())]),
    };
    let other = Table { lengths: HashMap::from([(id(3), foreign::Meters(3))]), ..table.clone() };
    comes_back(&table, other);
}

#[test]
fn a_type_that_borrows_is_described_by_one_that_does() {
    #[derive(State, Debug, PartialEq)]
    struct Sign<'a> {
        #[state(with = Label<'a>)]
        label: foreign::Label<'a>,
        #[state(with = Vec<Label<'a>>)]
        more: Vec<foreign::Label<'a>>,
    }
    let text = String::from("way out");
    let label = foreign::Label { text: &text, size: 3 };
    let sign = Sign { label, more: vec![label; 2] };
    let bytes = dumps(&sign).unwrap();
    let back: Sign<'_> = loads(&bytes).unwrap();
    assert_eq!(back, sign);
    assert!(bytes.as_ptr_range().contains(&back.label.text.as_ptr()));
}

#[test]
fn a_recursive_type_is_described_by_one() {
    #[derive(State, Debug, PartialEq)]
    struct Garden {
        #[state(with = Vec<Tree>)]
        trees: Vec<foreign::Tree>,
    }
    let leaf = |n| foreign::Tree::Leaf(n);
    let node = foreign::Tree::Node(Box::new(leaf(1)), vec![leaf(2), foreign::Tree::Node(Box::new(leaf(3)), vec![])]);
    comes_back(&Garden { trees: vec![node.clone(), leaf(9)] }, Garden { trees: vec![leaf(4), node] });
}

#[test]
fn hooks_of_a_description_are_called() {
    #[derive(State, Debug, PartialEq)]
    struct Sound {
        #[state(with = Option<Samples>)]
        samples: Option<foreign::Samples>,
    }
    let sound = |len: usize| Sound {
        samples: Some(foreign::Samples { data: vec![0.5; len], shared: "a name".into(), cache: len as u64 }),
    };
    comes_back(&sound(5), sound(2));
    let error = dumps(&sound(13)).unwrap_err();
    assert_eq!(error.to_string(), "Sound.samples: no thirteen samples");
    let bytes = dumps(&sound(7)).unwrap();
    let mut live = sound(3);
    assert_eq!(load_into(&bytes, &mut live).unwrap_err().to_string(), "Sound.samples: no seven samples");
    assert_eq!(live, sound(3));

    let mut history = History::<Sound>::new();
    let (first, mut live) = (sound(4), sound(1));
    history.push(0, &first).unwrap();
    assert!(history.push(1, &sound(13)).is_err());
    history.push(2, &sound(7)).unwrap();
    assert!(history.restore(2, &mut live).is_err());
    assert_eq!(live, sound(1));
    history.restore(0, &mut live).unwrap();
    let shared = |sound: &Sound| sound.samples.as_ref().unwrap().shared.clone();
    assert!(Arc::ptr_eq(&shared(&live), &shared(&first)));
}

#[test]
fn a_variant_without_a_state_is_refused() {
    #[derive(State, Debug)]
    struct Log {
        #[state(with = Vec<Event<u8>>)]
        events: Vec<foreign::Event<u8>>,
    }
    let log = Log { events: vec![foreign::Event::None, foreign::Event::Internal(std::time::Instant::now())] };
    let error = dumps(&log).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().starts_with("Log"), "{error}");
    assert!(error.to_string().contains("Internal"), "{error}");
}
