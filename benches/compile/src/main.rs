//! Measures what the derives cost: builds derived types for each contestant, cold, and prints a table.

mod contestant;
mod package;
mod types;

use std::io::{Error, Result};
use std::path::Path;
use std::time::Duration;

use contestant::{CONTESTANTS, Contestant};
use package::Package;
use types::Types;

/// The default number of rounds.
const ROUNDS: usize = 3;

/// The measurements of one contestant.
struct Cost {
    dependencies: [Duration; 2],
    check: Duration,
    debug: Duration,
    program: Duration,
    lines: usize,
    size: u64,
}

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1).peekable();
    let types = match words.next_if(|word| word == "mixed" || word == "one").as_deref() {
        Some("mixed") => types::mixed(),
        Some(_) => types::one(),
        None => types::alike(),
    };
    let rounds = words.next().map_or(Ok(ROUNDS), |rounds| rounds.parse()).map_err(Error::other)?;
    let work = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/packages");
    let mut packages = Vec::new();
    for contestant in &CONTESTANTS {
        eprintln!("{}: building what it depends on", contestant.name);
        let package = Package::prepare(&work, contestant, &types)?;
        package.library(&["check"])?;
        packages.push((contestant, package));
    }
    let mut times: Vec<[Vec<Duration>; 3]> = packages.iter().map(|_| Default::default()).collect();
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for ((_, package), [check, debug, program]) in packages.iter().zip(&mut times) {
            check.push(package.library(&["check"])?);
            debug.push(package.library(&["build"])?);
            program.push(package.program()?);
        }
    }
    let mut costs = Vec::new();
    for ((contestant, package), [check, debug, program]) in packages.iter().zip(times) {
        let (lines, size) = (package.lines()?, package.size()?);
        costs.push((
            *contestant,
            Cost {
                dependencies: package.dependencies,
                check: median(check),
                debug: median(debug),
                program: median(program),
                lines,
                size,
            },
        ));
    }
    print(&costs, &types, rounds);
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Prints the table. The first line is the crate without derives; lines and bytes are per type and relative to it.
fn print(costs: &[(&Contestant, Cost)], types: &Types, rounds: usize) {
    let count = types.roots.len();
    println!(
        "{}; medians of {rounds} cold builds of that crate alone, and one build of its dependencies\n",
        types.what
    );
    println!(
        "| derives | dependencies | in release | check | debug build | release program | lines a type | bytes a type |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    let Some((_, base)) = costs.first() else { return };
    for (contestant, cost) in costs {
        let lines = cost.lines.saturating_sub(base.lines) / count;
        let bytes = cost.size.saturating_sub(base.size) / count as u64;
        println!(
            "| {} | {:.1} s | {:.1} s | {:.2} s | {:.2} s | {:.2} s | {lines} | {bytes} |",
            contestant.name,
            cost.dependencies[0].as_secs_f64(),
            cost.dependencies[1].as_secs_f64(),
            cost.check.as_secs_f64(),
            cost.debug.as_secs_f64(),
            cost.program.as_secs_f64(),
        );
    }
}
