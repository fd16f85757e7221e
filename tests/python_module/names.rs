//! Classes that refer to each other, and names that Python uses itself.

use state_core::State;
use state_core::pickle::python_module;

use super::Cases;

mod elsewhere {
    #[derive(state_core::State, Debug, PartialEq, Clone)]
    #[state(name = "stock.parts.Wheel")]
    pub struct Wheel {
        pub size: u8,
        pub of: Option<Box<super::Bike>>,
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "stock.Bike")]
pub struct Bike {
    wheels: Vec<elsewhere::Wheel>,
    stock_parts: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "generic.Pair")]
struct Pair<T> {
    a: T,
    b: Vec<T>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "generic.Two")]
pub struct Two {
    numbers: Pair<u8>,
    texts: Pair<String>,
    results: (Result<u8, String>, Result<Pair<u8>, ()>),
}

#[test]
fn modules_that_name_each_other_and_types_with_parameters() {
    let inner = Bike { wheels: vec![], stock_parts: 1 };
    let bike = Bike { wheels: vec![elsewhere::Wheel { size: 28, of: Some(Box::new(inner)) }], stock_parts: 2 };
    let mut cases = Cases::default();
    cases.add(bike, "made.wheels[0].of == Bike([], 1) and type(made.wheels[0]).__module__ == 'stock.parts'");
    let two = Two {
        numbers: Pair { a: 1, b: vec![2] },
        texts: Pair { a: "x".into(), b: vec![] },
        results: (Ok(1), Ok(Pair { a: 3, b: vec![] })),
    };
    cases.add(two, "made.texts == Pair('x', []) and made.results[1][1].a == 3");
    cases.check();
    let error = python_module::<Bike>().unwrap_err().to_string();
    assert!(error.contains("found classes of stock, stock.parts"), "{error}");
}

#[test]
fn a_type_without_a_module_is_named_with_the_line_to_write() {
    #[derive(State)]
    struct Plain {
        size: u8,
    }
    #[derive(State)]
    #[state(name = "game.Named")]
    struct Named {
        size: u8,
    }
    #[derive(State)]
    #[state(name = "game.World")]
    struct World {
        plain: Plain,
    }
    let source = python_module::<Plain>().unwrap();
    assert!(
        source.contains("script that runs: copy them into it.")
            && source.contains("`#[state(name = \"module.Class\")]`"),
        "{source}"
    );
    let source = python_module::<Named>().unwrap();
    assert!(!source.contains("script that runs"), "{source}");
    let error = python_module::<World>().unwrap_err().to_string();
    assert!(error.ends_with("; `Plain` has no module: write `#[state(name = \"game.Plain\")]` on it"), "{error}");
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:Outer")]
pub struct Outer {
    inner: Inner,
    odd: OddClass,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:Outer.Inner")]
struct Inner {
    class: Keyword,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:Outer.Inner.class")]
struct Keyword(u8, Option<Box<Outer>>);

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names:My Class", pickle = "cython")]
struct OddClass {
    list: List,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "names.list")]
struct List {
    dataclass: Vec<u8>,
    items: Vec<Vec<u16>>,
    int: u8,
    optional: Option<i8>,
}

#[test]
fn classes_inside_others_and_of_names_that_python_has_itself() {
    let odd = OddClass { list: List { dataclass: vec![1], items: vec![vec![2]], int: 3, optional: None } };
    let outer = Outer { inner: Inner { class: Keyword(1, None) }, odd };
    let whole = Outer { inner: Inner { class: Keyword(1, Some(Box::new(outer.clone()))) }, ..outer };
    let mut cases = Cases::default();
    cases.add(
        whole,
        "type(made.inner.class__).__qualname__ == 'Outer.Inner.class' and type(made.odd).__name__ == 'My Class' \
         and made.inner.class__._0 == 1 and made.odd.list_.items == [[2]]",
    );
    cases.check();
}

#[test]
fn what_has_no_class_is_an_error() {
    #[derive(State)]
    #[state(name = "bad.Person")]
    struct Other {
        other: u8,
    }
    #[derive(State)]
    #[state(name = "bad.Person")]
    struct One {
        name: u8,
    }
    #[derive(State)]
    #[state(name = "bad.Twice", pickle = "dict")]
    struct Twice {
        #[state(flatten_parent)]
        one: One,
        name: u8,
    }
    #[derive(State)]
    #[state(name = "bad.Member", pickle = "enum")]
    enum Member {
        #[state(rename = "mro")]
        Mro,
    }
    let error = python_module::<(One, Other)>().unwrap_err().to_string();
    assert_eq!(
        error,
        "expected one type for each class of Python, found several that are called bad.Person and differ in more than the \
         types of their slots"
    );
    let error = python_module::<Twice>().unwrap_err().to_string();
    assert!(error.contains("two named name"), "{error}");
    let error = python_module::<Member>().unwrap_err().to_string();
    assert!(error.contains("the variant \"mro\" of bad.Member"), "{error}");
}
