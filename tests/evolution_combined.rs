//! Attributes for evolution in combination, and with everything else that a field can be.

#![allow(
    clippy::items_after_statements,
    clippy::too_many_lines,
    reason = "types stand where the test uses them, as users write them"
)]

use std::collections::{BTreeMap, BTreeSet};

use state_core::value::{List, Value};
use state_core::{Inspection, Older, Options, Record, State, from_value, loads_upgraded};

/// The bytes of an older form, with its schema.
fn old<T: State>(value: &T) -> Vec<u8> {
    Options::new().with_schema().dumps(value).unwrap()
}

fn error<T: state_core::RestoreOwned>(bytes: &[u8]) -> String {
    loads_upgraded::<T>(bytes).map(drop).unwrap_err().to_string()
}

fn error_of_value<T: state_core::RestoreOwned>(bytes: &[u8]) -> String {
    let value = Inspection::open(bytes).and_then(|file| file.value()).unwrap();
    from_value::<T>(&value).map(drop).unwrap_err().to_string()
}

/// Slots of one name belong to a parent and its child, and both types have been renamed.
#[test]
fn slots_of_one_name_follow_types_that_were_renamed() {
    mod v1 {
        #[derive(state_core::State)]
        #[state(name = "Base")]
        pub struct Base {
            pub id: u8,
        }
        #[derive(state_core::State)]
        #[state(name = "Child")]
        pub struct Child {
            #[state(flatten_parent)]
            pub base: Base,
            pub id: u8,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Entity", alias("Base"))]
    struct Entity {
        id: u16,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Monster", alias("Child"))]
    struct Monster {
        #[state(flatten_parent)]
        entity: Entity,
        id: u16,
    }
    let bytes = old(&v1::Child { base: v1::Base { id: 1 }, id: 2 });
    assert_eq!(loads_upgraded::<Monster>(&bytes).unwrap(), Monster { entity: Entity { id: 1 }, id: 2 });
}

/// A parent that upgrades its own older states is matched as a whole, at any distance and whatever its field is called.
#[test]
fn ancestors_convert_their_own_older_states() {
    mod v1 {
        #[derive(state_core::State, Debug)]
        #[state(name = "Ground")]
        pub struct Ground {
            pub height: u8,
        }
        #[derive(state_core::State)]
        #[state(name = "Middle")]
        pub struct Middle {
            #[state(flatten_parent)]
            pub ground: Ground,
            pub moved: u8,
        }
        #[derive(state_core::State)]
        #[state(name = "Top")]
        pub struct Top {
            #[state(flatten_parent)]
            pub middle: Middle,
            pub name: String,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Ground", from(v1::Ground))]
    struct Ground {
        metres: u16,
    }
    impl From<v1::Ground> for Ground {
        fn from(old: v1::Ground) -> Self {
            Self { metres: u16::from(old.height) * 100 }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Middle")]
    struct Middle {
        #[state(flatten_parent)]
        below: Ground,
        #[state(default)]
        new: u8,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Top")]
    struct Top {
        #[state(flatten_parent)]
        inner: Middle,
        moved: u8,
        name: String,
    }
    let ground = v1::Ground { height: 3 };
    let bytes = old(&v1::Top { middle: v1::Middle { ground, moved: 7 }, name: "x".into() });
    let expected = Top { inner: Middle { below: Ground { metres: 300 }, new: 0 }, moved: 7, name: "x".into() };
    assert_eq!(loads_upgraded::<Top>(&bytes).unwrap(), expected);
}

#[derive(State, Debug)]
#[state(name = "Shape")]
enum ShapeOrPoint {
    Point,
    Circle(u8),
}

/// Each form converts the one before it, and the present one names only the last.
#[test]
fn forms_convert_one_another() {
    mod v2 {
        use super::ShapeOrPoint as V1;

        #[derive(state_core::State, Debug)]
        #[state(name = "Shape", from(V1))]
        pub struct Shape {
            pub radius: u8,
        }
        impl From<V1> for Shape {
            fn from(old: V1) -> Self {
                Self { radius: if let V1::Circle(radius) = old { radius } else { 0 } }
            }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Shape", from(v2::Shape))]
    struct Shape {
        diameter: u16,
    }
    impl From<v2::Shape> for Shape {
        fn from(old: v2::Shape) -> Self {
            Self { diameter: u16::from(old.radius) * 2 }
        }
    }
    let shapes = |diameters: [u16; 2]| diameters.map(|diameter| Shape { diameter });
    let bytes = old(&[ShapeOrPoint::Circle(200), ShapeOrPoint::Point]);
    assert_eq!(loads_upgraded::<[Shape; 2]>(&bytes).unwrap(), shapes([400, 0]));
    let bytes = old(&[v2::Shape { radius: 1 }, v2::Shape { radius: 2 }]);
    assert_eq!(loads_upgraded::<[Shape; 2]>(&bytes).unwrap(), shapes([2, 4]));
}

/// What `upgrade` leaves by name is converted by the types of the slots, from a file and from its values.
#[test]
fn what_upgrade_leaves_is_converted_by_its_own_types() {
    mod v1 {
        use std::collections::BTreeMap;

        #[derive(state_core::State, Debug)]
        #[state(name = "Item")]
        pub struct Item {
            pub grams: u8,
        }
        #[derive(state_core::State)]
        #[state(name = "Bag")]
        pub struct Bag {
            pub owner: String,
            pub items: Vec<Item>,
            pub by_name: BTreeMap<String, Option<Box<Item>>>,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Item", from(v1::Item))]
    struct Item {
        milligrams: u32,
    }
    impl TryFrom<v1::Item> for Item {
        type Error = String;

        fn try_from(old: v1::Item) -> Result<Self, String> {
            if old.grams == 13 {
                Err("a cursed item".into())
            } else {
                Ok(Self { milligrams: u32::from(old.grams) * 1000 })
            }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Bag", upgrade = upgrade)]
    struct Bag {
        by_name: BTreeMap<String, Option<Box<Item>>>,
        items: Vec<Item>,
        bearer: String,
    }
    fn upgrade(older: &mut Older) {
        older.rename("owner", "bearer");
    }
    let bag = |grams| v1::Bag {
        owner: "Ada".into(),
        items: vec![v1::Item { grams: 1 }, v1::Item { grams }],
        by_name: [("x".into(), Some(Box::new(v1::Item { grams: 3 }))), ("y".into(), None)].into(),
    };
    let item = |milligrams| Item { milligrams };
    let expected = Bag {
        by_name: [("x".into(), Some(Box::new(item(3000)))), ("y".into(), None)].into(),
        items: vec![item(1000), item(2000)],
        bearer: "Ada".into(),
    };
    let bytes = old(&bag(2));
    assert_eq!(loads_upgraded::<Bag>(&bytes).unwrap(), expected);
    let value = Inspection::open(&bytes).and_then(|file| file.value()).unwrap();
    assert_eq!(from_value::<Bag>(&value).unwrap(), expected);
    assert_eq!(error::<Bag>(&old(&bag(13))), "Bag.items[1]: a cursed item");
}

/// Bytes of a raw array, in `upgrade` or in a value that was read, are not used for elements of another type.
#[test]
fn bytes_of_raw_arrays_keep_their_elements() {
    mod v1 {
        #[derive(state_core::Record, Clone, Copy)]
        #[state(name = "Pair")]
        #[repr(C)]
        pub struct Pair {
            pub a: u8,
            pub b: u8,
        }
        #[derive(state_core::State)]
        #[state(name = "Log")]
        pub struct Log {
            pub name: String,
            #[state(bytes)]
            pub numbers: Vec<u32>,
            #[state(bytes)]
            pub pairs: Option<Vec<Pair>>,
        }
    }
    #[derive(Record, Clone, Copy, Debug, PartialEq)]
    #[state(name = "Pair")]
    #[repr(C)]
    struct Pair {
        b: u8,
        a: u8,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Log", upgrade = renames)]
    struct Same {
        title: String,
        #[state(bytes)]
        numbers: Vec<u32>,
        #[state(bytes)]
        pairs: Option<Vec<v1::Pair>>,
    }
    impl PartialEq for v1::Pair {
        fn eq(&self, other: &Self) -> bool {
            (self.a, self.b) == (other.a, other.b)
        }
    }
    impl std::fmt::Debug for v1::Pair {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{} {}", self.a, self.b)
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Log", upgrade = renames, removed("pairs"))]
    struct Floats {
        title: String,
        #[state(bytes)]
        numbers: Vec<f32>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Log", upgrade = renames, removed("numbers"))]
    struct Swapped {
        title: String,
        #[state(bytes)]
        pairs: Option<Vec<Pair>>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Log", upgrade = renames, removed("pairs"))]
    struct Numbers {
        title: String,
        numbers: Vec<u32>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Log", upgrade = converts, removed("pairs"))]
    struct Converted {
        title: String,
        #[state(bytes)]
        numbers: Vec<f64>,
    }
    fn renames(older: &mut Older) {
        older.rename("name", "title");
    }
    fn converts(older: &mut Older) {
        renames(older);
        let numbers = older.get("numbers").and_then(|bytes| bytes.as_bytes()).unwrap_or_default();
        let numbers = numbers.chunks_exact(4).map(|number| f64::from(u32::from_le_bytes(number.try_into().unwrap())));
        let numbers: List = numbers.map(Value::from).collect();
        older.set("numbers", numbers);
    }
    let pairs = Some(vec![v1::Pair { a: 1, b: 2 }]);
    let bytes = old(&v1::Log { name: "x".into(), numbers: vec![1, 2], pairs: pairs.clone() });
    let same = Same { title: "x".into(), numbers: vec![1, 2], pairs };
    assert_eq!(loads_upgraded::<Same>(&bytes).unwrap(), same);
    let value = Inspection::open(&bytes).and_then(|file| file.value()).unwrap();
    assert_eq!(from_value::<Same>(&value).unwrap(), same);
    let converted = Converted { title: "x".into(), numbers: vec![1.0, 2.0] };
    assert_eq!(loads_upgraded::<Converted>(&bytes).unwrap(), converted);
    for error in [error::<Floats>(&bytes), error_of_value::<Floats>(&bytes)] {
        assert_eq!(
            error,
            "Log.numbers: expected raw array of f32, found elements of another type, of an older raw array of u32; \
             `upgrade` of the type can make a list of numbers of them"
        );
    }
    for error in [error::<Swapped>(&bytes), error_of_value::<Swapped>(&bytes)] {
        assert!(
            error.starts_with("Log.pairs: expected optional raw array of Pair, found elements of another"),
            "{error}"
        );
        assert!(error.contains("{a at 0: u8, b at 1: u8, 2 bytes}"), "{error}");
    }
    for error in [error::<Numbers>(&bytes), error_of_value::<Numbers>(&bytes)] {
        assert!(error.starts_with("Log.numbers: expected list of u32, found the bytes of its elements"), "{error}");
    }
}

/// Keys that a function of the user makes equal are an error; those that stay different are accepted.
#[test]
fn converted_keys_stay_different() {
    mod v1 {
        use std::collections::{BTreeMap, BTreeSet};

        #[derive(state_core::State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
        #[state(name = "Key")]
        pub struct Key {
            pub number: u8,
        }
        #[derive(state_core::State, Debug)]
        #[state(name = "Keys")]
        pub struct Keys {
            pub map: BTreeMap<(Key, u8), String>,
            pub set: BTreeSet<Option<Key>>,
        }
    }
    #[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "Key", from(v1::Key))]
    struct Tens {
        tens: u8,
    }
    impl From<v1::Key> for Tens {
        fn from(old: v1::Key) -> Self {
            Self { tens: old.number / 10 }
        }
    }
    #[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "Key", upgrade = letter)]
    struct Letter {
        letter: String,
    }
    fn letter(older: &mut Older) -> Result<(), String> {
        let number = older.take("number").and_then(|number| number.as_f64()).ok_or("no number")?;
        older.set("letter", if number < 20.0 { "a" } else { "b" });
        Ok(())
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Keys")]
    struct Keys<K: Ord> {
        set: BTreeSet<Option<K>>,
        map: BTreeMap<(K, u8), String>,
    }
    let key = |number| v1::Key { number };
    let keys = |numbers: [u8; 2]| {
        let [a, b] = numbers.map(key);
        let map = [((a, 0), "x".into()), ((b, 0), "y".into()), ((a, 1), "z".into())].into();
        old(&v1::Keys { map, set: [None, Some(a), Some(b)].into() })
    };
    let tens = loads_upgraded::<Keys<Tens>>(&keys([10, 20])).unwrap();
    let ten = |tens| Tens { tens };
    assert_eq!(tens.set, [None, Some(ten(1)), Some(ten(2))].into());
    assert_eq!(tens.map[&(ten(2), 0)], "y");
    assert_eq!(tens.map.len(), 3);
    let letters = loads_upgraded::<Keys<Letter>>(&keys([10, 20])).unwrap();
    assert_eq!((letters.set.len(), letters.map.len()), (3, 3));
    for error in [error::<Keys<Tens>>(&keys([10, 11])), error::<Keys<Letter>>(&keys([10, 11]))] {
        assert_eq!(
            error,
            "Keys.set[2]: expected keys that stay different, found two that `from` or `upgrade` of a type in them makes \
             the same"
        );
    }
}

/// A dropped part of a key may be in a record, in two variants that become one, or deeper inside the key.
#[test]
fn dropped_parts_of_keys_are_found() {
    mod v1 {
        use std::collections::BTreeSet;

        #[derive(state_core::Record, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[state(name = "Pair")]
        #[repr(C)]
        pub struct Pair {
            pub a: u8,
            pub b: u8,
        }
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord)]
        #[state(name = "Pairs")]
        pub struct Pairs {
            #[state(bytes)]
            pub pairs: Vec<Pair>,
        }
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord)]
        #[state(name = "Color")]
        pub enum Color {
            Red,
            Blue,
        }
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord)]
        #[state(name = "Tree")]
        pub struct Tree {
            pub name: String,
            pub junk: u8,
            pub kids: BTreeSet<Tree>,
        }
    }
    #[derive(Record, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "Pair", removed("b"))]
    #[repr(C)]
    struct Pair {
        a: u8,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "Pairs")]
    struct Pairs {
        #[state(bytes)]
        pairs: Vec<Pair>,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "Color")]
    enum Color {
        #[state(alias("Red", "Blue"))]
        Any,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord)]
    #[state(name = "Tree", removed("junk"))]
    struct Tree {
        name: String,
        kids: BTreeSet<Tree>,
    }
    let pairs = |b| v1::Pairs { pairs: vec![v1::Pair { a: 1, b }] };
    let found = error::<BTreeSet<Pairs>>(&old(&BTreeSet::from([pairs(1), pairs(2)])));
    assert!(found.contains("expected keys that stay different"), "{found}");
    let found = error::<BTreeSet<Color>>(&old(&BTreeSet::from([v1::Color::Red, v1::Color::Blue])));
    assert!(found.contains("expected keys that stay different"), "{found}");
    let colors: Vec<Color> = loads_upgraded(&old(&vec![v1::Color::Red, v1::Color::Blue])).unwrap();
    assert!(colors == [Color::Any, Color::Any]);
    let tree = |junk| v1::Tree { name: "leaf".into(), junk, kids: BTreeSet::new() };
    let root = v1::Tree { name: "root".into(), junk: 0, kids: [tree(1), tree(2)].into() };
    let found = error::<Tree>(&old(&root));
    assert!(found.starts_with("Tree.kids[]: expected keys that stay different"), "{found}");
}

/// Numbers and flags move from lists and sets into raw arrays, and back into lists.
#[test]
fn sets_and_flags_become_raw_arrays() {
    mod v1 {
        #[derive(state_core::State)]
        #[state(name = "Marks")]
        pub struct Marks {
            pub seen: std::collections::BTreeSet<u16>,
            pub flags: Vec<bool>,
            #[state(array)]
            pub masks: Vec<bool>,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Marks")]
    struct Marks {
        #[state(array)]
        flags: Vec<bool>,
        masks: Vec<bool>,
        #[state(bytes)]
        seen: Vec<u32>,
    }
    let marks = v1::Marks { seen: [3, 1, 2].into(), flags: vec![true, false], masks: vec![false, true, true] };
    let expected = Marks { flags: vec![true, false], masks: vec![false, true, true], seen: vec![1, 2, 3] };
    assert_eq!(loads_upgraded::<Marks>(&old(&marks)).unwrap(), expected);
}
