//! Random forms with random states, upgraded by a plan and, slowly, value by value: both must make the same bytes.
//! `format` is a second implementation of the format, by its specification alone.

#![allow(clippy::cast_precision_loss, reason = "numbers that are any")]

mod format;
#[path = "../made_up/mod.rs"]
mod made_up;
mod maker;
mod slow;

use format::image;
use maker::Maker;
use slow::slow;
use state_core::Inspection;
use state_core::evolve::Form;

#[derive(Clone, Debug, PartialEq)]
enum Type {
    Unit,
    Bool,
    Char,
    Int { bits: u8, signed: bool },
    Float(u8),
    Text,
    Optional(Box<Type>),
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Array(Box<Type>, u64),
    Boxed(Box<Type>),
    Tuple(Vec<Type>),
    Object { name: String, parent: bool, slots: Vec<(String, Type)> },
    Enum { name: String, variants: Vec<(String, Vec<(String, Type)>)> },
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Unit,
    Bool(bool),
    Char(char),
    Int(i128),
    Float(f64),
    Text(String),
    Optional(Option<Box<State>>),
    /// Lists, sets and arrays; maps as alternating keys and values.
    Many(Vec<State>),
    Boxed(Box<State>),
    /// Tuples and objects.
    Parts(Vec<State>),
    Variant(usize, Vec<State>),
}

#[test]
fn random_forms_upgrade_as_value_by_value() {
    let (cases, mut changed) = (if cfg!(miri) { 5 } else { 4000 }, 0);
    for seed in 0..cases {
        let mut maker = Maker::new(seed);
        let (slots, parent) = (maker.slots(4), false);
        let from = Type::Object { name: "Root".into(), parent, slots };
        let to = maker.changed(&from, false);
        let said = maker.amendments.clone();
        let states: Vec<State> = (0..3).map(|_| maker.state(&from)).collect();
        let older =
            Form::open(&image(&from, &states[0])).unwrap_or_else(|error| panic!("seed {seed}: {error}: {from:?}"));
        let newer = Form::open(&image(&to, &slow(&from, &states[0], &to, &said))).unwrap().keep(&said);
        changed += usize::from(older.fingerprint() != newer.fingerprint());
        let upgrade =
            newer.resolve(&older).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{older}\n{newer}\n{said:?}"));
        for state in states {
            let (before, after) = (image(&from, &state), image(&to, &slow(&from, &state, &to, &said)));
            let made = upgrade
                .upgrade(&before)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{older}\n{newer}\n{said:?}\n{state:?}"));
            assert_eq!(made, after, "seed {seed}:\n{older}\n{newer}\n{said:?}\n{state:?}");
            // The bytes are also a valid state.
            Inspection::open(&made).unwrap().value().unwrap();
        }
    }
    assert!(changed > cases as usize * 3 / 4, "{changed}");
}
