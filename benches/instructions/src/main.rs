//! Guards the performance of all formats: counts the instructions of every cell, and fails where there are more than
//! stored.
//!
//! The command starts itself under callgrind once for each data set; each cell runs there once to warm up, and once
//! counted.

// The data sets use the names of these peers.
extern crate absent as bincode_next;
extern crate absent as wincode;

mod arguments;
mod callgrind;
mod cells;
mod counts;
#[path = "../../src/data/mod.rs"]
mod data;
mod derives;
mod forms;
mod native;
mod pickle;
mod profiles;
#[path = "../../src/random.rs"]
mod random;
mod report;

use std::io::Result;
use std::process::ExitCode;

use arguments::Arguments;
use counts::Counts;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(set) = &arguments.child {
        cells::run(set);
        return ExitCode::SUCCESS;
    }
    match command(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command; returns whether every cell is within its limit.
fn command(arguments: &Arguments) -> Result<bool> {
    if arguments.profiles {
        return profiles::compare(arguments).map(|()| true);
    }
    let mut counts = Counts::of_this_machine();
    for set in cells::SETS.into_iter().filter(|set| arguments.wants(set)) {
        counts.cells.extend(callgrind::count(set)?);
    }
    if arguments.list {
        for (name, count) in &counts.cells {
            println!("{name} {count}");
        }
        return Ok(true);
    }
    let mut stored = Counts::stored()?;
    let passed = report::print(&stored, &counts, arguments);
    if arguments.store {
        stored.replace(counts, arguments);
        stored.store()?;
        println!("stored");
    }
    Ok(passed || arguments.store)
}
