//! Bytes of one type do not load as another, and the error names the first difference.

use std::collections::BTreeMap;

use state_core::{ErrorKind, Inspection, Options, State, dumps, load_into, loads};

/// The error of restoring a state of one type into another, with and without the schema in the bytes; without the
/// place, which is always that of the fingerprint.
fn told<A: State, B: state_core::RestoreOwned + State>(from: &A, mut to: B) -> String {
    let before = dumps(&to).unwrap();
    // Both types are then known to the program, as where both are used.
    let met = refusal(&dumps(from).unwrap(), &mut to);
    let carried = refusal(&Options::new().with_schema().dumps(from).unwrap(), &mut to);
    assert_eq!(met, carried);
    assert_eq!(dumps(&to).unwrap(), before);
    met
}

fn refusal<B: state_core::RestoreOwned>(bytes: &[u8], to: &mut B) -> String {
    let error = load_into(bytes, to).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Identity, Some(8)));
    assert_eq!(loads::<B>(bytes).err().unwrap().to_string(), error.to_string());
    error.to_string().trim_end_matches(CALL).trim_end_matches(" at byte 8").to_string()
}

/// The end of the error where the older form has the same type name, so that a state of it may be upgraded.
const CALL: &str = "; `loads_upgraded` takes states of older forms; for `load_into`, convert them with `upgrade`";

/// Defines types that a test compares, each in its own module, so that they can have the same name.
macro_rules! versions {
    ($($module:ident { $($item:tt)* })*) => {$(
        mod $module {
            #[allow(unused_imports, reason = "not every version needs all")]
            use std::collections::BTreeMap;
            #[allow(unused_imports, reason = "not every version needs all")]
            use state_core::{Record, State};
            $($item)*
        }
    )*};
}

versions! {
    base {
        #[derive(State, Default)] #[state(name = "shop.Item")] pub struct Item { pub name: String, pub price: u32 }
    }
    other_name {
        #[derive(State, Default)] #[state(name = "shop.Article")] pub struct Item { pub name: String, pub price: u32 }
    }
    other_slot {
        #[derive(State, Default)] #[state(name = "shop.Item")] pub struct Item { pub name: String, pub cost: u32 }
    }
    other_type {
        #[derive(State, Default)] #[state(name = "shop.Item")] pub struct Item { pub name: String, pub price: i32 }
    }
    other_order {
        #[derive(State, Default)] #[state(name = "shop.Item")] pub struct Item { pub price: u32, pub name: String }
    }
    missing {
        #[derive(State, Default)] #[state(name = "shop.Item")] pub struct Item { pub name: String }
    }
    more {
        #[derive(State, Default)] #[state(name = "shop.Item")]
        pub struct Item { pub name: String, pub price: u32, pub size: u8 }
    }
    an_enum {
        #[derive(State)] #[state(name = "shop.Item")] pub enum Item { A }
    }
    a_child {
        #[derive(State, Default)] #[state(name = "shop.Base")] pub struct Base { pub id: u8 }
        #[derive(State, Default)] #[state(name = "shop.Item")]
        pub struct Item { #[state(flatten_parent)] pub base: Base, pub name: String }
    }
    no_child {
        #[derive(State, Default)] #[state(name = "shop.Item")]
        pub struct Item { pub base: super::a_child::Base, pub name: String }
    }
}

#[test]
fn slots_of_a_struct() {
    let table = [
        (told(&other_name::Item::default(), base::Item::default()), "Item: expected shop.Item, found shop.Article"),
        (
            told(&other_slot::Item::default(), base::Item::default()),
            "Item.price: expected a slot named price, found one named cost",
        ),
        (told(&other_type::Item::default(), base::Item::default()), "Item.price: expected u32, found i32"),
        (
            told(&other_order::Item::default(), base::Item::default()),
            "Item.name: expected a slot named name, found one named price",
        ),
        (
            told(&missing::Item::default(), base::Item::default()),
            "Item.price: expected this slot, found a state without it",
        ),
        (told(&more::Item::default(), base::Item::default()), "Item: expected no further slot, found one named size"),
        (told(&an_enum::Item::A, base::Item::default()), "Item: expected a struct, found an enum"),
        (told(&no_child::Item::default(), a_child::Item::default()), "Item.base: expected a parent, found no parent"),
    ];
    for (found, expected) in table {
        assert_eq!(found, expected);
    }
}

versions! {
    kind {
        #[derive(State)] #[state(name = "shop.Kind")] pub enum Kind { Small(u8), Large { size: u16, colour: String } }
    }
    kind_variant {
        #[derive(State)] #[state(name = "shop.Kind")] pub enum Kind { Small(u8), Big { size: u16, colour: String } }
    }
    kind_slot {
        #[derive(State)] #[state(name = "shop.Kind")] pub enum Kind { Small(u8), Large { size: u16, colour: char } }
    }
    kind_more {
        #[derive(State)] #[state(name = "shop.Kind")]
        pub enum Kind { Small(u8), Large { size: u16, colour: String }, Other }
    }
    kind_wider {
        #[derive(State)] #[state(name = "shop.Kind")]
        pub enum Kind { Small(u8, u8), Large { size: u16, colour: String } }
    }
}

#[test]
fn the_error_says_what_takes_older_forms() {
    let bytes = dumps(&base::Item::default()).unwrap();
    let error = loads::<missing::Item>(&bytes).err().unwrap().to_string();
    assert!(
        error.ends_with(
            " at byte 8; `loads_upgraded` takes states of older forms; for `load_into`, convert them with `upgrade`"
        ),
        "{error}"
    );
    let error = loads::<other_name::Item>(&bytes).err().unwrap().to_string();
    assert!(!error.contains("loads_upgraded"), "{error}");
}

#[test]
fn variants_of_an_enum() {
    let kind = || kind::Kind::Small(1);
    let table = [
        (told(&kind_variant::Kind::Small(1), kind()), "Kind: expected variant Large, found variant Big"),
        (told(&kind_slot::Kind::Small(1), kind()), "Kind.Large.colour: expected text, found char"),
        (told(&kind_more::Kind::Other, kind()), "Kind: expected 2 variants, found 3 variants"),
        (told(&kind_wider::Kind::Small(1, 2), kind()), "Kind.Small: expected no further slot, found one named 1"),
    ];
    for (found, expected) in table {
        assert_eq!(found, expected);
    }
    let large = kind::Kind::Large { size: 1, colour: String::new() };
    assert_eq!(dumps(&large).unwrap()[8..16], dumps(&kind()).unwrap()[8..16]);
}

versions! {
    record {
        #[derive(Record, Clone, Copy, Default)] #[state(name = "shop.Bike")] #[repr(C)]
        pub struct Bike { pub gears: i32, pub price: f64 }
        #[derive(State, Default)] #[state(name = "shop.Shop")] pub struct Shop { #[state(bytes)] pub bikes: Vec<Bike> }
    }
    record_field {
        #[derive(Record, Clone, Copy, Default)] #[state(name = "shop.Bike")] #[repr(C)]
        pub struct Bike { pub speeds: i32, pub price: f64 }
        #[derive(State, Default)] #[state(name = "shop.Shop")] pub struct Shop { #[state(bytes)] pub bikes: Vec<Bike> }
    }
    record_offset {
        #[derive(Record, Clone, Copy, Default)] #[state(name = "shop.Bike")] #[repr(C, packed(4))]
        pub struct Bike { pub gears: i32, pub price: f64 }
        #[derive(State, Default)] #[state(name = "shop.Shop")] pub struct Shop { #[state(bytes)] pub bikes: Vec<Bike> }
    }
    record_type {
        #[derive(Record, Clone, Copy, Default)] #[state(name = "shop.Bike")] #[repr(C)]
        pub struct Bike { pub gears: u32, pub price: f64 }
        #[derive(State, Default)] #[state(name = "shop.Shop")] pub struct Shop { #[state(bytes)] pub bikes: Vec<Bike> }
    }
    record_size {
        #[derive(Record, Clone, Copy, Default)] #[state(name = "shop.Bike")] #[repr(C, align(32))]
        pub struct Bike { pub gears: i32, pub price: f64 }
        #[derive(State, Default)] #[state(name = "shop.Shop")] pub struct Shop { #[state(bytes)] pub bikes: Vec<Bike> }
    }
    uncounted {
        #[derive(State, Default)] #[state(name = "shop.Shop")]
        pub struct Shop { #[state(bytes, uncounted)] pub bikes: Vec<super::record::Bike> }
    }
    optional {
        #[derive(State, Default)] #[state(name = "shop.Shop")]
        pub struct Shop { #[state(bytes)] pub bikes: Option<Vec<super::record::Bike>> }
    }
    opaque {
        #[derive(State, Default)] #[state(name = "shop.Shop")]
        pub struct Shop { #[state(bytes)] pub bikes: Vec<Opaque> }
        #[derive(Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)] #[repr(C)]
        pub struct Opaque { pub gears: i64, pub price: f64 }
    }
}

const OPAQUE: &str = if cfg!(target_endian = "big") {
    "Shop.bikes: expected shop.Bike, found opaque 16-byte struct in big-endian order"
} else {
    "Shop.bikes: expected shop.Bike, found opaque 16-byte struct in little-endian order"
};

#[test]
fn layouts_of_records() {
    let shop = record::Shop::default;
    let found = [
        told(&record_field::Shop::default(), shop()),
        told(&record_offset::Shop::default(), shop()),
        told(&record_type::Shop::default(), shop()),
        told(&record_size::Shop::default(), shop()),
        told(&uncounted::Shop::default(), shop()),
        told(&optional::Shop::default(), shop()),
        told(&opaque::Shop::default(), shop()),
    ];
    let expected = [
        "Shop.bikes: expected field gears at offset 0, found field speeds at offset 0",
        "Shop.bikes: expected field price at offset 8, found field price at offset 4",
        "Shop.bikes.gears: expected i32, found u32",
        "Shop.bikes: expected 16 bytes, found 32 bytes",
        "Shop.bikes: expected raw array of shop.Bike, found raw array of shop.Bike",
        "Shop.bikes: expected raw array of shop.Bike, found optional raw array of shop.Bike",
        OPAQUE,
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_stands_inside() {
    use base::Item as Base;
    use other_type::Item as Other;

    fn list<T>() -> Vec<T> {
        Vec::new()
    }
    let price = |at: &str| format!("{at}.price: expected u32, found i32");
    assert_eq!(told(&list::<Other>(), list::<Base>()), price("[]"));
    assert_eq!(told(&Box::new(Other::default()), Box::new(Base::default())), price("Item"));
    assert_eq!(told(&(1_u8, Some(Other::default())), (1_u8, Some(Base::default()))), price(".1"));
    assert_eq!(told(&BTreeMap::<u8, Other>::new(), BTreeMap::<u8, Base>::new()), price("[]"));
    let map = BTreeMap::<u8, u8>::new();
    let expected = "[]: expected u16, found u8 in the state of map of u8 to u8";
    assert_eq!(told(&map, BTreeMap::<u16, u8>::new()), expected);
    let expected = "[]: expected array of 2 u8, found u8 in the state of list of u8";
    assert_eq!(told(&list::<u8>(), list::<[u8; 2]>()), expected);
    let expected = "[]: expected u8, found optional u8 in the state of list of optional u8";
    assert_eq!(told(&list::<Option<u8>>(), list::<u8>()), expected);
    assert_eq!(told(&[0_u8; 3], [0_u8; 2]), "expected array of 2 u8, found array of 3 u8");
    assert_eq!(told(&String::new(), list::<u8>()), "expected list of u8, found text");
    assert_eq!(told(&(1_u8, 2_u8), (1_u8,)), "expected tuple (u8), found tuple (u8, u8)");
}

versions! {
    tree {
        #[derive(State)] #[state(name = "shop.Tree")] pub struct Tree { pub kids: Vec<Tree>, pub leaf: Box<Leaf> }
        #[derive(State)] #[state(name = "shop.Leaf")] pub struct Leaf { pub up: Option<Box<Tree>>, pub size: u8 }
    }
    other_tree {
        #[derive(State)] #[state(name = "shop.Tree")] pub struct Tree { pub kids: Vec<Tree>, pub leaf: Box<Leaf> }
        #[derive(State)] #[state(name = "shop.Leaf")] pub struct Leaf { pub up: Option<Box<Tree>>, pub size: u16 }
    }
    flat_tree {
        #[derive(State)] #[state(name = "shop.Tree")] pub struct Tree { pub kids: Vec<u8>, pub leaf: Box<u8> }
    }
}

#[test]
fn recursive_types() {
    let tree = || tree::Tree { kids: vec![], leaf: Box::new(tree::Leaf { up: None, size: 1 }) };
    let other = other_tree::Tree { kids: vec![], leaf: Box::new(other_tree::Leaf { up: None, size: 1 }) };
    assert_eq!(told(&other, tree()), "Tree.leaf.size: expected u8, found u16");
    let flat = flat_tree::Tree { kids: vec![], leaf: Box::new(1) };
    assert_eq!(told(&flat, tree()), "Tree.kids[]: expected shop.Tree, found u8");
}

#[derive(State)]
#[state(name = "shop.Pair")]
struct Pair<T, const N: usize> {
    items: [T; N],
}

#[test]
fn instances_of_a_generic_type() {
    let pair = || Pair::<u8, 2> { items: [1, 2] };
    assert_eq!(told(&Pair::<i8, 2> { items: [1, 2] }, pair()), "Pair.items[]: expected u8, found i8");
    assert_eq!(told(&Pair::<u8, 1> { items: [1] }, pair()), "Pair.items: expected array of 2 u8, found array of 1 u8");
    // Neither is an older form of the other.
    for options in [Options::new(), Options::new().with_schema()] {
        let bytes = options.dumps(&Pair::<u8, 3> { items: [1, 2, 3] }).unwrap();
        dumps(&Pair::<u8, 3> { items: [1, 2, 3] }).unwrap();
        assert_eq!(loads::<Pair<u8, 2>>(&bytes).err().unwrap().hint(), "");
    }
    let inner = |items| Pair::<Pair<u8, 2>, 1> { items: [Pair { items }] };
    let other = Pair::<Pair<u8, 1>, 1> { items: [Pair { items: [1] }] };
    assert_eq!(told(&other, inner([1, 2])), "Pair.items[].items: expected array of 2 u8, found array of 1 u8");
}

/// Declares a type such that `type_name` gives the same name for two of them, and their heads have the same size.
macro_rules! thing {
    ($ty:ty) => {{
        #[derive(State)]
        #[state(name = "shop.Thing")]
        struct Thing {
            value: $ty,
        }
        Thing { value: !0 }
    }};
}

#[test]
fn types_of_one_full_name_are_told_apart() {
    let (unsigned, signed) = (|| thing!(u32), || thing!(i32));
    let mixed = || (unsigned(), signed());
    assert_eq!(told(&mixed(), (unsigned(), unsigned())), ".1.value: expected u32, found i32");
    assert_eq!(told(&mixed(), (signed(), signed())), ".0.value: expected i32, found u32");
    let bytes = Options::new().with_schema().dumps(&mixed()).unwrap();
    let value = Inspection::open(&bytes).unwrap().value().unwrap();
    assert_eq!(value.to_string(), "(Thing(4294967295), Thing(-1))");
}

#[test]
fn types_that_the_program_has_not_met() {
    let mut bytes = dumps(&base::Item::default()).unwrap();
    bytes[8..16].copy_from_slice(&0x0123_4567_89AB_CDEF_u64.to_le_bytes());
    let error = loads::<base::Item>(&bytes).err().unwrap();
    assert_eq!((error.kind(), error.path(), error.offset()), (ErrorKind::Identity, "Item", Some(8)));
    assert!(error.found().contains("fingerprint 0123456789abcdef"), "{error}");
    assert!(error.expected().contains("the state of shop.Item"), "{error}");
}

#[test]
fn one_layout_under_one_name_is_one_type() {
    #[derive(State, Default)]
    #[state(name = "shop.Item")]
    struct Renamed {
        #[state(rename = "name")]
        title: Box<str>,
        price: u32,
    }
    let bytes = dumps(&base::Item { name: "a".into(), price: 3 }).unwrap();
    let renamed: Renamed = loads(&bytes).unwrap();
    assert_eq!((&*renamed.title, renamed.price), ("a", 3));
}

/// An identifier with a marker type for its kind, and a type that contains one.
mod ids {
    use std::marker::PhantomData;

    use state_core::State;

    #[derive(State, Debug, PartialEq, Default)]
    pub struct Monster;

    #[derive(State, Debug, PartialEq, Default)]
    pub struct Item;

    #[derive(State, Debug, PartialEq, Default)]
    pub struct Id<T> {
        pub number: u32,
        pub kind: PhantomData<T>,
    }

    #[derive(State, Debug, PartialEq, Default)]
    pub struct IdOf<T> {
        pub number: u32,
        pub kind: T,
    }
}

#[test]
fn a_marker_is_no_part_of_the_identity_and_a_unit_struct_is() {
    use ids::{Id, IdOf, Item, Monster};
    use std::marker::PhantomData;
    let marked = dumps(&Id::<Monster> { number: 7, kind: PhantomData }).unwrap();
    assert_eq!(loads::<Id<Item>>(&marked).unwrap(), Id { number: 7, kind: PhantomData });
    let held = dumps(&IdOf { number: 7, kind: Monster }).unwrap();
    assert_eq!(held.len(), marked.len(), "the unit struct takes no bytes");
    assert_eq!(loads::<IdOf<Monster>>(&held).unwrap(), IdOf { number: 7, kind: Monster });
    let text = told(&IdOf { number: 7, kind: Monster }, IdOf::<Item>::default());
    assert!(text.contains("kind") && text.contains("Monster") && text.contains("Item"), "{text}");
}
