//! The types whose derives are measured: 500 structs that are alike, 100 types of all kinds, or a single struct.

use std::fmt::Write;

/// Types in source, each without its `#[derive(..)]`, and those that the program reads and writes.
pub struct Types {
    pub declarations: Vec<String>,
    pub roots: Vec<String>,
    pub what: &'static str,
}

const FIELDS: [&str; 8] = [
    "id: u64",
    "name: String",
    "tags: Vec<String>",
    "score: f64",
    "active: bool",
    "limit: Option<u32>",
    "data: Vec<u8>",
    "level: i16",
];

/// Structs with the same fields in an order that no other one has: the compiler merges identical functions.
pub fn alike() -> Types {
    let declarations = (0..500).map(|number| structure(&format!("Type{number}"), &shuffled(number))).collect();
    let roots = (0..500).map(|number| format!("Type{number}")).collect();
    Types { declarations, roots, what: "500 structs of 8 fields" }
}

/// A single struct: what the runtime adds to a program is in the bytes of its type.
pub fn one() -> Types {
    Types {
        declarations: vec![structure("Type0", &FIELDS)],
        roots: vec!["Type0".into()],
        what: "one struct of 8 fields",
    }
}

fn shuffled(mut number: usize) -> [&'static str; 8] {
    let mut order = FIELDS;
    for at in (1..order.len()).rev() {
        order.swap(at, number % (at + 1));
        number /= at + 1;
    }
    order
}

fn structure<T: AsRef<str>>(name: &str, fields: &[T]) -> String {
    let fields = fields.iter().fold(String::new(), |mut text, field| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    pub {},", field.as_ref());
        text
    });
    format!("pub struct {name} {{\n{fields}}}\n")
}

const GENERIC: [&str; 4] = [
    "pub struct Pair<A, B> { pub first: A, pub second: B, pub tags: Vec<String>, pub level: u16, pub on: bool }",
    "pub struct Page<T> { pub items: Vec<T>, pub next: Option<u64>, pub title: String, pub best: Option<T> }",
    "pub struct Cell<T> { pub value: T, pub label: String, pub history: Vec<T>, pub at: [f32; 3], pub flags: u8 }",
    "pub enum Event<T> { Started, Moved { to: T, at: u64 }, Named(String), Many(Vec<T>), Stopped(bool, u32) }",
];

const NUMBERS: [&str; 10] = ["u8", "u16", "u32", "u64", "i16", "i32", "i64", "f32", "f64", "bool"];

/// Generic types, structs of 6 to 12 fields and, every fourth, enums of 5 variants. Their fields are numbers, text,
/// arrays, tuples, maps, and lists, options and boxes of these and of the six types before.
pub fn mixed() -> Types {
    let mut dice = Dice(7);
    let mut declarations: Vec<String> = GENERIC.iter().map(|text| format!("{text}\n")).collect();
    let mut roots: Vec<String> =
        ["Pair<u32, String>", "Page<u64>", "Cell<String>", "Event<f64>"].map(Into::into).into();
    for number in 0..96 {
        let before = &roots[roots.len().saturating_sub(6).max(GENERIC.len())..];
        let name = format!("Type{number}");
        declarations.push(if number % 4 == 3 {
            enumeration(&name, before, &mut dice)
        } else {
            let count = 6 + dice.below(7);
            let fields: Vec<_> = (0..count).map(|at| format!("field{at}: {}", any(before, &mut dice))).collect();
            structure(&name, &fields)
        });
        roots.push(name);
    }
    Types { declarations, roots, what: "100 structs, enums and generic types" }
}

fn enumeration(name: &str, before: &[String], dice: &mut Dice) -> String {
    let (one, two, three) = (any(before, dice), any(before, dice), any(before, dice));
    let (four, five) = (any(before, dice), any(before, dice));
    format!("pub enum {name} {{ A, B({one}), C({two}, {three}), D {{ x: {four}, y: {five} }}, E(u32, String) }}\n")
}

fn any(before: &[String], dice: &mut Dice) -> String {
    let number = NUMBERS[dice.below(NUMBERS.len())];
    let ty = match dice.below(10) {
        0..4 => number.to_owned(),
        4..6 => "String".to_owned(),
        6 => ["[f32; 3]", "(u32, f64)", "std::collections::BTreeMap<String, u32>"][dice.below(3)].to_owned(),
        7 => ["Pair<{}, String>", "Page<{}>", "Cell<{}>", "Event<{}>"][dice.below(4)].replace("{}", number),
        _ if before.is_empty() => "String".to_owned(),
        _ => before[dice.below(before.len())].clone(),
    };
    match dice.below(20) {
        0..3 => format!("Vec<{ty}>"),
        3..6 => format!("Option<{ty}>"),
        6 => format!("Box<{ty}>"),
        _ => ty,
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
