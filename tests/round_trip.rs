//! What goes out comes back: each shape of type through the native door, new and in place.

use std::collections::{BTreeMap, HashMap};

use state_core::{ErrorKind, Record, State, check, dumps, load_into, loads};

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.Person")]
struct Person {
    name: String,
    age: i32,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.MyClass")]
struct MyClass {
    #[state(bytes)]
    data: Vec<Bicycle>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.MySubclass")]
struct MySubclass {
    #[state(flatten_parent)]
    base: MyClass,
    owner: Option<Person>,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Expr {
    Number(f64),
    Name { text: String, scope: u8 },
    Add(Box<Expr>, Box<Expr>),
    List(Vec<Expr>),
    Nothing,
}

#[derive(State, Debug, PartialEq, Clone, Copy)]
struct Point {
    x: f32,
    y: f32,
    z: f32,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Generic<T, const N: usize> {
    items: [T; N],
    map: BTreeMap<String, Vec<T>>,
    table: HashMap<u32, T>,
}

#[derive(State, Debug, PartialEq)]
struct View<'a> {
    name: &'a str,
    #[state(bytes)]
    data: &'a [u8],
}

fn shop() -> MySubclass {
    let bicycle = |gears, price| Bicycle { gears, price };
    MySubclass {
        base: MyClass { data: vec![bicycle(1, 50.0), bicycle(7, 199.0), bicycle(21, 399.0)] },
        owner: Some(Person { name: "Dave".into(), age: 30 }),
    }
}

fn expr() -> Expr {
    let name = |text: &str| Box::new(Expr::Name { text: text.into(), scope: 3 });
    Expr::Add(name("x"), Box::new(Expr::List(vec![Expr::Number(1.5), Expr::Nothing, *name("longer name")])))
}

#[test]
fn shops() {
    let shop = shop();
    let bytes = dumps(&shop).unwrap();
    assert_eq!(loads::<MySubclass>(&bytes).unwrap(), shop);
    let mut other = MySubclass { base: MyClass { data: vec![] }, owner: None };
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(other, shop);
    check::<MySubclass>(&bytes).unwrap();
    assert_eq!(loads::<Person>(&bytes).unwrap_err().kind(), ErrorKind::Identity);
}

#[test]
fn expressions() {
    let expr = expr();
    let bytes = dumps(&expr).unwrap();
    assert_eq!(loads::<Expr>(&bytes).unwrap(), expr);
    let mut other = Expr::Add(Box::new(Expr::Nothing), Box::new(Expr::List(vec![Expr::Number(0.0)])));
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(other, expr);
}

#[test]
fn generics() {
    let value = Generic::<Point, 2> {
        items: [Point { x: 1.0, y: 2.0, z: 3.0 }; 2],
        map: [("a".into(), vec![Point { x: 0.0, y: 0.0, z: -0.0 }]), ("b".into(), vec![])].into(),
        table: [(1, Point { x: 9.0, y: 8.0, z: 7.0 })].into(),
    };
    let bytes = dumps(&value).unwrap();
    let mut back = loads::<Generic<Point, 2>>(&bytes).unwrap();
    assert_eq!(back, value);
    back.map.clear();
    back.table.insert(5, back.items[0]);
    load_into(&bytes, &mut back).unwrap();
    assert_eq!(back, value);
}

#[test]
fn views() {
    let bytes = dumps(&View { name: "né", data: b"12345" }).unwrap();
    let view: View<'_> = loads(&bytes).unwrap();
    assert_eq!(view, View { name: "né", data: b"12345" });
    assert!(bytes.as_ptr_range().contains(&view.name.as_ptr()));
    assert!(bytes.as_ptr_range().contains(&view.data.as_ptr()));
}

#[test]
fn damage_is_an_error() {
    let bytes = dumps(&shop()).unwrap();
    for len in 0..bytes.len() {
        assert!(loads::<MySubclass>(&bytes[..len]).is_err());
    }
    for bit in 0..8 * bytes.len() {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Err(error) = loads::<MySubclass>(&bytes) {
            println!("{bit}: {error}");
        }
    }
}
