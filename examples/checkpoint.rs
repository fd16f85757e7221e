//! Saves a large array of numbers to a file and loads it, with the throughput of each step compared with a plain copy.
//!
//! `cargo run --release --example checkpoint [MEGABYTES [FILE]]`; without FILE, it uses one in the temporary directory.

use std::borrow::Cow;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs, mem};

use state_core::{State, check, dump_into, dumps, load_into, loads};

#[derive(State, PartialEq)]
#[state(name = "example.Checkpoint")]
struct Checkpoint {
    step: u64,
    shape: (u32, u32),
    #[state(bytes)]
    cells: Vec<f64>,
}

// The name and slots are the same, and so are the bytes; the numbers are borrowed from those of the file.
#[derive(State)]
#[state(name = "example.Checkpoint")]
struct View<'a> {
    step: u64,
    shape: (u32, u32),
    #[state(bytes)]
    cells: Cow<'a, [f64]>,
}

const PASSES: usize = 5;
const ROW: u32 = 1000;
const ROWS_IN_A_MEGABYTE: u32 = 125;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let megabytes: u16 = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let file = arguments.next().map_or_else(|| env::temp_dir().join("checkpoint.state"), PathBuf::from);
    if cfg!(debug_assertions) {
        println!("built for debugging; for times that mean something: cargo run --release --example checkpoint");
    }

    let rows = u32::from(megabytes) * ROWS_IN_A_MEGABYTE;
    let cells = (0..rows * ROW).map(|number| f64::from(number) / 7.0).collect();
    let run = Checkpoint { step: 1000, shape: (rows, ROW), cells };
    println!("{rows} rows of {ROW} numbers, {megabytes} MB; medians of {PASSES} passes");
    let megabytes = f64::from(megabytes);

    // Each buffer is filled once before it is timed: a page that was never touched costs more than the copy.
    let mut copy = run.cells.clone();
    timed("plain copy", megabytes, || copy.copy_from_slice(&run.cells));
    timed("plain copy into new memory", megabytes, || drop(mem::replace(&mut copy, run.cells.clone())));

    let mut buffer = dumps(&run)?;
    timed("dump into a used buffer", megabytes, || dump_into(&run, &mut buffer))?;
    timed("write the file", megabytes, || fs::write(&file, &buffer))?;
    timed("read the file", megabytes, || fs::read(&file).map(|bytes| buffer = bytes))?;
    // The numbers need no check: any eight bytes are an `f64`.
    timed("check", 0.0, || check::<Checkpoint>(&buffer))?;

    let mut other = Checkpoint { step: 0, shape: (0, 0), cells: copy };
    timed("restore in place", megabytes, || load_into(&buffer, &mut other))?;
    assert!(other == run, "another state came back");
    timed("load into new memory", megabytes, || loads(&buffer).map(|loaded| other = loaded))?;
    let view: View<'_> = timed("load, borrowing the numbers", 0.0, || loads(&buffer))?;

    let place = if matches!(view.cells, Cow::Borrowed(_)) { "where the file was read" } else { "in a copy" };
    println!("step {}, shape {:?}, last number {:?}, {place}", view.step, view.shape, view.cells.last());
    fs::remove_file(&file)?;
    Ok(())
}

/// Prints the median time of some passes, and the throughput if megabytes were moved; returns the last result.
fn timed<T>(name: &str, megabytes: f64, mut job: impl FnMut() -> T) -> T {
    let mut pass = || {
        let start = Instant::now();
        let result = job();
        (start.elapsed().as_secs_f64(), result)
    };
    let mut seconds = [(); PASSES - 1].map(|()| pass().0).to_vec();
    let (last, result) = pass();
    seconds.push(last);
    seconds.sort_by(f64::total_cmp);
    let median = seconds[PASSES / 2];
    let throughput = if megabytes == 0.0 { String::new() } else { format!("{:6.1} GB/s", megabytes / median / 1e3) };
    println!("{name:28} {:10.3} ms  {throughput}", median * 1e3);
    result
}
