// Bytes convert into a value by themselves; other lists, and maps, are made values first.
use std::collections::HashMap;

use state_core::{State, StateExt};

#[derive(State)]
struct Row {
    numbers: Vec<f32>,
    names: HashMap<String, u8>,
}

fn main() {
    let mut row = Row { numbers: Vec::new(), names: HashMap::new() };
    row.set_state((vec![1.0_f32], HashMap::from([("a".to_string(), 1_u8)]))).unwrap();
}
