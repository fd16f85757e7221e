//! Conversions and hooks run once, and see the skipped fields of the live value.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::rc::Rc;

use state_core::schema::Schema;
use state_core::state::{Checker, Reader, Size, Writer};
use state_core::{Restore, State, dumps, load_into, loads};

use super::{LOG, Logs, Texture, tree};

thread_local! {
    /// How many conversions have run, and which of them is refused.
    static TIMES: Cell<(usize, usize)> = const { Cell::new((0, usize::MAX)) };
}

mod fickle {
    use super::TIMES;

    pub type Slot = u8;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that `with` asks for")]
    pub fn get(value: &u8) -> u8 {
        *value
    }

    /// The result does not depend on the bytes alone.
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

/// A hook that needs skipped fields of the live value.
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
    // An element that is new to the list has no live value.
    let two = dumps(&vec![scene(&["a"]), scene(&["b"])]).unwrap();
    assert_eq!(load_into(&two, &mut target).unwrap_err().found(), "no assets");
    assert_eq!(target.len(), 1);
    assert_eq!(loads::<Scene>(&dumps(&scene(&[])).unwrap()).unwrap_err().found(), "no assets");
}

fn logged() -> Vec<String> {
    LOG.take()
}

/// A hook without a refusal, on a type without skipped fields.
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
    // A refusing hook is the last that is called before the old state is settled again.
    load_into(&dumps(&vec![Logs::new(1, ""), Logs::new(0, "")]).unwrap(), &mut target.0).unwrap_err();
    assert_eq!(logged(), ["1a", "0b", "1a", "2b", "3"]);
}

/// A container implemented by hand, with only `get`.
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
    // The elements of the other container are new.
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
