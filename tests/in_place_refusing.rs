//! Restores in place of what something below the root may refuse: what is skipped and what is allocated stays in the
//! live value, and a refusal or a panic leaves all of it as it was.

#![allow(clippy::linkedlist, reason = "it is one of the containers")]

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Debug;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, Once, OnceLock};

use state_core::schema::Schema;
use state_core::state::{Checker, Reader, Size, Writer};
use state_core::value::StateExt;
use state_core::{Error, ErrorKind, Restore, RestoreOwned, State, dumps, load_into, loads, pickle};

/// Something that has no state and is found again by its address.
#[derive(Debug, Default, PartialEq, Clone)]
struct Texture(Vec<u8>);

impl Texture {
    fn live() -> Self {
        Self(vec![7; 9])
    }
}

/// `u32::MAX` is what each part refuses, and this what each panics at.
const BAD: u32 = u32::MAX;
const PANICS: u32 = u32::MAX - 1;

fn accept(value: u32) -> Result<u32, &'static str> {
    assert_ne!(value, PANICS, "this one panics");
    if value == BAD { Err("too much") } else { Ok(value) }
}

mod checked {
    use super::accept;

    pub type Slot = u32;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that `with` asks for")]
    pub fn get(value: &u32) -> u32 {
        *value
    }

    pub fn set(slot: u32) -> Result<u32, &'static str> {
        accept(slot)
    }
}

trait Part: State + Sized + Debug + PartialEq {
    fn part(value: u32, texture: Texture) -> Self;
    fn texture(&self) -> &Texture;
    fn name(&self) -> &String;
}

macro_rules! parts {
    ($($(#[$attribute:meta])* $part:ident { $(#[$field:meta])* $ty:ty, $make:expr })*) => {$(
        #[derive(State, Debug, PartialEq)]
        $(#[$attribute])*
        struct $part {
            name: String,
            $(#[$field])*
            value: $ty,
            #[state(skip)]
            texture: Texture,
        }

        impl Part for $part {
            fn part(value: u32, texture: Texture) -> Self {
                let make: fn(u32) -> $ty = $make;
                Self { name: format!("the name of {value:010}"), value: make(value), texture }
            }

            fn texture(&self) -> &Texture {
                &self.texture
            }

            fn name(&self) -> &String {
                &self.name
            }
        }
    )*};
}

parts! {
    #[derive(Clone)]
    #[state(after_set = Owned::check)]
    Owned { u32, |value| value }
    Converted { #[state(with = checked)] u32, |value| value }
    #[state(after_set = Hooked::check)]
    Hooked { u32, |value| value }
    Within { Checked, Checked }
    Serde { #[state(serde)] Small, Small }
}

impl Owned {
    fn check(&mut self) -> Result<(), &'static str> {
        accept(self.value).map(drop)
    }
}

impl Hooked {
    fn check(&mut self) -> Result<(), &'static str> {
        accept(self.value).map(drop)
    }
}

/// Refuses itself, and skips nothing.
#[derive(State, Debug, PartialEq)]
#[state(after_set = Checked::check)]
struct Checked(u32);

impl Checked {
    fn check(&mut self) -> Result<(), &'static str> {
        accept(self.0).map(drop)
    }
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u32")]
struct Small(u32);

impl TryFrom<u32> for Small {
    type Error = &'static str;

    fn try_from(value: u32) -> Result<Self, &'static str> {
        accept(value).map(Self)
    }
}

#[derive(State, Debug, PartialEq)]
enum Variant<P> {
    None,
    Some {
        part: P,
        #[state(skip)]
        texture: Texture,
    },
    Bare {
        #[state(skip)]
        texture: Texture,
    },
}

#[derive(State, Debug)]
struct World<P: Part> {
    #[state(flatten_parent)]
    base: Base<P>,
    plain: P,
    list: Vec<P>,
    empty: Vec<P>,
    queue: VecDeque<P>,
    chain: LinkedList<P>,
    maybe: Option<P>,
    boxed: Box<P>,
    counted: Rc<P>,
    slice: Arc<[P]>,
    tree: BTreeMap<String, P>,
    table: HashMap<u8, P>,
    #[state(sorted)]
    sorted: HashMap<String, P>,
    pair: (u8, [P; 2]),
    result: Result<P, u8>,
    range: Range<P>,
    lock: Mutex<P>,
    cell: RefCell<P>,
    once: OnceCell<P>,
    variant: Variant<P>,
    none: Variant<P>,
    bare: Variant<P>,
    last: String,
    #[state(bytes)]
    raw: Vec<u64>,
    #[state(skip)]
    texture: Texture,
}

#[derive(State, Debug, PartialEq)]
struct Base<P> {
    part: P,
    #[state(skip)]
    texture: Texture,
}

const PARTS: usize = 25;

impl<P: Part> World<P> {
    /// A world whose part at `bad` has the value `what`.
    fn new(of: u32, (bad, what): (usize, u32), texture: fn() -> Texture) -> Self {
        let mut at = 0;
        let mut part = || {
            at += 1;
            P::part(if at - 1 == bad { what } else { of + u32::try_from(at).unwrap() }, texture())
        };
        Self {
            base: Base { part: part(), texture: texture() },
            plain: part(),
            list: (0..3).map(|_| part()).collect(),
            empty: Vec::new(),
            queue: VecDeque::from([part()]),
            chain: LinkedList::from([part()]),
            maybe: Some(part()),
            boxed: Box::new(part()),
            counted: Rc::new(part()),
            slice: Arc::new([part()]),
            tree: [("a", part()), ("b", part())].map(|(key, part)| (key.to_string(), part)).into(),
            table: HashMap::from([(1, part())]),
            sorted: [("x", part()), ("y", part())].map(|(key, part)| (key.to_string(), part)).into(),
            pair: (1, [part(), part()]),
            result: Ok(part()),
            range: part()..part(),
            lock: Mutex::new(part()),
            cell: RefCell::new(part()),
            once: OnceCell::from(part()),
            variant: Variant::Some { part: part(), texture: texture() },
            none: Variant::None,
            bare: Variant::Bare { texture: texture() },
            last: format!("{of:020}"),
            raw: vec![of.into(); 5],
            texture: texture(),
        }
    }

    fn parts(&mut self) -> Vec<&P> {
        let Variant::Some { part, .. } = &self.variant else { unreachable!() };
        [&self.base.part, &self.plain]
            .into_iter()
            .chain(&self.list)
            .chain(&self.queue)
            .chain(&self.chain)
            .chain(&self.maybe)
            .chain([&*self.boxed, &*self.counted])
            .chain(&*self.slice)
            .chain(self.tree.values())
            .chain(self.table.values())
            .chain(["x", "y"].map(|key| &self.sorted[key]))
            .chain(&self.pair.1)
            .chain(&self.result)
            .chain([&self.range.start, &self.range.end])
            .chain([&*self.lock.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner)])
            .chain([&*self.cell.get_mut(), self.once.get().unwrap(), part])
            .collect()
    }

    /// Where everything lies that a restore in place keeps.
    fn places(&mut self) -> Vec<*const u8> {
        let (Variant::Some { texture, .. }, Variant::Bare { texture: bare }) = (&self.variant, &self.bare) else {
            unreachable!()
        };
        let textures = [&self.texture, &self.base.texture, texture, bare].map(|texture| texture.0.as_ptr());
        let pointers = [
            self.list.as_ptr().cast(),
            std::ptr::from_ref(&*self.boxed).cast(),
            Rc::as_ptr(&self.counted).cast(),
            self.slice.as_ptr().cast(),
            self.last.as_ptr(),
            self.raw.as_ptr().cast(),
        ];
        let parts = self.parts();
        assert_eq!(parts.len(), PARTS);
        textures
            .into_iter()
            .chain(pointers)
            .chain(parts.iter().map(|part| part.texture().0.as_ptr()))
            .chain(parts.iter().map(|part| part.name().as_ptr()))
            .collect()
    }

    #[track_caller]
    fn assert_is(&mut self, of: u32, texture: fn() -> Texture) {
        let mut expected = Self::new(of, (PARTS, 0), texture);
        assert_eq!(self.parts(), expected.parts());
        assert_eq!((&self.none, &self.bare), (&expected.none, &expected.bare));
        assert_eq!((&self.last, &self.raw, &self.texture), (&expected.last, &expected.raw, &expected.texture));
        assert_eq!(self.base, expected.base);
    }
}

type Way<T> = fn(&T, &mut T) -> Result<(), Error>;

/// Each way into a live value.
fn ways<T: RestoreOwned + state_core::StateObject>() -> [Way<T>; 6] {
    [
        |from, to| load_into(&dumps(from)?, to),
        |from, to| to.set_state(from.get_state()?),
        |from, to| pickle::load_into(&pickle::dumps(from)?, to),
        |from, to| pickle::load_into(&pickle::PickleOptions::new().protocol(pickle::Protocol::V0).dumps(from)?, to),
        |from, to| pickle::load_into(&pickle::dump_value(&pickle::load_value(&pickle::dumps(from)?)?)?, to),
        |from, to| {
            let mut file = Vec::new();
            state_core::image::stream::StreamWriter::new(&mut file).unwrap().write(from).unwrap();
            let mut reader = state_core::image::stream::StreamReader::new(&*file).unwrap();
            let read = reader.load_into(to);
            read.map(drop).map_err(|error| *error.into_inner().unwrap().downcast().unwrap())
        },
    ]
}

fn quietly<R>(run: impl FnOnce() -> R) -> std::thread::Result<R> {
    static HUSH: Once = Once::new();
    HUSH.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    result
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

fn every_way<P: Part + RestoreOwned>() {
    for way in ways::<World<P>>() {
        let mut target = World::<P>::new(100, (PARTS, 0), Texture::live);
        let before = target.places();
        for bad in 0..PARTS {
            let error = way(&World::new(1000, (bad, BAD), Texture::default), &mut target).unwrap_err();
            assert_eq!((error.kind(), error.found()), (ErrorKind::Refused, "too much"), "{bad}");
            assert!(error.path().starts_with("World."), "{error}");
            target.assert_is(100, Texture::live);
            assert_eq!(target.places(), before, "{bad}");

            quietly(|| way(&World::new(1000, (bad, PANICS), Texture::default), &mut target)).unwrap_err();
            target.assert_is(100, Texture::live);
            assert_eq!(target.places(), before, "{bad}");
        }
        way(&World::new(1000, (PARTS, 0), Texture::default), &mut target).unwrap();
        target.assert_is(1000, Texture::live);
        assert_eq!(target.places(), before);
    }
}

#[test]
fn conversions_that_may_refuse_keep_what_is_live() {
    every_way::<Converted>();
}

#[test]
fn hooks_that_may_refuse_keep_what_is_live() {
    every_way::<Hooked>();
}

#[test]
fn hooks_of_parts_without_skipped_fields_keep_what_is_live() {
    every_way::<Within>();
}

#[test]
fn serde_fields_keep_what_is_live() {
    every_way::<Serde>();
}

/// What could refuse, but is not there.
#[derive(State)]
struct Quiet {
    name: String,
    parts: Vec<Converted>,
    #[state(skip)]
    texture: Texture,
}

#[test]
fn a_list_that_is_empty_changes_nothing_from_afar() {
    let bytes = dumps(&Quiet { name: "new".into(), parts: vec![], texture: Texture::default() }).unwrap();
    let mut target = Quiet { name: "older".into(), parts: vec![], texture: Texture::live() };
    let places = |target: &Quiet| (target.name.as_ptr(), target.texture.0.as_ptr());
    let before = places(&target);
    load_into(&bytes, &mut target).unwrap();
    assert_eq!((&*target.name, places(&target)), ("new", before));
}

/// Elements that both lists have keep what they skip; those that come or go are whole.
#[test]
fn lists_of_other_lengths_keep_what_both_have() {
    let parts = |of: u32, count: u32, texture: fn() -> Texture| -> Vec<Hooked> {
        (0..count).map(|at| Hooked::part(of + at, texture())).collect()
    };
    for (old, new) in [(0, 0), (0, 3), (3, 0), (2, 5), (5, 2)] {
        let mut target = parts(10, old, Texture::live);
        let textures = |parts: &[Hooked]| -> Vec<_> { parts.iter().map(|part| part.texture.0.as_ptr()).collect() };
        let before = textures(&target);
        let mut bad = parts(50, new, Texture::default);
        if let Some(last) = bad.last_mut() {
            last.value = BAD;
            load_into(&dumps(&bad).unwrap(), &mut target).unwrap_err();
            assert_eq!(target, parts(10, old, Texture::live));
            assert_eq!(textures(&target), before);
        }
        load_into(&dumps(&parts(50, new, Texture::default)).unwrap(), &mut target).unwrap();
        let common = old.min(new) as usize;
        assert_eq!(textures(&target)[..common], before[..common]);
        assert_eq!(target[..common], parts(50, new.min(old), Texture::live));
        assert_eq!(target[common..], parts(50, new, Texture::default)[common..]);
    }
}

/// Entries of equal keys keep what they skip, in maps of whatever order.
#[test]
fn maps_of_other_keys_keep_what_both_have() {
    let entries = |keys: &[u8], texture: fn() -> Texture| -> HashMap<u8, Hooked> {
        keys.iter().map(|&key| (key, Hooked::part(key.into(), texture()))).collect()
    };
    let mut target = entries(&[1, 2, 3, 4], Texture::live);
    let before = target[&3].texture.0.as_ptr();
    let mut bad = entries(&[3, 4, 5], Texture::default);
    bad.get_mut(&5).unwrap().value = BAD;
    load_into(&dumps(&bad).unwrap(), &mut target).unwrap_err();
    assert_eq!(target, entries(&[1, 2, 3, 4], Texture::live));
    load_into(&dumps(&entries(&[3, 4, 5], Texture::default)).unwrap(), &mut target).unwrap();
    assert_eq!(target.remove(&5), entries(&[5], Texture::default).remove(&5));
    assert_eq!(target, entries(&[3, 4], Texture::live));
    assert_eq!(target[&3].texture.0.as_ptr(), before);
}

thread_local! {
    /// How often something was converted, and which time is refused.
    static TIMES: Cell<(usize, usize)> = const { Cell::new((0, usize::MAX)) };
}

mod fickle {
    use super::TIMES;

    pub type Slot = u8;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that `with` asks for")]
    pub fn get(value: &u8) -> u8 {
        *value
    }

    /// No function of its bytes.
    pub fn set(slot: u8) -> Result<u8, &'static str> {
        let (times, refused) = TIMES.get();
        TIMES.set((times + 1, refused));
        if times == refused { Err("not this time") } else { Ok(slot) }
    }
}

#[derive(State, Debug, PartialEq, Clone)]
struct Fickle {
    #[state(with = fickle)]
    value: u8,
}

#[test]
fn each_conversion_is_made_once_and_may_depend_on_anything() {
    let four = |value| [value, value + 1, value + 2, value + 3].map(|value| Fickle { value });
    let bytes = dumps(&four(10)).unwrap();
    let mut target = four(0);
    for refused in 0..4 {
        TIMES.set((0, refused));
        load_into(&bytes, &mut target).unwrap_err();
        assert_eq!((&target, TIMES.get().0), (&four(0), refused + 1));
    }
    TIMES.set((0, usize::MAX));
    load_into(&bytes, &mut target).unwrap();
    assert_eq!((target, TIMES.get().0), (four(10), 4));
}

/// A type at the root that refuses itself, and holds itself.
#[derive(State, Debug, PartialEq)]
#[state(after_set = Tree::check)]
struct Tree {
    value: u8,
    kids: Vec<Tree>,
    /// Made anew of the slots.
    #[state(skip)]
    sum: u32,
    #[state(skip)]
    texture: Texture,
}

impl Tree {
    fn new(value: u8, kids: Vec<Tree>) -> Self {
        let sum = u32::from(value) + kids.iter().map(|kid| kid.sum).sum::<u32>();
        Self { value, kids, sum, texture: Texture::live() }
    }

    fn check(&mut self) -> Result<(), String> {
        self.sum = u32::from(self.value) + self.kids.iter().map(|kid| kid.sum).sum::<u32>();
        assert_ne!(self.value, 254);
        if self.value == 255 { Err("255".into()) } else { Ok(()) }
    }
}

fn tree(low: u8, high: u8) -> Tree {
    Tree::new(low, vec![Tree::new(2, vec![]), Tree::new(high, vec![Tree::new(4, vec![])])])
}

#[test]
fn what_hooks_rebuild_belongs_to_the_state_that_is_there() {
    let mut target = tree(10, 30);
    for (bad, path) in [(tree(255, 1), "Tree"), (tree(1, 255), "Tree.kids[1]")] {
        let error = load_into(&dumps(&bad).unwrap(), &mut target).unwrap_err();
        assert_eq!((error.found(), error.path()), ("255", path));
        assert_eq!(target, tree(10, 30));
    }
    load_into(&dumps(&tree(1, 3)).unwrap(), &mut target).unwrap();
    assert_eq!((&target, target.sum), (&tree(1, 3), 10));
}

/// A hook that needs what the live value skips.
#[derive(State, Debug)]
#[state(after_set = Scene::find)]
struct Scene {
    names: Vec<String>,
    #[state(skip)]
    assets: Option<Rc<BTreeMap<String, u32>>>,
    #[state(skip)]
    found: Vec<u32>,
}

impl Scene {
    fn find(&mut self) -> Result<(), String> {
        let assets = self.assets.clone().ok_or("no assets")?;
        let of = |name| assets.get(name).copied().ok_or_else(|| format!("no asset {name}"));
        self.found = self.names.iter().map(of).collect::<Result<_, _>>()?;
        Ok(())
    }
}

#[test]
fn hooks_see_what_the_live_value_skips() {
    let assets = Rc::new(BTreeMap::from([("a".to_string(), 1), ("b".to_string(), 2)]));
    let scene =
        |names: &[&str]| Scene { names: names.iter().map(ToString::to_string).collect(), assets: None, found: vec![] };
    let mut target = vec![Scene { assets: Some(assets.clone()), ..scene(&["a"]) }];
    load_into(&dumps(&vec![scene(&["b", "a"])]).unwrap(), &mut target).unwrap();
    assert_eq!((&*target[0].names, &*target[0].found), (&["b".to_string(), "a".into()][..], &[2, 1][..]));
    assert!(Rc::ptr_eq(target[0].assets.as_ref().unwrap(), &assets));

    let error = load_into(&dumps(&vec![scene(&["a", "c"])]).unwrap(), &mut target).unwrap_err();
    assert_eq!((error.found(), error.path()), ("no asset c", "[0]"));
    assert_eq!((&*target[0].names, &*target[0].found), (&["b".to_string(), "a".into()][..], &[2, 1][..]));
    // One that is new to the list has nothing live.
    let two = dumps(&vec![scene(&["a"]), scene(&["b"])]).unwrap();
    assert_eq!(load_into(&two, &mut target).unwrap_err().found(), "no assets");
    assert_eq!(target.len(), 1);
    assert_eq!(loads::<Scene>(&dumps(&scene(&[])).unwrap()).unwrap_err().found(), "no assets");
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn logged() -> Vec<String> {
    LOG.take()
}

/// Logs each call of its hook, with what it sees.
#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Clone, Default)]
#[state(after_set = Logs::look)]
struct Logs {
    value: u8,
    #[state(skip)]
    seen: &'static str,
}

impl Logs {
    fn new(value: u8, seen: &'static str) -> Self {
        Self { value, seen }
    }

    fn look(&mut self) -> Result<(), &'static str> {
        LOG.with_borrow_mut(|log| log.push(format!("{}{}", self.value, self.seen)));
        if self.value == 0 { Err("none") } else { Ok(()) }
    }
}

/// The same without a refusal, and without skipped fields.
#[derive(State, Debug)]
#[state(after_set = Plain::look)]
struct Plain(u8);

impl Plain {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that hooks have")]
    fn look(&mut self) {
        LOG.with_borrow_mut(|log| log.push(format!("plain {}", self.0)));
    }
}

#[test]
fn each_hook_runs_once_on_an_accepted_state() {
    type Both = (Vec<Logs>, Plain, Option<Box<Logs>>);
    let mut target: Both = (vec![Logs::new(7, "a"), Logs::new(8, "b")], Plain(1), Some(Box::new(Logs::new(9, "c"))));
    let state: Both =
        (vec![Logs::new(1, ""), Logs::new(2, ""), Logs::new(3, "")], Plain(5), Some(Box::new(Logs::new(4, ""))));
    load_into(&dumps(&state).unwrap(), &mut target).unwrap();
    assert_eq!(logged(), ["plain 5", "1a", "2b", "3", "4c"]);
    // What is refused first is the last that was called, before the old state is settled again.
    load_into(&dumps(&vec![Logs::new(1, ""), Logs::new(0, "")]).unwrap(), &mut target.0).unwrap_err();
    assert_eq!(logged(), ["1a", "0b", "1a", "2b", "3"]);
}

#[test]
fn keys_and_elements_in_order_are_complete_before_they_are_put_in() {
    let set = |values: &[u8], seen| values.iter().map(|&value| Logs::new(value, seen)).collect::<BTreeSet<_>>();
    let mut target = set(&[1, 2], "");
    load_into(&dumps(&set(&[2, 3], "")).unwrap(), &mut target).unwrap();
    assert_eq!(target, set(&[2, 3], ""));
    load_into(&dumps(&set(&[0, 3], "")).unwrap(), &mut target).unwrap_err();
    assert_eq!(target, set(&[2, 3], ""));

    let hashes = |values: &[u8]| values.iter().map(|&value| Logs::new(value, "")).collect::<HashSet<_>>();
    let mut target = hashes(&[1, 2]);
    load_into(&dumps(&hashes(&[2, 3])).unwrap(), &mut target).unwrap();
    assert_eq!(target, hashes(&[2, 3]));

    let map = |values: &[u8]| values.iter().map(|&value| (Logs::new(value, ""), value)).collect::<BTreeMap<_, _>>();
    let mut target = map(&[1, 2]);
    load_into(&dumps(&map(&[2, 3])).unwrap(), &mut target).unwrap();
    assert_eq!(target, map(&[2, 3]));
    load_into(&dumps(&map(&[0])).unwrap(), &mut target).unwrap_err();
    assert_eq!(target, map(&[2, 3]));

    let heap = |values: &[u8]| BinaryHeap::from(values.iter().map(|&value| Logs::new(value, "")).collect::<Vec<_>>());
    let mut target = heap(&[1, 2]);
    load_into(&dumps(&heap(&[5, 3, 4])).unwrap(), &mut target).unwrap();
    assert_eq!(target.clone().into_sorted_vec(), heap(&[3, 4, 5]).into_sorted_vec());
    load_into(&dumps(&heap(&[0, 3, 4])).unwrap(), &mut target).unwrap_err();
    assert_eq!(target.into_sorted_vec(), heap(&[3, 4, 5]).into_sorted_vec());
}

/// A container by hand, which knows only `get`.
struct ByHand<T>(Vec<T>);

impl<T: State> State for ByHand<T> {
    const HEAD: usize = <Vec<T>>::HEAD;

    fn schema() -> &'static Schema {
        <Vec<T>>::schema()
    }

    fn size(&self, size: &mut Size) {
        self.0.size(size);
    }

    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        self.0.put(head, writer);
    }
}

impl<'de, T: Restore<'de>> Restore<'de> for ByHand<T> {
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        <Vec<T>>::check(head, checker)
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        Restore::get(head, reader).map(Self)
    }
}

#[test]
fn no_hook_is_forgotten_in_a_container_by_hand() {
    let mut target = (Logs::new(7, "a"), ByHand(vec![Logs::new(8, "b")]));
    let state = |last| (Logs::new(1, ""), ByHand(vec![Logs::new(last, "")]));
    load_into(&dumps(&state(2)).unwrap(), &mut target).unwrap();
    // Its elements are new.
    assert_eq!((target.0.seen, &*target.1.0), ("a", &[Logs::new(2, "")][..]));
    assert_eq!(logged(), ["1", "2"]);
    load_into(&dumps(&state(0)).unwrap(), &mut target).unwrap_err();
    assert_eq!((target.0.value, &*target.1.0), (1, &[Logs::new(2, "")][..]));
}

mod of_objects {
    use super::Logs;

    pub type Slot = Vec<Logs>;

    pub fn get(value: &u8) -> Vec<Logs> {
        vec![Logs::new(*value, "")]
    }

    pub fn set(slot: Vec<Logs>) -> Result<u8, &'static str> {
        slot.first().map(|first| first.value).ok_or("none at all")
    }
}

#[derive(State)]
struct Through {
    #[state(with = of_objects)]
    value: u8,
    #[state(skip)]
    texture: Texture,
}

#[test]
fn what_is_converted_has_seen_its_hooks() {
    let mut target = Through { value: 1, texture: Texture::live() };
    let bytes = |value| dumps(&Through { value, texture: Texture::default() }).unwrap();
    load_into(&bytes(5), &mut target).unwrap();
    assert_eq!((target.value, &target.texture, logged()), (5, &Texture::live(), vec!["5".to_string()]));
    let error = load_into(&bytes(0), &mut target).unwrap_err();
    assert_eq!((error.found(), error.path()), ("none", "Through.value[0]"));
    assert_eq!(target.value, 5);
}

#[test]
fn a_shared_value_is_left_to_those_who_share_it() {
    let mut target = (Rc::new(Hooked::part(1, Texture::live())), 1_u8);
    let shared = target.0.clone();
    let state = |value| dumps(&(Rc::new(Hooked::part(value, Texture::default())), 2_u8)).unwrap();
    load_into(&state(BAD), &mut target).unwrap_err();
    assert!(Rc::ptr_eq(&target.0, &shared) && target.1 == 1);
    load_into(&state(5), &mut target).unwrap();
    assert_eq!((target.0.value, shared.value, target.1), (5, 1, 2));
}

#[test]
fn a_list_that_a_cow_owns_keeps_what_is_live() {
    let cow = |value, texture: fn() -> Texture| (1_u8, Cow::Owned(vec![Owned::part(value, texture())]));
    let (bad, good) = (dumps(&cow(BAD, Texture::default)).unwrap(), dumps(&cow(5, Texture::default)).unwrap());
    let mut target: (u8, Cow<'_, [Owned]>) = cow(1, Texture::live);
    let before = target.1.as_ptr();
    load_into(&bad, &mut target).unwrap_err();
    assert_eq!((&target, target.1.as_ptr()), (&cow(1, Texture::live), before));
    load_into(&good, &mut target).unwrap();
    assert_eq!((&target, target.1.as_ptr()), (&cow(5, Texture::live), before));
}

#[test]
fn a_poisoned_lock_is_healed_by_what_is_accepted_alone() {
    let mut lock = Mutex::new(Hooked::part(1, Texture::live()));
    quietly(|| {
        let _guard = lock.lock().unwrap();
        panic!("while it is held");
    })
    .unwrap_err();
    let state = |value| dumps(&Mutex::new(Hooked::part(value, Texture::default()))).unwrap();
    load_into(&state(BAD), &mut lock).unwrap_err();
    quietly(|| load_into(&state(PANICS), &mut lock)).unwrap_err();
    assert!(lock.is_poisoned());
    load_into(&state(2), &mut lock).unwrap();
    assert_eq!(*lock.lock().unwrap(), Hooked::part(2, Texture::live()));
}

/// Exchanged once, each has the other's state; exchanged again, its own.
#[track_caller]
fn exchanged<T: RestoreOwned + PartialEq + Debug>(make: impl Fn() -> (T, T)) {
    let (mut a, mut b) = make();
    a.exchange(&mut b);
    assert_eq!((&b, &a), (&make().0, &make().1));
    a.exchange(&mut b);
    assert_eq!((a, b), make());
}

#[test]
fn an_exchange_undoes_itself() {
    let text = || ("short".to_string(), "a longer text".to_string());
    let (short, long) = text();
    exchanged(|| (1, 2));
    exchanged(text);
    exchanged(|| (long.clone(), short.clone()));
    exchanged(|| (String::new(), short.clone()));
    exchanged(|| (Box::<str>::from(&*short), Box::from(&*long)));
    exchanged(|| (std::path::PathBuf::from(&short), std::path::PathBuf::from(&long)));
    exchanged(|| (std::path::PathBuf::from(&long), std::path::PathBuf::from(&short)));
    exchanged(|| (vec![1, 2, 3], vec![4]));
    exchanged(|| (vec![4], vec![1, 2, 3]));
    exchanged(|| (vec![short.clone()], vec![long.clone(), short.clone()]));
    exchanged(|| ([short.clone(), long.clone()], [long.clone(), short.clone()]));
    exchanged(|| (VecDeque::from([1, 2]), VecDeque::from([3])));
    exchanged(|| (LinkedList::from([1]), LinkedList::from([2, 3])));
    exchanged(|| (Box::<[u8]>::from([1]), Box::from([2, 3])));
    exchanged(|| (Rc::<[u8]>::from([1, 4]), Rc::from([2, 3])));
    exchanged(|| (Some(short.clone()), None));
    exchanged(|| (Some(short.clone()), Some(long.clone())));
    exchanged(|| (Ok::<_, u8>(short.clone()), Err(3)));
    exchanged(|| (1..5, 6..9));
    exchanged(|| ((1, short.clone()), (2, long.clone())));
    exchanged(|| (BTreeMap::from([(1, 1), (2, 2)]), BTreeMap::from([(2, 3), (4, 5)])));
    exchanged(|| (HashMap::from([(1, 1), (2, 2)]), HashMap::from([(2, 3), (4, 5), (6, 7)])));
    exchanged(|| (BTreeSet::from([1, 2]), BTreeSet::from([2, 3, 4])));
    exchanged(|| (HashSet::from([1, 2]), HashSet::from([2, 3, 4])));
    exchanged(|| (OnceLock::from(short.clone()), OnceLock::new()));
    exchanged(|| (RefCell::new(short.clone()), RefCell::new(long.clone())));
    exchanged(|| (std::ffi::CString::new("a").unwrap(), std::ffi::CString::new("bc").unwrap()));
    exchanged(|| (Variant::<Checked>::None, Variant::Some { part: Checked(1), texture: Texture::default() }));
}
