//! Structs, enums and arrays as in the guide.

use std::collections::{BTreeMap, BTreeSet};

use state_core::State;

use super::{Bicycle, Cases, Person, dave};

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Shape")]
enum Shape {
    Empty,
    Circle(f64),
    Tree { left: Box<Shape>, right: Option<Box<Shape>> },
    Raw(#[state(bytes)] Vec<u16>),
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Drawing")]
pub struct Drawing {
    shapes: Vec<Shape>,
    owners: BTreeMap<u8, (String, bool)>,
    fallible: Result<i32, String>,
    nested: Option<Option<u8>>,
    unit: (),
    blob: Vec<u8>,
    tags: BTreeSet<String>,
    letter: char,
    grid: [[u8; 2]; 2],
    pair: [i16; 2],
    wait: std::time::Duration,
}

#[test]
fn structs_and_enums_as_tuples() {
    let mut cases = Cases::default();
    cases.add(dave(), "made == Person('Dave', 30, [Person('Eve', None, [], None)], Person('Eve', None, [], None))");
    let leaf = Shape::Circle(0.5);
    let tree = Shape::Tree { left: Box::new(leaf.clone()), right: Some(Box::new(Shape::Empty)) };
    let drawing = Drawing {
        shapes: vec![Shape::Empty, leaf, tree, Shape::Raw(vec![1, 2])],
        owners: [(1, ("Ada".into(), true))].into(),
        fallible: Err("no".into()),
        nested: Some(None),
        unit: (),
        blob: vec![1, 2],
        tags: ["a".into()].into(),
        letter: 'ß',
        grid: [[1, 2], [3, 4]],
        pair: [-1, 1],
        wait: std::time::Duration::new(1, 2),
    };
    cases.add(drawing, "made.shapes[2] == ('Tree', ('Circle', 0.5), ('Empty',)) and made.nested == (None,)");
    cases.add(vec![(dave(), 1_u8)], "made[0][0].friends[0].name == 'Eve'");
    cases.add(7_u8, "made == 7");
    cases.check();
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.Shop")]
struct Shop {
    #[state(bytes)]
    bicycles: Vec<Bicycle>,
    #[state(bytes)]
    spare: Option<Vec<u8>>,
    #[state(bytes, uncounted)]
    plain: Vec<u16>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "shop.OwnedShop")]
pub struct OwnedShop {
    #[state(flatten_parent)]
    shop: Shop,
    owner: Person,
    plain: u8,
}

#[test]
fn counts_are_those_of_the_bytes_and_children_are_subclasses() {
    let shop = Shop { bicycles: vec![Bicycle { gears: 7, price: 1.5 }; 3], spare: None, plain: vec![1] };
    let owned = OwnedShop { shop: shop.clone(), owner: dave(), plain: 9 };
    let mut cases = Cases::default();
    cases.add(shop.clone(), "len(made.bicycles) == 48 and made.__getstate__()[1] == 3 and made.spare is None");
    cases.add(Shop { spare: Some(vec![1, 2]), ..shop }, "made.__getstate__()[3] == 2");
    // A slot with the same name as one of the parent gets another attribute name.
    cases.add(
        owned,
        "isinstance(made, Shop) and made.owner.name == 'Dave' and (made.plain, made.plain_) == (b'\\1\\0', 9)",
    );
    cases.check();
}
