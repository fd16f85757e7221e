//! The progress during a run, and the tables when a set is done.

use std::io::{IsTerminal, Write, stderr};

use super::aims::Aims;
use super::table::Table;
use super::{Report, Run, SetResult};

/// Shows the progress of a set; if stderr is not a terminal, only its start.
pub fn progress(set: &str, round: usize, rounds: usize) {
    let mut out = stderr();
    // A failure to show progress is ignored.
    if out.is_terminal() {
        let _ = write!(out, "\r{set}: round {} of {rounds} ", round + 1);
    } else if round == 0 {
        let _ = writeln!(out, "{set}: {rounds} rounds");
    }
    let _ = out.flush();
}

/// Clears the line that [`progress`] wrote.
pub fn progress_end() {
    if stderr().is_terminal() {
        let _ = write!(stderr(), "\r\x1b[K");
    }
}

/// Prints the tables of a run.
pub fn run(run: &Run) {
    for set in &run.sets {
        self::set(set, &run.allocator);
    }
}

fn set(set: &SetResult, allocator: &str) {
    println!("\n{} ({allocator} allocator): {}", set.name, set.about);
    table(&Table::of(set));
    for refusal in &set.refusals {
        println!("  {}: not here: {}", refusal.peer, refusal.reason);
    }
}

/// Prints the aims, and which of them are met.
pub fn aims(report: &Report) {
    let aims = Aims::of(report);
    println!("\nThe aims: what was got of what is the most it may be");
    table(&aims.public);
    println!("\nTo be first or tied, so 1.00 or a tie");
    table(&aims.own);
    println!("\n{}", aims.verdict());
}

fn table(table: &Table) {
    let widths = table.widths();
    for row in &table.0 {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (text, &width))| match column {
            0 => format!("{text:<width$}"),
            _ => format!("{text:>width$}"),
        });
        println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
