//! Every shape of structs and enums, including empty and large ones.

use std::fmt::Debug;

use state_core::image::Options;
use state_core::value::{StateExt, Value, from_value};
use state_core::{ErrorKind, Inspection, RestoreOwned, State, check, dumps, load_into, loads, pickle};

#[track_caller]
fn comes_back<T: RestoreOwned + PartialEq + Debug>(value: &T, mut other: T) {
    let bytes = dumps(value).unwrap();
    check::<T>(&bytes).unwrap();
    assert_eq!(&loads::<T>(&bytes).unwrap(), value);
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(&other, value);
}

#[derive(State, Debug, PartialEq)]
struct Named {
    text: String,
    number: u8,
}

#[derive(State, Debug, PartialEq)]
struct Positional(String, u8, [u8; 2]);

#[derive(State, Debug, PartialEq)]
struct Newtype(f64);

#[derive(State, Debug, PartialEq)]
struct Unit;

#[derive(State, Debug, PartialEq)]
struct EmptyNamed {}

#[derive(State, Debug, PartialEq)]
struct EmptyPositional();

#[derive(State, Debug, PartialEq)]
struct Empties(Unit, EmptyNamed, EmptyPositional, [Unit; 3], Vec<Unit>, ());

#[test]
fn structs() {
    comes_back(&Named { text: "a".into(), number: 1 }, Named { text: "other".into(), number: 0 });
    comes_back(&Positional("a".into(), 1, [2, 3]), Positional(String::new(), 0, [0; 2]));
    comes_back(&Newtype(-0.0), Newtype(1.0));
}

#[test]
fn empty_structs() {
    comes_back(&Unit, Unit);
    comes_back(&EmptyNamed {}, EmptyNamed {});
    comes_back(&EmptyPositional(), EmptyPositional());
    let empties = |count| {
        let list = std::iter::repeat_with(|| Unit).take(count).collect();
        Empties(Unit, EmptyNamed {}, EmptyPositional(), [Unit, Unit, Unit], list, ())
    };
    comes_back(&empties(5), empties(2));
    comes_back(&empties(0), empties(2));
}

#[derive(State, Debug, PartialEq)]
enum Variants {
    Unit,
    EmptyNamed {},
    EmptyPositional(),
    Newtype(String),
    Positional(u8, Vec<Variants>),
    Named { text: String, inner: Option<Box<Variants>> },
    Skipped(#[state(skip)] u8),
    Large([u64; 9]),
}

fn each() -> [Variants; 8] {
    [
        Variants::Unit,
        Variants::EmptyNamed {},
        Variants::EmptyPositional(),
        Variants::Newtype("a".into()),
        Variants::Positional(1, vec![Variants::Unit, Variants::Newtype("b".into()), Variants::Large([1; 9])]),
        Variants::Named { text: "c".into(), inner: Some(Box::new(Variants::Positional(2, vec![]))) },
        Variants::Skipped(0),
        Variants::Large([7; 9]),
    ]
}

#[test]
fn each_variant_into_each() {
    for value in &each() {
        for other in each() {
            comes_back(value, other);
        }
    }
}

#[derive(State, Debug, PartialEq)]
enum One {
    Only,
}

/// An enum with nothing but the tag in its head.
#[derive(State, Debug, PartialEq)]
enum Plain {
    A = 3,
    B = 900,
}

#[test]
fn enums_without_slots() {
    comes_back(&One::Only, One::Only);
    comes_back(&Plain::B, Plain::A);
    let mut bytes = dumps(&Plain::B).unwrap();
    *bytes.last_mut().unwrap() = 2;
    assert_eq!(loads::<Plain>(&bytes).unwrap_err().kind(), ErrorKind::Malformed);
}

/// An enum without values, for cases that cannot happen.
#[derive(State, Debug, PartialEq)]
enum Never {}

#[derive(State, Debug, PartialEq)]
enum NeverOf<T> {
    #[state(skip)]
    _Never(std::convert::Infallible, std::marker::PhantomData<T>),
}

#[derive(State, Debug, PartialEq)]
struct Nevers {
    none: Option<Never>,
    list: Vec<Never>,
    pair: Option<(u8, Box<Never>)>,
    result: Result<String, Never>,
    of: Option<NeverOf<String>>,
    array: [Never; 0],
}

#[test]
fn enums_without_variants() {
    let nevers =
        |text: &str| Nevers { none: None, list: vec![], pair: None, result: Ok(text.into()), of: None, array: [] };
    comes_back(&nevers("a"), nevers("b"));
    let state = nevers("a").get_state().unwrap();
    let mut other = nevers("b");
    other.set_state(state).unwrap();
    assert_eq!(other, nevers("a"));
    let pickled = pickle::dumps(&nevers("a")).unwrap();
    assert_eq!(pickle::loads::<Nevers>(&pickled).unwrap(), nevers("a"));
    assert_eq!(<Never as State>::schema().tag(), Some("Never"));
    let with_schema = Options::new().with_schema().dumps(&nevers("a")).unwrap();
    let shown = Inspection::open(&with_schema).unwrap().value().unwrap().to_string();
    assert!(shown.contains("Ok('a')"), "{shown}");
}

#[test]
fn no_bytes_are_a_value_without_one() {
    let bytes = dumps(&None::<Never>).unwrap();
    let error = check::<Never>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Identity);
    let (mut none, mut list) = (bytes.clone(), dumps(&Vec::<Never>::new()).unwrap());
    let tag = none.len() - 2;
    none[tag] = 1;
    for found in 0..=255 {
        *none.last_mut().unwrap() = found;
        let error = loads::<Option<Never>>(&none).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{found}");
        assert!(error.to_string().contains("one of the 0 variants of Never"), "{error}");
    }
    let length = list.len() - 4;
    list[length] = 1;
    assert!(loads::<Vec<Never>>(&list).is_err());
    for value in [Value::from("A"), Value::from(0), Value::None, Value::from((1, 2))] {
        assert!(from_value::<Never>(&value).is_err(), "{value}");
    }
}

/// Declares an enum with sixteen times sixteen variants and one more: its tag takes two bytes.
macro_rules! many {
    ($name:ident: $($outer:ident $inner:tt)*) => {
        many!(@ $name [] $($outer $inner)*);
    };
    (@ $name:ident [$($done:ident)*] $outer:ident ($($inner:ident)*) $($rest:tt)*) => {
        many!(@ $name [$($done)* $($inner)*] $($rest)*);
    };
    (@ $name:ident [$($done:ident)*]) => {
        #[derive(State, Debug, PartialEq, Clone, Copy)]
        enum $name { $($done,)* Last(u8) }

        impl $name {
            const ALL: &[Self] = &[$(Self::$done,)* Self::Last(7)];
        }
    };
}

many! { Many:
    a (A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 Aa Ab Ac Ad Ae Af) b (B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 Ba Bb Bc Bd Be Bf)
    c (C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 Ca Cb Cc Cd Ce Cf) d (D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 Da Db Dc Dd De Df)
    e (E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 Ea Eb Ec Ed Ee Ef) f (F0 F1 F2 F3 F4 F5 F6 F7 F8 F9 Fa Fb Fc Fd Fe Ff)
    g (G0 G1 G2 G3 G4 G5 G6 G7 G8 G9 Ga Gb Gc Gd Ge Gf) h (H0 H1 H2 H3 H4 H5 H6 H7 H8 H9 Ha Hb Hc Hd He Hf)
    i (I0 I1 I2 I3 I4 I5 I6 I7 I8 I9 Ia Ib Ic Id Ie If) j (J0 J1 J2 J3 J4 J5 J6 J7 J8 J9 Ja Jb Jc Jd Je Jf)
    k (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 Ka Kb Kc Kd Ke Kf) l (L0 L1 L2 L3 L4 L5 L6 L7 L8 L9 La Lb Lc Ld Le Lf)
    m (M0 M1 M2 M3 M4 M5 M6 M7 M8 M9 Ma Mb Mc Md Me Mf) n (N0 N1 N2 N3 N4 N5 N6 N7 N8 N9 Na Nb Nc Nd Ne Nf)
    o (O0 O1 O2 O3 O4 O5 O6 O7 O8 O9 Oa Ob Oc Od Oe Of) p (P0 P1 P2 P3 P4 P5 P6 P7 P8 P9 Pa Pb Pc Pd Pe Pf)
}

#[test]
fn more_variants_than_a_byte_counts() {
    assert_eq!(Many::ALL.len(), 257);
    assert_eq!(<Many as State>::HEAD, 3);
    for &value in Many::ALL {
        comes_back(&value, Many::P0);
        comes_back(&value, Many::Last(1));
    }
    comes_back(&Many::ALL.to_vec(), vec![Many::Last(1); 300]);
}

/// Declares a struct of sixty fields, with three types alternating.
macro_rules! wide {
    ($name:ident: $($number:ident $text:ident $list:ident)*) => {
        #[derive(State, Debug, PartialEq, Default)]
        struct $name { $($number: u16, $text: String, $list: Vec<i64>,)* }

        impl $name {
            fn new() -> Self {
                let mut count = 0;
                let mut next = || { count += 1; count };
                Self { $(
                    $number: next(),
                    $text: next().to_string(),
                    $list: vec![next().into(); usize::from(next() % 4)],
                )* }
            }
        }
    };
}

wide! { Wide:
    n0 t0 l0 n1 t1 l1 n2 t2 l2 n3 t3 l3 n4 t4 l4 n5 t5 l5 n6 t6 l6 n7 t7 l7 n8 t8 l8 n9 t9 l9
    na ta la nb tb lb nc tc lc nd td ld ne te le nf tf lf ng tg lg nh th lh ni ti li nj tj lj
}

#[test]
fn sixty_fields() {
    comes_back(&Wide::new(), Wide::default());
    comes_back(&Wide::default(), Wide::new());
}

/// A type without a state.
#[derive(Debug, PartialEq)]
struct Stateless(std::thread::ThreadId);

#[derive(State, Debug, PartialEq)]
struct OfNone<T> {
    aligned: [Stateless; 0],
    number: u32,
    generic: [Vec<T>; 0],
    last: (u8, [u64; 0]),
}

#[derive(State, Debug, PartialEq)]
#[state(bound = "")]
enum Marked<T> {
    Of([T; 0x0usize], #[state(default)] [Stateless; 0_usize], String),
    Nothing([T; 0]),
}

#[test]
fn an_array_of_nothing_needs_no_state_of_it() {
    let of = |number| OfNone { aligned: [], number, generic: [] as [Vec<u8>; 0], last: (1, []) };
    comes_back(&of(1), of(2));
    comes_back(&Marked::<Stateless>::Of([], [], "a".into()), Marked::Nothing([]));
    comes_back(&Marked::<Stateless>::Nothing([]), Marked::Nothing([]));
    comes_back(&Marked::<Stateless>::Of([], [], "a".into()), Marked::Of([], [], "b".into()));
    // Where there is a state, it is the same as in arrays of that type.
    let schema = format!("{}", <OfNone<String> as State>::schema());
    let whole = format!("{:?}", <OfNone<String> as State>::schema());
    assert!(schema.contains("OfNone") && whole.contains("\"aligned\""), "{whole}");
    assert_eq!(of(1).get_state().unwrap().to_string(), "([], 1, [], (1, []))");
}

#[test]
fn an_unknown_variant_is_told_with_the_known_ones() {
    use state_core::value::Variant;

    #[derive(State, Debug)]
    enum Shape {
        Dot,
        Circle(f32),
    }
    #[derive(State, Debug)]
    #[rustfmt::skip]
    enum Many { A, B, C, D, E, F, G, H, I }

    let error = from_value::<Shape>(&Value::from(Variant::new("Shape", "Square", ()))).unwrap_err();
    assert_eq!(error.to_string(), "Shape: expected a variant of Shape (Dot, Circle), found \"Square\"");
    let error = from_value::<Many>(&Value::from(Variant::new("Many", "Z", ()))).unwrap_err();
    assert_eq!(error.to_string(), "Many: expected a variant of Many (A, B, C, D, E, F, G, H, ..), found \"Z\"");
    let _ = (Shape::Dot, Shape::Circle(0.0));
    let _ = [Many::A, Many::B, Many::C, Many::D, Many::E, Many::F, Many::G, Many::H, Many::I];
}
