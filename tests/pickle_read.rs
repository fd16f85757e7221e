//! Pickles that Python wrote are read into types: the post's classes, at each protocol.

use state_core::{Record, State, pickle};

#[derive(State, Debug, PartialEq)]
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

#[derive(State, Debug, PartialEq)]
#[state(name = "example.MyClass")]
struct MyClass {
    #[state(bytes)]
    data: Vec<Bicycle>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.MySubclass")]
struct MySubclass {
    #[state(flatten_parent)]
    base: MyClass,
    owner: Option<Person>,
}

fn shop() -> MyClass {
    MyClass { data: [(1, 50.0), (7, 199.0), (21, 399.0)].map(|(gears, price)| Bicycle { gears, price }).into() }
}

fn dave() -> Person {
    Person { name: "Dave".into(), age: 30 }
}

macro_rules! each_protocol {
    ($name:literal) => {
        [
            include_bytes!(concat!("data/pickle/", $name, "_p2.pkl")).as_slice(),
            include_bytes!(concat!("data/pickle/", $name, "_p3.pkl")),
            include_bytes!(concat!("data/pickle/", $name, "_p4.pkl")),
            include_bytes!(concat!("data/pickle/", $name, "_p5.pkl")),
        ]
    };
}

#[test]
fn classes_of_cython_as_the_post_writes_them() {
    for bytes in each_protocol!("person") {
        assert_eq!(pickle::loads::<Person>(bytes).unwrap(), dave());
    }
    for bytes in each_protocol!("myclass") {
        assert_eq!(pickle::loads::<MyClass>(bytes).unwrap(), shop());
    }
    for bytes in each_protocol!("mysubclass") {
        let loaded: MySubclass = pickle::loads(bytes).unwrap();
        assert_eq!(loaded, MySubclass { base: shop(), owner: Some(dave()) });
    }
}
