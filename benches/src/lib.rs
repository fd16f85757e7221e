//! Measures `state` against its peers. The programs that use this library differ only in their allocator.

mod arguments;
mod bench;
mod changing;
mod data;
mod derives;
mod history;
mod image;
mod machine;
mod measure;
mod peers;
mod random;
mod report;
mod sets;
mod statistics;

use std::fs;
use std::io::{Error, Result};
use std::path::Path;
use std::process::{Command, ExitCode};

pub use changing::main as changing;
pub use history::main as history;

use arguments::Arguments;
use report::{Report, Run, json, markdown, svg, terminal};

/// The main function: runs the whole command, or under `--part` one allocator's share of it.
#[must_use]
pub fn main(allocator: &str) -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::FAILURE;
        }
    };
    let done = match &arguments.part {
        Some(part) => json::save(part, &measure(&arguments, allocator)),
        None => command(&arguments, allocator),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments, allocator: &str) -> Run {
    Run { allocator: allocator.into(), sets: sets::all(arguments) }
}

fn command(arguments: &Arguments, own: &str) -> Result<()> {
    fs::create_dir_all(&arguments.out)?;
    let mut report = Report { machine: machine::describe(), rounds: arguments.rounds, runs: Vec::new() };
    for allocator in &arguments.allocators {
        eprintln!("under the {allocator} allocator");
        let run = if allocator == own { measure(arguments, own) } else { elsewhere(arguments, allocator)? };
        terminal::run(&run);
        report.runs.push(run);
    }
    terminal::aims(&report);
    json::save(&arguments.out.join("results.json"), &report)?;
    fs::write(arguments.out.join("results.md"), markdown::write(&report))?;
    fs::write(arguments.out.join("results.svg"), svg::write(&report))?;
    println!("\nwritten to {}: results.json, results.md, results.svg", arguments.out.display());
    Ok(())
}

/// Measures in the program that has the given allocator, with the same arguments.
fn elsewhere(arguments: &Arguments, allocator: &str) -> Result<Run> {
    let part = arguments.out.join("part.json");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--bin", allocator, "--manifest-path"])
        .arg(manifest)
        .arg("--")
        .args(std::env::args_os().skip(1))
        .arg("--part")
        .arg(&part)
        .status()?;
    if !status.success() {
        return Err(Error::other(format!("the measurement under {allocator} ended with {status}")));
    }
    let run = json::open(&part)?;
    fs::remove_file(part)?;
    Ok(run)
}
