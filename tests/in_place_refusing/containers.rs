//! Containers with other lengths or keys keep what is in both states.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::{Mutex, OnceLock};

use state_core::{RestoreOwned, State, dumps, load_into};

use super::{BAD, Checked, Converted, Hooked, Logs, Owned, PANICS, Part, Texture, Variant, quietly};

/// A type that could refuse, but of which no part that refuses is present.
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

/// Elements that are in both lists keep their skipped fields; those that are added or removed are complete.
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

/// Entries with equal keys keep their skipped fields, in maps of any order.
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

/// Asserts that values exchanged once have each other's state, and exchanged again their own.
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
