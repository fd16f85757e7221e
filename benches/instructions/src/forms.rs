//! Each kind and form that a row of a pickle can have: lists of 5,000 rows, read as their type. Beside the usual forms
//! there are lists in which one row or every row is written as Python rarely does, which the fast reader leaves to the
//! pickle machine.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Duration;

use state_core::pickle::{PickleOptions, Protocol};
use state_core::{RestoreOwned, State};

use crate::cells::Cells;
use crate::data::HashMap;

pub const NAME: &str = "forms";
pub const ABOUT: &str = "lists of 5,000 rows of each kind and form, as pickles";

const COUNT: usize = 5000;

#[derive(State)]
#[state(name = "example.Flat")]
struct Flat {
    a: i32,
    b: i32,
}

#[derive(State)]
#[state(name = "example.Dict", pickle = "dict")]
struct Dict {
    a: i32,
    b: i32,
}

#[derive(State)]
#[state(name = "example.Cython", pickle = "cython")]
struct Cython {
    a: i32,
    b: i32,
}

#[derive(State)]
#[state(name = "example.Call", pickle = "call")]
struct Call {
    a: i32,
    b: i32,
}

#[derive(State)]
#[state(name = "example.Color", pickle = "enum")]
enum Color {
    Red,
    Green,
}

#[derive(State)]
enum Shape {
    Empty,
    Pair(i32, i32),
}

#[derive(State)]
#[state(name = "example.Person")]
struct Person {
    name: String,
    age: i32,
}

/// Adds the cells.
pub fn add(cells: &mut Cells<'_>) {
    let number = |at: usize| at as i32 * 77 % 40_000 - 20;
    let float = |at: usize| at as f64 / 7.0;
    let text = |at: usize| "abcdefghijklmnop"[..4 + at % 9].to_owned();
    for (protocol, way) in [(Protocol::V4, "p4"), (Protocol::V2, "p2"), (Protocol::V1, "p1"), (Protocol::V0, "p0")] {
        let cells = &mut Forms { cells, options: PickleOptions::new().protocol(protocol), way };
        cells.row("i8", |at| at as i8);
        cells.row("u16", |at| at as u16);
        cells.row("i32", number);
        cells.row("i64", |at| i64::from(number(at)) << 20);
        cells.row("u128", |at| u128::from(number(at) as u32) << 90);
        cells.row("f32", |at| float(at) as f32);
        cells.row("f64", float);
        cells.row("bool", |at| at % 3 == 0);
        cells.row("char", |at| ['a', 'é', '日'][at % 3]);
        cells.row("text", text);
        cells.row("bytes", |at| text(at).into_bytes());
        cells.row("array of bytes", |at| [at as u8; 8]);
        cells.row("option", |at| (at % 3 > 0).then(|| number(at)));
        cells.row("option of option", |at| (at % 3 > 0).then(|| (at % 2 > 0).then(|| number(at))));
        cells.row("box", |at| Box::new(number(at)));
        cells.row("tuple of 1", |at| (number(at),));
        cells.row("tuple of 2", |at| (number(at), number(at)));
        cells.row("tuple of 3", |at| (float(at) as f32, float(at) as f32, 1.5_f32));
        cells.row("tuple of 4", |at| (number(at), number(at), number(at), 4));
        cells.row("array of 3", |at| [float(at) as f32, float(at) as f32, 1.5]);
        cells.row("list of 2", |at| vec![number(at), 2]);
        cells.row("list of list", |at| vec![vec![number(at)]]);
        cells.row("set of 2", |at| BTreeSet::from([number(at), -50]));
        cells.row("map of 2", |at| BTreeMap::from([(1, number(at)), (2, 0)]));
        cells.row("hash map of 2", |at| HashMap::from_iter([(1, number(at)), (2, 0)]));
        cells.row("state of 2", |at| Flat { a: number(at), b: 2 });
        cells.row("dict of 2", |at| Dict { a: number(at), b: 2 });
        cells.row("cython of 2", |at| Cython { a: number(at), b: 2 });
        cells.row("call of 2", |at| Call { a: number(at), b: 2 });
        cells.row("enum", |at| if at.is_multiple_of(2) { Color::Red } else { Color::Green });
        cells.row("variant", |at| if at % 2 == 0 { Shape::Empty } else { Shape::Pair(number(at), 3) });
        cells.row("duration", |at| Duration::new(at as u64, 5));
        cells.row("range", |at| at as u32..70_000);
        cells.row("person", |at| Person { name: text(at), age: number(at) });
        cells.row("date", |at| chrono::NaiveDate::from_num_days_from_ce_opt(700_000 + at as i32).expect("a day"));
        cells.row("clock", |at| chrono::NaiveTime::from_num_seconds_from_midnight_opt(at as u32, 0).expect("a time"));
        cells.row("moment", |at| chrono::DateTime::from_timestamp(at as i64 * 9999, 0).expect("a moment"));
        cells.row("delta", |at| chrono::TimeDelta::seconds(at as i64 * 77));
        cells.row("uuid", |at| uuid::Uuid::from_u128(u128::MAX / (at as u128 + 1)));
        cells.row("date of time", |at| time::Date::from_julian_day(2_400_000 + at as i32).expect("a day"));
    }
    unusual(cells);
}

struct Forms<'c, 'a> {
    cells: &'c mut Cells<'a>,
    options: PickleOptions,
    way: &'static str,
}

impl Forms<'_, '_> {
    /// Adds a cell for a list of rows, written by this crate.
    fn row<T: State + RestoreOwned + 'static>(&mut self, name: &str, row: impl Fn(usize) -> T) {
        let rows: Vec<T> = (0..COUNT).map(row).collect();
        let pickle = self.options.dumps(&rows).expect("the data can be written");
        loads::<Vec<T>>(self.cells, &format!("{} {name}", self.way), pickle);
    }
}

fn loads<T: RestoreOwned + 'static>(cells: &mut Cells<'_>, name: &str, pickle: Vec<u8>) {
    assert!(PickleOptions::new().loads::<T>(&pickle).is_ok(), "{name}: {pickle:?}");
    cells.add(name, move || {
        drop(black_box(PickleOptions::new().loads::<T>(black_box(&pickle)).expect("it was read before")));
    });
}

/// Adds the forms of rows that Python rarely writes.
fn unusual(cells: &mut Cells<'_>) {
    type Row = fn(usize) -> Vec<u8>;
    let usual: Row = |at| [b"K", &[at as u8][..], b"G?\xf0\0\0\0\0\0\0\x86\x94"].concat();
    // A NumPy scalar, with its whole dtype in each row, as Python writes it.
    let scalar: Row = |at| {
        let head = b"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n\x8c\x02i4\x89\x88\x87R(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb";
        [head, &b"C\x04"[..], &(at as u32).to_le_bytes(), b"\x86RG?\xf0\0\0\0\0\0\0\x86\x94"].concat()
    };
    let list = |head: &[u8], row: &dyn Fn(usize) -> Vec<u8>| {
        let rows: Vec<usize> = (0..COUNT).collect();
        let batch =
            |batch: &[usize]| [&b"("[..], &batch.iter().flat_map(|&at| row(at)).collect::<Vec<_>>(), b"e"].concat();
        let batches: Vec<u8> = rows.chunks(1000).flat_map(batch).collect();
        [b"\x80\x04", head, b"]\x94", &batches, b"."].concat()
    };
    let one = |at: usize| if at == 2500 { scalar(at) } else { usual(at) };
    let half = |at: usize| if at.is_multiple_of(2) { scalar(at) } else { usual(at) };
    loads::<Vec<(i64, f64)>>(cells, "usual rows", list(b"", &usual));
    loads::<Vec<(i64, f64)>>(cells, "usual rows by the machine", list(b"N0", &usual));
    loads::<Vec<(i64, f64)>>(cells, "one unusual row", list(b"", &one));
    loads::<Vec<(i64, f64)>>(cells, "half unusual rows", list(b"", &half));
    loads::<Vec<(i64, f64)>>(cells, "half unusual rows by the machine", list(b"N0", &half));
    loads::<Vec<(i64, f64)>>(cells, "unusual rows", list(b"", &scalar));
    loads::<Vec<(i64, f64)>>(cells, "unusual rows by the machine", list(b"N0", &scalar));
}
