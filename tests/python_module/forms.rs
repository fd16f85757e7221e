//! Each form of pickled types.

use std::ops::Range;

use state_core::evolve::Form;
use state_core::pickle::{PythonModule, python_module, python_modules};
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
#[state(name = "forms.Slots", pickle = "slots")]
struct Slots {
    name: String,
    #[state(bytes)]
    data: Vec<u16>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.MoreSlots", pickle = "slots")]
pub struct MoreSlots {
    #[state(flatten_parent)]
    slots: Slots,
    more: Vec<OddSlots>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.OddSlots", pickle = "slots")]
struct OddSlots {
    class: u8,
    #[state(rename = "__private")]
    private: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "forms.NoSlots", pickle = "slots")]
struct NoSlots {}

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
    range: Range<u8>,
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
fn classes_with_slots() {
    let slots = Slots { name: "n".into(), data: vec![1, 2] };
    let more = MoreSlots { slots: slots.clone(), more: vec![OddSlots { class: 3, private: 4 }] };
    let source = python_module::<MoreSlots>().unwrap();
    let slotted = "@dataclass\nclass MoreSlots(Slots):\n    __slots__ = ('more',)\n\n    more: list[OddSlots]\n";
    assert!(source.contains(slotted), "{source}");
    let mut cases = Cases::default();
    cases.add(slots, r"made == Slots('n', b'\1\0\2\0') and not hasattr(made, '__dict__')");
    cases.add(more, "isinstance(made, Slots) and not hasattr(made, '__dict__') and made.more == [OddSlots(3, 4)]");
    cases.add((NoSlots {}, OddSlots { class: 1, private: 2 }), "made == (NoSlots(), OddSlots(1, 2))");
    cases.check();
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

/// A schema in a file gives the same module, apart from the pickle form, which must be given.
#[test]
fn a_schema_that_was_read_gives_the_same_module() {
    /// The classes, without the header that names their origin.
    fn classes(modules: &[PythonModule]) -> Vec<(&str, &str)> {
        modules.iter().map(|module| (&*module.name, module.source.split_once("from __future__").unwrap().1)).collect()
    }
    fn form_of<T: State>(value: &T) -> Form {
        Form::open(&Options::new().with_schema().dumps(value).unwrap()).unwrap()
    }
    let (read, known) = (form_of(&dave()).python_modules().unwrap(), python_modules::<Person>().unwrap());
    assert_eq!(classes(&read), classes(&known));
    assert!(
        read[0].source.contains("Generated by `state python`") && known[0].source.contains("python_module: change")
    );

    let (form, known) = (form_of(&Plain { name: "n".into(), age: 1 }), python_modules::<Plain>().unwrap());
    assert_ne!(classes(&form.python_modules().unwrap()), classes(&known));
    assert_eq!(classes(&form.with_pickle("dict").unwrap().python_modules().unwrap()), classes(&known));
    let (form, known) = (form_of(&NoSlots {}), python_modules::<NoSlots>().unwrap());
    assert_eq!(classes(&form.with_pickle("slots").unwrap().python_modules().unwrap()), classes(&known));

    // Schemas in files do not mark Python's ranges, but their name and slots identify them.
    let (form, known) = (form_of(&(1_u8..9, 0.5..1.5)), python_modules::<(Range<u8>, Range<f64>)>().unwrap());
    assert_eq!(classes(&form.python_modules().unwrap()), classes(&known));
    assert_eq!(classes(&form.with_pickle("dict").unwrap().python_modules().unwrap()), classes(&known));
}
