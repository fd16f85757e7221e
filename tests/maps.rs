//! A map whose keys differ from those of the state keeps the values of the common keys, whatever is inserted and
//! removed around them.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;

use state_core::{RestoreOwned, State, dumps, load_into, loads};

thread_local! {
    static HOOKS: Cell<usize> = const { Cell::new(0) };
}

/// Its `mark`, which is in no state, shows whether it was kept.
#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "tests.Kept", after_set = counted)]
struct Kept {
    text: String,
    #[state(skip)]
    mark: u32,
}

fn counted(_: &mut Kept) {
    HOOKS.set(HOOKS.get() + 1);
}

fn entry(key: u32, mark: u32) -> (String, Kept) {
    // Longer than any string that is stored without an allocation.
    (format!("the key number {key:05}"), Kept { text: format!("the value of {key:05}"), mark })
}

/// Restores a map of the keys `saved` into one of the keys `live`, and returns the number of hook calls.
fn restore<M>(live: &[u32], saved: &[u32]) -> (M, usize)
where
    M: FromIterator<(String, Kept)> + RestoreOwned,
{
    let bytes = dumps(&saved.iter().map(|&key| entry(key, 0)).collect::<M>()).unwrap();
    let mut map: M = live.iter().map(|&key| entry(key, key + 1)).collect();
    HOOKS.set(0);
    load_into(&bytes, &mut map).unwrap();
    (map, HOOKS.get())
}

const KEYS: [&[u32]; 9] = [
    &[],
    &[5],
    &[1, 2, 3],
    &[1, 3],
    &[2, 3, 4],
    &[0, 1, 2, 3, 9],
    &[100, 200],
    &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
    &[2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24],
];

fn keeps<M>()
where
    M: FromIterator<(String, Kept)> + RestoreOwned + PartialEq + Debug,
{
    for live in KEYS {
        for saved in KEYS {
            let (map, hooks) = restore::<M>(live, saved);
            let marked = |&key: &u32| entry(key, if live.contains(&key) { key + 1 } else { 0 });
            assert_eq!(map, saved.iter().map(marked).collect::<M>(), "{saved:?} into {live:?}");
            assert_eq!(hooks, saved.len(), "{saved:?} into {live:?}");
        }
    }
}

#[test]
fn trees_keep_what_stays() {
    keeps::<BTreeMap<String, Kept>>();
}

#[test]
fn tables_keep_what_stays() {
    keeps::<HashMap<String, Kept>>();
}

#[test]
fn sorted_tables_keep_what_stays() {
    #[derive(State, Debug, PartialEq)]
    struct Sorted {
        #[state(sorted)]
        map: HashMap<String, Kept>,
    }
    impl FromIterator<(String, Kept)> for Sorted {
        fn from_iter<I: IntoIterator<Item = (String, Kept)>>(entries: I) -> Self {
            Self { map: entries.into_iter().collect() }
        }
    }
    keeps::<Sorted>();
}

/// Both kinds of map have the same schema, and the entries of a table are in any order.
#[test]
fn a_tree_keeps_what_stays_in_a_state_of_a_table() {
    let keys: Vec<u32> = (0..200).collect();
    let table: HashMap<_, _> = keys[50..].iter().map(|&key| entry(key, 0)).collect();
    let mut tree: BTreeMap<_, _> = keys[..150].iter().map(|&key| entry(key, 7)).collect();
    load_into(&dumps(&table).unwrap(), &mut tree).unwrap();
    let expected = keys[50..].iter().map(|&key| entry(key, if key < 150 { 7 } else { 0 }));
    assert_eq!(tree, expected.collect());
}

/// No map writes a key twice. For bytes in which one occurs twice, a restore gives the same as a load.
#[test]
fn of_equal_keys_the_last_one_counts() {
    fn agree<M: RestoreOwned + FromIterator<(u8, u8)> + Clone + PartialEq + Debug>() {
        let maps: Vec<M> = [&[][..], &[1], &[2], &[1, 2], &[1, 2, 3], &[7, 8, 9]]
            .iter()
            .map(|keys| keys.iter().map(|&key| (key, key * 10)).collect())
            .collect();
        for saved in &maps {
            let bytes = dumps(saved).unwrap();
            // The heads of the entries follow the header and the length.
            for at in (44..bytes.len()).step_by(2) {
                for key in 0..10 {
                    let mut bytes = bytes.clone();
                    bytes[at] = key;
                    let expected: M = loads(&bytes).unwrap();
                    for live in &maps {
                        let mut live = live.clone();
                        load_into(&bytes, &mut live).unwrap();
                        assert_eq!(live, expected);
                    }
                }
            }
        }
    }
    agree::<BTreeMap<u8, u8>>();
    agree::<HashMap<u8, u8>>();
}

#[test]
#[allow(clippy::zero_sized_map_values, reason = "they are what is tested")]
fn values_without_a_size_come_and_go() {
    let map = |keys: &[u16]| -> HashMap<u16, ()> { keys.iter().map(|&key| (key, ())).collect() };
    for live in [&[][..], &[1], &[1, 2, 3], &[4, 5]] {
        let mut live = map(live);
        load_into(&dumps(&map(&[1, 2, 6])).unwrap(), &mut live).unwrap();
        assert_eq!(live, map(&[1, 2, 6]));
    }
}

/// A name that ignores case, with a field that is not part of the state.
#[derive(State, Debug, Clone)]
struct Name {
    text: String,
    #[state(skip)]
    mark: u32,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.to_lowercase().cmp(&other.text.to_lowercase())
    }
}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.to_lowercase().hash(state);
    }
}

#[test]
fn keys_that_are_equal_and_not_the_same_become_those_of_the_state() {
    #[derive(State, Debug, Default)]
    struct Sorted {
        #[state(sorted)]
        map: HashMap<Name, Kept>,
        #[state(sorted)]
        set: HashSet<Name>,
    }
    fn restored<M>(entries: fn(&M) -> Vec<(&Name, &Kept)>, make: fn(Vec<(Name, Kept)>) -> M)
    where
        M: RestoreOwned,
    {
        let names = |texts: &[&str], mark| {
            let entries = texts.iter().map(|text| {
                let value = Kept { text: text.to_lowercase(), mark };
                (Name { text: (*text).to_owned(), mark }, value)
            });
            make(entries.collect())
        };
        let mut map = names(&["ada", "BOB", "Cy", "dan"], 7);
        let saved = names(&["Ada", "BOB", "cy", "eve"], 0);
        HOOKS.set(0);
        load_into(&dumps(&saved).unwrap(), &mut map).unwrap();
        let mut found: Vec<_> =
            entries(&map).into_iter().map(|(key, value)| (&*key.text, &*value.text, value.mark)).collect();
        found.sort_unstable();
        let expected = [("Ada", "ada", 7), ("BOB", "bob", 7), ("cy", "cy", 7), ("eve", "eve", 0)];
        assert_eq!((found.as_slice(), HOOKS.get()), (&expected[..], 4));
    }
    restored::<BTreeMap<Name, Kept>>(|map| map.iter().collect(), |entries| entries.into_iter().collect());
    restored::<HashMap<Name, Kept>>(|map| map.iter().collect(), |entries| entries.into_iter().collect());
    restored::<Sorted>(
        |of| of.map.iter().collect(),
        |entries| Sorted { set: HashSet::new(), map: entries.into_iter().collect() },
    );

    let set = |texts: &[&str]| texts.iter().map(|text| Name { text: (*text).to_owned(), mark: 0 }).collect();
    let mut live = Sorted { map: HashMap::new(), set: set(&["ADA", "bob"]) };
    load_into(&dumps(&Sorted { map: HashMap::new(), set: set(&["ada", "bob"]) }).unwrap(), &mut live).unwrap();
    assert!(live.set.iter().any(|name| name.text == "ada"));
}

#[test]
fn a_key_that_stays_keeps_what_it_skips_in_a_table() {
    let name = |n: u32| Name { text: format!("name {n}"), mark: n };
    let saved: HashMap<Name, Kept> = (0..50).map(|n| (name(n), Kept { text: n.to_string(), mark: 0 })).collect();
    let mut live: HashMap<Name, Kept> = (20..90).map(|n| (name(n), Kept { text: "live".into(), mark: n })).collect();
    load_into(&dumps(&saved).unwrap(), &mut live).unwrap();
    assert_eq!(live.len(), 50);
    for (key, value) in live {
        let number: u32 = value.text.parse().unwrap();
        assert_eq!((key.mark, value.mark), if number < 20 { (0, 0) } else { (number, number) });
    }
}

/// A number that looks random.
fn scattered(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31)
}

/// Restores maps of many kinds of keys into each other.
fn restores<K, V, M>(entry: impl Fn(u64) -> (K, V))
where
    M: FromIterator<(K, V)> + RestoreOwned + Clone + PartialEq + Debug,
{
    let map = |keys: &[u64]| keys.iter().map(|&key| entry(key)).collect::<M>();
    let below = |count: u64| (0..count).collect::<Vec<_>>();
    let odd = |count: u64| (0..count).map(|key| 2 * key + 1).collect::<Vec<_>>();
    let random = |seed: u64, count: u64| (0..count).map(|at| scattered(seed + at) % 97).collect::<Vec<_>>();
    let mut all = vec![vec![], vec![50], below(11), below(12), below(64), odd(9), odd(40), vec![3, 4, 70, 71, 72]];
    all.push((200..230).collect());
    all.extend((0..8).map(|seed| random(1000 * seed, 3 + 5 * seed)));
    for saved in &all {
        let saved = map(saved);
        let bytes = dumps(&saved).unwrap();
        assert_eq!(loads::<M>(&bytes).unwrap(), saved);
        for live in &all {
            let mut live = map(live);
            load_into(&bytes, &mut live).unwrap();
            assert_eq!(live, saved);
        }
    }
}

#[test]
fn whatever_the_keys_are_the_state_is_restored() {
    let word = |key: u64| format!("{key:06}").repeat(1 + (key % 4) as usize);
    restores::<_, _, BTreeMap<u64, u8>>(|key| (key, key as u8));
    restores::<_, _, BTreeMap<i64, Vec<String>>>(|key| (-(key as i64), vec![word(key); key as usize % 5]));
    restores::<_, _, BTreeMap<String, u64>>(|key| (word(key), key));
    restores::<_, _, BTreeMap<String, BTreeMap<String, String>>>(|key| {
        (word(key), (0..key % 14).map(|at| (word(at + key), word(at))).collect())
    });
    restores::<_, _, HashMap<u64, (u16, i64)>>(|key| (key, (key as u16, -(key as i64))));
    restores::<_, _, HashMap<String, u64>>(|key| (word(key), key));
    restores::<_, _, HashMap<u64, Option<String>>>(|key| (key, (key % 3 > 0).then(|| word(key))));
    restores::<_, _, HashMap<String, HashMap<u8, Vec<String>>>>(|key| {
        (word(key), (0..key % 5).map(|at| (at as u8, vec![word(key)])).collect())
    });
}

#[test]
fn values_of_keys_that_went_lend_their_allocations_to_others() {
    fn kept<M>(live: std::ops::Range<u32>, saved: std::ops::Range<u32>, places: fn(&M) -> Vec<*const u8>) -> usize
    where
        M: FromIterator<(u32, String)> + RestoreOwned + PartialEq + Debug,
    {
        let map = |keys: std::ops::Range<u32>| keys.map(|key| (key, format!("the value of {key:05}"))).collect::<M>();
        let (mut target, saved) = (map(live), map(saved));
        let before = places(&target);
        load_into(&dumps(&saved).unwrap(), &mut target).unwrap();
        assert_eq!(target, saved);
        places(&target).iter().filter(|place| before.contains(place)).count()
    }
    let tree: fn(&BTreeMap<u32, String>) -> _ = |map| map.values().map(|value| value.as_ptr()).collect();
    let table: fn(&HashMap<u32, String>) -> _ = |map| map.values().map(|value| value.as_ptr()).collect();
    for (live, saved, least) in
        [(0..30, 100..130, 30), (100..130, 0..30, 29), (0..30, 1..31, 30), (1..31, 0..30, 29), (0..5, 5..10, 5)]
    {
        assert!(kept(live.clone(), saved.clone(), tree) >= least, "a tree of {live:?} from {saved:?}");
    }
    // The first keys are looked for.
    assert!(kept(0..30, 100..130, table) >= 22);
}

/// Shared objects stay with their keys: other holders of an object never see another's state.
#[test]
fn what_is_shared_is_not_lent_to_other_keys() {
    use std::cell::RefCell;
    use std::rc::Rc;

    #[derive(State)]
    #[state(name = "tests.Shared")]
    struct Shared {
        #[state(shared)]
        tree: BTreeMap<u32, Rc<RefCell<String>>>,
        #[state(shared)]
        table: HashMap<u32, Rc<RefCell<String>>>,
    }

    let object = |key: u32| (key, Rc::new(RefCell::new(format!("object {key}"))));
    let shared = |keys: std::ops::Range<u32>| Shared {
        tree: keys.clone().map(object).collect(),
        table: keys.map(object).collect(),
    };
    let bytes = dumps(&shared(100..140)).unwrap();
    let mut live = shared(0..40);
    let handles: Vec<_> = live.tree.iter().chain(&live.table).map(|(&key, object)| (key, object.clone())).collect();
    load_into(&bytes, &mut live).unwrap();
    for (key, object) in live.tree.iter().chain(&live.table) {
        assert_eq!(*object.borrow(), format!("object {key}"));
    }
    for (key, handle) in handles {
        assert_eq!(*handle.borrow(), format!("object {key}"));
    }
}
