//! Each form in which a type is pickled.

use state_core::evolve::Form;
use state_core::pickle::python_modules;
use state_core::{Options, State};

use super::{Cases, Person, dave};

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Plain", pickle = "dict")]
struct Plain {
    name: String,
    age: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Odd", pickle = "dict")]
struct Odd {
    #[state(flatten_parent)]
    plain: Plain,
    #[state(rename = "first name")]
    first: String,
    class: u8,
    r#async: u8,
    #[state(rename = "__init__")]
    init: u8,
    #[state(rename = "__private")]
    private: u8,
    größe: u8,
    list: Vec<u8>,
    #[state(rename = "Plain")]
    other: Option<Plain>,
    tuple: (u8, u8),
    #[state(rename = "'\\\"'")]
    quotes: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Fraction", pickle = "call")]
struct Fraction {
    numerator: i64,
    #[state(bytes)]
    data: Vec<u16>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Item", pickle = "cython")]
struct Item {
    name: String,
    zest: f64,
    extra: Vec<Item>,
    age: u64,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.Special", pickle = "cython")]
struct Special {
    #[state(flatten_parent)]
    item: Item,
    #[state(rename = "from")]
    origin: u8,
}

#[derive(State, Debug, PartialEq, Clone, Copy)]
#[state(name = "forms.Colour", pickle = "enum")]
enum Colour {
    Red = -1,
    Green = 2,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms:Outer.Shade", pickle = "enum")]
enum Shade {
    None,
    #[state(rename = "very light")]
    Light,
    Mixed(u8, String),
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.All")]
pub struct All {
    odd: Odd,
    fraction: Fraction,
    special: Special,
    colours: Vec<Colour>,
    shades: Vec<Shade>,
    empty: Empty,
    range: std::ops::Range<u8>,
}

#[derive(State, Debug, PartialEq, Clone, Default)]
#[state(name = "forms.Empty")]
struct Empty {}

fn odd() -> Odd {
    let plain = Plain { name: "n".into(), age: 1 };
    Odd {
        plain: plain.clone(),
        first: "f".into(),
        class: 2,
        r#async: 3,
        init: 4,
        private: 5,
        größe: 6,
        list: vec![7],
        other: Some(plain),
        tuple: (8, 9),
        quotes: 11,
    }
}

fn item() -> Item {
    let leaf = Item { name: "leaf".into(), zest: 0.5, extra: vec![], age: 1 };
    Item { extra: vec![leaf.clone()], ..leaf }
}

fn all() -> All {
    All {
        odd: odd(),
        fraction: Fraction { numerator: 3, data: vec![1, 2] },
        special: Special { item: item(), origin: 5 },
        colours: vec![Colour::Red, Colour::Green],
        shades: vec![Shade::None, Shade::Light, Shade::Mixed(1, "x".into())],
        empty: Empty {},
        range: 1..9,
    }
}

#[test]
fn each_form_of_pickle_and_odd_names() {
    let mut cases = Cases::default();
    cases.add(Plain { name: "n".into(), age: 1 }, "made == Plain('n', 1)");
    cases.add(
        odd(),
        "(made.first_name, made.class_, made.async_, made._init__, made._private, made.größe) == ('f', 2, 3, 4, 5, 6) \
         and made.list == b'\\x07' and made.Plain_ == Plain('n', 1) and made.tuple == (8, 9) and made._ == 11",
    );
    cases.add(Fraction { numerator: 3, data: vec![1, 2] }, "made == Fraction(3, b'\\1\\0\\2\\0', 2)");
    cases.add(item(), "made.extra[0].name == 'leaf'");
    cases.add(all(), "made.special.from_ == 5 and isinstance(made.special, Item) and made.range == range(1, 9)");
    cases.add(
        (Colour::Red, Colour::Green, Shade::None, Shade::Light),
        "made[:2] == (Colour.Red, Colour.Green) and Colour.Red.value == -1 and made[3] is Outer.Shade['very light']",
    );
    cases.add(Empty {}, "made == Empty()");
    cases.check();
}

/// What a file says is enough, but for how the types are pickled, which one says.
#[test]
fn a_schema_that_was_read_gives_the_same_module() {
    let bytes = Options::new().with_schema().dumps(&dave()).unwrap();
    let modules = Form::open(&bytes).unwrap().python_modules().unwrap();
    assert_eq!(modules, python_modules::<Person>().unwrap());
    let bytes = Options::new().with_schema().dumps(&Plain { name: "n".into(), age: 1 }).unwrap();
    let form = Form::open(&bytes).unwrap();
    assert_ne!(form.python_modules().unwrap(), python_modules::<Plain>().unwrap());
    assert_eq!(form.with_pickle("dict").unwrap().python_modules().unwrap(), python_modules::<Plain>().unwrap());
}
