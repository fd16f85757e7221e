//! The tables as Markdown.

use std::fmt::Write;

use super::aims::Aims;
use super::table::Table;
use super::{Report, SetResult};

/// The whole report.
pub fn write(report: &Report) -> String {
    let mut text = String::from("# Results\n\n");
    let _ = writeln!(
        text,
        "{}, {} interleaved rounds; times are medians, ± half the quartiles' distance.",
        report.machine, report.rounds
    );
    text.push_str(
        "`*` first, `=` tied with the best, in parentheses: loaded anew and assigned. Lower is better. \
         [What each column means](../README.md).\n",
    );
    aims(&mut text, report);
    for run in &report.runs {
        let _ = writeln!(text, "\n## Under the {} allocator", run.allocator);
        run.sets.iter().for_each(|set| self::set(&mut text, set));
    }
    text
}

fn set(text: &mut String, set: &SetResult) {
    let _ = writeln!(text, "\n### {}\n\n{}.\n", set.name, set.about);
    table(text, &Table::of(set));
    for refusal in &set.refusals {
        let _ = writeln!(text, "\n{}: not here: {}", refusal.peer, refusal.reason);
    }
}

fn aims(text: &mut String, report: &Report) {
    let aims = Aims::of(report);
    let _ = writeln!(text, "\n## Aims\n\n{}: what was got of what is the most it may be.\n", aims.verdict());
    table(text, &aims.public);
    let _ = writeln!(text, "\nThe other sets are to be first or tied, so 1.00 or a tie.\n");
    table(text, &aims.own);
}

fn table(text: &mut String, table: &Table) {
    for (at, row) in table.0.iter().enumerate() {
        let _ = writeln!(text, "| {} |", row.join(" | ").replace('*', "\\*"));
        if at == 0 {
            let _ = writeln!(text, "|---|{}", "--:|".repeat(row.len() - 1));
        }
    }
}
