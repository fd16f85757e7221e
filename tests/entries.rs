//! Errors name an entry of a map by its key, and by its place only if the key cannot be shown.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use state_core::{
    Error, Inspection, Options, RestoreOwned, State, StateExt, Value, check, dumps, from_value, image, load_into,
    loads, loads_upgraded, pickle, to_value,
};

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "tests.Player")]
struct Player {
    hp: u8,
    alive: bool,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "tests.World")]
struct World<K: Ord> {
    players: BTreeMap<K, Player>,
}

fn world<K: Ord + Clone>(keys: &[K]) -> World<K> {
    World { players: keys.iter().map(|key| (key.clone(), Player { hp: 1, alive: true })).collect() }
}

/// The path to the last entry's last slot, whose byte is damaged, in each way to read bytes.
fn damaged<K: State + RestoreOwned + Ord + Clone + Debug>(keys: &[K]) -> String {
    let good = world(keys);
    let bytes = Options::new().with_schema().dumps(&good).unwrap();
    // The heads of the entries end where the text begins, or behind them is what the keys have outside their heads.
    let at = (0..bytes.len()).rev().find(|&at| {
        let mut bad = bytes.clone();
        bad[at] = 7;
        bytes[at] == 1 && check::<World<K>>(&bad).is_err_and(|error| error.path().ends_with("].alive"))
    });
    let mut bad = bytes.clone();
    bad[at.unwrap()] = 7;
    let mut live = good.clone();
    let errors: [Error; 5] = [
        check::<World<K>>(&bad).unwrap_err(),
        loads::<World<K>>(&bad).unwrap_err(),
        load_into(&bad, &mut live).unwrap_err(),
        Inspection::open(&bad).and_then(|read| read.value()).unwrap_err(),
        Inspection::open(&bad).and_then(|read| read.tree()).unwrap_err(),
    ];
    assert_eq!(live, good);
    let path = errors[0].path().to_owned();
    for error in errors {
        assert_eq!(error.path(), path);
        assert!(error.to_string().starts_with(&path), "{error}");
    }
    path
}

#[derive(State, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[state(name = "tests.Id")]
struct Id(u32);

#[derive(State, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[state(name = "tests.Colour")]
enum Colour {
    Red,
    Other(u8, String),
}

#[derive(State, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[state(name = "tests.Wide")]
enum Wide {
    Small(u8),
    Large([u64; 4]),
}

#[test]
fn a_damaged_value_is_named_by_its_key() {
    assert_eq!(damaged(&["ada".to_owned(), "bob".to_owned()]), "World.players['bob'].alive");
    assert_eq!(damaged(&[7_u8, 17]), "World.players[17].alive");
    assert_eq!(damaged(&[i64::MIN, -5]), "World.players[-5].alive");
    assert_eq!(damaged(&[u128::MAX]), format!("World.players[{}].alive", u128::MAX));
    assert_eq!(damaged(&['a', 'ß']), "World.players['ß'].alive");
    assert_eq!(damaged(&[false, true]), "World.players[True].alive");
    assert_eq!(damaged(&[Id(3), Id(4)]), "World.players[Id(4)].alive");
    assert_eq!(damaged(&[(-1, 'x'), (2, 'y')]), "World.players[(2, 'y')].alive");
    assert_eq!(damaged(&[Colour::Red]), "World.players[Colour.Red].alive");
    assert_eq!(damaged(&[Colour::Red, Colour::Other(1, "x".into())]), "World.players[Colour.Other(1, 'x')].alive");
    // The slots of its variant are apart from its tag.
    assert_eq!(damaged(&[Wide::Small(2)]), "World.players[Wide.Small(2)].alive");
    assert_eq!(
        damaged(&[uuid::Uuid::from_u128(10)]),
        "World.players[UUID('00000000-0000-0000-0000-00000000000a')].alive"
    );
}

#[test]
fn a_key_is_escaped_and_cut() {
    let long = "ß".repeat(61);
    assert_eq!(damaged(std::slice::from_ref(&long)), format!("World.players['{}'...].alive", &long[..120]));
    assert_eq!(damaged(&[long[..120].to_owned()]), format!("World.players['{}'].alive", &long[..120]));
    assert_eq!(damaged(&["a\nb\u{1b}'\"".to_owned()]), r#"World.players['a\nb\x1b\'"'].alive"#);
}

#[test]
fn a_key_that_is_not_shown_leaves_the_place() {
    assert_eq!(damaged(&[vec![1_u8], vec![2]]), "World.players[entry 1].alive");
    assert_eq!(damaged(&[Some(1_u8), Some(2)]), "World.players[entry 1].alive");
    assert_eq!(damaged(&[Wide::Small(2), Wide::Large([7; 4])]), "World.players[entry 1].alive");
    assert_eq!(damaged(&[((((1_u8,),),),), ((((2,),),),)]), "World.players[((((2))))].alive");
    assert_eq!(damaged(&[(((((1_u8,),),),),)]), "World.players[entry 0].alive");
}

#[test]
fn a_damaged_key_is_named_by_its_place() {
    let bytes = dumps(&BTreeMap::from([(false, 1_u16), (true, 2)])).unwrap();
    let mut bad = bytes.clone();
    let at = bad.iter().rposition(|&byte| byte == 1).unwrap();
    bad[at] = 9;
    let error = loads::<BTreeMap<bool, u16>>(&bad).unwrap_err();
    assert_eq!(error.path(), "[key of entry 1]", "{error}");
}

#[test]
fn nested_maps_have_a_key_each() {
    type Maps = BTreeMap<String, Vec<BTreeMap<u8, (char, BTreeMap<char, bool>)>>>;
    let maps: Maps = [
        ("a.b[0]".to_owned(), vec![[(1, ('x', [('y', true)].into()))].into()]),
        ("it's".to_owned(), vec![[].into(), [(5, ('p', [('q', true), ('r', true)].into()))].into()]),
    ]
    .into();
    let bytes = dumps(&maps).unwrap();
    let paths: Vec<String> = (40..bytes.len())
        .filter_map(|at| {
            let mut bad = bytes.clone();
            bad[at] = if bad[at] == 1 { 7 } else { return None };
            Some(check::<Maps>(&bad).err()?.path().to_owned())
        })
        .collect();
    for path in ["['a.b[0]'][0][1].1['y']", r#"["it's"][1][5].1['q']"#, r#"["it's"][1][5].1['r']"#] {
        assert!(paths.iter().any(|met| met == path), "{paths:?}");
    }
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "tests.Loose")]
struct Loose<K: Ord> {
    players: BTreeMap<K, (i32, Option<bool>)>,
}

#[test]
fn values_and_pickles_name_the_key() {
    #[derive(State, Debug, PartialEq, Clone)]
    #[state(name = "tests.Loose")]
    struct Strict<K: Ord> {
        players: BTreeMap<K, (i32, bool)>,
    }
    fn told<K>(keys: [K; 2], path: &str)
    where
        K: RestoreOwned + Ord + Clone + Debug,
    {
        let [one, two] = keys;
        let loose = Loose { players: [(one.clone(), (1, Some(true))), (two, (2, None))].into() };
        let old = Strict { players: [(one, (3, true))].into() };
        let mut live = old.clone();
        let errors = [
            from_value::<Strict<K>>(&to_value(&loose).unwrap()).unwrap_err(),
            live.set_state(loose.get_state().unwrap()).unwrap_err(),
            pickle::loads::<Strict<K>>(&pickle::dumps(&loose).unwrap()).unwrap_err(),
            pickle::load_into(&pickle::dumps(&loose).unwrap(), &mut live).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.path(), path, "{error}");
        }
        assert_eq!(live, old);
    }
    told(["ada".to_owned(), "bob".to_owned()], "Loose.players['bob'][1]");
    told([1_i16, 17], "Loose.players[17][1]");
    told([false, true], "Loose.players[True][1]");
    told(['a', 'b'], "Loose.players['b'][1]");
    told([Id(1), Id(2)], "Loose.players[Id(2)][1]");
    told([Colour::Red, Colour::Other(2, "x".into())], "Loose.players[Colour.Other(2, 'x')][1]");
    let error = from_value::<BTreeMap<u8, u8>>(&to_value(&BTreeMap::from([(1, 2), (300, 3)])).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "[key of entry 1]: expected u8, found int 300");
}

/// Refuses what is not below 100.
#[derive(State, Clone, Debug, PartialEq, Default)]
#[state(after_set = Self::test)]
struct Below(u8);

impl Below {
    fn test(&mut self) -> Result<(), &'static str> {
        if self.0 < 100 { Ok(()) } else { Err("too much") }
    }
}

#[derive(State, Clone, Debug, PartialEq, Default)]
struct Limits<M> {
    of: M,
    /// Because of this, hooks are called on the live value.
    #[state(skip)]
    live: u8,
}

#[test]
fn a_refused_value_is_named_by_its_key() {
    fn told<M>(make: impl Fn(u8) -> M, path: &str)
    where
        M: RestoreOwned + Default + Clone + PartialEq + Debug,
    {
        let bytes = dumps(&Limits { of: make(100), live: 0 }).unwrap();
        let mut live = Limits { of: make(1), live: 3 };
        for error in [loads::<Limits<M>>(&bytes).unwrap_err(), load_into(&bytes, &mut live).unwrap_err()] {
            assert_eq!(error.to_string(), format!("{path}: too much"));
        }
        assert_eq!(live, Limits { of: make(1), live: 3 });
    }
    told(|value| BTreeMap::from([(4_u8, Below(1)), (17, Below(value))]), "Limits.of[17]");
    told(|value| HashMap::from([("anna".to_owned(), vec![Below(1), Below(value)])]), "Limits.of['anna'][1]");
    told(|value| indexmap::IndexMap::<_, _>::from_iter([('z', Below(1)), ('a', Below(value))]), "Limits.of['a']");
    told(|value| BTreeMap::from([(vec![0_u8], Below(1)), (vec![1], Below(value))]), "Limits.of[entry 1]");
}

/// A key that is refused as such a value is.
#[derive(State, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[state(after_set = Self::test)]
struct Key(u8);

impl Key {
    fn test(&mut self) -> Result<(), &'static str> {
        if self.0 < 100 { Ok(()) } else { Err("too much") }
    }
}

#[test]
fn a_refused_key_is_named_by_its_place() {
    let bytes = dumps(&BTreeMap::from([(Key(1), 0_u8), (Key(100), 0)])).unwrap();
    assert_eq!(loads::<BTreeMap<Key, u8>>(&bytes).unwrap_err().to_string(), "[key of entry 1]: too much");
}

#[test]
fn a_value_that_cannot_be_written_is_named_by_its_key() {
    let map = BTreeMap::from([("a".to_owned(), RefCell::new(1)), ("b.c".to_owned(), RefCell::new(2))]);
    let held = map["b.c"].borrow_mut();
    assert_eq!(dumps(&map).unwrap_err().path(), "['b.c']");
    assert_eq!(to_value(&map).unwrap_err().path(), "['b.c']");
    drop(held);
}

mod v1 {
    use std::collections::BTreeMap;

    #[derive(state_core::State)]
    #[state(name = "tests.Team")]
    pub struct Team {
        pub size: u8,
        pub people: BTreeMap<String, Person>,
    }

    #[derive(state_core::State)]
    #[state(name = "tests.Person")]
    pub struct Person {
        pub name: String,
    }
}

#[derive(State, Debug)]
#[state(name = "tests.Team")]
struct Team {
    people: BTreeMap<String, Person>,
    size: u16,
}

#[derive(State, Debug)]
#[state(name = "tests.Person", from(v1::Person))]
struct Person {
    first: String,
    last: String,
}

impl TryFrom<v1::Person> for Person {
    type Error = String;

    fn try_from(old: v1::Person) -> Result<Self, String> {
        let (first, last) = old.name.split_once(' ').ok_or_else(|| format!("{} has one name", old.name))?;
        Ok(Self { first: first.into(), last: last.into() })
    }
}

#[test]
fn a_file_of_an_older_version_names_the_key() {
    let person = |name: &str| v1::Person { name: name.into() };
    let people = [("boss".to_owned(), person("Ada Lovelace")), ("guest".to_owned(), person("Grace"))];
    let old = v1::Team { size: 2, people: people.into() };
    let error = loads_upgraded::<Team>(&Options::new().with_schema().dumps(&old).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "Team.people['guest']: Grace has one name");

    let path = std::env::temp_dir().join(format!("entries-{}.state", std::process::id()));
    image::save(&path, &old).unwrap();
    let error = image::load_file::<Team>(&path).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert!(error.to_string().contains("Team.people['guest']: Grace has one name"), "{error}");
}

#[test]
fn what_serde_cannot_take_is_named_by_its_key() {
    #[derive(State)]
    struct Foreign {
        #[state(serde)]
        of: BTreeMap<String, Option<u8>>,
    }
    let mut live = Foreign { of: BTreeMap::new() };
    let odd = || Value::Complex(state_core::value::Complex::default());
    let dict = |key: Value, value: Value| {
        (Value::Dict([(Value::from("x"), Value::None), (key, value)].into_iter().collect()),)
    };
    let path = |error: Error| error.path().to_owned();
    assert_eq!(path(live.set_state(dict("a\n".into(), odd())).unwrap_err()), r"Foreign.of['a\n']");
    assert_eq!(path(live.set_state(dict(17.into(), odd())).unwrap_err()), "Foreign.of[17]");
    assert_eq!(path(live.set_state(dict(true.into(), odd())).unwrap_err()), "Foreign.of[True]");
    assert_eq!(path(live.set_state(dict((1, 2).into(), odd())).unwrap_err()), "Foreign.of[entry 1]");
    assert_eq!(path(live.set_state(dict(odd(), 1.into())).unwrap_err()), "Foreign.of[key of entry 1]");
}
