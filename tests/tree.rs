//! The tree of an inspection, line by line.

use state_core::{Inspection, Options, State};

fn tree(value: &impl State) -> String {
    let bytes = Options::new().with_schema().dumps(value).unwrap();
    Inspection::open(&bytes).unwrap().tree().unwrap()
}

#[derive(State)]
#[state(name = "Terrain")]
struct Terrain {
    #[state(bytes)]
    heights: Vec<u16>,
    #[state(bytes)]
    depths: Option<Vec<u8>>,
    name: String,
}

#[test]
fn the_count_of_a_raw_array_is_in_its_line() {
    let terrain = Terrain { heights: vec![1, 2], depths: None, name: "island".into() };
    assert_eq!(
        tree(&terrain),
        "Terrain\n  heights: 4 bytes, 2 of u16\n    1\n    2\n  depths: None\n  name: 'island'\n"
    );
}

#[derive(State)]
#[state(name = "Body")]
struct Body {
    place: [f32; 3],
    turns: [[i16; 2]; 2],
    flags: [bool; 2],
    many: [u16; 17],
    none: [f64; 0],
}

#[test]
fn short_arrays_of_numbers_take_one_line() {
    let body =
        Body { place: [0.5, -1.0, 2.0], turns: [[1, -2], [3, 4]], flags: [true, false], many: [7; 17], none: [] };
    let many = "\n    7".repeat(17);
    let shown = format!(
        "Body\n  place: [0.5, -1.0, 2.0]\n  turns: list of 2\n    [1, -2]\n    [3, 4]\n  flags: list of 2\n    True\n    \
         False\n  many: list of 17{many}\n  none: []\n"
    );
    assert_eq!(tree(&body), shown);
}

/// As many digits as tell a number from others of its type.
#[test]
fn floats_of_32_bits_have_their_own_digits() {
    #[derive(State)]
    #[state(name = "Speeds")]
    struct Speeds {
        one: f32,
        wide: f64,
        row: [f32; 3],
        #[state(bytes)]
        raw: Vec<f32>,
    }
    let speeds = Speeds { one: 0.1, wide: 0.1_f32.into(), row: [-0.1, 1e-7, 16_777_216.0], raw: vec![3.4e38] };
    assert_eq!(
        tree(&speeds),
        "Speeds\n  one: 0.1\n  wide: 0.10000000149011612\n  row: [-0.1, 1e-07, 16777216.0]\n  raw: 4 bytes, 1 of f32\n    \
         3.4e+38\n"
    );
    for (value, shown) in [(-0.0_f32, "-0.0"), (f32::NAN, "nan"), (f32::NEG_INFINITY, "-inf"), (1e16, "1e+16")] {
        assert_eq!(tree(&value), format!("{shown}\n"));
    }
}

#[test]
fn vectors_take_one_line() {
    assert_eq!(tree(&glam::Vec3::new(1.0, 2.5, -0.125)), "[1.0, 2.5, -0.125]\n");
}
