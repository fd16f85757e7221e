//! A large array of numbers to a file and back, each step with its throughput, beside a plain copy of as many bytes.
//!
//! `cargo run --release --example checkpoint [MEGABYTES [FILE]]`; without FILE, one in the temporary directory.

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs};

use state_core::{State, check, dump_into, load_into, loads};

#[derive(State, PartialEq)]
#[state(name = "example.Checkpoint")]
struct Checkpoint {
    step: u64,
    shape: (u64, u64),
    #[state(bytes)]
    cells: Vec<f64>,
}

// The same name and slots, so the same bytes; the numbers stay where they were read.
#[derive(State)]
#[state(name = "example.Checkpoint")]
struct View<'a> {
    step: u64,
    shape: (u64, u64),
    #[state(bytes)]
    cells: Cow<'a, [f64]>,
}

const PASSES: usize = 5;
const ROW: usize = 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let megabytes: usize = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let file = arguments.next().map_or_else(|| env::temp_dir().join("checkpoint.state"), PathBuf::from);
    if cfg!(debug_assertions) {
        println!("built for debugging; for times that mean something: cargo run --release --example checkpoint");
    }

    let rows = (megabytes.max(1) * 1_000_000).div_ceil(ROW * size_of::<f64>());
    let cells: Vec<f64> = (0..rows * ROW).map(|n| n as f64 / 7.0).collect();
    let run = Checkpoint { step: 1000, shape: (rows as u64, ROW as u64), cells };
    let size = size_of_val(&*run.cells);
    println!("{rows} rows of {ROW} numbers, {} MB", size / 1_000_000);

    // Each buffer is filled once before it is timed: a page that was never touched costs more than the copy.
    let mut copy = run.cells.clone();
    timed("plain copy", size, || Ok::<_, Infallible>(copy.copy_from_slice(&run.cells)))?;
    timed("plain copy into new memory", size, || Ok::<_, Infallible>(copy = run.cells.clone()))?;

    let mut buffer = Vec::new();
    dump_into(&run, &mut buffer)?;
    timed("dump into a used buffer", size, || dump_into(&run, &mut buffer))?;
    timed("write the file", size, || fs::write(&file, &buffer))?;
    timed("read the file", size, || fs::read(&file).map(|bytes| buffer = bytes))?;
    // The numbers need no look: every eight bytes are an `f64`.
    timed("check", 0, || check::<Checkpoint>(&buffer))?;

    let mut other = Checkpoint { step: 0, shape: (0, 0), cells: copy };
    timed("restore in place", size, || load_into(&buffer, &mut other))?;
    assert!(other == run, "another state came back");
    timed("load into new memory", size, || loads(&buffer).map(|loaded| other = loaded))?;
    timed("load, borrowing the array", 0, || loads::<View<'_>>(&buffer).map(drop))?;

    let view: View<'_> = loads(&buffer)?;
    let place = if matches!(view.cells, Cow::Borrowed(_)) { "in the bytes of the file" } else { "in a copy" };
    println!("step {}, shape {:?}, the last of its numbers is {:?}, {place}", view.step, view.shape, view.cells.last());

    fs::remove_file(&file)?;
    Ok(())
}

/// Prints the median time over some passes, and the throughput if `size` bytes were moved.
fn timed<E>(name: &str, size: usize, mut job: impl FnMut() -> Result<(), E>) -> Result<(), E> {
    let mut seconds = [0.0; PASSES];
    for seconds in &mut seconds {
        let start = Instant::now();
        job()?;
        *seconds = start.elapsed().as_secs_f64();
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds[PASSES / 2];
    let throughput = if size == 0 { String::new() } else { format!("{:9.1} GB/s", size as f64 / median / 1e9) };
    println!("{name:28} {:10.3} ms {throughput}", median * 1e3);
    Ok(())
}
