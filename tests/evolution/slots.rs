//! Slots that move, that have the same name, or that are in records.

use state_core::{State, loads_upgraded};

use super::old;

/// The slots of a parent take the parent's place, in both forms.
#[test]
fn slots_move_into_a_parent_and_out_of_it() {
    mod flat {
        #[derive(state_core::State, Debug, PartialEq, Clone)]
        pub struct Employee {
            pub name: String,
            pub age: u8,
            pub staff: Vec<String>,
            pub salary: f32,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Person {
        name: String,
        age: u8,
    }
    #[derive(State, Debug, PartialEq)]
    struct Employee {
        #[state(flatten_parent)]
        person: Person,
        salary: f64,
        staff: Vec<String>,
    }
    mod grown {
        #[derive(state_core::State, Debug, PartialEq)]
        pub struct Being {
            pub age: u16,
        }
        #[derive(state_core::State, Debug, PartialEq)]
        #[state(removed("salary"))]
        pub struct Person {
            #[state(flatten_parent)]
            pub being: Being,
            #[state(alias("name"))]
            pub names: String,
        }
        #[derive(state_core::State, Debug, PartialEq)]
        pub struct Employee {
            #[state(flatten_parent)]
            pub person: Person,
            #[state(default)]
            pub boss: Option<String>,
            pub staff: Vec<String>,
        }
    }
    let flat = flat::Employee { name: "Ada".into(), age: 36, staff: vec!["Bob".into(), "Eve".into()], salary: 1.5 };
    let nested: Employee = loads_upgraded(&old(&flat)).unwrap();
    let expected = Employee { person: Person { name: "Ada".into(), age: 36 }, salary: 1.5, staff: flat.staff.clone() };
    assert_eq!(nested, expected);
    let grown: grown::Employee = loads_upgraded(&old(&nested)).unwrap();
    let person = grown::Person { being: grown::Being { age: 36 }, names: "Ada".into() };
    assert_eq!(grown, grown::Employee { person, boss: None, staff: flat.staff.clone() });
    // They also move out of it, except for one that became wider.
    let error = loads_upgraded::<flat::Employee>(&old(&nested)).unwrap_err();
    assert!(error.to_string().starts_with("Employee.salary: expected f32, found f64"), "{error}");
}

/// A slot of a parent and one of its child may have the same name.
#[test]
fn names_that_two_slots_have_are_told_apart_by_their_types() {
    mod v1 {
        #[derive(state_core::State)]
        pub struct Base {
            pub id: u8,
        }
        #[derive(state_core::State)]
        pub struct Child {
            #[state(flatten_parent)]
            pub base: Base,
            pub id: u8,
            pub more: u8,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Base {
        id: u16,
    }
    #[derive(State, Debug, PartialEq)]
    struct Child {
        #[state(flatten_parent)]
        base: Base,
        more: u8,
        id: u16,
    }
    #[derive(State, Debug)]
    #[state(name = "Child", removed("more"))]
    struct Flat {
        #[allow(dead_code)]
        id: u8,
    }
    let bytes = old(&v1::Child { base: v1::Base { id: 1 }, id: 2, more: 3 });
    assert_eq!(loads_upgraded::<Child>(&bytes).unwrap(), Child { base: Base { id: 1 }, more: 3, id: 2 });
    let error = loads_upgraded::<Flat>(&bytes).unwrap_err();
    assert!(error.to_string().starts_with("Child: expected no slot `id`"), "{error}");
}

#[test]
fn records_by_the_names_of_their_fields() {
    mod v1 {
        #[derive(state_core::Record, Clone, Copy)]
        #[repr(C)]
        pub struct Bike {
            pub gears: u8,
            pub price: f64,
            pub size: u16,
            pub junk: [u8; 3],
        }
        #[derive(state_core::State)]
        pub struct Shop {
            #[state(bytes)]
            pub bikes: Vec<Bike>,
            pub name: String,
            #[state(bytes)]
            pub more: Option<Vec<u16>>,
        }
    }
    #[derive(state_core::Record, Clone, Copy, Debug, PartialEq)]
    #[state(removed("junk"))]
    #[repr(C)]
    struct Bike {
        size: u32,
        #[state(alias("price"))]
        cost: f64,
        gears: i16,
    }
    #[derive(State, Debug, PartialEq)]
    struct Shop {
        #[state(bytes)]
        more: Option<Vec<u16>>,
        name: String,
        #[state(bytes)]
        bikes: Vec<Bike>,
    }
    let bike = |gears| v1::Bike { gears, price: f64::from(gears) * 1.5, size: 300, junk: [9; 3] };
    let shop = v1::Shop { bikes: vec![bike(3), bike(200)], name: "x".into(), more: Some(vec![1, 2, 3]) };
    let bike = |gears: u8| Bike { gears: gears.into(), cost: f64::from(gears) * 1.5, size: 300 };
    let expected = Shop { bikes: vec![bike(3), bike(200)], name: "x".into(), more: Some(vec![1, 2, 3]) };
    assert_eq!(loads_upgraded::<Shop>(&old(&shop)).unwrap(), expected);
}

#[test]
fn fields_that_records_did_not_have() {
    mod v1 {
        #[derive(state_core::Record, Clone, Copy)]
        #[repr(C)]
        pub struct Point {
            pub x: f32,
        }
        #[derive(state_core::Record, Clone, Copy)]
        #[repr(C)]
        pub struct Bike {
            pub gears: u8,
            pub at: [Point; 2],
        }
        #[derive(state_core::State)]
        pub struct Shop {
            #[state(bytes)]
            pub bikes: Vec<Bike>,
            #[state(array)]
            pub first: [Bike; 1],
        }
    }
    #[derive(state_core::Record, Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Point<T> {
        #[state(default)]
        y: T,
        x: f32,
    }
    #[derive(state_core::Record, Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Bike {
        gears: u8,
        #[state(default = seven)]
        price: u64,
        at: [Point<i16>; 2],
        #[state(default)]
        marks: [u8; 3],
    }
    #[derive(State, Debug, PartialEq)]
    struct Shop {
        #[state(bytes)]
        bikes: Vec<Bike>,
        #[state(array)]
        first: [Bike; 1],
    }
    fn seven() -> u64 {
        7
    }

    let bike = |gears| v1::Bike { gears, at: [v1::Point { x: 1.5 }, v1::Point { x: f32::MAX }] };
    let bytes = old(&v1::Shop { bikes: vec![bike(3), bike(200)], first: [bike(1)] });
    let bike = |gears| Bike { gears, price: 7, at: [1.5, f32::MAX].map(|x| Point { y: 0, x }), marks: [0; 3] };
    let expected = Shop { bikes: vec![bike(3), bike(200)], first: [bike(1)] };
    assert_eq!(loads_upgraded::<Shop>(&bytes).unwrap(), expected);
    assert_eq!(
        loads_upgraded::<Shop>(&old(&v1::Shop {
            bikes: vec![],
            first: [v1::Bike { gears: 0, at: [v1::Point { x: 0.0 }; 2] }]
        }))
        .unwrap()
        .bikes,
        []
    );

    #[derive(state_core::Record, Clone, Copy, Debug)]
    #[state(name = "Point")]
    #[repr(C)]
    struct Unsaid {
        x: f32,
        y: f32,
    }
    let bytes = old(&Raw { points: vec![v1::Point { x: 1.0 }] });
    #[derive(State)]
    #[state(name = "Raw")]
    struct Raw<T: state_core::Record> {
        #[state(bytes)]
        points: Vec<T>,
    }
    let error = loads_upgraded::<Raw<Unsaid>>(&bytes).map(drop).unwrap_err().to_string();
    assert!(
        error.starts_with("Raw.points[].y: expected this field, found a record of another version without it"),
        "{error}"
    );
    assert!(error.contains("write `#[state(default)]` on the field"), "{error}");
}

#[test]
fn types_that_contain_themselves() {
    mod v1 {
        #[derive(state_core::State, Clone)]
        pub struct Tree {
            pub name: String,
            pub kids: Vec<Tree>,
            pub by: std::collections::BTreeMap<u8, Tree>,
        }
    }
    #[derive(State, Debug, PartialEq)]
    struct Tree {
        kids: Vec<Box<Tree>>,
        by: std::collections::BTreeMap<u16, Tree>,
        #[state(default)]
        weight: u8,
        name: Option<String>,
    }
    let leaf = |name: &str| v1::Tree { name: name.into(), kids: vec![], by: [].into() };
    let tree = v1::Tree { name: "root".into(), kids: vec![leaf("a"), leaf("b")], by: [(1, leaf("c"))].into() };
    let leaf = |name: &str| Tree { kids: vec![], by: [].into(), weight: 0, name: Some(name.into()) };
    let expected = Tree {
        kids: vec![Box::new(leaf("a")), Box::new(leaf("b"))],
        by: [(1, leaf("c"))].into(),
        weight: 0,
        name: Some("root".into()),
    };
    assert_eq!(loads_upgraded::<Tree>(&old(&tree)).unwrap(), expected);
    let mut deep = leaf_of(100);
    assert!(loads_upgraded::<Tree>(&old(&deep)).is_err(), "boxes and lists are a level each");
    deep = leaf_of(60);
    assert!(loads_upgraded::<Tree>(&old(&deep)).is_ok());

    fn leaf_of(depth: u8) -> v1::Tree {
        let kids = if depth == 0 { vec![] } else { vec![leaf_of(depth - 1)] };
        v1::Tree { name: depth.to_string(), kids, by: [].into() }
    }
}

/// Keys that differ stay different: dropping part of a key is refused, but values and elements of lists may lose parts.
#[test]
fn no_two_keys_become_one() {
    mod v1 {
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord, Clone)]
        pub struct Place {
            pub x: u8,
            pub y: u8,
        }
        #[derive(state_core::State, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Color {
            Red,
            Blue,
        }
        #[derive(state_core::State)]
        pub struct Maps {
            pub by_place: std::collections::BTreeMap<Place, Place>,
            pub colors: std::collections::BTreeSet<Color>,
        }
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Debug)]
    #[state(removed("y"))]
    struct Place {
        x: u8,
    }
    #[derive(State, PartialEq, Eq, PartialOrd, Ord, Debug)]
    enum Color {
        #[state(other)]
        Gone,
    }
    #[derive(State, Debug)]
    #[state(name = "Maps", removed("colors"))]
    struct Keys {
        #[allow(dead_code)]
        by_place: std::collections::BTreeMap<Place, Place>,
    }
    #[derive(State, Debug)]
    #[state(name = "Maps", removed("by_place"))]
    struct Elements {
        #[allow(dead_code)]
        colors: std::collections::BTreeSet<Color>,
    }
    #[derive(State, Debug)]
    #[state(name = "Maps", removed("by_place"))]
    struct List {
        colors: Vec<Color>,
    }
    let place = |y| v1::Place { x: 1, y };
    let by_place = [(place(1), place(1)), (place(2), place(2))].into();
    let bytes = old(&v1::Maps { by_place, colors: [v1::Color::Red, v1::Color::Blue].into() });
    let error = loads_upgraded::<Keys>(&bytes).unwrap_err().to_string();
    assert!(error.starts_with("Maps.by_place[]: expected keys that stay different, found keys of which"), "{error}");
    let error = loads_upgraded::<Elements>(&bytes).unwrap_err().to_string();
    assert!(error.starts_with("Maps.colors[]: expected keys that stay different"), "{error}");
    assert_eq!(loads_upgraded::<List>(&bytes).unwrap().colors, [Color::Gone, Color::Gone]);
}
