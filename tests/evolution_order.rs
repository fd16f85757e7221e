//! The slots of older forms in each order of the present ones. The data outside the heads is in the older order,
//! whether it is kept, skipped, or unchanged beside slots that change.

use std::collections::{BTreeMap, BTreeSet};

use state_core::{Options, State, dumps, loads, loads_upgraded, upgrade};

#[derive(State, Debug, Clone, PartialEq)]
enum Choice {
    Nothing,
    Text(String, u8),
    Raw {
        #[state(bytes)]
        raw: Vec<u8>,
        boxed: Option<Box<Choice>>,
    },
}

#[derive(State, Debug, Clone, PartialEq)]
struct Raw {
    #[state(array)]
    numbers: Option<Vec<u16>>,
    name: String,
}

type Lists = Vec<Vec<String>>;
type Keys = BTreeMap<String, BTreeSet<u8>>;

mod old {
    use super::{Choice, Keys, Lists, Raw, State};

    #[derive(State, Clone)]
    pub struct Slots {
        pub text: String,
        pub gone: Option<Box<(String, Raw)>>,
        pub lists: Lists,
        pub raw: Raw,
        pub number: u8,
        pub choice: Choice,
        pub keys: Keys,
    }

    /// The slots without the removed one, so that text and raw arrays can keep their order.
    #[derive(State, Clone)]
    pub struct Kept {
        pub text: String,
        pub lists: Lists,
        pub raw: Raw,
        pub number: u8,
        pub choice: Choice,
        pub keys: Keys,
    }
}

fn raw(number: u16) -> Raw {
    let numbers = (number % 3 != 0).then(|| (0..number).collect());
    Raw { numbers, name: format!("raw {number}") }
}

fn slots(number: u8) -> old::Slots {
    let text = ["", "text", "ß", "a longer text, of more than one word"][usize::from(number % 4)];
    let choice = match number % 3 {
        0 => Choice::Nothing,
        1 => Choice::Text(format!("choice {number}"), number),
        _ => {
            let inner = Choice::Raw { raw: vec![number; 17], boxed: None };
            Choice::Raw { raw: vec![number; usize::from(number)], boxed: Some(Box::new(inner)) }
        }
    };
    old::Slots {
        text: text.into(),
        gone: (number % 2 == 0).then(|| Box::new((format!("gone {number}"), raw(5)))),
        lists: (0..number % 4).map(|length| vec![text.to_uppercase(); length.into()]).collect(),
        raw: raw(number.into()),
        number,
        choice,
        keys: (0..number % 3).map(|key| (format!("{text}{key}"), (0..key).collect())).collect(),
    }
}

fn kept(of: old::Slots) -> old::Kept {
    let old::Slots { text, lists, raw, number, choice, keys, .. } = of;
    old::Kept { text, lists, raw, number, choice, keys }
}

fn three() -> String {
    "three".into()
}

/// Makes a test for each order, with types that have one more slot.
macro_rules! orders {
    ($($name:ident: $($slot:ident $ty:ty),*;)*) => {
        $(
            #[test]
            fn $name() {
                #[derive(State, Debug, PartialEq)]
                #[state(removed("gone"))]
                struct Slots {
                    $($slot: $ty,)*
                    #[state(default = three)]
                    added: String,
                }

                #[derive(State, Debug, PartialEq)]
                struct Kept {
                    #[state(default)]
                    added: u8,
                    $($slot: $ty,)*
                }

                let older: Vec<old::Slots> = (0..24).map(slots).collect();
                let with = Options::new().with_schema();
                let now = |older: old::Slots| Slots { $($slot: older.$slot.into(),)* added: three() };
                let now: Vec<Slots> = older.iter().cloned().map(now).collect();
                let bytes = with.dumps(&older).unwrap();
                assert_eq!(loads_upgraded::<Vec<Slots>>(&bytes).unwrap(), now);
                // The bytes are those of the present type.
                assert_eq!(upgrade::<Vec<Slots>>(&bytes).unwrap(), dumps(&now).unwrap());

                let older: Vec<old::Kept> = older.into_iter().map(kept).collect();
                let now = |older: old::Kept| Kept { added: 0, $($slot: older.$slot.into(),)* };
                let now: Vec<Kept> = older.iter().cloned().map(now).collect();
                let bytes = with.dumps(&older).unwrap();
                assert_eq!(upgrade::<Vec<Kept>>(&bytes).unwrap(), dumps(&now).unwrap());
                assert_eq!(loads::<Vec<Kept>>(&upgrade::<Vec<Kept>>(&bytes).unwrap()).unwrap(), now);
            }
        )*
    };
}

orders! {
    as_they_were: text String, lists Lists, raw Raw, number u64, choice Choice, keys Keys;
    turned: keys Keys, choice Choice, number u64, raw Raw, lists Lists, text String;
    the_last_first: keys Keys, text String, lists Lists, raw Raw, number u64, choice Choice;
    the_first_last: lists Lists, raw Raw, number u64, choice Choice, keys Keys, text String;
    two_in_the_middle: text String, raw Raw, lists Lists, number u64, choice Choice, keys Keys;
    forth_and_back: choice Choice, text String, keys Keys, lists Lists, number u64, raw Raw;
    inward: keys Keys, text String, choice Choice, lists Lists, raw Raw, number f64;
    outward: raw Raw, choice Choice, lists Lists, keys Keys, text String, number u64;
    pairs: choice Choice, keys Keys, raw Raw, number u64, text String, lists Lists;
    numbers_stay: text String, lists Lists, raw Raw, choice Choice, keys Keys, number u8;
    all_but_one_stay: lists Lists, text Option<String>, raw Raw, number u8, choice Choice, keys Keys;
    each_becomes_another: keys Box<Keys>, choice Option<Choice>, raw Box<Raw>, text Option<String>, lists Option<Lists>,
        number Option<u8>;
}
