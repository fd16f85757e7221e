//! A made-up schema with a body, or the bytes of an older form with some of them changed, upgraded to one of ten types:
//! it ends, what is made is a state as any other, and is no larger than what was given allows.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use libfuzzer_sys::fuzz_target;
use state_core::evolve::{Amendments, Form};
use state_core::{Inspection, Older, Options, Record, RestoreOwned, State, loads, loads_upgraded, upgrade};

mod old {
    use state_core::{Record, State};

    #[derive(State, Clone)]
    #[state(name = "T")]
    pub struct T {
        pub a: u8,
        pub b: String,
        pub c: Vec<T>,
        pub d: Option<Box<T>>,
        pub e: E,
        pub f: [i16; 3],
        #[state(bytes)]
        pub g: Vec<R>,
        pub h: std::collections::BTreeMap<char, f32>,
        pub i: (bool, ()),
    }

    #[derive(State, Clone)]
    #[state(name = "E")]
    pub enum E {
        A,
        B(u32),
        C { x: String, y: [u64; 3] },
    }

    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    #[state(name = "R")]
    pub struct R {
        pub x: u8,
        pub y: u32,
    }
}

fn older() -> old::T {
    let leaf = old::T {
        a: 1,
        b: "ß".into(),
        c: vec![],
        d: None,
        e: old::E::C { x: "x".into(), y: [1, 2, 3] },
        f: [1, -2, 3],
        g: vec![old::R { x: 1, y: 2 }; 2],
        h: [('a', 0.5)].into(),
        i: (true, ()),
    };
    let b = old::T { e: old::E::B(7), ..leaf.clone() };
    old::T { c: vec![leaf.clone(), b], d: Some(Box::new(leaf.clone())), e: old::E::A, ..leaf }
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
#[state(name = "R", removed)]
struct R {
    #[state(alias("x"))]
    z: u64,
}

#[derive(State)]
#[state(name = "E")]
enum E {
    #[state(other)]
    Gone,
    #[state(alias("B"))]
    Number(u64),
    C {
        y: Vec<u128>,
        #[state(default)]
        z: [u8; 30],
    },
}

/// A type that is called `T`, and has some of its slots.
macro_rules! types {
    ($($name:ident $(($($on:tt)*))? { $($(#[$with:meta])* $slot:ident: $ty:ty,)* })*) => {
        $(
            #[derive(State)]
            #[state(name = "T", removed $(, $($on)*)?)]
            struct $name { $($(#[$with])* $slot: $ty,)* }
        )*
    };
}

types! {
    Same { a: u8, b: String, c: Vec<Same>, d: Option<Box<Same>>, e: old::E, f: [i16; 3], #[state(bytes)] g: Vec<old::R>,
        h: BTreeMap<char, f32>, i: (bool, ()), }
    Turned { h: BTreeMap<String, f64>, g: Grown, f: Vec<i64>, e: E, d: Option<Box<Turned>>, c: Vec<Turned>, b: String, a: i128, }
    Less { b: Option<String>, c: Vec<Less>, }
    More { c: Vec<More>, #[state(default)] x: [u64; 9], #[state(default = many)] y: Vec<String>, }
    Upgraded (upgrade = change) { a: String, c: Vec<Upgraded>, d: Option<Box<Upgraded>>, }
    From (from(Turned, Less)) { a: u8, }
    Wide { a: f64, f: Vec<f32>, #[state(array)] g: Vec<R>, i: (Option<bool>, Option<()>), }
    Nested { c: Vec<Nested>, e: Box<E>, #[state(default)] n: Option<Box<Nested>>, }
}

#[derive(State)]
#[state(name = "T", removed("g"))]
struct Grown {
    #[state(default)]
    none: (),
}

#[derive(State)]
enum Nothing {}

fn many() -> Vec<String> {
    vec!["x".repeat(50); 3]
}

fn change(older: &mut Older) -> Result<(), String> {
    let value = older.take("a").map_or_else(String::new, |value| value.to_string());
    older.set("a", value);
    if older.get("b").and_then(|b| b.as_str()) == Some("refuse") { Err("refused".into()) } else { Ok(()) }
}

impl TryFrom<Turned> for From {
    type Error = &'static str;

    fn try_from(old: Turned) -> Result<Self, Self::Error> {
        u8::try_from(old.a).map(|a| Self { a }).map_err(|_| "too large")
    }
}

impl TryFrom<Less> for From {
    type Error = std::convert::Infallible;

    fn try_from(old: Less) -> Result<Self, Self::Error> {
        Ok(Self { a: old.c.len() as u8 })
    }
}

fn fingerprint(schema: &[u8]) -> u64 {
    schema.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

fuzz_target!(|parts: (u8, &[u8], [u16; 3], &[u8], Vec<(u16, u8)>)| {
    let (which, schema, lengths, body, changes) = parts;
    let mut bytes = if which & 0x80 == 0 {
        let mut bytes = b"\xD7STA\x01\x01\0\0".to_vec();
        bytes.extend(fingerprint(schema).to_le_bytes());
        bytes.extend(lengths.map(|length| u64::from(length).to_le_bytes()).concat());
        bytes.extend((schema.len() as u32).to_le_bytes());
        bytes.extend(schema);
        bytes.extend(body);
        bytes
    } else {
        Options::new().with_schema().dumps(&older()).unwrap()
    };
    for (at, with) in changes {
        let at = usize::from(at) % bytes.len();
        bytes[at] ^= with;
    }
    // A schema that was changed is another's.
    if let Some(length) = bytes.get(40..44).map(|length| u32::from_le_bytes(length.try_into().unwrap()) as usize) {
        if let Some(sum) = bytes.get(44..).and_then(|rest| rest.get(..length)).map(fingerprint) {
            bytes[8..16].copy_from_slice(&sum.to_le_bytes());
        }
    }
    match which % 10 {
        0 => typed::<Same>(&bytes),
        1 => typed::<Turned>(&bytes),
        2 => typed::<Less>(&bytes),
        3 => typed::<More>(&bytes),
        4 => typed::<Upgraded>(&bytes),
        5 => typed::<From>(&bytes),
        6 => typed::<Wide>(&bytes),
        7 => typed::<Nested>(&bytes),
        8 => typed::<(BTreeSet<String>, Option<E>)>(&bytes),
        _ => typed::<Vec<Nothing>>(&bytes),
    }
    untyped(&bytes);
});

fn typed<T: RestoreOwned>(bytes: &[u8]) {
    let loaded = loads_upgraded::<T>(bytes);
    match upgrade::<T>(bytes) {
        Ok(made) => {
            assert!(made.len() <= 4096 + 4096 * bytes.len());
            // What is made may be refused by the type's own check, and by nothing else.
            assert_eq!(loads::<T>(&made).is_ok(), loaded.is_ok());
        }
        Err(error) => {
            assert!(loaded.is_err());
            assert!(error.to_string().len() < 1 << 16);
        }
    }
}

/// The same without a type: the present form is that of the bytes themselves, filled and said to have dropped some.
fn untyped(bytes: &[u8]) {
    let Ok(form) = Form::open(bytes) else { return };
    assert!(form.to_string().len() <= 1000 * bytes.len());
    // What is kept is kept for good, so little of it.
    if bytes.len() > 200 || bytes[bytes.len() - 1] % 64 != 0 {
        return;
    }
    let mut amendments = Amendments::default();
    amendments.default = true;
    let kept = form.clone().keep(&amendments);
    // Two slots of one name, which no type has, are not told apart.
    assert_eq!(kept.obstacles(&form).is_empty(), kept.resolve(&form).is_ok());
    let Ok(upgrade) = kept.resolve(&form) else { return };
    if let Ok(made) = upgrade.upgrade(bytes) {
        assert!(Inspection::open(&made).is_ok());
    }
}
